"""Erasing what may be erased, within a running act: answers of a study, and who the person is.

Decisions on consent with their signed sheets, the steps of the journey and the trail stay: they are the proof that the
study was conducted as it should be, and hold no answer.
"""

from __future__ import annotations

from opstap.store.models import (
    AnswerSheet,
    Correction,
    DecidingLink,
    Identity,
    Measurement,
    Participant,
    Screening,
    SignInLink,
    TwoAnswers,
    User,
)


def erase_answers(participant: Participant) -> None:
    """Empty every answer that someone gave at screening and in the study; that there were any remains visible."""
    own = Measurement.objects.filter(participant=participant)
    AnswerSheet.objects.filter(measurement__in=own).update(answers={}, gaps={})
    Correction.objects.filter(sheet__measurement__in=own).update(old=None, new=None)
    TwoAnswers.objects.filter(measurement__in=own).update(standing="", other="")
    for screening in Screening.objects.filter(participant=participant):
        screening.answers = {}
        screening.verdicts = [{**verdict, "reason": ""} for verdict in screening.verdicts]
        screening.save(update_fields=["answers", "verdicts"])


def erase_person(participant: Participant) -> None:
    """Empty a name and how to reach someone, and close their account; nobody can be told apart by them any more."""
    identity = Identity.objects.get(participant=participant)
    Identity.objects.filter(pk=identity.pk).update(sealed=b"", email_index="")
    User.objects.filter(pk=identity.user_id).update(is_active=False)
    DecidingLink.objects.filter(participant=participant, used_at=None).delete()
    SignInLink.objects.filter(measurement__participant=participant, used_at=None).delete()
