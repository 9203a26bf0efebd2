"""What the demonstration shows to anyone: mails of people who do not exist. Outside a demonstration it is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django_scopes import scopes_disabled

from opstap.acts.letters import read_letter
from opstap.acts.refusals import NotHere
from opstap.store.models import Mail

NEWEST = 100
_LINK = re.compile(r"https?://\S+?(/link/\S+/)")


@dataclass(frozen=True)
class Letter:
    """One mail as its reader would see it; `link` is the path of the link in it, empty when there is none."""

    to: str
    subject: str
    text: str
    link: str
    state: str
    made_at: datetime


def outbox() -> list[Letter]:
    """Open the newest mails; NotHere unless this installation is a demonstration."""
    if not settings.DEMO:
        raise NotHere("outbox")
    with scopes_disabled():
        mails = list(Mail.objects.select_related("participant__key").order_by("-pk")[:NEWEST])
    letters = []
    for mail in mails:
        read = read_letter(mail)
        found = _LINK.search(read["text"])
        letters.append(
            Letter(
                to=read["to"],
                subject=read["subject"],
                text=_LINK.sub("", read["text"]).strip(),
                link=found.group(1) if found else "",
                state=mail.state,
                made_at=mail.made_at,
            )
        )
    return letters
