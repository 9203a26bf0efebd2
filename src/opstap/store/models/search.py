"""Looking for new work: why, wishes, applications with their history, trial placements. Words are sealed.

`channel` is self, or paper or telephone when the care team wrote it down for someone.
"""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Enrolment, WorkSpell


class JobSearch(models.Model):
    """A time in which someone looks for other work, and why; at most one runs."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="searches")
    reason = models.CharField(max_length=16)
    since = models.DateField()
    ended_on = models.DateField(null=True)
    channel = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(ended_on=None), name="one_search_for_work_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"search {self.pk}"


class JobWishes(models.Model):
    """Wishes and possibilities as written down at one moment; the latest hold. The words are a sealed JSON object."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="job_wishes")
    words_sealed = models.BinaryField(null=True)
    hours_least = models.FloatField(null=True)
    hours_most = models.FloatField(null=True)
    days = models.JSONField(default=list)
    travel = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"wishes {self.pk}"


class Application(models.Model):
    """One application. Only its owner reads it, unless they share it with the care team (`shared`).

    `starts_on` and `contract_hours` are those of the accepted offer; `spell` the hours once somebody wrote them down.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="applications")
    where_sealed = models.BinaryField(null=True)
    function_sealed = models.BinaryField(null=True)
    way = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    next_sealed = models.BinaryField(null=True)
    next_on = models.DateField(null=True)
    shared = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)
    starts_on = models.DateField(null=True)
    contract_hours = models.FloatField(null=True)
    spell = models.ForeignKey(WorkSpell, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "next_on"], name="application_by_next_day")]

    def __str__(self) -> str:
        return f"application {self.pk}"


class ApplicationEntry(models.Model):
    """One line in the history of an application: the state from then on, and words.

    `shared` tells whether the care team reads the words, where the application itself is shared.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="entries")
    state = models.CharField(max_length=12)
    on = models.DateField()
    words_sealed = models.BinaryField(null=True)
    shared = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="application__enrolment__participant__study")

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Placement(models.Model):
    """One trial placement: where, of which kind, when, what is tried; its permission, and how both sides saw it.

    `permission` is empty where nobody was found who must permit it. `spell` is there once somebody counted it as work.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=40)
    where_sealed = models.BinaryField(null=True)
    tries_sealed = models.BinaryField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours = models.FloatField()
    permission = models.CharField(max_length=10)
    permission_on = models.DateField(null=True)
    own_view_sealed = models.BinaryField(null=True)
    care_view_sealed = models.BinaryField(null=True)
    spell = models.ForeignKey(WorkSpell, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_on = models.DateField(null=True)
    channel = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"placement {self.pk}"
