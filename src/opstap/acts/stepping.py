"""What a participant does with a plan of their own accord: one step back, and words for when it is too much."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import heard, keep, spoken
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of
from opstap.acts.plan_words import steps_of
from opstap.acts.plans import HOLDING, moved, new_version, replace_plans
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.work.buildup import Step
from opstap.domain.work.buildup import step_back as one_step_back
from opstap.store.models import Participant, Plan

WEEKS = (1, 2, 3, 4)


@act
def step_back(*, by: Actor, participant: Participant, weeks: int = 2, why: str = "", channel: str = "") -> Plan:
    """The participant goes one step back for some weeks, without having to say why: a new version for the professional.

    Refused without a version that the participant agreed with, or for another number of weeks than 1 to 4.
    """
    own = spoken(by, Permission.STEP_BACK, participant, channel)
    if weeks not in WEEKS:
        raise Refused(_("Choose one to four weeks."), field="weeks")
    enrolment = enrolment_of(participant)
    holding = (
        Plan.objects.select_for_update().filter(enrolment=enrolment, state__in=HOLDING).order_by("-version").first()
    )
    if holding is None:
        raise Refused(_("There is no plan yet that was agreed."))
    plan = new_version(
        participant, "step_back", own,
        aim=holding.aim,
        contract_hours=holding.contract_hours,
        steps=back_from(participant, holding, weeks),
        goal=words.unseal(participant, holding.goal_sealed),
        for_workplace=words.unseal(participant, holding.for_workplace_sealed),
        available=holding.available or None,
        why=why,
        relapse=words.unseal(participant, holding.relapse_sealed),
    )  # fmt: skip
    plan.agreed_at = clock.now()
    plan.save(update_fields=["agreed_at"])
    keep(by, participant, Event.PLAN_STEP_BACK, plan.pk, channel)
    record(Event.PLAN_STEP_BACK, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


def back_from(participant: Participant, plan: Plan, weeks: int) -> tuple[Step, ...]:
    """Give the steps that a step back would make of a version, from today on."""
    return one_step_back(steps_of(participant, plan), clock.today(), weeks=weeks)


@act
def accept_plan(*, by: Actor, plan: Plan) -> Plan:
    """The professional agrees with what the participant proposed; from now on the workplace sees it."""
    participant = plan.enrolment.participant
    allow(by, Permission.ACCEPT_PLAN, participant=participant)
    plan = moved(plan, "professional_agrees")
    plan.accepted_at, plan.accepted_by = clock.now(), by  # type: ignore[assignment]  # ACCEPT_PLAN is never the system's
    plan.save(update_fields=["state", "accepted_at", "accepted_by"])
    replace_plans(plan.enrolment, HOLDING, but=plan)
    record(Event.PLAN_ACCEPTED, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


@act
def write_relapse_plan(*, by: Actor, participant: Participant, text: str, channel: str = "") -> Plan:
    """Write down in the person's own words what they do when it is too much; no workplace ever reads it.

    Kept with the newest version, which stays as it was agreed: the words change nothing about the hours.
    """
    allow(by, Permission.WRITE_RELAPSE_PLAN, participant=participant)
    plan = (
        Plan.objects.select_for_update()
        .filter(enrolment__participant=participant)
        .exclude(state="replaced")
        .order_by("-version")
        .first()
    )
    if plan is None:
        raise Refused(_("There is no plan yet to write this with."), field="text")
    if len(text) > 2000:
        raise Refused(_("This text is too long. Use at most 2,000 characters."), field="text")
    plan.relapse_sealed = words.seal(participant, text)
    plan.save(update_fields=["relapse_sealed"])
    keep(by, participant, Event.RELAPSE_PLAN_WRITTEN, plan.pk, heard(channel))
    record(Event.RELAPSE_PLAN_WRITTEN, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan
