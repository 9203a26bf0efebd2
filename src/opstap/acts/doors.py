"""The only way to a person's record: who you are decides what you find, and finding it is itself recorded.

Not yours and not there get the same answer, `NotHere`. Inside `entering` only the studies of the person who came
in exist at all (django-scopes): a query outside raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django_scopes import get_scope, scope

from opstap.acts import clock
from opstap.acts.blinding import blinded
from opstap.acts.refusals import NotHere
from opstap.domain.access import TABLE, Permission, Relation, Role, Standing, may
from opstap.store.models import (
    Adjustment,
    AftercareContact,
    Alert,
    Application,
    CareLink,
    Consent,
    Cover,
    EnergyNote,
    Goal,
    HandOver,
    Identity,
    Incident,
    Letter,
    Mail,
    Measurement,
    Participant,
    Placement,
    Plan,
    Practice,
    Query,
    ReadEvent,
    Session,
    Study,
    User,
)
from opstap.store.standing import Tie, belongings, ties


class System:
    """The programme itself as an actor: what falls due without a click, and the server's terminal."""

    pk = None
    language = "nl"


SYSTEM = System()
Actor = User | System
M = TypeVar("M", bound=models.Model)
#: Which permission it takes to answer what a respondent is asked.
ANSWERS_AS = {
    "participant": Permission.ANSWER,
    "partner": Permission.ANSWER,
    "therapist": Permission.ANSWER_AS_THERAPIST,
    "coach": Permission.ANSWER_AS_COACH,
    "workplace": Permission.ANSWER_AS_WORKPLACE,
}


@contextmanager
def entering(by: Actor, held: Sequence[Tie] | None = None) -> Iterator[None]:
    """Open the studies that someone belongs to, and no other, for the time of a request or an act.

    `held` is what `ties_of` gave just before, where that was asked already.
    """
    with scope(study=studies_of(by, held)):
        yield


def ties_of(by: User) -> list[Tie]:
    """List what ties someone to the house and its studies: roles, and a record of their own."""
    return belongings(by.pk)


def studies_of(by: Actor, held: Sequence[Tie] | None = None) -> list[Study]:
    """List the studies in which someone has a role or a record; all of them for the system and a steward."""
    studies = Study.objects.select_related("protocol")
    if isinstance(by, System):
        return list(studies)
    held = ties_of(by) if held is None else held
    if Role.STEWARD not in roles_of(by, held):
        studies = studies.filter(pk__in={tie.study for tie in held if tie.study})
    return list(studies)


def roles_of(by: User, held: Sequence[Tie] | None = None) -> set[Role]:
    """List the roles in which someone can work, in any study."""
    return {Role(tie.role) for tie in (ties_of(by) if held is None else held)}


def standings(
    by: Actor,
    *,
    study: Study | None = None,
    participant: Participant | None = None,
    among: Iterable[Standing] | None = None,
) -> set[Standing]:
    """List the standings of someone towards a record, a study, or the house; `among` names those that matter."""
    if isinstance(by, System):
        return {Standing(Role.SYSTEM, Relation.HOUSE)}
    where = participant.study_id if participant else (study.pk if study else None)
    found: set[Standing] = set()
    held: set[str] = set()
    linked: set[str] = set()
    for tie, role, study_id, site_id in ties(by.pk, participant.pk if participant else None, clock.today()):
        if tie == "own":
            found.add(Standing(Role.PARTICIPANT, Relation.OWN))
        elif tie == "linked":
            linked.add(role)
        elif study_id is None:
            found.add(Standing(Role(role), Relation.HOUSE))
        elif study_id == where and (participant is None or site_id in (None, participant.site_id)):
            found.add(Standing(Role(role), Relation.STUDY))
            held.add(role)
    # A link counts only together with the role it stands on: a coach who left the site has no cases there.
    found |= {Standing(Role(role), Relation.LINKED) for role in linked & held}
    return found if among is None else found & set(among)


def _grants(by: User) -> list[tuple[Role, int | None, int | None]]:
    return [(Role(role), study_id, site_id) for _, role, study_id, site_id in ties(by.pk, None, clock.today())]


def allow(
    by: Actor, permission: Permission, *, study: Study | None = None, participant: Participant | None = None
) -> set[Standing]:
    """Let someone pass who may, and give the standings that let them; NotHere for anyone else."""
    found = standings(by, study=study, participant=participant, among=TABLE[permission])
    if not may(permission, found):
        raise NotHere(permission)
    return found


def care_studies(by: User) -> set[int]:
    """List the studies in which someone holds a role on the care team; for lists, where no record is opened."""
    return {study for role, study, _ in _grants(by) if study and role in (Role.THERAPIST, Role.COACH)}


def looked_after(by: User) -> Q:
    """Give what singles out the participants someone looks after now, as themselves or standing in; for lists.

    A list opens no record. The role itself is asked with `care_studies`.
    """
    today = clock.today()
    own = CareLink.objects.filter(user=by, until=None)
    covered = Cover.objects.filter(
        stand_in=by, since__lte=today, until__gte=today, study=OuterRef("participant__study")
    )
    theirs = CareLink.objects.filter(participant=OuterRef("pk"), until=None, user__in=covered.values("user"))
    return Q(pk__in=own.values("participant")) | Q(Exists(theirs))


def record_of(by: Actor, pseudonym: str, permission: Permission, *, what: str) -> Participant:
    """Open a participant's record by pseudonym; the opening is recorded unless it is one's own.

    `what` names the part that is read, as the participant will see it listed.
    """
    participant = (
        Participant.objects.select_related("study__protocol", "site", "key", "enrolment", "participation__allocation")
        .filter(pseudonym=pseudonym)
        .first()
    )
    if participant is None:
        raise NotHere(permission)
    _note(by, participant, allow(by, permission, participant=participant), what)
    return participant


def own_record(by: User) -> Participant:
    """Open the record of the person who signed in; NotHere when they are no participant."""
    identity = (
        Identity.objects.select_related(
            "participant__site",
            "participant__key",
            "participant__enrolment",
            "participant__participation__allocation",
        )
        .filter(user=by)
        .first()
    )
    if identity is None:
        raise NotHere("own record")
    own = identity.participant
    own.study = _entered(own.study_id) or Study.objects.select_related("protocol").get(pk=own.study_id)
    return own


def own_measurement(own: Participant, measurement_id: int) -> Measurement:
    """Open a measurement of the person whose record `own_record` gave; NotHere for any other."""
    found = Measurement.objects.filter(participant=own, pk=measurement_id).first()
    if found is None or not may(Permission.ANSWER, {Standing(Role.PARTICIPANT, Relation.OWN)}):
        raise NotHere(measurement_id)
    found.participant = own
    return found


def _entered(study: int) -> Study | None:
    """Give a study that was read when its doors were opened; None where all doors stand open."""
    held = get_scope().get("study")
    return next((one for one in held if one.pk == study), None) if isinstance(held, list) else None


def can_sign_in(by: User) -> bool:
    """Tell whether an account still works, as it is now in the database."""
    return User.objects.filter(pk=by.pk, is_active=True).exists()


def session_of(by: Actor, session_id: int, permission: Permission, *, what: str = "session") -> Session:
    """Open one session, through the door of its participant."""
    return _through(by, Session, session_id, permission, what, "enrolment__participant")


def plan_of(by: Actor, plan_id: int, permission: Permission, *, what: str = "plan") -> Plan:
    """Open one version of a plan, through the door of its participant."""
    return _through(by, Plan, plan_id, permission, what, "enrolment__participant")


def goal_of(by: Actor, goal_id: int, permission: Permission, *, what: str = "goals") -> Goal:
    """Open one goal, through the door of its participant."""
    return _through(by, Goal, goal_id, permission, what, "enrolment__participant")


def energy_note_of(by: Actor, note_id: int, permission: Permission, *, what: str = "energy") -> EnergyNote:
    """Open one note of a diary, through the door of its participant."""
    return _through(by, EnergyNote, note_id, permission, what, "enrolment__participant")


def practice_of(by: Actor, practice_id: int, permission: Permission, *, what: str = "energy") -> Practice:
    """Open one thing to practise, through the door of its participant."""
    return _through(by, Practice, practice_id, permission, what, "enrolment__participant")


def measurement_of(by: Actor, measurement_id: int, permission: Permission, *, what: str = "answers") -> Measurement:
    """Open one measurement, through the door of its participant; the arm, which decides what is asked, comes along."""
    return _through(
        by, Measurement, measurement_id, permission, what, "participant", "participant__participation__allocation"
    )


def questions_of(by: Actor, measurement_id: int, respondents: Iterable[str]) -> Measurement:
    """Open what one place around a participant is asked, for who holds it; NotHere for any other place."""
    found = _find(Measurement, measurement_id, Permission.ANSWER, "participant")
    if found.respondent not in respondents:
        raise NotHere(measurement_id)
    _note(by, found.participant, allow(by, ANSWERS_AS[found.respondent], participant=found.participant), "questions")
    return found


def alert_of(by: Actor, number: int) -> Alert:
    """Open one alert about an alarming answer, through the door of its participant."""
    return _through(by, Alert, number, Permission.TAKE_ALERT, "answers", "measurement__participant")


def query_of(by: Actor, query_id: int, permission: Permission, *, what: str = "queries") -> Query:
    """Open one query about an answer, through the door of its participant."""
    return _through(by, Query, query_id, permission, what, "measurement__participant")


def consent_of(by: Actor, pk: int, permission: Permission, *, what: str = "consent") -> Consent:
    """Open one decision on consent, through the door of its participant."""
    return _through(by, Consent, pk, permission, what, "participant", "protocol")


def incident_of(by: Actor, pk: int, permission: Permission, *, what: str = "incident") -> Incident:
    """Open a deviation or adverse event, through the door of its participant; NotHere where it would tell an arm."""
    found = _find(Incident, pk, permission, "participant")
    passed = allow(by, permission, participant=found.participant)
    if found.tells_arm and blinded(found.participant.study, passed):
        raise NotHere(permission)
    _note(by, found.participant, passed, what)
    return found


def hand_over_of(by: Actor, number: int) -> HandOver:
    """Open what was passed on, through the door of its participant."""
    return _through(by, HandOver, number, Permission.DELIVER, "case", "participant")


def adjustment_of(by: Actor, pk: int, permission: Permission, *, what: str = "plan") -> Adjustment:
    """Open one adjustment at work, through the door of its participant."""
    return _through(by, Adjustment, pk, permission, what, "participant")


def application_of(by: Actor, pk: int, permission: Permission, *, what: str = "search") -> Application:
    """Open one application, through the door of its participant; NotHere for the care team when it is not shared."""
    found = _find(Application, pk, permission, "enrolment__participant")
    passed = allow(by, permission, participant=found.enrolment.participant)
    if Standing(Role.PARTICIPANT, Relation.OWN) not in passed and not found.shared:
        raise NotHere(permission)
    _note(by, found.enrolment.participant, passed, what)
    return found


def placement_of(by: Actor, pk: int, permission: Permission, *, what: str = "search") -> Placement:
    """Open one trial placement, through the door of its participant."""
    return _through(by, Placement, pk, permission, what, "enrolment__participant")


def letter_of(by: Actor, pk: int, permission: Permission, *, what: str = "letter") -> Letter:
    """Open one letter, through the door of its participant."""
    return _through(by, Letter, pk, permission, what, "participant")


def mail_of(by: Actor, number: int, permission: Permission, *, what: str = "mails") -> Mail:
    """Open one mail, through the door of its participant."""
    return _through(by, Mail, number, permission, what, "participant")


def aftercare_of(by: Actor, pk: int, permission: Permission, *, what: str = "session") -> AftercareContact:
    """Open one contact of aftercare, through the door of its participant."""
    return _through(by, AftercareContact, pk, permission, what, "enrolment__participant")


def _find(model: type[M], pk: int, permission: Permission, path: str, *along: str) -> M:
    manager: Any = model._default_manager
    along = (f"{path}__study__protocol", f"{path}__site", f"{path}__key", *along)
    thing = manager.select_related(*along).filter(pk=pk).first()
    if thing is None:
        raise NotHere(permission)
    return thing


def _through(by: Actor, model: type[M], pk: int, permission: Permission, what: str, path: str, *along: str) -> M:
    thing = _find(model, pk, permission, path, *along)
    participant: Any = thing
    for step in path.split("__"):
        participant = getattr(participant, step)
    _note(by, participant, allow(by, permission, participant=participant), what)
    return thing


def _note(by: Actor, participant: Participant, found: set[Standing], what: str) -> None:
    if isinstance(by, System) or Standing(Role.PARTICIPANT, Relation.OWN) in found:
        return
    role = min(standing.role for standing in found)
    ReadEvent.objects.create(participant=participant, by=by, role=role, what=what, at=clock.now())
