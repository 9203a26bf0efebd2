"""The end: points of attention as they are typed, and the days on which aftercare falls."""

from datetime import date

import pytest

from opstap.domain.programme.closing import MOST_POINTS, Point, aftercare_days, is_due, points_of

MONDAY = date(2026, 3, 2)


def test_empty_rows_are_left_out_and_spaces_are_tidied():
    rows = [("Ik slaap  slecht\n", " Eerder stoppen ", ""), ("", "", ""), ("Hoofdpijn", "", "Fenna")]
    assert points_of(rows) == (Point("Ik slaap slecht", "Eerder stoppen"), Point("Hoofdpijn", call="Fenna"))


@pytest.mark.parametrize("row", [("", "Rusten", ""), ("", "", "Fenna"), ("  ", "Rusten", "Fenna")])
def test_what_to_do_without_a_sign_is_refused(row):
    with pytest.raises(ValueError, match="sign"):
        points_of([row])


def test_more_points_than_anyone_remembers_are_refused():
    rows = [(f"Signaal {number}", "", "") for number in range(MOST_POINTS)]
    assert len(points_of(rows)) == 5
    with pytest.raises(ValueError, match="many"):
        points_of([*rows, ("Nog een", "", "")])


def test_aftercare_falls_weeks_after_and_never_today_or_before():
    assert aftercare_days((4, 12), MONDAY, MONDAY) == (date(2026, 3, 30), date(2026, 5, 25))
    assert aftercare_days((4, 12), MONDAY, date(2026, 3, 30)) == (date(2026, 5, 25),)
    assert aftercare_days((4,), MONDAY, date(2027, 1, 1)) == ()


@pytest.mark.parametrize(("day", "due"), [(date(2026, 3, 10), False), (date(2026, 3, 9), True), (MONDAY, True)])
def test_a_contact_comes_to_the_front_a_week_before(day, due):
    assert is_due(day, MONDAY) is due
