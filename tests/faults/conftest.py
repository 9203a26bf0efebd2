"""A database of its own for what happens at once: real connections, real commits, thrown away afterwards.

The tests' usual database lives inside one transaction (and on SQLite in memory), where nothing happens at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django_scopes import scopes_disabled

from opstap.acts import clock
from tests.world import World


@contextmanager
def _database(name: str) -> Iterator[None]:
    """Let `default` be another database, in this thread and in those it starts."""
    kept, settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**settings, "NAME": name}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, kept


@pytest.fixture(scope="package")
def _apart(django_db_setup, django_db_blocker, tmp_path_factory, worker_name) -> Iterator[None]:
    with django_db_blocker.unblock():
        usual = connections["default"]
        if usual.vendor == "sqlite":
            with _database(str(tmp_path_factory.mktemp("faults") / "opstap.sqlite3")):
                call_command("migrate", verbosity=0)
                yield
            return
        name = f"opstap_faults_{worker_name}"
        with usual._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        try:
            with _database(name):
                call_command("migrate", verbosity=0)
                yield
        finally:
            with usual._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def worker_name(request) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "alone")


@pytest.fixture(scope="package")
def world(_apart) -> Iterator[World]:
    """A STEPS study in that database; a test makes its own participants in it."""
    with scopes_disabled():
        made = World("steps")
        with clock.at(made.moment):
            assert made.study.pk
            yield made


def at_once(moment: Any, *doings: Callable[[], Any]) -> list[Any]:
    """Do things in threads that start together; give what each gave, or the exception it ended in."""
    ready = threading.Barrier(len(doings))
    outcomes: list[Any] = [None] * len(doings)

    def run(number: int, doing: Callable[[], Any]) -> None:
        try:
            with scopes_disabled(), clock.at(moment):
                ready.wait(timeout=30)
                outcomes[number] = doing()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "two acts wait for each other for ever"
    return outcomes
