"""Mail to be sent. An act leaves a row; a job sends it; the row's key makes sure that it goes at most once."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.records import Participant


class Mail(models.Model):
    """One message: to whom, subject and text are sealed under the participant's key."""

    key = models.CharField(max_length=120, unique=True)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=30)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, default="waiting")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["state", "made_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
