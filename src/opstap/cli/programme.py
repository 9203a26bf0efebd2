"""`opstap programme`: which programmes there are, and whether a protocol is sound."""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no, progress
from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, load, programme_names, read
from opstap.domain.protocol.schema import schema as protocol_schema

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list", epilog="Example: opstap programme list --json")
def list_(as_json: Json = False) -> None:
    """List the programmes that come with Opstap."""
    programmes = [
        {"name": one.name, "version": one.version, "title": one.title("en"), "country": one.country}
        for one in map(load, progress(programme_names(), label="Reading the programmes"))
    ]
    answer({"programmes": programmes}, as_json=as_json, show=_show_list)


def _show_list(data: Mapping[str, Any]) -> None:
    for one in data["programmes"]:
        typer.echo(f"{one['name']:<12} {one['version']:<6} {one['country']}  {one['title']}")


@app.command(epilog="Example: opstap programme check my-programme/protocol.yaml")
def check(
    protocol: Annotated[str, typer.Argument(help="A programme's name, a protocol file, or its folder.")],
    as_json: Json = False,
) -> None:
    """Check a protocol with its texts and questionnaires. Exit 1 when it is not valid."""
    try:
        path = find(protocol)
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    errors: list[dict[str, str | int]] = []
    try:
        read(path)
    except ProtocolError as error:
        errors = [problem.to_dict() for problem in error.problems]
    answer({"valid": not errors, "errors": errors}, as_json=as_json, show=_show_check)
    if errors:
        no()


def _show_check(data: Mapping[str, Any]) -> None:
    for one in data["errors"]:
        typer.echo(f"{one['file']}:{one['line']}: {one['path']}: {one['message']}")
    typer.echo("valid" if data["valid"] else f"not valid: {len(data['errors'])} to mend")


@app.command(epilog="Example: opstap programme schema > protocol.schema.json")
def schema() -> None:
    """Print the JSON schema of a protocol file, for an editor that completes and checks while you type."""
    sys.stdout.write(json.dumps(protocol_schema(), indent=2, ensure_ascii=False) + "\n")
