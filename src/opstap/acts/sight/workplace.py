"""What a supervisor or HR adviser sees. No type here has a field that could hold anything about health.

What is there for them is what the participant chose to share, item by item; free text reaches them only as it was
written for the workplace, after the participant agreed to it, or in messages that the participant can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from opstap.acts import clock, doors, words
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, SharingEnded
from opstap.acts.sight.answers import Answered
from opstap.acts.sight.around_questions import Questions, asked_at_work, opened_questions
from opstap.acts.sight.hours import plan_weeks
from opstap.acts.sight.participant.pages import pages_open
from opstap.acts.sight.plans import steps_for_workplace
from opstap.acts.sight.statute import clock_of
from opstap.acts.sight.threads import Thread, read, unread
from opstap.domain.access import Permission
from opstap.domain.sharing import Item
from opstap.domain.statute import Certainty, State
from opstap.domain.statute.audience import for_workplace
from opstap.domain.work.buildup import Step, at
from opstap.domain.work.weeks import Week
from opstap.store.models import (
    Adjustment,
    Application,
    ApplicationEntry,
    CareLink,
    Measurement,
    Participant,
    Plan,
    User,
    WorkplaceLink,
    WorkSpell,
)

#: How many dates ahead the workplace is shown.
MOST_TERMS = 5


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
    text: str
    agreed_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Change:
    """One adjustment at work that the worker agreed to: what, who arranges it by when, and how far it is."""

    id: int
    state: str
    adjusts: str
    arranger: str
    by_when: date | None
    text: str
    late: bool


@dataclass(frozen=True)
class Term:
    """One date that the law sets the employer: what, by when, late or not, together with the worker, and how sure."""

    title: str
    due: date | None
    late: bool
    together: bool
    sure: bool


@dataclass(frozen=True)
class Planned:
    """One step of the plan: from when, hours a week, how they lie over the weekdays, and what is done."""

    start: date
    hours: float
    days: tuple[tuple[int, float], ...]
    tasks: str


@dataclass(frozen=True)
class Call:
    """Whom to turn to. Only a name: an address at a hospital would tell something by itself."""

    name: str


@dataclass(frozen=True)
class Page:
    """One worker's page for the workplace. `items` names what is shared; what is not shared is empty here."""

    pseudonym: str
    name: str
    alias: str
    items: tuple[str, ...]
    weeks: list[Week]
    contract_hours: float
    hours_now: float | None
    next_step: tuple[date, float] | None
    step_now: Planned | None
    step_next: Planned | None
    build_up: list[tuple[date, float]]
    agreement: Agreement | None
    waits: bool
    changes: list[Change]
    terms: list[Term]
    call: Call | None
    unread: int
    questions: list[Questions]

    @property
    def asked(self) -> int:
        """Count what is asked of the workplace now."""
        return self.waits + len(self.questions) + sum(one.state == "agreed" for one in self.changes)


def workers(by: User) -> list[Worker]:
    """See who shares hours and agreements with this workplace."""
    links = (
        WorkplaceLink.objects.select_related("participant__key", "participant__study__protocol")
        .filter(user=by, ended_on=None)
        .order_by("-since", "-pk")
    )
    people = [link.participant for link in links]
    names = words.contacts_of(people)
    asked: set[tuple[int, str]] = {
        (one, Item.AGREEMENTS.value)
        for one in Plan.objects.filter(enrolment__participant__in=people, state="agreed").values_list(
            "enrolment__participant_id", flat=True
        )
    }
    asked |= {
        (one, Item.ADJUSTMENTS.value)
        for one in Adjustment.objects.filter(participant__in=people, state="agreed").values_list(
            "participant_id", flat=True
        )
    }
    questions = asked_at_work([one.pk for one in people])
    return [
        Worker(
            link.participant.pseudonym,
            names[link.participant_id].name,
            link.since,
            link.participant_id in questions or any((link.participant_id, item) in asked for item in link.items),
        )
        for link in links
    ]


def page(by: User, pseudonym: str) -> Page:
    """See what one worker shares; the worker sees that it was opened, and by whom."""
    participant, link = _opened(by, pseudonym, Permission.SEE_WORKPLACE)
    return page_of(participant, link, by.language)


def page_of(participant: Participant, link: WorkplaceLink, language: str) -> Page:
    """Give exactly what one person at work is shown. Also drawn for the participant, beforehand."""
    shared, today = set(link.items), clock.today()
    begun = new_job_of(link)
    plan = _plan_for(participant, begun)
    steps = [(date.fromisoformat(step["from"]), float(step["hours"])) for step in plan.steps] if plan else []
    hours, all_steps = Item.HOURS in shared, Item.STEPS in shared
    spells = _spells_for(participant, begun) if hours else []
    planned = steps_for_workplace(participant, plan) if plan and (hours or all_steps) else ()
    now, coming = at(planned, today), next((step for step in planned if step.start > today), None)
    weeks = plan_weeks(steps, spells, today) if hours or all_steps else []
    return Page(
        pseudonym=participant.pseudonym,
        name=words.contact_of(participant).name,
        alias=protocol_of(participant.study).workplace_alias(language),
        items=tuple(link.items),
        weeks=weeks if all_steps else [week for week in weeks if week.monday <= today],
        contract_hours=plan.contract_hours if plan and weeks else 0,
        hours_now=next((amount for day, amount in reversed(steps) if day <= today), None) if hours else None,
        next_step=next(((day, amount) for day, amount in steps if day > today), None) if hours else None,
        step_now=_planned(now, tasks=all_steps),
        step_next=_planned(coming, tasks=all_steps),
        build_up=steps if all_steps else [],
        agreement=_agreement(participant, plan) if plan and Item.AGREEMENTS in shared else None,
        waits=plan is not None and plan.state == "agreed" and Item.AGREEMENTS in shared,
        changes=_changes(participant, begun) if Item.ADJUSTMENTS in shared else [],
        terms=_terms(participant, language) if Item.DEADLINES in shared and begun is None else [],
        call=_call(participant) if Item.CALL in shared else None,
        unread=unread(link.user, [participant.pk])[participant.pk, link.pk],
        questions=asked_at_work([participant.pk]).get(participant.pk, []),
    )


def plan_to_confirm(by: User, pseudonym: str) -> Plan:
    """Open the version that waits for the workplace; NotHere when none does."""
    participant, link = _opened(by, pseudonym, Permission.CONFIRM_PLAN, Item.AGREEMENTS)
    plan = _plan_for(participant, new_job_of(link))
    if plan is None:
        raise NotHere("plan")
    return plan


def change(by: User, pseudonym: str, pk: int) -> Adjustment:
    """Open an adjustment that the worker agreed to; NotHere for any other."""
    participant, link = _opened(by, pseudonym, Permission.ARRANGE_ADJUSTMENT, Item.ADJUSTMENTS)
    found = _changes_for(participant, new_job_of(link)).select_related("participant__study__protocol")
    adjustment = found.filter(pk=pk).first()
    if adjustment is None:
        raise NotHere(pk)
    return adjustment


def shared_now(by: User) -> list[tuple[Participant, WorkplaceLink]]:
    """List who shares with someone at work now, for their calendar; a list opens no record."""
    links = WorkplaceLink.objects.select_related("participant__key", "participant__study__protocol").filter(
        user=by, ended_on=None
    )
    found = [(link.participant, link) for link in links.order_by("pk")]
    return [(participant, link) for participant, link in found if "plan" in pages_open(participant)]


def opened(by: User, pseudonym: str) -> tuple[Participant, WorkplaceLink]:
    """Open what one worker shares, to be put into a calendar."""
    return _opened(by, pseudonym, Permission.SEE_WORKPLACE)


def questions(by: User, pseudonym: str, number: int) -> tuple[Measurement, Answered]:
    """Open what the workplace is asked about one worker; SharingEnded where nothing is shared any longer."""
    _opened(by, pseudonym, Permission.ANSWER_AS_WORKPLACE, what="questions")
    return opened_questions(by, pseudonym, number, ["workplace"])


def thread(by: User, pseudonym: str) -> tuple[Participant, WorkplaceLink, Thread]:
    """Open the messages with the care team."""
    participant, link = _opened(by, pseudonym, Permission.SEE_WORKPLACE, what="messages")
    return participant, link, read(by, participant, link)


def _opened(
    by: User, pseudonym: str, permission: Permission, item: Item | None = None, what: str = "workplace"
) -> tuple[Participant, WorkplaceLink]:
    """Open a worker's record through the link; SharingEnded where there was one, or it no longer holds the item."""
    links = WorkplaceLink.objects.select_related("user", "job").filter(participant__pseudonym=pseudonym, user=by)
    try:
        participant = doors.record_of(by, pseudonym, permission, what=what)
    except NotHere:
        if links.exclude(ended_on=None).exists():
            raise SharingEnded(pseudonym) from None
        raise
    link = links.filter(ended_on=None).first()
    # In a study where the workplace is part of the programme, nobody outside the programme has one.
    if link is None or "plan" not in pages_open(participant):
        raise NotHere(pseudonym)
    if item is not None and item.value not in link.items:
        raise SharingEnded(pseudonym)
    return participant, link


def _agreement(participant: Participant, plan: Plan) -> Agreement:
    assert plan.agreed_at is not None  # the query asks for it
    return Agreement(
        id=plan.pk,
        version=plan.version,
        text=words.unseal(participant, plan.for_workplace_sealed),
        agreed_at=plan.agreed_at,
        confirmed_at=plan.confirmed_at,
    )


def _terms(participant: Participant, language: str) -> list[Term]:
    """List the employer's own dates that wait, the first ones."""
    timeline = clock_of(participant).timeline
    found = for_workplace(timeline) if timeline else ()
    return [
        Term(
            title=one.title.in_(language),
            due=one.due,
            late=one.state is State.LATE,
            together=one.with_employee,
            sure=one.certainty is Certainty.SETTLED,
        )
        for one in found
        if one.state is not State.DONE
    ][:MOST_TERMS]


@dataclass(frozen=True)
class NewJob:
    """A new job: when its offer was accepted, and its first day."""

    accepted_at: datetime
    starts_on: date


def new_job_of(link: WorkplaceLink) -> NewJob | None:
    """Give the new job that someone at work belongs to: they see nothing older. None for the work before it."""
    return _new_job(link.job) if link.job is not None else None


def new_job_after(link: WorkplaceLink) -> NewJob | None:
    """Give the first new job that came after the work that someone belongs to: its talks are not theirs."""
    accepted = Application.objects.filter(enrolment__participant=link.participant_id, state="accepted")
    later = accepted if link.job is None else accepted.filter(pk__gt=link.job.pk)
    return next(iter(sorted(map(_new_job, later), key=lambda one: one.accepted_at)), None)


def _new_job(application: Application) -> NewJob:
    assert application.starts_on is not None  # an accepted one has it
    entry = ApplicationEntry.objects.filter(application=application, state="accepted").latest("pk")
    return NewJob(entry.at, application.starts_on)


def _plan_for(participant: Participant, begun: NewJob | None) -> Plan | None:
    """Give the version that someone at work may know of.

    A version that the participant has not agreed to is not there, nor one of the work before the new job.
    """
    rows = Plan.objects.select_related("enrolment__participant__study__protocol").filter(
        enrolment__participant=participant, state__in=("agreed", "in_force"), agreed_at__isnull=False
    )
    if begun is not None:
        rows = rows.filter(offered_at__gte=begun.accepted_at)
    return rows.order_by("-version").first()


def _spells_for(participant: Participant, begun: NewJob | None) -> list[WorkSpell]:
    """List the hours that someone at work may know of: never those of a trial elsewhere, or of another employer."""
    rows = WorkSpell.objects.filter(participant=participant, source="coach").exclude(job__startswith="trial-")
    if begun is None:
        return list(rows.exclude(job__startswith="new-").order_by("start"))
    return list(rows.filter(start__gte=begun.starts_on).order_by("start"))


def steps_shared(participant: Participant, link: WorkplaceLink) -> tuple[Step, ...]:
    """Give the steps that one person at work may know of: all of them, now and the next, or none."""
    plan = _plan_for(participant, new_job_of(link))
    steps = steps_for_workplace(participant, plan) if plan else ()
    if Item.STEPS in link.items:
        return steps
    if Item.HOURS not in link.items:
        return ()
    coming = [step for step in steps if step.start > clock.today()]
    now = at(steps, clock.today())
    return (*((now,) if now else ()), *coming[:1])


def _planned(step: Step | None, *, tasks: bool) -> Planned | None:
    return Planned(step.start, step.hours, step.days, step.tasks if tasks else "") if step else None


def _changes_for(participant: Participant, begun: NewJob | None) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.filter(participant=participant, agreed_at__isnull=False).exclude(state="dropped")
    return rows if begun is None else rows.filter(proposed_at__gte=begun.accepted_at)


def _changes(participant: Participant, begun: NewJob | None) -> list[Change]:
    rows = _changes_for(participant, begun)
    return [
        Change(
            id=row.pk,
            state=row.state,
            adjusts=row.adjusts,
            arranger=row.arranger,
            by_when=row.by_when,
            text=words.unseal(participant, row.for_workplace_sealed),
            late=row.by_when is not None and row.by_when < clock.today() and row.state != "arranged",
        )
        for row in rows.order_by("pk")
    ]


def _call(participant: Participant) -> Call | None:
    link = (
        CareLink.objects.select_related("user")
        .filter(participant=participant, until=None)
        .order_by("profession")
        .first()
    )
    return Call(link.user.name) if link else None
