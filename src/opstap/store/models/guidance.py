"""The programme itself: readiness profiles, goals with steps and obstacles, the energy diary. Own words are sealed."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.care import Session
from opstap.store.models.records import Enrolment


class Readiness(models.Model):
    """One profile of six means (a JSON list in the order of the stages), as the care team entered it from a form."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="readiness")
    on = models.DateField()
    working = models.BooleanField()
    means = models.JSONField()
    by_key = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"readiness {self.pk}"


class Goal(models.Model):
    """A goal in own words; `importance` and `confidence` (0 to 10) as they were when it was set.

    `about` is "search" for a goal of looking for new work, and empty for any other.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="goals")
    words_sealed = models.BinaryField(null=True)
    importance = models.PositiveSmallIntegerField()
    confidence = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=10, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    reached = models.BooleanField(null=True)
    closing_sealed = models.BinaryField(null=True)

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"goal {self.pk}"


class GoalStep(models.Model):
    """A step towards a goal: done on a day, or not yet."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="steps")
    words_sealed = models.BinaryField(null=True)
    done_on = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="goal__enrolment__participant__study")

    def __str__(self) -> str:
        return f"step {self.pk}"


class Obstacle(models.Model):
    """Something in the way of a goal, and what was tried against it."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="obstacles")
    words_sealed = models.BinaryField(null=True)
    tried_sealed = models.BinaryField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="goal__enrolment__participant__study")

    def __str__(self) -> str:
        return f"obstacle {self.pk}"


class GoalReview(models.Model):
    """A goal looked at together: how far in words, and on the scale of -2 to +2 where that was used."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviews")
    session = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="+")
    words_sealed = models.BinaryField(null=True)
    attained = models.SmallIntegerField(null=True)
    importance = models.PositiveSmallIntegerField()
    confidence = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="goal__enrolment__participant__study")

    def __str__(self) -> str:
        return f"review {self.pk}"


class EnergyNote(models.Model):
    """One note in the diary. `channel` is self, or paper or telephone when the care team noted it for someone.

    A note that was taken back stays as a row, without its words, and counts nowhere.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="energy_notes")
    on = models.DateField()
    part = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    effect = models.CharField(max_length=4)
    how = models.CharField(max_length=8)
    channel = models.CharField(max_length=10)
    words_sealed = models.BinaryField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        indexes = [models.Index(fields=["enrolment", "on"], name="energy_note_by_day")]

    def __str__(self) -> str:
        return f"energy note {self.pk}"


class EnergyBudget(models.Model):
    """How many notes in seven days may cost energy, from a day on; the latest one holds."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="energy_budgets")
    since = models.DateField()
    most = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"energy budget {self.pk}"


class DiaryShare(models.Model):
    """The participant lets the care team read the diary, until they end it. Without a row nobody else reads it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="diary_shares")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="enrolment__participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(ended_at=None), name="one_open_share_of_a_diary"
            )
        ]

    def __str__(self) -> str:
        return f"diary share {self.pk}"


class Practice(models.Model):
    """Something to practise, so many times a week, until it is ended."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="practices")
    words_sealed = models.BinaryField(null=True)
    times = models.PositiveSmallIntegerField()
    since = models.DateField()
    ended_on = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="enrolment__participant__study")

    def __str__(self) -> str:
        return f"practice {self.pk}"


class PracticeDone(models.Model):
    """One time that something was practised; at most once a day."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="done")
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(study="practice__enrolment__participant__study")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "on"], name="practised_once_a_day")]

    def __str__(self) -> str:
        return f"practised {self.pk}"
