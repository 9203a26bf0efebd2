"""The contrast of a trial: the arms at each visit, with their common start taken into account.

- Liang KY, Zeger SL. Longitudinal data analysis of continuous and discrete responses for pre-post designs.
  Sankhya B 2000;62:134-148 (constrained longitudinal data analysis)
- Lu K. On efficiency of constrained longitudinal data analysis versus longitudinal analysis of covariance.
  Biometrics 2010;66:891-896. doi:10.1111/j.1541-0420.2009.01332.x
- Vickers AJ, Altman DG. Analysing controlled trials with baseline and follow up measurements. BMJ
  2001;323:1123-1124. doi:10.1136/bmj.323.7321.1123 (analysis of covariance)

Arms were drawn by lot, so before the programme their means differ by chance only. Constrained analysis says so in
the model: one mean for all at the first visit, which is an outcome like the others; someone without it, or with
it alone, still counts. Analysis of covariance conditions on it instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats.contrasts import Combination, arm_contrasts, marginal_means, mean_weights
from opstap.stats.design import StatsError, build
from opstap.stats.mmrm import MmrmResult, fit
from opstap.stats.regress import Regression, regress


@dataclass(frozen=True)
class TrialContrast:
    """A fitted model, the difference of each arm with the reference (at each visit), and the means."""

    model: MmrmResult | Regression
    contrasts: list[Combination]
    means: list[Combination]


def constrained(
    data: pd.DataFrame,
    outcome: str,
    arm: str,
    subject: str,
    visit: str,
    visit_order: Sequence[Any] | None = None,
    reference: Any = None,
    covariates: Sequence[str] = (),
    cov: str = "us",
    df: str = "satterthwaite",
    level: float = 0.95,
) -> TrialContrast:
    """Fit constrained longitudinal data analysis: all arms share one mean at the first visit.

    `data` is long, the first visit included; `reference` is the arm compared with, else the first. `covariates` are
    terms of a formula. Raises `StatsError` as `mmrm` does, and for fewer than two visits or arms.
    """
    design = build(data, f"{outcome} ~ {' + '.join([f'C({visit})', *covariates])}", subject, visit, visit_order)
    if arm not in design.data.columns:
        raise StatsError(f"There is no column {arm!r}; the data have {', '.join(map(str, data.columns))}.")
    if design.data[arm].isna().any():
        raise StatsError(f"Column {arm!r} is empty in {int(design.data[arm].isna().sum())} row(s); fill it in.")
    arms = sorted(design.data[arm].unique().tolist(), key=str)
    if reference is None:
        reference = arms[0]
    if reference not in arms or len(arms) < 2:
        raise StatsError(f"{arm} has the levels {', '.join(map(str, arms))}; name one of two or more as reference.")
    present = [one for one in design.visits if (design.data[visit] == one).any()]
    if len(present) < 2:
        raise StatsError("A constrained analysis needs the first visit and at least one after it.")
    moments = [(other, later) for later in present[1:] for other in arms if other != reference]
    columns = [
        ((design.data[arm] == other) & (design.data[visit] == later)).to_numpy(float) for other, later in moments
    ]
    for (other, later), column in zip(moments, columns, strict=True):
        if not column.any():
            raise StatsError(f"Nobody in {arm} {other} was seen at visit {later}; leave that visit or arm out.")
    labels = [f"{other} - {reference}, {visit} {later}" for other, later in moments]
    whole = replace(design, matrix=np.column_stack([design.matrix, *columns]), terms=[*design.terms, *labels])
    model = fit(whole, cov, df, level)
    p, extra = design.matrix.shape[1], len(moments)
    units = np.eye(p + extra)
    contrasts = [
        Combination({arm: other, visit: later}, model.linear(units[p + number], labels[number]))
        for number, (other, later) in enumerate(moments)
    ]
    means = []
    for levels, weights in mean_weights(design, [visit]):
        for here in arms:
            moment = (here, levels[visit])
            added = units[p + moments.index(moment)] if moment in moments else np.zeros(p + extra)
            all_weights = np.concatenate([weights, np.zeros(extra)]) + added
            label = f"{arm} {here}, {visit} {levels[visit]}"
            means.append(Combination({arm: here, **levels}, model.linear(all_weights, label)))
    return TrialContrast(model, contrasts, means)


def ancova(
    data: pd.DataFrame,
    outcome: str,
    arm: str,
    baseline: str,
    reference: Any = None,
    covariates: Sequence[str] = (),
    se: str = "classical",
    level: float = 0.95,
) -> TrialContrast:
    """Fit analysis of covariance to one row per person: the arms at follow-up, given the value at baseline.

    Raises `StatsError` as `regress` does.
    """
    terms = " + ".join([arm if not pd.api.types.is_numeric_dtype(data[arm]) else f"C({arm})", baseline, *covariates])
    model = regress(data, f"{outcome} ~ {terms}", se=se, level=level)
    return TrialContrast(model, arm_contrasts(model, arm, reference=reference), marginal_means(model, [arm]))
