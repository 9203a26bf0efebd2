"""Goals with their steps, obstacles and reviews; who wrote what is always told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from opstap.acts import doors, words
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language, pages_open, with_page
from opstap.domain.access import Permission
from opstap.domain.programme.goals import RHO, attainment_t
from opstap.domain.protocol import Protocol
from opstap.store.models import Goal, Participant, Session, User


@dataclass(frozen=True)
class Written:
    """Words, who wrote them and when. `own`: the participant did; otherwise `by` is a professional's name."""

    pk: int
    text: str
    own: bool
    by: str
    at: datetime


@dataclass(frozen=True)
class Step(Written):
    """A step: done on a day, or not yet."""

    done_on: date | None


@dataclass(frozen=True)
class Hurdle(Written):
    """An obstacle, and what was tried."""

    tried: str


@dataclass(frozen=True)
class Review(Written):
    """A look back at a goal; `session` is the talk at which it took place, where it did."""

    session: str
    attained: int | None
    importance: int
    confidence: int


@dataclass(frozen=True)
class GoalView(Written):
    """One goal as it stands: importance and confidence now, and at first."""

    importance: int
    confidence: int
    first_importance: int
    first_confidence: int
    about: str
    closed_on: date | None
    reached: bool | None
    closing: str
    steps: list[Step]
    obstacles: list[Hurdle]
    reviews: list[Review]

    @property
    def done(self) -> int:
        """Count the steps that are done."""
        return sum(step.done_on is not None for step in self.steps)

    @property
    def attained(self) -> int | None:
        """Give the latest level on the scale, where one was given."""
        return next((review.attained for review in self.reviews if review.attained is not None), None)


@dataclass(frozen=True)
class Goals:
    """Someone's goals, and the goal attainment score over those that were put on the scale (equal weights)."""

    pseudonym: str
    running: bool
    open: list[GoalView]
    closed: list[GoalView]
    scaled: int
    score: float | None
    rho: float
    #: Whether the programme works with stages of change, which have a page of their own.
    by_stages: bool


def goals(by: User) -> Goals:
    """Open one's own goals; NotHere when the page is not open to this participant."""
    return goals_of(with_page(by, "goals"), language())


def goals_of(participant: Participant, spoken: str) -> Goals:
    """Give the goals of a participant whose record was opened, the words of the protocol in a language."""
    rows = (
        Goal.objects.select_related("by")
        .prefetch_related("steps__by", "obstacles__by", "reviews__by", "reviews__session")
        .filter(enrolment=participant.enrolment)
        .order_by("pk")
    )
    views = [_goal(participant, row, spoken) for row in rows]
    levels = [view.attained for view in views if view.attained is not None]
    return Goals(
        pseudonym=participant.pseudonym,
        running=participant.enrolment.state == "active",
        open=[view for view in views if view.closed_on is None],
        closed=[view for view in views if view.closed_on is not None],
        scaled=len(levels),
        score=attainment_t(levels),
        rho=RHO,
        by_stages=protocol_of(participant.study).programme.stages_of_change,
    )


def goal(by: User, pk: int) -> tuple[Goal, GoalView, Participant]:
    """Open one goal, one's own or that of someone one looks after; NotHere where their arm opens no goals."""
    row = doors.goal_of(by, pk, Permission.KEEP_GOALS)
    participant = row.enrolment.participant
    if "goals" not in pages_open(participant):
        raise NotHere(pk)
    return row, _goal(participant, row, language()), participant


def held_sessions(participant: Participant, spoken: str) -> list[tuple[int, str, date]]:
    """List the sessions that were held, latest first: number, title, day."""
    protocol = protocol_of(participant.study)
    rows = Session.objects.filter(enrolment=participant.enrolment, state="held").order_by("-held_on", "-pk")
    return [(row.pk, protocol.text(f"sessions.{row.kind}", spoken), row.held_on) for row in rows if row.held_on]


def _goal(participant: Participant, row: Goal, spoken: str) -> GoalView:
    protocol = protocol_of(participant.study)
    reviews = sorted(
        (_review(participant, one, protocol, spoken) for one in row.reviews.all()),
        key=lambda one: (one.at, one.pk),
        reverse=True,
    )
    now = reviews[0] if reviews else row
    return GoalView(
        **_written(participant, row),
        importance=now.importance,
        confidence=now.confidence,
        first_importance=row.importance,
        first_confidence=row.confidence,
        about=row.about,
        closed_on=row.closed_on,
        reached=row.reached,
        closing=words.unseal(participant, row.closing_sealed),
        steps=[Step(**_written(participant, one), done_on=one.done_on) for one in _in_order(row.steps)],
        obstacles=[
            Hurdle(**_written(participant, one), tried=words.unseal(participant, one.tried_sealed))
            for one in _in_order(row.obstacles)
        ],
        reviews=reviews,
    )


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows.all(), key=lambda one: one.pk)


def _review(participant: Participant, row: Any, protocol: Protocol, spoken: str) -> Review:
    return Review(
        **_written(participant, row),
        session=protocol.text(f"sessions.{row.session.kind}", spoken) if row.session else "",
        attained=row.attained,
        importance=row.importance,
        confidence=row.confidence,
    )


def _written(participant: Participant, row: Any) -> dict[str, Any]:
    # The account of a participant has no name: their words are known by that.
    return {
        "pk": row.pk,
        "text": words.unseal(participant, row.words_sealed),
        "own": not row.by.name,
        "by": row.by.name,
        "at": row.at,
    }
