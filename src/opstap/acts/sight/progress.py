"""What a coordinator sees of a study as a whole: how far people came, who is late, what is assumed. No arm anywhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils.timezone import localdate, make_aware
from django.utils.translation import get_language

from opstap.acts import clock
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import Permission
from opstap.domain.journey import measurement_state
from opstap.domain.protocol import Protocol
from opstap.stats.recruitment import Forecast, forecast
from opstap.store.models import (
    AllocationRow,
    Measurement,
    NonParticipation,
    Participant,
    Participation,
    Screening,
    SignInLink,
    Site,
)

#: The most rows that one list of late questionnaires shows.
SHOWN = 50
#: The steps before the waves, in their order.
STEPS = ("referred", "screened", "eligible", "informed", "consented")
#: The stretch of days over which the pace is counted, about six months.
PACE_DAYS = 183
#: How long a questionnaire that closed without an answer stays in sight.
MISSED_DAYS = 42


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
    reached_early: date | None
    reached_late: date | None
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
    asked = [wave.id for wave in protocol.study.waves if "participant" in wave.asks]
    waves = _waves(reach, asked, today)
    before_lot = [wave.id for wave in protocol.study.waves if wave.id in asked and wave.anchor == "consent"]
    drawn = ["allocated"] if randomised else []
    order = [*STEPS, *before_lot, *drawn, *(wave for wave in asked if wave not in before_lot)]

    def steps(of: list[int]) -> list[Step]:
        return [
            Step(
                key,
                sum(waves.get((site, key), {}).get("submitted", 0) for site in of),
                protocol.text(f"waves.{key}", language()),
            )
            if key in asked
            else Step(key, sum(counts[key].get(site, 0) for site in of))
            for key in order
        ]

    inclusion = _inclusion(reach, randomised, today)
    expected = expected_of(reach, randomised, protocol.study.target - inclusion.count, today)
    late, late_in_all, missed = _late(reach, protocol, today)
    return StudyProgress(
        slug=reach.study.slug,
        title=protocol.title(language()),
        version=protocol.version,
        randomised=randomised,
        target=protocol.study.target,
        included=inclusion.count,
        recent=inclusion.recent,
        reached_on=ahead(today, expected.days) if expected else None,
        reached_early=ahead(today, expected.low) if expected else None,
        reached_late=ahead(today, expected.high) if expected else None,
        months=inclusion.months,
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
        late_in_all=late_in_all,
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
    counts: dict[str, dict[int, int]] = {key: {} for key in STEPS}
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


def _waves(reach: Reach, waves: Sequence[str], today: date) -> dict[tuple[int, str], dict[str, int]]:
    """Count per site and wave what was handed in, is open, was missed.

    What was handed in is counted in one walk, site by site, with no sorting; what waits has an index of its own.
    """
    measurements = Measurement.objects.filter(reach.among("participant__"), respondent="participant")
    handed_in = (
        measurements.filter(submitted_at__isnull=False)
        .values("participant__site")
        .annotate(**{f"wave_{number}": Count("pk", filter=Q(wave=wave)) for number, wave in enumerate(waves)})
    )
    waiting = (
        measurements.filter(submitted_at=None, voided_on=None, opens_on__lte=today)
        .values("participant__site", "wave")
        .annotate(
            open=Count("pk", filter=Q(closes_on__gte=today)),
            missed=Count("pk", filter=Q(closes_on__lt=today)),
        )
    )
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: {"submitted": 0, "open": 0, "missed": 0})
    for row in handed_in:
        for number, wave in enumerate(waves):
            found[(row["participant__site"], wave)]["submitted"] = row[f"wave_{number}"]
    for row in waiting:
        found[(row["participant__site"], row["wave"])] |= {"open": row["open"], "missed": row["missed"]}
    # What was asked until today is in one of the three.
    return {place: {**counts, "asked": sum(counts.values())} for place, counts in found.items()}


@dataclass(frozen=True)
class _Inclusion:
    """How many were included in all and lately, and how many at the end of each month."""

    count: int
    recent: int
    months: list[Month]


def included_rows(reach: Reach, randomised: bool) -> tuple[Any, str, str]:
    """Give who was included: by lot in a trial, else by consent; the field that says when, and that of the site."""
    if randomised:
        rows: Any = AllocationRow.objects.filter(study=reach.study, allocated_at__isnull=False)
        if reach.sites is not None:
            rows = rows.filter(participation__participant__site__in=reach.sites)
        return rows, "allocated_at", "participation__participant__site"
    return Participation.objects.filter(reach.among("participant__")), "consented_on", "participant__site"


def expected_of(reach: Reach, randomised: bool, remaining: int, today: date) -> Forecast | None:
    """Forecast when so many more are in, from the pace of each site in the last six months (or since it was opened)."""
    rows, moment, place = included_rows(reach, randomised)
    opened = localdate(reach.study.opened_at)
    first = max(today - timedelta(days=PACE_DAYS), opened)
    after = make_aware(datetime.combine(first, time.min)) if randomised else first
    counted = rows.filter(**{f"{moment}__gte": after}).order_by().values(place).annotate(n=Count("pk"))
    counts = {row[place]: row["n"] for row in counted}
    sites = Site.objects.filter(study=reach.study)
    places = list(sites.values_list("pk", flat=True)) if reach.sites is None else list(reach.sites)
    days = float(max(1, (today - first).days))
    return forecast([counts.get(one, 0) for one in places], [days] * len(places), remaining)


def ahead(today: date, days: float) -> date | None:
    """Give the day so many days from now; None beyond a century, which is as good as never."""
    return today + timedelta(days=round(days)) if days < 36525 else None


def _inclusion(reach: Reach, randomised: bool, today: date) -> _Inclusion:
    """Count who was included: by lot in a trial, by consent in a single arm. The database counts, month by month."""
    rows, moment, _place = included_rows(reach, randomised)

    def at(day: date) -> date:
        return make_aware(datetime.combine(day, time.min)) if randomised else day

    first = rows.aggregate(first=Min(moment))["first"]
    if first is None:
        return _Inclusion(0, 0, [])
    months = [localdate(first).replace(day=1) if isinstance(first, datetime) else first.replace(day=1)]
    while following(months[-1]) <= today:
        months.append(following(months[-1]))
    ends = {f"m{number}": following(month) for number, month in enumerate(months)}
    counts = rows.aggregate(
        count=Count("pk"),
        recent=Count("pk", filter=Q(**{f"{moment}__gt": at(today - timedelta(days=PACE_DAYS))})),
        **{name: Count("pk", filter=Q(**{f"{moment}__lt": at(end)})) for name, end in ends.items()},
    )
    return _Inclusion(
        counts["count"],
        counts["recent"],
        [Month(month, counts[name]) for month, name in zip(months, ends, strict=True)],
    )


def following(month: date) -> date:
    """Give the first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def _reasons(reach: Reach, protocol: Protocol) -> list[Reason]:
    """Count the newest reason of everyone who does not take part."""
    rows = NonParticipation.objects.filter(reach.among("participant__"), participant__state="non_participant")
    newest = dict(rows.order_by("pk").values_list("participant", "reason"))
    return [
        Reason(protocol.text(f"non_participation.{reason}", language()), count)
        for reason, count in Counter(newest.values()).most_common()
    ]


def _late(reach: Reach, protocol: Protocol, today: date) -> tuple[list[Late], int, list[Late]]:
    """List what is late and can still be handed in, with how many there are, and what closed lately unanswered."""
    found = list(
        Measurement.objects.filter(
            reach.among("participant__"), respondent="participant", submitted_at=None, voided_on=None,
            opens_on__lte=today, due_on__lt=today, closes_on__gte=today - timedelta(days=MISSED_DAYS),
        )
        .select_related("participant__site")
        .order_by("closes_on", "pk")
    )  # fmt: skip
    late = [row for row in found if row.closes_on >= today]
    missed = [row for row in found if row.closes_on < today][:SHOWN]
    sent = SignInLink.objects.filter(measurement__in=late[:SHOWN]).values("measurement")
    mails = {row["measurement"]: row for row in sent.annotate(count=Count("pk"), last=Max("made_at"))}

    def shown(row: Measurement) -> Late:
        return _one(row, mails.get(row.pk, {"count": 0, "last": None}), protocol, today)

    return [shown(row) for row in late[:SHOWN]], len(late), [shown(row) for row in missed]


def _one(row: Measurement, mails: dict[str, Any], protocol: Protocol, today: date) -> Late:
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
        mails=mails["count"],
        mailed_on=localdate(mails["last"]) if mails["last"] else None,
    )
