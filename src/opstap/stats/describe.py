"""Describing a group and its change: shares, means, quartiles, standardised differences.

- Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc
  1927;22:209-212. doi:10.1080/01621459.1927.10502953 (interval of a proportion)
- Student. The probable error of a mean. Biometrika 1908;6:1-25. doi:10.1093/biomet/6.1.1 (change within
  people)
- Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361-365.
  doi:10.1080/00031305.1996.10473566 (quartiles: their type 7)
- Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between treatment
  groups in propensity-score matched samples. Stat Med 2009;28:3083-3107. doi:10.1002/sim.3697 (standardised
  difference)
- Yang D, Dalton JE. A unified approach to measuring the effect size between two groups using SAS. SAS
  Global Forum 2012, paper 335 (standardised difference of a category with several levels)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from opstap.stats.design import Array, StatsError


@dataclass(frozen=True)
class Proportion:
    """A share with its Wilson interval; None when there is nobody to take a share of."""

    count: int
    n: int
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Change:
    """Mean change within people who have both values; what needs a spread is None with fewer than two."""

    n: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    statistic: float | None
    df: int | None
    p: float | None


@dataclass(frozen=True)
class Summary:
    """A number over a group: n with a value, how many are missing, and the usual moments and quartiles."""

    n: int
    missing: int
    mean: float | None
    sd: float | None
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class Counts:
    """A category over a group: how many at each level (also levels with none), and how many are missing."""

    n: int
    missing: int
    counts: dict[Hashable, int]

    def share(self, level: Hashable) -> float | None:
        """Give the share of those with a value who are at this level."""
        return self.counts[level] / self.n if self.n else None


@dataclass(frozen=True)
class Likert:
    """Answers on an ordered scale: how many gave each, how many said it does not apply to them, how many nothing.

    `n` gave an answer on the scale. `median` is the lowest level that half of them do not exceed; `agree` is the share
    (Wilson) at or above a level.
    """

    n: int
    not_applicable: int
    missing: int
    counts: dict[Hashable, int]
    median: Hashable | None
    agree: Proportion


def likert(
    values: Iterable[Hashable | None],
    levels: Sequence[Hashable],
    not_applicable: Hashable | None = None,
    agree_from: Hashable | None = None,
    level: float = 0.95,
) -> Likert:
    """Describe answers on a scale; who says it does not apply counts in no share.

    `agree_from` is the lowest level that counts as agreement (else the upper half of the scale, its middle left out).
    Raises `StatsError` for an answer that is not on the scale.
    """
    everything = list(values)
    apart = [value for value in everything if not _is_missing(value) and value == not_applicable]
    on_scale = [value for value in everything if not _is_missing(value) and value != not_applicable]
    found = counts(on_scale, levels)
    if agree_from is not None and agree_from not in levels:
        raise StatsError(f"Level {agree_from} is not on the scale {', '.join(map(str, levels))}.")
    first = list(levels).index(agree_from) if agree_from is not None else (len(levels) + 1) // 2
    running, median = 0, None
    for one in levels:
        running += found.counts[one]
        if found.n and median is None and 2 * running >= found.n:
            median = one
    agreed = sum(found.counts[one] for one in list(levels)[first:])
    missing = len(everything) - len(on_scale) - len(apart)
    return Likert(found.n, len(apart), missing, found.counts, median, proportion(agreed, found.n, level))


def proportion(count: int, n: int, level: float = 0.95) -> Proportion:
    """Estimate a share with its Wilson score interval, without continuity correction.

    Raises `StatsError` unless 0 ≤ count ≤ n.
    """
    if not 0 <= count <= n:
        raise StatsError(f"{count} of {n} is no share; the count must lie between 0 and the number of people.")
    if n == 0:
        return Proportion(0, 0, None, None, None)
    z = float(stats.norm.ppf(0.5 + level / 2))
    share = count / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    # At 0 and n the bound is exact; rounding must not push it past.
    low = 0.0 if count == 0 else max(0.0, centre - reach)
    high = 1.0 if count == n else min(1.0, centre + reach)
    return Proportion(count, n, share, low, high)


def change(before: ArrayLike, after: ArrayLike, level: float = 0.95) -> Change:
    """Describe after − before in people with both, with Student's interval and the paired t-test against 0.

    Raises `StatsError` for columns of unequal length.
    """
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.shape != second.shape:
        raise StatsError("before and after must be columns of equal length, one row a person.")
    difference = _known(second - first)
    n = len(difference)
    if n < 2:
        return Change(n, float(difference[0]) if n else None, None, None, None, None, None, None)
    mean, sd = float(difference.mean()), float(difference.std(ddof=1))
    se = sd / float(np.sqrt(n))
    reach = float(stats.t.ppf(0.5 + level / 2, n - 1)) * se
    statistic = mean / se if se > 0 else None
    p = None if statistic is None else float(2 * stats.t.sf(abs(statistic), n - 1))
    return Change(n, mean, sd, mean - reach, mean + reach, statistic, n - 1, p)


def summary(values: ArrayLike) -> Summary:
    """Describe a number over a group; NaN is missing. The standard deviation divides by n − 1."""
    everything = np.asarray(values, dtype=float)
    known = _known(everything)
    missing = everything.size - known.size
    if not known.size:
        return Summary(0, missing, None, None, None, None, None, None, None)
    lower, median, upper = (float(value) for value in np.quantile(known, (0.25, 0.5, 0.75)))
    return Summary(
        n=known.size,
        missing=missing,
        mean=float(known.mean()),
        sd=float(known.std(ddof=1)) if known.size > 1 else None,
        median=median,
        lower_quartile=lower,
        upper_quartile=upper,
        minimum=float(known.min()),
        maximum=float(known.max()),
    )


def counts(values: Iterable[Hashable | None], levels: Sequence[Hashable] | None = None) -> Counts:
    """Count a category over a group; None and NaN are missing.

    `levels` gives the order, also of levels that nobody has.
    Raises `StatsError` for a value that `levels` does not name.
    """
    everything = list(values)
    known = [value for value in everything if not _is_missing(value)]
    found = Counter(known)
    order = list(levels) if levels is not None else sorted(found, key=str)
    unknown = sorted({str(value) for value in found if value not in order})
    if unknown:
        raise StatsError(f"Value {', '.join(unknown)} is not among the levels {', '.join(map(str, order))}.")
    return Counts(len(known), len(everything) - len(known), {level: found[level] for level in order})


def standardised_difference(one: ArrayLike, other: ArrayLike) -> float | None:
    """Give the difference in means, `one` − `other`, in pooled standard deviations; None without any spread.

    For a yes-or-no value coded 0 and 1 use `standardised_difference_of_counts`, whose variance is p(1 − p).
    """
    first, second = _known(np.asarray(one, dtype=float)), _known(np.asarray(other, dtype=float))
    if len(first) < 2 or len(second) < 2:
        return None
    spread = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2))
    return float(first.mean() - second.mean()) / spread if spread > 0 else None


def standardised_difference_of_counts(one: Counts, other: Counts) -> float | None:
    """Give the distance (0 or more) of two groups in a category, in standard deviations; None without spread.

    Raises `StatsError` when the two were counted over different levels.
    """
    if list(one.counts) != list(other.counts):
        raise StatsError("The two groups were counted over different levels; give the same levels to both.")
    if not one.n or not other.n:
        return None
    # A level that neither has tells nothing, and the last follows from the others.
    levels = [level for level in one.counts if one.counts[level] + other.counts[level] > 0][1:]
    first, second = (np.array([group.counts[level] / group.n for level in levels]) for group in (one, other))
    if not levels:
        return None
    covariance = (_multinomial(first) + _multinomial(second)) / 2
    if np.linalg.matrix_rank(covariance) < len(levels):
        return None
    gap = first - second
    return float(np.sqrt(gap @ np.linalg.solve(covariance, gap)))


def _multinomial(shares: Array) -> Array:
    return np.asarray(np.diag(shares) - np.outer(shares, shares))


def _known(values: Array) -> Array:
    return values[~np.isnan(values)]


def _is_missing(value: object) -> bool:
    return value is None or value != value
