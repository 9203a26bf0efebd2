"""The weeks of a plan beside the hours that were written down: what the picture of a plan is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from opstap.domain.work.spells import Kind, Spell
from opstap.domain.work.weeks import Week, weeks
from opstap.store.models import WorkSpell


def plan_weeks(steps: Sequence[tuple[date, float]], spells: Iterable[WorkSpell], today: date) -> list[Week]:
    """Lay the steps of a plan beside stored spells, week by week."""
    return weeks(steps, [_spell(spell) for spell in spells], today)


def _spell(row: WorkSpell) -> Spell:
    return Spell(
        person="", start=row.start, end=row.end, contract_hours=row.contract_hours, actual_hours=row.actual_hours,
        sick_percent=row.sick_percent, kind=Kind(row.kind), job=row.job, source=row.source,
    )  # fmt: skip
