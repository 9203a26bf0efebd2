"""What a calculation assumed, with how sure that is, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import RootModel

from opstap.economics.reading import DATA, read
from opstap.economics.rules import words


class _Texts(RootModel[dict[str, dict[str, str]]]):
    """The words of each note, by language."""


@cache
def _texts() -> dict[str, dict[str, str]]:
    return read(DATA / "notes.yaml", _Texts).root


@dataclass(frozen=True)
class Note:
    """One assumption or count: its id, the values in its words, how sure it is and by which source.

    Values named `perspective`, `category`, `categories`, `item` or `unit` are ids, given in the reader's language.
    """

    id: str
    certainty: str = "M"
    source: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Give the note in a language, in English where there is no other."""
        texts = _texts()[self.id]
        said = {key: _said(key, value, language) for key, value in {"source": self.source, **self.values}.items()}
        return texts.get(language, texts["en"]).format(**said)


def _said(key: str, value: Any, language: str) -> str:
    known = words()
    titles = {
        "perspective": {one.id: one.title for one in known.perspectives},
        "category": known.categories,
        "categories": known.categories,
        "item": known.items,
        "unit": known.units,
    }
    if key in titles:
        ids = [value] if isinstance(value, str) else list(value)
        said = [titles[key][one].get(language, titles[key][one]["en"]) for one in ids]
        return ", ".join(one if not number else one[:1].lower() + one[1:] for number, one in enumerate(said))
    if isinstance(value, float):
        decimals = f"{value:.2f}".rstrip("0").rstrip(".")
        return decimals.replace(".", ",") if language in ("nl", "fr") else decimals
    return str(value)
