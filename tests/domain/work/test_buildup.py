"""A build-up of hours: what is proposed, what is refused, and what one step back does to it."""

from datetime import date, timedelta
from itertools import pairwise
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.work.buildup import (
    BuildUpError,
    Fault,
    Step,
    Wishes,
    at,
    check,
    hours_on,
    propose,
    spread,
    step_back,
)

MONDAY = date(2026, 3, 30)
WEEK = timedelta(weeks=1)
contracts = st.integers(2, 40).map(float)
weekdays = st.frozensets(st.integers(0, 6), min_size=2)


def hours(steps) -> list[tuple[int, float]]:
    return [((step.start - MONDAY).days // 7, step.hours) for step in steps]


def test_hours_rise_by_the_step_asked_for_up_to_the_contract() -> None:
    steps = propose(Wishes(MONDAY, 16, 30, step_weeks=2, step_hours=4))
    assert hours(steps) == [(0, 16), (2, 20), (4, 24), (6, 28), (8, 30)]


def test_with_a_goal_the_hours_rise_evenly_and_are_all_there_by_then() -> None:
    steps = propose(Wishes(MONDAY, 8, 32, step_weeks=2, goal=MONDAY + timedelta(weeks=9)))
    # Four steps of two weeks fit before the ninth week: 24 hours in four equal rises.
    assert hours(steps) == [(0, 8), (2, 14), (4, 20), (6, 26), (8, 32)]


def test_rises_smaller_than_half_an_hour_become_fewer_steps() -> None:
    steps = propose(Wishes(MONDAY, 31, 32, step_weeks=1, goal=MONDAY + timedelta(weeks=6)))
    assert [step.hours for step in steps] == sorted({step.hours for step in steps})
    assert steps[-1].hours == 32


def test_who_works_all_hours_has_one_step() -> None:
    assert hours(propose(Wishes(MONDAY, 32, 32, step_hours=0))) == [(0, 32)]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"contract_hours": 0}, Fault.CONTRACT),
        ({"available": frozenset()}, Fault.NO_DAYS),
        ({"first_hours": -1}, Fault.NEGATIVE),
        ({"first_hours": 33}, Fault.OVER_CONTRACT),
        ({"step_weeks": 0}, Fault.NO_GROWTH),
        ({"step_hours": 0}, Fault.NO_GROWTH),
        ({"step_hours": 0.25}, Fault.TOO_MANY),
        ({"goal": MONDAY + timedelta(days=13)}, Fault.GOAL_TOO_SOON),
        ({"goal": MONDAY - timedelta(days=1)}, Fault.GOAL_TOO_SOON),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(changed, fault) -> None:
    wishes = {"start": MONDAY, "first_hours": 8, "contract_hours": 32, **changed}
    with pytest.raises(BuildUpError) as refused:
        propose(Wishes(**wishes))
    assert refused.value.fault is fault


@given(contracts, st.floats(0, 1), st.integers(1, 6), st.sampled_from([2.0, 4.0, 6.0]), weekdays)
def test_a_proposal_is_a_plan_that_can_be(contract, share, weeks, rise, days) -> None:
    first = round(contract * share)
    steps = propose(Wishes(MONDAY, first, contract, weeks, rise, available=days))
    check(steps, contract, first_sick_day=MONDAY, available=days)
    assert steps[-1].hours == contract
    assert all(before.hours < after.hours for before, after in pairwise(steps))


def test_another_day_comes_before_longer_days_with_rest_between() -> None:
    days = (0, 1, 3, 4)
    assert spread(4, days) == ((0, 4),)
    assert spread(8, days) == ((0, 4), (3, 4))
    assert spread(12, days) == ((0, 4), (1, 4), (3, 4))
    assert spread(30, days) == ((0, 7.5), (1, 7.5), (3, 7.5), (4, 7.5))


def test_what_does_not_divide_lies_on_the_first_days() -> None:
    assert spread(10, (0, 2, 4)) == ((0, 3.5), (2, 3.25), (4, 3.25))
    assert spread(0, (0, 2)) == ()


@given(st.floats(0.01, 40), weekdays, st.floats(0.1, 12))
def test_the_days_add_up_to_the_week(week, days, short) -> None:
    laid = spread(week, days, short_day=short)
    assert fsum(length for _, length in laid) == pytest.approx(week, abs=1e-9)
    assert {day for day, _ in laid} <= days
    assert all(length > 0 for _, length in laid)


@pytest.mark.parametrize(("week", "days", "fault"), [(8, (), Fault.NO_DAYS), (25, (2,), Fault.DAY_TOO_LONG)])
def test_hours_that_no_day_holds_are_refused(week, days, fault) -> None:
    with pytest.raises(BuildUpError) as refused:
        spread(week, days)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("steps", "more", "fault"),
    [
        ([Step(MONDAY, 8)], {"contract_hours": 0}, Fault.CONTRACT),
        ([], {}, Fault.NO_STEPS),
        ([Step(MONDAY + WEEK * number, 8) for number in range(41)], {}, Fault.TOO_MANY),
        ([Step(MONDAY, 8)], {"available": ()}, Fault.NO_DAYS),
        ([Step(MONDAY, 8), Step(MONDAY, 12)], {}, Fault.OVERLAP),
        ([Step(MONDAY, 8), Step(MONDAY - WEEK, 12)], {}, Fault.ORDER),
        ([Step(MONDAY, 8)], {"first_sick_day": MONDAY + WEEK}, Fault.BEFORE_SICK),
        ([Step(MONDAY, -1)], {}, Fault.NEGATIVE),
        ([Step(MONDAY, 8, ((0, 9), (1, -1)))], {}, Fault.NEGATIVE),
        ([Step(MONDAY, 33)], {}, Fault.OVER_CONTRACT),
        ([Step(MONDAY, 8, ((0, 4), (0, 4)))], {}, Fault.OVERLAP),
        ([Step(MONDAY, 30, ((0, 25), (1, 5)))], {}, Fault.DAY_TOO_LONG),
        ([Step(MONDAY, 8, ((0, 4), (2, 4)))], {"available": (0, 1)}, Fault.UNAVAILABLE),
        ([Step(MONDAY, 8, ((0, 4), (2, 3)))], {}, Fault.DAYS_DIFFER),
    ],
)
def test_a_build_up_that_cannot_be_is_refused(steps, more, fault) -> None:
    with pytest.raises(BuildUpError) as refused:
        check(steps, **{"contract_hours": 32, **more})
    assert refused.value.fault is fault
    assert fault.value in str(refused.value)


def test_a_build_up_that_can_be_passes() -> None:
    check([Step(MONDAY, 8, ((0, 4), (2, 4), (4, 0)))], 32, first_sick_day=MONDAY, available=(0, 2))


STEPS = (Step(MONDAY, 8), Step(MONDAY + WEEK * 2, 12), Step(MONDAY + WEEK * 4, 16), Step(MONDAY + WEEK * 6, 20))


def test_one_step_back_and_then_on_from_there() -> None:
    steps = step_back(STEPS, MONDAY + WEEK * 2 + timedelta(days=2))
    # From the Monday after, two weeks of 8; then the week of 12 that was left, and the rest two weeks later.
    assert hours(steps) == [(0, 8), (2, 12), (3, 8), (5, 12), (6, 16), (8, 20)]


def test_the_step_taken_up_again_lasts_a_week_at_least() -> None:
    steps = step_back(STEPS, MONDAY + WEEK * 3 + timedelta(days=4))
    assert hours(steps) == [(0, 8), (2, 12), (4, 8), (6, 12), (7, 16), (9, 20)]


def test_on_the_first_step_the_hours_stay_longer() -> None:
    assert hours(step_back(STEPS, MONDAY, weeks=1)) == [(0, 8), (3, 12), (5, 16), (7, 20)]


def test_before_the_first_step_all_comes_later() -> None:
    assert hours(step_back(STEPS, MONDAY - WEEK)) == [(2, 8), (4, 12), (6, 16), (8, 20)]


def test_a_second_step_back_goes_lower_still() -> None:
    once = step_back(STEPS, MONDAY + WEEK * 4)
    assert hours(once)[:5] == [(0, 8), (2, 12), (4, 16), (5, 12), (7, 16)]
    twice = step_back(once, MONDAY + WEEK * 5)
    assert hours(twice)[:6] == [(0, 8), (2, 12), (4, 16), (5, 12), (6, 8), (8, 12)]


def test_at_the_end_of_the_plan_one_comes_back_to_where_one_was() -> None:
    assert hours(step_back(STEPS, MONDAY + WEEK * 9))[-2:] == [(10, 16), (12, 20)]


@given(contracts, st.integers(1, 4), st.integers(0, 200), st.integers(1, 4))
def test_a_step_back_keeps_what_was_and_never_asks_for_more(contract, weeks, days, back) -> None:
    steps = propose(Wishes(MONDAY, round(contract / 4), contract, weeks, 3.0))
    today = MONDAY + timedelta(days=days)
    new = step_back(steps, today, weeks=back)
    check(new, contract)
    assert [step for step in new if step.start <= today] == [step for step in steps if step.start <= today]
    for later in range(0, 120, 7):
        day = today + timedelta(days=later)
        before, after = at(steps, day), at(new, day)
        assert (after.hours if after else 0) <= (before.hours if before else 0)
    assert new[-1].hours == contract


def test_what_holds_on_a_day() -> None:
    assert at(STEPS, MONDAY - timedelta(days=1)) is None
    assert at(STEPS, MONDAY + timedelta(days=20)) == STEPS[1]


def test_hours_of_one_day_are_those_of_the_step_that_holds():
    monday = date(2026, 3, 16)
    steps = (Step(monday, 8, ((0, 4.0), (3, 4.0))), Step(date(2026, 3, 30), 12))
    assert [hours_on(steps, date(2026, 3, 16 + number)) for number in range(5)] == [4, 0, 0, 4, 0]
    assert hours_on(steps, date(2026, 3, 15)) is None
    assert hours_on(steps, date(2026, 3, 30)) is None  # this step does not say how its hours lie
    assert hours_on((), monday) is None
