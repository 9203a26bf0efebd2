"""What takes two different people: locking a study's data, unblinding its analysis, telling the arm of one person.

The first asks, with a reason; the second reads it and signs with their password, or drops it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.closing_data import left_open
from opstap.acts.dataset import frozen
from opstap.acts.doors import allow
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.store.models import Participant, Study, StudyLock, TwoHands, User

NEEDS = {"lock": Permission.LOCK_STUDY, "unblind": Permission.UNBLIND, "reveal": Permission.REVEAL}
ASKED = {"lock": Event.LOCK_ASKED, "unblind": Event.UNBLINDING_ASKED, "reveal": Event.REVEAL_ASKED}
SIGNED = {"lock": Event.STUDY_LOCKED, "unblind": Event.STUDY_UNBLINDED, "reveal": Event.REVEALED}


@act
def ask(*, by: User, study: Study, kind: str, reason: str, participant: Participant | None = None) -> TwoHands:
    """Ask for something that takes two people, saying why; a second person signs. Refused when it is not possible now.

    `kind` is `lock` or `unblind` for the study, `reveal` for one participant.
    """
    study = Study.objects.select_for_update().select_related("protocol").get(pk=study.pk)
    allow(by, NEEDS[kind], study=study, participant=participant)
    reason = words.checked(reason, field="reason")
    _possible(study, kind, participant)
    waiting = TwoHands.objects.filter(study=study, kind=kind, participant=participant, signed_at=None, dropped_at=None)
    if waiting.exists():
        raise Refused(_("This was asked already and waits for a second person."))
    made = TwoHands.objects.create(
        study=study, kind=kind, participant=participant, asked_by=by, asked_at=clock.now(),
        reason="" if participant else reason, reason_sealed=words.seal(participant, reason) if participant else None,
    )  # fmt: skip
    record(ASKED[kind], by=by, study=study, request=made.pk, **_whose(participant))
    return made


@act
def sign(*, by: User, request: TwoHands, password: str) -> TwoHands:
    """Sign what somebody else asked for, with one's password; it is done at once.

    A lock keeps the dataset as it is now, with its hash and with what was still open. Refused for one's own request,
    a wrong password, one that was signed or dropped, and when it is not possible any more.
    """
    study = Study.objects.select_for_update().select_related("protocol").get(pk=request.study_id)
    allow(by, NEEDS[request.kind], study=study, participant=request.participant)
    request = _waiting(request)
    if request.asked_by_id == by.pk:
        raise Refused(_("This takes two different people. Somebody else has to sign."))
    if not by.check_password(password):
        raise Refused(_("This is not your password."), field="password")
    _possible(study, request.kind, request.participant)
    request.signed_by, request.signed_at = by, clock.now()
    request.save(update_fields=["signed_by", "signed_at"])
    done = {"lock": _lock, "unblind": _unblind, "reveal": _whose_arm}[request.kind](study, request)
    record(SIGNED[request.kind], by=by, study=study, request=request.pk, second=request.asked_by_id, **done)
    return request


@act
def drop(*, by: User, request: TwoHands) -> TwoHands:
    """Drop what was asked for, as who asked or as the second person; it is kept that it was asked."""
    allow(by, NEEDS[request.kind], study=request.study, participant=request.participant)
    request = _waiting(request)
    request.dropped_at = clock.now()
    request.save(update_fields=["dropped_at"])
    record(Event.REQUEST_DROPPED, by=by, study=request.study, request=request.pk)
    return request


def request_of(by: User, number: int) -> TwoHands:
    """Open one request, for who may sign it; NotHere for anyone else."""
    found = TwoHands.objects.select_related("study__protocol", "participant__site", "participant__key", "asked_by")
    one = found.filter(pk=number).first()
    if one is None:
        raise NotHere(number)
    if one.participant is not None:
        one.participant.study = one.study
    allow(by, NEEDS[one.kind], study=one.study, participant=one.participant)
    return one


def _waiting(request: TwoHands) -> TwoHands:
    fresh = TwoHands.objects.select_for_update().get(pk=request.pk)
    if fresh.signed_at is not None or fresh.dropped_at is not None:
        raise Refused(_("This does not wait for a signature any more."))
    fresh.study, fresh.participant = request.study, request.participant
    return fresh


def _possible(study: Study, kind: str, participant: Participant | None) -> None:
    """Refuse what cannot be done now: locking twice, unblinding twice or before a lock, an arm that is not there."""
    closed = StudyLock.objects.filter(study=study, opened_at=None).exists()
    if kind == "lock" and closed:
        raise Refused(_("The data of this study are locked already."))
    if kind == "unblind":
        if len(protocol_of(study).study.arms) == 1:
            raise Refused(_("This study has one arm: there is nothing to unblind."))
        if study.unblinded_at is not None:
            raise Refused(_("The analysis of this study has already been unblinded."))
        if not closed:
            raise Refused(_("The analysis is unblinded after the data are locked. Lock them first."))
    if kind == "reveal":
        drawn = participant is not None and getattr(participant, "participation", None)
        if not drawn or drawn.arm is None:
            raise Refused(_("No lot was drawn for this person."))


def _whose(participant: Participant | None) -> dict[str, str]:
    return {"participant": participant.pseudonym} if participant else {}


def _lock(study: Study, request: TwoHands) -> dict[str, object]:
    content, digest = frozen(study)
    lock = StudyLock.objects.create(
        study=study, request=request, at=clock.now(), left=left_open(study), dataset_hash=digest, content=content
    )
    return {"lock": lock.pk, "dataset": digest}


def _unblind(study: Study, _request: TwoHands) -> dict[str, object]:
    study.unblinded_at = clock.now()
    study.save(update_fields=["unblinded_at"])
    return {}


def _whose_arm(_study: Study, request: TwoHands) -> dict[str, object]:
    return dict(_whose(request.participant))
