"""The picture of the two years: a line from the first sick day, with today in it, drawn twice; the table says the same.

What is done is filled with a tick, what comes an open ring, what passed without a mark a diamond. A right that opens
is drawn where it opens. The wide drawing lies, its words above and below in rows that do not touch; the narrow stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language

from opstap.domain.statute import Deadline, Mark, Picture, State, Timeline

WIDE, LEFT, RIGHT, LINE = 1118, 10, 1100, 92
ROW = 34
#: Rows of words above and below the line.
ROWS = 3
#: About how wide a letter of a label is; a label that might touch its neighbour goes a row further.
LETTER = 6.7
NARROW, GAP = 340, 46


@dataclass(frozen=True)
class Label:
    """One term on a drawing: its mark, its words, and where they stand."""

    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    words: str
    when: str
    state: State
    uncertain: bool

    @property
    def below(self) -> bool:
        """Tell whether the words stand below the mark."""
        return self.text_y > self.y


@dataclass(frozen=True)
class Band:
    """One stretch of the line: where it begins and how long it is, its name, and which of two fills it has."""

    start: float
    length: float
    words: str
    odd: bool


@dataclass(frozen=True)
class Line:
    """One drawing of the line in its own units: `past` is how far today is along it (None: outside)."""

    width: int
    height: float
    base: float
    bands: list[Band] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    today: float | None = None


@dataclass(frozen=True)
class TwoYears:
    """Both drawings, and the terms of the table in order of date."""

    first_day: date
    today: date
    weeks: int | None
    wide: Line
    narrow: Line
    rows: list[Deadline]


def two_years(drawn: Picture | None, timeline: Timeline | None) -> TwoYears | None:
    """Draw the line; None where there is nothing to draw."""
    if drawn is None or timeline is None or drawn.days <= 0:
        return None
    return TwoYears(
        first_day=drawn.first_sick_day,
        today=timeline.on,
        weeks=None if drawn.today is None else drawn.today // 7 + 1,
        wide=_wide(drawn),
        narrow=_narrow(drawn),
        rows=[one for one in timeline.deadlines if one.state is not State.LAPSED],
    )


def _words(mark: Mark) -> str:
    return mark.title.in_(get_language() or "")


def _when(picture: Picture, mark: Mark) -> str:
    return date_format(picture.first_sick_day + timedelta(days=mark.day), "j M Y").lower()


def _wide(picture: Picture) -> Line:
    scale = (RIGHT - LEFT) / picture.days

    def x(day: float) -> float:
        return round(LEFT + day * scale, 1)

    above, below = _Rows(), _Rows()
    if picture.today is not None:
        # The word for today stands right above the line.
        above.take(0, x(picture.today) - 36, x(picture.today) + 36)
    labels = []
    for number, mark in enumerate(picture.marks):
        words, when, at = _words(mark), _when(picture, mark), x(mark.day)
        width = LETTER * max(len(words), len(when)) + 14
        anchor, start = ("start", at) if at + width <= WIDE else ("end", at - width)
        first, second = (above, below) if number % 2 == 0 else (below, above)
        row, side = first.place(start, start + width), first
        if row is None:
            row, side = second.place(start, start + width), second
        if row is None:
            # No room for its words: the mark itself stays, and the table names it.
            labels.append(Label(at, LINE + 7, at, LINE + 7, anchor, "", "", mark.state, _uncertain(mark)))
            continue
        y = LINE - 24 - ROW * row if side is above else LINE + 34 + ROW * row
        labels.append(Label(at, LINE + 7, at, y, anchor, words, when, mark.state, _uncertain(mark)))
    deepest = max((one.text_y for one in labels), default=LINE)
    highest = min((one.text_y for one in labels if one.words), default=LINE)
    up = max(0.0, 34 - highest)
    height = max(LINE + 40, deepest + 22) + up
    return _moved(
        Line(
            WIDE, height, LINE,
            bands=_bands(picture, x, scale),
            pauses=[(x(start), round((end - start) * scale, 1)) for start, end in picture.interruptions],
            labels=labels,
            today=None if picture.today is None else x(picture.today),
        ),
        up,
    )  # fmt: skip


def _bands(picture: Picture, at: Callable[[float], float], scale: float) -> list[Band]:
    language = get_language() or ""
    return [
        Band(at(one.start), round((one.end - one.start) * scale, 1), one.title.in_(language), bool(number % 2))
        for number, one in enumerate(picture.stretches)
    ]


def _moved(line: Line, down: float) -> Line:
    labels = [
        Label(one.x, one.y + down, one.text_x, one.text_y + down, one.anchor, one.words, one.when, one.state,
              one.uncertain)
        for one in line.labels
    ]  # fmt: skip
    return Line(line.width, line.height, line.base + down, line.bands, line.pauses, labels, line.today)


class _Rows:
    """Rows of words on one side of the line, and what is taken in each."""

    def __init__(self) -> None:
        self.taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]

    def take(self, row: int, start: float, end: float) -> None:
        self.taken[row].append((start, end))

    def place(self, start: float, end: float) -> int | None:
        """Take the first row with room; a row further out must also leave the leader of its mark free."""
        for row, taken in enumerate(self.taken):
            if all(end < other_start or start > other_end for other_start, other_end in taken):
                self.take(row, start, end)
                return row
        return None


def _narrow(picture: Picture) -> Line:
    """Stand the line up: words beside it from top to bottom, moved down where two would touch."""
    height = max(420.0, GAP * (len(picture.marks) + 2))
    top, bottom = 20.0, height - 24
    scale = (bottom - top) / picture.days

    def y(day: float) -> float:
        return round(top + day * scale, 1)

    labels: list[Label] = []
    # Spread from the end upwards first, so that the words of the last terms stay on the drawing.
    places = [y(mark.day) for mark in picture.marks]
    for number in range(len(places) - 1, -1, -1):
        limit = bottom if number == len(places) - 1 else places[number + 1] - GAP
        places[number] = min(places[number], limit)
    for number in range(len(places)):
        floor = top if number == 0 else places[number - 1] + GAP
        places[number] = max(places[number], floor)
    for mark, place in zip(picture.marks, places, strict=True):
        labels.append(
            Label(27, y(mark.day), 66, round(place, 1), "start", _words(mark), _when(picture, mark), mark.state,
                  _uncertain(mark))
        )  # fmt: skip
    return Line(
        NARROW, height, 20,
        bands=_bands(picture, y, scale),
        pauses=[(y(start), round((end - start) * scale, 1)) for start, end in picture.interruptions],
        labels=labels,
        today=None if picture.today is None else y(picture.today),
    )  # fmt: skip


def _uncertain(mark: Mark) -> bool:
    return mark.certainty != "settled"
