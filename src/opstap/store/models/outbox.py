"""Mail to be sent. An act leaves a row; a job sends it; the row's key makes sure that it goes at most once."""

from __future__ import annotations

import uuid

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.measures import Measurement
from opstap.store.models.records import Participant


class Mail(models.Model):
    """One message: to whom, subject and text are sealed under the participant's key.

    `state`: `waiting`; `sending` from just before it is handed over; then `sent` (the mail server accepted it),
    `refused` (it said no for good) or `unknown` (broken off half-way: perhaps it went). What the mail server tells
    later: `arrived` or `bounced`. `dropped` never went, since it was no longer needed; `why` says of what.
    """

    key = models.CharField(max_length=120, unique=True)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=30)
    measurement = models.ForeignKey(Measurement, null=True, on_delete=models.PROTECT, related_name="mails")
    #: Which step of the measurement's mails this is (`invitation`, `reminder:7`); empty for one that was asked for.
    step = models.CharField(max_length=20, blank=True)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, default="waiting")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["state", "made_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
