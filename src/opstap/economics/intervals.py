"""Intervals from bootstrap samples: percentile, bias-corrected and accelerated, and Rubin's rules over imputations.

- Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-185. doi:10.1080/01621459.1987.10478410
- Davison AC, Hinkley DV. Bootstrap Methods and their Application. Cambridge University Press 1997.
  doi:10.1017/CBO9780511802843 (acceleration with strata: section 5.3)
- Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley 1987. doi:10.1002/9780470316696
- Schomaker M, Heumann C. Bootstrap inference when using multiple imputation. Stat Med 2018;37:2252-2266.
  doi:10.1002/sim.7654 (bootstrap within imputation: pooled samples, or Rubin's rules)
- Ben AJ, van Dongen JM, El Alili M, Esser JL, Broulíková HM, Bosmans JE. Conducting trial-based economic evaluations
  using R: a tutorial. Pharmacoeconomics 2023;41:1403-1413. doi:10.1007/s40273-023-01301-7 (Rubin's rules with the
  bootstrap's covariance within, normal)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from opstap.stats.design import Array, StatsError


@dataclass(frozen=True)
class Interval:
    """An estimate between its bounds, with its standard error."""

    estimate: float
    low: float
    high: float
    se: float


def percentile(estimate: float, replicates: Array, level: float = 0.95) -> Interval:
    """Give the quantiles of the replicates (B)."""
    low, high = np.quantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(estimate), float(low), float(high), float(replicates.std(ddof=1)))


def normal(estimate: float, variance: float, level: float = 0.95) -> Interval:
    """Give the bounds of a normal estimate."""
    se = float(np.sqrt(variance))
    reach = float(ndtri((1 + level) / 2)) * se
    return Interval(float(estimate), float(estimate) - reach, float(estimate) + reach, se)


def bca(
    estimate: float, replicates: Array, without: Array, strata: Sequence[int] | None = None, level: float = 0.95
) -> Interval:
    """Give the bias-corrected and accelerated bounds; `without` are the estimates without each person (n).

    `strata` are the sizes of the groups that were drawn by themselves, in the order of `without`. Raises `StatsError`
    where nearly all replicates lie on one side of the estimate.
    """
    below = ((replicates < estimate).mean() + (replicates <= estimate).mean()) / 2
    bias = float(ndtri(below))
    if not np.isfinite(bias):
        raise StatsError("All bootstrap samples lie on one side of the estimate; take percentile intervals.")
    a = acceleration(without, strata)
    z = ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    shares = ndtr(bias + (bias + z) / (1 - a * (bias + z)))
    low, high = np.quantile(replicates, shares)
    return Interval(float(estimate), float(low), float(high), float(replicates.std(ddof=1)))


def acceleration(without: Array, strata: Sequence[int] | None = None) -> float:
    """How fast the standard error changes with the estimate, by the jackknife within each stratum."""
    cubes = squares = 0.0
    start = 0
    for size in strata or (len(without),):
        part = without[start : start + size]
        start += size
        influence = (size - 1) * (part.mean() - part)
        cubes += float((influence**3).sum()) / size**3
        squares += float((influence**2).sum()) / size**2
    return cubes / (6 * squares**1.5) if squares > 0 else 0.0


@dataclass(frozen=True)
class Pooled:
    """Means (2) of cost and effect over imputations, and their covariance (2 × 2) by Rubin's rules."""

    mean: Array
    covariance: Array
    within: Array
    between: Array


def rubin(estimates: Array, replicates: Sequence[Array]) -> Pooled:
    """Pool estimates (m × 2) with the covariance of each imputation's replicates (m of 2 × B).

    Raises `StatsError` for fewer than two imputations.
    """
    m = len(estimates)
    if m < 2:
        raise StatsError("Rubin's rules need at least two imputations; there is one.")
    within = np.mean([np.cov(one) for one in replicates], axis=0)
    between = np.cov(np.asarray(estimates).T)
    return Pooled(np.mean(estimates, axis=0), within + (1 + 1 / m) * between, within, between)
