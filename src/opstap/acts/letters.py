"""The words of mails to participants: in their language, with no name of a disease in the subject."""

from __future__ import annotations

import json
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opstap.acts.protocols import protocol_of
from opstap.acts.words import Contact, seal, unseal
from opstap.domain.protocol import Protocol
from opstap.store.models import Mail, Measurement


def letter(measurement: Measurement, kind: str, link: str, contact: Contact) -> bytes:
    """Write and seal a mail with a link to a questionnaire; `kind` is invitation, reminder or link."""
    participant = measurement.participant
    written = write(protocol_of(participant.study), participant.language, kind, link, contact, measurement.closes_on)
    return seal(participant, json.dumps(written)) or b""


def write(protocol: Protocol, language: str, kind: str, link: str, contact: Contact, closes_on: date) -> dict[str, str]:
    """Write a mail with a link to a questionnaire: `to`, `subject`, `text`."""
    with translation.override(language):
        programme = protocol.text("workplace_alias", language)
        formal = protocol.text("address", language) != "je"
        until = date_format(closes_on, "j F")
        name = contact.first_name
        if formal:
            subject, opening = {
                "reminder": (_("Your questions are still waiting"), _("Your questionnaire is still open.")),
                "link": (_("Your new link"), _("You asked for a new link. Here it is.")),
            }.get(kind, (_("Your questions are ready"), _("Your questionnaire is ready.")))
            rest = _("You can fill it in until %(until)s. You can stop and go on later.")
        else:
            subject, opening = {
                "reminder": (_("Your questions are still waiting"), _("Your questionnaire is still open, for you.")),
                "link": (_("Your new link"), _("You asked for a new link, and here it is.")),
            }.get(kind, (_("Your questions are ready"), _("Your questionnaire is ready for you.")))
            rest = _("You can fill it in until %(until)s. Stopping and going on later is fine.")
        greeting = _("Hello %(name)s,") % {"name": name}
        text = "\n\n".join((greeting, f"{opening} {rest % {'until': until}}", link, programme))
    return {"to": contact.email, "subject": subject, "text": text}


def read_letter(mail: Mail) -> dict[str, str]:
    """Open a sealed mail: `to`, `subject`, `text`; empty when the person was erased."""
    text = unseal(mail.participant, mail.sealed)
    return {"to": "", "subject": "", "text": ""} if text == "…" else json.loads(text)
