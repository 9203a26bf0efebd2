"""The audit trail: it only grows, each event is chained to the one before, and holds ids and no words.

Reads are logged apart, so that looking never stands between two changes.
"""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Participant


class AuditEvent(models.Model):
    """One thing that happened. `ids` names what it happened to; `digest` chains it to the event before.

    No foreign keys: the trail must survive whatever becomes of the rows it speaks of.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    name = models.CharField(max_length=60)
    by = models.CharField(max_length=40)
    study = models.CharField(max_length=50, blank=True, db_index=True)
    ids = models.JSONField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ChainHead(models.Model):
    """The last number and digest of the chain: one row, locked while an event is added."""

    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.number)


class ReadEvent(models.Model):
    """Someone opened a participant's record: who, in which role, what part, when."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="reads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    what = models.CharField(max_length=40)
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "at"])]

    def __str__(self) -> str:
        return f"read {self.pk}"
