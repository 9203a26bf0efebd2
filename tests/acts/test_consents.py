"""Consent: programme and study each by itself, item by item, after time to think; and leaving either."""

from datetime import timedelta

import pytest

from opstap.acts import clock, consents, lot
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import Consent, Measurement
from tests.world import World

ALL = ["questionnaires", "data", "later_contact"]


def decide(world: World, participant, kind: str, items, **more):
    if more.setdefault("channel", "online") == "online" and participant.informed_on:
        world.understand(participant, kind)
    more.setdefault("signature", "P. Proef")
    return consents.record_consent(
        by=world.account_of(participant), participant=participant, kind=kind, items=items, **more
    )


def test_programme_and_study_stand_apart(rentree: World) -> None:
    participant = rentree.informed()
    decide(rentree, participant, "programme", ["coach"])
    participant = rentree.fresh(participant)
    assert participant.state == "included"
    assert participant.enrolment.state == "active"
    assert not hasattr(participant, "participation")
    assert not Measurement.objects.exists()


def test_declining_research_never_stops_the_coaching(rentree: World) -> None:
    participant = rentree.enrolled()
    rentree.later(days=8)
    with clock.at(rentree.moment):
        assert decide(rentree, participant, "study", []).decision == "refused"
    participant = rentree.fresh(participant)
    assert participant.enrolment.state == "active"
    assert not hasattr(participant, "participation")


def test_the_study_first_and_the_programme_later_gives_the_same_calendar(rentree: World) -> None:
    participant = rentree.informed()
    with clock.at(rentree.moment + timedelta(days=8)):
        decide(rentree, participant, "study", ALL)
        assert not Measurement.objects.exists()
        decide(rentree, participant, "programme", ["coach"])
    assert Measurement.objects.filter(participant=participant).count() == 3


def test_a_required_item_left_open_is_a_no(rentree: World) -> None:
    participant = rentree.informed()
    assert decide(rentree, participant, "programme", ["network"]).decision == "refused"


def test_time_to_think_is_given(steps: World) -> None:
    participant = steps.informed()
    with pytest.raises(Refused, match="9 maart 2026"):
        decide(steps, participant, "study", ["questionnaires", "lot", "data"])


def test_without_information_nothing_is_decided(steps: World) -> None:
    with pytest.raises(NotNow):
        decide(steps, steps.screened(), "programme", ["team"])


def test_who_was_informed_outside_the_record_is_informed_first(steps: World) -> None:
    participant = steps.informed()
    participant.informed_on = None
    participant.save()
    with pytest.raises(Refused):
        decide(steps, participant, "programme", ["team"])


@pytest.mark.parametrize(
    ("kind", "items", "channel", "field"),
    [
        ("breakfast", [], "online", "kind"),
        ("partner", [], "online", "kind"),
        ("programme", ["breakfast"], "online", "items"),
        ("programme", ["coach"], "pigeon", "channel"),
    ],
)
def test_a_form_that_does_not_exist_is_refused(rentree: World, kind, items, channel, field) -> None:
    with pytest.raises(Refused) as refusal:
        decide(rentree, rentree.informed(), kind, items, channel=channel)
    assert refusal.value.field == field


def test_a_decision_is_made_once(rentree: World) -> None:
    participant = rentree.enrolled()
    with pytest.raises(Refused):
        decide(rentree, participant, "programme", ["coach"])
    assert Consent.objects.filter(participant=participant).count() == 1


def test_a_coordinator_records_what_was_signed_on_paper(rentree: World) -> None:
    participant = rentree.informed()
    consent = consents.record_consent(
        by=rentree.person(Role.COORDINATOR), participant=participant, kind="programme", items=["coach"], channel="paper"
    )
    assert (consent.channel, consent.by) == ("paper", rentree.person(Role.COORDINATOR))


def test_what_was_read_can_be_proved(rentree: World) -> None:
    participant = rentree.enrolled()
    consent = Consent.objects.get(participant=participant)
    protocol = consents.protocol_of(participant.study)
    assert consent.text_hash == consents.text_hash(protocol, "programme", "nl")
    assert consent.text_hash != consents.text_hash(protocol, "programme", "en")


def test_withdrawing_before_the_lot_closes_what_only_the_lot_could_open(steps: World) -> None:
    participant = steps.consented()
    with clock.at(steps.moment):
        consents.withdraw(by=steps.account_of(participant), participant=participant, reason="too_ill")
    participant = steps.fresh(participant)
    assert (participant.participation.state, participant.enrolment.state) == ("withdrawn", "not_opened")
    assert Consent.objects.filter(participant=participant, kind="study", decision="withdrawn").exists()
    with clock.at(steps.moment), pytest.raises(NotNow):
        lot.allocate(by=steps.person(Role.COORDINATOR), participant=participant)


def test_withdrawing_from_a_study_without_the_programme(rentree: World) -> None:
    participant = rentree.informed()
    with clock.at(rentree.moment + timedelta(days=8)):
        decide(rentree, participant, "study", ALL)
        assert consents.withdraw(by=rentree.account_of(participant), participant=participant).state == "withdrawn"


def test_there_must_be_something_to_end(rentree: World) -> None:
    participant = rentree.informed()
    with pytest.raises(Refused):
        consents.withdraw(by=rentree.account_of(participant), participant=participant)
    with pytest.raises(Refused):
        consents.stop_programme(by=rentree.account_of(participant), participant=participant)


def test_nobody_ends_someone_elses_programme(rentree: World) -> None:
    participant, other = rentree.enrolled(), rentree.enrolled()
    with pytest.raises(NotHere):
        consents.stop_programme(by=rentree.account_of(other), participant=participant)
