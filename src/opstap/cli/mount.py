"""From a row of the table to a running command; from what it raises to one message and an exit code."""

import importlib
import os
import secrets
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command, get_group

from opstap.cli import Command
from opstap.cli.answer import BadInput

FAULT = 70
"""The exit code of a fault of ours (EX_SOFTWARE of sysexits.h)."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def load(name: str, command: Command) -> Any:
    """The click command behind a row; imports its module."""
    module, _, attribute = command.where.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, typer.Typer):
        found.info.help = command.help
        found.info.epilog = f"Example: {command.example}"
        return get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, epilog=f"Example: {command.example}")(found)
    return get_command(alone)


def run(name: str, command: Command, arguments: Sequence[str]) -> int:
    """Run one command to its end and return its exit code; no traceback reaches the user."""
    try:
        load(name, command).main(args=list(arguments), prog_name=f"opstap {name}")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return INTERRUPTED
    except Exception as error:
        note = write_down(name, error)
        sys.stderr.write(f"Sorry, something went wrong inside Opstap. The details are in {note}\n")
        return FAULT
    return 0


def write_down(name: str, error: BaseException) -> Path:
    """Write where a fault happened to a file of its own and return its path.

    The kinds of error and the lines of code are written; messages, arguments and values are not, since
    they may hold what someone entered.
    """
    folder = Path("var")
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        folder = Path(tempfile.gettempdir())
    now = datetime.now(UTC)
    lines = [f"opstap {name}, {now:%Y-%m-%d %H:%M} UTC, Python {sys.version.split()[0]}"]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines += [f"  {at.filename}:{at.lineno} in {at.name}" for at in traceback.extract_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    path = folder / f"opstap-fault-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path
