"""Looking for new work: begun for a reason, ended at will, wishes written down; by the participant or for them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.protocols import arm_of, protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission, Relation, Role, Standing
from opstap.domain.events import Event
from opstap.domain.search import Fault, Reason, SearchError, Topic, Wishes, check_wishes
from opstap.store.models import Enrolment, JobSearch, JobWishes, Participant

OWN = Standing(Role.PARTICIPANT, Relation.OWN)
#: How something came in when the care team writes it down for someone.
CHANNELS = ("paper", "telephone")

_SAID: dict[Fault, Any] = {
    Fault.EMPTY: _("Fill in at least one thing; a few words are enough."),
    Fault.HOURS: _("Fill in hours a week, more than 0 and at most 80."),
    Fault.HOURS_ORDER: _("The most hours cannot be fewer than the least."),
    Fault.DAY: _("Choose days of the week."),
    Fault.TRAVEL: _("Fill in minutes of travel, from 0 to 240."),
    Fault.NEXT_PAST: _("This day has passed. Choose a day to come for the next step."),
    Fault.NEXT_WORDS: _("Write what the next step is, or leave the day empty."),
    Fault.NEXT_DAY: _("Choose a day for the next step."),
    Fault.BEFORE: _("This day is too early. Choose %(day)s or later."),
    Fault.AHEAD: _("This day has not come yet. What is planned is a next step."),
    Fault.ENDS_FIRST: _("The last day comes before the first, %(day)s."),
    Fault.TOO_LONG: _("This kind lasts at most %(months)s months. Choose an earlier last day."),
    Fault.OVERLAP: _("This overlaps with another placement, from %(first)s until %(last)s."),
}


def refusal_of(error: SearchError) -> Refused:
    """Say in words what cannot be, and how to mend it."""
    known = {name: _shown(value) for name, value in error.known.items()}
    return Refused(_SAID[error.fault], field=error.field, **known)


def _shown(value: Any) -> str:
    return formats.date_format(value, "j F Y") if isinstance(value, date) else str(value)


def begun(by: Actor, participant: Participant) -> tuple[Enrolment, bool]:
    """Let someone write while work is looked for; give the programme record, and whether it is their own."""
    own = OWN in allow(by, Permission.KEEP_SEARCH, participant=participant)
    enrolment = running(participant)
    if not JobSearch.objects.filter(enrolment=enrolment, ended_on=None).exists():
        raise Refused(_("Nobody has said yet that other work is looked for. Begin with that."))
    return enrolment, own


def channel_of(own: bool, channel: str) -> str:
    """Say how words came in: from the participant, or for them from paper or a telephone call; Refused otherwise."""
    if own:
        return "self"
    if channel not in CHANNELS:
        raise Refused(_("Choose paper or telephone: this is written down for someone else."), field="channel")
    return channel


@act
def start_search(*, by: Actor, participant: Participant, reason: str, channel: str = "") -> JobSearch:
    """Say that someone looks for other work, and why; what was written in an earlier search is there again.

    A participant can where their arm opens the page. Where the protocol opens it later, the care team says that the
    situation has changed; from then on the participant has the page.
    """
    own = OWN in allow(by, Permission.KEEP_SEARCH, participant=participant)
    enrolment = running(participant)
    protocol = protocol_of(participant.study)
    arm = arm_of(getattr(participant, "participation", None), protocol)
    known = JobSearch.objects.select_for_update().filter(enrolment=enrolment)
    opens = protocol.opens(arm, "search", in_programme=True)
    later = protocol.opens_later(arm, "search", in_programme=True)
    if not (opens or (later and (not own or known.exists()))):
        raise NotHere("search")
    if reason not in tuple(Reason):
        raise Refused(_("Choose why other work is looked for."), field="reason")
    channel = channel_of(own, channel)
    if known.filter(ended_on=None).exists():
        raise Refused(_("This was already said. It can be ended, and begun again."))
    search = JobSearch.objects.create(
        enrolment=enrolment, reason=reason, since=clock.today(), channel=channel, **written(by)
    )
    _record(Event.SEARCH_STARTED, by, participant, search=search.pk)
    return search


@act
def end_search(*, by: Actor, participant: Participant) -> JobSearch:
    """Say that nothing is looked for any more, without a reason; all that was written stays."""
    allow(by, Permission.KEEP_SEARCH, participant=participant)
    enrolment = running(participant)
    search = JobSearch.objects.select_for_update().filter(enrolment=enrolment, ended_on=None).first()
    if search is None:
        raise Refused(_("This has already been ended."))
    search.ended_on = clock.today()
    search.save(update_fields=["ended_on"])
    _record(Event.SEARCH_ENDED, by, participant, search=search.pk)
    return search


@act
def write_wishes(
    *,
    by: Actor,
    participant: Participant,
    texts: Mapping[str, str],
    hours_least: float | None = None,
    hours_most: float | None = None,
    days: Collection[int] = (),
    travel: int | None = None,
    channel: str = "",
) -> JobWishes:
    """Write down wishes and possibilities, `texts` by topic; what was written before is kept, and the latest hold.

    Hours are per week, `days` weekdays from 0 (Monday), `travel` minutes one way. Refused when it says nothing.
    """
    enrolment, own = begun(by, participant)
    channel = channel_of(own, channel)
    said = {topic: words.checked(texts.get(topic, ""), field=topic.value, needed=False) for topic in Topic}
    wishes = Wishes(said, hours_least, hours_most, tuple(sorted(set(days))), travel)
    try:
        check_wishes(wishes)
    except SearchError as error:
        raise refusal_of(error) from None
    row = JobWishes.objects.create(
        enrolment=enrolment,
        words_sealed=words.seal(participant, json.dumps(dict(wishes.said))) if wishes.said else None,
        hours_least=hours_least, hours_most=hours_most, days=list(wishes.days), travel=travel, channel=channel,
        **written(by),
    )  # fmt: skip
    _record(Event.WISHES_WRITTEN, by, participant, wishes=row.pk)
    return row


def wishes_of(participant: Participant, row: JobWishes) -> Wishes:
    """Give wishes as they were written; the words of someone whose key was destroyed are gone."""
    text = words.unseal(participant, row.words_sealed)
    said = json.loads(text) if text.startswith("{") else {}
    return Wishes(
        {Topic(topic): one for topic, one in said.items()}, row.hours_least, row.hours_most, tuple(row.days), row.travel
    )


def written(by: Actor) -> dict[str, Any]:
    """Give who writes, and when, for a row."""
    return {"by": by, "at": clock.now()}


def _record(event: Event, by: Actor, participant: Participant, **ids: int) -> None:
    record(event, by=by, study=participant.study, participant=participant.pseudonym, **ids)
