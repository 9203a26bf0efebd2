"""Acting on one participant: each act has its own address, a form where it asks something, and one way of refusing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opstap.acts import behalf, care, consents, doors, followup, incidents, inviting, keys, lot, partners, recruitment
from opstap.acts.sight.desk import Desk, colleague_account, desk
from opstap.acts.words import Contact
from opstap.domain.access import Permission, Role
from opstap.web.research import conduct_forms as conduct
from opstap.web.research import forms as ours
from opstap.web.shared.entering import needs, who
from opstap.web.shared.submitting import press, submit


@dataclass(frozen=True)
class Doing:
    """One act as a page: its title, what to know before, the word on its button, its form, and how it is done.

    `run` does the act and gives the sentence that tells so. An act without a form asks for nothing but a button.
    """

    title: Any
    lead: Any
    button: Any
    run: Callable[[Any, Any, dict[str, Any]], str]
    form: Callable[[Desk], type[forms.Form]] | None = None
    fields: dict[str, str] | None = None

    @property
    def asks(self) -> bool:
        """Tell whether this act asks something, so that it needs a page of its own."""
        return self.form is not None


def _screen(by: Any, one: Any, given: dict[str, Any]) -> str:
    criteria = given.pop("criteria")
    made = recruitment.screen(by=by, participant=one, answers=given, criteria=criteria)
    return {
        True: _("Screening done: eligible."),
        False: _("Screening done: not eligible. The reasons are below."),
        None: _("Screening saved. Some answers are still missing."),
    }[made.eligible]


def _inform(by: Any, one: Any, given: dict[str, Any]) -> str:
    recruitment.inform(by=by, participant=one, on=given["on"])
    return _("Written down: the information was given.")


def _consent(kind: str) -> Callable[[Any, Any, dict[str, Any]], str]:
    def run(by: Any, one: Any, given: dict[str, Any]) -> str:
        made = consents.record_consent(
            by=by,
            participant=one,
            kind=kind,
            items=given["items_given"],
            channel=given["channel"] or "paper",
            signature=given["signature"],
            signed_on=given["signed_on"],
        )
        return _("Consent recorded.") if made.decision == "agreed" else _("Recorded: did not agree.")

    return run


def _items(kind: str) -> Callable[[Any, Any, dict[str, Any]], str]:
    def run(by: Any, one: Any, given: dict[str, Any]) -> str:
        consents.change_items(by=by, participant=one, kind=kind, items=given["items_given"])
        return _("Changed. This holds from now on.")

    return run


def _invite(by: Any, one: Any, _given: dict[str, Any]) -> str:
    inviting.invite_to_decide(by=by, participant=one)
    return _("A link to read and decide is on its way.")


def _partner(by: Any, one: Any, given: dict[str, Any]) -> str:
    made = partners.enrol_partner(by=by, site=one.site, contact=Contact(**given), of=one, language=one.language)
    return _("Taken up as %(pseudonym)s. Give the information next.") % {"pseudonym": made.pseudonym}


def _decline(by: Any, one: Any, given: dict[str, Any]) -> str:
    reason, agreed = given.pop("reason"), given.pop("agreed", False)
    recruitment.decline(by=by, participant=one, reason=reason, agreed=agreed, details=given)
    return _("Written down: does not take part.")


def _reopen(by: Any, one: Any, _given: dict[str, Any]) -> str:
    recruitment.reopen(by=by, participant=one)
    return _("Taken up again.")


def _allocate(by: Any, one: Any, _given: dict[str, Any]) -> str:
    lot.allocate(by=by, participant=one)
    return _("The lot was drawn. The result is under “Study”.")


def _stratum(by: Any, one: Any, given: dict[str, Any]) -> str:
    factor, _colon, level = given["level"].partition(":")
    lot.correct_stratum(by=by, participant=one, factor=factor, level=level, reason=given["reason"])
    return _("Written down beside the lot. Nothing was drawn again.")


def _assign(by: Any, one: Any, given: dict[str, Any]) -> str:
    profession, _colon, number = given["user"].partition(":")
    user = colleague_account(one, int(number))
    care.assign_care(by=by, participant=one, user=user, profession=Role(profession))
    return _("%(name)s looks after this participant from today.") % {"name": user.name}


def _withdraw(by: Any, one: Any, given: dict[str, Any]) -> str:
    consents.withdraw(by=by, participant=one, reason=given["reason"], answers=given["answers"])
    if given["answers"] == "erase":
        return _("Has left the study. Nothing more is asked, and the answers were erased.")
    return _("Has left the study. Nothing more is asked; the programme goes on as it was.")


def _stop(by: Any, one: Any, given: dict[str, Any]) -> str:
    consents.stop_programme(by=by, participant=one, reason=given["reason"])
    return _("The programme has stopped. The study goes on as it was.")


def _life(by: Any, one: Any, given: dict[str, Any]) -> str:
    care.record_life_event(by=by, participant=one, kind=given["kind"], on=given["on"])
    return _("Written down.")


def _deviation(by: Any, one: Any, given: dict[str, Any]) -> str:
    incidents.report_deviation(by=by, participant=one, **given)
    return _("Written down. It stands on the page of the monitor until it is closed.")


def _adverse(by: Any, one: Any, given: dict[str, Any]) -> str:
    incidents.report_event(by=by, participant=one, **given)
    return _("Written down. It stands on the page of the monitor until it is closed.")


def _contact(by: Any, one: Any, given: dict[str, Any]) -> str:
    zone = given.pop("time_zone")
    recruitment.change_contact(by=by, participant=one, contact=Contact(**given), time_zone=zone)
    return _("The contact details were changed.")


def _anchor(by: Any, one: Any, given: dict[str, Any]) -> str:
    moved = followup.correct_anchor(by=by, participant=one, **given)
    return ngettext(
        "The day was set right. %(n)s questionnaire moved along.",
        "The day was set right. %(n)s questionnaires moved along.",
        moved,
    ) % {"n": moved}


def _paper(by: Any, one: Any, given: dict[str, Any]) -> str:
    made = behalf.choose_paper(by=by, participant=one, no_screen=bool(given["no_screen"]))
    if made.no_screen:
        return _("Written down: uses no screen. No mail with a link goes any more; print or call.")
    return _("Written down: uses a screen.")


def _consenting(kind: str) -> Doing:
    return Doing(
        gettext_lazy("Record a consent on paper or at the desk"),
        gettext_lazy("Tick what was ticked on the signed form, or together at this screen. It is marked as such."),
        gettext_lazy("Record this consent"),
        _consent(kind),
        lambda desk: conduct.consent(desk, kind),
        {"items": "items_given"},
    )


def _choosing(kind: str) -> Doing:
    return Doing(
        gettext_lazy("Change what was agreed to"),
        gettext_lazy(
            "Each of these is given or taken back by itself; taking part goes on. What was done already stays."
        ),
        gettext_lazy("Change"),
        _items(kind),
        lambda desk: conduct.free_items(desk, kind),
        {"items": "items_given"},
    )


#: Every act on a participant, by the last part of its address.
DOINGS: dict[str, Doing] = {
    "screen": Doing(
        gettext_lazy("Screen"),
        gettext_lazy("Fill in what you know. What is missing leaves its criterion open, and you can go on later."),
        gettext_lazy("Judge by the criteria"),
        _screen,
        ours.screening,
    ),
    "inform": Doing(
        gettext_lazy("Information given"),
        gettext_lazy("On which day did the participant receive the information? The time to think counts from it."),
        gettext_lazy("The information was given"),
        _inform,
        lambda _desk: ours.Inform,
    ),
    "invite": Doing(
        gettext_lazy("Mail a link to read and decide"),
        gettext_lazy(
            "The participant reads everything at home, chooses a personal code, and decides online when ready."
        ),
        gettext_lazy("Mail the link"),
        _invite,
    ),
    "consent-programme": _consenting("programme"),
    "consent-study": _consenting("study"),
    "consent-partner": _consenting("partner"),
    "items-programme": _choosing("programme"),
    "items-study": _choosing("study"),
    "items-partner": _choosing("partner"),
    "partner": Doing(
        gettext_lazy("Take up the partner"),
        gettext_lazy(
            "The partner gets a record, a consent and questionnaires apart. Neither sees the other's answers."
        ),
        gettext_lazy("Take up"),
        _partner,
        lambda _desk: ours.Contact,
    ),
    "decline": Doing(
        gettext_lazy("Does not take part"),
        gettext_lazy("Nobody has to give a reason. Who does not take part is part of the result, without a name."),
        gettext_lazy("Write this down"),
        _decline,
        conduct.decline,
    ),
    "reopen": Doing(
        gettext_lazy("Take up again"),
        gettext_lazy("Minds and circumstances change. Screening begins anew; what happened before stays visible."),
        gettext_lazy("Take up again"),
        _reopen,
    ),
    "allocate": Doing(
        gettext_lazy("Draw the lot"),
        gettext_lazy("This takes the next line of the sealed list. It happens once and cannot be undone."),
        gettext_lazy("Draw the lot"),
        _allocate,
    ),
    "stratum": Doing(
        gettext_lazy("Set right what the lot looked at"),
        gettext_lazy("The lot stays as it was drawn. What was wrong, and why, is kept beside it for the analysis."),
        gettext_lazy("Write this down"),
        _stratum,
        ours.stratum,
        {"factor": "level"},
    ),
    "assign": Doing(
        gettext_lazy("Choose who looks after this participant"),
        gettext_lazy("Who had that place before is relieved, and no longer sees this participant."),
        gettext_lazy("Give this place"),
        _assign,
        ours.assign,
        {"profession": "user"},
    ),
    "withdraw": Doing(
        gettext_lazy("Leave the study"),
        gettext_lazy("Nothing more is asked. The programme goes on as it was. Ask what may be done with the answers."),
        gettext_lazy("Leave the study"),
        _withdraw,
        lambda _desk: conduct.LeaveStudy,
    ),
    "stop": Doing(
        gettext_lazy("Stop the programme"),
        gettext_lazy("Planned talks fall out. The questionnaires of the study go on as they were."),
        gettext_lazy("Stop the programme"),
        _stop,
        lambda _desk: ours.Leave,
    ),
    "life": Doing(
        gettext_lazy("Write down a life event"),
        gettext_lazy("After a death nothing more is asked or sent. The other events change how outcomes are read."),
        gettext_lazy("Write down"),
        _life,
        lambda _desk: ours.Life,
    ),
    "deviation": Doing(
        gettext_lazy("Write down a deviation"),
        gettext_lazy("Something went otherwise than the protocol says. Write no names, and not in which group."),
        gettext_lazy("Write down"),
        _deviation,
        conduct.deviation,
    ),
    "adverse": Doing(
        gettext_lazy("Write down an adverse event"),
        gettext_lazy("Anything bad that happened to someone's health, whether or not it has to do with the programme."),
        gettext_lazy("Write down"),
        _adverse,
        lambda _desk: conduct.Adverse,
    ),
    "contact": Doing(
        gettext_lazy("Change name or address"),
        gettext_lazy("Kept encrypted and apart from all answers."),
        gettext_lazy("Change"),
        _contact,
        lambda _desk: ours.Reach,
    ),
    "anchor": Doing(
        gettext_lazy("Set a day right"),
        gettext_lazy("Questionnaires count from these days. Those not handed in yet move along."),
        gettext_lazy("Set right"),
        _anchor,
        ours.anchor,
    ),
    "paper": Doing(
        gettext_lazy("With or without a screen"),
        gettext_lazy("Who uses no screen gets no mail with a link. Everything can be kept on paper and by telephone."),
        gettext_lazy("Save"),
        _paper,
        lambda _desk: ours.Paper,
    ),
}


@needs(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pseudonym: str, doing: str) -> HttpResponse:
    """Show the form of an act, or do it; a refusal is shown at its field, with everything that was typed."""
    if doing not in DOINGS:
        raise Http404
    it = DOINGS[doing]
    one, asked = desk(who(request), pseudonym)
    make = it.form(asked) if it.form else forms.Form
    reach = {**vars(asked.contact), "time_zone": asked.time_zone}
    initial = {
        "contact": reach,
        "screen": asked.answered,
        "paper": {"no_screen": asked.no_screen},
        "items-programme": {"items_given": asked.given("programme")},
        "items-study": {"items_given": asked.given("study")},
        "items-partner": {"items_given": asked.given("partner")},
    }.get(doing)
    return submit(
        request,
        make(request.POST) if request.method == "POST" else make(initial=initial),
        lambda given: it.run(who(request), one, dict(given)),
        template="research/act.html",
        context={"doing": it, "desk": asked, "paper": asked.forms.get(doing.removeprefix("consent-"))},
        done=reverse("research:participant", args=[pseudonym]),
        said=str,
        fields=it.fields,
    )


@needs(Role.COORDINATOR)
@require_POST
def send_link(request: HttpRequest, number: int) -> HttpResponse:
    """Send a new link to an open questionnaire."""
    measurement = doors.measurement_of(who(request), number, Permission.SEND_LINK, what="link")
    return press(
        request,
        lambda: keys.send_link(by=who(request), measurement=measurement),
        done=reverse("research:participant", args=[measurement.participant.pseudonym]),
        said=_("A new link is on its way."),
    )
