"""Competing events: the share with each kind of event over time, and Gray's test between groups.

- Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on censored
  observations. Scand J Stat 1978;5:141-150 (the curve, with delayed entry)
- Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk. Ann Stat
  1988;16:1141-1154. doi:10.1214/aos/1176350951 (the test, and the variance of the curve as in R's cmprsk)
- Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data, 2nd ed. Wiley 2002 (log−log interval)

One minus Kaplan–Meier overstates the share with an event where another makes it impossible: someone who died or
retired does not return later. With delayed entry, risk sets leave out those who still had to enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from opstap.stats.design import Array, StatsError
from opstap.stats.risk import checked


@dataclass(frozen=True)
class IncidenceAt:
    """The curve at one time; None where nobody was observed any more, or where no interval exists."""

    time: float
    at_risk: int
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Incidence:
    """A cumulative incidence at every time with an event of any cause; arrays of equal length."""

    cause: int
    times: Array
    estimate: Array
    se: Array
    low: Array
    high: Array
    survival: Array
    n: int
    events: int
    competing: int
    _entry: Array
    _exit: Array

    def at(self, days: ArrayLike) -> list[IncidenceAt]:
        """Read the curve at one or more times; nothing is claimed once nobody is observed any more."""
        found = []
        for day in np.atleast_1d(np.asarray(days, dtype=float)):
            at_risk = int(np.sum((self._entry < day) & (day <= self._exit)))
            place = int(np.searchsorted(self.times, day, side="right")) - 1
            if day > self._exit.max() and (not len(self.times) or self.survival[-1] > 0):
                values: list[float | None] = [None] * 4
            elif place < 0:
                values = [0.0, 0.0, 0.0, 0.0]
            else:
                row = (each[place] for each in (self.estimate, self.se, self.low, self.high))
                values = [None if np.isnan(value) else float(value) for value in row]
            found.append(IncidenceAt(float(day), at_risk, *values))
        return found


def cumulative_incidence(
    time: ArrayLike, event: ArrayLike, cause: int, entry: ArrayLike | None = None, level: float = 0.95
) -> Incidence:
    """Estimate the share with an event of `cause` over time; `event` is 0 (censored) or the number of a cause.

    Raises `StatsError` for data that cannot be used, and a cause that nobody has.
    """
    left, code, entered = checked(time, event, entry, most=None)
    times, at_risk, mine, other = _counts(left, code, entered, cause)
    survival = np.cumprod(1 - (mine + other) / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    estimate = np.cumsum(before * mine / at_risk)
    with np.errstate(invalid="ignore", divide="ignore"):
        alive = survival > 0
        inverse = np.where(alive, 1 / survival, 0.0)

        def added(deaths: Array) -> Array:
            ties = np.where(deaths > 1, 1 - (deaths - 1) / (at_risk - 1), 1.0)
            return before**2 * ties * deaths / at_risk**2

        # The variance is a quadratic in the curve's own height: three running sums give it.
        own, rival = added(mine), np.where(alive, added(other), 0.0)
        of_own, of_rival = 1 + inverse * estimate, inverse * estimate
        first = np.cumsum(of_own**2 * own + of_rival**2 * rival)
        second = np.cumsum(inverse * (of_own * own + of_rival * rival))
        third = np.cumsum(inverse**2 * (own + rival))
        se = np.sqrt(np.maximum(first + estimate**2 * third - 2 * estimate * second, 0.0))
        z = float(stats.norm.ppf(0.5 + level / 2))
        log = np.log(estimate)
        reach = z * se / (estimate * log)
        inside = (estimate > 0) & (estimate < 1)
        low = np.where(inside, np.exp(log * np.exp(-reach)), np.where(estimate > 0, np.nan, 0.0))
        high = np.where(inside, np.exp(log * np.exp(reach)), np.where(estimate > 0, np.nan, 0.0))
    return Incidence(
        cause=cause,
        times=times,
        estimate=estimate,
        se=se,
        low=low,
        high=high,
        survival=survival,
        n=len(left),
        events=int(mine.sum()),
        competing=int(other.sum()),
        _entry=np.full(len(left), -np.inf) if entered is None else entered,
        _exit=left,
    )


def _counts(left: Array, code: Array, entered: Array | None, cause: int) -> tuple[Array, Array, Array, Array]:
    times = np.unique(left[code > 0])
    out = np.sort(left)
    at_risk = (len(left) - np.searchsorted(out, times, side="left")).astype(float)
    if entered is not None:
        at_risk -= len(left) - np.searchsorted(np.sort(entered), times, side="left")
    place = np.searchsorted(times, left)
    mine = np.bincount(place[code == cause], minlength=len(times)).astype(float)
    other = np.bincount(place[(code > 0) & (code != cause)], minlength=len(times)).astype(float)
    return times, at_risk, mine, other


def check_cause(event: ArrayLike, cause: int) -> None:
    """Raise `StatsError` for a cause that nobody has."""
    known = sorted({int(code) for code in np.asarray(event, dtype=float) if code > 0 and code == code})
    if cause not in known:
        there = f"choose one of {', '.join(map(str, known))}" if known else "no event was seen"
        raise StatsError(f"Nobody has an event of cause {cause}; {there}.")


@dataclass(frozen=True)
class GrayTest:
    """Gray's test that groups have the same cumulative incidence of one cause."""

    statistic: float
    df: int
    p: float


def gray_test(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, cause: int, entry: ArrayLike | None = None
) -> GrayTest:
    """Test whether two or more groups have the same cumulative incidence of `cause`.

    As R's cmprsk with ρ = 0. Raises `StatsError` for data that cannot be used, a single group, and a cause nobody has.
    """
    left, code, entered = checked(time, event, entry, most=None)
    check_cause(code, cause)
    names, which = np.unique(np.asarray(group), return_inverse=True)
    k = len(names)
    if k < 2:
        raise StatsError("A test between groups needs at least two; there is one.")
    times = np.unique(left[code > 0])
    at_risk, mine, other = (np.zeros((len(times), k)) for _ in range(3))
    for number in range(k):
        here = which == number
        out = np.sort(left[here])
        at_risk[:, number] = len(out) - np.searchsorted(out, times, side="left")
        if entered is not None:
            at_risk[:, number] -= len(out) - np.searchsorted(np.sort(entered[here]), times, side="left")
        place = np.searchsorted(times, left[here])
        mine[:, number] = np.bincount(place[code[here] == cause], minlength=len(times))
        other[:, number] = np.bincount(place[(code[here] > 0) & (code[here] != cause)], minlength=len(times))
    score, variance = _gray(at_risk, mine, other)
    if np.linalg.matrix_rank(variance) < k - 1:
        raise StatsError("The groups were never at risk together, so they cannot be compared.")
    statistic = float(score @ np.linalg.solve(variance, score))
    return GrayTest(statistic, k - 1, float(stats.chi2.sf(statistic, k - 1)))


def _gray(at_risk: Array, mine: Array, other: Array) -> tuple[Array, Array]:
    """Score and variance of all groups but the last (Gray 1988, section 2.1 and the estimator of its appendix)."""
    _events, k = at_risk.shape
    there = at_risk > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(there, (mine + other) / at_risk, 0.0)
        after = np.cumprod(1 - ratio, axis=0)
        before = np.vstack([np.ones(k), after[:-1]])
        jump = np.where(there, before * mine / at_risk, 0.0)
        inside = np.vstack([np.zeros(k), np.cumsum(jump, axis=0)[:-1]])
        h = np.where(there, at_risk / before, 0.0)
        total = h.sum(axis=1)
        deaths = mine.sum(axis=1)
        pooled_after = np.cumsum(deaths / total)
        pooled = np.concatenate([[0.0], pooled_after[:-1]])
        sets = h * (1 - inside)
        expected = deaths[:, None] * sets / sets.sum(axis=1)[:, None]
        score = (mine - expected).sum(axis=0)[:-1]
        # a: E × k × k, how each group's own increments move the score; c: what has been gathered up to each time.
        a = np.einsum("ei,ij->eij", h, np.eye(k)) - h[:, :, None] * h[:, None, :] / total[:, None, None]
        c = np.cumsum(a * (deaths / (total * (1 - pooled)))[:, None, None], axis=0)
        rest = np.where(after > 0, 1 - (1 - pooled_after)[:, None] / after, 1.0)
        tie = np.where(deaths[:, None] > 1, 1 - (deaths[:, None] - 1) / (total[:, None] * before - 1), 1.0)
        own = np.where(there, tie * before * (deaths / total)[:, None] / at_risk, 0.0)
        share = np.where(after > 0, (1 - pooled_after)[:, None] / after, 0.0)
        rival_tie = np.where(other > 1, 1 - (other - 1) / (at_risk - 1), 1.0)
        rival = np.where(there & (after > 0) & (other > 0), rival_tie * before**2 * other / at_risk**2, 0.0)
    one = a - rest[:, None, :] * c
    two = share[:, None, :] * c
    third = (rest**2 * own + share**2 * rival).sum(axis=0)
    second = np.einsum("eik,ek->ik", one, rest * own) - np.einsum("eik,ek->ik", two, share * rival)
    first = np.einsum("eik,ejk,ek->ij", one, one, own) + np.einsum("eik,ejk,ek->ij", two, two, rival)
    last = c[-1]
    variance = first + (last * third) @ last.T + last @ second.T + second @ last.T
    return score, variance[:-1, :-1]
