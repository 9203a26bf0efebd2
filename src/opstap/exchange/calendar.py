"""iCalendar (RFC 5545): talks and whole days for a calendar program, as a file or a feed that it reads again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Appointment:
    """One talk: `uid` names it for good, `where` is a word such as "by video"; `start` has a time zone."""

    uid: str
    title: str
    start: datetime
    minutes: int
    where: str
    cancelled: bool = False


@dataclass(frozen=True)
class WholeDay:
    """Something on a day, without a time; with `until` each week on that weekday, until that day."""

    uid: str
    title: str
    day: date
    until: date | None = None


def calendar(name: str, appointments: Iterable[Appointment], *, now: datetime, days: Iterable[WholeDay] = ()) -> bytes:
    """Give a calendar as bytes of iCalendar, times in UTC.

    `now` is the moment of asking: a program that reads the feed again sees by it that this reading is the newer one. A
    cancelled talk stays in, marked so, or programs would keep it.
    """
    made = Calendar()
    made.add("prodid", "-//Opstap//Opstap//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for one in appointments:
        event = Event()
        start = one.start.astimezone(UTC)
        event.add("uid", one.uid)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=one.minutes))
        event.add("summary", one.title)
        event.add("location", one.where)
        event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
        event.add("class", "PRIVATE")
        made.add_component(event)
    for day in days:
        made.add_component(_whole(day, now))
    return made.to_ical()


def _whole(one: WholeDay, now: datetime) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("summary", one.title)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if one.until is not None:
        event.add("rrule", {"freq": "weekly", "until": one.until})
    return event
