"""The plan to return to or stay at work: offered by a professional, agreed by the participant, then the workplace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import keep, spoken
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of
from opstap.acts.people import new_account
from opstap.acts.plan_words import refusal_of, seal_tasks, stored
from opstap.acts.refusals import Refused
from opstap.acts.statute_facts import first_sick_day
from opstap.acts.workplace import chosen, function_of, shared_with
from opstap.domain.access import Permission, Role
from opstap.domain.events import Event
from opstap.domain.journey import PLAN
from opstap.domain.sharing import EVERYTHING, Function, Item
from opstap.domain.work.buildup import BuildUpError, Step, check, spread
from opstap.store.models import Application, Enrolment, Grant, Participant, Plan, User, WorkplaceLink

AIMS = ("return", "retention")


@act
def offer_plan(
    *,
    by: Actor,
    participant: Participant,
    aim: str,
    contract_hours: float,
    steps: Sequence[tuple[date, float] | Step],
    goal: str = "",
    for_workplace: str = "",
    available: Collection[int] | None = None,
    why: str = "",
) -> Plan:
    """Offer a new version of the plan: a build-up of hours per week, from dates that follow one another.

    `for_workplace` and the tasks of the steps are the only texts that the workplace will see, after the participant
    has seen them. `available` are the weekdays on which work is possible (None: not known); steps that do not say
    how their hours lie are spread over them. `why` says what changed, for participant and care team. The version
    before holds until the participant agrees with this one.
    Refused for a build-up that cannot be (`domain.work.buildup.check`).
    """
    allow(by, Permission.OFFER_PLAN, participant=participant)
    if aim not in AIMS:
        raise Refused(_("Choose returning to work or staying at work."), field="aim")
    plan = new_version(
        participant, "offer", by, aim=aim, contract_hours=contract_hours, steps=[Step(*step) for step in steps],
        goal=goal, for_workplace=for_workplace, available=available, why=why, relapse=_relapse_of(participant),
    )  # fmt: skip
    record(Event.PLAN_OFFERED, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


def new_version(
    participant: Participant,
    move: str,
    by: Actor,
    *,
    aim: str,
    contract_hours: float,
    steps: Sequence[Step],
    goal: str,
    for_workplace: str,
    available: Collection[int] | None,
    why: str,
    relapse: str,
) -> Plan:
    """Write a version down, within a running act; what waited for someone is replaced, what holds goes on holding."""
    enrolment = enrolment_of(participant)
    if enrolment is None or enrolment.state != "active":
        raise Refused(_("The programme is not running for this person."))
    sick = first_sick_day(participant)
    try:
        if available is not None:
            steps = [step if step.days else step._replace(days=spread(step.hours, available)) for step in steps]
        check(steps, contract_hours, first_sick_day=sick, available=available)
    except BuildUpError as error:
        raise refusal_of(error) from None
    replace_plans(enrolment, WAITING)
    last = Plan.objects.filter(enrolment=enrolment).aggregate(last=Max("version"))["last"] or 0
    return Plan.objects.create(
        enrolment=enrolment,
        version=last + 1,
        state=PLAN.after(PLAN.start, move),
        aim=aim,
        contract_hours=contract_hours,
        steps=[stored(step) for step in steps],
        available=sorted(available or ()),
        tasks_sealed=seal_tasks(participant, steps),
        goal_sealed=words.seal(participant, goal),
        for_workplace_sealed=words.seal(participant, for_workplace),
        relapse_sealed=words.seal(participant, relapse),
        why_sealed=words.seal(participant, why),
        offered_by=by,  # type: ignore[misc]  # no version is the system's
        offered_at=clock.now(),
    )


#: The states of a version that waits for someone, and of one that holds.
WAITING, HOLDING = ("offered", "proposed"), ("agreed", "in_force")


def replace_plans(enrolment: Enrolment, states: Sequence[str], *, but: Plan | None = None) -> None:
    """Let versions in these states make place, all but one."""
    earlier = Plan.objects.select_for_update().filter(enrolment=enrolment, state__in=states)
    for old in earlier.exclude(pk=but.pk) if but else earlier:
        old.state = PLAN.after(old.state, "replace")
        old.save(update_fields=["state"])


def _relapse_of(participant: Participant) -> str:
    """Take along what the participant wrote for when it is too much: it is theirs, and no version undoes it."""
    last = Plan.objects.filter(enrolment__participant=participant).order_by("-version").first()
    return words.unseal(participant, last.relapse_sealed) if last else ""


@act
def agree_plan(*, by: Actor, plan: Plan, channel: str = "") -> Plan:
    """The participant agrees; only from now on does the workplace see this version, and it takes the place before."""
    participant = plan.enrolment.participant
    spoken(by, Permission.AGREE_PLAN, participant, channel)
    plan = moved(plan, "participant_agrees")
    plan.agreed_at = clock.now()
    plan.save(update_fields=["state", "agreed_at"])
    replace_plans(plan.enrolment, HOLDING, but=plan)
    keep(by, participant, Event.PLAN_AGREED, plan.pk, channel)
    record(Event.PLAN_AGREED, by=by, study=participant.study, participant=participant.pseudonym, plan=plan.pk)
    return plan


@act
def confirm_plan(*, by: Actor, plan: Plan) -> Plan:
    """The workplace agrees: the plan is in force."""
    participant = plan.enrolment.participant
    allow(by, Permission.CONFIRM_PLAN, participant=participant)
    shared_with(by, participant, Item.AGREEMENTS)
    plan = moved(plan, "workplace_agrees")
    plan.confirmed_at = clock.now()
    plan.confirmed_by = by  # type: ignore[assignment]  # CONFIRM_PLAN is never the system's
    plan.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record(
        Event.PLAN_CONFIRMED_BY_WORKPLACE, by=by, study=participant.study, participant=participant.pseudonym,
        plan=plan.pk,
    )  # fmt: skip
    return plan


def moved(plan: Plan, move: str) -> Plan:
    """Lock a version and give it in the state after a move, not saved yet; NotNow when it cannot move so."""
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
    channel: str = "",
) -> WorkplaceLink:
    """The participant lets a supervisor or HR adviser in; they see the chosen `items`, and nothing medical.

    Once an offer has been accepted they belong to that new job, and see nothing of the work before it.
    """
    spoken(by, Permission.INVITE_WORKPLACE, participant, channel)
    shared, place = chosen(items), function_of(function)
    # Participants have no address in their account: an empty one must find nobody.
    user = User.objects.filter(email=email.strip().lower()).exclude(email="").first()
    if user is None:
        user = new_account(email=email.strip(), name=name, password=password, language=participant.language)
    if WorkplaceLink.objects.filter(participant=participant, user=user, ended_on=None).exists():
        raise Refused(_("This person can already see your hours and agreements."), field="email")
    if not Grant.objects.filter(user=user, role=Role.WORKPLACE, study=participant.study, revoked_at=None).exists():
        Grant.objects.create(user=user, role=Role.WORKPLACE, study=participant.study, granted_at=clock.now())
    accepted = Application.objects.filter(enrolment__participant=participant, state="accepted")
    link = WorkplaceLink.objects.create(
        participant=participant, user=user, function=place.value, items=shared, since=clock.today(),
        job=accepted.order_by("-starts_on", "-pk").first(),
    )  # fmt: skip
    keep(by, participant, Event.WORKPLACE_INVITED, link.pk, channel)
    record(
        Event.WORKPLACE_INVITED, by=by, study=participant.study, participant=participant.pseudonym, workplace=link.pk
    )
    return link


@act
def end_workplace(*, by: Actor, participant: Participant, link: WorkplaceLink, channel: str = "") -> WorkplaceLink:
    """The participant ends what a workplace may see, at once and without a reason."""
    spoken(by, Permission.INVITE_WORKPLACE, participant, channel)
    kept = WorkplaceLink.objects.select_for_update().filter(pk=link.pk, participant=participant, ended_on=None).first()
    if kept is None:
        raise Refused(_("This has already been ended."))
    kept.ended_on = clock.today()
    kept.save(update_fields=["ended_on"])
    keep(by, participant, Event.WORKPLACE_ENDED, kept.pk, channel)
    record(Event.WORKPLACE_ENDED, by=by, study=participant.study, participant=participant.pseudonym, workplace=kept.pk)
    return kept
