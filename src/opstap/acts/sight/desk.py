"""What the forms of a coordinator need to ask: criteria and choices, consent texts, reasons, colleagues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from opstap.acts import words
from opstap.acts.doors import Actor, record_of
from opstap.acts.followup import CORRECTABLE, anchors_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.journey import choice_text
from opstap.acts.sight.lot import factors_for
from opstap.acts.sight.participant.deciding import FreeItem, free_items_of, standing_kinds
from opstap.acts.sight.progress import language
from opstap.domain.access import Permission
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.consents import ConsentForm
from opstap.store.models import Grant, Participant, Screening, User


@dataclass(frozen=True)
class Input:
    """One question at screening: its name, kind, words and choices as (value, words)."""

    name: str
    kind: str
    words: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Form:
    """One consent form: its words, and its items as (id, words, required)."""

    kind: str
    version: str
    title: str
    short: str
    passages: list[tuple[str, str]]
    items: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Colleague:
    """Someone who works at this participant's site in a profession of the programme."""

    user: int
    name: str
    profession: str


@dataclass(frozen=True)
class Desk:
    """Everything that the forms about one participant ask with."""

    pseudonym: str
    study: str
    contact: words.Contact
    inputs: list[Input]
    versions: list[tuple[str, str]]
    default_version: str
    forms: dict[str, Form]
    reasons: list[tuple[str, str]]
    deviations: list[tuple[str, str]]
    missing: list[tuple[str, str, list[tuple[str, str]]]]
    colleagues: list[Colleague]
    answered: dict[str, Any]
    anchors: dict[str, date]
    time_zone: str
    no_screen: bool
    free: dict[str, list[FreeItem]]

    def given(self, kind: str) -> list[str]:
        """List the free items of a form that are agreed to now."""
        return [item.id for item in self.free.get(kind, []) if item.agreed]

    #: What the lot looks at: id, words (empty: the site), and levels with their words.
    factors: list[tuple[str, str, list[tuple[str, str]]]]


def desk(by: Actor, pseudonym: str) -> tuple[Participant, Desk]:
    """Open the desk for one participant, through the door of who screens; gives the record for the act as well."""
    one = record_of(by, pseudonym, Permission.SCREEN, what="record")
    protocol = protocol_of(one.study)
    rules = protocol.study.eligibility
    places = Q(site=None) | Q(site=one.site)
    grants = Grant.objects.filter(places, study=one.study, revoked_at=None, role__in=protocol.programme.professions)
    return one, Desk(
        pseudonym=one.pseudonym,
        study=protocol.title(language()),
        contact=words.contact_of(one),
        inputs=[
            Input(
                name,
                kind,
                protocol.text(f"eligibility.inputs.{name}", language()),
                [(value, choice_text(protocol, name, value)) for value in rules.choices.get(name, [])],
            )
            for name, kind in rules.inputs.items()
        ],
        versions=[
            (version.id, protocol.text(f"eligibility.versions.{version.id}", language())) for version in rules.versions
        ],
        default_version=rules.default,
        forms={form.kind: _form(form, protocol) for form in protocol.consents},
        reasons=[
            (reason, protocol.text(f"non_participation.{reason}", language()))
            for reason in protocol.study.non_participation_reasons
        ],
        deviations=[
            (one.id, protocol.text(f"deviations.{one.id}", language())) for one in protocol.study.monitoring.deviations
        ],
        missing=[
            (
                question,
                protocol.text(f"non_participants.{question}.title", language()),
                [
                    (option, protocol.text(f"non_participants.{question}.options.{option}", language()))
                    for option in options
                ],
            )
            for question, options in protocol.study.recruitment.non_participants.items()
        ],
        colleagues=[
            Colleague(grant.user_id, grant.user.name, grant.role)
            for grant in grants.select_related("user").order_by("role", "user__name")
        ],
        answered=_answered(one),
        anchors={name: day for name, day in anchors_of(one).items() if name in CORRECTABLE},
        time_zone=one.time_zone,
        no_screen=one.no_screen,
        free={kind: free_items_of(one, kind) for kind in standing_kinds(one)},
        factors=factors_for(protocol) if protocol.study.allocation else [],
    )


def _answered(one: Participant) -> dict[str, Any]:
    """Give what was filled in at the last screening, so that going on later does not mean beginning again."""
    last = Screening.objects.filter(participant=one).order_by("-pk").first()
    if last is None:
        return {}
    yes_no = {True: "true", False: "false"}
    shown = {name: yes_no[value] if isinstance(value, bool) else value for name, value in last.answers.items()}
    whole = {name: int(value) for name, value in shown.items() if isinstance(value, float) and value == int(value)}
    return {**shown, **whole, "criteria": last.criteria_version}


def _form(form: ConsentForm, protocol: Protocol) -> Form:
    def said(part: str) -> str:
        return protocol.text(f"consents.{form.kind}.{part}", language())

    items = [(item.id, said(f"items.{item.id}"), item.required) for item in form.items]
    told = [(said(f"passages.{one}.title"), said(f"passages.{one}.text")) for one in form.passages]
    return Form(form.kind, form.version, said("title"), said("short"), told, items)


def colleague_account(one: Participant, number: int) -> User:
    """Give the account of someone who may be asked to look after this participant; NotHere for anyone else."""
    grant = Grant.objects.filter(study=one.study, user=number, revoked_at=None).select_related("user").first()
    if grant is None:
        raise NotHere("colleague")
    return grant.user
