"""`opstap due`: what fell due and was done. Run it every quarter of an hour; twice at once does nothing twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer


def due(
    at: Annotated[str | None, typer.Option(help="As if at this moment (2026-04-01T09:00), for a rehearsal.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Put the mails that are due in the outbox and send what waits there."""
    moment = _moment(at) if at else None
    from opstap.cli.database import ready

    ready()
    from opstap.jobs.due import run

    counts = run(moment)
    if counts["waiting"]:
        sys.stderr.write(f"No mail server is configured: {counts['waiting']} mails wait. Set OPSTAP_SMTP_HOST.\n")
    answer(counts, as_json=as_json, show=_show)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--at {text}: not a moment; write it like 2026-04-01T09:00") from None
    return moment if moment.tzinfo else moment.astimezone()


def _show(data: Mapping[str, Any]) -> None:
    typer.echo(
        f"{data['queued']} made, {data['sent']} sent, {data['skipped']} already made, {data['failed']} failed, "
        f"{data['unknown']} unknown"
    )
