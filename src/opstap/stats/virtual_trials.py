"""Virtual trials: a design run a thousand times with its own analysis, drop-out and missingness.

- Morris TP, White IR, Crowther MJ. Using simulation studies to evaluate statistical methods. Stat Med
  2019;38:2074-2102. doi:10.1002/sim.8086 (power, bias, coverage, and their Monte Carlo errors)
- Burton A, Altman DG, Royston P, Holder RL. The design of simulation studies in medical statistics. Stat Med
  2006;25:4279-4292. doi:10.1002/sim.2673

Trials are made and analysed in batches of a fixed size, each with its own stream of chance: the answer depends on
the seed alone, whatever the number of cores. Outcomes are normal, correlated between visits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

from opstap.stats.contrasts import mean_weights
from opstap.stats.design import Array, StatsError, build, check_choice
from opstap.stats.estimating import CORRELATIONS, STANDARD_ERRORS
from opstap.stats.gee import gee_trials
from opstap.stats.mmrm import mmrm_trials
from opstap.stats.repeated import Columns, columns

BATCH = 200
#: Seconds of work from which other processes, which take seconds to start, are worth it.
_WORTH_CORES = 15.0


@dataclass(frozen=True)
class TrialDesign:
    """A trial of two arms with a baseline and later visits; the first arm is the reference.

    `means` are of the reference arm per visit, baseline first; `covariance` (V × V) of all visits; `pattern` (V) the
    share of the effect at each visit; `missing` (V) the share that has dropped out by each visit, and `holes` the share
    that misses one visit and comes back; `mar_slope` makes drop-out depend on the last value seen (log odds per
    standard deviation). `formula` may use value, base, arm, visit and site; `at` is the visit of the contrast.
    """

    arms: tuple[str, str]
    sizes: tuple[int, int]
    visits: tuple[str, ...]
    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    pattern: tuple[float, ...]
    missing: tuple[float, ...]
    formula: str
    analysed: tuple[str, ...]
    at: str
    method: str = "mmrm"
    options: dict[str, str] = field(default_factory=dict)
    sites: int = 1
    holes: float = 0.0
    mar_slope: float = 0.0
    alpha: float = 0.05

    def check(self) -> None:
        """Raise `StatsError` for a design that cannot be run."""
        v = len(self.visits)
        if v < 2 or any(len(each) != v for each in (self.means, self.covariance, self.pattern, self.missing)):
            raise StatsError("A design needs a baseline and a later visit, and a mean, effect and drop-out for each.")
        matrix = np.array(self.covariance, dtype=float)
        if matrix.shape != (v, v) or not np.isfinite(matrix).all() or np.linalg.eigvalsh(matrix)[0] <= 0:
            raise StatsError("The covariance of the visits must be positive definite; lower the correlations.")
        lost = np.array(self.missing)
        if lost[0] != 0 or (lost < 0).any() or (lost >= 1).any() or (np.diff(lost) < 0).any():
            raise StatsError("Drop-out starts at 0 at baseline, never falls, and stays under 1.")
        if min(self.sizes) < 3:
            raise StatsError("Each arm needs at least three people.")
        check_choice("method", self.method, ("gee", "mmrm"))
        if self.at not in self.analysed or not set(self.analysed) <= set(self.visits):
            raise StatsError(
                f"The contrast's visit {self.at} must be analysed, and what is analysed be among the visits."
            )
        if not 0 < self.alpha < 1 or not 0 <= self.holes < 1:
            raise StatsError("alpha lies between 0 and 1, and the share of holes from 0 to under 1.")


@dataclass(frozen=True)
class Model:
    """What of the analysis is the same in each trial: distinct columns `fixed` + base · `slope` (people × u).

    `place` (visits × p) says which column stands where; `weights` (1 × p) make the contrast.
    """

    fixed: Array
    slope: Array
    place: NDArray[np.intp]
    weights: Array

    def columns(self, base: Array) -> Columns:
        """Give the design of trials with these baselines (T × people); shared by all where it has no baseline."""
        if not self.slope.any():
            return Columns(self.fixed[None], self.place)
        return Columns(self.fixed + base[..., None] * self.slope, self.place)


@dataclass(frozen=True)
class Performance:
    """What the trials showed. Monte Carlo errors stand beside what they belong to."""

    simulations: int
    sound: int
    effect: float
    power: float
    power_se: float
    bias: float
    bias_se: float
    coverage: float
    coverage_se: float
    empirical_se: float
    model_se: float


def model_of(design: TrialDesign) -> Model:
    """Evaluate the formula once: it must be linear in the baseline, and the arms' contrast not depend on it.

    Raises `StatsError` as `design.build` does.
    """
    design.check()
    people = sum(design.sizes)
    frame = _frame(design, np.random.default_rng(0).normal(size=people))
    built = build(frame, design.formula, "person", "visit", list(design.analysed))
    used = [str(name) for name in built.spec.required_variables]
    if "arm" not in used:
        raise StatsError("The formula has no arm, so there is nothing to contrast.")

    def matrix(base: float) -> Array:
        rows = built.spec.get_model_matrix(built.data.assign(base=base), context={})
        return np.asarray(rows, dtype=float).reshape(people, len(design.analysed), -1)

    zero, one, two = (matrix(base) for base in (0.0, 1.0, 2.0))
    if not np.allclose(two - one, one - zero):
        raise StatsError("Virtual trials need a formula that is linear in the baseline; leave its curve out.")
    # Columns are told apart by both parts: what they are at baseline 0, and how they move with it.
    distinct = columns(np.stack([zero, one - zero]))
    chosen = ["arm", "visit"] if "visit" in used else ["arm"]
    weights = {tuple(levels.values()): each for levels, each in mean_weights(built, chosen)}
    key = [(arm, design.at) if "visit" in used else (arm,) for arm in design.arms]
    return Model(distinct.values[0], distinct.values[1], distinct.place, (weights[key[1]] - weights[key[0]])[None])


def _frame(design: TrialDesign, base: Array) -> pd.DataFrame:
    people, visits = sum(design.sizes), len(design.analysed)
    arm = np.repeat(design.arms, design.sizes)
    return pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), visits),
            "visit": np.tile(design.analysed, people),
            "arm": pd.Categorical(np.repeat(arm, visits), categories=list(design.arms)),
            "site": np.repeat([f"site {number % design.sites}" for number in range(people)], visits),
            "base": np.repeat(base, visits),
            "value": np.arange(people * visits, dtype=float) % 7,
        }
    )


def make(design: TrialDesign, effect: float, trials: int, random: np.random.Generator) -> tuple[Array, Array]:
    """Invent trials: outcomes (trials × people × visits, NaN is missing) and who is in the second arm (people)."""
    arm = np.repeat([0.0, 1.0], design.sizes)
    factor = np.linalg.cholesky(np.array(design.covariance))
    noise = random.standard_normal((trials, len(arm), len(design.visits))) @ factor.T
    outcome = noise + np.array(design.means) + arm[:, None] * (effect * np.array(design.pattern))
    gone = np.zeros(outcome.shape[:2], dtype=bool)
    spread = np.sqrt(np.diag(np.array(design.covariance)))
    for visit in range(1, len(design.visits)):
        before, now = design.missing[visit - 1], design.missing[visit]
        chance = (now - before) / (1 - before)
        if chance == 0 and design.holes == 0 and not now:
            continue
        leaves = random.uniform(size=gone.shape)
        if chance > 0 and design.mar_slope:
            last = noise[..., visit - 1] / spread[visit - 1]
            leaves_now = leaves < expit(_balanced(chance, design.mar_slope) + design.mar_slope * last)
        else:
            leaves_now = leaves < chance
        gone |= leaves_now
        hole = random.uniform(size=gone.shape) < design.holes
        outcome[..., visit] = np.where(gone | hole, np.nan, outcome[..., visit])
    return outcome, arm


def _balanced(chance: float, slope: float) -> float:
    """The intercept with which the mean chance over a standard normal value is as given (probit's factor)."""
    return float(logit(chance) * np.sqrt(1 + (16 * np.sqrt(3) / (15 * np.pi)) ** 2 * slope**2))


def analyse(design: TrialDesign, model: Model, outcome: Array) -> tuple[Array, Array, Array]:
    """Estimate the contrast of each trial, its standard error and degrees of freedom (∞: normal); NaN if unsound."""
    places = [design.visits.index(visit) for visit in design.analysed]
    followed = outcome[..., places]
    x = model.columns(outcome[..., 0])
    options = design.options
    if design.method == "mmrm":
        found = mmrm_trials(followed, x, model.weights, options.get("cov", "us"), options.get("df", "satterthwaite"))
        return found.estimate[:, 0], found.se[:, 0], found.df[:, 0]
    fitted = gee_trials(
        followed,
        x,
        "gaussian",
        check_one("corr", options.get("corr", "exchangeable"), CORRELATIONS),
        check_one("se", options.get("se", "robust"), STANDARD_ERRORS),
    )
    estimate = fitted.estimate @ model.weights[0]
    se = np.sqrt(np.einsum("p,tpq,q->t", model.weights[0], fitted.cov, model.weights[0]))
    return estimate, se, np.full(len(estimate), np.inf if fitted.df is None else fitted.df)


def check_one(name: str, value: str, choices: Sequence[str]) -> str:
    """Give an option back when it is among its choices, else raise `StatsError`."""
    check_choice(name, value, choices)
    return value


def _batch(work: tuple[TrialDesign, Model, float, int, np.random.SeedSequence]) -> Array:
    design, model, effect, trials, seed = work
    outcome, _ = make(design, effect, trials, np.random.default_rng(seed))
    return np.stack(analyse(design, model, outcome))


def run(
    design: TrialDesign,
    effect: float,
    simulations: int,
    seed: int,
    cores: int | None = None,
    progress: Callable[[Iterator[Array], int], Iterator[Array]] | None = None,
    model: Model | None = None,
) -> Array:
    """Run trials: estimate, standard error and degrees of freedom of each (3 × simulations).

    `cores` left out takes more processes where that is worth their start; `model` is `model_of(design)`, if
    made before. Raises `StatsError` for a design that
    cannot be run.
    """
    if simulations < 1:
        raise StatsError("Give at least one simulation.")
    model = model or model_of(design)
    count = -(-simulations // BATCH)
    seeds = np.random.SeedSequence(seed).spawn(count)
    sizes = [BATCH] * (count - 1) + [simulations - BATCH * (count - 1)]
    work = [(design, model, effect, size, one) for size, one in zip(sizes, seeds, strict=True)]
    parts = _all(work, cores)
    return np.concatenate(list(progress(parts, count) if progress else parts), axis=1)


def _all(work: list[Any], cores: int | None) -> Iterator[Array]:
    began = time.perf_counter()
    yield _batch(work[0])
    waiting = (time.perf_counter() - began) * (len(work) - 1)
    many = cores or os.cpu_count() or 1
    if cores != 1 and many > 1 and (waiting > _WORTH_CORES or cores is not None) and len(work) > 1:
        with ProcessPoolExecutor(many, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_batch, work[1:], chunksize=max(1, min(20, len(work) // (4 * many))))
    else:
        yield from map(_batch, work[1:])


def performance(design: TrialDesign, effect: float, results: Array) -> Performance:
    """Sum trials up: power (share of tests under alpha), bias and coverage, with Monte Carlo errors.

    Raises `StatsError` when no trial could be analysed.
    """
    estimate, se, df = results
    sound = np.isfinite(estimate) & np.isfinite(se) & (se > 0)
    if not sound.any():
        raise StatsError("No virtual trial could be analysed; use more people, fewer visits or a shorter formula.")
    estimate, se, df = estimate[sound], se[sound], df[sound]
    truth = effect * design.pattern[design.visits.index(design.at)]
    critical = stats.t.isf(design.alpha / 2, df)
    k = len(estimate)
    power = float((np.abs(estimate / se) > critical).mean())
    held = float((np.abs(estimate - truth) <= critical * se).mean())
    spread = float(estimate.std(ddof=1)) if k > 1 else float("nan")
    return Performance(
        simulations=results.shape[1],
        sound=k,
        effect=effect,
        power=power,
        power_se=float(np.sqrt(power * (1 - power) / k)),
        bias=float(estimate.mean() - truth),
        bias_se=spread / float(np.sqrt(k)),
        coverage=held,
        coverage_se=float(np.sqrt(held * (1 - held) / k)),
        empirical_se=spread,
        model_se=float(np.sqrt((se**2).mean())),
    )


def needed(design: TrialDesign, found: Performance, power: float = 0.8) -> int | None:
    """How many people in all would give this power, if the estimate's spread shrinks with the root of their number."""
    truth = found.effect * design.pattern[design.visits.index(design.at)]
    if truth == 0 or not np.isfinite(found.empirical_se):
        return None
    z = float(stats.norm.isf(design.alpha / 2) + stats.norm.ppf(power))
    return int(np.ceil(sum(design.sizes) * (z * found.empirical_se / truth) ** 2))
