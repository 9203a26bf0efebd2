"""A study's data as the analysis sees them: tables under study numbers, without names and without free text.

A dataset is what an analysis plan is run on. It knows no database; whoever makes one fills the tables below.
Its hash names exactly these data: two datasets with one hash give the same report.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

#: The tables and their columns. Hours are per week, days are calendar days, `day` counts from the start of the
#: programme or the lot; `value` in `answers` is the item's code or number, several codes joined by a semicolon.
#: `gaps` says why answers from paper or by telephone are missing.
TABLES: dict[str, tuple[str, ...]] = {
    "participants": (
        "person", "site", "arm", "state", "consented_on", "enrolled_on", "allocated_on", "ended_on", "end_reason",
        "in_programme", "pair",
    ),
    "partners": ("person", "pair", "site", "state", "consented_on", "ended_on", "end_reason"),
    "measurements": ("person", "wave", "respondent", "due_on", "state", "void_reason", "answered_on"),
    "answers": ("person", "wave", "questionnaire", "item", "value"),
    "gaps": ("person", "wave", "questionnaire", "item", "reason"),
    "scores": ("person", "wave", "score", "value"),
    "work": (
        "person", "wave", "source", "date", "hours_per_week", "percent_of_contract", "employed", "at_work", "status",
        "sick_days_past_6_months",
    ),
    "returns": (
        "person", "source", "last_wave", "observed_until", "first_sick_day", "return_kind", "days_to_return",
        "days_to_full_return",
    ),
    "sessions": ("person", "number", "kind", "phase", "state", "day", "minutes", "modules", "with_workplace"),
    "life_events": ("person", "kind", "on"),
    "flow": ("kind", "id", "count"),
}  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """The tables of one study up to and including a day.

    `permuted`: the analysis is blinded, and arms (with all that would give them away) were dealt out anew among
    the allocated: what is computed by arm means nothing. `invented`: the people in it do not exist.
    """

    study: str
    protocol: str
    version: str
    digest: str
    cut: date
    permuted: bool
    invented: bool
    tables: Mapping[str, pd.DataFrame]

    def __post_init__(self) -> None:
        for name, columns in TABLES.items():
            if name not in self.tables or tuple(self.tables[name].columns) != columns:
                raise ValueError(f"table {name} of a dataset needs the columns {', '.join(columns)}")

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table by its name; KeyError for an unknown one."""
        return self.tables[name]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over what the dataset is of, and its tables as CSV with sorted rows, in hexadecimal."""
        what = [
            self.study,
            self.protocol,
            self.version,
            self.digest,
            self.cut.isoformat(),
            self.permuted,
            self.invented,
        ]
        digest = hashlib.sha256(json.dumps(what).encode())
        for name in TABLES:
            digest.update(f"\n{name}\n".encode())
            digest.update(canonical_csv(self.tables[name]).encode())
        return digest.hexdigest()


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make one of the tables from rows; a key that the table does not have is an error, an absent one is missing."""
    columns = TABLES[name]
    kept: Sequence[Mapping[str, Any]] = list(rows)
    unknown = {key for row in kept for key in row} - set(columns)
    if unknown:
        raise ValueError(f"table {name} has no column {', '.join(sorted(unknown))}")
    # Columns of objects: a count stays a whole number beside a missing one.
    return pd.DataFrame({column: pd.Series([row.get(column) for row in kept], dtype=object) for column in columns})


def canonical_csv(frame: pd.DataFrame) -> str:
    """Write a table as CSV that does not depend on the order of its rows: header, then the rows sorted as text."""
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, lineterminator="\n", na_rep="")
    header, *lines = buffer.getvalue().split("\n")
    return "\n".join([header, *sorted(line for line in lines if line)]) + "\n"


def deal_anew(tables: Mapping[str, pd.DataFrame], arm_only: Iterable[str], seed: int) -> dict[str, pd.DataFrame]:
    """Deal the arms anew among the allocated of each site, with everything that would give an arm away.

    With someone's arm go their being in the programme, their sessions, what professionals and the workplace were
    asked about them, and their answers to the questionnaires of one arm (`arm_only`). Counts per site and arm stay
    what they are; no person keeps a link to their own arm but by chance. Dates of a professional's or workplace's
    measurement are left out, since they lie near someone's lot. A work outcome from another source than the
    questionnaire exists in one arm only and is left out.
    """
    people = tables["participants"]
    random = np.random.default_rng(seed)
    allocated = people[people["arm"].notna()].sort_values("person")
    given: dict[str, str] = {}
    for _, at_site in allocated.groupby("site", sort=True):
        names = at_site["person"].tolist()
        given.update(zip(random.permutation(names).tolist(), names, strict=True))
    bundle = people.set_index("person")[["arm", "in_programme"]]
    whose = {new: old for old, new in given.items()}
    source = people["person"].map(lambda person: whose.get(person, person))
    dealt = people.assign(**{column: bundle.loc[source, column].to_numpy() for column in bundle.columns})
    measurements = tables["measurements"].copy()
    around = measurements["respondent"].isin(["therapist", "coach", "workplace"])
    measurements.loc[around, "person"] = measurements.loc[around, "person"].map(lambda one: given.get(one, one))
    measurements.loc[around, ["due_on", "answered_on"]] = None
    said = {name: tables[name].copy() for name in ("answers", "gaps")}
    for rows in said.values():
        arm = rows["questionnaire"].isin(list(arm_only))
        rows.loc[arm, "person"] = rows.loc[arm, "person"].map(lambda one: given.get(one, one))
    sessions = tables["sessions"].assign(
        person=tables["sessions"]["person"].map(lambda one: given.get(one, one)).astype(object)
    )
    return {
        **tables,
        "participants": dealt,
        "measurements": measurements,
        **said,
        "sessions": sessions,
        **{name: tables[name][tables[name]["source"] == "questionnaire"] for name in ("work", "returns")},
    }
