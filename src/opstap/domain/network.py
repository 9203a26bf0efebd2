"""The people around a participant: the parties, what was tried to reach them, and who has been silent for long.

Letters go to a party only with the participant's consent for that party; which letter suits which party is a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Party(StrEnum):
    """A kind of party in the contact log."""

    PARTICIPANT = "participant"
    WORKPLACE = "workplace"
    GENERAL_PRACTITIONER = "general_practitioner"
    TREATING_PHYSICIAN = "treating_physician"
    OCCUPATIONAL_PHYSICIAN = "occupational_physician"
    INSURER_ADVISER = "insurer_adviser"
    EMPLOYMENT_SERVICE = "employment_service"


#: The parties outside the programme and the workplace: each has a consent of its own.
NETWORK = tuple(party for party in Party if party not in (Party.PARTICIPANT, Party.WORKPLACE))


class Channel(StrEnum):
    """How a contact was tried."""

    TELEPHONE = "telephone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    VIDEO = "video"
    LETTER = "letter"


class LetterKind(StrEnum):
    """A letter that can be written from a template."""

    INFORMATION = "information"
    THREE_WAY = "three_way"
    CLOSING = "closing"


#: To whom each letter can go. Information and the summary never go to a workplace; the summary is also the
#: participant's own.
RECIPIENTS: dict[LetterKind, tuple[Party, ...]] = {
    LetterKind.INFORMATION: (Party.OCCUPATIONAL_PHYSICIAN,),
    LetterKind.THREE_WAY: (Party.WORKPLACE, Party.OCCUPATIONAL_PHYSICIAN, Party.INSURER_ADVISER),
    LetterKind.CLOSING: (Party.PARTICIPANT, *NETWORK),
}

#: After how many weeks without hearing anything someone counts as silent. No source sets this: a choice of the product.
SILENT_WEEKS = 3


@dataclass(frozen=True)
class Tried:
    """One contact that was tried, or something that was heard: with which party, when, and whether it was reached."""

    party: Party
    on: date
    reached: bool


def silences(
    tried: Iterable[Tried], *, today: date, since: Mapping[Party, date] | None = None, weeks: int = SILENT_WEEKS
) -> dict[Party, date]:
    """Tell which parties have been silent for at least `weeks`, each with the day since which nothing was heard.

    `since` names parties that take part and the day on which that began: silence counts from that day although nobody
    tried. For another party it counts from the first attempt that was left without an answer.
    """
    contacts = sorted(tried, key=lambda one: one.on)
    begun = dict(since or {})
    found = {}
    for party in Party:
        own = [one for one in contacts if one.party is party]
        heard = max((one.on for one in own if one.reached), default=None)
        unanswered = next((one.on for one in own if not one.reached and (heard is None or one.on > heard)), None)
        if party in begun:
            quiet: date | None = max(begun[party], heard) if heard else begun[party]
        else:
            quiet = unanswered
        if quiet is not None and quiet + timedelta(weeks=weeks) <= today:
            found[party] = quiet
    return found
