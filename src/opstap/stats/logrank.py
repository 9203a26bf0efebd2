"""Whether groups return at the same pace: the log-rank test, and restricted mean time with its difference.

- Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer
  Chemother Rep 1966;50:163-170; Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat
  Soc A 1972;135:185-207. doi:10.2307/2344317
- Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio. BMC Med Res Methodol
  2013;13:152. doi:10.1186/1471-2288-13-152
- Uno H, and others. Moving beyond the hazard ratio in quantifying the between-group difference in survival analysis.
  J Clin Oncol 2014;32:2380-2385. doi:10.1200/JCO.2014.55.2208 (the variance: R's survRM2)

Both with delayed entry: nobody counts before they entered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from opstap.stats.design import Array, StatsError, Term, wald
from opstap.stats.risk import Indices, checked
from opstap.stats.survival import KaplanMeier


@dataclass(frozen=True)
class RankTest:
    """A test that groups are alike, with what was seen and expected in each."""

    statistic: float
    df: int
    p: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]


def logrank(time: ArrayLike, event: ArrayLike, group: ArrayLike, entry: ArrayLike | None = None) -> RankTest:
    """Test whether two or more groups have the same hazard at all times.

    `group` may be anything that sorts. Raises `StatsError` for data that cannot be used, a single group, and no events.
    """
    left, happened, entered = checked(time, event, entry)
    names, which = np.unique(np.asarray(group), return_inverse=True)
    if len(names) < 2:
        raise StatsError("A test between groups needs at least two; there is one.")
    if not happened.any():
        raise StatsError("No event was seen: there is nothing to compare.")
    _times, at_risk, events = group_counts(left, happened == 1, entered, which, len(names))
    everyone, deaths = at_risk.sum(axis=1), events.sum(axis=1)
    share = at_risk / everyone[:, None]
    observed, expected = events.sum(axis=0), (deaths[:, None] * share).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(everyone > 1, deaths * (everyone - deaths) / (everyone - 1), 0.0)
    variance = np.diag((spread[:, None] * share).sum(axis=0)) - (share * spread[:, None]).T @ share
    counted = expected > 0
    gap = (observed - expected)[counted][:-1]
    part = variance[np.ix_(counted, counted)][:-1, :-1]
    if not len(gap) or np.linalg.matrix_rank(part) < len(gap):
        raise StatsError("The groups were never at risk together, so they cannot be compared.")
    statistic = float(gap @ np.linalg.solve(part, gap))
    df = len(gap)
    return RankTest(statistic, df, float(stats.chi2.sf(statistic, df)), tuple(observed), tuple(expected))


def group_counts(
    left: Array, happened: Array, entered: Array | None, which: Indices, groups: int
) -> tuple[Array, Array, Array]:
    """At each distinct event time: the time, and per group how many were at risk and had the event (E × groups)."""
    times = np.unique(left[happened])
    at_risk, events = np.empty((len(times), groups)), np.empty((len(times), groups))
    for number in range(groups):
        mine = which == number
        out = np.sort(left[mine])
        at_risk[:, number] = len(out) - np.searchsorted(out, times, side="left")
        if entered is not None:
            at_risk[:, number] -= len(out) - np.searchsorted(np.sort(entered[mine]), times, side="left")
        events[:, number] = np.bincount(np.searchsorted(times, left[mine & happened]), minlength=len(times))
    return times, at_risk, events


@dataclass(frozen=True)
class RestrictedMean:
    """The mean time without the event up to `tau`, counted from `since` (0, or where the curve was begun)."""

    tau: float
    estimate: float
    se: float
    low: float
    high: float


def restricted_mean(curve: KaplanMeier, tau: float, since: float = 0.0, level: float = 0.95) -> RestrictedMean:
    """Give the area under a Kaplan–Meier curve from `since` to `tau`, with Greenwood's variance.

    Raises `StatsError` where the curve ends before `tau` above 0: nothing is known there.
    """
    if tau <= since:
        raise StatsError(f"tau {tau:g} must lie after {since:g}, from where the curve runs.")
    if tau > curve.times[-1] and curve.survival[-1] > 0:
        raise StatsError(f"Nobody was observed up to {tau:g}; choose tau up to {curve.times[-1]:g}.")
    inside = curve.times < tau
    times = np.concatenate([[since], curve.times[inside], [tau]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(times) * heights
    after = np.cumsum(areas[::-1])[::-1][1:]
    at_risk, events = curve.at_risk[inside].astype(float), curve.events[inside].astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
    se = float(np.sqrt(np.sum(after**2 * weights)))
    estimate = float(areas.sum())
    reach = float(stats.norm.ppf(0.5 + level / 2)) * se
    return RestrictedMean(tau, estimate, se, estimate - reach, estimate + reach)


def restricted_mean_difference(one: RestrictedMean, other: RestrictedMean, label: str, level: float = 0.95) -> Term:
    """Estimate the difference of two groups' restricted means, `one` − `other`.

    Raises `StatsError` when they run to different times.
    """
    if one.tau != other.tau:
        raise StatsError(f"Restricted means to {one.tau:g} and {other.tau:g} cannot be compared; use one tau.")
    return wald(label, one.estimate - other.estimate, one.se**2 + other.se**2, None, level)
