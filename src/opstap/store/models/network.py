"""The people around a participant: adjustments at work, contacts, messages, parties, letters, calendar feeds.

What people write is sealed under the participant's key.
"""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.care import WorkplaceLink
from opstap.store.models.records import Participant


class Adjustment(models.Model):
    """An adjustment at work: what changes, who arranges it by when. The workplace reads `for_workplace_sealed` only."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="adjustments")
    state = models.CharField(max_length=10)
    adjusts = models.CharField(max_length=10)
    arranger = models.CharField(max_length=10)
    by_when = models.DateField(null=True)
    for_workplace_sealed = models.BinaryField()
    reason_sealed = models.BinaryField(null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"adjustment {self.pk}"


class ContactAttempt(models.Model):
    """A contact that was tried: with which party, how, reached or not, and what is to be done next by when."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="contacts")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=24)
    channel = models.CharField(max_length=10)
    on = models.DateField()
    reached = models.BooleanField()
    minutes = models.PositiveSmallIntegerField(null=True)
    words_sealed = models.BinaryField(null=True)
    next_sealed = models.BinaryField(null=True)
    next_by = models.DateField(null=True)
    logged_at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "on"])]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Message(models.Model):
    """One message in a thread: between participant and care team, or (with a link) care team and workplace."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="messages")
    link = models.ForeignKey(WorkplaceLink, null=True, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["participant", "link", "at"])]

    def __str__(self) -> str:
        return f"message {self.pk}"


class ThreadSeen(models.Model):
    """Up to when someone has read a thread."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(WorkplaceLink, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    class Meta:
        indexes = [models.Index(fields=["user", "participant"])]

    def __str__(self) -> str:
        return f"seen {self.pk}"


class NetworkParty(models.Model):
    """A party with whom the participant lets the care team share, from a day until it ends; name and address sealed."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="parties")
    party = models.CharField(max_length=24)
    sealed = models.BinaryField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "party"], condition=models.Q(ended_at=None), name="one_consent_per_party"
            )
        ]
        verbose_name_plural = "network parties"

    def __str__(self) -> str:
        return f"{self.party} {self.pk}"


class Letter(models.Model):
    """A letter to a party or to someone at work: its words sealed, read by the participant before it can go."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)
    party = models.CharField(max_length=24)
    link = models.ForeignKey(WorkplaceLink, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=10)
    sealed = models.BinaryField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"letter {self.pk}"


class CalendarFeed(models.Model):
    """A private address under which someone's calendar program reads their talks. Only the token's hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"feed {self.pk}"
