"""What is written down for someone who uses no screen: from paper or by telephone, each with its mark."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import behalf, care, closing, doors, energy, network, papers, plans, stepping, workplace
from opstap.acts.sight import behalf as sight
from opstap.acts.sight.network import name_of
from opstap.domain.access import Permission
from opstap.domain.network import NETWORK
from opstap.domain.sharing import EVERYTHING, Function
from opstap.web.coach.views import care_team
from opstap.web.shared.around import FUNCTIONS, ITEMS, PARTIES
from opstap.web.shared.closing import channel_field
from opstap.web.shared.entering import who
from opstap.web.shared.submitting import press, submit


class StepBack(forms.Form):
    """For how long someone goes one step back."""

    weeks = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(1, _("1 week")), (2, _("2 weeks")), (3, _("3 weeks")), (4, _("4 weeks"))],
        coerce=int,
        initial=2,
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=_("Why, if they want to say so"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    channel = channel_field()


class TooMuch(forms.Form):
    """What someone does when it is too much, in their own words."""

    text = forms.CharField(
        label=_("In their own words"), widget=forms.Textarea(attrs={"rows": 6}), required=False, max_length=2000
    )
    channel = channel_field()


class AllowParty(forms.Form):
    """With whom someone lets the care team share."""

    party = forms.ChoiceField(label=_("With whom"), choices=[(one.value, PARTIES[one]) for one in NETWORK])
    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    channel = channel_field()


class Invite(forms.Form):
    """Whom someone lets in at work, and what that person may see."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address at work"))
    function = forms.ChoiceField(
        label=_("What this person does"), choices=[(one.value, word) for one, word in FUNCTIONS.items()],
        initial=Function.SUPERVISOR.value,
    )  # fmt: skip
    items = forms.MultipleChoiceField(
        label=_("What this person may see"), choices=[(one.value, word) for one, word in ITEMS.items()],
        widget=forms.CheckboxSelectMultiple, initial=[one.value for one in EVERYTHING], required=False,
    )  # fmt: skip
    channel = channel_field()


#: What is written down with a form: the form, the heading, and the act.
FORMS: dict[str, tuple[type[forms.Form], Any, Any]] = {
    "step-back": (StepBack, _("One step back"), stepping.step_back),
    "too-much": (TooMuch, _("When it is too much"), stepping.write_relapse_plan),
    "party": (AllowParty, _("Allow sharing with someone"), network.allow_party),
    "invite": (Invite, _("Let someone at work in"), plans.invite_workplace),
}


@require_POST
@care_team
def choose_paper(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down that someone uses no screen, or does after all."""
    participant = doors.record_of(who(request), pseudonym, Permission.CHOOSE_PAPER, what="contact")
    without = request.POST.get("no_screen") == "yes"
    return press(
        request,
        lambda: behalf.choose_paper(by=who(request), participant=participant, no_screen=without),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("Written down: uses no screen. No mail with a link goes any more; print or call.")
        if without
        else _("Written down: uses a screen."),
    )


@require_GET
@care_team
def show(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show what is open for someone, and what can be written down for them."""
    return render(request, "coach/behalf.html", {"seen": sight.for_them(who(request), pseudonym)})


@require_http_methods(["GET", "POST"])
@care_team
def write(request: HttpRequest, pseudonym: str, what: str) -> HttpResponse:
    """Write something down for someone that asks for more than a button."""
    if what not in FORMS:
        raise Http404
    form, heading, act = FORMS[what]
    participant = sight.record_for(who(request), pseudonym)
    done = reverse("coach:behalf", args=[pseudonym])
    return submit(
        request,
        form(request.POST or None),
        lambda given: act(by=who(request), participant=participant, **given),
        template="coach/guidance_form.html",
        context={
            "pseudonym": pseudonym, "name": name_of(participant), "heading": heading, "button": _("Write this down"),
            "back": done,
        },
        done=done,
        said=_("It has been written down, with how it came in."),
    )  # fmt: skip


@require_POST
@care_team
def pressed(request: HttpRequest, pseudonym: str, what: str, pk: int) -> HttpResponse:
    """Write down what one button stands for, with how it came in."""
    by, channel = who(request), request.POST.get("channel", "")
    participant = sight.record_for(by, pseudonym)
    speak = Permission.SPEAK_FOR
    whole: dict[str, Any] = {
        "share-diary": energy.share_diary, "close-diary": energy.close_diary, "agree-closing": closing.agree_closing,
    }  # fmt: skip
    acts: dict[str, Any] = {
        "plan": lambda: plans.agree_plan(by=by, plan=doors.plan_of(by, pk, speak), channel=channel),
        "adjustment": lambda: workplace.agree_adjustment(
            by=by, adjustment=doors.adjustment_of(by, pk, speak), channel=channel
        ),
        "letter": lambda: papers.agree_letter(by=by, letter=doors.letter_of(by, pk, speak), channel=channel),
        "session": lambda: care.confirm_session(by=by, session=doors.session_of(by, pk, speak), channel=channel),
        "practice": lambda: energy.do_practice(by=by, practice=doors.practice_of(by, pk, speak), channel=channel),
        "end-party": lambda: network.end_party(
            by=by, participant=participant, party=sight.party_of(participant, pk), channel=channel
        ),
        "end-work": lambda: plans.end_workplace(
            by=by, participant=participant, link=sight.link_of(participant, pk), channel=channel
        ),
        **{name: _whole(act, by, participant, channel) for name, act in whole.items()},
    }
    if what not in acts:
        raise Http404
    return press(
        request,
        acts[what],
        done=reverse("coach:behalf", args=[pseudonym]),
        said=_("It has been written down, with how it came in."),
    )


def _whole(act: Any, by: Any, participant: Any, channel: str) -> Any:
    return lambda: act(by=by, participant=participant, channel=channel)
