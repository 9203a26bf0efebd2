"""Chance from a secret seed: the same seed gives the same numbers on every machine and Python version.

HMAC-SHA-256 in counter mode over the seed and a name: block *i* of the stream called `name` is
HMAC(seed, name ‖ 0x00 ‖ i as 8 bytes, big-endian), i from 0. A stream says nothing about one of another name. Whole
numbers are drawn by rejection, without modulo bias (NIST SP 800-90A B.5.1.1).
"""

from __future__ import annotations

import hmac

SEED_BITS = 128
#: A draw that is kept until it is used: a whole number from 0 up to, not including, this.
DRAWS = 1 << 64


class SeedError(ValueError):
    """A seed that is too short to keep the list secret."""


def long_enough(seed: bytes) -> bytes:
    """Give the seed back when it can be kept secret; SeedError for one of under 128 bits."""
    if len(seed) * 8 < SEED_BITS:
        raise SeedError(f"the seed has {len(seed) * 8} bits; it needs at least {SEED_BITS}")
    return seed


class Stream:
    """Whole numbers from a keyed stream with a name."""

    def __init__(self, seed: bytes, name: str) -> None:
        self._seed, self._name, self._counter, self._bytes, self._at = seed, name.encode() + b"\x00", 0, b"", 0

    def _take(self, size: int) -> int:
        end = self._at + size
        if end > len(self._bytes):
            self._bytes = hmac.digest(self._seed, self._name + self._counter.to_bytes(8, "big"), "sha256")
            self._counter, self._at, end = self._counter + 1, 0, size
        found = int.from_bytes(self._bytes[self._at : end], "big")
        self._at = end
        return found

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, `limit` (at most 65,536): two bytes, again when too high."""
        ceiling = 65536 - 65536 % limit
        while True:
            value = self._take(2)
            if value < ceiling:
                return value % limit

    def draw(self) -> int:
        """Draw a whole number below `DRAWS`: eight bytes. A stream is read with `below` or with `draw`, never both."""
        return self._take(8)
