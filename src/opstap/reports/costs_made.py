"""The economic plan of a protocol, executed: totals, imputation in the planned order, both equations, every variation.

- Faria R, Gomes M, Epstein D, White IR. A guide to handling missing data in cost-effectiveness analysis conducted
  within randomised controlled trials. Pharmacoeconomics 2014;32:1157-1170. doi:10.1007/s40273-014-0193-3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from opstap.domain.protocol.economics import Economics, Effect, Price
from opstap.domain.protocol.model import Outcome
from opstap.economics.evaluation import Evaluation, evaluate
from opstap.economics.model import Model, code
from opstap.economics.nested import Weight, nested
from opstap.economics.reading import CostError
from opstap.economics.trial import Reading, Totals, totals
from opstap.reports.context import Context
from opstap.reports.values import Unanswerable, numeric, returns, values
from opstap.stats.imputation import impute

NESTED = "imputation_within_bootstrap"


@dataclass(frozen=True)
class Case:
    """One evaluation: what was compared by which plan."""

    perspective: str
    effect: Effect
    plan: Economics
    found: Evaluation


@dataclass(frozen=True)
class Runner:
    """Executes a plan on a dataset; all chance follows from the report's seed and the name of each part."""

    context: Context
    plan: Economics

    @property
    def arms(self) -> tuple[str, str]:
        """The arm with the programme and the one it is compared with; Unanswerable for anything but two."""
        names = [arm.id for arm in self.context.arms]
        if len(names) != 2 or self.context.reference is None:
            raise Unanswerable("cost-effectiveness compares two arms")
        return next(one for one in names if one != self.context.reference), self.context.reference

    @cached_property
    def reading(self) -> Reading:
        """How outcomes are read by their estimands."""
        protocol, data = self.context.protocol, self.context.data

        def read(outcome: Outcome, wave: str) -> pd.DataFrame:
            return numeric(values(protocol, data, outcome, wave=wave).frame)

        return Reading(read, lambda outcome: returns(data, outcome))

    def seed(self, *names: object) -> int:
        """Give a part of the report its own stream of chance."""
        words = [self.context.seed, *(crc32(str(name).encode()) for name in names)]
        return int(np.random.SeedSequence(words).generate_state(1)[0])

    def by_perspective(self) -> tuple[dict[str, Totals], dict[str, str]]:
        """Give costs and effects by each perspective of the plan, and why the others are refused."""
        try:
            whole = totals(self.context.protocol, self.context.data, reading=self.reading, plan=self.plan)
            return dict.fromkeys(self.plan.perspectives, whole), {}
        except CostError:
            pass
        made: dict[str, Totals] = {}
        refused: dict[str, str] = {}
        for perspective in self.plan.perspectives:
            try:
                made[perspective] = self.totals(self.plan, perspective)
            except CostError as error:
                refused[perspective] = str(error)
        return made, refused

    def totals(
        self, plan: Economics, perspective: str, over: Sequence[Price] = (), effect: Effect | None = None
    ) -> Totals:
        """Give costs by one perspective, with one effect or all; CostError as `opstap.economics.trial.totals`."""
        fewer = {"effects": [effect.model_dump()]} if effect is not None else {}
        one = plan.changed({"perspectives": [perspective], **fewer})
        return totals(self.context.protocol, self.context.data, reading=self.reading, plan=one, over=over)

    def completed(self, made: Totals, plan: Economics, perspective: str, effect: Effect) -> list[pd.DataFrame]:
        """Give the tables to analyse: imputed as planned, or one with its holes for complete cases.

        All variations of a plan are imputed with the same stream of chance, so that they differ by their choices.
        """
        count = plan.imputation.count
        if count == 0:
            tables = [made.analysis(perspective, effect.id)]
        else:
            holed = made.to_impute(perspective, effect.id, plan.imputation.level)
            done = impute(holed, count, self.seed("impute", perspective, effect.id), by="arm", iterations=5)
            tables = _analysed(made, perspective, effect.id, done.frames)
        for name in ("cost", "effect"):
            if name not in tables[0]:
                raise Unanswerable(f"{perspective}, {effect.id}: nobody has a complete {name}; see what was answered")
        sign = -1.0 if effect.better == "lower" else 1.0
        return [one.assign(effect=sign * one["effect"]) for one in tables]

    def case(self, made: Totals, plan: Economics, perspective: str, effect: Effect) -> Case:
        """Evaluate one perspective and effect in the planned order."""
        if plan.imputation.count and plan.imputation.order == NESTED:
            return Case(perspective, effect, plan, self._nested(made, plan, perspective, effect))
        tables = self.completed(made, plan, perspective, effect)
        return Case(perspective, effect, plan, self.evaluated(tables, plan, effect))

    def evaluated(self, tables: list[pd.DataFrame], plan: Economics, effect: Effect) -> Evaluation:
        """Evaluate tables by the plan; each arm is drawn to its own size."""
        return evaluate(
            tables if plan.imputation.count else tables[0],
            self._model(tables[0], plan),
            bootstraps=plan.bootstraps,
            stratify=True,
            ci=plan.ci,
            wtp=effect.wtp,
            seed=self.seed("bootstrap"),
        )

    def estimate(self, tables: list[pd.DataFrame], plan: Economics) -> tuple[float, float]:
        """Give the incremental cost and effect alone."""
        model = self._model(tables[0], plan)
        used = [one.dropna(subset=model.columns) for one in tables]
        coding = code(pd.concat(used), model)
        cost, effect = np.mean([coding.build(one).estimate() for one in used], axis=0)
        return float(cost), float(effect)

    def _model(self, table: pd.DataFrame, plan: Economics) -> Model:
        """Baseline cost for the cost, baseline of the effect for the effect, the plan's covariates for both."""
        varied = [str(one) for one in table if table[one].nunique() > 1]
        own = ("arm", "cost", "effect", "baseline_cost", "baseline_effect")
        shared = tuple(one for one in varied if one not in own)
        cost, effect = (
            tuple(one for one in (f"baseline_{name}",) if plan.adjust_baseline and one in varied)
            for name in ("cost", "effect")
        )
        intervention, reference = self.arms
        return Model("arm", "cost", "effect", cost + shared, effect + shared, intervention, reference)

    def _nested(self, made: Totals, plan: Economics, perspective: str, effect: Effect) -> Evaluation:
        """Impute inside each bootstrap sample: sums over waves are made after the imputation."""
        level = plan.imputation.level
        holed = made.to_impute(perspective, effect.id, level)
        sign = -1.0 if effect.better == "lower" else 1.0
        weights = made.qaly_weights.get(effect.id)
        by_wave = level == "wave"
        costs: dict[str, Weight] = {f"cost_{perspective}": 1.0}
        gains: dict[str, Weight] = {f"effect_{effect.id}": sign}
        base = f"baseline_{effect.id}"
        if by_wave:
            costs = {f"cost_{perspective}_{wave}": made.cost_factors[wave] for wave in made.waves}
        if by_wave and weights is not None:
            gains = {f"utility_{effect.id}_{wave}": sign * weights[wave] for wave in weights}
            base = f"utility_{effect.id}_{made.base}"
        sums = {"cost": costs, "effect": gains}
        # A column that is the same for everyone predicts nothing and was left out; it still counts in its sum.
        for weight in sums.values():
            for name in [one for one in weight if one not in holed]:
                holed = holed.assign(**{name: made.frame[name].fillna(made.frame[name].mean())})
        known = {name: holed[name].nunique() > 1 for name in holed}
        shared = tuple(one for one in made.covariates if known.get(one))
        own = [
            tuple(one for one in (name,) if plan.adjust_baseline and known.get(one))
            for name in (f"baseline_cost_{perspective}", base)
        ]
        intervention, reference = self.arms
        return nested(
            holed,
            Model("arm", "cost", "effect", own[0] + shared, own[1] + shared, intervention, reference),
            bootstraps=plan.bootstraps,
            passive=sums,
            wtp=effect.wtp,
            seed=self.seed("nested", perspective, effect.id),
        )


def _analysed(made: Totals, perspective: str, effect: str, frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Work out all completed tables in one stroke: sums cost more in the making of tables than in the adding."""
    stacked = replace(
        made,
        frame=pd.concat([made.frame] * len(frames)),
        qaly_weights={name: pd.concat([one] * len(frames)) for name, one in made.qaly_weights.items()},
    )
    whole = stacked.analysis(perspective, effect, pd.concat(frames))
    people = len(made.frame)
    return [whole.iloc[number * people : (number + 1) * people] for number in range(len(frames))]


def results(case: Case) -> dict[str, Any]:
    """Give a case as the report's results hold it: without what depends on the machine."""
    found = case.found.to_dict()
    return {
        "perspective": case.perspective,
        "effect": case.effect.id,
        **{key: value for key, value in found.items() if key not in ("seconds", "per_imputation")},
    }
