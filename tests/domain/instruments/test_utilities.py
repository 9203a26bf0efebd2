"""EQ-5D-5L by the Dutch and the Belgian tariff, and SF-6D, against published figures."""

import pytest

from opstap.domain.instruments.codes import ScoreError
from opstap.domain.instruments.scoring import sf12_v1, sf12_v2
from opstap.domain.instruments.utilities import DIMENSIONS, eq5d_5l, sf6d_value


def state(digits: str) -> dict[str, int]:
    return {dimension: int(digit) for dimension, digit in zip(DIMENSIONS, digits, strict=True)}


# Published values: Versteegh 2016 and Bouckaert 2022, as collected in an open table and checked against the 3,125
# states of the Belgian file.
@pytest.mark.parametrize(
    ("digits", "dutch", "belgian"),
    [
        ("11111", 1, 1),
        ("21111", 0.918, 0.9308),
        ("11121", 0.887, 0.8952),
        ("11112", 0.883, 0.9013),
        ("21231", 0.787, 0.7811),
        ("33333", 0.511, 0.5766),
        ("55555", -0.446, -0.5316),
    ],
)
def test_published_states(digits, dutch, belgian):
    found = eq5d_5l(state(digits))
    assert found["eq5d_index_nl"] == pytest.approx(dutch, abs=1e-9)
    assert found["eq5d_index_be"] == pytest.approx(belgian, abs=5e-5)


# The Belgian model: each level costs a fixed share of level 5 of its dimension.
@pytest.mark.parametrize(("level", "share"), [(2, 0.13909), (3, 0.25822), (4, 0.78784)])
@pytest.mark.parametrize(
    ("dimension", "worst"), [("mo", 0.2267916), ("sc", 0.1654566), ("ua", 0.1807503), ("pd", 0.4822616),
                             ("ad", 0.4387052)]
)  # fmt: skip
def test_the_belgian_model_is_multiplicative(dimension, worst, level, share):
    found = eq5d_5l({**state("11111"), dimension: level})["eq5d_index_be"]
    assert found == pytest.approx(1 - 0.0376805 - share * worst, abs=1e-5)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_missing_answer_leaves_no_value(dimension):
    assert eq5d_5l({**state("11111"), dimension: None}) == {"eq5d_index_nl": None, "eq5d_index_be": None}


def test_a_sixth_level_is_refused():
    with pytest.raises(ScoreError, match="mo"):
        eq5d_5l(state("61111"))


# Published test values: physical, role, social, pain, mental, vitality.
@pytest.mark.parametrize(("digits", "expected"), [("121111", 0.937), ("232222", 0.660), ("343333", 0.570)])
def test_sf6d_profiles(digits, expected):
    names = ("physical", "role", "social", "pain", "mental", "vitality")
    assert sf6d_value(dict(zip(names, map(int, digits), strict=True))) == pytest.approx(expected)


#: The same three profiles as answers of version 1 and of version 2 (items 2, 5, 6, 8, 10, 11, 12).
@pytest.mark.parametrize(
    ("score", "answers", "expected"),
    [
        (sf12_v1, (3, 1, 2, 1, 1, 6, 5), 0.937),
        (sf12_v1, (2, 2, 1, 2, 2, 5, 4), 0.660),
        (sf12_v1, (2, 2, 1, 2, 3, 5, 4), 0.660),  # "a good bit" joins "most"
        (sf12_v1, (1, 1, 1, 3, 4, 4, 3), 0.570),
        (sf12_v2, (3, 4, 5, 1, 1, 5, 5), 0.937),  # "a little of the time" is limited
        (sf12_v2, (2, 5, 4, 2, 2, 4, 4), 0.660),
        (sf12_v2, (1, 1, 1, 3, 3, 3, 3), 0.570),
        (sf12_v1, (3, 2, 2, 1, 1, 6, 5), 1),
        (sf12_v1, (1, 1, 1, 5, 6, 1, 1), 1 - 0.045 - 0.063 - 0.093 - 0.137 - 0.134 - 0.106 - 0.077),
        (sf12_v1, (None, 2, 2, 1, 1, 6, 5), None),
    ],
)
def test_sf6d_from_answers(score, answers, expected):
    items = ("i2", "i5", "i6", "i8", "i10", "i11", "i12")
    found = score(dict(zip(items, answers, strict=True)))["sf6d_uk"]
    assert found == (None if expected is None else pytest.approx(expected))
