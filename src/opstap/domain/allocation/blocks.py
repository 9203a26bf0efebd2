"""Lists that are made beforehand, within strata: permuted blocks of random size, and simple randomisation.

Each stratum has a stream of chance of its own (`stream.py`), so that one stratum's list says nothing about another's
and a list does not change when a stratum is added.

Method: Rosenberger and Lachin, Randomization in Clinical Trials, 2nd ed. 2015, chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opstap.domain.allocation.stream import Stream, long_enough


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an allocation list: the stratum, the number within it (from 1), and what stands there.

    `arm` is the arm itself; in the list of a minimisation, where the arm follows from who came before, it is the draw
    that decides it (16 hexadecimal digits).
    """

    stratum: str
    number: int
    arm: str


def permuted_blocks(
    *, seed: bytes, strata: Sequence[str], ratio: Mapping[str, int], block_sizes: Sequence[int], length: int
) -> list[Row]:
    """Make a list of at least `length` rows in each stratum, in whole blocks.

    Each block's size is drawn from `block_sizes` (multiples of the summed ratio) and its order is a
    Fisher–Yates shuffle. Raises SeedError for a seed of under 128 bits.
    """
    long_enough(seed)
    return [
        Row(stratum, number, arm)
        for stratum in strata
        for number, arm in enumerate(block_arms(Stream(seed, stratum), ratio, block_sizes, length), start=1)
    ]


def simple(*, seed: bytes, strata: Sequence[str], ratio: Mapping[str, int], length: int) -> list[Row]:
    """Make a list of `length` rows in each stratum, each drawn by itself in the ratio of the arms.

    Raises SeedError for a seed of under 128 bits.
    """
    long_enough(seed)
    return [
        Row(stratum, number, arm)
        for stratum in strata
        for number, arm in enumerate(simple_arms(Stream(seed, stratum), ratio, length), start=1)
    ]


def block_arms(stream: Stream, ratio: Mapping[str, int], block_sizes: Sequence[int], length: int) -> Iterator[str]:
    """Give the arms of one stratum, block after block, until there are at least `length`."""
    unit = weighted(ratio)
    made = 0
    while made < length:
        size = block_sizes[stream.below(len(block_sizes))]
        block = unit * (size // len(unit))
        for last in range(size - 1, 0, -1):
            other = stream.below(last + 1)
            block[last], block[other] = block[other], block[last]
        yield from block
        made += size


def simple_arms(stream: Stream, ratio: Mapping[str, int], length: int) -> Iterator[str]:
    """Give `length` arms, each drawn by itself."""
    unit = weighted(ratio)
    return (unit[stream.below(len(unit))] for _number in range(length))


def weighted(ratio: Mapping[str, int]) -> list[str]:
    """Give each arm as often as its weight, in the order of the arms' names."""
    return [arm for arm in sorted(ratio) for _ in range(ratio[arm])]
