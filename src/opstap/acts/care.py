"""Delivering the programme: who looks after someone, sessions planned and held, phases, the end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.aftercare import cancel_planned
from opstap.acts.behalf import heard, keep
from opstap.acts.calendar import schedule, void_open
from opstap.acts.closing import close_looking_back
from opstap.acts.consents import end_enrolment
from opstap.acts.doors import Actor, allow, standings
from opstap.acts.locks import enrolment_of, locked_session, participation_of, running
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission, Relation, Role, Standing
from opstap.domain.events import Event
from opstap.domain.journey import ENROLMENT, PARTICIPATION, SESSION
from opstap.domain.months import add_months
from opstap.domain.protocol import Protocol
from opstap.store.models import CareLink, Enrolment, LifeEvent, Participant, Session, User

MODES = ("in_person", "video", "telephone")
#: Who else can take part in a session, beside the participant, the professional and the workplace.
PRESENT = ("partner", "colleague", "physician", "adviser")
LIFE_EVENTS = ("death", "recurrence", "contract_end", "retirement")


@act
def assign_care(*, by: Actor, participant: Participant, user: User, profession: Role) -> CareLink:
    """Give someone a therapist or coach; who had that place before is relieved."""
    allow(by, Permission.ASSIGN_CARE, participant=participant)
    if profession.value not in protocol_of(participant.study).programme.professions:
        raise Refused(_("This profession does not work in this programme."), field="profession")
    if Standing(profession, Relation.STUDY) not in standings(user, participant=participant):
        raise Refused(_("This person does not work at this site in that role."), field="user")
    present = CareLink.objects.select_for_update().filter(participant=participant, profession=profession, until=None)
    if present.filter(user=user).exists():
        raise Refused(_("This person already has that place."), field="user")
    present.update(until=clock.today())
    link = CareLink.objects.create(participant=participant, user=user, profession=profession, since=clock.today())
    record(Event.CARE_ASSIGNED, by=by, study=participant.study, participant=participant.pseudonym, care=link.pk)
    return link


@act
def plan_session(
    *,
    by: Actor,
    participant: Participant,
    kind: str,
    planned_for: datetime,
    mode: str = "in_person",
    exception: str = "",
    took_place: bool = False,
    with_workplace: bool = False,
) -> Session:
    """Plan a session of a kind that the programme has.

    Planning is for a time to come: `took_place` says that this is a session which was never planned, and has been.
    `with_workplace` says that the workplace will take part: once confirmed, the talk stands in its calendar.
    Refused beyond the protocol's limits, unless a reason is written down (`exception`), which is kept.
    """
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    protocol = protocol_of(participant.study)
    if kind not in protocol.session_kinds:
        raise Refused(_("This programme has no such session."), field="kind")
    phase, shape = protocol.session_kinds[kind]
    if mode not in MODES:
        raise Refused(_("Choose in person, video or telephone."), field="mode")
    if enrolment.started_on is not None and timezone.localdate(planned_for) < enrolment.started_on:
        raise Refused(_("This day lies before the start of the programme."), field="planned_for")
    if planned_for < clock.now() and not took_place:
        raise Refused(
            _("This time has passed. Choose a time to come, or say that it has taken place."), field="planned_for"
        )
    if planned_for > clock.now() and took_place:
        raise Refused(_("This time has not come yet, so it cannot have taken place."), field="planned_for")
    over = _limit(enrolment, protocol, kind, shape.most, planned_for.date())
    if over and not exception.strip():
        raise Refused(over, field="exception")
    session = Session.objects.create(
        enrolment=enrolment,
        kind=kind,
        phase=phase.id,
        professional=by,  # type: ignore[misc]  # DELIVER is never the system's
        state=SESSION.start,
        planned_for=planned_for,
        mode=mode,
        with_workplace=with_workplace,
        exception_sealed=words.seal(participant, exception) if over else None,
    )
    _record(Event.SESSION_PLANNED, by, session)
    return session


def _limit(enrolment: Enrolment, protocol: Protocol, kind: str, most: int | None, day: date) -> Promise | None:
    counted = Session.objects.filter(enrolment=enrolment).exclude(state__in=("missed", "cancelled"))
    limits = protocol.programme.limits
    if limits.sessions is not None and counted.count() >= limits.sessions:
        return _("All sessions of this programme have been used. Write down why one more is needed.")
    if most is not None and counted.filter(kind=kind).count() >= most:
        return _("All sessions of this kind have been used. Write down why one more is needed.")
    started = enrolment.started_on
    if limits.months is not None and started is not None and day > add_months(started, limits.months):
        return _("This day lies after the end of the programme. Write down why it is needed.")
    return None


@act
def move_session(*, by: Actor, session: Session, planned_for: datetime) -> Session:
    """Plan a session for another time, one to come; it has to be confirmed anew."""
    session = _session(by, session, "move")
    if planned_for < clock.now():
        raise Refused(_("This time has passed. Choose a time to come."), field="planned_for")
    session.planned_for = planned_for
    session.save(update_fields=["state", "planned_for"])
    _record(Event.SESSION_MOVED, by, session)
    return session


@act
def confirm_session(*, by: Actor, session: Session, channel: str = "") -> Session:
    """Confirm a planned session: the participant or the professional may."""
    participant = session.enrolment.participant
    own = Standing(Role.PARTICIPANT, Relation.OWN) in standings(by, participant=participant)
    allow(by, Permission.AGREE_PLAN if own else Permission.DELIVER, participant=participant)
    session = _moved(session, "confirm")
    session.save(update_fields=["state"])
    keep(by, participant, Event.SESSION_CONFIRMED, session.pk, heard(channel))
    _record(Event.SESSION_CONFIRMED, by, session)
    return session


@act
def hold_session(
    *,
    by: Actor,
    session: Session,
    on: date,
    minutes: int,
    modules: Collection[str] = (),
    with_workplace: bool = False,
    present: Collection[str] = (),
    stage: int | None = None,
    shared_note: str = "",
    private_note: str = "",
) -> Session:
    """Write down a session that took place: how long, which modules, with the workplace or not, the stage judged.

    `present` names who else took part (`PRESENT`).
    `stage` is the professional's own judgement (1 to 6); notes are sealed, the shared one is for the participant.
    """
    session = _session(by, session, "hold")
    participant = session.enrolment.participant
    known = {module.id for module in protocol_of(participant.study).programme.modules}
    if not set(modules) <= known:
        raise Refused(_("This programme has no such module."), field="modules")
    if not set(present) <= set(PRESENT):
        raise Refused(_("Choose from those listed who took part."), field="present")
    if not 1 <= minutes <= 480:
        raise Refused(_("Fill in how many minutes it took, from 1 to 480."), field="minutes")
    if stage is not None and not 1 <= stage <= 6:
        raise Refused(_("A stage is a number from 1 to 6."), field="stage")
    if on > clock.today():
        raise Refused(_("This day has not come yet. Fill in the day on which you met."), field="on")
    if session.enrolment.started_on is not None and on < session.enrolment.started_on:
        raise Refused(_("This day lies before the start of the programme."), field="on")
    session.held_on, session.minutes = on, minutes
    session.modules = sorted(set(modules))
    session.with_workplace, session.present, session.stage = with_workplace, sorted(set(present)), stage
    session.shared_sealed = words.seal(participant, shared_note)
    session.private_sealed = words.seal(participant, private_note)
    session.save()
    held = Session.objects.filter(enrolment=session.enrolment, state="held").exclude(pk=session.pk)
    if not held.exists() and participation_of(participant) is not None:
        schedule(participant, "first_session", on)
    _record(Event.SESSION_HELD, by, session)
    return session


@act
def miss_session(*, by: Actor, session: Session) -> Session:
    """Write down that someone did not come; no reason is asked."""
    session = _session(by, session, "miss")
    session.save(update_fields=["state"])
    _record(Event.SESSION_MISSED, by, session)
    return session


@act
def cancel_session(*, by: Actor, session: Session) -> Session:
    """Call a session off."""
    session = _session(by, session, "cancel")
    session.save(update_fields=["state"])
    _record(Event.SESSION_CANCELLED, by, session)
    return session


@act
def advance_phase(*, by: Actor, participant: Participant, phase: str) -> Enrolment:
    """Go on to a later phase; the phases that the protocol puts before it have been passed."""
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    order = protocol_of(participant.study).phase_order
    if phase not in order or order.index(phase) <= order.index(enrolment.phase):
        raise Refused(_("Choose a phase that comes after the present one."), field="phase")
    enrolment.state = ENROLMENT.after(enrolment.state, "advance")
    enrolment.phase = phase
    enrolment.save(update_fields=["state", "phase"])
    record(Event.PHASE_ADVANCED, by=by, study=participant.study, participant=participant.pseudonym, phase=phase)
    return enrolment


@act
def complete_programme(*, by: Actor, participant: Participant) -> Enrolment:
    """Close the programme after its last talk; measurements that count from its end are scheduled.

    What was looked back on is closed with it. It can close without that, since not everyone can be reached.
    """
    allow(by, Permission.DELIVER, participant=participant)
    enrolment = running(participant)
    end_enrolment(enrolment, "complete", "completed")
    close_looking_back(enrolment)
    if participation_of(participant) is not None:
        schedule(participant, "programme_end", clock.today())
    record(Event.PROGRAMME_COMPLETED, by=by, study=participant.study, participant=participant.pseudonym)
    return enrolment


@act
def record_life_event(*, by: Actor, participant: Participant, kind: str, on: date) -> LifeEvent:
    """Write down what changes the meaning of an outcome. After a death nothing more is asked or planned."""
    allow(by, Permission.RECORD_LIFE_EVENT, participant=participant)
    if kind not in LIFE_EVENTS:
        raise Refused(_("Choose one of the events listed."), field="kind")
    if on > clock.today():
        raise Refused(_("This day has not come yet."), field="on")
    event = LifeEvent.objects.create(participant=participant, kind=kind, on=on)
    if kind == "death":
        void_open(participant, "died")
        enrolment = enrolment_of(participant)
        if enrolment is not None and ENROLMENT.allows(enrolment.state, "stop"):
            end_enrolment(enrolment, "stop", "died")
        elif enrolment is not None:
            cancel_planned(enrolment)
        participation = participation_of(participant)
        if participation is not None and PARTICIPATION.allows(participation.state, "die"):
            participation.state = PARTICIPATION.after(participation.state, "die")
            participation.ended_on, participation.end_reason = on, "died"
            participation.save(update_fields=["state", "ended_on", "end_reason"])
    record(Event.LIFE_EVENT_RECORDED, by=by, study=participant.study, participant=participant.pseudonym, event=event.pk)
    return event


def _session(by: Actor, session: Session, move: str) -> Session:
    allow(by, Permission.DELIVER, participant=session.enrolment.participant)
    return _moved(session, move)


def _moved(session: Session, move: str) -> Session:
    session = locked_session(session)
    session.state = SESSION.after(session.state, move)
    return session


def _record(event: Event, by: Actor, session: Session) -> None:
    participant = session.enrolment.participant
    record(
        event, by=by, study=participant.study, participant=participant.pseudonym, session=session.pk,
        protocol=participant.study.protocol.digest,
    )  # fmt: skip
