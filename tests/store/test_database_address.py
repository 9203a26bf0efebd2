"""One address says which database; a wrong one is refused without repeating the password."""

from pathlib import Path

import pytest

from opstap.config.database import database

HOME = Path("/srv/opstap")


def test_without_an_address_it_is_sqlite_in_the_data_folder():
    assert database("", HOME)["NAME"] == "/srv/opstap/opstap.sqlite3"


def test_a_path_for_sqlite():
    made = database("sqlite:///var/lib/opstap%20data/db.sqlite3", HOME)
    assert Path(made["NAME"]) == Path("/var/lib/opstap data/db.sqlite3")
    assert made["ENGINE"].endswith("sqlite3")
    assert made["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "foreign_keys=ON" in made["OPTIONS"]["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_address_of_postgresql(scheme):
    made = database(f"{scheme}://opstap:p%40ss%2Fword@db.example:5433/steps", HOME)
    assert made["ENGINE"].endswith("postgresql")
    wanted = {"NAME": "steps", "USER": "opstap", "PASSWORD": "p@ss/word", "HOST": "db.example", "PORT": "5433"}
    assert {name: made[name] for name in wanted} == wanted


def test_what_is_left_out_is_left_to_postgresql():
    made = database("postgresql:///steps", HOME)
    assert (made["NAME"], made["USER"], made["PASSWORD"], made["HOST"], made["PORT"]) == ("steps", "", "", "", "")


def test_a_folder_with_a_socket_is_named_as_host():
    assert database("postgresql:///steps?host=/run/postgresql", HOME)["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("address", ["mysql://opstap:geheim@db/steps", "opstap:geheim@db", "/geheim/db.sqlite3"])
def test_another_kind_of_database_is_refused_and_the_password_is_not_repeated(address):
    with pytest.raises(ValueError, match=r"OPSTAP_DATABASE_URL.*postgresql://.*sqlite:///") as refused:
        database(address, HOME)
    assert "geheim" not in str(refused.value)


def test_a_port_that_is_no_number_is_refused_without_the_password():
    with pytest.raises(ValueError) as refused:
        database("postgresql://opstap:geheim@db:haven/steps", HOME)
    assert "geheim" not in str(refused.value)
