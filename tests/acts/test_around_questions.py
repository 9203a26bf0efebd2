"""Therapist, coach and workplace are asked where the programme is given, apart from the participant and each other."""

import pytest

from opstap.acts import clock, measures
from opstap.acts.calendar import asked_of, schedule
from opstap.acts.dataset import dataset_of, whole_of
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import around_questions as sight
from opstap.acts.sight import workplace
from opstap.acts.sight.caseload import Urgency, Why, caseload
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.store.models import Enrolment, Measurement, Participant, WorkplaceLink
from tests.world import World, answers_to


def asked_about(participant: Participant) -> dict[str, Measurement]:
    return {one.respondent: one for one in Measurement.objects.filter(participant=participant, wave="t6")}


def at_half_a_year(steps: World) -> Participant:
    participant = steps.in_care()
    steps.with_workplace(participant)
    steps.later(days=183)
    return participant


def fill(steps: World, by, measurement: Measurement) -> Measurement:
    full = {one.id: answers_to(one, steps.moment) for one in asked_of(measurement)}
    with clock.at(steps.moment):
        measures.save_answers(by=by, measurement=measurement, answers=full)
        return measures.submit(by=by, measurement=measurement)


def test_those_around_are_asked_in_the_arm_with_the_programme_only(steps: World, rentree: World) -> None:
    assert set(asked_about(steps.allocated("steps"))) == {"participant", "therapist", "coach", "workplace"}
    usual = steps.allocated("usual_care")
    assert set(asked_about(usual)) == {"participant"}
    assert {one.respondent for one in Measurement.objects.filter(participant=usual)} == {"participant"}
    coached = rentree.baseline()
    assert {one.respondent for one in Measurement.objects.filter(participant=coached)} == {"participant"}


def test_where_the_arm_is_known_only_later_they_are_asked_beside_the_participant(steps: World, monkeypatch) -> None:
    participant = steps.allocated("steps")
    protocol = load("steps")
    first = protocol.study.waves[0]
    waves = [first.model_copy(update={"asks": {**first.asks, "coach": ["process-coach"]}}), *protocol.study.waves[1:]]
    study = protocol.study.model_copy(update={"waves": waves})
    changed = protocol.model_copy(update={"study": study})
    monkeypatch.setattr("opstap.acts.calendar.protocol_of", lambda _study: changed)
    schedule(participant, "allocation", steps.moment.date())
    own, coach = (Measurement.objects.get(participant=participant, wave="t0", respondent=one) for one in
                  ("participant", "coach"))  # fmt: skip
    assert (coach.due_on, coach.opens_on, coach.closes_on) == (own.due_on, own.opens_on, own.closes_on)


def test_each_place_answers_its_own_and_nobody_else(steps: World) -> None:
    participant = at_half_a_year(steps)
    asked = asked_about(participant)
    people = {
        "participant": steps.account_of(participant),
        "therapist": steps.person(Role.THERAPIST),
        "coach": steps.person(Role.COACH),
        "workplace": WorkplaceLink.objects.select_related("user").get(participant=participant).user,
    }
    for respondent, measurement in asked.items():
        for place, by in people.items():
            if place != respondent:
                with pytest.raises(NotHere):
                    fill(steps, by, measurement)
    for respondent in ("therapist", "coach", "workplace"):
        assert fill(steps, people[respondent], asked[respondent]).submitted_at is not None
    participation = steps.fresh(participant).participation
    assert participation.state == "in_follow_up"
    # From paper, by a coordinator, as every other.
    other = at_half_a_year(steps)
    assert fill(steps, steps.person(Role.COORDINATOR), asked_about(other)["therapist"]).submitted_at is not None


def test_the_study_is_complete_when_the_participant_is_done(steps: World) -> None:
    participant = at_half_a_year(steps)
    steps.fill(participant, "t6")
    steps.later(days=183)
    steps.fill(participant, "t12")
    assert steps.fresh(participant).participation.state == "completed"


def test_the_caseload_and_the_workplace_show_what_is_asked(steps: World) -> None:
    participant = at_half_a_year(steps)
    therapist, link = (
        steps.person(Role.THERAPIST),
        WorkplaceLink.objects.select_related("user").get(participant=participant),
    )
    asked = asked_about(participant)
    with clock.at(steps.moment):
        row = next(row for row in caseload(therapist).rows if row.pseudonym == participant.pseudonym)
        assert [one.id for one in row.questions] == [asked["therapist"].pk]
        assert not row.questions[0].begun
        measurement, whole = sight.of_care(therapist, participant.pseudonym, asked["therapist"].pk)
        assert [sheet.questionnaire.id for sheet in whole.sheets] == ["process-therapist"]
        assert measurement.pk == asked["therapist"].pk
        for pseudonym, number in (("S-NEVER", asked["therapist"].pk), (participant.pseudonym, asked["coach"].pk)):
            with pytest.raises(NotHere):
                sight.of_care(therapist, pseudonym, number)
        page = workplace.page(link.user, participant.pseudonym)
        assert [one.id for one in page.questions] == [asked["workplace"].pk]
        assert page.asked == 1
        assert workplace.workers(link.user)[0].waits
        _row, seen = workplace.questions(link.user, participant.pseudonym, asked["workplace"].pk)
        assert seen.sheets[0].hint
        with pytest.raises(NotHere):
            workplace.questions(link.user, participant.pseudonym, asked["therapist"].pk)
    fill(steps, link.user, asked["workplace"])
    with clock.at(steps.moment):
        assert workplace.page(link.user, participant.pseudonym).questions == []
        asked_already = sight.asked_of_care(therapist, [participant])
        assert list(asked_already) == [participant.pk]
        assert sight.asked_of_care(therapist, []) == {}


def test_who_ended_the_programme_is_for_this_week_while_there_are_questions(steps: World) -> None:
    participant = at_half_a_year(steps)
    Enrolment.objects.filter(participant=participant).update(state="completed", ended_on=steps.moment.date())
    with clock.at(steps.moment):
        row = caseload(steps.person(Role.THERAPIST)).rows[0]
    assert (row.urgency, row.why, row.when) == (Urgency.WEEK, Why.QUESTIONS, row.questions[0].until)


def test_too_early_nothing_is_there(steps: World) -> None:
    participant = steps.in_care()
    therapist = steps.person(Role.THERAPIST)
    with clock.at(steps.moment):
        assert sight.asked_of_care(therapist, [participant]) == {}
        with pytest.raises(NotHere):
            sight.of_care(therapist, participant.pseudonym, asked_about(participant)["therapist"].pk)


def test_an_empty_one_is_not_handed_in(steps: World) -> None:
    participant = at_half_a_year(steps)
    measurement = asked_about(participant)["therapist"]
    therapist = steps.person(Role.THERAPIST)
    with clock.at(steps.moment):
        measures.save_answers(
            by=therapist, measurement=measurement, answers={"process-therapist": {"as_meant": "4"}}
        )  # fmt: skip
        with pytest.raises(Refused):
            measures.submit(by=therapist, measurement=measurement)


def test_what_they_answer_is_in_the_dataset(steps: World) -> None:
    participant = at_half_a_year(steps)
    fill(steps, steps.person(Role.THERAPIST), asked_about(participant)["therapist"])
    with clock.at(steps.moment):
        tables, blinded = whole_of(steps.study).tables, dataset_of(by=SYSTEM, study=steps.study).tables
    answers = tables["answers"]
    items = set(answers[answers["questionnaire"] == "process-therapist"]["item"])
    assert {"as_meant", "team", "tailored"} <= items
    assert "remarks" not in items
    assert "therapist" in set(tables["measurements"]["respondent"])
    # They are asked where the programme is given only: nothing of it is there while the analysis is blinded.
    assert set(blinded["measurements"]["respondent"]) == {"participant"}
    assert "process-therapist" not in set(blinded["answers"]["questionnaire"])
