"""`opstap export`: a study's data under study numbers, labelled, with the codebook and the flow of participants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer


def export(
    study: Annotated[str, typer.Argument(help="The study's name.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT/", help="The folder for the files.")],
    form: Annotated[str, typer.Option("--format", metavar="csv|sav|dta", help="Commas, SPSS or Stata.")] = "csv",
    language: Annotated[str | None, typer.Option(help="nl or en; the programme's own by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a table for each unit to a folder, pseudonymous and labelled. Taking data is written in the audit trail.

    Before unblinding, everything that tells an arm is withheld. A folder with an earlier export is replaced; one with
    anything else is refused.
    """
    from opstap.exchange.export import FORMS

    known = next((one for one in FORMS if one == form), None)
    if known is None:
        raise BadInput(f"--format {form}: choose {', '.join(FORMS)}")
    from opstap.cli.study import study_called

    one = study_called(study)
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.protocols import protocol_of
    from opstap.jobs.export import MARK
    from opstap.jobs.export import export as made
    from opstap.reports import Unwritable
    from opstap.reports.writing import check, place

    try:
        check(output, MARK)
    except Unwritable as error:
        raise BadInput(str(error)) from None

    spoken = protocol_of(one).languages
    if language is not None and language not in spoken:
        raise BadInput(f"--language {language}: {study} has no texts in it; choose {' or '.join(spoken)}")
    with entering(SYSTEM):
        files = made(SYSTEM, one, known, language or spoken[0])
    try:
        paths = place(files, output, MARK)
    except Unwritable as error:
        raise BadInput(str(error)) from None
    import json

    about = json.loads(files[MARK])
    answer(
        {**about, "folder": str(output), "written": [str(path.relative_to(output.absolute())) for path in paths]},
        as_json=as_json,
        show=_show,
    )


def _show(data: Mapping[str, Any]) -> None:
    typer.echo(f"{len(data['written'])} files in {data['folder']}; the variables are in codebook.csv.")
    if data["arms"] == "withheld":
        typer.echo("The analysis is blinded: what tells an arm is withheld.")
