"""How long a million rows of EQ-5D-5L take: the scoring itself, and the whole command with its file.

    python -m benchmarks.scoring                 # prints both, and their share of the time that is allowed
    python -m benchmarks.scoring --rows 100000

The rows are drawn evenly over all states, one answer in a hundred missing; a column of text goes along.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

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
        whole = min(timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(asked.times))
    for name, seconds in (("scoring", arrays), ("whole command", whole)):
        print(f"{asked.rows:,} rows, {name}: {seconds:.3f} s, {seconds / ALLOWED:.2f} of the {ALLOWED:g} s allowed")
    return 0


def timed(work: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
