"""Opening a study on a pinned protocol, and letting it go live."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, protocols, texts
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.allocation import Row, plan
from opstap.domain.events import Event
from opstap.domain.protocol import Protocol
from opstap.store.models import AllocationRow, Site, Study


@act
def open_study(
    *, by: Actor, slug: str, protocol: Protocol, seed: bytes | None = None, rows: Sequence[Row] | None = None
) -> Study:
    """Open a study: pin the protocol, make its sites and, for a trial, its concealed list and the list's hash.

    The seed comes from outside and is kept nowhere here. `rows` is a list that a statistician made: then the seed
    only keys its hash. Refused when the slug is taken, a trial has no seed, or such a list has a fault; SeedError when
    the seed is under 128 bits.
    """
    allow(by, Permission.OPEN_STUDY)
    if Study.objects.filter(slug=slug).exists():
        raise Refused(_("There is already a study called %(slug)s."), field="slug", slug=slug)
    study = Study(slug=slug, protocol=protocols.pin(protocol), opened_at=clock.now())
    if protocol.study.allocation is None:
        if rows is not None:
            raise Refused(_("This study has one arm: there is no lot to draw."), field="rows")
        rows = []
    else:
        if seed is None:
            raise Refused(_("A randomised study needs a seed for its allocation list."), field="seed")
        study.list_imported = rows is not None
        rows = plan.list_from(protocol, seed) if rows is None else _sound(rows, protocol)
        study.list_hash = plan.commitment(rows, seed)
    study.save()
    Site.objects.bulk_create(Site(study=study, code=code) for code in protocol.sites)
    minimised = protocol.study.allocation is not None and protocol.study.allocation.minimisation is not None
    what = "draw" if minimised else "arm"
    AllocationRow.objects.bulk_create(
        (AllocationRow(study=study, stratum=row.stratum, number=row.number, **{what: row.arm}) for row in rows),
        batch_size=1000,
    )
    record(Event.STUDY_OPENED, by=by, study=study, protocol=study.protocol.digest, list=study.list_hash)
    return study


def _sound(rows: Sequence[Row], protocol: Protocol) -> Sequence[Row]:
    """Give a list that was made elsewhere when it has no fault; Refused names the first."""
    if plan.planned(protocol).minimisation:
        raise Refused(_("A minimisation has no list of arms to read in: it is made from the seed."), field="rows")
    # The header stands on line 1 of the file that such a list comes from.
    lines = [(line, row.stratum, str(row.number), row.arm) for line, row in enumerate(rows, start=2)]
    for fault in plan.faults(lines, protocol):
        raise Refused(_("Line %(line)s: %(what)s."), field="rows", line=fault.line, what=fault.message)
    return rows


@act
def go_live(*, by: Actor, study: Study) -> Study:
    """Let a study go from pilot to live: every licensed instrument must have its words and a valid licence.

    Refused, naming each instrument and language that lacks them, or when the study is live already.
    """
    allow(by, Permission.OPEN_STUDY, study=study)
    study = Study.objects.select_for_update().select_related("protocol").get(pk=study.pk)
    if study.live_at is not None:
        raise Refused(_("This study is live already."))
    lacks = texts.lacking(study)
    if lacks:
        why = {"missing": _("no text"), "expired": _("the licence has ended")}
        which = ", ".join(f"{one.instrument} ({one.language}: {why[one.why]})" for one in lacks)
        raise Refused(_("These instruments lack their licensed text: %(which)s."), which=which)
    study.live_at = clock.now()
    study.save(update_fields=["live_at"])
    record(Event.STUDY_WENT_LIVE, by=by, study=study)
    return study
