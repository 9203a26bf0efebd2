"""What the statutory clock cannot take from hours that were written down: facts filled in, and what was done."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Participant


class StatuteFacts(models.Model):
    """The facts of one sick leave as someone filled them in; empty where the record itself tells, or nobody knows.

    `resumptions` is a list of ISO dates, besides those that the hours show.
    """

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="statute_facts")
    first_sick_day = models.DateField(null=True)
    trajectory_start = models.DateField(null=True)
    resumptions = models.JSONField(default=list)
    employees = models.PositiveIntegerField(null=True)
    contract_end = models.DateField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"facts {self.pk}"


class DeadlineMark(models.Model):
    """That someone says a term of the law was kept: which rule, on what day. The latest row of a rule counts.

    Rows are added, never changed: a mark that was a mistake is followed by one without a day.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="deadline_marks")
    rule = models.CharField(max_length=60)
    done_on = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "rule", "at"], name="deadline_mark_latest")]

    def __str__(self) -> str:
        return f"mark {self.pk}"
