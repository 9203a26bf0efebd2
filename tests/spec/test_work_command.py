"""`opstap work outcomes` as the contract describes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from opstap.cli.work import app

SPELLS = """person,from,to,contract_hours,actual_hours,sick_percent,kind,source
anna,2025-01-01,2025-02-28,36,36,0,own,questionnaire
anna,2025-03-01,2025-05-31,36,0,100,own,questionnaire
anna,2025-06-01,,36,18,50,adapted,questionnaire
bert,2025-01-01,,24,6,75,therapeutic,questionnaire
carl,2025-01-01,,24,24,0,own,coach
"""
WAVES = ("--wave-dates", "2025-01-01,2025-07-01")


@pytest.fixture
def spells(tmp_path: Path) -> str:
    path = tmp_path / "spells.csv"
    path.write_text(SPELLS)
    return str(path)


def run(*arguments: str):
    return CliRunner().invoke(app, ["outcomes", *arguments])


def test_json_is_one_document_with_the_keys_of_the_contract(spells: str) -> None:
    result = run(spells, *WAVES, "--json", "--source", "questionnaire")
    assert result.exit_code == 0
    persons = json.loads(result.stdout)["persons"]
    assert persons[0] == {
        "person": "anna",
        "waves": [
            {
                "date": "2025-01-01",
                "hours_per_week": 36.0,
                "percent_of_contract": 100.0,
                "employed": True,
                "at_work": True,
                "status": "full",
                "sick_days_past_6_months": 0,
            },
            {
                "date": "2025-07-01",
                "hours_per_week": 18.0,
                "percent_of_contract": 50.0,
                "employed": True,
                "at_work": True,
                "status": "partial",
                "sick_days_past_6_months": 123,
            },
        ],
        "first_sick_day": "2025-03-01",
        "first_sustained_return": "2025-06-01",
        "days_to_return": 92,
        "return_kind": "partial",
        "first_full_return": None,
        "days_to_full_return": None,
        "censored_on": None,
    }
    assert [person["person"] for person in persons] == ["anna", "bert"]
    assert "1 person(s) without a spell of source 'questionnaire' left out" in result.stderr


def test_therapeutic_hours_on_request(spells: str) -> None:
    def bert(*options: str) -> dict:
        return json.loads(run(spells, *WAVES, "--json", *options).stdout)["persons"][1]

    assert (bert()["return_kind"], bert()["censored_on"]) == ("none", "2025-07-01")
    assert bert("--count-therapeutic")["return_kind"] == "not_absent"


def test_a_table_for_people(spells: str) -> None:
    result = run(spells, *WAVES)
    assert result.exit_code == 0
    assert "Return to work" in result.stdout
    assert "anna" in result.stdout


def test_notices_go_to_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text(SPELLS.replace(",", ";").replace(";36;18;", ";36;18,5;"))
    result = run(str(path), *WAVES, "--json")
    assert json.loads(result.stdout)["persons"][0]["waves"][1]["hours_per_week"] == 18.5
    assert "semicolon" in result.stderr
    assert "decimal comma" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "options", "message"),
    [
        ("36,18,50", "36,x,50", (), "spells.csv, line 4, column actual_hours: 'x' is not a number"),
        ("2025-05-31", "2025-06-15", (), "spells.csv, line 3 and line 4: person anna, job 1: "),
        (
            "anna",
            "anna",
            ("--source", "employer"),
            "no row has 'employer'; choose one of coach, questionnaire",
        ),
        ("anna", "anna", ("--wave-dates", "2025-01-01,july"), "--wave-dates: 'july' is not an ISO date"),
        ("anna", "anna", ("--wave-dates", "2025-01-01,2025-01-01"), "--wave-dates: a date is given twice"),
    ],
)
def test_bad_input_is_one_message_and_exit_2(
    tmp_path: Path, old: str, new: str, options: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "spells.csv"
    path.write_text(SPELLS.replace(old, new))
    result = run(str(path), *WAVES, "--json", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_file(tmp_path: Path) -> None:
    result = run(str(tmp_path / "no.csv"), *WAVES)
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_help_has_an_example() -> None:
    assert "Example: opstap work outcomes" in " ".join(run("--help").stdout.split())


def test_a_bar_only_on_a_terminal_and_only_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    from opstap.cli import work

    few, many = [[]] * 999, [[]] * 1000
    assert work._with_progress(many) is many
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert work._with_progress(few) is few
    assert work._with_progress(many) is not many
    assert list(work._with_progress(many)) == many
