"""Descriptions against R (`tests/reference/describe`, tolerance 1e-12) and against figures by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.describe import (
    change,
    counts,
    proportion,
    standardised_difference,
    standardised_difference_of_counts,
    summary,
)
from opstap.stats.design import StatsError

HERE = Path(__file__).parents[1] / "reference" / "describe"
DATA = pd.read_csv(HERE / "data.csv")
EXPECTED = pd.read_csv(HERE / "expected.csv").set_index("what")["value"]


@pytest.mark.parametrize("count", [0, 1, 26, 100, 189])
def test_wilson(count: int) -> None:
    found = proportion(count, 189)
    assert found.estimate == count / 189
    expected = [EXPECTED[f"wilson_low_{count}"], EXPECTED[f"wilson_high_{count}"]]
    np.testing.assert_allclose([found.low, found.high], expected, rtol=1e-12, atol=1e-14)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_a_share_of_nobody() -> None:
    assert proportion(0, 0).estimate is None
    for count, n in ((-1, 5), (6, 5)):
        with pytest.raises(StatsError, match="is no share"):
            proportion(count, n)


def test_change_in_people_with_both() -> None:
    found = change(DATA["before"], DATA["after"])
    ours = [found.n, found.mean, found.sd, found.low, found.high, found.statistic, found.df, found.p]
    theirs = [EXPECTED[f"change_{name}"] for name in ("n", "mean", "sd", "low", "high", "t", "df", "p")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_change_with_too_few_or_no_spread() -> None:
    assert change([1.0], [3.0]).mean == 2
    assert change([1.0], [3.0]).low is None
    assert change([1.0], [np.nan]).mean is None
    assert (change([1.0, 2], [2.0, 3]).sd, change([1.0, 2], [2.0, 3]).p) == (0, None)
    with pytest.raises(StatsError, match="equal length"):
        change([1.0], [1.0, 2])


def test_summary() -> None:
    found = summary(DATA["before"])
    ours = [found.sd, found.lower_quartile, found.median, found.upper_quartile]
    np.testing.assert_allclose(ours, [EXPECTED[f"before_{name}"] for name in ("sd", "q25", "q50", "q75")], rtol=1e-12)
    assert (found.minimum, found.maximum) == (DATA["before"].min(), DATA["before"].max())
    assert (summary(DATA["after"]).n, summary(DATA["after"]).missing) == (38, 2)
    assert (summary([4.0]).mean, summary([4.0]).sd) == (4, None)
    assert (summary([np.nan]).n, summary([np.nan]).mean) == (0, None)


def test_counts() -> None:
    found = counts(["b", None, "a", "b", float("nan")], levels=["c", "b", "a"])
    assert (found.n, found.missing, found.counts) == (3, 2, {"c": 0, "b": 2, "a": 1})
    assert list(found.counts) == ["c", "b", "a"]
    assert found.share("b") == 2 / 3
    assert list(counts([2, 1, 2]).counts) == [1, 2]
    assert counts([], levels=["a"]).share("a") is None
    with pytest.raises(StatsError, match="Value d is not among the levels a, b"):
        counts(["d"], levels=["a", "b"])


def test_standardised_differences() -> None:
    care, steps = (DATA[DATA["arm"] == arm] for arm in ("care", "steps"))
    assert standardised_difference(steps["before"], care["before"]) == pytest.approx(EXPECTED["smd_before"], rel=1e-12)
    levels = ["I", "II", "III"]
    one, other = counts(steps["stage"], levels), counts(care["stage"], levels)
    assert standardised_difference_of_counts(one, other) == pytest.approx(EXPECTED["smd_stage"], rel=1e-12)
    # Two levels: |p1 - p2| over the root of the mean of p(1 - p), Austin's formula.
    one, other = counts([1] * 6 + [0] * 4), counts([1] * 3 + [0] * 7)
    by_hand = abs(0.6 - 0.3) / ((0.6 * 0.4 + 0.3 * 0.7) / 2) ** 0.5
    assert standardised_difference_of_counts(one, other) == pytest.approx(by_hand)


def test_standardised_differences_without_spread() -> None:
    assert standardised_difference([1.0, 1], [2.0, 2]) is None
    assert standardised_difference([1.0], [2.0, 3]) is None
    same = counts(["a", "a"], ["a", "b"])
    assert standardised_difference_of_counts(same, same) is None
    assert standardised_difference_of_counts(same, counts(["b"], ["a", "b"])) is None
    assert standardised_difference_of_counts(same, counts([], ["a", "b"])) is None
    with pytest.raises(StatsError, match="different levels"):
        standardised_difference_of_counts(same, counts(["a"]))
