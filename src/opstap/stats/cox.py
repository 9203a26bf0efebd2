"""Cox's proportional hazards: what hastens or slows the return, without a shape for time itself.

- Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220. doi:10.1111/j.2517-6161.1972.tb00899.x
- Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc 1977;72:557-565.
  doi:10.1080/01621459.1977.10480613; Breslow N. Covariance analysis of censored survival data. Biometrics
  1974;30:89-99. doi:10.2307/2529620 (ties)
- Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. J Am Stat Assoc 1989;84:1074-1078.
  doi:10.1080/01621459.1989.10478874 (errors by cluster)
- Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. Biometrika
  1994;81:515-526. doi:10.1093/biomet/81.3.515 (the test; here, as in R's survival since 3.0, the score test itself
  against the Kaplan–Meier transform of time)

Sums of squares over risk sets are one matrix product: a person enters the information with the hazard that they
lived through, so that nothing of size people × terms × terms is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from opstap.stats.design import Array, StatsError, Term, check_choice, predictors, wald
from opstap.stats.risk import Risk, checked, risk_sets

TIES = ("efron", "breslow")
_STEPS = 50
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class Proportional:
    """The test of proportional hazards of one term, or of all ("GLOBAL")."""

    term: str
    statistic: float
    df: int
    p: float


@dataclass(frozen=True)
class CoxResult:
    """A fitted Cox model; estimates are logarithms of hazard ratios."""

    terms: list[Term]
    cov: Array
    n: int
    events: int
    loglik: float
    loglik_null: float
    proportional: list[Proportional]
    ties: str
    left_out: int
    level: float
    notices: tuple[str, ...] = ()
    cov_model: Array = field(repr=False, default_factory=lambda: np.empty(0))

    @property
    def coefficients(self) -> Array:
        """The estimates (p) in the order of the terms."""
        return np.array([term.estimate for term in self.terms])

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, ready for JSON; ratios are hazard ratios."""
        return {
            "terms": [
                {
                    **asdict(term),
                    "hazard_ratio": float(np.exp(term.estimate)),
                    "hazard_ratio_low": float(np.exp(term.low)),
                    "hazard_ratio_high": float(np.exp(term.high)),
                }
                for term in self.terms
            ],
            "n": self.n,
            "events": self.events,
            "loglik": self.loglik,
            "loglik_null": self.loglik_null,
            "proportional": [asdict(one) for one in self.proportional],
        }


def cox(
    data: pd.DataFrame,
    formula: str,
    time: str,
    event: str,
    entry: str | None = None,
    ties: str = "efron",
    strata: str | Sequence[str] | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> CoxResult:
    """Fit a Cox model to one row per person (or per spell, with `entry` and `cluster`).

    `formula` is the right-hand side, as "arm + age" (with or without ~). Rows with a missing covariate are left out;
    a missing time, event or entry is an error. Raises `StatsError` as `design.predictors` does, and for a row whose
    entry is not before its time, no events, and a term that the data push to infinity.
    """
    check_choice("ties", ties, TIES)
    by = [strata] if isinstance(strata, str) else list(strata or [])
    columns = [time, event, *([entry] if entry else []), *by, *([cluster] if cluster else [])]
    matrix, terms, used, left_out = predictors(data, formula, columns)
    left, happened, entered = checked(used[time], used[event], used[entry] if entry else None)
    groups = np.asarray(used.groupby(by, sort=True).ngroup(), dtype=np.intp) if by else None
    clusters = pd.factorize(used[cluster])[0] if cluster else None
    fit = CoxArrays(left, happened == 1, matrix, terms, entered, groups, ties)
    fit.solve()
    cov = fit.cov
    if clusters is not None:
        if clusters.max() + 1 <= len(terms):
            raise StatsError(f"{clusters.max() + 1} clusters cannot carry {len(terms)} terms; use a shorter formula.")
        rows = fit.influence() @ fit.cov
        sums = np.zeros((clusters.max() + 1, len(terms)))
        np.add.at(sums, clusters, rows)
        cov = sums.T @ sums
    return CoxResult(
        terms=[wald(*one, None, level) for one in zip(terms, fit.beta, np.diag(cov), strict=True)],
        cov=cov,
        n=len(left),
        events=int(happened.sum()),
        loglik=fit.loglik,
        loglik_null=fit.loglik_null,
        proportional=fit.proportional(),
        ties=ties,
        left_out=left_out,
        level=level,
        cov_model=fit.cov,
    )


class CoxArrays:
    """The partial likelihood on arrays; `solve`, then `beta`, `cov`, `influence` and `proportional`."""

    def __init__(
        self,
        time: Array,
        event: NDArray[np.bool_],
        matrix: Array,
        terms: Sequence[str],
        entry: Array | None = None,
        strata: NDArray[np.intp] | None = None,
        ties: str = "efron",
    ) -> None:
        if not event.any():
            raise StatsError("No event was seen: there is nothing to compare. Is 1 the code of the event?")
        self.risk: Risk = risk_sets(time, event, entry, strata)
        self.terms, self.ties = list(terms), ties
        self.left, self.entered = np.sort(time), None if entry is None else np.sort(entry)
        middle = matrix.mean(axis=0)
        spread = matrix.std(axis=0)
        if (spread == 0).any():
            flat = ", ".join(term for term, one in zip(terms, spread, strict=True) if one == 0)
            raise StatsError(f"{flat} is the same in every row; drop it from the formula.")
        self.spread = spread
        self.x = np.ascontiguousarray((matrix[self.risk.order] - middle) / spread)
        deaths = self.risk.event_at
        self.counts = np.bincount(deaths, minlength=len(self.risk.times)).astype(float)
        # Efron: the l-th of d tied events sees the risk set less l/d of those events.
        place = np.arange(len(deaths)) - np.repeat(np.cumsum(self.counts) - self.counts, self.counts.astype(int))
        self.share = place / self.counts[deaths] if ties == "efron" else np.zeros(len(deaths))
        self.events_x = self.x[self.risk.event_rows]

    def _at(self, beta: Array) -> tuple[float, Array, Array]:
        """The log-likelihood, score and information; keeps what they were made of."""
        risk = self.risk
        eta = self.x @ beta
        self.w = np.exp(eta - eta.max())
        deaths = risk.event_at
        tied = self.ties == "efron" and len(deaths) > len(risk.times)
        s0 = risk.sums(self.w)[deaths]
        s1 = risk.sums(self.w[:, None] * self.x)[deaths]
        we = self.w[risk.event_rows]
        if tied:
            d0 = risk.at_events(we)[deaths]
            d1 = risk.at_events(we[:, None] * self.events_x)[deaths]
            s0 = s0 - self.share * d0
            s1 = s1 - self.share[:, None] * d1
        self.means = s1 / s0[:, None]
        self.steps = 1 / s0
        loglik = float(eta[risk.event_rows].sum() - np.log(s0).sum() - len(deaths) * eta.max())
        score = self.events_x.sum(axis=0) - self.means.sum(axis=0)
        return loglik, score, self.weighted_information(np.ones(len(deaths)))

    def weighted_information(self, weights: Array) -> Array:
        """The information with each event counted `weights` (D) times (p × p)."""
        lived = self._lived(self.steps * weights)
        return (self.x * (self.w * lived)[:, None]).T @ self.x - (self.means * weights[:, None]).T @ self.means

    def _lived(self, steps: Array) -> Array:
        """Sum the hazard's steps (D) over each person's time at risk (n): tied events weigh less in each other's."""
        risk = self.risk
        each = risk.at_events(steps)
        lived = risk.accumulated(each)
        if self.ties == "efron":
            less = risk.at_events(steps * self.share)
            lived[risk.event_rows] -= less[risk.event_at]
        return lived

    def solve(self) -> None:
        """Climb to the maximum by Newton's steps, halved where they lead down."""
        beta = np.zeros(self.x.shape[1])
        loglik, score, information = self._at(beta)
        self.loglik_null = loglik
        for _ in range(_STEPS):
            try:
                step = np.linalg.solve(information, score)
            except np.linalg.LinAlgError:
                raise StatsError("The events do not tell the terms apart; drop one from the formula.") from None
            settled = score @ step < _TOLERANCE
            share = 1.0
            while True:
                tried = beta + share * step
                new = self._at(tried)
                if np.isfinite(new[0]) and new[0] >= loglik - 1e-12 * abs(loglik):
                    break
                share /= 2
                if share < 1e-8:
                    raise StatsError("The Cox model did not converge; use a shorter formula.")
            beta, (loglik, score, information) = tried, new
            self._check_finite(beta)
            if settled:
                break
        else:
            raise StatsError("The Cox model did not converge; use a shorter formula.")
        self.scaled_cov = np.linalg.inv(information)
        self._check_finite(beta, self.scaled_cov)
        self.beta = beta / self.spread
        self.cov = self.scaled_cov / np.outer(self.spread, self.spread)
        self.loglik = loglik

    def _check_finite(self, beta: Array, cov: Array | None = None) -> None:
        """Refuse a term that runs away: its ratio over the whole range is endless, and so is its error."""
        reach = np.ptp(self.x, axis=0)
        endless = reach * np.abs(beta) > 300
        if cov is not None:
            endless |= (reach * np.abs(beta) > 10) & (reach * np.sqrt(np.abs(np.diag(cov))) > 20)
        if endless.any():
            names = ", ".join(term for term, one in zip(self.terms, endless, strict=True) if one)
            raise StatsError(
                f"{names}: all events lie on one side, so its hazard ratio has no end. Drop it or join levels."
            )

    def influence(self) -> Array:
        """Each row's part of the score (n × p) in the order of the rows given: the score residuals."""
        risk, p = self.risk, self.x.shape[1]
        hazard = self._lived(self.steps)
        moved = np.column_stack([self._lived(self.steps * self.means[:, term]) for term in range(p)])
        rows = -self.w[:, None] * (self.x * hazard[:, None] - moved)
        own = self.means
        if self.ties == "efron":
            # Each of tied events has the mean of their means.
            shared = risk.at_events(self.means) / self.counts[:, None]
            own = shared[risk.event_at]
        rows[risk.event_rows] += self.events_x - own
        out = np.empty_like(rows)
        out[risk.order] = rows * self.spread
        return out

    def proportional(self) -> list[Proportional]:
        """Test each term, and all together, for a hazard ratio that moves with time."""
        at = self._times()[self.risk.event_at]
        p = len(self.terms)
        residual = self.events_x - self.means
        score = (at[:, None] * residual).sum(axis=0)
        plain = self.weighted_information(np.ones(len(at)))
        once, twice = self.weighted_information(at), self.weighted_information(at**2)
        tests = []
        for number, term in enumerate(self.terms):
            variance = twice[number, number] - once[number] @ np.linalg.solve(plain, once[number])
            statistic = float(score[number] ** 2 / variance)
            tests.append(Proportional(term, statistic, 1, float(stats.chi2.sf(statistic, 1))))
        spread = twice - once @ np.linalg.solve(plain, once)
        if p > 0 and np.linalg.matrix_rank(spread) == p:
            total = float(score @ np.linalg.solve(spread, score))
            tests.append(Proportional("GLOBAL", total, p, float(stats.chi2.sf(total, p))))
        return tests

    def _times(self) -> Array:
        """The Kaplan–Meier transform of time: 1 − S just before each event, centred on the events; over all strata."""
        times, which = np.unique(self.risk.times, return_inverse=True)
        events = np.bincount(which, weights=self.counts)
        at_risk = len(self.left) - np.searchsorted(self.left, times, side="left")
        if self.entered is not None:
            at_risk = at_risk - (len(self.left) - np.searchsorted(self.entered, times, side="left"))
        before = np.concatenate([[1.0], np.cumprod(1 - events / at_risk)[:-1]])
        scaled = (1 - before)[which]
        return np.asarray(scaled - np.average(scaled, weights=self.counts))
