"""The forecast of recruitment, against the model played out by chance and against what can be worked out by hand."""

import numpy as np
import pytest

from opstap.stats.recruitment import MOST_SHAPE, forecast, shape_of


def test_it_is_what_the_model_gives_when_played_out() -> None:
    counts, days, remaining = [14, 30, 5, 22], [183.0, 183.0, 120.0, 90.0], 60
    found = forecast(counts, days, remaining)
    shape = shape_of(counts, days)
    rate = shape / (sum(counts) / sum(days))
    rng = np.random.default_rng(20260322)
    total = sum(rng.gamma(shape + n, 1 / (rate + t), 200_000) for n, t in zip(counts, days, strict=True))
    played = rng.gamma(remaining, 1.0, 200_000) / total
    low, median, high = np.quantile(played, [0.1, 0.5, 0.9])
    # The sum of gammas of unequal rates is approximated by its first two moments: within one per cent.
    assert found.low == pytest.approx(low, rel=0.01)
    assert found.days == pytest.approx(median, rel=0.01)
    assert found.high == pytest.approx(high, rel=0.01)
    assert found.chance_within(60) == pytest.approx((played <= 60).mean(), abs=0.005)
    assert found.per_month == pytest.approx(total.mean() * 30.4375, rel=0.005)


def test_one_more_person_in_one_centre_can_be_worked_out_by_hand() -> None:
    # Remaining 1: P(T > t) = (B / (B + t)) ** A, a Lomax distribution.
    found = forecast([10], [100.0], 1, level=0.5)
    shape = MOST_SHAPE + 10  # one centre says nothing of differences: the likelihood rises to the bound
    rate = MOST_SHAPE / 0.1 + 100
    assert found.days == pytest.approx(rate * (0.5 ** (-1 / shape) - 1))
    assert found.low == pytest.approx(rate * (0.75 ** (-1 / shape) - 1))
    assert found.chance_within(found.high) == pytest.approx(0.75)
    assert found.chance_within(0) == 0


def test_centres_that_differ_have_a_small_shape_and_centres_alike_a_large_one() -> None:
    assert shape_of([40, 1, 2, 60], [100.0] * 4) < 1.5
    assert shape_of([20, 21, 19, 20], [100.0] * 4) == pytest.approx(MOST_SHAPE)


@pytest.mark.parametrize(("counts", "days", "remaining"), [([0, 0], [10.0, 10.0], 5), ([3], [10.0], 0), ([], [], 3)])
def test_without_anyone_or_anyone_left_there_is_no_forecast(counts, days, remaining) -> None:
    assert forecast(counts, days, remaining) is None


@pytest.mark.parametrize(
    ("counts", "days", "level"),
    [([1], [], 0.8), ([-1], [1.0], 0.8), ([1], [0.0], 0.8), ([1], [float("nan")], 0.8), ([1], [1.0], 1.0)],
)
def test_bad_input_is_refused(counts, days, level) -> None:
    with pytest.raises(ValueError):
        forecast(counts, days, 5, level=level)
