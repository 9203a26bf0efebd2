"""The lot as a protocol plans it: its strata, its list from a seed, its commitment, and a list made elsewhere."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from opstap.domain.allocation.blocks import Row, permuted_blocks, simple
from opstap.domain.allocation.minimisation import WHOLE, Minimiser, draws
from opstap.domain.allocation.stream import long_enough
from opstap.domain.protocol.model import Allocation, Protocol

#: The factor that every participant has.
SITE = "site"
YES_NO = {True: "yes", False: "no"}


def planned(protocol: Protocol) -> Allocation:
    """Give the plan of the lot; ValueError for a protocol of one arm."""
    if protocol.study.allocation is None:
        raise ValueError(f"{protocol.name} has one arm: there is no lot to draw")
    return protocol.study.allocation


def factors_of(protocol: Protocol) -> list[str]:
    """List what is looked at when a lot is drawn: the strata, or the factors of a minimisation."""
    plan = planned(protocol)
    return sorted(plan.minimisation.factors) if plan.minimisation else list(plan.strata)


def levels_of(protocol: Protocol, factor: str) -> list[str]:
    """List the levels of a factor: the sites, the choices of an answer at screening, or yes and no."""
    if factor == SITE:
        return list(protocol.sites)
    eligibility = protocol.study.eligibility
    return list(eligibility.choices[factor]) if factor in eligibility.choices else list(YES_NO.values())


def placed(protocol: Protocol, site: str, answers: Mapping[str, Any]) -> dict[str, str | None]:
    """Give someone's level of each factor, from their site and their answers at screening; None where it is unknown."""
    found: dict[str, str | None] = {}
    for factor in factors_of(protocol):
        value = site if factor == SITE else answers.get(factor)
        level = YES_NO[value] if isinstance(value, bool) else value
        found[factor] = level if level in levels_of(protocol, factor) else None
    return found


def stratum_of(protocol: Protocol, levels: Mapping[str, str]) -> str:
    """Name the list from which someone at these levels is served."""
    if planned(protocol).minimisation:
        return WHOLE
    return "/".join(levels[factor] for factor in factors_of(protocol)) or WHOLE


def strata_of(protocol: Protocol) -> list[str]:
    """List the strata of the plan: every combination of levels, or one list for all."""
    factors = factors_of(protocol)
    if planned(protocol).minimisation or not factors:
        return [WHOLE]
    return ["/".join(levels) for levels in product(*(levels_of(protocol, factor) for factor in factors))]


def list_from(protocol: Protocol, seed: bytes) -> list[Row]:
    """Make the list that the protocol plans from a seed; SeedError for one of under 128 bits."""
    plan = planned(protocol)
    strata, length = strata_of(protocol), plan.length_per_stratum
    if plan.minimisation:
        return draws(seed=seed, length=length)
    if plan.method == "simple":
        return simple(seed=seed, strata=strata, ratio=plan.ratio, length=length)
    return permuted_blocks(seed=seed, strata=strata, ratio=plan.ratio, block_sizes=plan.block_sizes, length=length)


def minimiser_of(protocol: Protocol) -> Minimiser:
    """Begin the minimisation that the protocol plans, with nobody in it."""
    plan = planned(protocol)
    assert plan.minimisation is not None  # asked only of a plan that minimises
    return Minimiser(
        ratio=plan.ratio,
        weights=plan.minimisation.factors,
        probability=plan.minimisation.probability,
        measure=plan.minimisation.measure,
    )


def commitment(rows: Iterable[Row], seed: bytes) -> str:
    """Hash a list, so that it can be published before the first inclusion and checked after the last.

    HMAC-SHA-256 of the lines `stratum,number,arm` in order, as the list's file holds them below its header, under the
    key HMAC-SHA-256(seed, "commitment"). Without the key, someone who knows nearly all lines could try the last ones
    against a plain hash. SeedError for a seed of under 128 bits.
    """
    key = hmac.digest(long_enough(seed), b"commitment", "sha256")
    text = "".join(f"{row.stratum},{row.number},{row.arm}\n" for row in rows)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def first_difference(found: Sequence[Row], expected: Sequence[Row]) -> tuple[int, Row | None, Row | None] | None:
    """Give the place (from 1) of the first line in which two lists differ, with both lines; None when they do not."""
    for place in range(max(len(found), len(expected))):
        one = found[place] if place < len(found) else None
        other = expected[place] if place < len(expected) else None
        if one != other:
            return place + 1, one, other
    return None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a list that was made elsewhere: the line of its file (1 is the header), and the mend."""

    line: int
    message: str


def faults(lines: Sequence[tuple[int, str, str, str]], protocol: Protocol) -> Iterator[Fault]:
    """List every fault of a list made elsewhere; each of `lines` is a line number, stratum, number and arm as text."""
    arms, strata = sorted(planned(protocol).ratio), strata_of(protocol)
    numbers: dict[str, dict[int, int]] = defaultdict(dict)
    last: Counter[str] = Counter()
    for line, stratum, number, arm in lines:
        if stratum not in strata:
            yield Fault(line, f"there is no stratum {stratum or '(empty)'}; the protocol has {', '.join(strata)}")
            continue
        if not arm:
            yield Fault(line, f"no arm for {stratum} {number}; write one of {', '.join(arms)}")
        elif arm not in arms:
            yield Fault(line, f"there is no arm {arm}; write one of {', '.join(arms)}")
        if not (number.isascii() and number.isdigit()) or int(number) < 1:
            yield Fault(line, f"{number or '(empty)'} is no number of a line; count from 1 within each stratum")
            continue
        value = int(number)
        if value in numbers[stratum]:
            yield Fault(line, f"{stratum} {value} stands twice, first on line {numbers[stratum][value]}; take one out")
        elif value != last[stratum] + 1:
            wanted = last[stratum] + 1
            yield Fault(line, f"{stratum} goes from {last[stratum]} to {value}; {wanted} comes next, without a gap")
        numbers[stratum].setdefault(value, line)
        last[stratum] = max(last[stratum], value)
    for stratum in strata:
        if stratum not in numbers:
            yield Fault(1, f"stratum {stratum} has no lines; each stratum needs a list")
