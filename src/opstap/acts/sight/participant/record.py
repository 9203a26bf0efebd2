"""One's own data: how to be reached, what was decided, who looked, who was let in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from opstap.acts import clock, doors, keys, words
from opstap.acts.behalf import Marks, marks_of
from opstap.acts.consents import STUDY_FORM
from opstap.acts.sight.participant.deciding import Form, consents
from opstap.acts.sight.participant.pages import pages_open
from opstap.acts.words import Contact
from opstap.store.models import CareLink, Cover, Participant, ReadEvent, User, WorkplaceLink

A_PAGE = 20


@dataclass(frozen=True)
class Look:
    """Someone opened the record: who, in which role, what part, when."""

    name: str
    role: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Looks:
    """One page of who looked, latest first, and whether there are newer and older ones."""

    looks: tuple[Look, ...]
    page: int
    newer: bool
    older: bool


@dataclass(frozen=True)
class Person:
    """Someone who takes part with the participant: a professional, or someone at work (`role` is "workplace")."""

    pk: int
    name: str
    initials: str
    email: str
    role: str
    since: date
    stands_in_for: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Record:
    """One's own data on one page."""

    contact: Contact
    consents: tuple[Form, ...]
    has_code: bool
    looks: tuple[Look, ...]
    workplace: tuple[Person, ...]
    may_invite: bool
    may_withdraw: bool
    study_form: str
    may_stop: bool


def record(by: User) -> Record:
    """Open one's own data."""
    participant = doors.own_record(by)
    forms = consents(participant)
    leave = {form.kind for form in forms if form.may_leave}
    return Record(
        contact=words.contact_of(participant),
        consents=tuple(forms),
        has_code=keys.has_code(by),
        looks=looks_of(participant, 1, most=3).looks,
        workplace=tuple(workplace_of(participant)),
        may_invite="plan" in pages_open(participant),
        may_withdraw=bool(leave & {"study", "partner"}),
        study_form=STUDY_FORM[participant.cohort],
        may_stop="programme" in leave,
    )


def own_marks(by: User) -> Marks:
    """Give how things of one's own came in that were written down from paper or by telephone."""
    return marks_of(doors.own_record(by))


def looks(by: User, page: int) -> Looks:
    """List who looked at one's own record, a page at a time, counted from 1."""
    return looks_of(doors.own_record(by), max(1, page))


def looks_of(participant: Participant, page: int, *, most: int = A_PAGE) -> Looks:
    """List who looked at a participant's record, latest first. Callers have opened the record."""
    first = (page - 1) * most
    rows = list(
        ReadEvent.objects.select_related("by")
        .filter(participant=participant)
        .order_by("-at", "-pk")[first : first + most + 1]
    )
    return Looks(
        looks=tuple(Look(row.by.name, row.role, row.what, row.at) for row in rows[:most]),
        page=page,
        newer=page > 1,
        older=len(rows) > most,
    )


def workplace_of(participant: Participant) -> list[Person]:
    """List who at work is let in now. Callers have opened the record."""
    rows = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None).order_by("pk")
    return [_person(row.pk, row.user, "workplace", row.since) for row in rows]


def people_of(participant: Participant) -> list[Person]:
    """List who looks after someone now, who stands in, and who at work is let in. Callers have opened the record."""
    rows = CareLink.objects.select_related("user").filter(participant=participant, until=None)
    care = [_person(row.pk, row.user, row.profession, row.since) for row in rows.order_by("-profession", "pk")]
    return care + _stand_ins(participant) + workplace_of(participant)


def _stand_ins(participant: Participant) -> list[Person]:
    today = clock.today()
    team = {link.user_id: link for link in CareLink.objects.filter(participant=participant, until=None)}
    covers = Cover.objects.select_related("user", "stand_in").filter(
        study=participant.study_id, user__in=team, since__lte=today, until__gte=today
    )
    return [
        replace(
            _person(cover.pk, cover.stand_in, team[cover.user_id].profession, cover.since),
            stands_in_for=cover.user.name,
            until=cover.until,
        )
        for cover in covers.order_by("pk")
    ]


def workplace_link(by: User, pk: int) -> tuple[Participant, WorkplaceLink | None]:
    """Give one's own record and the link to someone at work; None when there is no such link of one's own."""
    participant = doors.own_record(by)
    return participant, WorkplaceLink.objects.filter(participant=participant, pk=pk).first()


def _person(pk: int, user: User, role: str, since: date) -> Person:
    return Person(pk, user.name, Contact(user.name, "").initials, user.email, role, since)
