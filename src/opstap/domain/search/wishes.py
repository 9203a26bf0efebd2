"""Why someone looks for other work, and what they wish for and can do, in their own words and a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from opstap.domain.search.faults import Fault, SearchError

#: The most hours a week, and the most minutes of travel one way, that can be written down.
MOST_HOURS, MOST_TRAVEL = 80.0, 240


class Reason(StrEnum):
    """Why someone looks for other work."""

    CONTRACT_ENDED = "contract_ended"
    NOT_EMPLOYED = "not_employed"
    SECOND_TRACK = "second_track"
    OWN_CHOICE = "own_choice"


class Topic(StrEnum):
    """What someone can say about the work they look for, in the order in which it is asked. All of it is optional."""

    WORK = "work"
    TASKS = "tasks"
    CAN = "can"
    PLACE = "place"
    MUST = "must"
    MUST_NOT = "must_not"


@dataclass(frozen=True)
class Wishes:
    """Wishes and possibilities: words by topic, hours a week from and to, weekdays (0 is Monday), minutes one way."""

    words: Mapping[Topic, str] = field(default_factory=dict)
    hours_least: float | None = None
    hours_most: float | None = None
    days: tuple[int, ...] = ()
    travel: int | None = None

    @property
    def said(self) -> list[tuple[Topic, str]]:
        """List what was said, by topic."""
        return [(topic, self.words[topic]) for topic in Topic if self.words.get(topic, "").strip()]


def check_wishes(wishes: Wishes) -> None:
    """Refuse wishes that say nothing or cannot be: hours outside 0 to 80 or the wrong way round, too long a journey."""
    numbers = (wishes.hours_least, wishes.hours_most, wishes.travel)
    if not wishes.said and not wishes.days and all(number is None for number in numbers):
        raise SearchError(Fault.EMPTY, Topic.WORK.value)
    for name, hours in (("hours_least", wishes.hours_least), ("hours_most", wishes.hours_most)):
        if hours is not None and not 0 < hours <= MOST_HOURS:
            raise SearchError(Fault.HOURS, name)
    if wishes.hours_least is not None and wishes.hours_most is not None and wishes.hours_most < wishes.hours_least:
        raise SearchError(Fault.HOURS_ORDER, "hours_most")
    if any(day not in range(7) for day in wishes.days):
        raise SearchError(Fault.DAY, "days")
    if wishes.travel is not None and not 0 <= wishes.travel <= MOST_TRAVEL:
        raise SearchError(Fault.TRAVEL, "travel")
