"""What is open for someone, in words and in order: the same list for their first page and for who prints and calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from opstap.acts import clock
from opstap.acts.calendar import state_of
from opstap.acts.closing import closing_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.participant.deciding import Form, to_decide
from opstap.acts.sight.participant.filling import progress
from opstap.acts.sight.participant.network import asks_of
from opstap.acts.sight.participant.pages import language, pages_open
from opstap.acts.sight.search import due_for
from opstap.domain.programme.asking import Asks, Open, ask
from opstap.domain.protocol.model import OWNERS
from opstap.store.models import Measurement, Participant, Plan, Session


@dataclass(frozen=True)
class Ask:
    """One thing that is asked, `ref` naming which; the kinds are those of `domain.programme.asking`."""

    kind: str
    ref: str
    title: str
    on: date | datetime | None = None
    done: int = 0
    total: int = 0
    ready: bool = True
    last: date | None = None


@dataclass(frozen=True)
class Wave:
    """One of someone's measurements: its name, state and days, and how far it was filled in while it is open."""

    pk: int
    title: str
    state: str
    opens_on: date
    closes_on: date
    submitted_at: datetime | None
    done: int
    total: int


@dataclass(frozen=True)
class Asked:
    """What is asked now (at most three things), and what waits."""

    now: tuple[Ask, ...]
    later: tuple[Ask, ...]


def in_order(asks: Iterable[Ask]) -> Asked:
    """Choose what is asked now, by the rule of `domain.programme.asking`."""
    known = {(one.kind, one.ref): one for one in asks}
    chosen = ask((Open(Asks(one.kind), one.ref, one.last) for one in known.values()), clock.today())
    now, later = (tuple(known[one.kind.value, one.ref] for one in part) for part in (chosen.now, chosen.later))
    return Asked(now, later)


def open_for(participant: Participant) -> Asked:
    """Tell what is open for someone whose record was opened, in the language that is active."""
    return in_order(open_asks(participant, to_decide(participant), waves_of(participant)))


def open_asks(participant: Participant, forms: list[Form], waves: list[Wave]) -> list[Ask]:
    """List everything that is open for someone, in no order that matters."""
    asks = [Ask("consent", form.kind, form.title, on=form.opens_on, ready=form.can_decide) for form in forms]
    asks += [
        Ask("questionnaire", str(wave.pk), wave.title, on=wave.closes_on, done=wave.done, total=wave.total,
            last=wave.closes_on)
        for wave in waves
        if wave.state in ("open", "started")
    ]  # fmt: skip
    pages = pages_open(participant)
    if "sessions" in pages:
        # A letter can be written after the end as well: whose it is reads it first, also then.
        running = participant.enrolment.state == "active"
        asks += [Ask(kind, ref, title) for kind, ref, title in asks_of(participant) if running or kind == "letter"]
    if not pages or participant.enrolment.state != "active":
        return asks
    if "plan" in pages:
        offered = Plan.objects.filter(enrolment=participant.enrolment, state="offered").order_by("-version")
        asks += [Ask("plan", str(one.pk), str(one.version), on=one.offered_at) for one in offered[:1]]
    if "sessions" in pages:
        talks = Session.objects.select_related("professional").filter(enrolment=participant.enrolment, state="planned")
        asks += [
            Ask(
                "session",
                str(one.pk),
                one.professional.name,
                on=one.planned_for,
                last=timezone.localdate(one.planned_for),
            )
            for one in talks.filter(planned_for__gte=clock.now()).order_by("planned_for", "pk")
        ]
        asks += _closing(participant)
    if "search" in pages:
        asks += [Ask("application", ref, step, on=day) for ref, step, day in due_for(participant)]
    return asks


def _closing(participant: Participant) -> list[Ask]:
    row = closing_of(participant.enrolment, locked=False)
    if row is not None and row.state == "looked_back":
        return [Ask("closing", str(row.pk), "", on=row.looked_back_on)]
    if row is not None and row.state == "preparing" and row.own_sealed is None:
        return [Ask("looking_back", str(row.pk), "", on=row.prepared_at)]
    return []


def waves_of(participant: Participant) -> list[Wave]:
    """List someone's measurements in the order of their days."""
    protocol = protocol_of(participant.study)
    rows = (
        Measurement.objects.prefetch_related("sheets")
        .filter(participant=participant, respondent__in=OWNERS)
        .order_by("due_on", "pk")
    )
    waves = []
    for row in rows:
        state = state_of(row)
        done, total = progress(participant, row) if state in ("open", "started") else (0, 0)
        title = protocol.text(f"waves.{row.wave}", language())
        waves.append(Wave(row.pk, title, state, row.opens_on, row.closes_on, row.submitted_at, done, total))
    return waves
