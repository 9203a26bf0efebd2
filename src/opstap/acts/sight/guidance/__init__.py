"""What the programme works with, as the participant and the care team see it: stages, goals, energy.

The records are the same for both; who may read what of them is decided where each is opened.
"""

from __future__ import annotations

from dataclasses import dataclass

from opstap.acts import doors
from opstap.acts.refusals import NotHere
from opstap.acts.sight.guidance.energy import Diary, diary_of
from opstap.acts.sight.guidance.goals import Goals, goals_of
from opstap.acts.sight.guidance.stages import Stages, stages_of
from opstap.acts.sight.participant.pages import can_open_later, pages_open
from opstap.domain.access import Permission
from opstap.store.models import Participant, User


@dataclass(frozen=True)
class Guidance:
    """What stands on a case page; None for what the person's arm does not open.

    `search` tells of looking for new work: "open", "later" where the care team can open it, or empty.
    """

    diary: Diary | None
    goals: Goals | None
    stages: Stages | None
    search: str = ""


def guidance_of(participant: Participant, reader: User) -> Guidance:
    """Give all of it for a member of the care team who has opened the case."""
    pages = pages_open(participant)
    return Guidance(
        diary=diary_of(participant, reader) if "energy" in pages else None,
        goals=goals_of(participant, reader.language) if "goals" in pages else None,
        stages=stages_of(participant, reader.language) if "goals" in pages else None,
        search="open" if "search" in pages else "later" if can_open_later(participant, "search") else "",
    )


def opened(by: User, pseudonym: str, page: str, permission: Permission = Permission.SEE_CASE) -> Participant:
    """Open the record of someone one looks after for one of these pages; NotHere when their arm has no such page."""
    participant = doors.record_of(by, pseudonym, permission, what=page)
    if page not in pages_open(participant):
        raise NotHere(page)
    return participant
