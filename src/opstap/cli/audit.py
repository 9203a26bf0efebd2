"""`opstap audit`: whether the audit trail is whole, and its head to be kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no

app = typer.Typer(help="The audit trail: verify it, or take its head out of the system.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command(epilog="Example: opstap audit verify --anchor head.json")
def verify(
    study: Annotated[str | None, typer.Argument(help="Count the events of this study only.")] = None,
    anchor: Annotated[Path | None, typer.Option(help="A head kept from an earlier day.")] = None,
    as_json: Json = False,
) -> None:
    """Recompute the whole chain; exit 1 when an event was changed, taken out or cut off.

    The chain is one for the whole house, so it is always verified whole; with a study's name its events are counted.
    """
    from opstap.cli.database import ready

    kept = _read(anchor) if anchor else None
    ready()
    from opstap.acts import trail
    from opstap.acts.find import study_named
    from opstap.acts.refusals import NotHere

    if study is not None:
        try:
            study_named(study)
        except NotHere:
            raise BadInput(f"{study}: no such study; known are {', '.join(trail.studies()) or 'none'}") from None
    verdict = trail.verify(kept)
    events = trail.count(study) if study else verdict.events
    data = {
        "intact": verdict.intact,
        "events": events,
        "first_broken": verdict.first_broken,
        "reason": verdict.reason or None,
    }
    answer(data, as_json=as_json, show=_show)
    if not verdict.intact:
        no()


@app.command(epilog="Example: opstap audit head > head-2026-04-01.json")
def head(as_json: Annotated[bool, typer.Option("--json", help="The same: it is JSON anyway.")] = True) -> None:
    """Print the head of the chain as JSON, to be kept outside the system: a later cut or rewrite then shows."""
    from opstap.cli.database import ready

    ready()
    from opstap.acts import trail

    answer(trail.anchor(), as_json=as_json, show=lambda _data: None)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {"number": int(content["number"]), "digest": str(content["digest"])}
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give the file that `opstap audit head` made") from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{path}: not a head of the audit trail; give the file that `opstap audit head` made") from None


def _show(data: Mapping[str, Any]) -> None:
    if data["intact"]:
        typer.echo(f"Intact: {data['events']} events, each chained to the one before.")
    else:
        words = {"changed": "was changed", "missing": "is missing", "rewritten": "was rewritten", "cut": "was cut off"}
        typer.echo(f"Not intact: event {data['first_broken']} {words[data['reason']]}.")
