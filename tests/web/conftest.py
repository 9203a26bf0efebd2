"""The real site in a browser without pictures: the test world, and a way in as anyone of it."""

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.store.models import User
from tests.world import World


class Site:
    """One invented study behind the real pages. Everything is in English, at the world's present moment."""

    def __init__(self, name: str) -> None:
        self.world = World(name)

    def build(self, make: Callable[[World], object]):
        """Make something in the world through the acts."""
        with clock.at(self.world.moment), scopes_disabled():
            return make(self.world)

    def come_in(self, user: User, *, second_step: bool = True) -> "Visitor":
        """Sign someone in, with a second step of their own unless told otherwise."""
        if second_step and user.email:
            TOTP.activate(user, generate_totp_secret())
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return Visitor(self, client)

    def as_(self, role) -> "Visitor":
        """Sign in as the member of staff in a role."""
        return self.come_in(self.build(lambda world: world.person(role)))


class Visitor:
    """Someone at the pages; requests happen at the world's moment."""

    def __init__(self, site: Site, client: Client) -> None:
        self.site, self.client = site, client

    def get(self, path: str, **query):
        with clock.at(self.site.world.moment):
            return self.client.get(path, query)

    def post(self, path: str, **data):
        with clock.at(self.site.world.moment):
            return self.client.post(path, data)


@pytest.fixture(autouse=True)
def _plain_static(settings):
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast: no password here is real
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def site(db) -> Site:
    return _opened("steps")


@pytest.fixture
def flemish(db) -> Site:
    return _opened("rentree")


def _opened(name: str) -> Site:
    site = Site(name)
    site.build(lambda world: world.study)
    return site
