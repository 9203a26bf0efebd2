"""The shipped texts themselves: there in every form, short, plain, dated, and honest about where they come from."""

import re
from datetime import date

import pytest

from opstap.domain.knowledge import Article, Topic, library
from opstap.domain.knowledge.load import DATA
from opstap.domain.knowledge.model import Text

#: B1: a sentence of at most 14 words; a text of 90 to 160 words.
LONGEST_SENTENCE = 14
SHORTEST, LONGEST = 90, 160

TEXTS = [
    pytest.param(text, form, id=f"{one.id}-{form}")
    for one in library()
    for form, text in (("u", one.texts.nl.u), ("je", one.texts.nl.je), ("en", one.texts.en))
]
ARTICLES = [pytest.param(one, id=one.id) for one in library()]


def sentences(body: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.?:])[”\s]+", body) if one.strip()]


def test_a_long_sentence_would_be_seen() -> None:
    assert [len(one.split()) for one in sentences("Een, twee drie. Vier “vijf?” Zes: zeven")] == [3, 2, 1, 1]


@pytest.mark.parametrize(("text", "form"), TEXTS)
def test_a_text_is_short_and_its_sentences_are(text: Text, form: str) -> None:
    assert SHORTEST <= len(text.body.split()) <= LONGEST
    assert [one for one in sentences(text.body) if len(one.split()) > LONGEST_SENTENCE] == []
    assert "!" not in text.title + text.body


@pytest.mark.parametrize(("text", "form"), TEXTS)
def test_a_text_keeps_to_its_form_of_address(text: Text, form: str) -> None:
    own_mail = re.sub(r"“[^”]*”", "", text.body)  # what someone may say to another is theirs
    other = {"u": r"\b(je|jij|jou|jouw|jullie)\b", "je": r"\b(u|uw|uzelf)\b", "en": r"\b(de|het|een)\b"}[form]
    assert re.findall(other, f"{text.title} {own_mail}", re.IGNORECASE) == []


@pytest.mark.parametrize("one", ARTICLES)
def test_the_two_dutch_forms_and_the_english_have_the_same_paragraphs(one: Article) -> None:
    counted = {text.body.count("\n\n") for text in (one.texts.nl.u, one.texts.nl.je, one.texts.en)}
    assert len(counted) == 1


@pytest.mark.parametrize("one", ARTICLES)
def test_no_article_is_dated_before_the_library_began_or_ahead_of_its_time(one: Article) -> None:
    assert date(2026, 11, 1) <= one.reviewed <= date(2200, 1, 1)
    assert re.search(rf"^reviewed: {one.reviewed.isoformat()}$", (DATA / f"{one.id}.yaml").read_text(), re.MULTILINE)


def test_rights_rest_on_sources_and_name_no_term_of_their_own() -> None:
    """The numbers stand in the rule sets of domain/statute, each with its first day; here they would grow old."""
    rights = [one for one in library() if one.topic is Topic.RIGHTS]
    assert {country for one in rights for country in one.countries} == {"nl", "be"}
    for one in rights:
        assert not one.own_words
        for text in (one.texts.nl.u, one.texts.nl.je, one.texts.en):
            assert [number for number in re.findall(r"\d+", text.body) if number != "2026"] == []
            assert "Mijn rechten en data" in text.body or "My rights and dates" in text.body


def test_every_topic_has_an_article_in_both_countries() -> None:
    for country in ("nl", "be"):
        assert {one.topic for one in library() if country in one.countries} == set(Topic)
