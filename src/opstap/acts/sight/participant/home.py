"""The parts of the first page: this week, energy, rights, and what remains after the end. Each only for who has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from opstap.acts import clock
from opstap.acts.closing import closing_of, read_points
from opstap.acts.plan_words import steps_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.closing import AftercareView, aftercare_of
from opstap.acts.sight.guidance.energy import Diary, diary_of
from opstap.acts.sight.participant.pages import language, pages_open
from opstap.acts.sight.statute import clock_of
from opstap.domain.programme.closing import Point
from opstap.domain.statute import Deadline
from opstap.domain.work.buildup import hours_on
from opstap.store.models import Participant, Plan, Session


@dataclass(frozen=True)
class DayView:
    """One day of the week: hours of work by the plan (None: the plan does not say), and whether there is a talk."""

    on: date
    hours: float | None
    talk: bool
    today: bool


@dataclass(frozen=True)
class TalkToday:
    """A talk of this week."""

    at: datetime
    title: str
    name: str


@dataclass(frozen=True)
class Remains:
    """What remains after the end: points of attention, and the next contact (None: none is planned)."""

    ended: date | None
    points: tuple[Point, ...]
    aftercare: AftercareView | None


@dataclass(frozen=True)
class Home:
    """The parts of the first page; None, or empty, for what someone does not have."""

    week: tuple[DayView, ...]
    talks: tuple[TalkToday, ...]
    energy: Diary | None
    deadline: Deadline | None
    rights: bool
    remains: Remains | None
    aftercare: AftercareView | None

    @property
    def shows_week(self) -> bool:
        """Tell whether there is anything to show of this week."""
        return any(day.hours is not None or day.talk for day in self.week)

    @property
    def works_today(self) -> float | None:
        """Give today's hours of work by the plan; None where it does not say."""
        return next((day.hours for day in self.week if day.today), None)


def home_of(participant: Participant) -> Home:
    """Give the parts of the first page of someone whose record was opened."""
    pages = pages_open(participant)
    running = bool(pages) and participant.enrolment.state == "active"
    statute = clock_of(participant) if "clock" in pages else None
    planned = [one for one in aftercare_of(participant) if one.state == "planned"] if pages else []
    ended = "sessions" in pages and participant.enrolment.state == "completed"
    talks = talks_this_week(participant) if running and "sessions" in pages else ()
    return Home(
        week=days_of(participant, talks) if "plan" in pages and participant.enrolment.state != "stopped" else (),
        talks=tuple(one for one in talks if timezone.localdate(one.at) == clock.today()),
        energy=diary_of(participant, None) if "energy" in pages else None,
        deadline=(statute.near[0] if statute.near else statute.coming) if statute and statute.timeline else None,
        rights=statute is not None,
        remains=_remains(participant, planned) if ended else None,
        aftercare=planned[0] if planned else None,
    )


def _monday() -> date:
    return clock.today() - timedelta(days=clock.today().weekday())


def talks_this_week(participant: Participant) -> tuple[TalkToday, ...]:
    """List the talks of this week that still stand, in order. Callers have opened the record."""
    rows = Session.objects.select_related("professional").filter(
        enrolment=participant.enrolment, state__in=("planned", "confirmed")
    )
    first, last = _monday(), _monday() + timedelta(days=6)
    protocol = protocol_of(participant.study)
    return tuple(
        TalkToday(one.planned_for, protocol.text(f"sessions.{one.kind}", language()), one.professional.name)
        for one in rows.order_by("planned_for", "pk")
        if first <= timezone.localdate(one.planned_for) <= last
    )


def days_of(participant: Participant, talks: tuple[TalkToday, ...]) -> tuple[DayView, ...]:
    """Lay out the days of this week: hours of work by the plan that holds, and talks. Callers opened the record."""
    plan = (
        Plan.objects.filter(enrolment=participant.enrolment, state__in=("agreed", "in_force"))
        .order_by("-version")
        .first()
    )
    steps = steps_of(participant, plan) if plan else ()
    with_talk = {timezone.localdate(one.at) for one in talks}
    days = (_monday() + timedelta(days=number) for number in range(7))
    return tuple(DayView(day, hours_on(steps, day), day in with_talk, day == clock.today()) for day in days)


def _remains(participant: Participant, planned: list[AftercareView]) -> Remains:
    enrolment = participant.enrolment
    row = closing_of(enrolment, locked=False)
    return Remains(enrolment.ended_on, read_points(participant, row) if row else (), planned[0] if planned else None)
