"""The balance of energy: counting by day, patterns that rest on enough notes, and the sign of overload."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.programme.energy import (
    RULE,
    Day,
    Effect,
    How,
    Kind,
    Note,
    Overload,
    Part,
    Rule,
    days,
    overload,
    part_of,
    patterns,
)

TODAY = date(2026, 3, 17)


def note(back: int = 0, kind: Kind = Kind.WORK, effect: Effect = Effect.COST, how: How = How.FAIR) -> Note:
    return Note(TODAY - timedelta(days=back), Part.MORNING, kind, effect, how)


GAVE = {"kind": Kind.REST, "effect": Effect.GAVE}
NOTES = st.lists(
    st.builds(
        note,
        back=st.integers(0, 30),
        kind=st.sampled_from(Kind),
        effect=st.sampled_from(Effect),
        how=st.sampled_from(How),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")]
)
def test_parts_of_the_day(hour: int, part: str) -> None:
    assert part_of(hour) == part


def test_a_week_counts_what_gave_what_cost_and_what_was_too_much() -> None:
    week = days([note(1), note(1, how=How.TOO_MUCH), note(1, **GAVE), note(9)], TODAY, count=3)
    assert week == [Day(date(2026, 3, 15)), Day(date(2026, 3, 16), gave=1, cost=2, too_much=1), Day(TODAY)]


def test_what_was_too_much_cost_energy_also_when_it_gave_some() -> None:
    assert days([note(**GAVE, how=How.TOO_MUCH)], TODAY, count=1) == [Day(TODAY, gave=0, cost=1, too_much=1)]


@given(NOTES)
def test_every_note_of_the_days_is_one_bead(notes: list[Note]) -> None:
    week = days(notes, TODAY)
    assert len(week) == 8
    assert week[-1].on == TODAY
    assert sum(day.gave + day.cost for day in week) == sum((TODAY - one.on).days < 8 for one in notes)
    assert all(day.too_much <= day.cost for day in week)


def test_nothing_is_said_on_four_notes_and_something_on_five() -> None:
    four = [note(back) for back in range(4)]
    assert patterns(four).costs == []
    (one,) = patterns([*four, note(5, effect=Effect.GAVE)]).costs
    assert (one.kind, one.times, one.of) == (Kind.WORK, 4, 5)


def test_what_restores_and_what_is_level() -> None:
    rest = [note(back, **GAVE) for back in range(6)]
    level = [note(back, Kind.PEOPLE, Effect.COST if back % 2 else Effect.GAVE) for back in range(6)]
    found = patterns([*rest, *level])
    assert [(one.kind, one.times, one.of) for one in found.restores] == [(Kind.REST, 6, 6)]
    assert found.costs == []
    assert found.notes == 12


def test_the_clearest_pattern_comes_first() -> None:
    work = [note(back, effect=Effect.GAVE if back == 0 else Effect.COST) for back in range(6)]
    travel = [note(back, Kind.TRAVEL) for back in range(5)]
    assert [one.kind for one in patterns([*work, *travel]).costs] == [Kind.TRAVEL, Kind.WORK]


def alternating(heavy_after_work: bool) -> list[Note]:
    """Twelve pairs of days: every other pair begins with work, the other with rest; days apart so that pairs stand."""
    notes = []
    for pair in range(12):
        day, work = pair * 3 + 1, pair % 2 == 0
        notes.append(note(day, Kind.WORK) if work else note(day, **GAVE))
        heavy = work == heavy_after_work
        notes.append(note(day - 1, Kind.HOUSEHOLD if heavy else Kind.REST, Effect.COST if heavy else Effect.GAVE))
    return notes


def test_the_day_after_is_compared_with_other_days_and_counted() -> None:
    (one,) = patterns(alternating(heavy_after_work=True)).after
    assert (one.kind, one.heavy, one.of, one.heavy_otherwise, one.otherwise) == (Kind.WORK, 6, 6, 0, 6)


def test_what_is_not_felt_more_often_the_day_after_is_not_named() -> None:
    assert patterns(alternating(heavy_after_work=False)).after == []


def test_too_few_days_after_say_nothing() -> None:
    assert patterns(alternating(heavy_after_work=True), least=7).after == []


@given(NOTES, st.integers(1, 8))
def test_no_pattern_rests_on_fewer_notes_than_stated(notes: list[Note], least: int) -> None:
    found = patterns(notes, least=least)
    assert all(one.of >= least and one.times * 2 > one.of for one in [*found.costs, *found.restores])
    assert all(one.of >= least and one.otherwise >= least and one.heavy > 0 for one in found.after)
    assert not {one.kind for one in found.costs} & {one.kind for one in found.restores}


def test_three_times_too_much_in_seven_days_is_a_sign() -> None:
    three = [note(back, how=How.TOO_MUCH) for back in (0, 3, 6)]
    assert overload(three, TODAY) == Overload(3, None, None, RULE)
    assert overload(three[:2], TODAY) is None
    assert overload([*three[:2], note(7, how=How.TOO_MUCH)], TODAY) is None


def test_more_than_the_budget_is_a_sign_and_the_budget_itself_is_not() -> None:
    assert overload([note(back) for back in range(5)], TODAY, 5) is None
    assert overload([note(back) for back in range(6)], TODAY, 5) == Overload(None, 6, 5, RULE)


def test_the_rule_is_a_parameter() -> None:
    rule = Rule(too_much=1, days=1)
    assert overload([note(how=How.TOO_MUCH)], TODAY, rule=rule) == Overload(1, None, None, rule)
    assert overload([note(1, how=How.TOO_MUCH)], TODAY, rule=rule) is None
    assert RULE.certainty == "M"


@given(NOTES, st.integers(0, 30))
def test_without_a_sign_both_limits_were_kept(notes: list[Note], budget: int) -> None:
    last = [one for one in notes if (TODAY - one.on).days < 7]
    kept = sum(one.how is How.TOO_MUCH for one in last) < 3 and (
        sum(one.effect is Effect.COST or one.how is How.TOO_MUCH for one in last) <= budget
    )
    assert (overload(notes, TODAY, budget) is None) == kept
