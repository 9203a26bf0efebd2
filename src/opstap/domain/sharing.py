"""What a participant may share with someone at work, item by item; and what an adjustment at work is about.

Nothing medical can be shared, since there is no item for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Item(StrEnum):
    """One thing that can be shared with one person at work."""

    HOURS = "hours"
    STEPS = "steps"
    ADJUSTMENTS = "adjustments"
    AGREEMENTS = "agreements"
    DEADLINES = "deadlines"
    CALL = "call"


class Function(StrEnum):
    """In what function someone at work is let in."""

    SUPERVISOR = "supervisor"
    HR = "hr"
    OTHER = "other"


class Adjusts(StrEnum):
    """What an adjustment at work changes."""

    TASKS = "tasks"
    HOURS = "hours"
    FUNCTION = "function"
    PLACE = "place"
    TOOLS = "tools"


class Arranger(StrEnum):
    """Who arranges an adjustment."""

    SUPERVISOR = "supervisor"
    HR = "hr"
    WORKER = "worker"
    COACH = "coach"


EVERYTHING = frozenset(Item)


def items_of(names: Iterable[str]) -> frozenset[Item]:
    """Read a choice of items, such as `["hours", "call"]`; ValueError for a name that is no item."""
    return frozenset(Item(name) for name in names)


def in_order(items: Iterable[Item]) -> list[str]:
    """Give items as they are stored and shown: in the order in which they are defined."""
    chosen = set(items)
    return [item.value for item in Item if item in chosen]
