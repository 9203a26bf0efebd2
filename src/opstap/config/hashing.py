"""How the demonstration hashes the codes and passwords that stand, in plain words, on its first page."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class LightHasher(PBKDF2PasswordHasher):
    """Hash with few rounds: never with real people, but a demonstration is filled and entered without a wait."""

    iterations = 1000
