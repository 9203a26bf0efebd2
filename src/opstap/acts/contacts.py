"""The contact log: each contact that was tried with someone around the participant, in one short form."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.network import Channel, Party
from opstap.store.models import ContactAttempt, Participant


@act
def log_contact(
    *,
    by: Actor,
    participant: Participant,
    party: str,
    channel: str,
    on: date,
    reached: bool,
    note: str = "",
    next_step: str = "",
    next_by: date | None = None,
    minutes: int | None = None,
) -> ContactAttempt:
    """Write down a contact that was tried: with whom, how, reached or not, what is next and by when.

    Also a contact with the participant that was not planned. Words are sealed.
    """
    allow(by, Permission.LOG_CONTACT, participant=participant)
    enrolment = running(participant)
    if party not in tuple(Party):
        raise Refused(_("Choose with whom."), field="party")
    if channel not in tuple(Channel):
        raise Refused(_("Choose how."), field="channel")
    if on > clock.today():
        raise Refused(_("This day has not come yet. Fill in the day on which it happened."), field="on")
    if enrolment.started_on is not None and on < enrolment.started_on:
        raise Refused(_("This day lies before the start of the programme."), field="on")
    if minutes is not None and not 1 <= minutes <= 480:
        raise Refused(_("Fill in how many minutes it took, from 1 to 480, or leave it empty."), field="minutes")
    if next_by is not None and next_by < on:
        raise Refused(_("The next step comes after this contact. Choose a later day."), field="next_by")
    if next_by is not None and not next_step.strip():
        raise Refused(_("Write what the next step is, or leave the day empty."), field="next_step")
    attempt = ContactAttempt.objects.create(
        participant=participant,
        by=by,  # type: ignore[misc]  # LOG_CONTACT is never the system's
        party=party,
        channel=channel,
        on=on,
        reached=reached,
        minutes=minutes,
        words_sealed=words.seal(participant, note),
        next_sealed=words.seal(participant, next_step),
        next_by=next_by,
        logged_at=clock.now(),
    )
    record(Event.CONTACT_LOGGED, by=by, study=participant.study, participant=participant.pseudonym, contact=attempt.pk)
    return attempt
