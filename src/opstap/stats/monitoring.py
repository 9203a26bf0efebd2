"""Signals by site: where a site differs from the others in what is missing, in spread, or in the digits it ends on.

Such differences are looked for centrally, to choose where to look closer; they prove nothing.
Kirkwood AA, Cox T, Hackshaw A. Application of methods for central statistical monitoring in clinical trials. Clinical
Trials 2013;10:783-806. doi 10.1177/1740774513494504
Venet D, Doffagne E, Burzykowski T, et al. A statistical approach to central monitoring of data quality in clinical
trials. Clinical Trials 2012;9:705-713. doi 10.1177/1740774512447898

Each site is compared with all others together, by tests that hold in small samples: counts by Fisher's exact test (two
sided: all tables at most as likely as the one seen); spread by Brown and Forsythe's test (JASA 1974;69:364-367), the
analysis of variance of distances to the median, which asks no normal distribution. Of all comparisons made at once the
false discovery rate is held (Benjamini and Hochberg, JRSS B 1995;57:289-300).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

#: Fewer numbers than this at a site, or at the others, and their spread or digits are not compared.
LEAST = 8
#: A relative difference in likelihood within which two tables count as equally likely, against rounding.
TIE = 1e-7


@dataclass(frozen=True)
class Compared:
    """One comparison of a site with the others: what was compared, the two values, and the p-value.

    `kind` is `missing` (shares), `spread` (standard deviations) or `digits` (shares that end on 0 or 5). `adjusted` is
    the p-value at which the false discovery rate would just reach it.
    """

    kind: str
    what: str
    site: str
    here: float
    elsewhere: float
    n: int
    p: float
    adjusted: float = 1.0


def fisher(a: int, b: int, c: int, d: int) -> float:
    """Give the two-sided p-value of Fisher's exact test for [[a, b], [c, d]]; ValueError for a count below 0."""
    if min(a, b, c, d) < 0:
        raise ValueError("counts are 0 or more")
    row, column, whole = a + b, a + c, a + b + c + d

    def likelihood(x: int) -> float:
        return _choose(row, x) + _choose(whole - row, column - x) - _choose(whole, column)

    seen = likelihood(a)
    tables = range(max(0, column - (whole - row)), min(row, column) + 1)
    return min(1.0, math.fsum(math.exp(one) for one in map(likelihood, tables) if one <= seen + TIE))


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def brown_forsythe(first: Sequence[float], second: Sequence[float]) -> float:
    """Give the p-value that two groups have the same spread; 1 where neither varies. ValueError for under two."""
    if min(len(first), len(second)) < 2:
        raise ValueError("each group needs at least two numbers")
    from scipy.special import betainc

    away = [[abs(value - median(group)) for value in group] for group in (first, second)]
    means, every = [fmean(group) for group in away], fmean([*away[0], *away[1]])
    between = sum(len(group) * (mean - every) ** 2 for group, mean in zip(away, means, strict=True))
    within = sum((value - mean) ** 2 for group, mean in zip(away, means, strict=True) for value in group)
    freedom = len(first) + len(second) - 2
    if within == 0:
        return 1.0 if between == 0 else 0.0
    # The upper tail of F(1, freedom), by the incomplete beta function.
    return float(betainc(freedom / 2, 0.5, freedom / (freedom + between / (within / freedom))))


def adjusted(ps: Sequence[float]) -> list[float]:
    """Adjust p-values by Benjamini and Hochberg, in the order given."""
    order = sorted(range(len(ps)), key=lambda number: ps[number], reverse=True)
    found, least = [1.0] * len(ps), 1.0
    for rank, number in zip(range(len(ps), 0, -1), order, strict=True):
        least = min(least, ps[number] * len(ps) / rank)
        found[number] = least
    return found


def compare(
    missing: Mapping[str, Mapping[str, tuple[int, int]]], numbers: Mapping[str, Mapping[str, Sequence[float]]]
) -> list[Compared]:
    """Compare each site with the others, the most striking first.

    `missing` gives per subject and site how many are missing and how many were asked; `numbers` per subject and site
    the numbers given. Sites with nothing, or too little to say anything (`LEAST`), are left out.
    """
    found: list[Compared] = []
    for what, by_site in missing.items():
        for site, (gone, asked) in by_site.items():
            rest = [pair for other, pair in by_site.items() if other != site]
            others_gone, others_asked = sum(pair[0] for pair in rest), sum(pair[1] for pair in rest)
            if asked and others_asked:
                p = fisher(gone, asked - gone, others_gone, others_asked - others_gone)
                found.append(Compared("missing", what, site, gone / asked, others_gone / others_asked, asked, p))
    for what, given in numbers.items():
        for site, here in given.items():
            elsewhere = [number for other, others in given.items() if other != site for number in others]
            if min(len(here), len(elsewhere)) < LEAST:
                continue
            p = brown_forsythe(here, elsewhere)
            found.append(Compared("spread", what, site, stdev(here), stdev(elsewhere), len(here), p))
            a, c = _round_ends(here), _round_ends(elsewhere)
            p = fisher(a, len(here) - a, c, len(elsewhere) - c)
            found.append(Compared("digits", what, site, a / len(here), c / len(elsewhere), len(here), p))
    fair = adjusted([one.p for one in found])
    told = [
        Compared(one.kind, one.what, one.site, one.here, one.elsewhere, one.n, one.p, q)
        for one, q in zip(found, fair, strict=True)
    ]
    return sorted(told, key=lambda one: (one.adjusted, one.p, one.kind, one.what, -one.here, one.site))


def _round_ends(numbers: Sequence[float]) -> int:
    return sum(1 for number in numbers if number == int(number) and int(number) % 5 == 0)
