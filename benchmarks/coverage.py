"""How often intervals hold the truth: each kind, in trials of 20 to 240 people, with what is missing at random.

`python -m benchmarks.coverage [--trials N]`. A figure more than three Monte Carlo errors from 95 % is marked. Robust
errors in small trials are expected to be marked: that is why the corrected ones exist.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from opstap.stats import rubin
from opstap.stats.chained import Column, impute_arrays
from opstap.stats.competing import cumulative_incidence
from opstap.stats.cox import CoxArrays
from opstap.stats.describe import proportion
from opstap.stats.logrank import restricted_mean
from opstap.stats.survival import kaplan_meier
from opstap.stats.virtual_trials import TrialDesign, performance, run


def main() -> None:
    """Print one line per interval: its name, coverage, Monte Carlo error, and a mark where it is off."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trials", type=int, default=2000)
    trials = options.parse_args().trials
    for name, held, count in [*repeated(trials), *time_to_event(trials // 4), *others(trials // 4)]:
        error = (0.95 * 0.05 / count) ** 0.5
        mark = "" if abs(held - 0.95) <= 3 * error else "  off"
        print(f"{name:<60}{100 * held:>7.1f} % ± {100 * error:.1f}{mark}")


def repeated(trials: int) -> Iterator[tuple[str, float, int]]:
    """GEE and mixed models, by errors or degrees of freedom and size, drop-out depending on the last value."""
    covariance = 100 * (0.6 + 0.4 * np.eye(3))
    design = TrialDesign(
        arms=("care", "steps"),
        sizes=(10, 10),
        visits=("t0", "t6", "t12"),
        means=(28.0, 24.0, 26.0),
        covariance=tuple(map(tuple, covariance.tolist())),
        pattern=(0.0, 0.5, 1.0),
        missing=(0.0, 0.1, 0.2),
        formula="value ~ arm * C(visit)",
        analysed=("t0", "t6", "t12"),
        at="t12",
        mar_slope=0.5,
    )
    kinds = [("gee", "se", one) for one in ("robust", "mancl-derouen", "kauermann-carroll", "fay-graubard")]
    kinds += [("mmrm", "df", one) for one in ("satterthwaite", "residual")]
    for people in (20, 60, 240):
        for method, option, value in kinds:
            sizes = (people // 2, people // 2)
            corr = {"corr": "exchangeable"} if method == "gee" else {}
            one = replace(design, sizes=sizes, method=method, options={option: value, **corr})
            found = performance(one, 4.0, run(one, 4.0, trials, 1))
            yield f"{method}, {value}, {people} people", found.coverage, found.sound


def time_to_event(trials: int) -> Iterator[tuple[str, float, int]]:
    """Kaplan–Meier by transform, restricted mean, Cox and cumulative incidence, with delayed entry."""
    random = np.random.default_rng(1)
    truth = {
        "survival": np.exp(-1.0),
        "mean": 1 - np.exp(-1.0),
        "ratio": np.log(2.0),
        "share": 0.5 * (1 - np.exp(-2.0)),
    }
    held: dict[str, list[bool]] = {}
    for _ in range(trials):
        n = 120
        arm = np.arange(n) % 2
        hazard = np.where(arm == 1, 2.0, 1.0)
        # Half enter late; were it all, the first risk sets would hold one or two people (see survival.py).
        time, entry = random.exponential(1 / hazard), np.maximum(random.uniform(-0.2, 0.2, n), 0)
        rival, out = random.exponential(1.0, n), random.uniform(1.0, 3.0, n)
        alive = time > entry
        seen, happened = np.minimum(time, out)[alive], (time <= out)[alive]
        usual = arm[alive] == 0
        for conf in ("log", "log-log", "plain"):
            curve = kaplan_meier(seen[usual], happened[usual], entry[alive][usual], conf=conf)
            at = curve.at(1.0)[0]
            if at.low is not None and at.high is not None:
                held.setdefault(f"Kaplan–Meier, {conf}", []).append(at.low <= truth["survival"] <= at.high)
        mean = restricted_mean(curve, 1.0)
        held.setdefault("restricted mean", []).append(mean.low <= truth["mean"] <= mean.high)
        fit = CoxArrays(seen, happened, arm[alive][:, None].astype(float), ["arm"], entry[alive])
        fit.solve()
        held.setdefault("Cox", []).append(abs(fit.beta[0] - truth["ratio"]) <= 1.96 * fit.cov[0, 0] ** 0.5)
        first = random.exponential(1.0, n)
        code = np.where(np.minimum(first, rival) > out, 0, np.where(first < rival, 1, 2))
        share = cumulative_incidence(np.minimum(np.minimum(first, rival), out), code, 1).at(1.0)[0]
        if share.low is not None and share.high is not None:
            held.setdefault("cumulative incidence, log−log", []).append(share.low <= truth["share"] <= share.high)
    for name, several in held.items():
        yield name, float(np.mean(several)), len(several)


def others(trials: int) -> Iterator[tuple[str, float, int]]:
    """Wilson's interval, and means after imputation by matching and by the normal model."""
    random = np.random.default_rng(2)
    # Shares of all sizes: for one share the coverage jumps with n, as Wilson's does.
    shares = random.uniform(0.05, 0.95, trials)
    wilson = [proportion(int(count), 40) for count in random.binomial(40, shares)]
    inside = [
        one.low <= share <= one.high
        for one, share in zip(wilson, shares, strict=True)
        if one.low is not None and one.high is not None
    ]
    yield "Wilson, 5 to 95 % of 40", float(np.mean(inside)), trials
    for method in ("norm", "pmm"):
        held = 0
        for _ in range(trials):
            x = random.normal(size=100)
            y = x + random.normal(size=100)
            y[random.uniform(size=100) < 1 / (1 + np.exp(1 - x))] = np.nan
            values = np.broadcast_to(np.column_stack([x, y]), (10, 100, 2))
            done = impute_arrays(values, [Column("x"), Column("y", method)], random, iterations=1)[..., 1]
            term = rubin.pool(done.mean(axis=1), done.var(axis=1, ddof=1) / 100, 99).term
            held += term.low <= 0 <= term.high
        yield f"mean after imputation, {method}, 100 people", held / trials, trials


if __name__ == "__main__":
    main()
