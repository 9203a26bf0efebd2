"""Mixed model for repeated measures: a normal outcome at fixed visits, valid if visits are missing at random.

- Mallinckrodt CH, Clark WS, David SR. Accounting for dropout bias using mixed-effects models. J Biopharm Stat
  2001;11:9-21. doi:10.1081/BIP-100104194 (the model)
- Harville DA. Maximum likelihood approaches to variance component estimation and to related problems. J Am
  Stat Assoc 1977;72:320-338. doi:10.1080/01621459.1977.10480998 (restricted maximum likelihood, with its
  constants)
- Fai AHT, Cornelius PL. Approximate F-tests of multiple degree of freedom hypotheses in generalized least
  squares analyses of unbalanced split-plot experiments. J Stat Comput Simul 1996;54:363-378.
  doi:10.1080/00949659608811740 (Satterthwaite degrees of freedom)

The likelihood needs the data only through sums of cross-products per pattern of visits, so that one
evaluation costs the same for a hundred people as for a hundred thousand. Satterthwaite degrees of freedom
use the observed information.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from opstap.stats.design import Array, Design, Indices, StatsError, Term, build, wald

COVARIANCES = ("us", "cs", "ar1")
DEGREES_OF_FREEDOM = ("satterthwaite", "residual")


@dataclass(frozen=True)
class MmrmResult:
    """A fitted mixed model: `cov` (p × p) is of the coefficients, `covariance` of one subject's visits.

    `loglik` is the restricted log-likelihood with its constants, −(n − p)/2 · log 2π included.
    """

    terms: list[Term]
    cov: Array
    covariance: Array
    loglik: float
    n: int
    subjects: int
    visits: list[Any]
    cov_structure: str
    df_method: str
    level: float
    design: Design = field(repr=False)
    _gradients: Array = field(repr=False)
    _parameter_cov: Array = field(repr=False)

    @property
    def coefficients(self) -> Array:
        """The estimates (p) in the order of the terms."""
        return np.array([term.estimate for term in self.terms])

    def linear(self, weights: Array, label: str) -> Term:
        """Estimate a linear combination (p weights) of the coefficients, with its own degrees of freedom."""
        return wald(
            label,
            float(weights @ self.coefficients),
            float(weights @ self.cov @ weights),
            self._degrees_of_freedom(weights),
            self.level,
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON."""
        return {
            "terms": [asdict(term) for term in self.terms],
            "n": self.n,
            "groups": self.subjects,
            "covariance": self.covariance.tolist(),
            "loglik": self.loglik,
            "reml": True,
        }

    def _degrees_of_freedom(self, weights: Array) -> float:
        return _degrees_of_freedom(
            weights, self.df_method, self.cov, self._gradients, self._parameter_cov, self.n - len(self.cov)
        )


def mmrm(
    data: pd.DataFrame,
    formula: str,
    subject: str,
    visit: str,
    visit_order: Sequence[Any] | None = None,
    cov: str = "us",
    df: str = "satterthwaite",
    level: float = 0.95,
) -> MmrmResult:
    """Fit a mixed model for repeated measures by REML to long data, one row per `subject` and `visit`.

    `cov` is the covariance of a subject's visits: unstructured, compound symmetry, or first-order
    autoregressive (the last two with one variance; neighbours are neighbours in the order of visits).
    Raises `StatsError` as `design.build` does, and for an unknown option, two visits that nobody had both
    of (unstructured), and a likelihood without a maximum inside.
    """
    for name, value, choices in (("cov", cov, COVARIANCES), ("df", df, DEGREES_OF_FREEDOM)):
        if value not in choices:
            raise StatsError(f"{name} {value!r} is not known; choose one of {', '.join(choices)}.")
    design = build(data, formula, subject, visit, visit_order)
    if design.n <= len(design.terms):
        raise StatsError(f"{design.n} rows cannot carry {len(design.terms)} terms; use a shorter formula.")
    if cov == "us":
        _check_seen_together(design)
    likelihood = _Likelihood(design, cov)
    theta = likelihood.maximise()
    at = likelihood.at(theta)
    scale = likelihood.scale
    parameter_cov = likelihood.parameter_covariance(theta)
    gradients = likelihood.gradients_of_coefficient_covariance(theta) * scale**2
    coefficient_cov = at.coefficient_cov * scale**2
    lost = design.n - len(design.terms)
    estimates = likelihood.start + at.beta * scale
    return MmrmResult(
        terms=[
            wald(
                term,
                estimate,
                float(weights @ coefficient_cov @ weights),
                _degrees_of_freedom(weights, df, coefficient_cov, gradients, parameter_cov, lost),
                level,
            )
            for term, estimate, weights in zip(design.terms, estimates, np.eye(len(estimates)), strict=True)
        ],
        cov=coefficient_cov,
        covariance=likelihood.structure.matrix(theta) * scale**2,
        loglik=at.loglik - lost * float(np.log(scale)),
        n=design.n,
        subjects=design.groups,
        visits=design.visits,
        cov_structure=cov,
        df_method=df,
        level=level,
        design=design,
        _gradients=gradients,
        _parameter_cov=parameter_cov,
    )


def _degrees_of_freedom(
    weights: Array, method: str, cov: Array, gradients: Array, parameter_cov: Array, residual: int
) -> float:
    if method == "residual":
        return float(residual)
    gradient = np.einsum("p,kpq,q->k", weights, gradients, weights)
    return float(2 * (weights @ cov @ weights) ** 2 / (gradient @ parameter_cov @ gradient))


def _check_seen_together(design: Design) -> None:
    together = np.zeros((len(design.visits),) * 2, dtype=bool)
    for block in design.blocks:
        together[np.ix_(block.visits, block.visits)] = True
    for empty in np.flatnonzero(~np.diag(together)):
        raise StatsError(f"Nobody has an outcome at visit {design.visits[empty]}; leave it out of the order.")
    for first, second in np.argwhere(~together):
        raise StatsError(
            f"Nobody has both visits {design.visits[first]} and {design.visits[second]}, so their "
            "covariance is unknown; choose cov 'cs' or 'ar1'."
        )


class _Unstructured:
    """Σ = L Lᵀ; parameters are L's lower triangle, its diagonal as logarithms: always positive definite."""

    def __init__(self, visits: int) -> None:
        self._where = np.tril_indices(visits)
        self._diagonal = self._where[0] == self._where[1]
        self.start = np.zeros(len(self._where[0]))
        self._visits = visits

    def _root(self, theta: Array) -> Array:
        root = np.zeros((self._visits, self._visits))
        root[self._where] = np.where(self._diagonal, np.exp(np.where(self._diagonal, theta, 0)), theta)
        return root

    def matrix(self, theta: Array) -> Array:
        root = self._root(theta)
        return root @ root.T

    def derivatives(self, theta: Array) -> Array:
        root = self._root(theta)
        out = np.zeros((len(theta), self._visits, self._visits))
        for index, (row, column) in enumerate(zip(*self._where, strict=True)):
            slope = root[row, row] if row == column else 1.0
            out[index, row] += slope * root[:, column]
            out[index, :, row] += slope * root[:, column]
        return out


class _OneCorrelation:
    """Σ = σ² R(ρ): parameters log σ² and ρ mapped to the interval in which R is positive definite."""

    def __init__(self, visits: int, lags: Array, lowest: float) -> None:
        self._lags, self._lowest = lags, lowest
        # Start from no correlation.
        self.start = np.array([0.0, np.log(-lowest)])

    def _rho(self, value: float) -> tuple[float, float]:
        share = 1 / (1 + np.exp(-value))
        return self._lowest + (1 - self._lowest) * share, (1 - self._lowest) * share * (1 - share)

    def matrix(self, theta: Array) -> Array:
        rho, _ = self._rho(theta[1])
        return np.exp(theta[0]) * np.asarray(np.power(rho, self._lags))

    def derivatives(self, theta: Array) -> Array:
        rho, slope = self._rho(theta[1])
        lowered = np.where(self._lags > 0, self._lags * np.power(rho, np.maximum(self._lags - 1, 0)), 0.0)
        return np.stack([self.matrix(theta), np.exp(theta[0]) * lowered * slope])


def _structure(cov: str, visits: int) -> _Unstructured | _OneCorrelation:
    if cov == "us":
        return _Unstructured(visits)
    apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    if cov == "ar1":
        return _OneCorrelation(visits, apart, -1.0)
    return _OneCorrelation(visits, np.minimum(apart, 1), -1.0 / max(visits - 1, 1))


@dataclass(frozen=True)
class _Pattern:
    """Subjects seen at the same visits; `products` (m × m × p+1 × p+1) sums the cross-products of (X, y)."""

    subjects: int
    visits: Indices
    products: Array


@dataclass(frozen=True)
class _At:
    """The restricted likelihood at one covariance, with what its derivatives need."""

    loglik: float
    beta: Array
    coefficient_cov: Array
    inverses: Sequence[Array]


class _Likelihood:
    """The restricted likelihood of (outcome − X · start) / scale: its parameters are of order 1."""

    def __init__(self, design: Design, cov: str) -> None:
        self.structure = _structure(cov, len(design.visits))
        self._n, self._p = design.matrix.shape
        self.start = np.linalg.lstsq(design.matrix, design.outcome, rcond=None)[0]
        residual = design.outcome - design.matrix @ self.start
        self.scale = float(np.sqrt(residual @ residual / (self._n - self._p)))
        if self.scale < 1e-10 * max(1.0, float(np.abs(design.outcome).max())):
            raise StatsError("The terms predict the outcome exactly, so there is no residual to learn from.")
        both = np.column_stack([design.matrix, residual / self.scale])
        self._patterns = [
            _Pattern(
                subjects=len(block.rows),
                visits=block.visits,
                products=np.einsum("gja,gkb->jkab", both[block.rows], both[block.rows], optimize=True),
            )
            for block in design.blocks
        ]

    def at(self, theta: Array) -> _At:
        sigma = self.structure.matrix(theta)
        total = np.zeros((self._p + 1, self._p + 1))
        log_determinant = 0.0
        inverses: list[Array] = []
        for pattern in self._patterns:
            root = np.linalg.cholesky(sigma[np.ix_(pattern.visits, pattern.visits)])
            log_determinant += 2 * pattern.subjects * float(np.sum(np.log(np.diag(root))))
            half = np.linalg.inv(root)
            inverses.append(half.T @ half)
            total += np.einsum("jk,jkab->ab", inverses[-1], pattern.products)
        information, score = total[:-1, :-1], total[:-1, -1]
        beta = np.linalg.solve(information, score)
        quadratic = total[-1, -1] - score @ beta
        constant = (self._n - self._p) * np.log(2 * np.pi)
        log_information = np.linalg.slogdet(information)[1]
        loglik = -0.5 * (constant + log_determinant + log_information + quadratic)
        return _At(float(loglik), beta, np.linalg.inv(information), inverses)

    def _slope(self, theta: Array) -> tuple[float, Array]:
        """The negative log-likelihood and its gradient: ½ Σ tr[(n W − W (E + M) W) dΣ] over the patterns."""
        try:
            at = self.at(theta)
        except np.linalg.LinAlgError:
            return np.inf, np.zeros_like(theta)
        along = np.zeros_like(self.structure.matrix(theta))
        contrast = np.append(-at.beta, 1.0)
        spread = np.outer(contrast, contrast)
        spread[:-1, :-1] += at.coefficient_cov
        for pattern, inverse in zip(self._patterns, at.inverses, strict=True):
            residual = np.einsum("jkab,ab->jk", pattern.products, spread)
            along[np.ix_(pattern.visits, pattern.visits)] += pattern.subjects * inverse - inverse @ residual @ inverse
        return -at.loglik, 0.5 * np.einsum("jk,ljk->l", along, self.structure.derivatives(theta))

    def maximise(self) -> Array:
        found = optimize.minimize(self._slope, self.structure.start, jac=True, method="BFGS", options={"gtol": 1e-6})
        theta = found.x
        # Newton steps from there: the degrees of freedom want the very maximum.
        for _ in range(20):
            gradient = self._slope(theta)[1]
            hessian = self._hessian(theta)
            if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 1e-8:
                break
            step = np.linalg.solve(hessian, gradient)
            theta = theta - step
            if np.abs(step).max() < 1e-9:
                return theta
        raise StatsError(
            "The mixed model did not converge: the data do not determine this covariance of the visits. "
            "Choose a simpler one ('cs' or 'ar1'), or a shorter formula."
        )

    def _hessian(self, theta: Array) -> Array:
        """Differentiate the gradient by central differences (its error is of order 1e-10)."""
        size = 1e-5
        columns = [
            (self._slope(theta + size * unit)[1] - self._slope(theta - size * unit)[1]) / (2 * size)
            for unit in np.eye(len(theta))
        ]
        hessian = np.array(columns)
        return (hessian + hessian.T) / 2

    def parameter_covariance(self, theta: Array) -> Array:
        """The inverse of the observed information (parameters × parameters)."""
        return np.linalg.inv(self._hessian(theta))

    def gradients_of_coefficient_covariance(self, theta: Array) -> Array:
        """How the coefficients' covariance moves with each parameter (parameters × p × p)."""
        at = self.at(theta)
        derivatives = self.structure.derivatives(theta)
        moved = np.zeros((len(theta), self._p, self._p))
        for pattern, inverse in zip(self._patterns, at.inverses, strict=True):
            inside = inverse @ derivatives[:, pattern.visits[:, None], pattern.visits[None, :]] @ inverse
            moved += np.einsum("ljk,jkab->lab", inside, pattern.products[..., :-1, :-1])
        return at.coefficient_cov @ moved @ at.coefficient_cov
