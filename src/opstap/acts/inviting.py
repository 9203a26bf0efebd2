"""The first way in for someone who has decided nothing yet: a mailed link by which they read, and decide when ready.

It works once, and opens nothing but the choosing of a personal code; with the code everything of one's own is open.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import SYSTEM, Actor, allow
from opstap.acts.keys import LINK_DAYS, LinkSpent, link_hash
from opstap.acts.locks import locked
from opstap.acts.mailing import barrier
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.acts.words import contact_of, seal
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import RECRUITMENT
from opstap.store.models import DecidingLink, Identity, Mail, Participant, User


@act
def invite_to_decide(*, by: Actor, participant: Participant) -> Mail:
    """Mail someone who was informed the link by which they read the forms and decide, in their own time.

    NotNow before the information was given. Refused for who uses no screen, and when mail to them comes back.
    """
    allow(by, Permission.SEND_LINK, participant=participant)
    participant = locked(participant)
    RECRUITMENT.after(participant.state, "include")
    identity = Identity.objects.get(participant=participant)
    if barrier(identity.bounced_at, participant.no_screen):
        raise Refused(_("This person cannot be reached by mail. Take the consent on paper or at the desk."))
    token = secrets.token_urlsafe(32)
    link = DecidingLink.objects.create(
        participant=participant,
        token_hash=link_hash(token),
        made_at=clock.now(),
        expires_at=clock.now() + timedelta(days=LINK_DAYS),
    )
    mail = Mail.objects.create(
        key=f"deciding:{link.pk}",
        participant=participant,
        kind="deciding",
        sealed=_letter(participant, f"{settings.SITE_ADDRESS}/link/{token}/"),
        made_at=clock.now(),
    )
    record(Event.INVITED_TO_DECIDE, by=by, study=participant.study, participant=participant.pseudonym)
    return mail


def _letter(participant: Participant, link: str) -> bytes:
    """Write and seal the mail; like every mail it names no disease."""
    protocol, contact = protocol_of(participant.study), contact_of(participant)
    with translation.override(participant.language):
        if protocol.text("address", participant.language) != "je":
            body = gettext("You asked about taking part. Here you can read about it and decide, when you are ready.")
        else:
            body = gettext("You asked about taking part. Here you read about it and decide, when it suits you.")
        greeting = gettext("Hello %(name)s,") % {"name": contact.first_name}
        alias = protocol.text("workplace_alias", participant.language)
        text = "\n\n".join((greeting, body, link, alias))
        written = {"to": contact.email, "subject": gettext("About taking part"), "text": text}
    return seal(participant, json.dumps(written)) or b""


@act
def _use(*, by: Actor, link: DecidingLink) -> DecidingLink:
    link = DecidingLink.objects.select_for_update().get(pk=link.pk)
    if link.used_at is not None or link.expires_at < clock.now():
        raise LinkSpent
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    record(Event.LINK_USED, by=by, study=link.participant.study, participant=link.participant.pseudonym)
    return link


def _found(token: str) -> DecidingLink | None:
    links = DecidingLink.objects.select_related("participant__study__protocol", "participant__key")
    return links.filter(token_hash=link_hash(token)).first()


def open_invitation(token: str) -> User:
    """Use a link: once, before it expires. LinkSpent otherwise, as for one that never was."""
    with scopes_disabled():
        link = _found(token)
        if link is None:
            raise LinkSpent
        user = Identity.objects.select_related("user").get(participant=link.participant).user
        if not user.is_active:
            raise LinkSpent
        _use(by=user, link=link)
        return user


def invite_again(token: str) -> None:
    """Mail a fresh link to the mailbox of a spent one; nothing happens for one that never was."""
    with scopes_disabled():
        link = _found(token)
        if link is not None and RECRUITMENT.allows(link.participant.state, "include"):
            invite_to_decide(by=SYSTEM, participant=link.participant)
