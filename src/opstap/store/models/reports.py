"""What came of the analysis: the plan as it was fixed, and each report as it was made."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.studies import Study


class FixedPlan(models.Model):
    """The plan of analysis as it stood when it was fixed: its canonical JSON and its SHA-256. It only grows."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="fixed_plans")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="study")

    def __str__(self) -> str:
        return f"plan {self.digest[:12]}"


class ReportRun(models.Model):
    """One report: asked for, being made, made, or not made. `lead` is its finding in one sentence.

    `problem` says why there is none: `data` with what the report itself said, or `fault`. `summary` is the page in
    plain words for those who took part, where there may be one; it is out from `published_at` until `withdrawn_at`.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="reports")
    language = models.CharField(max_length=2)
    seed = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default="asked")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    dataset_hash = models.CharField(max_length=64, blank=True)
    permuted = models.BooleanField(default=False)
    plan = models.ForeignKey(FixedPlan, null=True, on_delete=models.PROTECT, related_name="reports")
    lead = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study"],
                condition=models.Q(state__in=["asked", "taken"]),
                name="one_report_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class ReportFile(models.Model):
    """One file of a report, by its name in the folder; apart, so that a list of reports stays light."""

    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    objects = ScopedManager(study="run__study")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="one_file_of_a_name")]

    def __str__(self) -> str:
        return self.name
