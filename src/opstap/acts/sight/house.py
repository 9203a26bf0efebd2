"""What a steward sees: accounts and their roles, the audit trail, the protocols in force. No participant by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from opstap.acts import doors, texts, trail
from opstap.acts.blinding import role_blinded
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.progress import Mark, language, marks_of
from opstap.domain.access import Permission, Role
from opstap.domain.events import TELLS_ARM
from opstap.domain.instruments.pack import Licence
from opstap.store.models import AuditEvent, Grant, Site, Study, User

PAGE = 50
EVENTS = 100


@dataclass(frozen=True)
class Given:
    """A role that someone has: in which study and at which site; both empty for the whole house."""

    number: int
    role: str
    study: str
    site: str
    since: datetime


@dataclass(frozen=True)
class Account:
    """An account of someone who works with Opstap, with the roles that hold now."""

    number: int
    name: str
    email: str
    active: bool
    roles: list[Given]


@dataclass(frozen=True)
class Accounts:
    """One page of accounts."""

    lines: list[Account]
    number: int
    pages: int
    count: int


@dataclass(frozen=True)
class Where:
    """A study, or one of its sites, in which a role can be given: its key and its words."""

    key: str
    words: str


@dataclass(frozen=True)
class Happened:
    """One event of the audit trail. `by` is the name of a colleague; empty for a participant and the system."""

    number: int
    at: datetime
    name: str
    by: str
    by_system: bool
    study: str
    ids: dict[str, Any]
    digest: str


@dataclass(frozen=True)
class Trail:
    """One page of the trail, newest first; `older` is the number before which the next page begins."""

    events: list[Happened]
    older: int | None
    studies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TextLine:
    """A licensed instrument in one language; `state` is `loaded`, `missing` or `expired`."""

    instrument: str
    title: str
    language: str
    state: str
    licence: Licence | None


@dataclass(frozen=True)
class StudyTexts:
    """The licensed instruments of a study; `live_at` is None while it is a pilot."""

    slug: str
    title: str
    live_at: datetime | None
    lines: list[TextLine]

    @property
    def ready(self) -> bool:
        """Tell whether nothing keeps the study from going live."""
        return all(line.state == "loaded" for line in self.lines)


@dataclass(frozen=True)
class Pinned:
    """A study and the protocol it pinned."""

    slug: str
    title: str
    name: str
    version: str
    digest: str
    opened_at: datetime
    list_hash: str
    unblinded_at: datetime | None
    marks: list[Mark]


def accounts(by: Actor, *, search: str = "", number: int = 1) -> Accounts:
    """List the accounts of colleagues by name, fifty to a page. Participants' have no address and stay out.

    So do those of workplaces, whom a participant let in: they are found by their whole address only.
    """
    doors.allow(by, Permission.MANAGE_PEOPLE)
    wanted = search.strip()
    others = Grant.objects.filter(user=OuterRef("pk")).exclude(role=Role.WORKPLACE)
    let_in = Grant.objects.filter(user=OuterRef("pk"), role=Role.WORKPLACE)
    known = User.objects.exclude(email="")
    found = known.filter(Exists(others) | ~Exists(let_in))
    if wanted:
        by_words = found.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
        found = by_words | known.filter(Q(email=wanted.lower()))
    count = found.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    shown = found.order_by("name", "pk").prefetch_related(_roles())[(number - 1) * PAGE : number * PAGE]
    return Accounts([_account(user) for user in shown], number, pages, count)


def account(by: Actor, number: int) -> tuple[User, Account]:
    """Open one account; gives the record for the act as well. NotHere for a participant's."""
    doors.allow(by, Permission.MANAGE_PEOPLE)
    user = User.objects.exclude(email="").prefetch_related(_roles()).filter(pk=number).first()
    if user is None:
        raise NotHere(number)
    return user, _account(user)


def grant_numbered(by: Actor, number: int) -> Grant:
    """Open one role that was given, for the act that takes it back."""
    doors.allow(by, Permission.MANAGE_PEOPLE)
    grant = Grant.objects.select_related("study").filter(pk=number).first()
    if grant is None:
        raise NotHere(number)
    return grant


def _roles() -> Prefetch:
    rows = Grant.objects.filter(revoked_at=None).select_related("study__protocol", "site").order_by("pk")
    return Prefetch("grants", queryset=rows, to_attr="present")


def _account(user: Any) -> Account:
    return Account(user.pk, user.name, user.email, user.is_active, [_given(grant) for grant in user.present])


def _given(grant: Grant) -> Given:
    protocol = protocol_of(grant.study) if grant.study else None
    return Given(
        grant.pk,
        grant.role,
        protocol.title(language()) if protocol else "",
        protocol.text(f"sites.{grant.site.code}", language()) if protocol and grant.site else "",
        grant.granted_at,
    )


def wheres(by: Actor) -> list[Where]:
    """List where a role can be given: each study as a whole, and each of its sites."""
    doors.allow(by, Permission.MANAGE_PEOPLE)
    found = []
    sites: dict[int, list[Site]] = {}
    for site in Site.objects.order_by("pk"):
        sites.setdefault(site.study_id, []).append(site)
    for study in Study.objects.select_related("protocol").order_by("slug"):
        protocol = protocol_of(study)
        title = protocol.title(language())
        found.append(Where(study.slug, title))
        found += [
            Where(f"{study.slug}/{site.code}", f"{title}, {protocol.text(f'sites.{site.code}', language())}")
            for site in sites.get(study.pk, [])
        ]
    return found


def events(by: Actor, *, before: int | None = None, study: str = "", name: str = "") -> Trail:
    """List what happened, newest first, a hundred to a page, before an event's number.

    While a study blinds the steward, nothing that tells an arm is there: not the event, nor its time, nor a gap in the
    numbers, which count what is shown.
    """
    doors.allow(by, Permission.SEE_AUDIT)
    hidden = [one.slug for one in Study.objects.select_related("protocol") if role_blinded(one, Role.STEWARD)]
    found = AuditEvent.objects.exclude(_telling(hidden)).order_by("-number")
    if study:
        found = found.filter(study=study)
    if name:
        found = found.filter(name=name)
    count = found.count()
    newest = count if before is None else min(max(before - 1, 0), count)
    shown = list(found[count - newest : count - newest + EVENTS])
    numbers = {row.by for row in shown} | {str(row.ids.get("user", "")) for row in shown}
    known = User.objects.filter(pk__in=[number for number in numbers if number.isdecimal()])
    names = {str(pk): called for pk, called in known.values_list("pk", "name")}
    return Trail(
        [
            Happened(
                newest - place,
                row.at,
                row.name,
                names.get(row.by, ""),
                row.by == "system",
                row.study,
                {**_shown(row, hidden), **({"user": names.get(str(row.ids["user"]), "")} if "user" in row.ids else {})},
                row.digest,
            )
            for place, row in enumerate(shown)
        ],
        newest - len(shown) + 1 if newest > len(shown) else None,
        list(Study.objects.order_by("slug").values_list("slug", flat=True)),
    )


def _telling(hidden: list[str]) -> Q:
    """Single out the events that would tell a steward an arm: by what they are, or by who did them."""
    team = Grant.objects.filter(role__in=(Role.THERAPIST, Role.COACH, Role.WORKPLACE), study__slug__in=hidden)
    by = [str(user) for user in team.values_list("user", flat=True).distinct()]
    return Q(study__in=hidden) & (Q(name__in=[event.value for event in TELLS_ARM]) | Q(by__in=by))


def _shown(row: AuditEvent, hidden: list[str]) -> dict[str, Any]:
    """Give the ids of an event, without the numbers of rows where the gaps between them would tell an arm."""
    if row.study not in hidden:
        return dict(row.ids)
    return {name: value for name, value in row.ids.items() if not isinstance(value, int)}


def verify_chain(by: Actor) -> tuple[trail.Verdict, bool]:
    """Recompute the whole chain of the audit trail; and tell whether its length may be said.

    While a study blinds the steward it may not: growing by more than is shown, it would tell who got the programme.
    """
    doors.allow(by, Permission.SEE_AUDIT)
    hidden = any(role_blinded(one, Role.STEWARD) for one in Study.objects.select_related("protocol"))
    return trail.verify(), not hidden


def texts_of_studies(by: Actor) -> list[StudyTexts]:
    """List, per study, the licensed instruments that it asks and how their words stand in each language."""
    doors.allow(by, Permission.OPEN_STUDY)
    found = []
    for study in Study.objects.select_related("protocol").order_by("slug"):
        protocol = protocol_of(study)
        packs = texts.packs_of(study)
        why = {(one.instrument, one.language): one.why for one in texts.lacking(study)}
        lines = []
        for instrument in protocol.questionnaires.values():
            for spoken in protocol.languages if not instrument.text_included else []:
                pack = packs.get((instrument.id, spoken))
                title = instrument.words[spoken][""].text
                state = why.get((instrument.id, spoken), "loaded")
                lines.append(TextLine(instrument.id, title, spoken, state, pack.licence if pack else None))
        found.append(StudyTexts(study.slug, protocol.title(language()), study.live_at, lines))
    return found


def pinned(by: Actor) -> list[Pinned]:
    """List the studies with the protocol that each pinned."""
    doors.allow(by, Permission.OPEN_STUDY)
    return [
        Pinned(
            study.slug,
            protocol_of(study).title(language()),
            study.protocol.name,
            study.protocol.version,
            study.protocol.digest,
            study.opened_at,
            study.list_hash,
            study.unblinded_at,
            marks_of(protocol_of(study)),
        )
        for study in Study.objects.select_related("protocol").order_by("slug")
    ]
