"""Consent to the programme and consent to the study: each by itself, versioned, item by item; and leaving either."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.aftercare import cancel_planned
from opstap.acts.calendar import schedule, void_open
from opstap.acts.doors import Actor, allow
from opstap.acts.find import user_of
from opstap.acts.locks import enrolment_of, locked, participation_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import ENROLMENT, PARTICIPATION, RECRUITMENT, SESSION
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import ConsentForm
from opstap.store.models import Consent, Enrolment, Participant, Participation, Session, User

CHANNELS = ("online", "paper")
#: The forms that a participant decides on; a protocol can also have one for partners, which is theirs.
OWN_KINDS = ("programme", "study")


@act
def record_consent(
    *, by: Actor, participant: Participant, kind: str, items: Collection[str], channel: str = "online"
) -> Consent:
    """Record a decision on one form: agreed when every required item is, refused otherwise.

    Agreeing to the programme makes the programme record, agreeing to the study the study record; neither waits for
    the other. Refused before the time to think is over, for an unknown item, and when already agreed.
    """
    allow(by, Permission.CONSENT, participant=participant)
    participant = locked(participant)
    protocol = protocol_of(participant.study)
    if kind not in OWN_KINDS:
        raise Refused(_("There is no such form."), field="kind")
    form = protocol.consent(kind)
    if channel not in CHANNELS:
        raise Refused(_("Consent is given online or on paper."), field="channel")
    unknown = set(items) - {item.id for item in form.items}
    if unknown:
        raise Refused(_("This form has no such item."), field="items")
    RECRUITMENT.after(participant.state, "include")
    _thought(participant, form)
    enrolment, participation = enrolment_of(participant), participation_of(participant)
    if (enrolment if kind == "programme" else participation) is not None:
        raise Refused(_("This decision has already been made. It can be withdrawn, not made again."))
    agreed = all(item.id in items for item in form.items if item.required)
    consent = Consent.objects.create(
        participant=participant,
        kind=kind,
        protocol=participant.study.protocol,
        form_version=form.version,
        text_hash=text_hash(protocol, kind, participant.language),
        decision="agreed" if agreed else "refused",
        items={item.id: item.id in items for item in form.items},
        channel=channel,
        at=clock.now(),
        by=_user(by, participant),
    )
    if agreed:
        Participant.objects.filter(pk=participant.pk).update(state=RECRUITMENT.after(participant.state, "include"))
        if kind == "programme":
            _enrol(participant, form, protocol, in_study=participation is not None)
        else:
            _take_part(participant, form, enrolment)
    record(
        Event.CONSENT_RECORDED,
        by=by,
        study=participant.study,
        participant=participant.pseudonym,
        consent=consent.pk,
        kind=kind,
        protocol=participant.study.protocol.digest,
    )
    return consent


def text_hash(protocol: Protocol, kind: str, language: str) -> str:
    """Hash the exact words someone agreed to, so that what they read can be proved later."""
    form = protocol.consent(kind)
    keys = [f"consents.{kind}.{part}" for part in ("title", "short", "text")]
    keys += [f"consents.{kind}.items.{item.id}" for item in form.items]
    return hashlib.sha256("\x00".join(protocol.text(key, language) for key in keys).encode()).hexdigest()


def _thought(participant: Participant, form: ConsentForm) -> None:
    if participant.informed_on is None:
        raise Refused(_("Give the information first; then there is time to think."))
    first = participant.informed_on + timedelta(days=form.days_to_think)
    if clock.today() < first:
        day = date_format(first, "j F Y")
        raise Refused(_("There is time to think until %(day)s. Deciding is possible from then."), day=day)


def _user(by: Actor, participant: Participant) -> User:
    return by if isinstance(by, User) else user_of(participant)


def _enrol(participant: Participant, form: ConsentForm, protocol: Protocol, *, in_study: bool) -> None:
    today = clock.today()
    enrolment = Enrolment(
        participant=participant,
        state=ENROLMENT.start,
        legal_basis=form.legal_basis,
        retention_years=form.retention_years,
        agreed_on=today,
    )
    if protocol.programme.entry == "open":
        enrolment.state = ENROLMENT.after(enrolment.state, "open")
        enrolment.started_on, enrolment.phase = today, protocol.phase_order[0]
    enrolment.save()
    if in_study:
        schedule(participant, "enrolment", today)


def _take_part(participant: Participant, form: ConsentForm, enrolment: Enrolment | None) -> None:
    today = clock.today()
    Participation.objects.create(
        participant=participant,
        state=PARTICIPATION.start,
        legal_basis=form.legal_basis,
        retention_years=form.retention_years,
        consented_on=today,
    )
    schedule(participant, "consent", today)
    if enrolment is not None:
        schedule(participant, "enrolment", enrolment.agreed_on)


@act
def withdraw(*, by: Actor, participant: Participant, reason: str = "no_reason") -> Participation:
    """Leave the study. What was given stays; nothing more is asked. The programme goes on as it was."""
    allow(by, Permission.WITHDRAW, participant=participant)
    participant = locked(participant)
    participation = participation_of(participant)
    if participation is None:
        raise Refused(_("There is nothing here to end."))
    participation.state = PARTICIPATION.after(participation.state, "withdraw")
    participation.ended_on, participation.end_reason = clock.today(), reason[:40]
    participation.save(update_fields=["state", "ended_on", "end_reason"])
    void_open(participant, "withdrawn")
    # Who withdraws before the lot was waiting for a programme that only the lot can open.
    enrolment = enrolment_of(participant)
    if enrolment is not None and ENROLMENT.allows(enrolment.state, "not_open"):
        enrolment.state, enrolment.ended_on = ENROLMENT.after(enrolment.state, "not_open"), clock.today()
        enrolment.save(update_fields=["state", "ended_on"])
    _add_withdrawal(by, participant, "study")
    record(Event.WITHDRAWN, by=by, study=participant.study, participant=participant.pseudonym)
    return participation


@act
def stop_programme(*, by: Actor, participant: Participant, reason: str = "no_reason") -> Enrolment:
    """Leave the programme. Planned sessions fall out; the study goes on as it was."""
    allow(by, Permission.WITHDRAW, participant=participant)
    participant = locked(participant)
    enrolment = enrolment_of(participant)
    if enrolment is None:
        raise Refused(_("There is nothing here to end."))
    end_enrolment(enrolment, "stop", reason)
    _add_withdrawal(by, participant, "programme")
    record(Event.PROGRAMME_STOPPED, by=by, study=participant.study, participant=participant.pseudonym)
    return enrolment


def end_enrolment(enrolment: Enrolment, move: str, reason: str) -> None:
    """End the programme record within a running act, and cancel what was still planned."""
    enrolment.state = ENROLMENT.after(enrolment.state, move)
    enrolment.ended_on, enrolment.end_reason = clock.today(), reason[:40]
    enrolment.save(update_fields=["state", "ended_on", "end_reason"])
    for session in Session.objects.select_for_update().filter(enrolment=enrolment, state__in=("planned", "confirmed")):
        session.state = SESSION.after(session.state, "cancel")
        session.save(update_fields=["state"])
    if move == "stop":
        cancel_planned(enrolment)


def _add_withdrawal(by: Actor, participant: Participant, kind: str) -> None:
    last = Consent.objects.filter(participant=participant, kind=kind).latest("pk")
    Consent.objects.create(
        participant=participant,
        kind=kind,
        protocol=last.protocol,
        form_version=last.form_version,
        text_hash=last.text_hash,
        decision="withdrawn",
        items=dict.fromkeys(last.items, False),
        channel="online" if _user(by, participant) == user_of(participant) else "paper",
        at=clock.now(),
        by=_user(by, participant),
    )
