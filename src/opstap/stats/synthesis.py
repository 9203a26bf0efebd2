"""Evidence put together: one effect from several studies, how much they differ, and what a next one may show.

- DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177-188.
  doi:10.1016/0197-2456(86)90046-2
- Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects model. J Educ Behav
  Stat 2005;30:261-293. doi:10.3102/10769986030003261 (REML)
- Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur Stand 1982;87:377-385.
  doi:10.6028/jres.087.022
- Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. Stat Med
  2003;22:2693-2710. doi:10.1002/sim.1482; IntHout J, Ioannidis JPA, Borm GF. BMC Med Res Methodol 2014;14:25
- Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects meta-analysis. J R Stat Soc A
  2009;172:137-159. doi:10.1111/j.1467-985X.2008.00552.x (prediction interval, t on k − 2)
- Egger M, Davey Smith G, Schneider M, Minder C. Bias in meta-analysis detected by a simple, graphical test. BMJ
  1997;315:629-634. doi:10.1136/bmj.315.7109.629

`mh-random` is RevMan's: DerSimonian and Laird's variance around the Mantel–Haenszel estimate, then inverse-variance
weights; it differs from `dl`. REML is iterated to the end (R's metafor stops at 1e-5 unless told otherwise). I² is
τ²/(τ² + typical variance), in percent, as in metafor; for `dl` and without τ² that is (Q − df)/Q. The
Hartung–Knapp interval is not kept from being narrower than Wald's.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from opstap.stats.design import Array, StatsError, Term, check_choice, wald
from opstap.stats.effects import Effects, mantel_haenszel

METHODS = ("dl", "reml", "pm", "fixed", "mh", "mh-random")
INTERVALS = ("wald", "hksj")


@dataclass(frozen=True)
class Pooled:
    """A pooled effect, on the scale of the effects (logarithms for ratios); None where it does not exist."""

    estimate: float
    se: float
    low: float
    high: float
    statistic: float
    df: float | None
    p: float
    k: int
    tau2: float
    i2: float
    q: float
    q_df: int
    q_p: float | None
    prediction_low: float | None
    prediction_high: float | None
    weights: Array


def pool(effects: Effects, method: str = "reml", ci: str = "wald", level: float = 0.95) -> Pooled:
    """Pool the usable studies. `weights` are in percent, 0 for those left out.

    Raises `StatsError` for an unknown option, no study left, and Mantel–Haenszel without counts.
    """
    check_choice("method", method, METHODS)
    check_choice("ci", ci, INTERVALS)
    y, v = effects.effect[effects.usable], effects.variance[effects.usable]
    k = len(y)
    if not k:
        raise StatsError("No study tells anything about this effect; nothing can be pooled.")
    if method in ("fixed", "mh") and ci == "hksj":
        raise StatsError("Hartung–Knapp belongs to a random-effects method; choose dl, reml, pm or mh-random.")
    centre = None
    counts = effects.counts
    if method.startswith("mh"):
        if counts is None:
            raise StatsError("Mantel–Haenszel needs counts (events_1, n_1, events_2, n_2); choose another method.")
        centre, centre_variance = mantel_haenszel(effects.measure, counts)
    tau2 = 0.0 if method in ("fixed", "mh") or k == 1 else _TAU2[method](y, v, centre)
    weights: Array = 1 / (v + tau2)
    estimate = float(weights @ y / weights.sum())
    variance = float(1 / weights.sum())
    df: float | None = None
    if method == "mh":
        assert centre is not None
        assert counts is not None
        estimate, variance = centre, centre_variance
        weights = _mantel_haenszel_weights(effects.measure, counts[effects.usable])
    if ci == "hksj":
        if k < 2:
            raise StatsError("Hartung–Knapp needs at least two studies; choose --ci wald.")
        variance = float(weights @ (y - estimate) ** 2 / ((k - 1) * weights.sum()))
        df = float(k - 1)
    term = wald("pooled", estimate, variance, df, level)
    around = estimate if centre is None else centre
    fixed = 1 / v
    middle = float(fixed @ y / fixed.sum()) if centre is None else around
    q = float(fixed @ (y - middle) ** 2)
    low, high = _prediction(estimate, variance, tau2, k, method, level)
    return Pooled(
        estimate=estimate,
        se=term.se,
        low=term.low,
        high=term.high,
        statistic=term.statistic,
        df=df,
        p=term.p,
        k=k,
        tau2=tau2,
        i2=_i2(v, tau2, q, method),
        q=q,
        q_df=k - 1,
        q_p=float(stats.chi2.sf(q, k - 1)) if k > 1 else None,
        prediction_low=low,
        prediction_high=high,
        weights=_percent(weights, effects),
    )


def _percent(weights: Array, effects: Effects) -> Array:
    out = np.zeros(len(effects.usable))
    out[effects.usable] = 100 * weights / weights.sum()
    return out


def _mantel_haenszel_weights(measure: str, counts: Array) -> Array:
    a, n1, c, n2 = counts.T
    n = n1 + n2
    if measure == "rr":
        return np.asarray(c * n1 / n)
    return np.asarray((n1 - a) * c / n if measure == "or" else n1 * n2 / n)


def _prediction(
    estimate: float, variance: float, tau2: float, k: int, method: str, level: float
) -> tuple[float | None, float | None]:
    if method in ("fixed", "mh") or k < 3:
        return None, None
    reach = float(stats.t.ppf(0.5 + level / 2, k - 2) * np.sqrt(tau2 + variance))
    return estimate - reach, estimate + reach


def _i2(v: Array, tau2: float, q: float, method: str) -> float:
    k = len(v)
    if k < 2:
        return 0.0
    if method in ("reml", "pm"):
        w = 1 / v
        typical = (k - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
        return float(100 * tau2 / (tau2 + typical))
    return float(100 * max(0.0, (q - (k - 1)) / q)) if q > 0 else 0.0


def _dersimonian_laird(y: Array, v: Array, centre: float | None) -> float:
    w = 1 / v
    middle = w @ y / w.sum() if centre is None else centre
    q = float(w @ (y - middle) ** 2)
    return max(0.0, (q - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def _paule_mandel(y: Array, v: Array, centre: float | None) -> float:
    def excess(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float(w @ (y - w @ y / w.sum()) ** 2) - (len(y) - 1)

    if excess(0.0) <= 0:
        return 0.0
    high = float(np.var(y) + v.max())
    while excess(high) > 0:
        high *= 2
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-14))


def _reml(y: Array, v: Array, centre: float | None) -> float:
    return reml_tau2(y, v, np.ones((len(y), 1)))


def reml_tau2(y: Array, v: Array, x: Array) -> float:
    """Give the variance between studies by restricted likelihood, given moderators (k × p), to full precision."""

    def score(tau2: float) -> float:
        w = 1 / (v + tau2)
        bread = np.linalg.inv((x * w[:, None]).T @ x)
        residual = y - x @ (bread @ (x.T @ (w * y)))
        trace = w.sum() - np.trace(bread @ (x * (w**2)[:, None]).T @ x)
        return float((w * residual) @ (w * residual) - trace)

    def loglik(tau2: float) -> float:
        w = 1 / (v + tau2)
        square = (x * w[:, None]).T @ x
        residual = y - x @ np.linalg.solve(square, x.T @ (w * y))
        return float(np.log(w).sum() - np.linalg.slogdet(square)[1] - w @ residual**2) / 2

    # The likelihood may have more than one top: look at a grid of the score's changes of sign.
    top = 10 * float(np.var(y) + v.max()) + 1e-12
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-8, top, 200)])
    values = [score(point) for point in grid]
    tops = [0.0]
    for left, right, before, after in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True):
        if before > 0 >= after:
            tops.append(float(optimize.brentq(score, left, right, xtol=1e-15, rtol=1e-14)))
    return max(tops, key=loglik)


_TAU2 = {"dl": _dersimonian_laird, "mh-random": _dersimonian_laird, "pm": _paule_mandel, "reml": _reml}


@dataclass(frozen=True)
class Subgroups:
    """Pooled effects of subgroups, and the test that they are alike."""

    names: list[Hashable]
    pooled: list[Pooled]
    q: float
    df: int
    p: float | None


def by_subgroup(
    effects: Effects, groups: Sequence[Hashable], method: str = "reml", ci: str = "wald", level: float = 0.95
) -> Subgroups:
    """Pool each subgroup by itself (with its own variance between studies), and test whether they differ.

    Raises `StatsError` as `pool` does.
    """
    if len(groups) != len(effects.effect):
        raise StatsError("There must be one subgroup for each study.")
    names = list(dict.fromkeys(groups))
    pooled = []
    for name in names:
        mine = np.array([one == name for one in groups])
        part = Effects(
            effects.measure,
            effects.effect[mine],
            effects.variance[mine],
            effects.usable[mine],
            None if effects.counts is None else effects.counts[mine],
        )
        pooled.append(pool(part, method, ci if mine.sum() > 1 else "wald", level))
    w = np.array([1 / one.se**2 for one in pooled])
    y = np.array([one.estimate for one in pooled])
    q = float(w @ (y - w @ y / w.sum()) ** 2)
    df = len(names) - 1
    return Subgroups(names, pooled, q, df, float(stats.chi2.sf(q, df)) if df else None)


@dataclass(frozen=True)
class MetaRegression:
    """Effects as a function of moderators; `tau2` is what they leave unexplained between studies."""

    terms: list[Term]
    tau2: float
    q: float
    q_df: int
    q_p: float


def meta_regression(
    effects: Effects,
    matrix: Array,
    terms: Sequence[str],
    method: str = "reml",
    ci: str = "wald",
    level: float = 0.95,
) -> MetaRegression:
    """Fit effects on moderators (k × p, with an intercept if there is to be one).

    `method` is reml or fixed. Raises `StatsError` for an unknown option, and too few studies for the moderators.
    """
    check_choice("method", method, ("reml", "fixed"))
    check_choice("ci", ci, INTERVALS)
    keep = effects.usable
    y, v, x = effects.effect[keep], effects.variance[keep], matrix[keep]
    k, p = x.shape
    if k <= p or np.linalg.matrix_rank(x) < p:
        raise StatsError(f"{k} studies cannot carry {p} terms; use fewer moderators.")
    tau2 = reml_tau2(y, v, x) if method == "reml" else 0.0
    w = 1 / (v + tau2)
    cov = np.linalg.inv((x * w[:, None]).T @ x)
    beta = cov @ (x.T @ (w * y))
    df = None
    if ci == "hksj":
        cov = cov * float(w @ (y - x @ beta) ** 2 / (k - p))
        df = float(k - p)
    plain = 1 / v
    left = y - x @ np.linalg.solve((x * plain[:, None]).T @ x, x.T @ (plain * y))
    q = float(plain @ left**2)
    found = [wald(*one, df, level) for one in zip(terms, beta, np.diag(cov), strict=True)]
    return MetaRegression(found, tau2, q, k - p, float(stats.chi2.sf(q, k - p)))


def egger(effects: Effects, level: float = 0.95) -> Term:
    """Test the funnel for asymmetry: effects on their standard errors, weighted; t on k − 2.

    Raises `StatsError` with fewer than three studies. With fewer than ten it says little.
    """
    y, se = effects.effect[effects.usable], np.sqrt(effects.variance[effects.usable])
    if len(y) < 3 or np.ptp(se) == 0:
        raise StatsError("Egger's test needs at least three studies of different precision.")
    x = np.column_stack([np.ones(len(y)), se])
    w = 1 / se**2
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    beta = bread @ (x.T @ (w * y))
    scale = float(w @ (y - x @ beta) ** 2 / (len(y) - 2))
    return wald("asymmetry", float(beta[1]), scale * float(bread[1, 1]), float(len(y) - 2), level)
