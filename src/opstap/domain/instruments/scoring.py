"""The published rules that turn one person's answers into scores.

Answers are the item's codes under the item's id; an absent item, None, empty text or NaN is no answer. Each
function gives every one of its columns, with None where the instrument's own rule for missing items allows no score.
A code that the item does not have raises ScoreError.

Sources:
    SF-12 version 1: Ware, Keller, Kosinski 1995, published US weights.
    SF-12 version 2: US norms of 1998, as in the open package SF6Dvalues; SF-6D: see `utilities`.
    QLQ-C30: EORTC Scoring Manual, 3rd edition, 2001; summary score: Giesinger 2016.
    RRTW: Franche 2007 (doi 10.1007/s10926-007-9097-9); stage rule of STEPS, protocol table 2
    (doi 10.1186/s12889-021-11865-8).
    Work ability: single item of the Work Ability Index, used as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from opstap.domain.instruments import moods, quantities, utilities
from opstap.domain.instruments.codes import Score, ScoreError, code

# SF-12 version 1 -------------------------------------------------------------------------------------------------

SF12_V1_BASE = (56.57706, 60.75781)
#: Per item, the physical and mental weight of each code from 1 on; the best health is 0 in both.
SF12_V1: dict[str, list[tuple[float, float]]] = {
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
    """Score the SF-12 version 1: physical and mental component summary, US norm with mean 50 and SD 10; and SF-6D.

    Items `i1` to `i12` in the questionnaire's order and coding. All twelve are needed for the summaries: version 1 has
    no rule for missing items. `sf6d_uk` needs its own seven.
    """
    codes = {item: code(answers, item, 1, len(weights)) for item, weights in SF12_V1.items()}
    known = {item: one for item, one in codes.items() if one is not None}
    physical, mental = None, None
    if len(known) == len(codes):
        physical = SF12_V1_BASE[0] + sum(SF12_V1[item][one - 1][0] for item, one in known.items())
        mental = SF12_V1_BASE[1] + sum(SF12_V1[item][one - 1][1] for item, one in known.items())
    return {"sf12_pcs": physical, "sf12_mcs": mental, "sf6d_uk": utilities.sf6d(codes, 1)}


# SF-12 version 2 -------------------------------------------------------------------------------------------------

#: The most of each item's codes, from 1 on: version 2 has five answers where version 1 had two or six.
SF12_V2_LEVELS = {f"i{number}": 3 if number in (2, 3) else 5 for number in range(1, 13)}
#: General health, recoded from excellent (1) to poor (5).
SF12_V2_GENERAL = (5.0, 4.4, 3.4, 2.0, 1.0)
#: Items in which 1 is the best answer.
SF12_V2_REVERSED = ("i8", "i9", "i10")
#: Per domain: its items, mean and SD in the US of 1998, and its weight in the physical and in the mental summary.
SF12_V2: dict[str, tuple[tuple[str, ...], float, float, float, float]] = {
    "pf": (("i2", "i3"), 81.18122, 29.10558, 0.42402, -0.22999),
    "rp": (("i4", "i5"), 80.52856, 27.13526, 0.35119, -0.12329),
    "bp": (("i8",), 81.74015, 24.53019, 0.31754, -0.09731),
    "gh": (("i1",), 72.19795, 23.19041, 0.24954, -0.01571),
    "vt": (("i10",), 55.59090, 24.84380, 0.02877, 0.23534),
    "sf": (("i12",), 83.73973, 24.75775, -0.00753, 0.26876),
    "re": (("i6", "i7"), 86.41051, 22.35543, -0.19206, 0.43407),
    "mh": (("i9", "i11"), 70.18217, 20.50597, -0.22069, 0.48581),
}


def sf12_v2(answers: Mapping[str, Any]) -> Score:
    """Score the SF-12 version 2: physical and mental component summary, US norm of 1998, mean 50 and SD 10; and SF-6D.

    Items `i1` to `i12` as in version 1, with five answers (three on `i2` and `i3`). All twelve are needed. The columns
    have names of their own: scores of the two versions do not mix.
    """
    codes = {item: code(answers, item, 1, most) for item, most in SF12_V2_LEVELS.items()}
    known = {item: one for item, one in codes.items() if one is not None}
    physical, mental = None, None
    if len(known) == len(codes):
        physical = mental = 50.0
        for items, mean, spread, in_physical, in_mental in SF12_V2.values():
            share = sum(_v2_share(item, known[item]) for item in items) / len(items)
            z = (100 * share - mean) / spread
            physical += 10 * in_physical * z
            mental += 10 * in_mental * z
    return {"sf12v2_pcs": physical, "sf12v2_mcs": mental, "sf6d_uk": utilities.sf6d(codes, 2)}


def _v2_share(item: str, answer: int) -> float:
    """Give an answer as a share of its range, 1 being the best health."""
    if item == "i1":
        return (SF12_V2_GENERAL[answer - 1] - 1) / 4
    share = (answer - 1) / (SF12_V2_LEVELS[item] - 1)
    return 1 - share if item in SF12_V2_REVERSED else share


# QLQ-C30 version 3.0 ---------------------------------------------------------------------------------------------

QLQ_FUNCTIONS = {"pf": (1, 2, 3, 4, 5), "rf": (6, 7), "ef": (21, 22, 23, 24), "cf": (20, 25), "sf": (26, 27)}
QLQ_SYMPTOMS = {
    "fa": (10, 12, 18), "nv": (14, 15), "pa": (9, 19), "dy": (8,), "sl": (11,), "ap": (13,), "co": (16,), "di": (17,),
    "fi": (28,),
}  # fmt: skip
QLQ_GLOBAL = {"ql": (29, 30)}


def qlq_c30(answers: Mapping[str, Any]) -> Score:
    """Score the EORTC QLQ-C30 version 3.0: fifteen scales of 0 to 100 and the summary score.

    Items `q1` to `q28` take 1 to 4, `q29` and `q30` 1 to 7. A scale needs half of its items; the summary needs
    thirteen scales: all but financial difficulties and global health. High is good for functions, global
    health and summary, bad for symptoms.
    """
    share = {
        **{name: _share(answers, items, 4) for name, items in (QLQ_FUNCTIONS | QLQ_SYMPTOMS).items()},
        **{name: _share(answers, items, 7) for name, items in QLQ_GLOBAL.items()},
    }
    scales = {
        name: None if value is None else 100 * (1 - value if name in QLQ_FUNCTIONS else value)
        for name, value in share.items()
    }
    parts = [scales[name] for name in QLQ_FUNCTIONS]
    for name in QLQ_SYMPTOMS:
        symptom = scales[name]
        if name != "fi":
            parts.append(None if symptom is None else 100 - symptom)
    known = [part for part in parts if part is not None]
    summary = sum(known) / len(parts) if len(known) == len(parts) else None
    return {**{f"qlq_c30_{name}": value for name, value in scales.items()}, "qlq_c30_summary": summary}


def _share(answers: Mapping[str, Any], items: tuple[int, ...], most: int) -> float | None:
    """Give the mean of the answered items as a share of their range, when at least half are answered."""
    codes = [one for item in items if (one := code(answers, f"q{item}", 1, most)) is not None]
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
    working = code(answers, "working", 0, 1)
    codes = {item: code(answers, item, 1, 5) for item in RRTW_ITEMS}
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
    known = [one for one in codes if one is not None]
    return Fraction(sum(known), len(known)) if len(known) == len(codes) else None


# Work ability ----------------------------------------------------------------------------------------------------


def work_ability(answers: Mapping[str, Any]) -> Score:
    """Score the single work ability item `was`: 0 (unable to work) to 10 (work ability at its best)."""
    return {"work_ability": code(answers, "was", 0, 10)}


#: The scoring rule under the name that a questionnaire's `score` gives; each takes one person's answers.
SCORES: dict[str, Callable[..., Score]] = {
    "sf12_v1": sf12_v1,
    "sf12_v2": sf12_v2,
    "qlq_c30": qlq_c30,
    "rrtw": rrtw,
    "work_ability": work_ability,
    "eq5d_5l": utilities.eq5d_5l,
    "phq_8": moods.phq_8,
    "phq_9": moods.phq_9,
    "gad_7": moods.gad_7,
    "care_use": quantities.care_use,
    "productivity": quantities.productivity,
}


def columns(score: str) -> tuple[str, ...]:
    """List the columns that a scoring rule gives; KeyError for an unknown rule."""
    return tuple(SCORES[score]({}))
