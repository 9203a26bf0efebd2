"""Chained equations: each incomplete column drawn from the others, in turn, many data sets at once.

- van Buuren S, Groothuis-Oudshoorn K. mice: multivariate imputation by chained equations in R. J Stat Softw
  2011;45(3). doi:10.18637/jss.v045.i03
- Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley 1987. doi:10.1002/9780470316696 (the draws)
- Little RJA. Missing-data adjustments in large surveys. J Bus Econ Stat 1988;6:287-296. doi:10.2307/1391878; Morris TP,
  White IR, Royston P. Tuning multiple imputation by predictive mean matching and local residual draws. BMC Med Res
  Methodol 2014;14:75. doi:10.1186/1471-2288-14-75 (predictive mean matching: one of the five nearest)

Here everything is arrays: B data sets (imputations, or bootstrap samples with their own missing values) × n people
× k columns. Sums of squares over all people are kept, and only the column that was drawn anew is summed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from opstap.stats.design import Array, StatsError, check_choice
from opstap.stats.ordinal import draw_ordinal

METHODS = ("pmm", "norm", "logistic", "ordinal", "passive", "")
RIDGE = 1e-5
_PRIOR = 0.01
_SHARE = 20


@dataclass(frozen=True)
class Column:
    """How one column is imputed: `method` ("" leaves it), `levels` of an ordinal or category (0 to levels − 1).

    `inputs` are the columns that a passive one is computed from by `weights`: constant, then one each.
    `predicts` says whether others may be drawn from it.
    """

    name: str
    method: str = ""
    levels: int = 0
    inputs: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    predicts: bool = True


def impute_arrays(
    values: Array,
    columns: Sequence[Column],
    random: np.random.Generator,
    iterations: int = 10,
    donors: int = 5,
    share: int = _SHARE,
) -> Array:
    """Give B completed data sets (B × n × k) of `values` (B × n × k, NaN is missing).

    All B run independently, `share` of them at once; for m imputations of one data set, repeat it m times (a broadcast
    view will do). The answer depends on `share`, since each has its own stream of chance. Raises `StatsError` for an
    unknown method, and an incomplete column that cannot be imputed.
    """
    _check(values, columns)
    # In shares that stay in the processor's cache.
    streams = random.spawn(-(-len(values) // share))
    parts = [
        _Chain(values[share * number : share * (number + 1)], columns, stream, donors).run(iterations)
        for number, stream in enumerate(streams)
    ]
    return np.concatenate(parts)


def _check(values: Array, columns: Sequence[Column]) -> None:
    if values.ndim != 3 or values.shape[2] != len(columns):
        raise StatsError("Give values as data sets × people × columns, with one description a column.")
    for number, column in enumerate(columns):
        check_choice(f"{column.name}: method", column.method, METHODS)
        missing = np.isnan(values[..., number])
        if not missing.any():
            continue
        if column.method == "":
            raise StatsError(f"{column.name} has missing values and no method; give it one, or fill it in.")
        if missing.all(axis=-1).any() and column.method != "passive":
            raise StatsError(f"{column.name} has no value at all (in some data set or arm); leave it out.")


class _Chain:
    def __init__(self, values: Array, columns: Sequence[Column], random: np.random.Generator, donors: int) -> None:
        self.columns, self.random, self.donors = list(columns), random, donors
        self.b, self.n, _ = values.shape
        shared = values.strides[0] == 0
        self.missing = np.isnan(values[:1] if shared else values)
        self.data = np.array(values)
        self._start()
        self.rows = {
            number: _rows(self.missing[..., number])
            for number in range(len(columns))
            if self.missing[..., number].any()
        }
        self._make_design()

    def _start(self) -> None:
        """Fill each hole with a value seen in its own data set and column."""
        for number, column in enumerate(self.columns):
            holes = np.broadcast_to(self.missing[..., number], (self.b, self.n))
            if not holes.any() or column.method == "passive":
                continue
            order = np.argsort(holes, axis=1, kind="stable")
            seen = (~holes).sum(axis=1)
            pick = (self.random.uniform(size=(self.b, self.n)) * seen[:, None]).astype(np.intp)
            place = np.take_along_axis(order, pick, axis=1)
            drawn = np.take_along_axis(self.data[..., number], place, axis=1)
            self.data[..., number] = np.where(holes, drawn, self.data[..., number])
        for number, column in enumerate(self.columns):
            if column.method == "passive":
                self._passive(number)

    def _passive(self, number: int) -> None:
        column = self.columns[number]
        constant, *slopes = column.weights
        value = constant + sum(
            slope * self.data[..., other] for slope, other in zip(slopes, column.inputs, strict=True)
        )
        self.data[..., number] = np.where(self.missing[..., number], value, self.data[..., number])

    def _make_design(self) -> None:
        """Predictors: a constant, numbers standardised, categories as indicators of all levels but the first."""
        self.centre = self.data.mean(axis=(0, 1))
        spread = self.data.std(axis=(0, 1))
        self.spread = np.where(spread > 0, spread, 1.0)
        self.place: list[slice] = []
        width = 1
        for column in self.columns:
            size = column.levels - 1 if column.levels > 2 else 1
            size = size if column.predicts else 0
            self.place.append(slice(width, width + size))
            width += size
        self.x = np.ones((self.b, self.n, width))
        for number in range(len(self.columns)):
            self._write(number)
        self.gram = self.x.swapaxes(1, 2) @ self.x

    def _write(self, number: int) -> None:
        column, place = self.columns[number], self.place[number]
        if place.stop == place.start:
            return
        if column.levels > 2:
            self.x[..., place] = self.data[..., number, None] == np.arange(1, column.levels)
        else:
            self.x[..., place.start] = (self.data[..., number] - self.centre[number]) / self.spread[number]

    def run(self, iterations: int) -> Array:
        drawn = [number for number in self.rows if self.columns[number].method not in ("passive", "")]
        passive = [number for number, column in enumerate(self.columns) if column.method == "passive"]
        for _ in range(iterations):
            for number in drawn:
                self._draw(number)
                changed = [number]
                for other in passive:
                    if number in self.columns[other].inputs:
                        self._passive(other)
                        changed.append(other)
                for other in changed:
                    self._refresh(other)
        return self.data

    def _refresh(self, number: int) -> None:
        place = self.place[number]
        if place.stop == place.start:
            return
        self._write(number)
        part = self.x[..., place].swapaxes(1, 2) @ self.x
        self.gram[:, place, :] = part
        self.gram[:, :, place] = part.swapaxes(1, 2)

    def _keep(self, number: int) -> NDArray[np.intp]:
        """The predictors of a column: all but itself, what it is computed from, and what is computed from it."""
        column = self.columns[number]
        out = {number, *column.inputs}
        out |= {other for other, one in enumerate(self.columns) if number in one.inputs}
        gone = np.zeros(self.x.shape[2], dtype=bool)
        for other in out:
            gone[self.place[other]] = True
        return np.flatnonzero(~gone)

    def _draw(self, number: int) -> None:
        column = self.columns[number]
        rows = self.rows[number]
        keep = self._keep(number)
        if column.method in ("pmm", "norm"):
            drawn = self._draw_number(number, rows, keep)
        else:
            x = self.x[:, :, keep]
            there = _take(x, rows.index)
            if column.method == "logistic":
                drawn = self._draw_logistic(number, x, there)
            else:
                codes = self.data[..., number].astype(np.intp)
                seen = ~np.broadcast_to(self.missing[..., number], (self.b, self.n))
                drawn = draw_ordinal(x[..., 1:], codes, seen, there[..., 1:], column.levels, self.random).astype(float)
        old = np.take_along_axis(self.data[..., number], np.broadcast_to(rows.index, drawn.shape), axis=1)
        new = np.where(rows.real, drawn, old)
        np.put_along_axis(self.data[..., number], np.broadcast_to(rows.index, drawn.shape), new, axis=1)

    def _draw_number(self, number: int, rows: _Rows, keep: NDArray[np.intp]) -> Array:
        whole_there = _take(self.x, rows.index) * rows.real[..., None]
        seen = ~self.missing[..., number]
        square = self.gram - whole_there.swapaxes(1, 2) @ whole_there
        target = (self.data[..., number] - self.centre[number]) / self.spread[number] * seen
        right = (target[:, None, :] @ self.x)[:, 0]
        # What predicts nothing here stays in the system, as an equation of its own with the answer 0: cutting the
        # others out of each matrix takes longer than solving them.
        out = np.ones(square.shape[1], dtype=bool)
        out[keep] = False
        square[:, out], square[:, :, out], right[:, out] = 0.0, 0.0, 0.0
        diagonal = np.einsum("bpp->bp", square)
        diagonal += np.where(diagonal > 0, RIDGE * diagonal, np.where(out, 1.0, RIDGE))
        # β̂ = A⁻¹ X'y, and a draw around it: A⁻¹ L z has the covariance A⁻¹, if A = L L'. One system, two sides.
        chance = np.zeros((*right.shape, 1))
        chance[:, keep, 0] = self.random.standard_normal((len(right), len(keep)))
        both = np.linalg.solve(square, np.concatenate([right[..., None], np.linalg.cholesky(square) @ chance], axis=-1))
        total = (target**2).sum(axis=1)
        left = np.maximum(total - (right * both[..., 0]).sum(axis=1), 1e-12 * total + 1e-300)
        df = np.maximum(np.broadcast_to(seen.sum(axis=1), left.shape) - len(keep), 1)
        sigma = np.sqrt(left / self.random.chisquare(df))
        both[..., 1] = both[..., 0] + sigma[:, None] * both[..., 1]
        predicted = (whole_there @ both[..., 1:])[..., 0]
        if self.columns[number].method == "norm":
            drawn = predicted + sigma[:, None] * self.random.standard_normal(predicted.shape)
            return drawn * self.spread[number] + self.centre[number]
        fitted = (self.x @ both[..., :1])[..., 0]
        place = _match(fitted, seen, predicted, rows.real, self.donors, self.random)
        return np.take_along_axis(self.data[..., number], place, axis=1)

    def _draw_logistic(self, number: int, x: Array, there: Array) -> Array:
        y, seen = self.data[..., number], ~self.missing[..., number]
        beta = np.zeros((self.b, x.shape[2]))
        prior = np.full(x.shape[2], _PRIOR)
        for _ in range(25):
            mean = expit((x @ beta[..., None])[..., 0])
            weight = np.maximum(mean * (1 - mean), 1e-9) * seen
            information = (x * weight[..., None]).swapaxes(1, 2) @ x + np.diag(prior)
            score = (x.swapaxes(1, 2) @ ((y - mean) * seen)[..., None])[..., 0] - prior * beta
            step = np.linalg.solve(information, score[..., None])[..., 0]
            beta += np.clip(step, -5, 5)
            if np.abs(step).max() < 1e-6:
                break
        factor = np.linalg.cholesky(information)
        noise = self.random.standard_normal(beta.shape)
        drawn = beta + np.linalg.solve(factor.swapaxes(1, 2), noise[..., None])[..., 0]
        chance = expit((there @ drawn[..., None])[..., 0])
        return (self.random.uniform(size=chance.shape) < chance).astype(float)


@dataclass(frozen=True)
class _Rows:
    """Where a column is missing: `index` (B or 1 × M), padded where `real` is False."""

    index: NDArray[np.intp]
    real: NDArray[np.bool_]


def _rows(missing: NDArray[np.bool_]) -> _Rows:
    count = missing.sum(axis=1)
    index = np.argsort(~missing, axis=1, kind="stable")[:, : int(count.max())]
    return _Rows(index, np.arange(int(count.max())) < count[:, None])


def _take(x: Array, index: NDArray[np.intp]) -> Array:
    if len(index) == 1:
        return x[:, index[0]]
    return x[np.arange(len(x))[:, None], index]


def _match(
    fitted: Array,
    seen: NDArray[np.bool_],
    predicted: Array,
    real: NDArray[np.bool_],
    donors: int,
    random: np.random.Generator,
) -> NDArray[np.intp]:
    """For each real prediction the place of one of the nearest `donors` among the seen rows of its data set."""
    b, n = fitted.shape
    seen = np.broadcast_to(seen, (b, n))
    count = seen.sum(axis=1)
    # Unseen rows go to the end of the order.
    top = np.maximum(np.abs(fitted).max(axis=1), np.abs(predicted).max(axis=1))[:, None] + 1
    ordered = np.where(seen, fitted, 3 * top)
    order = np.argsort(ordered, axis=1)
    ordered = np.take_along_axis(ordered, order, axis=1)
    # One search for all: each data set has its own stretch of the line.
    stretch = 8.0 * np.arange(b)[:, None]
    # Rows that stand in for nothing (padding) are not looked up.
    which, column = np.nonzero(np.broadcast_to(real, predicted.shape))
    wanted = predicted[which, column]
    position = np.searchsorted((ordered / top + stretch).ravel(), (predicted / top + stretch)[which, column])
    window = (position - n * which)[:, None] + np.arange(-donors, donors)
    inside = (window >= 0) & (window < count[which, None])
    flat = np.where(inside, window, 0) + n * which[:, None]
    distance = np.where(inside, np.abs(ordered.ravel()[flat] - wanted[:, None]), np.inf)
    chosen = (random.uniform(size=len(which)) * np.minimum(donors, count)[which]).astype(np.intp)
    if (count < donors).any():
        picked = np.take_along_axis(np.argsort(distance, axis=1), chosen[:, None], axis=1)[:, 0]
    else:
        # In sorted order the nearest are neighbours: the first of them lies after all that are further than the one
        # that would replace them.
        picked = (distance[:, :donors] > distance[:, donors:]).sum(axis=1) + chosen
    place = np.zeros(predicted.shape, dtype=np.intp)
    place[which, column] = order.ravel()[flat[np.arange(len(which)), picked]]
    return place
