"""What went otherwise and what went wrong: deviations from the protocol and adverse events, with all that was done."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.measures import Measurement
from opstap.store.models.records import Participant
from opstap.store.models.studies import Study


class Incident(models.Model):
    """One deviation (`kind` names which) or adverse event (`kind` is empty), followed until it is closed.

    `tells_arm`: that it exists would tell someone's arm, so whoever may not know that does not find it. An event is
    `assessed` by seriousness (the criteria met) and relatedness; `measurement` is where a participant reported it.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="incidents")
    sort = models.CharField(max_length=12)
    kind = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    tells_arm = models.BooleanField(default=False)
    state = models.CharField(max_length=10)
    serious = models.JSONField(default=list)
    relatedness = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    measurement = models.ForeignKey(Measurement, null=True, on_delete=models.PROTECT, related_name="incidents")
    reported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measurement"], condition=models.Q(measurement__isnull=False), name="reported_once"
            )
        ]
        indexes = [models.Index(fields=["state", "reported_at"], name="incident_waiting")]

    def __str__(self) -> str:
        return f"{self.sort} {self.pk}"


class IncidentEntry(models.Model):
    """One step: reported, assessed, noted, closed, opened again; by whom, in which words. It only grows."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    move = models.CharField(max_length=10)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="incident__participant__study")

    def __str__(self) -> str:
        return f"{self.move} {self.incident_id}"


class SignalRun(models.Model):
    """One look at how sites differ: when, and what was found. The comparisons hold no person and no arm."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="signal_runs")
    at = models.DateTimeField()
    found = models.JSONField()

    objects = ScopedManager(study="study")

    def __str__(self) -> str:
        return f"signals {self.pk}"
