"""Answering: saved as it is filled in, handed in once, corrected beside the old value."""

from datetime import timedelta

import pytest

from opstap.acts import calendar, clock, consents, measures
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import AnswerSheet, WorkSpell
from tests.world import World


def save(world: World, participant, wave="t0", by=None, **sheets):
    with clock.at(world.moment):
        return measures.save_answers(
            by=by or world.account_of(participant),
            measurement=world.measurement(participant, wave),
            answers={name.replace("_", "-"): answers for name, answers in sheets.items()},
        )


def test_what_is_saved_stays_and_can_be_taken_back(rentree: World) -> None:
    participant = rentree.consented()
    save(rentree, participant, background={"age": "49", "sex": "female"})
    save(rentree, participant, background={"sex": None, "education": "higher"})
    sheet = AnswerSheet.objects.get(questionnaire="background")
    assert sheet.answers == {"age": 49, "education": "higher"}
    assert rentree.measurement(participant, "t0").started_at is not None


@pytest.mark.parametrize(
    ("sheets", "field"),
    [
        ({"background": {"age": "oud"}}, "background.age"),
        ({"background": {"age": "140"}}, "background.age"),
        ({"background": {"age": "40,5"}}, "background.age"),
        ({"background": {"sex": "x"}}, "background.sex"),
        ({"background": {"shoe": "41"}}, "background.shoe"),
        ({"work_start": {"first_sick_day": "gisteren"}}, "work-start.first_sick_day"),
        ({"satisfaction": {"helped": 1}}, "satisfaction"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(rentree: World, sheets, field) -> None:
    participant = rentree.consented()
    with pytest.raises(Refused) as refusal:
        save(rentree, participant, **{"background": {"sex": "female"}, **sheets})
    assert refusal.value.field == field
    assert str(refusal.value)
    assert not AnswerSheet.objects.exists()


def test_free_text_is_sealed(rentree: World) -> None:
    participant = rentree.baseline()
    rentree.later(days=180)
    save(rentree, participant, "t1", satisfaction={"remarks": "Dank aan Marijke", "helped": 1})
    sheet = AnswerSheet.objects.get(questionnaire="satisfaction")
    assert "Marijke" not in str(sheet.answers)
    with pytest.raises(Refused):
        save(rentree, participant, "t1", satisfaction={"remarks": "x" * 4001})
    measurement = rentree.measurement(participant, "t1")
    assert measures.answers_so_far(measurement)["satisfaction"] == {"remarks": "Dank aan Marijke", "helped": 1}


def test_handing_in_needs_every_question_that_was_asked(rentree: World) -> None:
    participant = rentree.consented()
    save(rentree, participant, background={"age": "49"})
    with clock.at(rentree.moment), pytest.raises(Refused) as refusal:
        measures.submit(by=rentree.account_of(participant), measurement=rentree.measurement(participant, "t0"))
    assert refusal.value.field == "background.sex"


def test_nothing_is_answered_before_or_after_the_window(rentree: World) -> None:
    participant = rentree.consented()
    with pytest.raises(NotNow):
        save(rentree, participant, "t1", satisfaction={"helped": 1})
    rentree.later(days=60)
    with pytest.raises(NotNow):
        save(rentree, participant, background={"age": "49"})


def test_handing_in_twice_does_nothing_twice(rentree: World) -> None:
    participant = rentree.baseline()
    with clock.at(rentree.moment), pytest.raises(NotNow):
        measures.submit(by=rentree.account_of(participant), measurement=rentree.measurement(participant, "t0"))


def test_nobody_answers_for_someone_else(rentree: World) -> None:
    participant, other = rentree.consented(), rentree.consented()
    for by in (rentree.account_of(other), rentree.person(Role.COACH), rentree.person(Role.ANALYST)):
        with pytest.raises(NotHere):
            save(rentree, participant, by=by, background={"age": "49"})


def test_a_coordinator_enters_what_came_on_paper(rentree: World) -> None:
    participant = rentree.consented()
    with clock.at(rentree.moment):
        measurement = measures.save_answers(
            by=rentree.person(Role.COORDINATOR),
            measurement=rentree.measurement(participant, "t0"),
            answers={"background": {"age": "49"}},
            channel="paper",
        )
    assert measurement.channel == "paper"


def test_reported_hours_become_spells_and_follow_a_correction(rentree: World) -> None:
    participant = rentree.consented()
    rentree.fill(participant, "t0", at_work=1, actual_hours=12, contract_hours=30, reported_sick=1, sick_percent=60)
    spell = WorkSpell.objects.filter(participant=participant).latest("start")
    assert (spell.actual_hours, spell.contract_hours, spell.source) == (12, 30, "questionnaire")
    with clock.at(rentree.moment):
        correction = measures.correct_answer(
            by=rentree.person(Role.COORDINATOR),
            measurement=rentree.measurement(participant, "t0"),
            questionnaire="work-start",
            item="actual_hours",
            value="16",
            reason="De deelnemer belde: het was 16.",
        )
    assert (correction.old, correction.new) == (12, 16)
    assert WorkSpell.objects.filter(participant=participant).latest("start").actual_hours == 16


def test_a_correction_needs_a_reason_an_answer_and_a_submitted_questionnaire(rentree: World) -> None:
    participant = rentree.consented()
    coordinator = rentree.person(Role.COORDINATOR)

    def correct(questionnaire="background", item="age", value="50", reason="Vergissing."):
        with clock.at(rentree.moment):
            return measures.correct_answer(
                by=coordinator, measurement=rentree.measurement(participant, "t0"),
                questionnaire=questionnaire, item=item, value=value, reason=reason,
            )  # fmt: skip

    with pytest.raises(NotNow):
        correct()
    rentree.fill(participant, "t0")
    for wrong in ({"reason": " "}, {"questionnaire": "satisfaction"}, {"item": "shoe"}, {"value": "oud"}):
        with pytest.raises(Refused):
            correct(**wrong)
    assert correct(value=None).new is None


def test_what_is_asked_depends_on_the_arm(steps: World) -> None:
    treated = steps.allocated("steps")
    usual = steps.allocated("usual_care")
    asked = {
        arm: [one.id for one in calendar.asked_of(steps.measurement(one, "t6"))]
        for arm, one in (("steps", treated), ("usual_care", usual))
    }
    assert "process-participant" in asked["steps"]
    assert "process-participant" not in asked["usual_care"]


def test_the_last_questionnaire_completes_the_study(rentree: World) -> None:
    participant = rentree.baseline()
    rentree.later(days=183)
    rentree.fill(participant, "t1")
    assert rentree.fresh(participant).participation.state == "in_follow_up"
    rentree.later(days=183)
    rentree.fill(participant, "t2")
    assert rentree.fresh(participant).participation.state == "completed"


def test_a_withdrawn_person_is_asked_nothing_more(rentree: World) -> None:
    participant = rentree.baseline()
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(participant), participant=participant)
    measurement = rentree.measurement(participant, "t1")
    assert calendar.state_of(measurement, measurement.due_on) == "voided"


def test_a_calendar_counts_in_months_from_its_anchor(steps: World) -> None:
    participant = steps.allocated()
    allocated = steps.moment.date()
    t6 = steps.measurement(participant, "t6")
    assert (t6.due_on.year, t6.due_on.month) == ((allocated.year, allocated.month + 6))
    assert t6.opens_on == t6.due_on - timedelta(days=14)
    assert t6.closes_on == t6.due_on + timedelta(days=42)
