"""What one version of a plan changes of another: facts that a page makes sentences of."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.work.buildup import Step, step_back
from opstap.domain.work.revision import Change, Kind, Version, changes

MONDAY = date(2026, 3, 30)
WEEK = timedelta(weeks=1)
STEPS = (Step(MONDAY, 8), Step(MONDAY + WEEK * 2, 12), Step(MONDAY + WEEK * 4, 16), Step(MONDAY + WEEK * 6, 20))
PLAN = Version("return", 32, STEPS, "Weer lesgeven", "Rustig beginnen", "Bellen")


def test_the_same_version_changes_nothing() -> None:
    assert changes(PLAN, replace(PLAN, goal=" Weer lesgeven ")) == []


def test_aim_contract_and_texts() -> None:
    new = Version("retention", 28, STEPS, "Anders", "", "Rusten")
    assert changes(PLAN, new) == [
        Change(Kind.AIM),
        Change(Kind.CONTRACT, hours=28, old_hours=32),
        Change(Kind.GOAL),
        Change(Kind.WORKPLACE_TEXT),
        Change(Kind.RELAPSE),
    ]


def test_a_step_back_is_two_new_steps_and_the_rest_later() -> None:
    new = replace(PLAN, steps=step_back(STEPS, MONDAY + WEEK * 2))
    assert changes(PLAN, new) == [
        Change(Kind.ADDED, day=MONDAY + WEEK * 3, hours=8),
        Change(Kind.ADDED, day=MONDAY + WEEK * 5, hours=12),
        Change(Kind.SHIFTED, MONDAY + WEEK * 6, MONDAY + WEEK * 4, shift=14, steps=2),
    ]


def test_hours_days_and_tasks_of_a_step() -> None:
    new = (
        STEPS[0]._replace(days=((0, 4), (2, 4))),
        STEPS[1]._replace(hours=10),
        STEPS[2]._replace(tasks="eigen werk"),
        STEPS[3]._replace(start=MONDAY + WEEK * 8),
    )
    assert changes(PLAN, replace(PLAN, steps=new)) == [
        Change(Kind.DAYS, day=STEPS[0].start),
        Change(Kind.HOURS, day=STEPS[1].start, hours=10, old_hours=12),
        Change(Kind.TASKS, day=STEPS[2].start),
        Change(Kind.MOVED, MONDAY + WEEK * 8, MONDAY + WEEK * 6, hours=20, shift=14),
    ]


def test_a_step_that_comes_earlier_and_one_that_is_gone() -> None:
    new = (STEPS[0]._replace(start=MONDAY - WEEK), *STEPS[1:3])
    assert changes(PLAN, replace(PLAN, steps=new)) == [
        Change(Kind.MOVED, MONDAY - WEEK, MONDAY, hours=8, shift=-7),
        Change(Kind.REMOVED, day=STEPS[3].start, hours=20),
    ]


plans = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 32)), max_size=6, unique_by=lambda pair: pair[0]).map(
    lambda pairs: tuple(Step(MONDAY + WEEK * week, float(hours)) for week, hours in sorted(pairs))
)


@given(plans, plans)
def test_two_versions_are_the_same_when_and_only_when_nothing_changed(old, new) -> None:
    found = changes(replace(PLAN, steps=old), replace(PLAN, steps=new))
    assert (found == []) is (old == new)
    came = sum(change.kind is Kind.ADDED for change in found) - sum(change.kind is Kind.REMOVED for change in found)
    assert came == len(new) - len(old)
