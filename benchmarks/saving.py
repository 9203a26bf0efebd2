"""How long saving a page takes: 10 saves per second from 50 people, over HTTP, on PostgreSQL with durable settings.

    python -m benchmarks.saving                  # a minute of it
    python -m benchmarks.saving --seconds 300 --rate 20

Open loop: each save has its planned moment, drawn as people come (independent of each other), and is sent then whether
or not earlier ones came back. Its time counts from the planned moment, so that waiting for the server counts. After
each save the next page is fetched, as a browser does, on top of the rate; that is told apart. Two times are given:
from the planned moment to the answer, as the browser sees it, and inside the server, from the request to the answer.
"""

from __future__ import annotations

import argparse
import queue
import random
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks.grounds import load, world_on_postgres

ALLOWED = 60.0
#: How long the site warms up before it counts: each worker reads its protocol and templates once.
WARM = 5.0


@dataclass
class Found:
    """What was measured, in milliseconds; `errors` are saves that were not acknowledged."""

    waited: list[float] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: int = 0


def main() -> int:
    """Serve, save, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saving", description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=10.0, help="saves per second")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="threads of each worker")
    parser.add_argument("--only-saves", action="store_true", help="do not fetch the next page after a save")
    asked = parser.parse_args()
    with world_on_postgres() as world:
        from tests.faults.served import Site, people

        filling = people(world, asked.people)
        with Site(world.moment, workers=asked.workers, threads=asked.threads) as site:
            run(site, filling, asked.rate, WARM, follow=True)
            before = load()
            began = time.perf_counter()
            found = run(site, filling, asked.rate, asked.seconds, follow=not asked.only_saves)
            took = time.perf_counter() - began
    saves = len(found.waited)
    print(f"{saves} saves by {asked.people} people in {took:.0f} s, {saves / took:.1f} a second, {found.errors} errors")
    for name, taken in (("a save, from its moment", found.waited), ("inside the server", found.inside)):
        print(f"{name:<26}{_spread(taken)}")
    if found.pages:
        print(f"{'the next page, fetched':<26}{_spread(found.pages)}")
    share = sum(one < ALLOWED for one in found.waited) / max(saves, 1)
    print(f"under {ALLOWED:g} ms: {100 * share:.1f} % of saves; load {before} before, {load()} after")
    return 0 if not found.errors else 1


def run(site: Any, people: Sequence[Any], rate: float, seconds: float, *, follow: bool) -> Found:
    """Send saves at their planned moments for some seconds; each person's turn comes in order."""
    found = Found()
    chance = random.Random(1)
    lines: queue.LifoQueue[HTTPConnection] = queue.LifoQueue()

    def save(person: Any, planned: float) -> None:
        try:
            line = lines.get_nowait()
        except queue.Empty:
            line = HTTPConnection("127.0.0.1", site.port, timeout=30)
        try:
            sent = person.next()
            answer = person.send(line, sent)
            ended = time.perf_counter()
            found.waited.append(1000 * (ended - planned))
            found.inside.append(answer.inside)
            found.errors += not sent.acknowledged
            if follow and sent.acknowledged:
                person.look(line, answer.onward)
                found.pages.append(1000 * (time.perf_counter() - ended))
        except (OSError, HTTPException):
            found.errors += 1
            line.close()
            return
        lines.put(line)

    with ThreadPoolExecutor(max_workers=200) as pool:
        planned, number, ends = time.perf_counter(), 0, time.perf_counter() + seconds
        while (planned := planned + chance.expovariate(rate)) < ends:
            time.sleep(max(0.0, planned - time.perf_counter()))
            pool.submit(save, people[number % len(people)], planned)
            number += 1
    while not lines.empty():
        lines.get().close()
    return found


def _spread(taken: Sequence[float]) -> str:
    """Give the median, the 95th and 99th of a hundred, and the longest."""
    cut = statistics.quantiles(taken, n=100, method="inclusive")
    return f"median {cut[49]:7.1f} ms   95 % {cut[94]:7.1f} ms   99 % {cut[98]:7.1f} ms   most {max(taken):7.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
