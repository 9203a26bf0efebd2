"""One answer from several imputed data sets.

- Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley 1987. doi:10.1002/9780470316696
- Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. Biometrika 1999;86:948-955.
  doi:10.1093/biomet/86.4.948
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats.design import Array, StatsError, Term, wald


@dataclass(frozen=True)
class PooledTerm:
    """A pooled estimate, and how much of its variance comes from what is missing.

    `between` and `within` are the parts of the variance; `riv` their relative increase, `fmi` the fraction of missing
    information (with its small-sample term, as R's mice).
    """

    term: Term
    between: float
    within: float
    riv: float
    fmi: float


def pool(
    estimates: Sequence[float] | Array,
    variances: Sequence[float] | Array,
    df_complete: float | None = None,
    label: str = "",
    level: float = 0.95,
) -> PooledTerm:
    """Pool m estimates with their variances by Rubin's rules, with Barnard and Rubin's degrees of freedom.

    `df_complete` are the degrees of freedom that complete data would have had (None: infinite). Raises `StatsError` for
    fewer than two imputations.
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    m = len(q)
    if m < 2 or len(u) != m:
        raise StatsError("Rubin's rules need at least two imputations, each with an estimate and its variance.")
    within, between = float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total > 0 else 0.0
    old = (m - 1) / share**2 if share > 1e-12 else np.inf
    df = old
    if df_complete is not None and np.isfinite(df_complete):
        observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
        df = observed if not np.isfinite(old) else old * observed / (old + observed)
    riv = (1 + 1 / m) * between / within if within > 0 else np.inf
    fmi = (riv + 2 / (df + 3)) / (riv + 1) if np.isfinite(df) else riv / (riv + 1)
    term = wald(label, float(q.mean()), total, None if not np.isfinite(df) else float(df), level)
    return PooledTerm(term, between, within, float(riv), float(fmi))


def pool_fits(
    frames: Sequence[pd.DataFrame], fit: Callable[[pd.DataFrame], Any], df_complete: float | None = None
) -> list[PooledTerm]:
    """Fit a model to each completed data set and pool its terms; `fit` gives a result with `terms`.

    Degrees of freedom of complete data are `df_complete`, else those of the terms. Raises `StatsError` where the
    fits do not have the same terms.
    """
    results = [fit(frame).terms for frame in frames]
    names = [[term.term for term in terms] for terms in results]
    if any(one != names[0] for one in names):
        raise StatsError("The imputed data sets do not give the same terms; a level may be missing in one of them.")
    pooled = []
    for number, name in enumerate(names[0]):
        terms = [result[number] for result in results]
        known = [term.df for term in terms if term.df is not None]
        complete = df_complete if df_complete is not None else (float(np.mean(known)) if known else None)
        pooled.append(pool([term.estimate for term in terms], [term.se**2 for term in terms], complete, name))
    return pooled
