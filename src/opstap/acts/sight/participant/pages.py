"""Which of the programme's pages someone has, and how they are spoken to."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import get_language

from opstap.acts import doors, words
from opstap.acts.protocols import arm_of, protocol_of
from opstap.acts.refusals import NotHere
from opstap.store.models import Enrolment, JobSearch, Participant, Participation, User


@dataclass(frozen=True)
class Own:
    """Who someone is on their own pages: name, programme, form of address, the programme's pages they have.

    `record` is what the door gave, for what else the page opens.
    """

    name: str
    initials: str
    first_name: str
    programme: str
    address: str
    pages: frozenset[str]
    record: Participant = field(repr=False)


def own(by: User) -> Own:
    """Tell how to speak to the person who signed in, and which pages they have; NotHere for anyone else."""
    participant = doors.own_record(by)
    protocol = protocol_of(participant.study)
    contact = words.contact_in(participant, participant.identity)
    return Own(
        name=contact.name,
        initials=contact.initials,
        first_name=contact.first_name,
        programme=protocol.text("short_title", language()),
        address=protocol.text("address", language()),
        pages=frozenset(pages_open(participant)),
        record=participant,
    )


def language() -> str:
    """Give the language of the reader, as the programmes' texts name it."""
    return (get_language() or "")[:2]


def pages_open(participant: Participant) -> set[str]:
    """List the programme's pages that are open to someone: what their arm opens, while they are in the programme.

    Someone in the programme and not in the study has all of them. A page that the protocol opens later is there once
    the care team opened it, because the situation had changed.
    """
    enrolment, participation = records_of(participant)
    in_programme = enrolment is not None and enrolment.state in ("active", "completed", "stopped")
    protocol = protocol_of(participant.study)
    arm = arm_of(participation, protocol)
    pages = {page for one in protocol.study.arms for page in one.opens}
    found: set[str] = {page for page in pages if protocol.opens(arm, page, in_programme=in_programme)}
    if protocol.opens_later(arm, "search", in_programme=in_programme) and "search" not in found:
        found |= {"search"} if JobSearch.objects.filter(enrolment=enrolment).exists() else set()
    return found


def can_open_later(participant: Participant, page: str) -> bool:
    """Tell whether the care team can open a page that is closed to someone now."""
    enrolment, participation = records_of(participant)
    protocol = protocol_of(participant.study)
    running = enrolment is not None and enrolment.state == "active"
    return protocol.opens_later(arm_of(participation, protocol), page, in_programme=running)


def records_of(participant: Participant) -> tuple[Enrolment | None, Participation | None]:
    """Give the programme record and the study record, each where there is one."""
    return getattr(participant, "enrolment", None), getattr(participant, "participation", None)


def with_page(by: User, page: str) -> Participant:
    """Open one's own record for one of the programme's pages; NotHere when the page is not open to them."""
    participant = doors.own_record(by)
    if page not in pages_open(participant):
        raise NotHere(page)
    return participant
