"""Trial placements: written down with their permission, looked back on by both sides, counted as work by choice."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.acts.search import begun, channel_of, refusal_of, written
from opstap.domain.events import Event
from opstap.domain.journey import PERMISSION
from opstap.domain.search import PlacementKind, SearchError, Stretch, check_placement, kind_of
from opstap.domain.search.faults import Fault
from opstap.domain.work.spells import Kind
from opstap.store.models import Participant, Placement, WorkSpell

#: The kinds of work as which a placement can be counted.
COUNTS_AS = (Kind.THERAPEUTIC, Kind.OTHER_EMPLOYER)


@act
def add_placement(
    *,
    by: Actor,
    participant: Participant,
    kind: str,
    where: str,
    starts_on: date,
    ends_on: date,
    hours: float,
    tries: str = "",
    channel: str = "",
) -> Placement:
    """Write down a trial placement: where, of which kind, both days included, hours a week, and what is tried.

    Refused where the dates or hours cannot be, and where it overlaps another one of the same person.
    """
    enrolment, own = begun(by, participant)
    channel = channel_of(own, channel)
    known = kind_of(protocol_of(participant.study).country, kind)
    if known is None:
        raise Refused(_("Choose a kind from the list."), field="kind")
    where, tries = words.checked(where, field="where"), words.checked(tries, field="tries", needed=False)
    others = Placement.objects.filter(enrolment=enrolment, dropped_on=None)
    try:
        check_placement(
            Stretch(starts_on, ends_on), hours, kind=known, since=enrolment.started_on,
            others=[Stretch(one.starts_on, one.ends_on) for one in others],
        )  # fmt: skip
    except SearchError as error:
        raise refusal_of(error) from None
    placement = Placement.objects.create(
        enrolment=enrolment, kind=kind, where_sealed=words.seal(participant, where),
        tries_sealed=words.seal(participant, tries), starts_on=starts_on, ends_on=ends_on, hours=hours,
        permission=PERMISSION.start if known.permission else "", channel=channel, **written(by),
    )  # fmt: skip
    _record(Event.PLACEMENT_ADDED, by, placement)
    return placement


@act
def write_permission(*, by: Actor, placement: Placement, state: str, on: date) -> Placement:
    """Write down that the permission was asked, given or refused, on which day."""
    placement, _own = _running(by, placement)
    if not placement.permission:
        raise Refused(_("Nobody was found who must permit this kind."))
    if not PERMISSION.allows(placement.permission, state):
        raise Refused(_("That cannot follow on how it stands now. Choose another."), field="state")
    if on > clock.today():
        raise refusal_of(SearchError(Fault.AHEAD, "on"))
    placement.permission, placement.permission_on = state, on
    placement.save(update_fields=["permission", "permission_on"])
    _record(Event.PLACEMENT_PERMITTED, by, placement)
    return placement


@act
def evaluate_placement(*, by: Actor, placement: Placement, text: str) -> Placement:
    """Write how it went, once it has begun: the participant and the care team each in words of their own.

    What was written before stays above it.
    """
    placement, own = _running(by, placement)
    participant = placement.enrolment.participant
    if placement.starts_on > clock.today():
        raise Refused(_("This placement has not begun yet. Look back once it has."))
    field = "own_view_sealed" if own else "care_view_sealed"
    text = words.checked(text, field="text")
    before = words.unseal(participant, getattr(placement, field))
    setattr(placement, field, words.seal(participant, f"{before}\n\n{text}" if before else text))
    placement.save(update_fields=[field])
    _record(Event.PLACEMENT_EVALUATED, by, placement)
    return placement


@act
def count_placement(*, by: Actor, placement: Placement, kind: str, contract_hours: float = 0) -> WorkSpell:
    """Count a placement as work: as practice without pay, or with another employer; never done by itself.

    It stands beside the hours that run. The contract is that with whom the placement is, 0 hours where there is none.
    Refused before its last day, since what is still to come is not work yet, and a second time.
    """
    placement, _own = _running(by, placement)
    participant = placement.enrolment.participant
    if kind not in COUNTS_AS:
        raise Refused(_("Choose as which work it counts."), field="kind")
    if placement.spell_id is not None:
        raise Refused(_("This placement has been counted already."))
    if placement.ends_on > clock.today():
        raise Refused(_("This placement has not ended yet. Count it after its last day."))
    if not 0 <= contract_hours <= 80:
        raise Refused(_("Fill in hours a week, from 0 to 80."), field="contract_hours")
    placement.spell = WorkSpell.objects.create(
        participant=participant, source="coach", job=f"trial-{placement.pk}", start=placement.starts_on,
        end=placement.ends_on, contract_hours=contract_hours, actual_hours=placement.hours, sick_percent=0, kind=kind,
        recorded_at=clock.now(),
    )  # fmt: skip
    placement.save(update_fields=["spell"])
    _record(Event.PLACEMENT_COUNTED, by, placement, spell=placement.spell.pk)
    return placement.spell


@act
def drop_placement(*, by: Actor, placement: Placement) -> Placement:
    """End a placement early, or take it back before its first day; it stays on record.

    One that has begun ends yesterday: the days that there were stay.
    """
    placement, _own = _running(by, placement)
    today = clock.today()
    if placement.ends_on < today or placement.spell_id is not None:
        raise Refused(_("This placement has ended already."))
    if placement.starts_on < today:
        placement.ends_on = today - timedelta(days=1)
        placement.save(update_fields=["ends_on"])
    else:
        placement.dropped_on = today
        placement.save(update_fields=["dropped_on"])
    _record(Event.PLACEMENT_DROPPED, by, placement)
    return placement


def kind_for(participant: Participant, placement: Placement) -> PlacementKind | None:
    """Give the kind of a placement, in the country of its study; None for one that is no longer in the list."""
    return kind_of(protocol_of(participant.study).country, placement.kind)


def _running(by: Actor, placement: Placement) -> tuple[Placement, bool]:
    _enrolment, own = begun(by, placement.enrolment.participant)
    fresh = Placement.objects.select_for_update().get(pk=placement.pk)
    fresh.enrolment = placement.enrolment
    if fresh.dropped_on is not None:
        raise Refused(_("This placement was taken back. Write down a new one to go on."))
    return fresh, own


def _record(event: Event, by: Actor, placement: Placement, **ids: int) -> None:
    participant = placement.enrolment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, placement=placement.pk, **ids)
