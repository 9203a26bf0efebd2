"""The restricted likelihood of a mixed model for repeated measures, and its maximum, for one trial or many.

- Harville DA. Maximum likelihood approaches to variance component estimation and to related problems. J Am
  Stat Assoc 1977;72:320-338. doi:10.1080/01621459.1977.10480998 (restricted maximum likelihood)
- Gilmour AR, Thompson R, Cullis BR. Average information REML: an efficient algorithm for variance parameter
  estimation in linear mixed models. Biometrics 1995;51:1440-1450. doi:10.2307/2533274 (the information used
  where the observed one is not positive definite)

The likelihood needs the data only through sums of cross-products per pattern of visits; score and observed
information are exact. With W the inverse covariance of a pattern, n its people, M and F the cross-products of
residuals and of fitted values' errors, the score for a parameter with derivative D is ½ Σ tr[(W(M + F)W − nW) D].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opstap.stats.covariances import Structure
from opstap.stats.design import Array
from opstap.stats.repeated import Panel, by_pattern, roots, undefined

_STEPS = 100
_HALVINGS = 30
_FAR = 1e3


@dataclass
class State:
    """The likelihood of T trials at one covariance each, with what its derivatives need."""

    loglik: Array
    beta: Array
    cov: Array
    inverses: list[Array]


@dataclass
class Maximum:
    """Where the likelihood of each trial is highest; `sound` (T) is False where it was not found.

    `information` (T × L × L) is the observed one of the parameters; `gradients` (T × L × p × p) say how the
    covariance of the coefficients moves with each parameter.
    """

    theta: Array
    sigma: Array
    state: State
    information: Array
    gradients: Array
    sound: NDArray[np.bool_]


class Likelihood:
    """The restricted likelihood of T trials over their panels, on the scale of the residuals."""

    def __init__(self, data: Sequence[Panel], structure: Structure) -> None:
        self.structure = structure
        self.panels = list(data)
        self.trials, self.p = len(data[0].y), data[0].p
        self.visits = structure.visits
        self.n = sum(np.einsum("tii->t", one.pairs) for one in data)
        self._centred = False
        self._standardise()

    def _standardise(self) -> None:
        """Take out the least-squares fit and its residual's size, so that parameters are of order 1."""
        products = [one.products for one in self.panels]
        total = sum(np.einsum("tkiiab->tab", each) for each in products)
        self.start_beta = _solve(total[:, :-1, :-1], total[:, :-1, -1])
        left = total[:, -1, -1] - np.einsum("tp,tp->t", self.start_beta, total[:, :-1, -1])
        with np.errstate(invalid="ignore", divide="ignore"):
            self.scale = np.sqrt(np.maximum(left, 0) / (self.n - self.p))
        if not self._centred:
            self._largest = np.maximum(1.0, np.sqrt(total[:, -1, -1] / self.n))
        self.exact = ~(self.scale > 1e-10 * self._largest)
        if (self._largest > _FAR * self.scale).any() and not self._centred:
            # Sums of squares of an outcome far from zero would lose its last digits: sum those of residuals.
            self._centred = True
            near = self.start_beta
            self.panels = [_less(one, near) for one in self.panels]
            self._standardise()
            self.start_beta = near + self.start_beta
            return
        safe = np.where(self.exact, 1.0, self.scale)
        # From (x, y) to (x, (y − xβ)/s): a congruence of the products.
        change = np.broadcast_to(np.eye(self.p + 1), (self.trials, self.p + 1, self.p + 1)).copy()
        change[:, :-1, -1] = -np.nan_to_num(self.start_beta) / safe[:, None]
        change[:, -1, -1] = 1 / safe
        turn = change[:, None, None, None]
        self.products = [turn.swapaxes(-1, -2) @ each @ turn for each in products]

    def start(self) -> Array:
        """Parameters from the moments of the least-squares residuals."""
        crossed = np.zeros((self.trials, self.visits, self.visits))
        pairs = np.zeros_like(crossed)
        for one, products in zip(self.panels, self.products, strict=True):
            where = (slice(None), one.visits[:, None], one.visits[None, :])
            crossed[where] += products[..., -1, -1].sum(axis=1)
            pairs[where] += one.pairs
        with np.errstate(invalid="ignore", divide="ignore"):
            moments = crossed / pairs
        variance = np.einsum("tii->ti", moments)
        floor = np.where(np.isnan(variance), 1.0, np.maximum(variance, 1e-3))
        places = np.arange(self.visits)
        moments[:, places, places] = floor
        return self.structure.start(moments)

    def at(self, theta: Array) -> State:
        """Evaluate; the log-likelihood is −∞ where the covariance is not positive definite."""
        sigma = self.structure.matrix(theta)
        q = self.p + 1
        total = np.zeros((self.trials, q, q))
        log_determinant = np.zeros(self.trials)
        inverses = []
        wrong = np.zeros(self.trials, dtype=bool)
        for one, products in zip(self.panels, self.products, strict=True):
            factor = roots(by_pattern(sigma[:, one.visits[:, None], one.visits[None, :]], one.patterns))
            bad = undefined(factor)
            wrong |= bad
            factor = np.where(bad[:, None, None, None], np.eye(factor.shape[-1]), factor)
            log_determinant += 2 * np.einsum("tk,tki->t", one.counts, np.log(np.einsum("tkii->tki", factor)))
            half = np.linalg.inv(factor)
            inverse = half.swapaxes(-1, -2) @ half
            # Unseen visits have the identity in `factor`, and no place in the inverse.
            inverse = inverse * (one.patterns[:, :, None] & one.patterns[:, None, :])
            inverses.append(inverse)
            total += (inverse.reshape(self.trials, 1, -1) @ products.reshape(self.trials, -1, q * q)).reshape(-1, q, q)
        information, right = total[:, :-1, :-1], total[:, :-1, -1]
        cov = _invert(information)
        beta = np.einsum("tpq,tq->tp", cov, right)
        quadratic = total[:, -1, -1] - np.einsum("tp,tp->t", right, beta)
        constant = (self.n - self.p) * np.log(2 * np.pi)
        loglik = -0.5 * (constant + log_determinant + np.linalg.slogdet(information)[1] + quadratic)
        return State(np.where(wrong | ~np.isfinite(loglik), -np.inf, loglik), beta, cov, inverses)

    def derivatives(self, theta: Array, state: State) -> tuple[Array, Array, Array, Array]:
        """Score (T × L), observed and average information (T × L × L), gradients of the coefficients' covariance."""
        first, second = self.structure.first(theta), self.structure.second(theta)
        trials, p, size = self.trials, self.p, first.shape[1]
        contrast = np.concatenate([-state.beta, np.ones((trials, 1))], axis=1)
        spread = contrast[:, :, None] * contrast[:, None, :]
        errors = np.zeros((trials, p + 1, p + 1))
        errors[:, :-1, :-1] = state.cov
        score = np.zeros((trials, size))
        moved = np.zeros((trials, size, p + 1, p + 1))
        data_part, model_part = np.zeros((trials, size, size)), np.zeros((trials, size, size))
        both = np.stack([spread, errors], axis=-1).reshape(trials, (p + 1) ** 2, 2)
        for one, products, inverse in zip(self.panels, self.products, state.inverses, strict=True):
            m, kinds = len(one.visits), len(one.patterns)
            flat = products.reshape(trials, kinds * m * m, (p + 1) ** 2)
            sums = (flat @ both).reshape(trials, kinds, m, m, 2)
            residuals, fitted = sums[..., 0], sums[..., 1]
            counts = one.counts[:, :, None, None]
            slope = first[:, :, one.visits[:, None], one.visits[None, :]]
            wd = inverse[:, :, None] @ slope[:, None]  # T × K × L × m × m
            inside = wd @ inverse[:, :, None]
            moved += (inside.swapaxes(1, 2).reshape(trials, size, -1) @ flat).reshape(trials, size, p + 1, p + 1)
            along = inverse @ (residuals + fitted) @ inverse - counts * inverse
            score += 0.5 * np.einsum("tkij,tlij->tl", along, slope)
            # tr(W D W D' W S) for S = residuals, and for the model's part S = F − ½ n Σ.
            left = wd.swapaxes(-1, -2)  # D W
            for into, amount in ((data_part, residuals), (model_part, fitted)):
                right = inside @ amount[:, :, None]
                into += np.einsum("tkaij,tkbij->tab", right.swapaxes(-1, -2), left.swapaxes(-1, -2), optimize=True)
            turned = wd.swapaxes(-1, -2) * counts[:, :, None]
            model_part -= 0.5 * np.einsum("tkaij,tkbij->tab", turned, wd, optimize=True)
            if second is not None:
                bend = second[:, :, :, one.visits[:, None], one.visits[None, :]]
                data_part -= 0.5 * np.einsum("tkij,tabij->tab", along, bend)
        pushed = np.einsum("tlpq,tq->tlp", moved[:, :, :-1, :], contrast)
        weighed = np.einsum("tlp,tpq->tlq", pushed, state.cov)
        data_part -= np.einsum("tap,tbp->tab", weighed, pushed)
        traces = moved[:, :, :-1, :-1] @ state.cov[:, None]
        crossing = np.einsum("tapq,tbqp->tab", traces, traces)
        observed = data_part + model_part - 0.5 * crossing
        average = 0.5 * data_part
        gradients = state.cov[:, None] @ traces
        return score, _symmetric(observed), _symmetric(average), gradients

    def maximise(self, tolerance: float = 1e-20) -> Maximum:
        """Climb by Newton's steps, halved where they lead down; `tolerance`: of a squared step in its own metric."""
        theta = self.start()
        state = self.at(theta)
        done = self.exact | ~np.isfinite(state.loglik)
        sound = ~done
        for _ in range(_STEPS):
            score, observed, average, gradients = self.derivatives(theta, state)
            step, size, usable = _ascent(score, observed, average)
            settled = ~done & (size < max(tolerance, 1e-12)) & usable
            sound &= usable | done
            done |= settled | ~usable
            moving = ~done | settled
            theta, state = self._climb(theta, state, step, moving)
            if done.all():
                break
        sound &= done
        score, observed, average, gradients = self.derivatives(theta, state)
        lowest = np.linalg.eigvalsh(np.where(np.isfinite(observed), observed, 0.0))[:, 0]
        # A flat likelihood has its maximum nowhere: the data do not determine the covariance.
        diagonal = np.einsum("tll->tl", observed).max(axis=1)
        sound &= lowest > 1e-10 * np.maximum(diagonal, 1e-300)
        sound &= np.abs(np.linalg.slogdet(self.structure.matrix(theta))[1]) < 60 * self.visits
        return Maximum(theta, self.structure.matrix(theta), state, observed, gradients, sound)

    def _climb(self, theta: Array, state: State, step: Array, moving: NDArray[np.bool_]) -> tuple[Array, State]:
        share = np.where(moving, 1.0, 0.0)
        for _ in range(_HALVINGS):
            tried = theta + share[:, None] * step
            new = self.at(tried)
            slack = 1e-9 * np.maximum(1.0, np.abs(state.loglik))
            worse = ~(new.loglik >= state.loglik - slack) & (share > 0)
            if not worse.any():
                return tried, new
            share = np.where(worse, share / 2, share)
        share = np.where(worse, 0.0, share)
        tried = theta + share[:, None] * step
        return tried, self.at(tried)


def _less(one: Panel, beta: Array) -> Panel:
    """Give the panel with the residuals of a fit as its outcome."""
    return replace(one, y=np.where(one.patterns[one.which], one.y - one.fitted(beta), 0.0))


def _ascent(score: Array, observed: Array, average: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Newton's step where the observed information allows it, else that of the average information."""
    finite = np.asarray(np.isfinite(observed).all(axis=(1, 2)) & np.isfinite(score).all(axis=1))
    size = score.shape[1]
    chosen = np.where(finite[:, None, None], observed, np.eye(size))
    definite = ~undefined(roots(chosen))
    other = np.where(np.isfinite(average), average, 0.0)
    ridge = 1e-8 * np.maximum(np.einsum("tll->tl", other).max(axis=1), 1e-8)[:, None, None] * np.eye(size)
    chosen = np.where(definite[:, None, None], chosen, other + ridge)
    step = _solve(chosen, np.where(finite[:, None], score, 0.0))
    length = np.einsum("tl,tl->t", step, np.nan_to_num(score))
    usable = np.asarray(finite & np.isfinite(step).all(axis=1))
    return np.where(usable[:, None], step, 0.0), np.abs(length), usable


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.swapaxes(-1, -2)) / 2


def _solve(square: Array, right: Array) -> Array:
    try:
        return np.linalg.solve(square, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.einsum("tpq,tq->tp", _invert(square), right)


def _invert(square: Array) -> Array:
    try:
        return np.linalg.inv(square)
    except np.linalg.LinAlgError:
        out = np.full(square.shape, np.nan)
        for number, one in enumerate(square):
            if np.isfinite(one).all() and np.linalg.matrix_rank(one) == len(one):
                out[number] = np.linalg.inv(one)
        return out
