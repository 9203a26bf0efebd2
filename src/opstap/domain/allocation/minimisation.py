"""Minimisation with a random element: each person goes, most likely, to the arm that keeps the arms alike.

Pocock and Simon, Biometrics 1975; 31: 103–115: for each arm, the imbalance that would be there if this person went to
it, summed over the levels that this person has, weighted by factor. The arm with the least is preferred and gets the
probability p; the others share the rest. For arms of unequal size the counts are divided by the arm's weight and the
probabilities are those of biased-coin minimisation (Han, Enas and McEntegart, Statistics in Medicine 2009; 28:
3329–3346), which keeps the ratio also when no factor asks for anything: arm *i*, when preferred, gets
1 − (1 − p)(R − rᵢ)/(R − r₁), and each other arm *k* gets (1 − p)rₖ/(R − r₁), where R sums the weights and r₁ is the
smallest. With arms of equal size this is Pocock and Simon's.

The chance itself is a list of draws, made and committed to beforehand like any other list: with the draws and the order
in which people came, everybody can do the whole allocation again.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Literal

from opstap.domain.allocation.blocks import Row
from opstap.domain.allocation.stream import DRAWS, Stream, long_enough

Measure = Literal["range", "variance"]
#: The one list of a minimisation.
WHOLE = "all"
#: Imbalances no further apart than this are equal.
CLOSE = 1e-9


def draws(*, seed: bytes, length: int) -> list[Row]:
    """Make the list of draws, one for each person to come; SeedError for a seed of under 128 bits."""
    stream = Stream(long_enough(seed), WHOLE)
    return [Row(WHOLE, number, f"{stream.draw():016x}") for number in range(1, length + 1)]


class Minimiser:
    """The state of a minimisation: how many of each arm there are at each level of each factor."""

    def __init__(
        self, *, ratio: Mapping[str, int], weights: Mapping[str, float], probability: float, measure: Measure = "range"
    ) -> None:
        self.arms = sorted(ratio)
        self._ratio = [ratio[arm] for arm in self.arms]
        self._factors = [(factor, weights[factor]) for factor in sorted(weights)]
        self._variance = _variance if measure == "variance" else None
        # Counts are kept divided by the arm's weight, times what makes all of them whole numbers: ties are exact.
        common = lcm(*self._ratio)
        self._steps = [common // weight for weight in self._ratio]
        self._counts: dict[tuple[str, str], list[int]] = {}
        self._whole = sum(self._ratio)
        self._rest = (1 - probability) / (self._whole - min(self._ratio))
        self._known: dict[tuple[int, ...], list[float]] = {}

    def add(self, levels: Mapping[str, str], arm: str) -> None:
        """Count someone who is in: their level of each factor, and their arm."""
        place = self.arms.index(arm)
        for factor, _weight in self._factors:
            self._at(factor, levels[factor])[place] += self._steps[place]

    def _at(self, factor: str, level: str) -> list[int]:
        found = self._counts.get((factor, level))
        if found is None:
            found = self._counts[factor, level] = [0] * len(self.arms)
        return found

    def imbalances(self, levels: Mapping[str, str]) -> list[float]:
        """Give, for each arm, the weighted imbalance that would be there if this person went to it.

        In people per unit of the ratio, times the least common multiple of the arms' weights (squared for a variance).
        """
        found = [0.0] * len(self._steps)
        for factor, weight in self._factors:
            counts = self._at(factor, levels[factor])
            for place, step in enumerate(self._steps):
                counts[place] += step
                # Written out, since a million virtual allocations spend most of their time here.
                found[place] += weight * (self._variance(counts) if self._variance else max(counts) - min(counts))
                counts[place] -= step
        return found

    def probabilities(self, levels: Mapping[str, str]) -> list[float]:
        """Give the probability of each arm for this person. Arms that tie are preferred in their ratio."""
        imbalances = self.imbalances(levels)
        # Weighted sums that should be equal may differ in their last digit.
        least = min(imbalances) + CLOSE
        preferred = tuple(place for place, one in enumerate(imbalances) if one <= least)
        if preferred not in self._known:
            self._known[preferred] = self._chances(preferred)
        return self._known[preferred]

    def _chances(self, preferred: tuple[int, ...]) -> list[float]:
        among = sum(self._ratio[place] for place in preferred)
        return [
            sum(
                self._ratio[place]
                / among
                * (1 - self._rest * (self._whole - self._ratio[place]) if other == place else self._rest * weight)
                for place in preferred
            )
            for other, weight in enumerate(self._ratio)
        ]

    def choose(self, levels: Mapping[str, str], draw: int) -> str:
        """Give the arm for this person with a draw from 0 up to, not including, `DRAWS`; counts nobody."""
        left = draw / DRAWS
        chances = self.probabilities(levels)
        for place in range(len(chances) - 1):
            if left < chances[place]:
                return self.arms[place]
            left -= chances[place]
        return self.arms[-1]


def _variance(counts: list[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((one - mean) ** 2 for one in counts) / (len(counts) - 1)
