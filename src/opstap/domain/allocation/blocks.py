"""Permuted blocks of random size within strata, from a secret seed.

Chance comes from HMAC-SHA-256 in counter mode over the seed and the stratum, so that the same seed gives the
same list on every machine and Python version, and one stratum's list says nothing about another's. Whole
numbers are drawn by rejection, without modulo bias (NIST SP 800-90A B.5.1.1).

Method: Rosenberger and Lachin, Randomization in Clinical Trials, 2nd ed. 2015, chapter 3.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SEED_BITS = 128


class SeedError(ValueError):
    """A seed that is too short to keep the list secret."""


@dataclass(frozen=True)
class Row:
    """One line of an allocation list: the stratum, the number within it (from 1), and the arm."""

    stratum: str
    number: int
    arm: str


class _Draw:
    """Whole numbers from a keyed stream."""

    def __init__(self, seed: bytes, name: str) -> None:
        self._seed, self._name, self._counter, self._bytes = seed, name.encode(), 0, b""

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, `limit` (at most 65,536)."""
        ceiling = 65536 - 65536 % limit
        while True:
            if len(self._bytes) < 2:
                block = self._name + b"\x00" + self._counter.to_bytes(8, "big")
                self._bytes = hmac.new(self._seed, block, hashlib.sha256).digest()
                self._counter += 1
            value, self._bytes = int.from_bytes(self._bytes[:2], "big"), self._bytes[2:]
            if value < ceiling:
                return value % limit


def permuted_blocks(
    *, seed: bytes, strata: Sequence[str], ratio: Mapping[str, int], block_sizes: Sequence[int], length: int
) -> list[Row]:
    """Make a list of at least `length` rows in each stratum, in whole blocks.

    Each block's size is drawn from `block_sizes` (multiples of the summed ratio) and its order is a
    Fisher–Yates shuffle. Raises SeedError for a seed of under 128 bits.
    """
    if len(seed) * 8 < SEED_BITS:
        raise SeedError(f"the seed has {len(seed) * 8} bits; it needs at least {SEED_BITS}")
    return [
        Row(stratum, number, arm)
        for stratum in strata
        for number, arm in enumerate(_arms(_Draw(seed, stratum), ratio, block_sizes, length), start=1)
    ]


def _arms(draw: _Draw, ratio: Mapping[str, int], block_sizes: Sequence[int], length: int) -> Iterator[str]:
    unit = [arm for arm in sorted(ratio) for _ in range(ratio[arm])]
    made = 0
    while made < length:
        size = block_sizes[draw.below(len(block_sizes))]
        block = unit * (size // len(unit))
        for last in range(size - 1, 0, -1):
            other = draw.below(last + 1)
            block[last], block[other] = block[other], block[last]
        yield from block
        made += size


def commitment(rows: Iterable[Row]) -> str:
    """Hash a list, so that it can be published before the first inclusion and checked after the last.

    SHA-256 over `stratum,number,arm` lines in order, as the list's CSV file holds them.
    """
    text = "".join(f"{row.stratum},{row.number},{row.arm}\n" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
