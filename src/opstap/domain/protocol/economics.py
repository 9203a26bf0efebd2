"""How cost-effectiveness is worked out, as a protocol says it: every choice beforehand, none by hand afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from opstap.domain.costing import ITEMS, Certainty, Euros, Perspective, Year
from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.protocol.eligibility import Name

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
#: The parts of the plan that a scenario leaves alone: it changes values, not what is asked.
FIXED = ("scenarios", "subgroups", "one_way")
#: What a one-way analysis can vary besides a price (`prices.<item>`).
VARIABLE = ("productivity.elasticity", "productivity.friction_days")


def item_fault(item: str, unit: str) -> tuple[str, str] | None:
    """Tell the key and the mend where an item or its unit is not one of ours."""
    if item not in ITEMS:
        return "item", f"no item {item}: name one of {', '.join(ITEMS)}"
    if unit != ITEMS[item].unit:
        return "unit", f"{item} is priced per {ITEMS[item].unit}, not per {unit}: convert the price"
    return None


class Price(Shape):
    """What one unit of an item costs, in the money of a year, by which source and how sure; at one site, or at all."""

    item: str
    unit: str
    price: Euros
    currency: Literal["EUR"] = "EUR"
    year: Year
    source: str = Field(min_length=1)
    certainty: Certainty
    site: Name | None = None

    @model_validator(mode="after")
    def _known(self) -> Price:
        fault = item_fault(self.item, self.unit)
        if fault:
            raise Misplaced(fault[:1], fault[1])
        return self


class Productivity(Shape):
    """How lost hours of paid work are valued.

    `friction_cost`: until someone else does the work: the friction period of `friction_year`, or `friction_days`.
    `human_capital`: every lost hour. `elasticity` is the output lost per hour lost. Spells of sick leave less than
    `joins_within_days` apart are one, with one friction period from its first day.
    """

    method: Literal["friction_cost", "human_capital"]
    friction_year: Year | None = None
    friction_days: Positive | None = None
    elasticity: float = Field(default=1.0, gt=0, le=1)
    joins_within_days: int = Field(default=28, ge=1, le=366)

    @model_validator(mode="after")
    def _period(self) -> Productivity:
        if self.method == "friction_cost" and self.friction_year is None and self.friction_days is None:
            raise Misplaced(("method",), "a friction period has a year: give `friction_year`, or `friction_days`")
        return self


class Effect(Shape):
    """An effect that costs are set against.

    `qaly` is the area under an outcome that is a value of health; `value` the outcome at a wave; `days_without` the
    days from the lot without sustained work, up to the last wave. `wtp`: euros per unit, the thresholds reported. The
    words are `economics.effects.<id>`.
    """

    id: Name
    outcome: Name
    measure: Literal["qaly", "value", "days_without"]
    wave: Name | None = None
    better: Literal["higher", "lower"] = "higher"
    wtp: list[Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Effect:
        if (self.measure == "value") != (self.wave is not None):
            raise Misplaced(("wave",), "name a wave for the measure `value`, and for no other")
        if self.wtp != sorted(set(self.wtp)):
            raise Misplaced(("wtp",), "name each threshold once, in rising order")
        return self


class Imputing(Shape):
    """How missing costs and effects are filled in: how often, in which order with the bootstrap, at which level.

    `count` 0 is complete cases. `level`: `wave` fills in costs and values per wave, `total` only their sums.
    """

    count: int = Field(ge=0, le=1000)
    order: Literal["bootstrap_within_imputation", "imputation_within_bootstrap"] = "bootstrap_within_imputation"
    level: Literal["wave", "total"] = "wave"


class Scenario(Shape):
    """The same analysis with other choices: `changes` are keys of this section. Words: `economics.scenarios.<id>`."""

    id: Name
    changes: dict[str, Any] = Field(min_length=1)


class Subgroup(Shape):
    """The same analysis within groups: by the answers of a variable, or at and above against below `split`.

    The words are `economics.subgroups.<id>`.
    """

    id: Name
    variable: str = Field(pattern=r"^(item|score)\.[a-z0-9_.-]+$|^site$")
    split: float | None = Field(default=None, allow_inf_nan=False)


class OneWay(Shape):
    """One value moved from low to high with all else as planned.

    `about` is `prices.<item>` (euros of the price year, at every site), `productivity.elasticity` or
    `productivity.friction_days`. The words are `economics.one_way.<id>`.
    """

    id: Name
    about: str
    low: Euros
    high: Euros

    @model_validator(mode="after")
    def _sound(self) -> OneWay:
        where, _, item = self.about.partition(".")
        if self.about not in VARIABLE and (where != "prices" or item not in ITEMS):
            raise Misplaced(("about",), f"nothing to vary: name prices.<item>, or {' or '.join(VARIABLE)}")
        if self.low >= self.high:
            raise Misplaced(("high",), f"from {self.low:g} to {self.high:g} is no range: make `high` the larger")
        return self


class Economics(Shape):
    """The plan of the economic evaluation. The first perspective and the first effect are the main ones.

    `prices` names a shipped price list, `own_prices` lie over it; all are brought to `price_year`. `intervention` says
    for each profession which item its sessions are priced with (by the hour or by the session), `workplace_visit`
    which item a session with the workplace adds. `timing`: time runs by the planned waves (`nominal`) or by the days
    on which people answered (`actual`). `overlap`: sessions of the programme that a participant may also have reported
    as care are taken out of what was reported (`subtract`), or not (`keep`).
    """

    perspectives: list[Perspective] = Field(min_length=1)
    prices: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    price_year: Year
    own_prices: list[Price] = []
    intervention: dict[Literal["therapist", "coach"], str] = {}
    workplace_visit: str | None = None
    timing: Literal["nominal", "actual"] = "nominal"
    overlap: Literal["subtract", "keep"] = "subtract"
    productivity: Productivity | None = None
    discounting: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]*$")
    effects: list[Effect] = []
    covariates: list[str] = []
    adjust_baseline: bool = True
    imputation: Imputing = Imputing(count=0)
    bootstraps: int = Field(default=5000, ge=100, le=100_000)
    ci: Literal["percentile", "bca", "rubin"] = "percentile"
    scenarios: list[Scenario] = []
    subgroups: list[Subgroup] = []
    one_way: list[OneWay] = []

    @model_validator(mode="after")
    def _sound(self) -> Economics:
        filled = self.imputation.count > 0
        nested = filled and self.imputation.order == "imputation_within_bootstrap"
        if self.ci == "bca" and filled:
            raise Misplaced(
                ("ci",), "bca intervals are for complete cases: choose percentile or rubin, or impute 0 times"
            )
        if self.ci == "rubin" and (nested or not filled):
            raise Misplaced(("ci",), "Rubin's rules pool imputations that come before the bootstrap: choose percentile")
        for key, item in (*self.intervention.items(), ("workplace_visit", self.workplace_visit)):
            place = (key,) if key == "workplace_visit" else ("intervention", key)
            if item is not None and item not in ITEMS:
                raise Misplaced(place, f"no item {item}: name one of {', '.join(ITEMS)}")
        return self

    def changed(self, changes: Mapping[str, Any]) -> Economics:
        """Give this plan with other choices; ValueError says which key cannot be changed, or to what."""
        fixed = [key for key in changes if key in FIXED]
        if fixed:
            raise ValueError(f"a scenario leaves {fixed[0]} alone: take it out")
        try:
            return Economics.model_validate(_merged(self.model_dump(), changes))
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise ValueError(f"{place}: {fault['msg'].removeprefix('Value error, ')}") from None

    def scenario(self, scenario: Scenario) -> Economics:
        """Give this plan under a scenario."""
        return self.changed(scenario.changes)

    def varied(self, one: OneWay, value: float) -> tuple[Economics, list[Price]]:
        """Give this plan with the value of a one-way analysis set to another, and the price that lies over all others.

        ValueError for a value that the plan cannot have.
        """
        where, _, key = one.about.partition(".")
        if where == "productivity":
            return self.changed({"productivity": {key: value}}), []
        unit, source = ITEMS[key].unit, f"one-way analysis {one.id}"
        return self, [Price(item=key, unit=unit, price=value, year=self.price_year, source=source, certainty="M")]

    def text_keys(self) -> Iterator[str]:
        """List the dotted keys of the words that this plan needs."""
        for kind in ("effects", *FIXED):
            yield from (f"economics.{kind}.{one.id}" for one in getattr(self, kind))


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(under or {}, value) if both else value
    return merged
