"""A file taken apart as one block gives what it gives row by row."""

from __future__ import annotations

import numpy as np
import pytest

from opstap.exchange import columns, even
from opstap.exchange.columns import read_table

CELLS = ["1", "2", "", "NA", " 3", "2.0", "é", "1234567", "\x00", "y"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("wide", [1, 3, 30])
@pytest.mark.parametrize("block", [1, 64, 1 << 22])
def test_a_block_gives_what_each_row_by_itself_gives(monkeypatch, ending: bytes, wide: int, block: int) -> None:
    monkeypatch.setattr(even, "BLOCK", block)
    chance = np.random.default_rng(wide)
    names = [f"c{number}" for number in range(wide)]
    rows = [["id", *names, "z"]]
    rows += [[f"p{number}", *chance.choice(CELLS, wide), "een langere cel"] for number in range(300)]
    content = ending.join(",".join(row).encode() for row in rows)
    wanted = names[::-1]
    table = read_table(content, wanted)
    assert even.even_rows(content.split(ending, 1)[1] + ending, ending, b",", wide + 2, [1]) is not None
    monkeypatch.setattr(columns, "even_rows", lambda *_words: None)
    other = read_table(content, wanted)
    assert table.distinct == other.distinct
    assert list(table.first) == list(other.first)
    assert table.which.tolist() == other.which.tolist()
    assert [table.distinct[number] for number in table.which] == [tuple(row[wide:0:-1]) for row in rows[1:]]
    added = [f",{number}" for number in range(len(table.distinct))]
    assert table.extended(["n"], added) == other.extended(["n"], added)


@pytest.mark.parametrize(
    "body", [b"1,2\n3\n", b"1,2\n\n3,4\n", b"12345678,2\n", b"1,2,3\n4\n5,6\n", b"1,2\r\n3,4\n", b"1\n2,3,4\n"]
)
def test_what_is_not_even_is_left_to_the_other_way(body: bytes) -> None:
    assert even.even_rows(body, b"\r\n" if b"\r" in body else b"\n", b",", 2, [0, 1]) is None


def test_the_first_and_the_last_column_are_found() -> None:
    distinct, first, which = even.even_rows(b"1,x,2\r\n,x,\r\n1,x,2\r\n", b"\r\n", b",", 3, [0, 2]) or ([], [], [])
    assert (distinct, first, list(which)) == ([("1", "2"), ("", "")], [0, 1], [0, 1, 0])
