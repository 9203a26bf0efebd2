"""Whole journeys through the acts: from a referral to the end, in each programme."""

from datetime import timedelta

import pytest

from opstap.acts import care, clock, consents, plans
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import AuditEvent, Measurement, WorkSpell
from tests.world import World


def test_steps_from_referral_to_twelve_months(steps: World) -> None:
    participant = steps.in_care()
    coach = steps.person(Role.COACH)
    with clock.at(steps.moment):
        session = care.plan_session(
            by=coach, participant=participant, kind="work_intake", planned_for=steps.moment + timedelta(days=3)
        )
    steps.later(days=3)
    with clock.at(steps.moment):
        held = care.hold_session(
            by=coach, session=session, on=steps.moment.date(), minutes=50, modules=["goals_obstacles"], stage=3
        )
    assert held.state == "held"
    steps.later(days=180)
    steps.fill(participant, "t6")
    with clock.at(steps.moment):
        ended = care.complete_programme(by=coach, participant=participant)
    assert ended.state == "completed"
    steps.later(days=185)
    steps.fill(participant, "t12")
    participant = steps.fresh(participant)
    assert participant.participation.state == "completed"
    assert WorkSpell.objects.filter(participant=participant, source="questionnaire").exists()


def test_rentree_through_its_five_phases(rentree: World) -> None:
    participant = rentree.in_care()
    coach = rentree.person(Role.COACH)
    for phase in ("preparation", "plan", "aftercare", "closing"):
        with clock.at(rentree.moment):
            care.advance_phase(by=coach, participant=participant, phase=phase)
    participant = rentree.fresh(participant)
    assert participant.enrolment.phase == "closing"
    assert participant.participation.state == "in_follow_up"
    assert list(
        Measurement.objects.filter(participant=participant).order_by("due_on").values_list("wave", flat=True)
    ) == [
        "t0",
        "t1",
        "t2",
    ]


def test_a_plan_reaches_the_workplace_only_after_the_participant(rentree: World) -> None:
    participant = rentree.in_care()
    link = rentree.with_workplace(participant)
    with clock.at(rentree.moment):
        plan = plans.offer_plan(
            by=rentree.person(Role.COACH),
            participant=participant,
            aim="return",
            contract_hours=32,
            steps=[(rentree.moment.date(), 8), (rentree.moment.date() + timedelta(days=14), 16)],
            for_workplace="Een stille plek is fijn.",
        )
        with pytest.raises(NotNow):
            plans.confirm_plan(by=link.user, plan=plan)
        plans.agree_plan(by=rentree.account_of(participant), plan=plan)
        assert plans.confirm_plan(by=link.user, plan=plan).state == "in_force"


def test_leaving_the_study_is_not_leaving_the_programme(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(participant), participant=participant)
    participant = rentree.fresh(participant)
    assert participant.participation.state == "withdrawn"
    assert participant.enrolment.state == "active"
    assert not Measurement.objects.filter(participant=participant, submitted_at=None, voided_on=None).exists()


def test_leaving_the_programme_is_not_leaving_the_study(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        consents.stop_programme(by=rentree.account_of(participant), participant=participant)
    participant = rentree.fresh(participant)
    assert participant.enrolment.state == "stopped"
    assert participant.participation.state == "in_follow_up"
    assert Measurement.objects.filter(participant=participant, wave="t2", voided_on=None).exists()


def test_after_a_death_nothing_more_is_asked(steps: World) -> None:
    participant = steps.in_care()
    with clock.at(steps.moment):
        care.record_life_event(
            by=steps.person(Role.COACH), participant=participant, kind="death", on=steps.moment.date()
        )
    participant = steps.fresh(participant)
    assert (participant.participation.state, participant.enrolment.state) == ("died", "stopped")
    assert not Measurement.objects.filter(participant=participant, submitted_at=None, voided_on=None).exists()


def test_each_act_leaves_one_event_of_ids_only(rentree: World) -> None:
    rentree.in_care()
    values = [value for ids in AuditEvent.objects.values_list("ids", flat=True) for value in ids.values()]
    assert values
    for value in values:
        assert isinstance(value, int) or " " not in value
        assert "@" not in str(value)
