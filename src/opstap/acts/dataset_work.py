"""The tables of work in a dataset: outcomes at each wave, returns, and the spells that both follow from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from opstap.domain.protocol import Protocol
from opstap.domain.work.outcomes import PersonOutcomes, ReturnKind, Status, WaveOutcome, person_outcomes
from opstap.domain.work.spells import Kind, Spell
from opstap.store.models import (
    Measurement,
    Study,
    WorkSpell,
)

Rows = list[dict[str, Any]]


def work_rows(
    protocol: Protocol, study: Study, numbers: Mapping[int, str], reported: Iterable[Measurement]
) -> tuple[Rows, Rows]:
    """Derive the work outcomes on the days on which work was reported, from each source that the plan names."""
    sources = sorted({one.source for one in protocol.study.outcomes if one.variable.startswith("work.")})
    spells: dict[tuple[int, str], list[Spell]] = defaultdict(list)
    for row in WorkSpell.objects.filter(participant__in=numbers, source__in=sources).order_by("start", "pk"):
        spells[row.participant_id, row.source].append(
            Spell(
                person=numbers[row.participant_id],
                start=row.start,
                end=row.end,
                contract_hours=row.contract_hours,
                actual_hours=row.actual_hours,
                sick_percent=row.sick_percent,
                kind=Kind(row.kind),
                job=row.job,
                source=row.source,
            )
        )
    waves: dict[int, dict[date, str]] = defaultdict(dict)
    for one in reported:
        assert one.given_on is not None  # only what was handed in is a report
        waves[one.participant_id][one.given_on] = one.wave
    work: Rows = []
    returns: Rows = []
    for pk, days in sorted(waves.items(), key=lambda pair: numbers[pair[0]]):
        for source in sources:
            found = work_of(numbers[pk], spells.get((pk, source), []), sorted(days), source)
            if found is not None:
                work += [_wave_row(found.person, days[wave.date], source, wave) for wave in found.waves]
                returns.append(_return_row(found, days, source))
    return work, returns


def work_of(person: str, spells: list[Spell], days: list[date], source: str) -> PersonOutcomes | None:
    """Derive one person's outcomes on the days on which they reported.

    Who reported, and in no report had a contract, has no spells: nothing but days without a contract, which are 0
    hours and not missing. Another source without spells simply tells nothing: None.
    """
    if spells:
        return person_outcomes(spells, days)
    if source != "questionnaire":
        return None
    none = tuple(WaveOutcome(day, 0.0, None, False, False, Status.NONE, 0) for day in days)
    return PersonOutcomes(person, none, None, None, None, ReturnKind.NOT_ABSENT, None, None, None)


def _wave_row(person: str, wave: str, source: str, found: WaveOutcome) -> dict[str, Any]:
    return {
        "person": person,
        "wave": wave,
        "source": source,
        "date": found.date,
        "hours_per_week": found.hours_per_week,
        "percent_of_contract": found.percent_of_contract,
        "employed": found.employed,
        "at_work": found.at_work,
        "status": found.status.value,
        "sick_days_past_6_months": found.sick_days_past_6_months,
    }


def _return_row(found: PersonOutcomes, days: Mapping[date, str], source: str) -> dict[str, Any]:
    last = max(days)
    return {
        "person": found.person,
        "source": source,
        "last_wave": days[last],
        "observed_until": last,
        "first_sick_day": found.first_sick_day,
        "return_kind": found.return_kind.value,
        "days_to_return": found.days_to_return,
        "days_to_full_return": found.days_to_full_return,
    }


def spell_rows(numbers: Mapping[int, str]) -> Rows:
    """Give each spell of hours and sick leave, with where it comes from."""
    columns = ("source", "job", "start", "end", "contract_hours", "actual_hours", "sick_percent", "kind")
    found = WorkSpell.objects.filter(participant__in=numbers).order_by("start", "pk")
    return [
        {"person": numbers[pk], **dict(zip(columns, values, strict=True))}
        for pk, *values in found.values_list("participant", *columns)
    ]
