"""`opstap instrument`: the instruments there are, and the shape of an instrument file."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list", epilog="Example: opstap instrument list --json")
def list_(as_json: Json = False) -> None:
    """List the instruments that come with Opstap; `text_included` is no where an institution adds licensed text."""
    from opstap.domain.protocol.load import library

    instruments = [
        {
            "name": one.id,
            "version": one.version,
            "items": len(one.items),
            "licence": one.licence,
            "text_included": one.text_included,
        }
        for one in library()
    ]
    answer({"instruments": instruments}, as_json=as_json, show=_show)


def _show(data: Mapping[str, Any]) -> None:
    for one in data["instruments"]:
        text = "text included" if one["text_included"] else "own labels only"
        typer.echo(f"{one['name']:<18} {one['version']:<6} {one['items']:>3} items  {text:<16} {one['licence']}")


@app.command(epilog="Example: opstap instrument check my-programme/questionnaires/fatigue.yaml")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="An instrument file.")], as_json: Json = False
) -> None:
    """Check an instrument file by itself. Exit 1 when it is not valid."""
    from opstap.domain.protocol import ProtocolError
    from opstap.domain.protocol.load import read_instrument

    if not file.is_file():
        raise BadInput(f"{file}: there is no such file; check the name.")
    errors = []
    try:
        read_instrument(file)
    except ProtocolError as error:
        errors = [problem.to_dict() for problem in error.problems]
    answer({"valid": not errors, "errors": errors}, as_json=as_json, show=_show_check)
    if errors:
        no()


def _show_check(data: Mapping[str, Any]) -> None:
    for one in data["errors"]:
        typer.echo(f"{one['file']}:{one['line']}: {one['path']}: {one['message']}")
    typer.echo("valid" if data["valid"] else f"not valid: {len(data['errors'])} to mend")


@app.command(epilog="Example: opstap instrument schema > instrument.schema.json")
def schema() -> None:
    """Print the JSON schema of an instrument file."""
    from opstap.domain.protocol.schema import instrument_schema

    sys.stdout.write(json.dumps(instrument_schema(), indent=2, ensure_ascii=False) + "\n")
