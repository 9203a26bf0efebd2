"""`opstap study` in a database of its own: what opens, and what is refused with one message and exit 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("study")
    made = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        env=environment(home),
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    (home / "seed").write_bytes(bytes(range(32)))
    (home / "short").write_bytes(b"123")
    (home / "password").write_text("een heel gewoon ontbijt\n")
    return home


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSTAP_")}
    source = str(ROOT / "src")
    return {**kept, "PYTHONPATH": source, "OPSTAP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "opstap.config.settings"}


def opstap(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opstap", "study", *words],
        env=environment(home),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


def test_a_study_is_opened_once_and_listed(home: Path) -> None:
    made = opstap(home, "open", "steps", "--name", "een-trial", "--seed-file", str(home / "seed"), "--json")
    assert made.returncode == 0, made.stderr
    opened = json.loads(made.stdout)
    assert (opened["study"], opened["programme"], len(opened["list_hash"])) == ("een-trial", "steps", 64)
    again = opstap(home, "open", "steps", "--name", "een-trial", "--seed-file", str(home / "seed"))
    assert (again.returncode, again.stdout) == (2, "")
    assert "--name" in again.stderr
    assert opened in json.loads(opstap(home, "list", "--json").stdout)["studies"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["open", "never"], "no such programme"),
        (["open", "steps", "--name", "zonder"], "--seed-file"),
        (["open", "steps", "--name", "kort", "--seed-file", "short"], "128"),
        (["open", "steps", "--name", "weg", "--seed-file", "nowhere"], "openssl rand"),
        (["open", "steps", "--name", "twee woorden", "--seed-file", "seed"], "--name"),
        (["steward", "nergens", "--name", "Saar", "--password-file", "password"], "email"),
        (["steward", "s@v.example", "--name", "Saar", "--password-file", "nowhere"], "password"),
    ],
)
def test_bad_input_gets_one_message(home: Path, words: list[str], said: str) -> None:
    files = {"short", "nowhere", "seed", "password"}
    answer = opstap(home, *[str(home / word) if word in files else word for word in words])
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_first_steward_is_made(home: Path) -> None:
    made = opstap(home, "steward", "s.vos@v.example", "--name", "Saar Vos", "--password-file", str(home / "password"))
    assert made.returncode == 0, made.stderr
