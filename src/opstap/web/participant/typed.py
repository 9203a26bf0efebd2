"""What was typed on the page of a question, as the acts take it; and the fields that the page is drawn with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from opstap.acts.sight.participant.filling import Part, Question
from opstap.domain.instruments.answers import from_cells, rules

#: What the field of a question is called on a page that asks nothing else; among others its item is added.
ALONE = "answer"


def name_of(question: Question, together: Sequence[Question]) -> str:
    """Give the name by which a question's answer comes in from a page."""
    return ALONE if len(together) == 1 and not question.grid else f"{ALONE}.{question.item}"


def within(name: str, part: str) -> str:
    """Give the name of a small field that belongs to a question: a day, a month, the tick of "not applicable"."""
    return part if name == ALONE else f"{name}.{part}"


def typed(question: Question, data: QueryDict, name: str = ALONE) -> Any:
    """Read the answer to a question from a form; None or an empty list when nothing was filled in.

    A date comes as day, month and year; what is no date stays as typed, so that it is refused in words. The fields of a
    table or a group come as `name.row` and `name.1.part`.
    """
    if question.kind == "multiple":
        return data.getlist(name)
    if question.kind == "date":
        day, month, year = (data.get(within(name, one), "").strip() for one in ("day", "month", "year"))
        return f"{year}-{month:0>2}-{day:0>2}" if day or month or year else None
    if question.kind in ("hours", "group"):
        cells = {key.removeprefix(f"{name}."): data.get(key, "").strip() for key in data if key.startswith(f"{name}.")}
        return from_cells(question.shape, cells) or None
    return data.get(within(name, "aside"), "").strip() or data.get(name, "").strip() or None


@dataclass(frozen=True)
class Cell:
    """One small field: its name in the form, its words, and what stands in it."""

    name: str
    words: str
    value: Any
    part: Part | None = None


@dataclass(frozen=True)
class Field:
    """One question as a page draws it: its name there, what is wrong with it, and what stands in it.

    `data` is what was just typed where that has to be mended, else empty: then what is kept is shown. `rows` is how
    many things a list shows at least.
    """

    question: Question
    name: str
    problem: str
    data: Mapping[str, str]
    rows: int

    @property
    def raw(self) -> str:
        """Give what was typed and does not fit."""
        return str(self.data.get(self.name, "")).strip()

    @property
    def aside_name(self) -> str:
        """Give the name of the tick for "not applicable"."""
        return within(self.name, "aside")

    @property
    def dated(self) -> list[Cell]:
        """List day, month and year, as they were typed, or else as they are kept."""
        kept = str(self.question.value).split("-")[::-1] if self.question.value else ["", "", ""]
        names = [within(self.name, one) for one in ("day", "month", "year")]
        return [Cell(name, "", self.data.get(name, was)) for name, was in zip(names, kept, strict=True)]

    @property
    def table(self) -> list[Cell]:
        """List the rows of a table of hours, with what was typed, or else what is kept."""
        kept = self.question.value or {}
        named = [(f"{self.name}.{row}", row, words) for row, words in self.question.rows]
        return [Cell(name, words, self.data.get(name, kept.get(row, ""))) for name, row, words in named]

    @property
    def things(self) -> list[list[Cell]]:
        """List the things of a group, each with its fields: those kept or typed, and up to `rows` in all."""
        return things(self.question, self.data, self.rows, self.name) if self.question.parts else []

    @property
    def may_add(self) -> bool:
        """Tell whether one more thing may be added to a list."""
        return len(self.things) < self.question.shape.most


def things(question: Question, data: Mapping[str, str], rows: int, name: str = ALONE) -> list[list[Cell]]:
    """List the things of a group, each with its fields: those kept or typed, and up to `rows` in all."""
    kept = question.value or []
    asked = max([rows, len(kept), 1, *_numbered(data, name)])
    found = []
    for number in range(1, min(asked, question.shape.most) + 1):
        row = kept[number - 1] if number <= len(kept) else {}
        names = [(part, f"{name}.{number}.{part.item}") for part in question.parts]
        found.append([Cell(one, part.text, data.get(one, row.get(part.item, "")), part) for part, one in names])
    return found


def _numbered(data: Mapping[str, str], name: str) -> list[int]:
    """List the numbers of the things that a form holds; names that are none of ours are passed over."""
    parts = [key.removeprefix(f"{name}.").split(".") for key in data if key.startswith(f"{name}.")]
    return [int(part[0]) for part in parts if len(part) == 2 and part[0].isdecimal() and len(part[0]) < 3]


def rules_of(fields: Sequence[Field]) -> dict[str, Any]:
    """Give the rules of every field on a page, by its name, for the script that checks before sending.

    An answer that is kept and not shown may stay empty; so may a row of a table.
    """
    found: dict[str, Any] = {}
    for field in fields:
        one, name = field.question, field.name
        rule = {**rules(one.shape), "required": one.required and not one.hidden}
        if one.kind == "hours":
            found |= {f"{name}.{row}": {**rule, "kind": "number", "required": False} for row, _words in one.rows}
        elif one.kind == "group":
            parts = {part: {**inner, "required": False} for part, inner in rule["items"].items()}
            found |= {
                f"{name}.{number}.{part}": inner
                for number in range(1, len(field.things) + 1)
                for part, inner in parts.items()
            }
        elif one.kind != "date":
            found[name] = {**rule, "aside": field.aside_name} if one.aside and one.kind != "choice" else rule
    return found
