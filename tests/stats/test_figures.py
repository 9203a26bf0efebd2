"""Figures: well-formed, told in a title, the same bytes each time, in Dutch and English; what they show is in them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.competing import cumulative_incidence
from opstap.stats.describe import likert
from opstap.stats.design import StatsError
from opstap.stats.figures import curves, shares
from opstap.stats.figures.canvas import Language, ticks
from opstap.stats.missingness import describe_missing
from opstap.stats.survival import kaplan_meier

EVENTS = Path(__file__).parents[1] / "reference" / "time-to-event"
LATE, LUNG = pd.read_csv(EVENTS / "late.csv"), pd.read_csv(EVENTS / "lung.csv")
MEANS = [
    {"arm": arm, "visit": visit, "estimate": value, "low": value - 2, "high": value + 2}
    for arm, values in (("care", (20, 21)), ("steps", (20, 25)))
    for visit, value in zip(("t6", "t12"), values, strict=True)
]
SCALE = [1, 2, 3, 4, 5]


def survival(language: str) -> str:
    groups = LUNG.groupby("sex")
    return curves.kaplan_meier({str(n): kaplan_meier(one["time"], one["event"]) for n, one in groups}, language)


def incidence(language: str) -> str:
    groups = LATE.groupby("arm")
    return curves.cumulative_incidence(
        {f"arm {n}": cumulative_incidence(one["time"], one["cause"], 1) for n, one in groups}, language
    )


FIGURES: dict[str, Callable[[str], str]] = {
    "survival": survival,
    "incidence": incidence,
    "means": lambda language: curves.trajectories(MEANS, "arm", "visit", language, from_zero=True),
    "likert": lambda language: shares.likert({"item & more": likert([1, 2, 5, 5, 9], SCALE, 9)}, language),
    "missing": lambda language: shares.missingness(
        describe_missing(pd.DataFrame({"a": [1, None, 3], "b": [1, None, None]})), language
    ),
}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_well_formed_has_a_title_and_is_the_same_each_time(name: str, language: str) -> None:
    text = FIGURES[name](language)
    root = ElementTree.fromstring(text)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text
    assert text == FIGURES[name](language)
    assert "nan" not in text.lower().replace("unan", "")
    assert "inf " not in text


def test_numbers_at_risk_stand_below_the_curves() -> None:
    text = survival("en")
    women = kaplan_meier(LUNG["time"][LUNG["sex"] == 2], LUNG["event"][LUNG["sex"] == 2])
    for day in (200, 400):
        count = women.at(day + 1e-9)[0].at_risk
        assert f">{count}</text>" in text
    assert "at risk" in text
    assert "in beeld" in survival("nl")


def test_series_differ_without_colour() -> None:
    text = survival("en")
    assert text.count("stroke-dasharray=") >= 1
    assert "<circle" in text
    assert 'fill="#fff" stroke=' in text


def test_languages_have_their_own_decimals() -> None:
    assert Language("nl").number(-1.25) == "−1,25"
    assert Language("en").number(-0.001) == "0.00"
    assert Language("nl").p(0.0001) == "p < 0,001"
    with pytest.raises(StatsError, match="choose one of nl, en"):
        Language("fr")


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(StatsError, match="no curve"):
        curves.kaplan_meier({})
    with pytest.raises(StatsError, match="no means"):
        curves.trajectories([], "arm", "visit")
    with pytest.raises(StatsError, match="different scales"):
        shares.likert({"a": likert([1], SCALE), "b": likert([1], [1, 2])})


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 17), (0.001, 0.0023), (5, 5), (0, 1e6)])
def test_ticks_are_round_and_span_the_data(low: float, high: float) -> None:
    marks = ticks(low, high)
    assert marks[0] <= low
    assert marks[-1] >= high
    assert np.ptp(np.diff(marks)) == pytest.approx(0, abs=1e-9)
    assert 2 <= len(marks) <= 9
