"""Invented courses of working hours, and what someone reports of theirs in a questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from numpy.random import Generator as Random


@dataclass(frozen=True)
class Course:
    """Hours per week through time: away from `sick_from` (None: never), then `changes` of (day, hours).

    `ends` is the day on which the contract ends, when it does.
    """

    contract: float
    sick_from: date | None
    changes: tuple[tuple[date, float], ...]
    ends: date | None = None

    def hours_on(self, day: date) -> float:
        """Give the hours per week that hold on a day."""
        hours = self.contract if self.sick_from is None or day < self.sick_from else 0.0
        for start, value in self.changes:
            if start <= day:
                hours = value
        return 0.0 if self.ends is not None and day > self.ends else hours

    def report(self, day: date, *, first: bool, sick_days: int | None = None) -> dict[str, Any]:
        """Answer the work questionnaire on a day; `first` is the one at the start, which asks for the history."""
        employed = self.ends is None or day <= self.ends
        hours = self.hours_on(day)
        reported_sick = self.sick_from is not None and employed
        answers: dict[str, Any] = {"employed": int(employed), "reported_sick": int(reported_sick)}
        if employed:
            answers["contract_hours"] = self.contract
        if first:
            answers["rtw_expectation"] = 7
            if employed:
                answers["contract_type"] = "permanent" if self.ends is None else "temporary"
            if reported_sick and self.sick_from is not None:
                answers["first_sick_day"] = self.sick_from.isoformat()
        working = employed and hours > 0
        answers["at_work"] = int(working)
        if reported_sick:
            answers["sick_percent"] = round(100 * max(0.0, 1 - hours / self.contract))
        if working:
            back = self._back(day)
            answers["actual_hours"] = hours
            answers["hours_since"] = self._since(day).isoformat()
            answers["work_kind"] = "own" if hours >= self.contract else "adapted"
            if back is not None:
                answers["first_day_back"] = back[0].isoformat()
                answers["hours_first_back"] = back[1]
        answers["sick_days_6m"] = self.sick_days(day) if sick_days is None else sick_days
        return answers

    def sick_days(self, day: date) -> int:
        """Count the days with sick leave in the 182 days up to a day."""
        if self.sick_from is None:
            return 0
        days = (day - timedelta(days=back) for back in range(182))
        return sum(1 for one in days if one >= self.sick_from and self.hours_on(one) < self.contract)

    def _back(self, day: date) -> tuple[date, float] | None:
        worked = [(start, hours) for start, hours in self.changes if start <= day and hours > 0]
        return worked[0] if worked and self.sick_from is not None else None

    def _since(self, day: date) -> date:
        hours, since = self.contract, (self.sick_from or day) - timedelta(days=400)
        if self.sick_from is not None and self.sick_from <= day:
            # Being away is a change too: who comes back to all hours at once has them since that day.
            hours, since = 0.0, self.sick_from
        for start, value in self.changes:
            if start <= day and value != hours:
                hours, since = value, start
        return since


def build_up(
    random: Random, contract: float, start: date, first: float, last: float, weeks: int
) -> tuple[tuple[date, float], ...]:
    """Invent a build-up of hours from a first day to a plateau, in steps of some weeks; hours are whole and rise."""
    first, last = max(2.0, round(first)), min(contract, max(2.0, round(last)))
    if last <= first or weeks < 2:
        return ((start, max(first, last)),)
    steps = max(1, min(5, round(weeks / 3)))
    changes = [(start, first)]
    for step in range(1, steps + 1):
        hours = float(round(first + (last - first) * step / steps))
        day = start + timedelta(weeks=round(weeks * step / steps), days=int(random.integers(0, 3)))
        if hours > changes[-1][1]:
            changes.append((day, hours))
    return tuple(changes)
