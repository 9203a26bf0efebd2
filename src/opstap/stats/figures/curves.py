"""Curves over time: Kaplan–Meier with numbers at risk, cumulative incidence, and means at visits.

- Pocock SJ, Clayton TC, Altman DG. Survival plots of time-to-event outcomes in clinical trials: good practice and
  pitfalls. Lancet 2002;359:1686-1689. doi:10.1016/S0140-6736(02)08594-X (numbers at risk below; an interval)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opstap.stats.competing import Incidence
from opstap.stats.design import StatsError
from opstap.stats.figures.canvas import COLOURS, Canvas, Language, decimals, ticks
from opstap.stats.survival import KaplanMeier


@dataclass(frozen=True)
class _Steps:
    name: str
    times: list[float]
    values: list[float]
    low: list[float]
    high: list[float]
    end: float
    at_risk: list[int]


def kaplan_meier(
    curves: Mapping[str, KaplanMeier],
    language: str = "en",
    title: str | None = None,
    unit: str | None = None,
    events: bool = False,
) -> str:
    """Draw Kaplan–Meier curves with bands and numbers at risk; with `events`, the share with the event, rising."""
    start = _start(curves)
    end = max(float(one.times[-1]) for one in curves.values())
    marks = [one for one in ticks(start, end, 6) if start <= one <= end]
    steps = []
    for name, one in curves.items():
        read = one.incidence() if events else None
        values = one.survival if read is None else read.estimate
        low, high = (one.low, one.high) if read is None else (read.low, read.high)
        at_risk = [at.at_risk for at in one.at([mark + 1e-9 for mark in marks])]
        steps.append(_Steps(name, list(one.times), list(values), list(low), list(high), float(one.times[-1]), at_risk))
    label = "Share with the event" if events else "Share without the event"
    return _draw(steps, start, end, marks, 0.0 if events else 1.0, label, language, title, unit)


def _start(curves: Mapping[str, KaplanMeier]) -> float:
    """Where the curves begin: 0, or (all entered later) the first entry."""
    if not curves:
        raise StatsError("There is no curve to draw.")
    first = min(float(one._entry.min()) for one in curves.values())
    return 0.0 if not np.isfinite(first) else max(0.0, first)


def cumulative_incidence(
    curves: Mapping[str, Incidence], language: str = "en", title: str | None = None, unit: str | None = None
) -> str:
    """Draw cumulative incidences with bands and numbers at risk."""
    if not curves:
        raise StatsError("There is no curve to draw.")
    end = max(float(one.times[-1]) for one in curves.values())
    marks = [one for one in ticks(0, end, 6) if one <= end]
    steps = [
        _Steps(
            name,
            list(one.times),
            list(one.estimate),
            list(one.low),
            list(one.high),
            float(one.times[-1]),
            [at.at_risk for at in one.at([mark + 1e-9 for mark in marks])],
        )
        for name, one in curves.items()
    ]
    return _draw(steps, 0.0, end, marks, 0.0, "Share with the event", language, title, unit)


def _draw(
    steps: Sequence[_Steps],
    start: float,
    end: float,
    marks: Sequence[float],
    begin: float,
    label: str,
    language: str,
    title: str | None,
    unit: str | None,
) -> str:
    say = Language(language)
    left, right, top, bottom = 110.0, 720.0, 24.0, 330.0
    canvas = Canvas(title or _told(steps, say(label), say), 900, bottom + 66 + 20 * len(steps))

    def x(time: float) -> float:
        return left + (time - start) / max(end - start, 1e-9) * (right - left)

    def y(share: float) -> float:
        return bottom - share * (bottom - top)

    for percent in (0, 25, 50, 75, 100):
        canvas.line(left, y(percent / 100), right, y(percent / 100), "ax" if percent == 0 else "gr")
        canvas.text(left - 8, y(percent / 100) + 4, f"{percent}%", "s e")
    canvas.text(left - 8, top - 10, say(label), "s q")
    for mark in marks:
        canvas.line(x(mark), bottom, x(mark), bottom + 5)
        canvas.text(x(mark), bottom + 20, say.number(mark, decimals(marks)), "s m")
    canvas.text((left + right) / 2, bottom + 38, unit or say("days"), "s m")
    canvas.text(10, bottom + 38, say("at risk"), "s b")
    ends: list[tuple[float, int]] = []
    for number in reversed(range(len(steps))):
        one = steps[number]
        outline = [
            *_stairs(one.times, one.low, begin, one.end),
            *reversed(_stairs(one.times, one.high, begin, one.end)),
        ]
        canvas.shape([(x(max(t, start)), y(v)) for t, v in outline], COLOURS[number % 4], 0.13)
        points = [(x(max(t, start)), y(v)) for t, v in _stairs(one.times, one.values, begin, one.end)]
        canvas.way(points, number)
        ends.append((points[-1][1], number))
        row = bottom + 58 + 20 * number
        canvas.text(10, row, one.name, "s")
        for mark, count in zip(marks, one.at_risk, strict=True):
            canvas.text(x(mark), row, str(count), "s m")
    previous = -100.0
    for height, number in sorted(ends):
        previous = max(height + 4, previous + 18)
        canvas.mark(right + 16, previous - 4, number, 4.5)
        canvas.text(right + 28, previous, steps[number].name, "b h")
    return canvas.svg()


def _told(steps: Sequence[_Steps], label: str, say: Language) -> str:
    return f"{label}. " + "; ".join(f"{one.name}: {say.number(100 * one.values[-1], 0)}%" for one in steps)


def _stairs(times: list[float], values: list[float], begin: float, end: float) -> list[tuple[float, float]]:
    points, held = [(0.0, begin)], begin
    for time, value in zip(times, values, strict=True):
        known = held if value != value else value
        points += [(time, held), (time, known)]
        held = known
    return [*points, (end, held)]


def trajectories(
    means: Sequence[Mapping[str, Any]],
    arm: str,
    visit: str,
    language: str = "en",
    title: str | None = None,
    label: str = "",
    from_zero: bool = False,
) -> str:
    """Draw means with intervals at visits, a line per arm; `means` as `opstap stats gee` and `mmrm` give them."""
    if not means:
        raise StatsError("There are no means to draw.")
    say = Language(language)
    visits = list(dict.fromkeys(one[visit] for one in means))
    arms = list(dict.fromkeys(one[arm] for one in means))
    known = [one for one in means if one["low"] == one["low"]]
    low = min(0.0 if from_zero else float("inf"), *(one["low"] for one in known))
    marks = ticks(low, max(one["high"] for one in known))
    left, right, top, bottom = 80.0, 700.0, 34.0, 350.0
    told = "; ".join(
        f"{name}: " + ", ".join(f"{one[visit]} {say.number(one['estimate'], 1)}" for one in means if one[arm] == name)
        for name in arms
    )
    canvas = Canvas(title or f"{say('Means with intervals')}. {told}", 900, 400)

    def y(value: float) -> float:
        return bottom - (value - marks[0]) / (marks[-1] - marks[0]) * (bottom - top)

    for mark in marks:
        canvas.line(left, y(mark), right, y(mark), "ax" if mark == marks[0] else "gr")
        canvas.text(left - 8, y(mark) + 4, say.number(mark, decimals(marks)), "s e")
    canvas.text(left - 50, top - 14, label, "s q")
    step = (right - left - 120) / max(len(visits) - 1, 1)
    for place, name in enumerate(visits):
        canvas.text(left + 60 + step * place, bottom + 22, str(name), "s m")
    ends: list[tuple[float, int]] = []
    for number in reversed(range(len(arms))):
        shift = 7.0 * (2 * number - len(arms) + 1)
        spots = [
            (left + 60 + shift + step * visits.index(one[visit]), one) for one in means if one[arm] == arms[number]
        ]
        canvas.way([(x, y(one["estimate"])) for x, one in spots], number)
        for x, one in spots:
            canvas.way([(x, y(one["low"])), (x, y(one["high"]))], 4 * (number // 4) + number % 4, 1.6)
            for end in (one["low"], one["high"]):
                canvas.line(x - 4, y(end), x + 4, y(end))
            canvas.mark(x, y(one["estimate"]), number)
        ends.append((y(spots[-1][1]["estimate"]), number))
    previous = -100.0
    for height, number in sorted(ends):
        previous = max(height + 4, previous + 18)
        canvas.mark(right + 16, previous - 4, number, 4.5)
        canvas.text(right + 28, previous, str(arms[number]), "b h")
    return canvas.svg()
