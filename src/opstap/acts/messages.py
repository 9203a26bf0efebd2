"""Messages: between participant and care team, and between care team and workplace, which the participant can read.

Whoever is written to gets a mail that says only that there is something to read, and no second one before they looked.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import running
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.store.models import CareLink, Identity, Mail, Message, Participant, ThreadSeen, User, WorkplaceLink

#: The longest message, in characters.
MOST = 4000


@act
def write_message(*, by: Actor, participant: Participant, text: str, link: WorkplaceLink | None = None) -> Message:
    """Write in a thread: the participant's own with the care team, or with a `link` that of care team and workplace.

    A participant reads the second and does not write in it; someone at work reads and writes only there.
    """
    found = allow(by, Permission.WRITE_MESSAGE, participant=participant)
    roles = {standing.role for standing in found} - {Role.WORKPLACE if link is None else Role.PARTICIPANT}
    if Role.WORKPLACE in roles and link is not None and link.user_id != by.pk:
        roles.discard(Role.WORKPLACE)
    if not roles:
        raise NotHere("thread")
    running(participant)
    if link is not None and (link.participant_id != participant.pk or link.ended_on is not None):
        raise Refused(_("This person no longer takes part, so nothing can be sent to them."))
    if len(text) > MOST:
        raise Refused(_("This message is too long. Make it shorter, or send it in two parts."), field="text")
    sealed = words.seal(participant, text)
    if sealed is None:
        raise Refused(_("Write your message first."), field="text")
    message = Message.objects.create(
        participant=participant,
        link=link,
        by=by,  # type: ignore[misc]  # WRITE_MESSAGE is never the system's
        role=min(roles).value,
        at=clock.now(),
        sealed=sealed,
    )
    for reader, address in _readers(participant, link, by):
        _notice(participant, link, reader, address)
    record(Event.MESSAGE_SENT, by=by, study=participant.study, participant=participant.pseudonym, message=message.pk)
    return message


def see_thread(by: User, participant: Participant, link: WorkplaceLink | None) -> None:
    """Remember that someone has read a thread up to now. Callers have passed a door."""
    seen = ThreadSeen.objects.filter(user=by, participant=participant, link=link)
    if not seen.update(at=clock.now()):
        ThreadSeen.objects.create(user=by, participant=participant, link=link, at=clock.now())


def _readers(participant: Participant, link: WorkplaceLink | None, by: Actor) -> list[tuple[User, str]]:
    care = [
        (one.user, one.user.email)
        for one in CareLink.objects.select_related("user").filter(participant=participant, until=None).order_by("pk")
    ]
    if link is not None:
        others = [*care, (link.user, link.user.email)]
        # Colleagues see it when they open the case; only the other side is told.
        return [link_user for link_user in others if (link_user[0].pk == link.user_id) != (by.pk == link.user_id)]
    own = Identity.objects.select_related("user").get(participant=participant)
    if own.user_id == by.pk:
        return care
    if Participant.objects.filter(pk=participant.pk, no_screen=True).exists():
        return []
    return [(own.user, words.contact_of(participant).email)]


def _notice(participant: Participant, link: WorkplaceLink | None, reader: User, address: str) -> None:
    """Leave a mail in the outbox that there is something to read; its words say nothing of what, or of whom."""
    seen = ThreadSeen.objects.filter(user=reader, participant=participant, link=link).first()
    since = int(seen.at.timestamp()) if seen else 0
    key = f"message:{participant.pk}:{link.pk if link else 0}:{reader.pk}:{since}"
    if Mail.objects.filter(key=key).exists():
        return
    language = reader.language if reader.email else participant.language
    with translation.override(language):
        text = "\n\n".join(
            (
                gettext("There is a message for you. Sign in to read it."),
                settings.SITE_ADDRESS,
                protocol_of(participant.study).workplace_alias(language),
            )
        )
        content = {"to": address, "subject": gettext("There is a message for you"), "text": text}
    Mail.objects.create(
        key=key,
        participant=participant,
        kind="message",
        sealed=words.seal(participant, json.dumps(content)) or b"",
        made_at=clock.now(),
    )
