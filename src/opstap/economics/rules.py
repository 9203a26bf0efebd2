"""What a country's rules say: index of prices, friction period, discount rates; and what each perspective counts.

All of it is data with source and certainty (`data/rules/`, `data/perspectives.yaml`); no figure stands in code.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import floor

import numpy as np
from pydantic import Field, model_validator

from opstap.domain.costing import CATEGORIES, ITEMS, PERSPECTIVES, Certainty, Year
from opstap.domain.instruments.model import Misplaced, Shape
from opstap.economics.reading import DATA, CostError, read

#: Calendar days in a year and in a month, on average.
YEAR = 365.25
MONTH = YEAR / 12


class Sourced(Shape):
    """A figure with its source, and how sure it is."""

    source: str = Field(min_length=1)
    certainty: Certainty


class Index(Sourced):
    """What money of one year is multiplied with to be money of another."""

    since: Year = Field(alias="from")
    to: Year
    factor: float = Field(gt=0, le=10)


class FrictionPeriod(Sourced):
    """How many calendar days it takes until someone else does the work, in a year."""

    year: Year
    days: float = Field(gt=0, le=3650)


class Discounting(Sourced):
    """Yearly rates by which later costs and effects count less; nothing is discounted in the first year."""

    id: str
    costs: float = Field(ge=0, lt=1)
    effects: float = Field(ge=0, lt=1)


class Rules(Shape):
    """The rules of one country."""

    country: str
    indexation: list[Index]
    friction: list[FrictionPeriod]
    discounting: list[Discounting]

    def index(self, since: int, to: int) -> float:
        """Give the factor from money of one year to that of another; CostError for years that are not known."""
        if since == to:
            return 1.0
        for one in self.indexation:
            if (one.since, one.to) == (since, to):
                return one.factor
            if (one.to, one.since) == (since, to):
                return 1 / one.factor
        known = ", ".join(f"{one.since} to {one.to}" for one in self.indexation) or "none"
        raise CostError(
            f"No price index of {self.country} from {since} to {to} (known: {known}): give prices of {to}, or add the "
            "index with its source."
        )

    def friction_period(self, year: int) -> FrictionPeriod:
        """Give the friction period of a year; CostError for one that is not known."""
        for one in self.friction:
            if one.year == year:
                return one
        known = ", ".join(str(one.year) for one in self.friction) or "none"
        raise CostError(
            f"No friction period of {self.country} for {year} (known: {known}): name another year, or give "
            "study.economics.productivity.friction_days."
        )


class Perspective(Sourced):
    """Whose costs count: the categories, in the order of a table."""

    id: str
    title: dict[str, str]
    categories: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Perspective:
        for number, category in enumerate(self.categories):
            if category not in CATEGORIES:
                raise Misplaced(("categories", number), f"no category {category}: name one of {', '.join(CATEGORIES)}")
        return self


class Words(Shape):
    """What each perspective counts, and the words of categories, items and units, by language."""

    perspectives: list[Perspective]
    categories: dict[str, dict[str, str]]
    items: dict[str, dict[str, str]]
    units: dict[str, dict[str, str]]

    @model_validator(mode="after")
    def _total(self) -> Words:
        wanted = {
            "perspectives": (set(PERSPECTIVES), {one.id for one in self.perspectives}),
            "categories": (set(CATEGORIES), set(self.categories)),
            "items": (set(ITEMS), set(self.items)),
            "units": ({one.unit for one in ITEMS.values()}, set(self.units)),
        }
        for place, (needed, there) in wanted.items():
            if needed != there:
                raise Misplaced((place,), f"not alike with the product's own: {', '.join(sorted(needed ^ there))}")
        return self


@cache
def rules(country: str) -> Rules:
    """Give the rules of a country, `nl` or `be`."""
    return read(DATA / "rules" / f"{country}.yaml", Rules)


@cache
def words() -> Words:
    """Give the perspectives and the words of this room."""
    return read(DATA / "perspectives.yaml", Words)


def perspective(name: str) -> Perspective:
    """Find a perspective by its id; KeyError when there is none."""
    return {one.id: one for one in words().perspectives}[name]


def discounting(country: str, name: str | None) -> Discounting:
    """Find a set of discount rates by its id, of whichever country; without a name nothing is discounted."""
    if name is None:
        return Discounting(id="none", costs=0.0, effects=0.0, source="the protocol names no rates", certainty="S")
    sets = {one.id: one for land in (country, "nl", "be") for one in rules(land).discounting}
    if name not in sets:
        raise CostError(f"study.economics.discounting: no set of rates {name}; name one of {', '.join(sorted(sets))}.")
    return sets[name]


def discount(day: float, rate: float) -> float:
    """Give the weight of something on a day (counted from 0): 1 in the first year, then divided by 1 + rate a year."""
    return (1 + rate) ** -max(0, floor(day / YEAR))


def mean_discount(start: float, end: float, rate: float) -> float:
    """Give the mean weight over the days from start to end; that of the day itself when they are one."""
    if end <= start:
        return discount(start, rate)
    whole = range(floor(start / YEAR) + 1, floor(end / YEAR) + 1)
    edges = [start, *(YEAR * year for year in whole if start < YEAR * year < end), end]
    lengths = np.diff(edges)
    weights = [discount((a + b) / 2, rate) for a, b in pairwise(edges)]
    return float(np.dot(lengths, weights) / (end - start))
