"""Alarming answers: who is told, when, and what nobody is told without having agreed to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import alerts, clock, consents, due, measures
from opstap.acts.letters import read_letter
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import alerts as sight
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import Alert, AuditEvent, Mail
from tests.alarming import someone, with_phq_9
from tests.world import World


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> World:
    """STEPS, asking the PHQ-9 first, with someone who acts on it on weekdays from nine to five."""
    return World(with_phq_9(monkeypatch, "steps"))


def answer(world: World, participant: Any, value: int, **more: Any) -> None:
    with clock.at(world.moment):
        measures.save_answers(
            by=more.pop("by", None) or world.account_of(participant),
            measurement=world.measurement(participant, "t0"),
            answers={"phq-9": {"i9": value}},
            **more,
        )


def test_the_responder_is_told_at_once_and_once(asking: World) -> None:
    participant = someone(asking)
    coordinator = asking.person(Role.COORDINATOR)
    answer(asking, participant, 0)
    assert not Alert.objects.exists()
    answer(asking, participant, 2)
    answer(asking, participant, 3)
    alert = Alert.objects.get()
    assert (alert.questionnaire, alert.item, alert.taken_at) == ("phq-9", "i9", None)
    mail = Mail.objects.get(kind="alert")
    letter = read_letter(mail)
    assert letter["to"] == coordinator.email
    for word in (participant.pseudonym, "PHQ", "dood"):
        assert word not in letter["subject"] + letter["text"]
    assert AuditEvent.objects.filter(name="alert.raised").count() == 1
    # It goes at night as well: somebody has to act.
    sent: list[dict[str, str]] = []
    with clock.at(asking.moment.replace(hour=3)):
        assert due.send_waiting(sent.append)["sent"] == 1
    assert [one["to"] for one in sent] == [coordinator.email]


def test_a_bounced_alert_says_nothing_about_the_participants_address(asking: World) -> None:
    participant = someone(asking)
    asking.person(Role.COORDINATOR)
    answer(asking, participant, 1)

    def refuse(_letter: dict[str, str]) -> None:
        raise due.NotAccepted(address=True)

    with clock.at(asking.moment):
        assert due.send_waiting(refuse)["failed"] == 1
    assert participant.__class__.objects.get(pk=participant.pk).identity.bounced_at is None


def test_nobody_is_told_without_consent_or_after_leaving(asking: World) -> None:
    participant = someone(asking, agreed=False)
    answer(asking, participant, 3)
    assert not Alert.objects.exists()
    assert not alerts.passes_on(participant)
    other = someone(asking)
    assert alerts.passes_on(other)
    with clock.at(asking.moment):
        consents.withdraw(by=asking.account_of(other), participant=other)
    assert not alerts.passes_on(other)


def test_nobody_is_told_in_a_study_without_a_responder(rentree: World) -> None:
    assert not alerts.passes_on(rentree.consented())


def test_what_was_done_is_written_down_once(asking: World) -> None:
    participant = someone(asking)
    coordinator = asking.person(Role.COORDINATOR)
    answer(asking, participant, 1)
    assert sight.waiting(coordinator) == 1
    with translation.override("en"):
        alert, whole = sight.alert(coordinator, Alert.objects.get().pk)
        assert (whole.answer, whole.helpline.telephone) == ("Several days", "113")
        with clock.at(asking.moment), pytest.raises(Refused, match="Write something"):
            alerts.take_alert(by=coordinator, alert=alert, done=" ")
        with clock.at(asking.moment):
            alerts.take_alert(by=coordinator, alert=alert, done="Gebeld; huisarts gebeld.")
        with clock.at(asking.moment), pytest.raises(Refused, match="A colleague"):
            alerts.take_alert(by=coordinator, alert=alert, done="Ook gebeld.")
        assert sight.alert(coordinator, alert.pk)[1].done == "Gebeld; huisarts gebeld."
        assert [(line.taken_by, line.pseudonym) for line in sight.alerts(coordinator)] == [
            (coordinator.name, participant.pseudonym)
        ]
    assert sight.waiting(coordinator) == 0
    with pytest.raises(NotHere):
        alerts.take_alert(by=asking.account_of(participant), alert=alert, done="x")


def test_paper_that_was_filled_in_in_time_may_be_entered_late(steps: World) -> None:
    participant = steps.consented()
    measurement = steps.measurement(participant, "t0")
    coordinator = steps.person(Role.COORDINATOR)
    steps.moment += measurement.closes_on - steps.moment.date() + timedelta(days=9)
    last = measurement.closes_on

    def save(by: Any, **how: Any) -> Any:
        with clock.at(steps.moment):
            return measures.save_answers(
                by=by, measurement=steps.measurement(participant, "t0"), answers={"background": {"age": 50}}, **how
            )

    for how in ({}, {"channel": "paper"}, {"channel": "paper", "answered_on": last + timedelta(days=1)}):
        with pytest.raises(NotNow):
            save(coordinator, **how)
    with pytest.raises(NotHere):
        save(steps.account_of(participant), channel="paper", answered_on=last)
    saved = save(coordinator, channel="paper", answered_on=last)
    assert saved.given_on == last
    with clock.at(steps.moment), scopes_disabled():
        whole = {sheet.id: {item.id: "left_empty" for item in sheet.items} for sheet in measures.asked_of(saved)}
        done = measures.submit(by=coordinator, measurement=steps.measurement(participant, "t0"), gaps=whole)
    assert done.submitted_at == steps.moment
    assert done.given_on == last
