"""What falls due without a click: invitations and reminders, each at most once, whoever runs it and how often.

Which mail someone should have by now is a rule over today's state (`domain/followup`): nothing is planned ahead. It
is asked again just before a mail is handed over, so that what was answered in between is not asked once more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django_scopes import scopes_disabled

from opstap.acts import clock, marks
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, System, allow
from opstap.acts.keys import Wanted, new_links
from opstap.acts.letters import read_letter
from opstap.acts.mailing import TO_OTHERS, barrier, facts_of, hours_of
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.followup import Step, plan
from opstap.domain.protocol.model import OWNERS
from opstap.store import outbox
from opstap.store.models import Identity, Mail, Measurement, Study
from opstap.store.upkeep import refresh_statistics

Send = Callable[[dict[str, str]], None]
#: How many mails one act makes: its locks are held for a second or two, not for a whole run.
BATCH = 500
#: How many waiting mails are read in one go.
AHEAD = 200
#: After so long a mail that is still being handed over was broken off.
BROKEN_OFF = timedelta(minutes=10)
#: A mail that the server could not take is offered again at each run, this often.
TRIES = 200


class NotHandedOver(Exception):
    """The mail server did not take this mail, for sure and for now: it can be offered again."""


class NotAccepted(Exception):
    """The mail server will never take this mail. `address` says whether that is because of the address."""

    def __init__(self, *, address: bool) -> None:
        super().__init__("not accepted")
        self.address = address


def queue_due(*, by: System = SYSTEM) -> Counter[str]:
    """Put the mails that are due now in the outbox. A second run finds nothing left to do.

    Counts `queued` and `skipped` (open questionnaires whose mails of this moment were made before, or wait for day).
    """
    steps = _steps(clock.now())
    due = [measurement for measurement, step in steps.items() if step is not None]
    counts = Counter({"skipped": len(steps) - len(due)})
    for begin in range(0, max(len(due), 1), BATCH):
        counts.update(_queue(by=by, measurements=due[begin : begin + BATCH]))
    return +counts


@act
def _queue(*, by: System, measurements: Collection[int]) -> Counter[str]:
    allow(by, Permission.RUN_DUE)
    # Two runs at once take turns, so that the second sees what the first queued; nobody else waits for this lock.
    list(Study.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    steps = _steps(clock.now(), measurements) if measurements else {}
    rows = Measurement.objects.select_related("participant__study__protocol", "participant__key").in_bulk(list(steps))
    wanted = [
        Wanted(rows[number], step.kind, step.name, _key(number, step.name)) for number, step in steps.items() if step
    ]
    new_links(wanted)
    record(Event.DUE_RUN, by=by, queued=len(wanted))
    return Counter({"queued": len(wanted), "skipped": len(steps) - len(wanted)})


def _key(measurement: int, step: str) -> str:
    kind, _, number = step.partition(":")
    return f"{kind}:{measurement}:{number}" if number else f"{kind}:{measurement}"


def _steps(now: datetime, only: Collection[int] | None = None) -> dict[int, Step | None]:
    """Give, for each open measurement of a participant, the mail that is to go now, or None."""
    today = clock.today()
    chosen = Q() if only is None else Q(pk__in=only)
    rows = list(
        Measurement.objects.filter(chosen, _open(today))
        .order_by("pk")
        .values_list(
            "pk", "wave", "opens_on", "due_on", "closes_on", "participant__study_id", "participant__time_zone",
            "participant__identity__bounced_at", "participant__no_screen",
        )
    )  # fmt: skip
    made: dict[int, dict[str, datetime]] = defaultdict(dict)
    about = Q(_open(today, "measurement__")) if only is None else Q(measurement__in=only)
    for number, step, at in (
        Mail.objects.filter(about).exclude(state="dropped").values_list("measurement_id", "step", "made_at")
    ):
        made[number][step] = at
    protocols = {study.pk: protocol_of(study) for study in Study.objects.select_related("protocol")}
    found: dict[int, Step | None] = {}
    for pk, wave, opens, due, closes, study, zone, bounced, no_screen in rows:
        protocol = protocols[study]
        facts = facts_of(protocol, wave, (opens, due, closes), barrier(bounced, no_screen), made[pk])
        steps = plan(facts, now, hours_of(protocol, zone))
        found[pk] = next((step for step in steps if step.verdict == "now"), None)
    return found


def _open(today: date, prefix: str = "") -> Q:
    """Single out what is open today anywhere: the day may already be, or still be, another one where someone stays."""
    about = {
        "opens_on__lte": today + timedelta(days=1), "closes_on__gte": today - timedelta(days=1),
        "submitted_at": None, "voided_on": None, "respondent__in": OWNERS,
    }  # fmt: skip
    return Q(**{prefix + name: value for name, value in about.items()})


def send_waiting(send: Send) -> Counter[str]:
    """Hand the waiting mails to the mail server, each at most once.

    Counts `sent`, `failed`, `unknown`, `dropped` and `held`. A mail is marked `sending` before it is handed over; one
    that is still so when a later run finds it was broken off half-way: it becomes `unknown` and is never sent again
    by itself. What is no longer needed is dropped; by night, on Sundays and holidays mail waits, unless its reader
    asked for it this moment. `send` raises NotHandedOver, NotAccepted, or anything else when it cannot tell.
    """
    counts: Counter[str] = Counter()
    with transaction.atomic():
        broken = Mail.objects.select_for_update().filter(state="sending", sent_at__lt=clock.now() - BROKEN_OFF)
        counts["unknown"] += broken.update(state="unknown")
    numbers = list(Mail.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(numbers), AHEAD):
        counts.update(_hand_over(mail, send) for mail in _taken(numbers[begin : begin + AHEAD]))
    return +counts


def _taken(numbers: Sequence[int]) -> Iterator[Mail]:
    """Take mails one by one, each just before it is handed over; those that another run took are passed over.

    They are read together beforehand. What was read counts only if, once the mail is taken, nothing that decides about
    it has changed; else it is read anew.
    """
    before, read = outbox.facts(numbers), _read(numbers)
    for number in numbers:
        if outbox.take(number, clock.now()):
            tries, now = outbox.facts([number])[number]
            mail = read[number] if now == before[number][1] else _read([number])[number]
            mail.tries = tries
            yield mail


def _read(numbers: Sequence[int]) -> dict[int, Mail]:
    # These mails were chosen among the studies that are open here. Asked once more for the study, a database may well
    # begin with everyone in it.
    with scopes_disabled():
        return Mail.objects.select_related(
            "participant__key", "participant__identity", "participant__study__protocol", "measurement"
        ).in_bulk(numbers)


def _hand_over(mail: Mail, send: Send) -> str:
    """Hand over one mail that was taken, and write down what became of it; give the word it is counted under."""
    stopped = _stopped(mail)
    if stopped:
        # The key is set free: should the mail be needed after all, the rule makes it anew.
        _became(mail, "dropped", why=stopped, key=f"dropped:{mail.pk}:{mail.key}"[:120])
        return "dropped"
    # Who is to act on an alarming answer is told at once, whatever the hour.
    if mail.step != "asked" and mail.kind != "alert":
        hours = hours_of(protocol_of(mail.participant.study), mail.participant.time_zone)
        if hours.calm(clock.now()):
            _became(mail, "waiting", sent_at=None, tries=mail.tries - 1)
            return "held"
    try:
        send({**read_letter(mail), "id": str(mail.message_id)})
    except NotHandedOver:
        _became(mail, "failed" if mail.tries >= TRIES else "waiting", sent_at=None)
        return "failed"
    except NotAccepted as no:
        if no.address and mail.kind not in TO_OTHERS:
            Identity.objects.filter(participant=mail.participant_id).update(bounced_at=clock.now())
        _became(mail, "refused", why="address" if no.address else "", told_at=clock.now())
        return "failed"
    except Exception:
        # Perhaps it went, perhaps not. Which mail server said what is the administrator's to read there.
        _became(mail, "unknown")
        return "unknown"
    outbox.was_sent(mail.pk, clock.now())
    return "sent"


def _became(mail: Mail, state: str, **fields: Any) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=state, **fields)


def _stopped(mail: Mail) -> str:
    """Tell why a mail that waited is no longer needed; empty when it is."""
    own = mail.kind not in TO_OTHERS
    # What a coordinator sends on purpose (`link`) goes to someone without a screen as well.
    no_screen = mail.participant.no_screen and bool(mail.step)
    blocked = barrier(mail.participant.identity.bounced_at, no_screen) if own else ""
    measurement = mail.measurement
    if blocked or measurement is None:
        return blocked
    if measurement.submitted_at is not None:
        return "submitted"
    if measurement.voided_on is not None:
        return measurement.void_reason[:20]
    return "closed" if clock.today() > measurement.closes_on else ""


def waiting() -> int:
    """Count the mails that wait in the outbox."""
    return Mail.objects.filter(state="waiting").count()


def tidy() -> None:
    """Do what keeps the database small and quick; part of every run, and of filling the demonstration."""
    marks.forget()
    refresh_statistics()
