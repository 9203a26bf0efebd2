"""One SVG under construction: lines, marks and text at fixed decimals, with the style inside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from opstap.stats.design import StatsError

STYLE = (
    "text{font:13px 'Source Sans 3','Segoe UI',Helvetica,Arial,sans-serif;fill:#1b1b1b}"
    ".s{font-size:12px}.b{font-weight:600}.m{text-anchor:middle}.e{text-anchor:end}.q{fill:#4d4d4d}"
    ".ax{stroke:#1b1b1b;stroke-width:1}.gr{stroke:#d9d9d9;stroke-width:1}.no{stroke:#4d4d4d;stroke-dasharray:3 3}"
    ".l{fill:none;stroke-width:2.2;stroke-linejoin:round}.w{fill:#fff}.h{paint-order:stroke;stroke:#fff;stroke-width:3px}"
)
#: Dark blue, vermilion, green, grey (Okabe and Ito): also apart in lightness; the dash of each.
COLOURS = ("#0b3c6f", "#c8541a", "#12805c", "#6b6b6b")
DASHES = ("", "7 4", "2 3", "9 3 2 3")
#: From strong disagreement to strong agreement, apart in lightness on both sides of a pale middle.
SCALE = ("#8a3a12", "#d98b5f", "#e9e9e9", "#7da7cf", "#0b3c6f")

WORDS = {
    "at risk": "in beeld",
    "days": "dagen",
    "Share without the event": "Aandeel zonder gebeurtenis",
    "Share with the event": "Aandeel met gebeurtenis",
    "study": "onderzoek",
    "weight": "gewicht",
    "effect": "effect",
    "Pooled": "Samen",
    "Prediction interval": "Voorspellingsinterval",
    "standard error": "standaardfout",
    "not applicable": "niet van toepassing",
    "missing": "ontbreekt",
    "seen": "ingevuld",
    "people": "mensen",
    "favours 2": "gunstig voor 2",
    "favours 1": "gunstig voor 1",
    "95% interval": "95%-interval",
    "Forest plot": "Forest plot",
    "Funnel plot": "Trechterfiguur",
    "Missing data": "Ontbrekende gegevens",
    "Answers": "Antwoorden",
    "Means with intervals": "Gemiddelden met intervallen",
    "heterogeneity": "verschil tussen onderzoeken",
}


class Language:
    """The words and numbers of a figure: nl or en."""

    def __init__(self, code: str) -> None:
        if code not in ("nl", "en"):
            raise StatsError(f"language {code!r} is not known; choose one of nl, en.")
        self.code = code

    def __call__(self, text: str) -> str:
        """Give a word of our own in this language."""
        return WORDS[text] if self.code == "nl" else text

    def number(self, value: float, decimals: int = 2) -> str:
        """Write a number with this language's decimal mark and a true minus sign."""
        text = f"{value:.{decimals}f}"
        if float(text) == 0:
            text = text.lstrip("-")
        text = text.replace("-", "−")
        return text.replace(".", ",") if self.code == "nl" else text

    def p(self, value: float) -> str:
        """Write a p-value: never as 0."""
        return f"p < {self.number(0.001, 3)}" if value < 0.001 else f"p {self.number(value, 3)}"


class Canvas:
    """Coordinates are pixels from the upper left corner."""

    def __init__(self, title: str, width: float, height: float) -> None:
        self.title, self.width, self.height = title, width, height
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "ax") -> None:
        """Draw a straight line of a class."""
        self._parts.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def way(self, points: Sequence[tuple[float, float]], series: int = 0, width: float = 2.2) -> None:
        """Draw a series' line through points."""
        if points:
            d = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            dash = f' stroke-dasharray="{DASHES[series % 4]}"' if DASHES[series % 4] else ""
            self._parts.append(
                f'<path class="l" stroke="{COLOURS[series % 4]}" stroke-width="{width:g}"{dash} d="M{d}"/>'
            )

    def shape(self, points: Sequence[tuple[float, float]], fill: str, opacity: float = 1.0) -> None:
        """Fill the area within points."""
        d = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self._parts.append(f'<path fill="{fill}" opacity="{opacity:g}" d="M{d}Z"/>')

    def rect(self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none") -> None:
        """Draw a rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
            f'fill="{fill}" stroke="{stroke}"/>'
        )

    def mark(self, x: float, y: float, series: int, size: float = 5) -> None:
        """Draw the mark of a series: filled circle, open square, filled triangle, open circle."""
        colour = COLOURS[series % 4]
        if series % 4 == 0:
            self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{colour}"/>')
        elif series % 4 == 1:
            self._parts.append(
                f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:g}" height="{2 * size:g}" fill="#fff" '
                f'stroke="{colour}" stroke-width="2"/>'
            )
        elif series % 4 == 2:
            self.shape([(x, y - size), (x + size, y + size), (x - size, y + size)], colour)
        else:
            self._parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="#fff" stroke="{colour}" stroke-width="2"/>'
            )

    def text(self, x: float, y: float, text: str, kind: str = "") -> None:
        """Write text of a class with its baseline at y."""
        self._parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')

    def svg(self) -> str:
        """Give the figure."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img"><title>{escape(self.title)}</title>'
            f'<style>{STYLE}</style><rect width="{self.width:g}" height="{self.height:g}" fill="#fff"/>'
            f"{''.join(self._parts)}</svg>\n"
        )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Give round numbers (steps of 1, 2, 2.5 or 5 times a power of ten) that span low to high."""
    span = high - low if high > low else max(abs(high), 1.0)
    raw = span / count
    power = 10.0 ** floor(log10(raw))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= raw * (1 - 1e-9))
    first = floor(low / step + 1e-9)
    last = max(ceil(high / step - 1e-9), first + 1)
    return [round(number * step, 12) for number in range(first, last + 1)]


def decimals(values: Sequence[float]) -> int:
    """How many decimals tell these round numbers apart."""
    for count in range(7):
        if all(abs(value - round(value, count)) < 1e-9 for value in values):
            return count
    return 7


def ratio_ticks(low: float, high: float) -> list[float]:
    """Give round ratios within low to high, on a logarithmic axis."""
    every = [base * 10.0**power for power in range(-4, 5) for base in (1, 2, 5)]
    inside = [one for one in every if low * 0.999 <= one <= high * 1.001]
    return inside if len(inside) >= 2 else [low, high]
