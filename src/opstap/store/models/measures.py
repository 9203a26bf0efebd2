"""Measurements and answers. An answer once submitted is corrected beside the old value, never over it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.timezone import localdate
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Participant
from opstap.store.models.studies import ProtocolVersion


class Measurement(models.Model):
    """One wave for one respondent: its window, and what happened in it."""

    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="measurements", db_index=False
    )  # both rules below begin with the participant
    wave = models.CharField(max_length=20)
    respondent = models.CharField(max_length=12)
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    voided_on = models.DateField(null=True)
    void_reason = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, default="online")
    #: The day on which it was filled in, where that is another than the day on which it was entered.
    answered_on = models.DateField(null=True)
    missed_reason = models.CharField(max_length=20, blank=True)
    missed_note_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "wave", "respondent"], name="one_measurement_per_wave")
        ]
        indexes = [
            # What is still open or was missed: a few rows of many, for what falls due and for who is late.
            models.Index(
                name="measurement_waiting",
                fields=["opens_on", "closes_on"],
                condition=models.Q(submitted_at=None, voided_on=None),
            ),
            # All that counting a study's waves needs, so that counting reads no row.
            models.Index(
                name="measurement_counted",
                fields=["participant", "respondent", "wave", "opens_on", "closes_on", "submitted_at", "voided_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave} {self.respondent}"

    @property
    def given_on(self) -> date | None:
        """Give the day on which its answers were given: the day on the paper, else the day it was handed in."""
        return self.answered_on or (localdate(self.submitted_at) if self.submitted_at else None)


class AnchorCorrection(models.Model):
    """The day of an anchor set right: which one, the old day, the new one, and why (sealed)."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="anchor_corrections")
    anchor = models.CharField(max_length=20)
    old = models.DateField()
    new = models.DateField()
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"{self.anchor} {self.old} {self.new}"


class AnswerSheet(models.Model):
    """The answers to one questionnaire within a measurement, by item. Free text is sealed inside.

    `gaps` says of items without an answer why there is none, where that came from paper or by telephone.
    """

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="sheets")
    questionnaire = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    answers = models.JSONField()
    gaps = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ScopedManager(study="measurement__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measurement", "questionnaire"], name="one_sheet_per_questionnaire")
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.pk}"


class TwoAnswers(models.Model):
    """A second answer to a question that was answered elsewhere meanwhile. Both stay; the person says which holds.

    `standing` is the answer that was there, `other` the one that came from an older page; free text is sealed inside.
    `kept` says which holds since `settled_at`: `standing`, `other`, or `newer`, one given after both.
    """

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="two_answers")
    questionnaire = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    standing = models.JSONField()
    standing_at = models.DateTimeField()
    other = models.JSONField()
    other_at = models.DateTimeField()
    kept = models.CharField(max_length=10, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="measurement__participant__study")

    def __str__(self) -> str:
        return f"two answers {self.pk}"


class Correction(models.Model):
    """An answer changed after it was submitted: the old value, the new one, and why (sealed)."""

    sheet = models.ForeignKey(AnswerSheet, on_delete=models.PROTECT, related_name="corrections")
    item = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="sheet__measurement__participant__study")

    def __str__(self) -> str:
        return f"correction {self.pk}"
