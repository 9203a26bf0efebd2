"""One week for a sheet of paper: work and talks by day, whom to call, and whether there is a diary to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from opstap.acts import clock, doors
from opstap.acts.refusals import NotHere
from opstap.acts.sight.network import name_of
from opstap.acts.sight.participant.home import DayView, TalkToday, days_of, talks_this_week
from opstap.acts.sight.participant.pages import pages_open, with_page
from opstap.domain.access import Permission
from opstap.store.models import CareLink, Participant, Plan, User


@dataclass(frozen=True)
class WeekOnPaper:
    """The week of today, from Monday. `steps_back`: there is a plan from which one can step back."""

    pseudonym: str
    name: str
    days: tuple[DayView, ...]
    talks: tuple[TalkToday, ...]
    diary: bool
    steps_back: bool
    people: tuple[str, ...]
    made: date


def own_week(by: User) -> WeekOnPaper:
    """Open one's own week."""
    return week_of(with_page(by, "sessions"))


def case_week(by: User, pseudonym: str) -> WeekOnPaper:
    """Open the week of someone one looks after; NotHere when their arm has no programme."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_CASE, what="plan")
    if "sessions" not in pages_open(participant):
        raise NotHere("week")
    return week_of(participant)


def week_of(participant: Participant) -> WeekOnPaper:
    """Give the week of a participant whose record was opened."""
    people = CareLink.objects.select_related("user").filter(participant=participant, until=None).order_by("pk")
    talks = talks_this_week(participant)
    return WeekOnPaper(
        pseudonym=participant.pseudonym,
        name=name_of(participant),
        days=days_of(participant, talks),
        talks=talks,
        diary="energy" in pages_open(participant),
        steps_back=Plan.objects.filter(enrolment=participant.enrolment, state__in=("agreed", "in_force")).exists(),
        people=tuple(link.user.name for link in people),
        made=clock.today(),
    )
