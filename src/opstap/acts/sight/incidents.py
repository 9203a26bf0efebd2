"""Deviations and adverse events as the study sees them. Who may not know an arm finds nothing that would tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from opstap.acts import words
from opstap.acts.blinding import blinded
from opstap.acts.doors import Actor, allow, incident_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import Permission, may
from opstap.domain.incidents import Sort
from opstap.domain.journey import INCIDENT
from opstap.domain.protocol import Protocol
from opstap.store.models import Incident

#: What the list can be narrowed to.
SHOWN = ("open", "event", "deviation", "all")


@dataclass(frozen=True)
class IncidentLine:
    """One deviation (with its kind in words) or adverse event (`kind` is empty)."""

    number: int
    pseudonym: str
    site: str
    sort: str
    kind: str
    on: date
    state: str
    serious: list[str]
    own_report: bool
    reported_at: datetime


@dataclass(frozen=True)
class IncidentPage:
    """One page of a list: its lines, its number, how many pages and lines there are."""

    lines: list[IncidentLine]
    number: int
    pages: int
    count: int


@dataclass(frozen=True)
class IncidentStep:
    """One step: what was done, by whom (nobody: the participant), when, in which words."""

    move: str
    by: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Whole:
    """One deviation or event with everything that was done; `can` names the moves that this reader can make now.

    `relatedness` is empty for who may not know an arm: that something is related to the programme would tell it.
    """

    line: IncidentLine
    relatedness: str
    outcome: str
    steps: list[IncidentStep]
    can: frozenset[str]


def told(by: Actor, found: Iterable[Reach]) -> Q:
    """Give the condition on incidents that someone may know of."""
    condition = Q(pk__in=[])
    for one in found:
        here = one.among("participant__", None)
        if blinded(one.study, allow(by, Permission.SEE_INCIDENTS, study=one.study)):
            here &= Q(tells_arm=False)
        condition |= here
    return condition


def incidents(by: Actor, *, shown: str = "open", number: int = 1) -> IncidentPage:
    """List deviations and adverse events, the newest first, fifty to a page; `shown` is one of `SHOWN`."""
    rows = Incident.objects.filter(told(by, reaches(by, Permission.SEE_INCIDENTS)))
    if shown == "open":
        rows = rows.exclude(state="closed")
    elif shown in tuple(Sort):
        rows = rows.filter(sort=shown)
    count = rows.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    whole = rows.select_related("participant__site", "participant__study__protocol").order_by("-reported_at", "-pk")
    return IncidentPage([line(row) for row in whole[(number - 1) * PAGE : number * PAGE]], number, pages, count)


def line(row: Incident) -> IncidentLine:
    """Draw up one line. Callers have passed a door, or list within reach."""
    protocol: Protocol = protocol_of(row.participant.study)
    return IncidentLine(
        number=row.pk,
        pseudonym=row.participant.pseudonym,
        site=protocol.text(f"sites.{row.participant.site.code}", language()),
        sort=row.sort,
        kind=protocol.text(f"deviations.{row.kind}", language()) if row.kind else "",
        on=row.on,
        state=row.state,
        serious=list(row.serious),
        own_report=row.measurement_id is not None,
        reported_at=row.reported_at,
    )


def incident(by: Actor, number: int) -> tuple[Incident, Whole]:
    """Open one, through its door; gives the record for the acts as well."""
    row = incident_of(by, number, Permission.SEE_INCIDENTS)
    found = allow(by, Permission.SEE_INCIDENTS, participant=row.participant)
    can: set[str] = set()
    if may(Permission.FOLLOW_INCIDENT, found):
        can = set(INCIDENT.moves[row.state])
        if row.sort == Sort.DEVIATION:
            can = {"close" if move == "settle" else move for move in can - {"assess"}}
        can -= {"settle"}
    return row, Whole(
        line=line(row),
        relatedness="" if blinded(row.participant.study, found) else row.relatedness,
        outcome=row.outcome,
        steps=[
            IncidentStep(
                one.move, one.by.name if one.by else "", one.at, words.unseal(row.participant, one.words_sealed)
            )
            for one in row.entries.select_related("by").order_by("pk")
        ],
        can=frozenset(can),
    )
