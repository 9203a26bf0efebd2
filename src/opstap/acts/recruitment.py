"""From a referral to a decision: refer, screen, inform, and keep why someone does not take part."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import locked
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.acts.words import Contact, seal_contact
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import RECRUITMENT
from opstap.domain.protocol.eligibility import AnswerProblem, judge, read_answers
from opstap.store import sealing
from opstap.store.models import Identity, NonParticipation, Participant, PersonKey, Screening, Site, Study, User

#: The most people who can refer themselves to a study in a day: more is a machine.
MOST_A_DAY = 200
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class KnownAlready(Refused):
    """Someone who was referred before: staff are told, and on a public page nobody is."""


@act
def refer(*, by: Actor, site: Site, contact: Contact, language: str = "nl") -> Participant:
    """Refer someone: make their pseudonym, seal who they are apart from all else, make their account.

    By the system it is someone who referred themselves, on a public page: only where the protocol lets them, and at
    most so many a day. Refused for an empty name or wrong address, and when this person was already referred to this
    study (`field` is then `email`: a public page must not tell).
    """
    study = site.study
    allow(by, Permission.REFER, study=study)
    if not isinstance(by, User):
        _by_themselves(study)
    participant = new_person(by=by, site=site, contact=contact, language=language, state=RECRUITMENT.start)
    record(Event.REFERRED, by=by, study=study, participant=participant.pseudonym, site=site.code)
    return participant


def new_person(
    *, by: Actor, site: Site, contact: Contact, language: str, state: str, cohort: str = "patient",
    paired: Participant | None = None,
) -> Participant:  # fmt: skip
    """Make someone's record, key, identity and account, within a running act."""
    contact = _checked(contact)
    index = sealing.blind_index(contact.email)
    if Identity.objects.filter(email_index=index, participant__study=site.study_id).exists():
        raise KnownAlready(_("Someone with this e-mail address has already been referred."), field="email")
    participant = Participant.objects.create(
        study=site.study,
        site=site,
        pseudonym=_pseudonym(site.study.slug),
        cohort=cohort,
        paired=paired,
        state=state,
        language=language,
        referred_by=by if isinstance(by, User) else None,
        referred_on=clock.today(),
    )
    PersonKey.objects.create(participant=participant, wrapped=sealing.new_key(participant.pseudonym))
    account = User(username=f"p-{secrets.token_hex(8)}", language=language)
    account.set_unusable_password()
    account.save()
    Identity.objects.create(
        participant=participant, user=account, sealed=seal_contact(participant, contact), email_index=index
    )
    return participant


def _by_themselves(study: Study) -> None:
    if not protocol_of(study).study.recruitment.self_referral:
        raise Refused(_("In this study people are referred by their hospital."))
    if Participant.objects.filter(study=study, referred_by=None, referred_on=clock.today()).count() >= MOST_A_DAY:
        raise Refused(_("Today many people have applied already. Try again tomorrow, or call us."))


def _checked(contact: Contact) -> Contact:
    name, email, phone = contact.name.strip(), contact.email.strip(), contact.phone.strip()
    if not name:
        raise Refused(_("Fill in a name."), field="name")
    if len(name) > 120:
        raise Refused(_("This name is longer than 120 characters."), field="name")
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("This is not an e-mail address. Write it like name@example.org."), field="email") from None
    if len(phone) > 30 or any(not (letter.isdigit() or letter in " +-().") for letter in phone):
        raise Refused(_("Write the telephone number with digits, spaces and a plus sign only."), field="phone")
    return Contact(name=name, email=email, phone=phone)


def _pseudonym(slug: str) -> str:
    while True:
        made = f"{slug[:1].upper()}-" + "".join(secrets.choice(_LETTERS) for _number in range(6))
        if not Participant.objects.filter(pseudonym=made).exists():
            return made


@act
def change_contact(
    *, by: Actor, participant: Participant, contact: Contact, time_zone: str | None = None
) -> Participant:
    """Change who someone is or how to reach them; mail goes to a new address again, also when the old one failed.

    `time_zone` (a name like Europe/Lisbon; empty: that of the programme's country) is where they stay; None leaves it.
    """
    allow(by, Permission.CHANGE_CONTACT, participant=participant)
    contact = _checked(contact)
    index = sealing.blind_index(contact.email)
    others = Identity.objects.filter(email_index=index, participant__study=participant.study_id)
    if others.exclude(participant=participant).exists():
        raise Refused(_("Someone with this e-mail address has already been referred."), field="email")
    if time_zone is not None:
        if time_zone and time_zone not in available_timezones():
            raise Refused(_("There is no such time zone. Choose one of those listed."), field="time_zone")
        Participant.objects.filter(pk=participant.pk).update(time_zone=time_zone)
    identity = Identity.objects.filter(participant=participant)
    identity.exclude(email_index=index).update(bounced_at=None)
    identity.update(sealed=seal_contact(participant, contact), email_index=index)
    record(Event.CONTACT_CHANGED, by=by, study=participant.study, participant=participant.pseudonym)
    return participant


@act
def screen(
    *, by: Actor, participant: Participant, answers: Mapping[str, Any], criteria: str | None = None
) -> Screening:
    """Screen someone against a published version of the criteria and keep each criterion's verdict and reason.

    Refused, naming the answer, when one cannot be read or the version is unknown.
    """
    allow(by, Permission.SCREEN, participant=participant)
    participant = locked(participant)
    rules = protocol_of(participant.study).study.eligibility
    try:
        version = rules.version(criteria)
        typed = read_answers(answers, rules.inputs, rules.choices)
    except KeyError:
        raise Refused(_("There is no such version of the criteria."), field="criteria") from None
    except AnswerProblem as problem:
        raise Refused(_("This answer cannot be read. Check it and fill it in again."), field=problem.name) from None
    verdict = judge(version.id, version.criteria, typed, clock.today())
    move = {True: "screen_eligible", False: "screen_not_eligible", None: "screen_open"}[verdict.eligible]
    _move(participant, move)
    screening = Screening.objects.create(
        participant=participant,
        criteria_version=version.id,
        answers={name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in typed.items()},
        verdicts=verdict.to_dict()["criteria"],
        eligible=verdict.eligible,
        on=clock.today(),
        by=by if isinstance(by, User) else None,
    )
    if verdict.eligible is False:
        NonParticipation.objects.create(participant=participant, reason="not_eligible", on=clock.today())
    record(
        Event.SCREENED,
        by=by,
        study=participant.study,
        participant=participant.pseudonym,
        screening=screening.pk,
        protocol=participant.study.protocol.digest,
    )
    return screening


@act
def inform(*, by: Actor, participant: Participant, on: date | None = None) -> Participant:
    """Note on which day someone received the information (today by default); the time to think counts from it.

    The day may lie before the referral, since a hospital often hands it out first. Refused in the future or more than a
    year ago: the information may have changed since.
    """
    allow(by, Permission.INCLUDE, participant=participant)
    day = on or clock.today()
    if not clock.today() - timedelta(days=365) <= day <= clock.today():
        raise Refused(_("Fill in the day on which the information was given: today or in the past year."), field="on")
    participant = locked(participant)
    _move(participant, "inform")
    participant.informed_on = day
    participant.save(update_fields=["informed_on"])
    record(Event.INFORMED, by=by, study=participant.study, participant=participant.pseudonym)
    return participant


@act
def decline(
    *, by: Actor, participant: Participant, reason: str, agreed: bool = False, details: Mapping[str, str] | None = None
) -> NonParticipation:
    """Keep that someone does not take part, and why; they need not give a reason.

    `details` are answers to the protocol's questions to who does not take part, by question; an empty one stays out.
    They are kept only when the person `agreed`. Refused for an unknown reason, question or answer, and for details
    without agreement.
    """
    allow(by, Permission.INCLUDE, participant=participant)
    participant = locked(participant)
    study = protocol_of(participant.study).study
    if reason not in study.non_participation_reasons:
        raise Refused(_("Choose one of the reasons listed."), field="reason")
    given = {question: answer for question, answer in (details or {}).items() if answer}
    for question, answer in given.items():
        if answer not in study.recruitment.non_participants.get(question, []):
            raise Refused(_("Choose one of the answers listed."), field=question)
    if given and not agreed:
        raise Refused(_("Keep these only when the person agrees. Tick that, or leave them empty."), field="agreed")
    _move(participant, "decline")
    kept = NonParticipation.objects.create(participant=participant, reason=reason, on=clock.today(), details=given)
    record(Event.NOT_PARTICIPATING, by=by, study=participant.study, participant=participant.pseudonym)
    return kept


@act
def reopen(*, by: Actor, participant: Participant) -> Participant:
    """Take someone up again who did not take part before: minds and circumstances change."""
    allow(by, Permission.SCREEN, participant=participant)
    participant = locked(participant)
    _move(participant, "reopen")
    if participant.cohort == "partner":
        _move(participant, "screen_eligible")  # a partner is not screened
    record(Event.REOPENED, by=by, study=participant.study, participant=participant.pseudonym)
    return participant


def _move(participant: Participant, move: str) -> None:
    participant.state = RECRUITMENT.after(participant.state, move)
    participant.save(update_fields=["state"])
