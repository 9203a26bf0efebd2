"""Forest and funnel: what each study found, and whether small ones differ.

- Lewis S, Clarke M. Forest plots: trying to see the wood and the trees. BMJ 2001;322:1479-1480.
  doi:10.1136/bmj.322.7300.1479
- Sterne JAC, Egger M. Funnel plots for detecting bias in meta-analysis. J Clin Epidemiol 2001;54:1046-1055.
  doi:10.1016/S0895-4356(01)00377-8
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any

from opstap.stats.figures.canvas import COLOURS, Canvas, Language, decimals, ratio_ticks, ticks

_ROW = 22


def forest(found: Mapping[str, Any], language: str = "en", title: str | None = None) -> str:
    """Draw a forest plot of what `opstap stats meta` found (its document): studies, subgroups, pooled, prediction."""
    say = Language(language)
    ratio = found["log"] is not None
    studies = found["studies"]
    groups = {one["subgroup"]: one for one in found["subgroups"]}
    rows: list[tuple[str, Mapping[str, Any]]] = []
    if groups:
        for name, group in groups.items():
            rows += [("head", {"study": name}), *(("study", one) for one in studies if one["subgroup"] == name)]
            rows.append(("group", {**group, "study": f"{say('Pooled')}: {name}"}))
    else:
        rows = [("study", one) for one in studies]
    width, left, right = 900.0, 240.0, 620.0
    height = 74.0 + _ROW * (len(rows) + 3)
    canvas = Canvas(title or _finding(found, say), width, height)
    place, marks = _axis(found, ratio, left, right)
    bottom = 34.0 + _ROW * (len(rows) + 2)
    for value in marks:
        canvas.line(place(value), 34, place(value), bottom, "gr")
        canvas.text(place(value), bottom + 18, say.number(value, decimals([value])), "s m")
    canvas.line(left, bottom, right, bottom)
    canvas.line(place(1.0 if ratio else 0.0), 28, place(1.0 if ratio else 0.0), bottom, "no")
    canvas.text(10, 22, say("study"), "s b")
    canvas.text(width - 80, 22, f"{say('effect')} ({say('95% interval')})", "s b e")
    canvas.text(width - 10, 22, f"{say('weight')}", "s b e")
    y = 34.0 + _ROW / 2
    for kind, one in rows:
        _row(canvas, say, kind, one, y, place, left, right)
        y += _ROW
    y += 4
    _row(canvas, say, "group", {**found, "study": say("Pooled")}, y, place, left, right)
    if found["prediction_low"] is not None:
        y += _ROW
        low, high = (min(max(place(found[end]), left), right) for end in ("prediction_low", "prediction_high"))
        canvas.line(low, y, high, y)
        for x in (low, high):
            canvas.line(x, y - 4, x, y + 4)
        canvas.text(10, y + 4, say("Prediction interval"), "q")
        canvas.text(width - 80, y + 4, _interval(say, found["prediction_low"], found["prediction_high"]), "e q")
    said = f"τ² {say.number(found['tau2'], 3)}, I² {say.number(found['i2'], 0)}%"
    if found["q_p"] is not None:
        said += f", Q {say.number(found['q'], 1)}, {say.p(found['q_p'])}"
    canvas.text(10, height - 10, f"{say('heterogeneity')}: {said}", "s q")
    return canvas.svg()


def _finding(found: Mapping[str, Any], say: Language) -> str:
    interval = _interval(say, found["low"], found["high"])
    return f"{say('Forest plot')}. {say('Pooled')}: {say.number(found['estimate'])} ({interval})"


def _interval(say: Language, low: float, high: float) -> str:
    between = " tot " if say.code == "nl" else " to "
    return f"{say.number(low)}{between}{say.number(high)}"


def _axis(found: Mapping[str, Any], ratio: bool, left: float, right: float) -> Any:
    ends = [
        one[end]
        for one in [*found["studies"], found]
        for end in ("low", "high")
        if one[end] is not None and one[end] == one[end]
    ]
    # One wide study must not press all others together: the axis ends at what most need, and an arrow says so.
    ends.sort()
    cut = max(1, len(ends) // 20) if len(ends) > 12 else 0
    low, high = min(ends[cut], found["low"]), max(ends[-1 - cut], found["high"])
    if ratio:
        low, high = min(low, 0.9), max(high, 1.1)
        span = log(high) - log(low)
        return lambda value: left + (log(value) - log(low)) / span * (right - left), ratio_ticks(low, high)
    low, high = min(low, 0.0), max(high, 0.0)
    marks = ticks(low, high)
    low, high = marks[0], marks[-1]
    return lambda value: left + (value - low) / (high - low) * (right - left), marks


def _row(
    canvas: Canvas, say: Language, kind: str, one: Mapping[str, Any], y: float, place: Any, left: float, right: float
) -> None:
    name = str(one["study"])
    canvas.text(10, y + 4, name if len(name) < 36 else name[:34] + "…", "b" if kind != "study" else "")
    if kind == "head" or one["estimate"] is None:
        return
    low, middle, high = (place(one[end]) for end in ("low", "estimate", "high"))
    if kind == "group":
        inside = [min(max(x, left), right) for x in (low, middle, high)]
        canvas.shape([(inside[0], y), (inside[1], y - 7), (inside[2], y), (inside[1], y + 7)], COLOURS[1])
    else:
        canvas.line(max(low, left), y, min(high, right), y)
        for end, edge, turn in ((low, left, 1), (high, right, -1)):
            if (end < left) if turn == 1 else (end > right):
                canvas.shape([(edge, y), (edge + 7 * turn, y - 4), (edge + 7 * turn, y + 4)], "#1b1b1b")
        size = 3 + 0.9 * (one["weight"] ** 0.5)
        if left <= middle <= right:
            canvas.rect(middle - size / 2, y - size / 2, size, size, COLOURS[0])
        canvas.text(canvas.width - 10, y + 4, f"{say.number(one['weight'], 1)}%", "e q")
    words = f"{say.number(one['estimate'])} ({_interval(say, one['low'], one['high'])})"
    canvas.text(canvas.width - 80, y + 4, words, "e b" if kind == "group" else "e")


def funnel(found: Mapping[str, Any], language: str = "en", title: str | None = None) -> str:
    """Draw a funnel plot of what `opstap stats meta` found: effects against standard errors, precise ones on top."""
    say = Language(language)
    ratio = found["log"] is not None
    points = []
    for one in found["studies"]:
        if one["estimate"] is not None:
            scale = one["log"] if ratio else one
            points.append((scale["estimate"], scale["se"]))
    centre = found["log"]["estimate"] if ratio else found["estimate"]
    largest = max(se for _, se in points) * 1.1
    reach = max(1.96 * largest, max(abs(effect - centre) for effect, _ in points) * 1.05)
    canvas = Canvas(title or f"{say('Funnel plot')}: {len(points)}", 560, 420)
    left, right, top, bottom = 60.0, 540.0, 20.0, 360.0

    def x(value: float) -> float:
        return left + (value - centre + reach) / (2 * reach) * (right - left)

    def y(se: float) -> float:
        return top + se / largest * (bottom - top)

    canvas.shape(
        [(x(centre), y(0)), (x(centre - 1.96 * largest), bottom), (x(centre + 1.96 * largest), bottom)], "#efefef"
    )
    canvas.line(x(centre), top, x(centre), bottom, "no")
    canvas.line(left, bottom, right, bottom)
    canvas.line(left, top, left, bottom)
    if ratio:
        marks = [(log(one), one) for one in ratio_ticks(exp(centre - reach), exp(centre + reach))]
    else:
        marks = [(one, one) for one in ticks(centre - reach, centre + reach)[1:-1]]
    for at, value in marks:
        canvas.line(x(at), bottom, x(at), bottom + 5)
        canvas.text(x(at), bottom + 20, say.number(value, decimals([round(value, 3)])), "s m")
    steps = [one for one in ticks(0, largest) if one <= largest]
    for se in steps:
        canvas.line(left - 5, y(se), left, y(se))
        canvas.text(left - 9, y(se) + 4, say.number(se, decimals(steps)), "s e")
    for effect, se in points:
        canvas.mark(x(effect), y(se), 0, 4.5)
    canvas.text((left + right) / 2, 402, say("effect"), "m")
    canvas.text(left + 8, top + 12, say("standard error"), "s q")
    return canvas.svg()
