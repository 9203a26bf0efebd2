"""Mail goes by day, where the person lives, and on no holiday: dates below were looked up in a paper calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opstap.domain.followup import Hours
from opstap.domain.statute.model import Country

AMSTERDAM, LISBON = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Lisbon")
NL = Hours(Country.NL, AMSTERDAM)
BE = Hours(Country.BE, ZoneInfo("Europe/Brussels"))


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "moment", "why", "goes"),
    [
        (NL, "2026-11-23T09:00", "", "2026-11-23T09:00"),
        (NL, "2026-11-23T18:59", "", "2026-11-23T18:59"),
        (NL, "2026-11-23T19:00", "night", "2026-11-24T09:00"),
        (NL, "2026-11-23T03:30", "night", "2026-11-23T09:00"),
        (NL, "2026-11-22T12:00", "sunday", "2026-11-23T09:00"),
        (NL, "2026-11-21T20:00", "night", "2026-11-23T09:00"),  # Saturday evening: Sunday is passed over
        (NL, "2026-12-25T10:00", "holiday", "2026-12-28T09:00"),  # Friday; Saturday is a holiday, then comes Sunday
        (NL, "2026-04-27T10:00", "holiday", "2026-04-28T09:00"),  # King's Day
        (BE, "2026-04-27T10:00", "", "2026-04-27T10:00"),  # is no holiday in Belgium
        (BE, "2026-07-21T10:00", "holiday", "2026-07-22T09:00"),
        (NL, "2026-07-21T10:00", "", "2026-07-21T10:00"),
        (NL, "2026-03-29T01:30", "sunday", "2026-03-30T09:00"),  # the night that skips an hour
        (NL, "2026-10-25T02:30", "sunday", "2026-10-26T09:00"),  # the night that has one hour twice
    ],
)
def test_when_mail_may_go(hours: Hours, moment: str, why: str, goes: str) -> None:
    assert hours.calm(at(moment)) == why
    assert hours.next(at(moment)) == at(goes)


def test_nine_is_nine_on_the_persons_own_clock() -> None:
    hours = Hours(Country.NL, LISBON)
    moment = at("2026-11-23T09:30")  # half past eight in Lisbon
    assert hours.calm(moment) == "night"
    assert hours.next(moment) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_nine_is_nine_on_both_sides_of_summer_time() -> None:
    every_day = Hours(Country.NL, AMSTERDAM, sundays=True)
    before, after = every_day.start(date(2026, 3, 28)), every_day.start(date(2026, 3, 29))
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)
    assert before.hour == after.hour == 9


def test_a_year_of_moments_is_never_calm_and_never_goes_back() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        goes = BE.next(moment)
        assert BE.calm(goes) == ""
        assert moment <= goes <= moment + timedelta(days=5)
        moment += timedelta(minutes=47)
