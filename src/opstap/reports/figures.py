"""The figures of a report, each drawn for a wide and for a narrow column.

Series differ by lightness, mark and dash; lines are labelled at their end; axes of people and percent start at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opstap.reports.drawing import Drawing, nice_step, stroke, wrapped

WIDE, NARROW = 900, 308


def twice(draw: Callable[[str, float], Drawing], name: str) -> tuple[str, str]:
    """Draw for a wide and for a narrow column; each drawing has its own name, since both stand in one page."""
    return draw(f"{name}-wide", WIDE).svg(), draw(f"{name}-narrow", NARROW).svg()


@dataclass(frozen=True)
class Box:
    """A box of the flow of participants: its title, and smaller lines below it."""

    title: str
    lines: tuple[str, ...] = ()


def flow(
    name: str, width: float, finding: str, first: Box, out: Box, second: Box, columns: Sequence[Sequence[Box]]
) -> Drawing:
    """Draw the flow: those referred, those who left the way, those who went on, and what became of them by arm."""
    wide = width > 500
    drawing = Drawing(name, finding, width, 4000)
    if not wide:
        return _flow_narrow(drawing, first, out, second, columns)
    left, box = 230.0, 290.0
    y = _box(drawing, left, 6, box, first)
    out_bottom = _box(drawing, 590, y + 14, 300, out)
    second_top = max(out_bottom + 18, y + 60)
    drawing.arrow([(left + box / 2, y), (left + box / 2, second_top)])
    drawing.arrow([(left + box / 2, y + 34), (590, y + 34)])
    y = _box(drawing, left, second_top, box, second)
    count = max(len(columns), 1)
    each = min(380.0, (width - 20 - 30 * (count - 1)) / count)
    start = 20.0 if count > 1 else left + box / 2 - each / 2
    centres = [
        start + index * (each + (width - 40 - each * count) / max(count - 1, 1)) for index in range(len(columns))
    ]
    bottom = y
    if count > 1:
        drawing.path([(left + box / 2, y), (left + box / 2, y + 20)], "fn ki thin")
        drawing.path([(centres[0] + each / 2, y + 20), (centres[-1] + each / 2, y + 20)], "fn ki thin")
    for x, boxes in zip(centres, columns, strict=True):
        here, above = y + 42, y + 20 if count > 1 else y
        for one in boxes:
            drawing.arrow([(x + each / 2, above), (x + each / 2, here)])
            above = _box(drawing, x, here, each, one)
            here = above + 26
        bottom = max(bottom, above)
    drawing.height = round(bottom + 6)
    return drawing


def _flow_narrow(drawing: Drawing, first: Box, out: Box, second: Box, columns: Sequence[Sequence[Box]]) -> Drawing:
    width = drawing.width
    y = _box(drawing, 4, 4, width - 8, first)
    out_bottom = _box(drawing, 52, y + 14, width - 56, out)
    drawing.arrow([(24, y), (24, out_bottom + 18)])
    drawing.arrow([(24, y + 32), (52, y + 32)])
    y = _box(drawing, 4, out_bottom + 18, width - 8, second)
    for number, boxes in enumerate(columns):
        here = y + (22 if number == 0 else 34)
        for place, one in enumerate(boxes):
            if place or number == 0:
                drawing.arrow([(24, y), (24, here)])
            y = _box(drawing, 4, here, width - 8, one)
            here = y + 18
    drawing.height = round(y + 6)
    return drawing


def _box(drawing: Drawing, x: float, y: float, width: float, box: Box) -> float:
    title = wrapped(box.title, width - 24, 15)
    lines = [part for line in box.lines for part in wrapped(line, width - 24, 12.5)]
    height = 16 * len(title) + 16 * len(lines) + 16
    drawing.rect(x, y, width, height, "fs kr thin", 4)
    for index, text in enumerate([*title, *lines]):
        drawing.text(x + 12, y + 20 + 16 * index, text, "b" if index < len(title) else "sm")
    return y + height


@dataclass(frozen=True)
class Point:
    """A value with its interval at one moment."""

    value: float
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Series:
    """One line of a figure: its name at the end, and a point per moment (None where there is none)."""

    name: str
    points: list[Point | None]


def means(
    name: str,
    width: float,
    finding: str,
    moments: Sequence[str],
    series: Sequence[Series],
    floor: float | None,
    number: Callable[[float, int], str],
) -> Drawing:
    """Draw means with intervals over moments; `floor` is where the axis must start (0 for hours), None for anywhere."""
    height = 320 if width > 500 else 280
    right = 170 if width > 500 else 104
    points = [point for one in series for point in one.points if point is not None]
    low = min(point.low for point in points) if floor is None else min(floor, *(point.low for point in points))
    axis = Axis(low, max(point.high for point in points), 16, height - 34, number=number)
    drawing = Drawing(name, finding, width, height)
    axis.draw(drawing, 44, width - right)
    step = (width - right - 104) / max(len(moments) - 1, 1)
    for index, moment in enumerate(moments):
        lines = wrapped(moment, step if len(moments) > 1 else 200, 12)
        drawing.text(74 + step * index, height - 12, lines[0], "sm m")
    labels: list[tuple[float, str, str, float]] = []
    reach = 6.0 * (len(series) - 1) + 14
    for place in reversed(range(len(series))):
        shift = 6.0 * (2 * place - len(series) + 1)
        kind = f"fn {stroke(place)}"
        spots = [
            (74 + shift + step * index, point) for index, point in enumerate(series[place].points) if point is not None
        ]
        drawing.path([(x, axis.at(point.value)) for x, point in spots], kind, dashed=place > 0)
        for x, point in spots:
            drawing.path([(x, axis.at(point.low)), (x, axis.at(point.high))], kind)
            for end in (point.low, point.high):
                drawing.path([(x - 5, axis.at(end)), (x + 5, axis.at(end))], kind)
            drawing.mark(x, axis.at(point.value), place)
        if spots:
            x, point = spots[-1]
            labels.append(
                (axis.at(point.value), series[place].name, point.label, 74 + step * (len(moments) - 1) + reach)
            )
    end_labels(drawing, labels, right - 26)
    return drawing


def end_labels(drawing: Drawing, labels: list[tuple[float, str, str, float]], room: float) -> None:
    """Write each line's name at its end, moved apart where they would touch."""
    previous = -100.0
    for y, name, value, x in sorted(labels):
        lines = wrapped(name, room, 13)[:2]
        top = max(y + 4 - 8 * (len(lines) - 1), previous + 20)
        for index, line in enumerate(lines):
            drawing.text(x, top + 15 * index, line, "b halo")
        previous = top + 15 * (len(lines) - 1)
        if value:
            previous += 16
            drawing.text(x, previous, value, "sm halo")


@dataclass(frozen=True)
class Steps:
    """A curve of steps with its interval: each value holds from its time on."""

    name: str
    times: list[float]
    values: list[float]
    low: list[float]
    high: list[float]
    end: float


def curves(
    name: str,
    width: float,
    finding: str,
    steps: Sequence[Steps],
    start: float,
    unit: str,
    at_risk: Callable[[float], Sequence[int]] | None = None,
    risk_title: str = "",
) -> Drawing:
    """Draw curves of a share (0 to 1, shown in percent) against days, and below them how many were at risk."""
    height = 340 if width > 500 else 290
    right = 150 if width > 500 else 92
    drawing = Drawing(name, finding, width, height + (26 + 17 * len(steps) if at_risk else 0))
    axis = Axis(0, 100, 14, height - 48, step=25)
    axis.draw(drawing, 44, width - right)
    end = max(one.end for one in steps)
    scale = (width - right - 44) / max(end - start, 1.0)
    tick = nice_step(end - start, 6 if width > 500 else 3)
    day = (start // tick) * tick
    while day <= end:
        if day >= start:
            drawing.text(44 + (day - start) * scale, height - 30, f"{day:.0f}", "sm q m")
            for row, count in enumerate(at_risk(day) if at_risk else ()):
                drawing.text(44 + (day - start) * scale, height + 34 + 17 * row, str(count), "sm m")
        day += tick
    if at_risk:
        drawing.text(14, height + 16, risk_title, "sm q")
        for row, one in enumerate(steps):
            drawing.path(
                [(14, height + 30 + 17 * row), (32, height + 30 + 17 * row)], f"fn {stroke(row)}", dashed=row > 0
            )
            drawing.text(width - right + 8, height + 34 + 17 * row, wrapped(one.name, right - 8, 12)[0], "sm")
    drawing.text(44 + (width - right - 44) / 2, height - 8, unit, "sm m")
    labels: list[tuple[float, str, str, float]] = []
    for number in reversed(range(len(steps))):
        one = steps[number]

        def staircase(values: list[float], one: Steps = one) -> list[tuple[float, float]]:
            points, held = [(44.0, axis.at(0))], 0.0
            for time, value in zip(one.times, values, strict=True):
                x = 44 + (time - start) * scale
                points += [(x, axis.at(100 * held)), (x, axis.at(100 * value))]
                held = value
            return [*points, (44 + (one.end - start) * scale, axis.at(100 * held))]

        drawing.band([*staircase(one.low), *reversed(staircase(one.high))], f"f{min(number, 2) + 1}")
        line = staircase(one.values)
        drawing.path(line, f"fn {stroke(number)}", dashed=number > 0)
        labels.append((line[-1][1], one.name, "", line[-1][0] + 8))
    end_labels(drawing, labels, right - 12)
    return drawing


@dataclass(frozen=True)
class Bar:
    """A share (0 to 1) with its interval, and the words beside it."""

    name: str
    share: float
    low: float | None
    high: float | None
    label: str
    series: int = 0


def bars(name: str, width: float, finding: str, rows: Sequence[Bar]) -> Drawing:
    """Draw shares as bars from zero, with their intervals; the name stands above its bar on a narrow page."""
    beside = width > 500
    left = 260.0 if beside else 0.0
    room = width - left - (150 if beside else 92)
    drawing = Drawing(name, finding, width, 4000)
    y = 4.0
    for row in rows:
        lines = wrapped(row.name, (left or width) - 12)
        if beside:
            # A name of two lines needs the room of one more line than its bar.
            y += 4 * (len(lines) - 1)
            top = y + 13 - 7.5 * (len(lines) - 1)
            for index, line in enumerate(lines):
                drawing.text(0, top + 15 * index, line)
        else:
            for index, line in enumerate(lines):
                drawing.text(0, y + 12 + 15 * index, line, "sm")
            y += 15 * len(lines) + 3
        drawing.rect(left, y, room * row.share, 15, "f1" if row.series == 0 else "f2")
        reach = row.share
        if row.low is not None and row.high is not None:
            reach = row.high
            # Below the bar, so that it is seen on any colour.
            drawing.line(left + room * row.low, y + 19, left + room * row.high, y + 19, "ki")
            for end in (row.low, row.high):
                drawing.line(left + room * end, y + 16, left + room * end, y + 22, "ki")
        drawing.text(left + room * reach + 8, y + 14, row.label, "sm")
        y += 34 if beside else 32
    if beside:
        drawing.line(left, 0, left, y - 8, "axis")
    drawing.height = round(y)
    return drawing


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval, its name and the words beside it."""

    name: str
    estimate: float
    low: float
    high: float
    label: str


def intervals(
    name: str,
    width: float,
    finding: str,
    rows: Sequence[Interval],
    number: Callable[[float, int], str],
    none: float = 0,
) -> Drawing:
    """Draw estimates with their intervals below one another, on one axis; the dotted line stands at `none`."""
    beside = width > 500
    left, right = (300.0, 150.0) if beside else (8.0, 8.0)
    low, high = min(none, *(row.low for row in rows)), max(none, *(row.high for row in rows))
    step = nice_step(high - low, 6 if beside else 4)
    low, high = (low // step) * step, -((-high) // step) * step
    scale = (width - left - right) / max(high - low, step)
    drawing = Drawing(name, finding, width, 4000)
    y = 10.0
    places = []
    for row in rows:
        lines = wrapped(row.name, (left - 20) if beside else width)
        if beside:
            y += 7.5 * (len(lines) - 1)
            for index, line in enumerate(lines):
                drawing.text(0, y + 12 - 7.5 * (len(lines) - 1) + 15 * index, line)
            drawing.text(width - right + 10, y + 12, row.label, "sm")
            places.append(y + 8)
            y += 32 + 7.5 * (len(lines) - 1)
        else:
            for index, line in enumerate([*lines, row.label]):
                drawing.text(0, y + 10 + 15 * index, line, "sm" if index < len(lines) else "sm b")
            y += 15 * (len(lines) + 1)
            places.append(y + 6)
            y += 30
    value = low
    while value <= high + 1e-9:
        x = left + (value - low) * scale
        drawing.line(x, 4, x, y, "grid")
        drawing.text(x, y + 16, number(value, 0 if step >= 1 else 1), "sm q m")
        value += step
    x = left + (none - low) * scale
    drawing.line(x, 0, x, y, "ki thin dot")
    for row, at in zip(rows, places, strict=True):
        ends = [left + (one - low) * scale for one in (row.low, row.high)]
        drawing.line(ends[0], at, ends[1], at, "k1")
        for end in ends:
            drawing.line(end, at - 5, end, at + 5, "k1")
        drawing.mark(left + (row.estimate - low) * scale, at, 0)
    drawing.height = round(y + 24)
    return drawing


@dataclass(frozen=True)
class Agreement:
    """One question on a scale of five: the share at each step among those it applies to, and who it does not."""

    name: str
    shares: list[float]
    not_applicable: float


def agreement(
    name: str, width: float, finding: str, rows: Sequence[Agreement], low: str, high: str, none: str
) -> Drawing:
    """Draw scales as bars around their middle; not applicable hatched and apart, as a share of all."""
    beside = width > 500
    left = 310.0 if beside else 0.0
    apart = 92.0 if beside else 56.0
    below = max(sum(row.shares[:2]) + row.shares[2] / 2 for row in rows)
    above = max(sum(row.shares[3:]) + row.shares[2] / 2 for row in rows)
    scale = (width - left - apart - 14) / max(below + above, 0.01)
    middle = left + below * scale
    column = width - apart
    drawing = Drawing(name, finding, width, 4000)
    drawing.text(middle - 6, 12, low, "sm q e")
    drawing.text(middle + 6, 12, high, "sm q")
    drawing.text(column, 12, none, "sm q")
    y = 24.0
    for row in rows:
        lines = wrapped(row.name, (left - 14) if beside else width)
        if beside:
            top = y + 17 - 7.5 * (len(lines) - 1)
            for index, line in enumerate(lines):
                drawing.text(0, top + 15 * index, line, "sm")
        else:
            for index, line in enumerate(lines):
                drawing.text(0, y + 12 + 15 * index, line, "sm")
            y += 15 * len(lines) + 4
        drawing.line(middle, y - 4, middle, y + 28, "ki thin")
        x = middle - (sum(row.shares[:2]) + row.shares[2] / 2) * scale
        for letter, share in zip("abcde", row.shares, strict=True):
            drawing.rect(x, y, share * scale, 24, f"l-{letter} edge")
            if share * scale > 22:
                drawing.text(x + share * scale / 2, y + 16.5, f"{100 * share:.0f}", f"sm m l-{letter}t")
            x += share * scale
        drawing.hatched(column, y, row.not_applicable * (apart - 30), 24)
        drawing.text(column + row.not_applicable * (apart - 30) + 5, y + 16.5, f"{100 * row.not_applicable:.0f}", "sm")
        y += max(38.0, 15.0 * len(lines) + 8) if beside else 36
    drawing.height = round(y)
    return drawing


class Axis:
    """A vertical axis from the lowest to the highest value, widened to round numbers."""

    def __init__(
        self,
        low: float,
        high: float,
        top: float,
        bottom: float,
        *,
        step: float | None = None,
        number: Callable[[float, int], str] = lambda value, _digits: f"{value:.0f}",
    ) -> None:
        self._step = step or nice_step(high - low)
        self._low = (low // self._step) * self._step
        self._high = self._low
        while self._high < high - 1e-9:
            self._high += self._step
        self._top, self._bottom = top, bottom
        self._digits = 0 if self._step >= 1 else 1 if self._step >= 0.1 else 2
        self._number = number

    def at(self, value: float) -> float:
        """Give the height of a value."""
        return self._bottom - (value - self._low) / (self._high - self._low) * (self._bottom - self._top)

    def draw(self, drawing: Drawing, left: float, right: float) -> None:
        """Draw the grid lines with their numbers."""
        value, first = self._low, True
        while value <= self._high + 1e-9:
            y = self.at(value)
            drawing.line(left, y, right, y, "axis" if first else "grid")
            drawing.text(left - 7, y + 4, self._number(value, self._digits), "sm q e")
            value, first = value + self._step, False
