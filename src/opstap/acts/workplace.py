"""The workplace takes part: what each person there may see, and adjustments in the order in which people agree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import keep, spoken
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import ADJUSTMENT
from opstap.domain.sharing import Adjusts, Arranger, Function, Item, in_order, items_of
from opstap.store.models import Adjustment, Participant, WorkplaceLink


def chosen(items: Collection[str]) -> list[str]:
    """Read what a participant chose to share; Refused when that is nothing, or no item that can be shared."""
    try:
        shared = items_of(items)
    except ValueError:
        raise Refused(_("Choose from the list what this person may see."), field="items") from None
    if not shared:
        raise Refused(_("Choose at least one thing that this person may see."), field="items")
    return in_order(shared)


def function_of(name: str) -> Function:
    """Read the function of someone at work; Refused when it is none."""
    if name not in tuple(Function):
        raise Refused(_("Choose supervisor, personnel department or someone else."), field="function")
    return Function(name)


@act
def change_sharing(
    *, by: Actor, participant: Participant, link: WorkplaceLink, items: Collection[str], channel: str = ""
) -> WorkplaceLink:
    """The participant chooses anew what one person at work may see; it holds at once."""
    spoken(by, Permission.INVITE_WORKPLACE, participant, channel)
    kept = WorkplaceLink.objects.select_for_update().filter(pk=link.pk, participant=participant, ended_on=None).first()
    if kept is None:
        raise Refused(_("This has already been ended."))
    kept.items = chosen(items)
    kept.save(update_fields=["items"])
    keep(by, participant, Event.SHARING_CHANGED, kept.pk, channel)
    record(Event.SHARING_CHANGED, by=by, study=participant.study, participant=participant.pseudonym, workplace=kept.pk)
    return kept


@act
def propose_adjustment(
    *,
    by: Actor,
    participant: Participant,
    adjusts: str,
    arranger: str,
    for_workplace: str,
    by_when: date | None = None,
    reason: str = "",
) -> Adjustment:
    """Propose an adjustment at work: what changes, who arranges it by when.

    `for_workplace` is all that the workplace will read, after the participant agreed; `reason` stays between
    participant and care team.
    """
    allow(by, Permission.PROPOSE_ADJUSTMENT, participant=participant)
    running(participant)
    if adjusts not in tuple(Adjusts):
        raise Refused(_("Choose what is adjusted."), field="adjusts")
    if arranger not in tuple(Arranger):
        raise Refused(_("Choose who arranges it."), field="arranger")
    sealed = words.seal(participant, for_workplace)
    if sealed is None:
        raise Refused(_("Write what the workplace will read."), field="for_workplace")
    if by_when is not None and by_when < clock.today():
        raise Refused(_("This day has passed. Choose a day to come."), field="by_when")
    adjustment = Adjustment.objects.create(
        participant=participant,
        state=ADJUSTMENT.start,
        adjusts=adjusts,
        arranger=arranger,
        by_when=by_when,
        for_workplace_sealed=sealed,
        reason_sealed=words.seal(participant, reason),
        proposed_by=by,  # type: ignore[misc]  # PROPOSE_ADJUSTMENT is never the system's
        proposed_at=clock.now(),
    )
    _record(Event.ADJUSTMENT_PROPOSED, by, adjustment)
    return adjustment


@act
def agree_adjustment(*, by: Actor, adjustment: Adjustment, channel: str = "") -> Adjustment:
    """The participant agrees; only from now on does the workplace see it."""
    spoken(by, Permission.AGREE_PLAN, adjustment.participant, channel)
    adjustment = _moved(adjustment, "participant_agrees")
    adjustment.agreed_at = clock.now()
    adjustment.save(update_fields=["state", "agreed_at"])
    keep(by, adjustment.participant, Event.ADJUSTMENT_AGREED, adjustment.pk, channel)
    _record(Event.ADJUSTMENT_AGREED, by, adjustment)
    return adjustment


@act
def confirm_adjustment(*, by: Actor, adjustment: Adjustment) -> Adjustment:
    """The workplace agrees with an adjustment that is shared with it."""
    allow(by, Permission.CONFIRM_PLAN, participant=adjustment.participant)
    shared_with(by, adjustment.participant, Item.ADJUSTMENTS)
    adjustment = _moved(adjustment, "workplace_agrees")
    adjustment.confirmed_at = clock.now()
    adjustment.confirmed_by = by  # type: ignore[assignment]  # CONFIRM_PLAN is never the system's
    adjustment.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    _record(Event.ADJUSTMENT_CONFIRMED, by, adjustment)
    return adjustment


@act
def arrange_adjustment(*, by: Actor, adjustment: Adjustment) -> Adjustment:
    """Write down that an adjustment has been arranged: the workplace itself, or the care team who heard it."""
    found = allow(by, Permission.ARRANGE_ADJUSTMENT, participant=adjustment.participant)
    if all(one.role == "workplace" for one in found):
        shared_with(by, adjustment.participant, Item.ADJUSTMENTS)
    adjustment = _moved(adjustment, "arrange")
    adjustment.arranged_at = clock.now()
    adjustment.save(update_fields=["state", "arranged_at"])
    _record(Event.ADJUSTMENT_ARRANGED, by, adjustment)
    return adjustment


@act
def drop_adjustment(*, by: Actor, adjustment: Adjustment) -> Adjustment:
    """Take an adjustment back: the participant or the care team may, without a reason."""
    participant = adjustment.participant
    allow(by, Permission.DROP_ADJUSTMENT, participant=participant)
    adjustment = _moved(adjustment, "drop")
    adjustment.save(update_fields=["state"])
    _record(Event.ADJUSTMENT_DROPPED, by, adjustment)
    return adjustment


def shared_with(by: Actor, participant: Participant, item: Item) -> None:
    """Refuse someone at work with whom the participant does not share this (any longer)."""
    link = WorkplaceLink.objects.filter(participant=participant, user=by.pk, ended_on=None).first()
    if link is None or item.value not in link.items:
        raise Refused(_("This is no longer shared with you."))


def _moved(adjustment: Adjustment, move: str) -> Adjustment:
    adjustment = (
        Adjustment.objects.select_for_update(of=("self",)).select_related("participant__study").get(pk=adjustment.pk)
    )
    adjustment.state = ADJUSTMENT.after(adjustment.state, move)
    return adjustment


def _record(event: Event, by: Actor, adjustment: Adjustment) -> None:
    participant = adjustment.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, adjustment=adjustment.pk)
