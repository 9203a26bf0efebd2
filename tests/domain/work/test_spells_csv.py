"""Reading a file of spells: what is accepted, what is said, what is refused and how."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from opstap.domain.work.spells import Kind, Spell, SpellError, SpellNotice, read_csv

HEADER = "person,from,to,contract_hours,actual_hours,sick_percent,kind"
ROW = "p1,2025-01-01,2025-03-31,36,32.5,10,adapted"


@pytest.fixture
def write(tmp_path: Path):
    def to_file(*lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "spells.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return to_file


def test_the_required_columns_are_enough(write) -> None:
    notices: list[str] = []
    [spell] = read_csv(write(HEADER, ROW), notices=notices)
    assert spell == Spell("p1", date(2025, 1, 1), date(2025, 3, 31), 36.0, 32.5, 10.0, Kind.ADAPTED)
    assert (spell.job, spell.source, spell.index_date, spell.place) == ("1", "questionnaire", None, "line 2")
    assert notices == []


def test_optional_columns_in_any_order_and_empty_cells(write) -> None:
    path = write(
        "job,index_date,source," + HEADER,
        "2,2025-02-01,coach,p1,2025-01-01,,36,0,100,none",
        "",
        ",,,p1,2025-01-01,,36,0,100,none",
    )
    first, second = read_csv(path)
    assert (first.job, first.index_date, first.source, first.end) == ("2", date(2025, 2, 1), "coach", None)
    assert (second.job, second.index_date, second.source, second.place) == (
        "1",
        None,
        "questionnaire",
        "line 4",
    )


def test_a_byte_order_mark_and_windows_line_ends(write) -> None:
    assert len(read_csv(write("\ufeff" + HEADER + "\r", ROW + "\r"))) == 1


def test_semicolons_and_decimal_commas_are_read_and_said(write) -> None:
    path = write(HEADER.replace(",", ";"), "p1;2025-01-01;;36,0;32,5;10;own")
    notices: list[str] = []
    [spell] = read_csv(path, notices=notices)
    assert (spell.contract_hours, spell.actual_hours) == (36.0, 32.5)
    assert ["semicolon" in notices[0], "decimal comma" in notices[1], len(notices)] == [True, True, 2]


def test_a_quoted_decimal_comma_in_a_comma_file(write) -> None:
    notices: list[str] = []
    [spell] = read_csv(write(HEADER, 'p1,2025-01-01,,36,"32,5",10,own'), notices=notices)
    assert spell.actual_hours == 32.5
    assert len(notices) == 1


def test_what_nobody_collects_is_warned_of(write) -> None:
    with pytest.warns(SpellNotice, match="semicolon"):
        read_csv(write(HEADER.replace(",", ";"), ROW.replace(",", ";")))


def test_an_unused_column_and_hours_without_work_are_said(write) -> None:
    notices: list[str] = []
    read_csv(write(HEADER + ",jobs", "p1,2025-01-01,,36,8,0,none,2"), notices=notices)
    assert "'jobs'" in notices[0]
    assert "line 2: kind 'none' with 8 actual hours" in notices[1]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",2025-01-01,,36,36,0,own", "line 2, column person: is empty"),
        ("p1,,,36,36,0,own", "line 2, column from: is empty; give the first day"),
        ("p1,1-1-2025,,36,36,0,own", "line 2, column from: '1-1-2025' is not an ISO date; write it as"),
        ("p1,20250101,,36,36,0,own", "column from: '20250101' is not an ISO date"),
        ("p1,2025-01-01,2025-02-30,36,36,0,own", "column to: '2025-02-30' is not a day of the calendar"),
        ("p1,0205-01-01,,36,36,0,own", "column from: '0205-01-01' lies outside 1900 to 2199"),
        ("p1,2025-01-01,,,36,0,own", "column contract_hours: is empty; write 0"),
        ("p1,2025-01-01,,36,,0,own", "column actual_hours: is empty"),
        ("p1,2025-01-01,,36,36,,own", "column sick_percent: is empty"),
        ("p1,2025-01-01,,36,much,0,own", "column actual_hours: 'much' is not a number; write it as 32.5"),
        ("p1,2025-01-01,,36,nan,0,own", "column actual_hours: 'nan' is not a number"),
        ("p1,2025-01-01,,36," + "9" * 400 + ",0,own", "column actual_hours: .* is too large"),
        (
            "p1,2025-01-01,,36,36,0,holiday",
            "column kind: 'holiday' is not known; choose one of own, adapted,",
        ),
        ("p1,2025-01-01,,36,32,5,0,own", "line 2: 8 cells where the header has 7; put quotes"),
        ("p1,2025-01-01,,36,36,120,own", "line 2: person p1, job 1: sick_percent is 120"),
        ('p1,2025-01-01,,36,36,0,"own', "line 2: not CSV"),
    ],
)
def test_a_bad_cell_names_file_line_column_and_mend(write, row: str, message: str) -> None:
    with pytest.raises(SpellError, match=r"spells\.csv, .*" + message):
        read_csv(write(HEADER, row))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([""], "column person, from, to, .* is missing"),
        (
            ["person,from,to", "p1,2025-01-01,"],
            "line 1: column contract_hours, .* is missing; the header must name",
        ),
        ([HEADER + ",job,job", ROW + ",1,1"], "line 1: column job stands there twice"),
        ([HEADER], "no spells after the header"),
    ],
)
def test_a_bad_file(write, lines: list[str], message: str) -> None:
    with pytest.raises(SpellError, match=message):
        read_csv(write(*lines))


def test_a_file_in_another_encoding(write) -> None:
    path = write(HEADER, ROW, "René,2025-01-01,,36,36,0,own", encoding="latin-1")
    with pytest.raises(SpellError, match="line 3: not UTF-8"):
        read_csv(path)


def test_not_csv_at_all(write) -> None:
    with pytest.raises(SpellError, match="not CSV"):
        read_csv(write(HEADER, "p" * 200_000 + ROW))


def test_no_file_and_no_right_to_read(tmp_path: Path) -> None:
    with pytest.raises(SpellError, match="no such file"):
        read_csv(tmp_path / "missing.csv")
    with pytest.raises(SpellError, match="cannot be read"):
        read_csv(tmp_path)
