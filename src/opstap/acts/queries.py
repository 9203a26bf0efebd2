"""Queries: a data manager asks about an answer, the site answers, the data manager closes. Every step stays."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.blinding import blinded, tells_arm
from opstap.acts.calendar import state_of
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import QUERY
from opstap.store.models import AnswerSheet, Correction, Measurement, Query, QueryEntry


@act
def raise_query(*, by: Actor, measurement: Measurement, questionnaire: str, text: str, item: str = "") -> Query:
    """Ask the site about an answer that was handed in, or about the whole questionnaire (no item).

    Refused for what was not handed in or asked there, and without words; NotHere for what would tell an arm.
    """
    participant = measurement.participant
    found = allow(by, Permission.RAISE_QUERY, participant=participant)
    if blinded(participant.study, found) and tells_arm(measurement, questionnaire):
        raise NotHere(measurement.pk)
    if state_of(measurement) != "submitted":
        raise Refused(_("This questionnaire has not been handed in."))
    if not AnswerSheet.objects.filter(measurement=measurement, questionnaire=questionnaire).exists():
        raise Refused(_("This questionnaire was not answered here."), field="questionnaire")
    known = {one.id for one in protocol_of(participant.study).questionnaires[questionnaire].items}
    if item and item not in known:
        raise Refused(_("There is no such question."), field="item")
    text = words.checked(text, field="text")
    query = Query.objects.create(  # type: ignore[misc]  # RAISE_QUERY is never the system's
        measurement=measurement, questionnaire=questionnaire, item=item, state=QUERY.start, raised_by=by,
        raised_at=clock.now(),
    )  # fmt: skip
    write(query, "raise", by, text)
    record(
        Event.QUERY_RAISED, by=by, study=participant.study, participant=participant.pseudonym, query=query.pk
    )  # fmt: skip
    return query


@act
def answer_query(*, by: Actor, query: Query, text: str) -> Query:
    """Answer a query in words, for the site; NotNow when it is closed or withdrawn."""
    return _step(by, query, Permission.ANSWER_QUERY, "answer", words.checked(text, field="text"), Event.QUERY_ANSWERED)


@act
def close_query(*, by: Actor, query: Query, text: str = "") -> Query:
    """Close a query, answered or not; words are welcome and not needed."""
    text = words.checked(text, field="text", needed=False)
    return _step(by, query, Permission.CLOSE_QUERY, "close", text, Event.QUERY_CLOSED)


@act
def reopen_query(*, by: Actor, query: Query, text: str) -> Query:
    """Open a query that was answered or closed again, saying why."""
    return _step(by, query, Permission.CLOSE_QUERY, "reopen", words.checked(text, field="text"), Event.QUERY_REOPENED)


@act
def withdraw_query(*, by: Actor, query: Query, text: str) -> Query:
    """Take a query back that one raised oneself, saying why; Refused for somebody else's."""
    allow(by, Permission.RAISE_QUERY, participant=query.measurement.participant)
    if query.raised_by_id is None or query.raised_by_id != by.pk:
        raise Refused(_("Only who raised a query can withdraw it. You can close it."))
    return _step(
        by, query, Permission.RAISE_QUERY, "withdraw", words.checked(text, field="text"), Event.QUERY_WITHDRAWN
    )


def _step(by: Actor, query: Query, permission: Permission, move: str, text: str, event: Event) -> Query:
    participant = query.measurement.participant
    found = allow(by, permission, participant=participant)
    if blinded(participant.study, found) and tells_arm(query.measurement, query.questionnaire):
        raise NotHere(query.pk)
    query = locked_query(query)
    moved(query, move)
    write(query, move, by, text)
    record(event, by=by, study=participant.study, participant=participant.pseudonym, query=query.pk)
    return query


def locked_query(query: Query) -> Query:
    """Lock a query and give the row as it is now, with its measurement."""
    fresh = Query.objects.select_for_update().get(pk=query.pk)
    fresh.measurement = query.measurement
    return fresh


def moved(query: Query, move: str) -> None:
    """Move a locked query on, within a running act; NotNow when its state does not allow it."""
    query.state = QUERY.after(query.state, move)
    query.save(update_fields=["state"])


def write(query: Query, move: str, by: Actor, text: str = "", correction: Correction | None = None) -> None:
    """Write down one step of a query, its words sealed, within a running act."""
    QueryEntry.objects.create(  # type: ignore[misc]  # who may take these steps is never the system
        query=query, move=move, by=by, at=clock.now(), correction=correction,
        words_sealed=words.seal(query.measurement.participant, text),
    )  # fmt: skip
