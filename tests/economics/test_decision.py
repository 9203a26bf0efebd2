"""Plane, net benefit, acceptability and EVPI: against R's mvtnorm, and by what must hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from opstap.economics import intervals
from opstap.economics.decision import Normal, Replicates, both_below, icer, position
from opstap.stats.design import StatsError

REFERENCE = Path(__file__).parents[1] / "reference" / "economics"
CASES = pd.read_csv(REFERENCE / "expected_normal.csv").to_dict("records")


def normal(mc: float, me: float, sc: float, se: float, r: float) -> Normal:
    return Normal(np.array([mc, me]), np.array([[sc**2, r * sc * se], [r * sc * se, se**2]]))


@pytest.mark.parametrize("case", CASES)
def test_the_normal_plane_as_in_r(case: dict) -> None:
    plane = normal(case["mc"], case["me"], case["sc"], case["se"], case["r"])
    found = plane.quadrants()
    for name in ("ne", "nw", "sw"):
        assert found[name] == pytest.approx(case[name], abs=1e-9)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert plane.probability(20_000) == pytest.approx(case["chance"], rel=1e-9)
    assert plane.evpi(20_000) == pytest.approx(case["evpi"], rel=1e-6)


def test_replicates_of_a_normal_agree_with_it() -> None:
    plane = normal(300, 0.02, 400, 0.03, -0.3)
    pairs = np.random.default_rng(1).multivariate_normal(plane.mean, plane.covariance, 200_000).T
    drawn = Replicates(pairs)
    for name, share in drawn.quadrants().items():
        assert share == pytest.approx(plane.quadrants()[name], abs=0.005)
    assert drawn.probability(20_000) == pytest.approx(plane.probability(20_000), abs=0.005)
    assert drawn.evpi(20_000) == pytest.approx(plane.evpi(20_000), rel=0.02)


@pytest.mark.parametrize(
    "uncertain", [Replicates(np.array([[1.0, -2, 3, -4], [0.5, -1, -1, 2]])), normal(1, 2, 3, 4, 0.5)]
)
def test_identities(uncertain: Replicates | Normal) -> None:
    shares = uncertain.quadrants()
    assert sum(shares.values()) == pytest.approx(1)
    # For nothing only savings count; at any price only effect does.
    assert uncertain.probability(0) == pytest.approx(shares["se"] + shares["sw"])
    assert uncertain.probability(1e12) == pytest.approx(shares["ne"] + shares["se"], abs=1e-9)
    assert all(uncertain.evpi(wtp) >= 0 for wtp in (0, 1, 20_000, 1e9))


def test_with_more_effect_for_sure_a_higher_price_is_never_less_acceptable() -> None:
    random = np.random.default_rng(3)
    sure = Replicates(np.stack([random.normal(0, 1000, 500), random.uniform(0.01, 0.1, 500)]))
    chances = [sure.probability(wtp) for wtp in range(0, 100_000, 5_000)]
    assert chances == sorted(chances)


def test_certainty_is_worth_nothing() -> None:
    sure = normal(-100, 0.1, 0, 0, 0)
    assert (sure.probability(1000), sure.evpi(1000)) == (1.0, 0.0)
    assert sure.quadrants() == {"ne": 0.0, "nw": 0.0, "se": 1.0, "sw": 0.0}


def test_both_below_has_its_limits() -> None:
    assert both_below(np.inf, 0.3, 0.5) == pytest.approx(stats.norm.cdf(0.3))
    assert both_below(-np.inf, 0.3, 0.5) == 0
    assert both_below(0.2, 0.9, 1) == pytest.approx(stats.norm.cdf(0.2), abs=1e-8)
    assert both_below(0.2, -0.2, -1) == pytest.approx(0, abs=1e-8)


def test_ratio_and_place() -> None:
    assert icer(1000, 0.05) == 20_000
    assert icer(5, 0) is None
    assert [position(c, e) for c, e in ((1, 1), (1, -1), (-1, 1), (-1, -1))] == ["ne", "nw", "se", "sw"]


def test_bca_as_scipy_has_it() -> None:
    sample = np.random.default_rng(5).gamma(1.2, 100, 40)
    theirs = stats.bootstrap(
        (sample,), np.mean, n_resamples=2000, method="BCa", rng=np.random.default_rng(1), vectorized=True
    )
    without = (sample.sum() - sample) / (len(sample) - 1)
    ours = intervals.bca(float(sample.mean()), theirs.bootstrap_distribution, without)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-12)
    assert ours.se == pytest.approx(theirs.standard_error)


def test_without_skew_and_bias_bca_is_percentile() -> None:
    replicates = np.linspace(-1, 1, 2001)
    without = np.linspace(-1, 1, 51)
    plain = intervals.percentile(0.0, replicates)
    assert intervals.bca(0.0, replicates, without).low == pytest.approx(plain.low, abs=1e-9)
    with pytest.raises(StatsError, match="one side"):
        intervals.bca(5.0, replicates, without)


def test_acceleration_in_one_stratum_is_that_of_no_strata() -> None:
    values = np.random.default_rng(2).gamma(1, 1, 30)
    assert intervals.acceleration(values, (30,)) == pytest.approx(intervals.acceleration(values))
    assert intervals.acceleration(np.ones(5)) == 0


def test_rubin_by_hand() -> None:
    estimates = np.array([[1.0, 10.0], [3.0, 14.0]])
    replicates = [np.array([[0.0, 2.0], [1.0, 1.0]]), np.array([[0.0, 0.0], [0.0, 4.0]])]
    found = intervals.rubin(estimates, replicates)
    # Within: variances (2, 0) and (0, 8); between: variances 2 and 8, covariance 4; times 1 + 1/2.
    assert found.covariance.tolist() == [[1 + 3, 6], [6, 4 + 12]]
    assert found.mean.tolist() == [2, 12]
    with pytest.raises(StatsError, match="at least two"):
        intervals.rubin(estimates[:1], replicates[:1])
