"""What every scoring rule reads: one answer as a code or a number, or the news that it is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Score = dict[str, float | None]


class ScoreError(ValueError):
    """An answer or a key that cannot be scored: `item` names where, the message what would be right."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item


def is_none(raw: Any) -> bool:
    """Tell whether this is no answer: absent, None, empty text or NaN."""
    return raw is None or raw == "" or raw != raw


def code(answers: Mapping[str, Any], item: str, low: int, high: int) -> int | None:
    """Read the code of an item, a whole number from `low` to `high`; None without an answer, ScoreError otherwise."""
    raw: Any = answers.get(item)
    if is_none(raw):
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    if not (low <= value <= high and value.is_integer()):
        raise ScoreError(item, f"{raw!r} is no answer to this item; write a whole number from {low} to {high}")
    return int(value)


def quantity(answers: Mapping[str, Any], item: str, high: float) -> float | None:
    """Read a quantity from 0 to `high`; None without an answer, ScoreError otherwise."""
    raw: Any = answers.get(item)
    if is_none(raw):
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    if not 0 <= value <= high:
        raise ScoreError(item, f"{raw!r} is no answer to this item; write a number from 0 to {high:g}")
    return value
