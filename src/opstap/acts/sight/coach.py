"""What a therapist or coach sees: the people they look after by urgency, and one case on one page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from opstap.acts import clock, doors, words
from opstap.acts.calendar import state_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.hours import plan_weeks
from opstap.acts.sight.network import Network, Reason, network_of, reasons_of
from opstap.domain.access import Permission
from opstap.domain.months import add_months
from opstap.domain.protocol import Protocol
from opstap.domain.work.weeks import Week
from opstap.store.models import (
    CareLink,
    Enrolment,
    Measurement,
    Participant,
    Participation,
    Plan,
    Session,
    User,
    WorkplaceLink,
    WorkSpell,
)


class Urgency(StrEnum):
    """How soon someone needs something."""

    NOW = "now"
    WEEK = "week"
    CALM = "calm"
    ENDED = "ended"


class Why(StrEnum):
    """Why someone is where they are in the caseload."""

    WRITE_UP = "write_up"
    PLAN_FIRST = "plan_first"
    PLAN_NEXT = "plan_next"
    SESSION_SOON = "session_soon"
    PLAN_WAITS = "plan_waits"
    STEP_SOON = "step_soon"
    ENDING = "ending"
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
    around: tuple[Reason, ...] = ()


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
    links = CareLink.objects.filter(user=by, until=None).values_list("participant_id", flat=True)
    people = list(
        Participant.objects.select_related("study__protocol", "key", "enrolment")
        .filter(pk__in=links, enrolment__isnull=False, study__in=doors.care_studies(by))
        .order_by("pk")
    )
    names = words.contacts_of(people)
    sessions: dict[int, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(enrolment__participant__in=people).order_by("planned_for"):
        sessions[session.enrolment_id].append(session)
    plans = {
        plan.enrolment_id: plan
        for plan in Plan.objects.filter(enrolment__participant__in=people).exclude(state="replaced")
    }
    around = reasons_of(by, [one.pk for one in people])
    rows, agenda = [], []
    for one in people:
        own, enrolment = sessions[one.enrolment.pk], one.enrolment
        protocol, language = protocol_of(one.study), by.language
        row = _row(one, names[one.pk].name, protocol, own, plans.get(enrolment.pk), today, language)
        rows.append(_with_around(row, around.get(one.pk, [])))
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
            and session.state in ("planned", "confirmed") and session.professional_id == by.pk
        ]  # fmt: skip
    order = list(Urgency)
    rows.sort(key=lambda row: (order.index(row.urgency), row.when or date.max, row.name))
    active = [one.pk for one in people if one.enrolment.state == "active"]
    with_workplace = (
        WorkplaceLink.objects.filter(participant__in=active, ended_on=None).values("participant").distinct().count()
    )
    return Caseload(rows, sorted(agenda, key=lambda item: item.at), with_workplace, len(active))


def _row(
    one: Participant,
    name: str,
    protocol: Protocol,
    sessions: list[Session],
    plan: Plan | None,
    today: date,
    language: str,
) -> CaseRow:
    urgency, why, when, session_id = _need(one.enrolment, protocol, sessions, plan, today)
    held = sum(session.state == "held" for session in sessions)
    return CaseRow(
        one.pseudonym, name, protocol.text("short_title", language), urgency, why, when, held,
        protocol.programme.limits.sessions, session_id,
    )  # fmt: skip


def _with_around(row: CaseRow, reasons: Iterable[Reason]) -> CaseRow:
    """Let the people around someone count: who would be calm is for this week when one of them needs attention."""
    found = tuple(reasons)
    if row.urgency is Urgency.ENDED or not found:
        return row
    if row.urgency is not Urgency.CALM:
        return replace(row, around=found)
    return replace(row, urgency=Urgency.WEEK, why=Why.AROUND, when=min(one.when for one in found), around=found)


def _need(
    enrolment: Enrolment, protocol: Protocol, sessions: list[Session], plan: Plan | None, today: date
) -> tuple[Urgency, Why, date | None, int | None]:
    if enrolment.state != "active":
        return Urgency.ENDED, Why.ENDED, enrolment.ended_on, None
    open_ones = [session for session in sessions if session.state in ("planned", "confirmed")]
    past = next((one for one in open_ones if timezone.localdate(one.planned_for) < today), None)
    if past is not None:
        return Urgency.NOW, Why.WRITE_UP, timezone.localdate(past.planned_for), past.pk
    coming = min((timezone.localdate(one.planned_for) for one in open_ones), default=None)
    last = max((one.held_on for one in sessions if one.held_on), default=None)
    if coming is None and last is None:
        return Urgency.NOW, Why.PLAN_FIRST, enrolment.started_on, None
    step = (
        next((day for day in _steps(plan) if today < day <= today + timedelta(days=7)), None)
        if plan is not None and plan.state != "offered"
        else None
    )
    if step is not None:
        return Urgency.WEEK, Why.STEP_SOON, step, None
    if coming is None:
        return Urgency.WEEK, Why.PLAN_NEXT, last, None
    if coming <= today + timedelta(days=7):
        return Urgency.WEEK, Why.SESSION_SOON, coming, None
    if plan is not None and plan.state == "offered":
        return Urgency.WEEK, Why.PLAN_WAITS, timezone.localdate(plan.offered_at), None
    ends = _ends(enrolment, protocol)
    if ends is not None and ends <= today + timedelta(days=21):
        return Urgency.WEEK, Why.ENDING, ends, None
    return Urgency.CALM, Why.CALM, coming, None


def _steps(plan: Plan) -> Iterable[date]:
    return (date.fromisoformat(step["from"]) for step in plan.steps)


def _ends(enrolment: Enrolment, protocol: Protocol) -> date | None:
    months = protocol.programme.limits.months
    return add_months(enrolment.started_on, months) if months and enrolment.started_on else None


@dataclass(frozen=True)
class SessionView:
    """One session as the care team sees it."""

    id: int
    title: str
    state: str
    at: datetime
    mode: str
    professional: str
    minutes: int | None
    modules: list[str]
    with_workplace: bool
    stage: int | None
    shared: str
    private: str
    exception: str

    @property
    def is_open(self) -> bool:
        """Tell whether it still has to take place."""
        return self.state in ("planned", "confirmed")


@dataclass(frozen=True)
class PlanView:
    """One version of a plan as the care team sees it."""

    id: int
    version: int
    state: str
    aim: str
    contract_hours: float
    steps: list[tuple[date, float]]
    goal: str
    for_workplace: str
    offered_at: datetime
    offered_by: str
    agreed_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class PhaseView:
    """One phase, and where it stands: done, now, or ahead."""

    id: str
    title: str
    text: str
    place: str


@dataclass(frozen=True)
class MeasurementView:
    """One measurement: only that it is asked and given, never what was answered."""

    title: str
    state: str
    opens: date
    closes: date


@dataclass(frozen=True)
class Case:
    """The whole story of one person, as the care team sees it."""

    pseudonym: str
    name: str
    phone: str
    email: str
    programme: str
    state: str
    started: date | None
    ends: date | None
    limit: int | None
    phases: list[PhaseView]
    sessions: list[SessionView]
    covered: list[str]
    uncovered: list[str]
    plans: list[PlanView]
    weeks: list[Week]
    contract_hours: float
    workplaces: list[str]
    measurements: list[MeasurementView]
    kinds: list[tuple[str, str]]
    modules: list[tuple[str, str]]
    planned_modules: dict[str, list[str]] = field(default_factory=dict)
    stages_of_change: bool = False
    makes_plan: bool = False
    network: Network | None = None

    @property
    def held(self) -> int:
        """Count the sessions that took place."""
        return sum(session.state == "held" for session in self.sessions)

    @property
    def plan(self) -> PlanView | None:
        """Give the version that counts now."""
        return self.plans[0] if self.plans and self.plans[0].state != "replaced" else None

    @property
    def next_phases(self) -> list[PhaseView]:
        """List the phases that lie ahead."""
        return [phase for phase in self.phases if phase.place == "ahead"]


def case(by: User, pseudonym: str) -> Case:
    """See one case; the participant will see that it was opened."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_CASE, what="case")
    protocol, language = protocol_of(participant.study), by.language
    contact = words.contact_of(participant)
    enrolment: Enrolment = participant.enrolment
    sessions = [
        _session_view(participant, session, protocol, language)
        for session in Session.objects.select_related("professional")
        .filter(enrolment=enrolment)
        .order_by("-planned_for")
    ]
    plans = [
        _plan_view(participant, plan)
        for plan in Plan.objects.select_related("offered_by").filter(enrolment=enrolment).order_by("-version")
    ]
    spells = list(WorkSpell.objects.filter(participant=participant, source="coach").order_by("start"))
    network = network_of(by, participant)
    current = plans[0] if plans else None
    held = Counter(module for session in sessions if session.state == "held" for module in session.modules)
    titles = {module.id: protocol.text(f"modules.{module.id}.title", language) for module in protocol.programme.modules}
    covered = [titles[one] for one in titles if titles[one] in held]
    participation: Participation | None = getattr(participant, "participation", None)
    measurements = Measurement.objects.filter(participant=participant, respondent="participant").order_by("due_on")
    return Case(
        pseudonym=participant.pseudonym,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        programme=protocol.text("short_title", language),
        state=enrolment.state,
        started=enrolment.started_on,
        ends=_ends(enrolment, protocol),
        limit=protocol.programme.limits.sessions,
        phases=_phases(enrolment, protocol, language),
        sessions=sessions,
        covered=covered,
        uncovered=[title for title in titles.values() if title not in covered],
        plans=plans,
        weeks=plan_weeks(current.steps if current else [], spells, clock.today()),
        contract_hours=current.contract_hours if current else (spells[-1].contract_hours if spells else 0),
        workplaces=[one.name for one in network.at_work],
        measurements=[
            MeasurementView(protocol.text(f"waves.{one.wave}", language), state_of(one), one.opens_on, one.closes_on)
            for one in measurements
        ] if participation else [],
        kinds=[(kind, protocol.text(f"sessions.{kind}", language)) for kind in protocol.session_kinds],
        modules=list(titles.items()),
        planned_modules={kind: shape.modules for kind, (_, shape) in protocol.session_kinds.items()},
        stages_of_change=protocol.programme.stages_of_change,
        makes_plan=any(phase.makes_plan for phase in protocol.programme.phases),
        network=network,
    )  # fmt: skip


def _phases(enrolment: Enrolment, protocol: Protocol, language: str) -> list[PhaseView]:
    order = protocol.phase_order
    here = order.index(enrolment.phase) if enrolment.phase in order else -1
    ended = enrolment.state != "active"
    return [
        PhaseView(
            phase,
            protocol.text(f"phases.{phase}.title", language),
            protocol.text(f"phases.{phase}.text", language),
            "done" if number < here or (ended and number <= here) else "now" if number == here else "ahead",
        )
        for number, phase in enumerate(order)
    ]


def _session_view(participant: Participant, session: Session, protocol: Protocol, language: str) -> SessionView:
    return SessionView(
        id=session.pk,
        title=protocol.text(f"sessions.{session.kind}", language),
        state=session.state,
        at=session.planned_for,
        mode=session.mode,
        professional=session.professional.name,
        minutes=session.minutes,
        modules=[protocol.text(f"modules.{module}.title", language) for module in session.modules],
        with_workplace=session.with_workplace,
        stage=session.stage,
        shared=words.unseal(participant, session.shared_sealed),
        private=words.unseal(participant, session.private_sealed),
        exception=words.unseal(participant, session.exception_sealed),
    )


def _plan_view(participant: Participant, plan: Plan) -> PlanView:
    return PlanView(
        id=plan.pk,
        version=plan.version,
        state=plan.state,
        aim=plan.aim,
        contract_hours=plan.contract_hours,
        steps=[(date.fromisoformat(step["from"]), float(step["hours"])) for step in plan.steps],
        goal=words.unseal(participant, plan.goal_sealed),
        for_workplace=words.unseal(participant, plan.for_workplace_sealed),
        offered_at=plan.offered_at,
        offered_by=plan.offered_by.name,
        agreed_at=plan.agreed_at,
        confirmed_at=plan.confirmed_at,
    )


def session_to_write_up(by: User, session_id: int) -> tuple[Session, Case]:
    """Open a session to be written up, with the case it belongs to."""
    session: Any = doors.session_of(by, session_id, Permission.DELIVER)
    return session, case(by, session.enrolment.participant.pseudonym)
