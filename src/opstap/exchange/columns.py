"""A CSV file to which columns are added: what is read is a few columns, all else passes through as it stands.

UTF-8 with a header row; commas, or semicolons where the header has them and no comma. Cells in quotes may hold
separators and line ends.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from opstap.exchange.even import even_rows

Cells = tuple[str, ...]
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
#: How many rows are looked at to see how numbers are written.
_LOOKED_AT = 1000
#: In `Table.which`: an empty line.
EMPTY = -1


class TableError(ValueError):
    """A file that cannot be used as a table; says where, and how to mend it."""


@dataclass(frozen=True)
class Table:
    """A file as it was read: its header, its rows as they stand, and the wanted cells.

    `distinct` lists the different combinations of wanted cells, in the order in which they first stand, `first` the row
    (from 0) in which each does; `which` tells for each row which combination it has, or EMPTY. `lines` gives the line
    (from 1) on which each row begins.
    """

    header: str
    names: list[str]
    rows: list[bytes]
    distinct: list[Cells]
    first: Sequence[int]
    which: NDArray[np.int64]
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

    @property
    def count(self) -> int:
        """Count the rows, empty lines left out."""
        return int((self.which != EMPTY).sum())

    def extended(self, names: Iterable[str], added: Sequence[str]) -> bytes:
        """Give the file with columns added at the end: `added` holds the text for each distinct combination."""
        header = self.header + self.separator + self.separator.join(names) + self.ending
        # An empty line finds the last of these, since EMPTY is -1.
        ends = [*((one + self.ending).encode() for one in added), self.ending.encode()]
        parts: list[bytes] = [b""] * (2 * len(self.rows))
        parts[::2] = self.rows
        parts[1::2] = map(ends.__getitem__, self.which.tolist())
        return b"".join([header.encode(), *parts])


def read_table(content: bytes, wanted: Sequence[str]) -> Table:
    """Read a file for some of its columns; TableError names the line and the mend."""
    _check_letters(content)
    ending = b"\r\n" if b"\r\n" in content else b"\n"
    while content.endswith(ending):
        content = content[: -len(ending)]
    quoted = b'"' in content
    records = content.split(ending)
    lines: Sequence[int] = range(2, len(records) + 1)
    if quoted:
        records, starts = _whole(records, ending)
        lines = starts[1:]
    header, rows = records[0].decode(), records[1:]
    plain = header.removeprefix("\ufeff")
    if not plain.strip():
        raise TableError("line 1: the file is empty; give a header row and at least one row.")
    separator = ";" if ";" in plain and "," not in plain else ","
    names = [name.strip() for name in _cells(plain, separator)]
    where = _where(names, wanted)
    found = None
    if rows and not quoted:
        body = content[len(records[0]) + len(ending) :] + ending
        found = even_rows(body, ending, separator.encode(), len(names), where)
    distinct, first, which = found or _one_by_one(rows, lines, names, where, separator)
    decimal_comma = any(
        _DECIMAL_COMMA.fullmatch(cell.strip()) for row in rows[:_LOOKED_AT] for cell in _cells(row.decode(), separator)
    )
    return Table(header, names, rows, distinct, first, which, lines, separator, ending.decode(), decimal_comma)


def _check_letters(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(f"line {line}: not UTF-8; save the file as 'CSV UTF-8'.") from None


def _whole(lines: list[bytes], ending: bytes) -> tuple[list[bytes], list[int]]:
    """Join lines that one quoted cell runs over; gives the records, and the line on which each begins."""
    records: list[bytes] = []
    starts: list[int] = []
    opened = False
    for number, line in enumerate(lines, start=1):
        if opened:
            records[-1] += ending + line
        else:
            records.append(line)
            starts.append(number)
        opened ^= line.count(b'"') % 2 == 1
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


def _one_by_one(
    rows: list[bytes], lines: Sequence[int], names: list[str], where: list[int], separator: str
) -> tuple[list[Cells], list[int], NDArray[np.int64]]:
    """Take the wanted cells row by row; TableError for a row of another length than the header."""
    # itemgetter gives a single column bare.
    pick = itemgetter(*where) if len(where) > 1 else lambda cells: (cells[where[0]],)
    known: dict[Cells, int] = {}
    first: list[int] = []
    which = np.full(len(rows), EMPTY, np.int64)
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        text = row.decode()
        cells = _cells(text, separator)
        if not text.strip():
            continue
        if len(cells) != len(names):
            mend = "put quotes around a cell that holds the separator"
            raise TableError(f"line {line}: {len(cells)} cells where the header has {len(names)}; {mend}.")
        which[number] = known.setdefault(pick(cells), len(known))
        if len(known) > len(first):
            first.append(number)
    return list(known), first, which
