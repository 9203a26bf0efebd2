"""Shares: answers on a scale, and what is missing.

- Robbins NB, Heiberger RM. Plotting Likert and other rating scales. JSM Proceedings, Section on Survey Research Methods
  2011:1058-1066 (bars that meet at the neutral answer)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opstap.stats.describe import Likert
from opstap.stats.design import StatsError
from opstap.stats.figures.canvas import SCALE, Canvas, Language
from opstap.stats.missingness import Missingness


def likert(
    items: Mapping[str, Likert], language: str = "en", title: str | None = None, labels: Sequence[str] | None = None
) -> str:
    """Draw answers as bars that meet at the middle of the scale; n and "not applicable" stand at the right.

    Raises `StatsError` for items with different scales.
    """
    if not items:
        raise StatsError("There are no answers to draw.")
    say = Language(language)
    levels = list(next(iter(items.values())).counts)
    if any(list(one.counts) != levels for one in items.values()):
        raise StatsError("The items have different scales; draw them apart.")
    names = [str(one) for one in (labels if labels is not None else levels)]
    colours = _colours(len(levels))
    left, right, row = 270.0, 720.0, 30.0
    canvas = Canvas(title or say("Answers"), 900, 70 + row * len(items))
    middle, half = (left + right) / 2, (right - left) / 2
    x = left
    for name, colour in zip(names, colours, strict=True):
        canvas.rect(x, 10, 12, 12, colour, "#1b1b1b")
        canvas.text(x + 17, 20, name, "s")
        x += 30 + 7.2 * len(name)
    canvas.line(middle, 34, middle, 44 + row * len(items), "no")
    for place, (name, one) in enumerate(items.items()):
        y = 42 + row * place
        canvas.text(10, y + 15, name if len(name) < 40 else name[:38] + "…")
        total = sum(one.counts.values())
        if total:
            shares = [one.counts[level] / total for level in levels]
            below = sum(shares[: len(levels) // 2]) + (shares[len(levels) // 2] / 2 if len(levels) % 2 else 0.0)
            at = middle - half * below
            for share, colour in zip(shares, colours, strict=True):
                canvas.rect(at, y, half * share, 20, colour, "#1b1b1b")
                if share >= 0.08:
                    kind = "s m w" if colour in (SCALE[0], SCALE[-1]) else "s m"
                    canvas.text(at + half * share / 2, y + 15, f"{share:.0%}", kind)
                at += half * share
        said = f"n {one.n}"
        if one.not_applicable:
            said += f", {say('not applicable')} {one.not_applicable}"
        canvas.text(right + 12, y + 15, said, "s q")
    return canvas.svg()


def _colours(count: int) -> list[str]:
    if count == 5:
        return list(SCALE)
    if count < 2 or count > 7:
        raise StatsError("A scale has two to seven answers.")
    sides = {
        2: [SCALE[1], SCALE[3]],
        3: [SCALE[1], SCALE[2], SCALE[3]],
        4: [SCALE[0], SCALE[1], SCALE[3], SCALE[4]],
        6: [SCALE[0], SCALE[1], "#f0cdb9", "#c3d7ea", SCALE[3], SCALE[4]],
        7: [SCALE[0], SCALE[1], "#f0cdb9", SCALE[2], "#c3d7ea", SCALE[3], SCALE[4]],
    }
    return sides[count]


def missingness(found: Missingness, language: str = "en", title: str | None = None, most: int = 12) -> str:
    """Draw the patterns of what is missing, most frequent first: a cross is missing, a dot is there."""
    say = Language(language)
    shown = found.patterns[:most]
    width = max(420.0, 160.0 + 44 * len(found.columns))
    canvas = Canvas(
        title or f"{say('Missing data')}: {found.n - found.complete} / {found.n} {say('people')}",
        width,
        150 + 24 * len(shown),
    )
    for place, name in enumerate(found.columns):
        x = 110 + 44 * place
        canvas.text(x, 30 + 14 * (place % 3), name if len(name) < 15 else name[:13] + "…", "s m")
        canvas.line(x, 34 + 14 * (place % 3), x, 78, "gr")
    canvas.text(74, 72, "n", "s b e")
    for row, pattern in enumerate(shown):
        y = 94 + 24 * row
        canvas.text(74, y + 4, str(pattern.count), "s e")
        for place, seen in enumerate(pattern.seen):
            x = 110 + 44 * place
            if seen:
                canvas.mark(x, y, 0, 4)
            else:
                canvas.line(x - 5, y - 5, x + 5, y + 5)
                canvas.line(x - 5, y + 5, x + 5, y - 5)
    y = 94 + 24 * len(shown)
    canvas.text(74, y + 8, say("missing"), "s b e")
    for place, name in enumerate(found.columns):
        share = found.missing[name] / found.n if found.n else 0.0
        canvas.text(110 + 44 * place, y + 8, f"{100 * share:.0f}%", "s m b")
    canvas.mark(110, y + 34, 0, 4)
    canvas.text(120, y + 38, say("seen"), "s")
    canvas.line(195, y + 29, 205, y + 39)
    canvas.line(195, y + 39, 205, y + 29)
    canvas.text(212, y + 38, say("missing"), "s")
    return canvas.svg()
