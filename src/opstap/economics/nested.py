"""Imputation inside each bootstrap sample: a sample is drawn with its holes, completed once, and evaluated.

- Brand J, van Buuren S, le Cessie S, van den Hout W. Combining multiple imputation and bootstrap in the analysis of
  cost-effectiveness trial data. Stat Med 2019;38:210-220. doi:10.1002/sim.7956 (one imputation in each sample; the
  estimate is the mean over samples, the interval their percentiles)
- Schomaker M, Heumann C. Bootstrap inference when using multiple imputation. Stat Med 2018;37:2252-2266.
  doi:10.1002/sim.7654
- Sullivan TR, White IR, Salter AB, Ryan P, Lee KJ. Should multiple imputation be the method of choice for handling
  missing data in randomized trials? Stat Methods Med Res 2018;27:2610-2626. doi:10.1177/0962280216683570 (by arm)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd

from opstap.economics.evaluation import WTP, Evaluation, asdict_of, check_plan, summary
from opstap.economics.model import Coding, Model, check_columns, code, of_arms
from opstap.economics.resampling import sound
from opstap.economics.sur import fit
from opstap.stats import imputation
from opstap.stats.design import Array, Indices, StatsError

#: Values of samples held at once.
_CELLS = 2_000_000
_MOST, _LEAST = 200, 20
#: Samples imputed at once: they stay in the processor's cache.
_SHARE = 100
#: One process with the linear algebra on two cores is about as fast as two processes: only longer work is parted.
_WORTH_CORES = 20.0

#: What a column counts in a sum: the same for everyone, or for each person (indexed as the data).
Weight = float | pd.Series
Progress = Callable[[Iterator[Array], int], Iterator[Array]]


def nested(
    data: pd.DataFrame,
    model: Model,
    *,
    bootstraps: int = 5000,
    stratify: bool = True,
    wtp: Sequence[float] = WTP,
    seed: int,
    level: float = 0.95,
    methods: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    passive: Mapping[str, Mapping[str, Weight]] | None = None,
    silent: Sequence[str] = (),
    iterations: int = 5,
    cores: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate an incomplete table: draw, impute and fit, `bootstraps` times; percentile intervals.

    All columns of `data` take part in the imputation, except `silent` ones. `stratify` draws each arm to its own size
    and imputes it by itself; otherwise the arm is one of the predictors. `methods`, `levels` as in `imputation.code`.
    `passive` are sums of other columns, such as the total of waves: they are computed after the imputation and predict
    nothing, and need not exist; a weight may differ between people. `cores` left out takes more processes where that
    is worth their start; the answer does not depend on it. `progress` goes through the shares of work. Raises
    `StatsError` as `evaluate` and the imputation do.
    """
    check_plan(bootstraps, wtp, level)
    began = time.perf_counter()
    sums = {name: dict(weights) for name, weights in (passive or {}).items()}
    frame = _computed(data, sums)
    coding = code(frame, model)
    frame = of_arms(frame, model.arm, coding.intervention, coding.reference)
    treated = (frame[model.arm] == coding.intervention).to_numpy()
    sizes = (int((~treated).sum()), int(treated.sum()))
    coding.check_size(len(frame))
    imputing = frame.drop(columns=[model.arm, *sums])
    if not stratify:
        imputing = imputing.assign(**{model.arm: treated.astype(float)})
    coded = imputation.code(imputing, methods, levels, silent=silent)
    _check_arms(coded, treated, (coding.reference, coding.intervention))
    ordered = {
        name: {one: _in_order(weight, frame.index) for one, weight in weights.items()} for name, weights in sums.items()
    }
    plan = _Plan(coded, coding, sizes, stratify, iterations, ordered)
    step = min(_MOST, max(_LEAST, _CELLS // coded.values.size))
    shares = [min(step, bootstraps - start) for start in range(0, bootstraps, step)]
    work = [
        (plan, count, seed) for count, seed in zip(shares, np.random.SeedSequence(seed).spawn(len(shares)), strict=True)
    ]
    parts = _all(work, cores)
    found = np.concatenate(list(progress(parts, len(work)) if progress else parts), axis=1)
    pairs = sound(found) * coding.scale[:, None]
    estimates = pairs.mean(axis=1)[None]
    lost = bootstraps - pairs.shape[1]
    notices = [f"{lost} bootstrap sample(s) had one arm alone and were left out; draw by arm (stratify)."]
    return Evaluation(
        **asdict_of(coding),
        sizes=sizes,
        left_out=0,
        ci="percentile",
        level=level,
        bootstraps=bootstraps,
        stratify=stratify,
        seed=seed,
        **summary(estimates, [pairs], wtp, "percentile", level),
        estimates=estimates,
        seconds=time.perf_counter() - began,
        notices=notices if lost else [],
    )


@dataclass(frozen=True)
class _Plan:
    """What every share of the work needs; rows in order of arm."""

    coded: imputation.Coded
    coding: Coding
    sizes: tuple[int, int]
    stratify: bool
    iterations: int
    sums: dict[str, dict[str, float | Array]]


def _all(work: list[tuple[_Plan, int, np.random.SeedSequence]], cores: int | None) -> Iterator[Array]:
    began = time.perf_counter()
    yield _share(work[0])
    waiting = (time.perf_counter() - began) * (len(work) - 1)
    many = cores or os.cpu_count() or 1
    if cores != 1 and many > 1 and (waiting > _WORTH_CORES or cores is not None) and len(work) > 1:
        with _one_thread_each(), ProcessPoolExecutor(many, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_share, work[1:])
    else:
        yield from map(_share, work[1:])


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep each new process to one thread of linear algebra: two that share the cores wait for each other."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ.setdefault(name, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _share(work: tuple[_Plan, int, np.random.SeedSequence]) -> Array:
    """Draw, complete and fit some samples: incremental cost and effect (2 × count) in the columns' own scale."""
    plan, count, seed = work
    people = sum(plan.sizes)
    chance, *rest = seed.spawn(3)
    random = np.random.default_rng(chance)
    parts = [(0, plan.sizes[0]), (plan.sizes[0], people)] if plan.stratify else [(0, people)]
    drawn: Indices = np.concatenate([random.integers(*part, (count, part[1] - part[0])) for part in parts], axis=1)
    samples = plan.coded.values[drawn]
    for part, stream in zip(parts, rest, strict=False):
        rows = slice(*part)
        if np.isnan(samples[:, rows]).any():
            samples[:, rows] = imputation.impute_once(
                samples[:, rows], plan.coded.columns, stream, plan.iterations, _SHARE
            )
    fields = {one.name: samples[..., place] for place, one in enumerate(plan.coded.columns)}
    for name, weights in plan.sums.items():
        fields[name] = np.zeros(drawn.shape)
        for one, weight in weights.items():
            each = weight if isinstance(weight, float) else weight[drawn]
            fields[name] += each * (fields[one] if one != "1" else 1.0)
    fields[plan.coding.model.arm] = (drawn >= plan.sizes[0]).astype(float)
    layout = plan.coding.layout
    values = np.ones((count, people, layout.width))
    for place, column in enumerate(plan.coding.columns, start=1):
        field = fields[column.field]
        if column.field == plan.coding.model.arm:
            values[..., place] = field - column.centre
        elif column.level is not None:
            is_level = field == plan.coded.levels[column.field].index(column.level)
            values[..., place] = (is_level - column.centre) / column.spread
        else:
            values[..., place] = column.values(field)
    moments = np.moveaxis(values.swapaxes(1, 2) @ values, 0, 2)
    return fit(np.ascontiguousarray(moments), layout, people)


def _in_order(weight: Weight, index: pd.Index) -> float | Array:
    return weight.reindex(index).to_numpy(dtype=float) if isinstance(weight, pd.Series) else float(weight)


def _computed(data: pd.DataFrame, sums: Mapping[str, Mapping[str, Weight]]) -> pd.DataFrame:
    """Compute the sums where their parts are all there: only for the scale of the columns."""
    frame = data.drop(columns=[name for name in sums if name in data.columns])
    for name, weights in sums.items():
        parts = {one: weight for one, weight in weights.items() if one != "1"}
        check_columns(frame, list(parts))
        for one in parts:
            if not pd.api.types.is_numeric_dtype(frame[one]):
                raise StatsError(f"{one} is text; {name} is computed from it, so it must hold numbers.")
        frame[name] = sum((weight * frame[one] for one, weight in parts.items()), start=weights.get("1", 0.0))
    return frame


def _check_arms(coded: imputation.Coded, treated: Any, names: tuple[Any, Any]) -> None:
    for arm, name in zip((~treated, treated), names, strict=True):
        for place, column in enumerate(coded.columns):
            if column.method != "passive" and np.isnan(coded.values[arm, place]).all():
                raise StatsError(f"{column.name} has no value at all in arm {name}; leave it out.")
