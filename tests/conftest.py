"""Fixtures that every room may use."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    # Hashing a password is slow on purpose; what is tested here is who may, not how long it takes to guess.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _plain_files(settings):
    # Pages name their stylesheet without the hash that only collecting the files can give.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _own_language(settings):
    # A page leaves the visitor's language behind in its thread, where only the next request replaces it.
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_other_process(monkeypatch):
    # What a page leaves to another process is done by the test that is about it.
    monkeypatch.setattr("opstap.jobs.report.begin", lambda: None)


@pytest.fixture
def unscoped():
    """Open every study, on the world's first day, while a test builds its world."""
    from contextlib import ExitStack, contextmanager

    from django_scopes import scopes_disabled

    from opstap.acts import clock
    from tests.world import BEGIN

    @contextmanager
    def opened():
        with ExitStack() as stack:
            stack.enter_context(scopes_disabled())
            stack.enter_context(clock.at(BEGIN))
            yield

    return opened
