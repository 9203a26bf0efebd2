"""Drawing the lot: the next line of the concealed list, under a lock, once; and what was wrong about its stratum."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.calendar import schedule
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of, locked, participation_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.allocation import Row, plan
from opstap.domain.events import Event
from opstap.domain.journey import ENROLMENT, PARTICIPATION
from opstap.domain.protocol import Protocol
from opstap.store.models import AllocationRow, Participant, Screening, StratumCorrection, Study


@act
def allocate(*, by: Actor, participant: Participant) -> AllocationRow:
    """Draw the lot for someone who is eligible, consented and completed the baseline; it cannot be undone.

    The first free line of the stratum is locked, so that two people at two desks never draw the same one. NotNow
    when consent or baseline is not complete, the lot was drawn, or the person left; Refused when screening did not
    find them eligible, their stratum is not known or has no list, or its list is used up. Nothing is used up then.
    """
    allow(by, Permission.ALLOCATE, participant=participant)
    participant = locked(participant)
    protocol = protocol_of(participant.study)
    if protocol.study.allocation is None:
        raise Refused(_("This study has one arm: there is no lot to draw."))
    participation = participation_of(participant)
    if participation is None:
        raise Refused(_("The lot is drawn after consent to the study and a complete first questionnaire."))
    participation.state = PARTICIPATION.after(participation.state, "follow")
    screening = Screening.objects.filter(participant=participant).order_by("-pk").first()
    if screening is None or not screening.eligible:
        raise Refused(_("Screening did not find this person eligible: there is no lot to draw."))
    levels = _known(participant, protocol)
    row = _next_line(participant.study, plan.stratum_of(protocol, levels))
    row.arm = row.arm or _minimised(participant.study, protocol, levels, row.draw)
    participation.save(update_fields=["state"])
    row.participation, row.allocated_at, row.levels = participation, clock.now(), levels
    row.save(update_fields=["participation", "allocated_at", "levels", "arm"])
    opens = protocol.study.arm(row.arm).programme
    enrolment = enrolment_of(participant)
    if enrolment is not None and ENROLMENT.allows(enrolment.state, "open"):
        enrolment.state = ENROLMENT.after(enrolment.state, "open" if opens else "not_open")
        if opens:
            enrolment.started_on, enrolment.phase = clock.today(), protocol.phase_order[0]
        enrolment.save(update_fields=["state", "started_on", "phase"])
    schedule(participant, "allocation", clock.today())
    record(
        Event.ALLOCATED, by=by, study=participant.study, participant=participant.pseudonym, row=row.pk,
        protocol=participant.study.protocol.digest,
    )  # fmt: skip
    return row


def levels_now(participant: Participant, protocol: Protocol) -> dict[str, str | None]:
    """Give someone's level of each factor as it is known now: from site and screening, corrections included."""
    screening = Screening.objects.filter(participant=participant).order_by("-pk").first()
    found = plan.placed(protocol, participant.site.code, screening.answers if screening else {})
    for one in StratumCorrection.objects.filter(participation__participant=participant).order_by("pk"):
        found[one.factor] = one.after
    return found


def _known(participant: Participant, protocol: Protocol) -> dict[str, str]:
    levels = levels_now(participant, protocol)
    for factor, level in levels.items():
        if level is None:
            raise Refused(
                _("The lot looks at “%(factor)s”, which is not known for this person. Write it down first."),
                factor=factor,
            )
    return {factor: level for factor, level in levels.items() if level is not None}


def _next_line(study: Study, stratum: str) -> AllocationRow:
    listed = AllocationRow.objects.filter(study=study, stratum=stratum)
    row = listed.select_for_update().filter(participation=None).order_by("number").first()
    if row is None and not listed.exists():
        raise Refused(_("There is no list for stratum %(stratum)s. Ask the statistician for one."), stratum=stratum)
    if row is None:
        raise Refused(_("The allocation list of this site is used up. Ask the statistician for a longer list."))
    return row


def _minimised(study: Study, protocol: Protocol, levels: dict[str, str], draw: str) -> str:
    """Choose an arm by minimisation over everyone who came before; the line that is locked keeps others waiting."""
    minimiser = plan.minimiser_of(protocol)
    for had, arm in AllocationRow.objects.filter(study=study, participation__isnull=False).values_list("levels", "arm"):
        minimiser.add(had or {}, arm)
    return minimiser.choose(levels, int(draw, 16))


@act
def correct_stratum(*, by: Actor, participant: Participant, factor: str, level: str, reason: str) -> StratumCorrection:
    """Write down that someone's level of a factor is another than was thought, and why.

    After the lot nothing is drawn again and the lot stays as it was: the analysis has both. Refused for a factor or a
    level that the lot does not look at, for the level that is known already, and for someone outside the study.
    """
    allow(by, Permission.CORRECT_STRATUM, participant=participant)
    participant = locked(participant)
    protocol = protocol_of(participant.study)
    participation = participation_of(participant)
    if participation is None or protocol.study.allocation is None:
        raise Refused(_("This person is in no study with a lot."))
    if factor not in plan.factors_of(protocol):
        raise Refused(_("The lot does not look at this."), field="factor")
    if level not in plan.levels_of(protocol, factor):
        raise Refused(_("Choose one of the values that the lot knows."), field="level")
    before = levels_now(participant, protocol)[factor]
    if before == level:
        raise Refused(_("This is the value that is known already."), field="level")
    made = StratumCorrection.objects.create(  # type: ignore[misc]  # CORRECT_STRATUM is never the system's
        participation=participation, factor=factor, before=before or "", after=level, by=by, at=clock.now(),
        reason_sealed=words.seal(participant, words.checked(reason, field="reason")),
    )  # fmt: skip
    record(
        Event.STRATUM_CORRECTED, by=by, study=participant.study, participant=participant.pseudonym, correction=made.pk
    )
    return made


@dataclass(frozen=True)
class Check:
    """What comparing the list in the database with its seed found: how many lines, and the first that differs."""

    rows: int
    used: int
    hash_fits: bool
    first_difference: str | None

    @property
    def valid(self) -> bool:
        """Tell whether everything fits."""
        return self.hash_fits and self.first_difference is None


def check_list(*, by: Actor, study: Study, seed: bytes) -> Check:
    """Make the list of a study again from its seed and compare: every line, the published hash, each lot, their order.

    Says where something differs, and never an arm, so that it can be done while the trial runs. Refused for a study
    of one arm; SeedError for a short seed.
    """
    allow(by, Permission.OPEN_STUDY)
    protocol = protocol_of(study)
    if protocol.study.allocation is None:
        raise Refused(_("This study has one arm: there is no lot to draw."))
    kept = list(AllocationRow.objects.filter(study=study).order_by("pk"))
    found = [Row(row.stratum, row.number, row.draw or row.arm) for row in kept]
    differs = None if study.list_imported else plan.first_difference(found, plan.list_from(protocol, seed))
    place = f"line {differs[0]}" if differs else _disorder(kept) or _replayed(kept, protocol)
    used = sum(row.participation_id is not None for row in kept)
    return Check(len(kept), used, plan.commitment(found, seed) == study.list_hash, place)


def _disorder(kept: list[AllocationRow]) -> str | None:
    """Find the first line that was used before, or instead of, the one above it in its stratum."""
    last: dict[str, AllocationRow] = {}
    for row in sorted(kept, key=lambda one: (one.stratum, one.number)):
        above = last.get(row.stratum)
        if row.allocated_at and above and (above.allocated_at is None or above.allocated_at > row.allocated_at):
            return f"{row.stratum} {row.number}: used before the line above it"
        last[row.stratum] = row
    return None


def _replayed(kept: list[AllocationRow], protocol: Protocol) -> str | None:
    """Do a minimisation again, in the order of its lines; find the first person who would get another arm."""
    if plan.planned(protocol).minimisation:
        minimiser = plan.minimiser_of(protocol)
        for row in kept:
            if row.participation_id is not None:
                if minimiser.choose(row.levels or {}, int(row.draw, 16)) != row.arm:
                    return f"{row.stratum} {row.number}: the draw and those before give another arm"
                minimiser.add(row.levels or {}, row.arm)
    return None
