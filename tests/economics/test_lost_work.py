"""Hours lost to sick leave: worked out by hand, and what must hold whatever the spells are."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstap.domain.work.spells import Kind, Spell, SpellError
from opstap.economics.productivity import hours_lost, losses

DAY = date(2025, 1, 6)
FRICTION = 120.68


def spell(start: int, end: int | None, *, contract=32.0, actual=0.0, sick=100.0, kind="own", job="1") -> Spell:
    """A spell from one day to another, both counted from DAY, the last one included."""
    last = None if end is None else DAY + timedelta(days=end)
    return Spell("0001", DAY + timedelta(days=start), last, contract, actual, sick, Kind(kind), job)


def lost(spells, edges, friction=None, joins=28):
    return hours_lost(losses(spells, joins), DAY, edges, friction)


def test_hours_are_counted_and_not_days() -> None:
    # Two weeks fully absent from 32 hours a week: 14 / 7 x 32 = 64 hours. In money of 2022: 64 x 39.88 = 2,552.32.
    # The vignette of the R package multiplies the days with the price of an hour: 14 x 39.88 = 558.32.
    [hours] = lost([spell(0, 13)], [0, 100])
    assert hours == pytest.approx(64)
    assert hours * 39.88 == pytest.approx(2552.32)
    assert hours * 39.88 != pytest.approx(14 * 39.88)


def test_a_partial_return_costs_only_the_hours_still_lost() -> None:
    # 4 weeks away (4 x 32 = 128), then 4 weeks with 12 of 32 hours (4 x 20 = 80).
    assert lost([spell(0, 27), spell(28, 55, actual=12, sick=60)], [0, 365], FRICTION) == [pytest.approx(208)]


def test_hours_below_the_contract_without_sick_leave_are_not_lost() -> None:
    assert lost([spell(0, 27, actual=12, sick=0)], [0, 365]) == [0]


def test_therapeutic_work_is_no_output() -> None:
    assert lost([spell(0, 6, actual=12, kind="therapeutic")], [0, 365]) == [pytest.approx(32)]


def test_the_friction_period_ends_the_costs() -> None:
    # 120.68 days of 32 / 7 hours; without an end to it 365 days of them.
    running = [spell(0, None)]
    assert lost(running, [0, 365], FRICTION) == [pytest.approx(120.68 * 32 / 7)]
    assert lost(running, [0, 365]) == [pytest.approx(365 * 32 / 7)]


def test_what_passed_before_baseline_is_not_costed_again() -> None:
    # Sick since 100 days: 20.68 of the 120.68 days are left. Since 200 days: nothing.
    assert lost([spell(-100, None)], [0, 365], FRICTION) == [pytest.approx(20.68 * 32 / 7)]
    assert lost([spell(-200, None)], [0, 365], FRICTION) == [0]
    before, after = lost([spell(-100, None)], [-182, 0, 365], FRICTION)
    assert before + after == pytest.approx(FRICTION * 32 / 7)


def test_a_return_does_not_start_the_period_anew_within_four_weeks() -> None:
    # Away 100 days, back for 27, away again: the period of 120.68 days ran out on day 120.68.
    first, short, long = spell(0, 99), spell(127, 226), spell(128, 227)
    assert lost([first, short], [0, 400], FRICTION) == [pytest.approx(100 * 32 / 7)]
    # Back for 28 days: a new absence, with a period of its own.
    assert lost([first, long], [0, 400], FRICTION) == [pytest.approx(200 * 32 / 7)]


def test_each_job_has_its_own_absence() -> None:
    both = [spell(0, 69, contract=20), spell(35, 69, contract=8, job="2")]
    assert lost(both, [0, 100], 35) == [pytest.approx(5 * 20 + 5 * 8)]


def test_spells_that_overlap_are_refused() -> None:
    with pytest.raises(SpellError, match="overlaps"):
        losses([spell(0, 20), spell(10, 30)])


@st.composite
def histories(draw):
    """Spells of one job, one after another, some with gaps, the last one perhaps still running."""
    day, found = draw(st.integers(-300, 100)), []
    for _ in range(draw(st.integers(0, 6))):
        day += draw(st.integers(0, 60))
        length = draw(st.integers(1, 200))
        contract = draw(st.sampled_from([0.0, 8.0, 24.0, 36.0]))
        share = draw(st.sampled_from([0.0, 0.25, 1.0, 1.2]))
        sick = draw(st.sampled_from([0.0, 50.0, 100.0]))
        found.append(spell(day, day + length - 1, contract=contract, actual=contract * share, sick=sick))
        day += length
    return found


EDGES = [0.0, 182.625, 365.25]


@settings(max_examples=40, deadline=None)
@given(histories(), st.floats(1, 300))
def test_friction_costs_are_at_most_those_of_human_capital(spells, friction: float) -> None:
    some, all_of_it = lost(spells, EDGES, friction), lost(spells, EDGES)
    assert all(-1e-9 <= one <= other + 1e-9 for one, other in zip(some, all_of_it, strict=True))
    assert lost(spells, EDGES, 5000) == pytest.approx(all_of_it)


@settings(max_examples=40, deadline=None)
@given(histories(), st.integers(-100, 300), st.floats(1, 300))
def test_nothing_is_costed_twice_however_time_is_cut(spells, cut: int, friction: float) -> None:
    edges = sorted({-200.0, float(cut), 400.0})
    assert sum(lost(spells, edges, friction)) == pytest.approx(sum(lost(spells, [-200.0, 400.0], friction)))


@settings(max_examples=40, deadline=None)
@given(histories(), st.floats(1, 300))
def test_a_spell_told_in_two_parts_is_the_same_spell(spells, friction: float) -> None:
    parts = []
    for one in spells:
        middle = one.start + (one.end - one.start) / 2
        again = (one.contract_hours, one.actual_hours, one.sick_percent, one.kind)
        parts.append(Spell(one.person, one.start, middle, *again))
        if middle < one.end:
            parts.append(Spell(one.person, middle + timedelta(days=1), one.end, *again))
    assert lost(parts, EDGES, friction) == pytest.approx(lost(spells, EDGES, friction))


@settings(max_examples=40, deadline=None)
@given(histories())
def test_hours_of_human_capital_add_up_over_spells(spells) -> None:
    assert lost(spells, EDGES)[0] == pytest.approx(sum(lost([one], EDGES)[0] for one in spells))


@settings(max_examples=40, deadline=None)
@given(histories(), st.integers(1, 80))
def test_hours_are_those_of_a_count_day_by_day(spells, friction: int) -> None:
    """An independent way: walk through the days, and keep the first day of the absence by hand."""
    per_day: dict[int, tuple[float, int]] = {}
    since = gone = None
    for one in sorted(spells, key=lambda one: one.start):
        if one.sick_percent <= 0:
            continue
        first, last = (one.start - DAY).days, (one.end - DAY).days
        if gone is None or first - gone > 28:
            since = first
        gone = last
        for day in range(first, last + 1):
            per_day[day] = (max(0.0, one.contract_hours - one.actual_hours) / 7, since)
    counted = sum(hours for day, (hours, since) in per_day.items() if 0 <= day < 200 and day < since + friction)
    assert lost(spells, [0, 200], friction) == [pytest.approx(counted)]
