"""What needs attention in a study now, in order: people first, then the record, then the sites.

Nothing here tells an arm to who may not know it: incidents of the programme are left out for them, and counts are of
what every arm is asked alike. The number of queries does not depend on the number of people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Q
from django.db.models.functions import Cast, Coalesce, Substr

from opstap.acts import clock
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.incidents import IncidentLine, line, told
from opstap.acts.sight.progress import language
from opstap.acts.sight.queries import about, waiting_of
from opstap.acts.sight.reach import Reach, reaches
from opstap.acts.sight.waves import PLACES, at_place
from opstap.domain.access import Permission
from opstap.store.models import Incident, Measurement, SignalRun, Site

#: The most lines that one list on the page shows.
SHOWN = 20
#: A comparison at or below this false discovery rate is a signal.
RATE = 0.05
#: The most signals that are shown, and after how many days a look at the sites is old.
SIGNALS, OLD_DAYS = 10, 30


@dataclass(frozen=True)
class Outside:
    """A questionnaire filled in outside its window, and on which day."""

    number: int
    pseudonym: str
    site: str
    wave: str
    on: date
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Signal:
    """A site that differs from the others: in what and how (`missing`, `spread`, `digits`)."""

    kind: str
    what: str
    site: str
    here: float
    elsewhere: float
    n: int
    rate: float


@dataclass(frozen=True)
class Completeness:
    """One site: for each wave, how many are in each place."""

    title: str
    counts: list[dict[str, int]]


@dataclass(frozen=True)
class Monitored:
    """One study as its monitors see it; the lists are in the order in which they ask for attention."""

    slug: str
    title: str
    serious: list[IncidentLine]
    to_assess: list[IncidentLine]
    events: list[IncidentLine]
    deviations: list[IncidentLine]
    open_in_all: int
    queries_open: int
    queries_answered: int
    outside: list[Outside]
    outside_in_all: int
    unexplained: int
    signals: list[Signal]
    signals_in_all: int
    looked_at: datetime | None
    look_is_old: bool
    waves: list[str]
    sites: list[Completeness]

    @property
    def asks(self) -> int:
        """Count the things that ask for something now."""
        return self.open_in_all + self.queries_open + self.queries_answered + self.unexplained + self.signals_in_all


def monitor(by: Actor) -> list[Monitored]:
    """Draw up what needs attention now in every study that someone monitors."""
    return [_of(by, reach) for reach in reaches(by, Permission.SEE_INCIDENTS)]


def _of(by: Actor, reach: Reach) -> Monitored:
    protocol, today = protocol_of(reach.study), clock.today()
    codes = dict(Site.objects.filter(study=reach.study).order_by("pk").values_list("pk", "code"))
    titles = {code: protocol.text(f"sites.{code}", language()) for code in codes.values()}
    here = [pk for pk in codes if reach.sites is None or pk in reach.sites]
    rows = Incident.objects.filter(told(by, [reach])).exclude(state="closed")
    known = rows.select_related("participant__site", "participant__study__protocol")
    open_ = [line(row) for row in known.order_by("on", "pk")]
    events = [one for one in open_ if one.sort == "event"]
    waves = [wave.id for wave in protocol.study.waves if "participant" in wave.asks]
    measurements = Measurement.objects.filter(reach.among("participant__"), respondent="participant")
    counts = _completeness(measurements, today)
    outside, outside_in_all = _outside(measurements, titles, protocol)
    run = SignalRun.objects.filter(study=reach.study).order_by("-pk").first()
    signals = [one for one in (run.found if run else []) if one["adjusted"] <= RATE and _within(one, reach, codes)]
    queries = waiting_of(by, reach)
    return Monitored(
        slug=reach.study.slug,
        title=protocol.title(language()),
        serious=[one for one in events if one.serious][:SHOWN],
        to_assess=[one for one in events if not one.serious and one.state == "reported"][:SHOWN],
        events=[one for one in events if not one.serious and one.state != "reported"][:SHOWN],
        deviations=[one for one in open_ if one.sort == "deviation"][:SHOWN],
        open_in_all=len(open_),
        queries_open=queries["open"],
        queries_answered=queries["answered"],
        outside=outside,
        outside_in_all=outside_in_all,
        unexplained=sum(counts[site, wave]["unexplained"] for site in here for wave in waves),
        signals=[_signal(one, titles, protocol) for one in signals[:SIGNALS]],
        signals_in_all=len(signals),
        looked_at=run.at if run else None,
        look_is_old=run is None or run.at < clock.now() - timedelta(days=OLD_DAYS),
        waves=[protocol.text(f"waves.{wave}", language()) for wave in waves],
        sites=[
            Completeness(titles[codes[pk]], [{place: counts[pk, wave][place] for place in PLACES} for wave in waves])
            for pk in here
        ],
    )


def _completeness(measurements: Any, today: date) -> dict[tuple[int, str], Counter[str]]:
    counted = measurements.order_by().values("participant__site", "wave").annotate(
        **{place: Count("pk", filter=at_place(place, today)) for place in (*PLACES, "unexplained")}
    )  # fmt: skip
    found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for row in counted:
        found[row["participant__site"], row["wave"]] = Counter(
            {place: row[place] for place in (*PLACES, "unexplained")}
        )
    return found


def _outside(measurements: Any, titles: dict[str, str], protocol: Any) -> tuple[list[Outside], int]:
    """List what was filled in before its window opened or after it closed, the newest first; days are those in UTC."""
    day = Coalesce(Cast("answered_on", CharField()), Substr(Cast("submitted_at", CharField()), 1, 10))
    rows = (
        measurements.filter(submitted_at__isnull=False)
        .annotate(day=day, first=Cast("opens_on", CharField()), last=Cast("closes_on", CharField()))
        .filter(Q(day__lt=F("first")) | Q(day__gt=F("last")))
    )
    numbers = list(rows.order_by("-submitted_at", "-pk").values_list("pk", "day"))
    days = dict(numbers[:SHOWN])
    found = measurements.filter(pk__in=days).select_related("participant__site").order_by("-submitted_at", "-pk")
    shown = [
        Outside(
            row.pk,
            row.participant.pseudonym,
            titles[row.participant.site.code],
            protocol.text(f"waves.{row.wave}", language()),
            date.fromisoformat(days[row.pk]),
            row.opens_on,
            row.closes_on,
        )
        for row in (found if days else ())
    ]
    return shown, len(numbers)


def _within(found: dict[str, Any], reach: Reach, codes: dict[int, str]) -> bool:
    return reach.sites is None or found["site"] in {codes[pk] for pk in reach.sites}


def _signal(found: dict[str, Any], titles: dict[str, str], protocol: Any) -> Signal:
    questionnaire, dot, item = found["what"].partition(".")
    what = about(protocol, questionnaire, item) if dot else protocol.text(f"waves.{found['what']}", language())
    return Signal(
        found["kind"], what, titles[found["site"]], found["here"], found["elsewhere"], found["n"], found["adjusted"]
    )
