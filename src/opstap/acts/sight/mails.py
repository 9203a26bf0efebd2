"""What a coordinator sees of mails: what needs a look, why each went out or did not, and every text beforehand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from opstap.acts import clock
from opstap.acts.doors import Actor, record_of
from opstap.acts.letters import write
from opstap.acts.mailing import barrier, facts_of, hours_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import reaches
from opstap.acts.words import Contact
from opstap.domain.access import Permission
from opstap.domain.followup import Step, plan
from opstap.domain.protocol.model import OWNERS
from opstap.store.models import Identity, Mail, Measurement, SignInLink

#: What somebody has to look at: nobody knows whether it went, the server will not take it, it came back.
NEEDS_A_LOOK = ("unknown", "refused", "failed", "bounced")
#: How far back the counts go.
DAYS = 30
#: How many mails that need a look are listed.
SHOWN = 100
#: The kinds of mail about a questionnaire, in the order in which someone may get them.
KINDS = ("invitation", "reminder", "link")


@dataclass(frozen=True)
class Sent:
    """One mail: of which kind and wave, what became of it, when. Never to whom, beyond the pseudonym."""

    number: int
    pseudonym: str
    kind: str
    wave: str
    state: str
    why: str
    made_at: datetime
    sent_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True)
class StudyMails:
    """The mails of one study: those that need a look, and how many there were in each state in the last month."""

    slug: str
    title: str
    look: list[Sent]
    look_in_all: int
    states: dict[str, int]


@dataclass(frozen=True)
class Explained:
    """One questionnaire of someone: each mail of it by rule, with its verdict; `used_at`: when a link opened it."""

    number: int
    wave: str
    opens_on: date
    due_on: date
    closes_on: date
    stopped: str
    steps: list[Step]
    sent: dict[str, Sent]
    asked: list[Sent]
    used_at: datetime | None


@dataclass(frozen=True)
class MailsOf:
    """Someone's mails, and what holds for all of them: their clock, the hours, whether mail came back."""

    pseudonym: str
    time_zone: str
    first: int
    last: int
    sundays: bool
    bounced_at: datetime | None
    explained: list[Explained]
    others: list[Sent]


@dataclass(frozen=True)
class Text:
    """One text as it is sent: its kind, its language, whom it addresses, subject and words."""

    kind: str
    language: str
    subject: str
    text: str


def mails(by: Actor) -> list[StudyMails]:
    """Draw up the mails of every study that someone coordinates."""
    found = []
    for reach in reaches(by, Permission.SEE_PROGRESS):
        here = Mail.objects.filter(reach.among("participant__"))
        states = here.filter(made_at__gte=clock.now() - timedelta(days=DAYS)).values("state").annotate(n=Count("pk"))
        look = here.filter(state__in=NEEDS_A_LOOK)
        rows = look.select_related("participant__study__protocol", "measurement").order_by("-pk")[:SHOWN]
        found.append(
            StudyMails(
                slug=reach.study.slug,
                title=protocol_of(reach.study).title(language()),
                look=[_sent(row) for row in rows],
                look_in_all=look.count(),
                states={row["state"]: row["n"] for row in states},
            )
        )
    return found


def _sent(row: Mail) -> Sent:
    protocol = protocol_of(row.participant.study)
    wave = protocol.text(f"waves.{row.measurement.wave}", language()) if row.measurement else ""
    return Sent(
        row.pk, row.participant.pseudonym, row.kind, wave, row.state, row.why, row.made_at, row.sent_at, row.told_at
    )


def mails_of(by: Actor, pseudonym: str) -> MailsOf:
    """Explain someone's mails one by one, by the same rule that sends them."""
    one = record_of(by, pseudonym, Permission.SEND_LINK, what="mails")
    protocol, now = protocol_of(one.study), clock.now()
    hours = hours_of(protocol, one.time_zone)
    bounced = Identity.objects.values_list("bounced_at", flat=True).get(participant=one)
    rows = list(
        Mail.objects.select_related("participant__study__protocol", "measurement")
        .filter(participant=one)
        .order_by("pk")
    )
    by_measurement: dict[int, list[Mail]] = defaultdict(list)
    for row in rows:
        if row.measurement_id:
            by_measurement[row.measurement_id].append(row)
    used = dict(
        SignInLink.objects.filter(measurement__participant=one, used_at__isnull=False)
        .order_by("used_at")
        .values_list("measurement", "used_at")
    )
    explained = []
    measurements = Measurement.objects.filter(participant=one, respondent__in=OWNERS).order_by("due_on", "pk")
    for measurement in measurements:
        of_it = by_measurement[measurement.pk]
        made = {row.step: row.made_at for row in of_it if row.step and row.state != "dropped"}
        days = (measurement.opens_on, measurement.due_on, measurement.closes_on)
        stopped = _stopped(measurement) or barrier(bounced, one.no_screen)
        explained.append(
            Explained(
                number=measurement.pk,
                wave=protocol.text(f"waves.{measurement.wave}", language()),
                opens_on=days[0],
                due_on=days[1],
                closes_on=days[2],
                stopped=stopped,
                steps=plan(facts_of(protocol, measurement.wave, days, stopped, made), now, hours),
                sent={row.step: _sent(row) for row in of_it if row.step},
                asked=[_sent(row) for row in of_it if not row.step or row.step == "asked"],
                used_at=used.get(measurement.pk),
            )
        )
    return MailsOf(
        pseudonym=one.pseudonym,
        time_zone=str(hours.zone),
        first=hours.first,
        last=hours.last,
        sundays=hours.sundays,
        bounced_at=bounced,
        explained=explained,
        others=[_sent(row) for row in rows if row.measurement_id is None],
    )


def _stopped(measurement: Measurement) -> str:
    if measurement.submitted_at is not None:
        return "submitted"
    return measurement.void_reason[:20] if measurement.voided_on is not None else ""


def texts(by: Actor) -> list[tuple[str, list[Text]]]:
    """Write every text about a questionnaire as it would be sent today, to somebody who does not exist."""
    found = []
    for reach in reaches(by, Permission.SEE_PROGRESS):
        protocol = protocol_of(reach.study)
        somebody = Contact("Sam Voorbeeld", "sam@voorbeeld.example")
        until = clock.today() + timedelta(days=protocol.study.waves[0].closes_days_after)
        written = [
            (code, kind, write(protocol, code, kind, "https://…/link/…/", somebody, until))
            for code in protocol.languages
            for kind in KINDS
        ]
        found.append(
            (protocol.title(language()), [Text(kind, code, one["subject"], one["text"]) for code, kind, one in written])
        )
    return found
