"""`opstap deadlines`: one answer with the keys of the contract, or one message with its mend and exit 2."""

from __future__ import annotations

import json
from datetime import date

import pytest

from opstap.cli import main

HEADER = "person,from,to,contract_hours,actual_hours,sick_percent,kind\n"
KEYS = ["id", "title", "who", "due", "opens", "source", "certainty", "keyed_by"]


@pytest.fixture
def ask(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def asked(*words: str) -> tuple[int, str, str]:
        code = main(["deadlines", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return asked


@pytest.fixture
def spells(tmp_path):
    def written(*rows: str) -> str:
        path = tmp_path / "spells.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return str(path)

    return written


def test_json_is_one_document_with_the_keys_of_the_contract(ask) -> None:
    code, out, err = ask("--country", "nl", "--first-sick-day", "2024-01-15", "--on", "2024-02-01", "--json")
    document = json.loads(out)
    assert (code, err, list(document)) == (0, "", ["rule_set", "deadlines"])
    assert document["rule_set"] == "nl-2004"
    assert [list(one) for one in document["deadlines"]] == [KEYS] * 10
    found = {one.pop("id"): one for one in document["deadlines"]}
    assert list(found) == [
        "physician_opinion", "action_plan", "plan_review", "report_42", "first_year_evaluation", "second_track",
        "wia_letter", "final_evaluation", "wia_application", "end_of_wage_duty",
    ]  # fmt: skip
    report = found["report_42"]
    assert report.pop("source").startswith("Ziektewet, art. 38 (https://www.uwv.nl/")
    assert report == {
        "title": "Sickness report to UWV in week 42",
        "who": "employer",
        "due": "2024-11-04",
        "opens": None,
        "certainty": "settled",
        "keyed_by": "first_sick_day",
    }
    assert (found["second_track"]["certainty"], found["plan_review"]["keyed_by"]) == ("uncertain", "action_plan")


def test_each_belgian_rule_that_a_set_has_is_there_and_no_other(ask) -> None:
    def ids(first: str) -> set[str]:
        _, out, _ = ask("--country", "be", "--first-sick-day", first, "--on", first, "--json")
        return {one["id"] for one in json.loads(out)["deadlines"]}

    always = {
        "guaranteed_wage_end",
        "physician_notice",
        "employer_may_start",
        "progressive_request",
        "invalidity_start",
    }
    assert ids("2018-01-31") == always
    assert ids("2022-10-01") == always | {"questionnaire_insurer", "force_majeure_from"}
    assert ids("2026-01-01") - ids("2025-12-31") == {"work_potential_estimate", "trajectory_start_latest"}


def test_without_a_day_it_is_today(ask) -> None:
    today = date.today().isoformat()
    code, out, _ = ask("--country", "nl", "--first-sick-day", today)
    assert code == 0
    assert f"first sick day {today}, as of {today}" in out


def test_a_person_reads_a_table_in_which_past_is_not_late(ask) -> None:
    code, out, err = ask("--country", "BE", "--first-sick-day", "2026-01-05", "--on", "2026-02-04")
    assert (code, err) == (0, "")
    rows = {
        cells[4]: cells for line in out.splitlines() if len(cells := [one.strip() for one in line.split("│")[1:]]) > 5
    }
    assert rows["Notice to the occupational physician"][:4] == ["–", "2026-02-02", "past", "employer"]
    assert rows["Last day of the guaranteed wage"][1:3] == ["2026-02-03", "past"]
    assert rows["Employer may start a re-integration trajectory"][:3] == ["2026-01-05", "–", "open"]
    assert rows["Latest start of the re-integration trajectory"][5] == "uncertain; depends on the number of employees"
    assert "Not legal advice" in out


def test_spells_are_merged_and_said_so(ask, spells) -> None:
    path = spells(
        "p1,2022-01-03,2022-07-03,32,0,100,own", "p1,2022-07-04,2022-07-24,32,32,0,own", "p1,2022-07-25,,32,0,100,own"
    )
    words = ("--country", "nl", "--spells", path, "--on", "2022-09-01", "--json")
    code, out, err = ask(*words, "--first-sick-day", "2022-01-03")
    assert code == 0
    assert err == "21 days from 2022-07-04 to 2022-07-24: the same sick leave, not counted; settled.\n"
    assert {one["id"]: one["due"] for one in json.loads(out)["deadlines"]}["end_of_wage_duty"] == "2024-01-22"
    _, _, err = ask(*words, "--first-sick-day", "2022-07-25")
    assert err.startswith("By the spells, day 0 of this sick leave is 2022-01-03, not 2022-07-25.\n")


def test_what_counts_for_the_wage_alone_is_said_apart(ask, spells) -> None:
    path = spells("p1,2026-02-01,2026-02-10,32,0,100,own", "p1,2026-02-15,,32;0;100;own".replace(";", ","))
    _, _, err = ask("--country", "be", "--first-sick-day", "2026-02-01", "--spells", path, "--on", "2026-03-02")
    assert err.splitlines() == [
        "4 days from 2026-02-11 to 2026-02-14: the same sick leave, counted; uncertain.",
        "4 days from 2026-02-11 to 2026-02-14: the same sick leave (wage), not counted; settled.",
    ]


def test_notices_of_the_file_and_later_rules_go_to_standard_error(ask, tmp_path) -> None:
    path = tmp_path / "spells.csv"
    path.write_text(HEADER.replace(",", ";") + "p1;2025-12-31;;32;0;100;own\n")
    words = ("--country", "be", "--first-sick-day", "2025-12-31", "--on", "2026-02-01", "--json")
    _, out, err = ask(*words, "--spells", str(path))
    assert json.loads(out)["rule_set"] == "be-2022-10"
    assert err.splitlines() == [
        f"{path}: read as a semicolon-separated file.",
        "employer_may_start: with a trajectory start from 2026-01-01 on, be-2026 holds, with another term.",
    ]
    assert ask(*words, "--trajectory-start", "2026-01-15")[2] == ""


def test_a_resumption_can_be_given_more_than_once(ask) -> None:
    resumptions = ("--resumption", "2026-01-14", "--resumption", "2026-01-12")
    _, out, _ = ask("--country", "be", "--first-sick-day", "2025-11-03", *resumptions, "--json", "--employees", "8")
    requests = [one["due"] for one in json.loads(out)["deadlines"] if one["id"] == "progressive_request"]
    # The two examples of RIZIV.
    assert requests == ["2026-01-09", "2026-01-13"]


def test_facts_that_no_rule_of_a_country_asks_for_are_said_to_be_unused(ask) -> None:
    facts = ("--trajectory-start", "2024-02-01", "--resumption", "2024-03-01", "--employees", "3")
    code, _, err = ask("--country", "nl", "--first-sick-day", "2024-01-15", "--on", "2024-02-01", *facts)
    assert code == 0
    assert [line.split(":")[0] for line in err.splitlines()] == ["--trajectory-start", "--resumption", "--employees"]


SOUND = {"--country": "be", "--first-sick-day": "2026-01-05"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"--country": "fr"}, "--country: 'fr' has no clock; choose one of nl, be"),
        ({"--first-sick-day": "5-1-2026"}, "--first-sick-day: '5-1-2026' is not an ISO date; write it as 2026-03-31"),
        ({"--first-sick-day": "2026-02-29"}, "--first-sick-day: '2026-02-29' is not a day of the calendar; correct it"),
        (
            {"--first-sick-day": "2016-11-30"},
            "--first-sick-day: no rules of be are known for 2016-11-30; they begin on",
        ),
        ({"--on": "tomorrow"}, "--on: 'tomorrow' is not an ISO date"),
        ({"--resumption": "2026-01-04"}, "--resumption: 2026-01-04 lies before the first sick day, 2026-01-05"),
        ({"--resumption": "soon"}, "--resumption: 'soon' is not an ISO date"),
        ({"--trajectory-start": "2026-01-04"}, "--trajectory-start: 2026-01-04 lies before the first sick day"),
        ({"--trajectory-start": "x"}, "--trajectory-start: 'x' is not an ISO date"),
        ({"--employees": "-1"}, "--employees: there cannot be -1; give 0 or more"),
        ({"--spells": "nowhere.csv"}, "nowhere.csv: there is no such file; check the name."),
    ],
)
def test_bad_input_is_one_message_with_the_mend(ask, change, told) -> None:
    words = [word for pair in {**SOUND, **change}.items() for word in pair]
    code, out, err = ask(*words)
    assert (code, out) == (2, "")
    assert err.startswith(told)
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("--country", "nl"), ("--first-sick-day", "2026-01-05")])
def test_country_and_first_sick_day_are_needed(ask, words) -> None:
    code, out, err = ask(*words)
    assert (code, out) == (2, "")
    assert "Missing option" in err


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            ["p1,2026-01-05,,32,0,100,own", "p1,2026-02-02,,32,0,100,own"],
            "line 2 and line 3: person p1, job 1: the spell",
        ),
        (
            ["p1,2026-01-05,,32,0,100,own", "p2,2026-02-02,,32,0,100,own"],
            "--spells: spells of several persons are mixed",
        ),
        (["p1,2026-01-06,,32,0,100,own"], "--spells: no sick leave on the first sick day, 2026-01-05"),
        (["p1,2026-01-05,,32,0,120,own"], "line 2: person p1, job 1: sick_percent is 120"),
    ],
)
def test_spells_that_cannot_be_right_are_one_message(ask, spells, rows, told) -> None:
    code, out, err = ask("--country", "be", "--first-sick-day", "2026-01-05", "--spells", spells(*rows))
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
