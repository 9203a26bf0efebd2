"""Delivering the programme: care team, sessions within limits, phases, hours, plans, the end."""

from datetime import date, timedelta

import pytest

from opstap.acts import care, clock, people, plans, work
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.domain.work.spells import Kind
from opstap.store.models import Plan, Session, WorkSpell
from tests.world import PASSWORD, World


def plan(world: World, participant, kind="therapy", days=3, by=Role.THERAPIST, **more):
    with clock.at(world.moment):
        return care.plan_session(
            by=world.person(by), participant=participant, kind=kind,
            planned_for=world.moment + timedelta(days=days), **more,
        )  # fmt: skip


def hold(world: World, session, by=Role.THERAPIST, **more):
    with clock.at(world.moment):
        return care.hold_session(
            by=world.person(by), session=session, **{"on": world.moment.date(), "minutes": 50, **more}
        )


def test_a_new_therapist_relieves_the_one_before(steps: World) -> None:
    participant = steps.in_care()
    coordinator, therapist = steps.person(Role.COORDINATOR), steps.person(Role.THERAPIST)
    with pytest.raises(Refused):
        care.assign_care(by=coordinator, participant=participant, user=therapist, profession=Role.THERAPIST)
    other = people.make_account(by=SYSTEM, email="ander@steps.example", name="Ander", password=PASSWORD)
    people.grant_role(by=SYSTEM, user=other, role=Role.THERAPIST, study=steps.study)
    link = care.assign_care(by=coordinator, participant=participant, user=other, profession=Role.THERAPIST)
    assert participant.care.filter(profession="therapist", until=None).get() == link


def test_only_professionals_of_the_programme_and_the_site_are_assigned(rentree: World) -> None:
    participant = rentree.baseline()
    coordinator = rentree.person(Role.COORDINATOR)
    with pytest.raises(Refused) as refusal:
        care.assign_care(
            by=coordinator, participant=participant, user=rentree.person(Role.THERAPIST), profession=Role.THERAPIST
        )
    assert refusal.value.field == "profession"
    with pytest.raises(Refused) as refusal:
        care.assign_care(
            by=coordinator, participant=participant, user=rentree.person(Role.ANALYST), profession=Role.COACH
        )
    assert refusal.value.field == "user"


def test_the_ninth_session_needs_a_reason(steps: World) -> None:
    participant = steps.in_care()
    for _ in range(8):
        plan(steps, participant)
    with pytest.raises(Refused) as refusal:
        plan(steps, participant)
    assert refusal.value.field == "exception"
    ninth = plan(steps, participant, exception="Na een terugval is één gesprek meer nodig.")
    assert ninth.exception_sealed is not None


def test_a_kind_of_session_has_its_own_limit(steps: World) -> None:
    participant = steps.in_care()
    plan(steps, participant, kind="intake")
    with pytest.raises(Refused):
        plan(steps, participant, kind="intake")


def test_a_session_after_six_months_needs_a_reason(steps: World) -> None:
    participant = steps.in_care()
    with pytest.raises(Refused):
        plan(steps, participant, days=200)
    assert plan(steps, participant, days=200, exception="Zo afgesproken.").state == "planned"


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kind": "breakfast"}, "kind"), ({"mode": "pigeon"}, "mode"), ({"days": -3}, "planned_for")],
)
def test_a_session_that_cannot_be_is_refused(steps: World, more, field) -> None:
    with pytest.raises(Refused) as refusal:
        plan(steps, steps.in_care(), **more)
    assert refusal.value.field == field


def test_without_a_running_programme_there_are_no_sessions(steps: World) -> None:
    participant = steps.allocated("usual_care")
    with pytest.raises(NotHere):
        plan(steps, participant)
    steps.person(Role.THERAPIST)
    treated = steps.in_care()
    with clock.at(steps.moment):
        care.complete_programme(by=steps.person(Role.COACH), participant=treated)
    with pytest.raises(Refused):
        plan(steps, treated)


def test_a_session_is_moved_confirmed_and_held(steps: World) -> None:
    participant = steps.in_care()
    session = plan(steps, participant)
    with clock.at(steps.moment):
        care.confirm_session(by=steps.account_of(participant), session=session)
        moved = care.move_session(
            by=steps.person(Role.THERAPIST), session=session, planned_for=steps.moment + timedelta(days=1)
        )
        assert moved.state == "planned"
        assert care.confirm_session(by=steps.person(Role.THERAPIST), session=session).state == "confirmed"
    held = hold(steps, session, modules=["energy_balance"], stage=4, shared_note="Rust.", private_note="Let op slaap.")
    assert (held.state, held.minutes, held.modules, held.stage) == ("held", 50, ["energy_balance"], 4)
    with pytest.raises(NotNow):
        hold(steps, session)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"modules": ["breakfast"]}, "modules"),
        ({"minutes": 0}, "minutes"),
        ({"stage": 7}, "stage"),
        ({"on": date(2031, 1, 1)}, "on"),
        ({"on": date(2020, 1, 1)}, "on"),
    ],
)
def test_what_cannot_have_happened_is_refused(steps: World, more, field) -> None:
    session = plan(steps, steps.in_care())
    with pytest.raises(Refused) as refusal:
        hold(steps, session, **more)
    assert refusal.value.field == field
    assert Session.objects.get(pk=session.pk).state == "planned"


def test_a_session_can_be_missed_or_called_off(steps: World) -> None:
    participant = steps.in_care()
    first, second = plan(steps, participant), plan(steps, participant)
    with clock.at(steps.moment):
        assert care.miss_session(by=steps.person(Role.THERAPIST), session=first).state == "missed"
        assert care.cancel_session(by=steps.person(Role.THERAPIST), session=second).state == "cancelled"


def test_phases_only_go_forward(rentree: World) -> None:
    participant = rentree.in_care()
    coach = rentree.person(Role.COACH)
    care.advance_phase(by=coach, participant=participant, phase="plan")
    for phase in ("preparation", "plan", "breakfast"):
        with pytest.raises(Refused):
            care.advance_phase(by=coach, participant=participant, phase=phase)


def test_closing_cancels_what_was_planned_and_works_outside_the_study(rentree: World) -> None:
    participant = rentree.enrolled()
    care.assign_care(
        by=rentree.person(Role.COORDINATOR), participant=participant, user=rentree.person(Role.COACH),
        profession=Role.COACH,
    )  # fmt: skip
    session = plan(rentree, participant, kind="preparation", by=Role.COACH)
    with clock.at(rentree.moment):
        care.complete_programme(by=rentree.person(Role.COACH), participant=participant)
    assert Session.objects.get(pk=session.pk).state == "cancelled"


@pytest.mark.parametrize(("kind", "on", "field"), [("breakfast", 0, "kind"), ("recurrence", 5, "on")])
def test_a_life_event_must_be_one_that_happened(rentree: World, kind, on, field) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment), pytest.raises(Refused) as refusal:
        care.record_life_event(
            by=rentree.person(Role.COACH), participant=participant, kind=kind,
            on=rentree.moment.date() + timedelta(days=on),
        )  # fmt: skip
    assert refusal.value.field == field


def test_a_recurrence_changes_no_state(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        care.record_life_event(
            by=rentree.person(Role.COORDINATOR), participant=participant, kind="recurrence", on=rentree.moment.date()
        )
    assert rentree.fresh(participant).participation.state == "in_follow_up"


def test_a_death_before_any_agreement_ends_nothing_else(rentree: World) -> None:
    participant = rentree.referred()
    care.record_life_event(by=rentree.person(Role.COORDINATOR), participant=participant, kind="death", on=clock.today())
    assert participant.life_events.get().kind == "death"


def test_a_death_after_everything_ended_changes_no_end(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        care.complete_programme(by=rentree.person(Role.COACH), participant=participant)
        from opstap.acts import consents

        consents.withdraw(by=rentree.account_of(participant), participant=participant)
        care.record_life_event(
            by=rentree.person(Role.COORDINATOR), participant=participant, kind="death", on=rentree.moment.date()
        )
    fresh = rentree.fresh(participant)
    assert (fresh.enrolment.state, fresh.participation.state) == ("completed", "withdrawn")


def hours(world: World, participant, **more):
    given = {"start": world.moment.date(), "contract_hours": 32, "actual_hours": 8, "sick_percent": 75, **more}
    with clock.at(world.moment):
        return work.record_work(by=world.person(Role.COACH), participant=participant, **given)


def test_new_hours_end_the_hours_before(steps: World) -> None:
    participant = steps.in_care()
    first = hours(steps, participant, start=steps.moment.date() - timedelta(days=10))
    hours(steps, participant, actual_hours=12, kind=Kind.ADAPTED)
    first.refresh_from_db()
    assert first.end == steps.moment.date() - timedelta(days=1)
    first.end = steps.moment.date() - timedelta(days=5)
    WorkSpell.objects.exclude(pk=first.pk).delete()
    first.save()
    hours(steps, participant, actual_hours=12)
    first.refresh_from_db()
    assert first.end == steps.moment.date() - timedelta(days=5)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"actual_hours": -1}, "actual_hours"),
        ({"contract_hours": 90}, "actual_hours"),
        ({"sick_percent": 101}, "sick_percent"),
        ({"start": date(2031, 1, 1)}, "start"),
    ],
)
def test_hours_that_cannot_be_are_refused(steps: World, more, field) -> None:
    with pytest.raises(Refused) as refusal:
        hours(steps, steps.in_care(), **more)
    assert refusal.value.field == field


def test_hours_cannot_begin_before_those_known(steps: World) -> None:
    participant = steps.in_care()
    hours(steps, participant)
    with pytest.raises(Refused) as refusal:
        hours(steps, participant)
    assert refusal.value.field == "start"
    assert str(steps.moment.year) in str(refusal.value)


def offer(world: World, participant, **more):
    day = world.moment.date()
    given = {"aim": "return", "contract_hours": 32, "steps": [(day, 8.0), (day + timedelta(days=14), 16.0)], **more}
    with clock.at(world.moment):
        return plans.offer_plan(by=world.person(Role.COACH), participant=participant, **given)


def test_a_new_version_replaces_the_one_before(steps: World) -> None:
    participant = steps.in_care()
    first, second = offer(steps, participant, goal="Weer aan het werk."), offer(steps, participant)
    assert Plan.objects.get(pk=first.pk).state == "replaced"
    assert (second.version, second.state) == (2, "offered")
    with clock.at(steps.moment), pytest.raises(NotNow):
        plans.agree_plan(by=steps.account_of(participant), plan=first)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"aim": "breakfast"}, "aim"),
        ({"contract_hours": 0}, "contract_hours"),
        ({"steps": []}, "steps"),
        ({"steps": [(date(2026, 5, 1), 8.0), (date(2026, 5, 1), 9.0)]}, "steps"),
        ({"steps": [(date(2026, 5, 1), 40.0)]}, "steps"),
        ({"steps": [(date(2026, 5, 1), -1.0)]}, "steps"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(steps: World, more, field) -> None:
    with pytest.raises(Refused) as refusal:
        offer(steps, steps.in_care(), **more)
    assert refusal.value.field == field
    assert str(refusal.value)


def test_no_plan_after_the_programme(steps: World) -> None:
    participant = steps.in_care()
    with clock.at(steps.moment):
        care.complete_programme(by=steps.person(Role.COACH), participant=participant)
    with pytest.raises(Refused):
        offer(steps, participant)


def test_an_empty_address_lets_nobody_in(steps: World) -> None:
    participant = steps.in_care()
    with clock.at(steps.moment), pytest.raises(Refused) as refusal:
        plans.invite_workplace(by=steps.account_of(participant), participant=participant, email=" ", name="Niemand")
    assert refusal.value.field == "email"


def test_the_workplace_is_let_in_once_and_let_out_at_once(steps: World) -> None:
    participant = steps.in_care()
    link = steps.with_workplace(participant)
    with pytest.raises(Refused):
        steps.with_workplace(participant)
    with clock.at(steps.moment):
        plans.end_workplace(by=steps.account_of(participant), participant=participant, link=link)
        with pytest.raises(Refused):
            plans.end_workplace(by=steps.account_of(participant), participant=participant, link=link)
    again = steps.with_workplace(participant)
    assert again.user == link.user
    with clock.at(steps.moment), pytest.raises(NotHere):
        plans.confirm_plan(by=steps.person(Role.ANALYST), plan=offer(steps, participant))
