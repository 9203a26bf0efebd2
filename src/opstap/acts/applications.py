"""Applications for work: kept by the participant, private until they share them; what an accepted offer leads to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.plans import end_workplace
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.search import begun, channel_of, refusal_of, written
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import APPLICATION
from opstap.domain.search import OPEN, WAYS, SearchError, check_next, check_offer
from opstap.domain.search.faults import Fault
from opstap.domain.work.spells import Kind
from opstap.store.models import Application, ApplicationEntry, Participant, User, WorkplaceLink, WorkSpell

#: The job under which hours are written down that nobody gave another name.
MAIN_JOB = "1"
#: The states in which an application can be written down for the first time.
FIRST = ("thinking", "sent")


@act
def add_application(
    *,
    by: Actor,
    participant: Participant,
    where: str,
    function: str,
    way: str,
    state: str = APPLICATION.start,
    on: date | None = None,
    next_step: str = "",
    next_on: date | None = None,
    shared: bool = False,
    channel: str = "",
) -> Application:
    """Write down an application: with whom, for what work, along which way, since when (`on`), and the next step.

    A participant's own is private unless `shared`; what the care team writes down for someone is shared with them.
    """
    enrolment, own = begun(by, participant)
    channel = channel_of(own, channel)
    where, function = words.checked(where, field="where"), words.checked(function, field="function")
    if way not in WAYS:
        raise Refused(_("Choose along which way."), field="way")
    if state not in FIRST:
        raise Refused(_("Choose whether you think of it or have sent it."), field="state")
    on, next_step = _happened(on), _next(next_step, next_on)
    application = Application.objects.create(
        enrolment=enrolment, where_sealed=words.seal(participant, where),
        function_sealed=words.seal(participant, function), way=way, state=state,
        next_sealed=words.seal(participant, next_step), next_on=next_on,
        shared=shared or not own, channel=channel, **written(by),
    )  # fmt: skip
    _enter(by, application, on, channel=channel)
    _record(Event.APPLICATION_ADDED, by, application)
    return application


@act
def write_application(
    *,
    by: Actor,
    application: Application,
    state: str = "",
    on: date | None = None,
    text: str = "",
    share_text: bool = False,
    next_step: str = "",
    next_on: date | None = None,
    channel: str = "",
) -> ApplicationEntry:
    """Write down what happened with an application: another state (empty: the same), words, and the next step.

    The next step takes the place of the one before; without one there is none any more. The participant's words are
    theirs alone unless `share_text`; what the care team writes is read by both.
    """
    application, own = _mine(by, application)
    participant, channel = application.enrolment.participant, channel_of(own, channel)
    if state == "accepted":
        raise Refused(_("To accept an offer, fill in when it begins and for how many hours."), field="state")
    if state and state != application.state:
        if not APPLICATION.allows(application.state, state):
            raise Refused(_("That cannot follow on how it stands now. Choose another."), field="state")
        application.state = state
    text, on = words.checked(text, field="text", needed=False), _happened(on)
    next_step = _next(next_step, next_on)
    if next_on is not None and application.state not in OPEN:
        raise Refused(_("This application has ended, so it has no next step. Leave it empty."), field="next_on")
    application.next_sealed, application.next_on = words.seal(participant, next_step), next_on
    application.save(update_fields=["state", "next_sealed", "next_on"])
    entry = _enter(by, application, on, channel=channel, text=text, shared=share_text or not own)
    _record(Event.APPLICATION_WRITTEN, by, application)
    return entry


@act
def share_application(*, by: Actor, application: Application) -> Application:
    """The participant lets the care team read one application: how it stands, not the words that are theirs alone."""
    application = _set_shared(by, application, True)
    _record(Event.APPLICATION_SHARED, by, application)
    return application


@act
def close_application(*, by: Actor, application: Application) -> Application:
    """The participant closes one application to the care team, at once and without a reason."""
    application = _set_shared(by, application, False)
    _record(Event.APPLICATION_CLOSED, by, application)
    return application


@act
def accept_offer(
    *, by: Actor, application: Application, starts_on: date, contract_hours: float, channel: str = ""
) -> Application:
    """Accept the offer of an application: from which day, for how many hours a week. Nothing else follows by itself."""
    application, own = _mine(by, application)
    channel = channel_of(own, channel)
    if not APPLICATION.allows(application.state, "accepted"):
        raise Refused(_("There is no offer to accept yet. Write down first that there is one."))
    entries = ApplicationEntry.objects.filter(application=application, state="offer")
    offered = entries.order_by("-on").values_list("on", flat=True)[0]
    try:
        check_offer(starts_on=starts_on, contract_hours=contract_hours, offered_on=offered)
    except SearchError as error:
        raise refusal_of(error) from None
    application.state, application.starts_on, application.contract_hours = "accepted", starts_on, contract_hours
    application.next_sealed, application.next_on = None, None
    application.save(update_fields=["state", "starts_on", "contract_hours", "next_sealed", "next_on"])
    _enter(by, application, clock.today(), channel=channel)
    _record(Event.OFFER_ACCEPTED, by, application)
    return application


@act
def record_new_job(*, by: Actor, application: Application, actual_hours: float, instead: bool) -> WorkSpell:
    """Write down the new job as hours with another employer, from its first day on.

    `instead` lets them take the place of the hours that run now, which end the day before, so that later changes go on
    from them; otherwise they stand beside those, as a job of their own. Refused before that first day, and a second
    time.
    """
    application, _own = _mine(by, application)
    participant = application.enrolment.participant
    start, contract = application.starts_on, application.contract_hours
    if application.state != "accepted" or start is None or contract is None:
        raise Refused(_("There is no accepted offer here."))
    if application.spell_id is not None:
        raise Refused(_("These hours have been written down already."))
    if start > clock.today():
        raise Refused(_("The new job has not begun yet. Write the hours down from its first day."))
    if not 0 <= actual_hours <= 80:
        raise Refused(_("Fill in hours a week, from 0 to 80."), field="actual_hours")
    if instead:
        _end_running(participant, start)
    job = MAIN_JOB if instead else f"new-{application.pk}"
    application.spell = WorkSpell.objects.create(
        participant=participant, source="coach", job=job, start=start, end=None,
        contract_hours=contract, actual_hours=actual_hours, sick_percent=0, kind=Kind.OTHER_EMPLOYER.value,
        recorded_at=clock.now(),
    )  # fmt: skip
    application.save(update_fields=["spell"])
    _record(Event.NEW_JOB_RECORDED, by, application, spell=application.spell.pk)
    return application.spell


def begin_new_job(
    *,
    by: User,
    application: Application,
    starts_on: date,
    contract_hours: float,
    write_hours: bool,
    instead: bool,
    ended: Iterable[WorkplaceLink],
) -> Application:
    """Accept an offer and do, in one go, what the participant chose to go with it; all of it, or nothing.

    Each part is an act of its own, with its own event: the offer accepted, the hours written down (where the job has
    begun), and for each person of the old work whom the participant named, the sharing ended.
    """
    participant = application.enrolment.participant
    with transaction.atomic():
        application = accept_offer(by=by, application=application, starts_on=starts_on, contract_hours=contract_hours)
        if write_hours and starts_on <= clock.today():
            record_new_job(by=by, application=application, actual_hours=contract_hours, instead=instead)
        for link in ended:
            end_workplace(by=by, participant=participant, link=link)
    return application


def _end_running(participant: Participant, start: date) -> None:
    """Let the hours that run end on the day before; hours that began on that day or later are in the way."""
    rows = WorkSpell.objects.select_for_update().filter(participant=participant, source="coach")
    for row in rows.filter(end=None) | rows.filter(end__gte=start):
        if row.start >= start:
            raise Refused(_("Hours were already written down from that day on. Choose that they go on beside it."))
        row.end = start - timedelta(days=1)
        row.save(update_fields=["end"])


def _happened(on: date | None) -> date:
    if on is not None and on > clock.today():
        raise refusal_of(SearchError(Fault.AHEAD, "on"))
    return on or clock.today()


def _next(next_step: str, next_on: date | None) -> str:
    next_step = words.checked(next_step, field="next_step", needed=False)
    try:
        check_next(words=next_step, on=next_on, today=clock.today())
    except SearchError as error:
        raise refusal_of(error) from None
    return next_step


def _mine(by: Actor, application: Application) -> tuple[Application, bool]:
    """Lock an application that someone may write in now; for the care team, one that is not shared is not there."""
    participant = application.enrolment.participant
    _enrolment, own = begun(by, participant)
    fresh = Application.objects.select_for_update().get(pk=application.pk)
    fresh.enrolment = application.enrolment
    if not own and not fresh.shared:
        raise NotHere(application.pk)
    return fresh, own


def _set_shared(by: Actor, application: Application, shared: bool) -> Application:
    participant = application.enrolment.participant
    allow(by, Permission.SHARE_SEARCH, participant=participant)
    running(participant)
    fresh = Application.objects.select_for_update().get(pk=application.pk)
    fresh.enrolment, fresh.shared = application.enrolment, shared
    fresh.save(update_fields=["shared"])
    return fresh


def _enter(
    by: Actor, application: Application, on: date, *, channel: str, text: str = "", shared: bool = False
) -> ApplicationEntry:
    sealed = words.seal(application.enrolment.participant, text)
    return ApplicationEntry.objects.create(
        application=application, state=application.state, on=on, words_sealed=sealed, shared=shared, channel=channel,
        **written(by),
    )  # fmt: skip


def _record(event: Event, by: Actor, application: Application, **ids: int) -> None:
    participant = application.enrolment.participant
    record(
        event, by=by, study=participant.study, participant=participant.pseudonym, application=application.pk, **ids
    )  # fmt: skip
