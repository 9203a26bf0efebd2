"""Time to return to work: the Kaplan–Meier curve, also when people enter observation late.

- Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457-481.
  doi:10.1080/01621459.1958.10501452
- Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects 33. London:
  HMSO, 1926.
- Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data, 2nd ed. Wiley 2002 (log−log
  interval).
- Tsai WY, Jewell NP, Wang MC. A note on the product-limit estimator under right censoring and left
  truncation. Biometrika 1987;74:883-886. doi:10.1093/biomet/74.4.883 (delayed entry)

A trap. With delayed entry few people are at risk early on. When the only one at risk has the event, the
curve drops to 0 and stays there, whatever happens to the many who enter later; with two at risk it halves.
Such a curve is not wrong but nearly empty of information. The remedy is `since`: the curve of those still
without the event at that time, from where the numbers at risk are sound. Results carry a notice when an
early risk set was small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from opstap.stats.design import Array, StatsError
from opstap.stats.risk import checked

INTERVALS = ("log", "log-log", "plain")
SMALL_RISK_SET = 10
_ROUNDING = 1e-9


@dataclass(frozen=True)
class AtTime:
    """The curve at one time; None where nobody was observed any more, or where no interval exists."""

    time: float
    at_risk: int
    survival: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """A step function with its pointwise interval (NaN: there is none); a step holds from its time on."""

    times: Array
    estimate: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan–Meier curve at every distinct time on which someone left; arrays of equal length.

    `at_risk` counts those observed just before each time; `low` and `high` are the pointwise interval, NaN
    where it does not exist (at survival 0). `median` and its interval are None where the
    curve does not reach them.
    """

    times: Array
    at_risk: NDArray[np.intp]
    events: NDArray[np.intp]
    survival: Array
    se: Array
    low: Array
    high: Array
    n: int
    median: float | None
    median_low: float | None
    median_high: float | None
    notices: tuple[str, ...]
    _entry: Array
    _exit: Array

    def at(self, days: float | Sequence[float]) -> list[AtTime]:
        """Read the curve at one or more times; nothing is claimed once nobody is observed any more."""
        found = []
        for day in np.atleast_1d(np.asarray(days, dtype=float)):
            at_risk = int(np.sum((self._entry < day) & (day <= self._exit)))
            place = int(np.searchsorted(self.times, day, side="right")) - 1
            if day > self.times[-1] and self.survival[-1] > 0:
                values: list[float | None] = [None, None, None]
            elif place < 0:
                values = [1.0, 1.0, 1.0]
            else:
                values = [_or_none(each[place]) for each in (self.survival, self.low, self.high)]
            found.append(AtTime(float(day), at_risk, *values))
        return found

    def incidence(self) -> Curve:
        """Give 1 − the curve: the share with the event (overstated where other events compete)."""
        return Curve(self.times, 1 - self.survival, 1 - self.high, 1 - self.low)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    entry: ArrayLike | None = None,
    conf: str = "log-log",
    level: float = 0.95,
    since: float | None = None,
) -> KaplanMeier:
    """Estimate the curve from times of leaving observation, by the event (1 or True) or not (0 or False).

    `entry` is when observation began: someone counts as at risk after `entry` up to and including `time`.
    `since` conditions on being without the event at that time. The interval is Greenwood's, transformed by
    `conf`. Raises `StatsError` for arrays of unequal length, missing values, an event other than 0 or 1, an
    entry that is not before the time, and data without anyone.
    """
    if conf not in INTERVALS:
        raise StatsError(f"conf {conf!r} is not known; choose one of {', '.join(INTERVALS)}.")
    left, happened, entered = checked(time, event, entry)
    if since is not None:
        keep = left > since
        left, happened = left[keep], happened[keep]
        entered = np.maximum(entered[keep], since) if entered is not None else np.full(len(left), since)
    if not left.size:
        raise StatsError("Nobody is left to estimate a curve from.")
    gone = np.sort(left)
    new = np.ones(len(gone), dtype=bool)
    np.not_equal(gone[1:], gone[:-1], out=new[1:])
    first = np.flatnonzero(new)
    times = gone[first]
    at_risk = len(gone) - first
    if entered is not None:
        # At risk at t: entered before t and not gone before t.
        at_risk = at_risk - (len(gone) - np.searchsorted(np.sort(entered), times, side="left"))
    event_times, deaths = np.unique(left[happened == 1], return_counts=True)
    steps = np.searchsorted(times, event_times)
    events = np.zeros(len(times), dtype=np.intp)
    events[steps] = deaths
    # The curve and its interval move at events only: computed there, and held in between.
    number = np.cumsum(events > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        risk = at_risk[steps]
        curve = np.cumprod(1 - deaths / risk)
        greenwood = np.sqrt(np.cumsum(deaths / (risk * (risk - deaths))))
        error = np.where(curve > 0, curve * greenwood, 0.0)
        bounds = _interval(curve, greenwood, conf, float(stats.norm.ppf(0.5 + level / 2)))
    survival = np.concatenate([[1.0], curve])[number]
    se = np.concatenate([[0.0], error])[number]
    low, high = (np.concatenate([[1.0], bound])[number] for bound in bounds)
    median, earliest, latest = (_half(times, curve) for curve in (survival, low, high))
    return KaplanMeier(
        times=times,
        at_risk=at_risk.astype(np.intp),
        events=events,
        survival=survival,
        se=se,
        low=low,
        high=high,
        n=len(left),
        median=median,
        median_low=earliest,
        median_high=latest,
        notices=() if entered is None else _notices(times, at_risk, events, entered),
        _entry=np.full(len(left), -np.inf) if entered is None else entered,
        _exit=left,
    )


def _interval(survival: Array, greenwood: Array, conf: str, z: float) -> tuple[Array, Array]:
    if conf == "plain":
        reach = z * survival * greenwood
        low, high = np.maximum(survival - reach, 0), np.minimum(survival + reach, 1)
    elif conf == "log":
        low, high = survival * np.exp(-z * greenwood), np.minimum(survival * np.exp(z * greenwood), 1)
    else:
        log = np.log(survival)
        reach = np.where(log < 0, z * greenwood / log, 0.0)
        low, high = np.exp(log * np.exp(-reach)), np.exp(log * np.exp(reach))
    exists = survival > 0
    return np.where(exists, low, np.nan), np.where(exists, high, np.nan)


def _half(times: Array, curve: Array) -> float | None:
    """When the curve passes one half; where it lies on it exactly, halfway to where it leaves it or ends."""
    below = np.flatnonzero(curve < 0.5 + _ROUNDING)
    if not below.size:
        return None
    first = below[0]
    if curve[first] > 0.5 - _ROUNDING:
        after = np.flatnonzero(curve < 0.5 - _ROUNDING)
        return float((times[first] + times[after[0] if after.size else -1]) / 2)
    return float(times[first])


def _notices(times: Array, at_risk: NDArray[np.intp], events: NDArray[np.intp], entered: Array) -> tuple[str, ...]:
    """Say where an event fell among few at risk while others had still to enter."""
    still_to_enter = len(entered) - np.searchsorted(np.sort(entered), times, side="left")
    small = np.flatnonzero((events > 0) & (at_risk < SMALL_RISK_SET) & (still_to_enter > 0))
    if not small.size:
        return ()
    last = small[-1]
    return (
        f"Up to time {times[last]:g} an event fell among as few as {int(at_risk[small].min())} at risk, "
        "while others had still to enter: the curve rests on few people. "
        f"Estimate it from there on (since={times[last]:g}).",
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
