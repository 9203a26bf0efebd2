"""What stands beside a decision on consent: how well it was understood, who signed, and the sheet that proves it."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Consent, Participant


class ComprehensionAnswer(models.Model):
    """One answer to a question that sees whether a passage came across. Rows are added, never changed (by trigger)."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="comprehension")
    kind = models.CharField(max_length=12)
    form_version = models.CharField(max_length=30)
    question = models.CharField(max_length=40)
    option = models.CharField(max_length=40)
    right = models.BooleanField()
    at = models.DateTimeField()

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"{self.question} {self.option}"


class Signature(models.Model):
    """Someone's name under a decision: the participant's or the professional's, sealed. Rows are only added.

    `on_paper`: the name stands on paper in the study file, signed on that day; it was not typed here.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField(null=True)
    on_paper = models.DateField(null=True)
    at = models.DateTimeField()

    objects = ScopedManager(study="consent__participant__study")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consent", "role"], name="one_signature_per_role")]

    def __str__(self) -> str:
        return f"{self.role} {self.consent_id}"


class ConsentEvidence(models.Model):
    """The sheet with both signatures, as PDF sealed under the person's key, and its SHA-256. Rows are only added."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="evidence")
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    objects = ScopedManager(study="consent__participant__study")

    def __str__(self) -> str:
        return self.sha256


class DecidingLink(models.Model):
    """A link sent by mail to someone who has decided nothing yet: it works once, for a while. Only its hash is kept."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="deciding_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"deciding {self.pk}"
