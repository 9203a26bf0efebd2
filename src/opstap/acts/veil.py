"""Numbers that stand in addresses, veiled: who sees some of them learns nothing of how many there are in between.

Rows are numbered in order. What exists in one arm only takes numbers too, and the gaps that it leaves for who may not
see it would tell the arm. So an address holds the number under a keyed permutation of 40 bits: a balanced Feistel
network of four rounds with HMAC-SHA-256 (Luby and Rackoff, SIAM Journal on Computing 1988; 17: 373–386).
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

_HALF = 20
_MASK = (1 << _HALF) - 1
#: The largest number that can be veiled; as many come out.
MOST = (1 << 2 * _HALF) - 1


def veil(number: int) -> int:
    """Give the number that stands in an address for a row."""
    left, right = number >> _HALF, number & _MASK
    for turn in range(4):
        left, right = right, left ^ _mix(turn, right)
    return left << _HALF | right


def unveil(number: int) -> int:
    """Give the row that a number in an address stands for."""
    left, right = number >> _HALF, number & _MASK
    for turn in reversed(range(4)):
        left, right = right ^ _mix(turn, left), left
    return left << _HALF | right


def _mix(turn: int, half: int) -> int:
    found = hmac.digest(settings.SECRET_KEY.encode(), b"veil %d %d" % (turn, half), hashlib.sha256)
    return int.from_bytes(found[:4], "big") & _MASK
