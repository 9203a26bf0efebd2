"""`opstap programme`: the answers of the contract, and one message for bad input."""

import json
import shutil
from pathlib import Path

import pytest

from opstap.cli import Command
from opstap.cli.mount import run
from opstap.domain.protocol.schema import schema

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "walking-back"
PROGRAMME = Command("opstap.cli.programme:app", "Programmes.", "opstap programme list")


def programme(*words: str) -> int:
    return run("programme", PROGRAMME, words)


def test_list(capsys):
    assert programme("list", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "programmes": [
            {"name": "rentree", "version": "1.0", "title": "Rentree", "country": "be"},
            {"name": "steps", "version": "1.0", "title": "STEPS", "country": "nl"},
        ]
    }
    assert err == ""
    assert programme("list") == 0
    assert "STEPS" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["steps", str(EXAMPLE), str(EXAMPLE / "protocol.yaml")])
def test_check_of_a_sound_protocol_by_name_folder_or_file(capsys, given):
    assert programme("check", given, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"valid": True, "errors": []}


def test_check_of_a_faulty_protocol(capsys, tmp_path):
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "programme"))
    path = folder / "protocol.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = lines.index("country: be")
    lines[place] = "contry: be"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert programme("check", str(path), "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["valid"] is False
    assert {"file": "protocol.yaml", "line": place + 1, "path": "contry"}.items() <= answer["errors"][1].items()
    assert programme("check", str(path)) == 1
    assert "not valid: 2 to mend" in capsys.readouterr().out


def test_check_of_nothing_there(capsys):
    assert programme("check", "stepz") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "stepz: no such programme or protocol file; known programmes are rentree, steps\n"


def test_schema(capsys):
    assert programme("schema") == 0
    assert json.loads(capsys.readouterr().out) == schema()
