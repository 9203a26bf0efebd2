"""Checks of the shipped programmes on answers made up here, and what a faulty check is told."""

import shutil
from datetime import date

import pytest

from opstap.domain.instruments.expressions import Known
from opstap.domain.instruments.model import Check, Questionnaire
from opstap.domain.protocol import ProtocolError, find, load, read
from opstap.domain.protocol.checks import answer_of, looks_back, source_of, verdicts, words_of

WORK = {
    "employed": 1, "contract_hours": 24, "reported_sick": 1, "first_sick_day": "2025-09-01", "at_work": 1,
    "first_day_back": "2026-01-05", "actual_hours": 12, "hours_since": "2026-02-02", "work_kind": "own",
    "sick_percent": 50, "sick_days_6m": 120,
}  # fmt: skip
DAY = date(2026, 3, 2)


def broken(wave="t0", sheet="work-start", earlier=(), **changed):
    now = {sheet: {**WORK, **changed}}
    found = list(verdicts(load("rentree"), wave, now, DAY, earlier))
    return sorted(one.rule for one in found if one.holds is False)


def test_ordinary_answers_raise_nothing() -> None:
    assert broken() == []
    assert broken("t1", "work-follow-up", first_sick_day=None) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"contract_hours": 60, "actual_hours": 20}, "contract_hours_many"),
        ({"actual_hours": 30}, "hours_over_contract"),
        ({"actual_hours": 61, "work_kind": "self_employed"}, "hours_many"),
        ({"first_day_back": "2025-08-01"}, "back_before_sick"),
        ({"hours_since": "2026-01-01"}, "hours_before_back"),
        ({"hours_since": "2026-03-03"}, "hours_to_come"),
        ({"sick_days_6m": 184}, "sick_days_possible"),
    ],
)
def test_each_check_of_the_start_finds_what_it_is_for(changed, rule) -> None:
    assert broken(**changed) == [f"work-start.{rule}"]


def test_hours_beyond_the_contract_are_no_matter_elsewhere() -> None:
    assert broken(actual_hours=30, work_kind="other_employer") == []


def test_a_hidden_answer_counts_for_nothing() -> None:
    assert broken(at_work=0, actual_hours=70, first_day_back="2020-01-01") == []


def test_days_to_come_are_found() -> None:
    # Nobody has had a sick day before the first one: not even none fits.
    assert broken(first_sick_day="2026-03-05", first_day_back="2026-03-06", sick_days_6m=0) == [
        "work-start.back_to_come",
        "work-start.hours_before_back",
        "work-start.sick_day_to_come",
        "work-start.sick_days_possible",
    ]


def test_a_change_since_the_wave_before() -> None:
    start, follow = {"work-start": WORK}, {"work-follow-up": {**WORK, "contract_hours": 32}}
    changed = {"contract_hours": 16, "first_sick_day": None, "sick_days_6m": 20}
    assert broken("t1", "work-follow-up", [{"work-start": {**WORK, "contract_hours": 36}}], **changed) == [
        "contract_since_start"
    ]
    # At t2 the measurement before counts, not the first: the study's own check is for t1 alone.
    assert broken("t2", "work-follow-up", [start, follow], **changed) == ["work-follow-up.contract_changed"]
    assert broken("t2", "work-follow-up", [follow, {"background": {}}], **changed) == [
        "work-follow-up.contract_changed"
    ]
    assert broken("t1", "work-follow-up", [start], reported_sick=0, sick_days_6m=4) == ["work-follow-up.sick_days_none"]


def test_which_answers_look_back() -> None:
    protocol = load("rentree")
    assert looks_back(protocol, "t1", {"work-follow-up": WORK})
    assert not looks_back(protocol, "t0", {"work-start": WORK})


def test_values_beyond_single_items() -> None:
    protocol = load("steps")
    sheet = {"paid_work": 1, "week_hours": {"mon": 20, "tue": 24, "wed": 20}, "hindered": 1, "efficiency": 3}
    found = {one.rule: one for one in verdicts(protocol, "t0", {"productivity": sheet}, DAY)}
    week = found["productivity.week_long"]
    assert (week.holds, week.item, dict(week.values)) == (False, "week_hours", {"week_total": 64})
    assert found["productivity.days_in_four_weeks"].holds is None
    questionnaire = protocol.questionnaires["productivity"]
    assert answer_of(questionnaire, sheet, "week_hours.tue") == 24
    assert answer_of(questionnaire, sheet, "week_hours.sun") is None
    assert answer_of(questionnaire, sheet, "efficiency") == 3


def test_not_applicable_is_no_number() -> None:
    questionnaire = Questionnaire.model_validate(
        {
            "id": "one", "version": "1", "licence": "x", "source": "x",
            "items": [{"id": "n", "kind": "number", "not_applicable": 99}, {"id": "m", "kind": "number"}],
            "calculated": [{"id": "both", "rule": "sum", "of": ["n", "m"]}],
            "checks": [{"id": "c", "expect": "both <= 3", "source": "x"}],
        }
    )  # fmt: skip
    assert answer_of(questionnaire, {"n": 99}, "n") is None
    assert answer_of(questionnaire, {"n": 9}, "n") == 9
    assert answer_of(questionnaire, {"n": 9, "m": 2}, "both") == 11
    protocol = load("rentree").model_copy(update={"questionnaires": {"one": questionnaire}})
    found = list(verdicts(protocol, "t0", {"one": {"n": 9, "m": 2}}, DAY))
    assert [(one.item, one.holds) for one in found] == [("n", False)]


def test_the_words_of_a_rule_and_where_it_comes_from() -> None:
    protocol = load("steps")
    assert "48 uur" in words_of(protocol, "work-start.contract_hours_many", "nl")
    assert "48 hours" in words_of(protocol, "work-start.contract_hours_many", "en")
    assert "eerste vragenlijst" in words_of(protocol, "contract_since_start", "nl")
    assert words_of(protocol, "work-start.gone", "nl") == "work-start.gone"
    assert words_of(protocol, "gone", "nl") == "gone"
    assert "own" in source_of(protocol, "work-start.contract_hours_many")
    assert "own" in source_of(protocol, "contract_since_start")
    assert source_of(protocol, "gone.gone") == ""


@pytest.mark.parametrize("name", ["steps", "rentree"])
def test_each_check_is_worded_and_marked(name) -> None:
    protocol = load(name)
    rules = [check.id for check in protocol.study.checks]
    rules += [f"{one.id}.{check.id}" for one in protocol.questionnaires.values() for check in one.checks]
    assert len(rules) > 10
    for rule in rules:
        for language in protocol.languages:
            assert words_of(protocol, rule, language) != rule
        assert "own" in source_of(protocol, rule)


def test_a_check_on_an_item_of_another_country_goes_with_it() -> None:
    questionnaire = Questionnaire.model_validate(
        {
            "id": "one", "version": "1", "licence": "x", "source": "x",
            "items": [{"id": "n", "kind": "number", "countries": ["be"]}, {"id": "m", "kind": "number"}],
            "checks": [{"id": "c", "expect": "n <= 3", "source": "x"}, {"id": "d", "expect": "m <= 3", "source": "x"}],
        }
    )  # fmt: skip
    assert [one.id for one in questionnaire.adapted("nl", {}).checks] == ["d"]
    assert [one.id for one in questionnaire.adapted("be", {}).checks] == ["c", "d"]


def faulty(tmp_path, file, old, new):
    folder = tmp_path / "rentree"
    shutil.copytree(find("rentree").parent, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError) as error:
        read(folder / "protocol.yaml")
    line = next(number for number, one in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if new in one)
    return error.value.problems, line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("before(work-start.contract_hours)", "before(work-start.shoe)", "work-start.shoe is not known"),
        ("waves: [t1]", "waves: [t9]", "no wave t9"),
        ("<= 8", "<= 8 )", "stands where nothing can"),
        ("id: contract_since_start,", "id: contract_since_start, about: shoe,", "shoe is not known"),
        ("id: sick_day_since_start", "id: contract_since_start", "stands twice"),
    ],
)
def test_a_faulty_check_of_a_study_is_named_with_its_line(tmp_path, old, new, said) -> None:
    problems, _line = faulty(tmp_path, "protocol.yaml", old, new)
    assert any(said in problem.message and problem.path.startswith("study.checks.") for problem in problems)
    lines = (tmp_path / "rentree" / "protocol.yaml").read_text(encoding="utf-8").splitlines()
    assert all("id: contract_since_start" in lines[problem.line - 1] or new in lines[problem.line - 1]
               for problem in problems if problem.path.startswith("study.checks."))  # fmt: skip


def test_a_check_without_words_is_named(tmp_path) -> None:
    problems, _line = faulty(tmp_path, "texts/nl.yaml", "  contract_since_start:", "  contract_since_begin:")
    assert [(one.file, one.path) for one in problems] == [("texts/nl.yaml", "checks.contract_since_start")]


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([{"id": "c", "expect": "n <=", "source": "x"}], "too early"),
        ([{"id": "c", "expect": "n <= 3", "when": "n", "source": "x"}], "compares nothing"),
        ([{"id": "c", "expect": "before(n) <= 3", "source": "x"}], "no answer of now"),
        ([{"id": "c", "expect": "m <= 3", "source": "x"}], "c: m is not known"),
        ([{"id": "c", "expect": "n <= 3", "waves": ["t0"], "source": "x"}], "knows no waves"),
        ([{"id": "c", "expect": "n <= 3", "source": "x"}] * 2, "stands twice"),
    ],
)
def test_a_faulty_check_of_a_questionnaire_is_refused(checks, said) -> None:
    with pytest.raises(ValueError, match=said):
        Questionnaire.model_validate(
            {
                "id": "one", "version": "1", "licence": "x", "source": "x",
                "items": [{"id": "n", "kind": "number"}], "checks": checks,
            }
        )  # fmt: skip


def test_what_a_check_stands_with() -> None:
    assert Check(id="c", expect="3 >= n", source="x").stands_with == "n"
    assert Check(id="c", expect="before(n) >= m", source="x").stands_with == "m"
    assert list(Check(id="c", expect="n <= 1", about="m", source="x").faults({"n": Known("number")})) == [
        ("about", "m is not known here: name an answer that the check looks at")
    ]
