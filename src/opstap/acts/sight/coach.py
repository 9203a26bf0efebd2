"""What a therapist or coach sees of one person: the whole story on one page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from opstap.acts import clock, doors, words
from opstap.acts.behalf import Marks, marks_of
from opstap.acts.calendar import state_of
from opstap.acts.closing import closing_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight import team
from opstap.acts.sight.caseload import OPEN, ends_of, holding_of, pace_of
from opstap.acts.sight.closing import AftercareView, aftercare_of
from opstap.acts.sight.guidance import Guidance, guidance_of
from opstap.acts.sight.hours import plan_weeks
from opstap.acts.sight.network import Network, network_of
from opstap.acts.sight.participant.asking import Ask, open_for
from opstap.acts.sight.statute import StatuteClock, clock_of
from opstap.domain.access import Permission
from opstap.domain.network import Party
from opstap.domain.programme import Dose
from opstap.domain.protocol import Protocol
from opstap.domain.work.weeks import Week
from opstap.store.models import (
    Enrolment,
    Measurement,
    Participant,
    Participation,
    Plan,
    Session,
    User,
    WorkSpell,
)


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
    present: list[str]
    planned: list[tuple[str, bool]]
    stage: int | None
    shared: str
    private: str
    exception: str

    @property
    def is_open(self) -> bool:
        """Tell whether it still has to take place."""
        return self.state in OPEN


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
    next_kind: str
    modules: list[tuple[str, str]]
    pace: Dose | None = None
    hand_overs: list[team.HandOverView] = field(default_factory=list)
    colleagues: list[tuple[int, str]] = field(default_factory=list)
    stands_in_for: tuple[str, date] | None = None
    planned_modules: dict[str, list[str]] = field(default_factory=dict)
    stages_of_change: bool = False
    makes_plan: bool = False
    network: Network | None = None
    statute: StatuteClock | None = None
    no_screen: bool = False
    marks: Marks = field(default_factory=dict)
    bring: tuple[Ask, ...] = ()
    closing: str = ""
    aftercare: tuple[AftercareView, ...] = ()

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
    return _case(by, doors.record_of(by, pseudonym, Permission.SEE_CASE, what="case"))


def case_with_guidance(by: User, pseudonym: str) -> tuple[Case, Guidance]:
    """See one case together with its stages, goals and energy; opened once."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_CASE, what="case")
    return _case(by, participant), guidance_of(participant, by)


def _next_kind(by: User, enrolment: Enrolment, protocol: Protocol, kept: list[Session]) -> str:
    """Propose the kind of the next session: the first from the present phase on that is one's own and has room."""
    roles, order = doors.roles_of(by), protocol.phase_order
    used = Counter(session.kind for session in kept if session.state not in ("missed", "cancelled"))
    return next(
        (
            kind
            for kind, (phase, shape) in protocol.session_kinds.items()
            if (not enrolment.phase or order.index(phase.id) >= order.index(enrolment.phase))
            and (shape.most is None or used[kind] < shape.most)
            and roles & set(shape.professions)
        ),
        "",
    )


def _case(by: User, participant: Participant) -> Case:
    protocol, language = protocol_of(participant.study), by.language
    contact = words.contact_of(participant)
    enrolment: Enrolment = participant.enrolment
    kept = list(Session.objects.select_related("professional").filter(enrolment=enrolment).order_by("-planned_for"))
    sessions = [_session_view(participant, session, protocol, language) for session in kept]
    versions = list(Plan.objects.select_related("offered_by").filter(enrolment=enrolment).order_by("-version"))
    plans = [_plan_view(participant, plan) for plan in versions]
    spells = list(WorkSpell.objects.filter(participant=participant, source="coach").order_by("start"))
    network = network_of(by, participant)
    current = plans[0] if plans else None
    held = Counter(module for session in sessions if session.state == "held" for module in session.modules)
    titles = {module.id: protocol.text(f"modules.{module.id}.title", language) for module in protocol.programme.modules}
    covered = [titles[one] for one in titles if titles[one] in held]
    bring = open_for(participant) if participant.no_screen else None
    closing = closing_of(enrolment, locked=False)
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
        ends=ends_of(enrolment, protocol),
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
        next_kind=_next_kind(by, enrolment, protocol, kept),
        modules=list(titles.items()),
        pace=pace_of(
            enrolment, protocol, kept, holding_of(versions), bool(network.at_work),
            any(one.party == Party.WORKPLACE and one.reached for one in network.contacts), clock.today(),
        ) if enrolment.state == "active" else None,
        hand_overs=team.hand_overs(by, participant),
        colleagues=[(user.pk, user.name) for user in team.colleagues_on(by, participant)],
        stands_in_for=team.standing_in(by, [participant]).get(participant.pk),
        planned_modules={kind: shape.modules for kind, (_, shape) in protocol.session_kinds.items()},
        stages_of_change=protocol.programme.stages_of_change,
        makes_plan=any(phase.makes_plan for phase in protocol.programme.phases),
        network=network,
        statute=clock_of(participant),
        no_screen=participant.no_screen,
        marks=marks_of(participant),
        bring=bring.now + bring.later if bring else (),
        closing=closing.state if closing else "",
        aftercare=tuple(aftercare_of(participant)),
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
    _, shape = protocol.session_kinds[session.kind]
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
        present=session.present,
        planned=[
            (protocol.text(f"modules.{module}.title", language), module in session.modules) for module in shape.modules
        ],
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
