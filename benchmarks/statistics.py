"""The statistics beside R and statsmodels, in one run: median times and their ratios.

`python -m benchmarks.statistics [--without-r]`. R and its packages are installed from Debian where they are absent
(root only); R's mmrm is not in Debian and is measured where it is installed. Everything runs on one thread, but for
the virtual trials, which take more cores where that is worth their start, as they do for a user.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

PACKAGES = ("r-base-core", "r-cran-geepack", "r-cran-nlme", "r-cran-survival", "r-cran-mice")
FORMULA = "hours ~ arm * C(month) + base"
#: What is to be reached: the ratio of the peer's time to ours.
TARGETS = {
    "gee": ("one GEE, 240 × 3", "statsmodels_gee", 1.0),
    "trials_gee_complete": ("virtual trial by GEE, complete", "gee_complete", 100.0),
    "trials_gee_missing": ("virtual trial by GEE, missing", "gee_missing", 50.0),
    "mmrm": ("one mixed model, 240 × 3", "mmrm_complete", 1.0),
    "trials_mmrm_complete": ("virtual trial by mixed model, complete", "mmrm_complete", 60.0),
    "trials_mmrm_missing": ("virtual trial by mixed model, missing", "mmrm_missing", 30.0),
    "impute": ("chained equations, 240 × 30, m 10", "mice", 20.0),
    "km": ("Kaplan–Meier, 100,000 (under 10 ms)", "km", 1.0),
    "cox": ("Cox, 100,000 × 6", "cox", 1.0),
}


def main() -> None:
    """Write data, time both sides on them, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--without-r", action="store_true", help="time our side alone")
    chosen = options.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="opstap-statistics-") as name:
        folder = Path(name)
        write_data(folder)
        theirs = statsmodels(folder)
        if not chosen.without_r:
            theirs |= in_r(folder)
        ours = opstap(folder)
    print(f"\n{'work':<46}{'ours, ms':>10}{'peer, ms':>11}{'ratio':>8}{'to reach':>10}")
    for key, (what, peer, target) in TARGETS.items():
        time_ours = 1000 * ours[key]
        other = theirs.get(peer)
        shown = f"{1000 * other:>11.2f}{1000 * other / time_ours:>8.1f}" if other is not None else f"{'–':>11}{'–':>8}"
        print(f"{what:<46}{time_ours:>10.3f}{shown}{target:>10.0f}")
    print(f"load after: {os.getloadavg()[0]:.1f}")


def write_data(folder: Path) -> None:
    """Invent a trial (complete and with visits missing), a wide table with holes, and 100,000 times to event."""
    random = np.random.default_rng(1)
    people = np.arange(240)
    base = random.normal(28, 8, 240)
    level = random.normal(0, 6, (240, 1)) + random.normal(0, 6, (240, 3)) + base[:, None] / 2
    trial = pd.DataFrame(
        {
            "person": np.repeat(people, 3),
            "month": np.tile([0, 6, 12], 240),
            "arm": np.repeat(np.where(people % 2, "steps", "care"), 3),
            "base": np.repeat(base, 3),
            "hours": level.ravel(),
        }
    )
    trial.to_csv(folder / "trial_complete.csv", index=False)
    gone = random.uniform(size=len(trial)) < 0.15
    trial.assign(hours=trial["hours"].mask(gone)).to_csv(folder / "trial_missing.csv", index=False)
    wide = random.normal(size=(240, 30)) * 0.7 + random.normal(size=(240, 1)) * 0.7
    wide[random.uniform(size=wide.shape) < 0.15] = np.nan
    pd.DataFrame(wide, columns=[f"v{number}" for number in range(30)]).to_csv(folder / "wide.csv", index=False)
    x = random.normal(size=(100_000, 6))
    back = np.ceil(random.exponential(np.exp(-0.3 * x[:, 0])) * 1000)
    out = random.exponential(1000, 100_000)
    events = pd.DataFrame(x, columns=list("abcdef")).assign(time=np.minimum(back, out), event=(back <= out).astype(int))
    events.to_csv(folder / "survival.csv", index=False)


def timed(work: Callable[[], object], times: int) -> float:
    """Median seconds of some runs, after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def statsmodels(folder: Path) -> dict[str, float]:
    """Time statsmodels' GEE, its formula included."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    data = pd.read_csv(folder / "trial_complete.csv")
    corr = sm.cov_struct.Exchangeable
    return {"statsmodels_gee": timed(lambda: smf.gee(FORMULA, "person", data, cov_struct=corr()).fit(), 15)}


def in_r(folder: Path) -> dict[str, float]:
    """Time the peers in R; installs them from Debian where they are absent."""
    if shutil.which("Rscript") is None or not installed():
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], check=True, capture_output=True
        )
    script = Path(__file__).with_suffix(".R")
    done = subprocess.run(["Rscript", str(script), str(folder)], check=True, capture_output=True, text=True)
    rows = (line.split(",") for line in done.stdout.splitlines() if "," in line)
    return {name: float(seconds) for name, seconds in rows}


def installed() -> bool:
    """Whether R has the packages that Debian offers."""
    names = ", ".join(f'"{package.removeprefix("r-cran-")}"' for package in PACKAGES[1:])
    code = f"quit(status = 1 - all(sapply(c({names}), requireNamespace, quietly = TRUE)))"
    return subprocess.run(["Rscript", "-e", code], check=False, capture_output=True).returncode == 0


def opstap(folder: Path) -> dict[str, float]:
    """Time ours: with the formula where the peer has one."""
    from opstap.stats.chained import Column, impute_arrays
    from opstap.stats.cox import cox
    from opstap.stats.gee import gee
    from opstap.stats.mmrm import mmrm
    from opstap.stats.survival import kaplan_meier
    from opstap.stats.virtual_trials import run

    data = pd.read_csv(folder / "trial_complete.csv")
    events = pd.read_csv(folder / "survival.csv")
    wide = pd.read_csv(folder / "wide.csv").to_numpy()
    columns = [Column(f"v{number}", "pmm") for number in range(30)]
    found = {
        "gee": timed(lambda: gee(data, FORMULA, "person", "month"), 15),
        "mmrm": timed(lambda: mmrm(data, FORMULA, "person", "month"), 15),
        "km": timed(lambda: kaplan_meier(events["time"], events["event"]), 11),
        "cox": timed(lambda: cox(events, "a + b + c + d + e + f", "time", "event"), 5),
        "impute": timed(
            lambda: impute_arrays(
                np.broadcast_to(wide, (10, 240, 30)), columns, np.random.default_rng(1), iterations=5
            ),
            5,
        ),
    }
    for method in ("gee", "mmrm"):
        for kind, lost, holes in (("complete", 0.0, 0.0), ("missing", 0.2, 0.05)):
            design = trial_design(method, lost, holes)
            trials = 20_000
            run(design, 4.0, 200, 1, cores=1)
            began = time.perf_counter()
            run(design, 4.0, trials, 1)
            found[f"trials_{method}_{kind}"] = (time.perf_counter() - began) / trials
    return found


def trial_design(method: str, lost: float, holes: float) -> object:
    """The design of the table: 120 and 120 people, three visits that are all analysed."""
    from opstap.stats.virtual_trials import TrialDesign

    covariance = 100 * (0.6 + 0.4 * np.eye(3))
    return TrialDesign(
        arms=("care", "steps"),
        sizes=(120, 120),
        visits=("t0", "t6", "t12"),
        means=(28.0, 24.0, 26.0),
        covariance=tuple(map(tuple, covariance.tolist())),
        pattern=(0.0, 0.5, 1.0),
        missing=(0.0, lost / 2, lost),
        formula="value ~ arm * C(visit)",
        analysed=("t0", "t6", "t12"),
        at="t12",
        method=method,
        holes=holes,
    )


if __name__ == "__main__":
    main()
