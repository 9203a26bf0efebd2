"""Drawing in SVG with the classes of Opstap's look, at one unit per pixel and with fixed decimals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap


class Drawing:
    """One SVG under construction. Coordinates are pixels from the upper left corner."""

    def __init__(self, name: str, finding: str, width: float, height: float) -> None:
        self.name, self.finding, self.width, self.height = name, finding, width, height
        self._parts: list[str] = []
        self._defined: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, kind: str, radius: float = 0) -> None:
        """Draw a rectangle of a class."""
        round_ = f' rx="{radius:g}"' if radius else ""
        self._parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}"{round_}/>'
        )

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a hatched rectangle: not applicable."""
        pattern = f"{self.name}-na"
        if not self._defined:
            self._defined.append(
                f'<pattern id="{pattern}" width="5" height="5" patternTransform="rotate(45)" '
                'patternUnits="userSpaceOnUse"><rect width="1.2" height="5" class="fi"/></pattern>'
            )
        self._parts.append(
            f'<rect class="kr" fill="url(#{pattern})" x="{x:.1f}" y="{y:.1f}" '
            f'width="{max(width, 0):.1f}" height="{height:.1f}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a line of a class."""
        self._parts.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def path(
        self, points: Sequence[tuple[float, float]], kind: str, *, dashed: bool = False, close: bool = False
    ) -> None:
        """Draw a line through points."""
        if not points:
            return
        way = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        self._parts.append(f'<path class="{kind}"{dash} d="M{way}{"Z" if close else ""}"/>')

    def band(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Fill the area within points, so lightly that what lies below it is seen."""
        way = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self._parts.append(f'<path class="{kind}" opacity=".16" d="M{way}Z"/>')

    def mark(self, x: float, y: float, series: int) -> None:
        """Draw the mark of a series: a filled circle for the first, an open square for the second, and so on."""
        if series == 0:
            self._parts.append(f'<circle class="f1" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
        else:
            self.rect(x - 5.5, y - 5.5, 11, 11, f"fs {stroke(series)}")

    def text(self, x: float, y: float, text: str, kind: str = "") -> None:
        """Write text of a class with its baseline at y."""
        self._parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')

    def arrow(self, points: Sequence[tuple[float, float]]) -> None:
        """Draw a line that ends in an arrowhead; it must end going down or to the right."""
        self.path(points, "fn ki thin")
        (x0, y0), (x, y) = points[-2], points[-1]
        if x == x0:
            self.path([(x - 4, y - 7), (x + 4, y - 7), (x, y)], "fi", close=True)
        else:
            self.path([(x - 7, y - 4), (x - 7, y + 4), (x, y)], "fi", close=True)
        assert x == x0 or y == y0, "an arrow ends straight"

    def svg(self) -> str:
        """Give the drawing."""
        title = f"{self.name}-t"
        defined = f"<defs>{''.join(self._defined)}</defs>" if self._defined else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="fig" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'role="img" aria-labelledby="{title}"><title id="{title}">{escape(self.finding)}</title>{defined}'
            f"{''.join(self._parts)}</svg>"
        )


def stroke(series: int) -> str:
    """Give the class of the line of a series."""
    return f"k{min(series, 3) + 1}"


def wrapped(text: str, pixels: float, size: float = 13) -> list[str]:
    """Break text into lines that fit a width, at an average width of a letter."""
    return wrap(text, max(int(pixels / (size * 0.57)), 8)) or [""]


def nice_step(span: float, steps: int = 4) -> float:
    """Give a round step (1, 2 or 5 times a power of ten) that divides a span in about that many."""
    raw = span / steps if span > 0 else 1.0
    power = 10.0 ** int(f"{raw:e}".split("e")[1])
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw - 1e-12)
