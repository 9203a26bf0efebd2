"""Applications: along which way, which of them still run, and when a next step is due. The states are a machine."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from opstap.domain.search.faults import Fault, SearchError
from opstap.domain.search.wishes import MOST_HOURS


class Way(StrEnum):
    """Along which way someone applies."""

    VACANCY = "vacancy"
    OPEN = "open"
    NETWORK = "network"
    AGENCY = "agency"
    EMPLOYMENT_SERVICE = "employment_service"
    OTHER = "other"


WAYS = tuple(Way)

#: The states in which an application still runs: a next step makes sense.
OPEN = ("thinking", "sent", "talk_planned", "talk_held", "offer")


def check_next(*, words: str, on: date | None, today: date) -> None:
    """Refuse a next step without its day, a day without its step, and a day that has passed."""
    if words.strip() and on is None:
        raise SearchError(Fault.NEXT_DAY, "next_on")
    if on is not None and not words.strip():
        raise SearchError(Fault.NEXT_WORDS, "next_step")
    if on is not None and on < today:
        raise SearchError(Fault.NEXT_PAST, "next_on")


def check_offer(*, starts_on: date, contract_hours: float, offered_on: date) -> None:
    """Refuse a new job that begins before it was offered, or whose hours no week has."""
    if starts_on < offered_on:
        raise SearchError(Fault.BEFORE, "starts_on", day=offered_on)
    if not 0 < contract_hours <= MOST_HOURS:
        raise SearchError(Fault.HOURS, "contract_hours")


def due(*, state: str, next_on: date | None, today: date) -> bool:
    """Tell whether the next step of an application is due: its day has come, and the application still runs."""
    return state in OPEN and next_on is not None and next_on <= today
