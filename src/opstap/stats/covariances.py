"""The covariance of one subject's visits, as a function of its parameters, with first and second derivatives.

- Jennrich RI, Schluchter MD. Unbalanced repeated-measures models with structured covariance matrices.
  Biometrics 1986;42:805-820. doi:10.2307/2530695 (the structures)

Two coordinates. The search runs in `Structure`: the elements themselves (unstructured), or variance and
correlation (compound symmetry, AR(1)). Kenward–Roger with second derivatives depends on the coordinates; there
R's mmrm is followed (`mmrm_derivatives`): logarithms of the standard deviations of a Cholesky factor with unit
diagonal; AR(1)'s ρ = θ/√(1 + θ²); compound symmetry's ρ a logistic of θ over its possible values (mmrm 0.3.16).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opstap.stats.design import Array
from opstap.stats.repeated import roots, undefined

COVARIANCES = ("us", "cs", "ar1")


@dataclass(frozen=True)
class Structure:
    """A covariance structure over m visits; every method takes parameters T × L and gives T × … × m × m."""

    kind: str
    visits: int

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.visits * (self.visits + 1) // 2 if self.kind == "us" else 2

    def _apart(self) -> Array:
        apart = np.abs(np.subtract.outer(np.arange(self.visits), np.arange(self.visits))).astype(float)
        return np.minimum(apart, 1) if self.kind == "cs" else apart

    def matrix(self, theta: Array) -> Array:
        """Give the covariance of the visits."""
        if self.kind == "us":
            return np.tensordot(theta, _units(self.visits), axes=1)
        return theta[:, 0, None, None] * np.power(theta[:, 1, None, None], self._apart())

    def first(self, theta: Array) -> Array:
        """Give the first derivatives (T × L × m × m)."""
        if self.kind == "us":
            units = _units(self.visits)
            return np.broadcast_to(units, (len(theta), *units.shape))
        apart, rho = self._apart(), theta[:, 1, None, None]
        lowered = np.where(apart > 0, apart * np.power(rho, np.maximum(apart - 1, 0)), 0.0)
        return np.stack([np.power(rho, apart), theta[:, 0, None, None] * lowered], axis=1)

    def second(self, theta: Array) -> Array | None:
        """Give the second derivatives (T × L × L × m × m), or None where they are all zero."""
        if self.kind == "us":
            return None
        apart, rho = self._apart(), theta[:, 1, None, None]
        once = np.where(apart > 0, apart * np.power(rho, np.maximum(apart - 1, 0)), 0.0)
        twice = np.where(apart > 1, apart * (apart - 1) * np.power(rho, np.maximum(apart - 2, 0)), 0.0)
        out = np.zeros((len(theta), 2, 2, self.visits, self.visits))
        out[:, 0, 1] = out[:, 1, 0] = once
        out[:, 1, 1] = theta[:, 0, None, None] * twice
        return out

    def start(self, moments: Array) -> Array:
        """Give parameters near the residuals' moments (T × m × m), NaN where no two visits were seen together."""
        variance = np.einsum("tii->ti", moments)
        deviation = np.sqrt(variance)
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = moments / (deviation[:, :, None] * deviation[:, None, :])
        if self.kind == "us":
            rows, columns = np.tril_indices(self.visits)
            # Moments of different people need not fit together: then start from visits that do not correlate.
            fits = ~undefined(roots(np.nan_to_num(moments))) & ~undefined(moments)
            diagonal = variance[:, :, None] * np.eye(self.visits)
            return np.where(fits[:, None, None], np.nan_to_num(moments), diagonal)[:, rows, columns]
        near = np.abs(np.subtract.outer(np.arange(self.visits), np.arange(self.visits))) == 1
        chosen = near if self.kind == "ar1" else ~np.eye(self.visits, dtype=bool)
        known = np.where(chosen & ~np.isnan(correlation), correlation, 0.0)
        rho = known.sum(axis=(1, 2)) / np.maximum((chosen & ~np.isnan(correlation)).sum(axis=(1, 2)), 1)
        lowest = -0.9 if self.kind == "ar1" else -0.9 / max(self.visits - 1, 1)
        return np.column_stack([variance.mean(axis=1), np.clip(rho, lowest, 0.9)])


def _units(visits: int) -> Array:
    """Give the symmetric matrices with a one at each element of the lower triangle (L × m × m)."""
    rows, columns = np.tril_indices(visits)
    out = np.zeros((len(rows), visits, visits))
    places = np.arange(len(rows))
    out[places, rows, columns] = 1
    out[places, columns, rows] = 1
    return out


def mmrm_derivatives(kind: str, sigma: Array) -> tuple[Array, Array]:
    """First (L × m × m) and second (L × L × m × m) derivatives of a covariance in the coordinates of R's mmrm."""
    m = len(sigma)
    if kind == "us":
        return _cholesky_derivatives(sigma)
    variance, rho = sigma[0, 0], sigma[0, 1] / sigma[0, 0] if m > 1 else 0.0
    structure = Structure(kind, m)
    theta = np.array([[variance, rho]])
    first, second = structure.first(theta)[0], structure.second(theta)
    assert second is not None
    if kind == "cs":
        lowest = -1 / (m - 1) if m > 1 else -1.0
        share = (rho - lowest) / (1 - lowest)
        slope = (1 - lowest) * share * (1 - share)
        bend = slope * (1 - 2 * share)
    else:
        value = rho / np.sqrt(1 - rho**2)
        slope = (1 + value**2) ** -1.5
        bend = -3 * value * (1 + value**2) ** -2.5
    # log standard deviation: dσ² = 2σ², d²σ² = 4σ².
    one = np.stack([2 * variance * first[0], slope * first[1]])
    two = np.zeros((2, 2, m, m))
    two[0, 0] = 4 * variance * first[0]
    two[0, 1] = two[1, 0] = 2 * variance * slope * second[0, 0, 1]
    two[1, 1] = slope**2 * second[0, 1, 1] + bend * first[1]
    return one, two


def _cholesky_derivatives(sigma: Array) -> tuple[Array, Array]:
    m = len(sigma)
    factor = np.linalg.cholesky(sigma)
    deviation = np.diag(factor)
    rows, columns = np.tril_indices(m, -1)
    size = m + len(rows)
    once = np.zeros((size, m, m))
    twice = np.zeros((size, size, m, m))
    # The factor is diag(exp(θ)) times a matrix with unit diagonal and free elements below.
    for index in range(m):
        once[index, index] = factor[index]
        twice[index, index, index] = factor[index]
    for number, (row, column) in enumerate(zip(rows, columns, strict=True)):
        once[m + number, row, column] = deviation[row]
        twice[row, m + number, row, column] = twice[m + number, row, row, column] = deviation[row]
    first = once @ factor.T
    first = first + first.transpose(0, 2, 1)
    cross = np.einsum("aij,bkj->abik", once, once)
    second = twice @ factor.T
    second = second + second.transpose(0, 1, 3, 2) + cross + cross.transpose(1, 0, 2, 3)
    return first, second
