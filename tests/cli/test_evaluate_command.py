"""`opstap evaluate`: the folder it writes, and one message for bad input."""

import json

import pytest
from django_scopes import scopes_disabled
from tests.world import World

from opstap.acts import clock
from opstap.cli import COMMANDS
from opstap.cli.mount import run


def evaluate(*words: object) -> int:
    return run("evaluate", COMMANDS["evaluate"], [str(word) for word in words])


@pytest.fixture(autouse=True)
def _own_database(db, monkeypatch):
    """The tests' own database lies in memory: nothing needs to be looked for on the disk."""
    monkeypatch.setattr("opstap.cli.database.ready", lambda: None)


@pytest.fixture
def followed():
    """A Rentree study in which one person answered twice."""
    world = World("rentree")
    with scopes_disabled(), clock.at(world.moment):
        participant = world.baseline()
        world.later(days=185)
        world.fill(participant, "t1")
    return world


def test_it_writes_the_whole_report(followed, tmp_path, capsys):
    assert evaluate("rentree", "-o", tmp_path / "report", "--seed", 5, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert {"report.html", "results.json", "provenance.json"} <= set(said["files"])
    assert any(name.startswith("tables/") for name in said["files"])
    assert any(name.startswith("figures/") for name in said["files"])
    for name in said["files"]:
        assert (tmp_path / "report" / name).stat().st_size
    provenance = json.loads((tmp_path / "report" / "provenance.json").read_text())
    assert (provenance["seed"], provenance["study"]) == (5, "rentree")
    assert said["dataset"] == provenance["dataset"]
    assert said["results"] == json.loads((tmp_path / "report" / "results.json").read_text())


def test_twice_gives_the_same_bytes(followed, tmp_path):
    for name in ("one", "two"):
        assert evaluate("rentree", "-o", tmp_path / name) == 0
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert first == second


def test_the_language_is_the_programmes_own_unless_asked(followed, tmp_path):
    assert evaluate("rentree", "-o", tmp_path / "own") == 0
    assert evaluate("rentree", "-o", tmp_path / "asked", "--language", "en") == 0
    assert '<html lang="nl">' in (tmp_path / "own" / "report.html").read_text()
    assert '<html lang="en">' in (tmp_path / "asked" / "report.html").read_text()


def test_a_protocol_file_means_the_study_of_its_programme(followed, tmp_path):
    from opstap.domain.protocol import find

    assert evaluate(find("rentree"), "-o", tmp_path / "report") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["steps"], "there is rentree"),
        (["nothing"], "there is rentree"),
        (["rentree", "--language", "fr"], "choose nl or en"),
        (["rentree", "--seed", "-3"], "--seed"),
        (["rentree", "--seed", "x"], "--seed"),
    ],
)
def test_bad_input_is_one_message(followed, tmp_path, capsys, words, said):
    assert evaluate(*words, "-o", tmp_path / "report") == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / "report").exists()


def test_a_place_that_cannot_be_written_to(followed, tmp_path, capsys):
    (tmp_path / "file").write_text("a file")
    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path):
        assert evaluate("rentree", "-o", place) == 2
        assert "choose" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "a file"


def test_no_studies_yet(tmp_path, capsys):
    assert evaluate("rentree", "-o", tmp_path / "report") == 2
    assert "./run demo" in capsys.readouterr().err
