"""The dose of a programme, and early signs that it goes the way such programmes so often go.

The slides of Rentree found too many talks at the beginning and too few during resumption; trials of such programmes
deliver about half of their dose, and speak with an employer in one case of ten. None of these sources gives a number
at which to speak up: the numbers in `Rules` are our own judgement (certainty M), to be set by who runs a programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from opstap.domain.months import add_months


class Sign(StrEnum):
    """Something about the pace that deserves a look; never a verdict."""

    #: Most of the talks have been used while most of the time lies ahead.
    SPENT_EARLY = "spent_early"
    #: The hours still build up, and no talk is left for it.
    NONE_LEFT = "none_left"
    #: Most of the time has gone, and most of the talks are still unused.
    BEHIND = "behind"
    #: The hours build up, and there has been no talk for a while.
    RESUMES_ALONE = "resumes_alone"
    #: Nobody has spoken with the workplace yet.
    NO_WORKPLACE = "no_workplace"


@dataclass(frozen=True)
class Rules:
    """When a sign is given. Shares are of the whole (0 to 1), weeks are calendar weeks. Certainty M: own judgement."""

    #: How far the share of talks used may run ahead of, or lag behind, the share of time gone.
    apart: float = 0.3
    #: After how many weeks without a talk a build-up of hours counts as made alone.
    alone_weeks: int = 4
    #: After how many weeks in the programme the workplace should have been spoken with.
    workplace_weeks: int = 8


RULES = Rules()


@dataclass(frozen=True)
class Course:
    """What the signs are read from.

    `limit` and `months` are the protocol's (None: it sets none); `held` the days of talks that took place, `coming`
    the days of those planned; `build_up` the first and the last step of the plan that is agreed; `workplace` whether
    there is a workplace and whether it has been spoken with (None: there is none, or it was not let in).
    """

    started: date
    limit: int | None
    months: int | None
    held: tuple[date, ...]
    coming: tuple[date, ...] = ()
    build_up: tuple[date, date] | None = None
    workplace_spoken: bool | None = None


@dataclass(frozen=True)
class Dose:
    """How much was delivered: talks `held` of `limit`, whole weeks left (None: no end), and the signs."""

    held: int
    limit: int | None
    weeks_left: int | None
    signs: tuple[Sign, ...]

    @property
    def left(self) -> int | None:
        """Count the talks that are left; None where the protocol sets no limit."""
        return None if self.limit is None else max(0, self.limit - self.held)


def dose(course: Course, today: date, rules: Rules = RULES) -> Dose:
    """Reckon the dose on a day, with the signs that hold, in the order of `Sign`."""
    ends = add_months(course.started, course.months) if course.months else None
    left = None if ends is None else max(0, (ends - today).days // 7)
    return Dose(len(course.held), course.limit, left, tuple(_signs(course, today, ends, rules)))


def _signs(course: Course, today: date, ends: date | None, rules: Rules) -> list[Sign]:
    signs = []
    if course.limit and ends is not None:
        gone = min(1.0, (today - course.started).days / (ends - course.started).days)
        used = len(course.held) / course.limit
        if used - gone > rules.apart:
            signs.append(Sign.SPENT_EARLY)
        booked = (len(course.held) + len(course.coming)) / course.limit
        if course.limit <= len(course.held) and _builds(course, today):
            signs.append(Sign.NONE_LEFT)
        elif gone - booked > rules.apart:
            signs.append(Sign.BEHIND)
    patience = timedelta(weeks=rules.alone_weeks)
    if Sign.NONE_LEFT not in signs and _builds(course, today) and course.build_up is not None:
        since = max((*course.held, course.build_up[0]))
        if today - since > patience and not any(day - today <= patience for day in course.coming):
            signs.append(Sign.RESUMES_ALONE)
    if course.workplace_spoken is False and today - course.started > timedelta(weeks=rules.workplace_weeks):
        signs.append(Sign.NO_WORKPLACE)
    return signs


def _builds(course: Course, today: date) -> bool:
    """Tell whether the hours are building up now."""
    return course.build_up is not None and course.build_up[0] <= today <= course.build_up[1]
