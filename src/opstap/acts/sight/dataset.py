"""What an analyst sees before the analysis: which studies there are, and how much is in them. Numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from opstap.acts.blinding import blinded, role_blinded
from opstap.acts.doors import Actor, allow
from opstap.acts.locked_data import lock_of
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.sight.reach import Reach, reaches
from opstap.domain.access import Permission, Role
from opstap.store.models import (
    AllocationRow,
    LifeEvent,
    Measurement,
    Participant,
    Participation,
    Study,
    WorkSpell,
)


@dataclass(frozen=True)
class Dataset:
    """The content of one study's dataset. `blinded` tells whether the analysis sees arms without their names."""

    slug: str
    title: str
    version: str
    digest: str
    blinded: bool
    unblinded_at: datetime | None
    referred: int
    consented: int
    allocated: int | None
    waves: list[tuple[str, int]]
    spells: int
    life_events: int


def datasets(by: Actor) -> list[Dataset]:
    """List the studies that someone may analyse; NotHere when there is none."""
    return [_of(reach) for reach in reaches(by, Permission.SEE_REPORT)]


def _of(reach: Reach) -> Dataset:
    study, protocol = reach.study, protocol_of(reach.study)
    handed_in = (
        Measurement.objects.filter(participant__study=study, respondent="participant", submitted_at__isnull=False)
        .values("wave")
        .annotate(n=Count("pk"))
    )
    by_wave = {row["wave"]: row["n"] for row in handed_in}
    drawn = AllocationRow.objects.filter(study=study, participation__isnull=False)
    return Dataset(
        slug=study.slug,
        title=protocol.title(language()),
        version=protocol.version,
        digest=study.protocol.digest,
        blinded=role_blinded(study, Role.ANALYST),
        unblinded_at=study.unblinded_at,
        referred=Participant.objects.filter(study=study, cohort="patient").count(),
        consented=Participation.objects.filter(participant__study=study, participant__cohort="patient").count(),
        allocated=drawn.count() if protocol.study.allocation else None,
        waves=[
            (protocol.text(f"waves.{wave.id}", language()), by_wave.get(wave.id, 0)) for wave in protocol.study.waves
        ],
        # Of other sources there are spells in one arm only.
        spells=WorkSpell.objects.filter(participant__study=study, source="questionnaire").count(),
        life_events=LifeEvent.objects.filter(participant__study=study).count(),
    )


@dataclass(frozen=True)
class Exportable:
    """A study whose data someone may take along; `hidden` when what tells an arm is withheld, `lock` its hash."""

    slug: str
    title: str
    hidden: bool
    lock: str


def exportable(by: Actor) -> list[Exportable]:
    """List the studies whose data someone may take along; NotHere when there is none."""
    found = []
    for reach in reaches(by, Permission.EXPORT):
        hidden = blinded(reach.study, allow(by, Permission.EXPORT, study=reach.study))
        lock = lock_of(reach.study)
        title = protocol_of(reach.study).title(language())
        found.append(Exportable(reach.study.slug, title, hidden, lock.dataset_hash if lock else ""))
    return found


def flowing(by: Actor) -> list[Study]:
    """List the studies whose flow someone may see; NotHere when there is none."""
    return [reach.study for reach in reaches(by, Permission.SEE_FLOW)]
