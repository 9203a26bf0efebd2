"""Two reports that many tests look at: made once, and changed by none."""

from datetime import timedelta

import pytest

from opstap.domain.protocol import load
from opstap.reports import evaluate
from tests.reports.made import START, WAVES, answered, dataset, hours, item, person, trial, worked

STEPS, RENTREE = load("steps"), load("rentree")


@pytest.fixture(scope="session")
def steps():
    return evaluate(STEPS, trial(hours()), language="en", seed=7)


@pytest.fixture(scope="session")
def rentree():
    """Ten people: nine women, six back of the eight who answered at the end (two in full), four helped."""
    people, measured, work, returns, answers = [], [], [], [], []
    days = {1: 400, 2: 500, 3: 600, 4: 700, 5: 800, 6: 540}
    for number in range(1, 11):
        people.append(person(number, site="gent"))
        for name, value in {
            "sex": "male" if number == 1 else "female", "age": 40 + number, "education": "higher",
            "diagnosis": "breast", "incapacity": "invalidity" if number < 7 else "primary",
        }.items():  # fmt: skip
            answers.append(item(number, "t0", "background", name, value))
        measured.append(answered(number, "t0", START))
        work.append(worked(number, "t0", START, 0.0))
        if number > 8:
            returns.append(_return(number, None, START))
            continue
        end = WAVES["t12"]
        measured.append(answered(number, "t2", end))
        work.append(worked(number, "t2", end, 16.0 if number in days else 0.0))
        returns.append(_return(number, days.get(number), end, full=number <= 2))
        answers.append(item(number, "t2", "satisfaction", "helped", int(number <= 4)))
        answers.append(item(number, "t2", "satisfaction", "reception_hr", 9 if number == 8 else 1 + number % 5))
    data = dataset("rentree", participants=people, measurements=measured, work=work, returns=returns, answers=answers)
    return evaluate(RENTREE, data, language="nl", seed=7)


def _return(number, days, until, *, full=False):
    return {
        "person": f"{number:04d}", "source": "questionnaire", "last_wave": "t2", "observed_until": until,
        "first_sick_day": START - timedelta(days=300), "days_to_return": days,
        "return_kind": "none" if days is None else "full" if full else "partial",
    }  # fmt: skip
