"""What falls due without a click: invitations and reminders, each at most once, whoever runs it and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, System, allow
from opstap.acts.keys import new_link
from opstap.acts.letters import read_letter
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import Mail, Measurement, Study
from opstap.store.upkeep import refresh_statistics

Send = Callable[[dict[str, str]], None]


@act
def queue_due(*, by: System = SYSTEM) -> Counter[str]:
    """Put the mails that are due today in the outbox. A second run on the same day finds nothing left to do."""
    allow(by, Permission.RUN_DUE)
    # Two runs at once take turns, so that the second sees what the first queued; nobody else waits for this lock.
    list(Study.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    today = clock.today()
    counts: Counter[str] = Counter()
    waiting = list(
        Measurement.objects.select_related("participant__study__protocol", "participant__key")
        .filter(opens_on__lte=today, closes_on__gte=today, submitted_at=None, voided_on=None, respondent="participant")
        # A link is of no use to someone without a screen: staff print the questionnaire or call.
        .filter(participant__no_screen=False)
        .order_by("pk")
    )
    people = {measurement.participant_id for measurement in waiting}
    made = dict(Mail.objects.filter(participant__in=people).values_list("key", "made_at"))
    for measurement in waiting:
        kind, key = _next_mail(measurement, made, today)
        counts["queued" if key not in made and new_link(measurement, kind, key) else "skipped"] += 1
    record(Event.DUE_RUN, by=by, queued=counts["queued"])
    return counts


def _next_mail(measurement: Measurement, made: dict[str, datetime], today: date) -> tuple[str, str]:
    """Name the mail that someone should have by today: the invitation, then the latest reminder that has come due.

    A reminder whose day lay before the invitation went out is passed over: nobody is reminded of what is new to them.
    """
    invitation = f"invitation:{measurement.pk}"
    invited = made.get(invitation)
    if invited is None:
        return "invitation", invitation
    wave = protocol_of(measurement.participant.study).study.wave(measurement.wave)
    days = {number: measurement.due_on + timedelta(days=number) for number in wave.reminders_after_days}
    late = [number for number, day in days.items() if timezone.localdate(invited) < day <= today]
    return ("reminder", f"reminder:{measurement.pk}:{max(late)}") if late else ("invitation", invitation)


def send_waiting(send: Send) -> Counter[str]:
    """Hand the waiting mails to the mail server, each at most once.

    A mail is marked `sending` before it is handed over; one that is still so when a later run finds it was broken off
    half-way: it becomes `unknown` and is never sent again by itself.
    """
    counts: Counter[str] = Counter()
    with transaction.atomic():
        broken = Mail.objects.select_for_update().filter(
            state="sending", sent_at__lt=clock.now() - timedelta(minutes=10)
        )
        counts["unknown"] += broken.update(state="unknown")
    for pk in list(Mail.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            taken = Mail.objects.filter(pk=pk, state="waiting").update(state="sending", sent_at=clock.now())
        if not taken:
            continue
        mail = Mail.objects.select_related("participant__key").get(pk=pk)
        try:
            send(read_letter(mail))
        except Exception:
            # Which mail server said what is the administrator's to read there; here only that it failed.
            Mail.objects.filter(pk=pk).update(state="failed")
            counts["failed"] += 1
        else:
            Mail.objects.filter(pk=pk).update(state="sent", sent_at=clock.now())
            counts["sent"] += 1
    return counts


def waiting() -> int:
    """Count the mails that wait in the outbox."""
    return Mail.objects.filter(state="waiting").count()


def tidy() -> None:
    """Do what keeps the database quick; part of every run, and of filling the demonstration."""
    refresh_statistics()
