"""The stylesheet of a report: Opstap's own, of which there is one, without what a single file cannot carry."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import opstap

_STYLESHEET = Path(opstap.__file__).parent / "web" / "static" / "opstap" / "opstap.css"


@cache
def stylesheet() -> str:
    """Give the stylesheet for a page that stands by itself: without the fonts, which are files of their own."""
    return re.sub(r"@font-face \{[^}]*\}\n?", "", _STYLESHEET.read_text(encoding="utf-8"))


@cache
def figure_rules() -> str:
    """Give the rules that a figure in a file of its own needs: the tokens, and what is drawn with them."""
    css = stylesheet()
    tokens = re.search(r":root \{.*?\n\}", css, re.DOTALL)
    rules = [line for line in css.splitlines() if re.match(r"\.(fig|f1|k1|l-a|edge)\b", line) and "table" not in line]
    return "\n".join([tokens.group(0) if tokens else "", *rules])


@cache
def _tokens() -> dict[str, str]:
    """Give what each custom property stands for in the light theme, which stands first."""
    found: dict[str, str] = {}
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", stylesheet()):
        found.setdefault(name, value)
    return found


def resolved(css: str) -> str:
    """Give rules with their tokens filled in, for what knows no custom properties: the drawings of a PDF."""
    while "var(" in css:
        css = re.sub(r"var\((--[\w-]+)\)", lambda found: _tokens()[found[1]], css)
    return css


@cache
def drawing_rules() -> str:
    """Give the rules of a figure on paper: tokens filled in, and no halo, which would be drawn over its own text."""
    rules = re.sub(r":root \{.*?\n\}", "", figure_rules(), flags=re.DOTALL)
    return resolved(re.sub(r"\.fig \.halo \{[^}]*\}", "", rules))


@cache
def scale_colours() -> dict[str, str]:
    """Give the colours of a scale of agreement, by the letter of its step."""
    return {letter: resolved(f"var(--scale-{letter})") for letter in "abcde"}


@cache
def paper_rules() -> str:
    """Give the stylesheet of a report on paper."""
    return (files("opstap.reports") / "paper.css").read_text(encoding="utf-8")


@cache
def paper_fonts() -> dict[str, bytes]:
    """Give the fonts of a report on paper, by the names that `paper.css` asks for."""
    folder = _STYLESHEET.parent / "fonts"
    return {
        "text.woff2": (folder / "atkinson-hyperlegible-next-latin-wght-normal.woff2").read_bytes(),
        "book.woff2": (folder / "literata-latin-opsz-normal.woff2").read_bytes(),
    }


def standalone(svg: str, rules: str | None = None) -> str:
    """Give a figure that is drawn right by itself: with the rules that colour it."""
    opening, _, rest = svg.partition(">")
    return f"{opening}><style>{rules or figure_rules()}</style>{rest}\n"
