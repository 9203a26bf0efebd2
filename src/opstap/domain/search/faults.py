"""What can be wrong with what someone writes down while looking for work; the words are made elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """One thing that cannot be."""

    EMPTY = "empty"
    HOURS = "hours"
    HOURS_ORDER = "hours_order"
    DAY = "day"
    TRAVEL = "travel"
    NEXT_PAST = "next_past"
    NEXT_WORDS = "next_words"
    NEXT_DAY = "next_day"
    AHEAD = "ahead"
    BEFORE = "before"
    ENDS_FIRST = "ends_first"
    TOO_LONG = "too_long"
    OVERLAP = "overlap"


class SearchError(ValueError):
    """Something that cannot be: `fault` says what, `field` where, and `known` holds what the words need."""

    def __init__(self, fault: Fault, field: str, **known: Any) -> None:
        super().__init__(fault.value)
        self.fault, self.field, self.known = fault, field, known
