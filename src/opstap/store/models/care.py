"""What is delivered: care team, sessions, plans, and the workplace that takes part."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Enrolment, Participant
from opstap.store.models.studies import Study


class CareLink(models.Model):
    """A professional who looks after someone, until it ends."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="care")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="care")
    profession = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["user", "until"])]

    def __str__(self) -> str:
        return f"care {self.pk}"


class Cover(models.Model):
    """A colleague who looks after someone's participants in one study while they are away, both days included."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="covers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covered_by")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covers_for")
    since = models.DateField()
    until = models.DateField()

    objects = ScopedManager(study="study")

    class Meta:
        indexes = [models.Index(name="cover_now", fields=["stand_in", "until"])]

    def __str__(self) -> str:
        return f"cover {self.pk}"


class HandOver(models.Model):
    """What one professional passes on to another about someone they both look after. The words are sealed."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="hand_overs")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hand_overs")
    words_sealed = models.BinaryField()
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class WorkplaceLink(models.Model):
    """Someone at work whom the participant let in, until the participant ends it; `items` names what they may see.

    `job` is the new job that they belong to, where an offer had been accepted when they were let in.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="workplaces")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="workplaces")
    function = models.CharField(max_length=12, default="supervisor")
    items = models.JSONField(default=list)
    job = models.ForeignKey("store.Application", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    ended_on = models.DateField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"workplace {self.pk}"


class Session(models.Model):
    """A session of the programme: planned, then held, missed or cancelled. Notes are sealed."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=40)
    phase = models.CharField(max_length=40)
    professional = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=10)
    planned_for = models.DateTimeField()
    mode = models.CharField(max_length=12)
    held_on = models.DateField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    modules = models.JSONField(default=list)
    with_workplace = models.BooleanField(default=False)
    present = models.JSONField(default=list)
    stage = models.PositiveSmallIntegerField(null=True)
    exception_sealed = models.BinaryField(null=True)
    shared_sealed = models.BinaryField(null=True)
    private_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "planned_for"])]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Plan(models.Model):
    """One version of a return-to-work or work-retention plan.

    `steps` is a list of `{"from": ISO date, "hours": number}`, with `"days": [[weekday, hours], …]` where the days are
    known; `available` holds the weekdays on which work is possible. Free text is sealed: `for_workplace_sealed` and
    `tasks_sealed` (a JSON list, one text per step) are all that a workplace may read.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    aim = models.CharField(max_length=10)
    contract_hours = models.FloatField()
    steps = models.JSONField()
    available = models.JSONField(default=list)
    tasks_sealed = models.BinaryField(null=True)
    goal_sealed = models.BinaryField(null=True)
    for_workplace_sealed = models.BinaryField(null=True)
    relapse_sealed = models.BinaryField(null=True)
    why_sealed = models.BinaryField(null=True)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "version"], name="one_plan_per_version")]

    def __str__(self) -> str:
        return f"plan {self.pk}"
