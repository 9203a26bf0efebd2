"""The end of the programme: prepared, looked back, agreed, closed, reopened; and aftercare after it."""

from datetime import timedelta

import pytest

from opstap.acts import aftercare, calendar, care, clock, closing, consents, energy, goals, network, papers, plans, work
from opstap.acts.doors import aftercare_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import caseload as caseloads
from opstap.acts.sight import closing as sight
from opstap.acts.sight.caseload import Urgency, Why
from opstap.acts.sight.participant.asking import open_for
from opstap.domain.access import Permission, Role
from opstap.domain.journey import NotNow
from opstap.domain.protocol import read
from opstap.domain.work.spells import Kind
from opstap.store.models import AftercareContact, Closing, Enrolment, Measurement
from tests.acts.test_third_programme import EXAMPLE
from tests.world import World

WORDS = {"helped": "Korte dagen.", "not_helped": "", "next": "Rustig aan."}
POINTS = [("Ik slaap slecht.", "Eerder stoppen", "Fenna"), ("", "", "")]


class Scene:
    """Someone in the programme and who looks after them."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, world.in_care()
        self.own, self.coach = world.account_of(self.who), world.person(Role.COACH)

    def do(self, act, *, by=None, **given):
        with clock.at(self.world.moment):
            return act(by=by or self.coach, participant=self.world.fresh(self.who), **given)

    def looked_back(self):
        self.do(closing.prepare_closing)
        self.do(closing.write_own_words, by=self.own, answers=WORDS)
        self.do(closing.write_care_words, answers=WORDS, points=POINTS)
        return self.do(closing.look_back)

    def seen(self, reader=None):
        with clock.at(self.world.moment):
            return sight.looking_back(self.world.fresh(self.who), "nl", reader)

    def row(self):
        with clock.at(self.world.moment):
            return next(row for row in caseloads.caseload(self.coach).rows if row.pseudonym == self.who.pseudonym)

    def asks(self):
        with clock.at(self.world.moment):
            return [one.kind for one in open_for(self.world.fresh(self.who)).now]


@pytest.fixture
def scene(steps: World) -> Scene:
    return Scene(steps)


def refused(field: str, call, **given) -> None:
    with pytest.raises(Refused) as caught:
        call(**given)
    assert caught.value.field == field


def test_closing_goes_in_steps_and_each_is_seen_by_both(scene):
    scene.do(closing.prepare_closing)
    assert "looking_back" in scene.asks()
    scene.do(closing.write_own_words, by=scene.own, answers=WORDS)
    assert "looking_back" not in scene.asks()
    scene.do(closing.write_care_words, answers={"helped": "De wandelingen."}, points=POINTS)
    with pytest.raises(NotNow):
        scene.do(closing.agree_closing, by=scene.own)
    scene.do(closing.look_back)
    assert "closing" in scene.asks()
    seen = scene.seen()
    assert seen.may_agree
    assert (seen.own.answers["helped"], seen.care.answers["helped"]) == ("Korte dagen.", "De wandelingen.")
    assert [point.sign for point in seen.points] == ["Ik slaap slecht."]
    scene.do(closing.agree_closing, by=scene.own)
    assert "closing" not in scene.asks()
    row = scene.row()
    assert row.why in (Why.AGREED, Why.PLAN_FIRST)
    scene.do(care.complete_programme)
    seen = scene.seen()
    assert (seen.state, seen.completed, seen.agreed_channel) == ("closed", True, "")
    assert seen.agreed_at is not None
    assert scene.asks() == []


def test_what_is_changed_after_the_agreement_has_to_be_agreed_anew(scene):
    scene.looked_back()
    scene.do(closing.agree_closing, by=scene.own)
    scene.do(closing.write_care_words, answers=WORDS, points=[])
    seen = scene.seen()
    assert (seen.state, seen.agreed_at) == ("looked_back", None)
    assert seen.points == ()


def test_refusals_of_closing(scene):
    refused("", scene.do, act=closing.write_own_words, by=scene.own, answers=WORDS)
    scene.do(closing.prepare_closing)
    refused("", scene.do, act=closing.prepare_closing)
    refused("helped", scene.do, act=closing.write_own_words, by=scene.own, answers={})
    refused("points", scene.do, act=closing.write_care_words, answers=WORDS, points=[("", "Rusten", "")])
    refused("points", scene.do, act=closing.write_care_words, answers=WORDS, points=[("Ik", "", "")] * 6)
    refused("", scene.do, act=closing.reopen_programme, reason="Toch weer klachten.")
    with pytest.raises(NotHere):
        scene.do(closing.prepare_closing, by=scene.own)
    with pytest.raises(NotHere):
        scene.do(closing.agree_closing, by=scene.world.person(Role.COORDINATOR))


def test_a_programme_closes_without_looking_back_and_says_so(scene):
    scene.do(closing.prepare_closing)
    scene.do(care.complete_programme)
    seen = scene.seen()
    assert (seen.state, seen.agreed_at) == ("closed", None)


def test_reopening_keeps_the_reason_and_what_was_looked_back_on(scene):
    scene.looked_back()
    scene.do(care.complete_programme)
    refused("reason", scene.do, act=closing.reopen_programme, reason=" ")
    scene.do(closing.reopen_programme, reason="Toch weer klachten.")
    seen = scene.seen()
    assert (seen.running, seen.state) == (True, "")
    assert [reason for _at, reason in seen.reopened] == ["Toch weer klachten."]
    scene.looked_back()
    scene.do(care.complete_programme)
    assert [one.state for one in Closing.objects.order_by("pk")] == ["reopened", "closed"]


def test_who_was_closed_without_looking_back_can_be_reopened_too(rentree):
    scene = Scene(rentree)
    scene.do(care.complete_programme)
    scene.do(closing.reopen_programme, reason="Een nieuwe job.")
    assert scene.seen().running


def test_a_questionnaire_that_counts_from_the_end_falls_out_and_counts_anew(rentree, monkeypatch):
    scene = Scene(rentree)
    monkeypatch.setattr(calendar, "protocol_of", lambda study: _with_end(protocol_of(study)))
    scene.do(care.complete_programme)
    first = Measurement.objects.get(wave="end")
    scene.do(closing.reopen_programme, reason="Een nieuwe job.")
    assert Measurement.objects.get(wave="end").void_reason == "reopened"
    rentree.later(days=30)
    scene.do(care.complete_programme)
    again = Measurement.objects.get(wave="end")
    assert (again.pk, again.voided_on) == (first.pk, None)
    assert again.due_on > first.due_on


def _with_end(protocol):
    waves = [one for one in protocol.study.waves if one.id != "end"]
    end = waves[1].model_copy(update={"id": "end", "anchor": "programme_end", "months": 1})
    return protocol.model_copy(update={"study": protocol.study.model_copy(update={"waves": [*waves, end]})})


# Aftercare.


def planned(scene, *weeks: int):
    day = scene.world.moment.date()
    return scene.do(aftercare.plan_aftercare, days=[day + timedelta(weeks=number) for number in weeks])


def test_aftercare_is_proposed_from_the_first_day_worked(rentree):
    scene = Scene(rentree)
    day = rentree.moment.date()
    assert scene.seen().proposed == tuple(day + timedelta(weeks=number) for number in (4, 12, 26))
    assert scene.seen().certainty == "NF"
    scene.do(work.record_work, start=day, contract_hours=20.0, actual_hours=8.0, sick_percent=60.0, kind=Kind.OWN)
    rentree.later(weeks=5)
    assert scene.seen().proposed == tuple(day + timedelta(weeks=number) for number in (12, 26))
    assert scene.seen().hours.since == day
    assert scene.seen().hours.worked == 8


def test_steps_counts_from_the_end_and_a_programme_may_have_none(scene):
    day = scene.world.moment.date()
    assert scene.seen().proposed == (day + timedelta(weeks=6),)
    assert read(EXAMPLE).programme.closing.aftercare is None


def test_a_contact_is_held_after_the_end_and_counts_as_no_session(scene):
    (contact,) = planned(scene, 1)
    scene.do(care.complete_programme)
    scene.world.later(days=3)
    row = scene.row()
    assert (row.urgency, row.why, row.aftercare_id) == (Urgency.WEEK, Why.AFTERCARE, contact.pk)
    scene.world.later(days=5)
    assert scene.row().urgency is Urgency.NOW
    with clock.at(scene.world.moment):
        found = aftercare_of(scene.coach, contact.pk, Permission.DELIVER)
        aftercare.hold_aftercare(
            by=scene.coach, contact=found, on=clock.today(), minutes=15, mode="telephone", shared_note="Het gaat goed."
        )
    seen = scene.seen()
    assert [(one.state, one.minutes, one.note, one.due) for one in seen.aftercare] == [
        ("held", 15, "Het gaat goed.", False)
    ]
    assert (seen.talks.held, seen.next_aftercare) == (0, None)
    assert scene.row().urgency is Urgency.ENDED
    with pytest.raises(NotNow), clock.at(scene.world.moment):
        aftercare.miss_aftercare(by=scene.coach, contact=found)


def test_contacts_are_moved_missed_and_called_off(scene):
    one, two, three = planned(scene, 1, 2, 3)
    with clock.at(scene.world.moment):
        moved = aftercare.move_aftercare(by=scene.coach, contact=one, planned_for=one.planned_for + timedelta(days=2))
        assert moved.state == "planned"
        refused("planned_for", aftercare.move_aftercare, by=scene.coach, contact=one,
                planned_for=clock.today() - timedelta(days=1))  # fmt: skip
        aftercare.miss_aftercare(by=scene.coach, contact=two)
        aftercare.cancel_aftercare(by=scene.coach, contact=three)
    assert [one.state for one in scene.seen().aftercare] == ["planned", "missed"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("mode", {"mode": "fax"}), ("minutes", {"minutes": 0}), ("on", {"on": timedelta(days=1)}),
        ("on", {"on": -timedelta(days=4000)}),
    ],
)  # fmt: skip
def test_refusals_of_a_contact_held(scene, field, given):
    (contact,) = planned(scene, 1)
    with clock.at(scene.world.moment):
        given = {"mode": "video", "minutes": 10, "on": timedelta(), **given}
        given["on"] = clock.today() + given["on"]
        refused(field, aftercare.hold_aftercare, by=scene.coach, contact=contact, **given)


def test_refusals_of_planning(scene):
    day = scene.world.moment.date()
    refused("days", scene.do, act=aftercare.plan_aftercare, days=[])
    refused("days", scene.do, act=aftercare.plan_aftercare, days=[day - timedelta(days=1)])
    refused("mode", scene.do, act=aftercare.plan_aftercare, days=[day], mode="fax")
    planned(scene, 1)
    refused("days", scene.do, act=aftercare.plan_aftercare, days=[day + timedelta(weeks=1)])
    scene.do(consents.stop_programme, by=scene.own)
    assert [one.state for one in AftercareContact.objects.all()] == ["cancelled"]
    refused("", scene.do, act=aftercare.plan_aftercare, days=[day + timedelta(weeks=2)])
    assert scene.seen().proposed == ()


def test_after_a_death_nobody_calls(scene):
    planned(scene, 1)
    scene.do(care.complete_programme)
    scene.do(care.record_life_event, kind="death", on=scene.world.moment.date())
    assert [one.state for one in AftercareContact.objects.all()] == ["cancelled"]


# Signs in the caseload, and the letter.


def test_overload_counts_only_where_the_diary_is_shared(scene):
    with clock.at(scene.world.moment):
        care.plan_session(
            by=scene.coach, participant=scene.who, kind="work_intake",
            planned_for=scene.world.moment + timedelta(days=3),
        )  # fmt: skip
    for _ in range(3):
        scene.do(energy.note_energy, by=scene.own, kind="work", effect="cost", how="too_much")
    assert scene.row().why is Why.SESSION_SOON
    scene.do(energy.share_diary, by=scene.own)
    row = scene.row()
    assert (row.urgency, row.why) == (Urgency.NOW, Why.OVERLOAD)
    scene.do(energy.close_diary, by=scene.own)
    assert scene.row().why is Why.SESSION_SOON


def test_an_agreed_closing_is_for_this_week(scene):
    with clock.at(scene.world.moment):
        care.plan_session(
            by=scene.coach, participant=scene.who, kind="work_intake",
            planned_for=scene.world.moment + timedelta(days=30),
        )  # fmt: skip
    scene.looked_back()
    scene.do(closing.agree_closing, by=scene.own)
    assert scene.row().why is Why.AGREED


def test_the_closing_letter_is_drawn_from_the_record(scene):
    day = scene.world.moment.date()
    with clock.at(scene.world.moment):
        plan = plans.offer_plan(by=scene.coach, participant=scene.who, aim="return", contract_hours=32,
                                steps=[(day, 8.0)])  # fmt: skip
        plans.agree_plan(by=scene.own, plan=plan)
        goal = goals.set_goal(by=scene.own, participant=scene.who, text="Weer fietsen", importance=8, confidence=5)
        goals.set_goal(by=scene.own, participant=scene.who, text="Rust in de ochtend", importance=8, confidence=5)
        goals.close_goal(by=scene.own, goal=goal, reached=True)
    scene.do(work.record_work, start=day, contract_hours=32.0, actual_hours=7.5, sick_percent=70.0, kind=Kind.OWN)
    scene.looked_back()
    planned(scene, 2)
    scene.do(care.complete_programme)
    letter = scene.do(papers.write_letter, kind="closing", party="participant", text="", language="nl")
    content = papers.read_content(scene.who, letter)
    text = " ".join(content.paragraphs)
    assert content.to[0].startswith("Proef Persoon")
    for part in (
        "Weer fietsen” (bereikt)",
        "Rust in de ochtend” (nog open)",
        "Ik slaap slecht. Wat dan te doen: Eerder stoppen",
        "Uren nu: 7,5 per week, van 32 in het contract. In het plan staat 8.",
        "Contacten na het einde",
    ):
        assert part in text
    assert "letter" in scene.asks()
    refused("to", scene.do, act=papers.write_letter, kind="closing", party="workplace", text="", language="nl")


def test_a_summary_to_someone_else_holds_no_goals_and_no_signs(scene):
    scene.do(network.allow_party, by=scene.own, party="general_practitioner", name="Dr. Proef")
    with clock.at(scene.world.moment):
        goals.set_goal(by=scene.own, participant=scene.who, text="Weer fietsen", importance=8, confidence=5)
    scene.looked_back()
    letter = scene.do(papers.write_letter, kind="closing", party="general_practitioner", text="Groet.", language="nl")
    text = " ".join(papers.read_content(scene.who, letter).paragraphs)
    assert "Weer fietsen" not in text
    assert "slaap" not in text
    assert "De begeleiding liep van" in text


def test_the_record_says_how_long_and_how_often(scene):
    enrolment = Enrolment.objects.get(participant=scene.who)
    enrolment.started_on = None
    enrolment.save()
    letter = scene.do(papers.write_letter, kind="closing", party="participant", text="", language="nl")
    assert "Er waren 0 gesprekken." in papers.read_content(scene.who, letter).paragraphs


def test_an_erased_person_has_no_words_left(scene):
    scene.looked_back()
    key = scene.who.key
    key.wrapped = b""
    key.save()
    seen_words = closing.read_words(scene.world.fresh(scene.who), Closing.objects.get().own_sealed)
    assert set(seen_words.values()) == {"…"}
    assert closing.read_points(scene.world.fresh(scene.who), Closing.objects.get()) == ()


def test_the_satisfaction_questionnaire_is_offered_when_it_is_open(rentree):
    scene = Scene(rentree)
    asking = scene.seen().asking
    assert not asking.is_open
    rentree.moment = rentree.moment.replace(
        year=asking.opens_on.year, month=asking.opens_on.month, day=asking.opens_on.day
    )
    assert scene.seen().asking.is_open
    rentree.fill(scene.who, "t1")
    rentree.later(days=400)
    assert scene.seen().asking is None


def test_usual_care_finds_no_closing(steps):
    usual = steps.allocated("usual_care")
    with pytest.raises(NotHere):
        sight.closing(steps.account_of(usual))
