"""Deciding: the forms of consent with what was decided on them, and what leaving would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from opstap.acts import clock, doors
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language, records_of
from opstap.domain.journey import ENROLMENT, PARTICIPATION
from opstap.store.models import Consent, Participant, User

#: The forms on which a participant decides for themselves; a partner decides about their own.
KINDS = ("programme", "study")


@dataclass(frozen=True)
class Line:
    """One thing that is agreed to or not; `agreed` is None while nothing was decided."""

    id: str
    words: str
    required: bool
    agreed: bool | None


@dataclass(frozen=True)
class Form:
    """One form of consent, and the last decision on it: "agreed", "refused", "withdrawn", or "" before one."""

    kind: str
    title: str
    short: str
    text: str
    lines: tuple[Line, ...]
    version: str
    legal_basis: str
    retention_years: int
    certainty: str
    days_to_think: int
    informed_on: date | None
    opens_on: date | None
    can_decide: bool
    decision: str
    decided_at: datetime | None
    decided_version: str
    may_leave: bool


@dataclass(frozen=True)
class Leaving:
    """What leaving one side does to the other. `possible` is false when there is nothing (more) to leave."""

    kind: str
    possible: bool
    ended_on: date | None
    in_programme: bool
    in_study: bool
    before_lot: bool


def consent(by: User, kind: str) -> Form:
    """Open one form; NotHere when the programme has no such form, or it is not the participant's own to decide."""
    participant = doors.own_record(by)
    if kind not in _kinds(participant):
        raise NotHere(kind)
    return _form(participant, kind, _last(participant).get(kind))


def consents(participant: Participant) -> list[Form]:
    """List a participant's forms with the last decision on each. Callers have opened the record."""
    last = _last(participant)
    return [_form(participant, kind, last.get(kind)) for kind in _kinds(participant)]


def leaving(by: User, kind: str) -> Leaving:
    """Tell what leaving the study, or stopping the programme, would do; NotHere for someone who is not in it."""
    participant = doors.own_record(by)
    enrolment, participation = records_of(participant)
    record = {"study": participation, "programme": enrolment}.get(kind)
    if record is None or record.state == "not_opened":
        raise NotHere(kind)
    sides = _open_sides(participant)
    return Leaving(
        kind=kind,
        possible=kind in sides,
        ended_on=record.ended_on,
        in_programme="programme" in sides,
        in_study="study" in sides,
        before_lot=enrolment is not None and ENROLMENT.allows(enrolment.state, "not_open"),
    )


def _open_sides(participant: Participant) -> set[str]:
    """Tell which of study and programme can be left now."""
    enrolment, participation = records_of(participant)
    stop = enrolment is not None and ENROLMENT.allows(enrolment.state, "stop")
    withdraw = participation is not None and PARTICIPATION.allows(participation.state, "withdraw")
    return {kind for kind, possible in (("programme", stop), ("study", withdraw)) if possible}


def _kinds(participant: Participant) -> list[str]:
    forms = {form.kind for form in protocol_of(participant.study).consents}
    return [kind for kind in KINDS if kind in forms]


def _last(participant: Participant) -> dict[str, Consent]:
    rows = Consent.objects.filter(participant=participant, kind__in=KINDS).order_by("pk")
    return {row.kind: row for row in rows}


def _form(participant: Participant, kind: str, last: Consent | None) -> Form:
    protocol = protocol_of(participant.study)
    form = protocol.consent(kind)
    enrolment, participation = records_of(participant)
    opens = participant.informed_on + timedelta(days=form.days_to_think) if participant.informed_on else None
    undecided = (enrolment if kind == "programme" else participation) is None
    mark = protocol.assumption_on("consents")

    def text(part: str) -> str:
        return protocol.text(f"consents.{kind}.{part}", language())

    return Form(
        kind=kind,
        title=text("title"),
        short=text("short"),
        text=text("text"),
        lines=tuple(
            Line(item.id, text(f"items.{item.id}"), item.required, last.items.get(item.id) if last else None)
            for item in form.items
        ),
        version=form.version,
        legal_basis=form.legal_basis,
        retention_years=form.retention_years,
        certainty=protocol.text(f"assumptions.{mark.id}", language()) if mark else "",
        days_to_think=form.days_to_think,
        informed_on=participant.informed_on,
        opens_on=opens,
        can_decide=undecided
        and participant.state in ("informed", "included")
        and opens is not None
        and clock.today() >= opens,
        decision=last.decision if last else "",
        decided_at=last.at if last else None,
        decided_version=last.form_version if last else "",
        may_leave=kind in _open_sides(participant),
    )


def to_decide(participant: Participant) -> list[Form]:
    """List the forms that wait for a decision; nobody is asked again after saying no."""
    if participant.state not in ("informed", "included"):
        return []
    enrolment, participation = records_of(participant)
    decided = {"programme": enrolment is not None, "study": participation is not None}
    return [form for form in consents(participant) if not decided[form.kind] and not form.decision]
