"""`opstap queries`: the checks of a study, looked at on all that was handed in."""

from __future__ import annotations

from typing import Annotated

import typer

from opstap.cli.answer import answer
from opstap.cli.study import study_called

app = typer.Typer(help="Raise and close queries by rule.", no_args_is_help=True)


@app.callback()
def _family() -> None:
    """Keep `run` a command of its own, also while it is the only one."""


@app.command(epilog="Example: opstap queries run my-study")
def run(
    study: Annotated[str, typer.Argument(help="The study's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look at every check on all that was handed in. A second run finds nothing left to do."""
    one = study_called(study)
    from opstap.acts.checks import run_checks
    from opstap.acts.doors import SYSTEM, entering

    with entering(SYSTEM):
        counts = run_checks(study=one)
    found = {"study": one.slug, "raised": counts["raised"], "closed": counts["closed"]}
    answer(
        found,
        as_json=as_json,
        show=lambda data: typer.echo(f"{data['study']}: {data['raised']} queries raised, {data['closed']} closed"),
    )
