"""Sums of depression and anxiety; and the quantities for costing, worked out by hand."""

import pytest

from opstap.domain.instruments.codes import ScoreError
from opstap.domain.instruments.moods import gad_7, phq_8, phq_9
from opstap.domain.instruments.quantities import CONTACTS, HOSPITAL, care_use, productivity


@pytest.mark.parametrize(
    ("score", "items", "column"), [(phq_8, 8, "phq8_total"), (phq_9, 9, "phq9_total"), (gad_7, 7, "gad7_total")]
)
def test_sums_run_from_nothing_to_three_an_item(score, items, column):
    def all_of(code):
        return {f"i{number}": code for number in range(1, items + 1)}

    assert score(all_of(0)) == {column: 0}
    assert score(all_of(3)) == {column: 3 * items}
    assert score({**all_of(1), "i2": 3}) == {column: items + 2}
    assert score({**all_of(1), "i3": None}) == {column: None}
    with pytest.raises(ScoreError, match="i1"):
        score({**all_of(1), "i1": 4})


NO_CARE = {"care": ["none"], "hospital": ["none"], "home_help": 0, "informal": 0, "travel": 0}


def test_no_care_is_nought_and_not_missing():
    assert set(care_use(NO_CARE).values()) == {0}
    assert set(care_use({}).values()) == {None}


def test_care_is_counted():
    found = care_use(
        {
            "care": ["gp", "physiotherapist"], "care_gp": 3, "care_physiotherapist": 12, "hospital": ["nights"],
            "hospital_nights": 4, "home_help": 1, "home_help_hours": 2.5, "home_help_weeks": 10, "informal": 1,
            "informal_hours": 6, "informal_weeks": 26, "travel": 1, "travel_times": 8, "travel_km": 15,
            "travel_cost": 42.5,
        }
    )  # fmt: skip
    assert {name: value for name, value in found.items() if value} == {
        "care_gp": 3, "care_physiotherapist": 12, "care_nights": 4, "care_home_help_hours": 25,
        "care_informal_hours": 156, "care_km": 240, "care_travel_cost": 42.5,
    }  # fmt: skip
    assert len(found) == len(CONTACTS) + len(HOSPITAL) + 4


def test_a_count_that_is_missing_stays_missing():
    found = care_use({**NO_CARE, "care": "gp;dietician", "care_gp": 2, "travel": 1, "travel_times": 3})
    assert (found["care_gp"], found["care_dietician"], found["care_km"]) == (2, None, None)
    assert care_use({"care_gp": 5})["care_gp"] == 5
    for wrong in ("often", -1, 401):
        with pytest.raises(ScoreError, match="care_gp"):
            care_use({"care": ["gp"], "care_gp": wrong})


WORKS = {
    "paid_work": 1, "week_hours": {"mon": 8, "tue": 8, "thu": 4, "fri": 0}, "absent": 1, "absent_days": 3,
    "hindered": 1, "hindered_days": 6, "efficiency": 7, "unpaid": 1, "unpaid_hours": 2.5,
}  # fmt: skip


def lost(**change):
    found = productivity({**WORKS, **change})
    return [found[f"productivity_{name}_hours"] for name in ("week", "absent", "hindered", "unpaid")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # 20 hours on three days is 6 2/3 hours a day; 3 days away; 6 days at seven tenths; four weeks of 2.5
        ({}, [20, 20, 12, 10]),
        ({"absent": 0, "absent_days": None}, [20, 0, 12, 10]),
        ({"hindered": 0, "hindered_days": None, "efficiency": None}, [20, 20, 0, 10]),
        ({"hindered_days": 0, "efficiency": None}, [20, 20, 0, 10]),
        ({"efficiency": None}, [20, 20, None, 10]),
        ({"efficiency": 10}, [20, 20, 0, 10]),
        ({"week_hours": None}, [None, None, None, 10]),
        ({"week_hours": {"mon": 0}}, [0, 0, 0, 10]),
        ({"paid_work": 0, "week_hours": None}, [0, 0, 0, 10]),
        ({"unpaid": 0}, [20, 20, 12, 0]),
        ({"unpaid": None, "unpaid_hours": None}, [20, 20, 12, None]),
    ],
)
def test_hours_lost(change, expected):
    assert lost(**change) == [None if one is None else pytest.approx(one) for one in expected]


def test_the_days_may_be_columns_of_their_own():
    days = {"week_hours.mon": "8", "week_hours.tue": "8", "week_hours.thu": "4", "week_hours": None}
    assert productivity({**WORKS, **days})["productivity_week_hours"] == 20
    with pytest.raises(ScoreError, match=r"week_hours\.mon"):
        productivity({**WORKS, **days, "week_hours.mon": 25})
