"""What else makes someone come to the front of a caseload: overload in an open diary, aftercare, a closing agreed.

Each asks the database as often for one person as for two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from opstap.acts import clock
from opstap.domain.programme import energy
from opstap.domain.programme.closing import is_due
from opstap.store.models import AftercareContact, Closing, DiaryShare, EnergyBudget, EnergyNote


@dataclass(frozen=True)
class Signals:
    """By enrolment: since when the week is too much (shared diaries only), which contact is due, what was agreed."""

    overload: Mapping[int, date]
    aftercare: Mapping[int, tuple[int, date]]
    agreed: Mapping[int, date]


def signals_of(enrolments: Collection[int]) -> Signals:
    """Give the signals of many people. A diary that is not shared says nothing here."""
    return Signals(_overloads(enrolments), _aftercare(enrolments), _agreed(enrolments))


def _overloads(enrolments: Collection[int]) -> dict[int, date]:
    today = clock.today()
    shared = set(DiaryShare.objects.filter(enrolment__in=enrolments, ended_at=None).values_list("enrolment", flat=True))
    budgets = dict(EnergyBudget.objects.filter(enrolment__in=shared).order_by("pk").values_list("enrolment", "most"))
    rows = EnergyNote.objects.filter(
        enrolment__in=shared, taken_back_at=None, on__gt=today - timedelta(days=energy.RULE.days), on__lte=today
    ).values_list("enrolment", "on", "part", "kind", "effect", "how")
    notes: dict[int, list[energy.Note]] = defaultdict(list)
    for enrolment, on, part, kind, effect, how in rows:
        notes[enrolment].append(
            energy.Note(on, energy.Part(part), energy.Kind(kind), energy.Effect(effect), energy.How(how))
        )
    return {
        enrolment: max(note.on for note in told)
        for enrolment, told in notes.items()
        if energy.overload(told, today, budgets.get(enrolment)) is not None
    }


def _aftercare(enrolments: Collection[int]) -> dict[int, tuple[int, date]]:
    rows = AftercareContact.objects.filter(enrolment__in=enrolments, state="planned").order_by("-planned_for", "-pk")
    return {
        enrolment: (pk, day)
        for enrolment, pk, day in rows.values_list("enrolment", "pk", "planned_for")
        if is_due(day, clock.today())
    }


def _agreed(enrolments: Collection[int]) -> dict[int, date]:
    rows = Closing.objects.filter(enrolment__in=enrolments, state="agreed", agreed_at__isnull=False)
    return {row.enrolment_id: timezone.localdate(row.agreed_at) for row in rows if row.agreed_at is not None}
