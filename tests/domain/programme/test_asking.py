"""At most three things are asked at a time, in an order of priority; the rest waits, and nothing is lost."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.programme.asking import AT_MOST, Asks, Open, ask

TODAY = date(2026, 3, 17)


def in_days(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_three_now_the_rest_later_whatever_the_order_they_came_in():
    things = [Open(Asks.LETTER, "1"), Open(Asks.PLAN, "2"), Open(Asks.QUESTIONNAIRE, "3"), Open(Asks.CONSENT, "4")]
    for order in permutations(things):
        asked = ask(order, TODAY)
        assert [one.kind for one in asked.now] == ["consent", "questionnaire", "plan"]
        assert [one.kind for one in asked.later] == ["letter"]


def test_what_can_soon_no_longer_be_done_comes_before_its_turn():
    near, far = Open(Asks.SESSION, "a", in_days(3)), Open(Asks.SESSION, "b", in_days(4))
    plan = Open(Asks.PLAN, "p")
    assert ask([far, plan, near], TODAY).now == (near, plan, far)


def test_consent_comes_before_everything_also_before_what_ends_today():
    consent, ending = Open(Asks.CONSENT, "study"), Open(Asks.QUESTIONNAIRE, "1", TODAY)
    assert ask([ending, consent], TODAY).now == (consent, ending)


def test_alike_the_nearest_last_day_comes_first():
    late, soon, never = (Open(Asks.QUESTIONNAIRE, ref, last) for ref, last in
                         (("1", in_days(40)), ("2", in_days(20)), ("3", None)))  # fmt: skip
    assert ask([never, late, soon], TODAY).now == (soon, late, never)


def test_nothing_asks_for_nothing():
    assert ask([], TODAY).now == ask([], TODAY).later == ()


@given(st.lists(st.builds(Open, st.sampled_from(Asks), st.text(max_size=3), st.none() | st.dates())))
def test_nothing_is_lost_and_never_more_than_three(things):
    asked = ask(things, TODAY)
    assert len(asked.now) == min(AT_MOST, len(things))
    assert sorted(map(repr, asked.now + asked.later)) == sorted(map(repr, things))
