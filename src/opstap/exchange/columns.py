"""A CSV file to which columns are added: what is read is a few columns, all else passes through as it stands.

UTF-8 with a header row; commas, or semicolons where the header has them and no comma. Cells in quotes may hold
separators and line ends.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add, itemgetter

Cells = tuple[str, ...]
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
#: How many rows are looked at to see how numbers are written.
_LOOKED_AT = 1000


class TableError(ValueError):
    """A file that cannot be used as a table; says where, and how to mend it."""


@dataclass(frozen=True)
class Table:
    """A file as it was read: its header, its rows as text, and of each row the cells of the wanted columns.

    `lines` gives the line (from 1) on which each row begins; a row of None is an empty line.
    """

    header: str
    names: list[str]
    rows: list[str]
    wanted: list[Cells | None]
    lines: Sequence[int]
    separator: str
    ending: str
    decimal_comma: bool

    @property
    def notices(self) -> list[str]:
        """Say what was recognised in the file and is not as usual."""
        said = []
        if self.separator == ";":
            said.append("read as a semicolon-separated file.")
        if self.decimal_comma:
            said.append("numbers with a decimal comma were read as such (32,5 is 32.5), and are written so.")
        return said

    def extended(self, names: Iterable[str], added: Iterable[str]) -> bytes:
        """Give the file with columns added at the end: `added` holds the text for each row, "" for an empty line."""
        header = self.header + self.separator + self.separator.join(names)
        return self.ending.join([header, *map(add, self.rows, added), ""]).encode()


def read_table(content: bytes, wanted: Sequence[str]) -> Table:
    """Read a file for some of its columns; TableError names the line and the mend."""
    text = _decoded(content)
    ending = "\r\n" if "\r\n" in text else "\n"
    records = text.split(ending)
    while len(records) > 1 and not records[-1]:
        records.pop()
    quoted = '"' in text
    lines: Sequence[int] = range(2, len(records) + 1)
    if quoted:
        records, starts = _whole(records, ending)
        lines = starts[1:]
    header, rows = records[0], records[1:]
    plain = header.removeprefix("\ufeff")
    if not plain.strip():
        raise TableError("line 1: the file is empty; give a header row and at least one row.")
    separator = ";" if ";" in plain and "," not in plain else ","
    names = [name.strip() for name in _cells(plain, separator)]
    where = _where(names, wanted)
    keys = _picked(rows, lines, names, where, separator, quoted=quoted)
    decimal_comma = any(
        _DECIMAL_COMMA.fullmatch(cell.strip()) for row in rows[:_LOOKED_AT] for cell in _cells(row, separator)
    )
    return Table(header, names, rows, keys, lines, separator, ending, decimal_comma)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(f"line {line}: not UTF-8; save the file as 'CSV UTF-8'.") from None


def _whole(lines: list[str], ending: str) -> tuple[list[str], list[int]]:
    """Join lines that one quoted cell runs over; gives the records, and the line on which each begins."""
    records: list[str] = []
    starts: list[int] = []
    opened = False
    for number, line in enumerate(lines, start=1):
        if opened:
            records[-1] += ending + line
        else:
            records.append(line)
            starts.append(number)
        opened ^= line.count('"') % 2 == 1
    if opened:
        raise TableError(f"line {starts[-1]}: a quote is opened and never closed; close it.")
    return records, starts


def _cells(record: str, separator: str) -> list[str]:
    if '"' not in record:
        return record.split(separator)
    return next(csv.reader([record], delimiter=separator), [])


def _where(names: list[str], wanted: Sequence[str]) -> list[int]:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise TableError(
            f"line 1: column {', '.join(missing)} is missing; the header must name {', '.join(wanted)} "
            f"(it names {', '.join(names)})."
        )
    twice = sorted({name for name in wanted if names.count(name) > 1})
    if twice:
        raise TableError(f"line 1: column {', '.join(twice)} stands there twice; remove one.")
    return [names.index(name) for name in wanted]


def _picked(
    rows: list[str], lines: Sequence[int], names: list[str], where: list[int], separator: str, *, quoted: bool
) -> list[Cells | None]:
    """Take the wanted cells of each row; TableError for a row of another length than the header."""
    # itemgetter gives a single column bare.
    pick = itemgetter(*where) if len(where) > 1 else lambda cells: (cells[where[0]],)
    if not quoted:
        most = len(names) - 1
        short = next((at for at, row in enumerate(rows) if row.count(separator) != most), None)
        if short is None:
            return [pick(row.split(separator)) for row in rows]
    keys: list[Cells | None] = []
    for row, line in zip(rows, lines, strict=True):
        cells = _cells(row, separator)
        if not row.strip():
            keys.append(None)
        elif len(cells) != len(names):
            mend = "put quotes around a cell that holds the separator"
            raise TableError(f"line {line}: {len(cells)} cells where the header has {len(names)}; {mend}.")
        else:
            keys.append(pick(cells))
    return keys
