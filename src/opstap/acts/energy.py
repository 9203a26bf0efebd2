"""The energy diary: noted in three taps, taken back at will, shared when its owner says so; budget and practice."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import CHANNELS, heard, keep, spoken
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission, Relation, Role, Standing
from opstap.domain.events import Event
from opstap.domain.programme.energy import Effect, How, Kind, Part, part_of
from opstap.store.models import DiaryShare, EnergyBudget, EnergyNote, Enrolment, Participant, Practice, PracticeDone

_OWN = Standing(Role.PARTICIPANT, Relation.OWN)
#: The highest budget of a week, and how often a week something can be practised.
MOST_BUDGET, MOST_TIMES = 99, 7


@act
def note_energy(
    *,
    by: Actor,
    participant: Participant,
    kind: str,
    effect: str,
    how: str,
    on: date | None = None,
    part: str | None = None,
    channel: str = "",
) -> EnergyNote:
    """Note what someone did, whether it cost or gave energy, and how it went; now, unless a day and part are given.

    A participant notes for themselves; the care team notes from paper or a telephone call, and says which (`channel`).
    """
    own = _OWN in allow(by, Permission.KEEP_DIARY, participant=participant)
    enrolment = running(participant)
    fit: list[tuple[str, type[Kind | Effect | How], str, Promise]] = [
        (kind, Kind, "kind", _("Choose what it was.")),
        (effect, Effect, "effect", _("Choose whether it cost energy or gave energy.")),
        (how, How, "how", _("Choose how it went.")),
    ]
    for value, choices, field, message in fit:
        if value not in list(choices):
            raise Refused(message, field=field)
    if part is not None and part not in list(Part):
        raise Refused(_("Choose morning, afternoon or evening."), field="part")
    if not own and channel not in CHANNELS:
        raise Refused(_("Choose paper or telephone: this is noted for someone else."), field="channel")
    note = EnergyNote.objects.create(
        enrolment=enrolment,
        on=_day(enrolment, on, part),
        part=part or _part_now(),
        kind=kind,
        effect=effect,
        how=how,
        channel="self" if own else channel,
        by=by,  # type: ignore[misc]  # KEEP_DIARY is never the system's
        at=clock.now(),
    )
    _record(Event.ENERGY_NOTED, by, enrolment, note=note.pk)
    return note


def _part_now() -> Part:
    return part_of(timezone.localtime(clock.now()).hour)


def _day(enrolment: Enrolment, on: date | None, part: str | None) -> date:
    on = on or clock.today()
    if on > clock.today():
        raise Refused(_("This day has not come yet. Choose today or a day before."), field="on")
    order = list(Part)
    if on == clock.today() and part is not None and order.index(Part(part)) > order.index(_part_now()):
        raise Refused(_("This part of the day has not come yet. Choose an earlier one."), field="part")
    if enrolment.started_on is not None and on < enrolment.started_on:
        raise Refused(_("This day lies before the start of the programme. Choose a later day."), field="on")
    return on


@act
def add_energy_words(*, by: Actor, note: EnergyNote, text: str) -> EnergyNote:
    """Put words beside a note afterwards; empty words take the earlier ones away."""
    fresh = _note(by, note)
    participant = fresh.enrolment.participant
    fresh.words_sealed = words.seal(participant, words.checked(text, field="text", needed=False))
    fresh.save(update_fields=["words_sealed"])
    _record(Event.ENERGY_WORDS_ADDED, by, fresh.enrolment, note=fresh.pk)
    return fresh


@act
def take_back_energy(*, by: Actor, note: EnergyNote) -> EnergyNote:
    """Take a note back: it counts nowhere any more, and its words are gone."""
    fresh = _note(by, note)
    fresh.taken_back_at, fresh.words_sealed = clock.now(), None
    fresh.save(update_fields=["taken_back_at", "words_sealed"])
    _record(Event.ENERGY_TAKEN_BACK, by, fresh.enrolment, note=fresh.pk)
    return fresh


def _note(by: Actor, note: EnergyNote) -> EnergyNote:
    """Lock a note that is still there: one's own diary, or what one noted for someone."""
    participant = note.enrolment.participant
    own = _OWN in allow(by, Permission.KEEP_DIARY, participant=participant)
    enrolment = running(participant)
    fresh = EnergyNote.objects.select_for_update().get(pk=note.pk)
    fresh.enrolment = enrolment
    if not own and fresh.by_id != by.pk:
        raise NotHere(note.pk)
    if fresh.taken_back_at is not None:
        raise Refused(_("This note has already been taken back."))
    return fresh


@act
def share_diary(*, by: Actor, participant: Participant, channel: str = "") -> DiaryShare:
    """Let the care team read the diary and see when a week was too much; until it is ended."""
    spoken(by, Permission.SHARE_DIARY, participant, channel)
    enrolment = running(participant)
    if DiaryShare.objects.filter(enrolment=enrolment, ended_at=None).exists():
        raise Refused(_("The care team can already read the diary."))
    share = DiaryShare.objects.create(enrolment=enrolment, since=clock.now())
    keep(by, participant, Event.DIARY_SHARED, share.pk, channel)
    _record(Event.DIARY_SHARED, by, enrolment, share=share.pk)
    return share


@act
def close_diary(*, by: Actor, participant: Participant, channel: str = "") -> DiaryShare:
    """End at once that the care team reads the diary; also after the programme."""
    spoken(by, Permission.SHARE_DIARY, participant, channel)
    share = (
        DiaryShare.objects.select_for_update(of=("self",))
        .select_related("enrolment")
        .filter(enrolment__participant=participant, ended_at=None)
        .first()
    )
    if share is None:
        raise Refused(_("The care team cannot read the diary."))
    share.ended_at = clock.now()
    share.save(update_fields=["ended_at"])
    share.enrolment.participant = participant
    keep(by, participant, Event.DIARY_CLOSED, share.pk, channel)
    _record(Event.DIARY_CLOSED, by, share.enrolment, share=share.pk)
    return share


@act
def set_energy_budget(*, by: Actor, participant: Participant, most: int) -> EnergyBudget:
    """Agree with someone how many notes in seven days may cost energy, from today on."""
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    if not 1 <= most <= MOST_BUDGET:
        raise Refused(_("Fill in a whole number from 1 to %(most)s."), field="most", most=MOST_BUDGET)
    budget = EnergyBudget.objects.create(
        enrolment=enrolment,
        since=clock.today(),
        most=most,
        by=by,  # type: ignore[misc]  # DELIVER is never the system's
    )
    _record(Event.ENERGY_BUDGET_SET, by, enrolment, budget=budget.pk)
    return budget


@act
def set_practice(*, by: Actor, participant: Participant, text: str, times: int) -> Practice:
    """Give someone something to practise, so many times a week."""
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    text = words.checked(text, field="text")
    if not 1 <= times <= MOST_TIMES:
        raise Refused(_("Fill in a whole number from 1 to %(most)s."), field="times", most=MOST_TIMES)
    practice = Practice.objects.create(
        enrolment=enrolment,
        words_sealed=words.seal(participant, text),
        times=times,
        since=clock.today(),
        by=by,  # type: ignore[misc]  # DELIVER is never the system's
    )
    _record(Event.PRACTICE_SET, by, enrolment, practice=practice.pk)
    return practice


@act
def do_practice(*, by: Actor, practice: Practice, channel: str = "") -> PracticeDone:
    """Mark that it was practised today; once a day is enough."""
    enrolment = _practice(by, practice, Permission.KEEP_DIARY)
    if PracticeDone.objects.filter(practice=practice, on=clock.today()).exists():
        raise Refused(_("This was already marked for today."))
    done = PracticeDone.objects.create(
        practice=practice,
        on=clock.today(),
        by=by,  # type: ignore[misc]  # KEEP_DIARY is never the system's
    )
    keep(by, enrolment.participant, Event.PRACTICE_DONE, done.pk, heard(channel))
    _record(Event.PRACTICE_DONE, by, enrolment, practice=practice.pk)
    return done


@act
def end_practice(*, by: Actor, practice: Practice) -> Practice:
    """End something that was practised."""
    enrolment = _practice(by, practice, Permission.DELIVER)
    practice.ended_on = clock.today()
    practice.save(update_fields=["ended_on"])
    _record(Event.PRACTICE_ENDED, by, enrolment, practice=practice.pk)
    return practice


def _practice(by: Actor, practice: Practice, permission: Permission) -> Enrolment:
    participant = practice.enrolment.participant
    allow(by, permission, participant=participant)
    enrolment = running(participant)
    if Practice.objects.select_for_update().get(pk=practice.pk).ended_on is not None:
        raise Refused(_("This is not practised any more."))
    return enrolment


def _record(event: Event, by: Actor, enrolment: Enrolment, **ids: int) -> None:
    participant = enrolment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, **ids)
