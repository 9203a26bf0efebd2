"""QALYs by hand, and what must hold whatever the values are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstap.domain.instruments.utilities import eq5d_5l
from opstap.economics.qaly import qaly_weights, qalys

HALF, YEAR = 182.625, 365.25
DAYS = [0.0, HALF, YEAR]


def qaly(values, days=DAYS, horizon=YEAR, **more) -> float:
    return float(qalys(np.array([values]), np.array([qaly_weights(days, horizon, **more)]))[0])


def test_the_area_under_three_values() -> None:
    # (0.6 + 0.8) / 2 / 2 + (0.8 + 0.9) / 2 / 2 = 0.35 + 0.425
    assert qaly([0.6, 0.8, 0.9]) == pytest.approx(0.775)


def test_values_of_both_countries_make_an_area() -> None:
    # State 21111 and full health: NL 0.918, BE 0.9308 (published), so half a year (0.918 + 1) / 4 and so on.
    full, ill = ({"mo": level, "sc": 1, "ua": 1, "pd": 1, "ad": 1} for level in (1, 2))
    for index, value in (("eq5d_index_nl", 0.918), ("eq5d_index_be", 0.9308)):
        values = [eq5d_5l(ill)[index], eq5d_5l(full)[index], eq5d_5l(full)[index]]
        assert qaly(values) == pytest.approx((value + 1) / 4 + 0.5, abs=5e-5)


def test_worse_than_death_counts_below_nothing() -> None:
    assert qaly([-0.2, -0.2, -0.2]) == pytest.approx(-0.2)


def test_death_ends_it() -> None:
    # From 0.8 straight down to 0 on day 91.3125, a quarter of a year: 0.8 / 2 x 0.25. Nothing after.
    assert qaly([0.8, float("nan"), float("nan")], death=91.3125) == pytest.approx(0.1)
    # Alive and 0.7 after half a year, dead after three quarters: (0.8 + 0.7) / 4 + 0.7 / 2 / 4.
    assert qaly([0.8, 0.7, float("nan")], death=273.9375) == pytest.approx(0.375 + 0.0875)
    assert qaly([0.8, 0.7, 0.6], death=0.0) == 0


def test_death_beyond_the_end_only_bends_the_last_part() -> None:
    # 0.8 at half a year, dead after a year and a half, counted for one year: 0.8/2 + ... the line passes 0.4 at a year.
    assert qaly([0.8, 0.8], days=[0, HALF], death=1.5 * YEAR) == pytest.approx(0.4 + (0.8 + 0.4) / 4)


def test_answers_late_or_early_are_cut_and_held_at_the_end() -> None:
    # 0.6 at the start and 1.0 on day 730.5: after a year the line stands at 0.8.
    assert qaly([0.6, 1.0], days=[0, 2 * YEAR]) == pytest.approx(0.7)
    # Last value after half a year: it stays.
    assert qaly([0.6, 0.8], days=[0, HALF]) == pytest.approx(0.35 + 0.4)


def test_later_years_count_less() -> None:
    # Full health for two years at 1.5%: 1 + 1 / 1.015.
    assert qaly([1, 1], days=[0, 2 * YEAR], horizon=2 * YEAR, rate=0.015) == pytest.approx(1 + 1 / 1.015)
    # From 0 to 1 in two years: areas 0.25 and 0.75.
    assert qaly([0, 1], days=[0, 2 * YEAR], horizon=2 * YEAR, rate=0.015) == pytest.approx(0.25 + 0.75 / 1.015)


def test_a_missing_value_makes_the_sum_missing() -> None:
    assert np.isnan(qaly([0.6, float("nan"), 0.9]))


def test_a_value_above_full_health_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a value of health of 1\.2"):
        qaly([0.6, 1.2, 0.9])


def test_days_must_rise() -> None:
    with pytest.raises(ValueError, match="must rise"):
        qaly_weights([0, 10, 10], 20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=5, unique=True), st.integers(30, 900), st.floats(0, 0.1))
def test_weights_add_up_to_the_time_that_is_counted(days, horizon: int, rate: float) -> None:
    stand = [0.0, *map(float, sorted(days))]
    weights = qaly_weights(stand, horizon, rate=rate)
    assert (weights >= 0).all()
    year = [min(YEAR, horizon - YEAR * number) for number in range(int(horizon // YEAR) + 1)]
    expected = sum(part / YEAR / (1 + rate) ** number for number, part in enumerate(year))
    assert weights.sum() == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.floats(1, 365), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_who_dies_has_no_more_than_who_lives(death: float, values) -> None:
    assert qaly(values, death=death) <= qaly([max(values)] * 3) + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-0.4, 1), min_size=3, max_size=3), st.floats(10, 360))
def test_weights_are_the_trapezoids_of_numpy(values, death: float) -> None:
    """An independent way: a fine line through the values, down to 0 at death."""
    known = [(day, value) for day, value in zip(DAYS, values, strict=True) if day < death]
    fine = np.unique(np.concatenate([np.linspace(0, death, 4001), DAYS[:2]]))
    fine = fine[fine <= death]
    line = np.interp(fine, [day for day, _ in known] + [death], [value for _, value in known] + [0])
    assert qaly(values, death=death) == pytest.approx(float(np.sum((line[:-1] + line[1:]) / 2 * np.diff(fine))) / YEAR)
