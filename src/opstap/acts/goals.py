"""Goals in the person's own words: set, worked on in steps, reviewed at a session, closed. Both sides may write."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import heard, keep
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.programme.goals import ATTAINMENT
from opstap.store.models import Goal, GoalReview, GoalStep, Obstacle, Participant, Session

#: What a goal can be about, besides work as it is.
ABOUT = ("", "search")


@act
def set_goal(
    *,
    by: Actor,
    participant: Participant,
    text: str,
    importance: int,
    confidence: int,
    about: str = "",
    channel: str = "",
) -> Goal:
    """Set a goal in own words, with how important it is and how sure one is of it, each from 0 to 10.

    `about` is "search" for a goal of looking for new work.
    """
    allow(by, Permission.KEEP_GOALS, participant=participant)
    enrolment = running(participant)
    text = words.checked(text, field="text")
    _zero_to_ten(importance, "importance")
    _zero_to_ten(confidence, "confidence")
    if about not in ABOUT:
        raise Refused(_("A goal is about looking for work, or about nothing in particular."), field="about")
    goal = Goal.objects.create(
        enrolment=enrolment, about=about, words_sealed=words.seal(participant, text), importance=importance,
        confidence=confidence, **_now(by),
    )  # fmt: skip
    keep(by, participant, Event.GOAL_SET, goal.pk, heard(channel))
    _record(Event.GOAL_SET, by, goal)
    return goal


@act
def add_goal_step(*, by: Actor, goal: Goal, text: str, channel: str = "") -> GoalStep:
    """Add a step to a goal that is open."""
    goal = _open(by, goal, Permission.KEEP_GOALS)
    sealed = words.seal(goal.enrolment.participant, words.checked(text, field="text"))
    step = GoalStep.objects.create(goal=goal, words_sealed=sealed, **_now(by))
    keep(by, goal.enrolment.participant, Event.GOAL_STEP_ADDED, step.pk, heard(channel))
    _record(Event.GOAL_STEP_ADDED, by, goal, step=step.pk)
    return step


@act
def mark_goal_step(*, by: Actor, goal: Goal, step: int, done: bool) -> GoalStep:
    """Mark a step of a goal as done today, or as not done after all."""
    goal = _open(by, goal, Permission.KEEP_GOALS)
    found = GoalStep.objects.filter(goal=goal, pk=step).first()
    if found is None:
        raise NotHere(step)
    found.done_on = clock.today() if done else None
    found.save(update_fields=["done_on"])
    _record(Event.GOAL_STEP_MARKED, by, goal, step=found.pk)
    return found


@act
def add_obstacle(*, by: Actor, goal: Goal, text: str, tried: str = "", channel: str = "") -> Obstacle:
    """Add something that stands in the way of a goal, with what was tried against it where there is something."""
    goal = _open(by, goal, Permission.KEEP_GOALS)
    participant = goal.enrolment.participant
    obstacle = Obstacle.objects.create(
        goal=goal,
        words_sealed=words.seal(participant, words.checked(text, field="text")),
        tried_sealed=words.seal(participant, words.checked(tried, field="tried", needed=False)),
        **_now(by),
    )
    keep(by, participant, Event.OBSTACLE_ADDED, obstacle.pk, heard(channel))
    _record(Event.OBSTACLE_ADDED, by, goal, obstacle=obstacle.pk)
    return obstacle


@act
def write_tried(*, by: Actor, goal: Goal, obstacle: int, tried: str) -> Obstacle:
    """Add what was tried against an obstacle; what was written before stays above it."""
    goal = _open(by, goal, Permission.KEEP_GOALS)
    found = Obstacle.objects.filter(goal=goal, pk=obstacle).first()
    if found is None:
        raise NotHere(obstacle)
    participant = goal.enrolment.participant
    before = words.unseal(participant, found.tried_sealed)
    text = words.checked(tried, field="tried")
    found.tried_sealed = words.seal(participant, f"{before}\n\n{text}" if before else text)
    found.save(update_fields=["tried_sealed"])
    _record(Event.OBSTACLE_TRIED, by, goal, obstacle=found.pk)
    return found


@act
def review_goal(
    *,
    by: Actor,
    goal: Goal,
    text: str,
    importance: int,
    confidence: int,
    attained: int | None = None,
    session: int | None = None,
) -> GoalReview:
    """Review a goal together: how far, in words; importance and confidence now; on a scale of -2 to +2 where used.

    `session` is the number of a session that was held with this person.
    """
    goal = _open(by, goal, Permission.DELIVER)
    participant = goal.enrolment.participant
    text = words.checked(text, field="text")
    _zero_to_ten(importance, "importance")
    _zero_to_ten(confidence, "confidence")
    if attained is not None and attained not in ATTAINMENT:
        raise Refused(_("Choose a level from -2 to +2, or none."), field="attained")
    held = Session.objects.filter(enrolment=goal.enrolment, state="held", pk=session).first() if session else None
    if session and held is None:
        raise Refused(_("Choose a session that was held."), field="session")
    review = GoalReview.objects.create(
        goal=goal, session=held, words_sealed=words.seal(participant, text), attained=attained,
        importance=importance, confidence=confidence, **_now(by),
    )  # fmt: skip
    _record(Event.GOAL_REVIEWED, by, goal, review=review.pk)
    return review


@act
def close_goal(*, by: Actor, goal: Goal, reached: bool, text: str = "", channel: str = "") -> Goal:
    """Close a goal: reached, or let go. Both are fine; words are optional."""
    goal = _open(by, goal, Permission.KEEP_GOALS)
    text = words.checked(text, field="text", needed=False)
    goal.closed_on, goal.reached = clock.today(), reached
    goal.closing_sealed = words.seal(goal.enrolment.participant, text)
    goal.save(update_fields=["closed_on", "reached", "closing_sealed"])
    keep(by, goal.enrolment.participant, Event.GOAL_CLOSED, goal.pk, heard(channel))
    _record(Event.GOAL_CLOSED, by, goal)
    return goal


def _zero_to_ten(value: int, field: str) -> None:
    if not 0 <= value <= 10:
        raise Refused(_("Fill in a whole number from 0 to 10."), field=field)


def _open(by: Actor, goal: Goal, permission: Permission) -> Goal:
    """Lock a goal that someone may work on now, and give it as it is, with the record it belongs to."""
    participant = goal.enrolment.participant
    allow(by, permission, participant=participant)
    enrolment = running(participant)
    fresh = Goal.objects.select_for_update().get(pk=goal.pk)
    fresh.enrolment = enrolment
    if fresh.closed_on is not None:
        raise Refused(_("This goal has been closed. Set a new one to go on."))
    return fresh


def _now(by: Actor) -> dict[str, Any]:
    return {"by": by, "at": clock.now()}


def _record(event: Event, by: Actor, goal: Goal, **ids: int) -> None:
    participant = goal.enrolment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, goal=goal.pk, **ids)
