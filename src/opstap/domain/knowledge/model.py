"""The shape of an article: for whom it is, when it was last read over, where it comes from, and its words."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape, read_date
from opstap.domain.programme.stages import Stage


class Topic(StrEnum):
    """What an article is about, in the order in which topics are shown."""

    RIGHTS = "rights"
    EFFECTS = "effects"
    TALKING = "talking"
    WORKING = "working"
    NEW_WORK = "new_work"


class Situation(StrEnum):
    """How someone's work is now: with or without an employer, and at work (if only in part) or on sick leave."""

    WITH_EMPLOYER = "with_employer"
    WITHOUT_EMPLOYER = "without_employer"
    AT_WORK = "at_work"
    ON_LEAVE = "on_leave"


class Source(Shape):
    """Where the facts of an article stand: a publication or a law, and the page on which it was read."""

    title: str = Field(min_length=1)
    article: str = ""
    url: str = Field(pattern=r"^https?://\S+$")


class Text(Shape):
    """One text: a title, and paragraphs with an empty line between them."""

    title: str = Field(min_length=1)
    body: str = Field(min_length=1)


class Dutch(Shape):
    """A text in Dutch, in both forms of address."""

    u: Text
    je: Text


class Texts(Shape):
    """One article in every language that we write in."""

    nl: Dutch
    en: Text

    def in_(self, language: str, address: str) -> Text:
        """Give the text in a language and form of address; English where the language is not there."""
        if language != "nl":
            return self.en
        return self.nl.je if address == "je" else self.nl.u


class Article(Shape):
    """One article. Empty `situations` or `stages`: for everyone, whatever their situation or stage.

    `certainty` is that of its facts, as everywhere: S read in the sources, U uncertain, M general knowledge. Advice
    without a source is M, and is shown as our own words.
    """

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    topic: Topic
    countries: tuple[Literal["nl", "be"], ...] = Field(min_length=1)
    situations: tuple[Situation, ...] = ()
    stages: tuple[Stage, ...] = ()
    reviewed: Annotated[date, BeforeValidator(read_date)]
    certainty: Literal["S", "U", "M"]
    sources: tuple[Source, ...] = ()
    texts: Texts

    @property
    def own_words(self) -> bool:
        """Tell whether this is general advice of ours, without a source."""
        return not self.sources

    @model_validator(mode="after")
    def _certain_by_its_sources(self) -> Article:
        if self.own_words != (self.certainty == "M"):
            raise Misplaced(("certainty",), "M is for advice without a source, S or U for facts from sources: mend one")
        return self
