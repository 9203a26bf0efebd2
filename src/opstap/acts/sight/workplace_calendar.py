"""What someone at work finds in their calendar: only what is shared with them, in words that tell nothing.

The title is the programme's neutral name with the worker's initials: a calendar may lie open anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from opstap.acts import clock, doors, words
from opstap.acts.feeds import feed_user
from opstap.acts.sight import workplace
from opstap.acts.sight.calendar import BACK, Entry, entry_of
from opstap.acts.sight.workplace import Page
from opstap.domain.access import Role
from opstap.domain.sharing import Item
from opstap.domain.work.buildup import Step
from opstap.store.models import Participant, Session, User, WorkplaceLink

#: The last step of a plan has no end; its working days are entered for so many weeks.
LAST_WEEKS = 4


@dataclass(frozen=True)
class Day:
    """One whole day: `what` is a step, work, an adjustment or a term; `until` repeats it each week until that day.

    `label` is how the worker is called there; `hours` is a week for a step and a day for work; `title` is of a term.
    """

    uid: str
    what: str
    label: str
    day: date
    until: date | None = None
    hours: float = 0
    title: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """The talks of three in which the workplace takes part, and the days."""

    talks: list[Entry]
    days: list[Day]


def of_worker(by: User, pseudonym: str) -> WorkCalendar:
    """Give the calendar of one worker; the worker sees that it was opened."""
    participant, link = workplace.opened(by, pseudonym)
    return _of(participant, link, by.language)


def of_everyone(by: User) -> WorkCalendar:
    """Give the calendar of everyone who shares with someone at work now."""
    found = [_of(participant, link, by.language) for participant, link in workplace.shared_now(by)]
    return WorkCalendar([one for each in found for one in each.talks], [one for each in found for one in each.days])


def work_feed(token: str) -> WorkCalendar | None:
    """Give the calendar behind a private address of someone at work; None when it is of somebody else.

    NotHere for an address that gives nothing (any longer).
    """
    user = feed_user(token)
    with doors.entering(user):
        if doors.roles_of(user) != {Role.WORKPLACE}:
            return None
        return of_everyone(user)


def _of(participant: Participant, link: WorkplaceLink, language: str) -> WorkCalendar:
    page = workplace.page_of(participant, link, language)
    label = f"{page.alias} {words.contact_of(participant).initials}"
    # What names an entry for good lies open in a calendar as well: it must not name a person.
    key = hashlib.sha256(f"{participant.pseudonym} {link.pk}".encode()).hexdigest()[:16]
    days = [*_steps(workplace.steps_shared(participant, link), key, label), *_dates(page, key, label)]
    return WorkCalendar(_talks(participant, link, label, key) if Item.AGREEMENTS in page.items else [], days)


def _steps(steps: tuple[Step, ...], key: str, label: str) -> Iterator[Day]:
    for number, step in enumerate(steps):
        yield Day(f"{key}-{number}@plan.opstap", "step", label, step.start, hours=step.hours)
        if number + 1 < len(steps):
            last = steps[number + 1].start - timedelta(days=1)
        else:
            last = step.start + timedelta(weeks=LAST_WEEKS) - timedelta(days=1)
        for weekday, length in step.days:
            first = step.start + timedelta(days=(weekday - step.start.weekday()) % 7)
            if length > 0 and first <= last:
                yield Day(f"{key}-{number}-{weekday}@plan.opstap", "work", label, first, until=last, hours=length)


def _dates(page: Page, key: str, label: str) -> Iterator[Day]:
    for change in page.changes:
        if change.by_when is not None and change.state != "arranged":
            yield Day(f"{key}-change-{change.id}@plan.opstap", "adjustment", label, change.by_when)
    dated = [(term.due, term.title) for term in page.terms if term.due is not None]
    for number, (due, title) in enumerate(dated):
        yield Day(f"{key}-term-{due:%Y%m%d}-{number}@plan.opstap", "term", label, due, title=title)


def _talks(participant: Participant, link: WorkplaceLink, label: str, key: str) -> list[Entry]:
    """List the talks that the workplace takes part in, once the participant confirmed them."""
    rows = Session.objects.filter(
        enrolment__participant=participant, with_workplace=True, state__in=("confirmed", "held"),
        planned_for__gte=clock.now() - timedelta(days=BACK),
    )  # fmt: skip
    begun, left = workplace.new_job_of(link), workplace.new_job_after(link)
    if begun is not None:
        rows = rows.filter(planned_for__gte=begun.accepted_at)
    if left is not None:
        rows = rows.filter(planned_for__lt=left.accepted_at)
    return [entry_of(row, f"{key}-talk-{row.pk}@opstap", label) for row in rows.order_by("planned_for")]
