"""Versions of a plan: what holds while another waits, a step back, own words; the facts of the statutory clock."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from opstap.acts import care, clock, plans, statute, stepping, work, workplace
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import workplace as at_work
from opstap.acts.sight.caseload import Urgency, Why, caseload
from opstap.acts.sight.plans import steps_for_workplace, story_of
from opstap.acts.sight.statute import clock_of, near_of
from opstap.acts.statute_facts import first_sick_day
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.domain.statute import State
from opstap.domain.work.buildup import Step
from opstap.store.models import DeadlineMark, Plan, WorkSpell
from tests.world import World


def offer(world: World, participant, hours=(8.0, 12.0, 16.0), weeks=2, **more):
    first = world.moment.date()
    steps = [(first + timedelta(weeks=weeks * number), one) for number, one in enumerate(hours)]
    with clock.at(world.moment):
        return plans.offer_plan(
            by=world.person(Role.COACH), participant=participant,
            **{"aim": "return", "contract_hours": 32, "steps": steps, **more},
        )  # fmt: skip


def agree(world: World, participant, plan) -> Plan:
    with clock.at(world.moment):
        return plans.agree_plan(by=world.account_of(participant), plan=plan)


def states(participant) -> list[str]:
    return list(
        Plan.objects.filter(enrolment__participant=participant).order_by("version").values_list("state", flat=True)
    )


def test_what_was_agreed_holds_until_the_participant_agrees_with_another(steps: World) -> None:
    participant = steps.in_care()
    agree(steps, participant, offer(steps, participant))
    second = offer(steps, participant, hours=(8.0, 10.0))
    assert states(participant) == ["agreed", "offered"]
    offer(steps, participant, hours=(8.0, 11.0))
    assert states(participant) == ["agreed", "replaced", "offered"]
    with pytest.raises(NotNow):
        agree(steps, participant, second)
    agree(steps, participant, Plan.objects.get(version=3))
    assert states(participant) == ["replaced", "replaced", "agreed"]


def test_hours_are_laid_over_the_days_that_are_possible_and_tasks_are_kept_sealed(steps: World) -> None:
    participant = steps.in_care()
    first = steps.moment.date()
    plan = offer(
        steps, participant, steps=[Step(first, 8.0, (), "planning nakijken"), Step(first + timedelta(days=7), 12.0)],
        available=[0, 3],
    )  # fmt: skip
    assert plan.steps[0]["days"] == [[0, 4.0], [3, 4.0]]
    assert "planning" not in str(plan.steps)
    (version,) = story_of(participant).versions
    assert [step.tasks for step in version.steps] == ["planning nakijken", ""]
    assert steps_for_workplace(participant, plan) == ()
    agreed = agree(steps, participant, plan)
    assert steps_for_workplace(participant, agreed)[0].tasks == "planning nakijken"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"available": []}, "available", "at least one day"),
        ({"hours": (8.0, -1.0)}, "steps", "below 0"),
        ({"hours": (8.0, 40.0)}, "steps", "32 or less"),
        ({"weeks": 0}, "steps", "overlap"),
        ({"weeks": -1}, "steps", "starts after the one before"),
        ({"aim": "fame"}, "aim", "returning to work"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_one_message(steps: World, given, field, said) -> None:
    participant = steps.in_care()
    with translation.override("en"), pytest.raises(Refused, match=said) as refusal:
        offer(steps, participant, **given)
    assert refusal.value.field == field
    assert not states(participant)


def test_no_plan_begins_before_the_first_sick_day(steps: World) -> None:
    participant = steps.in_care()
    with clock.at(steps.moment):
        statute.record_statute_facts(
            by=steps.person(Role.COACH), participant=participant, first_sick_day=steps.moment.date()
        )
    steps.later(days=-3)
    with translation.override("en"), pytest.raises(Refused, match="before the first sick day"):
        offer(steps, participant)


def test_one_step_back_is_a_version_that_the_professional_accepts(steps: World) -> None:
    participant = steps.in_care()
    own, coach = steps.account_of(participant), steps.person(Role.COACH)
    with clock.at(steps.moment), pytest.raises(Refused):
        stepping.step_back(by=own, participant=participant)
    agree(steps, participant, offer(steps, participant, available=[0, 1, 3]))
    steps.later(days=15)
    with clock.at(steps.moment):
        with pytest.raises(Refused) as refusal:
            stepping.step_back(by=own, participant=participant, weeks=9)
        assert refusal.value.field == "weeks"
        # The care team only for someone without a screen, and saying how they heard it.
        with pytest.raises(Refused):
            stepping.step_back(by=coach, participant=participant)
        back = stepping.step_back(by=own, participant=participant)
        assert states(participant) == ["agreed", "proposed"]
        story = story_of(participant)
        assert (story.holding.number, story.newest.number, story.newest.by_participant) == (1, 2, True)
        assert [step["hours"] for step in back.steps] == [8, 12, 8, 12, 16]
        assert back.steps[2]["days"] == [[0, 4.0], [3, 4.0]] or sum(day[1] for day in back.steps[2]["days"]) == 8
        with pytest.raises(NotHere):
            stepping.accept_plan(by=own, plan=back)
        stepping.accept_plan(by=coach, plan=back)
        assert states(participant) == ["replaced", "agreed"]
        story = story_of(participant)
        assert (story.newest.professional, story.newest.agreed_at) == (coach.name, steps.moment)
        with pytest.raises(NotNow):
            stepping.accept_plan(by=coach, plan=back)


def test_own_words_for_when_it_is_too_much_go_along_with_each_version(steps: World) -> None:
    participant = steps.in_care()
    own = steps.account_of(participant)
    with clock.at(steps.moment), pytest.raises(Refused):
        stepping.write_relapse_plan(by=own, participant=participant, text="Rusten")
    offer(steps, participant)
    with clock.at(steps.moment):
        written = stepping.write_relapse_plan(by=own, participant=participant, text="Eerst bellen met mijn zus.")
        assert b"zus" not in bytes(written.relapse_sealed)
        with pytest.raises(Refused):
            stepping.write_relapse_plan(by=own, participant=participant, text="x" * 2001)
    offer(steps, participant, hours=(8.0, 10.0))
    assert story_of(participant).newest.relapse == "Eerst bellen met mijn zus."


def test_usual_care_keeps_no_clock_and_takes_no_step(steps: World) -> None:
    participant = steps.allocated("usual_care")
    own = steps.account_of(participant)
    with clock.at(steps.moment):
        with pytest.raises(Refused):
            statute.record_statute_facts(by=own, participant=participant, first_sick_day=date(2026, 1, 5))
        with pytest.raises(Refused):
            statute.mark_deadline(by=own, participant=participant, rule="action_plan", done_on=date(2026, 2, 5))
        with pytest.raises(Refused):
            stepping.step_back(by=own, participant=participant)


def test_the_clock_knows_nothing_of_what_was_answered_to_a_questionnaire(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        assert WorkSpell.objects.filter(participant=participant, source="questionnaire").exists()
        assert first_sick_day(participant) is None
        assert clock_of(participant).known is None
        statute.record_statute_facts(
            by=rentree.account_of(participant), participant=participant, first_sick_day=date(2026, 1, 5),
            employees=80, trajectory_start=date(2026, 2, 2), contract_end=date(2027, 1, 31),
        )  # fmt: skip
        seen = clock_of(participant)
    assert seen.known.first_day_from == "filled_in"
    assert seen.timeline.first_sick_day == date(2026, 1, 5)
    assert (seen.known.facts.employees, seen.known.facts.trajectory_start) == (80, date(2026, 2, 2))


def test_the_clock_counts_from_the_hours_where_no_day_was_filled_in(rentree: World) -> None:
    participant = rentree.in_care()
    coach, day = rentree.person(Role.COACH), rentree.moment.date()
    with clock.at(rentree.moment):
        work.record_work(
            by=coach, participant=participant, start=day - timedelta(days=30), contract_hours=32, actual_hours=0,
            sick_percent=100,
        )  # fmt: skip
        seen = clock_of(participant)
    assert (seen.known.first_day_from, seen.timeline.first_sick_day) == ("hours", day - timedelta(days=30))


def test_an_employer_is_shown_its_own_dates_when_they_are_shared_and_no_right_to_end_a_contract(rentree: World) -> None:
    participant = rentree.in_care()
    link = rentree.with_workplace(participant)
    own, day = rentree.account_of(participant), rentree.moment.date()
    with clock.at(rentree.moment):
        statute.record_statute_facts(
            by=own, participant=participant, first_sick_day=day - timedelta(days=20), employees=80
        )
        workplace.change_sharing(by=own, participant=participant, link=link, items=["hours"])
        assert at_work.page(link.user, participant.pseudonym).terms == []
        workplace.change_sharing(by=own, participant=participant, link=link, items=["deadlines"])
        terms = at_work.page(link.user, participant.pseudonym).terms
    assert [one.title for one in terms] == [
        "Melding aan de preventiedienst", "Vragen welk werk mogelijk is",
        "Laatste dag om het re-integratietraject te starten",
    ]  # fmt: skip
    # The notice after four weeks of absence (Codex I.4-4), eight weeks for the estimate (RIT 3.0).
    assert [one.due for one in terms[:2]] == [day - timedelta(days=20) + timedelta(weeks=n) for n in (4, 8)]
    assert [one.sure for one in terms] == [True, True, False]


def test_hours_written_down_show_the_resumption(rentree: World) -> None:
    participant = rentree.in_care()
    coach, day = rentree.person(Role.COACH), rentree.moment.date()
    with clock.at(rentree.moment):
        statute.record_statute_facts(by=coach, participant=participant, first_sick_day=day - timedelta(days=90))
        work.record_work(
            by=coach, participant=participant, start=day - timedelta(days=3), contract_hours=32, actual_hours=8,
            sick_percent=75,
        )  # fmt: skip
        seen = clock_of(participant)
    asked = [one for one in seen.timeline.deadlines if one.id == "progressive_request"]
    assert [one.event_on for one in asked] == [day - timedelta(days=3)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_sick_day": date(2099, 1, 1)}, "first_sick_day"),
        ({"first_sick_day": date(1990, 1, 1)}, "first_sick_day"),
        ({"first_sick_day": date(2026, 2, 1), "contract_end": date(2026, 1, 1)}, "contract_end"),
        ({"first_sick_day": date(2026, 2, 1), "trajectory_start": date(2026, 1, 1)}, "trajectory_start"),
        ({"first_sick_day": date(2026, 2, 1), "resumptions": [date(2026, 1, 1)]}, "resumptions"),
    ],
)
def test_facts_that_cannot_be_are_refused_at_their_field(steps: World, given, field) -> None:
    participant = steps.in_care()
    with clock.at(steps.moment), pytest.raises(Refused) as refusal:
        statute.record_statute_facts(by=steps.person(Role.COACH), participant=participant, **given)
    assert refusal.value.field == field


def test_a_term_is_marked_as_done_and_a_mistake_undone(steps: World) -> None:
    participant = steps.in_care()
    own, day = steps.account_of(participant), steps.moment.date()
    with clock.at(steps.moment):
        statute.record_statute_facts(by=own, participant=participant, first_sick_day=day - timedelta(days=50))
        near = [one.id for one in near_of([participant])[participant.pk]]
        assert near == ["physician_opinion", "action_plan"]
        statute.mark_deadline(by=own, participant=participant, rule="action_plan", done_on=day)
        assert clock_of(participant).timeline.deadline("action_plan").state is State.DONE
        assert "action_plan" in [one.id for one in clock_of(participant).behind]
        statute.mark_deadline(by=own, participant=participant, rule="action_plan", done_on=None)
        assert clock_of(participant).timeline.deadline("action_plan").state is not State.DONE
        assert DeadlineMark.objects.count() == 2
        for wrong in (
            {"rule": "invalidity_start", "done_on": day},
            {"rule": "action_plan", "done_on": day + timedelta(days=1)},
            {"rule": "action_plan", "done_on": day - timedelta(days=51)},
        ):
            with pytest.raises(Refused):
                statute.mark_deadline(by=own, participant=participant, **wrong)


def test_facts_that_hang_on_nothing_and_hours_that_contradict_are_refused(steps: World) -> None:
    participant = steps.in_care()
    own, coach, day = steps.account_of(participant), steps.person(Role.COACH), steps.moment.date()

    def fill(**given):
        with clock.at(steps.moment), pytest.raises(Refused) as refused:
            statute.record_statute_facts(by=own, participant=participant, **given)
        return refused.value.field

    assert fill(employees=5) == "first_sick_day"
    with clock.at(steps.moment), pytest.raises(Refused):
        statute.mark_deadline(by=own, participant=participant, rule="action_plan", done_on=day)
    with clock.at(steps.moment):
        work.record_work(
            by=coach, participant=participant, start=day - timedelta(days=40), contract_hours=32, actual_hours=32,
            sick_percent=0,
        )  # fmt: skip
    assert fill(first_sick_day=day - timedelta(days=10)) == "first_sick_day"
    for job in ("1", "1"):
        WorkSpell.objects.create(
            participant=participant, source="coach", job=job, start=day - timedelta(days=60), end=None,
            contract_hours=32, actual_hours=0, sick_percent=100, kind="own", recorded_at=steps.moment,
        )  # fmt: skip
    with clock.at(steps.moment):
        assert fill(first_sick_day=day - timedelta(days=60)) == ""
        seen = clock_of(participant)
        assert (seen.timeline, seen.contradicts) == (None, True)
        assert near_of([participant]) == {}


def test_the_story_tells_the_newest_version_the_one_that_holds_and_the_earlier_ones(steps: World) -> None:
    participant = steps.in_care()
    first = offer(steps, participant)
    with clock.at(steps.moment):
        plans.agree_plan(by=steps.account_of(participant), plan=first)
    second = offer(steps, participant, hours=(4.0, 8.0))
    story = story_of(participant)
    assert (story.newest.number, story.holding.number) == (second.version, first.version)
    assert [one.number for one in story.earlier] == [first.version]


def test_a_date_of_the_law_that_is_near_lifts_someone_out_of_the_calm(steps: World) -> None:
    participant = steps.in_care()
    coach, day = steps.person(Role.COACH), steps.moment.date()
    with clock.at(steps.moment):
        care.plan_session(
            by=coach, participant=participant, kind="consultation", planned_for=steps.moment + timedelta(days=15)
        )
        assert caseload(coach).rows[0].why is Why.CALM
        # The opinion of the physician is asked within six weeks (Regeling procesgang, art. 2): in twelve days.
        statute.record_statute_facts(by=coach, participant=participant, first_sick_day=day - timedelta(days=30))
        (row,) = caseload(coach).rows
    assert (row.urgency, row.why, row.when) == (Urgency.WEEK, Why.DEADLINE, day + timedelta(days=12))
