"""A CSV file as a table for the estimators: separators and decimal commas are recognised, and said so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from opstap.cli.answer import BadInput

if TYPE_CHECKING:
    import pandas as pd

#: What stands in a file for nothing, besides an empty cell.
NOTHING = ("NA", "NaN", "nan", "N/A", "NULL", "null", ".")
_NUMBER = re.compile(r"[-+]?\d")


def read(path: Path, needed: Iterable[str] = ()) -> pd.DataFrame:
    """Read a CSV with a header row; BadInput names the line or column and the mend, notices go to standard error."""
    import pandas as pd

    content = _content(path)
    header = content.lstrip("\ufeff").partition("\n")[0]
    separator = ";" if ";" in header and "," not in header else ","
    names = [name.strip().strip('"') for name in header.rstrip("\r").split(separator)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"{path}, line 1: column {', '.join(twice)} stands there twice; remove one.")
    from io import StringIO

    try:
        frame = pd.read_csv(
            StringIO(content.lstrip("\ufeff")), sep=separator, dtype=str, keep_default_na=False, skipinitialspace=True
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        said = str(error).splitlines()[0].removeprefix("Error tokenizing data. C error: ")
        raise BadInput(f"{path}: cannot be read as CSV ({said.strip()}); check that line.") from None
    frame.columns = [str(name).strip() for name in frame.columns]
    if not isinstance(frame.index, pd.RangeIndex):
        raise BadInput(f"{path}: rows have more cells than the header has names; name every column.")
    if frame.empty:
        raise BadInput(f"{path}: no rows after the header; give at least one.")
    notices = [f"{path}: read as a semicolon-separated file."] if separator == ";" else []
    commas = False
    for name in frame.columns:
        frame[name], comma = _typed(frame[name])
        commas |= comma
    if commas:
        notices.append(f"{path}: numbers with a decimal comma were read as such (32,5 is 32.5).")
    for notice in notices:
        typer.echo(notice, err=True)
    check_columns(frame, needed, path)
    return frame


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check its name and rights.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8 from byte {error.start}; save the file as 'CSV UTF-8'.") from None


def _typed(column: Any) -> tuple[Any, bool]:
    """A column as numbers if all its cells are numbers (with points, or with commas), else as text."""
    import numpy as np
    import pandas as pd

    stripped = column.fillna("").str.strip()
    empty = stripped.isin(["", *NOTHING])
    plain = stripped.mask(empty, np.nan)
    numbers = pd.to_numeric(plain, errors="coerce")
    if (numbers.notna() | empty).all():
        return numbers, False
    commas = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce")
    if (commas.notna() | empty).all() and stripped.str.fullmatch(r"[-+]?\d*,?\d*").all():
        return commas, True
    truth = plain.str.lower().map({"true": 1.0, "false": 0.0})
    if (truth.notna() | empty).all():
        return truth, False
    return plain.astype(object).where(plain.notna(), None), False


def check_columns(frame: pd.DataFrame, needed: Iterable[str], path: Path) -> None:
    """Raise BadInput for a column that is not there."""
    for name in needed:
        if name not in frame.columns:
            raise BadInput(f"{path}: there is no column {name!r}; it has {', '.join(map(str, frame.columns))}.")


def check_numbers(frame: pd.DataFrame, names: Iterable[str], path: Path) -> None:
    """Raise BadInput for a column that must hold numbers and has text, or infinite values, naming the first row."""
    import numpy as np
    import pandas as pd

    for name in names:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column):
            wrong = np.flatnonzero(np.isinf(column.to_numpy(float)))
        else:
            wrong = np.flatnonzero((pd.to_numeric(column, errors="coerce").isna() & column.notna()).to_numpy())
        if wrong.size:
            row = int(wrong[0])
            raise BadInput(
                f"{path}, row {row + 1} (line {row + 2}), column {name}: {column.iloc[row]!r} is not a number; "
                "write one, or leave the cell empty."
            )


def check_half_numbers(frame: pd.DataFrame, names: Iterable[str], path: Path) -> None:
    """Raise BadInput where a column has numbers for the most part, and text among them: that is a slip."""
    import pandas as pd

    for name in names:
        column = frame[name]
        if name in frame.columns and not pd.api.types.is_numeric_dtype(column):
            known = column.dropna()
            number = (
                known.map(lambda text: bool(_NUMBER.match(str(text)))) & pd.to_numeric(known, errors="coerce").notna()
            )
            if number.mean() > 0.5:
                check_numbers(frame, [name], path)


def words(text: str | None) -> list[str]:
    """Give the parts of a list with commas."""
    return [part.strip() for part in text.split(",") if part.strip()] if text else []


def numbers(text: str | None, option: str) -> list[float]:
    """Give the numbers of a list with commas; BadInput for anything else."""
    try:
        return [float(part) for part in words(text)]
    except ValueError:
        raise BadInput(f"{option} {text}: give numbers with commas between, such as 180,365.") from None


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the statistics refuse into one message about this file, and their warnings into notices."""
    import warnings

    from opstap.stats.design import StatsError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except StatsError as error:
            raise BadInput(f"{path}: {error}") from None
        except (MemoryError, OverflowError) as error:
            raise BadInput(f"{path}: too large to compute ({error}); use fewer rows or terms.") from None
    for one in caught:
        if issubclass(one.category, UserWarning):
            typer.echo(f"{path}: {one.message}", err=True)


def tell(notices: Iterable[str], path: Path) -> None:
    """Print what a reader should know to standard error."""
    for notice in notices:
        typer.echo(f"{path}: {notice}", err=True)


def shown(value: Any, digits: int = 4) -> str:
    """Write a value for a person."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return str(value)


def print_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table for a person: text left, numbers right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    body = [list(row) for row in rows]
    for place, head in enumerate(heads):
        text = any(isinstance(row[place], str) for row in body)
        table.add_column(head, justify="left" if text else "right", overflow="fold")
    for row in body:
        table.add_row(*map(shown, row))
    Console().print(table)


def print_terms(title: str, terms: Iterable[Any], name: str = "term") -> None:
    """Print estimates with their intervals; each is a mapping as `Term` makes."""
    heads = [name, "estimate", "se", "low", "high", "statistic", "df", "p"]
    print_table(title, heads, ([term[head if head != name else "term"] for head in heads] for term in terms))
