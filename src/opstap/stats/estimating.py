"""The equations of a GEE solved, for one trial or for many at once, and the covariances of their solution.

- Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models. Biometrika 1986;73:13-22.
  doi:10.1093/biomet/73.1.13
- Mancl LA, DeRouen TA. A covariance estimator for GEE with improved small-sample properties. Biometrics
  2001;57:126-134. doi:10.1111/j.0006-341X.2001.00126.x
- Kauermann G, Carroll RJ. A note on the efficiency of sandwich covariance matrix estimation. J Am Stat Assoc
  2001;96:1387-1396. doi:10.1198/016214501753382309
- Fay MP, Graubard BI. Small-sample adjustments for Wald-type tests using sandwich estimators. Biometrics
  2001;57:1198-1206. doi:10.1111/j.0006-341X.2001.01198.x (their bound on the correction is 0.75)

Everything has a first axis of trials. Rows are scaled by the root of their variance and then whitened by the
working correlation; in those coordinates every covariance below is a sum over groups of squares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from opstap.stats.design import Array
from opstap.stats.repeated import MOST_VISITS, Panel, by_pattern, roots, undefined

CORRELATIONS = ("independence", "exchangeable", "ar1", "unstructured")
STANDARD_ERRORS = ("robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive")
#: These come with Student's t on groups − parameters degrees of freedom.
CORRECTED = ("mancl-derouen", "kauermann-carroll", "fay-graubard")
_FAY_GRAUBARD_BOUND = 0.75
ITERATIONS = 100
TOLERANCE = 1e-10
_EDGE = 1e-7


@dataclass(frozen=True)
class Family:
    """A distribution: the variance of a mean, and which outcomes and means are possible."""

    variance: Callable[[Array], Array]
    start: Callable[[Array], Array]
    possible: Callable[[Array], bool]
    outcome: str
    link: str


@dataclass(frozen=True)
class Link:
    """A link: the mean of a linear predictor, its slope, and the predictor of a mean."""

    mean: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    predictor: Callable[[Array], Array]


LINKS = {
    "identity": Link(lambda eta: eta, np.ones_like, lambda mu: mu),
    "logit": Link(expit, lambda eta: expit(eta) * expit(-eta), logit),
    "log": Link(np.exp, np.exp, np.log),
}
FAMILIES = {
    "gaussian": Family(np.ones_like, lambda y: y, lambda y: True, "a number", "identity"),
    "binomial": Family(
        lambda mu: mu * (1 - mu),
        lambda y: (y + 0.5) / 2,
        lambda y: bool(((y >= 0) & (y <= 1)).all()),
        "between 0 and 1",
        "logit",
    ),
    "poisson": Family(lambda mu: mu, lambda y: y + 0.5, lambda y: bool((y >= 0).all()), "0 or more", "log"),
}


@dataclass
class Solution:
    """The solution for each trial: `beta` (T × p), `dispersion` (T), `correlation` (T × V × V, NaN if unknown).

    `failed` (T) holds 0 (sound), or one of the reasons below. `information` is (T × p × p).
    """

    beta: Array
    dispersion: Array
    correlation: Array
    information: Array
    failed: NDArray[np.intp]
    iterations: int
    alpha: Array


SOUND, NOT_CONVERGED, AT_THE_EDGE, EXACT, FEW_PAIRS, NOT_DEFINITE = range(6)


class Equations:
    """The estimating equations of T trials over their panels; `solve` and then `covariance`."""

    def __init__(self, data: Sequence[Panel], visits: int, family: str, link: str | None, corr: str, lost: int) -> None:
        self.panels, self.visits, self.corr, self.lost = list(data), visits, corr, lost
        self.family, self.link = FAMILIES[family], LINKS[link or FAMILIES[family].link]
        self.p = data[0].p
        self.trials = len(data[0].y)
        self.n = sum(np.einsum("tii->t", one.pairs) for one in data)
        self.pairs = np.zeros((self.trials, visits, visits))
        for one in data:
            self.pairs[:, one.visits[:, None], one.visits[None, :]] += one.pairs
        self._normal = family == "gaussian" and (link or "identity") == "identity"
        self._summed = self._normal and max(one.y.shape[-1] for one in data) <= MOST_VISITS

    # ── the iteration ──

    def solve(self, tolerance: float = TOLERANCE) -> Solution:
        """Iterate from the independence fit: its residuals are a sound start for the correlation."""
        self.failed = np.zeros(self.trials, dtype=np.intp)
        self.iterations = 0
        self.beta = self._start()
        if not self._normal:
            self._iterate("independence", tolerance)
        self._iterate(self.corr, tolerance)
        return Solution(
            self.beta, self.dispersion, self.correlation, self.information, self.failed, self.iterations, self.alpha
        )

    def _start(self) -> Array:
        square, right = np.zeros((self.trials, self.p, self.p)), np.zeros((self.trials, self.p))
        for one in self.panels:
            if self._summed:
                total = np.einsum("tkiiab->tab", one.products)
                square += total[:, :-1, :-1]
                right += total[:, :-1, -1]
                continue
            target = self.link.predictor(self.family.start(one.y))
            seen = one.patterns[one.which]
            x = one.x * seen[..., None]
            square += np.einsum("tgmp,tgmq->tpq", x, x, optimize=True)
            right += np.einsum("tgmp,tgm->tp", x, target, optimize=True)
        return _solved(square, right)

    def _iterate(self, corr: str, tolerance: float) -> None:
        # A residual is known no better than the outcome's own last digits.
        largest = np.max([np.abs(one.y).max() for one in self.panels])
        rounding = np.finfo(float).eps * largest * np.sqrt(self.n)
        moving = self.failed == SOUND
        for _ in range(ITERATIONS):
            self._update(corr)
            step = _solved(self.information, self.score)
            with np.errstate(invalid="ignore"):
                # Measured in standard errors, so that a covariate's unit does not matter.
                size = np.abs(step) * np.sqrt(np.abs(np.einsum("tpp->tp", self.information)))
                near = (size < (tolerance * np.sqrt(self.dispersion) + rounding)[:, None]).all(axis=1)
            self.beta = np.where((self.failed == SOUND)[:, None], self.beta + np.nan_to_num(step), self.beta)
            self.iterations += 1
            lost = ~np.isfinite(step).all(axis=1) & (self.failed == SOUND)
            self.failed[lost] = NOT_CONVERGED
            moving = (self.failed == SOUND) & ~near
            if not moving.any():
                break
        self.failed[moving] = NOT_CONVERGED
        self._update(corr)

    def _update(self, corr: str) -> None:
        crossed = np.zeros((self.trials, self.visits, self.visits))
        self._scaled: list[tuple[Array, Array]] = []
        contrast = np.concatenate([-self.beta, np.ones((self.trials, 1))], axis=1)
        for one in self.panels:
            where = (slice(None), one.visits[:, None], one.visits[None, :])
            if self._summed:
                inner = np.matmul(one.products, contrast[:, None, None, None, :, None])[..., 0]
                crossed[where] += np.einsum("tkija,ta->tij", inner, contrast)
                continue
            x, residual = self._scale(one)
            self._scaled.append((x, residual))
            crossed[where] += np.matmul(residual.transpose(0, 2, 1), residual)
        squares = np.einsum("tii->t", crossed)
        self.dispersion = squares / (self.n - self.lost)
        self._fail(self.dispersion < 1e-20, EXACT)
        self.correlation, self.alpha = self._working(corr, crossed)
        self._solve_normal()

    def _left(self, one: Panel) -> Array:
        """Residuals of a normal outcome (T × G × m), zero where nothing was seen."""
        left = one.y - one.fitted(self.beta)
        return left if one.patterns.all() else np.where(one.patterns[one.which], left, 0.0)

    def _scale(self, one: Panel) -> tuple[Array, Array]:
        """Rows of design and residual over the root of the variance; zero where nothing was seen."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            eta = one.fitted(self.beta)
            mean = self.link.mean(eta)
            seen = one.patterns[one.which]
            root = np.sqrt(self.family.variance(mean))
            residual = np.where(seen, (one.y - mean) / root, 0.0)
            slope = np.where(seen, self.link.slope(eta) / root, 0.0)
            x = one.x * slope[..., None]
            fine = np.isfinite(residual) & np.isfinite(slope) & ((root > _EDGE) | ~seen)
        self._fail(np.asarray(~fine.all(axis=(1, 2))), AT_THE_EDGE)
        return np.nan_to_num(x, posinf=0, neginf=0), np.nan_to_num(residual, posinf=0, neginf=0)

    def _fail(self, where: NDArray[np.bool_], reason: int) -> None:
        self.failed[where & (self.failed == SOUND)] = reason

    def _working(self, corr: str, crossed: Array) -> tuple[Array, Array]:
        """The correlation of all visits (T × V × V) and its one parameter (T), NaN where there is none."""
        trials, visits = self.trials, self.visits
        identity = np.broadcast_to(np.eye(visits), (trials, visits, visits))
        if corr == "independence":
            return identity, np.full(trials, np.nan)
        scale = np.where(self.dispersion > 0, self.dispersion, 1.0)
        if corr == "unstructured":
            off = ~np.eye(visits, dtype=bool)
            together = (self.pairs > 0) & off
            self._fail(np.asarray(((self.pairs - self.lost <= 0) & together).any(axis=(1, 2))), FEW_PAIRS)
            with np.errstate(invalid="ignore", divide="ignore"):
                matrix = (
                    crossed / np.where(self.pairs - self.lost > 0, self.pairs - self.lost, 1) / scale[:, None, None]
                )
            return np.where(together, matrix, np.where(off, np.nan, 1.0)), np.full(trials, np.nan)
        apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
        counted = (apart > 0) if corr == "exchangeable" else (apart == 1)
        pairs = np.einsum("tij,ij->t", self.pairs, counted) / 2
        self._fail(pairs - self.lost <= 0, FEW_PAIRS)
        alpha = np.einsum("tij,ij->t", crossed, counted) / 2 / np.maximum(pairs - self.lost, 1) / scale
        power = np.minimum(apart, 1) if corr == "exchangeable" else apart
        return np.power(alpha[:, None, None], power.astype(float)), alpha

    def _solve_normal(self) -> None:
        self.information = np.zeros((self.trials, self.p, self.p))
        self.score = np.zeros((self.trials, self.p))
        self._halves: list[Array] = []
        for number, one in enumerate(self.panels):
            part = self.correlation[:, one.visits[:, None], one.visits[None, :]]
            factor = roots(by_pattern(part, one.patterns))
            wrong = undefined(factor)
            self._fail(wrong, NOT_DEFINITE)
            factor = np.where(wrong[:, None, None, None], np.eye(part.shape[-1]), factor)
            half = np.linalg.inv(factor)
            self._halves.append(half)
            inverse = np.matmul(half.transpose(0, 1, 3, 2), half)
            if self._summed:
                trials = self.trials
                total = np.matmul(
                    inverse.reshape(trials, 1, -1), one.products.reshape(trials, -1, (self.p + 1) ** 2)
                ).reshape(trials, self.p + 1, self.p + 1)
                self.information += total[:, :-1, :-1]
                self.score += total[:, :-1, -1] - np.einsum("tpq,tq->tp", total[:, :-1, :-1], self.beta)
                continue
            x, residual = self._scaled[number]
            white, left = self._whitened(one, half, x, residual)
            flat = white.reshape(self.trials, -1, self.p)
            self.information += np.matmul(flat.transpose(0, 2, 1), flat)
            self.score += np.einsum("tgmp,tgm->tp", white, left, optimize=True)

    def _whitened(self, one: Panel, half: Array, x: Array, residual: Array) -> tuple[Array, Array]:
        each = self._each(one, half)
        return np.matmul(each, x), np.matmul(each, residual[..., None])[..., 0]

    def _each(self, one: Panel, matrices: Array) -> Array:
        """Give each group the matrix of its pattern: T × G (or 1) × m × m."""
        if len(one.patterns) == 1:
            return matrices
        return matrices[np.arange(self.trials)[:, None], one.which]

    def fewest_pairs(self, corr: str) -> float:
        """Give the fewest pairs of visits that any one correlation of the first trial rests on."""
        apart = np.abs(np.subtract.outer(np.arange(self.visits), np.arange(self.visits)))
        if corr == "unstructured":
            return float(min(self.pairs[0][(apart > 0) & (self.pairs[0] > 0)], default=0.0))
        return float(self.pairs[0][(apart > 0) if corr == "exchangeable" else (apart == 1)].sum() / 2)

    # ── the covariance of the solution ──

    def covariance(self, se: str) -> Array:
        """Covariance of the coefficients (T × p × p) by one of `STANDARD_ERRORS`."""
        bread = _inverted(self.information)
        if se == "naive":
            return bread * self.dispersion[:, None, None]
        meat = np.zeros_like(bread)
        for one, half in zip(self.panels, self._halves, strict=True):
            scores = self._scores(one, half, bread, se)
            meat += np.matmul(scores.transpose(0, 2, 1), scores)
        return bread @ meat @ bread

    def scores(self) -> Array:
        """Give each group's contribution to the equations (T × groups × p), in the order of the panels."""
        bread = np.zeros_like(self.information)
        each = zip(self.panels, self._halves, strict=True)
        return np.concatenate([self._scores(one, half, bread, "robust") for one, half in each], axis=1)

    def _scores(self, one: Panel, half: Array, bread: Array, se: str) -> Array:
        if self._normal and se == "robust":
            # Rows need no scale, and a design that the trials share stays one.
            inverse = self._each(one, np.matmul(half.transpose(0, 1, 3, 2), half))
            weighed = np.matmul(inverse, self._left(one)[..., None])[..., 0]
            return one.carried(weighed)
        x, residual = self._scale(one)
        if se == "robust":
            inverse = self._each(one, np.matmul(half.transpose(0, 1, 3, 2), half))
            weighed = np.matmul(inverse, residual[..., None])[..., 0]
            return np.einsum("tgmp,tgm->tgp", x, weighed)
        white, left = self._whitened(one, half, x, residual)
        if se == "fay-graubard":
            share = np.einsum("tgmp,tgmq,tqp->tgp", white, white, bread, optimize=True)
            return np.einsum("tgmp,tgm->tgp", white, left) / np.sqrt(1 - np.minimum(_FAY_GRAUBARD_BOUND, share))
        leverage = np.einsum("tgip,tpq,tgjq->tgij", white, bread, white, optimize=True)
        rest = np.eye(leverage.shape[-1]) - leverage
        if se == "mancl-derouen":
            grown = np.linalg.solve(rest, left[..., None])[..., 0]
        else:
            values, vectors = np.linalg.eigh(rest)
            turned = np.einsum("tgji,tgj->tgi", vectors, left) / np.sqrt(np.maximum(values, 1e-12))
            grown = np.einsum("tgij,tgj->tgi", vectors, turned)
        return np.einsum("tgmp,tgm->tgp", white, grown)


def _solved(square: Array, right: Array) -> Array:
    try:
        return np.linalg.solve(square, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.stack([_solved_one(one, other) for one, other in zip(square, right, strict=True)])


def _solved_one(square: Array, right: Array) -> Array:
    try:
        return np.linalg.solve(square, right)
    except np.linalg.LinAlgError:
        return np.full(right.shape, np.nan)


def _inverted(square: Array) -> Array:
    identity = np.eye(square.shape[-1])
    return np.stack([_solved(square, np.broadcast_to(column, square.shape[:-1])) for column in identity], axis=-1)
