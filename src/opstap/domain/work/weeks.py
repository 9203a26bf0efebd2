"""A build-up of hours and what was worked, week by week: the numbers behind the picture of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from opstap.domain.work.spells import Spell


@dataclass(frozen=True)
class Week:
    """One week from Monday: hours agreed and hours worked (None: not known, or not yet)."""

    monday: date
    agreed: float | None
    worked: float | None


def weeks(steps: Sequence[tuple[date, float]], spells: Iterable[Spell], today: date, *, most: int = 26) -> list[Week]:
    """Lay a plan's steps and the hours worked side by side, per week.

    `steps` are (first day, hours a week), in order. The weeks run from the first step, or the first hours worked
    shortly before it, to two weeks after the last step or after today; at most `most`, the latest ones. Hours worked
    are the mean over the days of the week that have passed and are known; the running week counts what has passed.
    """
    known = [spell for spell in spells if spell.actual_hours > 0 or spell.end is None]
    if not steps and not known:
        return []
    starts = [day for day, _ in steps] or [min(spell.start for spell in known)]
    first = _monday(min(starts))
    last = _monday(max([*starts, today]) + timedelta(weeks=2))
    count = (last - first).days // 7 + 1
    skipped = max(0, count - most)
    return [_week(first + timedelta(weeks=number), steps, known, today) for number in range(skipped, count)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date, steps: Sequence[tuple[date, float]], spells: Sequence[Spell], today: date) -> Week:
    sunday = monday + timedelta(days=6)
    agreed = next((hours for day, hours in reversed(steps) if day <= sunday), None)
    days = [monday + timedelta(days=number) for number in range(7)]
    worked = [hours for day in days if day <= today and (hours := _on(spells, day)) is not None]
    return Week(monday, agreed, round(sum(worked) / len(worked), 1) if worked else None)


def _on(spells: Sequence[Spell], day: date) -> float | None:
    found = [spell.actual_hours for spell in spells if spell.start <= day and (spell.end is None or day <= spell.end)]
    return sum(found) if found else None
