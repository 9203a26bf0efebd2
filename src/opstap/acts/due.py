"""What falls due without a click: invitations and reminders, each at most once, whoever runs it and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, System, allow
from opstap.acts.keys import new_link
from opstap.acts.letters import read_letter
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import Mail, Measurement

Send = Callable[[dict[str, str]], None]


@act
def queue_due(*, by: System = SYSTEM) -> Counter[str]:
    """Put the mails that are due today in the outbox. A second run on the same day finds nothing left to do."""
    allow(by, Permission.RUN_DUE)
    today = clock.today()
    counts: Counter[str] = Counter()
    waiting = (
        Measurement.objects.select_related("participant__study__protocol", "participant__key")
        .filter(opens_on__lte=today, closes_on__gte=today, submitted_at=None, voided_on=None, respondent="participant")
        .order_by("pk")
    )
    for measurement in waiting:
        wave = protocol_of(measurement.participant.study).study.wave(measurement.wave)
        late = [days for days in wave.reminders_after_days if measurement.due_on + timedelta(days=days) <= today]
        kind, key = ("reminder", f"reminder:{measurement.pk}:{max(late)}") if late else ("invitation", "")
        made = new_link(measurement, kind, key or f"invitation:{measurement.pk}")
        counts["queued" if made else "skipped"] += 1
    record(Event.DUE_RUN, by=by, queued=counts["queued"])
    return counts


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
