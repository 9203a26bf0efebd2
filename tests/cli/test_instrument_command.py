"""`opstap instrument`: what there is, whether a file is sound, and its schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opstap.cli import main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def ask(capsys):
    def asked(*words: str) -> tuple[int, str, str]:
        code = main(["instrument", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return asked


def test_the_list_has_the_keys_of_the_contract(ask) -> None:
    code, out, err = ask("list", "--json")
    assert (code, err) == (0, "")
    found = {one["name"]: one for one in json.loads(out)["instruments"]}
    assert all(list(one) == ["name", "version", "items", "licence", "text_included"] for one in found.values())
    assert found["qlq-c30"]["items"] == 30
    included = {name for name, one in found.items() if one["text_included"]}
    licensed = {"eq5d-5l", "sf12-v1", "sf12-v2", "qlq-c30", "rrtw", "work-ability"}
    assert set(found) - included == licensed
    assert {"phq-8", "gad-7", "care-use", "productivity", "work-care"} <= included


def test_a_person_reads_a_line_for_each(ask) -> None:
    _, out, _ = ask("list")
    line = next(line for line in out.splitlines() if line.startswith("eq5d-5l"))
    assert "own labels only" in line
    assert "EuroQol" in line


def test_a_file_is_checked_by_itself(ask, tmp_path) -> None:
    path = tmp_path / "pace.yaml"
    path.write_text(
        "id: pace\nversion: '1'\nlicence: free\nsource: own\nitems:\n  - {id: pace, kind: scale}\n"
        "words:\n  en:\n    '': {text: Pace}\n"
    )
    code, out, _ = ask("check", str(path), "--json")
    errors = json.loads(out)["errors"]
    assert (code, len(errors)) == (1, 1)
    assert (errors[0]["file"], errors[0]["line"], errors[0]["path"]) == ("pace.yaml", 6, "items.0")
    path.write_text(path.read_text().replace("kind: scale", "kind: scale, minimum: 0, maximum: 10"))
    code, out, _ = ask("check", str(path))
    assert code == 1
    assert "words.en.pace: no text in en" in out
    path.write_text(path.read_text() + "    pace: {text: How fast?}\n")
    assert ask("check", str(path))[:2] == (0, "valid\n")
    path.write_text("nothing")
    assert ask("check", str(path))[0] == 1
    code, _, err = ask("check", str(tmp_path / "nowhere.yaml"))
    assert (code, "nowhere.yaml" in err) == (2, True)


def test_the_published_schema_is_the_one_of_the_code(ask) -> None:
    _, out, _ = ask("schema")
    published = (DOCS / "reference" / "instrument.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json.loads(out)
