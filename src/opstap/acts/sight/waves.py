"""The calendar of a study: who is due, late, done or missed, per site and per person, at a glance. No arm anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from opstap.acts import clock
from opstap.acts.calendar import state_of
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import Permission
from opstap.store.models import Measurement, Participant, Site

#: Where a measurement can be on a day, in the order of a wave's life.
PLACES = ("later", "open", "late", "done", "missed", "voided")
#: What the list of people can be narrowed to: what asks for something.
ASKING = ("open", "late", "missed", "unexplained")


@dataclass(frozen=True)
class SiteRow:
    """One site: for each wave, how many are in each place."""

    title: str
    counts: list[dict[str, int]]


@dataclass(frozen=True)
class Cell:
    """One measurement of someone: where it is, its days, and why it was missed (empty: nobody said)."""

    number: int
    wave: str
    place: str
    opens_on: date
    due_on: date
    closes_on: date
    reason: str


@dataclass(frozen=True)
class PersonRow:
    """Someone in the study, with a cell for each wave; None where it does not count yet."""

    pseudonym: str
    site: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class StudyCalendar:
    """One study's calendar: its waves, the counts per site, and one page of people."""

    slug: str
    title: str
    waves: list[str]
    sites: list[SiteRow]
    unexplained: int
    people: list[PersonRow]
    number: int
    pages: int


def place_of(row: Measurement, today: date) -> str:
    """Tell where a measurement is on a day: later, open, late (past its due day), done, missed, voided."""
    state = state_of(row, today)
    if state in ("open", "started"):
        return "late" if row.due_on < today else "open"
    return {"scheduled": "later", "submitted": "done"}.get(state, state)


def at_place(place: str, today: date) -> Q:
    """Single out the measurements in a place; the same rule as `place_of`, for the database to count by."""
    waits = Q(submitted_at=None, voided_on=None)
    return {
        "later": waits & Q(opens_on__gt=today),
        "open": waits & Q(opens_on__lte=today, closes_on__gte=today, due_on__gte=today),
        "late": waits & Q(opens_on__lte=today, closes_on__gte=today, due_on__lt=today),
        "done": Q(submitted_at__isnull=False),
        "missed": waits & Q(closes_on__lt=today),
        "voided": Q(submitted_at=None, voided_on__isnull=False),
        "unexplained": waits & Q(closes_on__lt=today, missed_reason=""),
    }[place]


def calendars(by: Actor, *, study: str = "", asking: str = "", number: int = 1) -> list[StudyCalendar]:
    """Draw up the calendar of every study that someone coordinates, fifty people to a page.

    `study` names the one whose list of people is turned to page `number` and narrowed to `asking` (one of `ASKING`).
    """
    found = []
    for reach in reaches(by, Permission.SEE_PROGRESS):
        here = not study or reach.study.slug == study
        found.append(_of(reach, asking if here else "", number if here else 1))
    return found


def _of(reach: Reach, asking: str, number: int) -> StudyCalendar:
    protocol, today = protocol_of(reach.study), clock.today()
    waves = [wave.id for wave in protocol.study.waves if "participant" in wave.asks]
    measurements = Measurement.objects.filter(reach.among("participant__"), respondent="participant")
    counted = measurements.values("participant__site", "wave").annotate(
        **{place: Count("pk", filter=at_place(place, today)) for place in (*PLACES, "unexplained")}
    )
    counts = {(row["participant__site"], row["wave"]): row for row in counted}
    codes = dict(Site.objects.filter(study=reach.study).order_by("pk").values_list("pk", "code"))
    sites = [pk for pk in codes if reach.sites is None or pk in reach.sites]
    titles = {pk: protocol.text(f"sites.{code}", language()) for pk, code in codes.items()}
    people = Participant.objects.filter(reach.among(), participation__isnull=False)
    if asking in ASKING:
        theirs = Measurement.objects.filter(
            at_place(asking, today), participant=OuterRef("pk"), respondent="participant"
        )
        people = people.filter(Exists(theirs))
    pages = max(1, -(-people.count() // PAGE))
    number = min(max(1, number), pages)
    here = list(people.order_by("pk").values_list("pk", "pseudonym", "site")[(number - 1) * PAGE : number * PAGE])
    rows = measurements.filter(participant__in=[pk for pk, _, _ in here])
    titled = {wave: protocol.text(f"waves.{wave}", language()) for wave in waves}
    cells = {(row.participant_id, row.wave): _cell(row, titled[row.wave], today) for row in rows}
    return StudyCalendar(
        slug=reach.study.slug,
        title=protocol.title(language()),
        waves=list(titled.values()),
        sites=[SiteRow(titles[pk], [_counted(counts.get((pk, wave))) for wave in waves]) for pk in sites],
        unexplained=sum(row["unexplained"] for row in counts.values()),
        people=[
            PersonRow(pseudonym, titles[site], [cells.get((pk, wave)) for wave in waves])
            for pk, pseudonym, site in here
        ],
        number=number,
        pages=pages,
    )


def _counted(row: dict[str, Any] | None) -> dict[str, int]:
    return {place: row[place] if row else 0 for place in PLACES}


def _cell(row: Measurement, wave: str, today: date) -> Cell:
    return Cell(row.pk, wave, place_of(row, today), row.opens_on, row.due_on, row.closes_on, row.missed_reason)
