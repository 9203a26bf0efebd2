"""`opstap rehearse`: every mail of a study's follow-up, in a minute, in a database of its own, to nobody or to you."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, date
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no

COLUMNS = ("utc", "local", "person", "wave", "step", "state")


def rehearse(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="steps, rentree, or a protocol file.")],
    people: Annotated[int, typer.Option(min=1, max=5000, help="How many invented people.")] = 240,
    months: Annotated[int, typer.Option(min=1, max=60, help="How many months to live through.")] = 15,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    start: Annotated[str, typer.Option(help="The first day.")] = "2026-09-01",
    to: Annotated[str, typer.Option(help="Your own address: every mail goes there, and nowhere else.")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write every mail to this CSV file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Live through the follow-up of a study with invented people, and check every mail that went.

    Exit 1 when a mail went twice, by night, on a holiday, or to someone who had answered or left.
    """
    from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, read

    try:
        protocol = read(find(programme))
        first = date.fromisoformat(start)
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    except ProtocolError as error:
        raise BadInput(f"{programme} is not sound; mend this first:\n{error}") from None
    except ValueError:
        raise BadInput(f"--start {start}: not a day; write it like 2026-09-01") from None
    if to and not os.environ.get("OPSTAP_SMTP_HOST"):
        raise BadInput("--to needs a mail server: set OPSTAP_SMTP_HOST, or leave --to out to see the mails listed")
    if output is not None and not output.parent.is_dir():
        raise BadInput(f"{output}: there is no folder {output.parent}; make it first")
    with tempfile.TemporaryDirectory(prefix="opstap-rehearsal-") as folder:
        _prepare(Path(folder))
        from opstap.jobs import post
        from opstap.jobs.rehearsal import rehearse as live

        with post.round_of_post() if to else nullcontext() as send:
            found = live(
                protocol, count=people, months=months, seed=seed, start=first,
                address=to or "nobody@rehearsal.example", send=send, told=_told(),
            )  # fmt: skip
    rows = [(one.at.astimezone(UTC), one.local, one.person, one.wave, one.step, one.state) for one in found.mails]
    if output is not None:
        with output.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([at.isoformat(), local.isoformat(), *rest] for at, local, *rest in rows)
    data = {
        "programme": protocol.name, "people": people, "first": found.first, "last": found.last,
        "mails": len(found.mails), "kinds": found.counts,
        **{name: len(getattr(found, name)) for name in ("doubles", "at_night", "on_holidays", "after_the_end")},
        "well": found.well,
    }  # fmt: skip
    answer(data, as_json=as_json, show=_show)
    if not found.well:
        no()


def _prepare(home: Path) -> None:
    """Make a database that holds nothing but this rehearsal."""
    os.environ.update(OPSTAP_DATABASE_URL="", OPSTAP_HOME=str(home))
    from opstap.cli.database import ready

    ready(home, migrated=False)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _told() -> Any:
    if not sys.stderr.isatty():
        return lambda _day: None
    return lambda day: sys.stderr.write(f"\r{day:%d %B %Y}   ")


def _show(data: Mapping[str, Any]) -> None:
    kinds = ", ".join(f"{number} {kind}s" for kind, number in data["kinds"].items())
    typer.echo(
        f"{data['people']} invented people, from {data['first']} to {data['last']}: {data['mails']} mails ({kinds})"
    )
    for name, said in (
        ("doubles", "went twice"),
        ("at_night", "went by night"),
        ("on_holidays", "went on a public holiday"),
        ("after_the_end", "went to someone who had answered or left"),
    ):
        typer.echo(f"  {data[name]:>4} {said}")
    typer.echo("All is well." if data["well"] else "Something is wrong: write every mail to a file with -o and look.")
