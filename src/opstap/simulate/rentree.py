"""Invented people for Rentree: 189 in the evaluation, with the figures of the slides, and some who are coached now.

The slides give: 12% men, mean age 49, 91% with a contract, 55% higher and 32% upper secondary education, 72% breast
cancer, 57% invalidity and 42% primary incapacity; return after 590 days on average, 14% in full and 53% in part; 71%
helped. They do not say of whom each figure holds, nor from when the days count: here the background holds of all 189,
the results of those who answered after twelve months, and the days count from the first sick day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator as Random

from opstap.simulate import answers
from opstap.simulate.around import around, has_it
from opstap.simulate.guidance import guidance
from opstap.simulate.hours import Course, build_up
from opstap.simulate.lives import Deed, Life, chance, merged, on_the_quarter, one_of
from opstap.simulate.people import Person, invent

ZONE = ZoneInfo("Europe/Brussels")
EVALUATED = 189
#: Of the 189, those who answer after twelve months, and what they are found to have done.
ANSWER_T2, FULL, PARTIAL, HELPED = 150, 21, 80, 107
MEAN_DAYS = 590
COACHED_NOW = 12
SITES = {"antwerpen": 3, "gent": 2, "leuven": 2}
_MODULES = {
    "introduction": ["getting_acquainted"],
    "preparation": ["impact_on_functioning", "view_on_work", "tips_and_tricks"],
    "plan": ["rentree_plan", "talking_at_work"],
    "network": ["network"],
    "aftercare": ["follow_up", "fatigue_concentration"],
    "closing": ["looking_back"],
}


@dataclass(frozen=True)
class Fixed:
    """What is dealt out over the whole group, so that the group's figures are those of the slides."""

    site: str
    entered: date
    sex: str
    education: str
    diagnosis: str
    contract: bool
    incapacity: str
    away_before: int
    kind: str
    back_after: int
    answers_t2: bool
    helped: bool
    drift: float = 0.0
    evaluated: bool = True


def lives(seed: int, today: date) -> list[tuple[Fixed, Life]]:
    """Invent everyone; the same seed and day give the same people."""
    streams = np.random.SeedSequence(seed)
    deal = np.random.default_rng(streams.spawn(1)[0])
    dealt = [*_evaluated(deal, today), *_coached_now(deal, today)]
    return [
        (fixed, _life(np.random.default_rng(stream), number, fixed, today))
        for number, (fixed, stream) in enumerate(zip(dealt, streams.spawn(len(dealt)), strict=True))
    ]


def _dealt(random: Random, counts: dict[Any, int], size: int) -> list[Any]:
    cards = [card for card, count in counts.items() for _ in range(count)]
    assert len(cards) == size, (counts, size)
    random.shuffle(cards)
    return cards


def _evaluated(random: Random, today: date) -> list[Fixed]:
    size = EVALUATED
    outcome = _dealt(
        random,
        {("full", True): FULL, ("partial", True): PARTIAL, ("none", True): ANSWER_T2 - FULL - PARTIAL,
         ("full", False): 5, ("partial", False): 20, ("none", False): size - ANSWER_T2 - 25},
        size,
    )  # fmt: skip
    incapacity = _dealt(random, {"invalidity": 108, "primary": 79, "none": 2}, size)
    away = [
        int(random.integers(370, 860)) if status == "invalidity" else int(random.integers(130, 350))
        for status in incapacity
    ]
    back = [int(random.integers(30, 300)) for _ in range(size)]
    _settle_mean([(away, number, back[number]) for number in range(size)
                  if outcome[number][1] and outcome[number][0] != "none"], incapacity)  # fmt: skip
    columns = zip(
        _dealt(random, {"male": 23, "female": 166}, size),
        _dealt(random, {"higher": 104, "secondary": 60, "lower": 25}, size),
        _dealt(random, {"breast": 136, "digestive": 18, "gynaecological": 13, "blood": 12, "other": 10}, size),
        _contracts(random, outcome),
        incapacity,
        away,
        outcome,
        back,
        _helped(random, outcome),
        _drifts(random, outcome),
        strict=True,
    )
    return [
        Fixed(
            site=one_of(random, dict(SITES)),
            entered=today - timedelta(days=int(random.integers(450, 1150))),
            sex=sex, education=education, diagnosis=diagnosis, contract=contract, incapacity=status,
            away_before=before, kind=kind, back_after=after, answers_t2=answered, helped=helped, drift=drift,
        )
        for sex, education, diagnosis, contract, status, before, (kind, answered), after, helped, drift in columns
    ]  # fmt: skip


def _settle_mean(returned: list[tuple[list[int], int, int]], incapacity: list[str]) -> None:
    """Move the first sick day of those in invalidity who returned, day by day, until the mean is that of the slides."""
    wanted = MEAN_DAYS * len(returned)
    movable = [(away, number) for away, number, _ in returned if incapacity[number] == "invalidity"]
    turn = 0
    while gap := wanted - sum(away[number] + back for away, number, back in returned):
        away, number = movable[turn % len(movable)]
        step = 1 if gap > 0 else -1
        if away[number] + step > 366:
            away[number] += step
        turn += 1


def _contracts(random: Random, outcome: list[tuple[str, bool]]) -> list[bool]:
    """Give 172 of 189 a contract at the start; those who return to hours at an employer keep theirs."""
    without = [number for number, (kind, _) in enumerate(outcome) if kind == "none"]
    chosen = set(random.choice(without, size=17, replace=False).tolist())
    return [number not in chosen for number in range(len(outcome))]


def _helped(random: Random, outcome: list[tuple[str, bool]]) -> list[bool]:
    answering = [number for number, (_, answered) in enumerate(outcome) if answered]
    chosen = set(random.choice(answering, size=HELPED, replace=False).tolist())
    return [number in chosen for number in range(len(outcome))]


def _drifts(random: Random, outcome: list[tuple[str, bool]]) -> list[float]:
    """Deal how health changes in a year, with a mean of nearly nothing in those who answer then, as on the slides."""
    answering = [number for number, (_, answered) in enumerate(outcome) if answered]
    drifts = [0.0] * len(outcome)
    for place, number in enumerate(random.permutation(answering).tolist()):
        drifts[number] = 0.01 + 0.1 * NormalDist().inv_cdf((place + 0.5) / len(answering))
    return drifts


def _coached_now(random: Random, today: date) -> list[Fixed]:
    """Invent people who are in the programme now and said no to the study: the coaching goes on all the same."""
    return [
        Fixed(
            site=one_of(random, dict(SITES)), entered=today - timedelta(days=20 + 24 * number),
            sex=one_of(random, {"female": 0.85, "male": 0.15}), education="higher", diagnosis="breast", contract=True,
            incapacity="primary", away_before=int(random.integers(150, 300)), kind="partial",
            back_after=int(random.integers(60, 200)), answers_t2=False, helped=False, evaluated=False,
        )
        for number in range(COACHED_NOW)
    ]  # fmt: skip


def _at(random: Random, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, int(random.integers(9, 17)), int(random.integers(0, 60)), tzinfo=ZONE)


def _in_the_evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, 30, tzinfo=ZONE)


def _person(random: Random, number: int, fixed: Fixed) -> Person:
    # Ages are drawn around the mean of the slide.
    return invent(
        random, number, sex=fixed.sex, age=float(np.clip(random.normal(49.0, 7.0), 26, 64)), on=fixed.entered,
        education=fixed.education, diagnosis=fixed.diagnosis, domain="rentree",
    )  # fmt: skip


def _life(random: Random, number: int, fixed: Fixed, today: date) -> Life:
    person = _person(random, number, fixed)
    day = fixed.entered - timedelta(days=14)
    yield Deed(_at(random, day), "refer", {
        "name": person.name, "email": person.email, "phone": person.phone, "site": fixed.site,
    })  # fmt: skip
    yield Deed(_at(random, day + timedelta(days=1)), "screen", {
        "date_of_birth": person.birth.isoformat(), "wants_to_work": True,
        "diagnosis_date": (fixed.entered - timedelta(days=fixed.away_before + 20)).isoformat(),
        "work_status": "employed" if fixed.contract else "job_seeker", "own_employer": fixed.contract,
    })  # fmt: skip
    yield Deed(_at(random, day + timedelta(days=2)), "inform")
    moment = _at(random, fixed.entered)
    yield Deed(moment, "consent", {"kind": "programme", "items": ["coach", "network", "employer"]})
    given = ["questionnaires", "data"] if fixed.evaluated else []
    yield Deed(moment + timedelta(minutes=4), "consent", {"kind": "study", "items": given})
    course = _course(random, fixed)
    own = guidance(
        [person.birth.toordinal(), number], fixed.entered, today, _in_the_evening,
        stages=False, working=course.hours_on(today) > 0, recent=100,
    )  # fmt: skip
    yield from merged(
        _coaching(random, fixed, course),
        own,
        _evaluation(random, person, fixed, course) if fixed.evaluated else iter(()),
    )


def _course(random: Random, fixed: Fixed) -> Course:
    sick_from = fixed.entered - timedelta(days=fixed.away_before)
    contract = float(one_of(random, {19: 2, 24: 2, 30: 3, 32: 2, 38: 6}))
    back = fixed.entered + timedelta(days=fixed.back_after)
    ends = None if fixed.contract else sick_from + timedelta(days=60)
    if fixed.kind == "full":
        return Course(contract, sick_from, ((back, contract),), ends)
    if fixed.kind == "partial":
        return Course(contract, sick_from, build_up(random, contract, back, contract * 0.3, contract * 0.7, 18), ends)
    return Course(contract, sick_from, (), ends)


def _evaluation(random: Random, person: Person, fixed: Fixed, course: Course) -> Life:
    health = float(np.clip(random.normal(0.47, 0.12), 0.1, 0.9))
    # One way of answering through the year, so that what changes is health and not the scatter of items.
    manner = int(random.integers(2**32))
    day = fixed.entered + timedelta(days=1)
    sheets: dict[str, Any] = {
        "background": answers.background(person, day, fixed.incapacity),
        "work-start": course.report(day, first=True),
        "work-care": answers.care(random, 0.4),
        "sf12-v1": answers.sf12(np.random.default_rng(manner), health),
    }
    yield Deed(_at(random, day), "answer", {"wave": "t0", "sheets": sheets})
    for wave, days in (("t1", 183), ("t2", 365)):
        if not (fixed.answers_t2 if wave == "t2" else chance(random, 0.85)):
            continue
        day = fixed.entered + timedelta(days=days + int(random.integers(0, 21)))
        returned = course.hours_on(day) > 0
        yield Deed(_at(random, day), "answer", {"wave": wave, "sheets": {
            "work-follow-up": course.report(day, first=False),
            "work-care": answers.care(random, 0.5),
            "sf12-v1": answers.sf12(
                np.random.default_rng(manner),
                float(np.clip(health + fixed.drift * (1.0 if wave == "t2" else 0.5), 0.05, 0.95)),
            ),
            "satisfaction": answers.satisfaction(
                random, helped=fixed.helped if wave == "t2" else chance(random, 0.71), returned=returned
            ),
        }})  # fmt: skip


def _coaching(random: Random, fixed: Fixed, course: Course) -> Life:
    yield Deed(_at(random, fixed.entered + timedelta(days=1)), "assign", {"professions": ["coach"]})
    day = fixed.entered + timedelta(days=int(random.integers(5, 12)))
    # Many talks early, few while going back to work: as participants told on the slides.
    talks = [("introduction", 1), ("preparation", int(random.integers(2, 5))), ("plan", 1), ("network", 1),
             ("aftercare", int(random.integers(0, 3))), ("closing", 1)]  # fmt: skip
    phase = "introduction"
    employer = fixed.contract and chance(random, 0.65)
    for kind, times in talks:
        following = "plan" if kind == "network" else kind
        if following != phase:
            phase = following
            yield Deed(_at(random, day), "advance", {"phase": phase})
        for _ in range(times):
            yield Deed(_at(random, day), "plan_session", {
                "kind": kind, "planned_for": on_the_quarter(_at(random, day + timedelta(days=4))),
                "mode": one_of(random, {"in_person": 4, "video": 2, "telephone": 2}),
            })  # fmt: skip
            day += timedelta(days=4)
            yield Deed(_at(random, day), "hold_session", {
                "on": day, "minutes": int(random.integers(45, 80)), "modules": _MODULES[kind],
                "with_workplace": kind == "network" and employer, "stage": None,
                "shared_note": "Wat je zelf belangrijk vindt, staat voorop.",
            })  # fmt: skip
            day += timedelta(days=int(random.integers(12, 45)))
        if kind == "preparation" and employer:
            yield Deed(_at(random, day), "invite_workplace")
        if kind == "plan" and fixed.contract:
            yield Deed(_at(random, day), "offer_plan", _plan(course, day))
            yield Deed(_at(random, day + timedelta(days=3)), "agree_plan")
            if employer:
                yield Deed(_at(random, day + timedelta(days=8)), "confirm_plan")
                if has_it(day):
                    yield from around(day + timedelta(days=9), ZONE, formal=False)
            day += timedelta(days=9)
    yield Deed(_at(random, day), "complete")


def _plan(course: Course, day: date) -> dict[str, Any]:
    first = max(2.0, round(course.contract * 0.3))
    return {
        "aim": "return",
        "contract_hours": course.contract,
        "steps": [
            (day + timedelta(days=14 + 28 * step), float(round(first + (course.contract - first) * step / 3)))
            for step in range(4)
        ],
        "available": (0, 1, 3, 4),
        "goal": "Weer onder de collega's zijn, en het thuis volhouden.",
        "for_workplace": "Beginnen met halve dagen. Eén vaste collega voor vragen.",
    }
