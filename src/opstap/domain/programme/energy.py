"""The balance of energy: notes of what cost and what gave, a week of them, patterns, and a sign of overload.

A note is light on purpose: what someone did, whether it cost or gave energy, how it went. There are no scores. What is
said about patterns counts notes and says how many; on fewer than `LEAST` notes nothing is said at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What someone did."""

    WORK = "work"
    TRAVEL = "travel"
    HOUSEHOLD = "household"
    CARING = "caring"
    PEOPLE = "people"
    MOVING = "moving"
    HOSPITAL = "hospital"
    REST = "rest"
    SLEEP = "sleep"


class Effect(StrEnum):
    """Whether it cost energy (effort) or gave energy (recovery)."""

    COST = "cost"
    GAVE = "gave"


class How(StrEnum):
    """How it went."""

    GOOD = "good"
    FAIR = "fair"
    TOO_MUCH = "too_much"


class Part(StrEnum):
    """Which part of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True)
class Note:
    """One note in the diary."""

    on: date
    part: Part
    kind: Kind
    effect: Effect
    how: How


@dataclass(frozen=True)
class Day:
    """One day of a week: how many notes gave energy, how many cost it, how many were too much."""

    on: date
    gave: int = 0
    cost: int = 0
    too_much: int = 0


def part_of(hour: int) -> Part:
    """Give the part of the day of an hour from 0 to 23."""
    return Part.MORNING if hour < 12 else Part.AFTERNOON if hour < 18 else Part.EVENING


def days(notes: Iterable[Note], last: date, *, count: int = 8) -> list[Day]:
    """Lay notes out by day, for `count` days up to and with `last`. A note that was too much cost energy as well."""
    found: dict[date, list[int]] = {last - timedelta(days=back): [0, 0, 0] for back in reversed(range(count))}
    for note in notes:
        if note.on in found:
            too_much = note.how is How.TOO_MUCH
            gave = note.effect is Effect.GAVE and not too_much
            found[note.on][0] += gave
            found[note.on][1] += not gave
            found[note.on][2] += too_much
    return [Day(on, *counts) for on, counts in found.items()]


# Patterns ---------------------------------------------------------------------------------------------------------

#: On fewer notes than this nothing is said. Our own choice, on the careful side.
LEAST = 5


@dataclass(frozen=True)
class Pattern:
    """One kind of activity: how many of how many notes said the same."""

    kind: Kind
    times: int
    of: int


@dataclass(frozen=True)
class DayAfter:
    """How days after a day with much of one activity went, beside the days after all other days.

    `heavy` of `of` days after it cost more than they gave; `heavy_otherwise` of `otherwise` other days did.
    """

    kind: Kind
    heavy: int
    of: int
    heavy_otherwise: int
    otherwise: int


@dataclass(frozen=True)
class Patterns:
    """What costs most, what restores most, and what is felt the day after; `notes` is what it all rests on."""

    notes: int
    costs: list[Pattern]
    restores: list[Pattern]
    after: list[DayAfter]


def patterns(notes: Sequence[Note], *, least: int = LEAST) -> Patterns:
    """Find patterns: only activities with at least `least` notes (or days after), and more than half of them alike."""
    costs, restores = [], []
    for kind in Kind:
        alike = [note for note in notes if note.kind is kind]
        if len(alike) < least:
            continue
        cost = sum(_costs(note) for note in alike)
        if cost * 2 > len(alike):
            costs.append(Pattern(kind, cost, len(alike)))
        elif cost * 2 < len(alike):
            restores.append(Pattern(kind, len(alike) - cost, len(alike)))
    most = _by_share(costs), _by_share(restores)
    return Patterns(len(notes), *most, _days_after(notes, least))


def _costs(note: Note) -> bool:
    return note.effect is Effect.COST or note.how is How.TOO_MUCH


def _by_share(found: list[Pattern]) -> list[Pattern]:
    return sorted(found, key=lambda one: (-one.times / one.of, -one.of, one.kind))


def _days_after(notes: Sequence[Note], least: int) -> list[DayAfter]:
    by_day: dict[date, list[Note]] = defaultdict(list)
    for note in notes:
        by_day[note.on].append(note)
    following = {day: by_day[day + timedelta(days=1)] for day in list(by_day) if day + timedelta(days=1) in by_day}
    heavy = {day: sum(1 if _costs(note) else -1 for note in after) > 0 for day, after in following.items()}
    found = []
    for kind in Kind:
        effort = {day for day in following if any(note.kind is kind and _costs(note) for note in by_day[day])}
        other = following.keys() - effort
        if len(effort) < least or len(other) < least:
            continue
        one = DayAfter(
            kind, sum(heavy[day] for day in effort), len(effort), sum(heavy[day] for day in other), len(other)
        )
        # Only what is felt more often after it than otherwise is worth a sentence.
        if one.heavy * one.otherwise > one.heavy_otherwise * one.of:
            found.append(one)
    return found


# Overload ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """When a week counts as too much: so many notes "too much" in so many days, or more costs than the budget.

    The numbers are our own choice and settled by no source: `certainty` is shown wherever the sign is.
    """

    too_much: int = 3
    days: int = 7
    certainty: str = "M"


RULE = Rule()


@dataclass(frozen=True)
class Overload:
    """A sign of overload: which of the two reasons hold, with their numbers (None: this reason does not hold)."""

    too_much: int | None
    cost: int | None
    budget: int | None
    rule: Rule


def overload(notes: Iterable[Note], today: date, budget: int | None = None, *, rule: Rule = RULE) -> Overload | None:
    """Tell whether the last days were too much, by the rule; None when they were not.

    `budget` is how many notes in `rule.days` days may cost energy, as agreed with a professional; None without one.
    """
    last = days(notes, today, count=rule.days)
    too_much, cost = sum(day.too_much for day in last), sum(day.cost for day in last)
    many, over = too_much >= rule.too_much, budget is not None and cost > budget
    if not many and not over:
        return None
    return Overload(too_much if many else None, cost if over else None, budget if over else None, rule)
