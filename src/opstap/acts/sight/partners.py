"""The partners' cohort as a coordinator sees it: who is in, beside whom, and how far their own measurements are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from opstap.acts import clock
from opstap.acts.doors import Actor
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.people import PAGE
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.acts.sight.waves import PLACES, at_place
from opstap.domain.access import Permission
from opstap.store.models import Measurement, Participant


@dataclass(frozen=True)
class PartnerLine:
    """One partner: their own pseudonym, the patient's beside them (empty: came alone), and their own state."""

    pseudonym: str
    pair: str
    site: str
    since: date
    recruitment: str
    participation: str


@dataclass(frozen=True)
class StudyPartners:
    """The partners of one study; `waves` pairs each wave with how many of them are in each place."""

    slug: str
    title: str
    wanted: int | None
    enrolled: int
    consented: int
    paired: int
    waves: list[tuple[str, Counter[str]]]
    lines: list[PartnerLine]


def partners(by: Actor) -> list[StudyPartners]:
    """Draw up the cohort of partners in every study of someone's that has one; the newest fifty by name."""
    found = reaches(by, Permission.ENROL_PARTNER)
    return [_of(reach) for reach in found if any(form.kind == "partner" for form in protocol_of(reach.study).consents)]


def _of(reach: Reach) -> StudyPartners:
    protocol, today = protocol_of(reach.study), clock.today()
    people = Participant.objects.filter(reach.among(cohort="partner"))
    counts = people.aggregate(all=Count("pk"), consented=Count("participation"), paired=Count("paired"))
    placed = (
        Measurement.objects.filter(reach.among("participant__", "partner"), respondent="partner")
        .order_by()
        .values("wave")
        .annotate(**{place: Count("pk", filter=at_place(place, today)) for place in PLACES})
    )
    by_wave = {row["wave"]: Counter({place: row[place] for place in PLACES}) for row in placed}
    rows = people.select_related("site", "paired", "participation").order_by("-referred_on", "-pk")[:PAGE]
    return StudyPartners(
        slug=reach.study.slug,
        title=protocol.title(language()),
        wanted=protocol.study.recruitment.partners,
        enrolled=counts["all"],
        consented=counts["consented"],
        paired=counts["paired"],
        waves=[
            (protocol.text(f"waves.{wave.id}", language()), by_wave.get(wave.id, Counter()))
            for wave in protocol.study.waves
            if "partner" in wave.asks
        ],
        lines=[
            PartnerLine(
                row.pseudonym,
                row.paired.pseudonym if row.paired else "",
                protocol.text(f"sites.{row.site.code}", language()),
                row.referred_on,
                row.state,
                row.participation.state if hasattr(row, "participation") else "",
            )
            for row in rows
        ],
    )
