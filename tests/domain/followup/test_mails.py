"""Which mail someone should have by now, worked out by hand from the rule; and that no run of runs sends one twice."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from opstap.domain.followup import Facts, Hours, plan
from opstap.domain.statute.model import Country

ZONE = ZoneInfo("Europe/Amsterdam")
HOURS = Hours(Country.NL, ZONE)
# Open from Monday 2 November, due on the 16th, closed after 28 December 2026.
OPENS, DUE, CLOSES = date(2026, 11, 2), date(2026, 11, 16), date(2026, 12, 28)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def facts(made: dict[str, datetime] | None = None, stopped: str = "") -> Facts:
    return Facts(OPENS, DUE, CLOSES, (7, 14, 28), stopped, made or {})


def told(of: Facts, now: datetime) -> list[tuple[str, str, str]]:
    return [(step.name, step.verdict, step.why) for step in plan(of, now, HOURS)]


def test_before_it_opens_all_of_it_is_to_come_with_its_moment() -> None:
    steps = plan(facts(), at(date(2026, 10, 30)), HOURS)
    assert [(step.verdict, step.why) for step in steps] == [("later", "not_yet")] * 4
    assert [step.at for step in steps] == [
        at(OPENS, 9),
        at(date(2026, 11, 23), 9),
        at(date(2026, 11, 30), 9),
        at(date(2026, 12, 14), 9),
    ]


def test_on_the_day_it_opens_the_invitation_goes_and_by_night_it_waits() -> None:
    assert told(facts(), at(OPENS))[0] == ("invitation", "now", "")
    assert told(facts(), at(OPENS, 4))[0] == ("invitation", "later", "night")


def test_reminders_go_one_at_a_time_and_the_latest_takes_the_place_of_earlier_ones() -> None:
    invited = {"invitation": at(OPENS)}
    assert told(facts(invited), at(date(2026, 11, 23)))[1:] == [
        ("reminder:7", "now", ""),
        ("reminder:14", "later", "not_yet"),
        ("reminder:28", "later", "not_yet"),
    ]
    # The server stood still for three weeks.
    assert told(facts(invited), at(date(2026, 12, 14)))[1:] == [
        ("reminder:7", "never", "superseded"),
        ("reminder:14", "never", "superseded"),
        ("reminder:28", "now", ""),
    ]


def test_nobody_is_reminded_of_what_is_new_to_them() -> None:
    late = {"invitation": at(date(2026, 11, 30))}
    assert told(facts(late), at(date(2026, 12, 1)))[1:3] == [
        ("reminder:7", "never", "before_invitation"),
        ("reminder:14", "never", "before_invitation"),
    ]
    # Not invited at all yet: on the day itself the invitation goes, and no reminder beside it.
    assert [step.verdict for step in plan(facts(), at(date(2026, 11, 30)), HOURS)] == ["now", "never", "never", "later"]


@pytest.mark.parametrize("why", ["submitted", "withdrawn", "died", "bounced"])
def test_what_stops_it_stops_all_that_did_not_go_yet(why: str) -> None:
    steps = told(facts({"invitation": at(OPENS)}, why), at(date(2026, 11, 23)))
    assert steps == [
        ("invitation", "made", ""),
        ("reminder:7", "never", why),
        ("reminder:14", "never", why),
        ("reminder:28", "never", why),
    ]


def test_nothing_goes_after_the_last_day_nor_would_it_have_been_too_late() -> None:
    assert {step.verdict for step in plan(facts(), at(date(2026, 12, 29)), HOURS)} == {"never"}
    # The last day is a Monday. On the evening before, a Sunday, it can still go; on the last evening it cannot.
    assert told(facts(), at(date(2026, 12, 27)))[0] == ("invitation", "later", "sunday")
    assert told(facts(), at(date(2026, 12, 28), 20))[0] == ("invitation", "never", "closed")


def test_the_kind_of_a_step_has_no_number() -> None:
    assert [step.kind for step in plan(facts(), at(OPENS), HOURS)] == ["invitation", *["reminder"] * 3]


def test_whenever_it_runs_nothing_goes_twice_or_at_a_wrong_moment() -> None:
    """Ten thousand runs at random moments, the clock set back now and then, over two hundred measurements."""
    random = Random(7)
    for _ in range(200):
        opens = date(2026, 1, 1) + timedelta(days=random.randrange(365))
        due = opens + timedelta(days=random.randrange(15))
        closes = due + timedelta(days=random.randrange(1, 60))
        numbers = tuple(random.sample(range(1, 40), 3))
        made: dict[str, datetime] = {}
        moment = at(opens, 0)
        for _run in range(50):
            moment += timedelta(hours=random.choice([-30, 1, 7, 20, 60, 200]))
            steps = plan(Facts(opens, due, closes, numbers, "", made), moment, HOURS)
            going = [step for step in steps if step.verdict == "now"]
            assert len(going) <= 1
            for step in going:
                assert step.name not in made
                assert opens <= moment.date() <= closes
                assert HOURS.calm(moment) == ""
                assert step.name == "invitation" or moment.date() > made["invitation"].date()
                made[step.name] = moment
