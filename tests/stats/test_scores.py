"""Scores of many people at once against the same rules for one person: two programmes, one answer."""

import math

import numpy as np
import pytest

from opstap.domain.instruments.scoring import RRTW_ITEMS, SCORES, STAGES, columns, read_rrtw_key
from opstap.stats.scores import COLUMNS, MISSING, score

KEY = read_rrtw_key(
    {stage: list(RRTW_ITEMS[3 * number : 3 * number + 3]) for number, stage in enumerate(STAGES[:-1])}
    | {STAGES[-1]: list(RRTW_ITEMS[15:])}
)


def people(rule: str, missing: float, seed: int = 7, count: int = 400) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    drawn = {}
    for item, (low, high) in COLUMNS[rule].items():
        codes = chance.integers(low, high + 1, count).astype(np.int16)
        drawn[item] = np.where(chance.random(count) < missing, MISSING, codes).astype(np.int16)
    return drawn


@pytest.mark.parametrize("rule", sorted(COLUMNS))
@pytest.mark.parametrize("missing", [0, 0.03])
def test_arrays_and_persons_agree(rule: str, missing: float) -> None:
    codes = people(rule, missing)
    key = {"key": KEY} if rule == "rrtw" else {}
    together = score(rule, codes, *key.values())
    assert tuple(together) == columns(rule)
    for row in range(len(next(iter(codes.values())))):
        answers = {item: int(column[row]) for item, column in codes.items() if column[row] != MISSING}
        for name, value in SCORES[rule](answers, **key).items():
            found = together[name][row]
            assert math.isnan(found) if value is None else found == pytest.approx(value, abs=1e-9), (name, answers)


def test_rrtw_without_a_key_tells_nothing() -> None:
    assert all(np.isnan(values).all() for values in score("rrtw", people("rrtw", 0)).values())


def test_every_state_of_the_eq5d_is_worth_what_it_is_for_one_person() -> None:
    levels = np.indices((5,) * 5).reshape(5, -1) + 1
    together = score("eq5d_5l", dict(zip(COLUMNS["eq5d_5l"], levels, strict=True)))
    assert len(together["eq5d_index_nl"]) == 3125
    for row in range(0, 3125, 7):
        one = SCORES["eq5d_5l"](dict(zip(COLUMNS["eq5d_5l"], levels[:, row], strict=True)))
        assert together["eq5d_index_be"][row] == pytest.approx(one["eq5d_index_be"])
