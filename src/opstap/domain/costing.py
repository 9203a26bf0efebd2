"""What is costed: the items that can have a price, each with its unit and its category. No price stands here.

The items are the quantities of our own questionnaires (`instruments/quantities.py`), of the sessions in the record and
of the hours of work lost. Which perspective counts which category is data (`economics/data/perspectives.yaml`), and
prices are dated lists (`economics/data/prices/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

#: How sure a figure is: read in a source (S, P, C), uncertain (U), not found (NF) or general knowledge (M).
Certainty = Literal["S", "P", "C", "U", "NF", "M"]
Year = Annotated[int, Field(ge=1990, le=2100)]
Euros = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]

CATEGORIES = (
    "health_care",
    "home_help",
    "medication",
    "informal_care",
    "travel",
    "intervention",
    "employer",
    "absenteeism",
    "presenteeism",
    "unpaid_work",
)
PERSPECTIVES = ("society", "health_care", "employer", "insurer", "programme")
Perspective = Literal["society", "health_care", "employer", "insurer", "programme"]


@dataclass(frozen=True)
class Item:
    """One thing that has a price: the unit of that price, and the category in which its cost is counted."""

    unit: str
    category: str


#: Contacts and stays, as the questionnaire `care-use` counts them; then the other quantities.
ITEMS: dict[str, Item] = {
    "gp": Item("contact", "health_care"),
    "gp_nurse": Item("contact", "health_care"),
    "physiotherapist": Item("session", "health_care"),
    "occupational_therapist": Item("session", "health_care"),
    "dietician": Item("session", "health_care"),
    "psychologist": Item("contact", "health_care"),
    "social_worker": Item("contact", "health_care"),
    "outpatient": Item("visit", "health_care"),
    "day_treatment": Item("day", "health_care"),
    "emergency": Item("visit", "health_care"),
    "nights": Item("night", "health_care"),
    "rehabilitation": Item("visit", "health_care"),
    "home_help": Item("hour", "home_help"),
    "medicine": Item("week", "medication"),
    "informal_care": Item("hour", "informal_care"),
    "car": Item("km", "travel"),
    "occupational_physician": Item("contact", "employer"),
    "reintegration_consultant": Item("contact", "employer"),
    "programme_therapist": Item("hour", "intervention"),
    "programme_coach": Item("hour", "intervention"),
    "workplace_visit": Item("visit", "intervention"),
    "paid_work": Item("hour", "absenteeism"),
    "unpaid_work": Item("hour", "unpaid_work"),
}
