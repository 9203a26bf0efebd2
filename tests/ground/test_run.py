"""./run: what it says when something is in the way, and that it makes an environment only once."""

import importlib.machinery
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def door():
    """The script as a module."""
    loader = importlib.machinery.SourceFileLoader("door", str(ROOT / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("door", loader))
    # Keeps Python from writing a compiled copy of the script beside it.
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = written
    return module


@pytest.fixture
def checkout(tmp_path):
    """A copy of what ./run needs to begin, without an environment."""
    shutil.copy(ROOT / "run", tmp_path / "run")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "src").mkdir()
    return tmp_path


def run(folder, *words, **environment):
    return subprocess.run(
        [sys.executable, folder / "run", *words],
        capture_output=True, text=True, env={**os.environ, **environment}, check=False, timeout=60,
    )  # fmt: skip


def one_message(answer, code, *parts):
    assert answer.returncode == code, answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    for part in parts:
        assert part in answer.stderr


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_has_examples_and_makes_nothing(checkout, words):
    answer = run(checkout, *words)
    assert answer.returncode == 0
    assert "examples:\n  ./run demo" in answer.stdout
    assert not (checkout / ".venv").exists()


def test_unknown_command(checkout):
    one_message(run(checkout, "demmo"), 2, "'demmo'", "demo, test, check")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_a_port_that_is_none(checkout, port):
    one_message(run(checkout, "demo", "--port", port), 2, "1 to 65535", "--port 8001")
    assert not (checkout / ".venv").exists()


def test_a_taken_port_is_named_before_anything_is_made(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        one_message(run(checkout, "demo", f"--port={port}"), 2, f"Port {port} is taken", "--port")
    assert not (checkout / ".venv").exists()
    assert not (checkout / "var").exists()


def test_a_folder_that_cannot_be_written(checkout):
    """A file in the place of var/ stops root as well, whom permissions do not."""
    (checkout / "var").write_text("in the way")
    one_message(run(checkout, "demo", "--no-serve"), 2, "cannot write in", "var", "folder of your own")
    assert not (checkout / ".venv").exists()


def test_neither_network_nor_packages(checkout):
    """pip is sent to a port where nothing listens."""
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    answer = run(checkout, "opstap", "--help", **nowhere)
    one_message(answer, 1, "could not be installed", "network", "same command again")
    assert not (checkout / ".venv" / "opstap-stamp.json").exists()


def test_old_python_is_told_so(door, monkeypatch, capsys):
    monkeypatch.setattr(door.sys, "version_info", (3, 9, 2))
    assert door.main(["demo"]) == 1
    assert "needs Python 3.11 or newer; this is 3.9.2" in capsys.readouterr().err


def test_script_can_be_read_by_an_old_python():
    """So that the message above is seen, and not a SyntaxError."""
    import ast

    ast.parse((ROOT / "run").read_text(), feature_version=(3, 7))


def test_missing_venv_names_the_package(door, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))
    with pytest.raises(door.Refusal, match=r"sudo apt install python3(\.\d+)?-venv") as refusal:
        door.refuse_missing_venv()
    assert refusal.value.code == 1


# The environment, with pip left out.


@pytest.fixture
def place(door, monkeypatch, checkout):
    """The script at work in the copy, with an installer that only counts."""
    installed = []
    monkeypatch.setattr(door, "ROOT", checkout)
    monkeypatch.setattr(door, "VENV", checkout / ".venv")
    monkeypatch.setattr(door, "PYTHON", checkout / ".venv" / "bin" / "python")
    monkeypatch.setattr(door, "STAMP", checkout / ".venv" / "opstap-stamp.json")

    def make_venv():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", door.VENV], check=True)

    monkeypatch.setattr(door, "make_venv", make_venv)
    monkeypatch.setattr(door, "install", installed.append)
    return installed


def test_environment_is_made_once_and_again_when_the_lock_changes(door, place, checkout):
    door.make_environment("run")
    began = time.monotonic()
    door.make_environment("run")
    assert time.monotonic() - began < 1
    assert place == ["run"]
    with (checkout / "requirements" / "run.lock").open("a") as lock:
        lock.write("# changed\n")
    door.make_environment("run")
    assert place == ["run", "run"]


def test_a_developers_environment_serves_the_demo_too(door, place):
    door.make_environment("dev")
    door.make_environment("run")
    assert place == ["dev"]


@pytest.mark.parametrize("damage", ["broken stamp", "other Python", "no Python"])
def test_a_damaged_environment_is_made_again(door, place, damage):
    door.make_environment("run")
    if damage == "broken stamp":
        door.STAMP.write_text("{")
    elif damage == "other Python":
        door.STAMP.write_text(json.dumps({"python": [3, 8], "run": door.lock_hash("run")}))
    else:
        door.PYTHON.unlink()
    door.make_environment("run")
    assert place == ["run", "run"]


def test_package_is_on_the_path_of_the_environment_also_after_moving(door, place, checkout, tmp_path_factory):
    package = checkout / "src" / "opstap"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("print('here')")
    door.make_environment("run")
    moved = tmp_path_factory.mktemp("moved") / "checkout"
    checkout.rename(moved)
    said = subprocess.run([moved / ".venv/bin/opstap"], capture_output=True, text=True, check=True, cwd="/")
    assert said.stdout == "here\n"


def test_two_at_once_take_turns(door, place, checkout):
    import threading

    threads = [threading.Thread(target=door.make_environment, args=["run"]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place == ["run"]


# Tests.

SUITE = """<testsuites><testsuite>
<testcase classname="tests.a" name="ran"/>
<testcase classname="tests.a" name="elsewhere"><skipped type="pytest.skip" message="not here"/></testcase>
<testcase classname="tests.a" name="browser"><skipped type="pytest.skip" message="no Chromium"/></testcase>
<testcase classname="tests.a" name="known"><skipped type="pytest.xfail" message="a known fault"/></testcase>
</testsuite></testsuites>"""


def test_what_ran_nowhere_is_named_with_its_reason(door, tmp_path):
    (tmp_path / "sqlite.xml").write_text(SUITE)
    second = '<testsuites><testsuite><testcase classname="tests.a" name="elsewhere"/></testsuite></testsuites>'
    (tmp_path / "postgres.xml").write_text(second)
    assert door.ran_nowhere(tmp_path) == [("tests.a::browser", "no Chromium")]


def test_private_postgres_answers_and_is_gone_afterwards(door):
    binaries = door.find_postgres()
    if binaries is None:
        pytest.skip("no PostgreSQL server programs")
    import psycopg

    with door.postgres(binaries) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1 + 1").fetchone() == (2,)
            assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace("opstap:", "opstap:wrong"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
