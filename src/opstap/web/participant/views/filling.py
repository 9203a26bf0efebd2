"""Filling in a questionnaire: its start, one question at a time, the check of all answers, and the end.

Each page saves by one act. Someone who came by link only sees the answers of this visit and no earlier ones.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opstap.acts import clock, doors, measures
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight.participant import filling as sight
from opstap.acts.sight.participant.today import questionnaires as waves_of
from opstap.domain.access import Permission
from opstap.domain.journey import NotNow
from opstap.web.participant.frame import BARE, mine, page, reader, signed_in, with_code
from opstap.web.participant.said import say
from opstap.web.participant.templatetags.participant import number
from opstap.web.participant.typed import rules_of, table, things, typed

#: In the session: which answers were given in this visit, and which visit that is.
VISIT = "opstap_answered"
#: How long one question takes, on average, for telling beforehand how long it all takes. Our own estimate.
SECONDS_A_QUESTION = 12
#: How many missing answers are named on top of the check; the others are marked in the list.
NAMED = 8


@mine
@require_GET
def questionnaires(request: HttpRequest) -> HttpResponse:
    """List the questionnaires: open now, still to come, and done."""
    waves = waves_of(signed_in(request))
    return page(
        request,
        "questionnaires",
        open=[wave for wave in waves if wave.state in ("open", "started")],
        coming=[wave for wave in waves if wave.state == "scheduled"],
        past=[wave for wave in reversed(waves) if wave.state in ("submitted", "missed", "voided")],
    )


@mine
@require_GET
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell what is asked, how long it takes and who sees it; or, when it is not open, how it stands."""
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen)
    minutes = max(5, 5 * round(seen.most * SECONDS_A_QUESTION / 300))
    return _page(request, "start", seen, minutes=minutes)


@mine
@require_GET
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that everything is saved, and how to go on later."""
    seen = _filling(request, pk)
    return _page(request, "pause", seen) if seen.is_open else _closed(request, seen)


@mine
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, pk: int, questionnaire: str, item: str) -> HttpResponse:
    """Ask one question, and save its answer."""
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen, late=request.method == "POST")
    asked = seen.at(questionnaire, item)
    if asked is None:
        if not sight.knows(signed_in(request), pk, questionnaire, item):
            raise NotHere(pk)
        # Another answer has closed this question since: go on where one is.
        return _on(seen)
    together = seen.together(asked)
    if request.method == "GET":
        return _ask(request, seen, together)
    raw = {one.item: typed(one, request.POST, f"answer.{one.item}" if one.grid else "answer") for one in together}
    given = {one.item: raw[one.item] for one in together if raw[one.item] not in (None, [])}
    # What is emptied is taken back, unless it was not shown.
    given |= {
        one.item: None
        for one in together
        if one.item not in given and one.answered and not one.hidden and not one.required
    }
    lacking = [one for one in together if one.required and not one.hidden and raw[one.item] in (None, [])]
    more = "more" in request.POST
    try:
        if given:
            _save(request, pk, asked.questionnaire, given)
    except Refused as refusal:
        return _ask(request, seen, together, problem=_told(refusal), raw=raw[asked.item])
    except NotNow:
        return _closed(request, _filling(request, pk), late=True)
    if more:
        rows = len(things(asked, request.POST, 1)) + 1
        return redirect(f"{reverse('participant:question', args=[pk, questionnaire, item])}?rows={rows}")
    if lacking:
        problem = say(reader(request).address, "There is no answer yet. Choose or fill in what fits you best.")
        again = _filling(request, pk)
        return _ask(request, again, again.together(asked), problem=problem)
    return _after(request, _filling(request, pk) if given else seen, together[-1])


@mine
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was answered and what is missing; hand it all in."""
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen, late=request.method == "POST")
    if request.method == "GET":
        return _check(request, seen)
    if seen.missing:
        return _check(request, seen, stopped=True)
    try:
        measures.submit(by=signed_in(request), measurement=_measurement(request, pk))
    except Refused:
        return _check(request, _filling(request, pk), stopped=True)
    except NotNow:
        return _closed(request, _filling(request, pk), late=True)
    messages.success(request, _("The questionnaire has been handed in."))
    return redirect("participant:questionnaire", pk)


def _filling(request: HttpRequest, pk: int) -> sight.Filling:
    return sight.filling(signed_in(request), pk, shown=_shown(request, pk))


def _measurement(request: HttpRequest, pk: int) -> Any:
    return doors.measurement_of(signed_in(request), pk, Permission.ANSWER)


def _page(request: HttpRequest, name: str, seen: sight.Filling, status: int = 200, **context: Any) -> HttpResponse:
    return page(request, name, status, filling=seen, **context, **BARE)


def _check(request: HttpRequest, seen: sight.Filling, *, stopped: bool = False) -> HttpResponse:
    """Show the check of all answers; `stopped` when handing in was tried while answers are missing."""
    more = max(0, len(seen.missing) - NAMED)
    return _page(request, "check", seen, 400 if stopped else 200, stopped=stopped, named=f":{NAMED}", more=more)


def _closed(request: HttpRequest, seen: sight.Filling, *, late: bool = False) -> HttpResponse:
    """Tell how a questionnaire stands that cannot be filled in; `late` when someone just tried to."""
    frame = {} if with_code(request) else BARE
    return page(request, "closed", 409 if late else 200, filling=seen, late=late, **frame)


def _ask(
    request: HttpRequest, seen: sight.Filling, together: list[sight.Question], *, problem: str = "", raw: Any = None
) -> HttpResponse:
    asked = together[0]
    before = seen.beside(asked.questionnaire, asked.item, -1)
    data = request.POST if request.method == "POST" else {}
    wanted = request.GET.get("rows", "")
    rows = things(asked, data, int(wanted) if wanted.isdecimal() and len(wanted) < 3 else 1) if asked.parts else []
    return _page(
        request,
        "grid" if asked.grid else "question",
        seen,
        400 if problem else 200,
        question=asked,
        together=together,
        problem=problem,
        raw=raw if isinstance(raw, str) else "",
        parts=_parts(request, asked),
        table=table(asked, data) if asked.rows else [],
        things=rows,
        may_add=len(rows) < asked.shape.most,
        rules=json.dumps(rules_of(together, len(rows))),
        said=json.dumps(_sentences(request)),
        before=before if before and not before.hidden else None,
        after=seen.beside(asked.questionnaire, together[-1].item, 1),
        checking=_checking(request),
        share=round(100 * (asked.number - 1) / seen.total, 1),
        along=_along(request, together, seen.total),
        saved_now=seen.saved_at is not None and timezone.localdate(seen.saved_at) == clock.today(),
    )


def _sentences(request: HttpRequest) -> dict[str, str]:
    """Give the sentences with which the page's script says what the server would say."""
    missing = say(reader(request).address, "There is no answer yet. Choose or fill in what fits you best.")
    return {
        "missing": missing,
        **{code: str(measures.MESSAGES[code]) for code in ("number", "whole", "range", "alone")},
    }


def _told(refusal: Refused) -> str:
    """Give the sentence of a refusal, its numbers written as the reader writes them."""
    written = {name: number(value) for name, value in refusal.params.items()}
    return str(refusal.message) % written if written else str(refusal.message)


def _parts(request: HttpRequest, asked: sight.Question) -> dict[str, str]:
    """Give day, month and year of a date as they were typed, or else as they are kept."""
    names = ("day", "month", "year")
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in names}
    kept = str(asked.value).split("-")[::-1] if asked.kind == "date" and asked.value else ["", "", ""]
    return dict(zip(names, kept, strict=True))


def _along(request: HttpRequest, together: list[sight.Question], total: int) -> str:
    """Say how far along someone is: the number, or the first and last of a grid, and what that means."""
    address = reader(request).address
    asked, last = together[0], together[-1]
    counted = _("Question %(number)s of %(total)s.") % {"number": asked.number, "total": total}
    if last is not asked:
        numbers = {"first": asked.number, "last": last.number, "total": total}
        counted = _("Questions %(first)s to %(last)s of %(total)s.") % numbers
    share = (asked.number - 1) / total
    meaning = ""
    if last.number == total:
        meaning = _("This is the last one.")
    elif share >= 0.8:
        meaning = say(address, "You are nearly there.")
    elif share >= 0.55:
        meaning = say(address, "You are past the half.")
    elif share >= 0.4:
        meaning = say(address, "You are about half-way.")
    return f"{counted} {meaning}".strip()


def _save(request: HttpRequest, pk: int, questionnaire: str, given: dict[str, Any]) -> None:
    answers = {questionnaire: given}
    measures.save_answers(by=signed_in(request), measurement=_measurement(request, pk), answers=answers)
    if not with_code(request):
        visit = _visit(request, pk)
        names = {f"{questionnaire}.{item}" for item in given}
        request.session[VISIT] = {**visit, "answers": sorted({*visit["answers"], *names})}


def _shown(request: HttpRequest, pk: int) -> Collection[str] | None:
    """Name the answers that may be shown: all of them with the code, else those of this visit."""
    return None if with_code(request) else _visit(request, pk)["answers"]


def _visit(request: HttpRequest, pk: int) -> dict[str, Any]:
    # A visit begins with a link. Someone who uses a new link in the same browser begins a new one: the moment of
    # signing in tells them apart.
    began = str(signed_in(request).last_login)
    visit = request.session.get(VISIT)
    if not visit or visit["began"] != began or visit["pk"] != pk:
        return {"began": began, "pk": pk, "answers": []}
    return visit


def _after(request: HttpRequest, seen: sight.Filling, asked: sight.Question) -> HttpResponse:
    following = seen.beside(asked.questionnaire, asked.item, 1)
    if _checking(request) or following is None:
        return redirect("participant:check", seen.pk)
    if following.hidden:
        return _on(seen)
    return redirect("participant:question", seen.pk, following.questionnaire, following.item)


def _on(seen: sight.Filling) -> HttpResponse:
    """Go on with the first question that is still open, or to the check when none is."""
    if seen.next is None:
        return redirect("participant:check", seen.pk)
    return redirect("participant:question", seen.pk, seen.next.questionnaire, seen.next.item)


def _checking(request: HttpRequest) -> bool:
    return "checking" in (request.POST if request.method == "POST" else request.GET)
