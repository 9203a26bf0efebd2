"""A study's data as the analysis sees them: tables under study numbers, without names and without free text.

A dataset is what an analysis plan is run on. It knows no database; whoever makes one fills the tables below.
Its hash names exactly these data: two datasets with one hash give the same report.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
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
    "incidents": ("person", "sort", "kind", "on", "state", "serious", "relatedness", "outcome", "tells_arm"),
    "spells": ("person", "source", "job", "start", "end", "contract_hours", "actual_hours", "sick_percent", "kind"),
    "strata": ("person", "factor", "at_lot", "corrected"),
    "flow": ("kind", "id", "count"),
}  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """The tables of one study up to and including a day.

    `permuted`: the analysis is blinded: the arms are made up and what would give the true ones away is withheld, so
    what is computed by arm means nothing. `invented`: the people in it do not exist.
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


def packed(data: Dataset) -> bytes:
    """Write a whole dataset down, compressed, so that `unpacked` gives it back with the same hash."""
    content = {
        "of": [
            data.study,
            data.protocol,
            data.version,
            data.digest,
            data.cut.isoformat(),
            data.permuted,
            data.invented,
        ],
        "tables": {
            name: [[_plain(value) for value in row] for row in data[name].itertuples(index=False)] for name in TABLES
        },
    }
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value.item() if isinstance(value, np.generic) else value


def unpacked(content: bytes) -> Dataset:
    """Read a dataset that was written down with `packed`."""
    kept = json.loads(zlib.decompress(content))
    study, protocol, version, digest, cut, permuted, invented = kept["of"]
    tables = {
        name: table(name, (dict(zip(columns, map(_read, row), strict=True)) for row in kept["tables"][name]))
        for name, columns in TABLES.items()
    }
    return Dataset(study, protocol, version, digest, date.fromisoformat(cut), permuted, invented, tables)


def _read(value: Any) -> Any:
    return date.fromisoformat(value["date"]) if isinstance(value, dict) else value


def canonical_csv(frame: pd.DataFrame) -> str:
    """Write a table as CSV that does not depend on the order of its rows: header, then the rows sorted as text."""
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, lineterminator="\n", na_rep="")
    header, *lines = buffer.getvalue().split("\n")
    return "\n".join([header, *sorted(line for line in lines if line)]) + "\n"


def withheld(
    tables: Mapping[str, pd.DataFrame], arm_only: Iterable[str], ratio: Mapping[str, int], seed: int
) -> dict[str, pd.DataFrame]:
    """Take out everything that would give an arm away, and put made-up arms in its place.

    Out go being in the programme, sessions, incidents of one arm and how an event is related, what professionals and
    the workplace were asked, the answers to the questionnaires of one arm (`arm_only`), and work outcomes from another
    source than the questionnaire. The made-up arms are dealt in the trial's ratio within each site, from the seed and
    the study numbers alone: whoever is in which arm, this dataset is the same, byte for byte.
    """
    people = tables["participants"]
    random = np.random.default_rng(seed)
    unit = [arm for arm in sorted(ratio) for _ in range(ratio[arm])]
    allocated = people[people["allocated_on"].notna()].sort_values("person")
    dealt: dict[str, str] = {}
    for _, at_site in allocated.groupby("site", sort=True):
        arms = (unit * (len(at_site) // len(unit) + 1))[: len(at_site)]
        dealt.update(zip(at_site["person"], random.permutation(np.array(arms, dtype=object)), strict=True))
    made_up = pd.Series([dealt.get(person) for person in people["person"]], index=people.index, dtype=object)
    out = pd.Series([None] * len(people), index=people.index, dtype=object)
    measurements, incidents = tables["measurements"], tables["incidents"]
    return {
        **tables,
        "participants": people.assign(arm=made_up, in_programme=out),
        "measurements": measurements[~measurements["respondent"].isin(["therapist", "coach", "workplace"])],
        **{name: tables[name][~tables[name]["questionnaire"].isin(list(arm_only))] for name in ("answers", "gaps")},
        "sessions": tables["sessions"].iloc[:0],
        "incidents": incidents[~incidents["tells_arm"].astype(bool)].assign(relatedness=None),
        **{name: tables[name][tables[name]["source"] == "questionnaire"] for name in ("work", "returns", "spells")},
    }
