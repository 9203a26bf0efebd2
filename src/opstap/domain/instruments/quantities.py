"""What costing needs, from our own questions: contacts with care, hours of help, hours of work lost. No prices here.

Both arms answer the same questions. A question that routing did not open is a quantity of 0, since the question
before it was answered with "no"; without that answer the quantity is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opstap.domain.instruments.codes import Score, code, is_none, quantity

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKS_OF_RECALL = 4
#: The quantity behind each answer of the two lists of the care questionnaire, and the most that is taken.
CONTACTS = (
    "gp", "gp_nurse", "occupational_physician", "physiotherapist", "occupational_therapist", "dietician",
    "psychologist", "social_worker",
)  # fmt: skip
HOSPITAL = ("outpatient", "day_treatment", "emergency", "nights", "rehabilitation")

#: The columns that each rule reads from a file.
CARE_USE = (
    "care", *(f"care_{one}" for one in CONTACTS), "hospital", *(f"hospital_{one}" for one in HOSPITAL),
    "home_help", "home_help_hours", "home_help_weeks", "informal", "informal_hours", "informal_weeks",
    "travel", "travel_times", "travel_km", "travel_cost",
)  # fmt: skip
PRODUCTIVITY = (
    "paid_work", *(f"week_hours.{day}" for day in DAYS), "absent", "absent_days", "hindered", "hindered_days",
    "efficiency", "unpaid", "unpaid_hours",
)  # fmt: skip


def care_use(answers: Mapping[str, Any]) -> Score:
    """Count care and help over the past six months, from the questionnaire `care-use`.

    Columns `care_<provider>` in contacts, `care_nights` in nights, `care_<kind>` of the hospital in visits;
    `care_home_help_hours` and `care_informal_hours` as hours a week times weeks; `care_km` in kilometres there and
    back, and `care_travel_cost` in euro.
    """
    found: Score = {f"care_{one}": _counted(answers, "care", one) for one in CONTACTS}
    found |= {f"care_{one}": _counted(answers, "hospital", one) for one in HOSPITAL}
    for gate, name in (("home_help", "care_home_help_hours"), ("informal", "care_informal_hours")):
        found[name] = _gated(answers, gate, _product(answers, (f"{gate}_hours", 168), (f"{gate}_weeks", 26)))
    found["care_km"] = _gated(answers, "travel", _product(answers, ("travel_times", 400), ("travel_km", 1000), by=2))
    found["care_travel_cost"] = _gated(answers, "travel", quantity(answers, "travel_cost", 10_000))
    return found


def _counted(answers: Mapping[str, Any], gate: str, one: str) -> float | None:
    """Give the count behind one answer of a list: 0 where the list was answered without it."""
    chosen = answers.get(gate)
    count = quantity(answers, f"{gate}_{one}", 400)
    if is_none(chosen) or chosen == []:
        return count
    listed = chosen if isinstance(chosen, list) else str(chosen).split(";")
    return count if one in listed else 0.0


def _gated(answers: Mapping[str, Any], gate: str, value: float | None) -> float | None:
    return 0.0 if code(answers, gate, 0, 1) == 0 else value


def _product(answers: Mapping[str, Any], *factors: tuple[str, float], by: float = 1) -> float | None:
    product = by
    for item, most in factors:
        factor = quantity(answers, item, most)
        if factor is None:
            return None
        product *= factor
    return product


def productivity(answers: Mapping[str, Any]) -> Score:
    """Count hours of work lost over the past four weeks, from the questionnaire `productivity`.

    `productivity_week_hours`: paid hours in an ordinary week. `productivity_absent_hours`: days away times the hours of
    an ordinary working day. `productivity_hindered_hours`: days at work while hindered, times those hours, times the
    share that was not done (1 - efficiency / 10; the usual rule of this kind of question, [M]).
    `productivity_unpaid_hours`: hours of unpaid work that others took over, over the four weeks. Who has no paid
    work loses no paid hours.
    """
    week, days = _week(answers)
    per_day = week / days if week is not None and days else (0.0 if week == 0 else None)
    paid = code(answers, "paid_work", 0, 1)
    absent = _gated(answers, "absent", quantity(answers, "absent_days", 28))
    hindered = _gated(answers, "hindered", quantity(answers, "hindered_days", 28))
    efficiency = code(answers, "efficiency", 0, 10)
    undone = 0.0 if hindered == 0 else (None if efficiency is None else 1 - efficiency / 10)
    unpaid = _gated(answers, "unpaid", quantity(answers, "unpaid_hours", 168))
    lost: Score = {
        "productivity_week_hours": week,
        "productivity_absent_hours": _times(absent, per_day),
        "productivity_hindered_hours": _times(hindered, per_day, undone),
    }
    if paid == 0:
        lost = dict.fromkeys(lost, 0.0)
    return {**lost, "productivity_unpaid_hours": _times(unpaid, WEEKS_OF_RECALL)}


def _week(answers: Mapping[str, Any]) -> tuple[float | None, int]:
    """Give the hours of an ordinary week and the days with work in it; days are a table or columns of their own."""
    table = answers.get("week_hours")
    hours = table if isinstance(table, Mapping) else {day: answers.get(f"week_hours.{day}") for day in DAYS}
    filled = {f"week_hours.{day}": hours.get(day) for day in DAYS}
    worked = [quantity(filled, item, 24) for item in filled]
    known = [one for one in worked if one is not None]
    return (sum(known) if known else None), sum(one > 0 for one in known)


def _times(*factors: float | None) -> float | None:
    product = 1.0
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product
