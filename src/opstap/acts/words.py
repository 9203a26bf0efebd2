"""Words about a person, sealed under that person's key; and who the person is, for those who may know."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

from opstap.acts.refusals import Refused
from opstap.store import sealing
from opstap.store.models import Identity, Participant


@dataclass(frozen=True)
class Contact:
    """Who someone is and how to reach them."""

    name: str
    email: str
    phone: str = ""

    @property
    def first_name(self) -> str:
        """Give the name by which to greet."""
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """Give one or two letters for a small picture."""
        parts = [part for part in self.name.split(" ") if part[:1].isupper()]
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])) or self.name[:1].upper()


#: The longest text of one's own, in characters: about half a page.
LONGEST = 1000


def checked(text: str, *, field: str, needed: bool = True) -> str:
    """Give a text of someone's own without the space around it; Refused when it is empty and needed, or too long."""
    text = text.strip()
    if needed and not text:
        raise Refused(_("Write something here; one sentence is enough."), field=field)
    if len(text) > LONGEST:
        raise Refused(
            _("This text has %(length)s characters. Make it %(most)s or fewer."),
            field=field,
            length=len(text),
            most=LONGEST,
        )
    return text


def seal(participant: Participant, text: str) -> bytes | None:
    """Seal text under a participant's key; empty text stays nothing."""
    return sealing.seal(bytes(participant.key.wrapped), participant.pseudonym, text) if text.strip() else None


def unseal(participant: Participant, sealed: bytes | memoryview | None) -> str:
    """Read text sealed under a participant's key; nothing gives empty text, an erased person's gives "…"."""
    if sealed is None:
        return ""
    try:
        return sealing.unseal(bytes(participant.key.wrapped), participant.pseudonym, bytes(sealed))
    except sealing.Unreadable:
        return "…"


def seal_contact(participant: Participant, contact: Contact) -> bytes:
    """Seal who someone is."""
    return sealing.seal(bytes(participant.key.wrapped), participant.pseudonym, json.dumps(asdict(contact)))


def contact_of(participant: Participant) -> Contact:
    """Tell who a participant is. Callers have passed a door."""
    identity = Identity.objects.get(participant=participant)
    return contact_in(participant, identity)


def contacts_of(participants: Iterable[Participant]) -> dict[int, Contact]:
    """Tell who several participants are, in one query, by primary key; give them `key` selected along."""
    known = {participant.pk: participant for participant in participants}
    return {
        identity.participant_id: contact_in(known[identity.participant_id], identity)
        for identity in Identity.objects.filter(participant__in=known)
    }


def contact_in(participant: Participant, identity: Identity) -> Contact:
    """Tell who a participant is, from an identity at hand. Callers have passed a door."""
    text = unseal(participant, identity.sealed)
    return Contact(name="…", email="") if text == "…" else Contact(**json.loads(text))
