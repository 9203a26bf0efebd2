"""Turns what someone reported in work questionnaires into dated spells with source "questionnaire".

The spells are derived from all reports together, so that a later report or a correction changes them and nothing
is carried over by hand. Nothing is known after the last report: whoever derives outcomes asks only for dates that
were answered.

Reading rules, where a report leaves room:
- before the first day back, someone reported sick did not work;
- who names no first day back, and hours since before the sick leave, kept working those hours;
- between the first day back and the day since which the present hours hold, the hours of the first day back count,
  and sick leave is the share of the contract not worked;
- a change without a date counts from the day of the report;
- the first day back counts once: someone at work at the report before was back already;
- a date before the report before is moved to the day after that report, a date in the future to the report's day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from opstap.domain.work.spells import Kind, Spell

Answers = Mapping[str, Any]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _State:
    """What holds from a day on; None where there is no contract."""

    contract: float
    actual: float
    sick: float
    kind: Kind


def spells_from_reports(person: str, reports: Iterable[tuple[date, Answers]]) -> list[Spell]:
    """Derive the spells of one person from reports (day, answers), in any order; hours are per week."""
    changes: dict[date, _State | None] = {}
    before: date | None = None
    for day, answers in sorted(reports, key=lambda report: report[0]):
        for start, state in _changes(day, answers, before, _last(changes)):
            # What is reported later about a stretch replaces what was read about it before.
            changes = {known: kept for known, kept in changes.items() if known < start}
            changes[start] = state
        before = day
    return _spells(person, changes)


def _last(changes: Mapping[date, _State | None]) -> _State | None:
    return changes[max(changes)] if changes else None


def _changes(
    day: date, answers: Answers, before: date | None, last: _State | None
) -> Iterable[tuple[date, _State | None]]:
    now = _now(answers)
    if now is None:
        yield day, None
        return
    floor = before + _DAY if before else date.min
    sick_from = _day(answers, "first_sick_day", floor, day)
    hours_from = _day(answers, "hours_since", floor, day)
    # Who was at work at the last report has said before when they came back; asked again, they say it again.
    was_away = last is None or last.actual <= 0 or sick_from is not None
    back_on = _day(answers, "first_day_back", floor, day) if was_away else None
    if sick_from is not None:
        yield sick_from, _State(now.contract, 0.0, 100.0, Kind.OWN)
    if now.actual <= 0:
        if sick_from is None and now != last:
            yield day, now
        elif sick_from is not None:
            yield sick_from, now
        return
    first_hours = answers.get("hours_first_back")
    if back_on is not None and hours_from is not None and back_on < hours_from and first_hours:
        yield back_on, _returning(now, float(first_hours))
    if sick_from is not None and back_on is None and hours_from is not None and hours_from < sick_from:
        yield hours_from, replace(now, sick=0.0)
        yield sick_from, now
    elif now != last or sick_from is not None:
        yield max(filter(None, (hours_from, back_on)), default=day), now


def _returning(now: _State, hours: float) -> _State:
    sick = 100.0 * max(0.0, 1.0 - hours / now.contract) if now.contract else 0.0
    return _State(now.contract, hours, sick, now.kind)


def _now(answers: Answers) -> _State | None:
    if answers.get("employed") != 1:
        return None
    working = answers.get("at_work") == 1
    return _State(
        contract=float(answers.get("contract_hours") or 0),
        actual=float(answers.get("actual_hours") or 0) if working else 0.0,
        sick=float(answers.get("sick_percent") or 0) if answers.get("reported_sick") == 1 else 0.0,
        kind=Kind(answers.get("work_kind") or "own") if working else Kind.OWN,
    )


def _day(answers: Answers, item: str, floor: date, ceiling: date) -> date | None:
    value = answers.get(item)
    if not value:
        return None
    return min(max(date.fromisoformat(str(value)), floor), ceiling)


def _spells(person: str, changes: Mapping[date, _State | None]) -> list[Spell]:
    days = sorted(changes)
    spells = []
    for start, following in zip(days, [*days, None][1:], strict=True):
        state = changes[start]
        if state is not None:
            spells.append(
                Spell(
                    person=person,
                    start=start,
                    end=following - _DAY if following else None,
                    contract_hours=state.contract,
                    actual_hours=state.actual,
                    sick_percent=state.sick,
                    kind=state.kind,
                    source="questionnaire",
                )
            )
    return spells
