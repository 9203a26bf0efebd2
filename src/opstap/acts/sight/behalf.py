"""What can be written down for someone who uses no screen: what is open for them, and what was written down so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opstap.acts import doors
from opstap.acts.network import allowed_now, read_party
from opstap.acts.refusals import NotHere
from opstap.acts.sight.guidance.energy import PracticeView, practices_of
from opstap.acts.sight.network import name_of
from opstap.acts.sight.participant.asking import Ask, open_for
from opstap.acts.sight.participant.pages import pages_open
from opstap.domain.access import Permission
from opstap.store.models import DiaryShare, NetworkParty, OnBehalf, Participant, Plan, User, WorkplaceLink


@dataclass(frozen=True)
class Written:
    """Something that was written down for someone: what, how it came in, by whom and when."""

    event: str
    channel: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Allowed:
    """A party with which someone lets the care team share."""

    pk: int
    party: str
    name: str


@dataclass(frozen=True)
class AtWork:
    """Someone at work who was let in."""

    pk: int
    name: str


@dataclass(frozen=True)
class ForThem:
    """Everything of someone's own that the care team can write down for them."""

    pseudonym: str
    name: str
    no_screen: bool
    running: bool
    asks: tuple[Ask, ...]
    has_plan: bool
    diary_shared: bool
    parties: tuple[Allowed, ...]
    at_work: tuple[AtWork, ...]
    practices: tuple[PracticeView, ...]
    written: tuple[Written, ...]


def for_them(by: User, pseudonym: str) -> ForThem:
    """Open what can be written down for someone one looks after; NotHere when their arm has no programme."""
    participant = record_for(by, pseudonym)
    asked = open_for(participant)
    enrolment = participant.enrolment
    links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None)
    rows = (
        OnBehalf.objects.select_related("by").filter(participant=participant).exclude(channel="").order_by("-pk")[:20]
    )
    return ForThem(
        pseudonym=participant.pseudonym,
        name=name_of(participant),
        no_screen=participant.no_screen,
        running=enrolment.state == "active",
        asks=asked.now + asked.later,
        has_plan=Plan.objects.filter(enrolment=enrolment, state__in=("agreed", "in_force")).exists(),
        diary_shared=DiaryShare.objects.filter(enrolment=enrolment, ended_at=None).exists(),
        parties=tuple(
            Allowed(row.pk, row.party, read_party(participant, row)[0])
            for row in allowed_now(participant).order_by("pk")
        ),
        at_work=tuple(AtWork(link.pk, link.user.name) for link in links.order_by("pk")),
        practices=tuple(practices_of(participant)),
        written=tuple(Written(row.event, row.channel, row.by.name, row.at) for row in rows),
    )


def record_for(by: User, pseudonym: str) -> Participant:
    """Open the record of someone one looks after, to write down what is theirs."""
    participant = doors.record_of(by, pseudonym, Permission.SPEAK_FOR, what="case")
    if "sessions" not in pages_open(participant):
        raise NotHere("behalf")
    return participant


def party_of(participant: Participant, pk: int) -> str:
    """Give the party of one consent that holds; NotHere when there is none."""
    row: NetworkParty | None = allowed_now(participant).filter(pk=pk).first()
    if row is None:
        raise NotHere(pk)
    return row.party


def link_of(participant: Participant, pk: int) -> WorkplaceLink:
    """Give someone at work who is let in now; NotHere for anyone else."""
    link = WorkplaceLink.objects.select_related("user").filter(participant=participant, pk=pk, ended_on=None).first()
    if link is None:
        raise NotHere(pk)
    return link
