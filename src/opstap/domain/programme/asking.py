"""What is asked of someone at a time: at most three things, in an order that holds everywhere; the rest waits.

The order and the days are our own choice (certainty M): no source settles how much may be asked of a tired person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Asks(StrEnum):
    """One kind of thing that is asked, in order of priority.

    Consent comes first, since nothing else may happen without it; then the questionnaire, whose window closes; then
    what others wait for; what only helps oneself comes last.
    """

    CONSENT = "consent"
    QUESTIONNAIRE = "questionnaire"
    PLAN = "plan"
    CLOSING = "closing"
    SESSION = "session"
    ADJUSTMENT = "adjustment"
    LETTER = "letter"
    APPLICATION = "application"
    LOOKING_BACK = "looking_back"


#: At most so many things are asked at a time.
AT_MOST = 3
#: What can be done for only so many days more comes before everything else.
NEAR_DAYS = 3

_ORDER = list(Asks)


@dataclass(frozen=True)
class Open:
    """One thing that is open: its kind, which one, the last day on which it can be done (None: no such day)."""

    kind: Asks
    ref: str
    last: date | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked now, and what waits; both in order."""

    now: tuple[Open, ...]
    later: tuple[Open, ...]


def ask(things: Iterable[Open], today: date) -> Asked:
    """Choose what is asked now: what can soon no longer be done, then by kind, the nearest last day first.

    A consent comes before all of it. Things alike keep the order in which they came.
    """
    ordered = sorted(things, key=lambda one: _rank(one, today))
    return Asked(tuple(ordered[:AT_MOST]), tuple(ordered[AT_MOST:]))


def _rank(one: Open, today: date) -> tuple[bool, bool, int, date]:
    near = one.last is not None and (one.last - today).days <= NEAR_DAYS
    return (one.kind is not Asks.CONSENT, not near, _ORDER.index(one.kind), one.last or date.max)
