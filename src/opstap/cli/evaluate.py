"""`opstap evaluate`: run a protocol's analysis plan on the study in the database, and write the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, progress


def evaluate(
    study: Annotated[str, typer.Argument(metavar="STUDY|PROGRAMME", help="A study's name, or its programme.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT/", help="The folder for the report.")],
    seed: Annotated[int, typer.Option(min=0, help="For anything with chance; kept with the report.")] = 1,
    language: Annotated[str | None, typer.Option(help="nl or en; the programme's own by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the analysis plan as it is written and write page, tables, figures, results and provenance to a folder.

    A folder with an earlier report is replaced; one with anything else is refused.
    """
    from opstap.reports import Unwritable, check

    try:
        check(output)
    except Unwritable as error:
        raise BadInput(str(error)) from None
    made: dict[str, Any] = {}
    for step in progress([_read, _compute, _write], label="Making the report"):
        step(made, study, output, seed, language)
    answer(made["answer"], as_json=as_json, show=_show)


Step = Callable[[dict[str, Any], str, Path, int, str | None], None]


def _read(made: dict[str, Any], name: str, _output: Path, seed: int, language: str | None) -> None:
    from opstap.cli.database import ready

    ready()
    from opstap.acts.dataset import run_report
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.protocols import protocol_of
    from opstap.acts.reporting import plan_of_study

    with entering(SYSTEM):
        study = _study(name)
        made["protocol"] = protocol_of(study)
        known = made["protocol"].languages
        if language is not None and language not in known:
            raise BadInput(f"--language {language}: {study.slug} has no texts in it; choose {' or '.join(known)}")
        made["language"] = language or known[0]
        made["unblinded_at"], made["plan"] = study.unblinded_at, plan_of_study(study)
        made["dataset"] = run_report(by=SYSTEM, study=study, seed=seed)


def _study(name: str) -> Any:
    """Find a study by its own name, else by that of its programme; BadInput names the studies that there are."""
    from opstap.acts.doors import SYSTEM, studies_of
    from opstap.acts.find import study_named
    from opstap.acts.refusals import NotHere
    from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, read

    try:
        return study_named(name)
    except NotHere:
        pass
    try:
        return study_named(read(find(name)).name)
    except (NotHere, UnknownProgramme, ProtocolError):
        known = sorted(study.slug for study in studies_of(SYSTEM))
        there = f"there is {', '.join(known)}" if known else "there are none yet; `./run demo` makes two"
        raise BadInput(f"{name}: no study of that name in this database; {there}") from None


def _compute(made: dict[str, Any], _name: str, _output: Path, seed: int, _language: str | None) -> None:
    from opstap.reports import FixedPlan
    from opstap.reports import evaluate as run

    plan = made["plan"]
    made["report"] = run(
        made["protocol"],
        made["dataset"],
        language=made["language"],
        seed=seed,
        fixed=FixedPlan(plan.text, plan.digest, plan.at, "analyst") if plan else None,
        unblinded_at=made["unblinded_at"],
    )


def _write(made: dict[str, Any], _name: str, output: Path, _seed: int, _language: str | None) -> None:
    from opstap.reports import Unwritable, missing, write

    report = made["report"]
    try:
        files = write(report, output)
    except Unwritable as error:
        raise BadInput(str(error)) from None
    made["answer"] = {
        **report.provenance,
        "lead": report.lead,
        "results": report.results,
        "files": [str(path.relative_to(output.absolute())) for path in files],
        "folder": str(output),
        "not_made": missing(report),
    }


def _show(data: Mapping[str, Any]) -> None:
    typer.echo(data["lead"])
    typer.echo(f"{len(data['files'])} files in {data['folder']}: open report.html or report.pdf, or read results.json.")
    for reason in data["not_made"]:
        typer.echo(reason)
