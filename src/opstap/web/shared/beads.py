"""The picture of a diary: one bead per note, above the line what gave energy, below it what cost.

Drawn for a wide and a narrow column at one unit per pixel; the sentence and the list say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opstap.domain.programme.energy import Day
from opstap.web.shared.guidance import listed

#: More beads than this on one side of one day are given as a number.
MOST = 6


@dataclass(frozen=True)
class Bead:
    """One bead at its place; `plus` and `bang` are the strokes drawn over it, empty where there are none."""

    y: float
    plus: str = ""
    bang: str = ""


@dataclass(frozen=True)
class Column:
    """The beads of one day, with what did not fit, and its label."""

    x: float
    day: date
    today: bool
    gave: list[Bead]
    cost: list[Bead]
    more_gave: int
    more_cost: int


@dataclass(frozen=True)
class Drawing:
    """One drawing at a fixed width."""

    kind: str
    width: int
    height: int
    radius: float
    axis: float
    columns: list[Column]
    half: float
    foot: float

    @property
    def end(self) -> int:
        """Where the line in the middle ends."""
        return self.width - 8

    @property
    def open(self) -> float:
        """The radius of an open bead, whose line is drawn around it."""
        return self.radius - 1

    @property
    def ring(self) -> float:
        """The radius of the ring around a bead that was too much."""
        return self.radius + 1

    @property
    def shade(self) -> float:
        """The left edge of today's column."""
        return round(self.columns[-1].x - self.half, 1)

    @property
    def span(self) -> float:
        """The width of today's column."""
        return round(self.half * 2, 1)

    @property
    def top(self) -> float:
        """Where a number above the beads stands."""
        return 16

    @property
    def low(self) -> float:
        """Where a number below the beads stands."""
        return round(self.foot - 26, 1)

    @property
    def shade_height(self) -> float:
        """The height of today's column."""
        return round(self.foot - 24, 1)

    @property
    def pill(self) -> float:
        """The upper edge of today's mark."""
        return round(self.foot - 16, 1)

    @property
    def label(self) -> float:
        """The line on which the days are named."""
        return round(self.foot - 1, 1)

    @property
    def date(self) -> float:
        """The line on which the dates stand."""
        return round(self.foot + 15, 1)


@dataclass(frozen=True)
class Beads:
    """A diary's picture: its finding in words, its drawings, and its days as a list."""

    finding: str
    days: Sequence[Day]
    drawings: list[Drawing]
    name: str


_SIZES = {"wide": (490, 12.0, 30.0), "narrow": (308, 9.5, 24.0), "card": (308, 9.5, 24.0)}


def beads(days: Sequence[Day], *kinds: str, name: str = "beads") -> Beads:
    """Draw days, the last of which is today; `kinds` are wide, narrow, or card for a place of one size."""
    return Beads(finding(days), days, [_draw(kind, days) for kind in kinds or ("wide", "narrow")], name)


def _draw(kind: str, days: Sequence[Day]) -> Drawing:
    width, radius, step = _SIZES[kind]
    up = min(MOST, max(2, *(day.gave for day in days)))
    down = min(MOST, max(2, *(day.cost for day in days)))
    more_up = 20.0 if any(day.gave > MOST for day in days) else 0.0
    more_down = 20.0 if any(day.cost > MOST for day in days) else 0.0
    axis = round(8 + more_up + up * step + 6, 1)
    foot = round(axis + 6 + down * step + more_down + 26, 1)
    wide = (width - 16) / len(days)
    columns = [
        _column(round(8 + wide * (number + 0.5), 1), day, number == len(days) - 1, axis, step, radius)
        for number, day in enumerate(days)
    ]
    return Drawing(kind, width, int(foot + 26), radius, axis, columns, round(wide / 2 - 2, 1), foot)


def _column(x: float, day: Day, today: bool, axis: float, step: float, radius: float) -> Column:
    gave = [round(axis - 6 - step * (number + 0.5), 1) for number in range(min(MOST, day.gave))]
    cost = [round(axis + 6 + step * (number + 0.5), 1) for number in range(min(MOST, day.cost))]
    arm = round(radius * 0.42, 1)
    # What was too much hangs lowest, so that it stands out and is never hidden behind the number.
    calm = max(0, len(cost) - day.too_much)
    return Column(
        x,
        day.on,
        today,
        [Bead(y, plus=f"M{x - arm:.1f} {y}H{x + arm:.1f}M{x} {y - arm:.1f}V{y + arm:.1f}") for y in gave],
        [
            Bead(y, bang=f"M{x} {y - radius * 0.5:.1f}V{y + radius * 0.1:.1f}M{x} {y + radius * 0.48:.1f}v.1")
            if number >= calm
            else Bead(y)
            for number, y in enumerate(cost)
        ],
        day.gave - len(gave),
        day.cost - len(cost),
    )


def finding(days: Sequence[Day]) -> str:
    """Say what the days show, in at most two sentences."""
    gave, cost = sum(day.gave for day in days), sum(day.cost for day in days)
    if not gave and not cost:
        return _("There are no notes in these days yet.")
    heavy = [str(WEEKDAYS[day.on.weekday()]) for day in days[-7:] if day.too_much]
    light = [str(WEEKDAYS[day.on.weekday()]) for day in days[-7:] if day.gave > day.cost and not day.too_much]
    said = []
    if heavy:
        said.append(_("On %(days)s it was too much.") % {"days": listed(heavy)})
    if light:
        said.append(_("On %(days)s more gave energy than cost it.") % {"days": listed(light)})
    if not said:
        cost_words = ngettext("%(n)d time", "%(n)d times", cost) % {"n": cost}
        gave_words = ngettext("%(n)d time", "%(n)d times", gave) % {"n": gave}
        said.append(
            _("In these days something cost energy %(cost)s, and gave energy %(gave)s.")
            % {"cost": cost_words, "gave": gave_words}
        )
    return " ".join(said)
