"""What every benchmark stands on: a database of its own, an invented world in it, and how busy the machine is."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def load() -> str:
    """Tell how busy the machine was in the last minute: processes that wanted to run."""
    return f"{os.getloadavg()[0]:.1f}"


def started_before(folder: str) -> dict[str, str]:
    """Give an environment in which Python keeps what it compiled, in a folder: as wherever a program ran before."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a private PostgreSQL that keeps what was committed through a power cut."""
    door = _door()
    binaries = door.find_postgres()
    if binaries is None:
        raise SystemExit("No PostgreSQL server was found: apt install postgresql")
    with door.postgres(binaries, durable=True) as address:
        yield address


def _door() -> ModuleType:
    """Load `./run`, which knows how to start a private PostgreSQL."""
    loader = importlib.machinery.SourceFileLoader("opstap_door", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("opstap_door", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@contextmanager
def home(address: str = "") -> Iterator[str]:
    """Make a data folder that is thrown away, load Django on it and on a database, and make the tables."""
    with tempfile.TemporaryDirectory(prefix="opstap-benchmark-") as folder:
        os.environ |= {
            "OPSTAP_HOME": folder, "OPSTAP_DATABASE_URL": address, "OPSTAP_HOSTS": "*",
            "DJANGO_SETTINGS_MODULE": "opstap.config.settings",
        }  # fmt: skip
        (Path(folder) / "static").mkdir()
        import django
        from django.conf import settings

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield folder


@contextmanager
def world_on_postgres() -> Iterator[Any]:
    """Make a STEPS study with its stylesheet and scripts gathered, on a private PostgreSQL; everything is open."""
    with ExitStack() as stack:
        stack.enter_context(home(stack.enter_context(postgres())))
        from django.core.management import call_command
        from django.db import connections
        from django_scopes import scopes_disabled
        from tests.world import World

        from opstap.acts import clock

        call_command("collectstatic", verbosity=0, interactive=False)
        world = World("steps")
        stack.callback(connections.close_all)
        stack.enter_context(scopes_disabled())
        stack.enter_context(clock.at(world.moment))
        yield world
