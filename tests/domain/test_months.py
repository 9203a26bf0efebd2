"""Months and years as law and protocols count them."""

from datetime import date

import pytest

from opstap.domain.months import add_months, completed_years


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-20", 0, "2026-05-20"),
    ],
)
def test_months_are_clipped_at_the_end_of_the_month(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("birth", "on", "expected"),
    [
        ("1979-05-04", "2026-05-03", 46),
        ("1979-05-04", "2026-05-04", 47),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
    ],
)
def test_years_are_completed_on_the_birthday(birth: str, on: str, expected: int) -> None:
    assert completed_years(date.fromisoformat(birth), date.fromisoformat(on)) == expected
