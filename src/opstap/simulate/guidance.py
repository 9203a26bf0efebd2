"""Invented goals, diaries and readiness forms of people whose programme runs now; nothing is changed by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from opstap.simulate.lives import Deed, chance, one_of

#: For how many days before today the diary is kept, and how recent a start it takes to have one.
DAYS, RECENT = 16, 170
_GOALS = (
    ("Eind van het voorjaar weer mijn eigen planning maken, zonder na het werk op de bank te liggen.", 9, 5),
    ("Durven zeggen dat het genoeg is.", 8, 4),
    ("Weer met plezier naar het werk fietsen.", 7, 6),
)
_STEPS = ("Elke ochtend eerst het rustige werk doen.", "Na de lunch tien minuten naar buiten.", "Met mijn baas praten.")
_KINDS = {"work": 30, "travel": 8, "household": 14, "caring": 6, "people": 12, "moving": 12, "hospital": 3, "rest": 15}
#: How often out of ten each kind of activity costs energy.
_COSTS = {"work": 9, "travel": 8, "household": 7, "caring": 7, "people": 5, "moving": 2, "hospital": 10, "rest": 0}


def guidance(
    key: list[int],
    began: date,
    today: date,
    at: Callable[[date], datetime],
    *,
    stages: bool,
    working: bool,
    recent: int = RECENT,
) -> Iterator[Deed]:
    """Live the programme itself: goals, steps, a diary of the last weeks; `key` makes the same person each time.

    `stages` tells whether the programme works with them, `working` whether the person works some hours. Nobody who
    began more than `recent` days ago, or only just, has any of it.
    """
    random = np.random.default_rng([*key, 17])
    if not 14 < (today - began).days < recent:
        return
    early, late = began + timedelta(days=13), today - timedelta(days=5)
    if stages:
        yield Deed(at(early), "readiness", _readiness(random, early, working))
    first = int(random.integers(0, len(_GOALS)))
    text, importance, confidence = _GOALS[first]
    yield Deed(at(early), "set_goal", {"text": text, "importance": importance, "confidence": confidence})
    for step in _STEPS[: int(random.integers(1, 4))]:
        yield Deed(at(early), "add_goal_step", {"text": step})
    yield Deed(
        at(early), "add_obstacle", {"text": "Ik wil niemand teleurstellen.", "tried": "Het aan mijn coach verteld."}
    )
    yield Deed(at(early), "set_energy_budget", {"most": int(random.integers(14, 22))})
    yield Deed(
        at(early), "set_practice", {"text": "Wandel na het werk tien minuten, voor het naar huis gaan.", "times": 3}
    )
    if chance(random, 0.85):
        yield Deed(at(early), "share_diary")
    for back in range(min(DAYS, (today - early).days - 1), -1, -1):
        day = today - timedelta(days=back)
        for part in ("morning", "afternoon", "evening"):
            if chance(random, 0.45) and back:
                yield Deed(at(day), "note_energy", {**_note(random, day), "part": part, "on": day})
        if chance(random, 0.3):
            yield Deed(at(day), "do_practice")
        if day == late:
            yield Deed(at(day), "mark_goal_step", {"done": True})
            yield Deed(at(day), "review_goal", {
                "text": "Het lukt vaker om op tijd te stoppen. Op drukke dagen nog niet.", "importance": importance,
                "confidence": confidence + 1, "attained": 0,
            })  # fmt: skip
            if stages:
                yield Deed(at(day), "readiness", _readiness(random, day, working))


def _note(random: np.random.Generator, day: date) -> dict[str, Any]:
    kind = one_of(random, _KINDS)
    cost = chance(random, _COSTS[kind] / 10)
    hard = cost and chance(random, 0.35 if day.weekday() in (3, 4) else 0.1)
    how = "too_much" if hard else one_of(random, {"good": 6, "fair": 4})
    return {"kind": kind, "effect": "cost" if cost else "gave", "how": how}


def _readiness(random: np.random.Generator, on: date, working: bool) -> dict[str, Any]:
    middle = [1.6, 2.6, 2.9, 3.0, 3.6, 3.4] if working else [2.2, 3.4, 3.4, 2.7, 2.0, 1.6]
    means = [float(np.clip(round((mean + random.normal(0, 0.3)) * 4) / 4, 1, 5)) for mean in middle]
    return {"on": on, "working": working, "means": means}
