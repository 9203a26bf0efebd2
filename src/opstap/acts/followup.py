"""The calendar of a person set right: an anchor's day that was written down wrongly, a reason for a missed wave."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from opstap.acts import calendar, clock, words
from opstap.acts.act import act, record
from opstap.acts.calendar import state_of
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of, locked, locked_measurement, participation_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import AnchorCorrection, Measurement, Participant, Session

#: Why a wave was missed. What lies behind it may be added in words, which are sealed.
MISSED = ("not_reached", "too_ill", "too_tired", "no_time", "not_wanted", "technical", "other", "unknown")
#: The anchors whose day can be set right. The lot's day is when it was drawn, and nobody writes that down.
CORRECTABLE = ("consent", "enrolment", "first_session", "programme_end")


def anchors_of(participant: Participant) -> dict[str, date]:
    """List the days from which someone's waves count, of the anchors that happened."""
    participation, enrolment = participation_of(participant), enrolment_of(participant)
    days: dict[str, date | None] = {}
    if participation is not None:
        days["consent"] = participation.consented_on
    if enrolment is not None:
        days["enrolment"] = enrolment.agreed_on
        days["first_session"] = (
            Session.objects.filter(enrolment=enrolment, state="held")
            .order_by("held_on")
            .values_list("held_on", flat=True)
        ).first()
        days["programme_end"] = enrolment.ended_on if enrolment.state == "completed" else None
    return {name: day for name, day in days.items() if day is not None}


@act
def correct_anchor(*, by: Actor, participant: Participant, anchor: str, on: date, reason: str) -> int:
    """Set the day of an anchor right; what counts from it and was not handed in moves along. Gives how many moved.

    Both days and the reason are kept. Refused for a day to come, the same day, or an anchor that did not happen.
    """
    allow(by, Permission.KEEP_CALENDAR, participant=participant)
    participant = locked(participant)
    known = anchors_of(participant)
    if anchor not in CORRECTABLE or anchor not in known:
        raise Refused(_("Choose one of the days listed."), field="anchor")
    if on > clock.today():
        raise Refused(_("This day has not come yet."), field="on")
    if on < participant.referred_on:
        raise Refused(_("This day lies before the referral."), field="on")
    if on == known[anchor]:
        raise Refused(_("This is the day that was written down already."), field="on")
    reason = words.checked(reason, field="reason")
    _write(participant, anchor, known[anchor], on)
    moved = calendar.move(participant, anchor, on)
    correction = AnchorCorrection.objects.create(  # type: ignore[misc]  # KEEP_CALENDAR is never the system's
        participant=participant, anchor=anchor, old=known[anchor], new=on,
        reason_sealed=words.seal(participant, reason) or b"",
        by=by,
        at=clock.now(),
    )  # fmt: skip
    record(
        Event.ANCHOR_CORRECTED, by=by, study=participant.study, participant=participant.pseudonym,
        correction=correction.pk,
    )  # fmt: skip
    return moved


def _write(participant: Participant, anchor: str, old: date, new: date) -> None:
    participation, enrolment = participation_of(participant), enrolment_of(participant)
    if anchor == "consent":
        assert participation is not None
        participation.consented_on = new
        participation.save(update_fields=["consented_on"])
        return
    assert enrolment is not None
    if anchor == "first_session":
        first = Session.objects.filter(enrolment=enrolment, state="held", held_on=old).order_by("pk")[0]
        first.held_on = new
        first.save(update_fields=["held_on"])
        return
    field = "agreed_on" if anchor == "enrolment" else "ended_on"
    setattr(enrolment, field, new)
    enrolment.save(update_fields=[field])


@act
def explain_missed(*, by: Actor, measurement: Measurement, reason: str, note: str = "") -> Measurement:
    """Write down why a wave was missed; a later reason takes the place of an earlier one."""
    allow(by, Permission.KEEP_CALENDAR, participant=measurement.participant)
    measurement = locked_measurement(measurement)
    participant = measurement.participant
    if state_of(measurement) not in ("missed", "voided"):
        raise Refused(_("This questionnaire was not missed."))
    if reason not in MISSED:
        raise Refused(_("Choose one of the reasons listed."), field="reason")
    measurement.missed_reason = reason
    measurement.missed_note_sealed = words.seal(participant, words.checked(note, field="note", needed=False))
    measurement.save(update_fields=["missed_reason", "missed_note_sealed"])
    record(
        Event.MISSED_EXPLAINED, by=by, study=participant.study, participant=participant.pseudonym,
        measurement=measurement.pk, reason=reason,
    )  # fmt: skip
    return measurement
