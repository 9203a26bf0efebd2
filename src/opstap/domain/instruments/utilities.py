"""Preference-based values of health: EQ-5D-5L by country, and SF-6D from the SF-12. 1 is full health, 0 is dead.

Sources:
    EQ-5D-5L, the Netherlands: Versteegh 2016 (doi 10.1016/j.jval.2016.01.003).
    EQ-5D-5L, Belgium: Bouckaert 2022 (doi 10.1007/s41669-022-00353-3; KCE report 342).
    SF-6D from SF-12: Brazier and Roberts 2004, United Kingdom. No Dutch or Belgian values were found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opstap.domain.instruments.codes import Score, code

DIMENSIONS = ("mo", "sc", "ua", "pd", "ad")

#: Per country: what any state but full health costs, and what levels 1 to 5 of each dimension cost besides.
TARIFFS: dict[str, tuple[float, dict[str, tuple[float, ...]]]] = {
    "nl": (
        0.047,
        {
            "mo": (0, 0.035, 0.057, 0.166, 0.203),
            "sc": (0, 0.038, 0.061, 0.168, 0.168),
            "ua": (0, 0.039, 0.087, 0.192, 0.192),
            "pd": (0, 0.066, 0.092, 0.360, 0.415),
            "ad": (0, 0.070, 0.145, 0.356, 0.421),
        },
    ),
    "be": (
        0.0376805,
        {
            "mo": (0, 0.031544398, 0.058561311, 0.178674496, 0.2267916),
            "sc": (0, 0.023013325, 0.042723608, 0.1303526, 0.1654566),
            "ua": (0, 0.025140523, 0.046672692, 0.142401521, 0.1807503),
            "pd": (0, 0.067077669, 0.124527854, 0.379942857, 0.4822616),
            "ad": (0, 0.061019419, 0.113280877, 0.345627574, 0.4387052),
        },
    ),
}


def eq5d_5l(answers: Mapping[str, Any]) -> Score:
    """Value the five answers of the EQ-5D-5L (`mo`, `sc`, `ua`, `pd`, `ad`; 1 to 5) by each country's tariff.

    A state with a missing answer has no value: the instrument imputes nothing. States worse than death are below 0.
    """
    levels = [code(answers, dimension, 1, 5) for dimension in DIMENSIONS]
    return {f"eq5d_index_{country}": _value(country, levels) for country in TARIFFS}


def _value(country: str, levels: list[int | None]) -> float | None:
    known = [level for level in levels if level is not None]
    if len(known) < len(levels):
        return None
    any_problem, steps = TARIFFS[country]
    loss = sum(steps[dimension][level - 1] for dimension, level in zip(DIMENSIONS, known, strict=True))
    return 1 - loss - (any_problem if max(known) > 1 else 0)


#: What each level of the six dimensions costs, from level 1 on; `most` is added once when a dimension is at its worst.
SF6D = {
    "physical": (0, 0, 0.045),
    "role": (0, 0.063, 0.063, 0.063),
    "social": (0, 0.063, 0.066, 0.081, 0.093),
    "pain": (0, 0, 0.042, 0.077, 0.137),
    "mental": (0, 0.059, 0.059, 0.113, 0.134),
    "vitality": (0, 0.078, 0.078, 0.078, 0.106),
}
#: From which level on a dimension counts as "most severe".
SF6D_MOST = {"physical": 3, "role": 3, "social": 4, "pain": 4, "mental": 4, "vitality": 5}
SF6D_MOST_COSTS = 0.077
#: Six answers of version 1 to five: "a good bit of the time" joins "most of the time".
SIX_TO_FIVE = (1, 2, 2, 3, 4, 5)
SF6D_ITEMS = ("i2", "i5", "i6", "i8", "i10", "i11", "i12")


def sf6d_levels(codes: Mapping[str, int], version: int) -> dict[str, int]:
    """Give the six levels that the answers to the SF-12 stand for (1 is best); the seven items must be answered.

    `version` 1: yes (1) or no (2) on the role items, six answers on vitality and mood; `version` 2: five on each, and
    limited means any answer before "none of the time".
    """
    limited = 2 if version == 1 else 5
    five = (lambda answer: SIX_TO_FIVE[answer - 1]) if version == 1 else (lambda answer: answer)
    return {
        "physical": 4 - codes["i2"],
        "role": 1 + (codes["i5"] < limited) + 2 * (codes["i6"] < limited),
        "social": 6 - codes["i12"],
        "pain": codes["i8"],
        "mental": 6 - five(codes["i11"]),
        "vitality": five(codes["i10"]),
    }


def sf6d_value(levels: Mapping[str, int]) -> float:
    """Value a state of the SF-6D, given the level of each of its six dimensions."""
    most = any(levels[dimension] >= worst for dimension, worst in SF6D_MOST.items())
    return 1 - sum(SF6D[one][level - 1] for one, level in levels.items()) - (SF6D_MOST_COSTS if most else 0)


def sf6d(codes: Mapping[str, int | None], version: int) -> float | None:
    """Value the answers to the SF-12 by the SF-6D; None when one of the seven items it uses is missing."""
    known = {item: answer for item in SF6D_ITEMS if (answer := codes[item]) is not None}
    return sf6d_value(sf6d_levels(known, version)) if len(known) == len(SF6D_ITEMS) else None
