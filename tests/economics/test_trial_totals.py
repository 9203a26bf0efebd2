"""Costs and effects of a person, from the tables of a dataset: each figure worked out by hand from its answers."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from tests.reports.made import START, answered, dataset, item, person, worked

from opstap.domain.protocol import load
from opstap.economics.price_lists import PriceList
from opstap.economics.reading import CostError
from opstap.economics.trial import Reading, Totals, groups, totals
from opstap.reports.values import returns, values
from opstap.stats.dataset import Dataset

STEPS = load("steps")
PLAN = STEPS.study.economics
HALF = 365.25 / 2
DAYS = {"t0": START, "t6": START + timedelta(days=183), "t12": START + timedelta(days=365)}
CARE = ("gp", "gp_nurse", "occupational_physician", "physiotherapist", "occupational_therapist", "dietician",
        "psychologist", "social_worker", "outpatient", "day_treatment", "emergency", "nights", "rehabilitation",
        "home_help_hours", "informal_hours", "km", "travel_cost")  # fmt: skip


def score(number: int, wave: str, name: str, value: float) -> dict:
    return {"person": f"{number:04d}", "wave": wave, "score": name, "value": value}


def sick(number: int, start: int, end: int | None, actual: float = 0.0, contract: float = 28.0, **more) -> dict:
    last = None if end is None else START + timedelta(days=end)
    return {
        "person": f"{number:04d}", "source": "questionnaire", "job": "1", "start": START + timedelta(days=start),
        "end": last, "contract_hours": contract, "actual_hours": actual, "sick_percent": 100.0, "kind": "own", **more,
    }  # fmt: skip


def session(number: int, day: int, kind: str, minutes: float | None, visit: bool = False, state: str = "held") -> dict:
    return {"person": f"{number:04d}", "number": 1, "kind": kind, "phase": "programme", "state": state, "day": day,
            "minutes": minutes, "with_workplace": visit if state == "held" else None}  # fmt: skip


def everything(
    number: int, wave: str, *, used: dict | None = None, utility: float = 0.8, day: date | None = None
) -> dict:
    """What someone hands in at a wave: no use of care and no lost work, but for what is named."""
    counts = {f"care_{one}": 0.0 for one in CARE} | {
        "productivity_hindered_hours": 0.0, "productivity_unpaid_hours": 0.0, "eq5d_index_nl": utility,
    }  # fmt: skip
    on = day or DAYS[wave]
    return {
        "measurements": [answered(number, wave, on)],
        "scores": [score(number, wave, name, value) for name, value in {**counts, **(used or {})}.items()],
        "work": [worked(number, wave, on, 20)],
        "answers": [
            item(number, wave, "care-use", "medicine", 0),
            item(number, wave, "work-care", "care", 0),
            item(number, wave, "background", "age", 50 + number),
            item(number, wave, "background", "sex", ("female", "male")[number % 2]),
        ],
    }


def made(*parts: dict, people=None, **more) -> Dataset:
    tables: dict[str, list] = {"participants": people or [person(1, arm="steps"), person(2, arm="usual_care")]}
    for part in [*parts, more]:
        for name, rows in part.items():
            tables.setdefault(name, []).extend(rows)
    return dataset("steps", **tables)


def whole(number: int, **by_wave) -> list[dict]:
    return [everything(number, wave, **by_wave.get(wave, {})) for wave in DAYS]


def run(data: Dataset, protocol=STEPS, **more) -> Totals:
    plan = more.pop("plan", None) or protocol.study.economics
    covariates = more.pop("covariates", [])
    effects = more.pop("effects", [PLAN.effects[0].model_dump()])
    reading = Reading(lambda outcome, wave: values(protocol, data, outcome, wave=wave).frame,
                      lambda outcome: returns(data, outcome))  # fmt: skip
    return totals(protocol, data, plan=plan.changed({"covariates": covariates, "effects": effects}), reading=reading,
                  **more)  # fmt: skip


def notes(found: Totals) -> set[str]:
    return {one.id for one in found.notes}


def test_nothing_used_costs_nothing() -> None:
    found = run(made(*whole(1), *whole(2)))
    assert (found.frame.filter(like="cost_") == 0).all().all()
    assert found.frame["effect_qaly"].tolist() == pytest.approx([0.8, 0.8])


def test_each_item_counts_in_its_category_at_its_price() -> None:
    used = {"care_gp": 3.0, "care_nights": 2.0, "care_occupational_physician": 2.0, "care_home_help_hours": 10.0,
            "care_informal_hours": 20.0}  # fmt: skip
    found = run(made(*whole(1), *whole(2, t6={"used": used}))).frame.loc["0002"]
    # Six months of recall for six months of time; money of 2022 x 1.073; the occupational physician is an own price.
    assert found["category_health_care_t6"] == pytest.approx((3 * 30.87 + 2 * 644) * 1.073)
    assert found["category_home_help"] == pytest.approx(10 * 32.76 * 1.073)
    assert found["category_informal_care"] == pytest.approx(20 * 18.80 * 1.073)
    assert found["category_employer"] == pytest.approx(2 * 130)
    health = (3 * 30.87 + 2 * 644 + 10 * 32.76) * 1.073
    assert found["cost_health_care"] == pytest.approx(health)
    assert found["cost_employer"] == pytest.approx(260)
    assert found["cost_society"] == pytest.approx(health + 20 * 18.80 * 1.073 + 260)
    assert (found["cost_society_t6"], found["cost_society_t12"]) == (pytest.approx(found["cost_society"]), 0)


def test_four_weeks_of_recall_stand_for_the_whole_interval() -> None:
    used = {"productivity_hindered_hours": 5.0, "productivity_unpaid_hours": 8.0}
    data = made(*whole(1), *whole(2, t0={"used": used}, t12={"used": used}))
    found = run(data)
    row, times = found.frame.loc["0002"], HALF / 28
    assert row["category_presenteeism_t12"] == pytest.approx(5 * times * 39.88 * 1.073)
    assert row["category_unpaid_work_t12"] == pytest.approx(8 * times * 18.80 * 1.073)
    assert row["baseline_cost_employer"] == pytest.approx(row["category_presenteeism_t12"])
    assert row["cost_society_t6"] == 0
    held = {one.values["questionnaire"]: one.values["recall"] for one in found.notes if one.id == "recall_held"}
    assert held == {"care-use": "past 6 months", "work-care": "past 6 months", "productivity": "past 4 weeks"}


def test_medicines_count_in_weeks_over_all_of_them() -> None:
    two = [("medicine", 1), ("medicines.count", 2), ("medicines.1.weeks", 6), ("medicines.2.weeks", 4.0)]
    one_unknown = [("medicine", 1), ("medicines.count", 2), ("medicines.1.weeks", 6)]
    data = made(*whole(1), *whole(2))
    rows = data["answers"]
    for wave, given in (("t6", two), ("t12", one_unknown)):
        rows = rows[~((rows["person"] == "0002") & (rows["wave"] == wave) & (rows["item"] == "medicine"))]
        extra = dataset("steps", answers=[item(2, wave, "care-use", *one) for one in given])["answers"]
        rows = pd.concat([rows, extra], ignore_index=True)
    found = run(replace(data, tables={**data.tables, "answers": rows})).frame.loc["0002"]
    assert found["category_medication_t6"] == pytest.approx(10 * 3)
    assert np.isnan(found["category_medication_t12"])
    assert np.isnan(found["cost_society"])


def test_kilometres_count_by_car_only_and_what_was_paid_is_added() -> None:
    used = {"used": {"care_km": 200.0, "care_travel_cost": 15.0}}
    data = made(*whole(1, t6=used), *whole(2, t6=used), answers=[
        item(1, "t6", "care-use", "travel_by", "bicycle_foot;public"),
        item(2, "t6", "care-use", "travel_by", "car;taxi"),
    ])  # fmt: skip
    assert run(data).frame["category_travel"].tolist() == pytest.approx([15, 200 * 0.26 * 1.073 + 15])


def test_contacts_about_work_are_shared_over_who_was_named() -> None:
    data = made(*whole(1), *whole(2))
    rows = data["answers"]
    rows = rows[~((rows["person"] == "0002") & (rows["questionnaire"] == "work-care"))]
    given = {"t0": [("care", 0)], "t6": [("care", 1), ("care_from", "nurse;reintegration"), ("care_contacts", 6)],
             "t12": [("care", 1), ("care_from", "nurse"), ("care_contacts", 6)]}  # fmt: skip
    extra = [item(2, wave, "work-care", *one) for wave, ones in given.items() for one in ones]
    whole_table = pd.concat([rows, dataset("steps", answers=extra)["answers"]], ignore_index=True)
    found = run(replace(data, tables={**data.tables, "answers": whole_table})).frame.loc["0002"]
    assert (found["category_employer_t6"], found["category_employer_t12"]) == (pytest.approx(3 * 110), 0)


SESSIONS = [
    session(1, 10, "intake", 60),  # a therapist's: 60 / 60 x 85
    session(1, 20, "consultation", 30),  # a coach's: 30 / 60 x 100
    session(1, 40, "workplace_talk", 60, visit=True),  # either's: (85 + 100) / 2 + 75 for the visit
    session(1, 50, "therapy", None, state="missed"),  # not held, not costed
    session(1, 200, "closing", 30),  # either's, after the first six months: (85 + 100) / 4
]


def test_the_programme_is_costed_from_what_was_delivered() -> None:
    found = run(made(*whole(1), *whole(2), sessions=SESSIONS))
    row = found.frame.loc["0001"]
    assert row["category_intervention_t6"] == pytest.approx(85 + 50 + 92.5 + 75)
    assert row["category_intervention_t12"] == pytest.approx(46.25)
    assert found.frame.loc["0002", "category_intervention"] == 0
    # The supervisor's hour in the talk at work.
    assert row["category_employer"] == pytest.approx(39.88 * 1.073)
    assert {"bottom_up", "shared_sessions", "supervisor"} <= notes(found)


def test_sessions_without_minutes_have_the_mean_of_their_kind_and_late_ones_are_said() -> None:
    some = [session(1, 10, "therapy", 40), session(1, 20, "therapy", 60), session(1, 30, "therapy", None),
            session(1, 500, "therapy", 60)]  # fmt: skip
    found = run(made(*whole(1), *whole(2), sessions=some))
    # 40 + 60 + the mean of 40, 60 and 60, all by a therapist.
    assert found.frame.loc["0001", "category_intervention"] == pytest.approx((40 + 60 + 160 / 3) / 60 * 85)
    assert {one.id: one.values.get("count") for one in found.notes if one.id in ("no_minutes", "late_sessions")} == {
        "no_minutes": 1, "late_sessions": 1,
    }  # fmt: skip
    with pytest.raises(CostError, match="No held session has its minutes"):
        run(made(*whole(1), *whole(2), sessions=[session(1, 10, "therapy", None)]))


def test_sessions_are_not_counted_again_as_care_that_was_reported() -> None:
    # Five contacts with an occupational therapist reported at t6; two sessions with one in the six months before.
    sessions = [*SESSIONS[:2], session(1, 100, "therapy", 45)]
    data = made(*whole(1, t6={"used": {"care_occupational_therapist": 5.0}}), *whole(2), sessions=sessions)
    price = 24.32 * 1.073
    assert run(data).frame.loc["0001", "category_health_care"] == pytest.approx(3 * price)
    kept = run(data, plan=PLAN.changed({"overlap": "keep"}))
    assert kept.frame.loc["0001", "category_health_care"] == pytest.approx(5 * price)
    assert "kept" in notes(kept)
    few = made(
        *whole(1, t6={"used": {"care_occupational_therapist": 1.0}}),
        *whole(2),
        sessions=data["sessions"].to_dict("records"),
    )
    assert run(few).frame.loc["0001", "category_health_care"] == 0


def test_absence_is_costed_in_hours_within_the_friction_period() -> None:
    # 28 hours a week. Person 1 has been sick since 100 days before: 20.68 days are left of 120.68. Person 2 falls sick
    # on day 170 for 30 days: 12.625 of them before the middle of the year, 17.375 after it.
    data = made(*whole(1), *whole(2), spells=[sick(1, -100, None), sick(2, 170, 199)])
    frame, hour = run(data).frame, 39.88 * 1.073
    assert frame.loc["0001", "category_absenteeism_t6"] == pytest.approx(20.68 * 4 * hour)
    assert frame.loc["0001", "category_absenteeism_t0"] == pytest.approx(100 * 4 * hour)
    assert frame.loc["0002", "category_absenteeism_t6"] == pytest.approx(12.625 * 4 * hour)
    assert frame.loc["0002", "category_absenteeism_t12"] == pytest.approx(17.375 * 4 * hour)
    capital = run(data, plan=PLAN.changed({"productivity": {"method": "human_capital", "elasticity": 0.8}}))
    assert capital.frame.loc["0001", "category_absenteeism"] == pytest.approx(365.25 * 4 * hour * 0.8)
    assert "human_capital" in notes(capital)
    own = run(data, plan=PLAN.changed({"productivity": {"friction_days": 110}}))
    assert own.frame.loc["0001", "category_absenteeism"] == pytest.approx(10 * 4 * hour)


def test_what_others_wrote_down_about_hours_is_not_used() -> None:
    data = made(*whole(1), *whole(2), spells=[sick(1, 0, None, source="coach")])
    assert run(data).frame.loc["0001", "category_absenteeism"] == 0


def test_a_wave_that_was_not_answered_is_missing_and_a_later_report_tells_of_work() -> None:
    skipped = [everything(2, "t0"), everything(2, "t12")]
    row = run(made(*whole(1), *skipped, spells=[sick(2, 0, 6)])).frame.loc["0002"]
    assert np.isnan(row["category_health_care_t6"])
    assert row["category_absenteeism_t6"] == pytest.approx(28 * 39.88 * 1.073)
    assert np.isnan(row["cost_society"])
    assert np.isnan(row["effect_qaly"])
    gone = run(made(*whole(1), everything(2, "t0"), everything(2, "t6"))).frame.loc["0002"]
    assert np.isnan(gone["category_absenteeism_t12"])
    assert gone["cost_society_t6"] == 0


def test_the_dead_cost_nothing_more_and_gain_nothing_more() -> None:
    death = [{"person": "0002", "kind": "death", "on": START + timedelta(days=91)}]
    found = run(made(*whole(1), everything(2, "t0"), life_events=death, spells=[sick(2, 0, None)]))
    row = found.frame.loc["0002"]
    assert np.isnan(row["category_health_care_t6"])  # nobody was asked about those three months
    assert (row["category_health_care_t12"], row["category_absenteeism_t12"]) == (0, 0)
    assert (row["utility_qaly_t6"], row["utility_qaly_t12"]) == (0, 0)
    assert row["effect_qaly"] == pytest.approx(0.8 / 2 * 91 / 365.25)
    assert [one.values["count"] for one in found.notes if one.id == "death"] == [1]


def test_time_may_run_by_the_days_of_answering() -> None:
    late = {"t6": {"day": START + timedelta(days=220), "used": {"care_gp": 6.0}, "utility": 0.6},
            "t12": {"day": START + timedelta(days=400), "utility": 1.0}}  # fmt: skip
    data = made(*whole(1), *whole(2, **late))
    row = run(data, plan=PLAN.changed({"timing": "actual"})).frame.loc["0002"]
    assert row["category_health_care_t6"] == pytest.approx(6 * 30.87 * 1.073 * 220 / HALF)
    at_the_end = 0.6 + 0.4 * (365.25 - 220) / (400 - 220)
    area = (0.8 + 0.6) / 2 * 220 + (0.6 + at_the_end) / 2 * (365.25 - 220)
    assert row["effect_qaly"] == pytest.approx(area / 365.25)
    assert run(data).frame.loc["0002", "effect_qaly"] == pytest.approx((0.8 + 0.6) / 4 + (0.6 + 1.0) / 4)


def test_a_site_may_have_prices_of_its_own() -> None:
    ours = PriceList.model_validate({
        "id": "ours", "country": "nl", "currency": "EUR", "year": 2024, "source": "own books", "certainty": "S",
        "prices": [{"item": "gp", "unit": "contact", "price": 50, "site": "utrecht"}],
    })  # fmt: skip
    used = {"t6": {"used": {"care_gp": 2.0}}}
    people = [person(1, arm="steps"), person(2, arm="usual_care", site="utrecht")]
    found = run(made(*whole(1, **used), *whole(2, **used), people=people), own=[ours])
    assert found.frame["category_health_care"].tolist() == pytest.approx([2 * 30.87 * 1.073, 100])
    assert [(one.site, one.place) for one in found.prices if one.item == "gp"] == [
        (None, "nl-2024"),
        ("utrecht", "ours"),
    ]


def test_one_way_analyses_move_a_price_over_all_others() -> None:
    data = made(*whole(1), *whole(2), sessions=SESSIONS[:1])
    one = next(one for one in PLAN.one_way if one.about == "prices.programme_therapist")
    ours = PriceList.model_validate({
        "id": "ours", "country": "nl", "currency": "EUR", "year": 2024, "source": "own books", "certainty": "S",
        "prices": [{"item": "programme_therapist", "unit": "hour", "price": 99}],
    })  # fmt: skip
    plan, over = PLAN.varied(one, one.high)
    assert run(data, plan=plan, own=[ours], over=over).frame.loc["0001", "category_intervention"] == 130
    assert run(data, own=[ours]).frame.loc["0001", "category_intervention"] == 99


def test_other_effects_are_read_by_their_estimands() -> None:
    effects = [one.model_dump() for one in PLAN.effects[1:]]
    back = {"person": "0001", "source": "questionnaire", "last_wave": "t12",
            "observed_until": DAYS["t12"] + timedelta(days=1),
            "first_sick_day": START - timedelta(days=60), "return_kind": "partial", "days_to_return": 100}  # fmt: skip
    never = {**back, "person": "0002", "return_kind": "none", "days_to_return": None}
    ended = {"person": "0002", "kind": "contract_end", "on": START + timedelta(days=300)}
    data = made(*whole(1), *whole(2), returns=[back, never], life_events=[ended])
    frame = run(data, effects=effects).frame
    assert frame["effect_working_hours"].tolist() == [20, 0]  # after the end of a contract: no work
    assert frame["baseline_working_hours"].tolist() == [20, 20]
    assert frame["effect_days_without_work"].tolist() == pytest.approx([40, 365.25])
    early = {**never, "observed_until": START + timedelta(days=200)}
    absent = {**back, "return_kind": "not_absent", "days_to_return": None, "first_sick_day": None}
    frame = run(made(*whole(1), *whole(2), returns=[absent, early]), effects=effects).frame
    assert frame["effect_days_without_work"].tolist() == pytest.approx([0, np.nan], nan_ok=True)
    nobody = run(made(*whole(1), *whole(2)), effects=effects).frame
    assert nobody["effect_days_without_work"].isna().all()
    with pytest.raises(CostError, match=r"effects\.working_hours: working_hours is read by its estimand"):
        totals(STEPS, data)


def test_what_is_filled_in_by_wave_adds_up_as_what_was_known() -> None:
    used = {"t6": {"used": {"care_gp": 2.0}, "utility": 0.6}, "t12": {"used": {"care_gp": 1.0}, "utility": 0.7}}
    found = run(made(*whole(1), *whole(2, **used)), covariates=["item.background.age", "item.background.sex", "site"])
    assert found.covariates == ["age", "sex_male"]
    asked = found.to_impute("society", "qaly")
    assert list(asked) == ["arm", "age", "sex_male", "cost_society_t6", "cost_society_t12", "utility_qaly_t6",
                           "utility_qaly_t12"]  # fmt: skip
    plain, again = found.analysis("society", "qaly"), found.analysis("society", "qaly", asked)
    assert again.equals(plain)
    assert list(plain) == ["arm", "cost", "effect", "baseline_cost", "baseline_effect", "age", "sex_male"]
    more = asked.assign(
        cost_society_t12=asked["cost_society_t12"] + 10, utility_qaly_t12=asked["utility_qaly_t12"] + 0.1
    )
    moved = found.analysis("society", "qaly", more)
    assert (moved["cost"] - plain["cost"]).tolist() == pytest.approx([10, 10])
    assert (moved["effect"] - plain["effect"]).tolist() == pytest.approx([0.025, 0.025])  # 0.1 over half of half a year
    total = found.to_impute("society", "qaly", "total")
    assert list(total) == ["arm", "age", "sex_male", "cost_society", "effect_qaly"]
    filled = found.analysis("society", "qaly", total.assign(cost_society=7.0, effect_qaly=0.5))
    assert (filled["cost"].tolist(), filled["effect"].tolist()) == ([7, 7], [0.5, 0.5])
    assert found.effect("qaly").wtp == [20000, 50000, 80000]


def test_an_effect_at_a_wave_is_filled_in_as_it_is() -> None:
    effects = [PLAN.effects[1].model_dump()]
    data = made(*whole(1), *whole(2))
    rows = data["work"].assign(hours_per_week=[0, 10, 20, 5, 15, 25])
    found = run(replace(data, tables={**data.tables, "work": rows}), effects=effects)
    asked = found.to_impute("society", "working_hours")
    assert list(asked) == ["arm", "baseline_working_hours", "effect_working_hours"]
    moved = found.analysis("society", "working_hours", asked.assign(effect_working_hours=30.0))
    assert (moved["effect"].tolist(), moved["baseline_effect"].tolist()) == ([30, 30], [0, 5])


def test_groups_are_those_of_the_plan() -> None:
    people = [person(number, arm="steps", site=("utrecht", "groningen")[number % 2]) for number in (1, 2, 3)]
    data = made(*whole(1), *whole(2), people=people)
    changed = PLAN.model_copy(update={"subgroups": [
        type(PLAN.subgroups[0])(id="age", variable="item.background.age", split=52),
        type(PLAN.subgroups[0])(id="sex", variable="item.background.sex"),
        type(PLAN.subgroups[0])(id="site", variable="site"),
        type(PLAN.subgroups[0])(id="health", variable="score.eq5d_index_nl", split=0.5),
    ]})  # fmt: skip
    found = {one: groups(STEPS, data, one, plan=changed).tolist() for one in ("age", "sex", "site", "health")}
    assert found == {"age": ["below", "from", None], "sex": ["male", "female", None],
                     "site": ["groningen", "utrecht", "groningen"], "health": ["from", "from", None]}  # fmt: skip
    with pytest.raises(KeyError):
        groups(STEPS, data, "hair")


def test_a_blinded_dataset_says_that_the_programme_is_withheld() -> None:
    found = run(replace(made(*whole(1), *whole(2)), permuted=True))
    assert "withheld" in notes(found)
    assert (found.frame["category_intervention"] == 0).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"prices": "be", "own_prices": []},
            r"The perspective society needs prices that be does not have: gp .per contact",
        ),
        ({"prices": "nl-1900"}, "no price list nl-1900; name one of be, nl-2024"),
        ({"price_year": 2025}, r"nl-2024, gp: No price index of nl from 2022 to 2025"),
        ({"discounting": "nl-1900"}, "no set of rates nl-1900"),
        ({"productivity": {"friction_year": 1995}}, "No friction period of nl for 1995"),
        ({"covariates": ["item.background.education"]}, "item.background.education has no value at t0"),
        ({"perspectives": ["society"], "own_prices": []}, r"nl-2024 does not have: psychologist"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_in_one_message(changes: dict, says: str) -> None:
    more = {"covariates": changes.pop("covariates", [])}
    with pytest.raises(CostError, match=says):
        run(made(*whole(1), *whole(2)), plan=PLAN.changed(changes), **more)


def test_bad_values_are_named_with_person_and_wave() -> None:
    with pytest.raises(CostError, match=r"eq5d_index_nl, person 0002, wave t6: 1\.3 is above 1"):
        run(made(*whole(1), *whole(2, t6={"utility": 1.3})))
    with pytest.raises(CostError, match=r"health_care, person 0002, wave t12: a cost below 0"):
        run(made(*whole(1), *whole(2, t12={"used": {"care_gp": -1.0}})))


def changed(part: str, value, protocol=STEPS):
    study = protocol.study.model_copy(update={part: value})
    return protocol.model_copy(update={"study": study})


def not_asking(*names: str, at: str):
    """STEPS without some questionnaires at some waves."""
    waves = []
    for wave in STEPS.study.waves:
        left = [one for one in wave.asks["participant"] if one not in names or wave.id not in at.split()]
        waves.append(wave.model_copy(update={"asks": {"participant": left}}))
    return changed("waves", waves)


def test_a_protocol_without_a_plan_or_a_later_wave_is_refused() -> None:
    data = made(*whole(1), *whole(2))
    with pytest.raises(CostError, match="the protocol has no economic plan; add study.economics"):
        totals(changed("economics", None), data)
    with pytest.raises(CostError, match="costs need a wave after the first"):
        run(data, changed("waves", STEPS.study.waves[:1]))


def test_a_questionnaire_that_stops_early_is_refused() -> None:
    with pytest.raises(CostError, match="care-use is last asked at t6, and costs count up to t12"):
        run(made(*whole(1), *whole(2)), not_asking("care-use", at="t12"))


def test_what_was_not_asked_at_the_start_leaves_the_start_unknown() -> None:
    found = run(made(*whole(1), *whole(2)), not_asking("care-use", at="t0"))
    assert found.frame["baseline_cost_society"].isna().all()
    assert "baseline_cost" not in found.analysis("society", "qaly")
    assert found.frame["cost_society"].tolist() == [0, 0]


def test_without_questions_on_care_the_rest_is_counted_and_said() -> None:
    silent = not_asking("care-use", "productivity", "work-care", at="t0 t6 t12")
    found = run(made(*whole(1), *whole(2), spells=[sick(2, 0, 6)]), silent)
    assert found.categories == ["intervention", "employer", "absenteeism"]
    assert found.frame["cost_society"].tolist() == pytest.approx([0, 28 * 39.88 * 1.073])
    absent = {one for note in found.notes if note.id == "not_measured" for one in note.values["categories"]}
    assert {"health_care", "travel", "unpaid_work"} <= absent


def test_a_questionnaire_must_say_how_far_it_looks_back() -> None:
    own = STEPS.questionnaires["care-use"].model_copy(update={"recall": "lately"})
    protocol = STEPS.model_copy(update={"questionnaires": {**STEPS.questionnaires, "care-use": own}})
    with pytest.raises(CostError, match=r"care-use: recall 'lately' has no length"):
        run(made(*whole(1), *whole(2)), protocol)


RENTREE = load("rentree")


def test_rentree_is_refused_until_an_institution_fills_in_its_prices() -> None:
    data = dataset("rentree", participants=[person(1)], sessions=[session(1, 12, "coaching", 90, visit=True)])
    with pytest.raises(
        CostError, match=r"programme needs prices that be does not have: programme_coach .per hour., workpl"
    ):
        totals(RENTREE, data)
    ours = PriceList.model_validate({
        "id": "ours", "country": "be", "currency": "EUR", "year": 2024, "source": "own books", "certainty": "S",
        "prices": [{"item": "programme_coach", "unit": "hour", "price": 80},
                   {"item": "workplace_visit", "unit": "visit", "price": 40}],
    })  # fmt: skip
    found = totals(RENTREE, data, own=[ours])
    assert found.frame["cost_programme"].tolist() == pytest.approx([1.5 * 80 + 40])
    assert found.effects == []


def test_costs_and_effects_of_a_second_year_count_less() -> None:
    waves = [wave.model_copy(update={"months": 24}) if wave.id == "t12" else wave for wave in STEPS.study.waves]
    used = {"t12": {"used": {"care_gp": 6.0}, "utility": 0.8}}
    found = run(made(*whole(1), *whole(2, **used)), changed("waves", waves))
    # Eighteen months of visits at six a half-year; a third of the time in the first year, the rest at 1 / 1.03.
    paid = 18 * 30.87 * 1.073
    assert found.frame.loc["0002", "category_health_care_t12"] == pytest.approx(paid)
    assert found.frame.loc["0002", "cost_health_care"] == pytest.approx(paid * (1 / 3 + 2 / 3 / 1.03))
    assert found.frame["effect_qaly"].tolist() == pytest.approx([0.8 + 0.8 / 1.015] * 2)
    [said] = [one for one in found.notes if one.id == "discounting"]
    assert (said.certainty, "3%" in said.text("en"), "1.5%" in said.text("nl")) == ("C", True, True)


def test_hours_at_the_start_can_be_a_covariate() -> None:
    found = run(made(*whole(1), *whole(2)), covariates=["work.hours_per_week"])
    assert (found.covariates, found.frame["hours_per_week"].tolist()) == (["hours_per_week"], [20, 20])


def test_a_perspective_counts_its_own_categories_only() -> None:
    used = {"t6": {"used": {"care_gp": 2.0, "care_informal_hours": 30.0}}}
    data = made(*whole(1, **used), *whole(2, **used), sessions=SESSIONS[:1], spells=[sick(1, 0, None)])
    for name, categories, cost in (
        ("programme", ["intervention"], 85),
        ("insurer", ["health_care", "medication", "intervention"], 85 + 2 * 30.87 * 1.073),
        ("employer", ["employer"], 0),
    ):
        found = run(data, plan=PLAN.changed({"perspectives": [name], "productivity": None}))
        assert found.categories == categories
        assert found.frame.loc["0001", f"cost_{name}"] == pytest.approx(cost)


def test_values_of_the_sf_6d_make_a_qaly_too() -> None:
    outcomes = [one.model_copy(update={"variable": "score.sf6d_uk"}) if one.id == "health_value" else one
                for one in STEPS.study.outcomes]  # fmt: skip
    # Profiles 232222 and 121111 of the SF-6D are worth 0.660 and 0.937.
    worth = {"t0": {"used": {"sf6d_uk": 0.66}}, "t6": {"used": {"sf6d_uk": 0.937}}, "t12": {"used": {"sf6d_uk": 0.937}}}
    found = run(made(*whole(1), *whole(2, **worth)), changed("outcomes", outcomes)).frame
    assert found.loc["0002", "effect_qaly"] == pytest.approx((0.66 + 0.937) / 4 + 0.937 / 2)
    assert np.isnan(found.loc["0001", "effect_qaly"])
