"""The plan to return to or stay at work: offered by a professional, agreed by the participant, then the workplace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of
from opstap.acts.people import new_account
from opstap.acts.refusals import Refused
from opstap.acts.workplace import chosen, function_of, shared_with
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.domain.journey import PLAN
from opstap.domain.sharing import EVERYTHING, Function, Item
from opstap.store.models import Grant, Participant, Plan, User, WorkplaceLink

AIMS = ("return", "retention")


@act
def offer_plan(
    *,
    by: Actor,
    participant: Participant,
    aim: str,
    contract_hours: float,
    steps: Sequence[tuple[date, float]],
    goal: str = "",
    for_workplace: str = "",
) -> Plan:
    """Offer a new version of the plan: a build-up of hours per week, from dates that follow one another.

    `for_workplace` is the only text that the workplace will see, after the participant has seen it. Refused for a
    plan without steps, dates out of order, or hours below 0 or above the contract.
    """
    allow(by, Permission.OFFER_PLAN, participant=participant)
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state != "active":
        raise Refused(_("The programme is not running for this person."))
    if aim not in AIMS:
        raise Refused(_("Choose returning to work or staying at work."), field="aim")
    if not 0 < contract_hours <= 80:
        raise Refused(_("Fill in the hours of the contract, from 1 to 80 a week."), field="contract_hours")
    if not steps:
        raise Refused(_("A plan needs at least one step."), field="steps")
    for number, (day, hours) in enumerate(steps):
        if number and day <= steps[number - 1][0]:
            raise Refused(_("Each step starts after the one before."), field="steps")
        if not 0 <= hours <= contract_hours:
            raise Refused(
                _("%(hours)s hours do not fit a contract of %(contract)s hours. Fill in %(contract)s or less."),
                field="steps",
                hours=f"{hours:g}",
                contract=f"{contract_hours:g}",
            )
    earlier = Plan.objects.select_for_update().filter(enrolment=enrolment).exclude(state="replaced")
    for old in earlier:
        old.state = PLAN.after(old.state, "replace")
        old.save(update_fields=["state"])
    last = Plan.objects.filter(enrolment=enrolment).aggregate(last=Max("version"))["last"] or 0
    plan = Plan.objects.create(
        enrolment=enrolment,
        version=last + 1,
        state=PLAN.start,
        aim=aim,
        contract_hours=contract_hours,
        steps=[{"from": day.isoformat(), "hours": hours} for day, hours in steps],
        goal_sealed=words.seal(participant, goal),
        for_workplace_sealed=words.seal(participant, for_workplace),
        offered_by=by,  # type: ignore[misc]  # OFFER_PLAN is never the system's
        offered_at=clock.now(),
    )
    record(Event.PLAN_OFFERED, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


@act
def agree_plan(*, by: Actor, plan: Plan) -> Plan:
    """The participant agrees; only from now on does the workplace see this version."""
    participant = plan.enrolment.participant
    allow(by, Permission.AGREE_PLAN, participant=participant)
    plan = _moved(plan, "participant_agrees")
    plan.agreed_at = clock.now()
    plan.save(update_fields=["state", "agreed_at"])
    record(Event.PLAN_AGREED, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


@act
def confirm_plan(*, by: Actor, plan: Plan) -> Plan:
    """The workplace agrees: the plan is in force."""
    participant = plan.enrolment.participant
    allow(by, Permission.CONFIRM_PLAN, participant=participant)
    shared_with(by, participant, Item.AGREEMENTS)
    plan = _moved(plan, "workplace_agrees")
    plan.confirmed_at = clock.now()
    plan.confirmed_by = by  # type: ignore[assignment]  # CONFIRM_PLAN is never the system's
    plan.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record(
        Event.PLAN_CONFIRMED_BY_WORKPLACE, by=by, study=participant.study, participant=participant.pseudonym,
        plan=plan.pk,
    )  # fmt: skip
    return plan


def _moved(plan: Plan, move: str) -> Plan:
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    plan.state = PLAN.after(plan.state, move)
    return plan


@act
def invite_workplace(
    *,
    by: Actor,
    participant: Participant,
    email: str,
    name: str,
    items: Collection[str] = EVERYTHING,
    function: str = Function.SUPERVISOR,
    password: str | None = None,
) -> WorkplaceLink:
    """The participant lets a supervisor or HR adviser in; they see the chosen `items`, and nothing medical."""
    allow(by, Permission.INVITE_WORKPLACE, participant=participant)
    shared, place = chosen(items), function_of(function)
    # Participants have no address in their account: an empty one must find nobody.
    user = User.objects.filter(email=email.strip().lower()).exclude(email="").first()
    if user is None:
        user = new_account(email=email.strip(), name=name, password=password, language=participant.language)
    if WorkplaceLink.objects.filter(participant=participant, user=user, ended_on=None).exists():
        raise Refused(_("This person can already see your hours and agreements."), field="email")
    if not Grant.objects.filter(user=user, role=Role.WORKPLACE, study=participant.study, revoked_at=None).exists():
        Grant.objects.create(user=user, role=Role.WORKPLACE, study=participant.study, granted_at=clock.now())
    link = WorkplaceLink.objects.create(
        participant=participant, user=user, function=place.value, items=shared, since=clock.today()
    )
    record(
        Event.WORKPLACE_INVITED, by=by, study=participant.study, participant=participant.pseudonym, workplace=link.pk
    )
    return link


@act
def end_workplace(*, by: Actor, participant: Participant, link: WorkplaceLink) -> WorkplaceLink:
    """The participant ends what a workplace may see, at once and without a reason."""
    allow(by, Permission.INVITE_WORKPLACE, participant=participant)
    kept = WorkplaceLink.objects.select_for_update().filter(pk=link.pk, participant=participant, ended_on=None).first()
    if kept is None:
        raise Refused(_("This has already been ended."))
    kept.ended_on = clock.today()
    kept.save(update_fields=["ended_on"])
    record(Event.WORKPLACE_ENDED, by=by, study=participant.study, participant=participant.pseudonym, workplace=kept.pk)
    return kept
