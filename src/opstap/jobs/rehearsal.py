"""The follow-up of a whole study, lived through in a minute: every mail, with what would have been wrong about it.

What is checked here is worked out anew from what happened, not taken from the rule that sent the mails.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opstap.acts import clock, rehearsal
from opstap.acts.delivery import report_mail
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.due import Send, queue_due, send_waiting
from opstap.acts.find import sites_of
from opstap.acts.mailing import ZONES
from opstap.acts.studies import open_study
from opstap.domain.protocol import Protocol
from opstap.domain.statute.calendar import holidays
from opstap.domain.statute.model import Country

#: The hours of each day at which the rehearsal runs what is due: at night too, since nothing may go then.
ROUNDS = (time(3, 30), time(10, 0), time(18, 45))
#: Of so many mails one is broken off half-way, as if the machine had lost its power.
BROKEN = 97


@dataclass(frozen=True)
class Went:
    """One mail that was handed over: when (in UTC and on the reader's clock), to whom, of which wave and step."""

    at: datetime
    local: datetime
    person: str
    wave: str
    step: str
    state: str


@dataclass
class Rehearsed:
    """What came of a rehearsal. Each list of wrong mails is empty when all is well."""

    people: int
    first: date
    last: date
    mails: list[Went] = field(default_factory=list)
    doubles: list[Went] = field(default_factory=list)
    at_night: list[Went] = field(default_factory=list)
    on_holidays: list[Went] = field(default_factory=list)
    after_the_end: list[Went] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Tell whether nothing was wrong."""
        return not (self.doubles or self.at_night or self.on_holidays or self.after_the_end)

    @property
    def counts(self) -> dict[str, int]:
        """Count the mails by kind."""
        return dict(Counter(mail.step.partition(":")[0] for mail in self.mails))


def rehearse(
    protocol: Protocol,
    *,
    count: int,
    months: int,
    seed: int,
    start: date,
    address: str,
    send: Send | None = None,
    told: Callable[[date], None] = lambda _day: None,
) -> Rehearsed:
    """Live through a study's follow-up day by day in an empty database, and check every mail.

    Mails are handed to `send` (nothing leaves without it), all to `address`, each marked with the day it stands for.
    """
    zone = ZoneInfo(ZONES[protocol.country])
    found = Rehearsed(count, start, start + timedelta(days=round(months * 30.44)))
    crowd = rehearsal.people(count, start, seed)
    ended: dict[tuple[str, str], datetime] = {}
    last = 0
    with entering(SYSTEM), clock.at(datetime.combine(start, time(9), zone)):
        study = open_study(
            by=SYSTEM, slug="rehearsal", protocol=protocol,
            seed=secrets.token_bytes(32) if protocol.study.allocation else None,
        )  # fmt: skip
    sites = None
    for day in _days(found.first, found.last):
        told(day)
        for moment in (datetime.combine(day, hour, zone) for hour in ROUNDS):
            with clock.at(moment), entering(SYSTEM):
                sites = sites or list(sites_of(study).values())
                if moment.time() == ROUNDS[0]:
                    for person in crowd:
                        if person.enters == day:
                            rehearsal.enter(study, sites[person.number % len(sites)], person, address)
                queue_due()
                send_waiting(_marked(send, day, found))
                new = rehearsal.gone(last)
                for mail in new:
                    _check(found, mail, moment, crowd, ended, protocol)
                    _come_back(mail, crowd)
                last = new[-1].number if new else last
                if moment.time() == ROUNDS[1]:
                    for person, wave in rehearsal.live(crowd, day):
                        ended[f"REHEARSE-{person.number}", wave] = moment
    return found


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _marked(send: Send | None, day: date, found: Rehearsed) -> Send:
    """Give what hands over a mail, marked with its day; now and then it is broken off, and nobody knows if it went."""
    number = len(found.mails)

    def hand_over(letter: dict[str, str]) -> None:
        nonlocal number
        number += 1
        if send is not None:
            send({**letter, "subject": f"[{day.isoformat()}] {letter['subject']}"})
        if number % BROKEN == 0:
            raise ConnectionAbortedError

    return hand_over


def _check(
    found: Rehearsed,
    mail: rehearsal.Gone,
    moment: datetime,
    crowd: list[rehearsal.Person],
    ended: dict[tuple[str, str], datetime],
    protocol: Protocol,
) -> None:
    if mail.state == "dropped":
        return
    person = crowd[int(mail.person.rpartition("-")[2]) - 1]
    local = moment.astimezone(ZoneInfo(person.time_zone or ZONES[protocol.country]))
    went = Went(moment, local, mail.person, mail.wave, mail.step, mail.state)
    if any((one.person, one.wave, one.step) == (went.person, went.wave, went.step) for one in found.mails):
        found.doubles.append(went)
    if not protocol.study.sending.first <= local.hour < protocol.study.sending.last:
        found.at_night.append(went)
    if local.date() in holidays(Country(protocol.country), local.year):
        found.on_holidays.append(went)
    if (mail.person, mail.wave) in ended or (mail.person, "*") in ended:
        found.after_the_end.append(went)
    found.mails.append(went)


def _come_back(mail: rehearsal.Gone, crowd: list[rehearsal.Person]) -> None:
    if mail.state == "sent" and crowd[int(mail.person.rpartition("-")[2]) - 1].bounces:
        report_mail(message_id=mail.message, action="failed")
