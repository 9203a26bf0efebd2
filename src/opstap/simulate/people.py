"""Invented names, addresses and backgrounds. The addresses end in `.example`, which nobody can own (RFC 2606)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from numpy.random import Generator as Random

from opstap.simulate.lives import one_of

# fmt: off
WOMEN = (
    "Marijke", "Fenna", "Els", "Ingrid", "Saskia", "Annelies", "Nadia", "Karin", "Leen", "Griet", "Hilde",
    "Sofie", "Martine", "Fatima", "Yasmina", "Ilse", "Petra", "Wendy", "Linda", "Sandra", "Monique", "Astrid",
    "Miriam", "Esther", "Anouk", "Lotte", "Veerle", "Katrien", "Nele", "Tine", "Aisha", "Sevda", "Joke", "Ria",
    "Tineke",
)
MEN = (
    "Jeroen", "Ruben", "Pieter", "Bart", "Koen", "Wim", "Mohammed", "Hassan", "Erik", "Jan", "Tom", "Dirk", "Luc",
    "Stefan", "Marc", "Frank", "Ahmed", "Mehmet", "Geert", "Johan", "Rik", "Sander", "Wouter", "Joris", "Kees",
)
NAMES = (
    "de Wolde", "Hoekstra", "Aksoy", "Pals", "van Dijk", "Bakker", "Visser", "Smit", "Meijer", "de Boer",
    "Mulder", "Dekker", "Peeters", "Janssens", "Maes", "Jacobs", "Willems", "Claes", "Goossens",
    "Wouters", "De Smet", "Vermeulen", "Hermans", "Aerts",
    "Michiels", "El Idrissi", "Yilmaz", "Bosman", "Postma", "Kuipers",
    "Veenstra", "Brouwer", "van Leeuwen", "Dijkstra", "Schouten", "Verhoeven", "Lemmens", "Segers", "Desmedt",
    "Baert", "Cools", "Pauwels",
)
# fmt: on


@dataclass(frozen=True)
class Person:
    """An invented person: who they are, and the background that a questionnaire asks for."""

    name: str
    email: str
    phone: str
    sex: str
    birth: date
    education: str
    living_with: str
    diagnosis: str

    def age_on(self, day: date) -> int:
        """Count completed years on a day."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


def invent(
    random: Random, number: int, *, sex: str, age: float, on: date, education: str, diagnosis: str, domain: str
) -> Person:
    """Invent someone of a sex, an age on a day, an education and a diagnosis; the number makes the address unique."""
    first = str(random.choice(MEN if sex == "male" else WOMEN))
    name = f"{first} {random.choice(NAMES)}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace(" ", ".")
    return Person(
        name=name,
        email=f"{plain}.{number}@{domain}.example",
        phone=f"06 555 {random.integers(0, 100):02d} {random.integers(0, 1000):03d}",
        sex=sex,
        birth=on - timedelta(days=round(age * 365.25 + random.integers(1, 360))),
        education=education,
        living_with=one_of(
            random, {"alone": 0.2, "partner": 0.32, "partner_children": 0.38, "children": 0.07, "other": 0.03}
        ),
        diagnosis=diagnosis,
    )
