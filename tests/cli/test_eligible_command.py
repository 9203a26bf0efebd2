"""`opstap eligible`: exit 0 eligible, 1 not or open, 2 bad input with file, place and mend."""

import json
from datetime import date
from pathlib import Path

import pytest

from opstap.cli import Command
from opstap.cli.mount import run

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "walking-back"
FITS = {"date_of_birth": "1980-05-05", "last_treatment": "2026-01-15", "work_status": "employed"}


@pytest.fixture
def eligible(tmp_path, capsys):
    def ask(content, *words: str, programme: str = str(EXAMPLE)):
        path = tmp_path / "answers.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        command = Command("opstap.cli.eligible:eligible", "Criteria.", "opstap eligible steps answers.json")
        code = run("eligible", command, [programme, str(path), *words])
        out, err = capsys.readouterr()
        return code, out, err.replace(str(path), "answers.json")

    return ask


@pytest.mark.parametrize(
    ("change", "verdict", "code", "told"),
    [
        ({}, True, 0, "eligible (criteria: first)"),
        ({"work_status": "none"}, False, 1, "not eligible"),
        ({"work_status": None}, None, 1, "open: answers are missing"),
    ],
)
def test_the_three_verdicts(eligible, change, verdict, code, told):
    answers = {**FITS, **change}
    assert eligible(answers, "--on", "2026-06-01")[0] == code
    assert told in eligible(answers, "--on", "2026-06-01")[1]
    answered, out, err = eligible(answers, "--on", "2026-06-01", "--json")
    document = json.loads(out)
    assert (answered, err) == (code, "")
    assert list(document) == ["eligible", "criteria", "version"]
    assert document["eligible"] is verdict
    assert [list(one) for one in document["criteria"]] == [["id", "met", "reason"]] * 3


def test_the_day_of_screening_is_today_unless_given(eligible):
    answers = {**FITS, "last_treatment": date.today().isoformat()}
    assert eligible(answers)[0] == 0
    assert eligible(answers, "--on", "1999-01-01")[0] == 1


def test_a_published_version_by_its_name(eligible):
    code, out, _ = eligible({}, "--criteria", "public", "--json", programme="steps")
    assert code == 1
    assert json.loads(out)["version"] == "public"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "answers.json: line 1, column 2: not valid JSON"),
        (b"[]", 'answers.json: line 1: not a JSON object; write {"date_of_birth"'),
        (b"\xff", "answers.json: the file is not UTF-8 text; save it as UTF-8"),
        (b'{"work_status": "none", "work_status": "employed"}', "answers.json: work_status stands twice; keep one"),
        (b'{"work_status": NaN}', "answers.json: NaN is no JSON value; write null"),
        (b"[" * 200_000, "answers.json: "),
        ({"age": 40}, "answers.json: age: is no answer of this programme; known are date_of_birth"),
        ({"date_of_birth": "5 May"}, "answers.json: date_of_birth: '5 May' is not a date; write YYYY-MM-DD"),
        ({"work_status": 3}, "answers.json: work_status: 3 is not one of employed"),
    ],
)
def test_answers_that_cannot_be_read(eligible, content, message):
    code, out, err = eligible(content)
    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "programme", "message"),
    [
        (["--criteria", "folklore"], "steps", "--criteria folklore: known versions are poster, registry, public"),
        (["--on", "tomorrow"], "steps", "--on 'tomorrow' is not a date; write YYYY-MM-DD"),
        (["--on", "9999-12-31"], "steps", "--on '9999-12-31' is not a date"),
        ([], "stepz", "stepz: no such programme or protocol file"),
    ],
)
def test_options_that_cannot_be_read(eligible, words, programme, message):
    code, out, err = eligible(FITS, *words, programme=programme)
    assert (code, out) == (2, "")
    assert err.startswith(message)


def test_a_file_that_is_not_there(eligible, capsys):
    command = Command("opstap.cli.eligible:eligible", "Criteria.", "opstap eligible steps answers.json")
    assert run("eligible", command, ["steps", "nowhere.json"]) == 2
    assert capsys.readouterr().err.startswith("nowhere.json: No such file or directory; give the path")


def test_a_faulty_protocol_is_mended_first(eligible, tmp_path):
    (tmp_path / "protocol.yaml").write_text("name: x\n")
    code, _, err = eligible(FITS, programme=str(tmp_path / "protocol.yaml"))
    assert code == 2
    assert "is not valid; mend it first" in err
    assert "protocol.yaml:1: country: this key is needed" in err
