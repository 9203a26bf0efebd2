"""What the care team sees of the people around a participant: contacts, silences, adjustments, letters, messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from opstap.acts import clock, doors, words
from opstap.acts.network import allowed_now, read_party
from opstap.acts.papers import Content, read_content
from opstap.acts.protocols import protocol_of
from opstap.acts.sight import search
from opstap.acts.sight.threads import unread
from opstap.domain.access import Permission
from opstap.domain.network import RECIPIENTS, LetterKind, Party, Tried, silences
from opstap.store.models import (
    Adjustment,
    ContactAttempt,
    Letter,
    Message,
    Participant,
    Plan,
    Session,
    User,
    WorkplaceLink,
)


class Around(StrEnum):
    """Why the people around someone need attention."""

    MESSAGE = "message"
    STEP_DUE = "step_due"
    SILENT = "silent"
    SEARCH_STEP = "search_step"
    NEW_JOB = "new_job"


@dataclass(frozen=True)
class Reason:
    """One reason, with the party it is about (the participant for their search) and since or from when it holds."""

    why: Around
    party: str
    when: date


@dataclass(frozen=True)
class ContactView:
    """One contact as it was written down."""

    party: str
    channel: str
    on: date
    reached: bool
    minutes: int | None
    note: str
    next_step: str
    next_by: date | None
    by: str
    late: bool


@dataclass(frozen=True)
class AdjustmentView:
    """One adjustment at work; `late` when its day has passed and it was not arranged."""

    id: int
    state: str
    adjusts: str
    arranger: str
    by_when: date | None
    for_workplace: str
    reason: str
    late: bool

    @property
    def is_open(self) -> bool:
        """Tell whether it still has to be arranged."""
        return self.state in ("proposed", "agreed", "confirmed")


@dataclass(frozen=True)
class LetterLine:
    """One letter in a list."""

    id: int
    kind: str
    party: str
    to: str
    state: str
    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class AtWork:
    """Someone at work who was let in: what is shared with them, and how many messages wait."""

    id: int
    name: str
    function: str
    items: tuple[str, ...]
    unread: int


@dataclass(frozen=True)
class Network:
    """The people around one participant, for the case page."""

    reasons: tuple[Reason, ...]
    contacts: tuple[ContactView, ...]
    adjustments: tuple[AdjustmentView, ...]
    letters: tuple[LetterLine, ...]
    at_work: tuple[AtWork, ...]
    parties: tuple[tuple[str, str], ...]
    unread: int


def network_of(by: User, participant: Participant) -> Network:
    """Give the people around a participant whose case is open."""
    today = clock.today()
    links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None).order_by("pk")
    rows = list(ContactAttempt.objects.select_related("by").filter(participant=participant).order_by("-on", "-pk"))
    latest = _latest(rows)
    waiting = unread(by, [participant.pk])
    return Network(
        reasons=tuple(reasons_of(by, [participant.pk]).get(participant.pk, ())),
        contacts=tuple(
            ContactView(
                party=row.party,
                channel=row.channel,
                on=row.on,
                reached=row.reached,
                minutes=row.minutes,
                note=words.unseal(participant, row.words_sealed),
                next_step=words.unseal(participant, row.next_sealed),
                next_by=row.next_by,
                by=row.by.name,
                late=row is latest[row.participant_id, row.party] and row.next_by is not None and row.next_by <= today,
            )
            for row in rows
        ),
        adjustments=tuple(adjustments_of(participant)),
        letters=tuple(letters_of(participant)),
        at_work=tuple(
            AtWork(link.pk, link.user.name, link.function, tuple(link.items), waiting[participant.pk, link.pk])
            for link in links
        ),
        parties=tuple((row.party, read_party(participant, row)[0]) for row in allowed_now(participant).order_by("pk")),
        unread=waiting[participant.pk, None],
    )


def adjustments_of(participant: Participant) -> list[AdjustmentView]:
    """List the adjustments that were not dropped, those to be arranged first. Callers have opened the record."""
    found = [
        AdjustmentView(
            id=row.pk,
            state=row.state,
            adjusts=row.adjusts,
            arranger=row.arranger,
            by_when=row.by_when,
            for_workplace=words.unseal(participant, row.for_workplace_sealed),
            reason=words.unseal(participant, row.reason_sealed),
            late=row.by_when is not None and row.by_when < clock.today() and row.state != "arranged",
        )
        for row in Adjustment.objects.filter(participant=participant).exclude(state="dropped").order_by("pk")
    ]
    return sorted(found, key=lambda one: (not one.is_open, one.by_when or date.max, one.id))


def letters_of(participant: Participant) -> list[LetterLine]:
    """List the letters that were not dropped, latest first. Callers have opened the record."""
    found = []
    for row in Letter.objects.filter(participant=participant).exclude(state="dropped").order_by("-pk"):
        content = read_content(participant, row)
        to = content.to[0] if content.to else "…"
        found.append(LetterLine(row.pk, row.kind, row.party, to, row.state, row.written_at, row.sent_at))
    return found


def letter(by: User, pk: int) -> tuple[Letter, Content]:
    """Open one letter as the care team."""
    found = doors.letter_of(by, pk, Permission.WRITE_LETTER)
    return found, read_content(found.participant, found)


def addressees(participant: Participant, kind: LetterKind) -> list[tuple[str, str]]:
    """List to whom a letter of a kind can go now: a key `party` or `workplace:number`, and a name."""
    found = [
        (row.party, read_party(participant, row)[0])
        for row in allowed_now(participant).order_by("pk")
        if Party(row.party) in RECIPIENTS[kind]
    ]
    if Party.PARTICIPANT in RECIPIENTS[kind]:
        found.insert(0, (Party.PARTICIPANT.value, name_of(participant)))
    if Party.WORKPLACE in RECIPIENTS[kind]:
        links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None)
        found += [(f"workplace:{link.pk}", link.user.name) for link in links.order_by("pk")]
    return found


def reasons_of(by: User, people: Collection[int]) -> dict[int, list[Reason]]:
    """Tell for many participants why the people around them need attention; a constant number of queries."""
    today = clock.today()
    found: dict[int, list[Reason]] = defaultdict(list)
    for one, at_work in unread(by, people):
        party = Party.PARTICIPANT if at_work is None else Party.WORKPLACE
        found[one].append(Reason(Around.MESSAGE, party.value, today))
    tried: dict[int, list[Tried]] = defaultdict(list)
    rows = list(ContactAttempt.objects.filter(participant__in=people).order_by("-on", "-pk"))
    for row in rows:
        tried[row.participant_id].append(Tried(Party(row.party), row.on, row.reached))
    for (one, _party), row in _latest(rows).items():
        if row.next_by is not None and row.next_by <= today:
            found[one].append(Reason(Around.STEP_DUE, row.party, row.next_by))
    for one, on in _heard_at_work(people):
        tried[one].append(Tried(Party.WORKPLACE, on, True))
    begun: dict[int, date] = {}
    for link in WorkplaceLink.objects.filter(participant__in=people, ended_on=None):
        begun[link.participant_id] = max(link.since, begun.get(link.participant_id, link.since))
    for one in {*tried, *begun}:
        since = {Party.WORKPLACE: begun[one]} if one in begun else {}
        for party, quiet in silences(tried[one], today=today, since=since).items():
            found[one].append(Reason(Around.SILENT, party.value, quiet))
    kinds = {"next_step": Around.SEARCH_STEP, "new_job": Around.NEW_JOB}
    for one, reasons in search.reasons_of(people).items():
        found[one] += [Reason(kinds[kind], Party.PARTICIPANT.value, day) for kind, day in reasons]
    return dict(found)


def _latest(rows: Collection[ContactAttempt]) -> dict[tuple[int, str], ContactAttempt]:
    """Give the latest contact with each party; `rows` come latest first."""
    latest: dict[tuple[int, str], ContactAttempt] = {}
    for row in rows:
        latest.setdefault((row.participant_id, row.party), row)
    return latest


def _heard_at_work(people: Collection[int]) -> list[tuple[int, date]]:
    """List the days on which a workplace was heard: a message, an agreement, a talk in which it took part."""
    moments = [
        *Message.objects.filter(participant__in=people, role="workplace").values_list("participant_id", "at"),
        *Plan.objects.filter(enrolment__participant__in=people, confirmed_at__isnull=False).values_list(
            "enrolment__participant_id", "confirmed_at"
        ),
        *Adjustment.objects.filter(participant__in=people, confirmed_at__isnull=False).values_list(
            "participant_id", "confirmed_at"
        ),
    ]
    talks = Session.objects.filter(enrolment__participant__in=people, with_workplace=True, held_on__isnull=False)
    heard = [(one, timezone.localdate(at)) for one, at in moments if at is not None]
    return heard + [(one, on) for one, on in talks.values_list("enrolment__participant_id", "held_on") if on]


def name_of(participant: Participant) -> str:
    """Give the name of a participant whose record is open."""
    return words.contact_of(participant).name


def languages_of(participant: Participant) -> list[str]:
    """List the languages in which a letter can be written."""
    return list(protocol_of(participant.study).languages)
