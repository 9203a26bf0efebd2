"""The allocation list: its known properties, a second implementation, and what the commitment covers."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstap.domain.allocation import Row, SeedError, commitment, permuted_blocks

SEED = bytes(range(32))
SITES = ["amsterdam", "utrecht", "leiden"]


def made(
    seed: bytes = SEED,
    strata: list[str] = SITES,
    ratio: dict[str, int] | None = None,
    sizes: tuple[int, ...] = (4, 6),
    length: int = 120,
) -> list[Row]:
    return permuted_blocks(
        seed=seed, strata=strata, ratio=ratio or {"steps": 1, "usual_care": 1}, block_sizes=sizes, length=length
    )


def naive(seed: bytes, stratum: str, ratio: dict[str, int], sizes: tuple[int, ...], length: int) -> list[str]:
    """From the module's text alone: the whole stream at once, two bytes a number, drawn again when too high."""
    stream = b"".join(
        hmac.digest(seed, stratum.encode() + bytes(1) + counter.to_bytes(8, "big"), "sha256")
        for counter in range(40 + length)
    )
    numbers = iter(int.from_bytes(stream[at : at + 2], "big") for at in range(0, len(stream), 2))

    def below(limit: int) -> int:
        highest_fair = (65536 // limit) * limit
        return next(number for number in numbers if number < highest_fair) % limit

    arms: list[str] = []
    while len(arms) < length:
        size = sizes[below(len(sizes))]
        block: list[str] = []
        while len(block) < size:
            for arm in sorted(ratio):
                block += [arm] * ratio[arm]
        for last in reversed(range(1, size)):
            other = below(last + 1)
            block[last], block[other] = block[other], block[last]
        arms += block
    return arms


def arms_of(rows: list[Row], stratum: str) -> list[str]:
    return [row.arm for row in rows if row.stratum == stratum]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.binary(min_size=16, max_size=64),
    ratio=st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), min_size=2, max_size=3),
    times=st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True),
    length=st.integers(1, 60),
)
def test_a_second_implementation_makes_the_same_list(
    seed: bytes, ratio: dict[str, int], times: list[int], length: int
) -> None:
    sizes = tuple(sum(ratio.values()) * number for number in times)
    rows = made(seed, ["noord", "zuid"], ratio, sizes, length)
    for stratum in ("noord", "zuid"):
        assert arms_of(rows, stratum) == naive(seed, stratum, ratio, sizes, length)


def test_the_same_seed_makes_the_same_list_and_another_seed_another() -> None:
    assert made() == made()
    assert made() != made(seed=SEED[::-1])


@pytest.mark.parametrize("size", [2, 4, 6, 8])
def test_every_block_is_balanced(size: int) -> None:
    for stratum in SITES:
        arms = arms_of(made(sizes=(size,)), stratum)
        for start in range(0, len(arms), size):
            assert Counter(arms[start : start + size]) == {"steps": size // 2, "usual_care": size // 2}


def test_the_arms_never_differ_by_more_than_half_the_largest_block() -> None:
    for stratum in SITES:
        lead = 0
        for arm in arms_of(made(), stratum):
            lead += 1 if arm == "steps" else -1
            assert abs(lead) <= 3


def test_an_unequal_ratio_is_kept_in_every_block() -> None:
    arms = arms_of(made(ratio={"steps": 2, "usual_care": 1}, sizes=(6,)), "leiden")
    for start in range(0, len(arms), 6):
        assert Counter(arms[start : start + 6]) == {"steps": 4, "usual_care": 2}


def test_both_block_sizes_occur_and_orders_differ() -> None:
    # With blocks of 4 and 6 the arms are level after every block; a list of one size would be level at its multiples.
    arms = arms_of(made(length=400), "amsterdam")
    lead, level = 0, set()
    for number, arm in enumerate(arms, start=1):
        lead += 1 if arm == "steps" else -1
        if lead == 0:
            level.add(number)
    assert any(number % 4 for number in level)
    assert not all(number in level for number in range(4, 400, 4))
    assert len({tuple(arms[start : start + 4]) for start in range(0, 400, 4)}) > 6
    assert max(len(list(run)) for _, run in groupby(arms)) <= 6


def test_all_orders_of_a_block_are_as_likely() -> None:
    # Six orders of a block of four; 6,000 blocks give 1,000 each, with a standard deviation of 29.
    arms = arms_of(made(strata=["een"], sizes=(4,), length=24_000), "een")
    orders = Counter(tuple(arms[start : start + 4]) for start in range(0, len(arms), 4))
    assert len(orders) == 6
    chi_square = sum((seen - 1000) ** 2 / 1000 for seen in orders.values())
    assert chi_square < 20.5  # the 0.999 quantile of chi-square with 5 degrees of freedom; the seed is fixed


def test_a_stratum_has_its_own_list_whatever_strata_stand_beside_it() -> None:
    together = made()
    for stratum in SITES:
        assert arms_of(made(strata=[stratum]), stratum) == arms_of(together, stratum)
    assert len({tuple(arms_of(together, stratum)[:60]) for stratum in SITES}) == 3


def test_rows_are_numbered_from_one_within_a_stratum_and_reach_the_length_asked() -> None:
    rows = made(length=50)
    for stratum in SITES:
        numbers = [row.number for row in rows if row.stratum == stratum]
        assert numbers == list(range(1, len(numbers) + 1))
        assert 50 <= len(numbers) < 56


@pytest.mark.parametrize("length", [0, 15])
def test_a_seed_that_can_be_guessed_is_refused(length: int) -> None:
    with pytest.raises(SeedError, match=f"has {length * 8} bits; it needs at least 128"):
        made(seed=bytes(length))


def test_sixteen_bytes_of_seed_are_enough() -> None:
    assert made(seed=bytes(16))


def test_the_commitment_is_a_keyed_hash_of_the_list_as_a_file() -> None:
    rows = [Row("leiden", 1, "steps"), Row("leiden", 2, "usual_care")]
    key = hmac.new(SEED, b"commitment", hashlib.sha256).digest()
    assert commitment(rows, SEED) == hmac.new(key, b"leiden,1,steps\nleiden,2,usual_care\n", "sha256").hexdigest()
    assert commitment(rows, SEED[::-1]) != commitment(rows, SEED)
    with pytest.raises(SeedError):
        commitment(rows, bytes(15))


def test_a_change_in_any_row_changes_the_commitment() -> None:
    rows = made(length=12)
    kept = commitment(rows, SEED)
    for at, row in enumerate(rows):
        for other in (
            Row("elders", row.number, row.arm),
            Row(row.stratum, row.number + 1, row.arm),
            Row(row.stratum, row.number, "steps" if row.arm == "usual_care" else "usual_care"),
        ):
            assert commitment([*rows[:at], other, *rows[at + 1 :]], SEED) != kept
        assert commitment(rows[:at] + rows[at + 1 :], SEED) != kept
    assert commitment(rows[::-1], SEED) != kept
