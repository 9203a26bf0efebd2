"""The opstap command: fast, one answer, one message, no traceback."""

import json
import math
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from opstap import cli
from opstap.cli import COMMANDS, Command, answer, doctor, main, mount

ROOT = Path(__file__).parents[2]


def opstap(*words, **more):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "opstap", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **more)


# Help.


def test_help_lists_every_command_and_an_example():
    said = opstap("--help")
    assert said.returncode == 0
    for name, command in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(command.help)}$", said.stdout, re.MULTILINE)
    assert "example:\n  opstap " in said.stdout


def test_help_loads_neither_django_nor_pandas():
    code = (
        "import sys; from opstap.cli import main; main(['--help']); "
        "sys.exit(bool({'django', 'pandas', 'numpy', 'typer', 'rich'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr


def leaves(command, path):
    """Every command below a mounted one, with the words that call it."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from leaves(inner, [*path, name])
    else:
        yield path


CALLS = [path for name, row in COMMANDS.items() for path in leaves(mount.load(name, row), [name])]


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_each_command_answers_help_with_an_example(words, capsys):
    assert main([*words, "--help"]) == 0
    assert re.search(r"[Ee]xample", capsys.readouterr().out)


def test_unknown_command_gets_one_message_with_its_mend(capsys):
    assert main(["docter"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "opstap has no command 'docter'. Did you mean doctor? Try: opstap --help\n"


def test_version_is_said(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"opstap \d+\.\d+\.\d+\n", capsys.readouterr().out)


# What a command may raise.


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Put a function under the name `act` for the length of a test, in a folder of its own."""

    def install(function):
        monkeypatch.setattr(sys.modules[__name__], "act", function, raising=False)
        monkeypatch.setattr(cli, "COMMANDS", {"act": Command(f"{__name__}:act", "Acts.", "opstap act")})

    monkeypatch.chdir(tmp_path)
    return install


def test_bad_input_is_one_message_and_exit_2(command, capsys):
    def act() -> None:
        raise answer.BadInput("spells.csv, line 3: actual_hours is 'x'. Write a number.")

    command(act)
    assert main(["act"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "spells.csv, line 3: actual_hours is 'x'. Write a number.\n")


def test_wrong_option_is_exit_2(command, capsys):
    command(lambda: None)
    assert main(["act", "--colour"]) == 2
    assert "--colour" in capsys.readouterr().err


def test_negative_answer_is_exit_1(command, capsys):
    def act() -> None:
        answer.answer({"valid": False}, as_json=True, show=print)
        answer.no()

    command(act)
    assert main(["act"]) == 1
    assert json.loads(capsys.readouterr().out) == {"valid": False}


def test_stopping_is_calm(command, capsys):
    def act() -> None:
        raise KeyboardInterrupt

    command(act)
    assert main(["act"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("var", [True, False])
def test_a_fault_of_ours_leaves_a_note_without_what_was_entered(command, capsys, monkeypatch, tmp_path, var):
    def act() -> None:
        name = "Marijke de Wolde"
        try:
            raise KeyError(name)
        except KeyError as error:
            raise RuntimeError(f"cannot find {name}") from error

    if var:
        (tmp_path / "var").mkdir()
    monkeypatch.setattr(mount.tempfile, "gettempdir", lambda: str(tmp_path))
    command(act)
    assert main(["act"]) == mount.FAULT
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    note = Path(said.err.split(" in ")[-1].strip())
    assert (note.parent.name == "var") == var
    assert note.stat().st_mode & 0o777 == 0o600
    text = note.read_text()
    assert "builtins.RuntimeError" in text
    assert "builtins.KeyError" in text
    assert f"{Path(__file__).name}:" in text
    assert "Marijke" not in text


def test_a_family_of_one_command_keeps_its_second_word(command, capsys):
    family = typer.Typer()

    @family.command()
    def outcomes() -> None:
        typer.echo("here")

    command(family)
    assert main(["act", "outcomes"]) == 0
    assert capsys.readouterr().out == "here\n"


# JSON.


class Kind(StrEnum):
    OWN = "own"


@dataclass
class Row:
    date: date
    hours: float


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (math.nan, "null"),
        (math.inf, "null"),
        (None, "null"),
        (pd.NaT, "null"),
        (pd.NA, "null"),
        (np.float64("nan"), "null"),
        (0.1 + 0.2, "0.30000000000000004"),
        (np.float64(1) / 3, "0.3333333333333333"),
        (np.int64(7), "7"),
        (np.bool_(True), "true"),
        (True, "true"),
        (Decimal("2.5"), "2.5"),
        (date(2026, 4, 6), '"2026-04-06"'),
        (pd.Timestamp("2026-04-06"), '"2026-04-06T00:00:00"'),
        (Path("out/x.csv"), '"out/x.csv"'),
        (Kind.OWN, '"own"'),
        ({Kind.OWN: (1, 2)}, '{"own": [1, 2]}'),
        ({"b", "a"}, '["a", "b"]'),
        (np.array([[1.5, np.nan]]), "[[1.5, null]]"),
        (Row(date(2026, 4, 6), math.nan), '{"date": "2026-04-06", "hours": null}'),
        ("één", '"één"'),
    ],
)
def test_json_is_full_precision_and_null_for_missing(value, written):
    assert json.dumps(answer.plain(value), ensure_ascii=False, allow_nan=False) == written


def test_json_refuses_what_it_has_no_form_for():
    with pytest.raises(TypeError, match="object"):
        answer.plain(object())


def test_progress_is_silent_away_from_a_terminal(capsys):
    assert list(answer.progress([1, 2], label="Counting")) == [1, 2]
    assert capsys.readouterr() == ("", "")


# Doctor.


def test_doctor_speaks_json_and_says_how_to_mend():
    said = opstap("doctor", "--json")
    data = json.loads(said.stdout)
    assert said.returncode == (0 if data["healthy"] else 1)
    for finding in data["findings"]:
        assert finding["state"] in ("ok", "missing", "not needed")
        assert finding["mend"] or finding["state"] != "missing", finding
    names = {finding["name"] for finding in data["findings"]}
    assert {"Python", "packages", "var folder", "Chromium", "PostgreSQL server", "Pango"} <= names


def test_doctor_sees_a_package_of_another_version(monkeypatch, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("pytest==0.1 \\\n    --hash=sha256:0\nnot-there==1\n")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    found = doctor.packages()
    assert found.state == "missing"
    assert f"pytest {pytest.__version__} instead of 0.1" in found.seen
    assert "not-there absent instead of 1" in found.seen


def test_doctor_leaves_out_what_another_platform_needs():
    lock = "a==1 \\\n    --hash=sha256:0\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n"
    assert doctor.pins(lock) == {"a": "1"}


def test_doctor_says_that_settings_cannot_be_read():
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "no.such.settings",
    }
    command = [sys.executable, "-m", "opstap", "doctor", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == 1
    found = {finding["name"]: finding for finding in json.loads(said.stdout)["findings"]}
    assert found["settings"]["state"] == "missing"
    assert "Traceback" not in said.stderr
