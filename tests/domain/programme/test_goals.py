"""Goal attainment scaling against the worked values of its formula."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.programme.goals import ATTAINMENT, attainment_t

LEVELS = st.lists(st.sampled_from(ATTAINMENT), min_size=1, max_size=8)


def test_one_goal_moves_ten_points_a_level() -> None:
    assert [attainment_t([level]) for level in ATTAINMENT] == pytest.approx([30, 40, 50, 60, 70])


def test_two_goals_one_above_expectation() -> None:
    # 50 + 10 × 2 / √(0.7 × 2 + 0.3 × 4) = 50 + 20 / √2.6, worked by hand from the formula.
    assert attainment_t([1, 1]) == pytest.approx(62.4035, abs=1e-4)


def test_weights_and_the_assumed_correlation_count() -> None:
    assert attainment_t([2, -1], [3, 1]) == pytest.approx(50 + 10 * 5 / sqrt(0.7 * 10 + 0.3 * 16))
    assert attainment_t([1, 1], rho=0) == pytest.approx(50 + 20 / sqrt(2))
    assert attainment_t([1, 1], rho=1) == pytest.approx(60)


def test_without_goals_there_is_no_score() -> None:
    assert attainment_t([]) is None


@given(LEVELS)
def test_it_is_fifty_when_as_expected_and_mirrored_around_it(levels: list[int]) -> None:
    assert attainment_t([0] * len(levels)) == 50
    there, back = attainment_t(levels), attainment_t([-level for level in levels])
    assert there is not None
    assert back is not None
    assert there + back == pytest.approx(100)


@given(LEVELS, st.floats(0.1, 50))
def test_only_the_ratio_of_weights_counts(levels: list[int], times: float) -> None:
    assert attainment_t(levels, [times] * len(levels)) == pytest.approx(attainment_t(levels))


@pytest.mark.parametrize(
    ("levels", "weights", "says"),
    [([3], None, "from -2 to 2"), ([1], [0], "more than 0"), ([1, 2], [1], "one weight")],
)
def test_what_does_not_fit_is_refused(levels: list[int], weights: list[float] | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        attainment_t(levels, weights)
