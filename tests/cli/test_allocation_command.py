"""`opstap allocation`: the same seed the same list, a list that was tampered with found, every bad input named."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.world import SEED

from opstap.cli import main

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("seed").write_bytes(SEED)

    def called(*words: str) -> tuple[int, dict[str, Any], str]:
        code = main(["allocation", *words, "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {}, err

    return called


def test_a_seed_is_made_once_and_for_its_owner_alone(run: Run) -> None:
    code, found, _ = run("seed", "mine")
    assert (code, found["bits"], len(Path("mine").read_bytes())) == (0, 256, 32)
    assert stat.S_IMODE(Path("mine").stat().st_mode) == 0o600
    kept = Path("mine").read_bytes()
    code, _, err = run("seed", "mine")
    assert (code, Path("mine").read_bytes()) == (2, kept)
    assert "never written over" in err
    assert run("seed", "no/where")[0] == 2


def test_the_same_seed_gives_the_same_list_and_hash(run: Run) -> None:
    code, found, _ = run("list", "steps", "--seed-file", "seed", "-o", "one.csv")
    assert code == 0
    assert list(found) == ["hash", "method", "strata", "arms", "rows"]
    lines = Path("one.csv").read_text().splitlines()
    assert lines[0] == "stratum,number,arm"
    assert len(lines) == found["rows"] + 1
    assert stat.S_IMODE(Path("one.csv").stat().st_mode) == 0o600
    assert run("list", "steps", "--seed-file", "seed")[1] == found
    Path("other").write_bytes(SEED[::-1])
    assert run("list", "steps", "--seed-file", "other")[1]["hash"] != found["hash"]


def test_a_list_is_verified_and_the_first_difference_is_told(run: Run) -> None:
    digest = run("list", "steps", "--seed-file", "seed", "-o", "list.csv")[1]["hash"]
    words = ("verify", "list.csv", "--programme", "steps", "--seed-file", "seed", "--hash")
    assert run(*words, digest) == (0, {"valid": True, "first_difference": None}, "")
    code, found, _ = run(*words, "0" * 64)
    assert (code, found["valid"], found["first_difference"]["line"]) == (1, False, None)
    lines = Path("list.csv").read_text().splitlines(keepends=True)
    other = {"steps": "usual_care", "usual_care": "steps"}
    arm = lines[4].strip().rpartition(",")[2]
    lines[4] = lines[4].replace(arm, other[arm])
    Path("list.csv").write_text("".join(lines))
    code, found, _ = run(*words, digest)
    assert (code, found["first_difference"]) == (
        1, {"line": 5, "found": f"amsterdam,4,{other[arm]}", "expected": f"amsterdam,4,{arm}"}
    )  # fmt: skip
    Path("list.csv").write_text("".join(lines[:4]))
    assert run(*words, digest)[1]["first_difference"]["found"] is None


def test_a_list_made_elsewhere_is_verified_by_its_hash(run: Run) -> None:
    Path("list.csv").write_text("stratum;number;arm\namsterdam;1;steps\ngroningen;1;steps\nutrecht;1;usual_care\n")
    from opstap.domain.allocation import Row, commitment

    rows = [Row("amsterdam", 1, "steps"), Row("groningen", 1, "steps"), Row("utrecht", 1, "usual_care")]
    words = ("verify", "list.csv", "--programme", "steps", "--seed-file", "seed", "--imported", "--hash")
    code, found, err = run(*words, commitment(rows, SEED))
    assert (code, found["valid"]) == (0, True)
    assert "semicolon" in err
    assert run(*words, commitment(rows[::-1], SEED))[0] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("stratum,number\namsterdam,1\n", "column arm is missing"),
        ("stratum,number,arm\n", "no rows after the header"),
        ("stratum,number,arm\namsterdam,1,\n", "line 2: no arm for amsterdam 1"),
        ("stratum,number,arm\namsterdam,1,steps\namsterdam,1,steps\n", "line 3: amsterdam 1 stands twice"),
        ("stratum,number,arm\nleiden,1,steps\n", "line 2: there is no stratum leiden"),
        ("stratum,number,arm\namsterdam,2,steps\n", "line 2: amsterdam goes from 0 to 2"),
        ("stratum,number,arm\namsterdam,1,steps\n", "stratum utrecht has no lines"),
    ],
)
def test_a_list_with_a_fault_is_refused_with_its_line(run: Run, content: str, told: str) -> None:
    Path("list.csv").write_text(content)
    code, _, err = run("verify", "list.csv", "--programme", "steps", "--seed-file", "seed", "--imported", "--hash", "0")
    assert code == 2
    assert told in err
    assert "list.csv" in err


def test_bad_input_is_one_message(run: Run) -> None:
    Path("short").write_bytes(bytes(15))
    Path("list.csv").write_text("stratum,number,arm\namsterdam,one,steps\n")
    for words, told in (
        (("list", "steps", "--seed-file", "short"), "120 bits; it needs at least 128"),
        (("list", "steps", "--seed-file", "absent"), "make a seed with `opstap allocation seed absent`"),
        (("list", "rentree", "--seed-file", "seed"), "one arm"),
        (("list", "nowhere", "--seed-file", "seed"), "nowhere"),
        (("list", "steps", "--seed-file", "seed", "-o", "no/where.csv"), "no/where.csv"),
        (("verify", "absent", "--programme", "steps", "--seed-file", "seed", "--hash", "0"), "absent"),
        (
            ("verify", "list.csv", "--programme", "steps", "--seed-file", "seed", "--hash", "0"),
            "line 2: one is no number",
        ),
        (("balance", "rentree"), "one arm"),
    ):
        code, _, err = run(*words)
        assert code == 2, words
        assert told in err
        assert "Traceback" not in err


def test_a_plan_is_tried_out(run: Run, capsys) -> None:
    code, found, _ = run("balance", "steps", "--trials", "3")
    assert (code, found["people"], set(found["factors"])) == (0, 240, {"site"})
    assert main(["allocation", "balance", "steps", "--trials", "2"]) == 0
    assert main(["allocation", "list", "steps", "--seed-file", "seed", "-o", "l.csv"]) == 0
    assert main(["allocation", "verify", "l.csv", "--programme", "steps", "--seed-file", "seed", "--hash", "0"]) == 1
    told = capsys.readouterr().out
    assert "guessed right" in told
    assert "does not have the hash" in told


@pytest.mark.django_db
def test_a_study_is_checked_against_its_seed(run: Run, unscoped, monkeypatch, capsys) -> None:
    from tests.world import World

    from opstap.cli import database

    monkeypatch.setattr(database, "ready", lambda: None)
    with unscoped():
        World("steps").allocated()
        World("rentree").study.refresh_from_db()
    code, found, _ = run("check", "steps", "--seed-file", "seed")
    assert (code, found["valid"], found["used"]) == (0, True, 1)
    Path("other").write_bytes(SEED[::-1])
    assert run("check", "steps", "--seed-file", "other")[0] == 1
    assert main(["allocation", "check", "steps", "--seed-file", "other"]) == 1
    assert "1 of 360 lines used; line" in capsys.readouterr().out
    assert run("check", "rentree", "--seed-file", "seed")[0] == 2
    assert run("check", "nowhere", "--seed-file", "seed")[0] == 2
