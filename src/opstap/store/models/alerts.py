"""Alerts: an answer after which somebody must act at once, and who took it up."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.measures import Measurement


class Alert(models.Model):
    """One alarming answer that was passed on, as its giver had agreed. The answer itself stays with the answers."""

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="alerts")
    questionnaire = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    raised_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    done_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="measurement__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measurement", "questionnaire", "item"], name="one_alert_per_question")
        ]
        indexes = [models.Index(fields=["taken_at", "raised_at"], name="alert_waiting")]

    def __str__(self) -> str:
        return f"alert {self.pk}"
