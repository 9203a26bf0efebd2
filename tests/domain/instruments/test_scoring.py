"""Scores against figures that were published or worked out by hand."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.instruments.model import Questionnaire
from opstap.domain.instruments.scoring import (
    RRTW_ITEMS,
    SCORES,
    STAGES,
    ScoreError,
    columns,
    qlq_c30,
    read_rrtw_key,
    rrtw,
    sf12_v1,
    sf12_v2,
    work_ability,
)

# The healthiest and the least healthy answer to each SF-12 item, from the coding of version 1.
BEST = {"i1": 1, "i2": 3, "i3": 3, "i4": 2, "i5": 2, "i6": 2, "i7": 2, "i8": 1, "i9": 1, "i10": 1, "i11": 6, "i12": 5}
WORST = {"i1": 5, "i2": 1, "i3": 1, "i4": 1, "i5": 1, "i6": 1, "i7": 1, "i8": 5, "i9": 6, "i10": 6, "i11": 1, "i12": 1}


# Published test values of an independent library; see the weights of Ware, Keller, Kosinski 1995.
@pytest.mark.parametrize(("answers", "physical", "mental"), [(BEST, 56.57706, 60.75781), (WORST, 23.99938, 19.06444)])
def test_sf12_at_its_published_ends(answers, physical, mental):
    scores = sf12_v1(answers)
    assert (scores["sf12_pcs"], scores["sf12_mcs"]) == (pytest.approx(physical), pytest.approx(mental))


# By hand from the published table, on the constants 56.57706 and 60.75781.
@pytest.mark.parametrize(
    ("change", "physical", "mental"),
    [
        ({"i10": 5}, -2.02168, -4.88962),  # a little energy: the weight that one copy prints transposed
        ({"i1": 3, "i8": 3}, -3.02396 - 6.50522, 0.03482 + 1.49384),
        ({"i2": 2, "i3": 2}, -3.45555 - 2.73557, 1.86840 + 1.43103),
        ({"i4": 1}, -4.61617, 1.44060),
        ({"i5": 1}, -5.51747, 1.66968),
        ({"i6": 1}, 3.04365, -6.82672),
        ({"i7": 1}, 2.32091, -5.69921),
        ({"i9": 4, "i11": 3}, 2.37241 + 2.34247, -6.31121 - 8.09914),
        ({"i12": 2}, -0.94342, -8.26066),
        ({"i12": 4}, 0.11038, -3.13896),
    ],
)
def test_sf12_by_hand(change, physical, mental):
    scores = sf12_v1({**BEST, **change})
    assert scores["sf12_pcs"] == pytest.approx(56.57706 + physical)
    assert scores["sf12_mcs"] == pytest.approx(60.75781 + mental)


@pytest.mark.parametrize("item", BEST)
@pytest.mark.parametrize("nothing", [None, "", float("nan")])
def test_sf12_needs_all_twelve(item, nothing):
    scores = sf12_v1({**BEST, item: nothing})
    assert scores["sf12_pcs"] is scores["sf12_mcs"] is None


@pytest.mark.parametrize(
    ("item", "code"), [("i4", 3), ("i9", 7), ("i1", 0), ("i2", 1.5), ("i12", "often"), ("i3", [1])]
)
def test_a_code_that_the_item_does_not_have_is_refused(item, code):
    with pytest.raises(ScoreError, match=f"{item}: .*whole number from 1") as caught:
        sf12_v1({**BEST, item: code})
    assert caught.value.item == item


def test_codes_read_from_a_file_may_be_text_or_float():
    assert sf12_v1({item: str(code) for item, code in BEST.items()}) == sf12_v1(BEST)
    assert sf12_v1({item: float(code) for item, code in BEST.items()}) == sf12_v1(BEST)


# By hand: every domain of version 2 at 100, in standard deviations of the US norm of 1998.
V2_BEST = {**BEST, "i4": 5, "i5": 5, "i6": 5, "i7": 5, "i11": 5}
V2_BEST_Z = {
    "pf": (100 - 81.18122) / 29.10558, "rp": (100 - 80.52856) / 27.13526, "bp": (100 - 81.74015) / 24.53019,
    "gh": (100 - 72.19795) / 23.19041, "vt": (100 - 55.59090) / 24.84380, "sf": (100 - 83.73973) / 24.75775,
    "re": (100 - 86.41051) / 22.35543, "mh": (100 - 70.18217) / 20.50597,
}  # fmt: skip
V2_PHYSICAL = {
    "pf": 0.42402, "rp": 0.35119, "bp": 0.31754, "gh": 0.24954, "vt": 0.02877, "sf": -0.00753, "re": -0.19206,
    "mh": -0.22069,
}  # fmt: skip
V2_MENTAL = {
    "pf": -0.22999, "rp": -0.12329, "bp": -0.09731, "gh": -0.01571, "vt": 0.23534, "sf": 0.26876, "re": 0.43407,
    "mh": 0.48581,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "domain", "percent"),
    [
        ({}, "pf", 100),
        ({"i1": 2}, "gh", 85),  # very good counts 4.4
        ({"i1": 3}, "gh", 60),
        ({"i1": 4}, "gh", 25),
        ({"i2": 1}, "pf", 50),
        ({"i4": 1, "i5": 4}, "rp", 37.5),
        ({"i6": 3}, "re", 75),
        ({"i8": 5}, "bp", 0),
        ({"i9": 4}, "mh", 62.5),  # calm runs the other way
        ({"i11": 1}, "mh", 50),
        ({"i10": 2}, "vt", 75),
        ({"i12": 2}, "sf", 25),
    ],
)
def test_sf12_version_2_by_hand(change, domain, percent):
    spread = {"pf": 29.10558, "rp": 27.13526, "bp": 24.53019, "gh": 23.19041, "vt": 24.84380, "sf": 24.75775,
              "re": 22.35543, "mh": 20.50597}[domain]  # fmt: skip
    z = {**V2_BEST_Z, domain: V2_BEST_Z[domain] - (100 - percent) / spread}
    scores = sf12_v2({**V2_BEST, **change})
    assert scores["sf12v2_pcs"] == pytest.approx(50 + 10 * sum(V2_PHYSICAL[one] * z[one] for one in z))
    assert scores["sf12v2_mcs"] == pytest.approx(50 + 10 * sum(V2_MENTAL[one] * z[one] for one in z))


def test_sf12_version_2_needs_all_twelve_and_refuses_answers_of_version_1():
    scores = sf12_v2({**V2_BEST, "i9": None})
    assert scores["sf12v2_pcs"] is scores["sf12v2_mcs"] is None
    with pytest.raises(ScoreError, match="i11"):
        sf12_v2({**V2_BEST, "i11": 6})


FUNCTIONS = ["pf", "rf", "ef", "cf", "sf"]
SYMPTOMS = ["fa", "nv", "pa", "dy", "sl", "ap", "co", "di", "fi"]
ALL_ONE = {f"q{number}": 1 for number in range(1, 31)}


def test_qlq_without_any_trouble():
    scores = qlq_c30(ALL_ONE)
    assert {scores[f"qlq_c30_{name}"] for name in FUNCTIONS} == {100}
    assert {scores[f"qlq_c30_{name}"] for name in SYMPTOMS} == {0}
    assert scores["qlq_c30_ql"] == 0  # 1 is "very poor" there
    assert scores["qlq_c30_summary"] == 100


def test_qlq_with_the_most_trouble():
    scores = qlq_c30({f"q{number}": 7 if number > 28 else 4 for number in range(1, 31)})
    assert {scores[f"qlq_c30_{name}"] for name in FUNCTIONS} == {0}
    assert {scores[f"qlq_c30_{name}"] for name in [*SYMPTOMS, "ql"]} == {100}
    assert scores["qlq_c30_summary"] == 0


# By hand from the manual: (1 - (RS - 1) / range) x 100 for functions, ((RS - 1) / range) x 100 for the others.
@pytest.mark.parametrize(
    ("scale", "answers", "expected"),
    [
        ("pf", {"q1": 2, "q2": 3, "q3": 1, "q4": 2, "q5": 1}, 100 * (1 - 0.8 / 3)),  # RS 1.8
        ("pf", {"q1": 4, "q2": 4, "q3": 4}, 0),  # three of five answered
        ("pf", {"q1": 4, "q2": 4}, None),  # two of five
        ("rf", {"q6": 3}, 100 / 3),  # one of two
        ("ef", {"q21": 1, "q22": 2, "q23": 3, "q24": 4}, 50),
        ("cf", {"q20": 2, "q25": 1}, 100 * (1 - 0.5 / 3)),
        ("sf", {"q26": 4, "q27": 1}, 50),
        ("fa", {"q10": 2, "q12": 3, "q18": 4}, 200 / 3),
        ("fa", {"q10": 2}, None),  # one of three
        ("nv", {"q14": 2, "q15": 1}, 50 / 3),
        ("pa", {"q9": 4, "q19": 3}, 250 / 3),
        ("dy", {"q8": 2}, 100 / 3),
        ("sl", {"q11": 3}, 200 / 3),
        ("ap", {"q13": 4}, 100),
        ("co", {"q16": 2}, 100 / 3),
        ("di", {"q17": 3}, 200 / 3),
        ("fi", {"q28": 2}, 100 / 3),
        ("ql", {"q29": 4, "q30": 5}, 100 * 3.5 / 6),
        ("ql", {"q29": 7}, 100),
        ("ql", {}, None),
    ],
)
def test_qlq_by_hand(scale, answers, expected):
    assert qlq_c30(answers)[f"qlq_c30_{scale}"] == (None if expected is None else pytest.approx(expected))


def test_qlq_summary_leaves_out_money_and_global_health_and_nothing_else():
    without = {item: code for item, code in ALL_ONE.items() if item not in ("q28", "q29", "q30")}
    assert qlq_c30(without)["qlq_c30_summary"] == 100
    assert qlq_c30({**ALL_ONE, "q8": None})["qlq_c30_summary"] is None
    # Dyspnoea at 100 costs 100 / 13.
    assert qlq_c30({**ALL_ONE, "q8": 4})["qlq_c30_summary"] == pytest.approx(100 - 100 / 13)


#: An invented key: the real one is not public. Stages of three and of four items, so that lengths differ.
KEY = read_rrtw_key(
    {
        stage: [f"i{number}" for number in numbers]
        for stage, numbers in zip(
            STAGES, [(1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12, 13), (14, 15, 16, 17), (18, 19, 20, 21)], strict=True
        )
    }
)


def readiness(working: int, **stage_codes: int):
    answers = {"working": working, **dict.fromkeys(RRTW_ITEMS, 1)}
    for stage, code in stage_codes.items():
        answers.update(dict.fromkeys(KEY[stage], code))
    return answers


@pytest.mark.parametrize(
    ("answers", "stage", "tie"),
    [
        (readiness(0, contemplation=4), 2, 0),
        (readiness(0, contemplation=4, prepared_behavioural=4), 2, 1),  # a tie goes to the lowest stage
        (readiness(0, contemplation=4, proactive_maintenance=5), 2, 0),  # not working: never 5 or 6
        (readiness(1, contemplation=5, proactive_maintenance=2), 6, 0),  # working: never 1 to 4
        (readiness(1, uncertain_maintenance=3, proactive_maintenance=3), 5, 1),
        (readiness(0), 1, 1),
    ],
)
def test_rrtw_stage(answers, stage, tie):
    scores = rrtw(answers, KEY)
    assert (scores["rrtw_stage"], scores["rrtw_tie"]) == (stage, tie)


def test_rrtw_gives_the_six_means():
    scores = rrtw({**readiness(0), "i10": 5, "i11": 4}, KEY)
    assert scores["rrtw_prepared_behavioural"] == pytest.approx(11 / 4)
    assert [scores[f"rrtw_{stage}"] for stage in STAGES[:3]] == [1, 1, 1]


def test_rrtw_needs_every_item_of_the_stages_that_count():
    missing = {**readiness(0, contemplation=4), "i1": None}
    scores = rrtw(missing, KEY)
    assert scores["rrtw_precontemplation"] is None
    assert scores["rrtw_contemplation"] == 4
    assert scores["rrtw_stage"] is scores["rrtw_tie"] is None
    # An item of a stage that does not count leaves the stage be.
    assert rrtw({**readiness(0, contemplation=4), "i21": None}, KEY)["rrtw_stage"] == 2


def test_rrtw_without_key_or_work_status_tells_no_stage():
    assert set(rrtw(readiness(0)).values()) == {None}
    assert rrtw({**readiness(0), "working": None}, KEY)["rrtw_stage"] is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["i1"], "mapping of the stages"),
        ({"relapse": ["i1"]}, "relapse is no stage"),
        ({"precontemplation": []}, "precontemplation needs a list"),
        ({"precontemplation": "i1"}, "precontemplation needs a list"),
        ({"precontemplation": ["i22"]}, "i22 is no item"),
        ({"precontemplation": ["i1", "i4"]}, "i4 stands twice"),
    ],
)
def test_a_faulty_key_is_refused(change, message):
    good = {stage: list(items) for stage, items in KEY.items()}
    with pytest.raises(ScoreError, match=message):
        read_rrtw_key({**good, **change} if isinstance(change, dict) else change)


@pytest.mark.parametrize(("was", "expected"), [(0, 0), (10, 10), (None, None)])
def test_work_ability_is_the_answer_itself(was, expected):
    assert work_ability({"was": was}) == {"work_ability": expected}


def test_work_ability_beyond_ten_is_refused():
    with pytest.raises(ScoreError, match="from 0 to 10"):
        work_ability({"was": 11})


def test_every_rule_gives_the_same_columns_with_and_without_answers():
    sums = {f"i{number}": 1 for number in range(1, 10)}
    full = {
        "sf12_v1": BEST, "sf12_v2": dict.fromkeys(BEST, 1), "qlq_c30": ALL_ONE, "rrtw": readiness(0),
        "work_ability": {"was": 5}, "eq5d_5l": dict.fromkeys(("mo", "sc", "ua", "pd", "ad"), 2), "phq_8": sums,
        "phq_9": sums, "gad_7": sums, "care_use": {"care": ["gp"], "care_gp": 2}, "productivity": {"paid_work": 0},
    }  # fmt: skip
    for rule, score in SCORES.items():
        assert tuple(score(full[rule])) == columns(rule)
    assert len(columns("qlq_c30")) == 16


def test_a_questionnaire_names_a_rule_that_exists():
    allowed = get_args(get_args(Questionnaire.model_fields["score"].annotation)[0])
    assert set(allowed) == set(SCORES)


@given(st.fixed_dictionaries({f"q{number}": st.one_of(st.none(), st.integers(1, 4)) for number in range(1, 31)}))
def test_qlq_stays_between_0_and_100(answers):
    assert all(value is None or 0 <= value <= 100 for value in qlq_c30(answers).values())


@given(st.fixed_dictionaries({item: st.integers(1, max(BEST[item], WORST[item])) for item in BEST}))
def test_sf12_physical_and_mental_are_never_both_at_their_best_unless_all_answers_are(answers):
    scores = sf12_v1(answers)
    if answers != BEST:
        assert scores["sf12_pcs"] < 56.57706 or scores["sf12_mcs"] < 60.75781
