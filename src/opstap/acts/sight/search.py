"""Looking for new work, as the participant and the care team see it. No workplace has a sight of any of this.

An application that is not shared is not there for the care team, nor are words that its owner kept to themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from opstap.acts import clock, doors, words
from opstap.acts.placements import kind_for
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.search import wishes_of
from opstap.acts.sight.guidance.goals import GoalView, goals_of
from opstap.acts.sight.participant.pages import can_open_later, language, pages_open, with_page
from opstap.domain.access import Permission
from opstap.domain.journey import APPLICATION, PERMISSION
from opstap.domain.knowledge import library
from opstap.domain.search import OPEN, PlacementKind, Stretch, Wishes, due, kinds, over_usual
from opstap.store.models import (
    Application,
    ApplicationEntry,
    JobSearch,
    JobWishes,
    Participant,
    Placement,
    Session,
    User,
    WorkplaceLink,
)

#: The texts of the library that fit looking for work, in the order in which they are needed.
TEXTS = ("applying", "disclosure", "first-day-back")


@dataclass(frozen=True)
class By:
    """Who wrote something, when, and how it came in. `own`: the participant did; otherwise a professional's name."""

    own: bool
    name: str
    at: datetime
    channel: str


@dataclass(frozen=True)
class Entry:
    """One line in the history of an application; `private` words are read by the participant alone."""

    state: str
    on: date
    text: str
    private: bool
    by: By


@dataclass(frozen=True)
class ApplicationView:
    """One application as it stands, with what can follow and its history, latest first."""

    pk: int
    where: str
    function: str
    way: str
    state: str
    next_step: str
    next_on: date | None
    due: bool
    shared: bool
    by: By
    starts_on: date | None
    contract_hours: float | None
    recorded: bool
    can_record: bool
    moves: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def open(self) -> bool:
        """Tell whether it still runs."""
        return self.state in OPEN


@dataclass(frozen=True)
class PlacementView:
    """One trial placement: its kind (None: no longer listed), permission, and how both sides looked back."""

    pk: int
    kind: PlacementKind | None
    where: str
    tries: str
    starts_on: date
    ends_on: date
    hours: float
    stage: str
    permission: str
    permission_on: date | None
    unpermitted: bool
    long: bool
    moves: tuple[str, ...]
    own_view: str
    care_view: str
    counted_as: str
    by: By

    @property
    def can_count(self) -> bool:
        """Tell whether it has ended and was not counted as work yet."""
        return self.stage == "ended" and not self.counted_as


@dataclass(frozen=True)
class WishesView:
    """Wishes and possibilities as they hold, and who wrote them down."""

    wishes: Wishes
    by: By


@dataclass(frozen=True)
class SearchPage:
    """Everything on one page. `search` is None while nobody looks; what was written before stays."""

    pseudonym: str
    running: bool
    search: JobSearch | None
    search_by: By | None
    wishes: WishesView | None
    goals: Sequence[GoalView]
    applications: Sequence[ApplicationView]
    placements: Sequence[PlacementView]
    kinds: Sequence[PlacementKind]
    texts: Sequence[tuple[str, str]]

    @property
    def may(self) -> bool:
        """Tell whether something can be written now."""
        return self.running and self.search is not None

    @property
    def open(self) -> list[ApplicationView]:
        """List the applications that run, the next step that comes first on top."""
        return sorted((one for one in self.applications if one.open), key=lambda one: (one.next_on or date.max, one.pk))

    @property
    def ended(self) -> list[ApplicationView]:
        """List the applications that do not run any more, an accepted offer first."""
        return sorted((one for one in self.applications if not one.open), key=lambda one: one.state != "accepted")


def own_search(by: User) -> SearchPage:
    """Open one's own page; NotHere when it is not open to this participant."""
    return search_of(with_page(by, "search"), language(), own=True)


def care_opened(by: User, pseudonym: str, permission: Permission = Permission.SEE_CASE) -> Participant:
    """Open the record of someone one looks after; NotHere where their arm has no such page, now or later."""
    participant = doors.record_of(by, pseudonym, permission, what="search")
    if "search" not in pages_open(participant) and not can_open_later(participant, "search"):
        raise NotHere("search")
    return participant


def search_of(participant: Participant, spoken: str, *, own: bool) -> SearchPage:
    """Give the page of someone whose record was opened; for the care team (`own` false) only what is shared."""
    enrolment, protocol = participant.enrolment, protocol_of(participant.study)
    search = JobSearch.objects.select_related("by").filter(enrolment=enrolment, ended_on=None).first()
    wishes = JobWishes.objects.select_related("by").filter(enrolment=enrolment).order_by("-pk").first()
    goals = goals_of(participant, spoken).open if "goals" in pages_open(participant) else []
    placed = Placement.objects.select_related("by", "spell").filter(enrolment=enrolment, dropped_on=None)
    address = protocol.text("address", spoken)
    return SearchPage(
        pseudonym=participant.pseudonym,
        running=enrolment.state == "active",
        search=search,
        search_by=_by(search) if search else None,
        wishes=WishesView(wishes_of(participant, wishes), _by(wishes)) if wishes else None,
        goals=[goal for goal in goals if goal.about == "search"],
        applications=_applications(participant, own=own),
        placements=[placement_view(participant, row) for row in placed.order_by("-starts_on")],
        kinds=kinds(protocol.country),
        texts=[
            (one.id, one.texts.in_(spoken, address).title)
            for wanted in TEXTS
            for one in library()
            if one.id == wanted and protocol.country in one.countries
        ],
    )


def wishes_now(participant: Participant) -> Wishes:
    """Give the wishes that hold, to change them; none yet gives empty ones. Callers have opened the record."""
    row = JobWishes.objects.filter(enrolment=participant.enrolment).order_by("-pk").first()
    return wishes_of(participant, row) if row else Wishes()


def own_application(by: User, pk: int) -> tuple[Application, ApplicationView]:
    """Open one of one's own applications."""
    with_page(by, "search")
    row = doors.application_of(by, pk, Permission.KEEP_SEARCH)
    return row, application_view(row.enrolment.participant, row, own=True)


def care_application(by: User, pk: int) -> tuple[Application, ApplicationView]:
    """Open an application that someone shares with the care team."""
    row = doors.application_of(by, pk, Permission.KEEP_SEARCH)
    if "search" not in pages_open(row.enrolment.participant):
        raise NotHere(pk)
    return row, application_view(row.enrolment.participant, row, own=False)


def own_placement(by: User, pk: int) -> tuple[Placement, PlacementView]:
    """Open one of one's own trial placements."""
    with_page(by, "search")
    return care_placement(by, pk)


def care_placement(by: User, pk: int) -> tuple[Placement, PlacementView]:
    """Open a trial placement of someone one looks after."""
    row = doors.placement_of(by, pk, Permission.KEEP_SEARCH)
    if row.dropped_on is not None or "search" not in pages_open(row.enrolment.participant):
        raise NotHere(pk)
    return row, placement_view(row.enrolment.participant, row)


def may_write(participant: Participant) -> bool:
    """Tell whether something can be written now: the programme runs, and work is looked for."""
    running = participant.enrolment.state == "active"
    return running and JobSearch.objects.filter(enrolment=participant.enrolment, ended_on=None).exists()


def old_workplaces(participant: Participant) -> list[WorkplaceLink]:
    """List who at work sees along now, to be kept or ended when a new job begins."""
    links = WorkplaceLink.objects.select_related("user").filter(participant=participant, ended_on=None)
    return list(links.order_by("pk"))


def due_for(participant: Participant) -> list[tuple[str, str, date]]:
    """List one's own next steps whose day has come: (which, words, day). Callers have opened the record."""
    rows = Application.objects.filter(
        enrolment__participant=participant, enrolment__searches__ended_on=None, enrolment__searches__isnull=False,
        state__in=OPEN, next_on__lte=clock.today(),
    )  # fmt: skip
    found = rows.order_by("next_on", "pk").distinct()
    return [(str(row.pk), words.unseal(participant, row.next_sealed), row.next_on) for row in found if row.next_on]


def reasons_of(people: Collection[int]) -> dict[int, list[tuple[str, date]]]:
    """Tell for many participants what in their search needs the care team; two queries however many they are.

    A next step whose day has come, and a new job for which no talk was planned from its first day on; only of
    applications that are shared.
    """
    today = clock.today()
    searching = Exists(JobSearch.objects.filter(enrolment=OuterRef("enrolment"), ended_on=None))
    shared = Application.objects.filter(enrolment__participant__in=people, enrolment__state="active", shared=True)
    wanted = shared.filter(Q(searching, state__in=OPEN) | Q(state="accepted"))
    rows = list(wanted.values_list("enrolment__participant_id", "state", "next_on", "starts_on"))
    planned: dict[int, list[date]] = defaultdict(list)
    begins = [starts for _one, _state, _next, starts in rows if starts]
    if begins:
        talks = Session.objects.filter(
            enrolment__participant__in=people, state__in=("planned", "confirmed", "held"),
            planned_for__date__gte=min(begins),
        )  # fmt: skip
        for one, at in talks.values_list("enrolment__participant_id", "planned_for"):
            planned[one].append(timezone.localdate(at))
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for one, state, next_on, starts in rows:
        if next_on is not None and due(state=state, next_on=next_on, today=today):
            found[one].append(("next_step", next_on))
        if state == "accepted" and starts and not any(day >= starts for day in planned[one]):
            found[one].append(("new_job", starts))
    return found


def application_view(participant: Participant, row: Application, *, own: bool) -> ApplicationView:
    """Give one application of a record that was opened."""
    entries = ApplicationEntry.objects.select_related("by").filter(application=row)
    return _application(participant, row, list(entries), own=own)


def placement_view(participant: Participant, row: Placement) -> PlacementView:
    """Give one trial placement of a record that was opened."""
    kind, today = kind_for(participant, row), clock.today()
    stage = "coming" if row.starts_on > today else "running" if row.ends_on >= today else "ended"
    return PlacementView(
        pk=row.pk,
        kind=kind,
        where=words.unseal(participant, row.where_sealed),
        tries=words.unseal(participant, row.tries_sealed),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        hours=row.hours,
        stage=stage,
        permission=row.permission,
        permission_on=row.permission_on,
        unpermitted=row.permission in ("to_ask", "refused") and stage != "ended",
        long=kind is not None and over_usual(Stretch(row.starts_on, row.ends_on), kind),
        moves=tuple(PERMISSION.moves[row.permission]) if row.permission else (),
        own_view=words.unseal(participant, row.own_view_sealed),
        care_view=words.unseal(participant, row.care_view_sealed),
        counted_as=row.spell.kind if row.spell else "",
        by=_by(row),
    )


def _applications(participant: Participant, *, own: bool) -> list[ApplicationView]:
    rows = Application.objects.select_related("by").filter(enrolment=participant.enrolment)
    if not own:
        rows = rows.filter(shared=True)
    entries: dict[int, list[ApplicationEntry]] = defaultdict(list)
    for entry in ApplicationEntry.objects.select_related("by").filter(application__in=rows):
        entries[entry.application_id].append(entry)
    return [_application(participant, row, entries[row.pk], own=own) for row in rows.order_by("-pk")]


def _application(
    participant: Participant, row: Application, entries: list[ApplicationEntry], *, own: bool
) -> ApplicationView:
    today = clock.today()
    return ApplicationView(
        pk=row.pk,
        where=words.unseal(participant, row.where_sealed),
        function=words.unseal(participant, row.function_sealed),
        way=row.way,
        state=row.state,
        next_step=words.unseal(participant, row.next_sealed),
        next_on=row.next_on,
        due=due(state=row.state, next_on=row.next_on, today=today),
        shared=row.shared,
        by=_by(row),
        starts_on=row.starts_on,
        contract_hours=row.contract_hours,
        recorded=row.spell_id is not None,
        can_record=row.spell_id is None and row.starts_on is not None and row.starts_on <= today,
        moves=tuple(move for move in APPLICATION.moves[row.state] if move != "accepted"),
        entries=tuple(
            Entry(
                one.state, one.on,
                words.unseal(participant, one.words_sealed) if own or one.shared else "",
                not one.shared and one.words_sealed is not None, _by(one),
            )
            for one in sorted(entries, key=lambda one: one.pk, reverse=True)
        ),
    )  # fmt: skip


def _by(row: Any) -> By:
    # The account of a participant has no name: their words are known by that.
    return By(not row.by.name, row.by.name, row.at, row.channel)
