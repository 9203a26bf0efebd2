"""What a report is made of: sections of text, notes, tables, figures and pairs of term and value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Text:
    """A paragraph; `soft` for what explains rather than tells. `of` names the table that its numbers stand in."""

    text: str
    soft: bool = False
    of: str = ""


@dataclass(frozen=True)
class Note:
    """Something that the reader must not miss, with an optional short mark in front."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Listing:
    """A plain list."""

    items: list[str]


@dataclass(frozen=True)
class Pairs:
    """Terms with what they stand for."""

    pairs: list[tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """A word that leads to a section of the report, by its id."""

    text: str
    to: str


@dataclass(frozen=True)
class Table:
    """A table: `head` and `body` as read on the page, `data` with full precision for the CSV of the same `name`.

    A cell holds words, or a list of links.

    The first column names the row; `left` counts the columns that hold words, the others hold numbers. A row whose
    name starts with a tab belongs under the one before it. `note` is its footnote: of how many people it is, and by
    which method. `holds` names the tables that were joined in it. A `folded` one stands behind a figure.
    """

    name: str
    title: str
    head: list[str]
    body: list[list[Any]]
    data: pd.DataFrame
    left: int = 1
    folded: bool = False
    note: str = ""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A figure, drawn twice (for a wide and for a narrow column), with its finding in words and its caption.

    `of` names the table that it is drawn from.
    """

    name: str
    title: str
    finding: str
    wide: str
    narrow: str
    caption: str
    key: list[tuple[str, str]] = field(default_factory=list)
    of: str = ""


Block = Text | Note | Listing | Pairs | Table | Figure


@dataclass(frozen=True)
class Section:
    """A titled part of the report; `id` is its anchor on the page."""

    id: str
    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Answer:
    """What one analysis says: its results at full precision, the finding in one sentence, and how it is shown."""

    results: dict[str, Any]
    finding: str
    blocks: list[Block]
