"""What was delivered of a programme beside what its protocol planned: reach, dose, fidelity, tailoring.

The dimensions are those of process evaluations: RE-AIM with tailoring (Glasgow and others 1999; Zegers and others
2021) and Linnan and Steckler (2002). Here they are counted from what was held; what people thought of it is asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from opstap.domain.protocol.model import Phase, Protocol, SessionKind

#: What is counted here, under the names that the frameworks give it.
COUNTED = {
    "reach": "reach",
    "adoption": "workplace",
    "dose_delivered": "dose",
    "dose_received": "dose",
    "implementation": "fidelity",
    "fidelity": "fidelity",
    "tailoring": "tailoring",
}


@dataclass(frozen=True)
class Held:
    """One session as it stands: of whom, which kind, its state, and what was covered, by which professional."""

    person: int
    kind: str
    state: str
    minutes: int | None = None
    modules: tuple[str, ...] = ()
    profession: str = ""
    with_workplace: bool = False


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    count: int
    n: int

    @property
    def share(self) -> float | None:
        """Give the share, from 0 to 1; None of nobody."""
        return self.count / self.n if self.n else None


@dataclass(frozen=True)
class OfKind:
    """One kind of session: what the protocol plans for each person, and what there was."""

    kind: str
    least: int
    most: int | None
    planned: int
    held: int
    missed: int
    people: Share
    enough: Share


@dataclass(frozen=True)
class Delivery:
    """Everything that was delivered. `minutes` and `sessions` are per person who started, means and medians."""

    reach: Share
    sessions: tuple[float, float] | None
    minutes: tuple[float, float] | None
    limit: int | None
    over_limit: int
    kinds: list[OfKind]
    modules: list[tuple[str, Share, int]]
    professions: list[tuple[str, int, int]]
    attempted: Share
    reached: Share
    complete: Share
    whole_content: Share
    tailored: dict[str, Share] = field(default_factory=dict)
    patterns: int = 0


def delivered(
    protocol: Protocol,
    *,
    offered: Collection[int],
    sessions: Sequence[Held],
    attempts: Sequence[tuple[int, bool]],
    own: Mapping[str, Collection[int]],
) -> Delivery:
    """Count what was delivered to those who were offered the programme.

    `attempts` are contacts with the workplace that were tried: of whom, and reached or not; `own` names, for each way
    of tailoring, for whom it was done. Sessions that are still to come count as planned.
    """
    sessions = [one for one in sessions if one.person in offered]
    held = [one for one in sessions if one.state == "held"]
    started = {one.person for one in held}
    n = len(started)
    count = Counter(one.person for one in held)
    minutes: Counter[int] = Counter()
    covered: dict[str, set[int]] = defaultdict(set)
    times: Counter[str] = Counter()
    by: dict[str, list[int]] = defaultdict(list)
    for one in held:
        minutes[one.person] += one.minutes or 0
        by[one.profession].append(one.minutes or 0)
        for module in one.modules:
            covered[module].add(one.person)
            times[module] += 1
    spoken = {one.person for one in held if one.with_workplace}
    tried = {person for person, _reached in attempts if person in started} | spoken
    reached = {person for person, got in attempts if got and person in started} | spoken
    limit = protocol.programme.limits.sessions
    kinds = [_of_kind(phase_kind, sessions, started) for phase_kind in protocol.session_kinds.values()]
    needed = [kind for _phase, kind in protocol.session_kinds.values() if kind.least]
    had = Counter((one.person, one.kind) for one in held)
    complete = {one for one in started if all(had[one, kind.id] >= kind.least for kind in needed)}
    modules = [module.id for module in protocol.programme.modules]
    content = {one: frozenset(module for module in modules if one in covered[module]) for one in started}
    return Delivery(
        reach=Share(n, len(offered)),
        sessions=_middle([count[one] for one in started]),
        minutes=_middle([minutes[one] for one in started]),
        limit=limit,
        over_limit=sum(1 for one in started if limit is not None and count[one] > limit),
        kinds=kinds,
        modules=[(module, Share(len(covered[module]), n), times[module]) for module in modules],
        professions=[(one, len(found), sum(found)) for one, found in sorted(by.items())],
        attempted=Share(len(tried), n),
        reached=Share(len(reached), n),
        complete=Share(len(complete), n),
        whole_content=Share(sum(len(one) == len(modules) for one in content.values()), n),
        tailored={name: Share(len(started.intersection(people)), n) for name, people in own.items()},
        patterns=len(set(content.values())),
    )


def _of_kind(which: tuple[Phase, SessionKind], sessions: Sequence[Held], started: Collection[int]) -> OfKind:
    _phase, kind = which
    mine = [one for one in sessions if one.kind == kind.id]
    states = Counter(one.state for one in mine)
    each = Counter(one.person for one in mine if one.state == "held")
    enough = sum(1 for one in started if each[one] >= kind.least and (kind.most is None or each[one] <= kind.most))
    return OfKind(
        kind.id, kind.least, kind.most, len(mine), states["held"], states["missed"] + states["cancelled"],
        Share(len(each), len(started)), Share(enough, len(started)),
    )  # fmt: skip


def _middle(found: Sequence[float]) -> tuple[float, float] | None:
    return (fmean(found), float(median(found))) if found else None
