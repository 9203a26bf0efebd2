"""The stylesheet of a report: Opstap's own, of which there is one, without what a single file cannot carry."""

from __future__ import annotations

import re
from functools import cache
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
