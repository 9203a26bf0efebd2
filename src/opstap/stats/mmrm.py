"""Mixed model for repeated measures: a normal outcome at fixed visits, valid if visits are missing at random.

- Mallinckrodt CH, Clark WS, David SR. Accounting for dropout bias using mixed-effects models. J Biopharm Stat
  2001;11:9-21. doi:10.1081/BIP-100104194 (the model)
- Fai AHT, Cornelius PL. Approximate F-tests of multiple degree of freedom hypotheses in generalized least
  squares analyses of unbalanced split-plot experiments. J Stat Comput Simul 1996;54:363-378.
  doi:10.1080/00949659608811740 (Satterthwaite degrees of freedom)

Satterthwaite degrees of freedom use the observed information, as R's mmrm and SAS do (lmerTest too; pbkrtest
takes the expected one). Kenward and Roger's two variants: `kenward_roger.py`; the likelihood: `reml.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from opstap.stats.covariances import COVARIANCES, Structure
from opstap.stats.design import Array, Design, StatsError, Term, build, check_choice, wald
from opstap.stats.kenward_roger import KenwardRoger, kenward_roger
from opstap.stats.reml import Likelihood
from opstap.stats.repeated import Columns, design_of, panel, panels

DEGREES_OF_FREEDOM = ("satterthwaite", "kenward-roger", "kenward-roger-2", "residual")


@dataclass(frozen=True)
class MmrmResult:
    """A fitted mixed model: `cov` (p × p) is of the coefficients, `covariance` of one subject's visits.

    `loglik` is the restricted log-likelihood with its constants, −(n − p)/2 · log 2π included. With Kenward–Roger
    `cov` is the adjusted covariance.
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
    _small: KenwardRoger = field(repr=False)
    notices: tuple[str, ...] = ()

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
            _degrees_of_freedom(weights, self.df_method, self._small, self.n - len(self.cov)),
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
    check_choice("cov", cov, COVARIANCES)
    check_choice("df", df, DEGREES_OF_FREEDOM)
    return fit(build(data, formula, subject, visit, visit_order), cov, df, level)


def fit(design: Design, cov: str = "us", df: str = "satterthwaite", level: float = 0.95) -> MmrmResult:
    """Fit the model to a design that was built already; see `mmrm`."""
    if design.n <= len(design.terms):
        raise StatsError(f"{design.n} rows cannot carry {len(design.terms)} terms; use a shorter formula.")
    if cov == "us":
        _check_seen_together(design)
    likelihood = Likelihood(panels(design), Structure(cov, len(design.visits)))
    if likelihood.exact[0]:
        raise StatsError("The terms predict the outcome exactly, so there is no residual to learn from.")
    found = likelihood.maximise()
    if not found.sound[0]:
        raise StatsError(
            "The mixed model did not converge: the data do not determine this covariance of the visits. "
            "Choose a simpler one ('cs' or 'ar1'), or a shorter formula."
        )
    scale = float(likelihood.scale[0])
    parameter_cov = np.linalg.inv(found.information[0])
    plain = KenwardRoger(found.state.cov[0], found.state.cov[0], found.gradients[0], parameter_cov)
    small = plain
    if df.startswith("kenward-roger"):
        small = kenward_roger(likelihood, found, parameter_cov, second=df == "kenward-roger-2")
    coefficient_cov = small.cov * scale**2
    lost = design.n - len(design.terms)
    estimates = likelihood.start_beta[0] + found.state.beta[0] * scale
    return MmrmResult(
        terms=[
            wald(
                term,
                estimate,
                float(weights @ coefficient_cov @ weights),
                _degrees_of_freedom(weights, df, small, lost),
                level,
            )
            for term, estimate, weights in zip(design.terms, estimates, np.eye(len(estimates)), strict=True)
        ],
        cov=coefficient_cov,
        covariance=found.sigma[0] * scale**2,
        loglik=float(found.state.loglik[0]) - lost * float(np.log(scale)),
        n=design.n,
        subjects=design.groups,
        visits=design.visits,
        cov_structure=cov,
        df_method=df,
        level=level,
        design=design,
        _small=small,
    )


@dataclass(frozen=True)
class MmrmTrials:
    """Mixed models of T trials of one design, and of each the C combinations asked for.

    `estimate`, `se` and `df` are (T × C); `sound` (T) is False where a trial has no answer; its numbers are NaN.
    """

    estimate: Array
    se: Array
    df: Array
    sound: NDArray[np.bool_]


def mmrm_trials(
    outcome: Array, matrix: Array | Columns, weights: Array, cov: str = "us", df: str = "satterthwaite"
) -> MmrmTrials:
    """Fit the same mixed model to many trials: `outcome` (T × people × visits, NaN is missing), `matrix` (… × p).

    `matrix` is (people × visits × p) where the trials share it, else (T × people × visits × p); `weights` (C × p)
    are the combinations of coefficients to estimate. Degrees of freedom by Satterthwaite or residual. Raises
    `StatsError` for an unknown option.
    """
    check_choice("cov", cov, COVARIANCES)
    check_choice("df", df, ("satterthwaite", "residual"))
    likelihood = Likelihood([panel(design_of(matrix), outcome)], Structure(cov, outcome.shape[-1]))
    found = likelihood.maximise()
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = likelihood.scale[:, None]
        estimate = (likelihood.start_beta + found.state.beta * scale) @ weights.T
        variance = np.einsum("cp,tpq,cq->tc", weights, found.state.cov, weights)
        if df == "residual":
            degrees = np.broadcast_to((likelihood.n - likelihood.p)[:, None], variance.shape).astype(float)
        else:
            slopes = np.einsum("cp,tlpq,cq->tcl", weights, found.gradients, weights, optimize=True)
            safe = np.where(found.sound[:, None, None], found.information, np.eye(found.information.shape[-1]))
            turned = np.linalg.solve(safe[:, None], slopes[..., None])[..., 0]
            degrees = 2 * variance**2 / np.einsum("tcl,tcl->tc", slopes, turned)
        se = np.sqrt(variance) * scale
    keep = found.sound[:, None]
    estimate, se, degrees = (np.where(keep, each, np.nan) for each in (estimate, se, degrees))
    return MmrmTrials(estimate, se, degrees, found.sound)


def _degrees_of_freedom(weights: Array, method: str, small: KenwardRoger, residual: int) -> float:
    return float(residual) if method == "residual" else small.degrees_of_freedom(weights)


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
