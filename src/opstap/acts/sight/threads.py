"""Messages as their readers see them. One type for every audience, with no field but who, when and the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from opstap.acts import doors, messages, words
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.access import Permission
from opstap.store.models import Message, Participant, ThreadSeen, User, WorkplaceLink


@dataclass(frozen=True)
class Line:
    """One message: who wrote it, when, and the words; `new` until its reader looked."""

    name: str
    at: datetime
    text: str
    mine: bool
    new: bool


@dataclass(frozen=True)
class Thread:
    """A thread as one reader sees it: with whom, and its messages, the oldest first."""

    pseudonym: str
    name: str
    other: str
    lines: tuple[Line, ...]


def own_thread(by: User) -> tuple[Participant, Thread]:
    """Open one's own thread with the care team; NotHere when the programme's pages are not open to this participant."""
    participant = with_page(by, "sessions")
    return participant, _read(by, participant, None, "")


def own_workplace_thread(by: User, pk: int) -> Thread:
    """Read what care team and workplace write to each other about oneself."""
    participant = with_page(by, "plan")
    link = link_of(participant, pk)
    return _read(by, participant, link, link.user.name)


def care_thread(by: User, pseudonym: str, pk: int | None) -> tuple[Participant, WorkplaceLink | None, Thread]:
    """Open a thread as the care team: with the participant, or with someone at work."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_CASE, what="messages")
    link = link_of(participant, pk) if pk is not None else None
    other = link.user.name if link else words.contact_of(participant).name
    return participant, link, _read(by, participant, link, other)


def read(by: User, participant: Participant, link: WorkplaceLink) -> Thread:
    """Read the thread of someone at work. Callers have passed a door."""
    return _read(by, participant, link, words.contact_of(participant).name)


def link_of(participant: Participant, pk: int) -> WorkplaceLink:
    """Give someone at work by number, let in now or before; NotHere for anyone else's. Callers have passed a door."""
    link = WorkplaceLink.objects.select_related("user").filter(participant=participant, pk=pk).first()
    if link is None:
        raise NotHere(pk)
    return link


def _read(by: User, participant: Participant, link: WorkplaceLink | None, other: str) -> Thread:
    seen = ThreadSeen.objects.filter(user=by, participant=participant, link=link).first()
    name = words.contact_of(participant).name
    rows = Message.objects.select_related("by").filter(participant=participant, link=link).order_by("at", "pk")
    lines = tuple(
        Line(
            name=row.by.name or name,
            at=row.at,
            text=words.unseal(participant, row.sealed),
            mine=row.by_id == by.pk,
            new=row.by_id != by.pk and (seen is None or row.at > seen.at),
        )
        for row in rows
    )
    messages.see_thread(by, participant, link)
    return Thread(participant.pseudonym, name, other, lines)


def unread(by: User, people: Collection[int]) -> Counter[tuple[int, int | None]]:
    """Count the messages of others that someone has not read, by participant and link; in two queries."""
    seen = {
        (one.participant_id, one.link_id): one.at for one in ThreadSeen.objects.filter(user=by, participant__in=people)
    }
    rows = Message.objects.filter(participant__in=people).exclude(by=by).values_list("participant_id", "link_id", "at")
    return Counter((one, link) for one, link, at in rows if (one, link) not in seen or at > seen[one, link])
