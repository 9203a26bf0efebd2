"""What a supervisor or HR adviser sees. No type here has a field that could hold anything about health.

Free text reaches them from one place only: what was written for the workplace, after the participant agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import clock, doors, words
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.hours import plan_weeks
from opstap.domain.access import Permission
from opstap.domain.work.weeks import Week
from opstap.store.models import CareLink, Participant, Plan, User, WorkplaceLink, WorkSpell


@dataclass(frozen=True)
class Worker:
    """One person who shares hours and agreements with this workplace."""

    pseudonym: str
    name: str
    since: date
    waits: bool


@dataclass(frozen=True)
class Agreement:
    """One version of the plan, as agreed by the worker."""

    id: int
    version: int
    hours: list[tuple[date, float]]
    contract_hours: float
    text: str
    agreed_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Page:
    """One worker's page for the workplace: hours, agreements, whom to call."""

    pseudonym: str
    name: str
    alias: str
    weeks: list[Week]
    contract_hours: float
    hours_now: float | None
    agreement: Agreement | None
    waits: bool
    contact: str


def workers(by: User) -> list[Worker]:
    """See who shares hours and agreements with this workplace."""
    links = (
        WorkplaceLink.objects.select_related("participant__key", "participant__study__protocol")
        .filter(user=by, ended_on=None)
        .order_by("-since", "-pk")
    )
    people = [link.participant for link in links]
    names = words.contacts_of(people)
    waiting = set(
        Plan.objects.filter(enrolment__participant__in=people, state="agreed").values_list(
            "enrolment__participant_id", flat=True
        )
    )
    return [
        Worker(link.participant.pseudonym, names[link.participant_id].name, link.since, link.participant_id in waiting)
        for link in links
    ]


def page(by: User, pseudonym: str) -> Page:
    """See one worker's hours and agreements; the worker sees that it was opened, and by whom."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_WORKPLACE, what="workplace")
    protocol = protocol_of(participant.study)
    # A version that the participant has not agreed to is not there for the workplace.
    plan = (
        Plan.objects.filter(
            enrolment__participant=participant, state__in=("agreed", "in_force"), agreed_at__isnull=False
        )
        .order_by("-version")
        .first()
    )
    agreement = _agreement(participant, plan) if plan else None
    spells = list(WorkSpell.objects.filter(participant=participant, source="coach").order_by("start"))
    today = clock.today()
    steps = agreement.hours if agreement else []
    return Page(
        pseudonym=participant.pseudonym,
        name=words.contact_of(participant).name,
        alias=protocol.workplace_alias(by.language),
        weeks=plan_weeks(steps, spells, today),
        contract_hours=agreement.contract_hours if agreement else 0,
        hours_now=next((hours for day, hours in reversed(steps) if day <= today), None),
        agreement=agreement,
        waits=plan is not None and plan.state == "agreed",
        contact=_contact(participant),
    )


def plan_to_confirm(by: User, pseudonym: str) -> Plan:
    """Open the version that waits for the workplace; NotHere when none does."""
    participant = doors.record_of(by, pseudonym, Permission.CONFIRM_PLAN, what="workplace")
    plan = (
        Plan.objects.select_related("enrolment__participant__study__protocol")
        .filter(enrolment__participant=participant, state__in=("agreed", "in_force"))
        .order_by("-version")
        .first()
    )
    if plan is None:
        raise doors.NotHere("plan")
    return plan


def _agreement(participant: Participant, plan: Plan) -> Agreement:
    assert plan.agreed_at is not None  # the query asks for it
    return Agreement(
        id=plan.pk,
        version=plan.version,
        hours=[(date.fromisoformat(step["from"]), float(step["hours"])) for step in plan.steps],
        contract_hours=plan.contract_hours,
        text=words.unseal(participant, plan.for_workplace_sealed),
        agreed_at=plan.agreed_at,
        confirmed_at=plan.confirmed_at,
    )


def _contact(participant: Participant) -> str:
    link = (
        CareLink.objects.select_related("user")
        .filter(participant=participant, until=None)
        .order_by("profession")
        .first()
    )
    return link.user.name if link else ""
