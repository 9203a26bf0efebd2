"""Each published version of the criteria as an example table: bounds exactly on, and one day or one unit off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opstap.domain.months import add_months, completed_years
from opstap.domain.protocol import load
from opstap.domain.protocol.eligibility import AnswerProblem, Criterion, Judgement, judge, read_answers

ON = date(2026, 6, 1)
#: Someone whom every version of the STEPS criteria takes on 1 June 2026.
FITS = {
    "date_of_birth": "1980-05-05",
    "diagnosis_date": "2025-12-01",
    "histologically_confirmed": True,
    "curative_intent": True,
    "life_expectancy_over_1_year": True,
    "treatments": ["surgery", "chemotherapy"],
    "contract_end": "permanent",
    "paid_work_before_diagnosis_months": 60,
    "contract_hours_per_week": 32,
    "work_status": "sick_leave",
}
LISTED = {
    "poster": ["age", "curative", "time_since_diagnosis", "life_expectancy", "contract", "work_history", "work_status"],
    "registry": [
        "age", "cancer", "time_since_diagnosis", "treatment", "life_expectancy", "contract", "work_history",
        "contract_hours", "work_status",
    ],
    "public": ["age", "cancer", "treatment", "contract", "work_history"],
}  # fmt: skip


def steps(version: str | None, on: date = ON, programme: str = "steps", **changes) -> Judgement:
    eligibility = load(programme).study.eligibility
    criteria = eligibility.version(version)
    raw = {**(FITS if programme == "steps" else {}), **changes}
    return judge(criteria.id, criteria.criteria, read_answers(raw, eligibility.inputs, eligibility.choices), on)


def met(judgement: Judgement, criterion: str) -> bool | None:
    return {one.id: one.met for one in judgement.criteria}[criterion]


@pytest.mark.parametrize("version", LISTED)
def test_each_version_lists_its_own_criteria_and_takes_someone_who_fits(version):
    judgement = steps(version)
    assert [one.id for one in judgement.criteria] == LISTED[version]
    assert judgement.eligible is True
    assert judgement.version == version


def test_the_registry_is_the_default_and_an_unknown_version_names_the_known_ones():
    assert steps(None).version == "registry"
    with pytest.raises(KeyError, match="poster, registry, public"):
        steps("folklore")


# Diagnosis on 1 December 2025: born on 1 December 2007 is 18 that day; the last day of being 64 is the day before
# the 65th birthday.
@pytest.mark.parametrize(
    ("version", "born", "expected"),
    [
        *[(version, "2007-12-01", True) for version in LISTED],
        *[(version, "2007-12-02", False) for version in LISTED],
        ("registry", "1960-12-02", True),
        ("registry", "1960-12-01", False),
        ("poster", "1961-12-02", True),
        ("poster", "1961-12-01", False),
        ("public", "1961-12-02", True),
        ("public", "1961-12-01", False),
    ],
)
def test_age_in_completed_years_at_diagnosis(version, born, expected):
    assert met(steps(version, date_of_birth=born), "age") is expected


@pytest.mark.parametrize("version", ["poster", "registry"])
@pytest.mark.parametrize(
    ("diagnosis", "on", "expected"),
    [
        ("2026-03-01", "2026-06-01", True),  # exactly three months
        ("2026-03-02", "2026-06-01", False),  # a day short
        ("2024-12-01", "2026-06-01", True),  # exactly eighteen months
        ("2024-11-30", "2026-06-01", False),  # a day over
        ("2025-11-30", "2026-02-28", True),  # three months from the 30th is clipped to the last of February
        ("2025-11-30", "2026-02-27", False),
        ("2024-08-31", "2026-02-28", True),  # eighteen months, clipped likewise
        ("2024-08-31", "2026-03-01", False),
        ("2026-06-02", "2026-06-01", False),  # a diagnosis still to come
    ],
)
def test_time_since_diagnosis(version, diagnosis, on, expected):
    judgement = steps(version, on=date.fromisoformat(on), diagnosis_date=diagnosis)
    assert met(judgement, "time_since_diagnosis") is expected


@pytest.mark.parametrize("version", LISTED)
@pytest.mark.parametrize(
    ("ends", "expected"), [("permanent", True), ("2026-12-01", True), ("2026-11-30", False), ("2020-01-01", False)]
)
def test_contract_runs_six_months(version, ends, expected):
    assert met(steps(version, contract_end=ends), "contract") is expected


@pytest.mark.parametrize("version", LISTED)
@pytest.mark.parametrize(("months", "expected"), [(12, True), (11.9, False), (0, False), ("13", True)])
def test_a_year_of_paid_work(version, months, expected):
    assert met(steps(version, paid_work_before_diagnosis_months=months), "work_history") is expected


@pytest.mark.parametrize(("hours", "expected"), [(8, True), (7.99, False)])
def test_eight_contract_hours_in_the_registry_only(hours, expected):
    assert met(steps("registry", contract_hours_per_week=hours), "contract_hours") is expected
    assert steps("poster", contract_hours_per_week=hours).eligible is True
    assert steps("public", contract_hours_per_week=hours).eligible is True


@pytest.mark.parametrize("version", ["registry", "public"])
@pytest.mark.parametrize(
    ("treatments", "expected"),
    [
        (["chemotherapy"], True),
        (["radiotherapy", "surgery"], True),
        (["surgery"], False),
        (["hormonal", "immunotherapy", "other"], False),
        ([], False),
    ],
)
def test_radiotherapy_or_chemotherapy(version, treatments, expected):
    assert met(steps(version, treatments=treatments), "treatment") is expected
    assert steps("poster", treatments=treatments).eligible is True


@pytest.mark.parametrize("version", ["poster", "registry"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("at_work", True),
        ("partly_at_work", True),
        ("sick_leave", True),
        ("not_employed", False),
        ("self_employed", False),
    ],
)
def test_work_status(version, status, expected):
    assert met(steps(version, work_status=status), "work_status") is expected


@pytest.mark.parametrize(
    ("version", "answer", "criterion"),
    [
        ("poster", "curative_intent", "curative"),
        ("poster", "life_expectancy_over_1_year", "life_expectancy"),
        ("registry", "life_expectancy_over_1_year", "life_expectancy"),
        ("registry", "histologically_confirmed", "cancer"),
    ],
)
def test_a_plain_no_is_not_eligible(version, answer, criterion):
    judgement = steps(version, **{answer: False})
    assert met(judgement, criterion) is False
    assert judgement.eligible is False


@pytest.mark.parametrize(
    ("answer", "open_in"),
    [
        ("date_of_birth", {"poster": {"age"}, "registry": {"age"}, "public": {"age"}}),
        (
            "diagnosis_date",
            {
                "poster": {"age", "time_since_diagnosis"},
                "registry": {"age", "time_since_diagnosis"},
                "public": {"age", "cancer"},
            },
        ),
        ("histologically_confirmed", {"poster": set(), "registry": {"cancer"}, "public": set()}),
        ("curative_intent", {"poster": {"curative"}, "registry": set(), "public": set()}),
        ("treatments", {"poster": set(), "registry": {"treatment"}, "public": {"treatment"}}),
        ("contract_end", {"poster": {"contract"}, "registry": {"contract"}, "public": {"contract"}}),
        ("work_status", {"poster": {"work_status"}, "registry": {"work_status"}, "public": set()}),
    ],
)
@pytest.mark.parametrize("version", LISTED)
def test_a_null_answer_leaves_its_criteria_open_and_no_others(version, answer, open_in):
    judgement = steps(version, **{answer: None})
    assert {one.id for one in judgement.criteria if one.met is None} == open_in[version]
    assert judgement.eligible is (None if open_in[version] else True)
    assert all(answer in one.reason for one in judgement.criteria if one.met is None)


def test_a_failed_criterion_outweighs_an_open_one():
    assert steps("registry", date_of_birth=None, histologically_confirmed=False).eligible is False


def test_the_judgement_as_the_command_line_prints_it():
    printed = steps("public", contract_end="2026-11-30").to_dict()
    assert list(printed) == ["eligible", "criteria", "version"]
    reason = "ends 2026-11-30, asked 2026-12-01 or later"
    assert printed["criteria"][3] == {"id": "contract", "met": False, "reason": reason}


PERSON = {"date_of_birth": "1977-01-01", "diagnosis_date": "2025-01-01", "wants_to_work": True}


@pytest.mark.parametrize(
    ("version", "changes", "expected"),
    [
        ("evaluation", {}, True),
        ("evaluation", {"date_of_birth": "2008-06-01"}, True),  # eighteen on the day of screening
        ("evaluation", {"date_of_birth": "2008-06-02"}, False),
        ("evaluation", {"diagnosis_date": None}, None),
        ("evaluation", {"wants_to_work": False}, False),
        ("vdab_2023", {}, None),
        ("vdab_2023", {"work_status": "employed", "own_employer": True}, True),
        ("vdab_2023", {"work_status": "self_employed", "own_employer": True}, False),
        ("vdab_2023", {"work_status": "employed", "own_employer": False}, False),
    ],
)
def test_rentree(version, changes, expected):
    assert steps(version, programme="rentree", **{**PERSON, **changes}).eligible is expected


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"birthday": "1980-01-01"}, "birthday: is no answer of this programme; known are contract_end"),
        ({"date_of_birth": "31-05-1980"}, "date_of_birth: '31-05-1980' is not a date; write YYYY-MM-DD"),
        ({"date_of_birth": "19800531"}, "is not a date"),
        ({"date_of_birth": "1980-02-30"}, "is not a date"),
        ({"date_of_birth": "9999-12-31"}, "1900 to 2199"),
        ({"date_of_birth": 1980}, "is not a date"),
        ({"date_of_birth": "permanent"}, "is not a date"),
        ({"contract_end": "vast"}, 'or "permanent"'),
        ({"curative_intent": "maybe"}, "curative_intent: 'maybe' is not true or false"),
        ({"curative_intent": 1}, "is not true or false"),
        ({"curative_intent": []}, "is not true or false"),
        ({"contract_hours_per_week": True}, "is not a number"),
        ({"contract_hours_per_week": "many"}, "is not a number"),
        ({"contract_hours_per_week": [8]}, "is not a number"),
        ({"contract_hours_per_week": -1}, "of 0 or more"),
        ({"contract_hours_per_week": 10**400}, "is not a number"),
        ({"contract_hours_per_week": "nan"}, "is not a number"),
        ({"work_status": "retired"}, "'retired' is not one of at_work"),
        ({"work_status": {}}, "is not one of"),
        ({"treatments": "chemotherapy"}, "is not a list; write a list of surgery"),
        ({"treatments": ["prayer"]}, "'prayer' is not one of surgery"),
    ],
)
def test_an_answer_that_cannot_be_read_names_itself_and_the_mend(answers, message):
    eligibility = load("steps").study.eligibility
    with pytest.raises(AnswerProblem) as caught:
        read_answers(answers, eligibility.inputs, eligibility.choices)
    assert message in str(caught.value)
    assert caught.value.name == next(iter(answers))


def test_a_form_writes_yes_and_no_and_leaves_empty_what_is_not_answered():
    inputs = {"sure": "yes_no", "born": "date", "ends": "date_or_permanent"}
    assert read_answers({"sure": "yes", "born": ""}, inputs, {}) == {"sure": True}
    assert read_answers({"sure": "no", "ends": "2027-01-01"}, inputs, {}) == {"sure": False, "ends": date(2027, 1, 1)}
    assert read_answers({"born": date(1980, 1, 2)}, inputs, {}) == {"born": date(1980, 1, 2)}


@pytest.mark.parametrize(
    ("criterion", "answer", "expected", "reason"),
    [
        ({"rule": "number", "most": 40}, 40.0, True, "40, asked 40 or less"),
        ({"rule": "number", "most": 40}, 40.5, False, "40.5, asked 40 or less"),
        ({"rule": "number", "least": 8, "most": 40}, 41.0, False, "41, asked 8 to 40"),
        ({"rule": "months_since", "least": 3}, date(2026, 3, 1), True, "or later"),
        ({"rule": "months_since", "most": 3}, date(2026, 2, 28), False, "2026-02-28 to 2026-05-28"),
    ],
)
def test_a_bound_may_stand_alone(criterion, answer, expected, reason):
    judgement = judge("v", [Criterion(id="one", of="it", **criterion)], {"it": answer}, ON)
    assert judgement.eligible is expected
    assert reason in judgement.criteria[0].reason


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ({"rule": "number"}, "rule number needs `least` or `most`"),
        ({"rule": "one_of"}, "rule one_of needs `among`"),
        ({"rule": "true", "least": 1}, "rule true takes no `least`"),
        ({"rule": "true", "at": "today"}, "rule true takes no `at`"),
        ({"rule": "number", "least": 2, "most": 1}, "least 2 lies above most 1"),
        ({"rule": "lasts", "least": 1.5}, "whole months"),
        ({"rule": "months_since", "most": 601}, "at most 600"),
    ],
)
def test_a_criterion_with_impossible_bounds_is_refused(criterion, message):
    with pytest.raises(ValidationError, match=message):
        Criterion(id="one", of="it", **criterion)


@given(st.dates(date(1930, 1, 1), date(2010, 1, 1)), st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_age_agrees_with_counting_birthdays(birth, on):
    # Independent: the number of 1-year steps that do not pass the day; a 29 February birthday falls on 1 March.
    years = 0
    while True:
        year = birth.year + years + 1
        try:
            birthday = birth.replace(year=year)
        except ValueError:
            birthday = date(year, 3, 1)
        if birthday > on:
            break
        years += 1
    assert completed_years(birth, on) == years


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 120))
def test_months_keep_the_day_or_clip_it_to_the_last_of_the_month(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)
