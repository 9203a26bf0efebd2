"""Each sign on a course drawn up by hand: 8 talks in 6 months, begun on 5 January 2026 (so until 5 July, 181 days)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.programme import Course, Rules, Sign, dose

BEGIN = date(2026, 1, 5)


def course(held=(), coming=(), build_up=None, spoken=None, limit=8, months=6):
    day = lambda week: BEGIN + timedelta(weeks=week)  # noqa: E731
    return Course(
        BEGIN, limit, months, tuple(map(day, held)), tuple(map(day, coming)),
        build_up and (day(build_up[0]), day(build_up[1])), spoken,
    )  # fmt: skip


def signs(one, week):
    return dose(one, BEGIN + timedelta(weeks=week)).signs


def test_five_of_eight_and_nine_weeks_left():
    # 5 July minus 28 April is 68 days: nine whole weeks.
    seen = dose(course(held=(1, 3, 6, 9, 12)), date(2026, 4, 28))
    assert (seen.held, seen.limit, seen.left, seen.weeks_left, seen.signs) == (5, 8, 3, 9, ())


def test_talks_spent_early():
    # After 6 weeks 42/181 = 23 % of the time has gone; 5 of 8 is 63 %: 40 points ahead. 4 of 8 is 27 points.
    assert signs(course(held=(1, 2, 3, 4, 5)), 6) == (Sign.SPENT_EARLY,)
    assert signs(course(held=(1, 2, 3, 4)), 6) == ()


def test_behind_counts_what_is_planned():
    # After 15 weeks 105/181 = 58 % has gone: 2 of 8 is 33 points behind, 2 held and 1 planned 20.
    assert signs(course(held=(1, 4)), 15) == (Sign.BEHIND,)
    assert signs(course(held=(1, 4), coming=(16,)), 15) == ()


def test_no_talk_left_while_the_hours_build_up():
    every = (1, 3, 5, 8, 11, 14, 17, 19)
    assert signs(course(held=every, build_up=(15, 24)), 20) == (Sign.NONE_LEFT,)
    assert signs(course(held=every, build_up=(10, 19)), 20) == ()
    assert signs(course(held=every), 20) == ()


def test_resuming_alone_even_where_nothing_is_limited():
    free = {"limit": None, "months": None, "build_up": (10, 20)}
    assert signs(course(held=(1, 2, 3), **free), 15) == (Sign.RESUMES_ALONE,)
    assert signs(course(held=(1, 2, 3), **free), 14) == ()  # four weeks after the first step, not yet more
    assert signs(course(held=(1, 2, 12), **free), 15) == ()
    assert signs(course(held=(1, 2, 3), coming=(17,), **free), 15) == ()
    assert signs(course(held=(1, 2, 3), coming=(25,), **free), 15) == (Sign.RESUMES_ALONE,)
    assert signs(course(held=(1, 2, 3), **free), 21) == ()  # the build-up is over
    seen = dose(course(**free), BEGIN)
    assert (seen.left, seen.weeks_left) == (None, None)


def test_nobody_spoke_with_the_workplace():
    held = (1, 3, 5, 7)
    assert signs(course(held=held, spoken=False), 9) == (Sign.NO_WORKPLACE,)
    assert signs(course(held=held, spoken=False), 8) == ()
    assert signs(course(held=held, spoken=True), 9) == ()
    assert signs(course(held=held, spoken=None), 9) == ()


def test_the_rules_are_settings():
    assert dose(course(spoken=False), BEGIN + timedelta(weeks=3), Rules(workplace_weeks=2)).signs == (
        Sign.NO_WORKPLACE,
    )


def test_after_the_end_no_weeks_are_left():
    assert dose(course(held=range(8)), date(2026, 12, 1)).weeks_left == 0


@given(st.lists(st.integers(0, 26), max_size=12), st.integers(0, 40))
def test_never_early_and_behind_at_once(held, week):
    assert not {Sign.SPENT_EARLY, Sign.BEHIND} <= set(signs(course(held=held), week))
