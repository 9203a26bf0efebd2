"""A graded build-up of working hours: proposed from a few wishes, checked, and taken one step back.

Hours are a week; `days` says how they lie over the week, from Monday (0) to Sunday (6). Why a day is not available is
asked nowhere. What someone can do at work is for the occupational physician to judge: nothing here knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations, pairwise
from math import ceil, fsum
from typing import Any, NamedTuple

WEEK = timedelta(weeks=1)
#: Hours of a proposal are whole halves a week and whole quarters a day: what can be said without a calculator.
WEEKLY, DAILY = 0.5, 0.25
HOURS_IN_A_DAY = 24.0
#: More steps than this can be followed by nobody.
MOST_STEPS = 40


class Step(NamedTuple):
    """From a day on: hours a week, how they lie over the weekdays (weekday, hours), and what is done, in words."""

    start: date
    hours: float
    days: tuple[tuple[int, float], ...] = ()
    tasks: str = ""


class Fault(StrEnum):
    """What can be wrong with a build-up, or with what one is asked for."""

    CONTRACT = "contract"
    NO_START = "no_start"
    NO_STEPS = "no_steps"
    TOO_MANY = "too_many"
    ORDER = "order"
    OVERLAP = "overlap"
    NEGATIVE = "negative"
    OVER_CONTRACT = "over_contract"
    BEFORE_SICK = "before_sick"
    NO_DAYS = "no_days"
    UNAVAILABLE = "unavailable"
    DAY_TOO_LONG = "day_too_long"
    DAYS_DIFFER = "days_differ"
    NO_GROWTH = "no_growth"
    GOAL_TOO_SOON = "goal_too_soon"


class BuildUpError(ValueError):
    """A build-up that cannot be; `fault` says what, `known` holds the days and hours that a message needs."""

    def __init__(self, fault: Fault, **known: Any) -> None:
        told = ", ".join(f"{name} {value}" for name, value in known.items())
        super().__init__(f"{fault.value}: {told}" if told else fault.value)
        self.fault, self.known = fault, known


@dataclass(frozen=True)
class Wishes:
    """What a proposal is made from.

    The hours rise by `step_hours` each `step_weeks` weeks; with a `goal` day they rise evenly instead, so that the
    contract hours are reached by then. `available` holds the weekdays on which work is possible. Until a day has
    `short_day` hours on every day in use, another day is added before days become longer.
    """

    start: date
    first_hours: float
    contract_hours: float
    step_weeks: int = 2
    step_hours: float = 4.0
    goal: date | None = None
    available: frozenset[int] = frozenset(range(5))
    short_day: float = 4.0


def propose(wishes: Wishes) -> tuple[Step, ...]:
    """Make a build-up up to the contract hours; BuildUpError for wishes that cannot be met."""
    contract = wishes.contract_hours
    if contract <= 0:
        raise BuildUpError(Fault.CONTRACT)
    if not wishes.available:
        raise BuildUpError(Fault.NO_DAYS)
    if wishes.first_hours < 0:
        raise BuildUpError(Fault.NEGATIVE, day=wishes.start)
    if wishes.first_hours > contract:
        raise BuildUpError(Fault.OVER_CONTRACT, hours=wishes.first_hours, contract=contract, day=wishes.start)
    if wishes.step_weeks < 1 or (wishes.goal is None and wishes.step_hours <= 0 and wishes.first_hours < contract):
        raise BuildUpError(Fault.NO_GROWTH)
    rises = _rises(wishes)
    if len(rises) > MOST_STEPS:
        raise BuildUpError(Fault.TOO_MANY, most=MOST_STEPS)
    return tuple(
        Step(start, hours, spread(hours, wishes.available, short_day=wishes.short_day)) for start, hours in rises
    )


def _rises(wishes: Wishes) -> list[tuple[date, float]]:
    """List from which day how many hours a week, each more than the one before."""
    first, contract, length = wishes.first_hours, wishes.contract_hours, WEEK * wishes.step_weeks
    if first >= contract:
        return [(wishes.start, contract)]
    if wishes.goal is None:
        number = ceil((contract - first) / wishes.step_hours - 1e-9)
        hours = [min(contract, first + wishes.step_hours * step) for step in range(number + 1)]
    else:
        number = (wishes.goal - wishes.start) // length
        if number < 1:
            raise BuildUpError(Fault.GOAL_TOO_SOON, goal=wishes.goal, earliest=wishes.start + length)
        hours = [_halves(first + (contract - first) * step / number) for step in range(number)] + [contract]
        hours[0] = first
    rises: list[tuple[date, float]] = []
    for step, value in enumerate(hours):
        if not rises or value > rises[-1][1]:
            rises.append((wishes.start + length * step, value))
    return rises


def _halves(hours: float) -> float:
    return round(hours / WEEKLY) * WEEKLY


def spread(hours: float, available: Iterable[int], *, short_day: float = 4.0) -> tuple[tuple[int, float], ...]:
    """Lay the hours of a week over the available weekdays, a day of rest between where there is room for it.

    Another day is taken before days become longer than `short_day`; what does not divide into quarters lies on the
    first days. BuildUpError when there is no day, or a day would hold more than it has.
    """
    days = sorted(set(available))
    if not days:
        raise BuildUpError(Fault.NO_DAYS)
    if hours <= 0:
        return ()
    used = min(len(days), max(1, ceil(hours / max(short_day, DAILY) - 1e-9)))
    chosen = max(combinations(days, used), key=_rest)
    quarters = round(hours / DAILY)
    each, rest = divmod(quarters, used)
    laid = [(day, (each + (number < rest)) * DAILY) for number, day in enumerate(chosen)]
    # What is less than a quarter stays with the first day, so that the days add up to the week exactly.
    laid[0] = (laid[0][0], laid[0][1] + (hours - quarters * DAILY))
    longest = max(length for _, length in laid)
    if longest > HOURS_IN_A_DAY:
        raise BuildUpError(Fault.DAY_TOO_LONG, hours=longest)
    return tuple((day, length) for day, length in laid if length > 0)


def _rest(days: Sequence[int]) -> int:
    """Count the shortest way from a day of work to the next, the week after included."""
    return min(after - before for before, after in pairwise([*days, days[0] + 7]))


def check(
    steps: Sequence[Step],
    contract_hours: float,
    *,
    first_sick_day: date | None = None,
    available: Iterable[int] | None = None,
) -> None:
    """Refuse a build-up that cannot be, with the first fault found (BuildUpError).

    Two steps from one day overlap. Days of the week are checked where a step gives them: they add up to the hours of
    the week, and lie on `available` days where those are given.
    """
    if not 0 < contract_hours <= 80:
        raise BuildUpError(Fault.CONTRACT)
    if not steps:
        raise BuildUpError(Fault.NO_STEPS)
    if len(steps) > MOST_STEPS:
        raise BuildUpError(Fault.TOO_MANY, most=MOST_STEPS)
    possible = None if available is None else set(available)
    if possible is not None and not possible:
        raise BuildUpError(Fault.NO_DAYS)
    for before, after in pairwise(steps):
        if after.start <= before.start:
            raise BuildUpError(Fault.OVERLAP if after.start == before.start else Fault.ORDER, day=after.start)
    if first_sick_day is not None and steps[0].start < first_sick_day:
        raise BuildUpError(Fault.BEFORE_SICK, day=steps[0].start, first=first_sick_day)
    for step in steps:
        _check_step(step, contract_hours, possible)


def _check_step(step: Step, contract_hours: float, possible: set[int] | None) -> None:
    if step.hours < 0 or any(hours < 0 for _, hours in step.days):
        raise BuildUpError(Fault.NEGATIVE, day=step.start)
    if step.hours > contract_hours:
        raise BuildUpError(Fault.OVER_CONTRACT, hours=step.hours, contract=contract_hours, day=step.start)
    if not step.days:
        return
    if len({day for day, _ in step.days}) < len(step.days):
        raise BuildUpError(Fault.OVERLAP, day=step.start)
    if max(hours for _, hours in step.days) > HOURS_IN_A_DAY:
        raise BuildUpError(Fault.DAY_TOO_LONG, hours=max(hours for _, hours in step.days))
    if possible is not None and not {day for day, hours in step.days if hours > 0} <= possible:
        raise BuildUpError(Fault.UNAVAILABLE, day=step.start)
    total = fsum(hours for _, hours in step.days)
    if abs(total - step.hours) > 0.01:
        raise BuildUpError(Fault.DAYS_DIFFER, day=step.start, total=total, hours=step.hours)


def at(steps: Sequence[Step], day: date) -> Step | None:
    """Find the step that holds on a day; None before the first."""
    return next((step for step in reversed(steps) if step.start <= day), None)


def hours_on(steps: Sequence[Step], day: date) -> float | None:
    """Give the hours of work on one day; None where the step that holds does not say how its hours lie.

    Before the first step there is no work by this build-up: None as well.
    """
    step = at(steps, day)
    return dict(step.days).get(day.weekday(), 0.0) if step is not None and step.days else None


def step_back(steps: Sequence[Step], today: date, *, weeks: int = 2) -> tuple[Step, ...]:
    """Go one step back from next Monday for some weeks, then take the present step up again; all later ones move on.

    What has begun stays as it is. Without fewer hours before the present ones the hours stay as they are for
    longer; before the first step, the whole build-up begins later. Later steps all move by the same whole weeks: at
    least `weeks`, and so many that the step that is taken up again lasts a week.
    """
    begun = [step for step in steps if step.start <= today]
    later = [step for step in steps if step.start > today]
    if not begun:
        return tuple(step._replace(start=step.start + WEEK * weeks) for step in later)
    monday = today + timedelta(days=7 - today.weekday())
    shift = weeks
    if later:
        spare = (later[0].start - monday).days
        shift += max(0, ceil((7 - spare) / 7))
    moved = [step._replace(start=step.start + WEEK * shift) for step in later]
    lower = next((step for step in reversed(begun) if step.hours < begun[-1].hours), None)
    if lower is None:
        return (*begun, *moved)
    back, again = lower._replace(start=monday), begun[-1]._replace(start=monday + WEEK * weeks)
    return (*begun, back, again, *moved)
