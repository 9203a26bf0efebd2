"""Working days: the holidays that the laws name, on the days of printed calendars."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.easter import easter

from opstap.domain.statute.calendar import add_working_days, easter_sunday, holidays, is_working_day, next_working_day
from opstap.domain.statute.model import Country


def test_easter_is_that_of_another_implementation() -> None:
    assert [easter_sunday(year) for year in range(1900, 2200)] == [easter(year) for year in range(1900, 2200)]


@pytest.mark.parametrize(
    ("country", "year", "expected"),
    [
        (Country.NL, 2026, "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26"),
        # King's Day on a Sunday is kept the day before; the Queen's Day of 2006 too.
        (Country.NL, 2025, "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),
        (Country.NL, 2006, "01-01 04-14 04-17 04-29 05-05 05-25 06-05 12-25 12-26"),
        (Country.NL, 2013, "01-01 03-29 04-01 04-30 05-05 05-09 05-20 12-25 12-26"),
        (Country.NL, 2014, "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),
        (Country.BE, 2026, "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"),
        # 1 May and Ascension fell together.
        (Country.BE, 2008, "01-01 03-24 05-01 05-12 07-21 08-15 11-01 11-11 12-25"),
    ],
)
def test_the_holidays_of_a_year(country: Country, year: int, expected: str) -> None:
    assert sorted(f"{day:%m-%d}" for day in holidays(country, year)) == expected.split()


@pytest.mark.parametrize(
    ("day", "number", "there"),
    [
        ("2026-05-13", 1, "2026-05-15"),
        ("2026-05-15", -1, "2026-05-13"),
        ("2026-05-16", -1, "2026-05-15"),
        ("2025-12-24", 2, "2025-12-29"),
        ("2026-01-02", -2, "2025-12-30"),
    ],
)
def test_working_days_on_and_back(day: str, number: int, there: str) -> None:
    assert add_working_days(Country.BE, date.fromisoformat(day), number) == date.fromisoformat(there)


def test_the_next_working_day_can_be_the_day_itself() -> None:
    friday, saturday, monday = date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 8)
    assert next_working_day(Country.NL, friday) == friday
    assert next_working_day(Country.NL, saturday) == monday
    assert [is_working_day(Country.NL, one) for one in (friday, saturday, monday)] == [True, False, True]
