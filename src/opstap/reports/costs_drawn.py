"""Three figures of an economic evaluation: the plane, the acceptability curve with its frontier, the tornado."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from opstap.reports.drawing import Drawing, nice_step, wrapped
from opstap.reports.figures import Axis, end_labels
from opstap.stats.design import Array

Number = Callable[[float, int], str]
#: Points drawn of the replicates; all of them would be one blot, and a heavy page.
POINTS = 500


def plane(
    name: str, width: float, finding: str, pairs: Array, estimate: tuple[float, float], wtp: float, number: Number,
    x_title: str, y_title: str, wtp_title: str,
) -> Drawing:  # fmt: skip
    """Draw replicates (2 × B; cost, effect) with the ellipse that holds 95% of their normal, and a threshold."""
    height = 430 if width > 500 else 340
    drawing = Drawing(name, finding, width, height)
    step = max(1, pairs.shape[1] // POINTS)
    shown = pairs[:, ::step][:, :POINTS]
    ring = _ellipse(pairs)
    low, high = (
        np.minimum(0, np.minimum(shown.min(1), ring.min(1))),
        np.maximum(0, np.maximum(shown.max(1), ring.max(1))),
    )
    axis = Axis(low[0], high[0], 26, height - 52, number=number)
    left, right = 66.0, width - 16
    axis.draw(drawing, left, right)
    tick = nice_step(float(high[1] - low[1]), 5 if width > 500 else 3)
    first, last = float(low[1] // tick * tick), float(-(-high[1] // tick) * tick)

    def across(effect: float) -> float:
        return left + (effect - first) / (last - first) * (right - left)

    digits = 0 if tick >= 1 else 1 if tick >= 0.1 else 2 if tick >= 0.01 else 3
    for place in range(round((last - first) / tick) + 1):
        value = first + place * tick
        drawing.line(across(value), 26, across(value), height - 52, "grid")
        drawing.text(across(value), height - 34, number(value, digits), "sm q m")
    drawing.line(left, axis.at(0), right, axis.at(0), "ki thin")
    drawing.line(across(0), 26, across(0), height - 52, "ki thin")
    for cost, effect in shown.T:
        drawing.rect(across(effect) - 1.2, axis.at(cost) - 1.2, 2.4, 2.4, "f1")
    drawing.path([(across(effect), axis.at(cost)) for cost, effect in ring.T], "fn k2")
    _threshold(drawing, axis, across, (first, last), (26, height - 52), wtp, wtp_title)
    drawing.mark(across(estimate[1]), axis.at(estimate[0]), 1)
    drawing.text(0, 14, y_title, "sm")
    drawing.text((left + right) / 2, height - 12, x_title, "sm m")
    return drawing


def _ellipse(pairs: Array) -> Array:
    middle, covariance = pairs.mean(axis=1), np.cov(pairs)
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, 61)
    circle = np.sqrt(5.991464547107979) * np.stack([np.cos(angle), np.sin(angle)])
    return middle[:, None] + vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle)


def _threshold(
    drawing: Drawing, axis: Axis, across: Callable[[float], float], ends: tuple[float, float],
    room: tuple[float, float], wtp: float, title: str,
) -> None:  # fmt: skip
    """Draw the line through the origin on which net benefit is nil, as far as it lies in the picture."""
    inside = [
        (across(effect), axis.at(wtp * effect))
        for effect in np.linspace(*ends, 400)
        if room[0] <= axis.at(wtp * effect) <= room[1]
    ]
    if len(inside) < 2:
        return
    drawing.path([inside[0], inside[-1]], "fn ki thin", dashed=True)
    x, y = inside[-1]
    drawing.text(min(x, drawing.width - 20) - 4, max(y - 6, 22), title, "sm q e halo")


def acceptability(
    name: str, width: float, finding: str, wtp: Sequence[float], chance: Sequence[float], frontier: Sequence[float],
    marks: Sequence[float], arm: str, number: Number, x_title: str,
) -> Drawing:  # fmt: skip
    """Draw the chance (0 to 1) at each willingness to pay, and dashed that of the better arm, dotted the thresholds."""
    height = 330 if width > 500 else 290
    drawing = Drawing(name, finding, width, height)
    right = 190.0 if width > 500 else 96.0
    axis = Axis(0, 100, 14, height - 56, step=25)
    left, end = 44.0, width - right
    axis.draw(drawing, left, end)
    most = max(wtp)
    tick = nice_step(most, 5 if width > 500 else 3)

    def across(value: float) -> float:
        return left + value / most * (end - left)

    for place in range(int(most / tick + 1e-9) + 1):
        drawing.text(across(place * tick), height - 38, number(place * tick, 0), "sm q m")
    for value in marks:
        drawing.line(across(value), 14, across(value), height - 56, "ki thin dot")
    lines = [[(across(x), axis.at(100 * y)) for x, y in zip(wtp, ys, strict=True)] for ys in (chance, frontier)]
    drawing.path(lines[1], "fn k2", dashed=True)
    drawing.path(lines[0], "fn k1")
    drawing.text(left + (end - left) / 2, height - 14, x_title, "sm m")
    end_labels(drawing, [(lines[0][-1][1], arm, "", end + 8)], right - 12)
    return drawing


@dataclass(frozen=True)
class Swing:
    """One value moved: its name, what it was moved to, and the net benefit there."""

    name: str
    low: str
    high: str
    at_low: float
    at_high: float


def tornado(name: str, width: float, finding: str, base: float, rows: Sequence[Swing], number: Number) -> Drawing:
    """Draw the net benefit at both ends of each value, the widest on top, around that of the plan."""
    beside = width > 500
    left = 250.0 if beside else 8.0
    room = (left + 70, width - 80) if beside else (60.0, width - 60)
    values = [base, *(one.at_low for one in rows), *(one.at_high for one in rows)]
    low, high = min(values), max(values)
    scale = (room[1] - room[0]) / max(high - low, 1e-9)
    drawing = Drawing(name, finding, width, 4000)

    def across(value: float) -> float:
        return room[0] + (value - low) * scale

    y = 8.0
    for one in sorted(rows, key=lambda row: -abs(row.at_high - row.at_low)):
        lines = wrapped(one.name, (left - 12) if beside else width)
        above = 15.0 * (len(lines) - 1) / 2 if beside else 15.0 * len(lines) + 4
        for place, line in enumerate(lines):
            drawing.text(0, y + (15 if beside else 12) + 15 * place, line, "sm")
        y += above
        ends = sorted([(one.at_low, one.low), (one.at_high, one.high)])
        # Two words on one side would stand in each other's way: then the further one stands alone.
        sides = [value < base - 1e-9 * scale for value, _said in ends]
        for side, ((value, said), kind) in enumerate(zip(ends, ("f2", "f1"), strict=True)):
            start, stop = sorted((across(value), across(base)))
            drawing.rect(start, y, stop - start, 20, kind)
            if sides[0] != sides[1] or side == (0 if sides[0] else 1):
                drawing.text(across(value) + (-6 if sides[side] else 6), y + 15, said, "sm e" if sides[side] else "sm")
        drawing.line(across(base), y - 4, across(base), y + 24, "ki thin")
        y += 34 + (above if beside else 0)
    tick = nice_step(high - low, 4 if beside else 2)
    value = -(-low // tick) * tick
    while value <= high + 1e-9:
        drawing.text(across(value), y + 16, number(value, 0), "sm q m")
        value += tick
    drawing.height = round(y + 24)
    return drawing
