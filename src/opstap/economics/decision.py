"""What a decision-maker reads from incremental cost and effect: plane, net benefit, acceptability, frontier, EVPI.

- Stinnett AA, Mullahy J. Net health benefits: a new framework for the analysis of uncertainty in cost-effectiveness
  analysis. Med Decis Making 1998;18:S68-S80. doi:10.1177/0272989X98018002S09
- van Hout BA, Al MJ, Gordon GS, Rutten FFH. Costs, effects and C/E-ratios alongside a clinical trial. Health Econ
  1994;3:309-319. doi:10.1002/hec.4730030505 (acceptability curve)
- Fenwick E, Claxton K, Sculpher M. Representing uncertainty: the role of cost-effectiveness acceptability curves.
  Health Econ 2001;10:779-787. doi:10.1002/hec.635 (frontier: the chance of the option with the largest expected net
  benefit, which need not be the one with the largest chance)
- Claxton K. The irrelevance of inference. J Health Econ 1999;18:341-364. doi:10.1016/S0167-6296(98)00039-3 (EVPI; here
  for one person, and for the choice of this comparison)
- Drezner Z, Wesolowsky GO. On the computation of the bivariate normal integral. J Stat Comput Simul 1990;35:101-107.
  doi:10.1080/00949659008811236

Two ways to know how uncertain a pair is: replicates, and a normal distribution. Both answer the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import integrate
from scipy.special import ndtr

from opstap.stats.design import Array


class Uncertain(Protocol):
    """How likely each pair of incremental cost and effect is."""

    def quadrants(self) -> dict[str, float]:
        """Shares of the plane: north is dearer, east is better."""

    def probability(self, wtp: float) -> float:
        """The chance that the net benefit at this willingness to pay is above 0."""

    def evpi(self, wtp: float) -> float:
        """What perfect knowledge would be worth for one person, in money."""


@dataclass(frozen=True)
class Replicates:
    """Pairs (2 × B) of incremental cost and effect."""

    pairs: Array

    def quadrants(self) -> dict[str, float]:
        """Shares of the plane; on an axis counts as north, and as east."""
        north, east = self.pairs[0] >= 0, self.pairs[1] >= 0
        return {
            "ne": float((north & east).mean()),
            "nw": float((north & ~east).mean()),
            "se": float((~north & east).mean()),
            "sw": float((~north & ~east).mean()),
        }

    def net_benefit(self, wtp: float) -> Array:
        """The incremental net monetary benefit of each pair."""
        return wtp * self.pairs[1] - self.pairs[0]

    def probability(self, wtp: float) -> float:
        """The share of pairs with a net benefit above 0."""
        return float((self.net_benefit(wtp) > 0).mean())

    def evpi(self, wtp: float) -> float:
        """The mean of the best choice of each pair, less the best choice of the mean."""
        benefit = self.net_benefit(wtp)
        return float(max(np.maximum(benefit, 0).mean() - max(float(benefit.mean()), 0.0), 0.0))


@dataclass(frozen=True)
class Normal:
    """A bivariate normal: mean (2) and covariance (2 × 2) of incremental cost and effect."""

    mean: Array
    covariance: Array

    def quadrants(self) -> dict[str, float]:
        """Shares of the plane, by integration."""
        spread = np.sqrt(np.diag(self.covariance))
        cost, effect = (_standard(float(m), float(s)) for m, s in zip(self.mean, spread, strict=True))
        product = float(spread[0] * spread[1])
        correlation = float(self.covariance[0, 1]) / product if product > 0 else 0.0
        north, east = float(ndtr(cost)), float(ndtr(effect))
        both = both_below(cost, effect, correlation)
        shares = {"ne": both, "nw": north - both, "se": east - both, "sw": 1 - north - east + both}
        return {name: min(max(share, 0.0), 1.0) for name, share in shares.items()}

    def net_benefit(self, wtp: float) -> tuple[float, float]:
        """Mean and standard deviation of the incremental net monetary benefit."""
        slope = np.array([-1.0, wtp])
        return float(slope @ self.mean), float(np.sqrt(max(slope @ self.covariance @ slope, 0.0)))

    def probability(self, wtp: float) -> float:
        """The chance of a net benefit above 0."""
        return float(ndtr(_standard(*self.net_benefit(wtp))))

    def evpi(self, wtp: float) -> float:
        """The unit normal loss: what the wrong choice costs, times its chance."""
        mean, spread = self.net_benefit(wtp)
        if spread == 0:
            return 0.0
        z = abs(mean) / spread
        density = float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
        return max(spread * (density - z * float(ndtr(-z))), 0.0)


def _standard(mean: float, spread: float) -> float:
    if spread > 0:
        return mean / spread
    return float(np.sign(mean)) * np.inf if mean else 0.0


def both_below(h: float, k: float, correlation: float) -> float:
    """The chance that two standard normal variables with this correlation lie below h and k."""
    if not (np.isfinite(h) and np.isfinite(k)):
        return float(min(ndtr(h), ndtr(k))) if max(h, k) == np.inf else 0.0
    end = float(np.arcsin(np.clip(correlation, -1, 1)))

    def density(angle: float) -> float:
        cosine = float(np.cos(angle)) ** 2
        return float(np.exp(-(h * h + k * k - 2 * h * k * np.sin(angle)) / (2 * max(cosine, 1e-300))))

    area, _ = integrate.quad(density, 0, end, epsabs=1e-13, epsrel=1e-12)
    return float(ndtr(h) * ndtr(k) + area / (2 * np.pi))


def position(cost: float, effect: float) -> str:
    """Where a pair lies: ne, nw, se or sw, as `quadrants` has it."""
    return f"{'n' if cost >= 0 else 's'}{'e' if effect >= 0 else 'w'}"


def icer(cost: float, effect: float) -> float | None:
    """The incremental cost per unit of effect; None where there is no difference in effect."""
    return cost / effect if effect != 0 else None
