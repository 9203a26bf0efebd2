"""The work outcomes of a study, derived from dated spells: hours, return to work, sick days.

The definitions:

- First sick day: the first with a sick percentage above 0, on or after the index date where there is one
  (sick leave that already runs on the index date starts there). Absence starts on the first *unworked* sick
  day from then on.
- Worked day: hours above 0, summed over jobs. Hours of therapeutic work do not count, in any outcome,
  unless asked.
- Sustained return: the first later day that starts 28 consecutive worked days, in calendar days: a spell
  covers its weekends and holidays. Days to return count from the first sick day, not from the start of
  absence.
- Full day: hours reach the contract hours of the first sick day (which must be above 0) and the sick
  percentage is 0 in every job.

Choices where the definition leaves room:

- Observation ends on the last wave, also for a closed spell whose end lies after it: what follows was not
  observed, and an open spell and one that is known to end later must give the same answer. `censored_on` is
  that last wave, and is given to everyone who was absent and whose sustained return was not seen, whether
  or not a run of worked days was under way. `first_full_return` that is None is censored on the last wave
  too.
- Someone who never had an unworked sick day has no return: both returns and both counts of days are None.
- Has a contract: the contract hours of that day, summed over jobs, are above 0.
- Status of someone without a first sick day is measured against the contract hours of the wave itself.
- Wave dates may come in any order; the earliest is the first wave, and waves are given in order of date.
- A death is not known here: what lies after it must be cut by the caller, who knows it.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import fsum

from opstap.domain.work.spells import Kind, Spell, SpellError, check

SUSTAINED_DAYS = 28
RECALL_MONTHS = 6
# Hours are sums of decimal fractions: 0.7 + 0.1 must reach 0.8.
_ROUNDING = 1e-9


class Status(StrEnum):
    """How far someone is back at work on one day."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class ReturnKind(StrEnum):
    """How someone came back in a sustained return: `NONE` never did, `NOT_ABSENT` never was away."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    NOT_ABSENT = "not_absent"


@dataclass(frozen=True)
class WaveOutcome:
    """Work on the day of one wave; `percent_of_contract` is None without contract hours on the first."""

    date: date
    hours_per_week: float
    percent_of_contract: float | None
    employed: bool
    at_work: bool
    status: Status
    sick_days_past_6_months: int


@dataclass(frozen=True)
class PersonOutcomes:
    """One person's work outcomes: at each wave, and the way back from sick leave (days are calendar days)."""

    person: str
    waves: tuple[WaveOutcome, ...]
    first_sick_day: date | None
    first_sustained_return: date | None
    days_to_return: int | None
    return_kind: ReturnKind
    first_full_return: date | None
    days_to_full_return: int | None
    censored_on: date | None


def outcomes(
    spells: Iterable[Spell],
    wave_dates: Sequence[date],
    *,
    source: str | None = None,
    count_therapeutic: bool = False,
) -> list[PersonOutcomes]:
    """Derive the work outcomes of every person in `spells`, in the order in which persons first appear.

    With `source`, only spells of that source count, as though the others were not there: a person without
    any is left out, since nothing is known of them (a day without a spell would otherwise read as a day
    without a contract). Raises `SpellError` for spells that cannot be right (see `check`) and for wave
    dates that are missing or double.
    """
    return [
        person_outcomes(of_one, wave_dates, count_therapeutic=count_therapeutic)
        for of_one in by_person(spells, source=source)
    ]


def by_person(spells: Iterable[Spell], *, source: str | None = None) -> list[list[Spell]]:
    """Sort spells (of one source) by person, in the order in which persons first appear."""
    persons: dict[str, list[Spell]] = {}
    for spell in spells:
        if source is None or spell.source == source:
            persons.setdefault(spell.person, []).append(spell)
    return list(persons.values())


def person_outcomes(
    spells: Sequence[Spell],
    wave_dates: Sequence[date],
    *,
    source: str | None = None,
    count_therapeutic: bool = False,
) -> PersonOutcomes:
    """Derive the work outcomes of one person, whose wave dates may be their own.

    Raises `SpellError` when there is no spell (of that source), when spells of several persons are mixed,
    and as `outcomes` does.
    """
    kept = [spell for spell in spells if source is None or spell.source == source]
    if not kept:
        told = "no spells" if source is None else f"no spells of source {source}"
        raise SpellError(f"There are {told}, so no outcomes; give at least one.")
    if len({spell.person for spell in kept}) > 1:
        raise SpellError("Spells of several persons are mixed; give those of one person.")
    check(kept)
    waves = sorted(wave_dates)
    if not waves:
        raise SpellError("There are no wave dates; give at least one.")
    if len(set(waves)) < len(waves):
        raise SpellError("A wave date is given twice; give each once.")
    history = _history(kept, waves[-1].toordinal(), count_therapeutic)
    index_date = next((spell.index_date for spell in kept if spell.index_date is not None), date.min)
    first_sick = history.first(lambda stretch: stretch.sick, index_date.toordinal())
    # Measured against the contract at the first sick day; for those never sick, against the day's own.
    reference = None if first_sick is None else history.on(first_sick).contract_hours
    absent = None
    if first_sick is not None:
        absent = history.first(lambda stretch: stretch.sick and not stretch.worked, first_sick)
    first_return = first_full = None
    if absent is not None:
        first_return = history.first_sustained(lambda stretch: stretch.worked, absent + 1)
        first_full = history.first_sustained(lambda stretch: _is_full(stretch, reference), absent + 1)
    if absent is None:
        kind = ReturnKind.NOT_ABSENT
    elif first_return is None:
        kind = ReturnKind.NONE
    else:
        kind = ReturnKind.FULL if _is_full(history.on(first_return), reference) else ReturnKind.PARTIAL
    return PersonOutcomes(
        person=kept[0].person,
        waves=tuple(_wave(day, history, history.on(waves[0].toordinal()).contract_hours, reference) for day in waves),
        first_sick_day=_day(first_sick),
        first_sustained_return=_day(first_return),
        days_to_return=_difference(first_return, first_sick),
        return_kind=kind,
        first_full_return=_day(first_full),
        days_to_full_return=_difference(first_full, first_sick),
        censored_on=waves[-1] if kind is ReturnKind.NONE else None,
    )


def months_before(day: date, months: int) -> date:
    """Go back calendar months, clipped at the month's end (6 from 31 August: 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days (as ordinals, inclusive) on which nothing changes."""

    start: int
    end: int
    contract_hours: float
    hours: float
    sick: bool

    @property
    def worked(self) -> bool:
        return self.hours > 0


class _History:
    """One person's stretches, adjoining and in order: from the first day of any spell to the last wave."""

    def __init__(self, stretches: list[_Stretch]) -> None:
        self._stretches = stretches
        self._starts = [stretch.start for stretch in stretches]

    def on(self, day: int) -> _Stretch:
        place = bisect_right(self._starts, day) - 1
        return self._stretches[place] if place >= 0 else _Stretch(day, day, 0.0, 0.0, False)

    def first(self, true_of: Callable[[_Stretch], bool], not_before: int) -> int | None:
        for stretch in self._stretches:
            if stretch.end >= not_before and true_of(stretch):
                return max(stretch.start, not_before)
        return None

    def first_sustained(self, true_of: Callable[[_Stretch], bool], not_before: int) -> int | None:
        """The first day, not before the given one, that starts 28 consecutive days of which it is true."""
        began: int | None = None
        for stretch in self._stretches:
            if stretch.end < not_before:
                continue
            if not true_of(stretch):
                began = None
                continue
            if began is None:
                began = max(stretch.start, not_before)
            if stretch.end - began + 1 >= SUSTAINED_DAYS:
                return began
        return None

    def sick_days(self, after: int, until: int) -> int:
        return sum(
            max(0, min(stretch.end, until) - max(stretch.start, after + 1) + 1)
            for stretch in self._stretches
            if stretch.sick
        )


def _history(spells: Sequence[Spell], last: int, count_therapeutic: bool) -> _History:
    """Cut time where any spell begins or ends, so that the work does not grow with the days."""
    begins: dict[int, list[Spell]] = {}
    ends: dict[int, list[Spell]] = {}
    for spell in spells:
        start = spell.start.toordinal()
        end = last if spell.end is None else min(spell.end.toordinal(), last)
        if start <= end:
            begins.setdefault(start, []).append(spell)
            ends.setdefault(end + 1, []).append(spell)
    cuts = sorted({*begins, *ends, last + 1})
    running: list[Spell] = []
    stretches: list[_Stretch] = []
    for start, after in pairwise(cuts):
        ended = ends.get(start, [])
        running = [spell for spell in running if not any(spell is other for other in ended)]
        running += begins.get(start, [])
        stretches.append(
            _Stretch(
                start=start,
                end=after - 1,
                contract_hours=fsum(spell.contract_hours for spell in running),
                hours=fsum(
                    spell.actual_hours for spell in running if count_therapeutic or spell.kind is not Kind.THERAPEUTIC
                ),
                sick=any(spell.sick_percent > 0 for spell in running),
            )
        )
    return _History(stretches)


def _is_full(stretch: _Stretch, reference: float | None) -> bool:
    hours = stretch.contract_hours if reference is None else reference
    return hours > 0 and stretch.hours >= hours - _ROUNDING and not stretch.sick


def _wave(day: date, history: _History, baseline_hours: float, reference: float | None) -> WaveOutcome:
    that_day = history.on(day.toordinal())
    if not that_day.worked:
        status = Status.NONE
    else:
        status = Status.FULL if _is_full(that_day, reference) else Status.PARTIAL
    return WaveOutcome(
        date=day,
        hours_per_week=that_day.hours,
        percent_of_contract=100 * that_day.hours / baseline_hours if baseline_hours > 0 else None,
        employed=that_day.contract_hours > 0,
        at_work=that_day.worked,
        status=status,
        sick_days_past_6_months=history.sick_days(months_before(day, RECALL_MONTHS).toordinal(), day.toordinal()),
    )


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _difference(later: int | None, earlier: int | None) -> int | None:
    return None if later is None or earlier is None else later - earlier
