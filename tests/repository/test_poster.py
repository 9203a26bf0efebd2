"""The page that points at the screen for each line of the poster and the slides names addresses that exist."""

import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve
from tests.access.table import TABLE

from opstap.domain.knowledge import library

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "poster-and-slides.md"
ADDRESSES = sorted(set(re.findall(r"`(/(?:me|care|work|study)/[^`]*)`", PAGE.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_exists_and_stands_in_the_table_of_who_may_come_in(address: str) -> None:
    path = re.sub(r"/[P…]/", "/S-ABC234/", re.sub(r"/N/", "/7/", address))
    try:
        found = resolve(path)
    except Resolver404:
        pytest.fail(f"{address} is no page")
    assert f"{found.namespace}:{found.url_name}" in TABLE


def test_there_are_addresses() -> None:
    assert len(ADDRESSES) > 40


def test_each_article_that_is_named_exists() -> None:
    named = re.findall(r"/me/know/about/([\w-]+)/", PAGE.read_text(encoding="utf-8"))
    assert named
    assert set(named) <= {article.id for article in library()}
