"""The dataset of a study: everything that the analysis needs, under study numbers, and nothing that says who.

Each table is one query, whatever the number of people. Names and contact details lie behind other tables, which
are not read here; free text is never read either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django_scopes import scope

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.blinding import blinded, role_blinded
from opstap.acts.calendar import state_of
from opstap.acts.dataset_work import spell_rows, work_rows
from opstap.acts.doors import Actor, System, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.reported_work import REPORTS
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.domain.instruments.answers import flat, with_texts
from opstap.domain.instruments.scoring import SCORES
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import AROUND
from opstap.stats.dataset import TABLES, Dataset, packed, table, unpacked, withheld
from opstap.store.models import (
    AnswerSheet,
    Incident,
    LifeEvent,
    Measurement,
    NonParticipation,
    Participant,
    Participation,
    Screening,
    Session,
    StratumCorrection,
    Study,
    StudyLock,
)
from opstap.store.sealing import blind_index

Rows = list[dict[str, Any]]


@act
def run_report(*, by: Actor, study: Study, seed: int) -> Dataset:
    """Take the dataset for a report, and write in the audit trail that it was taken: its hash and the seed."""
    dataset = dataset_of(by=by, study=study)
    record(Event.REPORT_RUN, by=by, study=study, dataset=dataset.hash, seed=seed)
    return dataset


def dataset_of(*, by: Actor, study: Study) -> Dataset:
    """Make the dataset of a study as it is today, or as it was locked; NotHere for who may not see its report.

    Where the protocol blinds the analyst and the study is not unblinded, what tells an arm is withheld from it, and
    made-up arms stand in it, so that an analysis can be prepared.
    """
    allow(by, Permission.SEE_REPORT, study=study)
    with scope(study=study):
        whole = whole_of(study)
        return blinded_version(study, whole) if role_blinded(study, Role.ANALYST) else whole


def whole_of(study: Study) -> Dataset:
    """Give the dataset of a study with its arms: as it was frozen while its data are locked, else as it is today."""
    lock = StudyLock.objects.filter(study=study, opened_at=None).first()
    return unpacked(bytes(lock.content)) if lock else _dataset(study)


def frozen(study: Study) -> tuple[bytes, str]:
    """Give the dataset of a study as it is now, written down, and its hash."""
    with scope(study=study):
        made = _dataset(study)
    return packed(made), made.hash


def arm_only(protocol: Protocol) -> set[str]:
    """List the questionnaires that are answered in some arms only.

    Those around are asked only where the programme is given, whether or not `only_in_arms` says so.
    """
    waves = protocol.study.waves
    around = {one for wave in waves for place, names in wave.asks.items() if place in AROUND for one in names}
    return around.union(*(wave.only_in_arms for wave in waves))


def blinded_version(study: Study, whole: Dataset) -> Dataset:
    """Withhold from a dataset what tells an arm, and put made-up arms in it."""
    protocol = protocol_of(study)
    seed = int(blind_index(f"deal {study.slug}")[:15], 16)
    ratio = protocol.study.allocation.ratio if protocol.study.allocation else {}
    return replace(whole, permuted=True, tables=withheld(whole.tables, arm_only(protocol), ratio, seed))


def _dataset(study: Study) -> Dataset:
    protocol = protocol_of(study)
    today = clock.today()
    everyone = _people(study)
    people = [one for one in everyone if one.cohort == "patient"]
    partners = [one for one in everyone if one.cohort == "partner"]
    numbers = _numbers(study, everyone)
    measurements = list(Measurement.objects.filter(participant__in=numbers).order_by("pk").select_related(None))
    answered = {one.pk: one for one in measurements if one.submitted_at is not None}
    sheets = list(AnswerSheet.objects.filter(measurement__in=answered).order_by("pk"))
    given = _given(protocol, sheets)
    own = {pk for pk, one in answered.items() if one.respondent == "participant"}
    reported = {sheet.measurement_id for sheet in sheets if sheet.questionnaire in REPORTS} & own
    work, returns = work_rows(protocol, study, numbers, [answered[pk] for pk in sorted(reported)])
    tables = {
        "participants": table("participants", _participant_rows(people, numbers)),
        "partners": table("partners", _partner_rows(partners, numbers)),
        "measurements": table("measurements", (_measured(one, numbers, today) for one in measurements)),
        "answers": table("answers", _answer_rows(protocol, given, answered, numbers)),
        "gaps": table("gaps", _gap_rows(sheets, answered, numbers)),
        "scores": table("scores", _score_rows(protocol, given, answered, numbers)),
        "work": table("work", work),
        "returns": table("returns", returns),
        "sessions": table("sessions", _session_rows(people, numbers)),
        "incidents": table("incidents", _incident_rows(numbers)),
        "life_events": table("life_events", _life_event_rows(numbers)),
        "spells": table("spells", spell_rows(numbers)),
        "strata": table("strata", _stratum_rows(people, numbers)),
        "flow": table("flow", _flow_rows(study)),
    }
    return _of_study(study, tables, today)


def _of_study(study: Study, tables: Mapping[str, Any], today: date) -> Dataset:
    return Dataset(
        study=study.slug,
        protocol=study.protocol.name,
        version=study.protocol.version,
        digest=study.protocol.digest,
        cut=today,
        permuted=False,
        invented=bool(settings.DEMO),
        tables=tables,
    )


def flow_of(*, by: Actor, study: Study) -> tuple[Dataset, bool]:
    """Give what the flow of participants is drawn from, and whether the arms must be taken together.

    Nobody sees counts per arm before unblinding: who includes people could learn the next lot from them.
    """
    allow(by, Permission.SEE_FLOW, study=study)
    with scope(study=study):
        people = [one for one in _people(study) if one.cohort == "patient"]
        numbers = _numbers(study, people)
        today = clock.today()
        measurements = Measurement.objects.filter(participant__in=numbers, respondent="participant").order_by("pk")
        tables = {name: table(name, []) for name in TABLES}
        tables |= {
            "participants": table("participants", _participant_rows(people, numbers)),
            "measurements": table("measurements", (_measured(one, numbers, today) for one in measurements)),
            "sessions": table("sessions", _session_rows(people, numbers)),
            "flow": table("flow", _flow_rows(study)),
        }
        data = _of_study(study, tables, today)
    pooled = len(protocol_of(study).study.arms) > 1 and study.unblinded_at is None
    return (blinded_version(study, data), True) if pooled else (data, False)


def _people(study: Study) -> list[Participant]:
    """Those with a study record; who is in the programme alone, or had all erased, is no part of the research."""
    return list(
        Participant.objects.filter(study=study, participation__isnull=False, participation__erased_on=None)
        .select_related("site", "participation__allocation", "enrolment", "partner__participation")
        .order_by("pk")
    )


def _numbers(study: Study, people: Iterable[Participant]) -> dict[int, str]:
    """Give everyone a study number, in the order of a keyed hash, so that it tells nothing of who or when."""
    order = sorted(people, key=lambda one: blind_index(f"number {study.slug} {one.pseudonym}"))
    return {one.pk: f"{number:04d}" for number, one in enumerate(order, start=1)}


def _participant_rows(people: Iterable[Participant], numbers: Mapping[int, str]) -> Rows:
    rows = []
    for one in people:
        participation: Participation = one.participation
        enrolment = getattr(one, "enrolment", None)
        allocation = getattr(participation, "allocation", None)
        rows.append(
            {
                "person": numbers[one.pk],
                "site": one.site.code,
                "arm": allocation.arm if allocation else None,
                "state": participation.state,
                "consented_on": participation.consented_on,
                "enrolled_on": enrolment.agreed_on if enrolment else None,
                "allocated_on": timezone.localdate(allocation.allocated_at) if allocation else None,
                "ended_on": participation.ended_on,
                "end_reason": participation.end_reason or None,
                "in_programme": enrolment is not None and enrolment.started_on is not None,
                "pair": _pair(one, numbers),
            }
        )
    return rows


def _pair(patient: Participant, numbers: Mapping[int, str]) -> str | None:
    """Give the number that a patient shares with the partner beside them; None where there is none in the data."""
    partner = getattr(patient, "partner", None)
    return f"p{numbers[patient.pk]}" if partner is not None and partner.pk in numbers else None


def _partner_rows(partners: Iterable[Participant], numbers: Mapping[int, str]) -> Rows:
    return [
        {
            "person": numbers[one.pk],
            "pair": f"p{numbers[one.paired_id]}" if one.paired_id and one.paired_id in numbers else None,
            "site": one.site.code,
            "state": one.participation.state,
            "consented_on": one.participation.consented_on,
            "ended_on": one.participation.ended_on,
            "end_reason": one.participation.end_reason or None,
        }
        for one in partners
    ]


def _measured(one: Measurement, numbers: Mapping[int, str], today: date) -> dict[str, Any]:
    return {
        "person": numbers[one.participant_id],
        "wave": one.wave,
        "respondent": one.respondent,
        "due_on": one.due_on,
        "state": state_of(one, today),
        "void_reason": one.void_reason or None,
        "answered_on": one.given_on if one.submitted_at else None,
    }


Given = dict[tuple[int, str], dict[str, Any]]


def _given(protocol: Protocol, sheets: Iterable[AnswerSheet]) -> Given:
    """Per measurement and questionnaire, the answers to the items that routing opens; no free text."""
    given: Given = {}
    for sheet in sheets:
        asked = protocol.questionnaires[sheet.questionnaire].asked(sheet.answers)
        kept = {item.id: with_texts(item, sheet.answers.get(item.id), lambda _text: None) for item in asked}
        given[sheet.measurement_id, sheet.questionnaire] = {
            item_id: value for item_id, value in kept.items() if value is not None
        }
    return given


def _answer_rows(
    protocol: Protocol, given: Given, answered: Mapping[int, Measurement], numbers: Mapping[int, str]
) -> Rows:
    """Give a row for each single value: the rows of a table and the parts of a group each stand by themselves."""
    rows: Rows = []
    for (pk, name), answers in given.items():
        questionnaire = protocol.questionnaires[name]
        single = [one for item_id, value in answers.items() for one in flat(questionnaire.item(item_id), value)]
        single += [one for one in questionnaire.calculate(answers).items() if one[1] is not None]
        rows += [
            {
                "person": numbers[answered[pk].participant_id],
                "wave": answered[pk].wave,
                "questionnaire": name,
                "item": item,
                "value": ";".join(sorted(map(str, value))) if isinstance(value, list) else value,
            }
            for item, value in single
        ]
    return rows


def _gap_rows(sheets: Iterable[AnswerSheet], answered: Mapping[int, Measurement], numbers: Mapping[int, str]) -> Rows:
    """Give why an answer is missing, where that was told; a correction since has filled the gap."""
    return [
        {
            "person": numbers[answered[sheet.measurement_id].participant_id],
            "wave": answered[sheet.measurement_id].wave,
            "questionnaire": sheet.questionnaire,
            "item": item,
            "reason": reason,
        }
        for sheet in sheets
        for item, reason in sheet.gaps.items()
        if sheet.answers.get(item) is None
    ]


def _score_rows(
    protocol: Protocol, given: Given, answered: Mapping[int, Measurement], numbers: Mapping[int, str]
) -> Rows:
    rows: Rows = []
    for (pk, name), answers in given.items():
        rule = protocol.questionnaires[name].score
        if rule in SCORES:
            person, wave = numbers[answered[pk].participant_id], answered[pk].wave
            rows += [
                {"person": person, "wave": wave, "score": score, "value": value}
                for score, value in SCORES[rule](answers).items()
                if value is not None
            ]
    return rows


def _session_rows(people: Iterable[Participant], numbers: Mapping[int, str]) -> Rows:
    begins = {}
    for one in people:
        allocation = getattr(one.participation, "allocation", None)
        enrolment = getattr(one, "enrolment", None)
        if allocation is not None:
            begins[one.pk] = timezone.localdate(allocation.allocated_at)
        elif enrolment is not None:
            begins[one.pk] = enrolment.started_on or enrolment.agreed_on
    rows: Rows = []
    counted: Counter[int] = Counter()
    found = Session.objects.filter(enrolment__participant__in=begins).order_by("planned_for", "pk")
    for session, pk in ((one, one.participant) for one in found.annotate(participant=F("enrolment__participant"))):
        counted[pk] += 1
        day = session.held_on or timezone.localdate(session.planned_for)
        rows.append(
            {
                "person": numbers[pk],
                "number": counted[pk],
                "kind": session.kind,
                "phase": session.phase,
                "state": session.state,
                "day": (day - begins[pk]).days,
                "minutes": session.minutes,
                "modules": ";".join(sorted(session.modules)) or None,
                "with_workplace": session.with_workplace if session.state == "held" else None,
            }
        )
    return rows


def _incident_rows(numbers: Mapping[int, str]) -> Rows:
    """Give each deviation and adverse event, without its words."""
    return [
        {
            "person": numbers[one.participant_id],
            "sort": one.sort,
            "kind": one.kind or None,
            "on": one.on,
            "state": one.state,
            "serious": ";".join(sorted(one.serious)) or None,
            "relatedness": one.relatedness or None,
            "outcome": one.outcome or None,
            "tells_arm": one.tells_arm,
        }
        for one in Incident.objects.filter(participant__in=numbers).order_by("on", "pk")
    ]


def _life_event_rows(numbers: Mapping[int, str]) -> Rows:
    return [
        {"person": numbers[pk], "kind": kind, "on": on}
        for pk, kind, on in LifeEvent.objects.filter(participant__in=numbers).values_list("participant", "kind", "on")
    ]


def _stratum_rows(people: Iterable[Participant], numbers: Mapping[int, str]) -> Rows:
    """Give each level that the lot looked at, and what it was corrected to afterwards."""
    corrected: dict[tuple[int, str], str] = {}
    for one in StratumCorrection.objects.filter(participation__participant__in=numbers).order_by("pk"):
        corrected[one.participation_id, one.factor] = one.after
    return [
        {
            "person": numbers[one.pk],
            "factor": factor,
            "at_lot": level,
            "corrected": corrected.get((one.participation.pk, factor)),
        }
        for one in people
        if (drawn := getattr(one.participation, "allocation", None)) is not None
        for factor, level in (drawn.levels or {}).items()
    ]


def _flow_rows(study: Study) -> Rows:
    """Count everyone who was referred, in the study or not: numbers only, no person of whom nothing may be used."""
    states = dict(Participant.objects.filter(study=study, cohort="patient").values_list("pk", "state"))
    screened: dict[int, tuple[bool | None, list[dict[str, Any]]]] = {}
    for pk, eligible, verdicts in (
        Screening.objects.filter(participant__study=study)
        .order_by("pk")
        .values_list("participant", "eligible", "verdicts")
    ):
        screened[pk] = (eligible, verdicts)
    reasons = dict(
        NonParticipation.objects.filter(participant__study=study, participant__cohort="patient")
        .order_by("pk")
        .values_list("participant", "reason")
    )
    counts: Counter[tuple[str, str]] = Counter()
    counts["people", "referred"] = len(states)
    counts["people", "consented"] = Participation.objects.filter(
        participant__study=study, participant__cohort="patient"
    ).count()
    for state in states.values():
        counts["state", state] += 1
    for eligible, verdicts in screened.values():
        counts["people", "screened"] += 1
        counts["people", {True: "eligible", False: "not_eligible", None: "screening_open"}[eligible]] += 1
        if eligible is False:
            for verdict in verdicts:
                counts["criterion", verdict["id"]] += verdict["met"] is False
    for pk, reason in reasons.items():
        counts["reason", reason] += states[pk] == "non_participant"
    return [{"kind": kind, "id": name, "count": count} for (kind, name), count in counts.items() if count]


@act
def take_export(*, by: Actor, study: Study, form: str) -> Dataset:
    """Take the dataset to be exported; who and which is written in the audit trail.

    For who is blinded, what tells an arm is withheld, and no made-up arms stand in it: nobody should take them for
    true ones. At the terminal the analyst's blinding holds. NotHere for who may not export.
    """
    found = allow(by, Permission.EXPORT, study=study)
    with scope(study=study):
        data = whole_of(study)
        hidden = role_blinded(study, Role.ANALYST) if isinstance(by, System) else blinded(study, found)
        if hidden:
            data = blinded_version(study, data)
            people = data["participants"]
            data = replace(data, tables={**data.tables, "participants": people.assign(arm=people["in_programme"])})
    record(Event.EXPORTED, by=by, study=study, dataset=data.hash, form=form)
    return data
