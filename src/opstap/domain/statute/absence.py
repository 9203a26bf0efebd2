"""One sick leave on the clock: when it began, and how interruptions count.

A person is sick on a day on which any spell has a sick percentage above 0, also while working in part. Sick leave
that follows sick leave can count as the same; how long the days between may be, and whether they count, is in the
rule sets (`merging`): the set that holds on the day of the relapse decides. In the Netherlands the periods are added
up and the clock stands still in between (BW 7:629(10)), in Belgium it runs on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import fsum

from opstap.domain.months import add_months
from opstap.domain.statute.model import Merging
from opstap.domain.work.spells import Kind, Spell

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """Sick days without a day between: first and last, inclusive; no last day while it runs."""

    first: date
    last: date | None


@dataclass(frozen=True)
class Interruption:
    """Days of recovery within one sick leave, inclusive, and the reckoning by which they fall within it."""

    first: date
    last: date
    merging: Merging

    @property
    def days(self) -> int:
        """Count the days, the first and the last included."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Absence:
    """One sick leave: its first day, what interrupted it, and its last day once that is past."""

    first: date
    interruptions: tuple[Interruption, ...] = ()
    last: date | None = None

    def after(self, start: date, days: int) -> date:
        """Go days of sick leave on from a day; days of interruption that do not count move the end on.

        With days below 0 it goes back in plain days: the terms that do so count back from an event of their own.
        """
        day = start + timedelta(days=days)
        for interruption in self.interruptions:
            skipped = max(interruption.first, start + ONE_DAY)
            if not interruption.merging.interruption_counts and skipped <= min(day, interruption.last):
                day += interruption.last - skipped + ONE_DAY
        return day


def sick_runs(spells: Iterable[Spell]) -> list[Run]:
    """Join the sick days of one person's spells into runs, in order; days before an index date are left out."""
    spells = list(spells)
    index_date = next((spell.index_date for spell in spells if spell.index_date is not None), date.min)
    sick = [
        (max(spell.start, index_date), spell.end)
        for spell in spells
        if spell.sick_percent > 0 and (spell.end is None or spell.end >= index_date)
    ]
    runs: list[Run] = []
    for first, last in sorted(sick, key=lambda pair: pair[0]):
        before = runs[-1] if runs else None
        if before is None or (before.last is not None and first > before.last + ONE_DAY):
            runs.append(Run(first, last))
        elif before.last is not None and (last is None or last > before.last):
            runs[-1] = Run(before.first, last)
    return runs


def absences(runs: Sequence[Run], merging_on: Callable[[date], Merging]) -> list[Absence]:
    """Merge runs that count as one sick leave, in order; `merging_on` gives the reckoning on the day of a relapse."""
    found: list[Absence] = []
    for run in runs:
        if found:
            before = found[-1]
            merging = merging_on(run.first)
            # Only the last run can be without an end: sick_runs joins what follows it.
            ended = before.last or run.first
            if _continues(before, ended, run.first, merging):
                between = Interruption(ended + ONE_DAY, run.first - ONE_DAY, merging)
                found[-1] = Absence(before.first, (*before.interruptions, between), run.last)
                continue
        found.append(Absence(run.first, (), run.last))
    return found


def resumptions(spells: Sequence[Spell], absence: Absence) -> tuple[date, ...]:
    """List the days within a sick leave, after its first, on which someone partly sick began to work other hours."""
    cuts = sorted({spell.start for spell in spells} | {spell.end + ONE_DAY for spell in spells if spell.end})
    stretches = [(cut, *_at(spells, cut)) for cut in cuts]
    return tuple(
        day
        for (_, hours_before, _), (day, hours, sick) in pairwise(stretches)
        if day > absence.first and sick and hours > 0 and hours != hours_before
    )


def _continues(before: Absence, ended: date, relapse: date, merging: Merging) -> bool:
    if merging.long_months is not None and merging.under_months is not None:
        after = ended + ONE_DAY
        if after > add_months(before.first, merging.long_months):
            return relapse < add_months(after, merging.under_months)
    return (relapse - ended).days - 1 < merging.under_days


def _at(spells: Sequence[Spell], day: date) -> tuple[float, bool]:
    """Add up the hours worked on a day (therapeutic work left out), and tell whether the person is sick."""
    running = [spell for spell in spells if spell.start <= day and (spell.end is None or day <= spell.end)]
    hours = fsum(spell.actual_hours for spell in running if spell.kind is not Kind.THERAPEUTIC)
    return hours, any(spell.sick_percent > 0 for spell in running)
