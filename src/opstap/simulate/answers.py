"""Invented answers to the questionnaires, from a person's background, work and a hidden state of health.

`health` runs from 0 (very poor) to 1 (very good). Items scatter around it, so that scales behave like scales.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.random import Generator as Random

from opstap.simulate.lives import chance, one_of
from opstap.simulate.people import Person

Sheet = dict[str, Any]


def background(person: Person, on: date, incapacity: str | None = None) -> Sheet:
    """Answer who one is; `incapacity` only where the questionnaire asks for it (Belgium)."""
    sheet: Sheet = {
        "age": person.age_on(on),
        "sex": person.sex,
        "education": person.education,
        "living_with": person.living_with,
        "diagnosis": person.diagnosis,
    }
    return sheet if incapacity is None else {**sheet, "incapacity": incapacity}


def care(random: Random, probability: float) -> Sheet:
    """Answer which help with work one had elsewhere."""
    had = chance(random, probability)
    sheet: Sheet = {
        "care": int(had),
        "workplace_talk": int(chance(random, 0.45)),
        "adjustments": int(chance(random, 0.3)),
    }
    if had:
        sheet["care_from"] = [one_of(random, {"occupational_physician": 6, "nurse": 3, "psychologist": 2, "other": 1})]
        sheet["care_contacts"] = int(random.integers(1, 7))
    return sheet


def ability(random: Random, health: float) -> Sheet:
    """Answer the single item of work ability, 0 to 10."""
    return {"was": int(np.clip(round(10 * health + random.normal(0, 1)), 0, 10))}


def readiness(random: Random, working: bool) -> Sheet:
    """Answer the 21 items of readiness, 1 to 5."""
    return {
        "working": int(working),
        **{f"i{n}": int(np.clip(round(random.normal(3.2, 0.9)), 1, 5)) for n in range(1, 22)},
    }


def qlq(random: Random, health: float) -> Sheet:
    """Answer the 30 items of the QLQ-C30: 1 to 4, the last two 1 to 7."""
    burden = 1 + 3 * (1 - health)
    sheet = {f"q{n}": int(np.clip(round(random.normal(burden * 0.85, 0.6)), 1, 4)) for n in range(1, 29)}
    return {**sheet, **{f"q{n}": int(np.clip(round(random.normal(1 + 6 * health, 0.8)), 1, 7)) for n in (29, 30)}}


def sf12(random: Random, health: float) -> Sheet:
    """Answer the 12 items of the SF-12 version 1, in the questionnaire's order and coding."""

    def better_low(levels: int) -> int:
        return int(np.clip(round(1 + (levels - 1) * (1 - health) + random.normal(0, 0.5)), 1, levels))

    def better_high(levels: int) -> int:
        return levels + 1 - better_low(levels)

    def yes_no() -> int:
        return 2 if chance(random, health) else 1

    return {
        "i1": better_low(5), "i2": better_high(3), "i3": better_high(3),
        "i4": yes_no(), "i5": yes_no(), "i6": yes_no(), "i7": yes_no(),
        "i8": better_low(5), "i9": better_low(6), "i10": better_low(6), "i11": better_high(6), "i12": better_high(5),
    }  # fmt: skip


def eq5d(random: Random, health: float) -> Sheet:
    """Answer the EQ-5D-5L: five levels of 1 to 5, and the scale of 0 to 100."""

    def level(milder: float) -> int:
        return int(np.clip(round(1 + 3.4 * (1 - health) - milder + random.normal(0, 0.7)), 1, 5))

    sheet: Sheet = {"mo": level(0.6), "sc": level(0.9), "ua": level(0.1), "pd": level(0.0), "ad": level(0.2)}
    return {**sheet, "vas": int(np.clip(round(100 * health + random.normal(8, 9)), 0, 100))}


def care_use(random: Random, health: float) -> Sheet:
    """Answer which care and help one had in six months; the less health, the more of it."""
    often = {"gp": 0.8, "occupational_physician": 0.6, "physiotherapist": 0.4, "psychologist": 0.2, "dietician": 0.1}
    care = [one for one, share in often.items() if chance(random, share * (1.3 - health))]
    hospital = ["outpatient"] if chance(random, 0.9) else []
    hospital += [one for one, share in {"day_treatment": 0.3, "nights": 0.12}.items() if chance(random, share)]
    sheet: Sheet = {"care": care or ["none"], "hospital": hospital or ["none"]}
    sheet |= {f"care_{one}": int(random.integers(1, 16 if one == "physiotherapist" else 6)) for one in care}
    sheet |= {f"hospital_{one}": int(random.integers(1, 8)) for one in hospital}
    sheet["medicine"] = int(chance(random, 0.7))
    if sheet["medicine"]:
        sheet["medicines"] = [{"name": "Paracetamol", "per_day": int(random.integers(1, 5)), "weeks": 6}]
    for gate, share in (("home_help", 0.12), ("informal", 0.45)):
        sheet[gate] = int(chance(random, share * (1.6 - health)))
        if sheet[gate]:
            sheet[f"{gate}_hours"] = int(random.integers(1, 9))
            sheet[f"{gate}_weeks"] = int(random.integers(4, 27))
    sheet["travel"] = int(bool(hospital))
    if sheet["travel"]:
        sheet["travel_by"] = [one_of(random, {"car": 7, "public": 2, "bicycle_foot": 1})]
        sheet |= {"travel_times": int(random.integers(1, 25)), "travel_km": int(random.integers(2, 45))}
        sheet["travel_cost"] = int(random.integers(0, 120))
    return sheet


def productivity(random: Random, health: float, contract: float, actual: float) -> Sheet:
    """Answer which work could not be done in four weeks, from the hours of the contract and those really worked."""
    days = min(5, max(1, round(contract / 8)))
    week = {day: round(contract / days, 1) for day in ("mon", "tue", "thu", "wed", "fri")[:days]}
    sheet: Sheet = {"paid_work": int(contract > 0), "unpaid": int(chance(random, 1.1 - health))}
    if contract > 0:
        away = round(4 * days * max(0.0, 1 - actual / contract))
        sheet |= {"week_hours": week, "absent": int(away > 0)}
        if away:
            sheet["absent_days"] = away
        sheet["hindered"] = int(actual > 0 and chance(random, 1.1 - health))
        if sheet["hindered"]:
            sheet["hindered_days"] = int(random.integers(1, max(2, 4 * days - away)))
            sheet["efficiency"] = int(np.clip(round(10 * health + random.normal(1, 1)), 0, 10))
    if sheet["unpaid"]:
        sheet["unpaid_hours"] = int(random.integers(1, 9))
    return sheet


def process(random: Random, sessions: int) -> Sheet:
    """Answer how the STEPS programme was, as a participant."""
    agree = {item: int(np.clip(round(random.normal(4, 0.8)), 1, 5)) for item in
             ("fit_content", "fit_intensity", "fit_duration", "fit_capacity", "enabled_work", "plan_fit")}  # fmt: skip
    return {"completed": int(sessions >= 5), **agree, "harm": int(chance(random, 0.04))}


PHASES = ("introduction", "preparation", "plan", "aftercare", "closing")
ACTORS = ("treating_physician", "family_doctor", "employer_hr", "supervisor", "insurer_physician", "vdab",
          "occupational_physician")  # fmt: skip


def satisfaction(random: Random, *, helped: bool, returned: bool) -> Sheet:
    """Answer how Rentree was: per phase, per actor, at the employer; much is not applicable, as on the slides."""

    def rate(middle: float, not_applicable: float) -> int:
        if chance(random, not_applicable):
            return 9
        return int(np.clip(round(random.normal(middle, 0.9)), 1, 5))

    middle = 4.2 if helped else 3.1
    sheet: Sheet = {"helped": int(helped)}
    for phase, absent in zip(PHASES, (0.02, 0.05, 0.1, 0.3, 0.35), strict=True):
        sheet[f"phase_{phase}"] = rate(middle, absent)
    sheet["application_support"] = rate(3.4, 0.72)
    for actor, absent in zip(ACTORS, (0.15, 0.2, 0.3, 0.25, 0.1, 0.5, 0.35), strict=True):
        sheet[f"actor_{actor}"] = rate(3.6, absent)
    absent = 0.1 if returned else 0.6
    for place, negative in (("hr", 0.10), ("supervisor", 0.12)):
        if chance(random, absent):
            sheet[f"reception_{place}"] = 9
        else:
            sheet[f"reception_{place}"] = one_of(
                random, {1: 0.3 * negative, 2: 0.7 * negative, 3: 0.52 - negative, 4: 0.33, 5: 0.15}
            )
    sheet["duration"] = one_of(random, {"too_short": 0.45, "right": 0.5, "too_long": 0.05})
    return sheet
