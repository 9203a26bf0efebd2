"""Repeated measures as arrays, of one trial or of many at once: what every estimator below sums over.

- Laird NM, Ware JH. Random-effects models for longitudinal data. Biometrics 1982;38:963-974.
  doi:10.2307/2529876 (people seen at different visits, one covariance)

Groups stand in a `Panel`: T trials × G groups × m visits. Which visits a group was seen at is its `pattern`. One
trial is T = 1, and its groups seen at the same visits are one panel each; a thousand virtual trials are one panel
with T = 1000. A normal outcome is seen by the estimators only through sums of cross-products per pattern
(`products`), so that an iteration costs the same for any number of groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from opstap.stats.design import Array, Design

#: Above this many visits of one group, sums of cross-products would be larger than the data.
MOST_VISITS = 12


@dataclass(frozen=True)
class Columns:
    """A design as its distinct columns: `values` (T or 1 × G × u), and which of them stands where, `place` (m × p).

    Someone's arm is the same at each visit, and most other columns are zero at most visits: few differ.
    """

    values: Array
    place: NDArray[np.intp]

    @cached_property
    def chosen(self) -> Array:
        """One where a column stands: m × p × u."""
        return (self.place[..., None] == np.arange(self.values.shape[-1])).astype(float)

    @cached_property
    def matrix(self) -> Array:
        """The design written out (T or 1 × G × m × p)."""
        return self.values[..., self.place]


def columns(x: Array) -> Columns:
    """Find the distinct columns of a design (T or 1 × G × m × p)."""
    m, p = x.shape[-2:]
    flat = x.reshape(*x.shape[:2], m * p)
    kept: list[int] = []
    place = np.empty(m * p, dtype=np.intp)
    for column in range(m * p):
        same = (number for number, other in enumerate(kept) if np.array_equal(flat[..., column], flat[..., other]))
        place[column] = next(same, len(kept))
        if place[column] == len(kept):
            kept.append(column)
    return Columns(flat[..., kept], place.reshape(m, p))


@dataclass(frozen=True)
class Panel:
    """Groups of T trials: their design, and `y` (T × G × m), whose unseen visits are 0.

    `patterns` (K × m) says which visits each pattern saw, `which` (T or 1 × G) the pattern of each group;
    `visits` (m) are the places of the columns among all visits of the trial.
    """

    columns: Columns
    y: Array
    patterns: NDArray[np.bool_]
    which: NDArray[np.intp]
    visits: NDArray[np.intp]

    @property
    def x(self) -> Array:
        """The design written out (T or 1 × G × m × p)."""
        return self.columns.matrix

    @property
    def p(self) -> int:
        """How many terms there are."""
        return self.columns.place.shape[1]

    def fitted(self, beta: Array) -> Array:
        """The linear predictor (T × G × m) at coefficients T × p."""
        return np.matmul(self.columns.values, np.einsum("tp,mpu->tum", beta, self.columns.chosen))

    def carried(self, weights: Array) -> Array:
        """Each group's design times a number per visit (T × G × m), summed over visits: T × G × p."""
        spread = self.columns.values[..., None] * weights[..., None, :]
        flat = self.columns.chosen.transpose(2, 0, 1).reshape(-1, self.p)
        return spread.reshape(*weights.shape[:2], -1) @ flat

    @cached_property
    def counts(self) -> Array:
        """How many groups of each trial have each pattern (T × K)."""
        one_hot = self.which[..., None] == np.arange(len(self.patterns))
        return np.broadcast_to(one_hot.sum(axis=1).astype(float), (len(self.y), len(self.patterns)))

    @cached_property
    def pairs(self) -> Array:
        """How many groups of each trial have both of two visits (T × m × m)."""
        together = self.patterns[:, :, None] & self.patterns[:, None, :]
        return np.einsum("tk,kij->tij", self.counts, together.astype(float))

    @cached_property
    def products(self) -> Array:
        """Sums of cross-products of (x, y) per pattern (T × K × m × m × p+1 × p+1)."""
        trials, _, m = self.y.shape
        values, place = self.columns.values, self.columns.place
        both = np.concatenate([np.broadcast_to(values, (trials, *values.shape[1:])), self.y], axis=2)
        size = both.shape[2]
        found = np.empty((trials, len(self.patterns), size, size))
        for number in range(len(self.patterns)):
            part = both if len(self.patterns) == 1 else both * (self.which == number)[..., None]
            found[:, number] = np.matmul(part.transpose(0, 2, 1), both)
        # Column (visit j, term a) of the full table stands at `index` of the distinct ones; unseen rows are zero.
        index = np.column_stack([place, values.shape[2] + np.arange(m)])
        full = found[:, :, index[:, None, :, None], index[None, :, None, :]]
        together = self.patterns[:, :, None] & self.patterns[:, None, :]
        return full * together[None, :, :, :, None, None]


def panels(design: Design) -> list[Panel]:
    """Give the panels of one trial: groups seen at the same visits together."""
    one = np.ones((1, 1), dtype=bool)
    return [
        Panel(
            columns=columns(design.matrix[block.rows][None]),
            y=design.outcome[block.rows][None],
            patterns=np.broadcast_to(one, (1, len(block.visits))).copy(),
            which=np.zeros((1, len(block.rows)), dtype=np.intp),
            visits=np.asarray(block.visits, dtype=np.intp),
        )
        for block in design.blocks
    ]


def design_of(matrix: Array | Columns) -> Columns:
    """Give the distinct columns of a design that T trials share (G × m × p) or that each has (T × G × m × p)."""
    if isinstance(matrix, Columns):
        return matrix
    return columns(matrix[None] if matrix.ndim == 3 else matrix)


def panel(design: Columns, y: Array) -> Panel:
    """Give the panel of many trials of one design: `y` is T × G × m, NaN is not seen."""
    seen = ~np.isnan(y)
    m = y.shape[-1]
    if seen.all():
        patterns, which = np.ones((1, m), dtype=bool), np.zeros((1, y.shape[1]), dtype=np.intp)
        return Panel(design, y, patterns, which, np.arange(m))
    code = seen @ (1 << np.arange(m))
    known, which = np.unique(code, return_inverse=True)
    patterns = (known[:, None] >> np.arange(m)) & 1 == 1
    return Panel(
        columns=design,
        y=np.where(seen, y, 0.0),
        patterns=patterns,
        which=which.reshape(code.shape),
        visits=np.arange(m),
    )


def roots(matrices: Array) -> Array:
    """Give the Cholesky factors (… × m × m); all NaN where a matrix is not positive definite."""
    try:
        return np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        pass
    m = matrices.shape[-1]
    factor = np.zeros_like(matrices)
    with np.errstate(invalid="ignore", divide="ignore"):
        for j in range(m):
            rest = matrices[..., j, j] - np.sum(factor[..., j, :j] ** 2, axis=-1)
            factor[..., j, j] = np.sqrt(np.where(rest > 0, rest, np.nan))
            for i in range(j + 1, m):
                dot = np.sum(factor[..., i, :j] * factor[..., j, :j], axis=-1)
                factor[..., i, j] = (matrices[..., i, j] - dot) / factor[..., j, j]
    return np.where(np.isnan(factor).any(axis=(-2, -1), keepdims=True), np.nan, factor)


def undefined(factors: Array) -> NDArray[np.bool_]:
    """Tell of each trial whether one of its Cholesky factors (T × … × m × m) does not exist."""
    return np.asarray(np.isnan(factors).any(axis=tuple(range(1, factors.ndim))))


def by_pattern(matrix: Array, patterns: NDArray[np.bool_]) -> Array:
    """Give each pattern its part of a matrix (T × m × m): T × K × m × m, with the identity where it saw nothing."""
    together = patterns[:, :, None] & patterns[:, None, :]
    return np.where(together, matrix[:, None], np.eye(matrix.shape[-1]))
