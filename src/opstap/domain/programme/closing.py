"""The end of the programme: looking back, points of attention, and the days of aftercare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Side(StrEnum):
    """Whose words they are: looking back is done by both, side by side."""

    OWN = "own"
    CARE = "care"


#: What each looks back on, in the order in which it is asked.
QUESTIONS = ("helped", "not_helped", "next")

#: At most so many points of attention: more is not remembered. Our own choice (certainty M).
MOST_POINTS = 5


@dataclass(frozen=True)
class Point:
    """A point of attention: the sign to watch, what to do then, and whom to call."""

    sign: str
    do: str = ""
    call: str = ""


def points_of(rows: Sequence[tuple[str, str, str]]) -> tuple[Point, ...]:
    """Read points of attention, empty rows left out.

    ValueError for a row that says what to do and not at which sign, and for more than `MOST_POINTS`.
    """
    points = []
    for row in rows:
        sign, do, call = (" ".join(words.split()) for words in row)
        if sign:
            points.append(Point(sign, do, call))
        elif do or call:
            raise ValueError("sign")
    if len(points) > MOST_POINTS:
        raise ValueError("many")
    return tuple(points)


def aftercare_days(weeks: Sequence[int], since: date, today: date) -> tuple[date, ...]:
    """Give the days on which aftercare falls, so many weeks after `since`; days that have passed are left out."""
    days = (since + timedelta(weeks=number) for number in weeks)
    return tuple(day for day in days if day > today)


#: So many days before its day, a contact of aftercare comes to the front. Our own choice (certainty M).
NOTICE = timedelta(days=7)


def is_due(day: date, today: date) -> bool:
    """Tell whether a planned contact of aftercare asks for attention."""
    return day - NOTICE <= today
