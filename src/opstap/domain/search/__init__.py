"""Looking for new work: wishes and possibilities, applications, trial placements, and what cannot be of each.

For those without an employer to return to, or who choose another. Nothing here is for a workplace to know.
"""

from opstap.domain.search.applications import OPEN, WAYS, check_next, check_offer, due
from opstap.domain.search.faults import Fault, SearchError
from opstap.domain.search.kinds import KindsError, PlacementKind, kind_of, kinds, read_kinds
from opstap.domain.search.placements import Stretch, check_placement, over_usual
from opstap.domain.search.wishes import MOST_HOURS, MOST_TRAVEL, Reason, Topic, Wishes, check_wishes

__all__ = [
    "MOST_HOURS",
    "MOST_TRAVEL",
    "OPEN",
    "WAYS",
    "Fault",
    "KindsError",
    "PlacementKind",
    "Reason",
    "SearchError",
    "Stretch",
    "Topic",
    "Wishes",
    "check_next",
    "check_offer",
    "check_placement",
    "check_wishes",
    "due",
    "kind_of",
    "kinds",
    "over_usual",
    "read_kinds",
]
