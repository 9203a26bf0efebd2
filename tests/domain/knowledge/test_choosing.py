"""Who reads what first, what is known of a situation, and what a search finds: on articles made for the purpose."""

from datetime import date

import pytest

from opstap.domain.knowledge import Article, Reader, Situation, articles, found, holds, situations
from opstap.domain.programme.stages import Stage
from opstap.domain.work.spells import Kind, Spell

TODAY = date(2026, 3, 2)
WITH, WITHOUT, AT_WORK, ON_LEAVE = Situation


def made(name: str, countries=("nl", "be"), situations=(), stages=(), body="Tekst.") -> Article:
    words = {form: {"title": f"{name} {form}", "body": body} for form in ("u", "je", "en")}
    return Article.model_validate(
        {
            "id": name, "topic": "effects", "countries": countries, "situations": situations, "stages": stages,
            "reviewed": "2026-01-01", "certainty": "M",
            "texts": {"nl": {"u": words["u"], "je": words["je"]}, "en": words["en"]},
        }
    )  # fmt: skip


def reader(*known: Situation, stage: int | None = None, country="nl", language="nl", address="u") -> Reader:
    return Reader(country, language, address, frozenset(known), Stage(stage) if stage else None)


def order(who: Reader, *among: Article) -> list[tuple[str, bool]]:
    return [(one.article.id, one.fits) for one in articles(who, among)]


GENERAL = made("general")
LEAVE = made("leave", situations=["on_leave"])
BACK = made("back", situations=["with_employer", "on_leave"], stages=[3, 4])
AWAY = made("away", situations=["without_employer"])


def test_fitting_first_then_general_then_the_others() -> None:
    who = reader(WITH, ON_LEAVE)
    assert order(who, AWAY, GENERAL, LEAVE) == [("leave", True), ("general", False), ("away", False)]


def test_one_thing_that_does_not_fit_is_enough() -> None:
    assert order(reader(WITH, ON_LEAVE, stage=1), BACK, GENERAL) == [("general", False), ("back", False)]
    assert order(reader(WITH, ON_LEAVE, stage=4), GENERAL, BACK) == [("back", True), ("general", False)]
    assert order(reader(WITH, AT_WORK, stage=4), BACK, GENERAL) == [("general", False), ("back", False)]


def test_what_is_not_known_says_nothing() -> None:
    """Nothing on record: nothing fits and nothing is put behind. A stage alone is enough to fit."""
    assert order(reader(), AWAY, BACK, GENERAL) == [("away", False), ("back", False), ("general", False)]
    assert order(reader(stage=3), GENERAL, BACK) == [("back", True), ("general", False)]


def test_another_country_is_left_out() -> None:
    assert order(reader(country="be"), made("dutch", countries=["nl"]), GENERAL) == [("general", False)]


@pytest.mark.parametrize(
    ("language", "address", "title"),
    [("nl", "u", "a u"), ("nl", "je", "a je"), ("nl", "thou", "a u"), ("en", "you", "a en"), ("fr", "vous", "a en")],
)
def test_words_by_language_and_address(language: str, address: str, title: str) -> None:
    (told,) = articles(reader(language=language, address=address), [made("a")])
    assert told.text.title == title


def test_the_shipped_library_is_what_is_read_otherwise() -> None:
    ids = {one.article.id for one in articles(reader(WITH, ON_LEAVE, stage=4))}
    assert "rights-nl" in ids
    assert "rights-be" not in ids


def spell(contract=32.0, actual=0.0, sick=100.0, kind=Kind.OWN, start=date(2026, 1, 1), end=None) -> Spell:
    return Spell("S-1", start, end, contract, actual, sick, kind)


@pytest.mark.parametrize(
    ("spells", "has_workplace", "known"),
    [
        ([], False, set()),
        ([], True, {WITH}),
        ([spell()], False, {WITH, ON_LEAVE}),
        ([spell(actual=8, sick=75)], False, {WITH, AT_WORK}),
        ([spell(actual=32, sick=0)], False, {WITH, AT_WORK}),
        ([spell(sick=0)], False, {WITH}),
        ([spell(contract=0, sick=0, kind=Kind.NONE)], False, {WITHOUT}),
        ([spell(contract=0, sick=0, kind=Kind.NONE)], True, {WITH}),
        ([spell(contract=0, sick=100)], False, {ON_LEAVE}),
        ([spell(actual=20, sick=0, kind=Kind.SELF_EMPLOYED)], False, {AT_WORK}),
        # Two jobs: at work in one is at work.
        ([spell(), spell(contract=8, actual=8, sick=0)], False, {WITH, AT_WORK}),
        # What is over, or still to come, says nothing about today; its first and last day do.
        ([spell(end=date(2026, 3, 1))], False, set()),
        ([spell(end=TODAY)], False, {WITH, ON_LEAVE}),
        ([spell(start=date(2026, 3, 3))], False, set()),
        ([spell(start=TODAY)], False, {WITH, ON_LEAVE}),
    ],
)
def test_what_is_known_of_a_situation(spells, has_workplace, known) -> None:
    assert situations(spells, TODAY, has_workplace=has_workplace) == known


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("", True),
        ("   ", True),
        ("een", True),
        ("EEN", True),
        ("één", True),
        ("financien", True),
        ("Financiën", True),
        ("collega's", True),
        ("energie één", True),
        ("energie\xa0\tEen", True),
        ("energie slaap", False),
        ("energieën", False),
    ],
)
def test_words_are_found_without_capitals_and_accents(words: str, there: bool) -> None:
    assert holds(words, "Energie", "Doe één ding tegelijk. FINANCIËN, collega's.") is there


def test_a_search_keeps_the_order_and_reads_title_and_text() -> None:
    told = articles(reader(ON_LEAVE), [made("b", body="Rust helpt."), made("rust"), made("c"), LEAVE])
    assert [one.article.id for one in found("rust", told)] == ["b", "rust"]
    assert [one.article.id for one in found("", told)] == ["leave", "b", "rust", "c"]
