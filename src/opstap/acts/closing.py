"""Closing in steps: prepared, looked back together, agreed, closed; and reopened where that is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import keep, spoken
from opstap.acts.calendar import void_anchored
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of, running
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import CLOSING, ENROLMENT
from opstap.domain.programme.closing import MOST_POINTS, QUESTIONS, Point, points_of
from opstap.store.models import Closing, Enrolment, Participant


@act
def prepare_closing(*, by: Actor, participant: Participant) -> Closing:
    """Begin the closing: from now on participant and care team can each write down what they look back on."""
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    if closing_of(enrolment) is not None:
        raise Refused(_("The closing has already been prepared."))
    closing = Closing.objects.create(
        enrolment=enrolment,
        state=CLOSING.start,
        prepared_by=by,  # type: ignore[misc]  # DELIVER is never the system's
        prepared_at=clock.now(),
    )
    _record(Event.CLOSING_PREPARED, by, closing)
    return closing


@act
def write_own_words(*, by: Actor, participant: Participant, answers: Mapping[str, str], channel: str = "") -> Closing:
    """The participant writes what helped, what did not, and what is next; before the talk or after it.

    Written down for someone who uses no screen with a `channel`.
    """
    spoken(by, Permission.LOOK_BACK, participant, channel)
    closing = _open(participant)
    closing.own_sealed, closing.own_at = _sealed(participant, answers), clock.now()
    closing.save(update_fields=["own_sealed", "own_at"])
    keep(by, participant, Event.CLOSING_WRITTEN, closing.pk, channel)
    _record(Event.CLOSING_WRITTEN, by, closing)
    return closing


@act
def write_care_words(
    *, by: Actor, participant: Participant, answers: Mapping[str, str], points: Sequence[tuple[str, str, str]]
) -> Closing:
    """The professional writes the same three, and the points of attention: sign, what to do, whom to call.

    What was agreed has to be agreed anew after it.
    """
    allow(by, Permission.DELIVER, participant=participant)
    closing = _open(participant)
    if CLOSING.allows(closing.state, "change"):
        closing.state, closing.agreed_at = CLOSING.after(closing.state, "change"), None
    closing.care_sealed, closing.care_at = _sealed(participant, answers), clock.now()
    closing.care_by = by  # type: ignore[assignment]  # DELIVER is never the system's
    closing.points_sealed = _sealed_points(participant, points)
    closing.save()
    _record(Event.CLOSING_WRITTEN, by, closing)
    return closing


@act
def look_back(*, by: Actor, participant: Participant) -> Closing:
    """Write down that both have looked back together, at a talk today; now the participant can agree."""
    allow(by, Permission.DELIVER, participant=participant)
    closing = _open(participant)
    closing.state = CLOSING.after(closing.state, "look_back")
    closing.looked_back_on = clock.today()
    closing.save(update_fields=["state", "looked_back_on"])
    _record(Event.CLOSING_LOOKED_BACK, by, closing)
    return closing


@act
def agree_closing(*, by: Actor, participant: Participant, channel: str = "") -> Closing:
    """The participant agrees with what was looked back on; the professional closes after it."""
    spoken(by, Permission.LOOK_BACK, participant, channel)
    closing = _open(participant)
    closing.state = CLOSING.after(closing.state, "participant_agrees")
    closing.agreed_at = clock.now()
    closing.save(update_fields=["state", "agreed_at"])
    keep(by, participant, Event.CLOSING_AGREED, closing.pk, channel)
    _record(Event.CLOSING_AGREED, by, closing)
    return closing


@act
def reopen_programme(*, by: Actor, participant: Participant, reason: str) -> Enrolment:
    """Take someone up again whose programme was closed, with a reason, which is kept.

    What was looked back on stays in the record. Questionnaires that counted from the end fall out until the next one.
    """
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state != "completed":
        raise Refused(_("Only a programme that was closed can be reopened."))
    reason = words.checked(reason, field="reason")
    enrolment.state = ENROLMENT.after(enrolment.state, "reopen")
    enrolment.ended_on, enrolment.end_reason = None, ""
    enrolment.save(update_fields=["state", "ended_on", "end_reason"])
    closing = closing_of(enrolment) or Closing(  # type: ignore[misc]  # DELIVER is never the system's
        enrolment=enrolment, state="closed", prepared_by=by, prepared_at=clock.now()
    )
    closing.state = CLOSING.after(closing.state, "reopen")
    closing.reopened_at, closing.reopened_sealed = clock.now(), words.seal(participant, reason)
    closing.save()
    void_anchored(participant, "programme_end", "reopened")
    _record(Event.PROGRAMME_REOPENED, by, closing)
    return enrolment


def close_looking_back(enrolment: Enrolment) -> None:
    """Close what was looked back on together with the programme, within a running act; nothing where nothing was."""
    closing = closing_of(enrolment)
    if closing is not None:
        closing.state, closing.closed_on = CLOSING.after(closing.state, "close"), clock.today()
        closing.save(update_fields=["state", "closed_on"])


def closing_of(enrolment: Enrolment, *, locked: bool = True) -> Closing | None:
    """Give the closing that counts, where there is one, locked within a running act."""
    rows = Closing.objects.select_for_update() if locked else Closing.objects.select_related("care_by")
    return rows.filter(enrolment=enrolment).exclude(state="reopened").first()


def read_words(participant: Participant, sealed: bytes | memoryview | None) -> dict[str, str]:
    """Give what someone looked back on, by question; "…" for each when the person was erased."""
    return _read(participant, sealed, dict.fromkeys(QUESTIONS, ""), dict.fromkeys(QUESTIONS, "…"))


def read_points(participant: Participant, closing: Closing) -> tuple[Point, ...]:
    """Give the points of attention; none when the person was erased."""
    return tuple(Point(**row) for row in _read(participant, closing.points_sealed, [], []))


def _read(participant: Participant, sealed: bytes | memoryview | None, nothing: Any, erased: Any) -> Any:
    text = words.unseal(participant, sealed)
    if text == "…":
        return erased
    return json.loads(text) if text else nothing


def _open(participant: Participant) -> Closing:
    enrolment = running(participant)
    closing = closing_of(enrolment)
    if closing is None:
        raise Refused(_("The closing has not been prepared yet."))
    closing.enrolment = enrolment
    return closing


def _sealed(participant: Participant, answers: Mapping[str, str]) -> bytes | None:
    kept = {one: words.checked(answers.get(one, ""), field=one, needed=False) for one in QUESTIONS}
    if not any(kept.values()):
        raise Refused(_("Write something here; one sentence is enough."), field=QUESTIONS[0])
    return words.seal(participant, json.dumps(kept))


def _sealed_points(participant: Participant, points: Sequence[tuple[str, str, str]]) -> bytes | None:
    try:
        read = points_of(points)
    except ValueError as fault:
        if str(fault) == "many":
            raise Refused(_("Keep at most %(most)s points."), field="points", most=MOST_POINTS) from None
        raise Refused(_("Fill in the sign that belongs to it, or leave the whole row empty."), field="points") from None
    for one in read:
        words.checked(" ".join((one.sign, one.do, one.call)), field="points")
    return words.seal(participant, json.dumps([asdict(one) for one in read]))


def _record(event: Event, by: Actor, closing: Closing) -> None:
    participant = closing.enrolment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, closing=closing.pk)
