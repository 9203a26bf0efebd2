"""Trial placements: working somewhere for a while to see whether it fits. What cannot be, and what is unusual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from opstap.domain.months import add_months
from opstap.domain.search.faults import Fault, SearchError
from opstap.domain.search.kinds import PlacementKind
from opstap.domain.search.wishes import MOST_HOURS


@dataclass(frozen=True)
class Stretch:
    """From which day to which; both count."""

    start: date
    end: date


def check_placement(
    stretch: Stretch, hours: float, *, kind: PlacementKind, others: Iterable[Stretch], since: date | None = None
) -> None:
    """Refuse a placement that cannot be.

    That is one that ends before it begins, begins before the programme did (`since`), has hours outside 0 to 80 a
    week, is longer than its kind can be, or overlaps another placement of the same person.
    """
    if stretch.end < stretch.start:
        raise SearchError(Fault.ENDS_FIRST, "ends_on", day=stretch.start)
    if since is not None and stretch.start < since:
        raise SearchError(Fault.BEFORE, "starts_on", day=since)
    if not 0 < hours <= MOST_HOURS:
        raise SearchError(Fault.HOURS, "hours")
    if kind.longest_months is not None and stretch.end >= add_months(stretch.start, kind.longest_months):
        raise SearchError(Fault.TOO_LONG, "ends_on", months=kind.longest_months)
    for other in others:
        if other.start <= stretch.end and stretch.start <= other.end:
            raise SearchError(Fault.OVERLAP, "starts_on", first=other.start, last=other.end)


def over_usual(stretch: Stretch, kind: PlacementKind) -> bool:
    """Tell whether a placement is longer than its kind usually is: possible, and then a reason is asked for it."""
    return kind.usual_months is not None and stretch.end >= add_months(stretch.start, kind.usual_months)
