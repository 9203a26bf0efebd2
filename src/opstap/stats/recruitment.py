"""When a recruitment target is reached, and how sure that is: the Poisson–gamma model.

Anisimov VV, Fedorov VV. Modelling, prediction and adaptive adjustment of recruitment in multicentre trials. Statistics
in Medicine 2007;26:4958-4975. doi 10.1002/sim.2956

Centre i includes people as a Poisson process with a rate of its own; the rates come from one gamma distribution with
shape a and rate b. After n_i people in t_i days its rate is Gamma(a + n_i, b + t_i). The sum of the rates is taken as a
gamma variable with the same mean and variance (exact where all t_i are equal), so that the time until `remaining` more
are in is B times a beta-prime variable: a Pearson type VI distribution, in closed form and without chance.

The shape is estimated by maximum likelihood over the centres (the counts are then negative binomial), the mean rate is
the pooled one. With a handful of centres the shape is hardly known; it is then bounded, and the interval says nothing
of that. It says nothing either of a pace that will change: holidays, a centre that opens or closes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: The bounds and the number of steps of the search for the shape, on a logarithmic scale.
LEAST_SHAPE, MOST_SHAPE, STEPS = 0.5, 100.0, 120


@dataclass(frozen=True)
class Forecast:
    """The days from now until the target: the median, and the bounds between which it lies with chance `level`.

    `per_month` is the expected number of people in 30.4375 days, over all centres.
    """

    days: float
    low: float
    high: float
    level: float
    per_month: float
    _shape: float
    _rate: float
    _remaining: int

    def chance_within(self, days: float) -> float:
        """Give the chance that the target is reached within so many days from now (0 for a day that has passed)."""
        from scipy.special import betainc

        if days <= 0:
            return 0.0
        return float(betainc(self._remaining, self._shape, days / (days + self._rate)))


def forecast(counts: Sequence[int], days: Sequence[float], remaining: int, *, level: float = 0.8) -> Forecast | None:
    """Forecast the days until `remaining` more people are in, from each centre's count in its days of recruiting.

    None when nobody was included yet, or none remains. ValueError for sequences of unequal length, a count below 0,
    days of 0 or less, or a level outside 0 to 1.
    """
    if len(counts) != len(days):
        raise ValueError(f"{len(counts)} counts and {len(days)} lengths of time: give one of each per centre")
    if any(count < 0 for count in counts) or any(not length > 0 for length in days):
        raise ValueError("counts are 0 or more, and every centre has recruited for some time")
    if not 0 < level < 1:
        raise ValueError(f"level {level}: a chance between 0 and 1")
    if remaining < 1 or not sum(counts):
        return None
    from scipy.special import betaincinv

    pooled = sum(counts) / sum(days)
    prior_shape = shape_of(counts, days)
    prior_rate = prior_shape / pooled
    means = [(prior_shape + n) / (prior_rate + t) for n, t in zip(counts, days, strict=True)]
    variances = [(prior_shape + n) / (prior_rate + t) ** 2 for n, t in zip(counts, days, strict=True)]
    shape, rate = sum(means) ** 2 / sum(variances), sum(means) / sum(variances)

    def quantile(chance: float) -> float:
        share = float(betaincinv(remaining, shape, chance))
        return rate * share / (1 - share)

    tail = (1 - level) / 2
    return Forecast(
        quantile(0.5), quantile(tail), quantile(1 - tail), level, sum(means) * 30.4375, shape, rate, remaining
    )


def shape_of(counts: Sequence[int], days: Sequence[float]) -> float:
    """Estimate the shape of the distribution of rates by maximum likelihood, within its bounds.

    A large shape means centres that are alike. Some count must be above 0.
    """
    pooled = sum(counts) / sum(days)
    step = math.log(MOST_SHAPE / LEAST_SHAPE) / STEPS
    tried = [LEAST_SHAPE * math.exp(step * number) for number in range(STEPS + 1)]
    return max(tried, key=lambda shape: _likelihood(shape, pooled, counts, days))


def _likelihood(shape: float, pooled: float, counts: Sequence[int], days: Sequence[float]) -> float:
    """Give the log-likelihood of negative binomial counts, without what does not depend on the shape."""
    rate = shape / pooled
    return sum(
        math.lgamma(shape + n) - math.lgamma(shape) + shape * math.log(rate / (rate + t)) - n * math.log(rate + t)
        for n, t in zip(counts, days, strict=True)
    )
