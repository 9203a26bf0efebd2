"""How long a list of 100,000 lines takes, and a balance study of a million virtual allocations.

    python -m benchmarks.allocation

Each method is measured by itself; the list with its hash, the study with all its counting.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.grounds import load

from opstap.domain.allocation.plan import commitment, list_from
from opstap.domain.protocol import Protocol
from opstap.domain.protocol import load as programme
from opstap.simulate.balance import balance

LIST, STUDY = 1.0, 30.0
METHODS: dict[str, dict[str, Any]] = {
    "permuted blocks": {},
    "simple": {"method": "simple", "block_sizes": []},
    "minimisation": {
        "method": "minimisation", "block_sizes": [], "strata": [],
        "minimisation": {"factors": {"site": 1, "work_status": 1}, "probability": 0.8},
    },
}  # fmt: skip


def main() -> int:
    """Measure, and print each time with its ratio to what is allowed."""
    print(f"load {load()} before")
    for name, changes in METHODS.items():
        one = planned(100_000, changes)
        begun = time.perf_counter()
        rows = list_from(one, bytes(range(32)))
        commitment(rows, bytes(range(32)))
        took = time.perf_counter() - begun
        print(f"{name}: {len(rows):,} lines with their hash: {took:.2f} s, {took / LIST:.2f} of {LIST:g} s allowed")
    for name, changes in METHODS.items():
        one = planned(1000, changes)
        begun = time.perf_counter()
        found = balance(one, trials=1_000_000 // one.study.target, seed=1)
        took = time.perf_counter() - begun
        made = found.trials * found.people
        print(f"{name}: {made:,} virtual allocations: {took:.1f} s, {took / STUDY:.2f} of {STUDY:g} s allowed")
    print(f"load {load()} after")
    return 0


def planned(length: int, changes: dict[str, Any]) -> Protocol:
    """Give STEPS with its lot drawn in another way, and a list of this length in all."""
    content = programme("steps").model_dump(by_alias=True)
    plan = {**content["study"]["allocation"], "length_per_stratum": length, **changes}
    if plan["strata"]:
        plan["length_per_stratum"] = length // len(content["sites"]) + 1
    return Protocol.model_validate({**content, "study": {**content["study"], "allocation": plan}})


if __name__ == "__main__":
    raise SystemExit(main())
