"""What differs between two versions of a plan, step by step: the facts from which a page makes sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from opstap.domain.work.buildup import Step


class Kind(StrEnum):
    """What happened to a step, or to something else of the plan."""

    AIM = "aim"
    CONTRACT = "contract"
    SHIFTED = "shifted"
    MOVED = "moved"
    HOURS = "hours"
    DAYS = "days"
    TASKS = "tasks"
    ADDED = "added"
    REMOVED = "removed"
    GOAL = "goal"
    WORKPLACE_TEXT = "workplace_text"
    RELAPSE = "relapse"


@dataclass(frozen=True)
class Change:
    """One difference. `day` is the step's new first day (the old one where it was removed), `before` its old one.

    `hours` and `old_hours` are a week, `shift` is in days and holds for `steps` steps.
    """

    kind: Kind
    day: date | None = None
    before: date | None = None
    hours: float | None = None
    old_hours: float | None = None
    shift: int = 0
    steps: int = 1


@dataclass(frozen=True)
class Version:
    """What a version says, as far as versions are compared."""

    aim: str
    contract_hours: float
    steps: tuple[Step, ...]
    goal: str = ""
    for_workplace: str = ""
    relapse: str = ""


def changes(old: Version, new: Version) -> list[Change]:
    """List what the new version changes: the aim and contract first, then steps by day, then the texts."""
    found: list[Change] = []
    if old.aim != new.aim:
        found.append(Change(Kind.AIM))
    if old.contract_hours != new.contract_hours:
        found.append(Change(Kind.CONTRACT, hours=new.contract_hours, old_hours=old.contract_hours))
    found += _steps(old.steps, new.steps)
    texts = (
        (Kind.GOAL, old.goal, new.goal),
        (Kind.WORKPLACE_TEXT, old.for_workplace, new.for_workplace),
        (Kind.RELAPSE, old.relapse, new.relapse),
    )
    return found + [Change(kind) for kind, before, after in texts if before.strip() != after.strip()]


def _steps(old: Sequence[Step], new: Sequence[Step]) -> list[Change]:
    """Pair steps that are alike, then those of the same hours, then those of one day; the rest came or went."""
    pairs: list[tuple[Step, Step]] = []
    left, right = list(old), list(new)
    for alike in (
        lambda one, other: one.start == other.start and one.hours == other.hours,
        # Later steps first: when a step is repeated, it is the one taken up again that moved.
        lambda one, other: one.hours == other.hours and one.start < other.start,
        lambda one, other: one.hours == other.hours,
        lambda one, other: one.start == other.start,
    ):
        for one in reversed(list(left)):
            other = next((step for step in reversed(right) if alike(one, step)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                pairs.append((one, other))
    found = [Change(Kind.REMOVED, day=step.start, hours=step.hours) for step in left]
    found += [Change(Kind.ADDED, day=step.start, hours=step.hours) for step in right]
    moved: dict[int, list[tuple[Step, Step]]] = defaultdict(list)
    for one, other in pairs:
        if one.start != other.start:
            moved[(other.start - one.start).days].append((one, other))
        if one.hours != other.hours:
            found.append(Change(Kind.HOURS, day=other.start, hours=other.hours, old_hours=one.hours))
        elif one.days != other.days:
            found.append(Change(Kind.DAYS, day=other.start))
        if one.tasks.strip() != other.tasks.strip():
            found.append(Change(Kind.TASKS, day=other.start))
    for shift, together in moved.items():
        first = min(together, key=lambda pair: pair[1].start)
        if len(together) > 1:
            found.append(Change(Kind.SHIFTED, first[1].start, first[0].start, shift=shift, steps=len(together)))
        else:
            found.append(Change(Kind.MOVED, first[1].start, first[0].start, hours=first[1].hours, shift=shift))
    order = list(Kind)
    return sorted(found, key=lambda change: (change.day or date.max, order.index(change.kind)))
