"""Deviations from the protocol and adverse events: reported, assessed, followed, closed, each step kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import participation_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission, Role, Standing
from opstap.domain.events import Event
from opstap.domain.incidents import Ended, Related, Serious, Sort
from opstap.domain.journey import INCIDENT
from opstap.store.models import Incident, IncidentEntry, Measurement, Participant, User


@act
def report_deviation(*, by: Actor, participant: Participant, kind: str, on: date, text: str) -> Incident:
    """Write down that something went otherwise than the protocol says: which kind, on which day, in words.

    Refused for an unknown kind, a day in the future, no words, and someone who is not in the study.
    """
    found = allow(by, Permission.REPORT_INCIDENT, participant=participant)
    kinds = {one.id: one for one in protocol_of(participant.study).study.monitoring.deviations}
    if kind not in kinds:
        raise Refused(_("Choose one of the kinds listed."), field="kind")
    made = _made(by, participant, Sort.DEVIATION, on, text, kind=kind, tells=kinds[kind].tells_arm or _cares(found))
    _record(Event.DEVIATION_REPORTED, by, made)
    return made


@act
def report_event(
    *, by: Actor, participant: Participant, on: date, text: str, serious: Collection[str] = (), session: bool = False
) -> Incident:
    """Write down an adverse event, with the criteria by which it is serious; it still has to be assessed.

    `session`: it has to do with a session of the programme, so that knowing of it would tell the arm. What the care
    team writes down always does. Refused for an unknown criterion, a day in the future, no words, and someone who is
    not in the study.
    """
    found = allow(by, Permission.REPORT_INCIDENT, participant=participant)
    made = _made(by, participant, Sort.EVENT, on, text, serious=_serious(serious), tells=session or _cares(found))
    _record(Event.ADVERSE_EVENT_REPORTED, by, made)
    return made


def from_answers(measurement: Measurement, given: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep what a participant reports as harm in the answers being handed in, within that act; once per measurement.

    Free text among the answers is sealed already, under the same person's key, and is taken over as it is.
    """
    study = protocol_of(measurement.participant.study).study
    only = study.wave(measurement.wave).only_in_arms
    for report in study.monitoring.own_reports:
        questionnaire, item = report.place
        answers = given.get(questionnaire, {})
        if measurement.respondent != "participant" or answers.get(item) not in report.codes:
            continue
        made, new = Incident.objects.get_or_create(
            measurement=measurement,
            defaults={
                "participant": measurement.participant,
                "sort": Sort.EVENT,
                "on": measurement.answered_on or clock.today(),
                "tells_arm": questionnaire in only,
                "state": INCIDENT.start,
                "reported_at": clock.now(),
            },
        )
        if new:
            told = answers.get(report.words) if report.words else None
            IncidentEntry.objects.create(
                incident=made, move="report", at=clock.now(), words_sealed=bytes.fromhex(told) if told else None
            )


@act
def assess_event(
    *, by: Actor, incident: Incident, serious: Collection[str], relatedness: str, text: str = ""
) -> Incident:
    """Assess an adverse event: by which criteria it is serious (none: it is not), and how it is related.

    Refused for a deviation, an unknown criterion, and without a relatedness. NotNow when it is closed.
    """
    allow(by, Permission.FOLLOW_INCIDENT, participant=incident.participant)
    if incident.sort != Sort.EVENT:
        raise Refused(_("Only an adverse event is assessed."))
    if relatedness not in tuple(Related):
        raise Refused(_("Choose how it is related to the programme."), field="relatedness")
    kept = _serious(serious)
    incident = _moved(incident, "assess")
    incident.serious, incident.relatedness = kept, relatedness
    incident.save(update_fields=["state", "serious", "relatedness"])
    _entry(by, incident, "assess", text)
    _record(Event.ADVERSE_EVENT_ASSESSED, by, incident)
    return incident


@act
def note_incident(*, by: Actor, incident: Incident, text: str) -> Incident:
    """Add what was done or heard since. NotNow when it is closed."""
    allow(by, Permission.FOLLOW_INCIDENT, participant=incident.participant)
    text = words.checked(text, field="text")
    incident = _moved(incident, "note")
    _entry(by, incident, "note", text)
    _record(Event.INCIDENT_NOTED, by, incident)
    return incident


@act
def close_incident(*, by: Actor, incident: Incident, text: str, outcome: str = "") -> Incident:
    """Close it, saying what was done. An event needs its outcome, and to have been assessed (NotNow otherwise)."""
    allow(by, Permission.FOLLOW_INCIDENT, participant=incident.participant)
    text = words.checked(text, field="text")
    if incident.sort == Sort.EVENT and outcome not in tuple(Ended):
        raise Refused(_("Choose how it ended."), field="outcome")
    settles = incident.sort == Sort.DEVIATION and incident.state == INCIDENT.start
    incident = _moved(incident, "settle" if settles else "close")
    incident.outcome = outcome if incident.sort == Sort.EVENT else ""
    incident.save(update_fields=["state", "outcome"])
    _entry(by, incident, "close", text)
    _record(Event.INCIDENT_CLOSED, by, incident)
    return incident


@act
def reopen_incident(*, by: Actor, incident: Incident, text: str) -> Incident:
    """Open it again, saying why."""
    allow(by, Permission.FOLLOW_INCIDENT, participant=incident.participant)
    text = words.checked(text, field="text")
    incident = _moved(incident, "reopen")
    incident.save(update_fields=["state"])
    _entry(by, incident, "reopen", text)
    _record(Event.INCIDENT_REOPENED, by, incident)
    return incident


def _made(
    by: Actor, participant: Participant, sort: Sort, on: date, text: str, *, tells: bool, kind: str = "",
    serious: Collection[str] = (),
) -> Incident:  # fmt: skip
    text = words.checked(text, field="text")
    if on > clock.today():
        raise Refused(_("Fill in a day that has been: today or before."), field="on")
    participation = participation_of(participant)
    if participation is None:
        raise Refused(_("This is kept for who is in the study. This person is not."))
    arms = protocol_of(participant.study).study.arms
    made = Incident.objects.create(
        participant=participant,
        sort=sort,
        kind=kind,
        on=on,
        tells_arm=tells and len(arms) > 1,
        state=INCIDENT.start,
        serious=list(serious),
        reported_by=by if isinstance(by, User) else None,
        reported_at=clock.now(),
    )
    _entry(by, made, "report", text)
    return made


def _cares(found: Iterable[Standing]) -> bool:
    """Tell whether someone acts as one of the care team, which only those in the programme have."""
    return bool({one.role for one in found} & {Role.THERAPIST, Role.COACH})


def _serious(criteria: Collection[str]) -> list[str]:
    unknown = set(criteria) - {*Serious}
    if unknown:
        raise Refused(_("Choose from the criteria listed."), field="serious")
    return [one.value for one in Serious if one.value in criteria]


def _moved(incident: Incident, move: str) -> Incident:
    fresh = Incident.objects.select_for_update().get(pk=incident.pk)
    fresh.participant = incident.participant
    fresh.state = INCIDENT.after(fresh.state, move)
    return fresh


def _entry(by: Actor, incident: Incident, move: str, text: str) -> None:
    IncidentEntry.objects.create(
        incident=incident,
        move=move,
        by=by if isinstance(by, User) else None,
        at=clock.now(),
        words_sealed=words.seal(incident.participant, text),
    )


def _record(event: Event, by: Actor, incident: Incident) -> None:
    participant = incident.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, incident=incident.pk)
