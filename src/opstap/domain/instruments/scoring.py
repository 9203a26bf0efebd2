"""The published rules that turn one person's answers into scores.

Answers are the item's codes under the item's id; an absent item, None, empty text or NaN is no answer. Each
function gives every one of its columns, with None where the instrument's own rule for missing items allows no score.
A code that the item does not have raises ScoreError.

Sources:
    SF-12 version 1: Ware, Keller, Kosinski 1995, published US weights.
    QLQ-C30: EORTC Scoring Manual, 3rd edition, 2001; summary score: Giesinger 2016.
    RRTW: Franche 2007 (doi 10.1007/s10926-007-9097-9); stage rule of STEPS, protocol table 2
    (doi 10.1186/s12889-021-11865-8).
    Work ability: single item of the Work Ability Index, used as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Score = dict[str, float | None]


class ScoreError(ValueError):
    """An answer or a key that cannot be scored: `item` names where, the message what would be right."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item


def _code(answers: Mapping[str, Any], item: str, low: int, high: int) -> int | None:
    raw = answers.get(item)
    if raw is None or raw == "" or raw != raw:
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    if not (low <= value <= high and value.is_integer()):
        raise ScoreError(item, f"{raw!r} is no answer to this item; write a whole number from {low} to {high}")
    return int(value)


# SF-12 version 1 -------------------------------------------------------------------------------------------------

_PCS, _MCS = 56.57706, 60.75781
#: Per item, the physical and mental weight of each code from 1 on; the best health is 0 in both.
_SF12: dict[str, list[tuple[float, float]]] = {
    # general health: excellent to poor
    "i1": [(0, 0), (-1.31872, -0.06064), (-3.02396, 0.03482), (-5.56461, -0.16891), (-8.37399, -1.71175)],
    # moderate activities and stairs: limited a lot, a little, not
    "i2": [(-7.23216, 3.93115), (-3.45555, 1.86840), (0, 0)],
    "i3": [(-6.24397, 2.68282), (-2.73557, 1.43103), (0, 0)],
    # physical role, then emotional role: yes, no
    "i4": [(-4.61617, 1.44060), (0, 0)],
    "i5": [(-5.51747, 1.66968), (0, 0)],
    "i6": [(3.04365, -6.82672), (0, 0)],
    "i7": [(2.32091, -5.69921), (0, 0)],
    # pain: not at all to extremely
    "i8": [(0, 0), (-3.80130, 0.90384), (-6.50522, 1.49384), (-8.38063, 1.76691), (-11.25544, 1.48619)],
    # calm, energy, low: all of the time to none of the time (six answers in version 1)
    "i9": [
        (0, 0), (0.66514, -1.94949), (1.36689, -4.09842), (2.37241, -6.31121), (2.90426, -7.92717),
        (3.46638, -10.19085),
    ],
    "i10": [
        (0, 0), (-0.42251, -0.92057), (-1.14387, -1.65178), (-1.61850, -3.29805), (-2.02168, -4.88962),
        (-2.44706, -6.02409),
    ],
    "i11": [
        (4.61446, -16.15395), (3.41593, -10.77911), (2.34247, -8.09914), (1.28044, -4.59055), (0.41188, -1.95934),
        (0, 0),
    ],
    # social activities: all of the time to none of the time (five answers)
    "i12": [(-0.33682, -6.29724), (-0.94342, -8.26066), (-0.18043, -5.63286), (0.11038, -3.13896), (0, 0)],
}  # fmt: skip


def sf12_v1(answers: Mapping[str, Any]) -> Score:
    """Score the SF-12 version 1: physical and mental component summary, US norm with mean 50 and SD 10.

    Items `i1` to `i12` in the questionnaire's order and coding. All twelve are needed: version 1 has no rule for
    missing items.
    """
    physical, mental = _PCS, _MCS
    complete = True
    for item, weights in _SF12.items():
        code = _code(answers, item, 1, len(weights))
        if code is None:
            complete = False
            continue
        physical += weights[code - 1][0]
        mental += weights[code - 1][1]
    return {"sf12_pcs": physical if complete else None, "sf12_mcs": mental if complete else None}


# QLQ-C30 version 3.0 ---------------------------------------------------------------------------------------------

_FUNCTIONS = {"pf": (1, 2, 3, 4, 5), "rf": (6, 7), "ef": (21, 22, 23, 24), "cf": (20, 25), "sf": (26, 27)}
_SYMPTOMS = {
    "fa": (10, 12, 18), "nv": (14, 15), "pa": (9, 19), "dy": (8,), "sl": (11,), "ap": (13,), "co": (16,), "di": (17,),
    "fi": (28,),
}  # fmt: skip
_GLOBAL = {"ql": (29, 30)}


def qlq_c30(answers: Mapping[str, Any]) -> Score:
    """Score the EORTC QLQ-C30 version 3.0: fifteen scales of 0 to 100 and the summary score.

    Items `q1` to `q28` take 1 to 4, `q29` and `q30` 1 to 7. A scale needs half of its items; the summary needs
    thirteen scales: all but financial difficulties and global health. High is good for functions, global
    health and summary, bad for symptoms.
    """
    share = {
        **{name: _share(answers, items, 4) for name, items in (_FUNCTIONS | _SYMPTOMS).items()},
        **{name: _share(answers, items, 7) for name, items in _GLOBAL.items()},
    }
    scales = {
        name: None if value is None else 100 * (1 - value if name in _FUNCTIONS else value)
        for name, value in share.items()
    }
    parts = [scales[name] for name in _FUNCTIONS]
    for name in _SYMPTOMS:
        symptom = scales[name]
        if name != "fi":
            parts.append(None if symptom is None else 100 - symptom)
    known = [part for part in parts if part is not None]
    summary = sum(known) / len(parts) if len(known) == len(parts) else None
    return {**{f"qlq_c30_{name}": value for name, value in scales.items()}, "qlq_c30_summary": summary}


def _share(answers: Mapping[str, Any], items: tuple[int, ...], most: int) -> float | None:
    """Give the mean of the answered items as a share of their range, when at least half are answered."""
    codes = [code for item in items if (code := _code(answers, f"q{item}", 1, most)) is not None]
    if 2 * len(codes) < len(items):
        return None
    return (sum(codes) / len(codes) - 1) / (most - 1)


# Readiness for return to work ------------------------------------------------------------------------------------

STAGES = (
    "precontemplation",
    "contemplation",
    "prepared_self_evaluative",
    "prepared_behavioural",
    "uncertain_maintenance",
    "proactive_maintenance",
)
RRTW_ITEMS = tuple(f"i{number}" for number in range(1, 22))
RrtwKey = dict[str, tuple[str, ...]]


def read_rrtw_key(raw: Any) -> RrtwKey:
    """Read the institution's key: which items make which stage; ScoreError says what is wrong with it.

    A mapping of the six stages, each with a list of items `i1` to `i21`, no item in two stages.
    """
    if not isinstance(raw, Mapping):
        raise ScoreError("key", f"the key is a mapping of the stages {', '.join(STAGES)}, each with its items")
    for stage in raw:
        if stage not in STAGES:
            raise ScoreError("key", f"{stage} is no stage; the stages are {', '.join(STAGES)}")
    taken: set[str] = set()
    for stage in STAGES:
        items = raw.get(stage)
        if not isinstance(items, list) or not items:
            raise ScoreError("key", f"{stage} needs a list of items, such as [i1, i2]")
        for item in items:
            if item not in RRTW_ITEMS:
                raise ScoreError("key", f"{stage}: {item} is no item; write i1 to i21")
            if item in taken:
                raise ScoreError("key", f"{stage}: {item} stands twice; an item belongs to one stage")
            taken.add(item)
    return {stage: tuple(raw[stage]) for stage in STAGES}


def rrtw(answers: Mapping[str, Any], key: RrtwKey | None = None) -> Score:
    """Score the Readiness for Return to Work (Dutch, 21 items, 1 to 5): six stage means, the stage, and a tie.

    The stage (1 to 6) has the highest mean: among 1 to 4 for who is not `working`, among 5 and 6 for who is; a tie
    goes to the lowest stage and sets `rrtw_tie`. A mean needs all its items, the stage all its means. Without a
    key every column is None. Stages are unreliable where means tie: show the six means beside them.
    """
    working = _code(answers, "working", 0, 1)
    codes = {item: _code(answers, item, 1, 5) for item in RRTW_ITEMS}
    means = [_mean([codes[item] for item in key[stage]]) if key else None for stage in STAGES]
    scores: Score = {
        f"rrtw_{stage}": None if mean is None else float(mean) for stage, mean in zip(STAGES, means, strict=True)
    }
    first, last = (5, 6) if working else (1, 4)
    open_to = [mean for mean in means[first - 1 : last] if mean is not None]
    if working is None or len(open_to) < last - first + 1:
        return {**scores, "rrtw_stage": None, "rrtw_tie": None}
    highest = max(open_to)
    return {**scores, "rrtw_stage": first + open_to.index(highest), "rrtw_tie": int(open_to.count(highest) > 1)}


def _mean(codes: list[int | None]) -> Fraction | None:
    """Give the exact mean, so that equal means of scales of different lengths tie; None when one is missing."""
    known = [code for code in codes if code is not None]
    return Fraction(sum(known), len(known)) if len(known) == len(codes) else None


# Work ability ----------------------------------------------------------------------------------------------------


def work_ability(answers: Mapping[str, Any]) -> Score:
    """Score the single work ability item `was`: 0 (unable to work) to 10 (work ability at its best)."""
    return {"work_ability": _code(answers, "was", 0, 10)}


#: The scoring rule under the name that a questionnaire's `score` gives; each takes one person's answers.
SCORES: dict[str, Callable[..., Score]] = {
    "sf12_v1": sf12_v1,
    "qlq_c30": qlq_c30,
    "rrtw": rrtw,
    "work_ability": work_ability,
}


def columns(score: str) -> tuple[str, ...]:
    """List the columns that a scoring rule gives; KeyError for an unknown rule."""
    return tuple(SCORES[score]({}))
