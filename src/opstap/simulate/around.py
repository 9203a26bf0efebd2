"""The people around some of the invented: contacts, an adjustment, messages and a letter, all in invented words.

Draws nothing: which lives have it follows from a day, so that the lives themselves stay as they were.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from opstap.simulate.lives import Deed, Life

#: One in how many lives with a workplace has all this.
ONE_IN = 6


def has_it(day: date) -> bool:
    """Tell whether the life in which the plan was offered on this day has people around it."""
    return day.toordinal() % ONE_IN == 0


def around(day: date, zone: tzinfo, *, formal: bool) -> Life:
    """Give the deeds of one afternoon and the days after, in order of time; `formal` says "u"."""
    moment = datetime.combine(day, time(13, 30), zone)
    yield Deed(moment, "log_contact", {
        "party": "workplace", "channel": "telephone", "on": day, "reached": True, "minutes": 10,
        "note": "Kort gebeld over de eerste week. Denkt mee over een rustige plek.",
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=20), "propose_adjustment", {
        "adjusts": "place", "arranger": "supervisor", "by_when": day + timedelta(days=21),
        "for_workplace": "Om 11.00 uur een half uur in de stille kamer.",
        "reason": "Na twee uur is een pauze nodig.",
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=50), "agree_adjustment")
    yield Deed(moment + timedelta(minutes=70), "confirm_adjustment")
    yield Deed(moment + timedelta(minutes=75), "write_message", {
        "who": "workplace", "text": "Dat is te regelen. Ik vraag de sleutel aan.",
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=90), "log_contact", {
        "party": "occupational_physician", "channel": "email", "on": day, "reached": False,
        "next_step": "Nog eens mailen met het plan", "next_by": day + timedelta(days=10),
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=120), "allow_party", {
        "party": "occupational_physician", "name": "Dr. A. Bakker", "address": "Kade 12\n9712 AA Groningen",
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=150), "write_letter", {
        "kind": "information", "party": "occupational_physician", "language": "nl",
        "text": "Het plan begint met een paar uur in de ochtend, en gaat elke drie weken een stap omhoog.",
    })  # fmt: skip
    yield Deed(moment + timedelta(minutes=180), "write_message", {
        "who": "participant",
        "text": f"Mag ik {'u' if formal else 'je'} maandag even bellen over het plan?",
    })  # fmt: skip
