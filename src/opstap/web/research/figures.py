"""The figures of the progress page, as places on paper: the templates write them as SVG, one unit to a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from opstap.acts.sight.progress import Late, SiteProgress, Step, StudyProgress
from opstap.web.research import words

ROW, BAR = 40, 24


@dataclass(frozen=True)
class Bar:
    """One step of the funnel: its words, its number, and where it is drawn."""

    label: Any
    count: int
    y: int
    width: float
    after: float


@dataclass(frozen=True)
class Funnel:
    """The funnel for one width of the column."""

    left: int
    width: int
    height: int
    bars: list[Bar]
    target_x: float | None


@dataclass(frozen=True)
class Tick:
    """A grid line with its number or month."""

    at: float
    label: Any


@dataclass(frozen=True)
class Curve:
    """How inclusion grew, against the target, for one width of the column."""

    width: int
    height: int
    left: int
    right: float
    top: float
    bottom: float
    path: str
    x: float
    y: float
    ahead: str
    target_y: float
    levels: list[Tick]
    months: list[Tick]


@dataclass(frozen=True)
class Window:
    """The time in which a questionnaire can be handed in, on a scale of days around today."""

    late: Late
    x: float
    width: float
    due_x: float
    today_x: float


@dataclass(frozen=True)
class Drawn:
    """A study with its figures."""

    study: StudyProgress
    steps: list[tuple[Any, int]]
    sites: list[SiteProgress]
    wide: Funnel
    narrow: Funnel
    curve_wide: Curve | None
    curve_narrow: Curve | None
    late: list[Window]
    left_over: int
    queries: int


def said(step: Step) -> Any:
    """Give the words of a step."""
    return step.title or words.FUNNEL[step.key]


def draw(study: StudyProgress, today: date, queries: int = 0) -> Drawn:
    """Draw everything of one study; `queries` is how many wait for the site."""
    return Drawn(
        study=study,
        steps=[(said(step), step.count) for step in study.funnel],
        sites=study.sites,
        wide=_funnel(study, 510, 128),
        narrow=_funnel(study, 308, 104),
        curve_wide=_curve(study, today, 510, 300),
        curve_narrow=_curve(study, today, 308, 240),
        late=[_window(late, today) for late in study.late],
        left_over=study.late_in_all - len(study.late),
        queries=queries,
    )


def _funnel(study: StudyProgress, width: int, left: int) -> Funnel:
    room = width - left - 48
    most = max([step.count for step in study.funnel] + [study.target])
    bars = [
        Bar(
            said(step),
            step.count,
            number * ROW,
            round(room * step.count / most, 1),
            round(left + room * step.count / most + 8, 1),
        )
        for number, step in enumerate(study.funnel)
    ]
    return Funnel(left, width, len(bars) * ROW, bars, round(left + room * study.target / most, 1))


def _curve(study: StudyProgress, today: date, width: int, height: int) -> Curve | None:
    """Draw the months so far, and the way to the target at the present pace; None while nobody was included."""
    if not study.months:
        return None
    left, right, top, bottom = 36, width - 14, 36.0, height - 34.0
    first = study.months[0].first
    last = max(today, study.reached_on or today) + timedelta(days=20)
    span = (last - first).days
    most = max(study.target, study.included)

    def x(day: date) -> float:
        return round(left + (right - left) * (day - first).days / span, 1)

    def y(count: float) -> float:
        return round(bottom - (bottom - top) * count / most, 1)

    points = [(x(first), y(0))]
    for month in study.months:
        end = min((month.first + timedelta(days=32)).replace(day=1), today)
        points.append((x(end), y(month.included)))
    path = "M" + " L".join(f"{px} {py}" for px, py in points)
    here = points[-1]
    ahead = f"M{here[0]} {here[1]}L{x(study.reached_on)} {y(study.target)}" if study.reached_on else ""
    every = max(1, round(span / 30.4 / (5 if width > 400 else 3)))
    months, at = [], first
    while at <= last:
        months.append(Tick(x(at), at))
        for _month in range(every):
            at = (at + timedelta(days=32)).replace(day=1)
    levels = [Tick(y(most * part / 4), round(most * part / 4)) for part in range(5)]
    return Curve(
        width, height, left, right, top, bottom, path, *here, ahead, y(study.target), levels,
        [month for month in months if month.at < right - 24],
    )  # fmt: skip


def _window(late: Late, today: date) -> Window:
    """Place a window on 200 units for the days from 60 before today to 60 after."""

    def x(day: date) -> float:
        return min(200.0, max(0.0, 100 + (day - today).days * 100 / 60))

    begin = x(late.opens_on)
    return Window(late, round(begin, 1), round(x(late.closes_on) - begin, 1), round(x(late.due_on), 1), 100)
