"""The six work-related stages of change: a profile of six means beside a professional's judgement, never a label alone.

Sources:
    Franche and others 2007, doi 10.1007/s10926-007-9097-9: who does not work is in 1 to 4, who works in 5 or 6.
    Aasdahl and others 2018: the highest mean is unreliable as a stage, since means tie, also where they are not
    neighbours; so the six means are shown, with ties and closeness.
    Zegers and others 2022, doi 10.1007/s11764-022-01196-x: the support that fits each stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

SUPPORT_SOURCE = "Zegers 2022, doi 10.1007/s11764-022-01196-x"
#: How far apart, in points on the scale of 1 to 5, two means lie before one of them counts as higher. Our own choice:
#: no published value is known to us.
CLOSE = 0.5
CLOSE_CERTAINTY = "NF"


class Stage(IntEnum):
    """One of the six stages, in their order."""

    NOT_THINKING = 1
    CONSIDERING = 2
    PREPARING_SELF = 3
    PREPARING_STEPS = 4
    UNCERTAIN = 5
    PROACTIVE = 6


NOT_WORKING = tuple(Stage)[:4]
WORKING = tuple(Stage)[4:]


@dataclass(frozen=True)
class Profile:
    """The six means (1 to 5) of one questionnaire, in the order of the stages; None where items were missing."""

    on: date
    working: bool
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class Reading:
    """What a profile points to: the stage with the highest mean, and those that lie too close to tell apart.

    `likely` is None when a mean that matters is missing. A tie goes to the lowest stage; `tied` names the others.
    """

    likely: Stage | None
    tied: tuple[Stage, ...] = ()
    close: tuple[Stage, ...] = ()

    @property
    def certain(self) -> bool:
        """Tell whether one stage stands clear of the others."""
        return self.likely is not None and not self.tied and not self.close


def reading(profile: Profile, *, close: float = CLOSE) -> Reading:
    """Read a profile: `close` is how far apart means must lie, in points of the scale, to be told apart."""
    means: dict[Stage, float] = {}
    for stage in WORKING if profile.working else NOT_WORKING:
        mean = profile.means[stage - 1]
        if mean is None:
            return Reading(None)
        means[stage] = mean
    highest = max(means.values())
    likely = min(stage for stage, mean in means.items() if mean == highest)
    others = [stage for stage in means if stage is not likely]
    return Reading(
        likely,
        tied=tuple(stage for stage in others if means[stage] == highest),
        # A little slack, so that 3.6 and 3.1 lie half a point apart and not a hair less.
        close=tuple(stage for stage in others if 0 < highest - means[stage] < close - 1e-9),
    )


def means_fit(means: Sequence[float | None]) -> bool:
    """Tell whether these are six means of a scale from 1 to 5, at least one of them known."""
    known = [mean for mean in means if mean is not None]
    return len(means) == len(Stage) and bool(known) and all(1 <= mean <= 5 for mean in known)
