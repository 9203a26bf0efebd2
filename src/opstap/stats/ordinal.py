"""Proportional odds: an answer on an ordered scale, drawn given others.

- McCullagh P. Regression models for ordinal data. J R Stat Soc B 1980;42:109-142.
doi:10.1111/j.2517-6161.1980.tb01109.x

For B data sets at once. A weak normal prior (as if each slope had been seen once in a hundred) keeps slopes finite
where a level is told apart perfectly; thresholds are kept in order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from opstap.stats.design import Array

_PRIOR = 0.01
_STEPS = 40


def draw_ordinal(
    x: Array,
    codes: NDArray[np.intp],
    seen: NDArray[np.bool_],
    there: Array,
    levels: int,
    random: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw answers (B × M, 0 to levels − 1) for the rows `there` (B × M × p) from the seen ones of `x` (B × n × p)."""
    theta, information = fit_ordinal(x, codes, seen, levels)
    factor = np.linalg.cholesky(information)
    noise = random.standard_normal(theta.shape)
    drawn = theta + np.linalg.solve(factor.swapaxes(1, 2), noise[..., None])[..., 0]
    thresholds = np.sort(drawn[:, : levels - 1], axis=1)
    eta = (there @ drawn[:, levels - 1 :, None])[..., 0]
    upper = expit(thresholds[:, None, :] - eta[..., None])
    return (random.uniform(size=eta.shape)[..., None] > upper).sum(axis=-1)


def fit_ordinal(x: Array, codes: NDArray[np.intp], seen: NDArray[np.bool_], levels: int) -> tuple[Array, Array]:
    """Fit thresholds and slopes (B × levels − 1 + p) to the seen rows; gives them with their information."""
    b, _n, p = x.shape
    cuts = levels - 1
    share = np.stack([((codes <= cut) & seen).sum(axis=1) for cut in range(cuts)], axis=1)
    count = seen.sum(axis=1)[:, None]
    start = (share + 0.5 * np.arange(1, levels) / levels) / (count + 0.5)
    theta = np.concatenate([np.log(start / (1 - start)), np.zeros((b, p))], axis=1)
    prior = np.concatenate([np.full(cuts, 1e-6), np.full(p, _PRIOR)])
    hot_up = (codes[..., None] == np.arange(cuts)).astype(float)
    hot_down = (codes[..., None] - 1 == np.arange(cuts)).astype(float)
    last, first = codes == cuts, codes == 0
    loglik = np.full(b, -np.inf)
    share_of_step = np.ones(b)
    step = np.zeros_like(theta)
    for _ in range(_STEPS):
        tried = theta + share_of_step[:, None] * step
        value, score, information = _derivatives(tried, x, hot_up, hot_down, first, last, seen, prior, cuts)
        ordered = (np.diff(tried[:, :cuts], axis=1) > 0).all(axis=1) if cuts > 1 else np.ones(b, dtype=bool)
        better = ordered & (value >= loglik - 1e-9)
        if better.all() and np.abs(share_of_step[:, None] * step).max() < 1e-6 and np.isfinite(loglik).all():
            return tried, information
        theta = np.where(better[:, None], tried, theta)
        loglik = np.where(better, value, loglik)
        new = np.linalg.solve(information, score[..., None])[..., 0]
        step = np.where(better[:, None], new, step)
        share_of_step = np.where(better, 1.0, share_of_step / 2)
    _, _, information = _derivatives(theta, x, hot_up, hot_down, first, last, seen, prior, cuts)
    return theta, information


def _derivatives(
    theta: Array,
    x: Array,
    hot_up: Array,
    hot_down: Array,
    first: NDArray[np.bool_],
    last: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    prior: Array,
    cuts: int,
) -> tuple[Array, Array, Array]:
    """Log-likelihood, score and expected-type information of the cumulative logit model, rows not seen left out."""
    eta = (x @ theta[:, cuts:, None])[..., 0]
    above = np.where(last, np.inf, (hot_up @ theta[:, :cuts, None])[..., 0] - eta)
    below = np.where(first, -np.inf, (hot_down @ theta[:, :cuts, None])[..., 0] - eta)
    high, low = expit(above), expit(below)
    chance = np.maximum(high - low, 1e-12)
    steep_high, steep_low = high * (1 - high), low * (1 - low)
    up, down = seen * steep_high / chance, seen * steep_low / chance
    # d chance / d threshold above = up, below = −down; d / d eta = down − up.
    design_up = np.concatenate([hot_up * ~last[..., None], -x * ~last[..., None]], axis=-1)
    design_down = np.concatenate([hot_down * ~first[..., None], -x * ~first[..., None]], axis=-1)
    slope = design_up * up[..., None] - design_down * down[..., None]
    score = slope.sum(axis=1) - prior * theta
    curve_up = seen * steep_high * (1 - 2 * high) / chance
    curve_down = seen * steep_low * (1 - 2 * low) / chance
    information = slope.swapaxes(1, 2) @ slope
    information -= (design_up * curve_up[..., None]).swapaxes(1, 2) @ design_up
    information += (design_down * curve_down[..., None]).swapaxes(1, 2) @ design_down
    value = (seen * np.log(chance)).sum(axis=1) - 0.5 * (prior * theta**2).sum(axis=1)
    return value, score, information + np.diag(prior)
