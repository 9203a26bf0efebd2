"""What a coordinator sees of a study as a whole: how far people came, who is late, what is assumed. No arm anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import get_language

from opstap.acts import clock
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import Permission
from opstap.domain.journey import measurement_state
from opstap.domain.protocol import Protocol
from opstap.store.models import (
    AllocationRow,
    Measurement,
    NonParticipation,
    Participant,
    Participation,
    Screening,
    Site,
)

#: The most rows that one list of late questionnaires shows.
SHOWN = 50
#: The stretch of days over which the pace is counted, about six months.
PACE_DAYS = 183


@dataclass(frozen=True)
class Step:
    """How many people came this far; `key` names the step (`referred`, …, or a wave's id with its `title`)."""

    key: str
    count: int
    title: str = ""


@dataclass(frozen=True)
class SiteProgress:
    """The steps at one site, in the order of the funnel, and the day of its newest referral."""

    title: str
    steps: list[Step]
    last_referral: date | None


@dataclass(frozen=True)
class WaveProgress:
    """One wave of measurements: how many were asked until today, handed in, still open, missed."""

    title: str
    asked: int
    submitted: int
    open: int
    missed: int


@dataclass(frozen=True)
class Reason:
    """Why people do not take part, and how many."""

    words: str
    count: int


@dataclass(frozen=True)
class Late:
    """A questionnaire past the day it was due. `mails` is how often a link was sent, `mailed_on` when last."""

    measurement: int
    pseudonym: str
    site: str
    wave: str
    opens_on: date
    due_on: date
    closes_on: date
    state: str
    days_late: int
    days_left: int
    mails: int
    mailed_on: date | None


@dataclass(frozen=True)
class Mark:
    """An assumption of the protocol: what it is about, how certain it is, and in words."""

    about: str
    certainty: str
    words: str


@dataclass(frozen=True)
class Month:
    """A month, by its first day, and how many people had been included at its end."""

    first: date
    included: int


@dataclass(frozen=True)
class StudyProgress:
    """One study as its coordinators see it."""

    slug: str
    title: str
    version: str
    randomised: bool
    target: int
    included: int
    recent: int
    reached_on: date | None
    months: list[Month]
    funnel: list[Step]
    sites: list[SiteProgress]
    waves: list[WaveProgress]
    reasons: list[Reason]
    late: list[Late]
    late_in_all: int
    missed: list[Late]
    marks: list[Mark]


def language() -> str:
    """Give the reader's language, as protocols know it."""
    return (get_language() or "").split("-")[0]


def progress(by: Actor) -> list[StudyProgress]:
    """Draw up every study that someone coordinates, at the sites that are theirs."""
    return [_of(reach) for reach in reaches(by, Permission.SEE_PROGRESS)]


def _of(reach: Reach) -> StudyProgress:
    protocol, today = protocol_of(reach.study), clock.today()
    randomised = protocol.study.allocation is not None
    sites = {site.pk: site.code for site in Site.objects.filter(study=reach.study).order_by("pk")}
    if reach.sites is not None:
        sites = {pk: code for pk, code in sites.items() if pk in reach.sites}
    counts, newest = _counts(reach, randomised)
    waves = _waves(reach, today)
    keys = [*counts]
    asked = [wave.id for wave in protocol.study.waves if "participant" in wave.asks]

    def steps(of: list[int]) -> list[Step]:
        first = [Step(key, sum(counts[key].get(site, 0) for site in of)) for key in keys]
        after = [
            Step(
                wave,
                sum(waves.get((site, wave), {}).get("submitted", 0) for site in of),
                protocol.text(f"waves.{wave}", language()),
            )
            for wave in asked
        ]
        return first + after

    days = _included_on(reach, randomised)
    recent = sum(1 for day in days if day > today - timedelta(days=PACE_DAYS))
    late, missed = _late(reach, protocol, today)
    return StudyProgress(
        slug=reach.study.slug,
        title=protocol.title(language()),
        version=protocol.version,
        randomised=randomised,
        target=protocol.study.target,
        included=len(days),
        recent=recent,
        reached_on=_reached_on(len(days), recent, protocol.study.target, today),
        months=_months(days, today),
        funnel=steps(list(sites)),
        sites=[
            SiteProgress(protocol.text(f"sites.{code}", language()), steps([pk]), newest.get(pk))
            for pk, code in sites.items()
        ],
        waves=[
            WaveProgress(
                protocol.text(f"waves.{wave}", language()),
                *(
                    sum(waves.get((site, wave), {}).get(part, 0) for site in sites)
                    for part in ("asked", "submitted", "open", "missed")
                ),
            )
            for wave in asked
        ],
        reasons=_reasons(reach, protocol),
        late=late,
        late_in_all=_lateness(reach).filter(due_on__lt=today, closes_on__gte=today).count(),
        missed=missed,
        marks=marks_of(protocol),
    )


def marks_of(protocol: Protocol) -> list[Mark]:
    """List what a protocol assumes, in words."""
    return [
        Mark(one.about, one.certainty, protocol.text(f"assumptions.{one.id}", language()))
        for one in protocol.assumptions
    ]


def _counts(reach: Reach, randomised: bool) -> tuple[dict[str, dict[int, int]], dict[int, date]]:
    """Count the first steps per site, and find the newest referral of each."""
    people = (
        Participant.objects.filter(reach.among())
        .values("site")
        .annotate(
            referred=Count("pk"),
            informed=Count("informed_on"),
            consented=Count("participation"),
            newest=Max("referred_on"),
        )
    )
    screened = (
        Screening.objects.filter(reach.among("participant__"))
        .values("participant__site")
        .annotate(
            screened=Count("participant", distinct=True),
            eligible=Count("participant", distinct=True, filter=Q(eligible=True)),
        )
    )
    counts: dict[str, dict[int, int]] = {
        key: {} for key in ("referred", "screened", "eligible", "informed", "consented")
    }
    newest: dict[int, date] = {}
    for row in people:
        for key in ("referred", "informed", "consented"):
            counts[key][row["site"]] = row[key]
        newest[row["site"]] = row["newest"]
    for row in screened:
        for key in ("screened", "eligible"):
            counts[key][row["participant__site"]] = row[key]
    if randomised:
        drawn = (
            AllocationRow.objects.filter(study=reach.study, participation__isnull=False)
            .values("participation__participant__site")
            .annotate(n=Count("pk"))
        )
        counts["allocated"] = {row["participation__participant__site"]: row["n"] for row in drawn}
    return counts, newest


def _waves(reach: Reach, today: date) -> dict[tuple[int, str], dict[str, int]]:
    waiting = Q(submitted_at=None, voided_on=None)
    rows = (
        Measurement.objects.filter(reach.among("participant__"), respondent="participant")
        .values("participant__site", "wave")
        .annotate(
            asked=Count("pk", filter=Q(submitted_at__isnull=False) | Q(voided_on=None, opens_on__lte=today)),
            submitted=Count("submitted_at"),
            open=Count("pk", filter=waiting & Q(opens_on__lte=today, closes_on__gte=today)),
            missed=Count("pk", filter=waiting & Q(closes_on__lt=today)),
        )
    )
    return {(row["participant__site"], row["wave"]): row for row in rows}


def _included_on(reach: Reach, randomised: bool) -> list[date]:
    """List the days on which people were included: by lot in a trial, by consent in a single arm."""
    if randomised:
        rows: Any = AllocationRow.objects.filter(
            reach.among("participation__participant__"), study=reach.study
        ).values_list("allocated_at__date", flat=True)
    else:
        rows = Participation.objects.filter(reach.among("participant__")).values_list("consented_on", flat=True)
    return sorted(rows)


def _months(days: list[date], today: date) -> list[Month]:
    """Count at each month's end from the first inclusion to this month."""
    if not days:
        return []
    months, first = [], days[0].replace(day=1)
    while first <= today:
        following = (first + timedelta(days=32)).replace(day=1)
        months.append(Month(first, sum(1 for day in days if day < following)))
        first = following
    return months


def _reached_on(included: int, recent: int, target: int, today: date) -> date | None:
    """Tell when the target is reached if the pace of the last months goes on; None when reached or standing still."""
    if included >= target or not recent:
        return None
    return today + timedelta(days=round((target - included) * PACE_DAYS / recent))


def _reasons(reach: Reach, protocol: Protocol) -> list[Reason]:
    newest = NonParticipation.objects.values("participant").annotate(newest=Max("pk")).values("newest")
    rows = (
        NonParticipation.objects.filter(
            reach.among("participant__"), participant__state="non_participant", pk__in=newest
        )
        .values("reason")
        .annotate(n=Count("pk"))
        .order_by("-n", "reason")
    )
    return [Reason(protocol.text(f"non_participation.{row['reason']}", language()), row["n"]) for row in rows]


def _lateness(reach: Reach) -> Any:
    return Measurement.objects.filter(
        reach.among("participant__"), respondent="participant", submitted_at=None, voided_on=None
    )


def _late(reach: Reach, protocol: Protocol, today: date) -> tuple[list[Late], list[Late]]:
    """List what is late and can still be handed in, and what closed in the last six weeks without an answer."""
    rows = (
        _lateness(reach)
        .select_related("participant__site")
        .annotate(mails=Count("links"), mailed=Max("links__made_at"))
        .order_by("closes_on", "pk")
    )
    late = rows.filter(due_on__lt=today, closes_on__gte=today)[:SHOWN]
    missed = rows.filter(closes_on__lt=today, closes_on__gte=today - timedelta(days=42))[:SHOWN]
    return [_one(row, protocol, today) for row in late], [_one(row, protocol, today) for row in missed]


def _one(row: Any, protocol: Protocol, today: date) -> Late:
    state = measurement_state(
        opens=row.opens_on, closes=row.closes_on, started=row.started_at is not None, submitted=False, voided=False,
        today=today,
    )  # fmt: skip
    return Late(
        measurement=row.pk,
        pseudonym=row.participant.pseudonym,
        site=protocol.text(f"sites.{row.participant.site.code}", language()),
        wave=protocol.text(f"waves.{row.wave}", language()),
        opens_on=row.opens_on,
        due_on=row.due_on,
        closes_on=row.closes_on,
        state=state,
        days_late=(today - row.due_on).days,
        days_left=(row.closes_on - today).days,
        mails=row.mails,
        mailed_on=row.mailed.date() if row.mailed else None,
    )
