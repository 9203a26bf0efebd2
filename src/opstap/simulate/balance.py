"""Virtual allocations: how alike the arms become under a plan, and how often the next lot could be guessed.

The allocation is the real one (`domain/allocation`), under many seeds; people come at levels drawn evenly. Guessing is
Blackwell and Hodges' (Annals of Mathematical Statistics 1957; 28: 449–460): always the arm that is furthest behind in
one's own stratum, one of those at random when they tie. A plan that cannot be guessed is right as often as the larger
arm's share.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

from opstap.domain.allocation import plan
from opstap.domain.allocation.blocks import block_arms, simple_arms
from opstap.domain.allocation.minimisation import WHOLE
from opstap.domain.allocation.stream import Stream
from opstap.domain.protocol import Protocol


@dataclass(frozen=True)
class Spread:
    """How far the arms differ in counts per unit of ratio, over virtual trials: mean, 95th percentile, largest."""

    mean: float
    p95: float
    largest: float


@dataclass(frozen=True)
class Balance:
    """What a balance study found; `factors` has the largest difference over the levels of each factor."""

    trials: int
    people: int
    whole: Spread
    factors: dict[str, Spread]
    guessed: float


def balance(protocol: Protocol, *, trials: int, seed: int) -> Balance:
    """Allocate the protocol's target number of people, `trials` times over; the same seed gives the same answer."""
    chance = random.Random(seed)
    ratio, people = plan.planned(protocol).ratio, protocol.study.target
    arms = sorted(ratio)
    factors = sorted({*plan.factors_of(protocol), plan.SITE})
    levels = [(factor, plan.levels_of(protocol, factor)) for factor in factors]
    whole: list[float] = []
    per: dict[str, list[float]] = {factor: [] for factor in factors}
    right = 0
    for _trial in range(trials):
        lots = _Lots(protocol, chance.randbytes(32))
        # People per unit of the ratio, in each stratum and at each level.
        seen: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(arms, 0.0))
        for _person in range(people):
            at = {factor: known[int(chance.random() * len(known))] for factor, known in levels}
            stratum = WHOLE if lots.minimiser else plan.stratum_of(protocol, at)
            here = seen["", stratum]
            behind = min(here.values())
            tied = [arm for arm in arms if here[arm] == behind]
            arm = lots.draw(stratum, at)
            right += arm == tied[int(chance.random() * len(tied))]
            here[arm] += 1 / ratio[arm]
            for place in at.items():
                seen[place][arm] += 1 / ratio[arm]
        total = [sum(one[arm] for (factor, _at), one in seen.items() if not factor) for arm in arms]
        whole.append(max(total) - min(total))
        for factor in factors:
            per[factor].append(
                max(max(n.values()) - min(n.values()) for (one, _at), n in seen.items() if one == factor)
            )
    spreads = {factor: _spread(per[factor]) for factor in factors}
    return Balance(trials, people, _spread(whole), spreads, right / (trials * people))


class _Lots:
    """One virtual trial: the lots in the order in which they are drawn."""

    def __init__(self, protocol: Protocol, seed: bytes) -> None:
        self._protocol, self._plan, self._seed = protocol, plan.planned(protocol), seed
        self.minimiser = plan.minimiser_of(protocol) if self._plan.minimisation else None
        self._draws = Stream(seed, WHOLE)
        self._lists: dict[str, Iterator[str]] = {}

    def draw(self, stratum: str, levels: dict[str, str]) -> str:
        if self.minimiser is not None:
            arm = self.minimiser.choose(levels, self._draws.draw())
            self.minimiser.add(levels, arm)
            return arm
        if stratum not in self._lists:
            stream, ratio = Stream(self._seed, stratum), self._plan.ratio
            most = self._protocol.study.target
            sizes = self._plan.block_sizes
            made = block_arms(stream, ratio, sizes, most) if sizes else simple_arms(stream, ratio, most)
            self._lists[stratum] = islice(made, most)
        return next(self._lists[stratum])


def _spread(found: Sequence[float]) -> Spread:
    ordered = sorted(found)
    return Spread(fmean(ordered), ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))], ordered[-1])
