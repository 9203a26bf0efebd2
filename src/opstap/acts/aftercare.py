"""Aftercare: short contacts during the (new) job, planned at the end and held after it. They count as no session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import AFTERCARE
from opstap.domain.programme.closing import aftercare_days
from opstap.store.models import AftercareContact, Enrolment, Participant, WorkSpell

MODES = ("in_person", "video", "telephone")


@act
def plan_aftercare(
    *, by: Actor, participant: Participant, days: Sequence[date], mode: str = "telephone"
) -> list[AftercareContact]:
    """Plan contacts of aftercare, each on a day to come; also when the programme has been closed."""
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = _followed(participant)
    if mode not in MODES:
        raise Refused(_("Choose in person, video or telephone."), field="mode")
    planned = set(AftercareContact.objects.filter(enrolment=enrolment, state="planned").values_list("planned_for"))
    fresh = [day for day in sorted(set(days)) if (day,) not in planned]
    if not fresh:
        raise Refused(_("Choose at least one day that is not planned yet."), field="days")
    for day in fresh:
        _to_come(day, "days")
    made = [
        AftercareContact.objects.create(
            enrolment=enrolment,
            state=AFTERCARE.start,
            planned_for=day,
            mode=mode,
            planned_by=by,  # type: ignore[misc]  # DELIVER is never the system's
        )
        for day in fresh
    ]
    record(
        Event.AFTERCARE_PLANNED, by=by, study=participant.study, participant=participant.pseudonym,
        first=made[0].pk, count=len(made),
    )  # fmt: skip
    return made


def proposed_days(participant: Participant) -> tuple[date, ...]:
    """Give the days that the protocol proposes, counted from the first day worked or from the closing.

    Where the day from which they count has not come, they are counted from today. Callers have opened the record.
    """
    aftercare = protocol_of(participant.study).programme.closing.aftercare
    if aftercare is None:
        return ()
    since = resumed_on(participant) if aftercare.since == "resumption" else None
    since = since or participant.enrolment.ended_on or clock.today()
    return aftercare_days(aftercare.weeks, since, clock.today())


def resumed_on(participant: Participant) -> date | None:
    """Give the first day on which someone worked in the programme, as the care team wrote hours down."""
    spells = WorkSpell.objects.filter(participant=participant, source="coach", actual_hours__gt=0)
    started = participant.enrolment.started_on
    first = spells.order_by("start").values_list("start", flat=True).first()
    return max(first, started) if first and started else first


@act
def move_aftercare(*, by: Actor, contact: AftercareContact, planned_for: date) -> AftercareContact:
    """Plan a contact for another day, one to come."""
    contact = _moved(by, contact, "move")
    _to_come(planned_for, "planned_for")
    contact.planned_for = planned_for
    contact.save(update_fields=["planned_for"])
    _record(Event.AFTERCARE_MOVED, by, contact)
    return contact


@act
def hold_aftercare(
    *, by: Actor, contact: AftercareContact, on: date, minutes: int, mode: str, shared_note: str = ""
) -> AftercareContact:
    """Write down a contact that took place; the note is for both."""
    contact = _moved(by, contact, "hold")
    participant = contact.enrolment.participant
    if mode not in MODES:
        raise Refused(_("Choose in person, video or telephone."), field="mode")
    if not 1 <= minutes <= 480:
        raise Refused(_("Fill in how many minutes it took, from 1 to 480."), field="minutes")
    if on > clock.today():
        raise Refused(_("This day has not come yet. Fill in the day on which it happened."), field="on")
    if contact.enrolment.started_on is not None and on < contact.enrolment.started_on:
        raise Refused(_("This day lies before the start of the programme."), field="on")
    contact.held_on, contact.minutes, contact.mode = on, minutes, mode
    contact.held_by = by  # type: ignore[assignment]  # DELIVER is never the system's
    contact.shared_sealed = words.seal(participant, words.checked(shared_note, field="shared_note", needed=False))
    contact.save()
    _record(Event.AFTERCARE_HELD, by, contact)
    return contact


@act
def miss_aftercare(*, by: Actor, contact: AftercareContact) -> AftercareContact:
    """Write down that nobody was reached; no reason is asked."""
    contact = _moved(by, contact, "miss")
    contact.save(update_fields=["state"])
    _record(Event.AFTERCARE_MISSED, by, contact)
    return contact


@act
def cancel_aftercare(*, by: Actor, contact: AftercareContact) -> AftercareContact:
    """Call a contact off."""
    contact = _moved(by, contact, "cancel")
    contact.save(update_fields=["state"])
    _record(Event.AFTERCARE_CANCELLED, by, contact)
    return contact


def cancel_planned(enrolment: Enrolment) -> None:
    """Call off every contact that is planned, within a running act: someone left, or died."""
    for contact in AftercareContact.objects.select_for_update().filter(enrolment=enrolment, state="planned"):
        contact.state = AFTERCARE.after(contact.state, "cancel")
        contact.save(update_fields=["state"])


def _followed(participant: Participant) -> Enrolment:
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state not in ("active", "completed"):
        raise Refused(_("There is no aftercare for this person: the programme does not run, and was not closed."))
    return enrolment


def _to_come(day: date, field: str) -> None:
    if day < clock.today():
        raise Refused(_("This day has passed. Choose a day to come."), field=field)


def _moved(by: Actor, contact: AftercareContact, move: str) -> AftercareContact:
    participant = contact.enrolment.participant
    allow(by, Permission.DELIVER, participant=participant)
    fresh = AftercareContact.objects.select_for_update().get(pk=contact.pk)
    fresh.enrolment = contact.enrolment
    fresh.state = AFTERCARE.after(fresh.state, move)
    return fresh


def _record(event: Event, by: Actor, contact: AftercareContact) -> None:
    participant = contact.enrolment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, aftercare=contact.pk)
