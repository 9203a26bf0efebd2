"""An allocation list as a file: `stratum,number,arm`, or `stratum,number,draw` for a minimisation."""

from __future__ import annotations

from collections.abc import Sequence

from opstap.domain.allocation import Row
from opstap.exchange.columns import EMPTY, TableError, read_table


def written(rows: Sequence[Row], last: str) -> str:
    """Write a list, its last column under the name `last`."""
    body = "".join(f"{row.stratum},{row.number},{row.arm}\n" for row in rows)
    return f"stratum,number,{last}\n{body}"


def lines_of(content: bytes, last: str) -> tuple[list[tuple[int, str, str, str]], list[str]]:
    """Read a list: line number, stratum, number and last column as text; and what was recognised in the file.

    TableError when a column is missing or there are no rows.
    """
    table = read_table(content, ("stratum", "number", last))
    found = []
    for at, which in enumerate(table.which):
        if which != EMPTY:
            stratum, number, what = (cell.strip() for cell in table.distinct[which])
            found.append((table.lines[at], stratum, number, what))
    if not found:
        raise TableError("no rows after the header; give at least one.")
    return found, table.notices
