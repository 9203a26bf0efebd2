"""Deciding: the forms of consent with what was decided on them, and what leaving would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from opstap.acts import clock, doors
from opstap.acts.consents import OWN_KINDS, STUDY_FORM
from opstap.acts.protocols import protocol_of, version_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language, records_of
from opstap.acts.signing import sheet_of
from opstap.acts.understanding import tries_of
from opstap.domain.access import Permission
from opstap.domain.consent import asked_again, standing, untried
from opstap.domain.journey import ENROLMENT, PARTICIPATION
from opstap.domain.protocol import Protocol
from opstap.store.models import Consent, Participant, User


@dataclass(frozen=True)
class Line:
    """One thing that is agreed to or not; `agreed` is None while nothing was decided."""

    id: str
    words: str
    required: bool
    agreed: bool | None


@dataclass(frozen=True)
class Passage:
    """A part of the information, opened on demand; `changed` since the version that was agreed to."""

    id: str
    title: str
    text: str
    changed: bool


@dataclass(frozen=True)
class Asked:
    """A question about the information; `given` is the newest answer, `right` None before one."""

    id: str
    passage: str
    passage_title: str
    words: str
    options: tuple[tuple[str, str], ...]
    given: str
    right: bool | None


@dataclass(frozen=True)
class Form:
    """One form of consent, and the last decision on it: "agreed", "refused", "withdrawn", or "" before one.

    `again`: the words changed since, and the new ones wait for a decision. `renewable`: they can still be agreed to.
    `sheet` is the decision whose signed sheet can be fetched, `fingerprint` its SHA-256.
    """

    kind: str
    title: str
    short: str
    passages: tuple[Passage, ...]
    questions: tuple[Asked, ...]
    tried: bool
    again: bool
    renewable: bool
    sheet: int | None
    fingerprint: str
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

    @property
    def of_study(self) -> bool:
        """Tell whether it is the study that is left, as a patient or as a partner, and not the programme."""
        return self.kind != "programme"


def consent(by: User, kind: str) -> Form:
    """Open one form; NotHere when the programme has no such form, or it is not the participant's own to decide."""
    participant = doors.own_record(by)
    if kind not in _kinds(participant):
        raise NotHere(kind)
    return _form(participant, kind, _decisions(participant).get(kind, []))


def consents(participant: Participant) -> list[Form]:
    """List a participant's forms with the last decision on each. Callers have opened the record."""
    made = _decisions(participant)
    return [_form(participant, kind, made.get(kind, [])) for kind in _kinds(participant)]


def leaving(by: User, kind: str) -> Leaving:
    """Tell what leaving the study, or stopping the programme, would do; NotHere for someone who is not in it."""
    participant = doors.own_record(by)
    enrolment, participation = records_of(participant)
    record = {STUDY_FORM[participant.cohort]: participation, "programme": enrolment}.get(kind)
    if record is None or record.state == "not_opened":
        raise NotHere(kind)
    sides = _open_sides(participant)
    return Leaving(
        kind=kind,
        possible=kind in sides,
        ended_on=record.ended_on,
        in_programme="programme" in sides,
        in_study=STUDY_FORM[participant.cohort] in sides,
        before_lot=enrolment is not None and ENROLMENT.allows(enrolment.state, "not_open"),
    )


def _open_sides(participant: Participant) -> set[str]:
    """Tell which of study and programme can be left now."""
    enrolment, participation = records_of(participant)
    stop = enrolment is not None and ENROLMENT.allows(enrolment.state, "stop")
    withdraw = participation is not None and PARTICIPATION.allows(participation.state, "withdraw")
    study = STUDY_FORM[participant.cohort]
    return {kind for kind, possible in (("programme", stop), (study, withdraw)) if possible}


def _kinds(participant: Participant) -> list[str]:
    forms = {form.kind for form in protocol_of(participant.study).consents}
    return [kind for kind in OWN_KINDS[participant.cohort] if kind in forms]


def _decisions(participant: Participant) -> dict[str, list[Consent]]:
    rows = Consent.objects.filter(participant=participant).select_related("protocol", "evidence")
    found: dict[str, list[Consent]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.kind, []).append(row)
    return found


def _form(participant: Participant, kind: str, made: list[Consent]) -> Form:
    protocol = protocol_of(participant.study)
    form = protocol.consent(kind)
    enrolment, participation = records_of(participant)
    opens = participant.informed_on + timedelta(days=form.days_to_think) if participant.informed_on else None
    undecided = (enrolment if kind == "programme" else participation) is None
    mark = protocol.assumption_on("consents")
    stands = standing(made)
    last = stands or (made[-1] if made else None)
    renewable = stands is not None and stands.form_version != form.version and kind in _open_sides(participant)
    tries = tries_of(participant, form) if form.questions and (undecided or renewable) else []
    given = {one.question: one for one in tries}
    signed = next((one for one in reversed(made) if hasattr(one, "evidence")), None)

    def text(part: str) -> str:
        return protocol.text(f"consents.{kind}.{part}", language())

    return Form(
        kind=kind,
        title=text("title"),
        short=text("short"),
        passages=tuple(_passage(protocol, kind, one, stands if renewable else None) for one in form.passages),
        questions=tuple(
            Asked(
                one.id,
                one.passage,
                text(f"passages.{one.passage}.title"),
                text(f"questions.{one.id}.text"),
                tuple((option, text(f"questions.{one.id}.options.{option}")) for option in one.options),
                given[one.id].option if one.id in given else "",
                given[one.id].right if one.id in given else None,
            )
            for one in form.questions
        ),
        tried=not untried((one.id for one in form.questions), tries),
        again=renewable and asked_again(made, form.version),
        renewable=renewable,
        sheet=signed.pk if signed else None,
        fingerprint=signed.evidence.sha256 if signed else "",
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
        can_decide=renewable
        or (
            undecided and participant.state in ("informed", "included") and opens is not None and clock.today() >= opens
        ),
        decision=last.decision if last else "",
        decided_at=last.at if last else None,
        decided_version=last.form_version if last else "",
        may_leave=kind in _open_sides(participant),
    )


def _passage(protocol: Protocol, kind: str, name: str, stands: Consent | None) -> Passage:
    """Give a passage, and whether its words differ from those that were agreed to."""

    def words(of: Protocol) -> list[str]:
        return [of.text(f"consents.{kind}.passages.{name}.{part}", language()) for part in ("title", "text")]

    title, text = words(protocol)
    changed = False
    if stands is not None:
        old = version_of(stands.protocol)
        changed = name not in old.consent(kind).passages or words(old) != [title, text]
    return Passage(name, title, text, changed)


@dataclass(frozen=True)
class FreeItem:
    """Something that can be given or taken back by itself, and what that opens (empty: nothing but itself)."""

    id: str
    words: str
    about: str
    agreed: bool


def free_items(by: User, kind: str) -> list[FreeItem]:
    """List what can be changed by itself in a consent that stands, in the words agreed to; NotHere when none does."""
    participant = doors.own_record(by)
    return free_items_of(participant, kind)


def free_items_of(participant: Participant, kind: str) -> list[FreeItem]:
    """List the same for a record at hand. Callers have passed a door."""
    stands = standing(_decisions(participant).get(kind, []))
    if stands is None:
        raise NotHere(kind)
    protocol = version_of(stands.protocol)
    return [
        FreeItem(
            item.id,
            protocol.text(f"consents.{kind}.items.{item.id}", language()),
            item.about or "",
            stands.items.get(item.id, False),
        )
        for item in protocol.consent(kind).items
        if not item.required
    ]


def standing_kinds(participant: Participant) -> list[str]:
    """List the forms of which something stands. Callers have passed a door."""
    return [kind for kind, made in _decisions(participant).items() if standing(made) is not None]


def own_sheet(by: User, kind: str) -> tuple[bytes, str]:
    """Fetch one's own newest signed sheet of a form; NotHere while there is none."""
    found = consent(by, kind)
    if found.sheet is None:
        raise NotHere(kind)
    return sheet_of(doors.consent_of(by, found.sheet, Permission.CONSENT))


def to_decide(participant: Participant) -> list[Form]:
    """List the forms that wait for a decision; nobody is asked again after saying no."""
    if participant.state not in ("informed", "included"):
        return []
    enrolment, participation = records_of(participant)
    decided = {"programme": enrolment is not None, STUDY_FORM[participant.cohort]: participation is not None}
    return [form for form in consents(participant) if form.again or (not decided[form.kind] and not form.decision)]
