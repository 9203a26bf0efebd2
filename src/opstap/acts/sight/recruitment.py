"""Recruitment as a coordinator sees it: who came how far, per site and month, against the plan; the screening log.

Who was allocated is counted in total and per site, and never per arm. A month is the calendar month in UTC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef
from django.db.models.functions import Cast, Substr
from django.utils.timezone import localdate

from opstap.acts import clock
from opstap.acts.doors import Actor
from opstap.acts.find import sites_of, study_named
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.journey import Screened, screened
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import ahead, expected_of, following, language
from opstap.acts.sight.reach import Reach, among, reaches
from opstap.domain.access import Permission
from opstap.domain.months import add_months
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

#: The steps of the funnel, in order; the lot only where there is one.
STEPS = ("referred", "screened", "eligible", "informed", "consented", "allocated", "followed")


@dataclass(frozen=True)
class MonthRow:
    """A month: how many took each step in it, how many were in at its end, and how many the plan asks for by then."""

    first: date
    counts: list[int]
    included: int
    planned: int | None


@dataclass(frozen=True)
class SiteRows:
    """One site: how many took each step in all, and month by month (newest first)."""

    title: str
    totals: list[int]
    months: list[tuple[date, list[int]]]


@dataclass(frozen=True)
class Ahead:
    """When the target is reached: the day in the middle, and between which days it lies eight times in ten.

    `per_month` is the expected number of people in a month. `in_time` is the chance that the plan's last day is met;
    None without a plan, and when that day has passed. A day is None when it lies beyond a century.
    """

    on: date | None
    early: date | None
    late: date | None
    per_month: float
    in_time: float | None


@dataclass(frozen=True)
class Missing:
    """Who does not take part: how many in all, how many agreed to some details, and each question with its counts."""

    count: int
    agreed: int
    questions: list[tuple[str, list[tuple[str, int]]]]


@dataclass(frozen=True)
class StudyRecruitment:
    """The recruitment of one study, at the sites within reach."""

    slug: str
    title: str
    steps: list[str]
    target: int
    included: int
    planned: int | None
    plan_ends: date | None
    certainty: str
    ahead: Ahead | None
    totals: list[int]
    months: list[MonthRow]
    sites: list[SiteRows]
    missing: Missing
    join: str
    partners: bool


def recruitment(by: Actor) -> list[StudyRecruitment]:
    """Draw up the recruitment of every study that someone coordinates."""
    return [_of(reach) for reach in reaches(by, Permission.SEE_PROGRESS)]


def _of(reach: Reach) -> StudyRecruitment:
    protocol, today = protocol_of(reach.study), clock.today()
    randomised = protocol.study.allocation is not None
    steps = [step for step in STEPS if randomised or step != "allocated"]
    counts: dict[str, Counter[tuple[int, str]]] = {
        step: Counter({(row["site_"], row["month"]): row["n"] for row in rows})
        for step, rows in _monthly(reach, protocol)
        if step in steps
    }
    codes = dict(Site.objects.filter(study=reach.study).order_by("pk").values_list("pk", "code"))
    sites = {pk: code for pk, code in codes.items() if reach.sites is None or pk in reach.sites}
    first = localdate(reach.study.opened_at).replace(day=1)
    months = _months(min([first, *(_month(key) for step in steps for _site, key in counts[step])]), today)
    by_month = {step: _summed(counts[step]) for step in steps}
    aim = "allocated" if randomised else "consented"
    plan = protocol.study.recruitment.months
    ends = add_months(localdate(reach.study.opened_at), plan) if plan else None
    included, rows = 0, []
    for month in months:
        key = f"{month:%Y-%m}"
        included += by_month[aim][key]
        rows.append(
            MonthRow(month, [by_month[step][key] for step in steps], included, _planned(reach, protocol, month))
        )
    expected = expected_of(reach, randomised, protocol.study.target - included, today)
    left = (ends - today).days if ends else 0
    mark = protocol.assumption_on("study.recruitment")
    return StudyRecruitment(
        slug=reach.study.slug,
        title=protocol.title(language()),
        steps=steps,
        target=protocol.study.target,
        included=included,
        planned=_planned(reach, protocol, today),
        plan_ends=ends,
        certainty=protocol.text(f"assumptions.{mark.id}", language()) if mark else "",
        ahead=Ahead(
            on=ahead(today, expected.days),
            early=ahead(today, expected.low),
            late=ahead(today, expected.high),
            per_month=expected.per_month,
            in_time=expected.chance_within(left) if left > 0 else None,
        )
        if expected
        else None,
        totals=[counts[step].total() for step in steps],
        months=rows[::-1],
        sites=[
            SiteRows(
                protocol.text(f"sites.{code}", language()),
                [sum(n for (site, _key), n in counts[step].items() if site == pk) for step in steps],
                [
                    (month, [counts[step][pk, f"{month:%Y-%m}"] for step in steps])
                    for month in reversed(months)
                    if any(counts[step][pk, f"{month:%Y-%m}"] for step in steps)
                ],
            )
            for pk, code in sites.items()
        ],
        missing=_missing(reach, protocol),
        join=reach.study.slug if protocol.study.recruitment.self_referral else "",
        partners=any(form.kind == "partner" for form in protocol.consents),
    )


def _monthly(reach: Reach, protocol: Protocol) -> Iterator[tuple[str, Any]]:
    """Give for each step the people who took it first, counted per site and month by the database."""
    people = Participant.objects.filter(reach.among())
    yield "referred", _grouped(people, "site", "referred_on")
    yield "informed", _grouped(people.filter(informed_on__isnull=False), "site", "informed_on")
    screenings = Screening.objects.filter(reach.among("participant__"))
    for step, extra in (("screened", {}), ("eligible", {"eligible": True})):
        before = Screening.objects.filter(participant=OuterRef("participant"), pk__lt=OuterRef("pk"), **extra)
        yield step, _grouped(screenings.filter(~Exists(before), **extra), "participant__site", "on")
    consented = Participation.objects.filter(reach.among("participant__"))
    yield "consented", _grouped(consented, "participant__site", "consented_on")
    drawn = AllocationRow.objects.filter(
        reach.among("participation__participant__"), study=reach.study, allocated_at__isnull=False
    )
    yield "allocated", _grouped(drawn, "participation__participant__site", "allocated_at")
    waves = [wave.id for wave in protocol.study.waves if "participant" in wave.asks]
    handed_in = Measurement.objects.filter(
        reach.among("participant__"), respondent="participant", wave__in=waves[1:2], submitted_at__isnull=False
    )
    yield "followed", _grouped(handed_in, "participant__site", "submitted_at")


def _grouped(rows: Any, site: str, moment: str) -> Any:
    month = Substr(Cast(moment, CharField()), 1, 7)
    return rows.order_by().annotate(month=month, site_=F(site)).values("site_", "month").annotate(n=Count("pk"))


def _summed(counts: Counter[tuple[int, str]]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for (_site, month), n in counts.items():
        summed[month] += n
    return summed


def _month(key: str) -> date:
    return date.fromisoformat(f"{key}-01")


def _months(first: date, today: date) -> list[date]:
    months = [first]
    while following(months[-1]) <= today:
        months.append(following(months[-1]))
    return months


def _planned(reach: Reach, protocol: Protocol, month: date) -> int | None:
    """Give how many the plan asks for at the end of a month: evenly from the study's opening; None without a plan."""
    plan = protocol.study.recruitment.months
    if plan is None:
        return None
    opened = localdate(reach.study.opened_at)
    passed = 12 * (month.year - opened.year) + month.month - opened.month + 1
    return min(protocol.study.target, round(protocol.study.target * passed / plan))


def _missing(reach: Reach, protocol: Protocol) -> Missing:
    rows = NonParticipation.objects.filter(reach.among("participant__"), participant__state="non_participant")
    newest = dict(rows.order_by("pk").values_list("participant", "details"))
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for details in newest.values():
        for question, answer in details.items():
            told[question][answer] += 1
    questions = [
        (
            protocol.text(f"non_participants.{question}.title", language()),
            [
                (protocol.text(f"non_participants.{question}.options.{option}", language()), told[question][option])
                for option in options
                if told[question][option]
            ],
        )
        for question, options in protocol.study.recruitment.non_participants.items()
    ]
    return Missing(len(newest), sum(1 for details in newest.values() if details), [one for one in questions if one[1]])


@dataclass(frozen=True)
class Logged:
    """One screening in the log: of whom, and everything that was judged."""

    pseudonym: str
    study: str
    site: str
    screened: Screened


@dataclass(frozen=True)
class LogPage:
    """One page of the screening log."""

    lines: list[Logged]
    number: int
    pages: int
    count: int


def screening_log(by: Actor, *, outcome: str = "", number: int = 1) -> LogPage:
    """List every screening, newest first, fifty to a page; `outcome` is yes, no, open, or empty for all."""
    found = Screening.objects.filter(among(reaches(by, Permission.SEE_PROGRESS), "participant__"))
    if outcome in ("yes", "no", "open"):
        found = found.filter(eligible={"yes": True, "no": False, "open": None}[outcome])
    count = found.count()
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    here = list(found.order_by("-on", "-pk").values_list("pk", flat=True)[(number - 1) * PAGE : number * PAGE])
    rows = Screening.objects.filter(pk__in=here).select_related("participant__site", "participant__study__protocol")
    return LogPage([_logged(row) for row in rows.order_by("-on", "-pk")], number, pages, count)


def _logged(row: Screening) -> Logged:
    protocol = protocol_of(row.participant.study)
    site = protocol.text(f"sites.{row.participant.site.code}", language())
    return Logged(row.participant.pseudonym, protocol.title(language()), site, screened(row, protocol))


@dataclass(frozen=True)
class Joining:
    """What the public page of a study tells and asks: its words, its sites, its languages."""

    slug: str
    title: str
    summary: str
    address: str
    sites: list[tuple[str, str]]


def joining(slug: str) -> Joining:
    """Open the public page on which someone refers themselves; NotHere unless the protocol lets them."""
    study = study_named(slug)
    protocol = protocol_of(study)
    if not protocol.study.recruitment.self_referral:
        raise NotHere(slug)
    sites = [(code, protocol.text(f"sites.{code}", language())) for code in sites_of(study)]
    address = protocol.text("address", language())
    return Joining(slug, protocol.title(language()), protocol.text("summary", language()), address, sites)
