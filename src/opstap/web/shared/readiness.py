"""The picture of a readiness profile: six means, the one before as open circles, the professional's judgement below."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from opstap.acts.sight.guidance.stages import Stages
from opstap.domain.programme.stages import WORKING, Stage


@dataclass(frozen=True)
class Dot:
    """A mean at its place."""

    x: float
    y: float
    value: float
    #: Whether this stage is among those that are possible for who works, or does not.
    counts: bool


@dataclass(frozen=True)
class Drawing:
    """One drawing at a fixed width, in units of a pixel."""

    kind: str
    width: int
    stages: list[tuple[float, Stage]]
    now: list[Dot]
    before: list[Dot]
    judged: str
    split: float
    left: float
    right: float


@dataclass(frozen=True)
class Picture:
    """The profile's picture, with its finding in words."""

    finding: str
    drawings: list[Drawing]


def picture(stages: Stages, *kinds: str) -> Picture | None:
    """Draw the latest profile beside the one before; None when there is none."""
    if stages.profile is None:
        return None
    means = [
        f"{int(stage)}: {formats.number_format(mean, 1)}"
        for stage, mean in zip(Stage, stages.profile.profile.means, strict=True)
        if mean is not None
    ]
    return Picture(
        _("The means of the six stages: %(means)s.") % {"means": ", ".join(means)},
        [_draw(kind, {"wide": 640, "narrow": 330, "card": 330}[kind], stages) for kind in kinds or ("wide", "narrow")],
    )


def _draw(kind: str, width: int, stages: Stages) -> Drawing:
    step = (width - 22) / 6
    xs = {stage: round(18 + step * (stage - 0.5), 1) for stage in Stage}
    judged = stages.judgement
    mark = f"M{xs[judged.stage] - 8:.1f} 122l8 -9 8 9z" if judged else ""
    return Drawing(
        kind,
        width,
        [(xs[stage], stage) for stage in Stage],
        _dots(stages, 0, xs),
        _dots(stages, 1, xs),
        mark,
        round(18 + step * 4, 1),
        round(18 + step * 2, 1),
        round(18 + step * 5, 1),
    )


def _dots(stages: Stages, number: int, xs: dict[Stage, float]) -> list[Dot]:
    if number >= len(stages.profiles):
        return []
    profile = stages.profiles[number].profile
    return [
        Dot(xs[stage], round(118 - (mean - 1) * 26, 1), mean, (stage in WORKING) == profile.working)
        for stage, mean in zip(Stage, profile.means, strict=True)
        if mean is not None
    ]
