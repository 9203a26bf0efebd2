"""A participant's two keys: a single-use link by mail, which opens one questionnaire, and a personal code.

The link proves that someone reads that mailbox; the code is something they know. Together they open the rest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.calendar import state_of
from opstap.acts.doors import SYSTEM, Actor, allow
from opstap.acts.letters import letter
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.words import contacts_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import CodeCheck, Identity, Mail, Measurement, Participant, SignInLink, User

LINK_DAYS = 14
TRIES = 5
LOCKED = timedelta(minutes=15)


class LinkSpent(Exception):
    """A link that was used, has expired, or never was: one answer for all three, with what to do now."""


def link_hash(token: str) -> str:
    """Hash a link's token: only the hash is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Wanted:
    """A mail with a link to be made: for which measurement, of which kind, as which step, under which unique key."""

    measurement: Measurement
    kind: str
    step: str
    key: str


def new_links(wanted: Sequence[Wanted]) -> list[Mail]:
    """Make a link for each and the mail that carries it, within a running act; as many queries for one as for many."""
    now = clock.now()
    contacts = contacts_of({one.measurement.participant_id: one.measurement.participant for one in wanted}.values())
    tokens = [secrets.token_urlsafe(32) for _one in wanted]
    SignInLink.objects.bulk_create(
        SignInLink(
            token_hash=link_hash(token),
            measurement=one.measurement,
            made_at=now,
            expires_at=now + timedelta(days=LINK_DAYS),
        )
        for one, token in zip(wanted, tokens, strict=True)
    )
    return Mail.objects.bulk_create(
        Mail(
            key=one.key,
            participant=one.measurement.participant,
            kind=one.kind,
            measurement=one.measurement,
            step=one.step,
            sealed=letter(
                one.measurement,
                one.kind,
                f"{settings.SITE_ADDRESS}/link/{token}/",
                contacts[one.measurement.participant_id],
            ),
            made_at=now,
        )
        for one, token in zip(wanted, tokens, strict=True)
    )


@act
def send_link(*, by: Actor, measurement: Measurement) -> Mail:
    """Send a new link to a questionnaire that is open now, at someone's request."""
    allow(by, Permission.SEND_LINK, participant=measurement.participant)
    if state_of(measurement) not in ("open", "started"):
        raise Refused(_("This questionnaire is not open now."))
    # The first mail that someone gets about a questionnaire invites; only a later one is "the new link".
    kind = "link" if SignInLink.objects.filter(measurement=measurement).exists() else "invitation"
    step = "asked" if by is SYSTEM else ""  # what someone asked for themselves may come at any hour
    [mail] = new_links([Wanted(measurement, kind, step, f"link:{measurement.pk}:{secrets.token_hex(8)}")])
    record(
        Event.LINK_SENT, by=by, study=measurement.participant.study, participant=measurement.participant.pseudonym,
        measurement=measurement.pk,
    )  # fmt: skip
    return mail


def send_new_link(token: str) -> bool:
    """Send a fresh link to the mailbox of a spent one, so that nobody is stranded; tell whether one was sent.

    The answer to the person is the same either way.
    """
    with scopes_disabled():
        link = (
            SignInLink.objects.select_related(
                "measurement__participant__study__protocol", "measurement__participant__key"
            )
            .filter(token_hash=link_hash(token))
            .first()
        )
        if link is None or state_of(link.measurement) not in ("open", "started"):
            return False
        send_link(by=SYSTEM, measurement=link.measurement)
        return True


@act
def _use(*, by: Actor, link: SignInLink) -> SignInLink:
    link = SignInLink.objects.select_for_update().get(pk=link.pk)
    if link.used_at is not None or link.expires_at < clock.now():
        raise LinkSpent
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    participant = link.measurement.participant
    record(
        Event.LINK_USED, by=by, study=participant.study, participant=participant.pseudonym,
        measurement=link.measurement_id,
    )  # fmt: skip
    return link


def open_link(token: str) -> tuple[User, Measurement]:
    """Use a link: once, before it expires, while its questionnaire is open. LinkSpent otherwise."""
    with scopes_disabled():
        link = (
            SignInLink.objects.select_related("measurement__participant__study__protocol")
            .filter(token_hash=link_hash(token))
            .first()
        )
        if link is None or state_of(link.measurement) not in ("open", "started"):
            raise LinkSpent
        identity = Identity.objects.select_related("user").get(participant=link.measurement.participant)
        if not identity.user.is_active:
            raise LinkSpent
        link = _use(by=identity.user, link=link)
        return identity.user, link.measurement


def has_code(user: User) -> bool:
    """Tell whether someone has chosen a personal code."""
    return CodeCheck.objects.filter(user=user).exists()


@act
def set_code(*, by: User, participant: Participant, code: str) -> CodeCheck:
    """Choose a personal code: at least six signs, not all the same and no plain row of digits."""
    allow(by, Permission.SET_CODE, participant=participant)
    code = code.strip()
    if len(code) < 6:
        raise Refused(_("Choose a code of at least six letters or digits."), field="code")
    if len(set(code)) < 3 or code in "01234567890123456789" or code in "98765432109876543210":
        raise Refused(_("This code is easy to guess. Choose another one."), field="code")
    check, _made = CodeCheck.objects.update_or_create(
        user=by, defaults={"code_hash": make_password(code), "failures": 0, "locked_until": None}
    )
    record(Event.CODE_SET, by=by, study=participant.study, participant=participant.pseudonym)
    return check


def check_code(user: User, code: str) -> bool:
    """Check a personal code. After five wrong tries it rests a quarter of an hour, whatever is tried.

    Raises NotHere for someone without a code, Refused while it rests.
    """
    with transaction.atomic():
        check = CodeCheck.objects.select_for_update().filter(user=user).first()
        if check is None:
            raise NotHere("code")
        now: datetime = clock.now()
        if check.locked_until is not None and now < check.locked_until:
            raise Refused(_("There were too many wrong tries. Try again in a quarter of an hour."), field="code")
        right = check_password(code.strip(), check.code_hash)
        check.failures = 0 if right else check.failures + 1
        check.locked_until = now + LOCKED if check.failures >= TRIES else None
        if check.failures >= TRIES:
            check.failures = 0
        check.save()
    return right
