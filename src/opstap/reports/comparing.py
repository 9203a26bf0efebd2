"""Two reports side by side: what came from where, and which numbers are no longer the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: A number that moved by less than this share of itself is the same: the last digits of a sum hang on its order.
SAME = 1e-9


@dataclass(frozen=True)
class Difference:
    """One value that two reports give differently; None where one of them does not have it."""

    place: str
    before: Any
    after: Any

    @property
    def moved(self) -> float | None:
        """Give by how much a number moved; None where it is not a number in both."""
        both = (self.before, self.after)
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in both):
            return None
        return float(self.after) - float(self.before)


def differences(before: bytes, after: bytes) -> list[Difference]:
    """List what differs between two JSON files of a report (`results.json`, `provenance.json`), in their order.

    Places are dotted, as in the files. ValueError for what is no JSON.
    """
    old, new = (dict(_leaves("", json.loads(text))) for text in (before, after))
    places = dict.fromkeys([*old, *new])
    return [
        Difference(place, old.get(place), new.get(place))
        for place in places
        if not _same(old.get(place), new.get(place))
    ]


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    pairs: Any = None
    if isinstance(value, Mapping):
        pairs = value.items()
    elif isinstance(value, list):
        # A row that says what it is about keeps its place by that, whatever comes before it.
        names = [_name(one) for one in value]
        pairs = zip(
            names if None not in names and len({*names}) == len(names) else range(len(value)), value, strict=True
        )
    if pairs is None:
        yield place, value
        return
    for key, one in pairs:
        yield from _leaves(f"{place}.{key}" if place else str(key), one)


def _name(row: Any) -> str | None:
    if not isinstance(row, Mapping):
        return None
    said = [str(row[key]) for key in ("id", "term", "arm", "wave", "visit") if isinstance(row.get(key), str)]
    return "/".join(said) or None


def _same(before: Any, after: Any) -> bool:
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in (before, after)):
        return bool(before == after)
    return abs(after - before) <= SAME * max(abs(before), abs(after))
