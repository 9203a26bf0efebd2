"""The lot of each study: what was committed to and when, how far the list is used, and how alike the arms are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min

from opstap.acts.blinding import role_blinded
from opstap.acts.doors import Actor, standings
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import reaches
from opstap.domain.access import TABLE, Permission
from opstap.domain.allocation import plan
from opstap.domain.protocol import Protocol
from opstap.store.models import AllocationRow, Participation, StratumCorrection, Study


@dataclass(frozen=True)
class Level:
    """One level of a factor, or everyone together: how many in each arm, in the order of the arms."""

    factor: str
    level: str
    counts: list[int]


@dataclass(frozen=True)
class Balance:
    """How alike the arms are: the arms by their words and weights, and the counts. `corrected` strata came after."""

    arms: list[tuple[str, int]]
    levels: list[Level]
    corrected: int


@dataclass(frozen=True)
class Lot:
    """What everyone in a study may know of its lot; `balance` is for who may know the arms and includes nobody."""

    slug: str
    title: str
    method: str
    imported: bool
    hash: str
    published_at: datetime
    first_inclusion: date | None
    drawn: int
    strata: list[tuple[str, int]]
    factors: list[str]
    balance: Balance | None

    @property
    def in_time(self) -> bool:
        """Tell whether the hash was there before anyone was included."""
        return self.first_inclusion is None or self.first_inclusion >= self.published_at.date()


def lots(by: Actor) -> list[Lot]:
    """Show the lot of each trial in which someone has a part; NotHere when they have a part in no study."""
    found = [reach.study for reach in reaches(by, Permission.SEE_LOT)]
    return [_of(by, study) for study in found if protocol_of(study).study.allocation is not None]


def _of(by: Actor, study: Study) -> Lot:
    protocol = protocol_of(study)
    spoken = language()
    used = dict(
        AllocationRow.objects.filter(study=study, participation__isnull=False)
        .values_list("stratum")
        .annotate(n=Count("pk"))
    )
    first = Participation.objects.filter(participant__study=study, participant__cohort="patient").aggregate(
        first=Min("consented_on")
    )["first"]
    roles = {one.role for one in standings(by, study=study, among=TABLE[Permission.SEE_BALANCE])}
    knows = any(not role_blinded(study, role) for role in roles)
    return Lot(
        slug=study.slug,
        title=protocol.title(spoken),
        method=plan.planned(protocol).method,
        imported=study.list_imported,
        hash=study.list_hash,
        published_at=study.opened_at,
        first_inclusion=first,
        drawn=sum(used.values()),
        strata=[(_stratum(protocol, one, spoken), used.get(one, 0)) for one in plan.strata_of(protocol)],
        factors=[_factor(protocol, one, spoken) for one in plan.factors_of(protocol)],
        balance=_balance(study, protocol, spoken) if knows else None,
    )


def _balance(study: Study, protocol: Protocol, spoken: str) -> Balance:
    arms = protocol.study.arms
    counts: Counter[tuple[str, str, str]] = Counter()
    drawn = AllocationRow.objects.filter(study=study, participation__isnull=False)
    for levels, arm in drawn.values_list("levels", "arm"):
        counts["", "", arm] += 1
        for factor, level in (levels or {}).items():
            counts[factor, level, arm] += 1
    places = [("", "")] + [(one, level) for one in plan.factors_of(protocol) for level in plan.levels_of(protocol, one)]
    return Balance(
        [(protocol.text(f"arms.{arm.id}.title", spoken), plan.planned(protocol).ratio[arm.id]) for arm in arms],
        [
            Level(
                _factor(protocol, factor, spoken) if factor else "",
                _level(protocol, factor, level, spoken) if factor else "",
                [counts[factor, level, arm.id] for arm in arms],
            )
            for factor, level in places
        ],
        StratumCorrection.objects.filter(participation__participant__study=study).count(),
    )


def _factor(protocol: Protocol, factor: str, spoken: str) -> str:
    return "" if factor == plan.SITE else protocol.text(f"eligibility.inputs.{factor}", spoken)


def _level(protocol: Protocol, factor: str, level: str, spoken: str) -> str:
    if factor == plan.SITE:
        return protocol.text(f"sites.{level}", spoken)
    if factor in protocol.study.eligibility.choices:
        return protocol.text(f"eligibility.choices.{factor}.{level}", spoken)
    return level


def _stratum(protocol: Protocol, stratum: str, spoken: str) -> str:
    """Name a list; empty for the one list of everybody."""
    if stratum == plan.WHOLE:
        return ""
    levels = zip(plan.factors_of(protocol), stratum.split("/"), strict=True)
    return ", ".join(_level(protocol, factor, level, spoken) for factor, level in levels)


def factors_for(protocol: Protocol) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """List what the lot looks at, for a form: id, words (empty: the site), and levels with their words."""
    spoken = language()
    found = []
    for one in plan.factors_of(protocol):
        levels = [(level, _level(protocol, one, level, spoken)) for level in plan.levels_of(protocol, one)]
        found.append((one, _factor(protocol, one, spoken), levels))
    return found
