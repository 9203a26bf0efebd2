"""Answering: saved page by page, submitted once, corrected beside the old value with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format, localize
from django.utils.translation import gettext_lazy as _

from opstap.acts import alerts, checks, clock, incidents, words
from opstap.acts.act import act, record
from opstap.acts.calendar import asked_of, state_of
from opstap.acts.doors import ANSWERS_AS, Actor, allow, standings
from opstap.acts.locks import locked, locked_measurement, participation_of
from opstap.acts.protocols import protocol_of
from opstap.acts.queries import locked_query, moved, write
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.reported_work import record_reported_work
from opstap.acts.two_answers import OTHER, STANDING, answered_anew, keep_both, pair_to_settle, sort_out, unsettled
from opstap.domain.access import TABLE, Permission
from opstap.domain.events import Event
from opstap.domain.instruments.answers import AnswerError, hidden_answers, parse, with_texts
from opstap.domain.instruments.model import Item, Questionnaire
from opstap.domain.journey import MEASUREMENT, PARTICIPATION
from opstap.domain.protocol.model import OWNERS
from opstap.store.models import AnswerSheet, Correction, Measurement, Participant, Query

#: How answers come in where nobody uses a screen, and why such answers can be missing.
OFF_SCREEN = ("paper", "telephone")
GAPS = ("left_empty", "unreadable")

MESSAGES = {
    "choice": _("Choose one of the answers listed."),
    "number": _("This is not a number. Write it with digits, like 24 or 24.5."),
    "whole": _("Fill in a whole number."),
    "range": _("Fill in a number from %(low)s to %(high)s."),
    "date": _("This is not a date. Fill in day, month and year."),
    "long": _("This text is too long. Use at most %(maximum)s characters."),
    "alone": _("This answer does not go together with another. Choose one of the two."),
    "cents": _("Fill in an amount with at most two digits after the comma."),
    "in_all": _("Together that is more than %(high)s. Fill in less."),
    "row": _("These rows do not fit this question. Fill them in again."),
    "empty": _("Something is still empty in row %(row)s. Fill it in, or empty the whole row."),
    "least": _("Fill in at least %(low)s."),
    "most": _("Fill in at most %(high)s."),
}


@act
def save_answers(
    *,
    by: Actor,
    measurement: Measurement,
    answers: Mapping[str, Mapping[str, Any]],
    channel: str = "online",
    answered_on: date | None = None,
    seen: Mapping[str, Mapping[str, str]] | None = None,
) -> Measurement:
    """Save what was filled in: per questionnaire, per item. What is not named stays; None takes an answer back.

    All or nothing: Refused, naming the first item, when one answer does not fit or answers a question that routing
    hides. NotNow outside the window. `seen` holds the fingerprints of the answers that the page knew: where another
    one was saved since, that one stands and this one is kept beside it (`settle_answer`). `answered_on` is the day on
    which paper was filled in, from the opening of the window until today; with a day within the window, it can be
    entered after the window has closed.
    """
    measurement = _opened(by, measurement, "save", late=_in_time(measurement, channel, answered_on))
    participant = measurement.participant
    asked = {questionnaire.id: questionnaire for questionnaire in asked_of(measurement)}
    prefetch_related_objects([measurement], "sheets")
    kept = {sheet.questionnaire: sheet for sheet in measurement.sheets.all()}
    changed: list[AnswerSheet] = []
    beside: list[tuple[AnswerSheet, dict[str, Any], datetime]] = []
    renewed: dict[str, list[str]] = {}
    said: dict[str, dict[str, Any]] = {}
    for questionnaire_id, raw in answers.items():
        if questionnaire_id not in asked:
            raise Refused(_("This questionnaire is not asked now."), field=questionnaire_id)
        sheet_of = asked[questionnaire_id]
        typed = {item_id: _typed(participant, sheet_of, item_id, value) for item_id, value in raw.items()}
        said[questionnaire_id] = typed
        sheet = kept.get(questionnaire_id)
        found = sort_out(
            sheet,
            questionnaire_id,
            typed=typed,
            seen=(seen or {}).get(questionnaire_id, {}),
            readable=partial(_readable, participant, sheet_of),
            measurement=measurement.pk,
        )
        if sheet is not None and found.second:
            beside.append((sheet, found.second, sheet.saved_at))
        typed = found.saved
        renewed[questionnaire_id] = [] if sheet is None else list(typed)
        sheet = _merged(measurement, sheet_of, sheet, typed)
        hidden = hidden_answers(sheet_of, typed, sheet.answers)
        if hidden:
            raise Refused(
                _("This question is not asked after the answers before it. Leave it empty."),
                field=f"{questionnaire_id}.{hidden[0]}",
            )
        changed.append(sheet)
    for sheet in changed:
        if sheet.pk is None:
            sheet.save(force_insert=True)
            vars(measurement).pop("_prefetched_objects_cache", None)
        else:
            sheet.save(update_fields=["answers", "saved_at"])
    for questionnaire_id, items in renewed.items():
        answered_anew(measurement, questionnaire_id, items)
    for sheet, second, since in beside:
        keep_both(sheet, second, since)
    _came_in(measurement, channel, answered_on)
    raised = [alert for name, typed in said.items() for alert in alerts.look(measurement, asked[name], typed)]
    event = Event.ALERT_RAISED if raised else Event.ANSWERS_DIFFER if beside else Event.ANSWERS_SAVED
    ids = {"alert": raised[0].pk} if raised else {}
    record(event, by=by, study=participant.study, participant=participant.pseudonym, measurement=measurement.pk, **ids)
    return measurement


def _came_in(measurement: Measurement, channel: str, answered_on: date | None) -> None:
    """Keep how the newest answers came in, and on which day they were given where that is told."""
    if answered_on is not None and not measurement.opens_on <= answered_on <= clock.today():
        raise Refused(
            _("This day does not fit. Fill in a day from %(first)s to today."),
            field="answered_on", first=date_format(measurement.opens_on, "j F Y"),
        )  # fmt: skip
    now = (measurement.started_at or clock.now(), channel, answered_on)
    if now != (measurement.started_at, measurement.channel, measurement.answered_on):
        measurement.started_at, measurement.channel, measurement.answered_on = now
        measurement.save(update_fields=["started_at", "channel", "answered_on"])


@act
def settle_answer(*, by: Actor, measurement: Measurement, number: int, keep: str) -> Measurement:
    """Say which of two answers holds, `standing` or `other`; the one that does not stays on record."""
    measurement = _opened(by, measurement, "save")
    if keep not in (STANDING, OTHER):
        raise Refused(_("Choose one of the two answers."), field="keep")
    pair = pair_to_settle(measurement, number)
    pair.kept, pair.settled_at = keep, clock.now()
    pair.save(update_fields=["kept", "settled_at"])
    if keep == OTHER:
        sheet = AnswerSheet.objects.select_for_update().get(measurement=measurement, questionnaire=pair.questionnaire)
        sheet.answers, sheet.saved_at = {**sheet.answers, pair.item: pair.other}, clock.now()
        sheet.save(update_fields=["answers", "saved_at"])
    participant = measurement.participant
    record(
        Event.ANSWER_SETTLED, by=by, study=participant.study, participant=participant.pseudonym,
        measurement=measurement.pk, two=pair.pk,
    )  # fmt: skip
    return measurement


@act
def submit(*, by: Actor, measurement: Measurement, gaps: Mapping[str, Mapping[str, str]] | None = None) -> Measurement:
    """Hand in a measurement: every question that routing asks must have an answer.

    Where it came from paper or by telephone, `gaps` may say per questionnaire and item why there is no answer, one of
    `GAPS`; so a coordinator can hand in what someone left empty. Two answers to one question are settled first.

    The hours and sick leave that were reported become dated spells with source "questionnaire". The baseline opens
    the way to the lot (or, in a single arm, to follow-up); the last measurement completes the study record.
    """
    late = _in_time(measurement, measurement.channel, measurement.answered_on)
    measurement = _opened(by, measurement, "submit", late=late)
    participant = measurement.participant
    differing = {(pair.questionnaire, pair.item) for pair in unsettled(measurement)}
    sheets = {sheet.questionnaire: sheet for sheet in measurement.sheets.all()}
    given = {name: sheet.answers for name, sheet in sheets.items()}
    explained = gaps_from(by, measurement, gaps or {})
    for questionnaire in asked_of(measurement):
        answers = given.get(questionnaire.id, {})
        if differing and any((questionnaire.id, item.id) in differing for item in questionnaire.asked(answers)):
            raise Refused(_("There are questions with two answers. Choose first which of them holds."), field="two")
        why = explained.get(questionnaire.id, {})
        missing = questionnaire.missing(answers)
        unexplained = [item for item in missing if item.id not in why]
        if unexplained:
            raise Refused(_("There are questions without an answer."), field=f"{questionnaire.id}.{unexplained[0].id}")
        if missing:
            sheet = sheets.get(questionnaire.id) or _merged(measurement, questionnaire, None, {})
            sheet.gaps = {item.id: why[item.id] for item in missing}
            sheet.save()
    measurement.submitted_at = clock.now()
    measurement.missed_reason, measurement.missed_note_sealed = "", None
    measurement.save(update_fields=["submitted_at", "missed_reason", "missed_note_sealed"])
    record_reported_work(measurement, given)
    checks.look(measurement, given)
    incidents.from_answers(measurement, given)
    if measurement.respondent in OWNERS:
        _advance(participant)
    record(
        Event.ANSWERS_SUBMITTED, by=by, study=participant.study, participant=participant.pseudonym,
        measurement=measurement.pk, protocol=measurement.protocol.digest,
    )  # fmt: skip
    return measurement


def _advance(participant: Participant) -> None:
    participation = participation_of(participant)
    assert participation is not None  # a measurement is only scheduled for someone in the study
    waiting = Measurement.objects.filter(
        participant=participant, respondent__in=OWNERS, submitted_at=None, voided_on=None
    )
    if PARTICIPATION.allows(participation.state, "finish_baseline"):
        participation.state = PARTICIPATION.after(participation.state, "finish_baseline")
        if participant.cohort == "partner" or protocol_of(participant.study).study.allocation is None:
            participation.state = PARTICIPATION.after(participation.state, "follow")
    elif PARTICIPATION.allows(participation.state, "complete") and not waiting.exists():
        participation.state = PARTICIPATION.after(participation.state, "complete")
        participation.ended_on, participation.end_reason = clock.today(), "completed"
    participation.save(update_fields=["state", "ended_on", "end_reason"])


@act
def correct_answer(
    *,
    by: Actor,
    measurement: Measurement,
    questionnaire: str,
    item: str,
    value: Any,
    reason: str,
    query: Query | None = None,
) -> Correction:
    """Correct a submitted answer; the old value and the reason stay beside the new one.

    With a query, the correction is the site's answer to it. The checks are looked at again: what they asked and is
    satisfied now closes by itself.
    """
    allow(by, Permission.CORRECT_ANSWERS, participant=measurement.participant)
    locked(measurement.participant)
    measurement = locked_measurement(measurement)
    MEASUREMENT.after(state_of(measurement), "correct")
    participant = measurement.participant
    if not reason.strip():
        raise Refused(_("Write down why this answer is corrected."), field="reason")
    if query is not None and query.measurement_id != measurement.pk:
        raise Refused(_("This query is about another questionnaire."))
    sheet = AnswerSheet.objects.select_for_update().filter(measurement=measurement, questionnaire=questionnaire).first()
    if sheet is None:
        raise Refused(_("This questionnaire was not answered here."), field="questionnaire")
    sheet_of = protocol_of(participant.study).questionnaires[questionnaire]
    new = _typed(participant, sheet_of, item, value)
    correction = Correction.objects.create(
        sheet=sheet,
        item=item,
        old=sheet.answers.get(item),
        new=new,
        reason_sealed=words.seal(participant, reason) or b"",
        by=by,  # type: ignore[misc]  # CORRECT_ANSWERS is never the system's
        at=clock.now(),
    )
    sheet.answers = {name: value for name, value in {**sheet.answers, item: new}.items() if value is not None}
    sheet.save(update_fields=["answers"])
    record_reported_work(measurement, {questionnaire: sheet.answers})
    ids = {"correction": correction.pk}
    if query is not None:
        query = locked_query(query)
        moved(query, "answer")
        write(query, "answer", by, correction=correction)
        ids["query"] = query.pk
    checks.look_again(participant, correction)
    record(Event.ANSWER_CORRECTED, by=by, study=participant.study, participant=participant.pseudonym, **ids)
    return correction


def gaps_from(by: Actor, measurement: Measurement, gaps: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Read why answers are missing: only who enters from paper or by telephone may say so, with a known reason."""
    told = {name: dict(of) for name, of in gaps.items() if of}
    if not told:
        return {}
    if measurement.channel not in OFF_SCREEN:
        raise Refused(_("Only answers from paper or by telephone can stay empty with a reason."), field="gaps")
    allow(by, Permission.ENTER_ANSWERS, participant=measurement.participant)
    if any(reason not in GAPS for of in told.values() for reason in of.values()):
        raise Refused(_("Choose why there is no answer."), field="gaps")
    return told


def answers_so_far(measurement: Measurement) -> dict[str, dict[str, Any]]:
    """Give the answers by questionnaire and item, free text unsealed. Callers have passed a door."""
    protocol = protocol_of(measurement.participant.study)
    given: dict[str, dict[str, Any]] = {}
    for sheet in measurement.sheets.all():
        items = {item.id: item for item in protocol.questionnaires[sheet.questionnaire].items}
        given[sheet.questionnaire] = {
            item_id: unsealed(measurement.participant, items[item_id], value) if item_id in items else value
            for item_id, value in sheet.answers.items()
        }
    return given


def unsealed(participant: Participant, item: Item, value: Any) -> Any:
    """Give an answer with its free text readable. Callers have passed a door."""
    return with_texts(item, value, lambda text: words.unseal(participant, bytes.fromhex(text)))


def _opened(by: Actor, measurement: Measurement, move: str, *, late: bool = False) -> Measurement:
    allow_answering(by, measurement)
    measurement = locked_measurement(measurement)
    state = state_of(measurement)
    if late and state == "missed":
        allow(by, Permission.ENTER_ANSWERS, participant=measurement.participant)
        move = f"{move}_late_paper"
    MEASUREMENT.after(state, move)
    return measurement


def _in_time(measurement: Measurement, channel: str, answered_on: date | None) -> bool:
    """Tell whether answers were given off screen while the window was open, whenever they are entered."""
    if channel not in OFF_SCREEN or answered_on is None:
        return False
    return measurement.opens_on <= answered_on <= measurement.closes_on


def allow_answering(by: Actor, measurement: Measurement) -> None:
    """Let pass who fills in: whoever is asked here, or a coordinator from paper or telephone."""
    own = TABLE[ANSWERS_AS[measurement.respondent]]
    if not standings(by, participant=measurement.participant, among=own | TABLE[Permission.ENTER_ANSWERS]):
        raise NotHere(Permission.ANSWER)


def _readable(participant: Participant, questionnaire: Questionnaire, item: str, value: Any) -> Any:
    return unsealed(participant, questionnaire.item(item), value)


def _typed(participant: Participant, questionnaire: Questionnaire, item_id: str, raw: Any) -> Any:
    field = f"{questionnaire.id}.{item_id}"
    try:
        item: Item = questionnaire.item(item_id)
        value = parse(item, raw)
    except KeyError:
        raise Refused(_("There is no such question."), field=field) from None
    except AnswerError as error:
        shown = {name: localize(_short(value)) for name, value in error.params.items()}
        raise Refused(MESSAGES[error.code], field=field, **shown) from None
    return with_texts(item, value, lambda text: (words.seal(participant, text) or b"").hex())


def _short(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number == int(number) else number


def _merged(
    measurement: Measurement, questionnaire: Questionnaire, sheet: AnswerSheet | None, typed: dict[str, Any]
) -> AnswerSheet:
    sheet = sheet or AnswerSheet(
        measurement=measurement, questionnaire=questionnaire.id, version=questionnaire.version, answers={}
    )
    sheet.answers = {item_id: value for item_id, value in {**sheet.answers, **typed}.items() if value is not None}
    sheet.saved_at = clock.now()
    return sheet
