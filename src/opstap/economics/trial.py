"""Costs and effects of each person in a study, as its protocol's economic plan asks, ready for the evaluation.

Missing values stay missing here. They are filled in at the level of a wave by default (`Totals.to_impute`): the cost of
a wave as one perspective counts it, and the value of health at a wave; sums follow from what was filled in
(`Totals.analysis`). All questionnaires of a wave are handed in together, so their categories are missing together, and
costs per wave lose little against costs per category and wave, with a fifth of the columns. The other level, `total`,
fills in only the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.domain.protocol.economics import Economics, Effect, Price
from opstap.domain.protocol.model import Outcome
from opstap.economics.components import components, measured
from opstap.economics.notes import Note
from opstap.economics.price_lists import PriceList, UnitPrice, refuse_missing
from opstap.economics.qaly import ROUNDING, qaly_weights, qalys
from opstap.economics.reading import CostError
from opstap.economics.rules import mean_discount, perspective
from opstap.economics.setting import Setting, answered_days, needed, setting
from opstap.stats.dataset import Dataset


@dataclass(frozen=True)
class Reading:
    """How outcomes are read by their estimands; the reports hand in the functions that they use themselves.

    `values` gives a frame `person`, `wave`, `value` of an outcome; `returns` the table of returns, adapted.
    """

    values: Callable[[Outcome, str], pd.DataFrame]
    returns: Callable[[Outcome], pd.DataFrame]


@dataclass(frozen=True)
class Totals:
    """What each person cost and gained.

    `frame` has one row a person, indexed by study number, NaN where unknown:

    - `arm`, `site`, and a numeric column for each of `covariates`;
    - `cost_<perspective>`: total over the waves, discounted; `cost_<perspective>_<wave>`: of a wave, not discounted;
      `baseline_cost_<perspective>`: of the time before the start;
    - `category_<category>`: total, discounted; `category_<category>_<wave>`: of a wave (the first: before the start);
    - `effect_<effect>`, and `baseline_<effect>` where the outcome was measured at the first wave;
    - `utility_<effect>_<wave>` for each value behind a QALY.

    Costs are in euros of `price_year`. `cost_factors` are the discount weights of the waves; `qaly_weights` (by effect;
    people by waves) what each value of health counts in a person's QALYs.
    """

    frame: pd.DataFrame
    perspectives: list[str]
    categories: list[str]
    effects: list[Effect]
    covariates: list[str]
    base: str
    waves: list[str]
    price_year: int
    horizon: float
    cost_factors: dict[str, float]
    qaly_weights: dict[str, pd.DataFrame]
    adjust_baseline: bool
    notes: list[Note]
    prices: list[UnitPrice]

    def effect(self, name: str) -> Effect:
        """Find an effect by its id; KeyError when there is none."""
        return {one.id: one for one in self.effects}[name]

    def to_impute(self, perspective: str, effect: str, level: str = "wave") -> pd.DataFrame:
        """Give the columns that are filled in where they are missing: `arm`, covariates, costs and effects.

        At level `wave` the costs per wave and, for a QALY, the values per wave; at level `total` the sums. What is the
        same for everyone, or known of nobody, is left out: it can predict nothing.
        """
        columns = ["arm", *self.covariates, f"baseline_cost_{perspective}"]
        if level == "total":
            columns += [f"cost_{perspective}", f"baseline_{effect}", f"effect_{effect}"]
        else:
            columns += [f"cost_{perspective}_{wave}" for wave in self.waves]
            if effect in self.qaly_weights:
                columns += [f"utility_{effect}_{wave}" for wave in self.qaly_weights[effect]]
            else:
                columns += [f"baseline_{effect}", f"effect_{effect}"]
        frame = self.frame[[one for one in columns if one in self.frame]]
        return frame[[one for one in frame if one == "arm" or frame[one].nunique() > 1]]

    def analysis(self, perspective: str, effect: str, completed: pd.DataFrame | None = None) -> pd.DataFrame:
        """Give what is analysed: `arm`, `cost`, `effect`, `baseline_cost`, `baseline_effect` and the covariates.

        `completed` holds columns of `to_impute` with nothing missing: sums are worked out again from them. An effect
        of which less is better is as it is: turn its sign where more must be better. A baseline that is not known is
        left out.
        """
        frame = (
            self.frame if completed is None else self.frame.assign(**{str(one): completed[one] for one in completed})
        )
        waves = [f"cost_{perspective}_{wave}" for wave in self.waves]
        by_wave = completed is None or any(wave in completed for wave in waves)
        cost = frame[f"cost_{perspective}"]
        if completed is not None and by_wave:
            cost = (frame[waves] * [self.cost_factors[wave] for wave in self.waves]).sum(axis=1, skipna=False)
        gained = frame[f"effect_{effect}"]
        weights = self.qaly_weights.get(effect)
        if completed is not None and by_wave and weights is not None:
            gained = _area(frame, effect, weights)
        out = {
            "arm": frame["arm"],
            "cost": cost,
            "effect": gained,
            "baseline_cost": frame[f"baseline_cost_{perspective}"],
        }
        first = f"utility_{effect}_{self.base}" if weights is not None and by_wave else f"baseline_{effect}"
        if first in frame:
            out["baseline_effect"] = frame[first]
        table = pd.DataFrame(out | {one: frame[one] for one in self.covariates}, index=frame.index)
        return table[[one for one in table if table[one].notna().any()]]


def _area(frame: pd.DataFrame, effect: str, weights: pd.DataFrame) -> pd.Series:
    """Sum values per wave by each person's weights; a value that counts and is missing makes the sum missing."""
    values = frame[[f"utility_{effect}_{wave}" for wave in weights]].to_numpy(dtype=float)
    return pd.Series(qalys(values, weights.to_numpy(dtype=float)), index=frame.index)


def totals(
    protocol: Protocol,
    data: Dataset,
    *,
    reading: Reading | None = None,
    own: Sequence[PriceList] = (),
    plan: Economics | None = None,
    over: Sequence[Price] = (),
) -> Totals:
    """Compute costs and effects of each person as the protocol's economic plan asks, or as `plan` does instead.

    `own` are an institution's price lists, laid over the others in this order, and `over` single prices that lie over
    all (`Economics.varied` gives both plan and price of a one-way analysis). `reading` is needed for effects other than
    a QALY. Raises CostError, one message with place and mend: no plan, an empty price that a perspective needs
    (all are listed), years without an index, an unknown price list, a negative cost, a value of health above 1.
    """
    plan = plan or protocol.study.economics
    if plan is None:
        raise CostError(f"{protocol.name}: the protocol has no economic plan; add study.economics.")
    made = setting(protocol, data, plan, own, over)
    items = measured(made)
    counted: list[str] = []
    for name in plan.perspectives:
        wanted = perspective(name).categories
        refuse_missing(made.prices.missing(needed(items, wanted), protocol.sites), name, plan.prices)
        counted += [one for one in wanted if one in items and one not in counted]
    columns: dict[str, pd.Series] = {"arm": made.people["arm"], "site": made.people["site"]}
    tables = components(made, counted)
    factors = _cost_factors(made)
    for name in plan.perspectives:
        columns |= _perspective(made, name, items, tables, factors)
    for category, table in tables.items():
        columns |= {f"category_{category}_{wave}": table[wave] for wave in table}
        columns[f"category_{category}"] = _sum(made, table, factors)
    weights: dict[str, pd.DataFrame] = {}
    for effect in plan.effects:
        outcome = protocol.study.outcome(effect.outcome)
        if effect.measure == "qaly":
            weights[effect.id], found = _qaly(made, effect, outcome)
        else:
            found = _outcome(made, effect, outcome, reading)
        columns |= found
    covariates = _covariates(made)
    columns |= covariates
    _closing_notes(made, items, columns, counted)
    return Totals(
        frame=pd.DataFrame(columns, index=made.people.index),
        perspectives=list(plan.perspectives),
        categories=list(tables),
        effects=list(plan.effects),
        covariates=list(covariates),
        base=made.base,
        waves=made.waves,
        price_year=plan.price_year,
        horizon=made.horizon,
        cost_factors=factors,
        qaly_weights=weights,
        adjust_baseline=plan.adjust_baseline,
        notes=made.notes,
        prices=_prices(made, needed(items, counted)),
    )


def _cost_factors(made: Setting) -> dict[str, float]:
    """Give each wave's costs their discount weight, over its planned time."""
    starts = [0.0, *(made.nominal[wave] for wave in made.waves)]
    return {
        wave: mean_discount(start, made.nominal[wave], made.rates.costs)
        for start, wave in zip(starts, made.waves, strict=False)
    }


def _sum(made: Setting, table: pd.DataFrame, factors: dict[str, float]) -> pd.Series:
    waves = [wave for wave in made.waves if wave in table]
    return (table[waves] * pd.Series({wave: factors[wave] for wave in waves})).sum(axis=1, skipna=False)


def _perspective(
    made: Setting, name: str, items: dict[str, list[str]], tables: dict[str, pd.DataFrame], factors: dict[str, float]
) -> dict[str, pd.Series]:
    one = perspective(name)
    counted = [category for category in one.categories if category in tables]
    made.note("perspective", one.certainty, one.source, perspective=name, categories=counted)
    absent = [category for category in one.categories if category not in items]
    if absent:
        made.note("not_measured", "S", categories=absent)
    waves = [made.base, *made.waves]
    table = pd.DataFrame(0.0, index=made.people.index, columns=waves)
    for category in counted:
        table = table + made.by_wave(tables[category])
    found = {f"cost_{name}_{wave}": table[wave] for wave in made.waves}
    return {f"baseline_cost_{name}": table[made.base], **found, f"cost_{name}": _sum(made, table, factors)}


def _qaly(made: Setting, effect: Effect, outcome: Outcome) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    score = outcome.variable.removeprefix("score.")
    rows = made.data["scores"]
    rows = rows[(rows["score"] == score) & rows["person"].isin(made.people.index)]
    waves = [wave for wave in [made.base, *made.waves] if wave in outcome.waves]
    high = rows[rows["value"].astype(float) > 1 + ROUNDING]
    if len(high):
        first = high.iloc[0]
        raise CostError(
            f"{score}, person {first['person']}, wave {first['wave']}: {first['value']:g} is above 1, which is full "
            "health; mend the answers or the scoring."
        )
    values = rows.set_index(["person", "wave"])["value"].unstack("wave")
    values = values.reindex(index=made.people.index, columns=waves).astype(float)
    weights = np.zeros((len(made.people), len(waves)))
    everyone = _utility_days(made, waves)
    for number, (days, death) in enumerate(zip(everyone, made.people["death"], strict=True)):
        died = None if np.isnan(death) else float(death)
        weights[number] = qaly_weights(days, made.horizon, death=died, rate=made.rates.effects)
        if died is not None:
            values.iloc[number] = values.iloc[number].mask(np.array(days) >= died, 0.0)
    table = pd.DataFrame(weights, index=made.people.index, columns=waves)
    found = {f"utility_{effect.id}_{wave}": values[wave] for wave in waves}
    found[f"effect_{effect.id}"] = _area(pd.DataFrame(found), effect.id, table)
    if made.base in waves:
        found[f"baseline_{effect.id}"] = values[made.base]
    made.note("qaly", "M", outcome.variable, score=score, days=round(made.horizon))
    return table, found


def _utility_days(made: Setting, waves: list[str]) -> list[list[float]]:
    """Give the days on which each person's values stand, rising from 0; by the days of answering, the last one too."""
    stand = pd.DataFrame({one: made.edges[one] if one != made.base else 0.0 for one in waves}, index=made.people.index)
    if made.plan.timing == "actual":
        given = answered_days(made)[waves[-1]]
        stand[waves[-1]] = given.where(given.notna(), stand[waves[-1]])
    days = stand.to_numpy(dtype=float, copy=True)
    for number in range(1, len(waves)):
        days[:, number] = np.maximum(days[:, number], days[:, number - 1] + 1)
    return [list(row) for row in days]


def _outcome(made: Setting, effect: Effect, outcome: Outcome, reading: Reading | None) -> dict[str, pd.Series]:
    if reading is None:
        raise CostError(f"study.economics.effects.{effect.id}: {outcome.id} is read by its estimand; give `reading`.")
    if effect.measure == "days_without":
        made.note("days_without", days=round(made.horizon))
        return {f"effect_{effect.id}": _days_without(made, reading.returns(outcome))}
    assert effect.wave is not None  # the measure `value` has a wave
    found = {f"effect_{effect.id}": _values(made, reading.values(outcome, effect.wave), effect.wave)}
    if made.base in outcome.waves and effect.wave != made.base:
        found[f"baseline_{effect.id}"] = _values(made, reading.values(outcome, made.base), made.base)
    return found


def _values(made: Setting, rows: pd.DataFrame, wave: str) -> pd.Series:
    values = rows[rows["wave"] == wave].set_index("person")["value"].astype(float)
    return values.reindex(made.people.index)


def _days_without(made: Setting, rows: pd.DataFrame) -> pd.Series:
    """Count days from the start to the sustained return, at most up to the last wave; NaN for who was lost before."""
    returns = {row["person"]: row for row in rows.to_dict("records")}
    days = []
    for person, origin in zip(made.people.index, made.people["origin"], strict=True):
        row = returns.get(person)
        if row is None:
            days.append(float("nan"))
        elif row["return_kind"] == "not_absent":
            days.append(0.0)
        elif pd.notna(row["days_to_return"]):
            back = (row["first_sick_day"] + timedelta(days=int(row["days_to_return"])) - origin).days
            days.append(float(min(max(back, 0), made.horizon)))
        else:
            followed = (row["observed_until"] - origin).days >= made.horizon
            days.append(made.horizon if followed else float("nan"))
    return pd.Series(days, index=made.people.index, dtype=float)


def _covariates(made: Setting) -> dict[str, pd.Series]:
    """Give each covariate of the plan as numbers: a choice as a column per answer but the first that occurs."""
    found: dict[str, pd.Series] = {}
    for variable in made.plan.covariates:
        name, series = _variable(made, variable)
        if series.isna().all():
            raise CostError(f"study.economics.covariates: {variable} has no value at {made.base}; take it out.")
        numbers = pd.to_numeric(series, errors="coerce")
        if series.notna().equals(numbers.notna()):
            found[name] = numbers.astype(float)
            continue
        levels = sorted(series.dropna().unique(), key=str)
        for level in levels[1:]:
            found[f"{name}_{level}"] = (series == level).astype(float).mask(series.isna())
    return found


def _variable(made: Setting, variable: str) -> tuple[str, pd.Series]:
    """Give a variable at the first wave, and the name of its column."""
    if variable == "site":
        return "site", made.people["site"]
    kind, _, rest = variable.partition(".")
    if kind == "score":
        rows = made.data["scores"]
        rows, name = rows[rows["score"] == rest], rest
    elif kind == "work":
        rows, name = made.data["work"], rest
        rows = rows[rows["source"] == "questionnaire"].rename(columns={rest: "value"})
    else:
        questionnaire, _, name = rest.partition(".")
        rows = made.data["answers"]
        rows = rows[(rows["questionnaire"] == questionnaire) & (rows["item"] == name)]
    values = rows[rows["wave"] == made.base].set_index("person")["value"]
    return name, values.reindex(made.people.index)


def groups(protocol: Protocol, data: Dataset, subgroup: str, *, plan: Economics | None = None) -> pd.Series:
    """Give the group of each person in a subgroup analysis of the plan, by its id; None where it is not known.

    With `split`, "below" and "from"; else the answers themselves. KeyError for a subgroup that is not there.
    """
    chosen = plan or protocol.study.economics
    known = {} if chosen is None else {one.id: one for one in chosen.subgroups}
    one = known[subgroup]
    assert chosen is not None  # it has subgroups
    made = setting(protocol, data, chosen)
    _, series = _variable(made, one.variable)
    if one.split is None:
        return series.astype(object).where(series.notna(), None)
    numbers = pd.to_numeric(series, errors="coerce")
    halves = pd.Series(np.where(numbers < one.split, "below", "from"), index=series.index, dtype=object)
    return halves.where(numbers.notna(), None)


def _prices(made: Setting, items: list[str]) -> list[UnitPrice]:
    sites = [None, *made.protocol.sites]
    return [made.prices.known[item, site] for item in items for site in sites if (item, site) in made.prices.known]


def _closing_notes(
    made: Setting, items: dict[str, list[str]], columns: dict[str, pd.Series], counted: list[str]
) -> None:
    made.note(made.plan.timing)
    made.note("baseline_costs", days=round(made.before))
    if made.horizon > 366:
        shares = {"costs": made.rates.costs, "effects": made.rates.effects}
        said = {key: f"{100 * rate:g}%" for key, rate in shares.items()}
        made.note("discounting", made.rates.certainty, made.rates.source, **said)
    died = int(made.people["death"].notna().sum())
    if died:
        made.note("death", count=died)
    for price in _prices(made, needed(items, counted)):
        made.note(
            "price", price.certainty, price.source, item=price.item, price=price.price, unit=price.unit,
            year=price.year, given=price.given, given_year=price.given_year,
        )  # fmt: skip
    for name, column in columns.items():
        if name.startswith(("cost_", "effect_", "baseline_")) and column.isna().any():
            made.note("missing", "S", column=name, count=int(column.isna().sum()), people=len(column))
