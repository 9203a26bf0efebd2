"""The energy diary: a week of notes, what they show, what is practised, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from opstap.acts import clock, words
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.programme import energy
from opstap.domain.programme.energy import Day, Overload, Patterns
from opstap.store.models import DiaryShare, EnergyBudget, EnergyNote, Participant, Practice, User

#: How far back patterns look, and how far back notes are listed, in days.
PATTERN_DAYS, LISTED_DAYS = 84, 14
#: For so long after a note its page offers to take it back or to put words beside it.
FRESH = timedelta(minutes=15)


@dataclass(frozen=True)
class NoteView:
    """One note. `own`: written by the participant; otherwise `by` noted it from paper or by telephone (`channel`)."""

    pk: int
    on: date
    part: str
    kind: str
    effect: str
    how: str
    channel: str
    words: str
    own: bool
    by: str
    at: datetime
    #: Whether the reader may change it or take it back.
    mine: bool


@dataclass(frozen=True)
class PracticeView:
    """Something that is practised: how often a week, how often in the last seven days, and whether today."""

    pk: int
    text: str
    times: int
    done: int
    today: bool
    by: str
    since: date


@dataclass(frozen=True)
class Diary:
    """A diary as its reader may see it: `readable` is False for a care team with whom it is not shared.

    Then only what the reader noted for someone is there, and nothing is said about patterns or overload.
    """

    pseudonym: str
    today: date
    started: date | None
    running: bool
    shared: bool
    share: int | None
    readable: bool
    days: list[Day]
    notes: list[NoteView]
    patterns: Patterns | None
    overload: Overload | None
    budget: int | None
    budget_by: str
    cost: int
    practices: list[PracticeView]
    saved: NoteView | None

    @property
    def pattern_days(self) -> int:
        """Over how many days the patterns were counted."""
        return PATTERN_DAYS


def diary(by: User) -> Diary:
    """Open one's own diary; NotHere when the page is not open to this participant."""
    return diary_of(with_page(by, "energy"), None)


def own_note(by: User, pk: int) -> tuple[EnergyNote, NoteView]:
    """Open one note of one's own diary; NotHere for anyone else's and for one that was taken back."""
    participant = with_page(by, "energy")
    row = (
        EnergyNote.objects.select_related("by", "enrolment")
        .filter(enrolment__participant=participant, pk=pk, taken_back_at=None)
        .first()
    )
    if row is None:
        raise NotHere(pk)
    row.enrolment.participant = participant
    return row, _view(participant, row, None)


def diary_of(participant: Participant, reader: User | None) -> Diary:
    """Give a diary to its owner (`reader` None) or to a member of the care team who has opened the record."""
    today, enrolment = clock.today(), participant.enrolment
    share = DiaryShare.objects.filter(enrolment=enrolment, ended_at=None).first()
    shared = share is not None
    rows = EnergyNote.objects.filter(
        enrolment=enrolment, taken_back_at=None, on__gt=today - timedelta(days=PATTERN_DAYS), on__lte=today
    )
    readable = reader is None or shared
    if not readable:
        rows = rows.filter(by=reader)
    kept = list(rows.select_related("by").order_by("-on", "-at", "-pk"))
    plain = [
        energy.Note(
            row.on, energy.Part(row.part), energy.Kind(row.kind), energy.Effect(row.effect), energy.How(row.how)
        )
        for row in kept
    ]
    budget = EnergyBudget.objects.select_related("by").filter(enrolment=enrolment).order_by("-pk").first()
    most = budget.most if budget else None
    listed = [_view(participant, row, reader) for row in kept if (today - row.on).days < LISTED_DAYS]
    newest = max((row for row in listed if row.own), key=lambda row: row.at, default=None)
    return Diary(
        pseudonym=participant.pseudonym,
        today=today,
        started=enrolment.started_on,
        running=enrolment.state == "active",
        shared=shared,
        share=share.pk if share else None,
        readable=readable,
        days=energy.days(plain, today),
        notes=listed,
        patterns=energy.patterns(plain) if readable else None,
        overload=energy.overload(plain, today, most) if readable else None,
        budget=most,
        budget_by=budget.by.name if budget else "",
        cost=sum(day.cost for day in energy.days(plain, today, count=energy.RULE.days)),
        practices=practices_of(participant),
        saved=newest if newest is not None and clock.now() - newest.at < FRESH else None,
    )


def _view(participant: Participant, row: EnergyNote, reader: User | None) -> NoteView:
    return NoteView(
        pk=row.pk,
        on=row.on,
        part=row.part,
        kind=row.kind,
        effect=row.effect,
        how=row.how,
        channel=row.channel,
        words=words.unseal(participant, row.words_sealed),
        own=row.channel == "self",
        by=row.by.name,
        at=row.at,
        mine=reader is None or row.by_id == reader.pk,
    )


def practices_of(participant: Participant) -> list[PracticeView]:
    """List what someone practises now. Callers have opened the record."""
    today = clock.today()
    rows = (
        Practice.objects.select_related("by")
        .prefetch_related("done")
        .filter(enrolment=participant.enrolment, ended_on=None)
        .order_by("pk")
    )
    return [
        PracticeView(
            pk=row.pk,
            text=words.unseal(participant, row.words_sealed),
            times=row.times,
            done=sum((today - one.on).days < 7 for one in row.done.all()),
            today=any(one.on == today for one in row.done.all()),
            by=row.by.name,
            since=row.since,
        )
        for row in rows
    ]
