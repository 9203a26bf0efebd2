"""Today: what is asked, what comes next, and who is around. At most three things are asked at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from opstap.acts import clock, doors
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.participant.asking import Ask, Wave, in_order, open_asks, waves_of
from opstap.acts.sight.participant.deciding import Form, to_decide
from opstap.acts.sight.participant.home import Home, home_of
from opstap.acts.sight.participant.pages import arm_of, language, pages_open, records_of
from opstap.acts.sight.participant.programme import PlanPage, Talk, Talks, plan_of, talks_of
from opstap.acts.sight.participant.record import Look, Person, looks_of, people_of
from opstap.acts.sight.threads import unread
from opstap.store.models import Participant, User


@dataclass(frozen=True)
class Today:
    """The first page. `stage` tells where someone is; `group` is what the lot gave them, where it was drawn."""

    now: datetime
    part_of_day: str
    stage: str
    asks: tuple[Ask, ...]
    later: tuple[Ask, ...]
    session: Talk | None
    talks: Talks | None
    plan: PlanPage | None
    group: tuple[str, str] | None
    summary: str
    waves: tuple[Wave, ...]
    decide_from: date | None
    people: tuple[Person, ...]
    looks: tuple[Look, ...]
    home: Home
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
    waves = waves_of(participant)
    talks = talks_of(participant) if "sessions" in pages else None
    plan = plan_of(participant) if "plan" in pages else None
    forms = to_decide(participant)
    asked = in_order(open_asks(participant, forms, waves))
    hour = timezone.localtime(clock.now()).hour
    return Today(
        now=clock.now(),
        part_of_day="morning" if hour < 12 else "afternoon" if hour < 18 else "evening",
        stage=_stage(participant, forms, waves),
        asks=asked.now,
        later=asked.later,
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
        home=home_of(participant),
        messages=unread(by, [participant.pk])[participant.pk, None] if "sessions" in pages else 0,
    )


def questionnaires(by: User) -> list[Wave]:
    """List someone's own measurements in the order of their days."""
    return waves_of(doors.own_record(by))


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
