"""Every address × every role, relation and arm: those in the table come in, everyone else finds nothing there."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_scopes import scopes_disabled

from opstap.acts import clock
from tests.access.people import Scene, Visitor, scene
from tests.access.table import ACCOUNT, TABLE, Row
from tests.world import BEGIN

# Marked, so that pytest-django makes the database; the scene itself is made once and rolled back at the end.
pytestmark = pytest.mark.django_db


def addresses(resolver: URLResolver, space: str = "") -> list[str]:
    found: list[str] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found.append(f"{space}{pattern.name}")
        else:
            found += addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
    return found


def test_the_table_holds_every_address() -> None:
    assert sorted([*TABLE, *ACCOUNT]) == sorted(addresses(get_resolver()))


@pytest.fixture(scope="module")
def whole_scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic(), scopes_disabled(), clock.at(BEGIN):
        made = scene()
        yield made
        transaction.set_rollback(True)


def outcome(made: Scene, visitor: Visitor, row: Row, name: str) -> int:
    """Knock once, change nothing for good, and say what the answer was (the status; 0: shown the way in)."""
    client = Client(raise_request_exception=False)
    values = [one[1:] if one.startswith("=") else made.values[one] for one in row.values]
    with transaction.atomic(), clock.at(made.world.moment):
        if visitor.user is not None:
            client.force_login(visitor.user)
            session = client.session
            session.update(visitor.session)
            session.save()
        response = (client.post if row.post else client.get)(reverse(name, args=values))
        transaction.set_rollback(True)
    location = response.headers.get("Location", "")
    elsewhere = ("/accounts/login/", "/accounts/2fa/totp/activate/", "/me/code/")
    if response.status_code == 302 and location.startswith(elsewhere) and name != "home":
        return 0
    return response.status_code


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_comes_in(whole_scene: Scene, name: str, django_db_blocker) -> None:
    row, wrong = TABLE[name], {}
    with django_db_blocker.unblock():
        for who, visitor in whole_scene.visitors.items():
            status = outcome(whole_scene, visitor, row, name)
            assert status < 500, f"{name} broke for {who}"
            comes_in = status not in (0, 404, 403, 405)
            if comes_in != (who in row.who or "*" in row.who):
                wrong[who] = status
    assert not wrong


def test_absent_and_forbidden_give_the_same_page(whole_scene: Scene, django_db_blocker) -> None:
    with django_db_blocker.unblock(), clock.at(whole_scene.world.moment):
        client = Client()
        client.force_login(whole_scene.visitors["coach, other"].user)
        forbidden = client.get(reverse("coach:case", args=[whole_scene.values["pseudonym"]]))
        absent = client.get(reverse("coach:case", args=["S-NEVERWAS"]))
    assert forbidden.status_code == absent.status_code == 404
    assert plain(forbidden.content, whole_scene.values["pseudonym"]) == plain(absent.content, "S-NEVERWAS")


def plain(page: bytes, address: str) -> str:
    """The page without what differs by address alone: the form tokens and the address itself."""
    import re

    text = page.decode().replace(address, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_a_participant_finds_no_account_pages_but_the_way_out(whole_scene: Scene, django_db_blocker) -> None:
    with django_db_blocker.unblock(), clock.at(whole_scene.world.moment):
        for who in ("participant, own", "participant, own, by link"):
            client = Client()
            client.force_login(whole_scene.visitors[who].user)
            for name in ("mfa_index", "mfa_activate_totp", "account_change_password", "mfa_add_webauthn"):
                assert client.get(reverse(name)).status_code == 404
