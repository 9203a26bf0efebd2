"""Alarming answers as their responder sees them: which wait, whom to call, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from opstap.acts import words
from opstap.acts.doors import Actor, alert_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import reaches
from opstap.domain.access import Permission
from opstap.domain.programme.helplines import HELPLINES, Helpline
from opstap.store.models import Alert

#: The most alerts that the list shows: those that wait, then the newest that were taken up.
SHOWN = 50


@dataclass(frozen=True)
class Line:
    """One alert in the list; `taken_by` is empty while it waits."""

    id: int
    pseudonym: str
    study: str
    site: str
    wave: str
    raised_at: datetime
    taken_by: str
    taken_at: datetime | None


@dataclass(frozen=True)
class Whole:
    """One alert: whom to call, which question it was and what was answered, where to turn, what was done."""

    line: Line
    name: str
    telephone: str
    question: str
    answer: str
    helpline: Helpline
    done: str


def alerts(by: Actor) -> list[Line]:
    """List the alerts of the studies and sites that are someone's: those that wait first, the oldest before."""
    rows = Alert.objects.filter(_among(by)).select_related(
        "measurement__participant__study__protocol", "measurement__participant__site", "taken_by"
    )
    waiting = list(rows.filter(taken_at=None).order_by("raised_at", "pk")[:SHOWN])
    taken = list(rows.exclude(taken_at=None).order_by("-raised_at", "-pk")[: SHOWN - len(waiting)])
    return [_line(row) for row in (*waiting, *taken)]


def waiting(by: Actor) -> int:
    """Count the alerts that wait for someone."""
    return Alert.objects.filter(_among(by), taken_at=None).count()


def alert(by: Actor, number: int) -> tuple[Alert, Whole]:
    """Open one alert, through the door of its participant."""
    row = alert_of(by, number)
    participant = row.measurement.participant
    protocol = protocol_of(participant.study)
    contact = words.contact_of(participant)
    told = protocol.questionnaires[row.questionnaire].words.get(language()) or {}
    word = told[row.item]
    sheet = row.measurement.sheets.get(questionnaire=row.questionnaire)
    value = sheet.answers.get(row.item)
    return row, Whole(
        line=_line(row),
        name=contact.name,
        telephone=contact.phone,
        question=word.text,
        answer=word.options.get(str(value), ""),
        helpline=HELPLINES[protocol.country],
        done=words.unseal(participant, row.done_sealed),
    )


def _among(by: Actor) -> Q:
    found = Q(pk__in=[])
    for one in reaches(by, Permission.TAKE_ALERT):
        found |= one.among("measurement__participant__")
    return found


def _line(row: Alert) -> Line:
    participant = row.measurement.participant
    protocol = protocol_of(participant.study)
    return Line(
        id=row.pk,
        pseudonym=participant.pseudonym,
        study=protocol.text("short_title", language()),
        site=protocol.text(f"sites.{participant.site.code}", language()),
        wave=protocol.text(f"waves.{row.measurement.wave}", language()),
        raised_at=row.raised_at,
        taken_by=row.taken_by.name if row.taken_by else "",
        taken_at=row.taken_at,
    )
