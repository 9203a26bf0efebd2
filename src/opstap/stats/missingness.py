"""What is missing, where, and together with what.

- Rubin DB. Inference and missing data. Biometrika 1976;63:581-592. doi:10.1093/biomet/63.3.581
- van Buuren S. Flexible Imputation of Missing Data, 2nd ed. CRC Press 2018. doi:10.1201/9780429492259 (patterns)
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats.design import StatsError


@dataclass(frozen=True)
class Pattern:
    """People with the same columns missing; `seen` says of each column whether it is there."""

    count: int
    seen: tuple[bool, ...]


@dataclass(frozen=True)
class Missingness:
    """What is missing: per column, per group and column, and by pattern (most frequent first).

    `monotone`: with the columns in this order, who misses one misses all after it, as with drop-out.
    """

    columns: tuple[str, ...]
    n: int
    complete: int
    missing: dict[str, int]
    by_group: dict[Hashable, dict[str, int]]
    group_sizes: dict[Hashable, int]
    patterns: tuple[Pattern, ...]
    monotone: bool


def describe_missing(data: pd.DataFrame, columns: Sequence[str] | None = None, by: str | None = None) -> Missingness:
    """Describe what is missing in the columns (all but `by`), one row a person, also by group.

    Raises `StatsError` for a column that is not there.
    """
    chosen = [str(name) for name in (columns if columns is not None else data.columns) if name != by]
    for name in [*chosen, *([by] if by else [])]:
        if name not in data.columns:
            raise StatsError(f"There is no column {name!r}; the data have {', '.join(map(str, data.columns))}.")
    seen = data[chosen].notna().to_numpy()
    patterns, counts = np.unique(seen, axis=0, return_counts=True)
    order = sorted(range(len(counts)), key=lambda one: (-int(counts[one]), tuple(~patterns[one])))
    groups = {} if by is None else {name: seen[part] for name, part in data.groupby(by, sort=True).indices.items()}
    return Missingness(
        columns=tuple(chosen),
        n=len(data),
        complete=int(seen.all(axis=1).sum()),
        missing={name: int(count) for name, count in zip(chosen, (~seen).sum(axis=0), strict=True)},
        by_group={
            name: {column: int(count) for column, count in zip(chosen, (~part).sum(axis=0), strict=True)}
            for name, part in groups.items()
        },
        group_sizes={name: len(part) for name, part in groups.items()},
        patterns=tuple(Pattern(int(counts[one]), tuple(map(bool, patterns[one]))) for one in order),
        monotone=bool((np.diff(seen.astype(int), axis=1) <= 0).all()),
    )


def follow_up(data: pd.DataFrame, outcome: str, arm: str, visit: str, order: Sequence[Any]) -> pd.DataFrame:
    """Give per arm and visit how many have the outcome, and which share of the arm's people that is (long data)."""
    people = data.groupby(arm, sort=True).size() / max(len(order), 1)
    rows = []
    for name in people.index:
        mine = data[data[arm] == name]
        expected = int(mine.groupby(visit).size().max()) if len(mine) else 0
        for moment in order:
            here = mine[mine[visit] == moment]
            count = int(here[outcome].notna().sum())
            rows.append({arm: name, visit: moment, "expected": expected, "seen": count, "share": count / expected})
    return pd.DataFrame(rows)
