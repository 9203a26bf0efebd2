"""Seemingly unrelated regressions of cost and effect, for many samples of the same people at once.

- Zellner A. An efficient method of estimating seemingly unrelated regressions and tests for aggregation bias. J Am Stat
  Assoc 1962;57:348-368. doi:10.1080/01621459.1962.10480664
- Willan AR, Briggs AH, Hoch JS. Regression methods for covariate adjustment and subgroup analysis for non-censored
  cost-effectiveness data. Health Econ 2004;13:461-475. doi:10.1002/hec.843 (cost and effect as two equations)
- Henningsen A, Hamann JD. systemfit: a package for estimating systems of simultaneous equations in R. J Stat Softw
  2007;23(4). doi:10.18637/jss.v023.i04 (its defaults are followed: two steps, not iterated to the end; the covariance
  of residuals over the geometric mean of the degrees of freedom)
- Frisch R, Waugh FV. Partial time regressions as compared with individual trends. Econometrica 1933;1:387-401.
  doi:10.2307/1907330 (taking out what both equations have)

A sample is known here by its moments alone: the sums of products of all columns. Whatever stands in both equations is
eliminated first, since weights that are the same for all people leave it orthogonal; what remains of each sample is a
small system in the covariates that one equation has and the other has not. Every line works on all samples at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opstap.stats.design import Array

#: A column of which less than this share is left after the others is taken to follow from them.
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Layout:
    """The order of columns: `common` of both equations (constant first, arm last), the covariates that the cost alone
    has (`own_cost`), those of the effect alone (`own_effect`), then cost and effect."""

    common: int
    own_cost: int
    own_effect: int

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.common + self.own_cost + self.own_effect + 2

    def free(self, people: int) -> tuple[int, int]:
        """Degrees of freedom of the residuals of cost and of effect."""
        return people - self.common - self.own_cost, people - self.common - self.own_effect


def fit(moments: Array, layout: Layout, people: int) -> Array:
    """Give the coefficient of the arm on cost and on effect (2 × B) from moments (K × K × B), which are overwritten.

    `people` is the size of each sample. NaN where a sample does not tell the arms apart, or has one arm alone; a
    covariate that follows from the others in a sample is dropped there, as R's lm does; it still counts among the
    degrees of freedom.
    """
    floor = TOLERANCE * np.einsum("kkb->kb", moments)
    determined, slopes = _eliminate(moments, layout.common, floor)
    left, floor = moments[layout.common :, layout.common :], floor[layout.common :]
    q = layout.own_cost, layout.own_effect
    cost, effect = q[0] + q[1], q[0] + q[1] + 1
    first, second = slice(0, q[0]), slice(q[0], q[0] + q[1])
    gains = (
        _solve(left[first, first], left[first, cost], floor[first]),
        _solve(left[second, second], left[second, effect], floor[second]),
    )
    if q != (0, 0):
        gains = _second_step(left, floor, q, gains, layout.free(people))
    found = np.empty((2, moments.shape[2]))
    found[0] = slopes[cost] - (slopes[first] * gains[0]).sum(axis=0)
    found[1] = slopes[effect] - (slopes[second] * gains[1]).sum(axis=0)
    found[:, ~determined] = np.nan
    return found


def _second_step(
    left: Array, floor: Array, q: tuple[int, int], gains: tuple[Array, Array], free: tuple[int, int]
) -> tuple[Array, Array]:
    """Weigh both equations by the covariance of their residuals after least squares, and solve them together."""
    first, second = slice(0, q[0]), slice(q[0], q[0] + q[1])
    cost, effect = q[0] + q[1], q[0] + q[1] + 1
    own = ((first, cost, gains[0]), (second, effect, gains[1]))
    s: dict[tuple[int, int], Array] = {}
    for i, j in ((0, 0), (0, 1), (1, 1)):
        (rows, y, g), (columns, other, h) = own[i], own[j]
        across = (left[rows, columns] * h).sum(axis=1) if q[j] else np.zeros_like(g)
        products = left[y, other] - (g * left[rows, other]).sum(axis=0) - (h * left[columns, y]).sum(axis=0)
        s[i, j] = (products + (g * across).sum(axis=0)) / np.sqrt(free[i] * free[j])
    # Weights up to a factor, which falls out of the equations.
    heavy, light, between = s[1, 1], s[0, 0], -s[0, 1]
    system = left[: q[0] + q[1], : q[0] + q[1]].copy()
    system[first, first] *= heavy
    system[second, second] *= light
    system[first, second] *= between
    system[second, first] *= between
    right = np.empty_like(system[0])
    right[first] = heavy * left[first, cost] + between * left[first, effect]
    right[second] = light * left[second, effect] + between * left[second, cost]
    floors = np.concatenate([floor[first] * heavy, floor[second] * light])
    both = _solve(system, right, floors)
    # Where the residuals of one equation follow from the other's (or are nil) there is nothing to weigh.
    sound = heavy * light - between**2 > 1e-12 * heavy * light
    return np.where(sound, both[first], gains[0]), np.where(sound, both[second], gains[1])


def _eliminate(moments: Array, pivots: int, floor: Array) -> tuple[NDArray[np.bool_], Array]:
    """Take the first columns out of all later ones, in place; whether the last of them was determined, and its row."""
    for k in range(pivots):
        pivot = moments[k, k]
        sound = pivot > floor[k]
        row = moments[k, k + 1 :] * np.where(sound, 1 / np.where(sound, pivot, 1.0), 0.0)
        moments[k + 1 :, k + 1 :] -= moments[k + 1 :, k][:, None] * row[None]
    return sound, row


def _solve(square: Array, right: Array, floor: Array) -> Array:
    """Solve symmetric systems (q × q × B) for one right-hand side each (q × B); what is not determined becomes 0."""
    size = len(square)
    a, x = square.copy(), right.copy()
    inverse = np.zeros_like(x)
    for k in range(size):
        sound = a[k, k] > floor[k]
        inverse[k] = np.where(sound, 1 / np.where(sound, a[k, k], 1.0), 0.0)
        factor = a[k + 1 :, k] * inverse[k]
        a[k + 1 :, k + 1 :] -= factor[:, None] * a[k, k + 1 :][None]
        x[k + 1 :] -= factor * x[k]
    for k in reversed(range(size)):
        x[k] = (x[k] - (a[k, k + 1 :] * x[k + 1 :]).sum(axis=0)) * inverse[k]
    return x


def undetermined(moments: Array, layout: Layout) -> list[int]:
    """Which columns of one sample (moments K × K) follow from those before them in their equation."""
    found: set[int] = set()
    own = layout.common, layout.common + layout.own_cost, layout.common + layout.own_cost + layout.own_effect
    for start, stop in ((own[0], own[1]), (own[1], own[2])):
        columns = [*range(layout.common), *range(start, stop)]
        rest = moments[np.ix_(columns, columns)].copy()
        size = np.diag(rest).copy()
        for place, column in enumerate(columns):
            pivot = rest[place, place]
            if not pivot > TOLERANCE * size[place]:
                found.add(column)
                continue
            rest -= np.outer(rest[:, place], rest[place] / pivot)
    return sorted(found)
