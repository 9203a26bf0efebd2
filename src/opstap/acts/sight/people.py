"""The list of participants, by pseudonym and name, for those who coordinate; and a referrer's own referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from opstap.acts import words
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import among, reaches
from opstap.domain.access import Permission
from opstap.domain.journey import PARTICIPATION, RECRUITMENT
from opstap.store.models import Participant, Site, User

#: How many people one page of a list holds.
PAGE = 50

#: What a list can be narrowed to: states of recruitment, and of the study for who was included.
STATES = (*(state for state in RECRUITMENT.states if state != "included"), *PARTICIPATION.states)


@dataclass(frozen=True)
class Place:
    """A site where someone may refer or look: its key `study/site`, and both in words."""

    key: str
    study: str
    site: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """One line in the list of participants. The states are those of the machines; empty when there is no record."""

    pseudonym: str
    name: str
    study: str
    site: str
    referred_on: date
    recruitment: str
    programme: str
    participation: str


@dataclass(frozen=True)
class Page:
    """One page of a list: its lines, its number, how many pages and lines there are."""

    lines: list[Person]
    number: int
    pages: int
    count: int


@dataclass(frozen=True)
class Referral:
    """What a referrer sees of someone they referred: that it was taken up, and nothing medical."""

    pseudonym: str
    study: str
    site: str
    referred_on: date
    state: str


def places(by: Actor, permission: Permission) -> list[Place]:
    """List the sites at which someone has a permission, study by study."""
    found = []
    for reach in reaches(by, permission):
        protocol = protocol_of(reach.study)
        for site in Site.objects.filter(study=reach.study).order_by("pk"):
            if reach.sites is None or site.pk in reach.sites:
                title = protocol.text(f"sites.{site.code}", language())
                key = f"{reach.study.slug}/{site.code}"
                found.append(Place(key, protocol.title(language()), title, tuple(protocol.languages)))
    return found


def participants(by: Actor, *, search: str = "", state: str = "", place: str = "", number: int = 1) -> Page:
    """List participants, newest referral first, fifty to a page.

    `search` is (part of) a pseudonym, `state` one of `STATES`, `place` a `study/site`. Names are read for the page
    shown only.
    """
    found = Participant.objects.filter(among(reaches(by, Permission.SEE_PROGRESS)))
    if search.strip():
        found = found.filter(pseudonym__icontains=search.strip())
    if state in PARTICIPATION.states:
        found = found.filter(participation__state=state)
    elif state in RECRUITMENT.states:
        found = found.filter(state=state)
    if place:
        slug, _, code = place.partition("/")
        found = found.filter(study__slug=slug, site__code=code)
    count = found.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    order = ("-referred_on", "-pk")
    here = list(found.order_by(*order).values_list("pk", flat=True)[(number - 1) * PAGE : number * PAGE])
    rows = Participant.objects.select_related("study__protocol", "site", "key", "enrolment", "participation")
    shown = list(rows.filter(pk__in=here).order_by(*order))
    contacts = words.contacts_of(shown)
    return Page([_line(one, contacts[one.pk].name) for one in shown], number, pages, count)


def _line(one: Participant, name: str) -> Person:
    protocol = protocol_of(one.study)
    return Person(
        pseudonym=one.pseudonym,
        name=name,
        study=protocol.title(language()),
        site=protocol.text(f"sites.{one.site.code}", language()),
        referred_on=one.referred_on,
        recruitment=one.state,
        programme=one.enrolment.state if hasattr(one, "enrolment") else "",
        participation=one.participation.state if hasattr(one, "participation") else "",
    )


def referrals(by: User) -> list[Referral]:
    """List someone's own newest referrals. Needs the permission to refer; shows no name and no reason."""
    mine = (
        Participant.objects.filter(among(reaches(by, Permission.REFER)), referred_by=by)
        .select_related("study__protocol", "site")
        .order_by("-referred_on", "-pk")[:PAGE]
    )
    return [
        Referral(
            one.pseudonym,
            protocol_of(one.study).title(language()),
            protocol_of(one.study).text(f"sites.{one.site.code}", language()),
            one.referred_on,
            one.state,
        )
        for one in mine
    ]
