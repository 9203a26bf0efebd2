"""What someone's decisions on a form add up to: what stands, on which version, and whether it was understood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Decided(Protocol):
    """One decision, as it was written down."""

    decision: str
    form_version: str


class Tried(Protocol):
    """One answer to a question of the comprehension check."""

    question: str
    right: bool


D = TypeVar("D", bound=Decided)


def standing(decisions: Iterable[D]) -> D | None:
    """Give the decision that stands, from those on one form in order of time; None when nothing was agreed to.

    Saying no to a new version leaves standing what was agreed to before; only withdrawing ends it.
    """
    stands: D | None = None
    for one in decisions:
        if one.decision == "agreed":
            stands = one
        elif one.decision == "withdrawn":
            stands = None
    return stands


def asked_again(decisions: Iterable[D], version: str) -> bool:
    """Tell whether someone stands on another version than the one in force and has not decided on that one yet."""
    known = list(decisions)
    stands = standing(known)
    return (
        stands is not None
        and stands.form_version != version
        and not any(one.form_version == version and one.decision == "refused" for one in known)
    )


def untried(questions: Iterable[str], tries: Iterable[Tried]) -> list[str]:
    """List the questions that were not answered yet; a wrong answer counts, since the check helps and never blocks."""
    answered = {one.question for one in tries}
    return [question for question in questions if question not in answered]


def unclear(tries: Iterable[Tried]) -> list[str]:
    """List the questions whose newest answer was wrong, from the answers in order of time: to talk about."""
    newest = {one.question: one.right for one in tries}
    return [question for question, right in newest.items() if not right]
