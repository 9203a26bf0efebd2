"""What falls due goes out once, by day, to whom it concerns, whoever runs it and how often."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opstap.acts import clock, consents, delivery, due, keys, recruitment
from opstap.acts.due import NotAccepted, NotHandedOver, queue_due, send_waiting, tidy
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.store.models import AuditEvent, Identity, Mail, Measurement
from tests.world import World

ZONE = ZoneInfo("Europe/Brussels")


def nothing(_letter: dict[str, str]) -> None:
    """A mail server that takes everything."""


def queued(world: World) -> None:
    """Let the mails that are due at this moment be made."""
    with clock.at(world.moment):
        queue_due()


def sent(world: World) -> list[dict[str, str]]:
    """Hand over what waits, and give what the mail server got."""
    letters: list[dict[str, str]] = []
    with clock.at(world.moment):
        send_waiting(letters.append)
    return letters


def test_an_invitation_goes_out_once(rentree: World) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        assert queue_due() == {"queued": 1}
        assert queue_due() == {"skipped": 1}
        letters: list[dict[str, str]] = []
        assert due.waiting() == 1
        assert send_waiting(letters.append) == {"sent": 1}
        assert send_waiting(letters.append) == {}
    assert len(letters) == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.step, letters[0]["id"]) == ("sent", "invitation", str(mail.message_id))


def test_reminders_follow_on_their_days_and_stop_when_it_is_done(rentree: World) -> None:
    rentree.consented()
    kinds = []
    for _ in range(4):
        queued(rentree)
        kinds = list(Mail.objects.order_by("pk").values_list("step", flat=True))
        rentree.later(days=6)
    # Invited on day 8 of the window: the reminder of day 7 has passed, that of day 14 comes, then the window closes.
    assert kinds == ["invitation", "reminder:14"]
    rentree.later(days=20)
    with clock.at(rentree.moment):
        assert queue_due() == {}


def test_who_has_answered_is_not_reminded(rentree: World) -> None:
    participant = rentree.consented()
    queued(rentree)
    rentree.fill(participant, "t0")
    rentree.later(days=14)
    with clock.at(rentree.moment):
        assert queue_due() == {}


def test_every_run_leaves_one_event_and_a_large_one_one_for_each_batch(rentree: World, monkeypatch) -> None:
    monkeypatch.setattr(due, "BATCH", 2)
    for _ in range(5):
        rentree.consented()
    with clock.at(rentree.moment):
        before = AuditEvent.objects.filter(name="due.run").count()
        assert queue_due()["queued"] == 5
        assert AuditEvent.objects.filter(name="due.run").count() == before + 3
        assert queue_due() == {"skipped": 5}
        assert AuditEvent.objects.filter(name="due.run").count() == before + 4


def test_what_another_run_made_in_between_is_not_made_again(rentree: World, monkeypatch) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        steps = due._steps
        seen: list[bool] = []

        def first_look(now, only=None):
            if only is not None or seen:
                return steps(now, only)
            seen.append(True)
            found = steps(now)
            queue_due()  # the other run, after our look and before our turn
            return found

        monkeypatch.setattr(due, "_steps", first_look)
        assert queue_due() == {"skipped": 1}
    assert Mail.objects.count() == 1


# ── by day only ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_made_at_night_or_on_a_holiday_and_goes_the_first_morning_after(rentree: World) -> None:
    rentree.moment = datetime(2026, 3, 26, 10, 0, tzinfo=ZONE)
    rentree.consented()  # Friday 3 April
    for calm in (datetime(2026, 4, 5, 11, tzinfo=ZONE), datetime(2026, 4, 6, 11, tzinfo=ZONE)):  # Easter
        rentree.moment = calm
        queued(rentree)
        assert not Mail.objects.exists()
    rentree.moment = datetime(2026, 4, 7, 8, 45, tzinfo=ZONE)
    queued(rentree)
    assert not Mail.objects.exists()
    rentree.later(minutes=15)
    queued(rentree)
    assert Mail.objects.count() == 1


def test_the_hours_are_those_of_where_the_person_stays(rentree: World) -> None:
    participant = rentree.consented()
    contact = Contact("Proef Persoon1", "persoon1@rentree.example", "")
    with clock.at(rentree.moment):
        recruitment.change_contact(
            by=rentree.person(Role.COORDINATOR),
            participant=participant,
            contact=contact,
            time_zone="America/Paramaribo",
        )
    queued(rentree)  # ten in the morning here, six there
    assert not Mail.objects.exists()
    rentree.later(hours=4)
    queued(rentree)
    assert Mail.objects.count() == 1
    with pytest.raises(Refused):
        recruitment.change_contact(
            by=rentree.person(Role.COORDINATOR), participant=participant, contact=contact, time_zone="Europe/Atlantis"
        )


def test_what_waited_until_the_evening_waits_for_the_morning_but_not_what_someone_asked_for(rentree: World) -> None:
    participant = rentree.consented()
    queued(rentree)
    measurement = rentree.measurement(participant, "t0")
    rentree.later(hours=12)
    with clock.at(rentree.moment):
        keys.send_link(by=due.SYSTEM, measurement=measurement)
        assert send_waiting(nothing) == {"held": 1, "sent": 1}
    assert list(Mail.objects.order_by("pk").values_list("state", "tries")) == [("waiting", 0), ("sent", 1)]
    rentree.later(hours=12)
    assert len(sent(rentree)) == 1


# ── stopped ─────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_dropped_when_it_was_answered_in_between(rentree: World) -> None:
    participant = rentree.consented()
    queued(rentree)
    rentree.fill(participant, "t0")
    assert sent(rentree) == []
    assert Mail.objects.values_list("state", "why").get() == ("dropped", "submitted")


def test_what_was_answered_while_other_mails_went_out_is_not_sent_any_more(rentree: World) -> None:
    first, second = rentree.consented(), rentree.consented()
    queued(rentree)
    letters: list[dict[str, str]] = []

    def meanwhile(letter: dict[str, str]) -> None:
        letters.append(letter)
        rentree.fill(second, "t0")

    with clock.at(rentree.moment):
        assert send_waiting(meanwhile) == {"sent": 1, "dropped": 1}
    assert len(letters) == 1
    assert dict(Mail.objects.values_list("participant", "why")) == {first.pk: "", second.pk: "submitted"}


def test_what_waits_is_dropped_when_someone_left_or_the_window_closed(rentree: World) -> None:
    leaver, late = rentree.consented(), rentree.consented()
    queued(rentree)
    with clock.at(rentree.moment):
        consents.withdraw(by=rentree.account_of(leaver), participant=leaver)
    rentree.later(days=60)
    assert sent(rentree) == []
    assert dict(Mail.objects.values_list("participant", "why")) == {leaver.pk: "withdrawn", late.pk: "closed"}


def test_a_mail_that_was_dropped_is_made_again_when_it_is_needed_after_all(rentree: World) -> None:
    participant = rentree.consented()
    queued(rentree)
    Identity.objects.update(bounced_at=rentree.moment)
    assert sent(rentree) == []
    queued(rentree)
    assert Mail.objects.count() == 1
    with clock.at(rentree.moment):
        recruitment.change_contact(
            by=rentree.account_of(participant), participant=participant,
            contact=Contact("Proef Persoon1", "nieuw@rentree.example", ""),
        )  # fmt: skip
    queued(rentree)
    assert [letter["to"] for letter in sent(rentree)] == ["nieuw@rentree.example"]


def test_a_name_changed_does_not_undo_that_mail_came_back(rentree: World) -> None:
    participant = rentree.consented()
    Identity.objects.update(bounced_at=rentree.moment)
    with clock.at(rentree.moment):
        recruitment.change_contact(
            by=rentree.account_of(participant), participant=participant,
            contact=Contact("Nieuwe Naam", "persoon1@rentree.example", ""),
        )  # fmt: skip
    assert Identity.objects.get().bounced_at is not None


# ── handing over ────────────────────────────────────────────────────────────────────────────────


def test_a_mail_that_could_not_be_handed_over_is_offered_again_and_in_the_end_given_up(
    rentree: World, monkeypatch
) -> None:
    rentree.consented()
    monkeypatch.setattr(due, "TRIES", 2)

    def away(_letter: dict[str, str]) -> None:
        raise NotHandedOver

    queued(rentree)
    with clock.at(rentree.moment):
        assert send_waiting(away) == {"failed": 1}
        assert Mail.objects.get().state == "waiting"
        assert send_waiting(away) == {"failed": 1}
        assert Mail.objects.get().state == "failed"
        assert send_waiting(nothing) == {}


@pytest.mark.parametrize("address", [True, False])
def test_a_mail_that_the_server_will_never_take_is_not_offered_again(rentree: World, address: bool) -> None:
    rentree.consented()

    def never(_letter: dict[str, str]) -> None:
        raise NotAccepted(address=address)

    queued(rentree)
    with clock.at(rentree.moment):
        assert send_waiting(never) == {"failed": 1}
        assert send_waiting(nothing) == {}
    assert Mail.objects.get().state == "refused"
    assert (Identity.objects.get().bounced_at is not None) is address
    rentree.later(days=8)
    queued(rentree)
    assert Mail.objects.count() == (1 if address else 2)


def test_when_nobody_can_tell_it_is_unknown_and_never_sent_again_by_itself(rentree: World) -> None:
    rentree.consented()

    def broken(_letter: dict[str, str]) -> None:
        raise TimeoutError

    queued(rentree)
    with clock.at(rentree.moment):
        assert send_waiting(broken) == {"unknown": 1}
        assert send_waiting(nothing) == {}


def test_a_run_broken_off_half_way_is_never_sent_again_by_itself(rentree: World) -> None:
    rentree.consented()
    queued(rentree)
    Mail.objects.update(state="sending", sent_at=rentree.moment)
    with clock.at(rentree.moment + timedelta(minutes=11)):
        assert send_waiting(nothing) == {"unknown": 1}
    assert Mail.objects.get().state == "unknown"


def test_a_clock_set_back_sends_nothing_twice(rentree: World) -> None:
    rentree.consented()
    queued(rentree)
    assert len(sent(rentree)) == 1
    rentree.later(days=-3)
    queued(rentree)
    assert sent(rentree) == []


def test_two_runs_at_once_send_it_once(rentree: World) -> None:
    rentree.consented()
    queued(rentree)
    with clock.at(rentree.moment):

        def slow(_letter: dict[str, str]) -> None:
            # A second run finds the mail taken, since it was marked before it was handed over.
            assert send_waiting(slow) == {}

        assert send_waiting(slow) == {"sent": 1}


def test_a_mail_taken_by_another_run_is_left_alone(rentree: World, monkeypatch) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        queue_due()
        waiting = list(Mail.objects.values_list("pk", flat=True))
        Mail.objects.update(state="sending", sent_at=rentree.moment)
        monkeypatch.setattr(due, "list", lambda _query: waiting, raising=False)
        assert send_waiting(nothing) == {}


def test_tidying_changes_nothing_that_is_kept(rentree: World) -> None:
    rentree.enrolled()
    before = AuditEvent.objects.count()
    tidy()
    assert AuditEvent.objects.count() == before


# ── what became of it ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("action", "state", "back"),
    [("delivered", "arrived", False), ("delayed", "sent", False), ("failed", "bounced", True)],
)
def test_accepted_is_kept_apart_from_arrived_and_from_come_back(
    rentree: World, action: str, state: str, back: bool
) -> None:
    rentree.consented()
    queued(rentree)
    sent(rentree)
    mail = Mail.objects.get()
    with clock.at(rentree.moment):
        delivery.report_mail(message_id=mail.message_id, action=action)
    assert Mail.objects.get().state == state
    assert (Identity.objects.get().bounced_at is not None) is back
    rentree.later(days=8)
    queued(rentree)
    assert Mail.objects.count() == (1 if back else 2)


def test_a_report_about_a_mail_that_is_not_ours_or_that_says_something_else(rentree: World) -> None:
    rentree.consented()
    queued(rentree)
    mail = Mail.objects.get()
    with pytest.raises(Refused):
        delivery.report_mail(message_id=mail.message_id, action="eaten")
    with pytest.raises(NotHere):
        delivery.report_mail(message_id=type(mail.message_id)(int=1), action="failed")


@pytest.mark.parametrize(("arrived", "state"), [(True, "arrived"), (False, "lost")])
def test_what_is_unknown_is_settled_by_a_coordinator_and_only_that(rentree: World, arrived: bool, state: str) -> None:
    rentree.consented()
    queued(rentree)
    mail = Mail.objects.get()
    coordinator = rentree.person(Role.COORDINATOR)
    with pytest.raises(Refused):
        delivery.settle_mail(by=coordinator, mail=mail, arrived=arrived)
    Mail.objects.update(state="unknown")
    assert delivery.settle_mail(by=coordinator, mail=mail, arrived=arrived).state == state
    with pytest.raises(NotHere):
        delivery.settle_mail(by=rentree.person(Role.COACH), mail=mail, arrived=arrived)


def test_a_message_for_someone_else_is_not_kept_back_by_the_participants_address(rentree: World) -> None:
    participant = rentree.consented()
    Identity.objects.update(bounced_at=rentree.moment)
    Mail.objects.create(key="message:1", participant=participant, kind="message", sealed=b"", made_at=rentree.moment)
    assert len(sent(rentree)) == 1


def test_nothing_is_made_for_a_measurement_that_vanished_in_between(rentree: World) -> None:
    participant = rentree.consented()
    numbers = list(Measurement.objects.filter(participant=participant).values_list("pk", flat=True))
    rentree.fill(participant, "t0")
    with clock.at(rentree.moment):
        assert due._queue(by=due.SYSTEM, measurements=numbers) == {"queued": 0, "skipped": 0}
