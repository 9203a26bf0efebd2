"""The parts of a report, each against numbers worked out here and not by the report."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from opstap.domain.protocol import load
from opstap.reports import evaluate
from opstap.reports.context import Context
from opstap.reports.hazards import COMPETING, RETURN, frame
from opstap.reports.words import words
from opstap.stats.cox import cox
from opstap.stats.reference_based import reference_based, widen
from tests.reports.made import START, WAVES, answered, dataset, hours, item, person, trial

STEPS, RENTREE = load("steps"), load("rentree")
ANALYSES = {one.id: one for one in STEPS.study.analyses}
OUTCOMES = {one.id: one for one in STEPS.study.outcomes}


def everyone() -> pd.DataFrame:
    """The trial of `hours`, long, with rows for the answers that are missing: built here and not by the report."""
    rows = hours().melt(["number", "arm", "site", "t0"], ["t6", "t12"], "visit", "value")
    for site in ("groningen", "utrecht"):
        rows[site] = (rows["site"] == site).astype(float)
    return rows


@pytest.mark.parametrize("method", ["mar", "jr", "cr", "cir"])
def test_sensitivity_is_that_of_the_estimator_on_everyone_allocated(steps, method):
    covariates = ["t0", "groningen", "utrecht"]
    direct = reference_based(
        widen(everyone(), "value", "arm", "number", "visit", ["t6", "t12"], "usual_care", covariates), method
    )
    found = steps.results["analyses"]["primary_missing"]
    mine = [row for row in found["assumptions"] if row["assumption"] == method]
    assert found["n"] == len(hours())
    assert [row["visit"] for row in mine] == ["t6", "t12"]
    for one, other in zip(mine, direct.contrasts, strict=True):
        assert one["estimate"] == pytest.approx(other["estimate"], rel=1e-6)
        assert one["low"] == pytest.approx(other["low"], rel=1e-5)


def test_a_delta_moves_the_difference_in_proportion_to_what_is_imputed(steps):
    found = steps.results["analyses"]["primary_missing"]
    last = {row["delta"]: row["estimate"] for row in found["deltas"] if row["visit"] == "t12"}
    mar = next(row for row in found["assumptions"] if row["assumption"] == "mar" and row["visit"] == "t12")
    assert last[0] == pytest.approx(mar["estimate"])
    assert last[0] - last[-6] == pytest.approx(6 * (last[0] - last[-1]))
    assert last[-1] < last[0]
    assert found["tipping"]["sign_turns"] is None or found["tipping"]["sign_turns"] < 0


def test_who_died_or_still_has_to_answer_is_not_imputed():
    data = trial(hours())
    coming = {"person": "0001", "wave": "t12", "respondent": "participant", "due_on": START, "state": "scheduled"}
    from dataclasses import replace

    from opstap.stats.dataset import table

    kept = data["measurements"]
    kept = kept[~((kept["person"] == "0001") & (kept["wave"] == "t12"))]
    tables = {
        **data.tables,
        "measurements": table("measurements", [*kept.to_dict("records"), coming]),
        "life_events": table("life_events", [{"person": "0002", "kind": "death", "on": WAVES["t6"]}]),
    }
    found = evaluate(STEPS, replace(data, tables=tables), language="en", seed=1).results["analyses"]["primary_missing"]
    assert found["left_out"] == {"died": 1, "still_to_come": 1, "no_value_at_start": 0}
    assert found["n"] == len(hours()) - 2


def returning(*people) -> list[dict]:
    """Rows of `returns`: (number, days to return or None, days until last seen); sick 100 days before the lot."""
    return [
        {
            "person": f"{number:04d}", "source": "questionnaire", "last_wave": "t12", "days_to_return": days,
            "observed_until": START + timedelta(days=seen - 100), "first_sick_day": START - timedelta(days=100),
            "return_kind": "none" if days is None else "full",
        }
        for number, days, seen in people
    ]  # fmt: skip


def test_an_event_before_the_return_competes_and_one_after_it_does_not():
    people = [person(number, arm="steps" if number % 2 else "usual_care") for number in range(1, 6)]
    rows = returning((1, 200, 400), (2, None, 400), (3, 300, 400), (4, None, 250), (5, 150, 400))
    events = [
        {"person": "0002", "kind": "death", "on": START + timedelta(days=50)},  # day 150, not back
        {"person": "0003", "kind": "recurrence", "on": START + timedelta(days=250)},  # day 350, back since 300
        {"person": "0004", "kind": "death", "on": START + timedelta(days=400)},  # day 500, after the last answer
        {"person": "0001", "kind": "retirement", "on": START + timedelta(days=150)},  # does not compete in this plan
    ]
    data = dataset("steps", participants=people, returns=rows, life_events=events)
    found = frame(Context(STEPS, data, words("en")), ANALYSES["return_competing"], OUTCOMES["time_to_return"])
    said = {row.person: (row.time, row.event) for row in found.itertuples()}
    assert said == {
        "0001": (200, RETURN), "0002": (150, COMPETING), "0003": (300, RETURN), "0004": (500, COMPETING),
        "0005": (150, RETURN),
    }  # fmt: skip


def waiting(size: int = 40) -> tuple[list[dict], list[dict], pd.DataFrame]:
    """People of two arms who come in on day 100 and return at days of their own; the same as a plain table."""
    random = np.random.default_rng(3)
    people, plain, rows = [], [], []
    for number in range(1, size + 1):
        arm, site = ("steps", "usual_care")[number % 2], ("amsterdam", "groningen", "utrecht")[number % 3]
        days = int(100 + random.exponential(120 if arm == "steps" else 200)) + 1
        back = days < 465
        people.append(person(number, arm=arm, site=site))
        rows.append((number, days if back else None, 465))
        plain.append({"arm": arm, "site": site, "time": min(days, 465), "event": int(back), "entry": 100.0})
    return people, returning(*rows), pd.DataFrame(plain)


def test_the_hazard_ratio_is_that_of_the_estimator_with_delayed_entry():
    people, rows, plain = waiting()
    data = dataset("steps", participants=people, returns=rows)
    found = evaluate(STEPS, data, language="en", seed=1).results["analyses"]["return_cox"]
    direct = cox(plain, ANALYSES["return_cox"].options["formula"], "time", "event", "entry")
    assert [one["term"] for one in found["terms"]] == [one.term for one in direct.terms]
    for mine, theirs in zip(found["terms"], direct.terms, strict=True):
        assert mine["estimate"] == pytest.approx(theirs.estimate, rel=1e-9)
    assert found["proportional"][0]["p"] == pytest.approx(direct.proportional[0].p)


def test_without_a_competing_event_the_share_is_that_of_the_curve():
    people, rows, _plain = waiting()
    report = evaluate(STEPS, dataset("steps", participants=people, returns=rows), language="en", seed=1)
    found = report.results["analyses"]
    curve = {
        (group["group"], one["time"]): one["survival"]
        for group in found["time_to_return"]["groups"]
        for one in group["at"]
    }
    shares = {(row["group"], row["time"]): row for row in found["return_competing"]["at"] if row["cause"] == "return"}
    assert found["return_competing"]["since"] == found["time_to_return"]["since"]
    for place, survival in curve.items():
        if survival is not None:
            assert shares[place]["estimate"] == pytest.approx(1 - survival)
    assert any(0 < row["estimate"] < 1 for row in shares.values() if row["estimate"] is not None)


def test_the_restricted_mean_is_the_area_under_the_curve():
    """Four people of each arm, all seen from the lot on: areas by hand."""
    people = [person(number, arm="steps" if number <= 4 else "usual_care") for number in range(1, 9)]
    rows = returning(
        (1, 200, 700), (2, 300, 700), (3, 400, 700), (4, 500, 700),
        (5, 500, 700), (6, 520, 700), (7, None, 700), (8, None, 700),
    )  # fmt: skip
    data = dataset("steps", participants=people, returns=rows)
    plain_entry = STEPS.study.model_copy(
        update={
            "analyses": [
                one.model_copy(update={"options": {**one.options, "entry": None}})
                if one.id == "time_to_return"
                else one
                for one in STEPS.study.analyses
            ]
        }
    )
    report = evaluate(STEPS.model_copy(update={"study": plain_entry}), data, language="en", seed=1)
    found = {row["group"]: row["estimate"] for row in report.results["analyses"]["time_to_return"]["restricted_mean"]}
    assert found["steps"] == pytest.approx((200 + 300 + 400 + 500) / 4)
    assert found["usual_care"] == pytest.approx((500 + 520 + 545 + 545) / 4)
    assert found["steps - usual_care"] == pytest.approx(350 - 527.5)


def test_recruitment_counts_by_month_and_plans_an_even_pace():
    days = [date(2025, 1, 6), date(2025, 1, 20), date(2025, 3, 3)]
    people = [person(number, arm="steps") | {"allocated_on": day} for number, day in enumerate(days, start=1)]
    found = evaluate(STEPS, dataset("steps", participants=people), language="en", seed=1).results["recruitment"]
    assert [(row["month"], row["included"], row["so_far"]) for row in found["months"]] == [
        ("2025-01", 2, 2), ("2025-02", 0, 2), ("2025-03", 1, 3),
    ]  # fmt: skip
    # 240 people in the 730 days from 6 January 2025 to 6 January 2027; 26 days of January have passed by its end.
    assert found["months"][0]["planned"] == pytest.approx(240 * 26 / 730)
    assert (found["first"], found["last"]) == (days[0], days[-1])


def test_adverse_events_are_counted_by_arm_with_their_people():
    people = [person(number, arm="steps" if number < 3 else "usual_care") for number in range(1, 5)]
    events = [
        {"person": "0001", "sort": "event", "on": START, "state": "reported", "serious": "death;important"},
        {"person": "0001", "sort": "event", "on": START, "state": "reported", "relatedness": "possible"},
        {"person": "0003", "sort": "event", "on": START, "state": "reported"},
        {"person": "0004", "sort": "deviation", "kind": "window", "on": START, "state": "reported"},
    ]
    data = dataset("steps", participants=people, incidents=events)
    found = evaluate(STEPS, data, language="en", seed=1).results["safety"]
    tally = {(row["what"], row["group"]): (row["events"], row["people"]) for row in found["adverse"]}
    assert tally["adverse", "steps"] == (2, 1)
    assert tally["adverse", "usual_care"] == (1, 1)
    assert tally["serious", "all"] == (1, 1)
    assert tally["serious.death", "steps"] == (1, 1)
    assert tally["related.possible", "steps"] == (1, 1)
    assert tally["not_judged", "all"] == (2, 2)
    assert {row["what"]: row["events"] for row in found["deviations"] if row["group"] == "all"} == {
        "all": 1, "window": 1,
    }  # fmt: skip


def test_patterns_count_who_answered_which_moments_together():
    people = [person(number, arm="steps" if number < 3 else "usual_care") for number in range(1, 5)]
    given = [(1, "t0"), (1, "t6"), (1, "t12"), (2, "t0"), (3, "t0"), (3, "t12"), (4, "t0")]
    measured = [answered(number, wave, WAVES[wave]) for number, wave in given]
    found = evaluate(STEPS, dataset("steps", participants=people, measurements=measured), language="en", seed=1)
    rows = {(row["t0"], row["t6"], row["t12"]): row for row in found.results["patterns"]}
    assert rows[True, False, False]["people_all"] == 2
    assert rows[True, True, True]["people_steps"] == 1
    assert rows[True, False, True]["people_usual_care"] == 1


def held(number: int, kind: str, day: int, **more) -> dict:
    return {
        "person": f"{number:04d}", "number": 1, "kind": kind, "phase": "start", "state": "held", "day": day,
        "minutes": 60, **more,
    }  # fmt: skip


def test_fidelity_is_every_required_session_and_pace_is_by_quarter():
    people = [person(number, arm="steps") for number in (1, 2)]
    sessions = [
        held(1, "intake", 3), held(1, "work_intake", 20), held(1, "closing", 150), held(2, "intake", 5),
        held(2, "therapy", 95, state="missed"),
    ]  # fmt: skip
    found = evaluate(STEPS, dataset("steps", participants=people, sessions=sessions), language="en", seed=1)
    given = found.results["delivery"]["fidelity"]
    assert (given["complete"]["count"], given["complete"]["n"]) == (1, 2)
    assert [(row["from_day"], row["sessions"]) for row in given["pace"]][:2] == [(0, 3), (91, 1)]


def test_an_arm_without_a_complete_case_is_named_with_its_place():
    frame = hours()
    frame.loc[frame["arm"] == "steps", ["t6", "t12"]] = float("nan")
    report = evaluate(STEPS, trial(frame), language="en", seed=1)
    failed = report.results["analyses"]["primary"]
    assert failed["error"] == "arm steps has no complete case (value, base)"
    assert (failed["place"], failed["variable"]) == ("study.analyses.primary", "work.hours_per_week")
    assert "study.analyses.primary" in {one["place"] for one in report.results["plan"]["deviations"]}


def harmed(count: int):
    people = [person(number, arm="steps" if number % 2 else "usual_care") for number in range(1, 61)]
    events = [
        {"person": f"{number:04d}", "sort": "event", "on": START, "state": "reported"} for number in range(1, count + 1)
    ]
    return evaluate(STEPS, dataset("steps", participants=people, incidents=events), language="en", seed=1).summary


def test_the_summary_tells_no_count_under_ten_nor_one_that_leaves_fewer():
    def said(count):
        return next(text for heading, text in harmed(count).parts if heading == "Did anything go wrong?")

    assert said(3) == ["Something unpleasant was reported by fewer than 10 people."]
    assert said(12) == ["Something unpleasant was reported by 12 people."]
    assert said(55) == ["Something unpleasant was reported by fewer than 10 people."] or "55" not in said(55)[0]


def test_few_people_have_no_summary_and_the_reason_is_told():
    answers = [item(1, "t2", "satisfaction", "helped", 1)]
    report = evaluate(RENTREE, dataset("rentree", participants=[person(1)], answers=answers), language="en", seed=1)
    assert report.summary.parts == []
    assert "fewer than 10 people" in report.summary.refused
