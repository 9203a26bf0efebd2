"""Two processes with a thousand requests for a lot at once: whether a number comes twice, is skipped, or out of turn.

    python -m benchmarks.lots               # SQLite
    python -m benchmarks.lots --postgres    # a private PostgreSQL

All people are of one site, so that both processes want the same line all the time.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack

from benchmarks.grounds import home, load, postgres


def main() -> int:
    """Draw the lots, and print how long it took and what was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lots", description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--requests", type=int, default=1000)
    asked = parser.parse_args()
    with ExitStack() as stack:
        stack.enter_context(home(stack.enter_context(postgres()) if asked.postgres else ""))
        from django.db import connections
        from django_scopes import scopes_disabled
        from tests.faults import drawing
        from tests.world import SEED, World

        from opstap.acts import clock, studies, trail
        from opstap.acts.doors import SYSTEM
        from opstap.domain.access import Role
        from opstap.domain.protocol import Protocol
        from opstap.domain.protocol import load as programme

        stack.enter_context(scopes_disabled())
        world = World("steps")
        content = programme("steps").model_dump(by_alias=True)
        content["study"]["allocation"]["length_per_stratum"] = asked.requests
        with clock.at(world.moment):
            protocol = Protocol.model_validate(content)
            world.__dict__["study"] = studies.open_study(by=SYSTEM, slug="steps", protocol=protocol, seed=SEED)
            people = drawing.waiting(world, asked.requests)
            coordinator = world.person(Role.COORDINATOR)
        connections.close_all()
        print(f"load {load()} before")
        begun = time.perf_counter()
        told = drawing.draw_at_once(coordinator, [people[::2], people[1::2]])
        took = time.perf_counter() - begun
        found = drawing.faults(people[0].site.code, world.study, 0, told)
        whole = trail.verify().intact
        print(
            f"{len(told)} requests from two processes in {took:.1f} s; {found or 'nothing wrong'}; trail whole: {whole}"
        )
        print(f"load {load()} after")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
