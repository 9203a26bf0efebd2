"""Closing the data: of each person once they are complete, of the study by two signatures, and opening them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.blinding import tells_arm
from opstap.acts.calendar import state_of
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import locked
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import Measurement, Participant, PersonLock, Query, Study, StudyLock


@dataclass(frozen=True)
class Standing:
    """How far someone's data are: `locked`, `ready`, or why not yet (`query`, `measurement`)."""

    participant: Participant
    state: str


def standing_of_all(study: Study) -> list[Standing]:
    """Tell of everyone in a study how far their data are, in a fixed number of queries.

    What exists in one arm only is not looked at: its being open would tell the arm, and who locks is blinded.
    """
    found = Participant.objects.filter(study=study, participation__isnull=False)
    people = list(found.select_related("site", "participation").order_by("pseudonym"))
    # Before follow-up has begun, there is still something to come, whatever is scheduled now.
    waiting = {one.pk: "measurement" for one in people if one.participation.state in ("consented", "baseline_done")}
    measurements = Measurement.objects.filter(participant__study=study, respondent="participant")
    for one in measurements.order_by("pk"):
        if state_of(one) in ("scheduled", "open", "started"):
            waiting[one.participant_id] = "measurement"
    queries = Query.objects.filter(measurement__participant__study=study, state__in=("open", "answered"))
    for query in queries.select_related("measurement__participant__study__protocol"):
        if not tells_arm(query.measurement, query.questionnaire):
            waiting[query.measurement.participant_id] = "query"
    closed = set(
        PersonLock.objects.filter(participant__study=study, opened_at=None).values_list("participant", flat=True)
    )
    return [Standing(one, "locked" if one.pk in closed else waiting.get(one.pk, "ready")) for one in people]


@act
def lock_people(*, by: Actor, study: Study) -> int:
    """Lock the data of everyone who is complete: nothing asked or open any more, no query waiting. Gives how many."""
    allow(by, Permission.LOCK_PERSON, study=study)
    ready = [one.participant for one in standing_of_all(study) if one.state == "ready"]
    if not ready:
        raise Refused(_("There is nobody whose data are complete and not locked yet."))
    PersonLock.objects.bulk_create(
        PersonLock(participant=one, by=by, at=clock.now())  # type: ignore[misc]  # LOCK_PERSON is never the system's
        for one in ready
    )
    record(Event.PEOPLE_LOCKED, by=by, study=study, number=len(ready))
    return len(ready)


@act
def unlock_person(*, by: Actor, participant: Participant, reason: str) -> PersonLock:
    """Open the data of one person again, saying why; Refused when they are not locked or the study's are."""
    allow(by, Permission.LOCK_PERSON, participant=participant)
    participant = locked(participant)
    reason = words.checked(reason, field="reason")
    if StudyLock.objects.filter(study=participant.study, opened_at=None).exists():
        raise Refused(_("The data of the whole study are locked. Open those first."))
    lock = PersonLock.objects.select_for_update().filter(participant=participant, opened_at=None).first()
    if lock is None:
        raise Refused(_("The data of this person are not locked."))
    lock.opened_by, lock.opened_at = by, clock.now()  # type: ignore[assignment]  # never the system
    lock.opened_why_sealed = words.seal(participant, reason)
    lock.save(update_fields=["opened_by", "opened_at", "opened_why_sealed"])
    record(Event.PERSON_UNLOCKED, by=by, study=participant.study, participant=participant.pseudonym)
    return lock


def left_open(study: Study) -> Mapping[str, int]:
    """Count what is not closed in a study: people whose data are not locked, by why."""
    found = {"ready": 0, "query": 0, "measurement": 0}
    for one in standing_of_all(study):
        if one.state != "locked":
            found[one.state] += 1
    return found


@act
def unlock_study(*, by: Actor, study: Study, reason: str) -> StudyLock:
    """Open the data of a study again, saying why. The frozen dataset stays kept with its hash."""
    allow(by, Permission.LOCK_STUDY, study=study)
    reason = words.checked(reason, field="reason")
    lock = StudyLock.objects.select_for_update().defer("content").filter(study=study, opened_at=None).first()
    if lock is None:
        raise Refused(_("The data of this study are not locked."))
    lock.opened_by, lock.opened_at, lock.opened_why = by, clock.now(), reason  # type: ignore[assignment]  # a person
    lock.save(update_fields=["opened_by", "opened_at", "opened_why"])
    record(Event.STUDY_UNLOCKED, by=by, study=study, lock=lock.pk, dataset=lock.dataset_hash)
    return lock
