"""With whom the care team may share: the participant allows each party by itself, and can end it at once."""

from __future__ import annotations

import json

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import keep, spoken
from opstap.acts.doors import Actor
from opstap.acts.locks import running
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.network import NETWORK
from opstap.store.models import NetworkParty, Participant


def allowed_now(participant: Participant) -> QuerySet[NetworkParty]:
    """Give the parties that a participant allows now."""
    return NetworkParty.objects.filter(participant=participant, ended_at=None)


def read_party(participant: Participant, row: NetworkParty) -> tuple[str, str]:
    """Give name and address of a party; both "…" when the person was erased."""
    text = words.unseal(participant, row.sealed)
    if text == "…":
        return "…", "…"
    content = json.loads(text)
    return content["name"], content["address"]


@act
def allow_party(
    *, by: Actor, participant: Participant, party: str, name: str, address: str = "", channel: str = ""
) -> NetworkParty:
    """The participant allows the care team to share with one party, named by name and address."""
    spoken(by, Permission.SHARE_WITH_PARTY, participant, channel)
    running(participant)
    if party not in NETWORK:
        raise Refused(_("Choose with whom."), field="party")
    if not name.strip():
        raise Refused(_("Fill in a name."), field="name")
    if allowed_now(participant).select_for_update().filter(party=party).exists():
        raise Refused(_("You allow this already. To change the name, end it first."), field="name")
    content = json.dumps({"name": name.strip(), "address": address.strip()})
    row = NetworkParty.objects.create(
        participant=participant,
        party=party,
        sealed=words.seal(participant, content) or b"",
        given_at=clock.now(),
    )
    keep(by, participant, Event.PARTY_ALLOWED, row.pk, channel)
    record(Event.PARTY_ALLOWED, by=by, study=participant.study, participant=participant.pseudonym, party=row.pk)
    return row


@act
def end_party(*, by: Actor, participant: Participant, party: str, channel: str = "") -> NetworkParty:
    """The participant ends it, at once and without a reason: no letter goes to this party from now on."""
    spoken(by, Permission.SHARE_WITH_PARTY, participant, channel)
    row = allowed_now(participant).select_for_update().filter(party=party).first()
    if row is None:
        raise Refused(_("This has already been ended."))
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    keep(by, participant, Event.PARTY_ENDED, row.pk, channel)
    record(Event.PARTY_ENDED, by=by, study=participant.study, participant=participant.pseudonym, party=row.pk)
    return row
