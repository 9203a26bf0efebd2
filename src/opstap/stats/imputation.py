"""Multiple imputation of a table: which method for which column, by arm, with a seed.

- White IR, Royston P, Wood AM. Multiple imputation using chained equations: issues and guidance for practice. Stat
  Med 2011;30:377-399. doi:10.1002/sim.4067
- Sullivan TR, White IR, Salter AB, Ryan P, Lee KJ. Should multiple imputation be the method of choice for handling
  missing data in randomized trials? Stat Methods Med Res 2018;27:2610-2626. doi:10.1177/0962280216683570 (by arm)
- Brand J, van Buuren S, le Cessie S, van den Hout W. Combining multiple imputation and bootstrap in the analysis of
  cost-effectiveness trial data. Stat Med 2019;38:210-220. doi:10.1002/sim.7956 (one imputation in each bootstrap
  sample)

The drawing itself: `chained.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats.chained import Column, impute_arrays
from opstap.stats.design import Array, StatsError, check_choice

_MOST_LEVELS = 20


@dataclass(frozen=True)
class Imputed:
    """m completed tables; `methods` per column that was imputed, `left_out` those that predict nothing."""

    frames: list[pd.DataFrame]
    methods: dict[str, str]
    iterations: int
    seed: int
    left_out: list[str] = field(default_factory=list)

    def long(self) -> pd.DataFrame:
        """Give all tables below each other, with `.imp` (1 to m) and `.id` (1 to n) before the columns."""
        parts = []
        for number, frame in enumerate(self.frames, start=1):
            head = pd.DataFrame({".imp": number, ".id": np.arange(1, len(frame) + 1)}, index=frame.index)
            parts.append(pd.concat([head, frame], axis=1))
        return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Coded:
    """A table as numbers (n × k, NaN is missing) with a description of each column, and the way back."""

    values: Array
    columns: list[Column]
    levels: dict[str, list[Any]]
    index: pd.Index
    dtypes: dict[str, Any]

    def table(self, values: Array) -> pd.DataFrame:
        """Turn completed values (n × k) back into a table."""
        out = {}
        for number, column in enumerate(self.columns):
            if column.name in self.levels:
                known = self.levels[column.name]
                out[column.name] = pd.Series([known[int(code)] for code in values[:, number]], index=self.index)
            else:
                out[column.name] = pd.Series(values[:, number], index=self.index)
                if pd.api.types.is_integer_dtype(self.dtypes[column.name]):
                    out[column.name] = out[column.name].astype(self.dtypes[column.name])
        return pd.DataFrame(out)


def code(
    data: pd.DataFrame,
    methods: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    passive: Mapping[str, Mapping[str, float]] | None = None,
    silent: Sequence[str] = (),
) -> Coded:
    """Code a table for `impute_arrays`, with a method for each incomplete column.

    By default a number is matched (pmm), one with two values or a text with two is logistic, and an ordered category
    ordinal. `levels` orders the levels of a text. `passive` gives for a column the weights it is computed with, such as
    {"total": {"a": 1, "b": 1}} (key "1" is a constant). `silent` columns predict nothing. Raises `StatsError` for an
    unknown column or method, a text with many levels and no order, and a column without any value.
    """
    chosen, order = dict(methods or {}), dict(levels or {})
    computed = dict(passive or {})
    for name in [
        *chosen,
        *order,
        *computed,
        *silent,
        *(one for each in computed.values() for one in each if one != "1"),
    ]:
        if name not in data.columns:
            raise StatsError(f"There is no column {name!r}; the data have {', '.join(map(str, data.columns))}.")
    names = [str(name) for name in data.columns]
    if not names:
        raise StatsError("There is nothing to impute: the data have no columns.")
    columns, values, known = [], [], {}
    for name in names:
        series = data[name]
        if series.notna().sum() == 0:
            raise StatsError(f"{name} has no value at all; leave it out.")
        categories = _levels(series, order.get(name))
        if categories is not None:
            known[name] = categories
            place = {level: number for number, level in enumerate(categories)}
            values.append(series.map(place).astype(float).to_numpy())
        else:
            values.append(series.astype(float).to_numpy())
            if np.isinf(values[-1]).any():
                raise StatsError(f"{name} is infinite in row {int(np.flatnonzero(np.isinf(values[-1]))[0]) + 1}.")
        number_of_levels = len(categories) if categories is not None else 0
        columns.append(_column(name, series, number_of_levels, chosen, computed, order, names, name not in silent))
    # Numbers of 0 and 1 under a logistic method are codes already.
    for number, column in enumerate(columns):
        if column.method == "logistic" and not set(np.unique(values[number][~np.isnan(values[number])])) <= {0.0, 1.0}:
            raise StatsError(f"{column.name}: a logistic method needs two values, 0 and 1 or two texts.")
    dtypes = {name: data[name].dtype for name in names}
    return Coded(np.column_stack(values), columns, known, data.index, dtypes)


def _levels(series: pd.Series, order: Sequence[Any] | None) -> list[Any] | None:
    if order is not None:
        unknown = sorted({str(one) for one in series.dropna().unique() if one not in list(order)})
        if unknown:
            raise StatsError(f"{series.name} has {', '.join(unknown)}, which its order of levels does not name.")
        return list(order)
    if isinstance(series.dtype, pd.CategoricalDtype):
        return list(series.cat.categories)
    if pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return None
    found = sorted(series.dropna().unique().tolist(), key=str)
    if set(found) <= {True, False}:
        return found
    if len(found) > _MOST_LEVELS:
        raise StatsError(
            f"{series.name} is text with {len(found)} different values; leave it out, or code it in a few levels."
        )
    return found


def _column(
    name: str,
    series: pd.Series,
    levels: int,
    chosen: dict[str, str],
    computed: Mapping[str, Mapping[str, float]],
    order: Mapping[str, Sequence[Any]],
    names: Sequence[str],
    predicts: bool,
) -> Column:
    if name in computed:
        weights = dict(computed[name])
        constant = weights.pop("1", 0.0)
        inputs = tuple(names.index(one) for one in weights)
        return Column(name, "passive", 0, inputs, (constant, *weights.values()), predicts)
    if not series.isna().any():
        return Column(name, "", levels, predicts=predicts)
    method = chosen.get(name)
    if method is None:
        if levels == 0:
            method = "logistic" if set(series.dropna().unique().tolist()) <= {0, 1} else "pmm"
        elif levels == 2:
            method = "logistic"
        elif name in order or (isinstance(series.dtype, pd.CategoricalDtype) and series.cat.ordered):
            method = "ordinal"
        else:
            raise StatsError(
                f"{name} is text with {levels} levels and has missing values; order its levels, or leave it out."
            )
    check_choice(f"{name}: method", method, ("pmm", "norm", "logistic", "ordinal"))
    if method == "ordinal" and levels < 2:
        raise StatsError(f"{name}: an ordinal method needs the order of its levels.")
    if method == "logistic" and levels not in (0, 2):
        raise StatsError(f"{name}: a logistic method needs two values; it has {levels}.")
    if method in ("pmm", "norm") and levels > 0:
        raise StatsError(f"{name}: {method} is for numbers; it has text.")
    return Column(name, "logistic" if method == "ordinal" and levels == 2 else method, levels, predicts=predicts)


def impute(
    data: pd.DataFrame,
    m: int = 20,
    seed: int = 1,
    by: str | None = None,
    methods: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    passive: Mapping[str, Mapping[str, float]] | None = None,
    silent: Sequence[str] = (),
    iterations: int = 10,
) -> Imputed:
    """Complete a table (one row a person) m times; the same seed gives the same tables.

    `by` imputes each arm by itself, so that what differs between arms stays. See `code` for the rest. Raises
    `StatsError` as it does, and for an arm too small for the columns.
    """
    if m < 1 or iterations < 1:
        raise StatsError("Give at least one imputation and one iteration.")
    if by is not None and by not in data.columns:
        raise StatsError(f"There is no column {by!r}; the data have {', '.join(map(str, data.columns))}.")
    if by is not None and data[by].isna().any():
        raise StatsError(f"Column {by!r} is empty in {int(data[by].isna().sum())} row(s); fill it in.")
    rest = data.drop(columns=[by]) if by is not None else data
    coded = code(rest, methods, levels, passive, silent)
    groups = [np.arange(len(data))] if by is None else list(data.groupby(by, sort=True).indices.values())
    completed = np.empty((m, *coded.values.shape))
    for rows, stream in zip(groups, np.random.SeedSequence(seed).spawn(len(groups)), strict=True):
        part = coded.values[rows]
        _check_size(part, coded, by is not None)
        whole = np.broadcast_to(part, (m, *part.shape))
        completed[:, rows] = impute_arrays(whole, coded.columns, np.random.default_rng(stream), iterations)
    frames = [coded.table(one) for one in completed]
    if by is not None:
        frames = [frame.assign(**{by: data[by]})[list(data.columns)] for frame in frames]
    used = {column.name: column.method for column in coded.columns if column.method}
    return Imputed(frames, used, iterations, seed, [column.name for column in coded.columns if not column.predicts])


def _check_size(part: Array, coded: Coded, by_arm: bool) -> None:
    where = "in one arm" if by_arm else "in the data"
    for number, column in enumerate(coded.columns):
        seen = int((~np.isnan(part[:, number])).sum())
        if column.method not in ("", "passive") and seen < 3 and seen < len(part):
            raise StatsError(f"{column.name} has {seen} value(s) {where}: too few to impute from. Leave it out.")


def impute_once(
    samples: Array, columns: Sequence[Column], seed: int | np.random.SeedSequence, iterations: int = 10, share: int = 20
) -> Array:
    """Complete each of B bootstrap samples once (B × n × k): the imputation nested in the bootstrap.

    Samples are rows of a coded table (`code`), drawn with replacement, holes and all; each is imputed from itself
    alone, `share` of them at once. Raises `StatsError` as `impute_arrays` does.
    """
    return impute_arrays(samples, columns, np.random.default_rng(seed), iterations, share=share)
