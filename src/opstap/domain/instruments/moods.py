"""Sum scores of depression and anxiety: PHQ-8, PHQ-9 and GAD-7, each answer 0 to 3.

Sources: Kroenke 2001 (PHQ-9), Kroenke 2009 (PHQ-8), Spitzer 2006 (GAD-7); both in the public domain
(phqscreeners.com). From 10 on they point to a likely disorder: a screening, no diagnosis. No rule for missing items was
found in the sources that could be read, so a missing answer leaves no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opstap.domain.instruments.codes import Score, code

PHQ8 = tuple(f"i{number}" for number in range(1, 9))
PHQ9 = (*PHQ8, "i9")
GAD7 = tuple(f"i{number}" for number in range(1, 8))


def phq_8(answers: Mapping[str, Any]) -> Score:
    """Score the PHQ-8: `i1` to `i8`, sum of 0 to 24."""
    return {"phq8_total": _sum(answers, PHQ8)}


def phq_9(answers: Mapping[str, Any]) -> Score:
    """Score the PHQ-9: `i1` to `i9`, sum of 0 to 27."""
    return {"phq9_total": _sum(answers, PHQ9)}


def gad_7(answers: Mapping[str, Any]) -> Score:
    """Score the GAD-7: `i1` to `i7`, sum of 0 to 21."""
    return {"gad7_total": _sum(answers, GAD7)}


def _sum(answers: Mapping[str, Any], items: tuple[str, ...]) -> float | None:
    codes = [code(answers, item, 0, 3) for item in items]
    known = [one for one in codes if one is not None]
    return sum(known) if len(known) == len(items) else None
