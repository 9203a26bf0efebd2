"""What the people around a participant are asked: found by who holds the place, filled in apart from everyone else.

Nobody around sees the participant's answers here, and the participant sees none of theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from opstap.acts import clock
from opstap.acts.calendar import state_of
from opstap.acts.doors import questions_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.answers import Answered, answered_in
from opstap.domain.protocol.model import AROUND
from opstap.store.models import CareLink, Cover, Measurement, Participant, User

#: The places on the care team that are asked about someone.
CARERS = tuple(one for one in AROUND if one != "workplace")


@dataclass(frozen=True)
class Questions:
    """What one place is asked now: until when, and whether it was begun."""

    id: int
    until: date
    begun: bool


def _open(people: Iterable[Participant | int], respondents: Collection[str]) -> list[Measurement]:
    today = clock.today()
    return list(
        Measurement.objects.filter(
            participant__in=people, respondent__in=respondents, submitted_at=None, voided_on=None,
            opens_on__lte=today, closes_on__gte=today,
        ).order_by("closes_on", "pk")
    )  # fmt: skip


def _shown(row: Measurement) -> Questions:
    return Questions(row.pk, row.closes_on, row.started_at is not None)


def asked_of_care(by: User, people: Collection[Participant]) -> dict[int, tuple[Questions, ...]]:
    """List what someone is asked about each of these, in their own place or that of whom they stand in for.

    A constant number of queries, however many people; a list opens no record.
    """
    rows = _open(people, CARERS)
    if not rows:
        return {}
    today = clock.today()
    covered = set(
        Cover.objects.filter(stand_in=by, since__lte=today, until__gte=today).values_list("user_id", "study_id")
    )
    studies = {one.pk: one.study_id for one in people}
    places = {
        (pk, profession)
        for pk, profession, user in CareLink.objects.filter(
            participant__in={row.participant_id for row in rows}, until=None
        ).values_list("participant_id", "profession", "user_id")
        if user == by.pk or (user, studies[pk]) in covered
    }
    found: dict[int, list[Questions]] = defaultdict(list)
    for row in rows:
        if (row.participant_id, row.respondent) in places:
            found[row.participant_id].append(_shown(row))
    return {pk: tuple(ones) for pk, ones in found.items()}


def asked_at_work(people: Iterable[int]) -> dict[int, list[Questions]]:
    """List what the workplace of each of these is asked now, by the participant's primary key."""
    found: dict[int, list[Questions]] = defaultdict(list)
    for row in _open(people, ["workplace"]):
        found[row.participant_id].append(_shown(row))
    return found


def of_care(by: User, pseudonym: str, number: int) -> tuple[Measurement, Answered]:
    """Open what one's own place on the care team is asked; NotHere for anyone else's."""
    return opened_questions(by, pseudonym, number, CARERS)


def opened_questions(
    by: User, pseudonym: str, number: int, respondents: Collection[str]
) -> tuple[Measurement, Answered]:
    """Open what one of these places is asked about this person, while it can be answered and afterwards."""
    row = questions_of(by, number, respondents)
    if row.participant.pseudonym != pseudonym or state_of(row) in ("scheduled", "voided"):
        raise NotHere(row.pk)
    return row, answered_in(row)
