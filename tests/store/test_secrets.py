"""The three secrets: made once, readable by their owner only, and refused with a way to mend it."""

import json
import os
import stat

import pytest

from opstap.config import secrets


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch):
    for name in secrets.NAMES:
        monkeypatch.delenv(name, raising=False)


def test_secrets_are_made_once(tmp_path):
    home = tmp_path / "new" / "folder"
    made = secrets.load(home)
    assert set(made) == set(secrets.NAMES)
    assert len(set(made.values())) == 3
    assert all(len(value) >= 64 for value in made.values())
    assert secrets.load(home) == made
    assert secrets.load(tmp_path / "elsewhere") != made
    assert [path.name for path in home.iterdir()] == ["secrets.json"]


def test_only_the_owner_reads_the_file(tmp_path):
    secrets.load(tmp_path)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    made = secrets.load(tmp_path)
    monkeypatch.setenv("OPSTAP_AUDIT_KEY", "a" * 40)
    assert secrets.load(tmp_path) == {**made, "OPSTAP_AUDIT_KEY": "a" * 40}


def test_with_all_three_in_the_environment_no_file_is_made(tmp_path, monkeypatch):
    for name in secrets.NAMES:
        monkeypatch.setenv(name, name.lower() * 3)
    assert set(secrets.load(tmp_path / "nowhere")) == set(secrets.NAMES)
    assert not (tmp_path / "nowhere").exists()


def test_a_short_secret_is_refused_and_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setenv("OPSTAP_IDENTITY_KEY", "geheim")
    with pytest.raises(secrets.SecretsError, match=r"OPSTAP_IDENTITY_KEY is shorter than 32.*openssl rand") as refused:
        secrets.load(tmp_path)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "not json", "{}", '{"OPSTAP_SECRET_KEY": "x"}', "[1, 2]", '"text"', "null"])
def test_a_broken_file_is_never_replaced(tmp_path, content):
    # New keys would make every name in the database unreadable for ever.
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(secrets.SecretsError, match=r"secrets\.json: not a complete set.*restore it from the backup"):
        secrets.load(tmp_path)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_made_says_how_to_mend_it(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(secrets.SecretsError, match="make the folder writable, or set OPSTAP_SECRET_KEY"):
        secrets.load(tmp_path / "file" / "home")


def test_two_starts_at_once_keep_one_set(tmp_path, monkeypatch):
    other = {name: f"{number}" * 40 for number, name in enumerate(secrets.NAMES)}
    link = os.link

    def late(draft, path):
        # The other process was just before us.
        path.write_text(json.dumps(other))
        link(draft, path)

    monkeypatch.setattr(os, "link", late)
    assert secrets.load(tmp_path) == other
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
