"""Who reads the clock: what is near, what comes next, what a workplace may see, and hours from halfway on."""

import dataclasses
from datetime import date, timedelta

from opstap.domain.statute import Country, Facts, State, Who, deadlines, rule_sets
from opstap.domain.statute.audience import TITLES, WorkplaceDeadline, coming, for_workplace, near, with_spells
from opstap.domain.statute.model import Kind as Duty
from opstap.domain.work.spells import Kind, Spell

FIRST = date(2024, 2, 29)


def on(days: int, **facts):
    return deadlines("nl", Facts(FIRST, **facts), FIRST + timedelta(days=days))


def test_near_is_a_duty_that_is_not_done_within_two_weeks_either_way() -> None:
    # The physician's opinion is due on day 42, the plan of action on day 56.
    assert [one.id for one in near(on(27))] == []
    assert [one.id for one in near(on(28))] == ["physician_opinion"]
    assert [one.id for one in near(on(50))] == ["physician_opinion", "action_plan"]
    done = on(50, done={"physician_opinion": FIRST + timedelta(days=40)})
    assert [one.id for one in near(done)] == ["action_plan"]
    assert "physician_opinion" not in {one.id for one in near(on(57))}


def test_what_comes_next_and_nothing_after_the_end() -> None:
    assert coming(on(0)).id == "physician_opinion"
    assert coming(on(800)) is None


def test_a_workplace_sees_its_own_terms_and_nobody_elses() -> None:
    timeline = on(200)
    shown = for_workplace(timeline)
    assert {"action_plan", "report_42"} <= {one.id for one in shown}
    theirs = {one.id for one in timeline.deadlines if one.who in (Who.EMPLOYEE, Who.INSURER, Who.INSURER_PHYSICIAN)}
    assert theirs
    assert theirs.isdisjoint(one.id for one in shown)
    assert all(one.state is not State.LAPSED for one in shown)
    assert {one.with_employee for one in shown} == {True, False}


def test_every_duty_of_an_employer_has_a_title_for_the_workplace_and_no_right_is_named() -> None:
    rules = [rule for country in Country for one in rule_sets(country) for rule in one.rules]
    theirs = {rule.id for rule in rules if rule.kind is Duty.DUTY and rule.who in (
        Who.EMPLOYER, Who.EMPLOYER_AND_EMPLOYEE, Who.EMPLOYER_OR_EMPLOYEE
    )}  # fmt: skip
    assert theirs == set(TITLES)


def test_the_type_for_a_workplace_has_no_field_for_words_about_a_person() -> None:
    fields = {one.name for one in dataclasses.fields(WorkplaceDeadline)}
    assert fields.isdisjoint({"plain", "professional", "event_on", "done_on", "keyed_by"})


def spell(start: int, hours: float, sick: float, contract: float = 32) -> Spell:
    return Spell("", FIRST + timedelta(days=start), None, contract, hours, sick, Kind.ADAPTED)


def test_hours_from_halfway_on_leave_the_days_before_as_sick_leave() -> None:
    facts = with_spells(Facts(FIRST), [spell(60, 8, 75)])
    before, after = facts.spells
    assert (before.start, before.end, before.actual_hours, before.sick_percent) == (
        FIRST, FIRST + timedelta(days=59), 0, 100,
    )  # fmt: skip
    assert after.start == FIRST + timedelta(days=60)
    assert deadlines("nl", facts, FIRST + timedelta(days=70)).first_sick_day == FIRST


def test_hours_from_the_first_sick_day_on_stay_as_they_are() -> None:
    told = (spell(0, 0, 100),)
    assert with_spells(Facts(FIRST), told).spells == told
    assert with_spells(Facts(FIRST), []).spells == ()
    assert with_spells(Facts(FIRST), [spell(5, 0, 100, contract=0)]).spells[0].kind is Kind.NONE
