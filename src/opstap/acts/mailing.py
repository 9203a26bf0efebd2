"""What the rule about mails needs from the record: alike for the run that sends and the page that explains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opstap.domain.followup import Facts, Hours
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import Sending
from opstap.domain.statute.model import Country

#: Where people of a programme live, unless they say otherwise.
ZONES = {"nl": "Europe/Amsterdam", "be": "Europe/Brussels"}

#: Kinds of mail that can go to a colleague or a workplace: what is wrong with their address says nothing of the
#: participant's.
TO_OTHERS = ("message", "alert")


def hours_of(protocol: Protocol, time_zone: str) -> Hours:
    """Give the hours in which mail may reach someone who stays in a time zone (empty: the programme's country)."""
    return _hours(protocol.country, time_zone or ZONES[protocol.country], *_sending(protocol.study.sending))


def _sending(sending: Sending) -> tuple[int, int, bool]:
    return sending.first, sending.last, sending.sundays


@lru_cache(maxsize=1000)
def _hours(country: str, zone: str, first: int, last: int, sundays: bool) -> Hours:
    return Hours(Country(country), ZoneInfo(zone), first, last, sundays)


def by_day(moment: datetime) -> datetime:
    """Give the last moment up to this one at which mail may go wherever programmes are; for demonstrations."""
    hours = [_hours(country, zone, *_sending(Sending())) for country, zone in ZONES.items()]
    while any(one.calm(moment) for one in hours):
        moment -= timedelta(hours=1)
    return moment


def barrier(bounced_at: datetime | None, no_screen: bool) -> str:
    """Tell what keeps mail from someone; empty when nothing does.

    `no_screen`: a link is of no use to them, staff print or call. `bounced`: until their address is changed.
    """
    return "no_screen" if no_screen else "bounced" if bounced_at else ""


def facts_of(
    protocol: Protocol,
    wave: str,
    days: tuple[date, date, date],
    stopped: str,
    made: Mapping[str, datetime],
) -> Facts:
    """Put together what the rule needs of one measurement; `days` are the first, the due and the last day."""
    opens, due, closes = days
    return Facts(opens, due, closes, tuple(protocol.study.wave(wave).reminders_after_days), stopped, made)
