"""From what a study reported to its effect and variance: counts, means, or an effect with its interval.

- Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. Biometrics
  1985;41:55-68. doi:10.2307/2530643; Robins J, Breslow N, Greenland S. Estimators of the Mantel–Haenszel variance
  consistent in both sparse data and large-strata limiting models. Biometrics 1986;42:311-323. doi:10.2307/2531052;
  Sato T, Greenland S, Robins JM. On the variance estimator for the Mantel–Haenszel risk difference. Biometrics
  1989;45:1323-1324 (pooled without a correction, also with empty cells)
- Hedges LV. Distribution theory for Glass's estimator of effect size and related estimators. J Educ Stat
  1981;6:107-128. doi:10.3102/10769986006002107 (standardised mean difference: exact correction and the variance of
  R's metafor; `revman=True` has RevMan's approximations)
- Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. Cochrane 2010.

Ratios are handled as logarithms. An empty cell gets 0.5 in each cell of that study only. For a ratio, a study without
any event in both arms (for the odds ratio also: without anybody free of it) tells nothing and is left out, as in
RevMan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from opstap.stats.design import Array, StatsError, check_choice

MEASURES = ("rr", "or", "rd", "hr", "md", "smd")
RATIOS = ("rr", "or", "hr")


@dataclass(frozen=True)
class Effects:
    """Studies' effects (logarithms for ratios) with variances; `usable` is False where a study tells nothing.

    `counts` (k × 4: events and people of either arm) is there for what Mantel and Haenszel pool.
    """

    measure: str
    effect: Array
    variance: Array
    usable: NDArray[np.bool_]
    counts: Array | None = None

    @property
    def ratio(self) -> bool:
        """Whether effects are logarithms of a ratio."""
        return self.measure in RATIOS


def from_counts(measure: str, events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> Effects:
    """Give risk ratio, odds ratio or risk difference (rr, or, rd) of arm 1 against arm 2.

    Raises `StatsError` for counts that are no counts.
    """
    check_choice("measure", measure, ("rr", "or", "rd"))
    table = np.column_stack([np.asarray(each, dtype=float) for each in (events_1, n_1, events_2, n_2)])
    wrong = ~np.isfinite(table).all(axis=1) | (table < 0).any(axis=1) | (table[:, [1, 3]] <= 0).any(axis=1)
    wrong |= (table[:, 0] > table[:, 1]) | (table[:, 2] > table[:, 3])
    if wrong.any():
        raise StatsError(
            f"Study {int(np.flatnonzero(wrong)[0]) + 1}: events must lie between 0 and the number of people, "
            "and each arm needs somebody."
        )
    cells = np.column_stack([table[:, 0], table[:, 1] - table[:, 0], table[:, 2], table[:, 3] - table[:, 2]])
    usable = np.ones(len(cells), dtype=bool)
    if measure != "rd":
        usable &= ~((cells[:, 0] == 0) & (cells[:, 2] == 0))
    if measure == "or":
        usable &= ~((cells[:, 1] == 0) & (cells[:, 3] == 0))
    filled = cells + 0.5 * (cells == 0).any(axis=1)[:, None]
    a, b, c, d = filled.T
    one, other = a + b, c + d
    if measure == "rr":
        effect, variance = np.log(a / one / (c / other)), 1 / a - 1 / one + 1 / c - 1 / other
    elif measure == "or":
        effect, variance = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    else:
        effect, variance = a / one - c / other, a * b / one**3 + c * d / other**3
    return Effects(measure, effect, variance, usable, table)


def from_means(
    measure: str,
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    n_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    n_2: ArrayLike,
    revman: bool = False,
) -> Effects:
    """Give the mean difference (md) or Hedges' standardised one (smd) of arm 1 against arm 2.

    Raises `StatsError` for spreads that are not above 0, or arms of fewer than two.
    """
    check_choice("measure", measure, ("md", "smd"))
    m1, s1, n1, m2, s2, n2 = (np.asarray(each, dtype=float) for each in (mean_1, sd_1, n_1, mean_2, sd_2, n_2))
    wrong = ~((s1 > 0) & (s2 > 0) & (n1 > 1) & (n2 > 1) & np.isfinite(m1 + m2 + s1 + s2))
    if wrong.any():
        raise StatsError(
            f"Study {int(np.flatnonzero(wrong)[0]) + 1}: needs means, standard deviations above 0, two people an arm."
        )
    usable = np.ones(len(m1), dtype=bool)
    if measure == "md":
        return Effects(measure, m1 - m2, s1**2 / n1 + s2**2 / n2, usable)
    df, total = n1 + n2 - 2, n1 + n2
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    if revman:
        effect = (m1 - m2) / pooled * (1 - 3 / (4 * total - 9))
        return Effects(measure, effect, total / (n1 * n2) + effect**2 / (2 * (total - 3.94)), usable)
    exact = np.exp(special.gammaln(df / 2) - np.log(np.sqrt(df / 2)) - special.gammaln((df - 1) / 2))
    effect = (m1 - m2) / pooled * exact
    return Effects(measure, effect, 1 / n1 + 1 / n2 + effect**2 / (2 * total), usable)


def from_estimates(
    measure: str,
    effect: ArrayLike,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    se: ArrayLike | None = None,
    level: float = 0.95,
) -> Effects:
    """Take effects as reported: with an interval on the measure's own scale, or with a standard error.

    With `se`, ratios and their errors are logarithms already. Raises `StatsError` for an interval that does not hold
    its estimate, a ratio that is not above 0, and a standard error that is not.
    """
    check_choice("measure", measure, MEASURES)
    estimate = np.asarray(effect, dtype=float)
    if se is not None:
        error = np.asarray(se, dtype=float)
        wrong = ~(np.isfinite(estimate) & np.isfinite(error) & (error > 0))
        if wrong.any():
            raise StatsError(
                f"Study {int(np.flatnonzero(wrong)[0]) + 1}: needs an effect and a standard error above 0."
            )
        return Effects(measure, estimate, error**2, np.ones(len(estimate), dtype=bool))
    if low is None or high is None:
        raise StatsError("An effect needs its interval (low, high) or its standard error (se).")
    bottom, top = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if measure in RATIOS:
        if not ((estimate > 0) & (bottom > 0)).all():
            where = int(np.flatnonzero(~((estimate > 0) & (bottom > 0)))[0]) + 1
            raise StatsError(f"Study {where}: a ratio and its interval must lie above 0.")
        estimate, bottom, top = np.log(estimate), np.log(bottom), np.log(top)
    wrong = ~((bottom < top) & (bottom <= estimate) & (estimate <= top))
    if wrong.any():
        raise StatsError(f"Study {int(np.flatnonzero(wrong)[0]) + 1}: the interval does not hold its estimate.")
    width = 2 * float(stats.norm.ppf(0.5 + level / 2))
    return Effects(measure, estimate, ((top - bottom) / width) ** 2, np.ones(len(estimate), dtype=bool))


def mantel_haenszel(measure: str, counts: Array) -> tuple[float, float]:
    """Pool tables (k × 4: events and people of either arm): estimate (logarithm for ratios) and variance.

    Raises `StatsError` where nothing can be estimated.
    """
    a, n1, c, n2 = counts.T
    b, d, n = n1 - a, n2 - c, n1 + n2
    if measure == "rr":
        r, s = a * n2 / n, c * n1 / n
        p = (n1 * n2 * (a + c) - a * c * n) / n**2
        _check_pooled(r.sum(), s.sum())
        return float(np.log(r.sum() / s.sum())), float(p.sum() / (r.sum() * s.sum()))
    if measure == "or":
        r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        total_r, total_s = r.sum(), s.sum()
        _check_pooled(total_r, total_s)
        variance = (
            (p * r).sum() / (2 * total_r**2)
            + (p * s + q * r).sum() / (2 * total_r * total_s)
            + (q * s).sum() / (2 * total_s**2)
        )
        return float(np.log(total_r / total_s)), float(variance)
    weight = n1 * n2 / n
    estimate = float(((a * n2 - c * n1) / n).sum() / weight.sum())
    inner = estimate * (c * (n1 / n) ** 2 - a * (n2 / n) ** 2 + n1 / n * n2 / n * (n2 - n1) / 2).sum()
    return estimate, float((inner + ((a * d + c * b) / n).sum() / 2) / weight.sum() ** 2)


def _check_pooled(above: float, below: float) -> None:
    if not (above > 0 and below > 0):
        raise StatsError("One of the arms has no event in any study, so no ratio can be pooled; use rd.")
