"""Who can sign in, in which role, and the two keys of a participant: a single-use link and a personal code."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django_scopes import ScopedManager


class UserManager(BaseUserManager["User"]):
    """Makes accounts; staff have an e-mail address and a password, participants neither."""

    def create_user(self, username: str, email: str = "", password: str | None = None, **extra: object) -> User:
        """Make an account. A participant's has no e-mail here: the address lies encrypted in `Identity`."""
        user = self.model(username=username, email=email.lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. For a participant the username is a random text and name and e-mail stay empty."""

    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, default="nl")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="one_account_per_address")
        ]

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """A role given to an account, within a study and, where named, at one site; or house-wide without a study."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20)
    study = models.ForeignKey("store.Study", null=True, on_delete=models.PROTECT, related_name="grants")
    site = models.ForeignKey("store.Site", null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "revoked_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class SignInLink(models.Model):
    """A link sent by mail: it works once, for a while, and opens one measurement. Only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    measurement = models.ForeignKey("store.Measurement", on_delete=models.PROTECT, related_name="links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ScopedManager(study="measurement__participant__study")

    def __str__(self) -> str:
        return f"link {self.pk}"


class CodeCheck(models.Model):
    """The personal code a participant chose, hashed, with the count of wrong tries since the last right one."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="code")
    code_hash = models.CharField(max_length=256)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk}"
