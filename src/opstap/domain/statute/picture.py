"""The picture of the two years, as data: what a page draws, in days from day 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from opstap.domain.statute.absence import Absence
from opstap.domain.statute.model import Certainty, Segment, Words
from opstap.domain.statute.timeline import State, Timeline, term_ends


@dataclass(frozen=True)
class Stretch:
    """One coloured stretch: its first day, and the day after its last."""

    id: str
    title: Words
    start: int
    end: int


@dataclass(frozen=True)
class Mark:
    """One term on the line; `opens` where there is a first day before it. The text to show is the deadline's own."""

    id: str
    day: int
    opens: int | None
    state: State
    certainty: Certainty
    title: Words


@dataclass(frozen=True)
class Picture:
    """The line of one sick leave: day 0 is `first_sick_day`, `days` is its length.

    `today` is None when the day asked about lies outside it. `interruptions` are the days of recovery between sick
    leave that counts as one: (first day, day after the last). `undated` are the ids of the terms without a place.
    """

    first_sick_day: date
    days: int
    today: int | None
    stretches: tuple[Stretch, ...]
    interruptions: tuple[tuple[int, int], ...]
    marks: tuple[Mark, ...]
    undated: tuple[str, ...]


def picture(timeline: Timeline) -> Picture:
    """Give the picture of a timeline; marks that lie outside the line are left out, those that lapsed too."""
    first = timeline.first_sick_day

    def place(day: date) -> int:
        return (day - first).days

    ends = [(segment, place(_end(timeline, segment))) for segment in timeline.rule_set.segments]
    stretches: list[Stretch] = []
    start = 0
    for segment, end in ends:
        if end > start:
            stretches.append(Stretch(segment.id, segment.title, start, end))
            start = end
    interruptions = timeline.absences["incapacity"].interruptions
    marks = [
        Mark(
            id=one.id,
            day=place(one.when),
            opens=place(one.opens) if one.due is not None and one.opens is not None else None,
            state=one.state,
            certainty=one.certainty,
            title=one.title,
        )
        for one in timeline.deadlines
        if one.when is not None and one.state is not State.LAPSED and 0 <= place(one.when) <= start
    ]
    today = place(timeline.on)
    return Picture(
        first_sick_day=first,
        days=start,
        today=today if 0 <= today <= start else None,
        stretches=tuple(stretches),
        interruptions=tuple((place(one.first), place(one.last) + 1) for one in interruptions),
        marks=tuple(marks),
        undated=tuple(one.id for one in timeline.deadlines if one.when is None),
    )


def _end(timeline: Timeline, segment: Segment) -> date:
    leave: Absence = timeline.absences[segment.counts]
    return term_ends(timeline.country, segment.until, leave.first, leave)
