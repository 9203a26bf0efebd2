"""`opstap bounce`: takes in what a mail server reports about mails, for the address that sends them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer


def bounce(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]…", help="Mails; standard input without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Take in delivery reports. Let the mail server hand each one over: `|opstap bounce` in its aliases."""
    from opstap.exchange.delivery_report import NotAReport, read

    reports = []
    for name, content in _contents(files or []):
        try:
            reports.append((name, read(content)))
        except NotAReport as error:
            raise BadInput(f"{name}: {error}") from None
    from opstap.cli.database import ready

    ready()
    from opstap.acts.delivery import report_mail
    from opstap.acts.refusals import NotHere, Refused

    found = []
    for name, report in reports:
        try:
            state = report_mail(message_id=report.message_id, action=report.action).state
        except NotHere:
            raise BadInput(f"{name}: this report is about a mail that did not come from here") from None
        except Refused as refusal:
            raise BadInput(f"{name}: {refusal}") from None
        found.append({"file": name, "action": report.action, "state": state})
    answer({"reports": found}, as_json=as_json, show=_show)


def _contents(files: list[Path]) -> list[tuple[str, bytes]]:
    if not files:
        return [("standard input", sys.stdin.buffer.read())]
    try:
        return [(str(path), path.read_bytes()) for path in files]
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from None


def _show(data: Mapping[str, Any]) -> None:
    for one in data["reports"]:
        typer.echo(f"{one['file']}: {one['action']}, so the mail is now: {one['state']}")
