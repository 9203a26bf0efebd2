"""How far the data of each study are closed: people, what waits for a signature, locks, and arms that were told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from opstap.acts import words
from opstap.acts.closing_data import standing_of_all
from opstap.acts.doors import standings
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import reaches
from opstap.acts.two_hands import NEEDS
from opstap.domain.access import Permission, may
from opstap.store.models import Study, StudyLock, TwoHands, User


@dataclass(frozen=True)
class Request:
    """Something that waits for a second person: who asked, when, why; `mine` when it is one's own."""

    number: int
    kind: str
    pseudonym: str
    reason: str
    asked_by: str
    asked_at: datetime
    mine: bool
    study: str


@dataclass(frozen=True)
class Lock:
    """A lock on a study's data: by whom, the hash of the frozen dataset, what was left open; and when it was opened."""

    at: datetime
    first: str
    second: str
    dataset_hash: str
    left: dict[str, int]
    opened_at: datetime | None
    opened_by: str
    opened_why: str


@dataclass(frozen=True)
class Told:
    """An arm that was told to two people: whose, to whom, and which; for those two alone."""

    pseudonym: str
    arm: str
    at: datetime


@dataclass(frozen=True)
class Closing:
    """One study: people by how far their data are, requests, locks (newest first), and what one may do here."""

    slug: str
    title: str
    states: dict[str, int]
    locked_people: list[str]
    requests: list[Request]
    locks: list[Lock]
    told: list[Told]
    unblinded_at: datetime | None
    randomised: bool
    can: frozenset[str]

    @property
    def locked(self) -> bool:
        """Tell whether the data are locked now."""
        return bool(self.locks) and self.locks[0].opened_at is None


def closings(by: User) -> list[Closing]:
    """Show the studies whose data someone may lock; NotHere when there is none."""
    return [_of(by, reach.study) for reach in reaches(by, Permission.SEE_LOCKS)]


def _of(by: User, study: Study) -> Closing:
    protocol = protocol_of(study)
    found = standing_of_all(study)
    held = standings(by, study=study)
    asked = TwoHands.objects.filter(study=study).select_related("participant__key", "asked_by").order_by("pk")
    locks = StudyLock.objects.filter(study=study).defer("content").select_related(
        "request__asked_by", "request__signed_by", "opened_by"
    ).order_by("-pk")  # fmt: skip
    told = TwoHands.objects.filter(study=study, kind="reveal", signed_at__isnull=False).select_related(
        "participant__participation__allocation"
    )
    closed = [_lock(one) for one in locks]
    locked = bool(closed) and closed[0].opened_at is None
    randomised = len(protocol.study.arms) > 1
    may_do = {kind for kind, permission in NEEDS.items() if may(permission, held)}
    can = set()
    if "lock" in may_do:
        can.add("unlock" if locked else "lock")
    if "unblind" in may_do and locked and randomised and study.unblinded_at is None:
        can.add("unblind")
    if "reveal" in may_do and randomised and study.unblinded_at is None:
        can.add("reveal")
    if may(Permission.LOCK_PERSON, held) and not locked:
        can.add("people")
    return Closing(
        slug=study.slug,
        title=protocol.title(language()),
        states=dict(Counter(one.state for one in found)),
        locked_people=[one.participant.pseudonym for one in found if one.state == "locked"],
        requests=[
            _request(one, by)
            for one in asked.filter(signed_at=None, dropped_at=None)
            if one.kind in may_do
        ],
        locks=closed,
        told=[
            Told(
                one.participant.pseudonym,
                protocol.text(f"arms.{one.participant.participation.arm}.title", language()),
                one.signed_at,
            )
            for one in told.order_by("-pk")
            if by.pk in (one.asked_by_id, one.signed_by_id)
            and one.participant is not None
            and one.signed_at is not None
        ],
        unblinded_at=study.unblinded_at,
        randomised=randomised,
        can=frozenset(can),
    )  # fmt: skip


def _request(one: TwoHands, by: User) -> Request:
    whose = one.participant
    return Request(
        one.pk, one.kind, whose.pseudonym if whose else "",
        words.unseal(whose, one.reason_sealed) if whose else one.reason,
        one.asked_by.name, one.asked_at, one.asked_by_id == by.pk, one.study.slug,
    )  # fmt: skip


def _lock(one: StudyLock) -> Lock:
    second = one.request.signed_by
    return Lock(
        one.at, one.request.asked_by.name, second.name if second else "", one.dataset_hash, one.left, one.opened_at,
        one.opened_by.name if one.opened_by else "", one.opened_why,
    )  # fmt: skip
