"""One participant's whole way, as a coordinator sees it, and what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from opstap.acts import clock, words
from opstap.acts.calendar import state_of
from opstap.acts.consents import OWN_KINDS, STUDY_FORM, agrees_to, decisions_of
from opstap.acts.doors import Actor, record_of
from opstap.acts.protocols import protocol_of, version_of
from opstap.acts.sight.progress import language
from opstap.acts.understanding import tries_of
from opstap.domain.access import Permission
from opstap.domain.allocation.plan import factors_of
from opstap.domain.consent import standing, unclear
from opstap.domain.journey import ENROLMENT, PARTICIPATION, RECRUITMENT
from opstap.domain.months import completed_years
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.eligibility import Criterion
from opstap.domain.protocol.model import OWNERS
from opstap.store.models import (
    CareLink,
    Consent,
    Enrolment,
    LifeEvent,
    Measurement,
    NonParticipation,
    Participant,
    Participation,
    Screening,
)


@dataclass(frozen=True)
class Criteria:
    """One criterion at a screening: met, not met or open (None); the rule with its bounds, and what was answered."""

    title: str
    met: bool | None
    rule: str
    least: float | None
    most: float | None
    among: list[str]
    given: list[tuple[str, str]]
    years: int | None


@dataclass(frozen=True)
class Screened:
    """One screening: against which published version, and what each criterion said."""

    on: date
    version: str
    eligible: bool | None
    criteria: list[Criteria]


@dataclass(frozen=True)
class Decided:
    """One decision on a consent form: agreed, refused or withdrawn, with each item in words.

    `to_sign`: the participant signed, and the professional not yet. `sheet`: the SHA-256 of the signed sheet.
    """

    id: int
    kind: str
    title: str
    decision: str
    version: str
    channel: str
    at: datetime
    items: list[tuple[str, bool]]
    to_sign: bool
    sheet: str


@dataclass(frozen=True)
class InProgramme:
    """The programme record."""

    state: str
    phase: str
    agreed_on: date
    started_on: date | None
    ended_on: date | None
    end_reason: str


@dataclass(frozen=True)
class InStudy:
    """The study record. `arm` is empty until the lot was drawn."""

    state: str
    consented_on: date
    allocated_at: datetime | None
    arm: str
    ended_on: date | None
    end_reason: str


@dataclass(frozen=True)
class Measured:
    """One measurement with its window and its state today."""

    id: int
    wave: str
    respondent: str
    opens_on: date
    due_on: date
    closes_on: date
    state: str
    submitted_at: datetime | None
    channel: str
    void_reason: str

    @property
    def late(self) -> bool:
        """Tell whether it can still be handed in although it was due before today."""
        return self.state in ("open", "started") and self.due_on < clock.today()


@dataclass(frozen=True)
class Carer:
    """Who looks after someone, in which profession, since and until when."""

    name: str
    profession: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Journey:
    """Everything on one page: what happened, what is possible now (`can`), and the one thing to do next."""

    pseudonym: str
    contact: words.Contact
    language: str
    study: str
    site: str
    state: str
    referred_on: date
    referred_by: str
    informed_on: date | None
    screenings: list[Screened]
    refusals: list[tuple[str, date]]
    consents: list[Decided]
    programme: InProgramme | None
    participation: InStudy | None
    randomised: bool
    measurements: list[Measured]
    care: list[Carer]
    life: list[tuple[str, date]]
    can: frozenset[str]
    next: str
    consent_from: dict[str, date]
    no_screen: bool = False
    unclear: tuple[tuple[str, str], ...] = ()
    renewable: tuple[str, ...] = ()
    cohort: str = "patient"
    pair: str = ""


def journey(by: Actor, pseudonym: str) -> Journey:
    """Open a participant's way, through the door of who screens; the opening is recorded."""
    one = record_of(by, pseudonym, Permission.SCREEN, what="record")
    protocol = protocol_of(one.study)
    enrolment: Enrolment | None = getattr(one, "enrolment", None)
    participation: Participation | None = getattr(one, "participation", None)
    measurements = [_measured(row, protocol) for row in _measurements(one)]
    care = [
        Carer(link.user.name, link.profession, link.since, link.until)
        for link in CareLink.objects.select_related("user").filter(participant=one).order_by("-since", "-pk")
    ]
    consent_from = _consent_from(one, protocol, enrolment, participation)
    renewable = _renewable(one, protocol, enrolment, participation)
    can = _possible(one, protocol, enrolment, participation, consent_from, renewable)
    return Journey(
        pseudonym=one.pseudonym,
        contact=words.contact_of(one),
        language=one.language,
        study=protocol.title(language()),
        site=protocol.text(f"sites.{one.site.code}", language()),
        state=one.state,
        referred_on=one.referred_on,
        referred_by=one.referred_by.name if one.referred_by else "",
        informed_on=one.informed_on,
        screenings=[screened(row, protocol) for row in Screening.objects.filter(participant=one).order_by("-pk")],
        refusals=[
            (protocol.text(f"non_participation.{row.reason}", language()), row.on)
            for row in NonParticipation.objects.filter(participant=one).order_by("-pk")
        ],
        consents=[_decided(row) for row in _consents(one)],
        programme=_in_programme(enrolment, protocol),
        participation=_in_study(participation, protocol),
        randomised=protocol.study.allocation is not None,
        measurements=measurements,
        care=care,
        life=list(LifeEvent.objects.filter(participant=one).order_by("-on").values_list("kind", "on")),
        can=can,
        next=_next(can, enrolment, measurements, care, protocol),
        consent_from=consent_from,
        no_screen=one.no_screen,
        unclear=tuple(_unclear(one, protocol)),
        renewable=tuple(renewable),
        cohort=one.cohort,
        pair=_pair(one),
    )


def _measurements(one: Participant) -> Any:
    return Measurement.objects.filter(participant=one).order_by("due_on", "respondent")


def _measured(row: Measurement, protocol: Protocol) -> Measured:
    return Measured(
        id=row.pk,
        wave=protocol.text(f"waves.{row.wave}", language()),
        respondent=row.respondent,
        opens_on=row.opens_on,
        due_on=row.due_on,
        closes_on=row.closes_on,
        state=state_of(row),
        submitted_at=row.submitted_at,
        channel=row.channel,
        void_reason=row.void_reason,
    )


def _consent_from(
    one: Participant, protocol: Protocol, enrolment: Enrolment | None, participation: Participation | None
) -> dict[str, date]:
    """Give, for each decision still to be made, the first day on which it can be."""
    if one.informed_on is None or not RECRUITMENT.allows(one.state, "include"):
        return {}
    undecided = {"programme": enrolment is None, STUDY_FORM[one.cohort]: participation is None}
    waiting = {kind: undecided[kind] for kind in OWN_KINDS[one.cohort]}
    return {
        form.kind: one.informed_on + timedelta(days=form.days_to_think)
        for form in protocol.consents
        if waiting.get(form.kind)
    }


def _may_pair(one: Participant, protocol: Protocol) -> bool:
    """Tell whether a partner can be asked: the study has a cohort of them, and this person lets us."""
    cohort = any(form.kind == "partner" for form in protocol.consents)
    return cohort and not hasattr(one, "partner") and agrees_to(one, "study", "partner")


def _renewable(
    one: Participant, protocol: Protocol, enrolment: Enrolment | None, participation: Participation | None
) -> list[str]:
    """List the forms of which someone stands on an older version while they still take part."""
    takes_part = {
        "programme": enrolment is not None and ENROLMENT.allows(enrolment.state, "stop"),
        STUDY_FORM[one.cohort]: participation is not None and PARTICIPATION.allows(participation.state, "withdraw"),
    }
    found: list[str] = []
    for form in protocol.consents:
        stands = standing(decisions_of(one, form.kind)) if takes_part.get(form.kind) else None
        if stands is not None and stands.form_version != form.version:
            found.append(form.kind)
    return found


def _possible(
    one: Participant,
    protocol: Protocol,
    enrolment: Enrolment | None,
    participation: Participation | None,
    consent_from: dict[str, date],
    renewable: list[str],
) -> frozenset[str]:
    can = {"contact", "life", "paper"}
    for act, move in (("screen", "screen_open"), ("inform", "inform"), ("decline", "decline"), ("reopen", "reopen")):
        if RECRUITMENT.allows(one.state, move):
            can.add(act)
    if consent_from and not one.no_screen:
        can.add("invite")
    can |= {f"consent-{kind}" for kind, first in consent_from.items() if first <= clock.today()}
    can |= {f"consent-{kind}" for kind in renewable}
    if participation is not None:
        can |= {"anchor", "adverse"}
        if protocol.study.monitoring.deviations:
            can.add("deviation")
        if _may_pair(one, protocol):
            can.add("partner")
        if protocol.study.allocation is not None and PARTICIPATION.allows(participation.state, "follow"):
            can.add("allocate")
        if protocol.study.allocation is not None and factors_of(protocol):
            can.add("stratum")
        if PARTICIPATION.allows(participation.state, "withdraw"):
            can |= {"withdraw", f"items-{STUDY_FORM[one.cohort]}"}
    if enrolment is not None:
        if ENROLMENT.allows(enrolment.state, "stop"):
            can |= {"stop", "items-programme"}
        if enrolment.state == "active":
            can.add("assign")
    return frozenset(can)


def _next(
    can: frozenset[str],
    enrolment: Enrolment | None,
    measurements: list[Measured],
    care: list[Carer],
    protocol: Protocol,
) -> str:
    """Choose the one act that moves this person on; empty when there is only waiting."""
    for act in ("screen", "inform", "allocate"):
        if act in can:
            return act
    waits_for_lot = enrolment is not None and enrolment.state == "agreed"
    if "consent-programme" in can:
        return "consent-programme"
    if "consent-study" in can and (enrolment is None or waits_for_lot):
        return "consent-study"
    if "consent-partner" in can:
        return "consent-partner"
    present = {carer.profession for carer in care if carer.until is None}
    if "assign" in can and not set(protocol.programme.professions) <= present:
        return "assign"
    if any(one.late and one.respondent in OWNERS for one in measurements):
        return "link"
    return ""


def screened(row: Screening, protocol: Protocol) -> Screened:
    """Read one screening, criterion by criterion. Callers have passed a door, or list within reach."""
    rules = protocol.study.eligibility
    version = rules.version(row.criteria_version)
    known = {criterion.id: criterion for criterion in version.criteria}
    return Screened(
        on=row.on,
        version=protocol.text(f"eligibility.versions.{version.id}", language()),
        eligible=row.eligible,
        criteria=[
            _criterion(known[verdict["id"]], verdict["met"], row, protocol)
            for verdict in row.verdicts
            if verdict["id"] in known
        ],
    )


def _criterion(criterion: Criterion, met: bool | None, row: Screening, protocol: Protocol) -> Criteria:
    years = None
    if criterion.rule == "age" and all(name in row.answers for name in criterion.needs):
        at = date.fromisoformat(row.answers[criterion.at]) if criterion.at else row.on
        years = completed_years(date.fromisoformat(row.answers[criterion.of]), at)
    return Criteria(
        title=protocol.text(f"eligibility.criteria.{criterion.id}", language()),
        met=met,
        rule=criterion.rule,
        least=criterion.least,
        most=criterion.most,
        among=[choice_text(protocol, criterion.of, value) for value in criterion.among],
        given=[
            (protocol.text(f"eligibility.inputs.{name}", language()), _given(protocol, name, row.answers.get(name)))
            for name in criterion.needs
        ],
        years=years,
    )


def choice_text(protocol: Protocol, name: str, value: str) -> str:
    """Give the words of one choice at screening."""
    return protocol.text(f"eligibility.choices.{name}.{value}", language())


def _given(protocol: Protocol, name: str, value: Any) -> str:
    """Write an answer as text: a choice in words, a date as ISO, `true`, `false` and `permanent` as they are."""
    if value is None:
        return ""
    if name in protocol.study.eligibility.choices:
        return ", ".join(choice_text(protocol, name, one) for one in (value if isinstance(value, list) else [value]))
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def _consents(one: Participant) -> Any:
    rows = Consent.objects.filter(participant=one).select_related("protocol", "evidence")
    return rows.prefetch_related("signatures").order_by("-pk")


def _decided(row: Consent) -> Decided:
    protocol = version_of(row.protocol)
    roles = {signature.role for signature in row.signatures.all()}
    return Decided(
        id=row.pk,
        kind=row.kind,
        title=protocol.text(f"consents.{row.kind}.title", language()),
        decision=row.decision,
        version=row.form_version,
        channel=row.channel,
        at=row.at,
        items=[
            (protocol.text(f"consents.{row.kind}.items.{item}", language()), agreed)
            for item, agreed in row.items.items()
        ],
        to_sign=roles == {"participant"},
        sheet=row.evidence.sha256 if hasattr(row, "evidence") else "",
    )


def _pair(one: Participant) -> str:
    """Give the pseudonym of the patient beside a partner, or of the partner beside a patient; empty for neither."""
    if one.cohort == "partner":
        return one.paired.pseudonym if one.paired else ""
    return one.partner.pseudonym if hasattr(one, "partner") else ""


def _unclear(one: Participant, protocol: Protocol) -> list[tuple[str, str]]:
    """List the questions about the information that were last answered wrong: the passage, and the question."""
    found = []
    for form in protocol.consents:
        asked = {question.id: question for question in form.questions}
        for question in unclear(tries_of(one, form)):
            place = f"consents.{form.kind}"
            passage = protocol.text(f"{place}.passages.{asked[question].passage}.title", language())
            found.append((passage, protocol.text(f"{place}.questions.{question}.text", language())))
    return found


def _in_programme(enrolment: Enrolment | None, protocol: Protocol) -> InProgramme | None:
    if enrolment is None:
        return None
    phase = protocol.text(f"phases.{enrolment.phase}.title", language()) if enrolment.phase else ""
    return InProgramme(
        enrolment.state,
        phase,
        enrolment.agreed_on,
        enrolment.started_on,
        enrolment.ended_on,
        enrolment.end_reason,
    )


def _in_study(participation: Participation | None, protocol: Protocol) -> InStudy | None:
    if participation is None:
        return None
    arm = participation.arm
    return InStudy(
        participation.state,
        participation.consented_on,
        participation.allocation.allocated_at if arm else None,
        protocol.text(f"arms.{arm}.title", language()) if arm else "",
        participation.ended_on,
        participation.end_reason,
    )
