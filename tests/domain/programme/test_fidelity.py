"""What was delivered beside what was planned, counted by hand on a few people."""

from __future__ import annotations

from opstap.domain.programme.fidelity import Held, OfKind, Share, delivered
from opstap.domain.protocol import load

STEPS = load("steps")
MODULES = [module.id for module in STEPS.programme.modules]


def held(person: int, kind: str, minutes: int = 60, modules: tuple[str, ...] = (), **more: object) -> Held:
    return Held(person, kind, "held", minutes, modules, **more)  # type: ignore[arg-type]


def test_reach_dose_fidelity_and_tailoring() -> None:
    sessions = [
        held(1, "intake", 50, ("energy_balance",), profession="therapist"),
        held(1, "work_intake", 70, ("rights_duties",), profession="coach", with_workplace=True),
        held(1, "closing", 30, tuple(MODULES), profession="therapist"),
        held(2, "intake", 40, ("energy_balance",), profession="therapist"),
        held(2, "intake", 20, (), profession="therapist"),
        Held(2, "work_intake", "missed"),
        Held(2, "work_intake", "planned"),
        Held(3, "intake", "cancelled"),
        held(9, "intake", 999),  # not offered: outside the count
    ]
    attempts = [(1, True), (2, False), (2, False), (3, True)]
    found = delivered(STEPS, offered={1, 2, 3, 4}, sessions=sessions, attempts=attempts, own={"goals": {1, 3}})
    assert found.reach == Share(2, 4)
    assert found.sessions == (2.5, 2.5)
    assert found.minutes == (105.0, 105.0)
    assert (found.limit, found.over_limit) == (8, 0)
    kinds = {one.kind: one for one in found.kinds}
    # Twice an intake where the protocol gives one is not as planned.
    assert kinds["intake"] == OfKind("intake", 1, 1, 4, 3, 1, Share(2, 2), Share(1, 2))
    assert kinds["work_intake"] == OfKind("work_intake", 1, 1, 3, 1, 1, Share(1, 2), Share(1, 2))
    assert kinds["therapy"].enough == Share(2, 2)
    assert {module: (share, times) for module, share, times in found.modules}["energy_balance"] == (
        Share(2, 2),
        3,
    )
    assert found.professions == [("coach", 1, 70), ("therapist", 4, 140)]
    assert (found.attempted, found.reached) == (Share(2, 2), Share(1, 2))
    assert found.complete == Share(1, 2)
    assert found.whole_content == Share(1, 2)
    assert found.tailored == {"goals": Share(1, 2)}
    assert found.patterns == 2


def test_more_than_the_limit_is_counted() -> None:
    sessions = [held(1, "consultation", modules=("rights_duties",)) for _number in range(9)]
    assert delivered(STEPS, offered={1}, sessions=sessions, attempts=[], own={}).over_limit == 1


def test_nobody_started() -> None:
    found = delivered(load("rentree"), offered={1}, sessions=[], attempts=[(1, True)], own={"plan": {1}})
    assert (found.reach, found.sessions, found.minutes) == (Share(0, 1), None, None)
    assert found.tailored["plan"].share is None
    assert found.reached.n == 0
    assert Share(1, 4).share == 0.25
