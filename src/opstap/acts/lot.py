"""Drawing the lot: the next line of the concealed list, taken under a lock, once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.calendar import schedule
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of, locked, participation_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import ENROLMENT, PARTICIPATION
from opstap.store.models import AllocationRow, Participant


@act
def allocate(*, by: Actor, participant: Participant) -> AllocationRow:
    """Draw the lot for someone who consented and completed the baseline; it cannot be undone.

    The first free line of the stratum is locked, so that two people at two desks never draw the same one. NotNow
    when consent or baseline is not complete or the lot was drawn; Refused when the list is used up.
    """
    allow(by, Permission.ALLOCATE, participant=participant)
    participant = locked(participant)
    protocol = protocol_of(participant.study)
    plan = protocol.study.allocation
    if plan is None:
        raise Refused(_("This study has one arm: there is no lot to draw."))
    participation = participation_of(participant)
    if participation is None:
        raise Refused(_("The lot is drawn after consent to the study and a complete first questionnaire."))
    participation.state = PARTICIPATION.after(participation.state, "follow")
    participation.save(update_fields=["state"])
    stratum = participant.site.code if plan.strata else "all"
    row = (
        AllocationRow.objects.select_for_update()
        .filter(study=participant.study, stratum=stratum, participation=None)
        .order_by("number")
        .first()
    )
    if row is None:
        raise Refused(_("The allocation list of this site is used up. Ask the statistician for a longer list."))
    row.participation, row.allocated_at = participation, clock.now()
    row.save(update_fields=["participation", "allocated_at"])
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
