"""Filling in a questionnaire: its start, its pages, the check of all answers, and the end.

Each page saves by one act. Someone who came by link only sees the answers of this visit and no earlier ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opstap.acts import clock, measures, two_answers
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight.participant import filling as sight
from opstap.acts.sight.participant.today import questionnaires as waves_of
from opstap.domain.journey import NotNow
from opstap.web.participant import sitting
from opstap.web.participant.frame import BARE, mine, page, reader, signed_in, with_code
from opstap.web.participant.said import say
from opstap.web.participant.templatetags.participant import number
from opstap.web.participant.typed import Field, name_of, rules_of, things, typed
from opstap.web.shared.once import Again, once

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
    left = _minutes_left(seen) if seen.answered else ""
    return _page(request, "start", seen, minutes=minutes, left=left, pace=sitting.pace(request))


@mine
@require_POST
def pace(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep whether someone likes one question at a time or a short page, and go on where they were."""
    seen = _filling(request, pk)
    asked = seen.at(request.POST.get("questionnaire", ""), request.POST.get("item", ""))
    if asked is None:
        response = redirect("participant:questionnaire", pk)
    else:
        response = redirect("participant:question", pk, asked.questionnaire, asked.item)
    sitting.keep_pace(response, request.POST.get("pace", ""))
    return response


@mine
@require_GET
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that everything is saved, and how to go on later; or offer a rest to someone who is at it for long."""
    seen = _filling(request, pk)
    return _page(request, "pause", seen, rest="rest" in request.GET) if seen.is_open else _closed(request, seen)


@mine
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, pk: int, questionnaire: str, item: str) -> HttpResponse:
    """Ask the questions of one page, and save their answers."""
    answer = _question(request, pk, questionnaire, item)
    if sitting.sends_by_itself(request) and answer.status_code == 302:
        return JsonResponse({"to": answer.headers["Location"]})
    return answer


def _question(request: HttpRequest, pk: int, questionnaire: str, item: str) -> HttpResponse:
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen, late=request.method == "POST")
    asked = seen.at(questionnaire, item)
    if asked is None:
        if not sight.knows(seen.measurement, questionnaire, item):
            raise NotHere(pk)
        # Another answer has closed this question since: go on where one is.
        return _on(seen)
    together = seen.together(asked)
    if request.method == "GET":
        return _ask(request, seen, together)
    try:
        problems = _take_in(request, seen, together)
    except NotNow:
        return _closed(request, _filling(request, pk), late=True)
    again = _again(request, seen, problems.measurement) if problems.measurement else _filling(request, pk)
    if "more" in request.POST and not problems.refused:
        rows = len(things(asked, request.POST, 1, name_of(asked, together))) + 1
        return redirect(f"{reverse('participant:question', args=[pk, questionnaire, item])}?rows={rows}")
    asked = again.at(questionnaire, item) or asked
    if problems.told:
        return _ask(request, again, again.together(asked), problems=problems.told)
    if any(one.answered and not one.hidden and one.shape.alarms(one.value) for one in again.together(asked)):
        return redirect("participant:turn", pk)
    if again.differing:
        return redirect("participant:two", pk)
    onward = _after(request, again, again.together(asked)[-1])
    if problems.tired and again.next is not None:
        return redirect(f"{reverse('participant:pause', args=[pk])}?rest=1")
    return onward


@mine
@require_GET
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where to turn now, and whether somebody of the study is told: right after an answer that calls for it."""
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen)
    return _page(request, "turn", seen, turning=sight.turning(seen.measurement))


@mine
@require_http_methods(["GET", "POST"])
def two(request: HttpRequest, pk: int) -> HttpResponse:
    """Show both answers to a question that was answered in two places, and ask which of them holds."""
    seen = _filling(request, pk)
    if not seen.is_open:
        return _closed(request, seen, late=request.method == "POST")
    problem = ""
    if request.method == "POST":
        chosen, wanted = request.POST.get("number", ""), request.POST.get("keep", "")
        try:
            measures.settle_answer(
                by=signed_in(request), measurement=seen.measurement,
                number=int(chosen) if chosen.isdecimal() and len(chosen) < 16 else 0, keep=wanted,
            )  # fmt: skip
        except Refused as refusal:
            problem = str(refusal)
        except NotNow:
            return _closed(request, _filling(request, pk), late=True)
        else:
            return redirect("participant:two", pk)
    if not seen.differing and not problem:
        return _on(seen)
    return _page(request, "two", seen, 400 if problem else 200, problem=problem)


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
        measures.submit(by=signed_in(request), measurement=seen.measurement)
    except Refused:
        return _check(request, _filling(request, pk), stopped=True)
    except NotNow:
        return _closed(request, _filling(request, pk), late=True)
    messages.success(request, _("The questionnaire has been handed in."))
    return redirect("participant:questionnaire", pk)


def _filling(request: HttpRequest, pk: int) -> sight.Filling:
    return sight.filling(reader(request).record, pk, shown=sitting.shown(request, pk), most=_most(request))


def _again(request: HttpRequest, before: sight.Filling, saved: Any) -> sight.Filling:
    shown = sitting.shown(request, before.pk)
    return sight.filling_of(saved, before.wording, shown=shown, most=_most(request))


def _most(request: HttpRequest) -> int:
    return sitting.PACES[sitting.pace(request)]


def _page(request: HttpRequest, name: str, seen: sight.Filling, status: int = 200, **context: Any) -> HttpResponse:
    return page(request, name, status, filling=seen, kept_under=sitting.tag(request), **context, **BARE)


def _check(request: HttpRequest, seen: sight.Filling, *, stopped: bool = False) -> HttpResponse:
    """Show the check of all answers; `stopped` when handing in was tried while answers are missing."""
    more = max(0, len(seen.missing) - NAMED)
    return _page(request, "check", seen, 400 if stopped else 200, stopped=stopped, named=f":{NAMED}", more=more)


def _closed(request: HttpRequest, seen: sight.Filling, *, late: bool = False) -> HttpResponse:
    """Tell how a questionnaire stands that cannot be filled in; `late` when someone just tried to."""
    frame = {} if with_code(request) else BARE
    return page(request, "closed", 409 if late else 200, filling=seen, late=late, **frame)


@dataclass
class Taken:
    """What came of taking in a page: what is wrong, by item; whether something was refused; whether to offer rest.

    `measurement` is as it is now, when something was saved.
    """

    told: dict[str, str] = field(default_factory=dict)
    refused: bool = False
    tired: bool = False
    measurement: Any = None


def _take_in(request: HttpRequest, seen: sight.Filling, together: Sequence[sight.Question]) -> Taken:
    """Save what fits of a page, at once, and tell of each other question what is wrong with it."""
    taken, questionnaire = Taken(), together[0].questionnaire
    raw = {one.item: typed(one, request.POST, name_of(one, together)) for one in together}
    empty = {item for item, value in raw.items() if value in (None, [])}
    given = {one.item: raw[one.item] for one in together if one.item not in empty}
    # What is emptied is taken back, unless it was not shown.
    given |= {
        one.item: None for one in together if one.item in empty and one.answered and not one.hidden and not one.required
    }
    while given:
        try:
            taken.measurement = _save(request, seen, questionnaire, given)
            break
        except Again:
            break
        except Refused as refusal:
            wrong = refusal.field.partition(".")[2]
            taken.told[wrong], taken.refused = _told(refusal), True
            del given[wrong]
    if given:
        names = {f"{questionnaire}.{item}" for item in given}
        unsettled = two_answers.unsettled(taken.measurement or seen.measurement)
        differing = {f"{pair.questionnaire}.{pair.item}" for pair in unsettled}
        taken.tired = sitting.answered(request, seen.pk, names - differing)
    if "more" not in request.POST:
        lacking = [one for one in together if one.required and not one.hidden and one.item in empty]
        missing = say(reader(request).address, "There is no answer yet. Choose or fill in what fits you best.")
        taken.told |= {one.item: missing for one in lacking}
    return taken


def _save(request: HttpRequest, seen: sight.Filling, questionnaire: str, given: dict[str, Any]) -> Any:
    """Save, once for this form and these words: they may come again after the connection was lost."""
    sent = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    knew = {item: request.POST[f"seen.{item}"] for item in given if f"seen.{item}" in request.POST}
    with once(request, saying=json.dumps([seen.pk, sorted(given), sent], sort_keys=True)):
        return measures.save_answers(
            by=signed_in(request),
            measurement=seen.measurement,
            answers={questionnaire: given},
            seen={questionnaire: knew},
        )


def _ask(
    request: HttpRequest,
    seen: sight.Filling,
    together: Sequence[sight.Question],
    *,
    problems: Mapping[str, str] | None = None,
) -> HttpResponse:
    asked, last = together[0], together[-1]
    before = seen.beside(asked.questionnaire, asked.item, -1)
    wanted = request.GET.get("rows", "")
    rows = int(wanted) if wanted.isdecimal() and len(wanted) < 3 else 1
    problems = problems or {}
    fields = [
        Field(
            question=one,
            name=name_of(one, together),
            problem=problems.get(one.item, ""),
            data=request.POST if one.item in problems else {},
            rows=rows,
        )
        for one in together
    ]
    return _page(
        request,
        "grid" if asked.grid else "question",
        seen,
        400 if problems else 200,
        question=asked,
        last=last,
        fields=fields,
        alone=len(fields) == 1,
        problems=[one for one in fields if one.problem],
        rules=json.dumps(rules_of(fields)),
        said=json.dumps(_sentences(request)),
        before=before if before and not before.hidden else None,
        after=seen.beside(last.questionnaire, last.item, 1),
        open=any(one.required and not one.answered for one in together),
        checking=_checking(request),
        share=round(100 * (asked.number - 1) / seen.total, 1),
        along=_along(request, together, seen),
        pace=sitting.pace(request),
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


def _minutes_left(seen: sight.Filling) -> str:
    """Say about how long the questions take that have no answer yet; nothing when there are none."""
    left = seen.total - seen.answered
    if not left:
        return ""
    minutes = math.ceil(left * SECONDS_A_QUESTION / 60)
    return ngettext("About %(n)s more minute.", "About %(n)s more minutes.", minutes) % {"n": minutes}


def _along(request: HttpRequest, together: Sequence[sight.Question], seen: sight.Filling) -> str:
    """Say how far along someone is: the number, or first and last of a page, what that means, and how long still."""
    address, total = reader(request).address, seen.total
    asked, last = together[0], together[-1]
    counted = _("Question %(number)s of %(total)s.") % {"number": asked.number, "total": total}
    if last is not asked:
        numbers = {"first": asked.number, "last": last.number, "total": total}
        counted = _("Questions %(first)s to %(last)s of %(total)s.") % numbers
    share = (asked.number - 1) / total
    meaning = ""
    if last.number == total:
        meaning = _("This is the last one.") if last is asked else _("These are the last ones.")
    elif share >= 0.8:
        meaning = say(address, "You are nearly there.")
    elif share >= 0.55:
        meaning = say(address, "You are past the half.")
    elif share >= 0.4:
        meaning = say(address, "You are about half-way.")
    return " ".join(part for part in (counted, meaning, _minutes_left(seen)) if part)


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
