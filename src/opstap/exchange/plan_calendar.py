"""iCalendar (RFC 5545) of a build-up of hours: one whole day for each step, and each weekday of work until the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from opstap.domain.work.buildup import Step

ONE_DAY = timedelta(days=1)
#: The last step has no end; its working days are written for so many weeks.
LAST_WEEKS = 4
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def plan_calendar(
    key: str,
    steps: Sequence[Step],
    *,
    version: int,
    made: datetime,
    name: str,
    says_step: Callable[[Step], str],
    says_day: Callable[[float], str],
) -> bytes:
    """Give the bytes of a calendar file.

    `key` names the entries for good, so that a later version takes the place of an earlier one in a program that was
    given both; `version` is their sequence number and `made` their stamp, so that the same version gives the same
    bytes. `says_step` and `says_day` give the words of an entry.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Opstap//Opstap//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for number, step in enumerate(steps):
        until = steps[number + 1].start - ONE_DAY if number + 1 < len(steps) else None
        calendar.add_component(_entry(f"{key}-{number}", says_step(step), step.start, version, made))
        last = until or step.start + timedelta(weeks=LAST_WEEKS) - ONE_DAY
        for weekday, length in step.days:
            first = step.start + timedelta(days=(weekday - step.start.weekday()) % 7)
            if length <= 0 or first > last:
                continue
            entry = _entry(f"{key}-{number}-{WEEKDAYS[weekday].lower()}", says_day(length), first, version, made)
            entry.add("rrule", {"freq": "weekly", "until": last, "byday": WEEKDAYS[weekday]})
            calendar.add_component(entry)
    return calendar.to_ical()


def _entry(uid: str, words: str, day: date, version: int, made: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@plan.opstap")
    entry.add("dtstamp", made.astimezone(UTC).replace(microsecond=0))
    entry.add("sequence", version)
    entry.add("summary", words)
    entry.add("dtstart", day)
    entry.add("dtend", day + ONE_DAY)
    entry.add("transp", "TRANSPARENT")
    entry.add("class", "PRIVATE")
    return entry
