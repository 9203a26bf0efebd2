"""The tables of `docs/reference/costs.md`: every price, index, period and rate, with source and certainty.

`python -m opstap.economics.page docs/reference/costs.md` writes them between the two marks of that page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from opstap.domain.costing import ITEMS
from opstap.economics.price_lists import PriceList, names, shipped
from opstap.economics.rules import rules, words

START, END = "<!-- tables: python -m opstap.economics.page docs/reference/costs.md -->\n", "<!-- end of tables -->\n"


def tables() -> str:
    """Give the tables in Markdown, from the data that is shipped."""
    return "\n".join([*_prices(), *_rules(), *_perspectives()]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    yield from (f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)
    yield ""


def _prices() -> Iterator[str]:
    known = words()
    for name in reversed(names()):
        one = shipped(name)
        yield f"### Price list `{name}`: {one.title['en']}\n"
        yield f"{_source(one)}\n"
        rows = [
            (
                f"`{line.item}`",
                known.items[line.item]["en"],
                known.categories[ITEMS[line.item].category]["en"],
                "**none**" if line.price is None else f"{line.price:.2f}",
                line.unit,
                "" if line.price is None else line.year or one.year,
                "" if line.price is None else line.certainty or one.certainty,
                line.note.get("en", ""),
            )
            for line in one.prices
        ]
        yield from _table(("item", "what", "category", "price (EUR)", "per", "year", "certainty", "note"), rows)


def _source(one: PriceList) -> str:
    if one.source is None:
        return "No price was found: an institution fills them in, with year and source."
    return f"Source: {one.source}. Where there is none, a price is needed, with year and source."


def _rules() -> Iterator[str]:
    for country, title in (("nl", "The Netherlands"), ("be", "Belgium")):
        found = rules(country)
        yield f"### {title}\n"
        rows: list[tuple[object, ...]] = []
        for index in found.indexation:
            rows.append((f"index {index.since} to {index.to}", f"{index.factor:g}", index.source, index.certainty))
        for period in found.friction:
            rows.append((f"friction period {period.year}", f"{period.days:g} days", period.source, period.certainty))
        for rate in found.discounting:
            said = f"costs {rate.costs:.1%}, effects {rate.effects:.1%}"
            rows.append((f"discounting `{rate.id}`", said, rate.source, rate.certainty))
        yield from _table(("what", "value", "source", "certainty"), rows)


def _perspectives() -> Iterator[str]:
    known = words()
    yield "### Perspectives\n"
    rows = [
        (
            f"`{one.id}`",
            ", ".join(known.categories[name]["en"].lower() for name in one.categories),
            one.source,
            one.certainty,
        )
        for one in known.perspectives
    ]
    yield from _table(("perspective", "counts", "why", "certainty"), rows)


def write(path: Path) -> None:
    """Put the tables between the two marks of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    path.write_text(f"{before}{START}\n{tables()}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
