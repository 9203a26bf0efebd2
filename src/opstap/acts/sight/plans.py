"""A plan as participant and care team read it: versions with what changed, who agreed, the weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import clock, words
from opstap.acts.plan_words import steps_of, version_of
from opstap.acts.plans import HOLDING
from opstap.acts.sight.hours import plan_weeks
from opstap.acts.stepping import back_from
from opstap.domain.work.buildup import Step, at
from opstap.domain.work.revision import Change, changes
from opstap.domain.work.weeks import Week
from opstap.store.models import CareLink, Participant, Plan, WorkplaceLink, WorkSpell


@dataclass(frozen=True)
class VersionView:
    """One version: its steps and words, who agreed and when (None: not yet), and what it changed of the one before."""

    pk: int
    number: int
    state: str
    aim: str
    contract_hours: float
    available: tuple[int, ...]
    steps: tuple[Step, ...]
    now: Step | None
    goal: str
    for_workplace: str
    relapse: str
    why: str
    by_participant: bool
    professional: str
    profession: str
    professional_at: datetime | None
    offered_at: datetime
    agreed_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    changed: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the participant agreed with it and no later version took its place."""
        return self.state in HOLDING


@dataclass(frozen=True)
class PlanStory:
    """Every version, the newest first: the one to look at, the one that holds, and the weeks of both."""

    name: str
    versions: tuple[VersionView, ...]
    today: date
    weeks: tuple[Week, ...]
    workplaces: tuple[str, ...]
    contract_hours: float

    @property
    def newest(self) -> VersionView | None:
        """Give the newest version that was not replaced."""
        return next((one for one in self.versions if one.state != "replaced"), None)

    @property
    def holding(self) -> VersionView | None:
        """Give the version that holds now."""
        return next((one for one in self.versions if one.holds), None)

    @property
    def earlier(self) -> list[VersionView]:
        """List every version but the newest."""
        return [one for one in self.versions if one is not self.newest]


def story_of(participant: Participant) -> PlanStory:
    """Give the plan of someone whose record has been opened, with all its versions."""
    rows = list(
        Plan.objects.select_related("offered_by", "accepted_by", "confirmed_by")
        .filter(enrolment__participant=participant)
        .order_by("-version")
    )
    professions = dict(
        CareLink.objects.filter(participant=participant).order_by("pk").values_list("user_id", "profession")
    )
    spells = list(WorkSpell.objects.filter(participant=participant, source="coach").order_by("start"))
    links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None)
    before: list[Plan | None] = [*rows, None][1:]
    versions = tuple(_version(participant, row, older, professions) for row, older in zip(rows, before, strict=True))
    newest = next((one for one in versions if one.state != "replaced"), None)
    contract = newest.contract_hours if newest else (spells[-1].contract_hours if spells else 0.0)
    steps = [(step.start, step.hours) for step in newest.steps] if newest else []
    return PlanStory(
        name=words.contact_of(participant).name,
        versions=versions,
        today=clock.today(),
        weeks=tuple(plan_weeks(steps, spells, clock.today())),
        workplaces=tuple(link.user.name for link in links),
        contract_hours=contract,
    )


def _version(participant: Participant, row: Plan, older: Plan | None, professions: dict[int, str]) -> VersionView:
    steps = steps_of(participant, row)
    by_participant = row.offered_by_id not in professions
    professional = row.accepted_by if by_participant else row.offered_by
    changed = changes(version_of(participant, older), version_of(participant, row)) if older else []
    return VersionView(
        pk=row.pk,
        number=row.version,
        state=row.state,
        aim=row.aim,
        contract_hours=row.contract_hours,
        available=tuple(row.available),
        steps=steps,
        now=at(steps, clock.today()) if row.state != "replaced" else None,
        goal=words.unseal(participant, row.goal_sealed),
        for_workplace=words.unseal(participant, row.for_workplace_sealed),
        relapse=words.unseal(participant, row.relapse_sealed),
        why=words.unseal(participant, row.why_sealed),
        by_participant=by_participant,
        professional=professional.name if professional else "",
        profession=professions.get(professional.pk, "") if professional else "",
        professional_at=row.accepted_at if by_participant else row.offered_at,
        offered_at=row.offered_at,
        agreed_at=row.agreed_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by.name if row.confirmed_by else "",
        changed=tuple(changed),
    )


def steps_for_workplace(participant: Participant, plan: Plan) -> tuple[Step, ...]:
    """Give the steps of a version for a workplace: days, hours, and what is done; for one the participant agreed with.

    Callers show it only where the participant agreed: a version that waits is not there for a workplace.
    """
    return steps_of(participant, plan) if plan.state in HOLDING and plan.agreed_at else ()


def weeks_of(participant: Participant, steps: Sequence[Step]) -> list[Week]:
    """Lay steps in the making beside the hours that were written down."""
    spells = WorkSpell.objects.filter(participant=participant, source="coach").order_by("start")
    return plan_weeks([(step.start, step.hours) for step in steps], spells, clock.today())


def back_of(participant: Participant, weeks: int) -> tuple[Step, ...]:
    """Give the steps that a step back would make of the version that holds, to be shown before it is taken."""
    rows = Plan.objects.filter(enrolment__participant=participant, state__in=HOLDING).order_by("-version")
    return back_from(participant, rows[0], weeks)
