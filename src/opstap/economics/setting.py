"""One calculation being made: the people, the waves and their days, the prices and rules, and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.costing import CATEGORIES
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.economics import Economics, Price
from opstap.economics.notes import Note
from opstap.economics.price_lists import PriceList, Prices, lay, shipped
from opstap.economics.reading import CostError
from opstap.economics.rules import MONTH, Discounting, Rules, discounting, rules
from opstap.stats.dataset import Dataset


@dataclass
class Setting:
    """Everything that the parts of one calculation share.

    `people` is indexed by study number, with `arm`, `site`, `origin` (the day from which time counts) and `death` (day
    of death from there, NaN while alive). `edges` holds for each person the days on which the waves stand, the first
    being 0; costs of a wave are those since the edge before.
    """

    protocol: Protocol
    plan: Economics
    data: Dataset
    people: pd.DataFrame
    base: str
    waves: list[str]
    nominal: dict[str, float]
    edges: pd.DataFrame
    answered: pd.DataFrame
    prices: Prices
    rules: Rules
    rates: Discounting
    notes: list[Note] = field(default_factory=list)

    def note(self, name: str, certainty: str = "M", source: str = "", **values: Any) -> None:
        """Write down an assumption or count, once."""
        made = Note(name, certainty, source, values)
        if made not in self.notes:
            self.notes.append(made)

    @property
    def horizon(self) -> float:
        """The days from the start to the last wave."""
        return self.nominal[self.waves[-1]]

    @property
    def before(self) -> float:
        """The days before the start whose costs are those at baseline: as long as the first wave's."""
        return self.nominal[self.waves[0]]

    def alive(self, days: pd.Series) -> pd.Series:
        """Cut days at the day of death."""
        return pd.Series(np.fmin(days.to_numpy(), self.people["death"].to_numpy()), index=days.index)

    def priced(self, item: str, quantity: pd.DataFrame | pd.Series) -> Any:
        """Multiply quantities with the price of an item, each person's by their site."""
        return quantity.mul(self.price_of(item), axis=0)

    def price_of(self, item: str) -> pd.Series:
        """Give the price of an item for each person, by their site."""
        known = {site: self.prices.of(item, site).price for site in self.people["site"].unique()}
        return pd.Series([known[site] for site in self.people["site"]], index=self.people.index, dtype=float)

    def by_wave(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give a table a column for every wave: costs of one at which nothing was asked stand in the next.

        Before the start nothing is known of what was not asked at the first wave.
        """
        whole = table.reindex(columns=[self.base, *self.waves], fill_value=0.0)
        return whole if self.base in table else whole.assign(**{self.base: float("nan")})

    def spread(self, quantity: pd.DataFrame, days: float) -> pd.DataFrame:
        """Let a quantity over a recall period stand for the time since the wave before at which it was asked."""
        out, previous = [], np.zeros(len(self.people))
        for wave, used in zip(quantity.columns, quantity.to_numpy(dtype=float).T, strict=True):
            if wave == self.base:
                out.append(used * self.before / days)
            else:
                edge = self.alive(self.edges[wave]).to_numpy()
                length = edge - previous
                out.append(np.where(length <= 0, 0.0, used * length / days))
                previous = edge
        return pd.DataFrame(np.column_stack(out), self.people.index, quantity.columns)


def setting(
    protocol: Protocol, data: Dataset, plan: Economics, own: Sequence[PriceList] = (), over: Sequence[Price] = ()
) -> Setting:
    """Make ready: people, days, prices, rules. CostError for a plan or prices that cannot be used.

    `over` are prices that lie over all others.
    """
    study = protocol.study
    people = _people(protocol, data)
    asked = [wave for wave in study.waves if "participant" in wave.asks]
    base, follow = asked[0].id, [wave for wave in asked if wave.months > 0 and wave is not asked[0]]
    if not follow:
        raise CostError("study.waves: costs need a wave after the first, up to which they count; add one.")
    nominal = {wave.id: wave.months * MONTH for wave in sorted(follow, key=lambda one: one.months)}
    waves = list(nominal)
    days = data["measurements"]
    days = days[(days["respondent"] == "participant") & days["answered_on"].notna()]
    answered = days.set_index(["person", "wave"])["answered_on"].unstack("wave")
    answered = answered.reindex(index=people.index, columns=[base, *waves])
    country = rules(protocol.country)
    layers = [
        (plan.prices, shipped(plan.prices).filled),
        ("study.economics.own_prices", plan.own_prices),
        *((one.id, one.filled) for one in own),
        ("one-way analysis", over),
    ]
    return Setting(
        protocol, plan, data, people, base, waves, nominal, _edges(people, nominal, answered, plan.timing), answered,
        lay(country, plan.price_year, *layers, sites=protocol.sites), country,
        discounting(protocol.country, plan.discounting),
    )  # fmt: skip


def _people(protocol: Protocol, data: Dataset) -> pd.DataFrame:
    """Those whom the analysis is about: the allocated of a trial, else everyone who was enrolled."""
    column = "allocated_on" if protocol.study.allocation is not None else "enrolled_on"
    rows = data["participants"]
    rows = rows[rows[column].notna()].set_index("person").sort_index()
    people = pd.DataFrame({"arm": rows["arm"], "site": rows["site"], "origin": rows[column]}, index=rows.index)
    deaths = data["life_events"]
    days = deaths[deaths["kind"] == "death"].groupby("person")["on"].min()
    died = [days.get(person) for person in people.index]
    people["death"] = [
        float("nan") if on is None else float((on - origin).days)
        for on, origin in zip(died, people["origin"], strict=True)
    ]
    return people


def _edges(people: pd.DataFrame, nominal: dict[str, float], answered: pd.DataFrame, timing: str) -> pd.DataFrame:
    edges = pd.DataFrame({wave: np.full(len(people), day) for wave, day in nominal.items()}, index=people.index)
    if timing == "nominal":
        return edges
    horizon, previous = max(nominal.values()), pd.Series(0.0, index=people.index)
    waves = list(nominal)
    for wave in waves[:-1]:
        given = [_days(on, origin) for on, origin in zip(answered[wave], people["origin"], strict=True)]
        days = pd.Series(given, index=people.index).fillna(nominal[wave])
        edges[wave] = np.clip(days, previous, horizon)
        previous = edges[wave]
    return edges


def _days(on: Any, origin: date) -> float:
    return float((on - origin).days) if isinstance(on, date) else float("nan")


def answered_days(made: Setting) -> pd.DataFrame:
    """Give the day, from the start, on which each wave was answered; NaN where it was not."""
    days = {
        wave: [_days(on, origin) for on, origin in zip(made.answered[wave], made.people["origin"], strict=True)]
        for wave in made.answered
    }
    return pd.DataFrame(days, index=made.people.index)


def needed(items_by_category: dict[str, list[str]], categories: Sequence[str]) -> list[str]:
    """List the items that a perspective needs a price for, in the order of the categories, each once."""
    ordered = [item for one in CATEGORIES if one in categories for item in items_by_category.get(one, [])]
    return list(dict.fromkeys(ordered))
