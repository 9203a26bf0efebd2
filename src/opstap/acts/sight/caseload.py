"""Whom a therapist or coach looks after: who needs something now and why, by urgency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from opstap.acts import clock, doors, words
from opstap.acts.protocols import protocol_of
from opstap.acts.sight import team
from opstap.acts.sight.around_questions import Questions, asked_of_care
from opstap.acts.sight.network import Reason, reasons_of
from opstap.acts.sight.signals import Signals, signals_of
from opstap.acts.sight.statute import near_of
from opstap.domain.months import add_months
from opstap.domain.network import Party
from opstap.domain.programme import Course, Dose, dose
from opstap.domain.protocol import Protocol
from opstap.domain.statute import Deadline
from opstap.store.models import (
    ContactAttempt,
    Enrolment,
    Participant,
    Plan,
    Session,
    User,
    WorkplaceLink,
)

#: The states of a session that still has to take place.
OPEN = ("planned", "confirmed")


class Urgency(StrEnum):
    """How soon someone needs something."""

    NOW = "now"
    WEEK = "week"
    CALM = "calm"
    ENDED = "ended"


class Why(StrEnum):
    """Why someone is where they are in the caseload."""

    WRITE_UP = "write_up"
    HANDED_OVER = "handed_over"
    PLAN_FIRST = "plan_first"
    PLAN_NEXT = "plan_next"
    SESSION_SOON = "session_soon"
    PLAN_PROPOSED = "plan_proposed"
    PLAN_WAITS = "plan_waits"
    STEP_SOON = "step_soon"
    DEADLINE = "deadline"
    OVERLOAD = "overload"
    AFTERCARE = "aftercare"
    AGREED = "agreed"
    QUESTIONS = "questions"
    ENDING = "ending"
    NONE_LEFT = "none_left"
    RESUMES_ALONE = "resumes_alone"
    SPENT_EARLY = "spent_early"
    BEHIND = "behind"
    NO_WORKPLACE = "no_workplace"
    AROUND = "around"
    CALM = "calm"
    ENDED = "ended"


@dataclass(frozen=True)
class CaseRow:
    """One person in the caseload: who, why now, since or until when, how far."""

    pseudonym: str
    name: str
    programme: str
    urgency: Urgency
    why: Why
    when: date | None
    held: int
    limit: int | None
    session_id: int | None = None
    by: str = ""
    stands_in_for: str = ""
    around: tuple[Reason, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    aftercare_id: int | None = None
    also: tuple[Why, ...] = ()
    questions: tuple[Questions, ...] = ()


@dataclass(frozen=True)
class Appointment:
    """A session in today's agenda."""

    at: datetime
    name: str
    pseudonym: str
    title: str
    mode: str


@dataclass(frozen=True)
class Caseload:
    """Everyone someone looks after, the most urgent first, and today's agenda."""

    rows: list[CaseRow]
    today: list[Appointment]
    with_workplace: int
    active: int

    def of(self, urgency: Urgency) -> list[CaseRow]:
        """List the rows of one urgency."""
        return [row for row in self.rows if row.urgency is urgency]


def caseload(by: User) -> Caseload:
    """See everyone one looks after; a constant number of queries, however many they are."""
    today = clock.today()
    people = list(
        Participant.objects.select_related("study__protocol", "key", "enrolment")
        .filter(doors.looked_after(by), enrolment__isnull=False, study__in=doors.care_studies(by))
        .order_by("pk")
    )
    names = words.contacts_of(people)
    sessions: dict[int, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(enrolment__participant__in=people).order_by("planned_for"):
        sessions[session.enrolment_id].append(session)
    plans: dict[int, list[Plan]] = defaultdict(list)
    for plan in Plan.objects.filter(enrolment__participant__in=people).exclude(state="replaced").order_by("-version"):
        plans[plan.enrolment_id].append(plan)
    deadlines = near_of([one for one in people if one.enrolment.state == "active"])
    let_in = set(
        WorkplaceLink.objects.filter(participant__in=people, ended_on=None).values_list("participant_id", flat=True)
    )
    spoken = set(
        ContactAttempt.objects.filter(participant__in=people, party=Party.WORKPLACE, reached=True).values_list(
            "participant_id", flat=True
        )
    )
    passed_on, covered = team.waiting_for(by, people), team.standing_in(by, people)
    around = reasons_of(by, [one.pk for one in people])
    questions = asked_of_care(by, people)
    signals = signals_of([one.enrolment.pk for one in people])
    rows, agenda = [], []
    for one in people:
        own, enrolment = sessions[one.enrolment.pk], one.enrolment
        protocol, language = protocol_of(one.study), by.language
        pace = pace_of(
            enrolment, protocol, own, holding_of(plans[enrolment.pk]), one.pk in let_in, one.pk in spoken, today
        )
        row = _row(one, names[one.pk].name, protocol, own, plans[enrolment.pk], pace, today, language)
        if one.pk in passed_on:
            waits = passed_on[one.pk]
            day = timezone.localdate(waits.at)
            row = replace(row, urgency=Urgency.NOW, why=Why.HANDED_OVER, when=day, by=waits.by.name)
        if one.pk in covered:
            row = replace(row, stands_in_for=covered[one.pk][0])
        row = _with_signals(row, enrolment.pk, signals, today)
        row = _with_questions(row, questions.get(one.pk, ()))
        rows.append(_with_around(_with_deadlines(row, deadlines.get(one.pk, ())), around.get(one.pk, [])))
        agenda += [
            Appointment(
                session.planned_for,
                names[one.pk].name,
                one.pseudonym,
                protocol.text(f"sessions.{session.kind}", language),
                session.mode,
            )
            for session in own
            if timezone.localdate(session.planned_for) == today
            and session.state in OPEN and session.professional_id == by.pk
        ]  # fmt: skip
    order = list(Urgency)
    rows.sort(key=lambda row: (order.index(row.urgency), row.when or date.max, row.name))
    active = {one.pk for one in people if one.enrolment.state == "active"}
    return Caseload(rows, sorted(agenda, key=lambda item: item.at), len(active & let_in), len(active))


def pace_of(
    enrolment: Enrolment,
    protocol: Protocol,
    sessions: Iterable[Session],
    plan: Plan | None,
    workplace: bool,
    spoken: bool,
    today: date,
) -> Dose:
    """Reckon the dose that someone has had, and the signs about its pace.

    `workplace`: someone at work was let in; `spoken`: a contact with the workplace was written down as reached.
    """
    held = [session for session in sessions if session.state == "held"]
    steps = sorted(_steps(plan)) if plan is not None and plan.state in ("agreed", "in_force") else []
    limits = protocol.programme.limits
    return dose(
        Course(
            started=enrolment.started_on or today,
            limit=limits.sessions,
            months=limits.months,
            held=tuple(session.held_on for session in held if session.held_on),
            coming=tuple(timezone.localdate(one.planned_for) for one in sessions if one.state in OPEN),
            build_up=(steps[0], steps[-1]) if steps else None,
            workplace_spoken=spoken or any(session.with_workplace for session in held) if workplace else None,
        ),
        today,
    )


def _row(
    one: Participant,
    name: str,
    protocol: Protocol,
    sessions: list[Session],
    plans: list[Plan],
    pace: Dose,
    today: date,
    language: str,
) -> CaseRow:
    urgency, why, when, session_id = _need(one.enrolment, protocol, sessions, plans, today)
    if urgency is Urgency.CALM and pace.signs:
        urgency, why, when = Urgency.WEEK, Why(pace.signs[0].value), None
    return CaseRow(
        one.pseudonym, name, protocol.text("short_title", language), urgency, why, when, pace.held,
        protocol.programme.limits.sessions, session_id,
    )  # fmt: skip


def _with_signals(row: CaseRow, enrolment: int, signals: Signals, today: date) -> CaseRow:
    """Let overload, aftercare and a closing that was agreed count; where something more urgent does, they stand `also`.

    Aftercare brings those to the front as well whose programme has been closed: nothing else would.
    """
    contact = signals.aftercare.get(enrolment)
    found: list[tuple[Why, Urgency, date]] = []
    if enrolment in signals.overload:
        found.append((Why.OVERLOAD, Urgency.NOW, signals.overload[enrolment]))
    if contact is not None:
        found.append((Why.AFTERCARE, Urgency.NOW if contact[1] < today else Urgency.WEEK, contact[1]))
    if enrolment in signals.agreed:
        found.append((Why.AGREED, Urgency.WEEK, signals.agreed[enrolment]))
    if row.urgency is Urgency.ENDED:
        found = [one for one in found if one[0] is Why.AFTERCARE]
    row = replace(row, aftercare_id=contact[0] if contact else None)
    if not found:
        return row
    why, urgency, when = found[0]
    if row.urgency is Urgency.NOW:
        return replace(row, also=tuple(one[0] for one in found))
    return replace(row, urgency=urgency, why=why, when=when, also=tuple(one[0] for one in found[1:]))


def _with_questions(row: CaseRow, questions: tuple[Questions, ...]) -> CaseRow:
    """Let a questionnaire for the professional count: who would be calm, or has ended, is for this week."""
    row = replace(row, questions=questions)
    if not questions or row.urgency not in (Urgency.CALM, Urgency.ENDED):
        return row
    return replace(row, urgency=Urgency.WEEK, why=Why.QUESTIONS, when=questions[0].until)


def holding_of(plans: Iterable[Plan]) -> Plan | None:
    """Give the version that holds, of versions that were not replaced."""
    return next((plan for plan in plans if plan.state in ("agreed", "in_force")), None)


def _with_deadlines(row: CaseRow, near: tuple[Deadline, ...]) -> CaseRow:
    """Let a deadline of the law count: who would be calm is for this week when one is near."""
    if row.urgency is not Urgency.CALM or not near:
        return replace(row, deadlines=near)
    return replace(row, urgency=Urgency.WEEK, why=Why.DEADLINE, when=near[0].due, deadlines=near)


def _with_around(row: CaseRow, reasons: Iterable[Reason]) -> CaseRow:
    """Let the people around someone count: who would be calm is for this week when one of them needs attention."""
    found = tuple(reasons)
    if row.urgency is Urgency.ENDED or not found:
        return row
    if row.urgency is not Urgency.CALM:
        return replace(row, around=found)
    return replace(row, urgency=Urgency.WEEK, why=Why.AROUND, when=min(one.when for one in found), around=found)


def _need(
    enrolment: Enrolment, protocol: Protocol, sessions: list[Session], plans: list[Plan], today: date
) -> tuple[Urgency, Why, date | None, int | None]:
    if enrolment.state != "active":
        return Urgency.ENDED, Why.ENDED, enrolment.ended_on, None
    open_ones = [session for session in sessions if session.state in OPEN]
    past = next((one for one in open_ones if timezone.localdate(one.planned_for) < today), None)
    if past is not None:
        return Urgency.NOW, Why.WRITE_UP, timezone.localdate(past.planned_for), past.pk
    waiting = next((plan for plan in plans if plan.state in ("offered", "proposed")), None)
    if waiting is not None and waiting.state == "proposed":
        return Urgency.NOW, Why.PLAN_PROPOSED, timezone.localdate(waiting.offered_at), None
    holding = holding_of(plans)
    coming = min((timezone.localdate(one.planned_for) for one in open_ones), default=None)
    last = max((one.held_on for one in sessions if one.held_on), default=None)
    if coming is None and last is None:
        return Urgency.NOW, Why.PLAN_FIRST, enrolment.started_on, None
    step = (
        next((day for day in _steps(holding) if today < day <= today + timedelta(days=7)), None)
        if holding is not None
        else None
    )
    if step is not None:
        return Urgency.WEEK, Why.STEP_SOON, step, None
    if coming is None:
        return Urgency.WEEK, Why.PLAN_NEXT, last, None
    if coming <= today + timedelta(days=7):
        return Urgency.WEEK, Why.SESSION_SOON, coming, None
    if waiting is not None:
        return Urgency.WEEK, Why.PLAN_WAITS, timezone.localdate(waiting.offered_at), None
    ends = ends_of(enrolment, protocol)
    if ends is not None and ends <= today + timedelta(days=21):
        return Urgency.WEEK, Why.ENDING, ends, None
    return Urgency.CALM, Why.CALM, coming, None


def _steps(plan: Plan) -> Iterable[date]:
    return (date.fromisoformat(step["from"]) for step in plan.steps)


def ends_of(enrolment: Enrolment, protocol: Protocol) -> date | None:
    """Give the last day of someone's programme, where the protocol sets one."""
    months = protocol.programme.limits.months
    return add_months(enrolment.started_on, months) if months and enrolment.started_on else None
