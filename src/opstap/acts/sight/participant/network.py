"""One's own people: who at work sees what, adjustments, other parties, letters; only for those in the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import words
from opstap.acts.network import allowed_now, read_party
from opstap.acts.papers import Content, read_content
from opstap.acts.refusals import NotHere
from opstap.acts.sight.network import AdjustmentView, LetterLine, adjustments_of, letters_of
from opstap.acts.sight.participant.pages import with_page
from opstap.acts.sight.participant.record import Look
from opstap.acts.sight.threads import unread
from opstap.domain.network import NETWORK
from opstap.store.models import Adjustment, Letter, NetworkParty, Participant, ReadEvent, User, WorkplaceLink


@dataclass(frozen=True)
class Shares:
    """Someone at work who was let in: in what function, what they may see, and when they looked at what."""

    pk: int
    name: str
    email: str
    function: str
    items: tuple[str, ...]
    since: date
    looks: tuple[Look, ...]
    unread: int


@dataclass(frozen=True)
class AtWork:
    """All about the workplace on one page."""

    people: tuple[Shares, ...]
    adjustments: tuple[AdjustmentView, ...]


@dataclass(frozen=True)
class Allowed:
    """One party of the network: allowed with a name since a moment, or not (empty)."""

    party: str
    name: str
    address: str
    since: datetime | None
    pk: int = 0


@dataclass(frozen=True)
class Around:
    """The parties of the network, what was allowed before, and the letters."""

    parties: tuple[Allowed, ...]
    letters: tuple[LetterLine, ...]


def at_work(by: User) -> AtWork:
    """Open the page about the workplace."""
    participant = with_page(by, "plan")
    waiting = unread(by, [participant.pk])
    links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None).order_by("pk")
    looks: dict[int, list[Look]] = {}
    for row in ReadEvent.objects.select_related("by").filter(participant=participant, role="workplace").order_by("-at"):
        seen = looks.setdefault(row.by_id, [])
        if len(seen) < 3:
            seen.append(Look(row.by.name, row.role, row.what, row.at))
    return AtWork(
        people=tuple(
            Shares(
                link.pk, link.user.name, link.user.email, link.function, tuple(link.items), link.since,
                tuple(looks.get(link.user_id, ())), waiting[participant.pk, link.pk],
            )
            for link in links
        ),
        adjustments=tuple(adjustments_of(participant)),
    )  # fmt: skip


def own_link(by: User, pk: int) -> tuple[Participant, WorkplaceLink]:
    """Open someone at work who is let in now; NotHere for anyone else."""
    participant = with_page(by, "plan")
    link = WorkplaceLink.objects.select_related("user").filter(participant=participant, pk=pk, ended_on=None).first()
    if link is None:
        raise NotHere(pk)
    return participant, link


def own_adjustment(by: User, pk: int) -> Adjustment:
    """Open one's own adjustment."""
    participant = with_page(by, "plan")
    found = Adjustment.objects.select_related("participant__study__protocol").filter(participant=participant, pk=pk)
    adjustment = found.exclude(state="dropped").first()
    if adjustment is None:
        raise NotHere(pk)
    return adjustment


def around(by: User) -> Around:
    """Open the page about the network."""
    participant = with_page(by, "sessions")
    rows = {row.party: row for row in allowed_now(participant)}
    return Around(
        parties=tuple(_allowed(participant, party.value, rows.get(party.value)) for party in NETWORK),
        letters=tuple(letters_of(participant)),
    )


def _allowed(participant: Participant, party: str, row: NetworkParty | None) -> Allowed:
    if row is None:
        return Allowed(party, "", "", None)
    name, address = read_party(participant, row)
    return Allowed(party, name, address, row.given_at, row.pk)


def own_letter(by: User, pk: int) -> tuple[Letter, Content]:
    """Open one's own letter; NotHere for one that was dropped, or is someone else's."""
    participant = with_page(by, "sessions")
    found = Letter.objects.select_related("participant__study__protocol", "participant__key", "link__user")
    letter = found.filter(participant=participant, pk=pk).exclude(state="dropped").first()
    if letter is None:
        raise NotHere(pk)
    return letter, read_content(participant, letter)


def asks_of(participant: Participant) -> list[tuple[str, str, str]]:
    """List what waits for the participant: (kind, which, words). Callers have opened the record and its pages."""
    asks = [
        ("adjustment", str(row.pk), words.unseal(participant, row.for_workplace_sealed))
        for row in Adjustment.objects.filter(participant=participant, state="proposed").order_by("pk")
    ]
    letters = [row for row in letters_of(participant) if row.state == "shown"]
    return asks + [("letter", str(row.id), row.to) for row in letters]
