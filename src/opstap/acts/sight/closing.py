"""Looking back, drawn from the record: what participant and care team both see at the end, and what remains after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from opstap.acts import clock, doors, words
from opstap.acts.aftercare import proposed_days, resumed_on
from opstap.acts.behalf import marks_of
from opstap.acts.calendar import state_of
from opstap.acts.closing import closing_of, read_points, read_words
from opstap.acts.closing_letter import planned_hours
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.guidance.energy import Diary, diary_of
from opstap.acts.sight.guidance.goals import Goals, goals_of
from opstap.acts.sight.guidance.stages import Stages, stages_of
from opstap.acts.sight.participant.pages import language, pages_open, with_page
from opstap.acts.sight.plans import PlanStory, story_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.programme.closing import QUESTIONS, Point, is_due
from opstap.store.models import (
    AftercareContact,
    CareLink,
    Closing,
    Measurement,
    Participant,
    Session,
    User,
    WorkSpell,
)


@dataclass(frozen=True)
class AftercareView:
    """One contact of aftercare; `due` when it asks for attention."""

    pk: int
    state: str
    planned_for: date
    mode: str
    held_on: date | None
    minutes: int | None
    note: str
    by: str
    due: bool


@dataclass(frozen=True)
class Words:
    """What one side looked back on, by question, with who wrote it when (None: nothing yet) and how it came in."""

    answers: dict[str, str]
    by: str
    at: datetime | None
    channel: str = ""


@dataclass(frozen=True)
class Asking:
    """The questionnaire about what people thought of it: which measurement, and from when until when it is open."""

    pk: int
    is_open: bool
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Talked:
    """How many talks were held, of how many, and how many minutes they took in all."""

    held: int
    limit: int | None
    minutes: int


@dataclass(frozen=True)
class HoursNow:
    """Hours a week worked now, as written down (None: not known), beside plan and contract; and since when at work."""

    worked: float | None
    planned: float | None
    contract: float | None
    since: date | None


@dataclass(frozen=True)
class Call:
    """Someone to call: name, profession, address."""

    name: str
    profession: str
    email: str


@dataclass(frozen=True)
class LookBack:
    """Everything that is looked back on, and what remains. `state` is empty before the closing was prepared."""

    pseudonym: str
    name: str
    running: bool
    completed: bool
    state: str
    started: date | None
    ended: date | None
    own: Words
    care: Words
    points: tuple[Point, ...]
    looked_back_on: date | None
    agreed_at: datetime | None
    agreed_channel: str
    closed_on: date | None
    goals: Goals | None
    diary: Diary | None
    stages: Stages | None
    story: PlanStory
    hours: HoursNow
    talks: Talked
    relapse: str
    aftercare: tuple[AftercareView, ...]
    proposed: tuple[date, ...]
    certainty: str
    certain_words: str
    asking: Asking | None
    people: tuple[Call, ...]
    reopened: tuple[tuple[datetime, str], ...]
    no_screen: bool

    @property
    def questions(self) -> tuple[str, ...]:
        """List what each side is asked, in order."""
        return QUESTIONS

    @property
    def may_agree(self) -> bool:
        """Tell whether it waits for the participant."""
        return self.running and self.state == "looked_back"

    @property
    def next_aftercare(self) -> AftercareView | None:
        """Give the next contact that is planned."""
        return next((one for one in self.aftercare if one.state == "planned"), None)


def closing(by: User) -> LookBack:
    """Open one's own looking back; NotHere when the programme is not open to this participant."""
    return looking_back(with_page(by, "sessions"), language(), None)


def case_closing(by: User, pseudonym: str) -> tuple[Participant, LookBack]:
    """Open the looking back of someone one looks after; NotHere when their arm has no programme."""
    participant = doors.record_of(by, pseudonym, Permission.SEE_CASE, what="case")
    if "sessions" not in pages_open(participant):
        raise NotHere("closing")
    return participant, looking_back(participant, by.language, by)


def looking_back(participant: Participant, spoken: str, reader: User | None) -> LookBack:
    """Draw the looking back of a participant whose record was opened; a reader of the care team sees what is shared."""
    protocol, enrolment = protocol_of(participant.study), participant.enrolment
    pages, marks = pages_open(participant), marks_of(participant)
    row = closing_of(enrolment, locked=False)
    held = list(Session.objects.filter(enrolment=enrolment, state="held").values_list("minutes", flat=True))
    mark = protocol.assumption_on("programme.closing.aftercare")
    story = story_of(participant)
    newest = story.newest
    return LookBack(
        pseudonym=participant.pseudonym,
        name=words.contact_of(participant).name,
        running=enrolment.state == "active",
        completed=enrolment.state == "completed",
        state=row.state if row else "",
        started=enrolment.started_on,
        ended=enrolment.ended_on,
        own=Words(
            read_words(participant, row.own_sealed if row else None), "", row.own_at if row else None,
            marks.get((Event.CLOSING_WRITTEN.value, row.pk), "") if row else "",
        ),
        care=Words(
            read_words(participant, row.care_sealed if row else None),
            row.care_by.name if row and row.care_by else "", row.care_at if row else None,
        ),
        points=read_points(participant, row) if row else (),
        looked_back_on=row.looked_back_on if row else None,
        agreed_at=row.agreed_at if row else None,
        agreed_channel=marks.get((Event.CLOSING_AGREED.value, row.pk), "") if row else "",
        closed_on=row.closed_on if row else None,
        goals=goals_of(participant, spoken) if "goals" in pages else None,
        diary=diary_of(participant, reader) if "energy" in pages else None,
        stages=stages_of(participant, spoken) if "goals" in pages else None,
        story=story,
        hours=_hours(participant),
        talks=Talked(len(held), protocol.programme.limits.sessions, sum(one or 0 for one in held)),
        relapse=newest.relapse if newest else "",
        aftercare=tuple(aftercare_of(participant)),
        proposed=proposed_days(participant) if enrolment.state in ("active", "completed") else (),
        certainty=mark.certainty if mark else "",
        certain_words=protocol.text(f"assumptions.{mark.id}", spoken) if mark else "",
        asking=_asking(participant),
        people=tuple(
            Call(link.user.name, link.profession, link.user.email)
            for link in CareLink.objects.select_related("user").filter(participant=participant, until=None)
        ),
        reopened=tuple(
            (one.reopened_at, words.unseal(participant, one.reopened_sealed))
            for one in Closing.objects.filter(enrolment=enrolment, state="reopened").order_by("pk")
            if one.reopened_at is not None
        ),
        no_screen=participant.no_screen,
    )  # fmt: skip


def aftercare_of(participant: Participant) -> list[AftercareView]:
    """List the contacts of aftercare that were not called off, in the order of their days."""
    rows = AftercareContact.objects.select_related("planned_by", "held_by").filter(enrolment=participant.enrolment)
    return [
        AftercareView(
            pk=row.pk,
            state=row.state,
            planned_for=row.planned_for,
            mode=row.mode,
            held_on=row.held_on,
            minutes=row.minutes,
            note=words.unseal(participant, row.shared_sealed),
            by=(row.held_by or row.planned_by).name,
            due=row.state == "planned" and is_due(row.planned_for, clock.today()),
        )
        for row in rows.exclude(state="cancelled").order_by("planned_for", "pk")
    ]


def _hours(participant: Participant) -> HoursNow:
    row = (
        WorkSpell.objects.filter(participant=participant, source="coach", start__lte=clock.today())
        .order_by("-start", "-pk")
        .first()
    )
    return HoursNow(
        worked=row.actual_hours if row else None,
        planned=planned_hours(participant),
        contract=row.contract_hours if row else None,
        since=resumed_on(participant),
    )


def _asking(participant: Participant) -> Asking | None:
    """Find the questionnaire of the protocol about satisfaction: the one that is open, else the next; never answers."""
    protocol = protocol_of(participant.study)
    wanted = protocol.programme.closing.satisfaction
    waves = {one.id for one in protocol.study.waves if wanted in one.asks.get("participant", [])}
    rows = Measurement.objects.filter(
        participant=participant, wave__in=waves, respondent="participant", submitted_at=None, voided_on=None,
        closes_on__gte=clock.today(),
    )  # fmt: skip
    row = rows.order_by("opens_on").first()
    if row is None:
        return None
    return Asking(row.pk, state_of(row) in ("open", "started"), row.opens_on, row.closes_on)
