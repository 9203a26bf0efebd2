"""Reading a profile of six means: the highest among those that can be, ties, and what lies too close to tell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.programme.stages import CLOSE, Profile, Reading, Stage, means_fit, reading

DAY = date(2026, 3, 17)
MEANS = st.lists(st.integers(4, 20).map(lambda quarter: quarter / 4), min_size=6, max_size=6).map(tuple)


def read(working: bool, *means: float | None) -> Reading:
    return reading(Profile(DAY, working, means))


def test_one_that_stands_clear_is_certain() -> None:
    found = read(False, 1.5, 4.5, 3, 2, 5, 5)
    assert found == Reading(Stage.CONSIDERING)
    assert found.certain


def test_the_example_of_the_page_five_and_six_too_close() -> None:
    found = read(True, 2, 3, 3, 3, 3.6, 3.4)
    assert found == Reading(Stage.UNCERTAIN, close=(Stage.PROACTIVE,))
    assert not found.certain


def test_a_tie_goes_to_the_lowest_and_is_told_also_when_not_adjacent() -> None:
    assert read(False, 3.4, 2, 1, 3.4, 5, 5) == Reading(Stage.NOT_THINKING, tied=(Stage.PREPARING_STEPS,))


def test_half_a_point_apart_is_apart() -> None:
    assert read(True, 1, 1, 1, 1, 3.1, 3.6).certain
    assert not read(True, 1, 1, 1, 1, 3.2, 3.6).certain


@pytest.mark.parametrize("working", [True, False])
def test_a_missing_mean_counts_only_where_it_matters(working: bool) -> None:
    means = (1.0, 2.0, None, 4.0, 5.0, 3.0) if working else (1.0, 2.0, 3.0, 4.0, None, None)
    assert read(working, *means).likely is (Stage.UNCERTAIN if working else Stage.PREPARING_STEPS)
    assert read(not working, *means) == Reading(None)
    assert not Reading(None).certain


@given(MEANS, st.booleans())
def test_the_likely_stage_is_possible_highest_and_lowest_of_its_ties(means: tuple[float, ...], working: bool) -> None:
    found = read(working, *means)
    assert found.likely is not None
    possible = [5, 6] if working else [1, 2, 3, 4]
    assert found.likely in possible
    assert means[found.likely - 1] == max(means[stage - 1] for stage in possible)
    assert all(stage > found.likely and means[stage - 1] == means[found.likely - 1] for stage in found.tied)
    assert all(0 < means[found.likely - 1] - means[stage - 1] < CLOSE for stage in found.close)


@pytest.mark.parametrize(
    ("means", "fit"),
    [
        ((1, 2, 3, 4, 5, 1.5), True),
        ((None, None, None, None, 1, 5), True),
        ((None,) * 6, False),
        ((1, 2, 3, 4, 5), False),
        ((0.9, 2, 3, 4, 5, 1), False),
        ((1, 2, 3, 4, 5.1, 1), False),
    ],
)
def test_six_means_from_one_to_five(means: tuple[float | None, ...], fit: bool) -> None:
    assert means_fit(means) is fit
