"""A study's dataset as files for other people's programs: a table for each unit, labelled, with its codebook.

Comma-separated files hold codes as the protocol writes them; SPSS and Stata files hold a number for each, with its
words as value label. Study numbers are all there is of who someone is.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.exchange.codebook import Variable, asked, fixed, scores

Form = Literal["csv", "sav", "dta"]
FORMS: tuple[Form, ...] = ("csv", "sav", "dta")
#: The tables that go out as they are, under the names of their units.
UNITS = {
    "participants": "persons", "partners": "partners", "measurements": "measurements", "gaps": "gaps", "work": "work",
    "returns": "returns", "spells": "spells", "sessions": "sessions", "life_events": "life_events",
    "incidents": "incidents", "strata": "strata",
}  # fmt: skip
#: The longest label that Stata keeps.
LONGEST_LABEL = 80
Tables = dict[str, tuple[pd.DataFrame, list[Variable]]]


def tidy(tables: Mapping[str, pd.DataFrame], protocol: Protocol, language: str, *, hidden: Sequence[str]) -> Tables:
    """Make the tables of an export from a dataset's; questionnaires named in `hidden` have no columns."""
    made: Tables = {}
    for name, unit in UNITS.items():
        frame = tables[name].sort_values(list(tables[name].columns[:2]), kind="stable").reset_index(drop=True)
        made[unit] = (frame, [fixed(protocol, column, language) for column in frame.columns])
    made["answers"] = _answers(tables["answers"], protocol, language, hidden)
    made["scores"] = _scores(tables["scores"], protocol, language)
    return made


def _keys(protocol: Protocol, language: str) -> list[Variable]:
    return [fixed(protocol, "person", language), fixed(protocol, "wave", language)]


def _answers(
    answers: pd.DataFrame, protocol: Protocol, language: str, hidden: Sequence[str]
) -> tuple[pd.DataFrame, list[Variable]]:
    """One row for each person and measurement, one column for each single question."""
    names = dict.fromkeys(
        name for wave in protocol.study.waves for ids in wave.asks.values() for name in ids if name not in hidden
    )
    given: dict[tuple[str, str], dict[tuple[str, str], Any]] = {}
    most: dict[tuple[str, str], int] = {}
    for person, wave, name, item, value in answers.itertuples(index=False):
        given.setdefault((person, wave), {})[name, item] = value
        group, _dot, part = item.partition(".")
        if part == "count":
            most[name, group] = max(most.get((name, group), 0), int(value))
    columns = list(asked(protocol, names, most, language))
    rows = [
        [person, wave, *(one.read(found.get((one.questionnaire, one.item))) for one in columns)]
        for (person, wave), found in sorted(given.items())
    ]
    variables = [*_keys(protocol, language), *(one.variable for one in columns)]
    return _frame(rows, variables), variables


def _scores(found: pd.DataFrame, protocol: Protocol, language: str) -> tuple[pd.DataFrame, list[Variable]]:
    """One row for each person and measurement, one column for each score."""
    columns = list(scores(protocol))
    given: dict[tuple[str, str], dict[str, Any]] = {}
    for person, wave, score, value in found.itertuples(index=False):
        given.setdefault((person, wave), {})[score] = value
    variables = [*_keys(protocol, language), *columns]
    rows = [[*key, *(kept.get(one.label) for one in columns)] for key, kept in sorted(given.items())]
    return _frame(rows, variables), variables


def _frame(rows: list[list[Any]], variables: Sequence[Variable]) -> pd.DataFrame:
    return pd.DataFrame(
        {one.name: pd.Series([row[at] for row in rows], dtype=object) for at, one in enumerate(variables)}
    )


def codebook(tables: Tables) -> str:
    """Write the codebook as CSV: a row for each variable, and one for each value that has words.

    `value` is what stands in a comma-separated file, `number` what stands in an SPSS or Stata file.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "variable", "label", "kind", "value", "number", "meaning", "source"])
    for unit, (_frame, variables) in tables.items():
        for one in variables:
            writer.writerow([unit, one.name, one.label, one.kind, "", "", "", one.source])
            for code, number in _numbers(one).items():
                writer.writerow([unit, one.name, "", "", code, number, dict(one.codes)[code], ""])
    return out.getvalue()


def _numbers(variable: Variable) -> dict[Any, int]:
    """Give the number of each code: itself where it is one, else its place in the list."""
    codes = [code for code, _words in variable.codes]
    whole = all(isinstance(code, int) for code in codes)
    return {code: code if whole else place for place, code in enumerate(codes, start=1)}


def written(tables: Tables, form: Form, study: str) -> dict[str, bytes]:
    """Write each table as a file of one format, and the codebook beside them; gives the files by name."""
    files = {"codebook.csv": codebook(tables).encode()}
    for unit, (frame, variables) in tables.items():
        if form == "csv":
            plain = frame.assign(
                **{one.name: frame[one.name].map(_yes_no) for one in variables if one.kind == "yes_no"}
            )
            files[f"{unit}.csv"] = plain.to_csv(index=False, lineterminator="\n", na_rep="").encode()
        else:
            files[f"{unit}.{form}"] = _labelled(frame, variables, form, f"{study}, {unit}")
    return files


def _yes_no(value: Any) -> Any:
    return None if value is None or value != value else int(value)


def _labelled(frame: pd.DataFrame, variables: Sequence[Variable], form: Form, title: str) -> bytes:
    import pyreadstat

    typed = pd.DataFrame({one.name: _typed(frame[one.name], one) for one in variables})
    labels: list[str | None] = [_cut(one.label) for one in variables]
    values: dict[str, dict[int | float, str]] = {
        one.name: {number: _cut(dict(one.codes)[code]) for code, number in _numbers(one).items()}
        for one in variables
        if one.codes
    }
    write = pyreadstat.write_sav if form == "sav" else pyreadstat.write_dta
    with tempfile.TemporaryDirectory(prefix="opstap-export-") as folder:
        path = Path(folder, f"table.{form}")
        write(typed, str(path), file_label=_cut(title), column_labels=labels, variable_value_labels=values)
        return path.read_bytes()


def _typed(column: pd.Series, variable: Variable) -> pd.Series:
    """Give a column as SPSS and Stata keep it: numbers, with a number for each code; days; else text."""
    if variable.kind in ("code", "yes_no"):
        numbers = {str(code): number for code, number in _numbers(variable).items()}
        known = [None if value is None or value != value else numbers.get(_code(value)) for value in column]
        return pd.Series(known, dtype="float64")
    if variable.kind == "number":
        return pd.to_numeric(column, errors="coerce").astype("float64")
    if variable.kind == "date":
        return pd.to_datetime(pd.Series(list(column), dtype=object), errors="coerce").astype("datetime64[ns]")
    return pd.Series(["" if value is None or value != value else str(value) for value in column], dtype=object)


def _code(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool | float) and value == int(value) else str(value)


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
