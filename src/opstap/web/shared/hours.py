"""The picture of a plan: hours agreed as an outline over a pale fill, hours worked solid, today in lamplight.

Drawn twice, for a wide and a narrow column, at one unit per pixel; the sentence and the table say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from opstap.domain.work.weeks import Week


@dataclass(frozen=True)
class Bar:
    """One week's bar of hours worked; `now` is the running week, drawn hatched."""

    x: float
    y: float
    width: float
    height: float
    now: bool


@dataclass(frozen=True)
class Rise:
    """Where the agreed hours change: the corner of the outline, and the hours from there; `ahead` is still to come."""

    x: float
    y: float
    low: float
    hours: float
    ahead: bool


@dataclass(frozen=True)
class Drawing:
    """One drawing at a fixed width: paths, bars and labels in its own units."""

    kind: str
    width: int
    height: int
    area: str = ""
    line: str = ""
    base: float = 0
    contract_y: float = 0
    bars: list[Bar] = field(default_factory=list)
    grid: list[tuple[float, int]] = field(default_factory=list)
    labels: list[tuple[float, date]] = field(default_factory=list)
    today_x: float | None = None
    rises: list[Rise] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Where the drawing's field ends."""
        return self.width - 10


@dataclass(frozen=True)
class Picture:
    """A plan's picture: its drawings, its weeks as a table, and the contract."""

    weeks: list[Week]
    contract: float
    today: date
    drawings: list[Drawing]

    @property
    def this_week(self) -> Week | None:
        """The running week, when the picture has it."""
        return next((week for week in self.weeks if 0 <= (self.today - week.monday).days < 7), None)

    @property
    def first(self) -> Week:
        """The first week that is shown."""
        return self.weeks[0]

    @property
    def last(self) -> Week:
        """The last week that is shown."""
        return self.weeks[-1]


def picture(weeks: Sequence[Week], contract: float, today: date, *, width: int = 690) -> Picture | None:
    """Draw a plan for a column of this width, and for a narrow one; None when there is nothing to draw."""
    if not weeks or contract <= 0:
        return None
    drawings = [_draw("wide", width, 240, weeks, contract, today), _draw("narrow", 358, 220, weeks, contract, today)]
    return Picture(list(weeks), contract, today, drawings)


def _draw(kind: str, width: int, height: int, weeks: Sequence[Week], contract: float, today: date) -> Drawing:
    left, top, base = 26.0, 32.0, height - 28.0
    step = (width - 10 - left) / len(weeks)
    most = max([contract, *(week.worked or 0 for week in weeks), *(week.agreed or 0 for week in weeks)])

    def y(hours: float) -> float:
        return round(base - (base - top) * hours / most, 1)

    def x(number: float) -> float:
        return round(left + step * number, 1)

    points: list[str] = []
    line: list[str] = []
    for number, week in enumerate(weeks):
        if week.agreed is None:
            continue
        if not points:
            points.append(f"M{x(number)} {base}")
            line.append(f"M{x(number)} {y(week.agreed)}")
        points += [f"V{y(week.agreed)}", f"H{x(number + 1)}"]
        line += [f"V{y(week.agreed)}", f"H{x(number + 1)}"]
    bars = [
        Bar(x(number + 0.22), y(week.worked), round(step * 0.56, 1), round(base - y(week.worked), 1), _now(week, today))
        for number, week in enumerate(weeks)
        if week.worked
    ]
    every = max(1, round(len(weeks) / (9 if kind == "wide" else 5)))
    marks = [(x(number + 0.5), week.monday) for number, week in enumerate(weeks) if number % every == 0]
    today_x = next((x(n + ((today - w.monday).days + 0.5) / 7) for n, w in enumerate(weeks) if _now(w, today)), None)
    tick = 8 if most > 16 else 4
    rises: list[Rise] = []
    for number, week in enumerate(weeks):
        before = weeks[number - 1].agreed if number else None
        if week.agreed is not None and week.agreed != before:
            low = y(before or 0) if number else y(week.agreed)
            # On a narrow drawing a figure stands only where the one before leaves room for it.
            if not rises or x(number) - rises[-1].x >= 22:
                rises.append(Rise(x(number), y(week.agreed), low, week.agreed, week.monday > today))
    return Drawing(
        kind, width, height, f"{''.join(points)}V{base}Z" if points else "", "".join(line), base, y(contract),
        bars, [(y(hours), hours) for hours in range(tick, int(most) + 1, tick)], marks, today_x, rises,
    )  # fmt: skip


def _now(week: Week, today: date) -> bool:
    return 0 <= (today - week.monday).days < 7
