"""Keeps the spells that follow from the work questionnaires in step with the answers, within a running act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from opstap.acts import clock
from opstap.domain.work.reported import spells_from_reports
from opstap.store.models import AnswerSheet, Measurement, WorkSpell

#: The questionnaires whose answers are reports of hours and sick leave.
REPORTS = ("work-start", "work-follow-up")


def record_reported_work(measurement: Measurement, given: dict[str, dict[str, Any]]) -> None:
    """Derive the spells with source "questionnaire" anew when this measurement reports on work."""
    if not any(name in given for name in REPORTS):
        return
    participant = measurement.participant
    sheets = AnswerSheet.objects.filter(
        measurement__participant=participant,
        measurement__respondent="participant",
        measurement__submitted_at__isnull=False,
        questionnaire__in=REPORTS,
    ).values_list("measurement__submitted_at", "measurement__answered_on", "answers")
    reports: list[tuple[date, dict[str, Any]]] = [(on or timezone.localdate(at), answers) for at, on, answers in sheets]
    WorkSpell.objects.filter(participant=participant, source="questionnaire").delete()
    WorkSpell.objects.bulk_create(
        WorkSpell(
            participant=participant,
            source="questionnaire",
            job=spell.job,
            start=spell.start,
            end=spell.end,
            contract_hours=spell.contract_hours,
            actual_hours=spell.actual_hours,
            sick_percent=spell.sick_percent,
            kind=spell.kind.value,
            recorded_at=clock.now(),
        )
        for spell in spells_from_reports(participant.pseudonym, reports)
    )
