"""A published cost-effectiveness tutorial beside two scripts in R, in one run: seconds, ratios, numbers, memory.

`python -m benchmarks.economics [--data FOLDER] [--bootstraps N] [--share F] [--without-r]`. The folder holds
`dataset.csv` and the imputed data of Ben and others (2023, doi 10.1007/s40273-023-01301-7; CC BY 4.0), which are not
part of Opstap. `--share 0.05` runs that share of the bootstraps in R's systemfit and says so beside the time, which
is then scaled; without it all of them are run (five minutes and more). R's packages are installed from Debian where
they are absent.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
from pathlib import Path
from statistics import median

import pandas as pd

PACKAGES = ("r-base-core", "r-cran-systemfit", "r-recommended")
FOLDER = Path(__file__).parents[2] / "shared" / "reference" / "ben2023"
IMPUTED = "imputed_m5_seed1234_mice3.15.csv"
#: What is to be reached: times faster than the tutorial, times faster than the matrices, seconds, megabytes.
TUTORIAL, MATRIX, NESTED, MEMORY = 1000, 15, 10, 500
QALY = {"E": 0.125, "Em1": 0.25, "Em2": 0.25, "Em3": 0.25, "Em4": 0.125}
COSTS = dict.fromkeys(("Cm1", "Cm2", "Cm3", "Cm4"), 1.0)


def main() -> None:
    """Run both sides, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=FOLDER, help="the folder with both files")
    options.add_argument("--bootstraps", type=int, default=5000, help="of each imputation")
    options.add_argument("--share", type=float, default=1.0, help="of the bootstraps in systemfit")
    options.add_argument("--without-r", action="store_true", help="time our side alone")
    chosen = options.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ours = opstap(chosen.data, chosen.bootstraps)
    peers = []
    if not chosen.without_r:
        install()
        for name, share, target in (("matrix", 1.0, MATRIX), ("tutorial", chosen.share, TUTORIAL)):
            draws = max(20, round(share * chosen.bootstraps))
            peers.append((name, target, draws, *in_r(chosen.data / IMPUTED, name, draws)))
            # The machine may be busier or less by now: ours again, beside each of theirs.
            ours += opstap(chosen.data, chosen.bootstraps)
    spread = f"median of {len(ours)}; {min(ours):.3f} to {max(ours):.3f}"
    print(f"{'ours, 5 imputations':<40}{median(ours):>10.3f} s   ({spread})")
    for name, target, draws, seconds, numbers in peers:
        scale = chosen.bootstraps / draws
        said = "" if scale == 1 else f"   ({draws} of {chosen.bootstraps} bootstraps run, scaled)"
        print(
            f"{'R, ' + name:<40}{scale * seconds:>10.1f} s   {scale * seconds / median(ours):>7.0f} times ours, "
            f"{scale * seconds / max(ours):.0f} times our slowest (to reach {target}){said}"
        )
        print(f"    cost (low, high), effect (low, high): {', '.join(f'{one:.6g}' for one in numbers)}")
    seconds = nested(chosen.data, chosen.bootstraps)
    print(f"{'ours, imputation nested in the bootstrap':<40}{seconds:>10.1f} s   (to reach {NESTED})")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory at most: {own:.0f} MB, the largest other process (R's included) {child:.0f} MB (under {MEMORY})")
    print(f"load after: {os.getloadavg()[0]:.1f}")


def opstap(folder: Path, bootstraps: int) -> list[float]:
    """Seconds of seven whole evaluations after one to warm up; prints the numbers of the last."""
    from opstap.economics.evaluation import evaluate
    from opstap.economics.model import Model

    data = pd.read_csv(folder / IMPUTED)
    model = Model("Tr", "Tcosts", "QALY", ("C", "age", "sex"), ("E", "age", "sex"))
    runs = [evaluate(data, model, imputation=".imp", bootstraps=bootstraps, seed=seed) for seed in range(8)]
    last = runs[-1]
    numbers = (
        last.cost.estimate,
        last.cost.low,
        last.cost.high,
        last.effect.estimate,
        last.effect.low,
        last.effect.high,
    )
    print(f"    cost (low, high), effect (low, high): {', '.join(f'{one:.6g}' for one in numbers)}")
    return [one.seconds for one in runs[1:]]


def nested(folder: Path, bootstraps: int) -> float:
    """Seconds of one evaluation with the imputation inside the bootstrap."""
    from opstap.economics.model import Model
    from opstap.economics.nested import nested as run

    data = pd.read_csv(folder / "dataset.csv").drop(columns="id")
    model = Model("Tr", "Tcosts", "QALY", ("C", "age", "sex"), ("E", "age", "sex"))
    return run(data, model, bootstraps=bootstraps, passive={"Tcosts": COSTS, "QALY": QALY}, seed=1).seconds


def in_r(data: Path, way: str, bootstraps: int) -> tuple[float, list[float]]:
    """Seconds in R without its start, and what it found."""
    script = str(Path(__file__).with_suffix(".R"))
    done = subprocess.run(
        ["Rscript", script, str(data), way, str(bootstraps)], check=True, capture_output=True, text=True
    )
    seconds, numbers = done.stdout.split()
    return float(seconds), [float(one) for one in numbers.split(",")]


def install() -> None:
    """Install R and systemfit from Debian where they are absent (root only)."""
    code = 'quit(status = 1 - all(sapply(c("systemfit", "boot"), requireNamespace, quietly = TRUE)))'
    there = shutil.which("Rscript") is not None
    if there and subprocess.run(["Rscript", "-e", code], check=False, capture_output=True).returncode == 0:
        return
    subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], check=True, capture_output=True)


if __name__ == "__main__":
    main()
