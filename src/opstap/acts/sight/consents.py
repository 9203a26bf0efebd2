"""What asks for something about consent in a study: what waits for a signature, and who stands on an older version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from opstap.acts.doors import Actor, consent_of
from opstap.acts.protocols import protocol_of, version_of
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.acts.signing import sheet_of
from opstap.acts.words import contact_of
from opstap.domain.access import Permission
from opstap.domain.journey import ENROLMENT, PARTICIPATION, Machine
from opstap.store.models import Consent, Signature


@dataclass(frozen=True)
class Waiting:
    """One decision that the participant signed here and the professional has not; paper has both names on it."""

    number: int
    pseudonym: str
    site: str
    form: str
    version: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Older:
    """Someone who takes part on an older version of a form; `declined`: they said no to the new one."""

    pseudonym: str
    site: str
    form: str
    version: str
    now: str
    declined: bool


@dataclass(frozen=True)
class StudyConsents:
    """What asks for something in one study: the first fifty of each, and how many there are."""

    slug: str
    title: str
    waiting: list[Waiting]
    waiting_in_all: int
    older: list[Older]
    older_in_all: int


@dataclass(frozen=True)
class ToSign:
    """A decision as the professional signs it."""

    number: int
    pseudonym: str
    name: str
    form: str
    version: str
    channel: str
    at: datetime
    items: list[tuple[str, bool]]


def consents_of(by: Actor) -> list[StudyConsents]:
    """Draw up what asks for something about consent in every study that someone coordinates."""
    return [_of(reach) for reach in reaches(by, Permission.SEE_PROGRESS)]


def _of(reach: Reach) -> StudyConsents:
    protocol = protocol_of(reach.study)

    def site(row: Consent) -> str:
        return protocol.text(f"sites.{row.participant.site.code}", language())

    # Whoever signs as the professional signs beside the participant, so the one is a part of the other.
    # What was signed on paper has both names there.
    signed = Signature.objects.filter(reach.among("consent__participant__", None)).exclude(consent__channel="paper")
    by_role = dict(signed.order_by().values_list("role").annotate(n=Count("pk")))
    beside = Signature.objects.filter(consent=OuterRef("consent"), role="professional")
    unsigned = Consent.objects.filter(
        pk__in=signed.filter(~Exists(beside), role="participant").order_by("pk").values("consent")[:PAGE]
    ).select_related("participant__site", "protocol")
    older = _older(reach, {form.kind: form.version for form in protocol.consents})
    return StudyConsents(
        slug=reach.study.slug,
        title=protocol.title(language()),
        waiting=[
            Waiting(
                row.pk,
                row.participant.pseudonym,
                site(row),
                protocol.text(f"consents.{row.kind}.title", language()),
                row.form_version,
                row.channel,
                row.at,
            )
            for row in unsigned.order_by("pk")
        ],
        waiting_in_all=by_role.get("participant", 0) - by_role.get("professional", 0),
        older=[
            Older(
                row.participant.pseudonym,
                site(row),
                protocol.text(f"consents.{row.kind}.title", language()),
                row.form_version,
                protocol.consent(row.kind).version,
                declined,
            )
            for row, declined in older[:PAGE]
        ],
        older_in_all=len(older),
    )


def _older(reach: Reach, versions: dict[str, str]) -> list[tuple[Consent, bool]]:
    """List the standing decisions on an older version of people who still take part, oldest first."""
    takes_part = {
        "programme": Q(participant__enrolment__state__in=_states(ENROLMENT, "stop")),
        "study": Q(participant__participation__state__in=_states(PARTICIPATION, "withdraw")),
        "partner": Q(participant__participation__state__in=_states(PARTICIPATION, "withdraw")),
    }
    found: list[tuple[Consent, bool]] = []
    for kind, version in versions.items():
        rows = Consent.objects.filter(reach.among("participant__", None), takes_part[kind], kind=kind)
        later = Consent.objects.filter(
            participant=OuterRef("participant"), kind=kind, decision="agreed", pk__gt=OuterRef("pk")
        )
        old = rows.filter(~Exists(later), decision="agreed").exclude(form_version=version)
        behind = list(old.select_related("participant__site").order_by("pk"))
        refused = rows.filter(
            decision="refused", form_version=version, participant__in=[one.participant_id for one in behind]
        )
        said_no = set(refused.values_list("participant", flat=True)) if behind else set()
        found += [(row, row.participant_id in said_no) for row in behind]
    return found


def _states(machine: Machine, move: str) -> list[str]:
    return [state for state in machine.states if machine.allows(state, move)]


def to_sign(by: Actor, number: int) -> tuple[Consent, ToSign]:
    """Open a decision to sign it, through the door of who signs; gives the record for the act as well."""
    row = consent_of(by, number, Permission.SIGN_CONSENT)
    protocol = version_of(row.protocol)
    return row, ToSign(
        row.pk,
        row.participant.pseudonym,
        contact_of(row.participant).name,
        protocol.text(f"consents.{row.kind}.title", language()),
        row.form_version,
        row.channel,
        row.at,
        [
            (protocol.text(f"consents.{row.kind}.items.{item}", language()), agreed)
            for item, agreed in row.items.items()
        ],
    )


def signed_sheet(by: Actor, number: int) -> bytes:
    """Give a signed sheet as PDF, through the door of who signs."""
    return sheet_of(consent_of(by, number, Permission.SIGN_CONSENT))[0]
