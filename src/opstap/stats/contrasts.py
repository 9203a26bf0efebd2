"""Means by arm and visit, and the differences between arms, from a fitted repeated-measures model.

- Searle SR, Speed FM, Milliken GA. Population marginal means in the linear model: an alternative to least
  squares means. Am Stat 1980;34:216-221. doi:10.1080/00031305.1980.10483031

A mean is the model's prediction for a person with every other number at its mean over the rows used and
every other category spread evenly over its levels, as in R's emmeans (which, unlike us, takes a number with
two values for a category). Everything is on the scale of the link: means for a normal outcome, log odds for
a binomial one, logs for a Poisson one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import pandas as pd

from opstap.stats.design import Array, Design, StatsError, Term


class Fitted(Protocol):
    """What a result must offer: its design, and estimates of linear combinations of its coefficients."""

    @property
    def design(self) -> Design:
        """The arrays that were fitted, with the formula's levels."""

    def linear(self, weights: Array, label: str) -> Term:
        """Estimate a linear combination (p weights) of the coefficients."""


@dataclass(frozen=True)
class Combination:
    """An estimated mean or difference, and the levels (column to value) that it is for."""

    levels: dict[str, Any]
    estimate: Term


def marginal_means(result: Fitted, by: Sequence[str], at: Mapping[str, Any] | None = None) -> list[Combination]:
    """Estimate the mean for each combination of the levels of the columns `by`.

    `at` fixes other columns at a value of choice. Visits come in their order, other levels sorted (or in
    that of an ordered column). Raises `StatsError` for a column that is not in the formula and a level that
    it does not have.
    """
    return [
        Combination(levels, result.linear(weights, ", ".join(f"{column} {value}" for column, value in levels.items())))
        for levels, weights in mean_weights(result.design, by, at)
    ]


def mean_weights(
    design: Design, by: Sequence[str], at: Mapping[str, Any] | None = None
) -> list[tuple[dict[str, Any], Array]]:
    """Give for each combination of levels of `by` what its mean weighs each coefficient with (p); see above."""
    grid = _Grid(design, at or {})
    levels = [grid.levels(column) for column in by]
    every = (dict(zip(by, values, strict=True)) for values in product(*levels))
    return [(chosen, grid.weights(chosen)) for chosen in every]


def is_category(design: Design, column: str) -> bool:
    """Tell whether a column of the formula enters as a category."""
    return column in _Grid(design, {}).categories


def arm_contrasts(
    result: Fitted,
    arm: str,
    visit: str | None = None,
    reference: Any = None,
    at: Mapping[str, Any] | None = None,
) -> list[Combination]:
    """Estimate the difference of each arm with the `reference` arm (else the first), at each visit.

    Raises `StatsError` as `marginal_means` does, and for a reference that is not an arm.
    """
    grid = _Grid(result.design, at or {})
    arms = grid.levels(arm)
    if reference is None:
        reference = arms[0]
    elif reference not in arms:
        raise StatsError(f"{arm} has no level {reference!r}; choose one of {', '.join(map(str, arms))}.")
    visits: list[dict[str, Any]] = [{}] if visit is None else [{visit: each} for each in grid.levels(visit)]
    found = []
    for moment in visits:
        base = grid.weights({arm: reference, **moment})
        for other in arms:
            if other != reference:
                label = f"{other} - {reference}" + "".join(f", {column} {value}" for column, value in moment.items())
                weights = grid.weights({arm: other, **moment}) - base
                found.append(Combination({arm: other, **moment}, result.linear(weights, label)))
    return found


class _Grid:
    """Rows of the design matrix for chosen levels, averaged over what was not chosen."""

    def __init__(self, design: Design, at: Mapping[str, Any]) -> None:
        self._design = design
        self._data = design.data
        self._columns = sorted(map(str, design.spec.required_variables))
        self.categories = {
            str(name) for factor in design.spec.factor_contrasts for name in design.spec.factor_variables[factor]
        }
        for column, value in at.items():
            self._check(column)
            known = self._levels(column)
            if column in self.categories and value not in known:
                raise StatsError(f"{column} has no level {value!r}; choose one of {', '.join(map(str, known))}.")
        self._at = dict(at)

    def levels(self, column: str) -> list[Any]:
        self._check(column)
        if column in self._at:
            raise StatsError(f"{column!r} is fixed by `at`, so there is no mean by it.")
        return self._levels(column)

    def weights(self, chosen: Mapping[str, Any]) -> Array:
        fixed = {**self._at, **chosen}
        values = [
            [fixed[column]]
            if column in fixed
            else self._levels(column)
            if column in self.categories
            else [float(self._data[column].mean())]
            for column in self._columns
        ]
        rows = pd.DataFrame(list(product(*values)), columns=self._columns)
        matrix = self._design.spec.get_model_matrix(rows, na_action="ignore", context={})
        return np.asarray(matrix, dtype=float).mean(axis=0)

    def _levels(self, column: str) -> list[Any]:
        series = self._data[column]
        if column == self._design.visit:
            return [visit for visit in self._design.visits if (series == visit).any()]
        if isinstance(series.dtype, pd.CategoricalDtype):
            return list(series.cat.categories)
        return sorted(series.unique().tolist())

    def _check(self, column: str) -> None:
        if column not in self._columns:
            raise StatsError(f"{column!r} is not in the formula; it has {', '.join(self._columns)}.")
