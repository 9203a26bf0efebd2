"""What the pages' records say at the edges: nothing yet, everything over, someone else's."""

from datetime import timedelta

import pytest

from opstap.acts import care, clock, consents, doors, measures
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight import answers, desk, journey, progress, reach
from opstap.acts.sight.participant import filling, today
from opstap.domain.access import Permission, Role
from opstap.store.models import Measurement
from tests.world import World


def test_a_corrected_text_is_read_in_words(rentree: World) -> None:
    participant = rentree.baseline()
    rentree.later(days=183)
    measurement = rentree.fill(participant, "t1", remarks="Eerste woorden.")
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment):
        measures.correct_answer(
            by=coordinator, measurement=measurement, questionnaire="satisfaction", item="remarks",
            value="Andere woorden.", reason="Zo bedoeld.",
        )  # fmt: skip
        _, seen = answers.answered(coordinator, measurement.pk, Permission.ENTER_ANSWERS)
    assert ("Eerste woorden.", "Andere woorden.") in [(row.old, row.new) for row in seen.corrections]


def test_a_desk_without_a_screening_begins_empty(rentree: World) -> None:
    participant = rentree.referred()
    one, asked = desk.desk(rentree.person(Role.COORDINATOR), participant.pseudonym)
    assert asked.answered == {}
    with pytest.raises(NotHere):
        desk.colleague_account(one, -1)


def test_the_next_act_follows_from_what_is_missing(rentree: World, steps: World) -> None:
    def following(world: World, participant) -> str:
        with clock.at(world.moment):
            return journey.journey(world.person(Role.COORDINATOR), participant.pseudonym).next

    assert following(rentree, rentree.informed()) == "consent-programme"
    waiting = steps.enrolled()
    steps.later(days=8)
    assert following(steps, waiting) == "consent-study"
    late = rentree.in_care()
    rentree.later(days=200)
    assert following(rentree, late) == "link"


def test_nothing_leads_on_after_everything_ended(rentree: World) -> None:
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(participant), participant=participant)
        care.complete_programme(by=rentree.person(Role.COACH), participant=participant)
        seen = journey.journey(rentree.person(Role.COORDINATOR), participant.pseudonym)
        assert today.today(rentree.account_of(participant)).stage == "done"
    assert not seen.can & {"withdraw", "stop", "assign", "allocate"}
    assert journey._given(protocol_of(participant.study), "date_of_birth", None) == ""


def test_a_study_without_anyone_has_no_curve(rentree: World) -> None:
    assert progress.progress(rentree.person(Role.COORDINATOR))[0].included == 0


def test_a_role_reaches_its_own_studies_and_nobody_elses(rentree: World, steps: World) -> None:
    coordinator = rentree.person(Role.COORDINATOR)
    steward = steps.person(Role.STEWARD)
    assert [one.study for one in reach.reaches(coordinator, Permission.SCREEN)] == [rentree.study]
    with pytest.raises(NotHere):
        reach.reaches(steward, Permission.SCREEN)


def test_a_partners_questionnaire_is_not_the_participants(rentree: World) -> None:
    participant = rentree.baseline()
    own = rentree.measurement(participant, "t0")
    other = Measurement.objects.create(
        participant=participant, wave="t0", respondent="partner", protocol=own.protocol, due_on=own.due_on,
        opens_on=own.opens_on, closes_on=own.closes_on + timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(NotHere):
        filling.filling(doors.own_record(rentree.account_of(participant)), other.pk)


def test_a_question_without_an_answer_has_none(rentree: World) -> None:
    participant = rentree.consented()
    with clock.at(rentree.moment):
        own = doors.own_record(rentree.account_of(participant))
        seen = filling.filling(own, rentree.measurement(participant, "t0").pk)
    assert {question.answer for question in seen.questions} == {None}


def test_the_curve_of_inclusion_runs_month_by_month(rentree: World) -> None:
    rentree.baseline()
    with clock.at(rentree.moment + timedelta(days=70)):
        seen = progress.progress(rentree.person(Role.COORDINATOR))[0]
    assert seen.included == 1
