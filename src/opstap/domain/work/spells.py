"""Dated spells of work: contract hours, actual hours and sick leave, as they were reported.

What happened is stored as spells; outcomes are derived from them (`outcomes.py`). The file format is CSV
with the columns `person,from,to,contract_hours,actual_hours,sick_percent,kind` and optionally
`job,source,index_date`: UTF-8, comma, ISO dates, a header row. `from` and `to` are inclusive; an empty `to`
means "still running".
"""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

HOURS_IN_A_WEEK = 168.0
REQUIRED = ("person", "from", "to", "contract_hours", "actual_hours", "sick_percent", "kind")
OPTIONAL = ("job", "source", "index_date")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_POINT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)")


class Kind(StrEnum):
    """What kind of work a spell describes."""

    OWN = "own"
    ADAPTED = "adapted"
    THERAPEUTIC = "therapeutic"
    OTHER_EMPLOYER = "other_employer"
    SELF_EMPLOYED = "self_employed"
    NONE = "none"


class SpellError(ValueError):
    """Spells that cannot be right; the message says what, where, and how to mend it."""


class SpellNotice(UserWarning):
    """Something about a file of spells that its reader ought to know, and that is no error."""


@dataclass(frozen=True)
class Spell:
    """One stretch of days on which one person's work in one job was the same.

    `start` and `end` are inclusive; `end` is None while it runs. Hours are per week; `sick_percent` (0 to
    100) is the share of the contract for which the person is reported sick. `index_date` belongs to the
    person, not to the spell: sick leave before it is not the sick leave that is studied. `place` says where
    the spell was read ("line 3"), for messages.
    """

    person: str
    start: date
    end: date | None
    contract_hours: float
    actual_hours: float
    sick_percent: float
    kind: Kind
    job: str = "1"
    source: str = "questionnaire"
    index_date: date | None = None
    place: str = field(default="", compare=False, repr=False)


def check(spells: Iterable[Spell]) -> None:
    """Refuse spells that cannot be right as one account of what happened.

    Raises `SpellError` for an end before the start, hours that are negative or more than a week holds, a
    sick percentage outside 0 to 100, spells that overlap within one job of one person, and two index dates
    for one person. Spells of different sources tell of the same days and so overlap: give the spells of one
    source at a time.
    """
    jobs: dict[tuple[str, str], list[Spell]] = {}
    index_dates: dict[str, date] = {}
    for spell in spells:
        _check_one(spell)
        jobs.setdefault((spell.person, spell.job), []).append(spell)
        if spell.index_date is not None:
            known = index_dates.setdefault(spell.person, spell.index_date)
            if known != spell.index_date:
                raise SpellError(
                    f"{_whose(spell)}: two index dates, {known} and {spell.index_date}. "
                    "A person has one index date: give the same in all rows, or leave the others empty."
                )
    for of_one_job in jobs.values():
        of_one_job.sort(key=lambda spell: spell.start)
        for first, second in pairwise(of_one_job):
            if first.end is None or second.start <= first.end:
                raise SpellError(_overlap(first, second))


def read_csv(path: str | Path, *, notices: list[str] | None = None) -> list[Spell]:
    """Read spells from a CSV file, in the file's order.

    A semicolon as separator and a decimal comma are recognised and said so: in `notices` when a list is
    given, otherwise as a `SpellNotice` warning. The same goes for columns that are not used and for hours
    on a spell of kind `none`. Raises `SpellError`, naming file, line, column and mend, for anything that
    cannot be read, and for spells that are wrong by themselves. Overlap is for `check`, which wants the
    spells of one source.
    """
    path = Path(path)
    said: list[str] = []
    rows, semicolon = _rows(path)
    line, header = next(rows, (0, []))
    columns = [name.strip() for name in header]
    _check_header(path, columns)
    if semicolon:
        said.append(f"{path}: read as a semicolon-separated file.")
    unused = [name for name in columns if name not in REQUIRED + OPTIONAL]
    if unused:
        said.append(f"{path}: not used: column {', '.join(map(repr, unused))}.")
    spells: list[Spell] = []
    decimal_comma = False
    for line, values in rows:
        if len(values) != len(columns):
            mend = "put quotes around a number with a decimal comma, or write a decimal point"
            raise SpellError(f"{path}, line {line}: {len(values)} cells where the header has {len(columns)}; {mend}.")
        row = _Row(path, line, dict(zip(columns, (value.strip() for value in values), strict=True)))
        spell = row.spell()
        decimal_comma = decimal_comma or row.decimal_comma
        try:
            _check_one(spell)
        except SpellError as error:
            raise SpellError(f"{path}, {error}") from None
        if spell.kind is Kind.NONE and spell.actual_hours > 0:
            said.append(f"{path}, line {line}: kind 'none' with {spell.actual_hours:g} actual hours: the hours count.")
        spells.append(spell)
    if not spells:
        raise SpellError(f"{path}: no spells after the header; give at least one row.")
    if decimal_comma:
        said.append(f"{path}: numbers with a decimal comma were read as such (32,5 is 32.5).")
    if notices is not None:
        notices.extend(said)
    else:
        for notice in said:
            warnings.warn(notice, SpellNotice, stacklevel=2)
    return spells


def iso_date(text: str) -> date:
    """Read one ISO date such as 2026-03-31; raises `ValueError` whose message ends with the mend."""
    if _ISO_DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a day of the calendar; correct it") from None
        if not 1900 <= day.year < 2200:
            raise ValueError(f"{text!r} lies outside 1900 to 2199; correct the year")
        return day
    raise ValueError(f"{text!r} is not an ISO date; write it as 2026-03-31")


def _check_one(spell: Spell) -> None:
    if spell.end is not None and spell.end < spell.start:
        raise SpellError(
            f"{_whose(spell)}: the spell ends on {spell.end}, before it starts on {spell.start}. "
            "Swap the dates, or leave the end empty if it still runs."
        )
    for name, hours in (("contract_hours", spell.contract_hours), ("actual_hours", spell.actual_hours)):
        if not 0 <= hours <= HOURS_IN_A_WEEK:
            raise SpellError(
                f"{_whose(spell)}: {name} is {hours:g} in the spell {_days(spell)}. "
                f"Hours are per week: give a number from 0 to {HOURS_IN_A_WEEK:g}."
            )
    if not 0 <= spell.sick_percent <= 100:
        raise SpellError(
            f"{_whose(spell)}: sick_percent is {spell.sick_percent:g} in the spell {_days(spell)}. "
            "Give a percentage from 0 (not sick) to 100 (fully sick)."
        )


def _whose(spell: Spell) -> str:
    return f"{spell.place + ': ' if spell.place else ''}person {spell.person}, job {spell.job}"


def _days(spell: Spell) -> str:
    return f"from {spell.start} to {spell.end}" if spell.end else f"from {spell.start} (still running)"


def _overlap(first: Spell, second: Spell) -> str:
    places = " and ".join(spell.place for spell in (first, second) if spell.place)
    what = (
        f"{places + ': ' if places else ''}person {first.person}, job {first.job}: "
        f"the spell {_days(first)} overlaps the spell {_days(second)}. "
    )
    if first.source != second.source:
        return f"{what}Their sources differ ({first.source}, {second.source}): choose one source."
    if first.start == second.start:
        return f"{what}Remove one of them, or give them different jobs."
    day_before = second.start - timedelta(days=1)
    return f"{what}Let the first end on {day_before} at the latest, or give them different jobs."


def _rows(path: Path) -> tuple[Iterator[tuple[int, list[str]]], bool]:
    """The non-empty rows with their line numbers, and whether they are separated by semicolons."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SpellError(f"{path}: there is no such file; check the name.") from None
    except OSError as error:
        raise SpellError(f"{path}: cannot be read ({error.strerror}); check its name and rights.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SpellError(f"{path}, line {line}: not UTF-8; save the file as 'CSV UTF-8'.") from None
    header = next((line for line in text.splitlines() if line.strip()), "")
    semicolon = ";" in header and "," not in header

    def numbered() -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolon else ",", strict=True)
        try:
            for values in reader:
                if any(value.strip() for value in values):
                    yield reader.line_num, values
        except csv.Error as error:
            raise SpellError(
                f"{path}, line {reader.line_num}: not CSV ({error}); save the file as 'CSV UTF-8'."
            ) from None

    return numbered(), semicolon


def _check_header(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise SpellError(
            f"{path}, line 1: column {', '.join(missing)} is missing; "
            f"the header must name {', '.join(REQUIRED)} (and may name {', '.join(OPTIONAL)})."
        )
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise SpellError(f"{path}, line 1: column {', '.join(twice)} stands there twice; remove one.")


@dataclass
class _Row:
    path: Path
    line: int
    cells: dict[str, str]
    decimal_comma: bool = False

    def spell(self) -> Spell:
        start = self._date("from")
        if start is None:
            raise self._error("from", "is empty; give the first day of the spell")
        return Spell(
            person=self._text("person"),
            start=start,
            end=self._date("to"),
            contract_hours=self._number("contract_hours", "0 where there is no contract"),
            actual_hours=self._number("actual_hours", "0 where no hours were worked"),
            sick_percent=self._number("sick_percent", "0 where not sick"),
            kind=self._kind(),
            job=self.cells.get("job") or "1",
            source=self.cells.get("source") or "questionnaire",
            index_date=self._date("index_date"),
            place=f"line {self.line}",
        )

    def _error(self, column: str, what: str) -> SpellError:
        return SpellError(f"{self.path}, line {self.line}, column {column}: {what}.")

    def _text(self, column: str) -> str:
        if not self.cells[column]:
            raise self._error(column, "is empty; give the person's pseudonym")
        return self.cells[column]

    def _date(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        try:
            return iso_date(text)
        except ValueError as error:
            raise self._error(column, str(error)) from None

    def _number(self, column: str, when_empty: str) -> float:
        text = self.cells[column]
        if not text:
            raise self._error(column, f"is empty; write {when_empty}")
        if _POINT.fullmatch(text):
            number = float(text)
        elif _COMMA.fullmatch(text):
            self.decimal_comma = True
            number = float(text.replace(",", "."))
        else:
            raise self._error(column, f"{text!r} is not a number; write it as 32.5")
        if not math.isfinite(number):
            raise self._error(column, f"{text!r} is too large; correct it")
        return number

    def _kind(self) -> Kind:
        text = self.cells["kind"]
        try:
            return Kind(text)
        except ValueError:
            raise self._error("kind", f"{text!r} is not known; choose one of {', '.join(Kind)}") from None
