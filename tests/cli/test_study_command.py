"""`opstap study`: what opens, and what is refused with one message and exit 2."""

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from opstap.cli import database, main

ROOT = Path(__file__).parents[2]


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class Home:
    """A folder with what the commands are given, before the database of the tests."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture
def home(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Home:
    # The database of the tests is in memory: there is no file to look for.
    monkeypatch.setattr(database, "_check_migrated", lambda: None)
    (tmp_path / "seed").write_bytes(bytes(range(32)))
    (tmp_path / "short").write_bytes(b"123")
    (tmp_path / "password").write_text("een heel gewoon ontbijt\n")
    return Home(tmp_path, capsys)


def opstap(home: Home, *words: str, family: str = "study") -> Said:
    home.capsys.readouterr()
    return Said(main([family, *words]), *home.capsys.readouterr())


def test_a_study_is_opened_once_and_listed(home: Home) -> None:
    made = opstap(home, "open", "steps", "--name", "een-trial", "--seed-file", str(home / "seed"), "--json")
    assert made.returncode == 0, made.stderr
    opened = json.loads(made.stdout)
    assert (opened["study"], opened["programme"], len(opened["list_hash"])) == ("een-trial", "steps", 64)
    again = opstap(home, "open", "steps", "--name", "een-trial", "--seed-file", str(home / "seed"))
    assert (again.returncode, again.stdout) == (2, "")
    assert "--name" in again.stderr
    assert opened in json.loads(opstap(home, "list", "--json").stdout)["studies"]


def test_consent_forms_are_amended_with_a_version_of_their_own(home: Home, tmp_path: Path) -> None:
    example = ROOT / "docs" / "examples" / "walking-back"
    made = opstap(home, "open", str(example / "protocol.yaml"), "--name", "wandelen")
    assert made.returncode == 0, made.stderr
    later = tmp_path / "later"
    shutil.copytree(example, later)
    words = (later / "protocol.yaml").read_text()
    same = opstap(home, "amend", "wandelen", str(later / "protocol.yaml"))
    assert (same.returncode, "version of its own" in same.stderr) == (2, True)
    words = re.sub(r"^version: .*$", 'version: "1.1"', words, count=1, flags=re.M)
    (later / "protocol.yaml").write_text(words.replace("days_to_think: 3", "days_to_think: 4"))
    kept = opstap(home, "amend", "wandelen", str(later / "protocol.yaml"))
    assert (kept.returncode, "kept its version" in kept.stderr) == (2, True)
    at = words.index("- kind: study")
    words = words[:at] + words[at:].replace('version: "1"', 'version: "2"', 1)
    (later / "protocol.yaml").write_text(words)
    amended = opstap(home, "amend", "wandelen", str(later / "protocol.yaml"), "--json")
    assert amended.returncode == 0, amended.stderr
    assert json.loads(amended.stdout)["version"] == "1.1"


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
def test_bad_input_gets_one_message(home: Home, words: list[str], said: str) -> None:
    files = {"short", "nowhere", "seed", "password"}
    answer = opstap(home, *[str(home / word) if word in files else word for word in words])
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


PACK = """instrument: {name}
version: "1"
language: {language}
licence: {{holder: Ziekenhuis, reference: "7"}}
words:
  "": {{text: Titel}}
"""


def test_a_study_goes_live_once_its_texts_are_there(home: Home) -> None:
    assert opstap(home, "open", "docs/examples/walking-back/protocol.yaml", "--name", "lopen").returncode == 0
    first = opstap(home, "live", "lopen", "--json")
    assert (first.returncode, json.loads(first.stdout)) == (0, {"study": "lopen", "live": True, "lacking": []})
    again = opstap(home, "live", "lopen")
    assert (again.returncode, "lopen" in again.stderr) == (2, True)
    opened = opstap(home, "open", "rentree", "--name", "rentree-proef")
    assert opened.returncode == 0, opened.stderr
    answer = opstap(home, "live", "rentree-proef")
    assert answer.returncode == 1
    assert "sf12-v1 in nl: its text is not loaded" in answer.stdout
    assert "stays a pilot" in answer.stdout
    items = {**{f"i{n}": 5 for n in (1, 8, 12)}, "i2": 3, "i3": 3, **{f"i{n}": 2 for n in (4, 5, 6, 7)}}
    items |= {f"i{n}": 6 for n in (9, 10, 11)}
    words = "".join(
        f"  {item}: {{text: Vraag, options: {{{', '.join(f'{code}: a' for code in range(1, most + 1))}}}}}\n"
        for item, most in items.items()
    )
    for language in ("nl", "en"):
        (home / "pack.yaml").write_text(PACK.format(name="sf12-v1", language=language) + words)
        loaded = opstap(home, "texts", "rentree-proef", str(home / "pack.yaml"), "--json")
        assert loaded.returncode == 0, loaded.stderr
        assert json.loads(loaded.stdout) == {
            "study": "rentree-proef", "instrument": "sf12-v1", "language": language, "valid_until": None,
        }  # fmt: skip
    assert opstap(home, "live", "rentree-proef").returncode == 0


def test_a_text_that_does_not_fit_is_refused(home: Home) -> None:
    opstap(home, "open", "rentree", "--name", "nog-een")
    (home / "wrong.yaml").write_text(PACK.format(name="sf12-v1", language="nl"))
    answer = opstap(home, "texts", "nog-een", str(home / "wrong.yaml"))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "wrong.yaml:5: words.i1: i1: no text; add it" in answer.stderr
    for words in (["texts", "nog-een", str(home / "nowhere.yaml")], ["texts", "weg", str(home / "wrong.yaml")]):
        assert opstap(home, *words).returncode == 2
    assert "no such study" in opstap(home, "live", "weg").stderr


def test_the_first_steward_is_made(home: Home) -> None:
    made = opstap(home, "steward", "s.vos@v.example", "--name", "Saar Vos", "--password-file", str(home / "password"))
    assert made.returncode == 0, made.stderr


def test_queries_are_run_in_a_study_and_nowhere_else(home: Home) -> None:
    opstap(home, "open", "rentree", "--name", "queried", "--seed-file", str(home / "seed"))

    done = opstap(home, "run", "queried", "--json", family="queries")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"study": "queried", "raised": 0, "closed": 0}), done
    lost = opstap(home, "run", "nowhere", family="queries")
    assert (lost.returncode, lost.stdout) == (2, "")
    assert "nowhere" in lost.stderr
