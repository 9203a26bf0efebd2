"""Names and contact details, encrypted, apart from all else. Nothing but a participant's pseudonym points here."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from opstap.store.models.accounts import User
from opstap.store.models.records import Participant


class PersonKey(models.Model):
    """The key under which one person's words are sealed. Destroying it erases them."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="key")
    wrapped = models.BinaryField()

    objects = ScopedManager(study="participant__study")

    def __str__(self) -> str:
        return f"key {self.pk}"


class Identity(models.Model):
    """Who a participant is: sealed name and contact details, and the account with which they sign in."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="identity")
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="identity")
    sealed = models.BinaryField()
    email_index = models.CharField(max_length=64, db_index=True)
    #: When mail to this address came back for good; a changed address clears it.
    bounced_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="participant__study")

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"identity {self.pk}"
