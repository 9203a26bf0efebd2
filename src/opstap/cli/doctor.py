"""`opstap doctor`: what is installed, reachable and configured, and what is not, each with its mend."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer

import opstap
from opstap.cli.answer import answer, no

State = Literal["ok", "missing", "not needed"]
ROOT = Path(opstap.__file__).parents[2]
"""Where a checkout keeps requirements/ and var/; an installed package has neither."""


class Finding(NamedTuple):
    """One thing looked at: its name, its state, what was seen, and how to mend it."""

    name: str
    state: State
    seen: str
    mend: str = ""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Say what is installed, reachable and configured, and what is not. Exit 1 when something is missing."""
    findings = list(look())
    healthy = all(finding.state != "missing" for finding in findings)
    data = {"healthy": healthy, "findings": [finding._asdict() for finding in findings]}
    answer(data, as_json=as_json, show=show)
    if not healthy:
        no()


def show(data: Mapping[str, Any]) -> None:
    """One line per finding, with its mend below it."""
    for finding in data["findings"]:
        typer.echo(f"{finding['state']:<11} {finding['name']}: {finding['seen']}")
        if finding["mend"]:
            typer.echo(f"{'':<11} {finding['mend']}")
    typer.echo("All is well." if data["healthy"] else "Something is missing; each line says how to mend it.")


def look() -> Iterator[Finding]:
    """Everything there is to look at, in the order in which it matters."""
    yield python()
    yield packages()
    yield writable()
    yield from configured()
    yield chromium()
    yield postgres()
    yield pango()


def python() -> Finding:
    """Whether this Python is one that we test with."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "ok", version)
    return Finding("Python", "missing", f"{version} is not tested", "Use Python 3.11, 3.12 or 3.13.")


def pins(lock: str) -> dict[str, str]:
    """Package names and versions of a lock file, without those that another platform needs.

    >>> pins("a==1 \\\\\\n    --hash=sha256:0\\nb==2 ; sys_platform == 'win32' \\\\\\n")
    {'a': '1'}
    """
    found = {}
    for name, version, marker in re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; ([^\\\n]*))?", lock, re.MULTILINE):
        if marker:
            from packaging.markers import Marker

            if not Marker(marker.strip()).evaluate():
                continue
        found[name] = version
    return found


def packages() -> Finding:
    """Whether the installed packages are those of the lock file."""
    lock = ROOT / "requirements" / "run.lock"
    if not lock.exists():
        return Finding("packages", "not needed", "no lock file here to compare with")
    wrong = []
    wanted = pins(lock.read_text())
    for name, version in wanted.items():
        try:
            here = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            here = "absent"
        if here != version:
            wrong.append(f"{name} {here} instead of {version}")
    if wrong:
        return Finding("packages", "missing", "; ".join(wrong), "Run ./run opstap doctor: it installs the pins.")
    return Finding("packages", "ok", f"{len(wanted)} as pinned")


def writable() -> Finding:
    """Whether data can be kept in var/."""
    folder = ROOT / "var" if (ROOT / "requirements").is_dir() else Path("var")
    nearest = folder if folder.is_dir() else folder.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        mend = f"Give yourself the right to write in {nearest}."
        return Finding("var folder", "missing", f"cannot be written: {error.strerror}", mend)
    return Finding("var folder", "ok", "can be written" if folder.is_dir() else "will be made at the first start")


def configured() -> Iterator[Finding]:
    """What only the settings can tell: the database, its migrations, the secrets and the e-mail."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opstap.config.settings")
    name = os.environ["DJANGO_SETTINGS_MODULE"]
    try:
        import django
        from django.conf import settings

        django.setup()
    except Exception as error:
        mend = "See docs/how-to/install.md for the settings that an installation needs."
        yield Finding("settings", "missing", f"{name} cannot be read: {type(error).__name__}", mend)
        return
    yield Finding("settings", "ok", name)
    yield from database()
    secret = settings.SECRET_KEY
    if len(secret) >= 50 and not settings.DEBUG and not re.match("(django-)?(insecure|demo)", secret):
        yield Finding("secret key", "ok", "set")
    else:
        mend = "Before real people are in it: set a secret key of at least 50 random characters."
        yield Finding("secret key", "not needed", "good enough for the demo only", mend)
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and settings.EMAIL_HOST not in ("", "localhost"):
        yield Finding("e-mail", "ok", "a mail server is set")
    else:
        mend = "Before real people are in it: set a mail server."
        yield Finding("e-mail", "not needed", "messages stay in the outbox", mend)


def database() -> Iterator[Finding]:
    """Whether the database answers and has every migration; a missing SQLite file is not made."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    kind = connection.vendor
    file = connection.settings_dict["NAME"]
    if kind == "sqlite" and "memory" not in str(file) and not Path(file).exists():
        yield Finding("database", "missing", "there is none yet", "Make one: ./run demo")
        return
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        mend = "Start the database, or mend OPSTAP_DATABASE_URL."
        yield Finding("database", "missing", f"{kind} does not answer", mend)
        return
    yield Finding("database", "ok", f"{kind} answers")
    if waiting:
        mend = "Run: python -m django migrate"
        yield Finding("migrations", "missing", f"{len(waiting)} not applied", mend)
    else:
        yield Finding("migrations", "ok", "all applied")


def chromium() -> Finding:
    """Whether the tests in a browser can run."""
    found = os.environ.get("OPSTAP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return Finding("Chromium", "ok", found)
    return Finding("Chromium", "not needed", "absent; only tests use it", "For tests: apt install chromium")


def postgres() -> Finding:
    """Whether the tests can start a PostgreSQL of their own."""
    if shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return Finding("PostgreSQL server", "ok", "installed")
    mend = "For tests, or to keep the database here: apt install postgresql"
    return Finding("PostgreSQL server", "not needed", "absent; SQLite is the default", mend)


def pango() -> Finding:
    """Whether letters can become PDF; without it their pages can still be printed."""
    from opstap.paper.letter import can_draw

    if can_draw():
        return Finding("Pango", "ok", "letters can become PDF")
    mend = "For PDF: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return Finding("Pango", "not needed", "absent; letters are printed from the browser", mend)
