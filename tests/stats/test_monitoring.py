"""Signals by site, against SciPy and against what was planted."""

import random

import pytest
from scipy import stats

from opstap.stats.monitoring import LEAST, adjusted, brown_forsythe, compare, fisher


@pytest.mark.parametrize("table", [(3, 1, 1, 3), (0, 12, 5, 7), (40, 300, 90, 800), (0, 0, 4, 6), (1, 9, 11, 3)])
def test_fisher_is_that_of_scipy(table) -> None:
    a, b, c, d = table
    assert fisher(*table) == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-9)


def test_spread_is_that_of_scipy() -> None:
    rng = random.Random(7)
    first, second = [rng.gauss(30, 8) for _ in range(25)], [rng.gauss(30, 3) for _ in range(60)]
    expected = stats.levene(first, second, center="median").pvalue
    assert brown_forsythe(first, second) == pytest.approx(expected, rel=1e-9)


def test_what_does_not_vary_is_no_difference_unless_only_one_does() -> None:
    assert brown_forsythe([3, 3, 3], [5, 5, 5]) == 1
    assert brown_forsythe([3, 3, 3], [4, 6, 4, 6]) == 0


def test_adjusting_is_that_of_scipy() -> None:
    ps = [0.01, 0.04, 0.03, 0.2, 0.5, 0.03]
    assert adjusted(ps) == pytest.approx(list(stats.false_discovery_control(ps)))
    assert adjusted([]) == []


@pytest.mark.parametrize("call", [lambda: fisher(-1, 1, 1, 1), lambda: brown_forsythe([1], [1, 2])])
def test_bad_input_is_refused(call) -> None:
    with pytest.raises(ValueError):
        call()


def test_what_was_planted_is_found_first_and_nothing_else() -> None:
    rng = random.Random(20261122)
    hours = {
        "a": [rng.randint(8, 40) for _ in range(60)],
        "b": [5 * rng.randint(2, 8) for _ in range(60)],
        "c": [rng.randint(8, 40) for _ in range(60)],
    }
    missing = {"t6": {"a": (4, 60), "b": (5, 60), "c": (30, 60)}}
    found = compare(missing, {"hours": hours})
    striking = {(one.kind, one.site) for one in found if one.adjusted < 0.01}
    assert ("missing", "c") in striking
    assert ("digits", "b") in striking
    assert not any(kind == "spread" for kind, _site in striking)
    assert [one.adjusted for one in found] == sorted(one.adjusted for one in found)


def test_too_little_says_nothing() -> None:
    few = {"a": [1.0] * (LEAST - 1), "b": [2.0] * 50}
    assert compare({"t0": {"a": (1, 4)}}, {"hours": few}) == []
    assert compare({"t0": {"a": (0, 0), "b": (1, 2)}}, {}) == []
