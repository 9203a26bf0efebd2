"""Invented people for STEPS: 240 for whom the lot is drawn, those who did not take part, and some on their way in.

What is chosen, not known: recruitment over two years with the last few people in recent months; some effect of the
programme on hours (about three a week at twelve months); drop-out of about one in six, more among those who work
little, so that the answers are missing at random given what was seen before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

ZONE = ZoneInfo("Europe/Amsterdam")
#: Allocated people per site: with the demonstration's list each site stops where its arms are level or nearly so.
SITES = {"amsterdam": 96, "groningen": 72, "utrecht": 72}
ALLOCATED = sum(SITES.values())
#: How far the people who are still on their way in have come.
ON_THE_WAY = ("referred", "referred", "screening", "eligible", "informed", "informed", "consented", "baseline")
NOT_TAKING_PART = 96
_MODULES = {
    "intake": ["goals_obstacles", "energy_balance"],
    "work_intake": ["goals_obstacles", "rights_duties"],
    "therapy": ["energy_balance", "late_effects"],
    "consultation": ["rights_duties", "work_plan", "adjustments"],
    "workplace_talk": ["workplace_contact", "adjustments", "work_plan"],
    "closing": ["goals_obstacles", "work_plan"],
}


@dataclass(frozen=True)
class Start:
    """Where a life begins: the site, the day of referral, how far it goes (an index person goes all the way)."""

    site: str
    referred: date
    reaches: str
    reason: str = ""


def lives(seed: int, today: date) -> list[tuple[Start, Life]]:
    """Invent everyone; the same seed and day give the same people, each with a random stream of their own."""
    streams = np.random.SeedSequence(seed)
    order = np.random.default_rng(streams.spawn(1)[0])
    starts = list(_starts(order, today))
    return [
        (start, _life(np.random.default_rng(stream), number, start, today))
        for number, (start, stream) in enumerate(zip(starts, streams.spawn(len(starts)), strict=True))
    ]


def _starts(random: Random, today: date) -> Iterator[Start]:
    sites = [site for site, count in SITES.items() for _ in range(count)]
    random.shuffle(sites)
    # Most were included long enough ago to have been followed for a year; the last twenty came in recent months.
    early = np.sort(random.integers(430, 1040, ALLOCATED - 20))[::-1]
    late = np.sort(random.integers(45, 300, 20))[::-1]
    for site, days in zip(sites, [*early, *late], strict=True):
        yield Start(site, today - timedelta(days=int(days)), "index")
    reasons = {"not_interested": 30, "too_ill": 14, "too_busy": 16, "no_lot": 8, "no_reply": 14, "not_eligible": 18}
    for _ in range(NOT_TAKING_PART):
        site = one_of(random, dict(SITES))
        yield Start(site, today - timedelta(days=int(random.integers(40, 1040))), "declines", one_of(random, reasons))
    for reaches in ON_THE_WAY:
        back = {"referred": 3, "screening": 5, "eligible": 6, "informed": 9, "consented": 18, "baseline": 20}[reaches]
        yield Start(one_of(random, dict(SITES)), today - timedelta(days=back), reaches)


def _moment(random: Random, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, int(random.integers(9, 17)), int(random.integers(0, 60)), tzinfo=ZONE)


@dataclass
class _Self:
    """What stays the same in one life, and the hidden state behind the answers."""

    random: Random
    person: Person
    diagnosed: date
    contract: float
    health: float
    ends: date | None

    def at(self, day: date) -> datetime:
        return _moment(self.random, day)

    def in_the_evening(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 18, 30, tzinfo=ZONE)


def _self(random: Random, number: int, start: Start) -> _Self:
    sex = "male" if chance(random, 0.3) else "female"
    female = {"breast": 55, "gynaecological": 10, "digestive": 14, "blood": 10, "head_neck": 4, "lung": 5, "other": 2}
    male = {"digestive": 30, "prostate": 22, "blood": 20, "head_neck": 12, "lung": 10, "other": 6}
    diagnosed = start.referred - timedelta(days=int(random.integers(100, 500)))
    person = invent(
        random,
        number,
        sex=sex,
        age=float(np.clip(random.normal(48.5, 8.5), 22, 63)),
        on=diagnosed,
        education=one_of(random, {"lower": 0.17, "secondary": 0.37, "higher": 0.46}),
        diagnosis=one_of(random, female if sex == "female" else male),
        domain="steps",
    )
    temporary = chance(random, 0.12)
    return _Self(
        random,
        person,
        diagnosed,
        contract=float(one_of(random, {16: 6, 20: 8, 24: 18, 28: 12, 32: 24, 36: 22, 40: 10})),
        health=float(np.clip(random.normal(0.58, 0.14), 0.15, 0.95)),
        ends=start.referred + timedelta(days=int(random.integers(230, 700))) if temporary else None,
    )


def _screening(one: _Self, eligible: bool) -> dict[str, Any]:
    treatments = ["surgery", one_of(one.random, {"chemotherapy": 3, "radiotherapy": 2})]
    return {
        "date_of_birth": one.person.birth.isoformat(),
        "diagnosis_date": one.diagnosed.isoformat(),
        "histologically_confirmed": True,
        "curative_intent": True,
        "life_expectancy_over_1_year": True,
        "treatments": treatments if eligible else ["surgery"],
        "contract_end": one.ends.isoformat() if one.ends else "permanent",
        "paid_work_before_diagnosis_months": int(one.random.integers(14, 300)),
        "contract_hours_per_week": one.contract,
        "work_status": one_of(one.random, {"at_work": 2, "partly_at_work": 4, "sick_leave": 5}),
    }


def _life(random: Random, number: int, start: Start, today: date) -> Life:
    one = _self(random, number, start)
    contact = {"name": one.person.name, "email": one.person.email, "phone": one.person.phone, "site": start.site}
    day = start.referred
    yield Deed(one.at(day), "refer", contact)
    if start.reaches == "referred":
        return
    day += timedelta(days=int(random.integers(1, 4)))
    screening = _screening(one, start.reason != "not_eligible")
    if start.reaches == "screening":
        yield Deed(one.at(day), "screen", {k: v for k, v in screening.items() if k != "contract_end"})
        return
    yield Deed(one.at(day), "screen", screening)
    if start.reaches == "eligible" or start.reason == "not_eligible":
        return
    day += timedelta(days=int(random.integers(1, 3)))
    yield Deed(one.at(day), "inform")
    if start.reaches == "informed":
        return
    if start.reaches == "declines":
        yield Deed(one.at(day + timedelta(days=int(random.integers(3, 15)))), "decline", {"reason": start.reason})
        return
    day += timedelta(days=int(random.integers(7, 12)))
    moment = one.at(day)
    yield Deed(moment, "consent", {"kind": "programme", "items": ["team", "workplace"]})
    yield Deed(
        moment + timedelta(minutes=3),
        "consent",
        {"kind": "study", "items": ["questionnaires", "lot", "data", "partner"]},
    )
    if start.reaches == "consented":
        return
    yield from _study(one, start, day, today)


def _study(one: _Self, start: Start, consented: date, today: date) -> Life:
    random = one.random
    course = _course(one, consented, 0.0)
    day = consented + timedelta(days=int(random.integers(0, 6)))
    sheets = {
        "background": answers.background(one.person, day),
        "work-start": {**course.report(day, first=True), "rtw_expectation": int(np.clip(random.normal(7, 2), 0, 10))},
        "work-care": answers.care(random, 0.35),
        **_scales(one, course, day, 0.0),
    }
    yield Deed(one.at(day), "answer", {"wave": "t0", "sheets": sheets})
    if start.reaches == "baseline":
        return
    day += timedelta(days=int(random.integers(1, 5)))
    arm = yield Deed(one.at(day), "allocate")
    treated = arm == "steps"
    course = _course(one, consented, 1.0 if treated else 0.0)
    # Who is asked after, whose programme runs, and what they write in it go on side by side.
    strands: list[Iterator[Deed]] = [_follow_up(one, course, day, treated)]
    if treated:
        key = [one.person.birth.toordinal(), one.diagnosed.toordinal()]
        own = guidance(key, day, today, one.in_the_evening, stages=True, working=course.hours_on(today) > 0)
        strands += [_programme(one, course, day), own]
    yield from merged(*strands)


def _course(one: _Self, consented: date, effect: float) -> Course:
    """Draw the course of hours. The same person has the same course up to the lot, whichever arm it gives."""
    random = np.random.default_rng([one.person.birth.toordinal(), one.diagnosed.toordinal(), int(one.contract)])
    if chance(random, 0.13):
        return Course(one.contract, None, (), one.ends)
    sick_from = one.diagnosed + timedelta(days=int(random.integers(0, 45)))
    away = float(random.gamma(3.0, 85 * (1.35 - 0.6 * one.health)))
    back = sick_from + timedelta(days=round(away))
    never = chance(random, 0.13)
    if back > consented:
        # What the programme changes lies after the lot: an earlier first day back.
        back = consented + timedelta(days=max(20, round((back - consented).days * (1 - 0.22 * effect))))
    plateau = float(np.clip(random.normal(0.62 + 0.3 * one.health, 0.2) + 0.06 * effect, 0.2, 1.0))
    plateau = 1.0 if plateau > 0.9 else plateau
    weeks = int(random.integers(6, 30))
    changes = build_up(random, one.contract, back, one.contract * 0.25, one.contract * plateau, weeks)
    if never and not (effect and chance(random, 0.3)):
        changes = ()
    elif chance(random, 0.1):
        fall = changes[-1][0] + timedelta(days=int(random.integers(40, 160)))
        changes = (*changes, (fall, 0.0), (fall + timedelta(days=90), changes[0][1]))
    return Course(one.contract, sick_from, changes, one.ends)


def _scales(one: _Self, course: Course, day: date, better: float) -> dict[str, Any]:
    health = float(np.clip(one.health + better + one.random.normal(0, 0.05), 0.05, 0.98))
    # A stream of its own per person and day: what is asked more leaves the rest of a life as it was.
    own = np.random.default_rng([one.person.birth.toordinal(), one.diagnosed.toordinal(), day.toordinal()])
    contract = 0.0 if one.ends is not None and day > one.ends else one.contract
    return {
        "eq5d-5l": answers.eq5d(own, health),
        "care-use": answers.care_use(own, health),
        "productivity": answers.productivity(own, health, contract, course.hours_on(day)),
        "work-ability": answers.ability(one.random, health * 0.75 + 0.2 * course.hours_on(day) / course.contract),
        "rrtw": answers.readiness(one.random, course.hours_on(day) > 0),
        "qlq-c30": answers.qlq(one.random, health),
    }


def _follow_up(one: _Self, course: Course, allocated: date, treated: bool) -> Life:
    random = one.random
    share = course.hours_on(allocated) / course.contract
    fate = one_of(random, {"": 0.94, "withdraws": 0.035, "recurrence": 0.02, "death": 0.005})
    if fate == "withdraws":
        yield Deed(one.at(allocated + timedelta(days=int(random.integers(20, 300)))), "withdraw", {"reason": "too_ill"})
        return
    if fate in ("recurrence", "death"):
        day = allocated + timedelta(days=int(random.integers(60, 330)))
        yield Deed(one.at(day), "life_event", {"kind": fate, "on": day})
        if fate == "death":
            return
    for wave, months, gone in (("t6", 183, 0.09), ("t12", 365, 0.14)):
        day = allocated + timedelta(days=months + int(random.integers(-8, 25)))
        if one.ends is not None and wave == "t12" and one.ends < day:
            yield Deed(one.at(day - timedelta(days=1)), "life_event", {"kind": "contract_end", "on": one.ends})
        if chance(random, gone + 0.12 * (1 - share) - (0.03 if treated else 0)):
            continue
        share = course.hours_on(day) / course.contract
        sheets = {
            "work-follow-up": course.report(day, first=False),
            "work-care": answers.care(random, 0.4 if treated else 0.45),
            **_scales(one, course, day, {"t6": 0.05, "t12": 0.08}[wave] + (0.03 if treated else 0)),
        }
        if wave == "t6" and treated:
            sheets["process-participant"] = answers.process(random, 6)
        yield Deed(one.at(day), "answer", {"wave": wave, "sheets": sheets})


def _programme(one: _Self, course: Course, allocated: date) -> Life:
    random = one.random
    yield Deed(one.at(allocated + timedelta(days=1)), "assign", {"professions": ["therapist", "coach"]})
    workplace = chance(random, 0.6)
    wanted = int(np.clip(round(random.normal(6.2, 1.6)), 1, 8))
    kinds = ["intake", "work_intake", "therapy", "consultation", "workplace_talk", "therapy", "consultation", "closing"]
    if not workplace:
        kinds[4] = "therapy"
    day, spoken = allocated + timedelta(days=int(random.integers(6, 16))), list[tuple[date, float]]()
    for number, kind in enumerate(kinds[:wanted]):
        planned = day - timedelta(days=int(random.integers(3, 7)))
        yield Deed(one.at(max(planned, allocated + timedelta(days=2))), "plan_session", {
            "kind": kind, "planned_for": on_the_quarter(one.at(day)),
            "mode": one_of(random, {"in_person": 5, "video": 3, "telephone": 1}),
        })  # fmt: skip
        if chance(random, 0.06):
            yield Deed(one.at(day + timedelta(days=1)), "miss_session")
        else:
            yield Deed(one.at(day), "hold_session", {
                "on": day, "minutes": int(random.integers(40, 65)), "modules": _MODULES[kind],
                "with_workplace": kind == "workplace_talk" and chance(random, 0.75),
                "stage": _stage(random, course, day), "shared_note": "Rustig opbouwen, en op tijd pauze nemen.",
            })  # fmt: skip
            # At the first talk they also write down the hours that held already.
            before = [change for change in course.changes if change[0] <= allocated][-1:]
            after = [change for change in course.changes if allocated < change[0] <= day]
            for change in (*before, *after):
                if change not in spoken:
                    spoken.append(change)
                    yield Deed(one.at(day), "record_work", {
                        "start": change[0], "contract_hours": course.contract, "actual_hours": change[1],
                        "sick_percent": round(100 * max(0.0, 1 - change[1] / course.contract)),
                    })  # fmt: skip
        if number == 1:
            yield Deed(one.at(day), "advance", {"phase": "programme"})
            if workplace:
                yield Deed(one.at(day), "invite_workplace")
        if number == 2:
            yield Deed(one.at(day), "offer_plan", _plan(random, course, day))
            yield Deed(one.at(day + timedelta(days=2)), "agree_plan")
            if workplace and chance(random, 0.8):
                yield Deed(one.at(day + timedelta(days=6)), "confirm_plan")
                if has_it(day):
                    yield from around(day + timedelta(days=8), ZONE, formal=True)
        day += timedelta(days=int(random.integers(14, 23)))
    if wanted == len(kinds):
        yield Deed(one.at(day - timedelta(days=10)), "advance", {"phase": "closing"})
        yield Deed(one.at(allocated + timedelta(days=182)), "complete")
    elif chance(random, 0.15):
        yield Deed(one.at(day), "stop", {"reason": "too_busy"})
    else:
        yield Deed(one.at(allocated + timedelta(days=182)), "complete")


def _stage(random: Random, course: Course, day: date) -> int:
    if course.hours_on(day) > 0:
        return int(random.integers(5, 7))
    return int(random.integers(1, 5))


def _plan(random: Random, course: Course, day: date) -> dict[str, Any]:
    hours = course.hours_on(day)
    first = hours if hours > 0 else course.contract * 0.25
    steps = [
        (day + timedelta(days=7 + 21 * step), float(round(first + (course.contract - first) * step / 4)))
        for step in range(5)
    ]
    return {
        "aim": "retention" if hours >= course.contract else "return",
        "contract_hours": course.contract,
        "steps": steps,
        "available": (0, 1, 3, 4),
        "goal": one_of(random, {
            "Weer mijn eigen werk doen, zonder na het werk op de bank te liggen.": 1,
            "Durven zeggen dat het genoeg is.": 1,
            "Mijn uren houden en energie overhouden voor thuis.": 1,
        }),
        "for_workplace": "Elke twee uur een korte pauze. Geen avonddienst tot de opbouw klaar is.",
    }  # fmt: skip
