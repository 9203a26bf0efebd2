"""`opstap score`: the published scoring rules, on a file with a row for each filled-in questionnaire."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from opstap.cli.answer import BadInput, answer

if TYPE_CHECKING:
    from opstap.domain.instruments.scoring import RrtwKey
    from opstap.exchange.columns import Cells, Table

#: What stands in a file for no answer, besides an empty cell.
NO_ANSWER = ("", "NA", "NaN")
COUNTRIES = ("nl", "be")


def score(
    instrument: Annotated[str, typer.Argument(help="Such as eq5d-5l; `opstap instrument list` names them.")],
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="A row for each filled-in questionnaire.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.csv", help="Where to write; standard output if left.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="eq5d-5l: nl or be, the tariff; both if left out.", metavar="nl|be")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="KEY.yaml", help="rrtw: which items make which stage (not public).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Score every row by the instrument's published rule and add the scores as columns; all else passes through.

    An empty cell or NA is no answer. A score that the rule does not allow is left empty.
    """
    rule, wanted = _rule(instrument)
    if country is not None and (country not in COUNTRIES or rule != "eq5d_5l"):
        raise BadInput(f"--country {country}: only eq5d-5l has tariffs, for nl and be; leave it out or name one.")
    stages = _key(key, rule)
    from opstap.exchange.columns import TableError, read_table

    try:
        table = read_table(_content(data), wanted)
    except TableError as error:
        raise BadInput(f"{data}, {error}") from None
    if not table.distinct:
        raise BadInput(f"{data}: no rows after the header; give at least one.")
    # Equal rows are scored once.
    scores = _scores(rule, wanted, table.distinct, stages, data, table)
    if country is not None:
        scores = {name: values for name, values in scores.items() if name.endswith(f"_{country}")}
    there = [name for name in scores if name in table.names]
    if there:
        raise BadInput(f"{data}, line 1: there is a column {', '.join(there)} already; take it out or rename it.")
    for notice in [*table.notices, *_no_answers(table.distinct)]:
        typer.echo(f"{data}: {notice}", err=True)
    _give(table, instrument, scores, data, output, as_json=as_json)


def _rule(instrument: str) -> tuple[str, tuple[str, ...]]:
    """Give the scoring rule of an instrument, and the columns that it reads."""
    from opstap.domain.instruments import quantities
    from opstap.stats.scores import COLUMNS

    reads = {name.replace("_", "-"): (name, tuple(columns)) for name, columns in COLUMNS.items()}
    reads |= {"care-use": ("care_use", quantities.CARE_USE), "productivity": ("productivity", quantities.PRODUCTIVITY)}
    if instrument not in reads:
        raise BadInput(f"{instrument}: no instrument with a scoring rule; choose one of {', '.join(sorted(reads))}.")
    return reads[instrument]


def _key(path: Path | None, rule: str) -> RrtwKey | None:
    if rule != "rrtw":
        if path is not None:
            raise BadInput(f"--key {path}: only rrtw takes a key; leave it out.")
        return None
    from opstap.domain.instruments.scoring import STAGES, ScoreError, read_rrtw_key
    from opstap.domain.protocol.pages import Page, read_page

    if path is None:
        raise BadInput(
            "rrtw: which items make which stage is not public; give --key KEY.yaml, a mapping of the stages "
            f"{', '.join(STAGES)}, each with a list of items i1 to i21."
        )
    page = read_page(path, str(path))
    if not isinstance(page, Page):
        raise BadInput(f"{page.file}, line {page.line}: {page.message}")
    try:
        return read_rrtw_key(page.data)
    except ScoreError as error:
        raise BadInput(f"{path}, {error}") from None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check its name and rights.") from None


def _scores(
    rule: str, wanted: Sequence[str], rows: list[Cells], key: RrtwKey | None, data: Path, table: Table
) -> dict[str, list[float]]:
    """Score the different rows, each once; gives per score column a value for each, NaN for none."""
    from opstap.domain.instruments.scoring import SCORES, ScoreError, columns
    from opstap.stats.scores import COLUMNS, score

    if rule in COLUMNS:
        import numpy as np

        codes = {}
        for number, (item, (low, high)) in enumerate(COLUMNS[rule].items()):
            column = [cells[number] for cells in rows]
            known = {text: _code(text, low, high) for text in set(column)}
            wrong = next((text for text in column if known[text] is None), None)
            if wrong is not None:
                _refuse(data, table, number, item, wrong, f"write a whole number from {low} to {high}")
            codes[item] = np.fromiter((known[text] for text in column), dtype=np.int16, count=len(rows))
        return {name: values.tolist() for name, values in score(rule, codes, key).items()}
    found: dict[str, list[float]] = {name: [] for name in columns(rule)}
    for cells in rows:
        answers = {item: _plain(text) for item, text in zip(wanted, cells, strict=True)}
        try:
            one = SCORES[rule](answers)
        except ScoreError as error:
            number = list(wanted).index(error.item)
            _refuse(data, table, number, error.item, cells[number], str(error).rpartition("; ")[2])
        for name, value in one.items():
            found[name].append(math.nan if value is None else value)
    return found


def _plain(text: str) -> str:
    text = text.strip()
    return "" if text in NO_ANSWER else text.replace(",", ".")


def _code(text: str, low: int, high: int) -> int | None:
    """Read one cell: its code, MISSING for no answer, None when it is neither."""
    from opstap.stats.scores import MISSING

    plain = _plain(text)
    if not plain:
        return MISSING
    try:
        value = float(plain)
    except ValueError:
        return None
    return int(value) if low <= value <= high and value.is_integer() else None


def _refuse(data: Path, table: Table, number: int, item: str, text: str, mend: str) -> NoReturn:
    at = next(at for at, cells in zip(table.first, table.distinct, strict=True) if cells[number] == text)
    raise BadInput(
        f"{data}, row {at + 1} (line {table.lines[at]}), column {item}: {text!r} is no answer to this item; {mend}."
    )


def _no_answers(seen: Sequence[Cells]) -> list[str]:
    written = sorted({text for cells in seen for text in {one.strip() for one in cells} if text in NO_ANSWER[1:]})
    return [f"{' and '.join(written)} was read as no answer."] if written else []


def _give(
    table: Table,
    instrument: str,
    scores: dict[str, list[float]],
    data: Path,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    if as_json and output is None:
        import csv

        from opstap.exchange.columns import EMPTY

        rows = []
        for row, number in zip(table.rows, table.which.tolist(), strict=True):
            if number != EMPTY:
                here = dict(zip(table.names, next(csv.reader([row.decode()], delimiter=table.separator)), strict=True))
                rows.append({**here, **{name: values[number] for name, values in scores.items()}})
        found: dict[str, Any] = {"instrument": instrument, "columns": list(scores), "rows": rows}
        answer(found, as_json=True, show=lambda _data: None)
        return
    mark = "," if table.decimal_comma else "."
    # A number with a decimal comma stands in quotes where the comma separates as well.
    text = {name: [_written(value, mark, table.separator) for value in values] for name, values in scores.items()}
    added = [table.separator + table.separator.join(cells) for cells in zip(*text.values(), strict=True)]
    content = table.extended(scores, added)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    if output.exists() and output.samefile(data):
        raise BadInput(f"-o {output}: that is the file that is read; choose another name.")
    try:
        output.write_bytes(content)
    except OSError as error:
        raise BadInput(f"-o {output}: cannot be written ({error.strerror}); choose another place.") from None
    answer(
        {"instrument": instrument, "columns": list(scores), "count": table.count, "output": output},
        as_json=as_json,
        show=lambda found: typer.echo(
            f"{found['output']}: {found['count']} rows, with {', '.join(found['columns'])}", err=True
        ),
    )


def _written(value: float, mark: str, separator: str) -> str:
    if value != value:
        return ""
    text = f"{value:.15g}"
    if mark == ".":
        return text
    text = text.replace(".", mark)
    return f'"{text}"' if mark == separator and mark in text else text
