"""Scores of many people at once: the rules of `domain.instruments.scoring` on columns instead of on one person.

Each column holds the codes of one item as whole numbers, with MISSING where there is no answer; all are of one length.
The rules, their weights and their papers are those of the domain; here they are applied to arrays. The tests hold the
two beside each other. Rules that are not in COLUMNS are for one person at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from opstap.domain.instruments import moods, scoring, utilities

MISSING = -1
Codes = Mapping[str, NDArray[np.int16]]
Values = dict[str, NDArray[np.float64]]


def _range(items: tuple[str, ...], low: int, high: int) -> dict[str, tuple[int, int]]:
    return dict.fromkeys(items, (low, high))


#: Per rule the items that it reads, each with its lowest and highest code.
COLUMNS: dict[str, dict[str, tuple[int, int]]] = {
    "eq5d_5l": _range(utilities.DIMENSIONS, 1, 5),
    "sf12_v1": {item: (1, len(weights)) for item, weights in scoring.SF12_V1.items()},
    "sf12_v2": {item: (1, most) for item, most in scoring.SF12_V2_LEVELS.items()},
    "qlq_c30": {f"q{number}": (1, 7 if number > 28 else 4) for number in range(1, 31)},
    "rrtw": {"working": (0, 1), **_range(scoring.RRTW_ITEMS, 1, 5)},
    "work_ability": {"was": (0, 10)},
    "phq_8": _range(moods.PHQ8, 0, 3),
    "phq_9": _range(moods.PHQ9, 0, 3),
    "gad_7": _range(moods.GAD7, 0, 3),
}


def score(rule: str, codes: Codes, key: scoring.RrtwKey | None = None) -> Values:
    """Score columns of codes by a rule; the score columns hold NaN where there is no score.

    `codes` has a column for each item of COLUMNS[rule], within its range or MISSING: check that before. `key` is for
    `rrtw`. KeyError for a rule that is not in COLUMNS.
    """
    if rule == "rrtw":
        return _rrtw(codes, key)
    return _RULES[rule](codes)


def eq5d_5l(codes: Codes) -> Values:
    """Value EQ-5D-5L states by every tariff: one look-up in a table of all states, missing levels included."""
    place = np.zeros(len(codes["mo"]), dtype=np.int32)
    for dimension in utilities.DIMENSIONS:
        place *= 6
        place += np.where(codes[dimension] == MISSING, 0, codes[dimension])
    return {column: table[place] for column, table in _states().items()}


def _states() -> Values:
    """Value each of the 6^5 states of levels 0 (missing) to 5, in the order of their digits."""
    levels = np.indices((6,) * 5).reshape(5, -1)
    missing = (levels == 0).any(axis=0)
    tables = {}
    for country, (any_problem, steps) in utilities.TARIFFS.items():
        loss = np.where((levels > 1).any(axis=0), any_problem, 0.0)
        for dimension, level in zip(utilities.DIMENSIONS, levels, strict=True):
            loss = loss + np.array((np.nan, *steps[dimension]))[level]
        tables[f"eq5d_index_{country}"] = np.where(missing, np.nan, 1 - loss)
    return tables


def _sf12_v1(codes: Codes) -> Values:
    physical, mental = (np.full(len(codes["i1"]), base) for base in scoring.SF12_V1_BASE)
    for item, weights in scoring.SF12_V1.items():
        table = np.array([(np.nan, np.nan), *weights, (np.nan, np.nan)])  # MISSING is the last
        physical += table[codes[item], 0]
        mental += table[codes[item], 1]
    return {"sf12_pcs": physical, "sf12_mcs": mental, "sf6d_uk": _sf6d(codes, 1)}


def _sf12_v2(codes: Codes) -> Values:
    shares = {}
    for item, most in scoring.SF12_V2_LEVELS.items():
        levels = (np.arange(most) / (most - 1)).tolist()
        if item == "i1":
            levels = [(one - 1) / 4 for one in scoring.SF12_V2_GENERAL]
        elif item in scoring.SF12_V2_REVERSED:
            levels.reverse()
        shares[item] = np.array([np.nan, *levels, np.nan])[codes[item]]
    physical, mental = np.full(len(codes["i1"]), 50.0), np.full(len(codes["i1"]), 50.0)
    for items, mean, spread, in_physical, in_mental in scoring.SF12_V2.values():
        z = (100 * sum(shares[item] for item in items) / len(items) - mean) / spread
        physical += 10 * in_physical * z
        mental += 10 * in_mental * z
    return {"sf12v2_pcs": physical, "sf12v2_mcs": mental, "sf6d_uk": _sf6d(codes, 2)}


def _sf6d(codes: Codes, version: int) -> NDArray[np.float64]:
    missing = np.any([codes[item] == MISSING for item in utilities.SF6D_ITEMS], axis=0)
    limited = 2 if version == 1 else 5
    five = np.array((1, *utilities.SIX_TO_FIVE) if version == 1 else range(6))
    safe = {item: np.where(missing, 1, codes[item]) for item in utilities.SF6D_ITEMS}
    levels = {
        "physical": 4 - safe["i2"],
        "role": 1 + (safe["i5"] < limited) + 2 * (safe["i6"] < limited),
        "social": 6 - safe["i12"],
        "pain": safe["i8"],
        "mental": 6 - five[safe["i11"]],
        "vitality": five[safe["i10"]],
    }
    loss = np.zeros(len(missing))
    for dimension, steps in utilities.SF6D.items():
        # Where an answer is missing, the levels mean nothing and may lie outside the table: clipped, and NaN below.
        loss += np.array(steps)[np.clip(levels[dimension], 1, len(steps)) - 1]
    most = np.any([levels[dimension] >= worst for dimension, worst in utilities.SF6D_MOST.items()], axis=0)
    return np.where(missing, np.nan, 1 - loss - utilities.SF6D_MOST_COSTS * most)


def _qlq_c30(codes: Codes) -> Values:
    scales = {
        name: 100 * _qlq_share(codes, items, 7 if name in scoring.QLQ_GLOBAL else 4)
        for name, items in (scoring.QLQ_FUNCTIONS | scoring.QLQ_SYMPTOMS | scoring.QLQ_GLOBAL).items()
    }
    for name in scoring.QLQ_FUNCTIONS:
        scales[name] = 100 - scales[name]
    parts = [scales[name] for name in scoring.QLQ_FUNCTIONS]
    parts += [100 - scales[name] for name in scoring.QLQ_SYMPTOMS if name != "fi"]
    return {**{f"qlq_c30_{name}": value for name, value in scales.items()}, "qlq_c30_summary": np.mean(parts, axis=0)}


def _qlq_share(codes: Codes, items: tuple[int, ...], most: int) -> NDArray[np.float64]:
    answers = np.array([codes[f"q{item}"] for item in items])
    known = answers != MISSING
    count = known.sum(axis=0)
    total = np.where(known, answers, 0).sum(axis=0)
    enough = 2 * count >= len(items)
    return np.where(enough, (total / np.maximum(count, 1) - 1) / (most - 1), np.nan)


def _rrtw(codes: Codes, key: scoring.RrtwKey | None) -> Values:
    nothing = np.full(len(codes["working"]), np.nan)
    if key is None:
        return dict.fromkeys(scoring.columns("rrtw"), nothing)
    means, exact = [], []
    # Equal means of scales of different lengths must tie: they are compared as whole numbers over one denominator.
    over = int(np.lcm.reduce([len(items) for items in key.values()]))
    for name in scoring.STAGES:
        answers = np.array([codes[item] for item in key[name]])
        missing = (answers == MISSING).any(axis=0)
        total = answers.sum(axis=0, dtype=np.int64)
        exact.append(np.where(missing, MISSING, total * (over // len(answers))))
        means.append(np.where(missing, np.nan, total / len(answers)))
    stage, tie = nothing.copy(), nothing.copy()
    for working, first, last in ((0, 1, 4), (1, 5, 6)):
        open_to = np.array(exact[first - 1 : last])
        counts = (codes["working"] == working) & (open_to != MISSING).all(axis=0)
        highest = open_to.max(axis=0)
        stage[counts] = (first + open_to.argmax(axis=0))[counts]
        tie[counts] = ((open_to == highest).sum(axis=0) > 1)[counts]
    names = (f"rrtw_{name}" for name in scoring.STAGES)
    return {**dict(zip(names, means, strict=True)), "rrtw_stage": stage, "rrtw_tie": tie}


def _work_ability(codes: Codes) -> Values:
    return {"work_ability": np.where(codes["was"] == MISSING, np.nan, codes["was"])}


def _sum(column: str, items: tuple[str, ...]) -> Callable[[Codes], Values]:
    def summed(codes: Codes) -> Values:
        answers = np.array([codes[item] for item in items])
        missing = (answers == MISSING).any(axis=0)
        return {column: np.where(missing, np.nan, answers.sum(axis=0))}

    return summed


_RULES: dict[str, Callable[[Codes], Values]] = {
    "eq5d_5l": eq5d_5l,
    "sf12_v1": _sf12_v1,
    "sf12_v2": _sf12_v2,
    "qlq_c30": _qlq_c30,
    "work_ability": _work_ability,
    "phq_8": _sum("phq8_total", moods.PHQ8),
    "phq_9": _sum("phq9_total", moods.PHQ9),
    "gad_7": _sum("gad7_total", moods.GAD7),
}
