"""Closing in steps, and aftercare: the pages of a therapist or coach."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import aftercare, care, clock, closing, doors
from opstap.acts.sight import closing as sight
from opstap.acts.sight.network import name_of
from opstap.domain.access import Permission
from opstap.web.coach.forms import MODES, day_field
from opstap.web.coach.views import care_team
from opstap.web.shared.closing import CareLookingBack, OwnLookingBack
from opstap.web.shared.entering import who
from opstap.web.shared.hours import picture
from opstap.web.shared.submitting import press, submit

FORM = "coach/guidance_form.html"


class Reopen(forms.Form):
    """Why a programme is taken up again."""

    reason = forms.CharField(
        label=_("Why is the programme opened again?"),
        help_text=_("It is kept. What was looked back on stays in the record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )


class PlanAftercare(forms.Form):
    """On which days aftercare falls: those proposed, and one of one's own."""

    days = forms.MultipleChoiceField(label=_("Days"), widget=forms.CheckboxSelectMultiple, required=False)
    other = day_field(label=_("Another day"), required=False)
    mode = forms.ChoiceField(label=_("How"), choices=MODES, widget=forms.RadioSelect, initial="telephone")

    def __init__(self, *args: Any, proposed: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposed:
            choices = [(day.isoformat(), formats.date_format(day, "j F Y")) for day in proposed]
            self.fields["days"].choices = choices  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["days"]


class HoldAftercare(forms.Form):
    """How a contact went."""

    on = day_field(label=_("Day"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=480)
    mode = forms.ChoiceField(label=_("How"), choices=MODES, widget=forms.RadioSelect)
    shared_note = forms.CharField(
        label=_("Note for both of you"),
        help_text=_("The participant reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )


class MoveAftercare(forms.Form):
    """Another day for a contact."""

    planned_for = day_field(label=_("Day"))


def _frame(participant: Any, **more: Any) -> dict[str, Any]:
    name = name_of(participant)
    return {"pseudonym": participant.pseudonym, "name": name, "own_name": name.split(" ")[0], **more}


@require_GET
@care_team
def show(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Show how far the closing is, and what is looked back on."""
    participant, seen = sight.case_closing(who(request), pseudonym)
    drawn = picture(seen.story.weeks, seen.story.contract_hours, clock.today())
    return render(request, "coach/closing.html", _frame(participant, back=seen, picture=drawn, today=clock.today()))


@require_http_methods(["GET", "POST"])
@care_team
def words(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write the professional's words and the points of attention."""
    participant, seen = sight.case_closing(who(request), pseudonym)
    form = CareLookingBack(request.POST or None, initial=seen.care.answers, points=seen.points)
    return submit(
        request,
        form,
        lambda _given: closing.write_care_words(
            by=who(request), participant=participant, answers=form.answers(), points=form.points()
        ),
        template="coach/closing_words.html",
        context=_frame(participant, relapse=seen.relapse),
        done=reverse("coach:closing", args=[pseudonym]),
        said=_("Saved."),
        fields={"points": "sign_0"},
    )


@require_http_methods(["GET", "POST"])
@care_team
def own_words(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down the participant's own words for them."""
    participant, seen = sight.case_closing(who(request), pseudonym)
    form = OwnLookingBack(request.POST or None, initial=seen.own.answers)
    done = reverse("coach:closing", args=[pseudonym])
    return submit(
        request,
        form,
        lambda given: closing.write_own_words(
            by=who(request), participant=participant, answers=form.answers(), channel=given["channel"]
        ),
        template=FORM,
        context=_frame(participant, heading=_("In their own words"), button=_("Save"), back=done),
        done=done,
        said=_("Saved."),
    )


@require_POST
@care_team
def step(request: HttpRequest, pseudonym: str, what: str) -> HttpResponse:
    """Go on to the next step: prepare, look back together, close."""
    steps: dict[str, tuple[Any, Any]] = {
        "prepare": (closing.prepare_closing, _("Prepared. Both of you can write now.")),
        "look-back": (closing.look_back, _("Written down. The participant can agree now.")),
        "close": (care.complete_programme, _("The programme has been closed.")),
    }
    if what not in steps:
        raise Http404
    act, said = steps[what]
    participant, _seen = sight.case_closing(who(request), pseudonym)
    done = reverse("coach:closing", args=[pseudonym])
    return press(request, lambda: act(by=who(request), participant=participant), done=done, said=said)


@require_http_methods(["GET", "POST"])
@care_team
def reopen(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Open a programme again that was closed."""
    participant, _seen = sight.case_closing(who(request), pseudonym)
    done = reverse("coach:closing", args=[pseudonym])
    return submit(
        request,
        Reopen(request.POST or None),
        lambda given: closing.reopen_programme(by=who(request), participant=participant, **given),
        template=FORM,
        context=_frame(participant, heading=_("Open the programme again"), button=_("Open it again"), back=done),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The programme runs again."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def plan(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Plan contacts of aftercare, on the days that the protocol proposes or on others."""
    participant, seen = sight.case_closing(who(request), pseudonym)
    planned = {one.planned_for for one in seen.aftercare if one.state == "planned"}
    fresh = [day for day in seen.proposed if day not in planned]
    form = PlanAftercare(request.POST or None, proposed=fresh, initial={"days": [day.isoformat() for day in fresh]})

    def act(given: dict[str, Any]) -> object:
        days = [day for day in fresh if day.isoformat() in given.get("days", [])]
        days += [given["other"]] if given["other"] else []
        return aftercare.plan_aftercare(by=who(request), participant=participant, days=days, mode=given["mode"])

    return submit(
        request,
        form,
        act,
        template="coach/aftercare.html",
        context=_frame(participant, seen=seen),
        done=reverse("coach:closing", args=[pseudonym]),
        said=_("The contacts have been planned."),
        fields={"days": "days" if fresh else "other"},
    )


@require_http_methods(["GET", "POST"])
@care_team
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a contact of aftercare that took place."""
    contact: Any = doors.aftercare_of(who(request), pk, Permission.DELIVER)
    participant = contact.enrolment.participant
    done = reverse("coach:closing", args=[participant.pseudonym])
    return submit(
        request,
        HoldAftercare(request.POST or None, initial={"on": clock.today(), "mode": contact.mode}),
        lambda given: aftercare.hold_aftercare(by=who(request), contact=contact, **given),
        template=FORM,
        context=_frame(participant, heading=_("Aftercare"), button=_("Write it down"), back=done),
        done=done,
        said=_("It has been written down."),
    )


@require_POST
@care_team
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Move a contact of aftercare, call it off, or write down that nobody was reached."""
    contact: Any = doors.aftercare_of(who(request), pk, Permission.DELIVER)
    done = reverse("coach:closing", args=[contact.enrolment.participant.pseudonym])
    by = who(request)
    if what == "move":
        form = MoveAftercare(request.POST)
        if not form.is_valid():
            return render(request, "400.html", {"message": _("This is not a date. Choose a day.")}, status=400)
        day = form.cleaned_data["planned_for"]
        said = _("Planned for another day.")
        return press(
            request, lambda: aftercare.move_aftercare(by=by, contact=contact, planned_for=day), done=done, said=said
        )
    changes: dict[str, tuple[Any, Any]] = {
        "miss": (aftercare.miss_aftercare, _("Written down: it did not take place.")),
        "cancel": (aftercare.cancel_aftercare, _("The contact has been called off.")),
    }
    if what not in changes:
        raise Http404
    act, said = changes[what]
    return press(request, lambda: act(by=by, contact=contact), done=done, said=said)
