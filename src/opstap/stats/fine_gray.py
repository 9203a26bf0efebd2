"""Fine and Gray's regression: what moves the share with one kind of event, where others compete.

- Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. J Am Stat Assoc
  1999;94:496-509. doi:10.1080/01621459.1999.10474144
- Geskus RB. Cause-specific cumulative incidence estimation and the Fine and Gray model under both left truncation
  and right censoring. Biometrics 2011;67:39-49. doi:10.1111/j.1541-0420.2010.01420.x (weights with delayed entry)

Someone with another event stays at risk, with the weight G(t−)/G(T−) that censoring would have left them; with delayed
entry also H(t−)/H(T−), the chance to have entered. Without delayed entry estimates and errors are those of R's cmprsk
(errors count that G was estimated); with it, those of R's survival (finegray, errors robust, weights as if known).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats.competing import check_cause
from opstap.stats.design import Array, StatsError, Term, predictors, wald
from opstap.stats.risk import checked

_STEPS = 50


@dataclass(frozen=True)
class FineGray:
    """A fitted model; estimates are logarithms of ratios of the subdistribution's hazards."""

    terms: list[Term]
    cov: Array
    cause: int
    n: int
    events: int
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON; ratios are of the subdistribution's hazards."""
        return {
            "terms": [
                {
                    **asdict(term),
                    "hazard_ratio": float(np.exp(term.estimate)),
                    "hazard_ratio_low": float(np.exp(term.low)),
                    "hazard_ratio_high": float(np.exp(term.high)),
                }
                for term in self.terms
            ],
            "n": self.n,
            "events": self.events,
        }


def fine_gray(
    data: pd.DataFrame,
    formula: str,
    time: str,
    event: str,
    cause: int,
    entry: str | None = None,
    level: float = 0.95,
) -> FineGray:
    """Fit the model to one row per person; `event` holds 0 (censored) or the number of a cause.

    `formula` is the right-hand side, as "arm + age". Raises `StatsError` as `design.predictors` does, and for a cause
    that nobody has and a term that the data push to infinity.
    """
    matrix, terms, used, left_out = predictors(data, formula, [time, event, *([entry] if entry else [])])
    left, code, entered = checked(used[time], used[event], used[entry] if entry else None, most=None)
    check_cause(code, cause)
    fit = _Fit(left, code, cause, matrix, terms, entered)
    beta = fit.solve()
    cov = fit.covariance()
    return FineGray(
        terms=[wald(*one, None, level) for one in zip(terms, beta, np.diag(cov), strict=True)],
        cov=cov,
        cause=cause,
        n=len(left),
        events=int((code == cause).sum()),
        left_out=left_out,
    )


class _Fit:
    """Arrays sorted by time; E distinct times of the cause."""

    def __init__(
        self, left: Array, code: Array, cause: int, matrix: Array, terms: Sequence[str], entered: Array | None
    ) -> None:
        order = np.argsort(left, kind="stable")
        self.t, self.code, self.terms = left[order], code[order], list(terms)
        self.entered = None if entered is None else entered[order]
        self.spread = matrix.std(axis=0)
        self.x = (matrix[order] - matrix.mean(axis=0)) / self.spread
        self.own, self.rival = self.code == cause, (self.code > 0) & (self.code != cause)
        self.times = np.unique(self.t[self.own])
        self.place = np.searchsorted(self.times, self.t[self.own])
        self.counts = np.bincount(self.place, minlength=len(self.times)).astype(float)
        self.at_time = self._weight(self.times)
        with np.errstate(divide="ignore"):
            self.inverse = np.where(self.rival, 1 / self._weight(self.t), 0.0)
        if not np.isfinite(self.inverse).all():
            raise StatsError("Everyone was censored before the last competing event; its weight is not defined.")
        # Event times at which each person is at risk: those after entry up to their own time, and for rivals all
        # after it.
        self.until = np.searchsorted(self.times, self.t, side="right")
        self.since = (
            np.zeros(len(self.t), dtype=np.intp)
            if self.entered is None
            else np.searchsorted(self.times, self.entered, side="right")
        )

    def _weight(self, times: Array) -> Array:
        """G(t−), and with delayed entry G(t−)·H(t−)."""
        censored = self.code == 0
        points = np.unique(self.t[censored])
        lost = np.bincount(np.searchsorted(points, self.t[censored]), minlength=len(points))
        if self.entered is None:
            at_risk = len(self.t) - np.searchsorted(self.t, points, side="left")
            return _before(points, 1 - lost / at_risk, times)
        # Events come before censoring at the same time; entries come after both.
        events = np.sort(self.t[~censored])
        out = np.sort(self.t[censored])
        at_risk = len(events) - np.searchsorted(events, points, side="right")
        at_risk += len(out) - np.searchsorted(out, points, side="left")
        at_risk -= len(self.t) - np.searchsorted(np.sort(self.entered), points, side="left")
        weight = _before(points, 1 - lost / np.maximum(at_risk, 1), times)
        starts, came = np.unique(self.entered, return_counts=True)
        present = np.searchsorted(np.sort(self.entered), starts, side="right")
        present = present - np.searchsorted(self.t, starts, side="right")
        steps = 1 - came / present
        # H(t−) is the product over entries at t or later.
        ahead = np.append(np.cumprod(steps[::-1])[::-1], 1.0)
        return np.asarray(weight * ahead[np.searchsorted(starts, times, side="left")])

    def _at(self, beta: Array) -> tuple[float, Array, Array]:
        eta = self.x @ beta
        self.w = np.exp(eta - eta.max())
        values = np.column_stack([self.w, self.w[:, None] * self.x])
        s = self._sums(values)
        self.s0, self.means = s[:, 0], s[:, 1:] / s[:, :1]
        self.steps = self.counts / self.s0
        loglik = float(eta[self.own].sum() - (self.counts * (np.log(self.s0) + eta.max())).sum())
        score = self.x[self.own].sum(axis=0) - (self.counts[:, None] * self.means).sum(axis=0)
        lived = self._lived(self.steps)
        information = (self.x * (self.w * lived)[:, None]).T @ self.x
        return loglik, score, information - (self.means * self.counts[:, None]).T @ self.means

    def _sums(self, values: Array) -> Array:
        """Weighted sums over everyone at risk at each time of the cause (E × k)."""
        total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        found = total[-1] - total[np.searchsorted(self.t, self.times, side="left")]
        if self.entered is not None:
            by_entry = np.argsort(self.entered, kind="stable")
            waiting = np.vstack([np.zeros(values.shape[1]), np.cumsum(values[by_entry], axis=0)])
            found -= waiting[-1] - waiting[np.searchsorted(self.entered[by_entry], self.times, side="left")]
        gone = np.vstack([np.zeros(values.shape[1]), np.cumsum(values * self.inverse[:, None], axis=0)])
        return found + self.at_time[:, None] * gone[np.searchsorted(self.t, self.times, side="left")]

    def _lived(self, steps: Array) -> Array:
        """Each person's weighted sum of steps (E) over the times at which they are at risk (n)."""
        plain = np.concatenate([[0.0], np.cumsum(steps)])
        weighted = np.concatenate([[0.0], np.cumsum(steps * self.at_time)])
        return plain[self.until] - plain[self.since] + self.inverse * (weighted[-1] - weighted[self.until])

    def solve(self) -> Array:
        beta = np.zeros(self.x.shape[1])
        loglik, score, information = self._at(beta)
        for _ in range(_STEPS):
            step = np.linalg.solve(information, score)
            settled = score @ step < 1e-12
            share = 1.0
            while True:
                new = self._at(beta + share * step)
                if new[0] >= loglik - 1e-9 * abs(loglik) or share < 1e-8:
                    break
                share /= 2
            beta = beta + share * step
            loglik, score, information = new
            if (np.abs(self.x * beta).max(axis=0) > 100).any():
                raise StatsError("All events of the cause lie on one side of a term; drop it or join levels.")
            if settled:
                break
        else:
            raise StatsError("The Fine–Gray model did not converge; use a shorter formula.")
        self.information = information
        return np.asarray(beta / self.spread)

    def covariance(self) -> Array:
        """The sandwich, with each person's part in the estimate of G where nobody entered late."""
        p = self.x.shape[1]
        hazard = self._lived(self.steps)
        moved = np.column_stack([self._lived(self.steps * self.means[:, term]) for term in range(p)])
        parts = -self.w[:, None] * (self.x * hazard[:, None] - moved)
        parts[self.own] += self.x[self.own] - self.means[self.place]
        if self.entered is None:
            parts += self._of_censoring()
        bread = np.linalg.inv(self.information)
        return np.asarray(bread @ parts.T @ parts @ bread / np.outer(self.spread, self.spread))

    def _of_censoring(self) -> Array:
        censored = self.code == 0
        points, lost = np.unique(self.t[censored], return_counts=True)
        if not len(points):
            return np.zeros_like(self.x)
        values = np.column_stack([self.w, self.w[:, None] * self.x]) * self.inverse[:, None]
        gone = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        gone = gone[np.searchsorted(self.t, points, side="left")]
        steps = np.column_stack([np.ones(len(self.times)), self.means]) * (self.steps * self.at_time)[:, None]
        ahead = np.vstack([np.cumsum(steps[::-1], axis=0)[::-1], np.zeros(steps.shape[1])])
        ahead = ahead[np.searchsorted(self.times, points, side="left")]
        pull = gone[:, 1:] * ahead[:, :1] - gone[:, :1] * ahead[:, 1:]
        at_risk = len(self.t) - np.searchsorted(self.t, points, side="left")
        running = np.vstack([np.zeros(pull.shape[1]), np.cumsum(pull * (lost / at_risk**2)[:, None], axis=0)])
        out = -running[np.searchsorted(points, self.t, side="right")]
        here = np.searchsorted(points, self.t[censored])
        out[censored] += (pull / at_risk[:, None])[here]
        return np.asarray(out)


def _before(points: Array, factors: Array, times: Array) -> Array:
    """The product of the factors at points strictly before each time."""
    product = np.concatenate([[1.0], np.cumprod(factors)])
    return np.asarray(product[np.searchsorted(points, times, side="left")])
