"""10,000 saves over HTTP while the server is killed ten times: is every acknowledged answer there, and none twice?

    python -m benchmarks.kills
    python -m benchmarks.kills --saves 1000 --kills 3 --people 10

A private PostgreSQL with durable settings, the real site with two workers on one socket, fifty people who each save one
answer after the other. At random moments all workers are killed (SIGKILL) and started anew; a save whose answer never
came is sent again. Afterwards each kept answer is compared with what was sent, the events of each measurement are
counted, and the audit chain is verified. Exit code 1 when anything is lost, doubled or broken.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.grounds import load, world_on_postgres


def main() -> int:
    """Fill, kill, compare, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--saves", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with world_on_postgres() as world:
        from tests.faults.served import Site, faults, people, save_while_killed

        from opstap.acts import trail

        filling = people(world, asked.people, asked.seed)
        before = load()
        began = time.perf_counter()
        with Site(world.moment) as site:
            counts = save_while_killed(site, filling, asked.saves, asked.kills, asked.seed)
        took = time.perf_counter() - began
        wrong = faults(filling)
        verdict = trail.verify()
    whole = counts["acknowledged"] == asked.saves and counts["kills"] == asked.kills
    print(
        f"{counts['acknowledged']} saves acknowledged, {counts['kills']} kills, {counts['broken']} broken off and sent "
        f"again, {counts['refused']} refused, in {took:.0f} s; load {before} before, {load()} after"
    )
    chain = "intact" if verdict.intact else str(verdict)
    print(f"lost or doubled: {len(wrong)}; audit chain: {chain}, {verdict.events} events")
    for line in wrong[:20]:
        print(f"  {line}")
    return 0 if whole and not wrong and verdict.intact else 1


if __name__ == "__main__":
    sys.exit(main())
