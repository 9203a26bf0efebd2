"""Balance studies: what is known of each method beforehand comes out."""

from __future__ import annotations

from typing import Any

import pytest

from opstap.domain.protocol import Protocol, load
from opstap.simulate.balance import balance

SITE = {"factors": {"site": 1}, "probability": 0.8}


def planned(**changes: Any) -> Protocol:
    content = load("steps").model_dump(by_alias=True)
    plan = {**content["study"]["allocation"], **changes}
    return Protocol.model_validate({**content, "study": {**content["study"], "target": 60, "allocation": plan}})


def test_simple_randomisation_cannot_be_guessed_and_differs_as_coins_do() -> None:
    found = balance(planned(method="simple", block_sizes=[], strata=[]), trials=300, seed=1)
    assert found.trials * found.people == 18_000
    assert abs(found.guessed - 0.5) < 4 * (0.25 / 18_000) ** 0.5
    # The mean absolute difference of 60 tosses is about √(2·60/π) = 6.2.
    assert abs(found.whole.mean - 6.2) < 1


def test_blocks_of_two_stay_level_and_every_second_lot_is_known() -> None:
    found = balance(planned(block_sizes=[2]), trials=100, seed=2)
    assert found.factors["site"].largest == 1
    assert found.whole.largest <= 3
    assert abs(found.guessed - 0.75) < 0.01


def test_larger_blocks_are_guessed_less() -> None:
    small, large = (balance(planned(block_sizes=[size]), trials=100, seed=3) for size in (2, 10))
    assert large.guessed < small.guessed


def test_a_minimisation_keeps_its_factors_level_and_is_right_as_often_as_its_coin() -> None:
    made = planned(method="minimisation", block_sizes=[], strata=[], minimisation=SITE)
    found = balance(made, trials=100, seed=4)
    assert found.factors["site"].mean < 4
    assert 0.5 < found.guessed < 0.8
    assert found == balance(made, trials=100, seed=4)
    assert found != balance(made, trials=100, seed=5)


@pytest.mark.parametrize("ratio", [{"steps": 2, "usual_care": 1}])
def test_differences_are_per_unit_of_the_ratio(ratio: dict[str, int]) -> None:
    assert balance(planned(ratio=ratio, block_sizes=[3]), trials=50, seed=6).factors["site"].largest <= 1
