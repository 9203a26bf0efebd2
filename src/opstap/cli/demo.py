"""`opstap demo`: a whole installation with invented people, served while they still come in."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import opstap
from opstap.cli import ways
from opstap.cli.answer import BadInput


def demo(
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    var: Annotated[Path, typer.Option(help="The data folder; made when it is not there.")] = Path("var"),
    few: Annotated[bool, typer.Option("--few", help="Invite a tenth of the people: ready in seconds.")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Fill the database, then stop.")] = False,
) -> None:
    """Serve STEPS and Rentree with invented people. A second start goes on where the first one stopped."""
    home = var.resolve()
    _writable(home)
    if not no_serve:
        _free(port)
    # The demonstration never touches another database than its own.
    os.environ.update(
        OPSTAP_DEMO="1", OPSTAP_DATABASE_URL="", OPSTAP_HOME=str(home), OPSTAP_ADDRESS=f"http://localhost:{port}"
    )
    filled = ways.read(home).get("complete", False)
    if not filled:
        for left in ("opstap.sqlite3", "opstap.sqlite3-wal", "opstap.sqlite3-shm", "demo.json"):
            (home / left).unlink(missing_ok=True)
    _prepare(home)
    if no_serve:
        if not filled:
            fill_here(home, few)
        _tell(home, port)
        return
    filling = (
        None
        if filled
        else multiprocessing.get_context("spawn").Process(target=fill_here, args=(home, few), daemon=True)
    )
    if filling is not None:
        filling.start()
    _tell(home, port)
    _serve(port)


def _writable(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise BadInput(f"{home}: {error.strerror}; make it writable, or choose a folder with --var") from None


def _free(port: int) -> None:
    if not 1 <= port <= 65535:
        raise BadInput(f"--port {port}: a port is a number from 1 to 65535")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise BadInput(f"port {port} is taken; stop what uses it, or choose another: --port {port + 1}") from None


def _prepare(home: Path) -> None:
    """Make the tables and put the stylesheet, fonts and scripts in place; only what is not there yet."""
    from opstap.cli.database import ready

    ready(home, migrated=False)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    static = Path(opstap.__file__).parent / "web" / "static"
    newest = max(int(path.stat().st_mtime) for path in static.rglob("*") if path.is_file())
    stamp, wanted = home / "static.stamp", f"{opstap.__version__} {newest}"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(home / "static", ignore_errors=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)


def fill_here(home: Path, few: bool = False) -> None:
    """Fill the database, with a progress bar on a terminal; also the target of a process of its own."""
    from opstap.cli.database import ready

    try:
        ready(home)
        from opstap.cli.fill import fill

        for _ in _shown(fill(home, few=few)):
            pass
        sys.stderr.write("Everyone is in.\n")
    except KeyboardInterrupt:
        pass
    except Exception as error:
        from opstap.cli.mount import write_down

        note = write_down("demo", error)
        sys.stderr.write(f"Sorry, the demonstration could not be filled. The details are in {note}\n")
        raise SystemExit(70) from None


def _shown(steps: Iterator[tuple[int, int]]) -> Iterator[int]:
    if not sys.stderr.isatty():
        yield from (done for done, _ in steps)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = None
        for done, about in steps:
            task = bar.add_task("Inviting invented people", total=about) if task is None else task
            bar.update(task, completed=min(done, about))
            yield done


def _tell(home: Path, port: int) -> None:
    """Print the address and one way in for each role."""
    address = f"http://localhost:{port}"
    typer.echo(f"\nOpstap is at {address}/\nSign in as anyone with one press at {address}/demo/, or by hand:\n")
    for role, email in _roles():
        typer.echo(f"  {role:<28} {email}")
    typer.echo(
        f"\n  password: {ways.PASSWORD}\n  the one-time codes stand at {address}/demo/"
        f"\n  a participant comes in by a mailed link ({address}/demo/outbox/) and the personal code {ways.CODE}\n"
        f"\nAll people are invented. Everything is kept in {home}. Stop with Ctrl-C.\n"
    )
    sys.stdout.flush()


def _roles() -> list[tuple[str, str]]:
    return [
        ("STEPS therapist", "fenna@steps.example"),
        ("STEPS coach", "ruben@steps.example"),
        ("STEPS coordinator", "hanna@steps.example"),
        ("STEPS referrer", "noor@steps.example"),
        ("STEPS analyst", "ada@steps.example"),
        ("STEPS data manager", "mila@steps.example"),
        ("Rentree coach", "fenna@rentree.example"),
        ("Rentree coordinator", "hanna@rentree.example"),
        ("Rentree referrer", "noor@rentree.example"),
        ("Rentree analyst", "ada@rentree.example"),
        ("Rentree data manager", "mila@rentree.example"),
        ("steward", "wim@opstap.example"),
    ]


def _serve(port: int) -> None:
    from waitress import serve

    from opstap.config.wsgi import application

    serve(application, host="127.0.0.1", port=port, threads=8, ident="")
