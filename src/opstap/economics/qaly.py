"""Quality-adjusted life years: the area under values of health over time.

- Drummond MF and others. Methods for the Economic Evaluation of Health Care Programmes, 4th ed. Oxford 2015.
- Manca A, Hawkins N, Sculpher MJ. Health Econ 2005;14:487-496 (the value at baseline belongs in the regression).

Between two values the line is straight; before the first and after the last the value stays. From the day of a death on
it is 0, and the line runs down to that day. A QALY is linear in the values, so it is given by weights: a missing value
can be filled in first and summed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor

import numpy as np
import numpy.typing as npt

from opstap.economics.rules import YEAR, discount

#: Values are sums of decimal fractions.
ROUNDING = 1e-9
Array = npt.NDArray[np.float64]


def qaly_weights(days: Sequence[float], horizon: float, *, death: float | None = None, rate: float = 0.0) -> Array:
    """Give the weight, in years, of each value taken on `days` (rising, from 0) in the QALYs up to `horizon` days.

    `death` is the day of death: values on or after it have weight 0. `rate` discounts, by the year (not the first).
    ValueError for days that do not rise.
    """
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("the days of the values must rise")
    last = horizon if death is None else min(horizon, max(0.0, death))
    alive = [day for day in days if death is None or day < death]
    weights = np.zeros(len(days))
    if not alive or last <= 0:
        return weights
    known = np.array(alive if death is None else [*alive, death])
    years = [YEAR * year for year in range(1, floor(last / YEAR) + 1)]
    grid = np.unique([0.0, *(day for day in known if 0 < day < last), *(day for day in years if day < last), last])
    steps = np.diff(grid)
    factors = np.array([discount(middle, rate) for middle in grid[:-1] + steps / 2])
    for number in range(len(alive)):
        one = np.zeros(len(known))
        one[number] = 1.0
        height = np.interp(grid, known, one)
        weights[number] = float(np.sum((height[:-1] + height[1:]) / 2 * steps * factors) / YEAR)
    return weights


def qalys(values: Array, weights: Array) -> Array:
    """Sum values of health (people by waves) by their weights; NaN where one that counts is missing.

    ValueError for a value above 1: that is full health.
    """
    if np.any(values > 1 + ROUNDING):
        raise ValueError(f"a value of health of {np.nanmax(values):g}: 1 is full health, so none is above it")
    return np.where(weights == 0, 0.0, values * weights).sum(axis=1)
