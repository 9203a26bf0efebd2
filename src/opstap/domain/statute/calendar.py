"""Working days: weekends and the public holidays that the law of the country names."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from opstap.domain.statute.load import calendar
from opstap.domain.statute.model import Country, Holiday

SATURDAY = 5
SUNDAY = 6


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of a Gregorian year.

    The anonymous Gregorian computus, in the form of Meeus, Astronomical Algorithms (1991), chapter 8.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quads, last = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quads - epact - last) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(country: Country, year: int) -> frozenset[date]:
    """List the public holidays of one year, as the country's calendar file gives them."""
    return frozenset(
        _day(holiday, year)
        for holiday in calendar(country).holidays
        if (holiday.first_year or year) <= year <= (holiday.last_year or year)
    )


def is_working_day(country: Country, day: date) -> bool:
    """Tell whether a day is neither in a weekend nor a public holiday."""
    return day.weekday() < SATURDAY and day not in holidays(country, day.year)


def next_working_day(country: Country, day: date) -> date:
    """Give the day itself when it is a working day, else the first one after it."""
    while not is_working_day(country, day):
        day += timedelta(days=1)
    return day


def add_working_days(country: Country, day: date, number: int) -> date:
    """Go a number of working days on (or back, below 0); the day itself is not counted."""
    step = timedelta(days=1 if number > 0 else -1)
    for _ in range(abs(number)):
        day += step
        while not is_working_day(country, day):
            day += step
    return day


def _day(holiday: Holiday, year: int) -> date:
    if holiday.easter is not None:
        return easter_sunday(year) + timedelta(days=holiday.easter)
    day = date(year, holiday.month or 1, holiday.day or 1)
    return day + timedelta(days=holiday.on_sunday) if day.weekday() == SUNDAY else day
