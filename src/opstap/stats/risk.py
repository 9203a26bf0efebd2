"""Who was at risk when: the sums over risk sets that every estimator of time to event is made of.

- Andersen PK, Borgan Ø, Gill RD, Keiding N. Statistical Models Based on Counting Processes. Springer 1993.
  doi:10.1007/978-1-4612-4348-9 (delayed entry: at risk after entry, up to and including the time of leaving)

Rows are sorted once; sums over the risk set at every event time are differences of cumulative sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opstap.stats.design import Array, StatsError

Indices = NDArray[np.intp]


def checked(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None, most: int | None = 1
) -> tuple[Array, Array, Array | None]:
    """Give times, events and entries as arrays; `StatsError` names the first row that cannot be used.

    `most` is the highest code of an event (None: any whole number).
    """
    left, happened = np.asarray(time, dtype=float), np.asarray(event, dtype=float)
    entered = None if entry is None else np.asarray(entry, dtype=float)
    if left.shape != happened.shape or left.ndim != 1 or (entered is not None and entered.shape != left.shape):
        raise StatsError("time, event and entry must be columns of equal length.")
    for name, values in (("time", left), ("event", happened), ("entry", entered)):
        if values is None:
            continue
        unknown = np.isnan(values)
        if unknown.any():
            raise StatsError(f"{name} is missing in {int(unknown.sum())} row(s); leave them out or fill it in.")
        if name != "entry" and np.isinf(values).any():
            raise StatsError(f"{name} is infinite in row {int(np.flatnonzero(np.isinf(values))[0]) + 1}.")
    if most == 1:
        if ((happened != 0) & (happened != 1)).any():
            raise StatsError("event must be 1 (it happened) or 0 (not seen).")
    elif ((happened < 0) | (happened != np.floor(happened))).any():
        raise StatsError("event must be 0 (censored) or the number of the cause.")
    if entered is not None and (entered >= left).any():
        row = int(np.flatnonzero(entered >= left)[0])
        raise StatsError(
            f"Row {row + 1}: entry {entered[row]:g} is not before time {left[row]:g}: nothing was observed; "
            "leave such rows out."
        )
    return left, happened, entered


@dataclass(frozen=True)
class Risk:
    """People sorted by stratum and time, and where their risk sets begin and end.

    `order` sorts the rows given; `times` (E) and `strata` (E) are the distinct event times. The risk set of an event
    time is rows `first` to `last` of the sorted, without those who still had to enter (`entry_first` to `entry_last`
    in the order `by_entry`). A sorted row was at risk at event times `since` to `until`.
    """

    order: Indices
    times: Array
    strata: Indices
    first: Indices
    last: Indices
    event_rows: Indices
    event_at: Indices
    by_entry: Indices | None
    entry_first: Indices
    entry_last: Indices
    since: Indices
    until: Indices

    def sums(self, values: Array) -> Array:
        """Sum a column or columns of the sorted rows (n or n × k) over the risk set of each event time."""
        total = _running(values)
        found = total[self.last] - total[self.first]
        if self.by_entry is not None:
            waiting = _running(values[self.by_entry])
            found = found - (waiting[self.entry_last] - waiting[self.entry_first])
        return found

    def at_events(self, values: Array) -> Array:
        """Sum a column or columns of the rows with an event (D or D × k) at each event time."""
        if values.ndim == 1:
            return np.bincount(self.event_at, weights=values, minlength=len(self.times)).astype(float)
        return np.add.reduceat(values, self.event_starts, axis=0)

    @property
    def event_starts(self) -> Indices:
        """Where in the rows with an event each event time begins."""
        return np.searchsorted(self.event_at, np.arange(len(self.times)))

    def accumulated(self, increments: Array) -> Array:
        """Sum increments at the event times (E or E × k) over the time that each sorted row was at risk."""
        total = _running(increments)
        return total[self.until] - total[self.since]


def _running(values: Array) -> Array:
    zero = np.zeros((1, *values.shape[1:]))
    return np.concatenate([zero, np.cumsum(values, axis=0)])


def risk_sets(time: Array, event: NDArray[np.bool_], entry: Array | None = None, strata: Indices | None = None) -> Risk:
    """Sort people and find the risk set of each distinct event time, per stratum."""
    order = np.argsort(time, kind="stable") if strata is None else np.lexsort((time, strata))
    t = time[order]
    s = np.zeros(len(t), dtype=np.intp) if strata is None else strata[order]
    # A new place for every new time in a stratum: whole numbers can be searched for in one go.
    new = np.empty(len(t), dtype=bool)
    new[:1] = True
    new[1:] = (t[1:] != t[:-1]) | (s[1:] != s[:-1])
    place = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    event_rows = np.flatnonzero(event[order])
    happened = np.zeros(len(starts), dtype=bool)
    happened[place[event_rows]] = True
    distinct = np.flatnonzero(happened)
    number = np.cumsum(happened) - 1
    first = starts[distinct]
    ends = np.searchsorted(s, s[first], side="right") if strata is not None else np.full(len(first), len(t))
    # The number of event times up to and including each row's time, and before it entered (or its stratum began).
    until = number[place] + 1
    since = np.searchsorted(s[first], s, side="left") if strata is not None else np.zeros(len(t), dtype=np.intp)
    by_entry = None
    entry_first = entry_last = np.zeros(len(distinct), dtype=np.intp)
    if entry is not None:
        e = entry[order]
        by_entry = np.lexsort((e, s)) if strata is not None else np.argsort(e, kind="stable")
        se, ee = s[by_entry], e[by_entry]
        # Those who enter at an event time or later are not at risk at it.
        entry_first = _search(se, ee, s[first], t[first], "left")
        entry_last = np.searchsorted(se, s[first], side="right")
        since = _search(s[first], t[first], s, e, "right")
    return Risk(
        order=order,
        times=t[first],
        strata=s[first],
        first=first,
        last=ends,
        event_rows=event_rows,
        event_at=number[place[event_rows]],
        by_entry=by_entry,
        entry_first=entry_first,
        entry_last=entry_last,
        since=since,
        until=until,
    )


def _search(
    strata: Indices, values: Array, in_strata: Indices, wanted: Array, side: Literal["left", "right"]
) -> Indices:
    """Search within strata: both are sorted by stratum, and `values` within it; `wanted` may come in any order."""
    found = np.empty(len(wanted), dtype=np.intp)
    for stratum in np.unique(in_strata):
        low, high = np.searchsorted(strata, stratum, "left"), np.searchsorted(strata, stratum, "right")
        here = in_strata == stratum
        found[here] = low + np.searchsorted(values[low:high], wanted[here], side=side)
    return found
