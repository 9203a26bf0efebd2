"""Fixtures that every room may use."""

import pytest


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    # Hashing a password is slow on purpose; what is tested here is who may, not how long it takes to guess.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
