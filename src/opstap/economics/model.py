"""From a table to the columns of both equations: cost and effect on the arm, each with covariates of its own.

- Manca A, Hawkins N, Sculpher MJ. Estimating mean QALYs in trial-based cost-effectiveness analysis: the importance of
  controlling for baseline utility. Health Econ 2005;14:487-496. doi:10.1002/hec.944
- van Asselt ADI, van Mastrigt GAPG, Dirksen CD, Arntz A, Severens JL, Kessels AGH. How to deal with cost differences at
  baseline. Pharmacoeconomics 2009;27:519-528. doi:10.2165/00019053-200927060-00007
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opstap.economics.sur import Layout, fit, undetermined
from opstap.stats.design import Array, Indices, StatsError

_MOST_LEVELS = 20


@dataclass(frozen=True)
class Model:
    """Which columns are what. `intervention` and `reference` are levels of `arm`; None: the larger, and the other."""

    arm: str
    cost: str
    effect: str
    cost_covariates: tuple[str, ...] = ()
    effect_covariates: tuple[str, ...] = ()
    intervention: Any = None
    reference: Any = None

    @property
    def columns(self) -> list[str]:
        """Every column that is needed, each once."""
        return list(dict.fromkeys([self.arm, self.cost, self.effect, *self.cost_covariates, *self.effect_covariates]))


@dataclass(frozen=True)
class Column:
    """One column of the equations: its field, the level it indicates (None: a number), how it is scaled."""

    field: str
    level: Any = None
    centre: float = 0.0
    spread: float = 1.0

    @property
    def name(self) -> str:
        """As a statistician would write it."""
        return self.field if self.level is None else f"{self.field} = {self.level}"

    def values(self, of: Any) -> Array:
        """Its values, from those of its field (any shape)."""
        raw = np.asarray(of, dtype=float) if self.level is None else (np.asarray(of) == self.level).astype(float)
        return (raw - self.centre) / self.spread


@dataclass(frozen=True)
class Coding:
    """How a table becomes columns: `columns` (all but the constant) in the order of `layout`; the arms by name."""

    model: Model
    columns: list[Column]
    layout: Layout
    intervention: Any
    reference: Any

    def build(self, frame: pd.DataFrame) -> Design:
        """Make the arrays of a complete table, rows in order of arm; `StatsError` where the model cannot be fitted."""
        frame = of_arms(frame, self.model.arm, self.intervention, self.reference)
        people, treated = len(frame), int((frame[self.model.arm] == self.intervention).sum())
        self.check_size(people)
        values = np.column_stack([np.ones(people), *(one.values(frame[one.field]) for one in self.columns)])
        moments = values.T @ values
        redundant = undetermined(moments, self.layout)
        if redundant:
            names = ", ".join(self.columns[place - 1].name for place in redundant)
            raise StatsError(
                f"{names} cannot be told apart from the other columns; leave out what says the same twice."
            )
        return Design(values, self.layout, (people - treated, treated), self.scale)

    def check_size(self, people: int) -> None:
        """Raise `StatsError` where there are not more people than coefficients."""
        if min(self.layout.free(people)) < 1:
            raise StatsError(
                f"{people} people are too few for the covariates of both equations; name fewer, or add people."
            )

    @property
    def scale(self) -> Array:
        """The units of cost and of effect in which the columns stand (2)."""
        return np.array([self.columns[-2].spread, self.columns[-1].spread])


@dataclass(frozen=True)
class Design:
    """The arrays of one complete table: `values` (n × K), arm sizes in the order of its rows, scale of the outcomes."""

    values: Array
    layout: Layout
    sizes: tuple[int, int]
    scale: Array = field(default_factory=lambda: np.ones(2))

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.values)

    def estimate(self) -> Array:
        """The incremental cost and effect (2)."""
        moments = (self.values.T @ self.values)[..., None]
        return fit(moments, self.layout, self.people)[:, 0] * self.scale


def arms(frame: pd.DataFrame, model: Model) -> tuple[Any, Any]:
    """Give the intervention and the reference; `StatsError` for one arm alone, or more than two and no choice."""
    if frame[model.arm].isna().any():
        row = int(np.flatnonzero(frame[model.arm].isna())[0]) + 1
        raise StatsError(f"Row {row} has no arm in {model.arm}; fill it in, or leave the row out.")
    levels = sorted(frame[model.arm].unique().tolist(), key=lambda one: (isinstance(one, str), one))
    chosen = {name: _level(model, levels, name) for name in ("intervention", "reference")}
    if len(levels) < 2:
        raise StatsError(f"{model.arm} has one arm ({levels[0]}); a comparison needs two.")
    if len(levels) > 2 and None in chosen.values():
        raise StatsError(
            f"{model.arm} has {len(levels)} arms ({', '.join(_text(one) for one in levels)}); "
            "name the intervention and the reference that it is compared with."
        )
    intervention, reference = chosen["intervention"], chosen["reference"]
    if intervention is None:
        intervention = next(one for one in reversed(levels) if one != reference)
    if reference is None:
        reference = next(one for one in levels if one != intervention)
    if intervention == reference:
        raise StatsError(f"{_text(intervention)} cannot be compared with itself; name another reference.")
    return intervention, reference


def _text(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def _level(model: Model, levels: Sequence[Any], name: str) -> Any:
    asked = getattr(model, name)
    if asked is None:
        return None
    for level in levels:
        if level == asked or _text(level) == str(asked):
            return level
    raise StatsError(
        f"{model.arm} has no arm {asked!r} to be the {name}; it has {', '.join(_text(one) for one in levels)}."
    )


def of_arms(frame: pd.DataFrame, arm: str, intervention: Any, reference: Any) -> pd.DataFrame:
    """The rows of two arms, those of the reference first, each in the order of the table."""
    return pd.concat([frame[frame[arm] == reference], frame[frame[arm] == intervention]])


def code(frame: pd.DataFrame, model: Model) -> Coding:
    """Settle arms, levels of categories, order and scale of columns; missing values are allowed here.

    Raises `StatsError` for a column that is absent or has two roles, no second arm, outcomes that are not numbers,
    infinite, or the same for everyone, and a category with many levels.
    """
    check_columns(frame, model.columns)
    roles = [model.arm, model.cost, model.effect]
    for role in roles:
        if roles.count(role) > 1 or role in (*model.cost_covariates, *model.effect_covariates):
            raise StatsError(f"{role} has two roles; arm, cost, effect and covariates are different columns.")
    intervention, reference = arms(frame, model)
    used = of_arms(frame, model.arm, intervention, reference)
    both = [name for name in dict.fromkeys(model.cost_covariates) if name in model.effect_covariates]
    own = [
        [name for name in dict.fromkeys(covariates) if name not in both]
        for covariates in (model.cost_covariates, model.effect_covariates)
    ]
    shared, cost_only, effect_only = (_expand(used, names) for names in (both, *own))
    arm = Column(model.arm, intervention, float((used[model.arm] == intervention).mean()), 1.0)
    outcomes = [_number(used, name, outcome=True) for name in (model.cost, model.effect)]
    layout = Layout(len(shared) + 2, len(cost_only), len(effect_only))
    return Coding(model, [*shared, arm, *cost_only, *effect_only, *outcomes], layout, intervention, reference)


def check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise `StatsError` for a column that is not there."""
    for name in names:
        if name not in frame.columns:
            raise StatsError(f"There is no column {name!r}; the data have {', '.join(map(str, frame.columns))}.")


def complete(frame: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The rows without a missing value in the model's columns; `StatsError` where an arm has none left."""
    check_columns(frame, model.columns)
    intervention, reference = arms(frame, model)
    used = of_arms(frame, model.arm, intervention, reference)
    kept = used[used[model.columns].notna().all(axis=1)]
    for level in (reference, intervention):
        if not (kept[model.arm] == level).any():
            raise StatsError(
                f"Arm {_text(level)} has nobody with {', '.join(model.columns[1:])} complete; impute first, "
                "or name fewer covariates."
            )
    return kept


def missing(frame: pd.DataFrame, names: Sequence[str]) -> tuple[str, int] | None:
    """The first column with a missing value and its row (from 0), or None."""
    holes: Indices = np.argwhere(frame[list(names)].isna().to_numpy())
    return (list(names)[int(holes[0][1])], int(holes[0][0])) if len(holes) else None


def _expand(frame: pd.DataFrame, names: Sequence[str]) -> list[Column]:
    """Numbers as they are; categories as indicators of all levels but the first."""
    found: list[Column] = []
    for name in names:
        series = frame[name]
        if pd.api.types.is_numeric_dtype(series):
            found.append(_number(frame, name))
            continue
        known = series.dropna()
        levels = (
            [one for one in series.cat.categories if (known == one).any()]
            if isinstance(series.dtype, pd.CategoricalDtype)
            else sorted(known.unique().tolist(), key=str)
        )
        if len(levels) > _MOST_LEVELS:
            raise StatsError(f"{name} is text with {len(levels)} different values; code it in a few levels.")
        if len(levels) < 2:
            raise StatsError(f"{name} is the same for everyone; leave it out of the covariates.")
        for level in levels[1:]:
            share = float((known == level).mean())
            found.append(Column(name, level, share, float(np.sqrt(share * (1 - share)))))
    return found


def _number(frame: pd.DataFrame, name: str, outcome: bool = False) -> Column:
    if not pd.api.types.is_numeric_dtype(frame[name]):
        raise StatsError(f"{name} is text; cost and effect are numbers.")
    values = frame[name].dropna().to_numpy(dtype=float)
    if np.isinf(values).any():
        raise StatsError(f"{name} has an infinite value; write a number, or leave the cell empty.")
    spread = float(values.std()) if len(values) else 0.0
    if not spread > 1e-12 * float(np.abs(values).max(initial=0.0)):
        if not len(values):
            raise StatsError(f"{name} has no value at all.")
        mend = "there is nothing to compare" if outcome else "leave it out of the covariates"
        raise StatsError(f"{name} is the same for everyone; {mend}.")
    return Column(name, None, float(values.mean()), spread)
