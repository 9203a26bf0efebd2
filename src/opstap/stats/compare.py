"""Two arms beside each other: the baseline table, effect sizes, and risks with strata taken into account.

- CONSORT: Moher D, and others. CONSORT 2010 explanation and elaboration. BMJ 2010;340:c869. doi:10.1136/bmj.c869 (item
  15: a table of characteristics, without tests: after a lot, differences are chance)
- Austin PC. Balance diagnostics. Stat Med 2009;28:3083-3107. doi:10.1002/sim.3697 (standardised differences)
- Hedges LV, Olkin I. Statistical Methods for Meta-Analysis. Academic Press 1985 (Hedges' g and its variance)
- Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies. J Natl Cancer Inst
  1959;22:719-748. doi:10.1093/jnci/22.4.719; variances: `effects.py`
- Newcombe RG. Interval estimation for the difference between independent proportions. Stat Med 1998;17:873-890.
  doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I (his method 10, from Wilson's intervals)
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from opstap.stats.describe import (
    Counts,
    Summary,
    counts,
    proportion,
    standardised_difference,
    standardised_difference_of_counts,
    summary,
)
from opstap.stats.design import StatsError, Term, wald
from opstap.stats.effects import Effects, from_counts, from_means, mantel_haenszel

#: A number with at most this many different values is counted, not averaged, unless asked otherwise.
_FEW = 2


@dataclass(frozen=True)
class BaselineRow:
    """One characteristic: a summary or counts per arm and for all, and the largest standardised difference."""

    name: str
    by_arm: dict[Hashable, Summary | Counts]
    everyone: Summary | Counts
    difference: float | None
    p: float | None


def baseline_table(
    data: pd.DataFrame,
    arm: str,
    columns: Sequence[str],
    levels: Mapping[str, Sequence[Hashable]] | None = None,
    tests: bool = False,
) -> list[BaselineRow]:
    """Describe characteristics by arm, one row a person.

    Text, yes-or-no and ordered categories are counted, numbers summarised. `difference` is the largest standardised
    difference between two arms. Tests are left out unless asked for: after a lot they test the lot. Raises `StatsError`
    for a column that is not there, and an arm that is missing.
    """
    for name in (arm, *columns):
        if name not in data.columns:
            raise StatsError(f"There is no column {name!r}; the data have {', '.join(map(str, data.columns))}.")
    if data[arm].isna().any():
        raise StatsError(f"Column {arm!r} is empty in {int(data[arm].isna().sum())} row(s); fill it in.")
    parts = {name: data.iloc[rows] for name, rows in data.groupby(arm, sort=True).indices.items()}
    rows = []
    for name in columns:
        order = (levels or {}).get(name)
        if order is None and _counted(data[name]):
            order = _levels(data[name])
        if order is None:
            groups: dict[Hashable, Summary | Counts] = {key: summary(part[name]) for key, part in parts.items()}
            everyone: Summary | Counts = summary(data[name])
        else:
            groups = {key: counts(part[name].tolist(), order) for key, part in parts.items()}
            everyone = counts(data[name].tolist(), order)
        gaps = _gaps(name, parts, groups, counted=order is not None)
        p = _test(data, arm, name, counted=order is not None) if tests else None
        rows.append(BaselineRow(name, groups, everyone, max(gaps, key=abs) if gaps else None, p))
    return rows


def _counted(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column):
        return True
    return column.dropna().nunique() <= _FEW


def _levels(column: pd.Series) -> list[Hashable]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return sorted(column.dropna().unique().tolist(), key=lambda one: (str(type(one)), one))


def _gaps(
    name: str, parts: Mapping[Hashable, pd.DataFrame], groups: Mapping[Hashable, Summary | Counts], counted: bool
) -> list[float]:
    keys, found = list(parts), []
    for place, one in enumerate(keys):
        for other in keys[place + 1 :]:
            first, second = groups[one], groups[other]
            if counted:
                assert isinstance(first, Counts)
                assert isinstance(second, Counts)
                gap = standardised_difference_of_counts(second, first)
            else:
                gap = standardised_difference(parts[other][name], parts[one][name])
            found += [gap] if gap is not None else []
    return found


def _test(data: pd.DataFrame, arm: str, name: str, counted: bool) -> float | None:
    known = data[[arm, name]].dropna()
    if known[arm].nunique() < 2 or known[name].nunique() < 2:
        return None
    if counted:
        return float(stats.chi2_contingency(pd.crosstab(known[arm], known[name]), correction=False).pvalue)
    return float(stats.f_oneway(*(part for _, part in known.groupby(arm)[name])).pvalue)


def effect_size(one: ArrayLike, other: ArrayLike, level: float = 0.95) -> Term:
    """Estimate Hedges' g, `one` − `other`, with a large-sample interval; `StatsError` for under two people an arm."""
    first, second = (np.asarray(each, dtype=float) for each in (one, other))
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if len(first) < 2 or len(second) < 2:
        raise StatsError("An effect size needs two people or more in each arm.")
    found = from_means(
        "smd",
        [first.mean()], [first.std(ddof=1)], [len(first)],
        [second.mean()], [second.std(ddof=1)], [len(second)],
    )  # fmt: skip
    return wald("Hedges' g", float(found.effect[0]), float(found.variance[0]), None, level)


@dataclass(frozen=True)
class Risks:
    """Two risks compared: their difference, and the logarithm of their ratio (None where an arm has no event)."""

    difference: Term
    log_ratio: Term | None


def risks(events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95) -> Risks:
    """Compare the risks of two arms: the difference with Newcombe's interval, the ratio with that of its logarithm.

    Raises `StatsError` for counts that are no counts.
    """
    found = from_counts("rd", [events_1], [n_1], [events_2], [n_2])
    plain = wald("risk difference", float(found.effect[0]), float(found.variance[0]), None, level)
    one, other = proportion(events_1, n_1, level), proportion(events_2, n_2, level)
    p1, l1, u1, p2, l2, u2 = (
        float(end) for each in (one, other) for end in (each.estimate, each.low, each.high) if end is not None
    )
    gap = p1 - p2
    low, high = gap - np.hypot(p1 - l1, u2 - p2), gap + np.hypot(u1 - p1, p2 - l2)
    difference = Term("risk difference", gap, plain.se, float(low), float(high), plain.statistic, None, plain.p)
    return Risks(
        difference, _log_ratio(from_counts("rr", [events_1], [n_1], [events_2], [n_2]), events_1, events_2, level)
    )


def _log_ratio(found: Effects, events_1: int, events_2: int, level: float) -> Term | None:
    if events_1 == 0 or events_2 == 0:
        return None
    return wald("log risk ratio", float(found.effect[0]), float(found.variance[0]), None, level)


def stratified_risks(event: ArrayLike, in_arm: ArrayLike, stratum: ArrayLike, level: float = 0.95) -> Risks:
    """Compare the risks of two arms over strata by Mantel and Haenszel: difference (Sato's variance) and ratio.

    `event` and `in_arm` are 0 or 1, one a person; rows with a missing value are left out. Strata with one arm only tell
    nothing and are left out. Raises `StatsError` for other values, and no stratum left.
    """
    frame = pd.DataFrame({"event": event, "arm": in_arm, "stratum": stratum}).dropna()
    if not (frame["event"].isin([0, 1]).all() and frame["arm"].isin([0, 1]).all()):
        raise StatsError("event and arm must be 0 or 1 in every row.")
    table = frame.groupby(["stratum", "arm"])["event"].agg(["sum", "count"]).unstack(fill_value=0)
    if table.shape[1] < 4:
        raise StatsError("There are people in one arm only; nothing can be compared.")
    cells = table[[("sum", 1), ("count", 1), ("sum", 0), ("count", 0)]].to_numpy(float)
    cells = cells[(cells[:, 1] > 0) & (cells[:, 3] > 0)]
    if not len(cells):
        raise StatsError("No stratum has people in both arms; nothing can be compared.")
    difference = wald("risk difference", *mantel_haenszel("rd", cells), None, level)
    if not (cells[:, 0].any() and cells[:, 2].any()):
        return Risks(difference, None)
    return Risks(difference, wald("log risk ratio", *mantel_haenszel("rr", cells), None, level))
