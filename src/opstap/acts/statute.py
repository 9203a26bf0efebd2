"""Keeping the statutory clock: the facts that no record of hours holds, and what was done of what the law asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.behalf import heard, keep
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.acts.statute_facts import known_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.statute import Country, FactError, deadlines, rule_sets
from opstap.domain.work.spells import SpellError
from opstap.store.models import DeadlineMark, Participant, StatuteFacts


@act
def record_statute_facts(
    *,
    by: Actor,
    participant: Participant,
    first_sick_day: date | None = None,
    trajectory_start: date | None = None,
    resumptions: Sequence[date] = (),
    employees: int | None = None,
    contract_end: date | None = None,
    channel: str = "",
) -> StatuteFacts:
    """Fill in what the clock needs and the hours do not tell; whoever fills in again replaces what stood there.

    Refused for a first sick day to come, for days before it, and for a day from which no rules are known.
    """
    allow(by, Permission.KEEP_CLOCK, participant=participant)
    _in_programme(participant)
    if first_sick_day is not None and first_sick_day > clock.today():
        raise Refused(_("This day has not come yet. Fill in the first day of sick leave."), field="first_sick_day")
    row, _new = StatuteFacts.objects.select_for_update().update_or_create(
        participant=participant,
        defaults={
            "first_sick_day": first_sick_day,
            "trajectory_start": trajectory_start,
            "resumptions": sorted({day.isoformat() for day in resumptions}),
            "employees": employees,
            "contract_end": contract_end,
            "recorded_by": by,
            "recorded_at": clock.now(),
        },
    )
    _fits(participant, trajectory_start=trajectory_start, contract_end=contract_end, resumptions=resumptions)
    keep(by, participant, Event.STATUTE_FACTS_RECORDED, row.pk, heard(channel))
    record(Event.STATUTE_FACTS_RECORDED, by=by, study=participant.study, participant=participant.pseudonym)
    return row


def _fits(
    participant: Participant,
    *,
    trajectory_start: date | None,
    contract_end: date | None,
    resumptions: Sequence[date],
) -> None:
    known = known_of(participant)
    if known is None:
        raise Refused(_("Fill in the first day of sick leave: everything is counted from it."), field="first_sick_day")
    first = known.facts.first_sick_day
    dated = [("trajectory_start", trajectory_start), ("contract_end", contract_end)]
    dated += [("resumptions", day) for day in resumptions]
    for field, day in dated:
        if day is not None and day < first:
            raise Refused(_("This day lies before the first sick day. Correct one of the two."), field=field)
    try:
        deadlines(protocol_of(participant.study).country, known.facts, clock.today())
    except FactError as error:
        if error.fact == "spells":
            message = _("On this day the hours that were written down know no sick leave. Correct one of the two.")
            raise Refused(message, field="first_sick_day") from None
        raise Refused(_("No rules are known for this day. Look at the year."), field="first_sick_day") from None
    except SpellError:
        raise Refused(_("The hours that were written down contradict each other. Correct those first.")) from None


@act
def mark_deadline(*, by: Actor, participant: Participant, rule: str, done_on: date | None) -> DeadlineMark:
    """Write down on what day something was done; without a day, that an earlier mark was a mistake.

    Refused for a day to come or before the first sick day, and for something that the country's rules do not have.
    """
    allow(by, Permission.KEEP_CLOCK, participant=participant)
    _in_programme(participant)
    country = Country(protocol_of(participant.study).country)
    if rule not in {one.id for rules in rule_sets(country) for one in rules.rules}:
        raise Refused(_("There is no such rule."), field="rule")
    known = known_of(participant)
    if known is None:
        raise Refused(_("Fill in the first day of sick leave: everything is counted from it."), field="first_sick_day")
    if done_on is not None and not known.facts.first_sick_day <= done_on <= clock.today():
        raise Refused(_("Fill in a day from the first sick day until today."), field="done_on")
    mark = DeadlineMark.objects.create(
        participant=participant,
        rule=rule,
        done_on=done_on,
        by=by,
        at=clock.now(),  # type: ignore[misc]  # never the system
    )
    record(Event.DEADLINE_MARKED, by=by, study=participant.study, participant=participant.pseudonym, mark=mark.pk)
    return mark


def _in_programme(participant: Participant) -> None:
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state not in ("active", "completed", "stopped"):
        raise Refused(_("The programme is not running for this person."))
