"""Today: what is asked, what comes next, and who is around. At most three things are asked at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from opstap.acts import clock, doors
from opstap.acts.calendar import state_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.participant.deciding import Form, to_decide
from opstap.acts.sight.participant.filling import progress
from opstap.acts.sight.participant.network import asks_of
from opstap.acts.sight.participant.pages import arm_of, language, pages_open, records_of
from opstap.acts.sight.participant.programme import PlanPage, Talk, Talks, plan_of, talks_of
from opstap.acts.sight.participant.record import Look, Person, looks_of, people_of
from opstap.acts.sight.search import due_for
from opstap.acts.sight.threads import unread
from opstap.store.models import Measurement, Participant, User

AT_MOST = 3


@dataclass(frozen=True)
class Ask:
    """One thing that is asked, `ref` naming which.

    That is a consent, questionnaire, plan, session, adjustment, letter or application.
    """

    kind: str
    ref: str
    title: str
    on: date | datetime | None = None
    done: int = 0
    total: int = 0
    ready: bool = True


@dataclass(frozen=True)
class Wave:
    """One of someone's measurements: its name, state and days, and how far it was filled in while it is open."""

    pk: int
    title: str
    state: str
    opens_on: date
    closes_on: date
    submitted_at: datetime | None
    done: int
    total: int


@dataclass(frozen=True)
class Today:
    """The first page. `stage` tells where someone is; `group` is what the lot gave them, where it was drawn."""

    now: datetime
    part_of_day: str
    stage: str
    asks: tuple[Ask, ...]
    waiting: int
    session: Talk | None
    talks: Talks | None
    plan: PlanPage | None
    group: tuple[str, str] | None
    summary: str
    waves: tuple[Wave, ...]
    decide_from: date | None
    people: tuple[Person, ...]
    looks: tuple[Look, ...]
    messages: int = 0

    @property
    def coming(self) -> list[Wave]:
        """List the questionnaires that are still to open."""
        return [wave for wave in self.waves if wave.state == "scheduled"]


def today(by: User) -> Today:
    """Open the first page of the person who signed in."""
    participant = doors.own_record(by)
    protocol = protocol_of(participant.study)
    pages = pages_open(participant)
    arm = arm_of(records_of(participant)[1], protocol) if protocol.study.allocation else None
    waves = _waves(participant)
    talks = talks_of(participant) if "sessions" in pages else None
    plan = plan_of(participant) if "plan" in pages else None
    forms = to_decide(participant)
    asks = _asks(forms, waves, talks, plan)
    if "plan" in pages:
        asks += [Ask(kind, ref, title) for kind, ref, title in asks_of(participant)]
    if "search" in pages and talks and talks.running:
        asks += [Ask("application", ref, step, on=day) for ref, step, day in due_for(participant)]
    hour = timezone.localtime(clock.now()).hour
    return Today(
        now=clock.now(),
        part_of_day="morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        stage=_stage(participant, forms, waves),
        asks=tuple(asks[:AT_MOST]),
        waiting=len(asks) - AT_MOST if len(asks) > AT_MOST else 0,
        session=talks.coming[0] if talks and talks.coming else None,
        talks=talks,
        plan=plan if plan and plan.current else None,
        group=(protocol.text(f"arms.{arm}.title", language()), protocol.text(f"arms.{arm}.text", language()))
        if arm
        else None,
        summary=protocol.text("summary", language()),
        waves=tuple(waves),
        decide_from=max((form.opens_on for form in forms if form.opens_on and not form.can_decide), default=None),
        people=tuple(people_of(participant)),
        looks=looks_of(participant, 1, most=3).looks,
        messages=unread(by, [participant.pk])[participant.pk, None] if "sessions" in pages else 0,
    )


def questionnaires(by: User) -> list[Wave]:
    """List someone's own measurements in the order of their days."""
    return _waves(doors.own_record(by))


def _stage(participant: Participant, forms: list[Form], waves: list[Wave]) -> str:
    if participant.state != "included":
        return {"informed": "deciding", "non_participant": "not_taking_part"}.get(participant.state, "before")
    enrolment, participation = records_of(participant)
    if enrolment is not None and enrolment.state == "active":
        return "programme"
    stages = {"consented": "baseline", "baseline_done": "lot", "in_follow_up": "follow_up"}
    if participation is not None and participation.state in stages:
        more = any(wave.state in ("scheduled", "open", "started") for wave in waves)
        return stages[participation.state] if more or participation.state != "in_follow_up" else "done"
    return "deciding" if forms else "done"


def _asks(forms: list[Form], waves: list[Wave], talks: Talks | None, plan: PlanPage | None) -> list[Ask]:
    asks = [Ask("consent", form.kind, form.title, on=form.opens_on, ready=form.can_decide) for form in forms]
    asks += [
        Ask("questionnaire", str(wave.pk), wave.title, on=wave.closes_on, done=wave.done, total=wave.total)
        for wave in waves
        if wave.state in ("open", "started")
    ]
    if plan and plan.current and plan.current.state == "offered":
        asks.append(Ask("plan", str(plan.current.pk), str(plan.current.number), on=plan.current.offered_at))
    if talks:
        asks += [
            Ask("session", str(talk.pk), talk.professional, on=talk.at)
            for talk in talks.coming
            if talk.state == "planned"
        ]
    return asks


def _waves(participant: Participant) -> list[Wave]:
    protocol = protocol_of(participant.study)
    rows = (
        Measurement.objects.prefetch_related("sheets")
        .filter(participant=participant, respondent="participant")
        .order_by("due_on", "pk")
    )
    waves = []
    for row in rows:
        state = state_of(row)
        done, total = progress(participant, row) if state in ("open", "started") else (0, 0)
        title = protocol.text(f"waves.{row.wave}", language())
        waves.append(Wave(row.pk, title, state, row.opens_on, row.closes_on, row.submitted_at, done, total))
    return waves
