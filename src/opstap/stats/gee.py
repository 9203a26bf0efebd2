"""Generalised estimating equations: how a mean depends on arm and visit, in people seen repeatedly.

- Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models. Biometrika 1986;73:13-22.
  doi:10.1093/biomet/73.1.13 (the estimator, its robust variance, and the moment estimators of the
  correlation)
- Mancl LA, DeRouen TA. A covariance estimator for GEE with improved small-sample properties. Biometrics
  2001;57:126-134. doi:10.1111/j.0006-341X.2001.00126.x (fewer than some 50 groups: the robust variance is
  too small, this one is not)

Conventions. The dispersion is the Pearson statistic over n − p, and the correlation's moments divide by the
number of pairs − p, as in Liang and Zeger and in SAS; with `scale="n"` both divide by the plain numbers, as
in R's geepack. R's gee has n − p in the dispersion but scales the pairs by (n − p)/n; statsmodels divides
an unstructured correlation by each visit's own variance. The AR(1) correlation is the moment of
neighbouring visits; geepack uses all lags. The dispersion is estimated for every family, also binomial and
Poisson; it enters the naive errors only. How the equations are solved, and the corrected errors of
Kauermann–Carroll and Fay–Graubard: `estimating.py`.

A missing visit is harmless here only if it is missing completely at random: put a mixed model (`mmrm.py`)
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from opstap.stats import estimating
from opstap.stats.design import Array, Design, StatsError, Term, build, check_choice, wald
from opstap.stats.estimating import CORRECTED, CORRELATIONS, FAMILIES, LINKS, STANDARD_ERRORS, Equations, Solution
from opstap.stats.repeated import Columns, design_of, panel, panels

SCALES = ("n-p", "n")
FEW_GROUPS = 40


@dataclass(frozen=True)
class GeeResult:
    """A fitted GEE. `cov` (p × p) is that of the coefficients by the chosen standard error.

    `correlation` is one number (exchangeable, ar1), a matrix in the order of `visits` (unstructured; None
    for two visits that nobody had both of) or None (independence). `notices` say what a reader should know.
    """

    terms: list[Term]
    cov: Array
    n: int
    groups: int
    correlation: float | list[list[float | None]] | None
    dispersion: float
    visits: list[Any]
    family: str
    link: str
    corr: str
    se: str
    df: float | None
    level: float
    iterations: int
    design: Design = field(repr=False)
    notices: tuple[str, ...] = ()

    @property
    def coefficients(self) -> Array:
        """The estimates (p) in the order of the terms."""
        return np.array([term.estimate for term in self.terms])

    def linear(self, weights: Array, label: str) -> Term:
        """Estimate a linear combination (p weights) of the coefficients, on the link's scale."""
        return wald(
            label,
            float(weights @ self.coefficients),
            float(weights @ self.cov @ weights),
            self.df,
            self.level,
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON."""
        return {
            "terms": [asdict(term) for term in self.terms],
            "n": self.n,
            "groups": self.groups,
            "correlation": self.correlation,
            "dispersion": self.dispersion,
        }


def gee(
    data: pd.DataFrame,
    formula: str,
    group: str,
    visit: str | None = None,
    visit_order: Sequence[Any] | None = None,
    family: str = "gaussian",
    corr: str = "exchangeable",
    se: str = "robust",
    scale: str = "n-p",
    level: float = 0.95,
    link: str | None = None,
) -> GeeResult:
    """Fit a GEE to long data, one row per `group` and `visit`.

    `link` is identity, logit or log; without it, that of the family. Robust and naive standard errors give normal
    statistics; the corrected ones give Student's t with groups − parameters degrees of freedom. `ar1` and
    `unstructured` use the visits' order (without `visit`, that of a group's rows). Raises `StatsError` as
    `design.build` does, and for an unknown option, an outcome outside its family's range, a working correlation
    that is not positive definite, and an iteration that does not converge.
    """
    _check_options(family, corr, se, scale, link)
    design = build(data, formula, group, visit, visit_order)
    _check_possible(design, family, se)
    lost = design.matrix.shape[1] if scale == "n-p" else 0
    equations = Equations(panels(design), len(design.visits), family, link, corr, lost)
    solution = equations.solve()
    _check_solved(int(solution.failed[0]), design, corr, equations)
    cov = equations.covariance(se)[0]
    df = float(design.groups - len(design.terms)) if se in CORRECTED else None
    return GeeResult(
        terms=[
            wald(term, estimate, variance, df, level)
            for term, estimate, variance in zip(design.terms, solution.beta[0], np.diag(cov), strict=True)
        ],
        cov=cov,
        n=design.n,
        groups=design.groups,
        correlation=_shown(solution, corr),
        dispersion=float(solution.dispersion[0]),
        visits=design.visits,
        family=family,
        link=link or FAMILIES[family].link,
        corr=corr,
        se=se,
        df=df,
        level=level,
        iterations=solution.iterations,
        design=design,
        notices=_notices(design, se),
    )


@dataclass(frozen=True)
class GeeTrials:
    """GEE of T trials of one design: `estimate` (T × p), `cov` (T × p × p), `df` (None: normal).

    `sound` (T) is False where a trial did not converge or has no answer; its numbers are NaN.
    """

    estimate: Array
    cov: Array
    df: float | None
    correlation: Array
    sound: NDArray[np.bool_]


def gee_trials(
    outcome: Array,
    matrix: Array | Columns,
    family: str = "gaussian",
    corr: str = "exchangeable",
    se: str = "robust",
    scale: str = "n-p",
    link: str | None = None,
    tolerance: float = 1e-7,
) -> GeeTrials:
    """Fit the same GEE to many trials: `outcome` (T × people × visits, NaN is missing), `matrix` (… × p).

    `matrix` is (people × visits × p) where the trials share it, else (T × people × visits × p), or its distinct
    columns. Raises `StatsError` for an unknown option; what one trial cannot answer is marked in `sound`.
    `tolerance` is of a step, in standard errors.
    """
    _check_options(family, corr, se, scale, link)
    trials = panel(design_of(matrix), outcome)
    lost = trials.p if scale == "n-p" else 0
    equations = Equations([trials], outcome.shape[-1], family, link, corr, lost)
    solution = equations.solve(tolerance)
    sound = solution.failed == estimating.SOUND
    cov = equations.covariance(se)
    df = float(outcome.shape[1] - trials.p) if se in CORRECTED else None
    keep = sound[:, None]
    return GeeTrials(
        np.where(keep, solution.beta, np.nan), np.where(keep[..., None], cov, np.nan), df, solution.correlation, sound
    )


def _check_options(family: str, corr: str, se: str, scale: str, link: str | None) -> None:
    check_choice("family", family, tuple(FAMILIES))
    check_choice("corr", corr, CORRELATIONS)
    check_choice("se", se, STANDARD_ERRORS)
    check_choice("scale", scale, SCALES)
    if link is not None:
        check_choice("link", link, tuple(LINKS))


def _check_possible(design: Design, family: str, se: str) -> None:
    if not FAMILIES[family].possible(design.outcome):
        raise StatsError(f"The outcome of family {family} must be {FAMILIES[family].outcome} in every row.")
    if design.n <= len(design.terms):
        raise StatsError(f"{design.n} rows cannot carry {len(design.terms)} terms; use a shorter formula.")
    if se != "naive" and design.groups <= len(design.terms):
        raise StatsError(
            f"{design.groups} groups cannot carry {len(design.terms)} terms with {se} errors; use a shorter formula."
        )


def _check_solved(reason: int, design: Design, corr: str, equations: Equations) -> None:
    if reason == estimating.NOT_CONVERGED:
        raise StatsError(
            f"The GEE did not converge in {estimating.ITERATIONS} iterations. Look for a term that predicts "
            "a yes-or-no outcome perfectly, or choose a simpler working correlation."
        )
    if reason == estimating.AT_THE_EDGE:
        raise StatsError(
            "The GEE did not converge: fitted values ran to the edge of what is possible. "
            "Look for a term that predicts the outcome perfectly."
        )
    if reason == estimating.EXACT:
        raise StatsError("The terms predict the outcome exactly, so there is no residual to learn from.")
    if reason == estimating.FEW_PAIRS:
        raise StatsError(
            f"Only {int(equations.fewest_pairs(corr))} pair(s) of visits for {len(design.terms)} terms: too few to "
            f"estimate the working correlation {corr!r}. Choose a simpler one, such as independence."
        )
    if reason == estimating.NOT_DEFINITE:
        raise StatsError(
            "The estimated working correlation is not positive definite; choose a simpler one, such as "
            "exchangeable (or scale 'n', if visits are strongly correlated and groups few)."
        )


def _notices(design: Design, se: str) -> tuple[str, ...]:
    if se == "robust" and design.groups < FEW_GROUPS:
        return (
            f"{design.groups} groups are few for robust errors, which come out too small; "
            "prefer mancl-derouen, kauermann-carroll or fay-graubard.",
        )
    return ()


def _shown(solution: Solution, corr: str) -> float | list[list[float | None]] | None:
    if corr == "independence":
        return None
    if corr == "unstructured":
        return [[None if np.isnan(r) else float(r) for r in row] for row in solution.correlation[0]]
    return float(solution.alpha[0])
