"""Work as it happens: spells that a coach or the participant writes down, beside those from questionnaires."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.work.spells import Kind
from opstap.store.models import Participant, WorkSpell


@act
def record_work(
    *,
    by: Actor,
    participant: Participant,
    start: date,
    contract_hours: float,
    actual_hours: float,
    sick_percent: float,
    kind: Kind = Kind.OWN,
    job: str = "1",
) -> WorkSpell:
    """Write down from which day new hours hold, source "coach"; the running spell of that job ends the day before.

    Refused for hours outside 0 to 80, sick leave outside 0 to 100 percent, a day in the future, or a day on or
    before the start of the running spell.
    """
    allow(by, Permission.RECORD_WORK, participant=participant)
    if not (0 <= contract_hours <= 80 and 0 <= actual_hours <= 80):
        raise Refused(_("Fill in hours a week, from 0 to 80."), field="actual_hours")
    if not 0 <= sick_percent <= 100:
        raise Refused(_("Fill in a percentage from 0 to 100."), field="sick_percent")
    if start > clock.today():
        raise Refused(_("This day has not come yet. What is planned belongs in the plan."), field="start")
    running = (
        WorkSpell.objects.select_for_update()
        .filter(participant=participant, source="coach", job=job)
        .order_by("-start")
        .first()
    )
    if running is not None:
        if start <= running.start:
            raise Refused(
                _("The hours known now hold from %(day)s. Choose a later day."),
                field="start",
                day=date_format(running.start, "j F Y"),
            )
        if running.end is None or running.end >= start:
            running.end = start - timedelta(days=1)
            running.save(update_fields=["end"])
    spell = WorkSpell.objects.create(
        participant=participant,
        source="coach",
        job=job,
        start=start,
        end=None,
        contract_hours=contract_hours,
        actual_hours=actual_hours,
        sick_percent=sick_percent,
        kind=kind.value,
        recorded_at=clock.now(),
    )
    record(Event.WORK_RECORDED, by=by, study=participant.study, participant=participant.pseudonym, spell=spell.pk)
    return spell
