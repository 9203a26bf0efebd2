"""What was typed on the page of a question, as the acts take it; and the fields that the page is drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from opstap.acts.sight.participant.filling import Part, Question
from opstap.domain.instruments.answers import from_cells, rules


def typed(question: Question, data: QueryDict, name: str = "answer") -> Any:
    """Read the answer to a question from a form; None or an empty list when nothing was filled in.

    A date comes as day, month and year; what is no date stays as typed, so that it is refused in words. The fields of a
    table or a group come as `name.row` and `name.1.part`.
    """
    if question.kind == "multiple":
        return data.getlist(name)
    if question.kind == "date":
        day, month, year = (data.get(one, "").strip() for one in ("day", "month", "year"))
        return f"{year}-{month:0>2}-{day:0>2}" if day or month or year else None
    if question.kind in ("hours", "group"):
        cells = {key.removeprefix(f"{name}."): data.get(key, "").strip() for key in data if key.startswith(f"{name}.")}
        return from_cells(question.shape, cells) or None
    return data.get("aside", "").strip() or data.get(name, "").strip() or None


@dataclass(frozen=True)
class Cell:
    """One small field: its name in the form, its words, and what stands in it."""

    name: str
    words: str
    value: Any
    part: Part | None = None


def table(question: Question, data: Mapping[str, str]) -> list[Cell]:
    """List the rows of a table of hours, with what was typed, or else what is kept."""
    kept = question.value or {}
    return [Cell(f"answer.{row}", words, data.get(f"answer.{row}", kept.get(row, ""))) for row, words in question.rows]


def things(question: Question, data: Mapping[str, str], rows: int) -> list[list[Cell]]:
    """List the things of a group, each with its fields: those kept or typed, and up to `rows` in all."""
    kept = question.value or []
    asked = max([rows, len(kept), 1, *_numbered(data)])
    found = []
    for number in range(1, min(asked, question.shape.most) + 1):
        row = kept[number - 1] if number <= len(kept) else {}
        names = [(part, f"answer.{number}.{part.item}") for part in question.parts]
        found.append([Cell(name, part.text, data.get(name, row.get(part.item, "")), part) for part, name in names])
    return found


def _numbered(data: Mapping[str, str]) -> list[int]:
    """List the numbers of the things that a form holds; names that are none of ours are passed over."""
    parts = [key.split(".") for key in data if key.startswith("answer.")]
    return [int(part[1]) for part in parts if len(part) == 3 and part[1].isdecimal() and len(part[1]) < 3]


def rules_of(together: list[Question], rows: int) -> dict[str, Any]:
    """Give the rules of every field on a page, by its name, for the script that checks before sending.

    An answer that is kept and not shown may stay empty; so may a row of a table.
    """
    found: dict[str, Any] = {}
    for one in together:
        rule = {**rules(one.shape), "required": one.required and not one.hidden}
        if one.kind == "hours":
            found |= {f"answer.{row}": {**rule, "kind": "number", "required": False} for row, _words in one.rows}
        elif one.kind == "group":
            parts = {part: {**inner, "required": False} for part, inner in rule["items"].items()}
            found |= {
                f"answer.{number}.{part}": inner for number in range(1, rows + 1) for part, inner in parts.items()
            }
        elif one.kind != "date":
            found[f"answer.{one.item}" if one.grid else "answer"] = rule
    return found
