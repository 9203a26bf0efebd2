"""Acts of filling in: two answers kept and settled, gaps with a reason, how and when it came in, once is once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from opstap.acts import clock, due, marks, measures
from opstap.acts.calendar import asked_of
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.two_answers import fingerprint
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import AnswerSheet, FormMark, Measurement, TwoAnswers, WorkSpell
from tests.world import World, answers_to


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class Asked:
    """Someone whose first questionnaire is open."""

    def __init__(self, world: World) -> None:
        self.world, self.participant = world, world.consented()
        self.by = world.account_of(self.participant)

    @property
    def measurement(self) -> Measurement:
        return self.world.measurement(self.participant, "t0")

    def save(self, questionnaire: str = "background", *, by: Any = None, **more: Any) -> Measurement:
        how = {name: more.pop(name) for name in ("seen", "channel", "answered_on") if name in more}
        with clock.at(self.world.moment):
            return measures.save_answers(
                by=by or self.by, measurement=self.measurement, answers={questionnaire: more}, **how
            )

    def kept(self, questionnaire: str = "background") -> dict[str, Any]:
        return AnswerSheet.objects.get(measurement=self.measurement, questionnaire=questionnaire).answers

    def seen(self, item: str, questionnaire: str = "background") -> dict[str, dict[str, str]]:
        answers = self.kept(questionnaire)
        return {questionnaire: {item: fingerprint(self.measurement.pk, questionnaire, item, answers)}}

    def settle(self, pair: TwoAnswers, keep: str, by: Any = None) -> None:
        with clock.at(self.world.moment):
            measures.settle_answer(by=by or self.by, measurement=self.measurement, number=pair.pk, keep=keep)

    def submit(self, *, by: Any = None, **gaps: dict[str, str]) -> Measurement:
        with clock.at(self.world.moment):
            told = {name.replace("_", "-"): of for name, of in gaps.items()}
            return measures.submit(by=by or self.by, measurement=self.measurement, gaps=told)

    def fill(self, *, by: Any = None, without: tuple[str, ...] = (), **how: Any) -> None:
        with clock.at(self.world.moment):
            full = {one.id: answers_to(one, self.world.moment) for one in asked_of(self.measurement)}
            for name in without:
                questionnaire, _dot, item = name.partition(".")
                del full[questionnaire][item]
            measures.save_answers(by=by or self.by, measurement=self.measurement, answers=full, **how)


@pytest.fixture
def asked(steps: World) -> Asked:
    return Asked(steps)


def test_a_page_that_knew_the_answer_saves_over_it_and_one_that_did_not_beside_it(asked: Asked) -> None:
    asked.save(age=40)
    knew = asked.seen("age")
    asked.save(age=41, seen=knew)
    assert asked.kept()["age"] == 41
    assert not TwoAnswers.objects.exists()
    assert asked.seen("sex") == {"background": {"sex": ""}}
    asked.save(age=42, sex="female", seen=knew)
    assert asked.kept() == {"age": 41, "sex": "female"}
    pair = TwoAnswers.objects.get()
    assert (pair.item, pair.standing, pair.other) == ("age", 41, 42)


def test_the_other_answer_holds_when_so_chosen_and_both_stay(asked: Asked) -> None:
    asked.save(age=40)
    asked.save(age=42, seen={"background": {"age": ""}})
    pair = TwoAnswers.objects.get()
    with pytest.raises(Refused, match="one of the two"):
        asked.settle(pair, "neither")
    with pytest.raises(NotHere):
        asked.settle(pair, "other", by=asked.world.person(Role.REFERRER))
    asked.settle(pair, "other")
    assert asked.kept()["age"] == 42
    with pytest.raises(Refused, match="chosen before"):
        asked.settle(pair, "standing")
    pair.refresh_from_db()
    assert (pair.standing, pair.other, pair.kept) == (40, 42, "other")
    asked.save(age=43, seen={"background": {"age": ""}})
    asked.settle(TwoAnswers.objects.get(settled_at=None), "standing")
    assert asked.kept()["age"] == 42


def test_the_same_words_are_one_answer_and_other_words_are_kept_sealed(asked: Asked) -> None:
    asked.save("care-use", medicine=1, medicines=[{"name": "Zalf"}])
    asked.save("care-use", medicines=[{"name": "Zalf"}], seen={"care-use": {"medicines": ""}})
    assert not TwoAnswers.objects.exists()
    asked.save("care-use", medicines=[{"name": "Druppels"}], seen={"care-use": {"medicines": ""}})
    pair = TwoAnswers.objects.get()
    assert "Druppels" not in str(pair.other)
    asked.settle(pair, "other")
    given = measures.answers_so_far(asked.measurement)["care-use"]
    assert given["medicines"] == [{"name": "Druppels"}]


def test_two_answers_keep_a_questionnaire_open_until_one_holds_or_nobody_asks_any_longer(asked: Asked) -> None:
    asked.fill()
    asked.save("work-start", contract_hours=20, seen={"work-start": {"contract_hours": "older"}})
    with pytest.raises(Refused, match="two answers"):
        asked.submit()
    # Routing asks no more for it: nothing is left to choose.
    asked.save("work-start", employed=0)
    asked.submit()
    with pytest.raises(NotNow):
        asked.settle(TwoAnswers.objects.get(), "other")


def test_gaps_are_for_paper_and_telephone_only_with_a_known_reason(asked: Asked) -> None:
    coordinator = asked.world.person(Role.COORDINATOR)
    asked.fill(without=("background.age",))
    with pytest.raises(Refused, match="without an answer"):
        asked.submit()
    with pytest.raises(Refused, match="paper or by telephone"):
        asked.submit(background={"age": "left_empty"})
    asked.fill(without=("background.age",), by=coordinator, channel="telephone")
    with pytest.raises(NotHere):
        asked.submit(background={"age": "left_empty"})
    with pytest.raises(Refused, match="why there is no answer"):
        asked.submit(by=coordinator, background={"age": "tired"})
    done = asked.submit(by=coordinator, background={"age": "left_empty", "sex": "unreadable"})
    assert done.submitted_at is not None
    # A reason for what has an answer is not kept.
    assert AnswerSheet.objects.get(questionnaire="background").gaps == {"age": "left_empty"}


def test_paper_that_is_empty_altogether_can_be_handed_in(asked: Asked) -> None:
    coordinator = asked.world.person(Role.COORDINATOR)
    asked.save(by=coordinator, channel="paper", age=50)
    with clock.at(asked.world.moment):
        given = measures.answers_so_far(asked.measurement)
        gaps = {
            one.id: {item.id: "left_empty" for item in one.missing(given.get(one.id, {}))}
            for one in asked_of(asked.measurement)
        }
        measures.submit(by=coordinator, measurement=asked.measurement, gaps=gaps)
    assert AnswerSheet.objects.filter(measurement=asked.measurement).count() == len([one for one in gaps if gaps[one]])
    assert not WorkSpell.objects.filter(participant=asked.participant, source="questionnaire").exists()


def test_how_and_when_it_came_in_is_kept_and_a_day_that_cannot_be_is_refused(asked: Asked) -> None:
    coordinator, today = asked.world.person(Role.COORDINATOR), asked.world.moment.date()
    opened = asked.measurement.opens_on
    for day in (opened - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(Refused, match="This day does not fit"):
            asked.save(by=coordinator, channel="paper", answered_on=day, age=50)
    asked.save(by=coordinator, channel="telephone", answered_on=opened, age=50)
    assert (asked.measurement.channel, asked.measurement.answered_on) == ("telephone", opened)
    # Who goes on online has answered online.
    asked.save(sex="female")
    assert (asked.measurement.channel, asked.measurement.answered_on) == ("online", None)


def test_a_form_does_its_work_once_and_an_error_leaves_no_mark(asked: Asked) -> None:
    with pytest.raises(Refused), marks.once("one"):
        asked.save(age=400)
    with marks.once("one"):
        asked.save(age=40)
    with pytest.raises(marks.DoneBefore), marks.once("one"):
        asked.save(age=41)
    assert asked.kept() == {"age": 40}
    assert FormMark.objects.count() == 1


def test_old_marks_are_dropped_by_what_falls_due(asked: Asked) -> None:
    with clock.at(asked.world.moment), marks.once("one"):
        pass
    with clock.at(asked.world.moment + timedelta(days=1)):
        due.tidy()
        assert FormMark.objects.count() == 1
    with clock.at(asked.world.moment + timedelta(days=3)):
        due.tidy()
        assert not FormMark.objects.exists()
