"""Minimisation against a worked example and a second implementation, and its known long-run properties."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstap.domain.allocation import Minimiser, SeedError, draws, simple
from opstap.domain.allocation.stream import DRAWS

SEED = bytes(range(32))


def of(counts: dict[tuple[str, str], dict[str, int]], **settings) -> Minimiser:
    """A minimiser that stands at these marginal counts (people are added who have one factor each)."""
    weights = {factor: 1.0 for factor, _level in counts}
    made = Minimiser(**{"ratio": {"a": 1, "b": 1}, "weights": weights, "probability": 0.8, **settings})
    for (factor, level), found in counts.items():
        for arm, number in found.items():
            for _one in range(number):
                # The other factors' levels are ones that nobody looks at.
                made.add({**dict.fromkeys(weights, "-"), factor: level}, arm)
    return made


def test_an_example_worked_by_hand() -> None:
    found = of(
        {
            ("f1", "x"): {"a": 9, "b": 8},
            ("f2", "x"): {"a": 11, "b": 10},
            ("f3", "x"): {"a": 7, "b": 8},
            ("f4", "x"): {"a": 12, "b": 9},
        }
    )
    levels = dict.fromkeys(("f1", "f2", "f3", "f4"), "x")
    # To a: |10-8|+|12-10|+|8-8|+|13-9| = 8; to b: |9-9|+|11-11|+|7-9|+|12-10| = 4.
    assert found.imbalances(levels) == [8, 4]
    assert found.probabilities(levels) == pytest.approx([0.2, 0.8])
    assert found.choose(levels, 0) == "a"
    assert found.choose(levels, DRAWS // 5) == "b"
    assert found.choose(levels, DRAWS - 1) == "b"


def test_the_variance_and_the_weights_count() -> None:
    three = {"ratio": {"a": 1, "b": 1, "c": 1}, "measure": "variance"}
    found = of({("f", "x"): {"a": 4, "b": 2}}, **three)
    # To a: variance of 5, 2, 0 = 19/3; to b: 4, 3, 0 = 13/3; to c: 4, 2, 1 = 7/3.
    assert found.imbalances({"f": "x"}) == pytest.approx([19 / 3, 13 / 3, 7 / 3])
    assert found.probabilities({"f": "x"}) == pytest.approx([0.1, 0.1, 0.8])
    tied = of({("f", "x"): {"a": 1}, ("g", "x"): {"b": 1}})
    assert tied.probabilities({"f": "x", "g": "x"}) == pytest.approx([0.5, 0.5])
    heavier = of({("f", "x"): {"a": 1}, ("g", "x"): {"b": 1}}, weights={"f": 2.0, "g": 1.0})
    assert heavier.probabilities({"f": "x", "g": "x"}) == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("ratio", [{"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}])
def test_unequal_arms_get_the_probabilities_of_biased_coin_minimisation(ratio: dict[str, int]) -> None:
    # Han and others 2009, formula for p_Hi and p_Lki with p_H1 = 0.8, in exact fractions.
    whole, least = sum(ratio.values()), min(ratio.values())
    for preferred in ratio:
        counts = {arm: 0 if arm == preferred else 40 * weight for arm, weight in ratio.items()}
        found = of({("f", "x"): counts}, ratio=ratio)
        low = {arm: Fraction(1, 5) * Fraction(weight, whole - least) for arm, weight in ratio.items()}
        expected = [
            1 - sum(low[other] for other in ratio if other != preferred) if arm == preferred else low[arm]
            for arm in sorted(ratio)
        ]
        assert found.probabilities({"f": "x"}) == pytest.approx([float(one) for one in expected])


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("pq")), min_size=1, max_size=40),
    ratio=st.sampled_from([{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 1, "c": 1}]),
    weights=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_a_second_implementation_draws_the_same_arms(people, ratio, weights) -> None:
    weight = {"f": float(weights[0]), "g": float(weights[1])}
    one = Minimiser(ratio=ratio, weights=weight, probability=0.75)
    seen: list[tuple[dict[str, str], str]] = []
    for row, (f, g) in zip(draws(seed=SEED, length=len(people)), people, strict=True):
        levels = {"f": f, "g": g}
        arm = one.choose(levels, int(row.arm, 16))
        assert arm == again(seen, levels, ratio, weight, Fraction(int(row.arm, 16), 2**64))
        one.add(levels, arm)
        seen.append((levels, arm))


def again(seen, levels, ratio, weight, left: Fraction) -> str:
    """From the papers' text, with exact fractions, counting everyone anew."""
    arms, whole, least = sorted(ratio), sum(ratio.values()), min(ratio.values())
    score = {}
    for candidate in arms:
        score[candidate] = Fraction(0)
        for factor, level in levels.items():
            counts = [
                Fraction(sum(1 for had, arm in [*seen, (levels, candidate)] if had[factor] == level and arm == one))
                / ratio[one]
                for one in arms
            ]
            score[candidate] += Fraction(weight[factor]) * (max(counts) - min(counts))
    best = [arm for arm in arms if score[arm] == min(score.values())]
    for arm in arms:
        chance = Fraction(0)
        for preferred in best:
            share = Fraction(ratio[preferred], sum(ratio[one] for one in best))
            low = Fraction(1, 4) / (whole - least)
            chance += share * (1 - low * (whole - ratio[preferred]) if arm == preferred else low * ratio[arm])
        if left < chance:
            return arm
        left -= chance
    return arms[-1]


@pytest.mark.parametrize("ratio", [{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 3, "b": 2, "c": 1}])
def test_the_ratio_is_kept_and_the_arms_stay_alike_in_every_factor(ratio: dict[str, int]) -> None:
    made = Minimiser(ratio=ratio, weights={"site": 1.0, "sex": 1.0}, probability=0.8)
    rows = draws(seed=SEED, length=3000)
    total: Counter[str] = Counter()
    per: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows):
        levels = {"site": "abc"[number * number % 3], "sex": "fm"[number // 3 % 2]}
        arm = made.choose(levels, int(row.arm, 16))
        made.add(levels, arm)
        total[arm] += 1
        per[levels["site"], arm] += 1
    whole = sum(ratio.values())
    for arm, weight in ratio.items():
        assert abs(total[arm] / 3000 - weight / whole) < 0.01
        for site in {site for site, _arm in per}:
            at = sum(n for (where, _arm), n in per.items() if where == site)
            # Simple randomisation of 1,000 would have a standard deviation of 15.
            assert abs(per[site, arm] - at * weight / whole) < 15


def test_the_draws_are_known_from_the_seed_alone_and_use_all_their_bits() -> None:
    found = draws(seed=SEED, length=2000)
    assert found == draws(seed=SEED, length=2000)
    assert found[:500] == draws(seed=SEED, length=500)
    assert [row.number for row in found] == list(range(1, 2001))
    ones = sum(int(row.arm, 16).bit_count() for row in found)
    assert abs(ones - 64_000) < 4 * 179  # binomial(128,000, ½) has a standard deviation of 179
    with pytest.raises(SeedError):
        draws(seed=bytes(15), length=1)


def test_a_simple_list_is_drawn_line_by_line_in_the_ratio() -> None:
    rows = simple(seed=SEED, strata=["north", "south"], ratio={"a": 2, "b": 1}, length=6000)
    assert [row.number for row in rows] == [*range(1, 6001)] * 2
    north = [row.arm for row in rows if row.stratum == "north"]
    assert abs(Counter(north)["a"] - 4000) < 4 * 36.5
    # A line says nothing about the next: after a comes a as often as after b.
    pairs = Counter(pairwise(north))
    assert abs(pairs["a", "a"] / Counter(north)["a"] - 2 / 3) < 0.03
    with pytest.raises(SeedError):
        simple(seed=b"short", strata=["north"], ratio={"a": 1, "b": 1}, length=1)
