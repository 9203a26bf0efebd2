"""Each participant's measurements: scheduled from an anchor that happened, voided when someone leaves or dies."""

from __future__ import annotations

from datetime import date
from typing import cast

from opstap.acts import clock
from opstap.acts.protocols import arm_of, protocol_of
from opstap.domain.followup import window
from opstap.domain.instruments.model import Questionnaire
from opstap.domain.journey import measurement_state
from opstap.domain.protocol.model import AROUND, Respondent
from opstap.store.models import Measurement, Participant, Participation


def schedule(participant: Participant, anchor: str, on: date) -> None:
    """Make the measurements that count from this anchor, within a running act."""
    if participant.cohort == "partner":
        _schedule_partner(participant, anchor, on)
        return
    study = participant.study
    rows = []
    waves = protocol_of(study).study.waves
    around = _around(participant) if any(one in wave.asks for wave in waves for one in AROUND) else {}
    for wave in waves:
        if wave.anchor != anchor:
            continue
        days = window(on, wave)
        rows += [
            Measurement(
                participant=participant,
                wave=wave.id,
                respondent=respondent,
                protocol=study.protocol,
                due_on=days.due,
                opens_on=days.opens,
                closes_on=days.closes,
            )
            for respondent in ("participant", *around)
            if (respondent == "participant" and "participant" in wave.asks)
            or wave.questionnaires(cast("Respondent", respondent), around.get(respondent))
        ]
    # An anchor can happen anew (a programme that was reopened ends again): what fell out then counts from now.
    known = {(one.wave, one.respondent): one for one in Measurement.objects.filter(participant=participant)}
    for row in rows:
        before = known.get((row.wave, row.respondent))
        if before is not None and before.void_reason == "reopened":
            row.pk, row.started_at, row.channel = before.pk, before.started_at, before.channel
            row.save(force_update=True)
    # Where an arm is known only now, those around are asked beside what the participant is asked already.
    rows += [
        Measurement(
            participant=participant, wave=wave.id, respondent=respondent, protocol=study.protocol,
            due_on=own.due_on, opens_on=own.opens_on, closes_on=own.closes_on,
        )
        for wave in waves
        if wave.anchor != anchor and (own := known.get((wave.id, "participant"))) and own.voided_on is None
        for respondent in around
        if wave.questionnaires(cast("Respondent", respondent), around[respondent])
    ]  # fmt: skip
    Measurement.objects.bulk_create([row for row in rows if (row.wave, row.respondent) not in known])


def _schedule_partner(participant: Participant, anchor: str, on: date) -> None:
    """Make every measurement of a partner, counted from their own consent, whatever the patient's count from.

    So a partner's days tell nothing of a lot, and go on when there is none.
    """
    if anchor != "consent":
        return
    Measurement.objects.bulk_create(
        Measurement(
            participant=participant, wave=wave.id, respondent="partner", protocol=participant.study.protocol,
            due_on=days.due, opens_on=days.opens, closes_on=days.closes,
        )
        for wave in protocol_of(participant.study).study.waves
        if "partner" in wave.asks
        for days in (window(on, wave),)
    )  # fmt: skip


def _around(participant: Participant) -> dict[str, str]:
    """Give the arm under which each place around a participant is asked: where the programme is given, else nowhere.

    The row is made with the others, so that the plan is visible; whoever holds the place when it opens fills it in.
    """
    protocol = protocol_of(participant.study)
    arm = arm_of(Participation.objects.select_related("allocation").filter(participant=participant).first(), protocol)
    return dict.fromkeys(AROUND, arm) if arm is not None and protocol.study.arm(arm).programme else {}


def void_anchored(participant: Participant, anchor: str, reason: str) -> None:
    """Void the measurements that count from an anchor which is undone, within a running act; answered ones stay."""
    waves = [wave.id for wave in protocol_of(participant.study).study.waves if wave.anchor == anchor]
    Measurement.objects.filter(participant=participant, wave__in=waves, submitted_at=None, voided_on=None).update(
        voided_on=clock.today(), void_reason=reason
    )


def move(participant: Participant, anchor: str, on: date) -> int:
    """Move the measurements that count from this anchor to its right day, within a running act; give how many moved.

    What was handed in or voided stays where it was: it happened.
    """
    moved = []
    every = participant.cohort == "partner" and anchor == "consent"
    planned = protocol_of(participant.study).study.waves
    waves = {wave.id: wave for wave in planned if every or wave.anchor == anchor}
    for measurement in Measurement.objects.select_for_update().filter(
        participant=participant, wave__in=waves, submitted_at=None, voided_on=None
    ):
        days = window(on, waves[measurement.wave])
        measurement.due_on, measurement.opens_on, measurement.closes_on = days.due, days.opens, days.closes
        moved.append(measurement)
    Measurement.objects.bulk_update(moved, ["due_on", "opens_on", "closes_on"])
    return len(moved)


def void_open(participant: Participant, reason: str) -> None:
    """Void every measurement that was not yet submitted, within a running act; nothing answered is thrown away."""
    Measurement.objects.filter(participant=participant, submitted_at=None, voided_on=None).update(
        voided_on=clock.today(), void_reason=reason
    )


def asked_of(measurement: Measurement) -> list[Questionnaire]:
    """List the questionnaires of a measurement, in order: those of its wave, for this respondent and arm."""
    protocol = protocol_of(measurement.participant.study)
    participation: Participation | None = getattr(measurement.participant, "participation", None)
    wave = protocol.study.wave(measurement.wave)
    asked = wave.questionnaires(cast("Respondent", measurement.respondent), arm_of(participation, protocol))
    return [protocol.questionnaires[one] for one in asked]


def state_of(measurement: Measurement, on: date | None = None) -> str:
    """Derive the state of a measurement on a day (today by default)."""
    return measurement_state(
        opens=measurement.opens_on,
        closes=measurement.closes_on,
        started=measurement.started_at is not None,
        submitted=measurement.submitted_at is not None,
        voided=measurement.voided_on is not None,
        today=on or clock.today(),
    )
