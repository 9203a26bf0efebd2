"""Consent to the programme and consent to the study: each by itself, versioned, item by item; and leaving either."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.aftercare import cancel_planned
from opstap.acts.calendar import schedule, void_open
from opstap.acts.doors import Actor, allow
from opstap.acts.erasing import erase_answers, erase_person
from opstap.acts.find import user_of
from opstap.acts.locks import enrolment_of, locked, participation_of
from opstap.acts.protocols import protocol_of, version_of
from opstap.acts.refusals import Refused
from opstap.acts.understanding import tries_of
from opstap.acts.words import seal
from opstap.domain.access import Permission
from opstap.domain.consent import standing, untried
from opstap.domain.events import Event
from opstap.domain.journey import ENROLMENT, PARTICIPATION, RECRUITMENT, SESSION
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.consents import ConsentForm, Purpose
from opstap.store.models import Consent, Enrolment, Participant, Participation, Session, Signature, User

#: How a decision comes in: by the participant's own hand, on signed paper, or at the desk on a coordinator's screen.
CHANNELS = ("online", "paper", "desk")
#: The forms that someone decides on themselves, by what they are in the study.
OWN_KINDS = {"patient": ("programme", "study"), "partner": ("partner",)}
#: The form by which someone takes part in the study.
STUDY_FORM = {"patient": "study", "partner": "partner"}


@act
def record_consent(
    *,
    by: Actor,
    participant: Participant,
    kind: str,
    items: Collection[str],
    channel: str = "online",
    signature: str = "",
    signed_on: date | None = None,
) -> Consent:
    """Record a decision on one form: agreed when every required item is, refused otherwise.

    Agreeing to the programme makes the programme record, agreeing to the study the study record; neither waits for
    the other. Who agreed to an older version decides on the new one in the same way: agreeing puts the new one in its
    place, refusing leaves standing what stood. `signature` is the name typed under it (online and at the desk),
    `signed_on` the day on the paper. Refused before the time to think is over, before the questions about the
    information were tried, for an unknown item, without a signature, and when this version was agreed to already.
    """
    allow(by, Permission.CONSENT, participant=participant)
    participant = locked(participant)
    protocol = protocol_of(participant.study)
    form = own_form(participant, protocol, kind)
    owner = user_of(participant)
    if channel not in CHANNELS or (channel == "online") != (by == owner):
        raise Refused(
            _("Consent is given online, or written down by a coordinator: on paper or at the desk."), field="channel"
        )
    if set(items) - {item.id for item in form.items}:
        raise Refused(_("This form has no such item."), field="items")
    RECRUITMENT.after(participant.state, "include")
    enrolment, participation = enrolment_of(participant), participation_of(participant)
    first = (enrolment if kind == "programme" else participation) is None
    if first:
        _thought(participant, form)
    else:
        stands = standing(decisions_of(participant, kind))
        if stands is None or stands.form_version == form.version:
            raise Refused(_("This decision has already been made. It can be withdrawn, not made again."))
    agreed = all(item.id in items for item in form.items if item.required)
    signature = _signature(signature, needed=agreed and channel != "paper")
    if agreed and channel == "online" and untried((one.id for one in form.questions), tries_of(participant, form)):
        raise Refused(_("Answer the questions about the information first."), field="questions")
    day = signed_on or clock.today()
    if day > clock.today():
        raise Refused(_("Fill in the day on the paper: today or before."), field="signed_on")
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
        Signature.objects.create(
            consent=consent,
            role="participant",
            by=_user(by, participant),
            name_sealed=seal(participant, signature),
            on_paper=day if channel == "paper" else None,
            at=clock.now(),
        )
    if agreed and first:
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


@act
def change_items(*, by: Actor, participant: Participant, kind: str, items: Collection[str]) -> Consent:
    """Change the free items of a consent that stands: give or take back each by itself; the rest stays as it was.

    `items` are the free items agreed to from now on. Refused when nothing stands, for an item that is a condition of
    taking part (leaving is another act), and when nothing would change.
    """
    allow(by, Permission.CONSENT, participant=participant)
    participant = locked(participant)
    own_form(participant, protocol_of(participant.study), kind)
    stands = standing(decisions_of(participant, kind))
    if stands is None:
        raise Refused(_("Nothing was agreed to here, so there is nothing to change."))
    form = version_of(stands.protocol).consent(kind)
    free = [item.id for item in form.items if not item.required]
    if set(items) - set(free):
        raise Refused(_("This item cannot be changed by itself."), field="items")
    changed = {**stands.items, **{item: item in items for item in free}}
    if changed == stands.items:
        raise Refused(_("Nothing was changed."), field="items")
    consent = Consent.objects.create(
        participant=participant,
        kind=kind,
        protocol=stands.protocol,
        form_version=stands.form_version,
        text_hash=stands.text_hash,
        decision="agreed",
        items=changed,
        channel="online" if by == user_of(participant) else "desk",
        at=clock.now(),
        by=_user(by, participant),
    )
    record(
        Event.CONSENT_ITEMS_CHANGED,
        by=by,
        study=participant.study,
        participant=participant.pseudonym,
        consent=consent.pk,
        kind=kind,
    )
    return consent


def own_form(participant: Participant, protocol: Protocol, kind: str) -> ConsentForm:
    """Give the form in force that a participant decides on themselves; Refused for any other."""
    if kind not in OWN_KINDS[participant.cohort]:
        raise Refused(_("There is no such form."), field="kind")
    return protocol.consent(kind)


def decisions_of(participant: Participant, kind: str) -> list[Consent]:
    """List someone's decisions on one form, in order of time."""
    rows = Consent.objects.filter(participant=participant, kind=kind)
    return list(rows.select_related("protocol").order_by("pk"))


def agrees_to(participant: Participant, kind: str, purpose: Purpose) -> bool:
    """Tell whether someone's standing consent holds the item that opens something, such as asking a partner."""
    stands = standing(decisions_of(participant, kind))
    item = version_of(stands.protocol).consent(kind).item_about(purpose) if stands else None
    return stands is not None and item is not None and stands.items.get(item.id, False)


def _signature(typed: str, *, needed: bool) -> str:
    typed = " ".join(typed.split())
    if needed and not typed:
        raise Refused(_("Type your name under it."), field="signature")
    if len(typed) > 120:
        raise Refused(_("This name is longer than 120 characters."), field="signature")
    return typed


def text_hash(protocol: Protocol, kind: str, language: str) -> str:
    """Hash the exact words someone agreed to, so that what they read can be proved later."""
    words = (protocol.text(key, language) for key in protocol.consent(kind).text_keys())
    return hashlib.sha256("\x00".join(words).encode()).hexdigest()


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


#: What becomes of the answers of someone who leaves the study.
AFTERWARDS = ("keep", "erase")


@act
def withdraw(*, by: Actor, participant: Participant, reason: str = "no_reason", answers: str = "keep") -> Participation:
    """Leave the study. Nothing more is asked; the programme goes on, if the lot or an open entry gave it.

    `answers` says what becomes of those given: `keep` them in use, or `erase` them and, where no programme runs for
    this person, their name and address as well. Decisions on consent, their signed sheets and the trail stay.
    """
    allow(by, Permission.WITHDRAW, participant=participant)
    if answers not in AFTERWARDS:
        raise Refused(_("Choose whether the answers may still be used."), field="answers")
    participant = locked(participant)
    participation = participation_of(participant)
    if participation is None:
        raise Refused(_("There is nothing here to end."))
    participation.state = PARTICIPATION.after(participation.state, "withdraw")
    participation.ended_on, participation.end_reason = clock.today(), reason[:40]
    void_open(participant, "withdrawn")
    if answers == "erase":
        erase_answers(participant)
        participation.erased_on = clock.today()
    participation.save(update_fields=["state", "ended_on", "end_reason", "erased_on"])
    # Who withdraws before the lot was waiting for a programme that only the lot can open.
    enrolment = enrolment_of(participant)
    if enrolment is not None and ENROLMENT.allows(enrolment.state, "not_open"):
        enrolment.state, enrolment.ended_on = ENROLMENT.after(enrolment.state, "not_open"), clock.today()
        enrolment.save(update_fields=["state", "ended_on"])
    _add_withdrawal(by, participant, STUDY_FORM[participant.cohort])
    record(Event.WITHDRAWN, by=by, study=participant.study, participant=participant.pseudonym, answers=answers)
    if answers == "erase" and (enrolment is None or enrolment.state in ENROLMENT.ends):
        erase_person(participant)
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
        channel="online" if _user(by, participant) == user_of(participant) else "desk",
        at=clock.now(),
        by=_user(by, participant),
    )
