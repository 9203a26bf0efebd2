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
Poisson; it enters the naive errors only.

A missing visit is harmless here only if it is missing completely at random: put a mixed model (`mmrm.py`)
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from opstap.stats.design import Array, Block, Design, StatsError, Term, build, wald

CORRELATIONS = ("independence", "exchangeable", "ar1", "unstructured")
STANDARD_ERRORS = ("robust", "mancl-derouen", "naive")
SCALES = ("n-p", "n")
_ITERATIONS = 100
_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Family:
    """A distribution with its canonical link, for which the derivative of the mean equals the variance."""

    mean: Callable[[Array], Array]
    variance: Callable[[Array], Array]
    start: Callable[[Array], Array]
    possible: Callable[[Array], bool]
    outcome: str


FAMILIES = {
    "gaussian": Family(lambda eta: eta, np.ones_like, lambda y: y, lambda y: True, "a number"),
    "binomial": Family(
        expit,
        lambda mu: mu * (1 - mu),
        lambda y: logit((y + 0.5) / 2),
        lambda y: bool(((y >= 0) & (y <= 1)).all()),
        "between 0 and 1",
    ),
    "poisson": Family(np.exp, lambda mu: mu, lambda y: np.log(y + 0.5), lambda y: bool((y >= 0).all()), "0 or more"),
}


@dataclass(frozen=True)
class GeeResult:
    """A fitted GEE. `cov` (p × p) is that of the coefficients by the chosen standard error.

    `correlation` is one number (exchangeable, ar1), a matrix in the order of `visits` (unstructured; None
    for two visits that nobody had both of) or None (independence).
    """

    terms: list[Term]
    cov: Array
    n: int
    groups: int
    correlation: float | list[list[float | None]] | None
    dispersion: float
    visits: list[Any]
    family: str
    corr: str
    se: str
    df: float | None
    level: float
    iterations: int
    design: Design = field(repr=False)

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
) -> GeeResult:
    """Fit a GEE to long data, one row per `group` and `visit`.

    Robust and naive standard errors give normal statistics; `mancl-derouen` gives Student's t with groups −
    parameters degrees of freedom. `ar1` and `unstructured` use the visits' order (without `visit`, that of
    a group's rows). Raises `StatsError` as `design.build` does, and for an unknown option, an outcome
    outside its family's range, a working correlation that is not positive definite, and an iteration that
    does not converge.
    """
    for name, value, choices in (
        ("family", family, tuple(FAMILIES)),
        ("corr", corr, CORRELATIONS),
        ("se", se, STANDARD_ERRORS),
        ("scale", scale, SCALES),
    ):
        if value not in choices:
            raise StatsError(f"{name} {value!r} is not known; choose one of {', '.join(choices)}.")
    design = build(data, formula, group, visit, visit_order)
    _check_possible(design, family, se)
    fit = _Fit(design, FAMILIES[family], corr, design.matrix.shape[1] if scale == "n-p" else 0)
    fit.solve()
    cov = fit.covariance(se)
    df = float(design.groups - len(design.terms)) if se == "mancl-derouen" else None
    return GeeResult(
        terms=[
            wald(term, estimate, variance, df, level)
            for term, estimate, variance in zip(design.terms, fit.beta, np.diag(cov), strict=True)
        ],
        cov=cov,
        n=design.n,
        groups=design.groups,
        correlation=fit.correlation,
        dispersion=fit.dispersion,
        visits=design.visits,
        family=family,
        corr=corr,
        se=se,
        df=df,
        level=level,
        iterations=fit.iterations,
        design=design,
    )


def _check_possible(design: Design, family: str, se: str) -> None:
    if not FAMILIES[family].possible(design.outcome):
        raise StatsError(f"The outcome of family {family} must be {FAMILIES[family].outcome} in every row.")
    if design.n <= len(design.terms):
        raise StatsError(f"{design.n} rows cannot carry {len(design.terms)} terms; use a shorter formula.")
    if se != "naive" and design.groups <= len(design.terms):
        raise StatsError(
            f"{design.groups} groups cannot carry {len(design.terms)} terms with {se} errors; use a shorter formula."
        )


class _Fit:
    """The iteration: coefficients given the working correlation, and the correlation given the residuals."""

    def __init__(self, design: Design, family: Family, corr: str, lost: int) -> None:
        self.design, self.family, self.corr, self.lost = design, family, corr, lost
        self.beta = np.linalg.lstsq(design.matrix, family.start(design.outcome), rcond=None)[0]
        self.correlation: float | list[list[float | None]] | None = None
        self.dispersion = 1.0
        self.iterations = 0

    def solve(self) -> None:
        # The independence fit first: its residuals are a sound start for the correlation.
        self._iterate("independence")
        self._iterate(self.corr)

    def covariance(self, se: str) -> Array:
        if se == "naive":
            return self.dispersion * np.linalg.inv(self.information)
        bread = np.linalg.inv(self.information)
        meat = np.zeros_like(bread)
        for block, inverse in zip(self.design.blocks, self.inverses, strict=True):
            x = self.x[block.rows]
            residual: Array = self.residual[block.rows]
            weighted = inverse @ x
            if se == "mancl-derouen":
                leverage = x @ bread @ weighted.transpose(0, 2, 1)
                remaining = np.eye(len(block.visits)) - leverage
                residual = np.linalg.solve(remaining, residual[..., None])[..., 0]
            scores = np.einsum("gmp,gm->gp", weighted, residual)
            meat += scores.T @ scores
        return bread @ meat @ bread

    def _iterate(self, corr: str) -> None:
        # A residual is known no better than the outcome's own last digits.
        rounding = np.finfo(float).eps * float(np.abs(self.design.outcome).max()) * np.sqrt(self.design.n)
        for _ in range(_ITERATIONS):
            self._update(corr)
            step = np.linalg.solve(self.information, self.score)
            self.beta = self.beta + step
            self.iterations += 1
            if not np.isfinite(step).all():
                break
            # Measured in standard errors, so that a covariate's unit does not matter.
            reached = _TOLERANCE * np.sqrt(self.dispersion) + rounding
            if (np.abs(step) * np.sqrt(np.diag(self.information)) < reached).all():
                self._update(corr)
                return
        raise StatsError(
            f"The GEE did not converge in {_ITERATIONS} iterations. Look for a term that predicts "
            "a yes-or-no outcome perfectly, or choose a simpler working correlation."
        )

    def _update(self, corr: str) -> None:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            mean = self.family.mean(self.design.matrix @ self.beta)
            root = np.sqrt(self.family.variance(mean))
            self.residual = (self.design.outcome - mean) / root
            # The links are canonical: d mean / d eta is the variance, so a row of the scaled design is root
            # * x.
            self.x = self.design.matrix * root[:, None]
        if not (np.isfinite(self.residual).all() and np.isfinite(self.x).all() and root.min() > 1e-7):
            raise StatsError(
                "The GEE did not converge: fitted values ran to the edge of what is possible. "
                "Look for a term that predicts the outcome perfectly."
            )
        self.dispersion = float(self.residual @ self.residual) / (self.design.n - self.lost)
        if self.dispersion < 1e-20:
            raise StatsError("The terms predict the outcome exactly, so there is no residual to learn from.")
        working = self._working(corr)
        p = self.design.matrix.shape[1]
        self.information, self.score = np.zeros((p, p)), np.zeros(p)
        self.inverses: list[Array] = []
        for block in self.design.blocks:
            inverse = _inverse(working(block))
            x = self.x[block.rows]
            weighted = inverse @ x
            self.information += np.einsum("gmp,gmq->pq", weighted, x)
            self.score += np.einsum("gmp,gm->p", weighted, self.residual[block.rows])
            self.inverses.append(inverse)

    def _working(self, corr: str) -> Callable[[Block], Array]:
        """Estimate the correlation from the residuals; gives the matrix of any block (m × m)."""
        if corr == "independence":
            self.correlation = None
            return lambda block: np.eye(len(block.visits))
        if corr == "unstructured":
            matrix = self._unstructured()
            self.correlation = [[None if np.isnan(r) else float(r) for r in row] for row in matrix]
            return lambda block: matrix[np.ix_(block.visits, block.visits)]
        total, pairs = 0.0, 0
        for block in self.design.blocks:
            residual = self.residual[block.rows]
            if corr == "exchangeable":
                total += float(np.sum(residual.sum(axis=1) ** 2 - np.sum(residual**2, axis=1))) / 2
                pairs += residual.shape[0] * residual.shape[1] * (residual.shape[1] - 1) // 2
            else:
                neighbours = np.flatnonzero(np.diff(block.visits) == 1)
                total += float(np.sum(residual[:, neighbours] * residual[:, neighbours + 1]))
                pairs += residual.shape[0] * len(neighbours)
        alpha = total / self._divisor(pairs) / self.dispersion
        self.correlation = alpha
        if corr == "exchangeable":
            return lambda block: np.where(np.eye(len(block.visits)) == 1, 1.0, alpha)
        return lambda block: alpha ** np.abs(block.visits[:, None] - block.visits[None, :]).astype(float)

    def _unstructured(self) -> Array:
        visits = len(self.design.visits)
        products, pairs = np.zeros((visits, visits)), np.zeros((visits, visits), dtype=int)
        for block in self.design.blocks:
            residual = self.residual[block.rows]
            where = np.ix_(block.visits, block.visits)
            products[where] += residual.T @ residual
            pairs[where] += len(residual)
        needed = np.zeros((visits, visits), dtype=bool)
        for block in self.design.blocks:
            needed[np.ix_(block.visits, block.visits)] = True
        np.fill_diagonal(needed, False)
        matrix = np.full((visits, visits), np.nan)
        for row, column in zip(*np.nonzero(needed), strict=True):
            matrix[row, column] = products[row, column] / self._divisor(pairs[row, column]) / self.dispersion
        np.fill_diagonal(matrix, 1.0)
        return matrix

    def _divisor(self, pairs: int) -> int:
        if pairs - self.lost <= 0:
            raise StatsError(
                f"Only {pairs} pair(s) of visits for {len(self.design.terms)} terms: too few to estimate the "
                f"working correlation {self.corr!r}. Choose a simpler one, such as independence."
            )
        return pairs - self.lost


def _inverse(correlation: Array) -> Array:
    try:
        np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        raise StatsError(
            "The estimated working correlation is not positive definite; choose a simpler one, such as "
            "exchangeable (or scale 'n', if visits are strongly correlated and groups few)."
        ) from None
    return np.linalg.inv(correlation)
