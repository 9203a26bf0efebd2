"""A life is a generator of deeds: it yields what happens next and is told what came of it (the arm, a session).

`play` leads many lives through time together, in the order in which their deeds happen.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from numpy.random import Generator as Random


@dataclass(frozen=True)
class Deed:
    """Something that happens to one person at one moment; `act` is the name of an act, `given` its input."""

    at: datetime
    act: str
    given: dict[str, Any] = field(default_factory=dict)


Life = Generator[Deed, Any, None]


def on_the_quarter(moment: datetime) -> datetime:
    """Give the quarter of an hour before a moment: appointments begin on one."""
    return moment.replace(minute=moment.minute // 15 * 15)


def play(lives: Iterable[Life], do: Callable[[int, Deed], Any], until: datetime) -> Iterator[int]:
    """Lead the lives through time up to a moment, and say after each deed how many have happened.

    `do` receives the number of the life and the deed, and gives back what the life is told.
    """
    queue: list[tuple[datetime, int, Deed, Life]] = []
    for number, life in enumerate(lives):
        first = next(life, None)
        if first is not None:
            queue.append((first.at, number, first, life))
    heapq.heapify(queue)
    happened = 0
    while queue and queue[0][0] <= until:
        _, number, deed, life = heapq.heappop(queue)
        outcome = do(number, deed)
        happened += 1
        yield happened
        try:
            following = life.send(outcome)
        except StopIteration:
            continue
        # Two deeds of one day may be drawn in the wrong order; time never goes back in one life.
        if following.at <= deed.at:
            following = replace(following, at=deed.at + timedelta(minutes=1))
        heapq.heappush(queue, (following.at, number, following, life))


def merged(*strands: Iterator[Deed]) -> Life:
    """Live strands of one life side by side, in order of time."""
    running: list[list[Any]] = [[strand, next(strand, None)] for strand in strands]
    while waiting := [pair for pair in running if pair[1] is not None]:
        pair = min(waiting, key=lambda kept: kept[1].at)
        outcome = yield pair[1]
        if outcome == "over":
            return
        try:
            pair[1] = pair[0].send(outcome)
        except StopIteration:
            pair[1] = None


def chance(random: Random, probability: float) -> bool:
    """Draw yes with a probability."""
    return bool(random.random() < probability)


def one_of(random: Random, weights: Mapping[Any, float]) -> Any:
    """Draw one of the keys, by weight."""
    total = sum(weights.values())
    drawn, run = random.random() * total, 0.0
    for key, weight in weights.items():
        run += weight
        if drawn < run:
            return key
    return next(reversed(weights))
