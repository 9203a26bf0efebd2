"""What falls due goes out once, whoever runs it and how often."""

from datetime import timedelta

from opstap.acts import clock, due
from opstap.acts.due import queue_due, send_waiting, tidy
from opstap.store.models import AuditEvent, Mail
from tests.world import World


def test_an_invitation_goes_out_once(rentree: World) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        assert queue_due() == {"queued": 1}
        assert queue_due() == {"skipped": 1}
        letters: list[dict[str, str]] = []
        assert due.waiting() == 1
        assert send_waiting(letters.append)["sent"] == 1
        assert send_waiting(letters.append)["sent"] == 0
    assert len(letters) == 1


def test_reminders_follow_on_their_days_and_stop_when_it_is_done(rentree: World) -> None:
    rentree.consented()
    kinds = []
    for _ in range(4):
        with clock.at(rentree.moment):
            queue_due()
        kinds = list(Mail.objects.order_by("pk").values_list("kind", flat=True))
        rentree.later(days=6)
    # Invited on day 8 of the window: the reminder of day 7 has passed, that of day 14 comes, then the window closes.
    assert kinds == ["invitation", "reminder"]
    rentree.later(days=20)
    with clock.at(rentree.moment):
        assert queue_due() == {}


def test_who_has_answered_is_not_reminded(rentree: World) -> None:
    participant = rentree.consented()
    with clock.at(rentree.moment):
        queue_due()
    rentree.fill(participant, "t0")
    rentree.later(days=14)
    with clock.at(rentree.moment):
        assert queue_due() == {}


def test_a_mail_that_cannot_be_handed_over_has_failed(rentree: World) -> None:
    rentree.consented()

    def broken(_letter: dict[str, str]) -> None:
        raise OSError("no route")

    with clock.at(rentree.moment):
        queue_due()
        assert send_waiting(broken)["failed"] == 1
    assert Mail.objects.get().state == "failed"


def test_a_run_broken_off_half_way_is_never_sent_again_by_itself(rentree: World) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        queue_due()
    Mail.objects.update(state="sending", sent_at=rentree.moment)
    with clock.at(rentree.moment + timedelta(minutes=11)):
        assert send_waiting(lambda _letter: None)["unknown"] == 1
    assert Mail.objects.get().state == "unknown"


def test_two_runs_at_once_send_it_once(rentree: World) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        queue_due()

        def slow(_letter: dict[str, str]) -> None:
            # A second run finds the mail taken, since it was marked before it was handed over.
            assert send_waiting(slow)["sent"] == 0

        assert send_waiting(slow)["sent"] == 1


def test_a_mail_taken_by_another_run_is_left_alone(rentree: World, monkeypatch) -> None:
    rentree.consented()
    with clock.at(rentree.moment):
        queue_due()
        waiting = list(Mail.objects.values_list("pk", flat=True))
        Mail.objects.update(state="sending", sent_at=rentree.moment)
        monkeypatch.setattr(due, "list", lambda _query: waiting, raising=False)
        assert send_waiting(lambda _letter: None)["sent"] == 0


def test_tidying_changes_nothing_that_is_kept(rentree: World) -> None:
    rentree.enrolled()
    before = AuditEvent.objects.count()
    tidy()
    assert AuditEvent.objects.count() == before
