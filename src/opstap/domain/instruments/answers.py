"""Answers as they come in: read, checked against the item, and the same rules as data for the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from opstap.domain.instruments.model import Answers, Item, ItemId, Questionnaire, read_date

LONGEST_TEXT = 4000
#: A number as it may be typed: with a decimal point or comma.
NUMBER = r"\s*-?[0-9]+([.,][0-9]+)?\s*"
WHOLE = r"\s*-?[0-9]+\s*"


class AnswerError(ValueError):
    """An answer that the item cannot take; says which item, what is wrong and what would be right."""

    def __init__(self, item: ItemId, message: str, *, code: str, **params: Any) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item
        self.code = code
        self.params = params


def parse(item: Item, raw: Any) -> Any:
    """Turn what was typed into the value that is stored: int, float, ISO date, text, a list of codes, a table, a list.

    None and empty text mean "no answer" and give None. Raises AnswerError with a code (`choice`, `alone`, `number`,
    `whole`, `cents`, `range`, `in_all`, `date`, `long`, `row`, `least`, `most`) that the interface turns into a
    sentence. A decimal comma is read as one. An `hours` item takes a mapping of its rows, a `group` a list of mappings;
    rows left empty are no answer.
    """
    if raw is None or raw == "" or raw == [] or raw == {}:
        return None
    match item.kind:
        case "choice":
            return _code(item, raw)
        case "multiple":
            values = list(dict.fromkeys(_code(item, value) for value in (raw if isinstance(raw, list) else [raw])))
            if item.not_applicable in values and len(values) > 1:
                raise AnswerError(item.id, f"{item.not_applicable!r} stands beside another answer", code="alone")
            return values
        case "number" | "scale" | "visual" | "amount":
            if item.not_applicable is not None and str(raw) == str(item.not_applicable):
                return item.not_applicable
            return _number(item, raw)
        case "date":
            try:
                return read_date(raw).isoformat()
            except ValueError as error:
                raise AnswerError(item.id, str(error), code="date") from None
        case "hours":
            return _table(item, raw)
        case "group":
            return _group(item, raw)
        case _:
            text = str(raw).strip()
            if len(text) > LONGEST_TEXT:
                message = f"the text is longer than {LONGEST_TEXT} characters"
                raise AnswerError(item.id, message, code="long", maximum=LONGEST_TEXT)
            return text or None


def _code(item: Item, raw: Any) -> int | str:
    for code in item.all_codes:
        if str(code) == str(raw):
            return code
    raise AnswerError(item.id, f"{raw!r} is not one of {item.all_codes}", code="choice")


def _number(item: Item, raw: Any) -> float | int:
    try:
        value = float(str(raw).strip().replace(",", "."))
    except ValueError:
        raise AnswerError(item.id, f"{raw!r} is not a number", code="number") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise AnswerError(item.id, f"{raw!r} is not a number", code="number")
    if (item.whole or item.kind in ("scale", "visual")) and value != int(value):
        raise AnswerError(item.id, f"{raw!r} is not a whole number", code="whole")
    if item.kind == "amount" and round(value, 2) != value:
        raise AnswerError(item.id, f"{raw!r} has parts of a cent", code="cents")
    low, high = item.bounds
    if (low is not None and value < low) or (high is not None and value > high):
        raise AnswerError(item.id, f"{value:g} lies outside {low} to {high}", code="range", low=low, high=high)
    return int(value) if value == int(value) else value


def _table(item: Item, raw: Any) -> dict[str, float | int] | None:
    if not isinstance(raw, Mapping) or set(raw) - set(item.rows):
        raise AnswerError(item.id, f"{raw!r} does not have the rows {item.rows}", code="row")
    table = {row: _number(item, raw[row]) for row in item.rows if raw.get(row) not in (None, "")}
    if item.in_all is not None and sum(table.values()) > item.in_all:
        raise AnswerError(item.id, f"more than {item.in_all:g} together", code="in_all", high=item.in_all)
    return table or None


def _group(item: Item, raw: Any) -> list[dict[str, Any]] | None:
    known = {part.id for part in item.items}
    if not isinstance(raw, list) or any(not isinstance(one, Mapping) or set(one) - known for one in raw):
        raise AnswerError(item.id, f"{raw!r} is no list of {sorted(known)}", code="row")
    rows: list[dict[str, Any]] = []
    for one in raw:
        row = {part.id: value for part in item.items if (value := parse(part, one.get(part.id))) is not None}
        if not row:
            continue
        empty = [part.id for part in item.items if part.required and part.id not in row]
        if empty:
            message = f"row {len(rows) + 1} has no {empty[0]}"
            raise AnswerError(item.id, message, code="empty", part=empty[0], row=len(rows) + 1)
        rows.append(row)
    if len(rows) > item.most:
        raise AnswerError(item.id, f"{len(rows)} rows, at most {item.most}", code="most", high=item.most)
    if rows and len(rows) < item.least:
        raise AnswerError(item.id, f"{len(rows)} rows, at least {item.least}", code="least", low=item.least)
    return rows or None


def from_cells(item: Item, cells: Mapping[str, str]) -> Any:
    """Put together what came as separate fields: `row` of an `hours` item, `1.part` of a `group`, counted from 1."""
    if item.kind == "hours":
        return {row: cells[row] for row in item.rows if cells.get(row)}
    rows = [{part.id: cells.get(f"{number}.{part.id}", "") for part in item.items} for number in numbers(item)]
    return [row for row in rows if any(row.values())]


def numbers(item: Item) -> range:
    """Count the rows that a group can have, from 1."""
    return range(1, item.most + 1)


def flat(item: Item, value: Any) -> Iterator[tuple[str, Any]]:
    """Take an answer apart into single values with their names: `item`, `item.row`, `item.1.part` and `item.count`."""
    if item.kind == "hours":
        yield from ((f"{item.id}.{row}", hours) for row, hours in value.items())
    elif item.kind == "group":
        yield f"{item.id}.count", len(value)
        for number, row in enumerate(value, start=1):
            yield from ((f"{item.id}.{number}.{part}", cell) for part, cell in row.items())
    else:
        yield item.id, value


def with_texts(item: Item, value: Any, change: Callable[[str], Any]) -> Any:
    """Give an answer with each free text in it changed; a text that becomes None is left out of its row."""
    if value is None:
        return None
    if item.kind == "text":
        return change(value)
    if item.kind != "group":
        return value
    return [
        {
            part.id: cell
            for part in item.items
            if part.id in row and (cell := with_texts(part, row[part.id], change)) is not None
        }
        for row in value
    ]


def hidden_answers(questionnaire: Questionnaire, given: Answers, answers: Answers) -> list[ItemId]:
    """List the items of `given` that have an answer although routing hides them, `answers` being all there are now."""
    asked = {item.id for item in questionnaire.asked(answers)}
    return [item_id for item_id, value in given.items() if value is not None and item_id not in asked]


def rules(item: Item) -> dict[str, Any]:
    """Give what `parse` checks as plain data, so that a page can check the same before it sends.

    Keys: `kind`, `required`, and where they hold `min`, `max`, `whole`, `pattern`, `longest`, `codes`, `alone`, `rows`,
    `in_all`, `least`, `most`, `items` and `when` (`item`, `in`).
    """
    low, high = item.bounds
    typed = item.kind in ("number", "visual", "amount", "hours")
    whole = item.whole or item.kind in ("scale", "visual")
    found: dict[str, Any] = {
        "kind": item.kind,
        "required": item.required,
        "min": low,
        "max": high,
        "whole": whole or None,
        "pattern": (WHOLE if whole else NUMBER) if typed else None,
        "longest": LONGEST_TEXT if item.kind == "text" else None,
        "codes": item.all_codes or None,
        "alone": item.not_applicable if item.kind == "multiple" else None,
        "rows": item.rows or None,
        "in_all": item.in_all,
        "least": item.least or None,
        "most": item.most if item.kind == "group" else None,
        "items": {part.id: rules(part) for part in item.items} or None,
        "when": {"item": item.when.item, "in": item.when.among} if item.when else None,
    }
    return {name: value for name, value in found.items() if value is not None}
