"""Regression of one row per person, with errors that do not rest on equal spread.

- MacKinnon JG, White H. Some heteroskedasticity-consistent covariance matrix estimators with improved finite
  sample properties. J Econom 1985;29:305-325. doi:10.1016/0304-4076(85)90158-7 (HC3)
- Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models. Biometrika 1986;73:13-22.
  doi:10.1093/biomet/73.1.13 (clusters)
- McCullagh P, Nelder JA. Generalized Linear Models, 2nd ed. Chapman & Hall 1989.

The estimating equations are those of `estimating.py` with every row its own group: HC3 is Mancl and DeRouen's
correction of a group of one. Clusters get the factor G/(G − 1) · (n − 1)/(n − p), as in Stata and in R's sandwich
(HC1), and Student's t on G − 1. A normal outcome otherwise has t on n − p, the other families are normal; with
classical errors their dispersion is 1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats import estimating
from opstap.stats.design import Array, Design, StatsError, Term, build, check_choice, wald
from opstap.stats.estimating import FAMILIES, Equations
from opstap.stats.repeated import panels

STANDARD_ERRORS = ("hc3", "cluster", "classical")
_ROW = "row of the data"


@dataclass(frozen=True)
class Regression:
    """A fitted regression; `cov` (p × p) is of the coefficients, on the scale of the link."""

    terms: list[Term]
    cov: Array
    n: int
    groups: int
    dispersion: float
    family: str
    se: str
    df: float | None
    level: float
    design: Design = field(repr=False)

    @property
    def coefficients(self) -> Array:
        """The estimates (p) in the order of the terms."""
        return np.array([term.estimate for term in self.terms])

    def linear(self, weights: Array, label: str) -> Term:
        """Estimate a linear combination (p weights) of the coefficients, on the link's scale."""
        variance = float(weights @ self.cov @ weights)
        return wald(label, float(weights @ self.coefficients), variance, self.df, self.level)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON."""
        return {
            "terms": [asdict(term) for term in self.terms],
            "n": self.n,
            "groups": self.groups,
            "correlation": None,
            "dispersion": self.dispersion,
        }


def regress(
    data: pd.DataFrame,
    formula: str,
    family: str = "gaussian",
    se: str = "hc3",
    cluster: str | None = None,
    level: float = 0.95,
) -> Regression:
    """Fit a generalised linear model with its canonical link, one row per person.

    `cluster` names the column of clusters that `se="cluster"` needs. Raises `StatsError` as `design.build` does, and
    for an unknown option, clusters asked for and not named, perfect separation, and no convergence.
    """
    check_choice("family", family, tuple(FAMILIES))
    check_choice("se", se, STANDARD_ERRORS)
    if (se == "cluster") != (cluster is not None):
        raise StatsError("Errors by cluster need the column of clusters, and only they take one.")
    if cluster is not None and cluster not in data.columns:
        raise StatsError(f"There is no column {cluster!r}; the data have {', '.join(map(str, data.columns))}.")
    design = build(data.assign(**{_ROW: np.arange(len(data))}), formula, _ROW)
    if not FAMILIES[family].possible(design.outcome):
        raise StatsError(f"The outcome of family {family} must be {FAMILIES[family].outcome} in every row.")
    n, p = design.matrix.shape
    if n <= p:
        raise StatsError(f"{n} rows cannot carry {p} terms; use a shorter formula.")
    equations = Equations(panels(design), 1, family, None, "independence", p)
    solution = equations.solve()
    _check_solved(int(solution.failed[0]))
    groups, df = n, float(n - p) if family == "gaussian" else None
    if cluster is not None:
        cov, groups = _clustered(equations, design, cluster)
        df = float(groups - 1)
    elif se == "hc3":
        cov = equations.covariance("mancl-derouen")[0]
    else:
        cov = equations.covariance("naive")[0]
        if family != "gaussian":
            cov = cov / solution.dispersion[0]
    terms = [
        wald(term, estimate, variance, df, level)
        for term, estimate, variance in zip(design.terms, solution.beta[0], np.diag(cov), strict=True)
    ]
    return Regression(terms, cov, n, groups, float(solution.dispersion[0]), family, se, df, level, design)


def _check_solved(reason: int) -> None:
    if reason == estimating.EXACT:
        raise StatsError("The terms predict the outcome exactly, so there is no residual to learn from.")
    if reason != estimating.SOUND:
        raise StatsError(
            "The regression did not converge: a term, or several together, predict the outcome perfectly "
            "(perfect separation). Leave it out, or join levels."
        )


def _clustered(equations: Equations, design: Design, cluster: str) -> tuple[Array, int]:
    if design.data[cluster].isna().any():
        raise StatsError(f"Column {cluster!r} is empty in {int(design.data[cluster].isna().sum())} row(s); fill it in.")
    code, names = pd.factorize(design.data[cluster])
    groups, (n, p) = len(names), design.matrix.shape
    if groups <= p:
        raise StatsError(f"{groups} clusters cannot carry {p} terms; use a shorter formula.")
    rows = equations.scores()[0]
    sums = np.zeros((groups, p))
    np.add.at(sums, code, rows)
    bread = np.linalg.inv(equations.information[0])
    factor = groups / (groups - 1) * (n - 1) / (n - p)
    return factor * bread @ sums.T @ sums @ bread, groups
