"""What if those who dropped out went on as the others: reference-based imputation of a repeated outcome.

- Carpenter JR, Roger JH, Kenward MG. Analysis of longitudinal trials with protocol deviation: a framework for
  relevant, accessible assumptions, and inference via multiple imputation. J Biopharm Stat 2013;23:1352-1371.
  doi:10.1080/10543406.2013.834911 (jump to reference, copy reference, copy increments in reference)
- Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW. Standard and reference-based conditional mean
  imputation. Pharm Stat 2022;21:1246-1257. doi:10.1002/pst.2234 (conditional means with the jackknife)
- Cro S, Morris TP, Kenward MG, Carpenter JR. Sensitivity analysis for clinical trials with missing continuous outcome
  data using controlled multiple imputation. Stat Med 2020;39:2815-2842. doi:10.1002/sim.8569 (delta adjustment)

A mixed model with one unstructured covariance gives means by arm and visit. Someone without outcomes from some visit on
gets, from there on: `mar` the mean of their own arm; `jr` that of the reference; `cr` that of the reference also
before; `cir` their own arm's last mean and then the steps of the reference; `delta` as `mar`, plus delta in arms
other than the reference. A hole between two visits seen is always imputed as `mar`. The completed outcome is
compared by analysis of covariance at each visit. Inference: `jackknife` (conditional means imputed once; each
person left out in turn; the spread is what the trial would show again) or `rubin` (draws, with Rubin's rules: as
wide as if the assumption were data).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from opstap.stats import rubin
from opstap.stats.covariances import Structure
from opstap.stats.design import Array, StatsError, Term, check_choice, wald
from opstap.stats.reml import Likelihood
from opstap.stats.repeated import columns, panel

METHODS = ("jr", "cr", "cir", "mar", "delta")
INFERENCES = ("jackknife", "rubin")
_BATCH = 60


@dataclass(frozen=True)
class Wide:
    """A trial in wide form: outcome (n × visits, NaN is missing), arm (0 is the reference), covariates (n × c)."""

    outcome: Array
    arm: Array
    covariates: Array
    arms: list[Hashable]
    visits: list[Any]
    names: list[str]
    people: list[Any]


@dataclass(frozen=True)
class ReferenceBased:
    """The arms' differences at each visit under one assumption; `terms` are those of the last visit's comparison."""

    method: str
    inference: str
    contrasts: list[dict[str, Any]]
    terms: list[Term]
    n: int
    imputed: int
    delta: float

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON."""
        return {
            "method": self.method,
            "inference": self.inference,
            "delta": self.delta if self.method == "delta" else None,
            "terms": [asdict(term) for term in self.terms],
            "contrasts": self.contrasts,
            "n": self.n,
            "imputed": self.imputed,
        }


def widen(
    data: pd.DataFrame,
    outcome: str,
    arm: str,
    subject: str,
    visit: str,
    visit_order: Sequence[Any] | None = None,
    reference: Any = None,
    covariates: Sequence[str] = (),
) -> Wide:
    """Turn long data into wide; covariates must be numbers, complete, and the same at each visit of a person.

    Raises `StatsError` for missing columns, arms or covariates, a visit that occurs twice, and an arm that changes.
    """
    for column in (outcome, arm, subject, visit, *covariates):
        if column not in data.columns:
            raise StatsError(f"There is no column {column!r}; the data have {', '.join(map(str, data.columns))}.")
    for column in (arm, subject, visit):
        if data[column].isna().any():
            raise StatsError(f"Column {column!r} is empty in {int(data[column].isna().sum())} row(s); fill it in.")
    for column in (outcome, *covariates):
        if not pd.api.types.is_numeric_dtype(data[column]):
            raise StatsError(f"Column {column!r} is text; write numbers.")
    if data.duplicated([subject, visit]).any():
        row = data[data.duplicated([subject, visit])].iloc[0]
        raise StatsError(f"{subject} {row[subject]} has visit {row[visit]} twice; keep one row per visit.")
    order = _order(data[visit], visit_order)
    people = data.groupby(subject, sort=False)
    for column in (arm, *covariates):
        if (people[column].nunique(dropna=False) > 1).any():
            raise StatsError(f"Column {column!r} differs between visits of one person; it must not.")
    first = people.first()
    if first[list(covariates)].isna().any().any():
        raise StatsError("A covariate is missing for some person; impute it first, or leave the person out.")
    table = data.pivot(index=subject, columns=visit, values=outcome).reindex(index=first.index, columns=order)
    arms = sorted(first[arm].unique().tolist(), key=str)
    if reference is not None:
        match = [one for one in arms if str(one) == str(reference)]
        if not match:
            raise StatsError(f"{arm} has no level {reference!r}; choose one of {', '.join(map(str, arms))}.")
        arms = [match[0], *(one for one in arms if one != match[0])]
    if len(arms) < 2:
        raise StatsError(f"Column {arm!r} has one level; a comparison needs two.")
    values = table.to_numpy(float)
    if np.isinf(values).any():
        raise StatsError(f"Column {outcome!r} has an infinite value; write a number or leave it empty.")
    codes = first[arm].map({one: number for number, one in enumerate(arms)}).to_numpy()
    covariate_values = first[list(covariates)].to_numpy(float).reshape(len(first), len(covariates))
    return Wide(values, codes, covariate_values, arms, order, list(covariates), list(first.index))


def _order(column: pd.Series, order: Sequence[Any] | None) -> list[Any]:
    known = column.unique().tolist()
    if order is None:
        if not pd.api.types.is_numeric_dtype(column):
            raise StatsError(f"Visits in {column.name!r} are text ({', '.join(map(str, known))}); give their order.")
        return sorted(known)
    by_text = {str(one): one for one in known} | {f"{one:g}": one for one in known if isinstance(one, int | float)}
    missing = [str(one) for one in order if str(one) not in by_text]
    found = [by_text[str(one)] for one in order if str(one) in by_text]
    left = [str(one) for one in known if one not in found]
    if missing or left:
        raise StatsError(f"The order of visits and column {column.name!r} differ in {', '.join([*missing, *left])}.")
    return found


def reference_based(
    trial: Wide,
    method: str = "jr",
    inference: str = "jackknife",
    delta: float = 0.0,
    m: int = 100,
    seed: int = 1,
    level: float = 0.95,
) -> ReferenceBased:
    """Compare the arms at each visit under one assumption about those who dropped out.

    `delta` is added to each value imputed outside the reference arm (method `delta`). `m` and `seed` are for `rubin`.
    Raises `StatsError` for an unknown option, and a model that the data do not determine.
    """
    check_choice("method", method, METHODS)
    check_choice("inference", inference, INFERENCES)
    model = _Model(trial, method, delta if method == "delta" else 0.0)
    if inference == "rubin":
        terms = model.by_rubin(m, np.random.default_rng(seed), level)
    else:
        terms = model.by_jackknife(level)
    contrasts = []
    for place, moment in enumerate(trial.visits):
        for number, other in enumerate(trial.arms[1:]):
            term = terms[place][1 + number]
            said = {"arm": other, "reference": trial.arms[0], "visit": moment, **asdict(term)}
            contrasts.append({**said, "term": f"{other} - {trial.arms[0]}, {moment}"})
    missing = int(np.isnan(trial.outcome).sum())
    return ReferenceBased(method, inference, contrasts, terms[-1], len(trial.outcome), missing, delta)


def tipping_point(
    trial: Wide, deltas: Sequence[float], inference: str = "jackknife", m: int = 100, seed: int = 1
) -> list[ReferenceBased]:
    """Repeat the comparison with growing deltas, to see at which the conclusion tips."""
    return [reference_based(trial, "delta", inference, delta, m, seed) for delta in deltas]


class _Model:
    """The mixed model, imputation and comparison on arrays; a first axis of T versions of the trial."""

    def __init__(self, trial: Wide, method: str, delta: float) -> None:
        self.trial, self.method, self.delta = trial, method, delta
        n, visits = trial.outcome.shape
        arms = len(trial.arms)
        # Means by arm and visit, and a slope per visit of each covariate.
        cells = np.eye(visits)[None] * np.ones((n, 1, 1))
        blocks = [cells * (trial.arm == arm)[:, None, None] for arm in range(arms)]
        centred = trial.covariates - trial.covariates.mean(axis=0)
        blocks += [cells * centred[:, number, None, None] for number in range(centred.shape[1])]
        self.x = np.concatenate(blocks, axis=2)
        for arm in range(arms):
            for visit in range(visits):
                if not (~np.isnan(trial.outcome[trial.arm == arm, visit])).any():
                    raise StatsError(
                        f"Arm {trial.arms[arm]} has no outcome at visit {trial.visits[visit]}; leave that visit out."
                    )
        self.last = np.where(~np.isnan(trial.outcome), np.arange(visits), -1).max(axis=1)
        # The comparison: a constant, an indicator per arm, the covariates.
        indicators = (trial.arm[:, None] == np.arange(1, arms)).astype(float)
        self.compare = np.column_stack([np.ones(n), indicators, trial.covariates])
        self.names = ["Intercept", *(f"{one} - {trial.arms[0]}" for one in trial.arms[1:]), *trial.names]

    def fit(self, outcome: Array, x: Array | None = None) -> tuple[Array, Array, Array]:
        """Coefficients (T × p), covariance of the visits (T × V × V) and soundness (T) of T versions."""
        parts = []
        for start in range(0, len(outcome), _BATCH):
            some = slice(start, start + _BATCH)
            design = self.x[None] if x is None else x[some]
            likelihood = Likelihood([panel(columns(design), outcome[some])], Structure("us", outcome.shape[2]))
            found = likelihood.maximise()
            scale = likelihood.scale[:, None]
            sigma = found.sigma * (likelihood.scale**2)[:, None, None]
            parts.append((likelihood.start_beta + found.state.beta * scale, sigma, found.sound))
        beta, sigma, sound = (np.concatenate([part[number] for part in parts]) for number in range(3))
        return beta, sigma, sound

    def complete(self, outcome: Array, beta: Array, sigma: Array, random: np.random.Generator | None = None) -> Array:
        """Fill in T versions (T × n × V): by conditional means, or by draws around them."""
        trial = self.trial
        _n, visits = trial.outcome.shape
        own = np.einsum("nvp,tp->tnv", self.x, beta)
        arms = len(trial.arms)
        as_reference = self.x.copy()
        as_reference[:, :, : arms * visits] = 0
        as_reference[:, :, :visits] = np.eye(visits)
        reference = np.einsum("nvp,tp->tnv", as_reference, beta)
        after = np.arange(visits) > self.last[:, None]
        moved = (trial.arm > 0)[:, None]
        target = own
        if self.method == "jr":
            target = np.where(after & moved, reference, own)
        elif self.method == "cr":
            target = np.where((after.any(axis=1)[:, None]) & moved, reference, own)
        elif self.method == "cir":
            at = np.maximum(self.last, 0)
            step = np.take_along_axis(own - reference, at[None, :, None], axis=2)
            # Without any outcome there is no own last mean to start from: then as the reference.
            step = np.where((self.last < 0)[None, :, None], 0.0, step)
            target = np.where(after & moved, reference + step, own)
        filled = outcome.copy()
        missing = np.isnan(outcome)
        codes = missing[0] @ (1 << np.arange(visits)) if (missing == missing[:1]).all() else None
        if codes is None:
            raise AssertionError("versions of a trial share what is missing")
        for code in np.unique(codes[codes > 0]):
            who = np.flatnonzero(codes == code)
            gone = np.flatnonzero((code >> np.arange(visits)) & 1)
            there = np.setdiff1d(np.arange(visits), gone)
            mean = target[:, who][:, :, gone]
            spread = sigma[:, gone[:, None], gone[None, :]]
            if len(there):
                link = np.linalg.solve(
                    sigma[:, there[:, None], there[None, :]], sigma[:, there[:, None], gone[None, :]]
                )
                residual = outcome[:, who][:, :, there] - target[:, who][:, :, there]
                mean = mean + residual @ link
                spread = spread - sigma[:, gone[:, None], there[None, :]] @ link
            if random is not None:
                factor = np.linalg.cholesky(spread)
                mean = mean + random.standard_normal(mean.shape) @ factor.swapaxes(1, 2)
            filled[:, who[:, None], gone[None, :]] = mean + self.delta * (trial.arm[who] > 0)[None, :, None]
        return filled

    def compared(self, filled: Array, weights: Array | None = None) -> tuple[Array, Array]:
        """Analysis of covariance at each visit: estimates (T × V × c) and their variances; `weights` (T × n) 0 or 1."""
        x = self.compare
        if weights is None:
            bread = np.linalg.inv(x.T @ x)
            beta = np.einsum("cd,nd,tnv->tvc", bread, x, filled, optimize=True)
            residual = filled - np.einsum("nc,tvc->tnv", x, beta)
            variance = (residual**2).sum(axis=1) / (len(x) - x.shape[1])
            return beta, variance[..., None] * np.diag(bread)
        square = np.einsum("tn,nc,nd->tcd", weights, x, x, optimize=True)
        right = np.einsum("tn,nc,tnv->tcv", weights, x, filled, optimize=True)
        return np.linalg.solve(square, right).swapaxes(1, 2), np.empty(0)

    def by_jackknife(self, level: float) -> list[list[Term]]:
        outcome = self.trial.outcome
        n = len(outcome)
        beta, sigma, sound = self.fit(outcome[None])
        if not sound[0]:
            raise StatsError(
                "The mixed model did not converge: the data do not determine the covariance of the visits."
            )
        estimate, _ = self.compared(self.complete(outcome[None], beta, sigma))
        without = np.broadcast_to(outcome, (n, *outcome.shape)).copy()
        without[np.arange(n), np.arange(n)] = np.nan
        betas, sigmas, fine = self.fit(without)
        if not fine.all():
            who = self.trial.people[int(np.argmin(fine))]
            raise StatsError(f"Without {who} the data do not determine the mixed model, so there is no jackknife.")
        weights = 1.0 - np.eye(n)
        whole = np.broadcast_to(outcome, (n, *outcome.shape))
        again, _ = self.compared(self.complete(whole, betas, sigmas), weights)
        variance = (n - 1) / n * ((again - again.mean(axis=0)) ** 2).sum(axis=0)
        return [
            [wald(name, estimate[0, v, c], variance[v, c], None, level) for c, name in enumerate(self.names)]
            for v in range(outcome.shape[1])
        ]

    def by_rubin(self, m: int, random: np.random.Generator, level: float) -> list[list[Term]]:
        """Draws of the model's parameters by refitting bootstrap samples (stratified by arm), then of the outcomes."""
        if m < 2:
            raise StatsError("Rubin's rules need at least two imputations.")
        outcome = self.trial.outcome
        n, visits = outcome.shape
        groups = [np.flatnonzero(self.trial.arm == arm) for arm in range(len(self.trial.arms))]
        found: list[tuple[Array, Array]] = []
        count = 0
        for _ in range(20):
            rows = np.stack([np.concatenate([random.choice(g, len(g)) for g in groups]) for _ in range(m - count)])
            beta, sigma, sound = self.fit(outcome[rows], self.x[rows])
            found.append((beta[sound], sigma[sound]))
            count += int(sound.sum())
            if count >= m:
                break
        else:
            raise StatsError("The mixed model is not determined in most bootstrap samples; use fewer visits.")
        beta, sigma = (np.concatenate([one[number] for one in found])[:m] for number in range(2))
        filled = self.complete(np.broadcast_to(outcome, (m, n, visits)), beta, sigma, random)
        estimate, variance = self.compared(filled)
        complete_df = float(n - self.compare.shape[1])
        return [
            [
                rubin.pool(estimate[:, v, c], variance[:, v, c], complete_df, name, level).term
                for c, name in enumerate(self.names)
            ]
            for v in range(visits)
        ]
