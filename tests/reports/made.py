"""Small datasets made by hand for the reports: nothing here passes through the database or the simulation."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from opstap.stats.dataset import TABLES, Dataset, table

START = date(2025, 1, 6)
CUT = date(2026, 6, 1)


def dataset(name: str, *, permuted: bool = False, invented: bool = False, cut: date = CUT, **rows) -> Dataset:
    """A dataset from rows per table; a table that is not given is empty."""
    tables = {one: table(one, rows.get(one, [])) for one in TABLES}
    return Dataset(name, name, "1.0", "d" * 64, cut, permuted, invented, tables)


def person(number: int, *, arm: str | None = None, site: str = "amsterdam", **more) -> dict:
    return {
        "person": f"{number:04d}", "site": site, "arm": arm, "state": "in_follow_up", "consented_on": START,
        "enrolled_on": START, "allocated_on": START if arm else None, "in_programme": arm in (None, "steps"), **more,
    }  # fmt: skip


def answered(number: int, wave: str, on: date) -> dict:
    return {
        "person": f"{number:04d}", "wave": wave, "respondent": "participant", "due_on": on, "state": "submitted",
        "answered_on": on,
    }  # fmt: skip


def worked(number: int, wave: str, on: date, hours: float, **more) -> dict:
    return {
        "person": f"{number:04d}", "wave": wave, "source": "questionnaire", "date": on, "hours_per_week": hours,
        "percent_of_contract": 100 * hours / 32, "employed": True, "at_work": hours > 0,
        "status": "partial" if hours else "none", "sick_days_past_6_months": 30, **more,
    }  # fmt: skip


def item(number: int, wave: str, questionnaire: str, name: str, value) -> dict:
    return {"person": f"{number:04d}", "wave": wave, "questionnaire": questionnaire, "item": name, "value": value}


WAVES = {"t0": START, "t6": START + timedelta(days=182), "t12": START + timedelta(days=364)}


def hours(seed: int = 4, size: int = 60) -> pd.DataFrame:
    """Hours of invented people in a trial, wide: person, arm, site and the hours at each wave (NaN: not answered)."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(1, size + 1):
        arm = "steps" if number % 2 else "usual_care"
        level = random.normal(10, 4)
        gain = 4 if arm == "steps" else 1
        row = {
            "number": number, "arm": arm, "site": ("amsterdam", "groningen", "utrecht")[number % 3],
            "t0": max(0.0, round(level, 1)),
            "t6": max(0.0, round(level + gain + random.normal(0, 3), 1)),
            "t12": max(0.0, round(level + 2 * gain + random.normal(0, 3), 1)),
        }  # fmt: skip
        for wave in ("t6", "t12"):
            if random.random() < 0.15:
                row[wave] = float("nan")
        rows.append(row)
    return pd.DataFrame(rows)


def trial(frame: pd.DataFrame, **more) -> Dataset:
    """A dataset of STEPS with these hours and nothing else."""
    people = [person(row.number, arm=row.arm, site=row.site) for row in frame.itertuples()]
    measured, work = [], []
    for row in frame.itertuples():
        for wave, day in WAVES.items():
            if not np.isnan(getattr(row, wave)):
                measured.append(answered(row.number, wave, day))
                work.append(worked(row.number, wave, day, getattr(row, wave)))
    return dataset("steps", participants=people, measurements=measured, work=work, **more)
