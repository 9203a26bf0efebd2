"""Locks what an act is about to change: the row as it is now, with what never changes about it kept at hand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts.refusals import Refused
from opstap.store.models import Enrolment, Measurement, Participant, Participation, Session


def locked(participant: Participant) -> Participant:
    """Lock a participant and give the row as it is now; study, site and key are those already known."""
    fresh = Participant.objects.select_for_update().get(pk=participant.pk)
    fresh.study, fresh.site = participant.study, participant.site
    if "key" in participant._state.fields_cache:
        fresh._state.fields_cache["key"] = participant._state.fields_cache["key"]
    return fresh


def enrolment_of(participant: Participant) -> Enrolment | None:
    """Lock and give the programme record of a participant, when there is one."""
    found = Enrolment.objects.select_for_update().filter(participant=participant).first()
    if found is not None:
        found.participant = participant
    return found


def participation_of(participant: Participant) -> Participation | None:
    """Lock and give the study record of a participant, when there is one."""
    found = Participation.objects.select_for_update().filter(participant=participant).first()
    if found is not None:
        found.participant = participant
    return found


def locked_session(session: Session) -> Session:
    """Lock a session and give the row as it is now, with its programme record."""
    fresh = Session.objects.select_for_update().get(pk=session.pk)
    fresh.enrolment = session.enrolment
    return fresh


def locked_measurement(measurement: Measurement) -> Measurement:
    """Lock a measurement and give the row as it is now, with its participant."""
    fresh = Measurement.objects.select_for_update().get(pk=measurement.pk)
    fresh.participant = measurement.participant
    if "protocol" in measurement._state.fields_cache:
        fresh.protocol = measurement.protocol
    return fresh


def running(participant: Participant) -> Enrolment:
    """Give the programme record while the programme runs; Refused when it does not, as for usual care."""
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state != "active":
        raise Refused(_("The programme is not running for this person."))
    return enrolment
