"""What is known of one sick leave, and from where: filled in, or from hours that were written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from opstap.domain.statute import Country, Facts, rule_sets
from opstap.domain.statute.absence import sick_runs
from opstap.domain.statute.audience import with_spells
from opstap.domain.work.spells import Kind, Spell
from opstap.store.models import DeadlineMark, Participant, StatuteFacts, WorkSpell

#: The account of the hours that counts here: the programme's own. What someone answers to a questionnaire is the
#: study's, and reaches neither the care team nor, through a date, the workplace.
SOURCE = "coach"


@dataclass(frozen=True)
class Known:
    """The facts on the clock, and whether the first sick day was filled in or follows from the hours."""

    facts: Facts
    first_day_from: Literal["filled_in", "hours"]


def known_of(participant: Participant) -> Known | None:
    """Give what is known of someone's sick leave; None when not even its first day is."""
    return known_of_many([participant]).get(participant.pk)


def known_of_many(participants: Sequence[Participant]) -> dict[int, Known]:
    """Give what is known, by primary key, in three queries however many they are."""
    filled = {row.participant_id: row for row in StatuteFacts.objects.filter(participant__in=participants)}
    spells: dict[int, list[WorkSpell]] = defaultdict(list)
    for spell in WorkSpell.objects.filter(participant__in=participants, source=SOURCE).order_by("start", "pk"):
        spells[spell.participant_id].append(spell)
    marks: dict[int, dict[str, date | None]] = defaultdict(dict)
    for mark in DeadlineMark.objects.filter(participant__in=participants).order_by("at", "pk"):
        marks[mark.participant_id][mark.rule] = mark.done_on
    found = {}
    for one in participants:
        known = _known(filled.get(one.pk), spells[one.pk], marks[one.pk])
        if known is not None:
            found[one.pk] = known
    return found


def first_sick_day(participant: Participant) -> date | None:
    """Give the first sick day that was filled in; hours of a coach often begin later, and do not tell."""
    row = StatuteFacts.objects.filter(participant=participant).first()
    return row.first_sick_day if row else None


def _known(row: StatuteFacts | None, spells: list[WorkSpell], marks: Mapping[str, date | None]) -> Known | None:
    told = _spells(spells)
    given = row.first_sick_day if row else None
    first = given or _first_run(told)
    if first is None:
        return None
    rules = {rule.id for country in Country for one in rule_sets(country) for rule in one.rules}
    done = {rule: day for rule, day in marks.items() if day is not None and day >= first and rule in rules}
    facts = Facts(
        first_sick_day=first,
        trajectory_start=_from(row.trajectory_start if row else None, first),
        resumptions=tuple(day for day in map(date.fromisoformat, row.resumptions if row else []) if day >= first),
        employees=row.employees if row else None,
        contract_end=_from(row.contract_end if row else None, first),
        done=done,
    )
    if given is not None:
        # Who fills in the first sick day means the day from which all is counted, also where hours say otherwise.
        told = [replace(spell, index_date=first) for spell in told]
    return Known(with_spells(facts, told), "hours" if given is None else "filled_in")


def _from(day: date | None, first: date) -> date | None:
    return day if day is None or day >= first else None


def _first_run(spells: Sequence[Spell]) -> date | None:
    runs = sick_runs(spells)
    return runs[-1].first if runs else None


def _spells(rows: Iterable[WorkSpell]) -> list[Spell]:
    return [
        Spell(
            "", row.start, row.end, row.contract_hours, row.actual_hours, row.sick_percent, Kind(row.kind), row.job,
            row.source,
        )
        for row in rows
    ]  # fmt: skip


def filled_in(participant: Participant) -> StatuteFacts | None:
    """Give the facts that someone filled in, for the form that changes them."""
    return StatuteFacts.objects.filter(participant=participant).first()
