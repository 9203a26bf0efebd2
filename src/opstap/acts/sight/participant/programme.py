"""The programme's own pages: the plan and the sessions. Only for those whom their arm opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import clock, words
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.participant.pages import language, with_page
from opstap.domain.months import add_months
from opstap.domain.work.spells import Kind, Spell
from opstap.domain.work.weeks import Week, weeks
from opstap.store.models import CareLink, Participant, Plan, Session, User, WorkplaceLink, WorkSpell


@dataclass(frozen=True)
class Step:
    """From which day how many hours a week; `now` marks the step that holds today."""

    day: date
    hours: float
    now: bool


@dataclass(frozen=True)
class Version:
    """One version of the plan, with who agreed and when (None: not yet)."""

    pk: int
    number: int
    state: str
    aim: str
    contract_hours: float
    steps: tuple[Step, ...]
    goal: str
    for_workplace: str
    offered_by: str
    profession: str
    offered_at: datetime
    agreed_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str


@dataclass(frozen=True)
class PlanPage:
    """The current version with the weeks of its picture, and the versions before it, latest first."""

    current: Version | None
    weeks: tuple[Week, ...]
    today: date
    earlier: tuple[Version, ...]
    has_workplace: bool


@dataclass(frozen=True)
class ModuleLine:
    """One module of the programme; `on` is the last day it was covered in a session."""

    id: str
    title: str
    on: date | None


@dataclass(frozen=True)
class Talk:
    """One session: `state` as in the journey, or "unwritten" for one whose time has passed and is not written down."""

    pk: int
    title: str
    state: str
    at: datetime
    mode: str
    professional: str
    held_on: date | None
    minutes: int | None
    modules: tuple[ModuleLine, ...]
    note: str


@dataclass(frozen=True)
class Talks:
    """Sessions to come and sessions that were, and how far along it all is (`limit` and `until`: where there are)."""

    coming: tuple[Talk, ...]
    past: tuple[Talk, ...]
    held: int
    limit: int | None
    until: date | None
    weeks_left: int | None
    running: bool

    @property
    def blocks(self) -> list[str]:
        """Give one word per session of the programme: done, next, or nothing yet."""
        total = max(self.limit or 0, self.held)
        return ["done"] * self.held + ["next"] * (total > self.held) + [""] * (total - self.held - 1)


def plan_of(participant: Participant) -> PlanPage:
    """Give the plan of a participant whose page is open."""
    rows = list(
        Plan.objects.select_related("offered_by", "confirmed_by")
        .filter(enrolment__participant=participant)
        .order_by("-version")
    )
    professions = {
        link.user_id: link.profession for link in CareLink.objects.filter(participant=participant).order_by("pk")
    }
    versions = [_version(participant, row, professions) for row in rows]
    current = next((one for one in versions if one.state != "replaced"), None)
    drawn: list[Week] = []
    if current is not None:
        drawn = weeks([(step.day, step.hours) for step in current.steps], _worked(participant), clock.today())
    return PlanPage(
        current=current,
        weeks=tuple(drawn),
        today=clock.today(),
        earlier=tuple(one for one in versions if one is not current),
        has_workplace=WorkplaceLink.objects.filter(participant=participant, ended_on=None).exists(),
    )


def _version(participant: Participant, row: Plan, professions: dict[int, str]) -> Version:
    days = [date.fromisoformat(step["from"]) for step in row.steps]
    holding = max((day for day in days if day <= clock.today()), default=None)
    return Version(
        pk=row.pk,
        number=row.version,
        state=row.state,
        aim=row.aim,
        contract_hours=row.contract_hours,
        steps=tuple(
            Step(day, step["hours"], day == holding and row.state != "replaced")
            for day, step in zip(days, row.steps, strict=True)
        ),
        goal=words.unseal(participant, row.goal_sealed),
        for_workplace=words.unseal(participant, row.for_workplace_sealed),
        offered_by=row.offered_by.name,
        profession=professions.get(row.offered_by_id, ""),
        offered_at=row.offered_at,
        agreed_at=row.agreed_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
    )


def _worked(participant: Participant) -> list[Spell]:
    return [
        Spell(
            participant.pseudonym, row.start, row.end, row.contract_hours, row.actual_hours, row.sick_percent,
            Kind(row.kind), row.job, row.source,
        )
        for row in WorkSpell.objects.filter(participant=participant, source="coach").order_by("start")
    ]  # fmt: skip


def talks(by: User) -> Talks:
    """Open the sessions; NotHere when the page is not open to this participant."""
    return talks_of(with_page(by, "sessions"))


def talks_of(participant: Participant) -> Talks:
    """Give the sessions of a participant whose page is open."""
    protocol = protocol_of(participant.study)
    limits, enrolment = protocol.programme.limits, participant.enrolment
    rows = Session.objects.select_related("professional").filter(enrolment=enrolment).order_by("planned_for", "pk")
    seen = [_talk(participant, row) for row in rows]
    running = enrolment.state == "active"
    until = add_months(enrolment.started_on, limits.months) if enrolment.started_on and limits.months else None
    return Talks(
        coming=tuple(talk for talk in seen if talk.state in ("planned", "confirmed")),
        past=tuple(reversed([talk for talk in seen if talk.state not in ("planned", "confirmed")])),
        held=sum(talk.state == "held" for talk in seen),
        limit=limits.sessions,
        until=until,
        weeks_left=(until - clock.today()).days // 7 if until and running and until >= clock.today() else None,
        running=running,
    )


def _talk(participant: Participant, row: Session) -> Talk:
    protocol = protocol_of(participant.study)
    passed = row.state in ("planned", "confirmed") and row.planned_for < clock.now()
    return Talk(
        pk=row.pk,
        title=protocol.text(f"sessions.{row.kind}", language()),
        state="unwritten" if passed else row.state,
        at=row.planned_for,
        mode=row.mode,
        professional=row.professional.name,
        held_on=row.held_on,
        minutes=row.minutes,
        modules=tuple(
            ModuleLine(one, protocol.text(f"modules.{one}.title", language()), row.held_on) for one in row.modules
        ),
        note=words.unseal(participant, row.shared_sealed),
    )
