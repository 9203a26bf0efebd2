"""Queries on answers: a question about an answer that was handed in, and everything that was said about it."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.measures import Correction, Measurement


class Query(models.Model):
    """One question about an answer, or about a whole questionnaire when `item` is empty.

    Raised by someone, or by a rule (`rule`), then once on the same values (`values_hash`).
    """

    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="queries")
    questionnaire = models.CharField(max_length=40)
    item = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=100, blank=True)
    values_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10)
    raised_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = ScopedManager(study="measurement__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "rule", "values_hash"],
                condition=~models.Q(rule=""),
                name="a_rule_asks_once",
            )
        ]
        indexes = [models.Index(fields=["state", "raised_at"], name="query_waiting")]

    def __str__(self) -> str:
        return f"query {self.pk}"


class QueryEntry(models.Model):
    """One step in a query: which, by whom (nobody: a rule), in which words, with which correction. It only grows."""

    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="entries")
    move = models.CharField(max_length=10)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words_sealed = models.BinaryField(null=True)
    correction = models.ForeignKey(Correction, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="query__measurement__participant__study")

    def __str__(self) -> str:
        return f"{self.move} {self.query_id}"
