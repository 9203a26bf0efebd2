"""A sheet that proves what was agreed: headings with lines below them, as HTML and (`letter.pdf`) as PDF/UA-1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opstap.paper.letter import template


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, or with lines of two cells: what is said, and what was decided on it."""

    heading: str
    paragraphs: Sequence[str] = ()
    lines: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Proof:
    """The words of one sheet. `language` is a language code; `last` are the small lines at the foot."""

    language: str
    eyebrow: str
    title: str
    lead: str
    sections: Sequence[Section]
    last: Sequence[str]


def html(proof: Proof) -> str:
    """Draw a sheet as a page of HTML that stands alone."""
    return template("proof.html").render(proof=proof)
