"""How many people a trial needs, by formula.

- Student's t with the noncentral distribution: Cohen J. Statistical Power Analysis for the Behavioral Sciences, 2nd ed.
  1988 (as R's power.t.test); Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions, 3rd ed. Wiley
  2003. doi:10.1002/0471445428 (as R's power.prop.test)
- Schoenfeld DA. Sample-size formula for the proportional-hazards regression model. Biometrics 1983;39:499-503.
  doi:10.2307/2531021
- Frison L, Pocock SJ. Repeated measures in clinical trials: analysis using mean summary statistics. Stat Med
  1992;11:1685-1704. doi:10.1002/sim.4780111304
- Eldridge SM, Ashby D, Kerry S. Sample size for cluster randomized trials: effect of coefficient of variation of
  cluster size. Int J Epidemiol 2006;35:1292-1300. doi:10.1093/ije/dyl129

Sizes are per arm of two equal arms and are not rounded; `people` rounds up and allows for drop-out.
"""

from __future__ import annotations

from math import ceil, isfinite, log, sqrt

from scipy import optimize, stats

from opstap.stats.design import StatsError, check_choice


def _check(power: float, alpha: float) -> None:
    if not (0 < alpha < 1 and alpha < power < 1):
        raise StatsError("alpha must lie between 0 and 1, and power between alpha and 1.")


def means_power(n: float, difference: float, sd: float, alpha: float = 0.05) -> float:
    """Give the power of a two-sided t-test with n per arm (the far side is not counted, as in R)."""
    if n <= 1 or sd <= 0:
        raise StatsError("Give more than one person an arm, and a standard deviation above 0.")
    df = 2 * (n - 1)
    critical = float(stats.t.isf(alpha / 2, df))
    return float(stats.nct.sf(critical, df, sqrt(n / 2) * abs(difference) / sd))


def means(difference: float, sd: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Give n per arm for a difference in means by a two-sided t-test."""
    _check(power, alpha)
    if difference == 0 or sd <= 0 or not isfinite(difference):
        raise StatsError("Give a difference other than 0, and a standard deviation above 0.")
    rough = 2 * ((stats.norm.isf(alpha / 2) + stats.norm.ppf(power)) * sd / difference) ** 2
    high = max(4.0, 2 * rough + 10)
    if means_power(1.0001, difference, sd, alpha) >= power:
        return 2.0
    return float(optimize.brentq(lambda n: means_power(n, difference, sd, alpha) - power, 1.0001, high, xtol=1e-10))


def ancova(difference: float, sd: float, correlation: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Give n per arm for a difference in means given a baseline that correlates so much with the outcome."""
    if not -1 < correlation < 1:
        raise StatsError("A correlation lies between −1 and 1.")
    return means(difference, sd * sqrt(1 - correlation**2), power, alpha)


def repeated(
    difference: float,
    sd: float,
    before: int,
    after: int,
    correlation: float,
    method: str = "ancova",
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Give n per arm for the mean of `after` measurements, given the mean of `before`, all with one correlation.

    `method` is post (baseline left out), change or ancova (Frison and Pocock).
    """
    check_choice("method", method, ("post", "change", "ancova"))
    if after < 1 or before < (0 if method == "post" else 1) or not -1 < correlation < 1:
        raise StatsError("Give at least one measurement on the sides used, and a correlation between −1 and 1.")
    rho = correlation
    variance = (1 + (after - 1) * rho) / after
    if method == "change":
        variance += (1 + (before - 1) * rho) / before - 2 * rho
    elif method == "ancova":
        variance -= before * rho**2 / (1 + (before - 1) * rho)
    return means(difference, sd * sqrt(variance), power, alpha)


def proportions(one: float, other: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Give n per arm for two proportions (variance pooled under no difference)."""
    _check(power, alpha)
    if not (0 < one < 1 and 0 < other < 1) or one == other:
        raise StatsError("Give two different proportions between 0 and 1.")
    middle = (one + other) / 2
    a = float(stats.norm.isf(alpha / 2)) * sqrt(2 * middle * (1 - middle))
    b = float(stats.norm.ppf(power)) * sqrt(one * (1 - one) + other * (1 - other))
    return ((a + b) / (one - other)) ** 2


def events(hazard_ratio: float, power: float = 0.8, alpha: float = 0.05, share: float = 0.5) -> float:
    """Give the number of events, over both arms, that a hazard ratio needs; `share` of the people are in one arm."""
    _check(power, alpha)
    if hazard_ratio <= 0 or hazard_ratio == 1 or not 0 < share < 1:
        raise StatsError("Give a hazard ratio above 0 other than 1, and a share between 0 and 1.")
    z = float(stats.norm.isf(alpha / 2) + stats.norm.ppf(power))
    return z**2 / (share * (1 - share) * log(hazard_ratio) ** 2)


def time_to_event(hazard_ratio: float, event_share: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Give n per arm for a hazard ratio where this share of all people will have the event while observed."""
    if not 0 < event_share <= 1:
        raise StatsError("The share with an event lies above 0 and at most at 1.")
    return events(hazard_ratio, power, alpha) / event_share / 2


def design_effect(size: float, icc: float, variation: float = 0.0) -> float:
    """Give the factor by which clusters of mean `size` (with this coefficient of variation) inflate a sample size."""
    if size < 1 or not 0 <= icc <= 1 or variation < 0:
        raise StatsError("Give clusters of one or more, and an intraclass correlation from 0 to 1.")
    return 1 + ((variation**2 + 1) * size - 1) * icc


def people(n: float, drop_out: float = 0.0, effect_of_design: float = 1.0) -> int:
    """Round a size per arm up, with clusters and drop-out allowed for."""
    if not 0 <= drop_out < 1:
        raise StatsError("Drop-out lies from 0 to under 1.")
    return ceil(round(n * effect_of_design / (1 - drop_out), 9))
