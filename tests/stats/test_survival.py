"""Kaplan–Meier against R's survival::survfit, with and without delayed entry.

Expected values: `tests/reference/survival` (script.R makes them). Tolerance 1e-12: the same sums on both
sides.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.design import StatsError
from opstap.stats.survival import KaplanMeier, kaplan_meier

HERE = Path(__file__).parents[1] / "reference" / "survival"
DATA = pd.read_csv(HERE / "data.csv")
CURVES, MEDIANS, AT = (pd.read_csv(HERE / f"expected_{name}.csv") for name in ("curves", "medians", "at"))
KEY = ["late", "since", "conf"]
CASES = list(MEDIANS[KEY].itertuples(index=False, name=None))


def curve(late: int, since: float, conf: str) -> KaplanMeier:
    return kaplan_meier(DATA["time"], DATA["event"], DATA["entry"] if late else None, conf, since=since or None)


def of(table: pd.DataFrame, case: tuple) -> pd.DataFrame:
    return table[(table[KEY] == list(case)).all(axis=1)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_curve_median_and_interval_are_those_of_survfit(case: tuple) -> None:
    ours, expected = curve(*case), of(CURVES, case)
    np.testing.assert_array_equal(ours.times, expected["time"])
    np.testing.assert_array_equal(ours.at_risk, expected["at_risk"])
    np.testing.assert_array_equal(ours.events, expected["events"])
    np.testing.assert_allclose(ours.survival, expected["survival"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.low, expected["low"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.high, expected["high"], rtol=1e-12, atol=1e-15)
    median = of(MEDIANS, case).iloc[0]
    assert (ours.median, ours.median_low, ours.median_high) == tuple(median[["median", "low", "high"]])


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_reading_the_curve_at_a_time(case: tuple) -> None:
    expected = of(AT, case)
    assert len(expected) > 2
    entered = np.maximum(DATA["entry"] if case[0] else -np.inf, case[1] or -np.inf)
    for found, row in zip(curve(*case).at(list(expected["time"])), expected.itertuples(), strict=True):
        np.testing.assert_allclose([found.survival, found.low, found.high], [row.survival, row.low, row.high])
        assert found.at_risk == sum((entered < row.time) & (DATA["time"] >= row.time))


def test_a_median_where_the_curve_lies_on_one_half() -> None:
    expected = pd.read_csv(HERE / "expected_half.csv")
    assert expected["high"].isna().all()
    for ours, row in zip(
        (kaplan_meier([10, 20, 30, 40], [1, 1, 1, 0]), kaplan_meier([10, 20], [1, 0])),
        expected.itertuples(),
        strict=True,
    ):
        assert (ours.median, ours.median_low, ours.median_high) == (row.median, row.low, None)


def test_before_the_first_and_after_the_last_time() -> None:
    ours = kaplan_meier([10, 20, 30, 40], [1, 1, 1, 0])
    before, last, after = ours.at([5, 40, 41])
    assert (before.survival, before.low, before.at_risk) == (1, 1, 4)
    assert (last.survival, last.at_risk) == (0.25, 1)
    assert (after.survival, after.low, after.at_risk) == (None, None, 0)
    [gone] = kaplan_meier([10, 20], [1, 1]).at(30)
    assert (gone.survival, gone.low, gone.high) == (0, None, None)
    assert ours.median is not None
    assert kaplan_meier([10, 20, 30], [1, 0, 0]).median is None


def test_the_share_with_the_event_mirrors_the_curve() -> None:
    ours = curve(0, 0, "log-log")
    share = ours.incidence()
    np.testing.assert_allclose(share.estimate + ours.survival, 1)
    np.testing.assert_allclose((share.low + ours.high)[ours.survival > 0], 1)
    assert (share.low[10] < share.estimate[10]) & (share.estimate[10] < share.high[10])


def test_people_who_enter_late_are_not_at_risk_before() -> None:
    # Nine enter at 100: one of two at risk leaves at 10. Counting all eleven would hide the halving.
    time, event, entry = [10, 150] + [200] * 9, [1, 1] + [0] * 9, [0, 0] + [100] * 9
    late = kaplan_meier(time, event, entry)
    assert late.at_risk.tolist() == [2, 10, 9]
    assert late.survival[0] == 0.5
    assert "as few as 2 at risk" in late.notices[0]
    assert "since=10" in late.notices[0]
    assert kaplan_meier(time, event, entry, since=100).survival.tolist() == [0.9, 0.9]
    assert kaplan_meier(time, event).notices == ()


def test_an_early_risk_set_of_one_ends_the_curve_for_everyone() -> None:
    trapped = kaplan_meier([10] + [200] * 9, [1] + [0] * 9, [0] + [100] * 9)
    assert trapped.survival.tolist() == [0, 0]
    assert trapped.notices


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1]), "equal length"),
        (([1, np.nan], [1, 0]), r"time is missing in 1 row\(s\)"),
        (([1, 2], [1, 2]), "event must be 1"),
        (([1, 2], [1, 0], [0, 2]), "Row 2: entry 2 is not before time 2"),
        (([], []), "Nobody"),
        (([1, 2], [1, 0], None, "exact"), "conf 'exact' is not known; choose one of log, log-log, plain"),
    ],
)
def test_bad_input_gets_one_clear_message(arguments: tuple, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        kaplan_meier(*arguments)


def test_nobody_left_since() -> None:
    with pytest.raises(StatsError, match="Nobody is left"):
        kaplan_meier([1, 2], [1, 0], since=5)
