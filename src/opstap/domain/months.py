"""Calendar arithmetic that law and protocols share: months clipped at the month's end, completed years."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """Move a day by calendar months; 31 January + 1 month is the last day of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def completed_years(birth: date, on: date) -> int:
    """Count the birthdays from `birth` up to and including `on`; someone born on 29 February turns on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
