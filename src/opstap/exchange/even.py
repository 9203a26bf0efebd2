"""Tables without quotes, whose rows all have as many cells as the header: taken apart as one block of bytes.

A million rows are read in well under a second, since no cell becomes a text of its own; only those that differ do.
Whatever is less even than that is read row by row (`columns`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: The longest cell that is compared as one number.
LONGEST = 7
#: Up to so many possible combinations a table of all of them is quicker than sorting.
DENSE = 1 << 22
#: How many bytes are looked at in one go: few enough to stay near the processor.
BLOCK = 1 << 22
Numbers = NDArray[np.int64]


def even_rows(
    body: bytes, ending: bytes, separator: bytes, columns: int, where: Sequence[int]
) -> tuple[list[tuple[str, ...]], list[int], Numbers] | None:
    """Find the different combinations of the cells at `where` in rows that each end with `ending`.

    Gives the combinations as tuples of texts, in the order in which they first stand, the row (from 0) of each, and
    for every row which combination it has; None when the rows are not all of `columns` cells, or a cell is too long.
    """
    if body.count(ending) != body.count(ending[-1:]):
        return None
    known: dict[tuple[str, ...], int] = {}
    first: list[int] = []
    which: list[Numbers] = []
    begin = rows = 0
    while begin < len(body):
        end = body.index(ending, max(begin, min(begin + BLOCK, len(body)) - len(ending))) + len(ending)
        found = _block(body[begin:end], ending, separator, columns, where)
        if found is None:
            return None
        combinations, at, numbers = found
        first += [rows + row for cells, row in zip(combinations, at, strict=True) if cells not in known]
        here = [known.setdefault(cells, len(known)) for cells in combinations]
        which.append(np.array(here, np.int64)[numbers])
        begin, rows = end, rows + len(numbers)
    return list(known), first, np.concatenate(which)


def _block(
    body: bytes, ending: bytes, separator: bytes, columns: int, where: Sequence[int]
) -> tuple[list[tuple[str, ...]], list[int], Numbers] | None:
    line_end = ending[-1]
    block = np.frombuffer(body, dtype=np.uint8)
    ends: np.ndarray = np.flatnonzero((block == separator[0]) | (block == line_end))
    if ends.size % columns:
        return None
    ends = ends.reshape(-1, columns)
    # As many lines as rows, and each row ends where a line does: so no line ends within a row.
    if body.count(ending) != len(ends) or not (block[ends[:, -1]] == line_end).all():
        return None
    combined, size = np.zeros(len(ends), np.int64), 1
    cells = []
    for column in where:
        starts = ends[:, column - 1] + 1 if column else np.concatenate(([0], ends[:-1, -1] + 1))
        stops = ends[:, column] - (len(ending) - 1 if column == columns - 1 else 0)
        cells.append((starts, stops))
        found = _numbered(block, starts, stops)
        if found is None:
            return None
        if size * found[1] > 1 << 62:
            combined, size = _compact(combined, size)
        combined = combined * found[1] + found[0]
        size *= found[1]
    first, which = _in_order(combined, size)
    texts = [
        [body[begin:stop].decode() for begin, stop in zip(starts[first].tolist(), stops[first].tolist(), strict=True)]
        for starts, stops in cells
    ]
    return list(zip(*texts, strict=True)), first.tolist(), which


def _numbered(block: NDArray[np.uint8], starts: Numbers, stops: Numbers) -> tuple[Numbers, int] | None:
    """Number the different cells of one column: a number for each row, and how many there are."""
    lengths = stops - starts
    longest = int(lengths.max())
    if longest > LONGEST:
        return None
    codes = lengths.astype(np.int64)
    for place in range(longest):
        # The byte where the cell ends is never a part of it; a cell's length tells "" and a zero byte apart.
        byte = block[np.minimum(starts + place, stops)]
        codes = codes << 8 | np.where(place < lengths, byte, 0)
    return _compact(codes, 2 << (8 * longest) if longest < 2 else DENSE + 1)


def _compact(codes: Numbers, size: int) -> tuple[Numbers, int]:
    """Number codes anew without gaps; `size` lies above the largest of them."""
    if size > DENSE:
        found, which = np.unique(codes, return_inverse=True)
        return which.reshape(-1), len(found)
    there = np.bincount(codes, minlength=size) > 0
    return (np.cumsum(there) - 1)[codes], int(there.sum())


def _in_order(codes: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Number codes in the order in which they first stand; the row of each first one, and the number of each row."""
    codes, count = _compact(codes, size)
    rows = np.arange(len(codes))
    first = np.empty(count, np.int64)
    first[codes[::-1]] = rows[::-1]  # of several values for one place, the last is kept: here the first row
    order = np.argsort(first)
    number = np.empty(count, np.int64)
    number[order] = np.arange(count)
    return first[order], number[codes]
