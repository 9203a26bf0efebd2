"""Queries on answers as the site and the data manager see them: by pseudonym, never a name, never an arm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils import timezone

from opstap.acts import words
from opstap.acts.blinding import blinded, tells_arm
from opstap.acts.calendar import state_of
from opstap.acts.doors import Actor, allow, measurement_of, query_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.answers import Answered, Corrected, Question, answered_in, corrected
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import TABLE, Permission, Role
from opstap.domain.journey import QUERY
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.checks import source_of, words_of
from opstap.domain.protocol.model import AROUND
from opstap.store.models import Measurement, Query, QueryEntry

#: What the list can be narrowed to: by state, and everything that still waits for someone.
WAITING = ("open", "answered")
STATES = ("waiting", *QUERY.states)


@dataclass(frozen=True)
class Line:
    """One query in the list."""

    id: int
    pseudonym: str
    study: str
    site: str
    wave: str
    about: str
    asks: str
    by_rule: bool
    state: str
    raised_on: date


@dataclass(frozen=True)
class Queries:
    """One page of queries, with how many there are and how many wait for the site and for the data manager."""

    lines: list[Line]
    count: int
    number: int
    pages: int
    open: int
    answered: int


@dataclass(frozen=True)
class Step:
    """One step in a query: who, when, in which words, with which correction. Nobody: a rule."""

    move: str
    by: str
    at: datetime
    words: str
    correction: Corrected | None


@dataclass(frozen=True)
class Asked:
    """One query with everything that was said; `can` names what this reader can do now."""

    line: Line
    measurement: int
    field: str
    question: Question | None
    source: str
    steps: list[Step]
    can: frozenset[str]
    handed_in: datetime | None


def _among(found: Iterable[Reach], by: Actor) -> Q:
    """Give the condition on measurements that someone may know of; what would tell an arm is not among them."""
    condition = Q(pk__in=[])
    for one in found:
        here = one.among("participant__", None)
        if blinded(one.study, allow(by, Permission.SEE_QUERIES, study=one.study)):
            here &= ~Q(respondent__in=AROUND)
        condition |= here
    return condition


def _told(by: Actor, found: Iterable[Reach]) -> Q:
    """Give the condition on queries that someone may know of."""
    condition = Q(pk__in=[])
    for one in found:
        here = one.among("measurement__participant__", None)
        if blinded(one.study, allow(by, Permission.SEE_QUERIES, study=one.study)):
            here &= ~Q(measurement__respondent__in=AROUND)
            for wave in protocol_of(one.study).study.waves:
                if wave.only_in_arms:
                    here &= ~Q(measurement__wave=wave.id, questionnaire__in=list(wave.only_in_arms))
        condition |= here
    return condition


def queries(
    by: Actor, *, state: str = "waiting", place: str = "", raised: str = "", search: str = "", number: int = 1
) -> Queries:
    """List the queries of the studies and sites that are someone's, the oldest first, fifty to a page.

    `place` is `study/site`; `raised` is `rule` or `person`; `search` is (part of) a pseudonym.
    """
    whole = Query.objects.filter(_told(by, reaches(by, Permission.SEE_QUERIES)))
    rows = whole
    if state in STATES:
        rows = rows.filter(state__in=WAITING if state == "waiting" else (state,))
    if place:
        study, _slash, site = place.partition("/")
        rows = rows.filter(measurement__participant__study__slug=study, measurement__participant__site__code=site)
    if raised:
        rows = rows.filter(rule="") if raised == "person" else rows.exclude(rule="")
    if search:
        rows = rows.filter(measurement__participant__pseudonym__icontains=search.strip())
    count = rows.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    # The words in which somebody asked are read with the query itself; a list opens no record.
    found = rows.select_related(
        "measurement__participant__study__protocol", "measurement__participant__site"
    ).order_by("raised_at", "pk")[(number - 1) * PAGE : number * PAGE]  # fmt: skip
    return Queries(
        [_line(row) for row in found], count, number, pages,
        whole.filter(state="open").count(), whole.filter(state="answered").count(),
    )  # fmt: skip


def open_queries(by: Actor) -> dict[str, int]:
    """Count the queries that wait for the site, per study."""
    found = {}
    for reach in reaches(by, Permission.SEE_QUERIES):
        found[reach.study.slug] = Query.objects.filter(_told(by, [reach]), state="open").count()
    return found


def waiting_of(by: Actor, reach: Reach) -> dict[str, int]:
    """Count the queries of one study that are open (they wait for the site) and answered (for who asked)."""
    rows = Query.objects.filter(_told(by, [reach]), state__in=("open", "answered"))
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in ("open", "answered")}


def about(protocol: Protocol, questionnaire: str, item: str) -> str:
    """Say which question of which questionnaire is meant, in the reader's language."""
    spoken = protocol.questionnaires[questionnaire].words
    known = spoken.get(language()) or next(iter(spoken.values()))
    title = known[""].text
    return f"{title}: {known[item].text if item in known else item}" if item else title


def _line(row: Query) -> Line:
    participant = row.measurement.participant
    protocol = protocol_of(participant.study)
    return Line(
        id=row.pk,
        pseudonym=participant.pseudonym,
        study=protocol.text("short_title", language()),
        site=protocol.text(f"sites.{participant.site.code}", language()),
        wave=protocol.text(f"waves.{row.measurement.wave}", language()),
        about=about(protocol, row.questionnaire, row.item),
        asks=words_of(protocol, row.rule, language()) if row.rule else "",
        by_rule=bool(row.rule),
        state=row.state,
        raised_on=timezone.localdate(row.raised_at),
    )


def query(by: Actor, number: int) -> tuple[Query, Asked]:
    """Open one query; gives the record for the acts as well. NotHere for one that would tell an arm."""
    row = query_of(by, number, Permission.SEE_QUERIES)
    measurement, participant = row.measurement, row.measurement.participant
    found = allow(by, Permission.SEE_QUERIES, participant=participant)
    if blinded(participant.study, found) and tells_arm(measurement, row.questionnaire):
        raise NotHere(number)
    whole = _readable(answered_in(measurement), Role.COORDINATOR in {one.role for one in found})
    question = whole.question(f"{row.questionnaire}.{row.item}")
    mine = {permission for permission in (Permission.ANSWER_QUERY, Permission.CLOSE_QUERY) if found & TABLE[permission]}
    can = {"answer", "correct"} if Permission.ANSWER_QUERY in mine and QUERY.allows(row.state, "answer") else set()
    if Permission.CLOSE_QUERY in mine:
        can |= {move for move in ("close", "reopen") if QUERY.allows(row.state, move)}
        if row.raised_by_id == by.pk and QUERY.allows(row.state, "withdraw"):
            can.add("withdraw")
    known = {one.field: one for sheet in whole.sheets for one in sheet.questions}
    return row, Asked(
        line=_line(row),
        measurement=measurement.pk,
        field=f"{row.questionnaire}.{row.item}" if row.item else "",
        question=question,
        source=source_of(protocol_of(participant.study), row.rule) if row.rule else "",
        steps=[
            Step(
                one.move,
                one.by.name if one.by else "",
                one.at,
                words.unseal(participant, one.words_sealed),
                corrected(one.correction, known) if one.correction else None,
            )
            for one in QueryEntry.objects.filter(query=row)
            .select_related("by", "correction__sheet__measurement__participant__key", "correction__by")
            .order_by("pk")
        ],
        can=frozenset(can),
        handed_in=measurement.submitted_at,
    )


def queries_on(by: Actor, measurement: Measurement) -> list[Line]:
    """List the queries on one measurement that someone has opened, the newest first."""
    rows = Query.objects.filter(_told(by, reaches(by, Permission.SEE_QUERIES)), measurement=measurement)
    found = rows.select_related("measurement__participant__study__protocol", "measurement__participant__site")
    return [_line(row) for row in found.order_by("-pk")]


@dataclass(frozen=True)
class Handed:
    """One measurement that was handed in, to be looked over."""

    id: int
    pseudonym: str
    study: str
    site: str
    wave: str
    handed_in: datetime | None
    channel: str
    waiting: int


@dataclass(frozen=True)
class Review:
    """One page of what was handed in."""

    rows: list[Handed]
    count: int
    number: int
    pages: int


def review(by: Actor, *, search: str = "", place: str = "", number: int = 1) -> Review:
    """List what was handed in, the newest first, fifty to a page; nothing that would tell an arm."""
    found = reaches(by, Permission.REVIEW_ANSWERS)
    rows = Measurement.objects.filter(_among(found, by), submitted_at__isnull=False)
    if search:
        rows = rows.filter(participant__pseudonym__icontains=search.strip())
    if place:
        study, _slash, site = place.partition("/")
        rows = rows.filter(participant__study__slug=study, participant__site__code=site)
    count = rows.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    here = list(
        rows.select_related("participant__study__protocol", "participant__site").order_by("-submitted_at", "-pk")[
            (number - 1) * PAGE : number * PAGE
        ]
    )
    waiting: dict[int, int] = {}
    for pk in Query.objects.filter(_told(by, found), measurement__in=here, state__in=WAITING).values_list(
        "measurement_id", flat=True
    ):
        waiting[pk] = waiting.get(pk, 0) + 1
    return Review([_handed(row, waiting.get(row.pk, 0)) for row in here], count, number, pages)


def _handed(row: Measurement, waiting: int) -> Handed:
    protocol = protocol_of(row.participant.study)
    return Handed(
        id=row.pk,
        pseudonym=row.participant.pseudonym,
        study=protocol.text("short_title", language()),
        site=protocol.text(f"sites.{row.participant.site.code}", language()),
        wave=protocol.text(f"waves.{row.wave}", language()),
        handed_in=row.submitted_at,
        channel=row.channel,
        waiting=waiting,
    )


def reviewed(by: Actor, number: int) -> tuple[Measurement, Answered]:
    """Open what someone handed in, to look it over: no words of their own, nothing that would tell their arm."""
    row = measurement_of(by, number, Permission.REVIEW_ANSWERS)
    found = allow(by, Permission.REVIEW_ANSWERS, participant=row.participant)
    unknowing = blinded(row.participant.study, found)
    if state_of(row) != "submitted" or (unknowing and tells_arm(row)):
        raise NotHere(number)
    whole = _readable(answered_in(row), free=False)
    if unknowing:
        sheets = [sheet for sheet in whole.sheets if not tells_arm(row, sheet.questionnaire.id)]
        shown = {sheet.questionnaire.id for sheet in sheets}
        whole = replace(
            whole, sheets=sheets, corrections=[one for one in whole.corrections if one.questionnaire in shown]
        )
    return row, whole


#: What stands where someone wrote words of their own: these may hold a name, or tell an arm.
HIDDEN = "…"


def _readable(whole: Answered, free: bool) -> Answered:
    """Give the answers without what was written in someone's own words, unless these may be read too."""
    if free:
        return whole
    texts = {
        question.field
        for sheet in whole.sheets
        for question in sheet.questions
        if question.item.kind == "text" or any(part.kind == "text" for part in question.item.items)
    }

    def without(question: Question) -> Question:
        if question.field not in texts or not question.answer_words:
            return question
        return replace(question, answer=None, answer_words=HIDDEN)

    return replace(
        whole,
        sheets=[replace(sheet, questions=[without(one) for one in sheet.questions]) for sheet in whole.sheets],
        corrections=[
            replace(one, old=one.old and HIDDEN, new=one.new and HIDDEN) if one.field in texts else one
            for one in whole.corrections
        ],
    )
