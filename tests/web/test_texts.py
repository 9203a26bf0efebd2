"""The steward's pages for licensed texts: how they stand, a look before loading, faults, going live."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import clock
from opstap.domain.access import Role
from opstap.store.models import InstrumentText
from tests.access.people import second_step
from tests.acts.test_texts import pack
from tests.world import BEGIN, World


@pytest.fixture
def world(db):
    with clock.at(BEGIN), scopes_disabled(), translation.override("nl"):
        made = World("rentree")
        assert made.study
        yield made


@pytest.fixture
def browser(world) -> Client:
    client = Client(headers={"accept-language": "nl"})
    client.force_login(second_step(world.person(Role.STEWARD)))
    return client


def text(answer) -> str:
    return unescape(answer.content.decode())


def shown(answer) -> dict[str, str]:
    """The fields that the preview carries along."""
    return dict(re.findall(r'name="(content|name|where)" value="([^"]*)"', text(answer)))


def upload(browser: Client, content: bytes, name: str = "sf12.yaml", where: str = "rentree"):
    return browser.post("/house/texts/", {"where": where, "pack": SimpleUploadedFile(name, content)})


def test_a_text_is_looked_at_and_then_loaded(browser: Client) -> None:
    page = text(browser.get("/house/texts/"))
    assert "ontbreekt" in page
    looked = upload(browser, pack("sf12-v1", until="2027-01-01"))
    assert looked.status_code == 200
    assert "Echte vraag i1" in text(looked)
    assert "1. Gezondheid in het algemeen" in text(looked)
    assert not InstrumentText.objects.exists()
    fields = shown(looked)
    assert browser.post("/house/texts/load/", fields).status_code == 302
    assert InstrumentText.objects.get().study.slug == "rentree"
    assert "Ziekenhuis, L-1" in text(browser.get("/house/texts/"))


def test_a_text_for_the_whole_house(browser: Client) -> None:
    fields = shown(upload(browser, pack("eq5d-5l"), where=""))
    browser.post("/house/texts/load/", fields)
    assert InstrumentText.objects.get().study is None


def test_what_does_not_fit_is_told_with_its_line(browser: Client) -> None:
    broken = pack("sf12-v1").replace(b'"i3"', b'"i33"')
    answer = upload(browser, broken)
    assert answer.status_code == 400
    assert "words.i3" in text(answer)
    assert "words.i33" in text(answer)
    for fields in ({}, {"content": "%%%", "name": "x"}, {"content": "YQ==", "name": "x.csv", "where": "rentree"}):
        assert browser.post("/house/texts/load/", fields).status_code == 400
    assert browser.post("/house/texts/", {"where": "rentree"}).status_code == 400
    assert upload(browser, b"x" * 500_001).status_code == 400
    assert not InstrumentText.objects.exists()
    assert browser.post("/house/texts/load/", {"where": "weg"}).status_code == 404


def test_going_live_says_what_is_lacking(browser: Client, world: World) -> None:
    answer = browser.post("/house/texts/live/rentree/", follow=True)
    assert "sf12-v1 (nl:" in text(answer)
    for language in ("nl", "en"):
        fields = shown(upload(browser, pack("sf12-v1", language)))
        browser.post("/house/texts/load/", fields)
    answer = browser.post("/house/texts/live/rentree/", follow=True)
    world.study.refresh_from_db()
    assert world.study.live_at is not None
    assert "Het onderzoek is live" in text(answer)
