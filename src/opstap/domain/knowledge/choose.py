"""Which articles are for a reader, in which order, and which of them hold certain words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from opstap.domain.knowledge.load import library
from opstap.domain.knowledge.model import Article, Situation, Text
from opstap.domain.programme.stages import Stage
from opstap.domain.work.spells import Kind, Spell

#: What of a situation goes together: someone is in one of the two, or it is not known in which.
_SIDES = (
    frozenset({Situation.WITH_EMPLOYER, Situation.WITHOUT_EMPLOYER}),
    frozenset({Situation.AT_WORK, Situation.ON_LEAVE}),
)


@dataclass(frozen=True)
class Reader:
    """For whom articles are chosen: where, in which words, and what is known of their work and their stage."""

    country: str
    language: str
    address: str
    situations: frozenset[Situation] = frozenset()
    stage: Stage | None = None


@dataclass(frozen=True)
class Told:
    """An article in the words of its reader; `fits` tells whether it was written for where they are now."""

    article: Article
    text: Text
    fits: bool


def articles(reader: Reader, among: Sequence[Article] | None = None) -> tuple[Told, ...]:
    """Give the articles of a reader's country: those that fit first, then the general ones, then the others.

    Within each of the three the order of the library stays. `among` is the library; None: the one that is shipped.
    """
    ranked = [
        (_distance(one, reader), one)
        for one in (library() if among is None else among)
        if reader.country in one.countries
    ]
    ranked.sort(key=lambda pair: pair[0])
    return tuple(Told(one, one.texts.in_(reader.language, reader.address), rank == 0) for rank, one in ranked)


def _distance(article: Article, reader: Reader) -> int:
    """Say how near an article is: 0 written for where the reader is, 1 general or not known, 2 for someone else."""
    asked: list[tuple[frozenset[object], frozenset[object]]] = [
        (side.intersection(article.situations), side & reader.situations) for side in _SIDES
    ]
    asked.append((frozenset(article.stages), frozenset() if reader.stage is None else frozenset({reader.stage})))
    answers = [bool(wanted & known) for wanted, known in asked if wanted and known]
    return 1 if not answers else 0 if all(answers) else 2


def situations(spells: Iterable[Spell], on: date, *, has_workplace: bool = False) -> frozenset[Situation]:
    """Tell what is known of someone's work on a day: from spells of one source, and from a workplace let in.

    Only spells that hold on that day count. Who works for themselves has no employer, and is not without work.
    """
    now = [one for one in spells if one.start <= on and (one.end is None or on <= one.end)]
    known: set[Situation] = set()
    if has_workplace or any(one.contract_hours > 0 and one.kind is not Kind.SELF_EMPLOYED for one in now):
        known.add(Situation.WITH_EMPLOYER)
    elif now and all(one.contract_hours == 0 and one.kind is Kind.NONE for one in now):
        known.add(Situation.WITHOUT_EMPLOYER)
    if any(one.actual_hours > 0 for one in now):
        known.add(Situation.AT_WORK)
    elif any(one.sick_percent > 0 for one in now):
        known.add(Situation.ON_LEAVE)
    return frozenset(known)


def found(words: str, told: Iterable[Told]) -> tuple[Told, ...]:
    """Give the articles in whose title or text every one of these words stands, in the same order; all for none."""
    return tuple(one for one in told if holds(words, one.text.title, one.text.body))


def holds(words: str, *texts: str) -> bool:
    """Tell whether every word stands somewhere in these texts, also inside a word, without capitals and accents."""
    whole = _plain(" ".join(texts))
    return all(word in whole for word in _plain(words).split())


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(" " if char.isspace() else char for char in apart if not unicodedata.combining(char))
