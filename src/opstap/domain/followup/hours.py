"""The hours in which a mail may reach someone: by day, where they live, and never on a public holiday.

That a person is left alone at night and on holidays is this product's own rule (issue: never at night or on a public
holiday); which hours count as day is the protocol's (`study.sending`). No source settles them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from opstap.domain.statute.calendar import SUNDAY, holidays
from opstap.domain.statute.model import Country

#: Why now is not the time; empty when it is.
Calm = Literal["", "night", "sunday", "holiday"]


@dataclass(frozen=True)
class Hours:
    """When mail may go: from the hour `first` until before `last`, in the person's own time zone.

    `sundays` says whether a Sunday is a day like any other.
    """

    country: Country
    zone: ZoneInfo
    first: int = 9
    last: int = 19
    sundays: bool = False

    def day(self, moment: datetime) -> date:
        """Give the calendar day of a moment, where the person lives."""
        return moment.astimezone(self.zone).date()

    def calm(self, moment: datetime) -> Calm:
        """Tell why a moment is not one for mail: night, Sunday or holiday; empty when it is."""
        local = moment.astimezone(self.zone)
        return self._calm_day(local.date()) or ("" if self.first <= local.hour < self.last else "night")

    def next(self, moment: datetime) -> datetime:
        """Give the first moment at or after this one at which mail may go.

        Counted on the person's clock: in the night that skips an hour, nine in the morning is still nine.
        """
        if not self.calm(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() if local.hour < self.first else local.date() + timedelta(days=1)
        return self.start(day)

    def start(self, day: date) -> datetime:
        """Give the first moment for mail on a day, or on the first day after it that allows any."""
        while self._calm_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(self.first), self.zone)

    def _calm_day(self, day: date) -> Calm:
        if day in holidays(self.country, day.year):
            return "holiday"
        return "sunday" if day.weekday() == SUNDAY and not self.sundays else ""
