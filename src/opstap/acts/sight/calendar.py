"""Talks for a calendar program: neutral words only, since a calendar may lie open anywhere.

The title is the programme's name for a workplace; a professional's also has the participant's pseudonym.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from opstap.acts import clock, doors
from opstap.acts.feeds import feed_user
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import pages_open, with_page
from opstap.domain.access import Permission, Role
from opstap.store.models import Participant, Session, User

#: How long a talk is entered for while its length is not known, in minutes.
MINUTES = 60
#: How far back a feed goes, in days.
BACK = 90


@dataclass(frozen=True)
class Entry:
    """One talk in a calendar: `uid` stays the same when it is moved; `mode` is in person, video or telephone."""

    uid: str
    title: str
    start: datetime
    minutes: int
    mode: str
    cancelled: bool


def own_talk(by: User, pk: int) -> Entry:
    """Give one's own talk as an entry."""
    participant = with_page(by, "sessions")
    session = Session.objects.filter(pk=pk, enrolment__participant=participant).first()
    if session is None:
        raise NotHere(pk)
    return _entry(session, participant, by.language if by.email else participant.language, named=False)


def care_talk(by: User, pk: int) -> Entry:
    """Give a talk as an entry for the professional."""
    session = doors.session_of(by, pk, Permission.DELIVER)
    return _entry(session, session.enrolment.participant, by.language, named=True)


def feed(token: str) -> list[Entry]:
    """Give the talks of whose feed this is; NotHere for a token that gives nothing (any longer)."""
    user = feed_user(token)
    with doors.entering(user):
        rows = Session.objects.select_related("enrolment__participant__study__protocol").filter(
            planned_for__gte=clock.now() - timedelta(days=BACK)
        )
        if Role.PARTICIPANT in doors.roles_of(user):
            participant = doors.own_record(user)
            if "sessions" not in pages_open(participant):
                raise NotHere("feed")
            rows = rows.filter(enrolment__participant=participant)
            return [_entry(row, participant, participant.language, named=False) for row in rows.order_by("planned_for")]
        rows = rows.filter(professional=user, enrolment__participant__care__user=user).filter(
            enrolment__participant__care__until=None, enrolment__participant__study__in=doors.care_studies(user)
        )
        return [
            _entry(row, row.enrolment.participant, user.language, named=True)
            for row in rows.distinct().order_by("planned_for")
        ]


def _entry(session: Session, participant: Participant, language: str, *, named: bool) -> Entry:
    alias = protocol_of(participant.study).workplace_alias(language)
    return entry_of(session, f"talk-{session.pk}@opstap", f"{alias}, {participant.pseudonym}" if named else alias)


def entry_of(session: Session, uid: str, title: str) -> Entry:
    """Give a talk as an entry, under a name for good and a title that tells nothing."""
    return Entry(
        uid=uid,
        title=title,
        start=session.planned_for,
        minutes=session.minutes or MINUTES,
        mode=session.mode,
        cancelled=session.state in ("cancelled", "missed"),
    )
