"""Text packs: the licensed words of an instrument, loaded by an institution that may use them.

A pack names its instrument and version, one language, the licence (holder, reference, last valid day), and the words of
every item and answer. YAML:

    instrument: eq5d-5l
    version: "1"
    language: nl
    licence: {holder: Voorbeeldziekenhuis, reference: "12345", valid_until: 2027-12-31}
    words:
      "": {text: The title, hint: The introduction}
      mo: {text: The question, options: {1: The first answer, 2: The second}}

or CSV with the columns `item,code,text`: the first rows give `instrument`, `version`, `language`, `holder`, `reference`
and `valid_until` under `item`, with the value under `text`; then a row without a code for each question (`title` and
`introduction` for the whole), and a row for each answer. The code `hint` gives the hint of a question.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from opstap.domain.instruments.model import Questionnaire, Shape, Words, read_date
from opstap.domain.protocol.pages import Page, faults, parse_page
from opstap.domain.protocol.problems import Problem

_HEAD = ("instrument", "version", "language")
_LICENCE = ("holder", "reference", "valid_until")
COLUMNS = ["item", "code", "text"]


class PackError(ValueError):
    """A text pack that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Licence(Shape):
    """By whose leave the words are used: the licence's holder, its number, and its last valid day (None: no end)."""

    holder: str = Field(min_length=1, max_length=200)
    reference: str = Field(min_length=1, max_length=200)
    valid_until: date | None = None

    @field_validator("valid_until", mode="before")
    @classmethod
    def _day(cls, raw: Any) -> date | None:
        return None if raw in (None, "") else read_date(raw)


class TextPack(Shape):
    """The words of one instrument in one language, with the licence under which they are used."""

    instrument: str
    version: str
    language: Literal["nl", "en", "fr"]
    licence: Licence
    words: dict[str, Words]


@dataclass(frozen=True)
class Lack:
    """What keeps a licensed instrument from being used with its real words: `missing` or `expired`, in a language."""

    instrument: str
    language: str
    why: Literal["missing", "expired"]


def read_pack(content: bytes, name: str, instruments: Mapping[str, Questionnaire], today: date) -> TextPack:
    """Read a text pack (YAML; CSV by the file's name) for one of the instruments; PackError with every fault."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PackError([Problem(name, line, "", "the file is not UTF-8 text: save it as UTF-8")]) from None
    page = _from_csv(text, name) if name.lower().endswith(".csv") else parse_page(text, name)
    if isinstance(page, Problem):
        raise PackError([page])
    try:
        pack = TextPack.model_validate(page.data)
    except ValidationError as error:
        raise PackError(sorted(faults(error, page))) from None
    problems = [page.problem(place, message) for place, message in _faults(pack, instruments, today)]
    if problems:
        raise PackError(sorted(problems))
    return pack


def _faults(
    pack: TextPack, instruments: Mapping[str, Questionnaire], today: date
) -> Iterator[tuple[tuple[str, ...], str]]:
    instrument = instruments.get(pack.instrument)
    if instrument is None:
        yield ("instrument",), f"no instrument {pack.instrument} is asked here: name one of {', '.join(instruments)}"
        return
    if instrument.text_included:
        yield ("instrument",), f"{pack.instrument} comes with its words: it takes no pack"
    if instrument.version != pack.version:
        yield ("version",), f"{pack.instrument} is asked in version {instrument.version}, not {pack.version}"
    if pack.language not in instrument.words:
        known = ", ".join(language for language in instrument.words if "-" not in language)
        yield ("language",), f"{pack.instrument} is not asked in {pack.language}: name one of {known}"
    if pack.licence.valid_until is not None and pack.licence.valid_until < today:
        yield ("licence", "valid_until"), f"the licence ended on {pack.licence.valid_until}: renew it first"
    needed = dict(instrument.worded())
    for key, options in needed.items():
        words = pack.words.get(key)
        called = key or "title"
        if words is None or not words.text.strip():
            yield ("words", key), f"{called}: no text; add it"
            continue
        for code in options:
            if not words.options.get(code, "").strip():
                yield ("words", key, "options", code), f"{called}: no text for answer {code}; add it"
        for code in words.options:
            if code not in options:
                known = ", ".join(options) or "none"
                yield ("words", key, "options", code), f"{called} has no answer {code}; its answers are {known}"
    for key in pack.words:
        if key not in needed:
            yield ("words", key), f"{pack.instrument} has no item {key}: mend its spelling or take it out"


def _from_csv(text: str, name: str) -> Page | Problem:
    """Give a CSV pack the shape of a YAML one; a fault names the line."""
    header = text.split("\n", 1)[0]
    separator = ";" if ";" in header and "," not in header else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    data: dict[str, Any] = {"licence": {}, "words": {}}
    lines: dict[tuple[str, ...], int] = {}
    try:
        if [cell.strip() for cell in next(rows, [])] != COLUMNS:
            return Problem(name, 1, "", f"the header must be {separator.join(COLUMNS)}")
        for cells in rows:
            if not any(cells):
                continue
            if len(cells) != len(COLUMNS):
                return Problem(name, rows.line_num, "", f"{len(cells)} cells where the header has {len(COLUMNS)}")
            item, code, said = (cell.strip() for cell in cells)
            path = _place(item, code)
            if path in lines:
                return Problem(name, rows.line_num, item, f"stands twice, first in line {lines[path]}: take one out")
            lines[path] = rows.line_num
            node = data
            for part in path[:-1]:
                node = node.setdefault(part, {})
            node[path[-1]] = said
    except csv.Error as error:
        return Problem(name, rows.line_num, "", f"not CSV ({error}): save it as CSV UTF-8")
    return CsvPage(name, data, lines)


def _place(item: str, code: str) -> tuple[str, ...]:
    if item in _HEAD:
        return (item,)
    if item in _LICENCE:
        return ("licence", item)
    if item in ("title", "introduction"):
        return ("words", "", "text" if item == "title" else "hint")
    return ("words", item, code) if code == "hint" else ("words", item, *(("options", code) if code else ("text",)))


class CsvPage(Page):
    """A CSV pack as read; faults are told at the line of the row, or of the nearest one above it."""

    def line(self, path: tuple[Any, ...]) -> int:
        """Find the line of the row that gives a value, else of one that begins the same."""
        place = tuple(str(part) for part in path)
        for length in range(len(place), 0, -1):
            for known, line in self.marked.items():
                if known[:length] == place[:length]:
                    return int(line)
        return 1


def dressed(questionnaire: Questionnaire, language: str, pack: TextPack | None) -> Questionnaire:
    """Give a licensed questionnaire its real words in a language; as it is where there is no pack."""
    if pack is None:
        return questionnaire
    words = {**questionnaire.words, language: pack.words}
    return questionnaire.model_copy(update={"words": words, "text_included": True})


Ends = Mapping[tuple[str, str], date | None]


def lacks(instruments: Mapping[str, Questionnaire], languages: list[str], packs: Ends, on: date) -> list[Lack]:
    """List what keeps licensed instruments from their real words on a day.

    `packs` gives, per instrument and language, the last valid day of the licence of the words that were loaded.
    """
    found = []
    for name, instrument in instruments.items():
        for language in languages if not instrument.text_included else []:
            if (name, language) not in packs:
                found.append(Lack(name, language, "missing"))
                continue
            until = packs[name, language]
            if until is not None and until < on:
                found.append(Lack(name, language, "expired"))
    return found
