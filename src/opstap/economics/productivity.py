"""Hours of paid work lost to sick leave, from dated spells: by the friction-cost and by the human-capital method.

- Friction cost: output is lost until someone else does the work. Koopmanschap MA and others. J Health Econ
  1995;14:171-189.
- Human capital: every hour not worked counts.

Rules:

- Hours, never days: a day of a spell loses (contract hours - hours worked) / 7 where part or all is reported sick. The
  price is per hour; multiplying days with it would count a day as one hour.
- Therapeutic work is no output: its hours are lost. Hours with another employer or of one's own are output.
- Absence in one job is one stretch while its sick days lie less than `joins_within_days` apart; the friction period is
  calendar days from the stretch's first day, also when that lies before the days that are costed. What has passed by
  then is not costed again. Each job and each stretch has a friction period of its own.
- A partial return within the friction period costs only the hours that are still lost.

Days are half-open: a spell up to and including a day ends where the next day begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import inf

from opstap.domain.work.spells import Kind, Spell, check


@dataclass(frozen=True)
class Loss:
    """Days (ordinals, half-open) on which so many hours a day were lost, and the first day of that absence."""

    start: float
    end: float
    hours_per_day: float
    since: float


def losses(spells: Iterable[Spell], joins_within_days: int = 28) -> list[Loss]:
    """Derive the hours lost by one person from their spells of one source; a spell that still runs has no end.

    Raises SpellError for spells that cannot be right, such as two that overlap in one job.
    """
    listed = list(spells)
    check(listed)
    jobs: dict[str, list[Spell]] = defaultdict(list)
    for spell in listed:
        if spell.sick_percent > 0:
            jobs[spell.job].append(spell)
    found: list[Loss] = []
    for of_one_job in jobs.values():
        since = gone = -inf
        for spell in sorted(of_one_job, key=lambda one: one.start):
            start, end = spell.start.toordinal(), inf if spell.end is None else spell.end.toordinal() + 1
            if start - gone >= joins_within_days:
                since = start
            gone = end
            hours = max(0.0, spell.contract_hours - (0.0 if spell.kind is Kind.THERAPEUTIC else spell.actual_hours))
            if hours > 0:
                found.append(Loss(start, end, hours / 7, since))
    return found


def hours_lost(
    found: Sequence[Loss], origin: date, edges: Sequence[float], friction_days: float | None = None
) -> list[float]:
    """Count the hours lost between each two edges (days from `origin`, rising); `friction_days` None: human capital.

    With a friction period, only the days of an absence before its first day + `friction_days` count.
    """
    zero = origin.toordinal()
    counted = []
    for low, high in pairwise(edges):
        total = 0.0
        for one in found:
            until = inf if friction_days is None else one.since + friction_days
            days = min(one.end, until, zero + high) - max(one.start, zero + low)
            total += one.hours_per_day * max(0.0, days)
        counted.append(total)
    return counted
