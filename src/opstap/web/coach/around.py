"""The pages of a therapist or coach about the people around a participant: contacts, adjustments, messages, letters."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, contacts, doors, feeds, messages, papers, workplace
from opstap.acts.sight import calendar as talks
from opstap.acts.sight import network as sight
from opstap.acts.sight import threads
from opstap.domain.access import Permission, Role
from opstap.domain.network import LetterKind
from opstap.web.coach import around_forms as forms
from opstap.web.shared import calendars
from opstap.web.shared.around import PARTIES
from opstap.web.shared.entering import needs, who
from opstap.web.shared.letters import as_pdf
from opstap.web.shared.submitting import press, submit
from opstap.web.shared.writing import MessageForm

care_team = needs(Role.THERAPIST, Role.COACH)
FORM = "coach/around_form.html"


def _head(participant: Any, heading: Any, button: Any) -> dict[str, Any]:
    return {
        "pseudonym": participant.pseudonym, "name": sight.name_of(participant), "heading": heading, "button": button,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@care_team
def contact(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write down a contact that was tried, in one short form."""
    participant = doors.record_of(who(request), pseudonym, Permission.LOG_CONTACT, what="contacts")
    given = request.GET.get("with", "")
    initial = {"on": clock.today(), "party": given if given in PARTIES else "workplace"}
    return submit(
        request,
        forms.LogContact(request.POST or None, initial=initial),
        lambda given: contacts.log_contact(by=who(request), participant=participant, **given),
        template=FORM,
        context=_head(participant, _("Write down a contact"), _("Write it down")),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The contact has been written down."),
    )


@require_http_methods(["GET", "POST"])
@care_team
def adjustment(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Propose an adjustment at work."""
    participant = doors.record_of(who(request), pseudonym, Permission.PROPOSE_ADJUSTMENT, what="plan")
    return submit(
        request,
        forms.ProposeAdjustment(request.POST or None),
        lambda given: workplace.propose_adjustment(by=who(request), participant=participant, **given),
        template=FORM,
        context=_head(participant, _("Propose an adjustment"), _("Propose this")),
        done=reverse("coach:case", args=[pseudonym]),
        said=_("Proposed. The participant decides first; only then does the workplace see it."),
    )


@require_POST
@care_team
def change_adjustment(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Write down that an adjustment has been arranged, or take it back."""
    changes: dict[str, tuple[Permission, Any, Any]] = {
        "arranged": (Permission.ARRANGE_ADJUSTMENT, workplace.arrange_adjustment, _("Written down: it is arranged.")),
        "drop": (Permission.DROP_ADJUSTMENT, workplace.drop_adjustment, _("The adjustment has been taken back.")),
    }
    if what not in changes:
        raise Http404
    permission, act, said = changes[what]
    found = doors.adjustment_of(who(request), pk, permission)
    done = reverse("coach:case", args=[found.participant.pseudonym])
    return press(request, lambda: act(by=who(request), adjustment=found), done=done, said=said)


@require_http_methods(["GET", "POST"])
@care_team
def thread(request: HttpRequest, pseudonym: str, link: int | None = None) -> HttpResponse:
    """Read and write messages, with the participant or with someone at work."""
    participant, at_work, seen = threads.care_thread(who(request), pseudonym, link)
    address = reverse("coach:case", args=[pseudonym])
    here = request.path
    return submit(
        request,
        MessageForm(request.POST or None),
        lambda given: messages.write_message(by=who(request), participant=participant, link=at_work, **given),
        template="coach/thread.html",
        context={
            "thread": seen, "at_work": at_work, "pseudonym": pseudonym, "case": address,
            "open": at_work is None or at_work.ended_on is None,
        },
        done=here,
        said=_("Your message has been sent."),
    )  # fmt: skip


def _kind(request: HttpRequest) -> str | None:
    kind = request.GET.get("kind", "")
    return kind if kind in tuple(LetterKind) else None


@require_http_methods(["GET", "POST"])
@care_team
def write_letter(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write a letter to someone around the participant."""
    participant = doors.record_of(who(request), pseudonym, Permission.WRITE_LETTER, what="letter")
    to = list(dict.fromkeys(one for kind in LetterKind for one in sight.addressees(participant, kind)))
    named = [(key, f"{name} ({PARTIES[forms.party_of(key)]})") for key, name in to]
    languages = [(code, name) for code, name in settings.LANGUAGES if code in sight.languages_of(participant)]
    form = forms.WriteLetter(
        request.POST or None,
        to=named,
        languages=languages,
        initial={"language": participant.language, "kind": _kind(request)},
    )

    def act(given: dict[str, Any]) -> object:
        party, _sign, number = given.pop("to").partition(":")
        link = threads.link_of(participant, int(number)) if number else None
        return papers.write_letter(by=who(request), participant=participant, party=party, link=link, **given)

    return submit(
        request, form, act,
        template=FORM,
        context={**_head(participant, _("Write a letter"), _("Show it to the participant")), "nobody": not to},
        done=reverse("coach:case", args=[pseudonym]),
        said=_("The letter waits for the participant, who reads it first."),
    )  # fmt: skip


@require_GET
@care_team
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter, to be printed once the participant agreed."""
    found, content = sight.letter(who(request), pk)
    return render(
        request,
        "coach/letter.html",
        {"letter": found, "content": content, "language": found.language, "name": content.to[0] if content.to else ""},
    )


@require_GET
@care_team
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a letter as PDF."""
    found, content = sight.letter(who(request), pk)
    return as_pdf(request, content, found.language)


@require_POST
@care_team
def change_letter(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Write down that a letter went, or take it back."""
    changes: dict[str, tuple[Permission, Any, Any]] = {
        "send": (Permission.WRITE_LETTER, papers.send_letter, _("Written down: the letter has gone.")),
        "drop": (Permission.DROP_LETTER, papers.drop_letter, _("The letter has been taken back.")),
    }
    if what not in changes:
        raise Http404
    permission, act, said = changes[what]
    found = doors.letter_of(who(request), pk, permission)
    done = reverse("coach:case", args=[found.participant.pseudonym])
    return press(request, lambda: act(by=who(request), letter=found), done=done, said=said)


@require_http_methods(["GET", "POST"])
@care_team
def calendar(request: HttpRequest) -> HttpResponse:
    """Keep a private address for one's calendar program: made, seen once, ended."""
    token = ""
    if request.method == "POST" and request.POST.get("what") == "end":
        feeds.end_feed(by=who(request))
        notes.success(request, _("Ended. The address gives nothing any more."))
        return redirect("coach:calendar")
    if request.method == "POST":
        token = feeds.make_feed(by=who(request))
    context = {"address": calendars.address_of(token) if token else "", "has": feeds.has_feed(who(request))}
    return render(request, "coach/calendar.html", context)


@require_GET
@care_team
def talk_file(request: HttpRequest, session: int) -> HttpResponse:
    """Give one talk as a calendar file."""
    return calendars.answer([talks.care_talk(who(request), session)], "talk.ics")
