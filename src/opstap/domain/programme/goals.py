"""Goals and their attainment. Goal attainment scaling is optional: words alone are enough."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

#: What a review can say on the scale: much less than expected, ..., as expected (0), ..., much more than expected.
ATTAINMENT = (-2, -1, 0, 1, 2)
#: The correlation between scales that Kiresuk and Sherman assume where it is not known.
RHO = 0.3


def attainment_t(levels: Sequence[int], weights: Sequence[float] | None = None, *, rho: float = RHO) -> float | None:
    """Give the goal attainment T-score of a person's goals: 50 when all went as expected, about 10 per deviation.

    T = 50 + 10 Σ(w x) / √((1 − ρ) Σ w² + ρ (Σ w)²), with x from −2 to +2 per goal and weight w (equal unless given).
    `rho` is the assumed correlation between the scales; the usual 0.3 is an assumption of the authors, not a finding.
    None without goals. ValueError for a level off the scale, a weight that is not positive, or lists of two lengths.

    Source: Kiresuk and Sherman 1968, Community Mental Health Journal 4, 443-453, doi 10.1007/BF01530764.
    """
    weights = [1.0] * len(levels) if weights is None else list(weights)
    if len(weights) != len(levels):
        raise ValueError("each goal has one weight")
    if any(level not in ATTAINMENT for level in levels):
        raise ValueError("a level of attainment is a whole number from -2 to 2")
    if any(weight <= 0 for weight in weights):
        raise ValueError("a weight is more than 0")
    if not levels:
        return None
    total = sum(weights)
    spread = sqrt((1 - rho) * sum(weight * weight for weight in weights) + rho * total * total)
    return 50 + 10 * sum(weight * level for weight, level in zip(weights, levels, strict=True)) / spread
