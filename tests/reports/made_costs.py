"""An invented trial of STEPS with use of care, lost work and values of health, some of it missing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from opstap.stats.dataset import Dataset
from tests.reports.made import START, answered, dataset, item, person, worked

DAYS = {"t0": 0, "t6": 183, "t12": 365}
CARE = {
    "gp": 2.0,
    "gp_nurse": 1.0,
    "occupational_physician": 2.0,
    "physiotherapist": 4.0,
    "occupational_therapist": 1.0,
    "dietician": 0.3,
    "psychologist": 1.5,
    "social_worker": 0.4,
    "outpatient": 4.0,
    "day_treatment": 0.6,
    "emergency": 0.2,
    "nights": 0.5,
    "rehabilitation": 1.0,
    "home_help_hours": 6.0,
    "informal_hours": 20.0,
    "km": 0.0,
    "travel_cost": 0.0,
}


def trial(people: int = 120, seed: int = 5, missing: float = 0.15, **more) -> Dataset:
    """Half of the people in each arm; `steps` returns earlier and feels better; a share of later waves is missing."""
    random = np.random.default_rng(seed)
    tables: dict[str, list] = {name: [] for name in ("measurements", "scores", "work", "answers", "spells", "sessions",
                                                     "returns")}  # fmt: skip
    there = []
    for number in range(1, people + 1):
        arm = ("steps", "usual_care")[number % 2]
        there.append(person(number, arm=arm, site=("amsterdam", "rotterdam")[number // 2 % 2]))
        level, hours = random.normal(0.7, 0.12), random.uniform(16, 36)
        back = int(random.integers(60, 500)) - (40 if arm == "steps" else 0)
        who = f"{number:04d}"
        tables["spells"].append({
            "person": who, "source": "questionnaire", "job": "1", "start": START - timedelta(days=60),
            "end": START + timedelta(days=back), "contract_hours": hours, "actual_hours": 0.0, "sick_percent": 100.0,
            "kind": "own",
        })  # fmt: skip
        last = "t0"
        for wave, day in DAYS.items():
            if wave != "t0" and random.uniform() < missing:
                continue
            on = START + timedelta(days=day)
            last = wave
            tables["measurements"].append(answered(number, wave, on))
            value = min(level + day / 3650 + (arm == "steps") * day / 9000 + random.normal(0, 0.08), 1.0)
            counts = {f"care_{name}": float(random.poisson(mean)) for name, mean in CARE.items()}
            counts |= {"productivity_hindered_hours": float(random.poisson(10)), "eq5d_index_nl": value,
                       "productivity_unpaid_hours": float(random.poisson(5))}  # fmt: skip
            tables["scores"] += [
                {"person": who, "wave": wave, "score": name, "value": one} for name, one in counts.items()
            ]
            tables["work"].append(worked(number, wave, on, 0.0 if day < back else hours * 0.8))
            tables["answers"] += [
                item(number, wave, "care-use", "medicine", 0),
                item(number, wave, "work-care", "care", 0),
                item(number, wave, "background", "age", int(random.normal(50, 7)) if wave == "t0" else 50),
                item(number, wave, "background", "sex", ("female", "male")[number // 3 % 2]),
                item(number, wave, "background", "education", ("lower", "secondary", "higher")[number // 2 % 3]),
            ]
        seen = back <= DAYS[last]
        tables["returns"].append({
            "person": who, "source": "questionnaire", "last_wave": last,
            "observed_until": START + timedelta(DAYS[last]), "first_sick_day": START - timedelta(days=60),
            "return_kind": "partial" if seen else "none",
            "days_to_return": back + 60 if seen else None,
        })  # fmt: skip
        if arm == "steps":
            tables["sessions"] += [
                {"person": who, "number": count, "kind": kind, "phase": "programme", "state": "held", "day": 20 * count,
                 "minutes": 60.0, "with_workplace": False}
                for count, kind in enumerate(("intake", "work_intake", "work_intake"), 1)
            ]  # fmt: skip
    return dataset("steps", participants=there, **(tables | more))
