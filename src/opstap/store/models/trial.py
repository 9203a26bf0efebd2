"""The conduct of a trial: strata set right after the lot, what takes two people, locks on a person and a study."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Participant, Participation
from opstap.store.models.studies import Study


class StratumCorrection(models.Model):
    """A level of a factor that was wrong when the lot was drawn. It is kept beside the lot, which stays as it was."""

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="stratum_corrections")
    factor = models.CharField(max_length=60)
    before = models.CharField(max_length=80)
    after = models.CharField(max_length=80)
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="participation__participant__study")

    def __str__(self) -> str:
        return f"stratum of {self.participation_id}"


class TwoHands(models.Model):
    """Something that takes two different people: the first asks, with a reason, and the second signs or does not.

    `kind`: `lock` the study's data, `unblind` its analysis, or `reveal` the arm of one participant. The reason is
    sealed under the participant's key where it is about one.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="two_hands")
    kind = models.CharField(max_length=10)
    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT, related_name="two_hands")
    reason = models.TextField(blank=True)
    reason_sealed = models.BinaryField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "kind"],
                condition=models.Q(participant=None, signed_at=None, dropped_at=None),
                name="one_request_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=models.Q(participant__isnull=False, signed_at=None, dropped_at=None),
                name="one_request_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PersonLock(models.Model):
    """The data of one participant are complete and looked through: until it is opened again, nothing changes."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="locks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_why_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(opened_at=None), name="one_lock_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"lock {self.pk}"


class StudyLock(models.Model):
    """The data of a study are closed, by two signatures. `content` is the dataset as it was then, compressed.

    `left` counts what was still open and accepted as it is: queries, measurements, people not locked.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="locks")
    request = models.OneToOneField(TwoHands, on_delete=models.PROTECT, related_name="lock")
    at = models.DateTimeField()
    left = models.JSONField()
    dataset_hash = models.CharField(max_length=64)
    content = models.BinaryField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_why = models.TextField(blank=True)

    objects = ScopedManager(study="study")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study"], condition=models.Q(opened_at=None), name="one_lock_per_study")
        ]

    def __str__(self) -> str:
        return f"lock of {self.study_id}"
