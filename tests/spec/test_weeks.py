"""A build-up and what was worked, week by week, in examples. 2 March 2026 is a Monday."""

from __future__ import annotations

from datetime import date, timedelta

from opstap.domain.work.spells import Kind, Spell
from opstap.domain.work.weeks import Week, weeks

MONDAY = date(2026, 3, 2)


def spell(start: date, end: date | None, hours: float, job: str = "1") -> Spell:
    return Spell("p1", start, end, 32, hours, 0, Kind.OWN, job=job)


def on(number: int, day: int = 0) -> date:
    """The day `day` (0: Monday) of week `number`, counted from the first."""
    return MONDAY + timedelta(weeks=number, days=day)


def test_without_a_plan_and_without_hours_there_is_nothing_to_draw() -> None:
    assert weeks([], [], MONDAY) == []
    assert weeks([], [spell(on(0), on(1), 0)], MONDAY) == []


def test_weeks_run_from_monday_of_the_first_step_to_two_weeks_after_the_last() -> None:
    found = weeks([(on(0, 2), 8), (on(3, 4), 16)], [], MONDAY)
    assert [week.monday for week in found] == [on(number) for number in range(6)]


def test_weeks_run_to_two_weeks_after_today_when_that_is_later() -> None:
    assert weeks([(on(0), 8)], [], on(4, 6))[-1].monday == on(6)


def test_a_step_holds_from_its_own_week_until_the_next() -> None:
    found = weeks([(on(0, 2), 8), (on(2, 6), 16)], [], MONDAY)
    assert [week.agreed for week in found] == [8, 8, 16, 16, 16]


def test_without_a_plan_weeks_run_from_the_first_hours_and_nothing_is_agreed() -> None:
    found = weeks([], [spell(on(1, 3), None, 12)], on(2))
    assert [(week.monday, week.agreed) for week in found] == [(on(number), None) for number in range(1, 5)]


def test_hours_worked_are_the_mean_over_the_known_days() -> None:
    # Four days of 8 hours a week, three days of 15: (4 × 8 + 3 × 15) / 7 = 11.
    found = weeks([(on(0), 8)], [spell(on(0), on(0, 3), 8), spell(on(0, 4), None, 15)], on(5))
    assert found[0] == Week(MONDAY, 8, 11.0)
    assert found[1].worked == 15


def test_days_before_anything_was_known_do_not_count() -> None:
    assert weeks([(on(0), 8)], [spell(on(0, 5), None, 10)], on(5))[0].worked == 10


def test_the_running_week_counts_the_days_that_have_passed() -> None:
    spells = [spell(on(0), on(0, 1), 4), spell(on(0, 2), None, 40)]
    assert weeks([(on(0), 8)], spells, on(0, 1))[0].worked == 4


def test_weeks_to_come_and_weeks_unknown_have_no_hours_worked() -> None:
    found = weeks([(on(0), 8)], [spell(on(1), on(1, 6), 10)], on(2, 6))
    assert [week.worked for week in found] == [None, 10, None, None, None]


def test_two_jobs_at_once_add_up() -> None:
    found = weeks([(on(0), 8)], [spell(on(0), None, 10), spell(on(0), None, 6, job="2")], on(3))
    assert found[0].worked == 16


def test_only_the_latest_weeks_are_kept() -> None:
    found = weeks([(on(0), 8)], [], on(50))
    assert len(found) == 26
    assert found[-1].monday == on(52)
    assert len(weeks([(on(0), 8)], [], on(50), most=4)) == 4
