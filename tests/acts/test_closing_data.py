"""Closing the data: person by person, then the study by two; frozen, opened with a reason; unblinded after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from opstap.acts import behalf, care, clock, closing_data, consents, dataset, measures, queries, two_hands
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.domain.events import CHANGES_DATA, Event
from opstap.store.models import AuditEvent, Participant, PersonLock, Query, StudyLock, TwoHands
from tests.world import PASSWORD, World


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def standing(world: World) -> dict[str, str]:
    with clock.at(world.moment):
        return {one.participant.pseudonym: one.state for one in closing_data.standing_of_all(world.study)}


def complete(world: World, arm: str | None = None) -> Participant:
    """Someone who answered at every wave, and of whom nothing is asked any more."""
    participant = world.allocated(arm)
    for wave, days in (("t6", 184), ("t12", 184)):
        world.later(days=days)
        world.fill(participant, wave)
    settled(world)
    return world.fresh(participant)


def settled(world: World) -> None:
    """Close the queries that rules raised."""
    with clock.at(world.moment):
        for query in Query.objects.select_related("measurement__participant__study__protocol").filter(state="open"):
            queries.close_query(by=world.person(Role.DATA_MANAGER), query=query)


def lock_people(world: World) -> int:
    with clock.at(world.moment):
        return closing_data.lock_people(by=world.person(Role.DATA_MANAGER), study=world.study)


def correct(world: World, participant: Participant, wave: str = "t0") -> None:
    with clock.at(world.moment):
        measures.correct_answer(
            by=world.person(Role.COORDINATOR), measurement=world.measurement(participant, wave),
            questionnaire="background", item="age", value=51, reason="Verschreven.",
        )  # fmt: skip


def test_who_is_complete_is_locked_and_nothing_about_them_changes(steps: World) -> None:
    done, busy = complete(steps), steps.allocated()
    settled(steps)
    assert standing(steps) == {done.pseudonym: "ready", busy.pseudonym: "measurement"}
    assert lock_people(steps) == 1
    assert standing(steps) == {done.pseudonym: "locked", busy.pseudonym: "measurement"}
    events = AuditEvent.objects.count()
    with pytest.raises(Refused, match="data of this person are locked"):
        correct(steps, done)
    assert AuditEvent.objects.count() == events
    assert measures.answers_so_far(steps.measurement(done, "t0"))["background"]["age"] != 51
    correct(steps, busy)
    with pytest.raises(Refused, match="nobody whose data are complete"):
        lock_people(steps)
    # What is no data of the research goes on: someone may leave.
    with clock.at(steps.moment):
        behalf.choose_paper(by=steps.person(Role.COORDINATOR), participant=done, no_screen=True)


def test_a_query_keeps_a_person_open_and_one_that_would_tell_an_arm_does_not(steps: World) -> None:
    done = complete(steps, "steps")
    own = steps.measurement(done, "t6")
    telling = Query.objects.create(
        measurement=own, questionnaire="process-participant", state="open", raised_at=steps.moment
    )
    assert standing(steps)[done.pseudonym] == "ready"
    with clock.at(steps.moment):
        query = queries.raise_query(
            by=steps.person(Role.DATA_MANAGER), measurement=own, questionnaire="work-follow-up", text="Klopt dit?"
        )
    assert standing(steps)[done.pseudonym] == "query"
    with clock.at(steps.moment):
        queries.close_query(by=steps.person(Role.DATA_MANAGER), query=query)
    assert standing(steps)[done.pseudonym] == "ready"
    assert telling.state == "open"


def test_the_data_of_one_person_are_opened_again_with_a_reason(steps: World) -> None:
    done = complete(steps)
    manager = steps.person(Role.DATA_MANAGER)
    with pytest.raises(Refused, match="are not locked"):
        closing_data.unlock_person(by=manager, participant=done, reason="Nagekeken.")
    lock_people(steps)
    for wrong in ("", " "):
        with pytest.raises(Refused) as refusal:
            closing_data.unlock_person(by=manager, participant=done, reason=wrong)
        assert refusal.value.field == "reason"
    with pytest.raises(NotHere):
        closing_data.unlock_person(by=steps.person(Role.COORDINATOR), participant=done, reason="Nagekeken.")
    closing_data.unlock_person(by=manager, participant=done, reason="Een fout in de leeftijd.")
    correct(steps, done)
    assert lock_people(steps) == 1
    assert PersonLock.objects.count() == 2
    steps.by_two("lock")
    with pytest.raises(Refused, match="whole study are locked"):
        closing_data.unlock_person(by=manager, participant=done, reason="Nog iets.")


def test_the_study_is_locked_by_two_and_the_dataset_stays_as_it_was(steps: World) -> None:
    done, busy = complete(steps), steps.allocated()
    settled(steps)
    lock_people(steps)
    first, second = steps.person(Role.COORDINATOR), steps.second_coordinator()
    asked = two_hands.ask(by=first, study=steps.study, kind="lock", reason="Alles is binnen.")
    with pytest.raises(Refused, match="waits for a second person"):
        two_hands.ask(by=second, study=steps.study, kind="lock", reason="Ook ik.")
    with pytest.raises(Refused, match="two different people"):
        two_hands.sign(by=first, request=asked, password=PASSWORD)
    with pytest.raises(Refused) as refusal:
        two_hands.sign(by=second, request=asked, password="a guess")
    assert refusal.value.field == "password"
    with pytest.raises(NotHere):
        two_hands.sign(by=steps.person(Role.ANALYST), request=asked, password=PASSWORD)
    assert not StudyLock.objects.exists()
    with clock.at(steps.moment):
        two_hands.sign(by=second, request=asked, password=PASSWORD)
    lock = StudyLock.objects.get()
    assert lock.left == {"ready": 0, "query": 0, "measurement": 1}
    with clock.at(steps.moment):
        assert dataset.whole_of(steps.study).hash == lock.dataset_hash
    for again in (lambda: two_hands.sign(by=second, request=asked, password=PASSWORD),
                  lambda: two_hands.drop(by=second, request=asked)):  # fmt: skip
        with pytest.raises(Refused, match="does not wait"):
            again()
    with pytest.raises(Refused, match="locked already"):
        two_hands.ask(by=first, study=steps.study, kind="lock", reason="Nog eens.")
    with pytest.raises(Refused, match="data of this study are locked"):
        correct(steps, busy)
    # Leaving is always possible, and changes nothing in what was frozen.
    consents.withdraw(by=steps.account_of(busy), participant=busy)
    with clock.at(steps.moment + timedelta(days=3)):
        assert dataset.whole_of(steps.study).hash == lock.dataset_hash
        with pytest.raises(Refused) as refusal:
            closing_data.unlock_study(by=first, study=steps.study, reason="")
        assert refusal.value.field == "reason"
        closing_data.unlock_study(by=first, study=steps.study, reason="Een leeftijd klopt niet.")
        assert dataset.whole_of(steps.study).hash != lock.dataset_hash
        with pytest.raises(Refused, match="are not locked"):
            closing_data.unlock_study(by=first, study=steps.study, reason="Nog eens.")
    lock.refresh_from_db()
    assert (lock.opened_by, lock.opened_why) == (first, "Een leeftijd klopt niet.")
    correct(steps, busy)
    steps.by_two("lock")
    assert StudyLock.objects.count() == 2
    assert done.pseudonym in standing(steps)


def test_the_analysis_is_unblinded_once_after_the_lock_by_two(steps: World) -> None:
    steps.allocated()
    first = steps.person(Role.COORDINATOR)

    def ask() -> TwoHands:
        return two_hands.ask(by=first, study=steps.study, kind="unblind", reason="De analyse begint.")

    with pytest.raises(Refused, match="after the data are locked"):
        ask()
    steps.by_two("lock")
    waiting = ask()
    # Opened again meanwhile, it is too early once more.
    closing_data.unlock_study(by=first, study=steps.study, reason="Toch nog iets.")
    with pytest.raises(Refused, match="after the data are locked"):
        two_hands.sign(by=steps.second_coordinator(), request=waiting, password=PASSWORD)
    two_hands.drop(by=first, request=waiting)
    steps.by_two("lock")
    steps.by_two("unblind")
    assert steps.study.unblinded_at is not None
    with pytest.raises(Refused, match="already been unblinded"):
        ask()
    event = AuditEvent.objects.get(name=Event.STUDY_UNBLINDED.value)
    assert (event.by, event.ids["second"]) == (str(steps.second_coordinator().pk), first.pk)
    with pytest.raises(NotHere):
        two_hands.ask(by=steps.person(Role.DATA_MANAGER), study=steps.study, kind="unblind", reason="Ik wil het weten.")


def test_one_arm_has_nothing_to_unblind(rentree: World) -> None:
    with pytest.raises(Refused, match="nothing to unblind"):
        two_hands.ask(by=rentree.person(Role.COORDINATOR), study=rentree.study, kind="unblind", reason="Toch.")


def test_the_arm_of_one_person_is_told_by_two_with_a_reason(steps: World) -> None:
    manager, drawn, early = steps.person(Role.DATA_MANAGER), steps.allocated(), steps.baseline()
    for nobody in (early, None):
        with pytest.raises(Refused, match="No lot was drawn"):
            two_hands.ask(by=manager, study=steps.study, kind="reveal", participant=nobody, reason="Opgenomen.")
    asked = two_hands.ask(by=manager, study=steps.study, kind="reveal", participant=drawn, reason="Opgenomen op de IC.")
    assert asked.reason == ""
    assert b"Opgenomen" not in bytes(asked.reason_sealed or b"")
    with pytest.raises(NotHere):
        two_hands.request_of(steps.person(Role.ANALYST), asked.pk)
    with pytest.raises(NotHere):
        two_hands.request_of(manager, 0)
    found = two_hands.request_of(steps.second_coordinator(), asked.pk)
    two_hands.sign(by=steps.second_coordinator(), request=found, password=PASSWORD)
    event = AuditEvent.objects.get(name=Event.REVEALED.value)
    assert event.ids["participant"] == drawn.pseudonym
    assert "arm" not in event.ids
    # It may happen again, with a new reason; nothing about the study itself is unblinded.
    steps.study.refresh_from_db()
    assert steps.study.unblinded_at is None
    steps.by_two("lock")
    assert two_hands.request_of(manager, TwoHands.objects.latest("pk").pk).participant is None


def test_what_changes_the_data_is_named_and_care_is_not_among_it() -> None:
    assert Event.ANSWER_CORRECTED in CHANGES_DATA
    assert not CHANGES_DATA & {Event.SESSION_HELD, Event.WITHDRAWN, Event.CONSENT_RECORDED, Event.LIFE_EVENT_RECORDED}


def test_care_goes_on_when_the_data_are_locked(steps: World) -> None:
    person = steps.in_care()
    steps.by_two("lock")
    with clock.at(steps.moment):
        session = care.plan_session(
            by=steps.person(Role.COACH), participant=person, kind="consultation", planned_for=steps.moment
        )
    assert session.pk
    assert SYSTEM.pk is None
