"""Dated price lists: read, checked, laid over one another, and brought to the money of one year.

A list stands in `data/prices/`; an institution's own file has the same shape. Order of laying: the country's list, then
the protocol's own prices, then the institution's files; a price of a site goes before one for everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from opstap.domain.costing import ITEMS, Certainty, Euros, Year
from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.protocol.economics import Price, item_fault
from opstap.economics.reading import DATA, CostError, read
from opstap.economics.rules import Rules

FOLDER = DATA / "prices"
CURRENCY = "EUR"


class ListedPrice(Shape):
    """One line of a price list; what it leaves out, the list says. An empty price is one that is still needed."""

    item: str
    unit: str
    price: Euros | None
    currency: str | None = None
    year: Year | None = None
    source: str | None = None
    certainty: Certainty | None = None
    site: str | None = None
    note: dict[str, str] = {}


class PriceList(Shape):
    """A dated list of prices; each price that is filled has a year, a source and a certainty."""

    id: str
    country: str = Field(pattern=r"^[a-z]{2}$")
    title: dict[str, str] = {}
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    year: Year | None = None
    source: str | None = None
    certainty: Certainty | None = None
    prices: list[ListedPrice] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> PriceList:
        if self.currency != CURRENCY:
            raise Misplaced(
                ("currency",), f"two currencies: this list is in {self.currency}, the others in {CURRENCY}; convert it"
            )
        seen: set[tuple[str, str | None]] = set()
        for number, line in enumerate(self.prices):
            fault = item_fault(line.item, line.unit)
            if fault:
                raise Misplaced(("prices", number, fault[0]), fault[1])
            if (line.item, line.site) in seen:
                raise Misplaced(("prices", number, "item"), f"{line.item} has a price already: keep one")
            seen.add((line.item, line.site))
            if line.currency not in (None, self.currency):
                raise Misplaced(
                    ("prices", number, "currency"),
                    f"two currencies, {self.currency} for the list and {line.currency} here: convert this price",
                )
            for key in ("year", "source", "certainty"):
                if line.price is not None and getattr(line, key) is None and getattr(self, key) is None:
                    raise Misplaced(
                        ("prices", number), f"{line.item} has a price without a {key}: give one here or for the list"
                    )
        return self

    @property
    def filled(self) -> list[Price]:
        """The lines that have a price, each complete."""
        return [
            Price.model_validate(
                {
                    "item": line.item,
                    "unit": line.unit,
                    "price": line.price,
                    "year": line.year or self.year,
                    "source": line.source or self.source,
                    "certainty": line.certainty or self.certainty,
                    "site": line.site,
                }
            )
            for line in self.prices
            if line.price is not None
        ]


@dataclass(frozen=True)
class UnitPrice:
    """A price in the money of the year asked for, and as its source gives it; `place` is where it stands."""

    item: str
    unit: str
    price: float
    year: int
    given: float
    given_year: int
    source: str
    certainty: str
    site: str | None
    place: str


@dataclass(frozen=True)
class Prices:
    """The prices that a calculation uses, by item and site (None: everywhere), in the money of one year."""

    year: int
    known: Mapping[tuple[str, str | None], UnitPrice]

    def of(self, item: str, site: str | None = None) -> UnitPrice:
        """Give the price of an item at a site; KeyError where there is none (see `missing`)."""
        return self.known[(item, site) if (item, site) in self.known else (item, None)]

    def missing(self, items: Iterable[str], sites: Iterable[str]) -> list[str]:
        """List the items that have no price at one or more of the sites."""
        places = list(sites)
        return [
            item
            for item in items
            if (item, None) not in self.known and not (places and all((item, one) in self.known for one in places))
        ]


@cache
def shipped(name: str) -> PriceList:
    """Give a price list that comes with the product, by its id; CostError names those that there are."""
    if name not in names():
        raise CostError(f"study.economics.prices: no price list {name}; name one of {', '.join(names())}.")
    return read_list(FOLDER / f"{name}.yaml")


def names() -> list[str]:
    """List the price lists that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_list(path: Path) -> PriceList:
    """Read a price list, an institution's own too; CostError names file, line, key and mend."""
    return read(path, PriceList)


def lay(rules: Rules, year: int, *layers: tuple[str, Iterable[Price]], sites: Iterable[str] = ()) -> Prices:
    """Lay prices over one another (each layer a place and its prices, later ones on top), in the money of `year`.

    A price for everywhere takes the place of all that was known of the item, those of sites included. CostError for a
    year without an index, and for a price of a site that is none of `sites` (where these are given).
    """
    known: dict[tuple[str, str | None], UnitPrice] = {}
    there = list(sites)
    for place, prices in layers:
        here: dict[tuple[str, str | None], UnitPrice] = {}
        for one in prices:
            if one.site is not None and there and one.site not in there:
                raise CostError(f"{place}, {one.item}: no site {one.site}; name one of {', '.join(there)}.")
            try:
                factor = rules.index(one.year, year)
            except CostError as error:
                raise CostError(f"{place}, {one.item}: {error}") from None
            here[one.item, one.site] = UnitPrice(
                one.item, one.unit, one.price * factor, year, one.price, one.year, one.source, one.certainty, one.site,
                place,
            )  # fmt: skip
        general = {item for item, site in here if site is None}
        known = {key: price for key, price in known.items() if key[0] not in general} | here
    return Prices(year, known)


def refuse_missing(missing: Iterable[str], perspective: str, prices: str) -> None:
    """Refuse a perspective for which prices are missing, with one message that lists them all."""
    items = [f"{item} (per {ITEMS[item].unit})" for item in missing]
    if items:
        raise CostError(
            f"The perspective {perspective} needs prices that {prices} does not have: {', '.join(items)}. Give each "
            "with its year and source, under study.economics.own_prices or in a price file of the institution."
        )
