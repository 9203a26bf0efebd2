"""A cost-effectiveness evaluation: two equations, bootstrap within imputation, and what a decision-maker reads from it.

- Ben AJ, van Dongen JM, El Alili M, Esser JL, Broulíková HM, Bosmans JE. Conducting trial-based economic evaluations
  using R: a tutorial. Pharmacoeconomics 2023;41:1403-1413. doi:10.1007/s40273-023-01301-7
- Schomaker M, Heumann C. Bootstrap inference when using multiple imputation. Stat Med 2018;37:2252-2266.
  doi:10.1002/sim.7654
- Faria R, Gomes M, Epstein D, White IR. A guide to handling missing data in cost-effectiveness analysis conducted
  within randomised controlled trials. Pharmacoeconomics 2014;32:1157-1170. doi:10.1007/s40273-014-0193-3
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opstap.economics import decision, intervals
from opstap.economics.decision import Normal, Replicates, Uncertain
from opstap.economics.intervals import Interval
from opstap.economics.model import Coding, Model, check_columns, code, complete, missing
from opstap.economics.resampling import leave_one_out, replicate
from opstap.stats.design import Array, StatsError, check_choice

#: Reference values of the Dutch health care institute by burden of disease, euros for a QALY.
WTP = (20_000.0, 50_000.0, 80_000.0)


@dataclass(frozen=True)
class Evaluation:
    """What came out. Costs are in the file's money, effects in its units; `pairs` (2 × B) are all replicates.

    `estimates` are those of each imputation (m × 2); `sizes` the people per arm, reference first; `left_out` the rows
    that were incomplete.
    """

    model: Model
    intervention: Any
    reference: Any
    sizes: tuple[int, int]
    left_out: int
    ci: str
    level: float
    bootstraps: int
    stratify: bool
    seed: int
    cost: Interval
    effect: Interval
    benefits: dict[float, Interval]
    uncertain: Uncertain
    pairs: Array
    estimates: Array
    seconds: float
    notices: list[str] = field(default_factory=list)

    @property
    def icer(self) -> float | None:
        """Incremental cost per unit of effect; None where the effects are equal."""
        return decision.icer(self.cost.estimate, self.effect.estimate)

    @property
    def position(self) -> str:
        """The quadrant of the estimate."""
        return decision.position(self.cost.estimate, self.effect.estimate)

    def ceac(self, wtp: Sequence[float]) -> list[dict[str, float]]:
        """The chance that the intervention is cost-effective, for each willingness to pay."""
        return [{"wtp": one, "probability": self.uncertain.probability(one)} for one in wtp]

    def frontier(self, wtp: Sequence[float]) -> list[dict[str, Any]]:
        """The arm with the larger expected net benefit, and the chance that it is the better choice."""
        found = []
        for one in wtp:
            chance = self.uncertain.probability(one)
            better = one * self.effect.estimate - self.cost.estimate > 0
            arm, share = (self.intervention, chance) if better else (self.reference, 1 - chance)
            found.append({"wtp": one, "arm": arm, "probability": share})
        return found

    def to_dict(self) -> dict[str, Any]:
        """As the JSON document of the command has it; NaN nowhere, None for what does not exist."""
        wtp = list(self.benefits)
        return {
            "incremental_cost": asdict(self.cost),
            "incremental_effect": asdict(self.effect),
            "icer": self.icer,
            "position": self.position,
            "inmb": [{"wtp": one, **asdict(found)} for one, found in self.benefits.items()],
            "ceac": self.ceac(wtp),
            "frontier": self.frontier(wtp),
            "quadrants": self.uncertain.quadrants(),
            "evpi": [{"wtp": one, "evpi": self.uncertain.evpi(one)} for one in wtp],
            "intervention": self.intervention,
            "reference": self.reference,
            "n": {"intervention": self.sizes[1], "reference": self.sizes[0]},
            "left_out": self.left_out,
            "imputations": len(self.estimates),
            "per_imputation": [{"incremental_cost": one[0], "incremental_effect": one[1]} for one in self.estimates],
            "bootstraps": self.bootstraps,
            "replicates": self.pairs.shape[1],
            "ci": self.ci,
            "level": self.level,
            "stratify": self.stratify,
            "seed": self.seed,
            "seconds": self.seconds,
        }


def evaluate(
    data: pd.DataFrame | Sequence[pd.DataFrame],
    model: Model,
    *,
    imputation: str | None = None,
    bootstraps: int = 5000,
    stratify: bool = False,
    ci: str | None = None,
    wtp: Sequence[float] = WTP,
    seed: int,
    level: float = 0.95,
) -> Evaluation:
    """Evaluate one table (complete rows alone count), or imputed ones: a list, or a long table with their number.

    `bootstraps` is for each imputation; `stratify` draws each arm to its own size. `ci`: bca or percentile; with
    imputations rubin (the default there) or percentile over all their samples. Raises `StatsError` for what cannot be
    analysed, with the column and the mend.
    """
    check_plan(bootstraps, wtp, level)
    left_out = 0
    notices: list[str] = []
    if imputation is not None:
        frames, notices = split(pd.DataFrame(data), model, imputation)
        number = pd.concat(frames)[imputation]
    elif isinstance(data, pd.DataFrame):
        frames = [complete(data, model)]
        left_out = _of_both(data, model, frames[0]) - len(frames[0])
        if left_out:
            notices = [f"{left_out} row(s) with a missing value were left out; those who stay may differ."]
    else:
        frames = list(data)
        number = pd.Series(np.repeat(np.arange(1, len(frames) + 1), [len(one) for one in frames]))
    imputed = imputation is not None or not isinstance(data, pd.DataFrame)
    check_interval(ci, imputed)
    if imputed:
        _check_imputed(frames, model, number)
    ci = ci or ("rubin" if imputed else "bca")
    began = time.perf_counter()
    coding = code(pd.concat(frames), model)
    designs = [coding.build(one) for one in frames]
    streams = np.random.SeedSequence(seed).spawn(len(designs))
    replicates = [replicate(one, bootstraps, stream, stratify) for one, stream in zip(designs, streams, strict=True)]
    estimates = np.array([one.estimate() for one in designs])
    without = leave_one_out(designs[0]) if ci == "bca" else None
    strata = designs[0].sizes if stratify else None
    found = summary(estimates, replicates, wtp, ci, level, without, strata)
    lost = bootstraps * len(designs) - sum(one.shape[1] for one in replicates)
    if lost:
        notices.append(f"{lost} bootstrap sample(s) had one arm alone and were left out; draw by arm (stratify).")
    return Evaluation(
        **asdict_of(coding),
        sizes=designs[0].sizes,
        left_out=left_out,
        ci=ci,
        level=level,
        bootstraps=bootstraps,
        stratify=stratify,
        seed=seed,
        **found,
        estimates=estimates,
        seconds=time.perf_counter() - began,
        notices=notices,
    )


def asdict_of(coding: Coding) -> dict[str, Any]:
    """The fields of an evaluation that a coding settles."""
    return {"model": coding.model, "intervention": coding.intervention, "reference": coding.reference}


def summary(
    estimates: Array,
    replicates: Sequence[Array],
    wtp: Sequence[float],
    ci: str,
    level: float = 0.95,
    without: Array | None = None,
    strata: Sequence[int] | None = None,
) -> Mapping[str, Any]:
    """Give cost, effect and net benefits with intervals, and how uncertain they are, from estimates (m × 2).

    Net benefit is a sum of both, so that every quantity is a weight for each: (1, 0), (0, 1), (−1, K).
    """
    weights = {"cost": (1.0, 0.0), "effect": (0.0, 1.0)} | {one: (-1.0, one) for one in wtp}
    mean, pairs = estimates.mean(axis=0), np.concatenate(list(replicates), axis=1)
    found: dict[Any, Interval] = {}
    uncertain: Uncertain = Replicates(pairs)
    if ci == "rubin":
        pooled = intervals.rubin(estimates, replicates)
        uncertain = Normal(pooled.mean, pooled.covariance)
    for name, pair in weights.items():
        slope = np.array(pair)
        if ci == "rubin":
            found[name] = intervals.normal(slope @ mean, slope @ pooled.covariance @ slope, level)
        elif without is not None:
            found[name] = intervals.bca(float(slope @ mean), slope @ pairs, slope @ without, strata, level)
        else:
            found[name] = intervals.percentile(float(slope @ mean), slope @ pairs, level)
    cost, effect = found.pop("cost"), found.pop("effect")
    return {"cost": cost, "effect": effect, "benefits": found, "uncertain": uncertain, "pairs": pairs}


def check_plan(bootstraps: int, wtp: Sequence[float], level: float) -> None:
    """Raise `StatsError` for a number that no evaluation can take."""
    if bootstraps < 100:
        raise StatsError(f"{bootstraps} bootstrap samples are too few for an interval; draw at least 100.")
    for one in wtp:
        if not (np.isfinite(one) and one >= 0):
            raise StatsError(f"A willingness to pay of {one:g} cannot be; give 0 or more.")
    if not 0 < level < 1:
        raise StatsError(f"A level of {level:g} cannot be; give a share such as 0.95.")


def check_interval(ci: str | None, imputed: bool) -> None:
    """Raise `StatsError` for an interval that these data do not allow."""
    if ci is None:
        return
    check_choice("Interval", ci, ("bca", "percentile", "rubin"))
    if imputed and ci == "bca":
        raise StatsError("bca is for data without imputations; with them take rubin or percentile.")
    if not imputed and ci == "rubin":
        raise StatsError("rubin pools imputations; name the column with their number, or take bca or percentile.")


def split(data: pd.DataFrame, model: Model, imputation: str) -> tuple[list[pd.DataFrame], list[str]]:
    """Give the tables of a long file by imputation, in order of number; 0 (the data before imputation) is left out."""
    check_columns(data, [imputation, *model.columns])
    if data[imputation].isna().any():
        row = int(np.flatnonzero(data[imputation].isna())[0]) + 1
        raise StatsError(f"Row {row} has no number in {imputation}; fill it in.")
    notices = []
    before = data[imputation] == 0
    if before.any() and not before.all():
        data = data[~before]
        notices.append(f"{imputation} 0 holds the data before imputation and was left out.")
    frames = [frame for _, frame in data.groupby(imputation, sort=True)]
    if len(frames) < 2:
        raise StatsError(f"{imputation} numbers one data set; imputation needs two or more, or leave the option out.")
    return frames, notices


def _check_imputed(frames: Sequence[pd.DataFrame], model: Model, number: pd.Series) -> None:
    names = number.unique().tolist()
    for frame, name in zip(frames, names, strict=True):
        check_columns(frame, model.columns)
        hole = missing(frame, model.columns)
        if hole is not None:
            raise StatsError(f"{hole[0]} is missing in imputation {name}, its row {hole[1] + 1}; impute it too.")
        sizes = frame[model.arm].value_counts().to_dict()
        first = frames[0][model.arm].value_counts().to_dict()
        if sizes != first:
            raise StatsError(
                f"Imputation {name} has other people than imputation {names[0]} ({_said(sizes)}; {_said(first)}); "
                "each holds the same people."
            )


def _said(sizes: Mapping[Any, int]) -> str:
    return ", ".join(f"arm {arm}: {count}" for arm, count in sorted(sizes.items(), key=lambda one: str(one[0])))


def _of_both(data: pd.DataFrame, model: Model, used: pd.DataFrame) -> int:
    return int(data[model.arm].isin(used[model.arm].unique()).sum())
