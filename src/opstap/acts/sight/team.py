"""What colleagues on a care team see of each other: who stands in, and what was passed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import clock, words
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.domain.access import Role
from opstap.store.models import CareLink, Cover, Grant, HandOver, Participant, Study, User

CARERS = (Role.THERAPIST, Role.COACH)


@dataclass(frozen=True)
class CoverView:
    """One stretch of days on which a colleague stands in."""

    id: int
    programme: str
    name: str
    since: date
    until: date


@dataclass(frozen=True)
class Away:
    """Who stands in for someone now and later, for whom they stand in, and whom they can ask, per study."""

    own: list[CoverView]
    theirs: list[CoverView]
    colleagues: dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class HandOverView:
    """What was passed on: from whom, to whom, the words, and when it was taken up."""

    id: int
    by: str
    to: str
    words: str
    at: datetime
    taken_at: datetime | None
    for_me: bool


def away(by: User) -> Away:
    """See one's own stand-ins and whom one stands in for, from today on."""
    today = clock.today()
    covers = list(
        Cover.objects.select_related("study__protocol", "user", "stand_in").filter(until__gte=today).order_by("since")
    )
    titles: dict[int, str] = {}

    def view(cover: Cover, other: User) -> CoverView:
        titles.setdefault(cover.study_id, protocol_of(cover.study).text("short_title", by.language))
        return CoverView(cover.pk, titles[cover.study_id], other.name, cover.since, cover.until)

    return Away(
        own=[view(one, one.stand_in) for one in covers if one.user_id == by.pk],
        theirs=[view(one, one.user) for one in covers if one.stand_in_id == by.pk],
        colleagues=_colleagues(by),
    )


def _colleagues(by: User) -> dict[str, list[tuple[str, str]]]:
    """List, per study title, the colleagues with the same profession there, as (`study/user`, name)."""
    grants = Grant.objects.filter(role__in=CARERS, revoked_at=None).select_related("user", "study__protocol")
    mine = {(grant.study_id, grant.role) for grant in grants if grant.user_id == by.pk}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for grant in grants.order_by("user__name", "pk"):
        if grant.study is not None and grant.user_id != by.pk and (grant.study_id, grant.role) in mine:
            title = protocol_of(grant.study).text("short_title", by.language)
            found[title][f"{grant.study.slug}/{grant.user_id}"] = grant.user.name
    return {title: list(people.items()) for title, people in found.items()}


def chosen_colleague(by: User, value: str) -> tuple[Study, User]:
    """Give the study and the colleague that a choice of `Away.colleagues` stands for; NotHere for any other."""
    if not any(value == key for people in _colleagues(by).values() for key, _ in people):
        raise NotHere(value)
    slug, number = value.rsplit("/", 1)
    return Study.objects.select_related("protocol").get(slug=slug), User.objects.get(pk=int(number))


def cover_numbered(by: User, number: int) -> Cover:
    """Open one's own stretch of cover; NotHere for anyone else's."""
    cover = Cover.objects.select_related("study").filter(pk=number, user=by).first()
    if cover is None:
        raise NotHere(number)
    return cover


def hand_overs(by: User, participant: Participant) -> list[HandOverView]:
    """List what was passed on about one person, newest first. Callers have passed a door."""
    return [
        HandOverView(
            one.pk, one.by.name, one.to.name, words.unseal(participant, one.words_sealed), one.at, one.taken_at,
            one.to_id == by.pk,
        )
        for one in HandOver.objects.select_related("by", "to").filter(participant=participant).order_by("-at")
    ]  # fmt: skip


def colleagues_on(by: User, participant: Participant) -> list[User]:
    """List the others who look after someone, and who stands in for them. Callers have passed a door."""
    today = clock.today()
    team = CareLink.objects.filter(participant=participant, until=None)
    found = {link.user_id: link.user for link in team.select_related("user").exclude(user=by)}
    covers = Cover.objects.filter(
        study=participant.study, user__in=team.values("user"), since__lte=today, until__gte=today
    ).exclude(stand_in=by)
    found |= {cover.stand_in_id: cover.stand_in for cover in covers.select_related("stand_in")}
    return sorted(found.values(), key=lambda user: user.name)


def waiting_for(by: User, people: Iterable[Participant]) -> dict[int, HandOver]:
    """Find, per participant, the oldest hand-over that waits for someone."""
    rows = HandOver.objects.select_related("by").filter(to=by, taken_at=None, participant__in=people).order_by("-at")
    return {one.participant_id: one for one in rows}


def standing_in(by: User, people: Iterable[Participant]) -> dict[int, tuple[str, date]]:
    """Find, per participant, for whom someone stands in and until when; one's own participants are not among them."""
    today = clock.today()
    covers = {
        (cover.study_id, cover.user_id): cover
        for cover in Cover.objects.select_related("user").filter(stand_in=by, since__lte=today, until__gte=today)
    }
    if not covers:
        return {}
    links = list(CareLink.objects.select_related("participant").filter(participant__in=people, until=None))
    own = {link.participant_id for link in links if link.user_id == by.pk}
    return {
        link.participant_id: (cover.user.name, cover.until)
        for link in links
        if link.participant_id not in own
        and (cover := covers.get((link.participant.study_id, link.user_id))) is not None
    }
