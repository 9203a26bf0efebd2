"""The end of the programme: looking back, aftercare; and what was written down for someone who uses no screen."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Enrolment, Participant


class Closing(models.Model):
    """One looking back. Words are sealed: `own_sealed` and `care_sealed` are JSON objects by question,
    `points_sealed` a JSON list of points of attention.

    A programme that is reopened keeps its row; the next closing makes a new one.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="closings")
    state = models.CharField(max_length=12)
    own_sealed = models.BinaryField(null=True)
    own_at = models.DateTimeField(null=True)
    care_sealed = models.BinaryField(null=True)
    care_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    care_at = models.DateTimeField(null=True)
    points_sealed = models.BinaryField(null=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    looked_back_on = models.DateField(null=True)
    agreed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=~models.Q(state="reopened"), name="one_closing_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"closing {self.pk}"


class AftercareContact(models.Model):
    """One contact of aftercare: the day for which it is planned, and how it went. It counts as no session."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="aftercare")
    state = models.CharField(max_length=10)
    planned_for = models.DateField()
    mode = models.CharField(max_length=12)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    shared_sealed = models.BinaryField(null=True)
    held_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "state", "planned_for"], name="aftercare_next")]

    def __str__(self) -> str:
        return f"aftercare {self.pk}"


class OnBehalf(models.Model):
    """That something of a participant's own was written down for them: which event, of which row, from where.

    `thing` is the number of the row that the event is about; `channel` is paper or telephone, and
    empty where they did it anew themselves: the latest row of an event and a thing counts.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="on_behalf")
    event = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "event"], name="on_behalf_of")]
        verbose_name_plural = "on behalf"

    def __str__(self) -> str:
        return f"{self.event} {self.thing}"
