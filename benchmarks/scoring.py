"""How long a million rows of EQ-5D-5L take: the scoring itself, and the whole command with its file.

    python -m benchmarks.scoring                 # prints both, and their share of the time that is allowed
    python -m benchmarks.scoring --rows 100000

The rows are drawn evenly over all states, one answer in a hundred missing; a column of text goes along.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from benchmarks.grounds import load, started_before

from opstap.domain.instruments.utilities import DIMENSIONS
from opstap.stats.scores import MISSING, score

ALLOWED = 2.0


def main() -> int:
    """Measure, and print each time with its ratio to what is allowed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3, help="runs of each; the best counts")
    asked = parser.parse_args()
    chance = np.random.default_rng(5)
    codes = {}
    for dimension in DIMENSIONS:
        drawn = chance.integers(1, 6, asked.rows).astype(np.int16)
        codes[dimension] = np.where(chance.random(asked.rows) < 0.01, MISSING, drawn).astype(np.int16)
    arrays = min(timed(lambda: score("eq5d_5l", codes)) for _ in range(asked.times))
    with tempfile.TemporaryDirectory(prefix="opstap-benchmark-") as home:
        data = Path(home, "data.csv")
        columns = [np.where(column == MISSING, "", column.astype(str)).tolist() for column in codes.values()]
        lines = (f"p{number},{','.join(row)},ok" for number, row in enumerate(zip(*columns, strict=True)))
        data.write_text("\n".join([f"person,{','.join(DIMENSIONS)},note", *lines, ""]))
        command = [sys.executable, "-m", "opstap", "score", "eq5d-5l", str(data), "-o", str(Path(home, "out.csv"))]
        before = load()
        environment = started_before(home)
        run = partial(subprocess.run, command, check=True, capture_output=True, env=environment)
        run()
        whole = min(timed(run) for _ in range(asked.times))
        used = min(timed(run, children_used) for _ in range(asked.times))
    for name, seconds in (("scoring", arrays), ("whole command", whole), ("of which the processor worked", used)):
        print(f"{asked.rows:,} rows, {name}: {seconds:.3f} s, {seconds / ALLOWED:.2f} of the {ALLOWED:g} s allowed")
    print(f"load {before} before, {load()} after")
    return 0


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Give the seconds that a call takes, by a clock."""
    begun = clock()
    work()
    return clock() - begun


def children_used() -> float:
    """Give the processor's seconds of the commands that ended; on a busy machine these say more than the hour."""
    used = os.times()
    return used.children_user + used.children_system


if __name__ == "__main__":
    sys.exit(main())
