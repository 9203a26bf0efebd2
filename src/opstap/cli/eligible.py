"""`opstap eligible`: what a programme's criteria say of one person, each with its reason."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no
from opstap.domain.instruments.model import read_date
from opstap.domain.protocol import Protocol, ProtocolError, UnknownProgramme, find, read
from opstap.domain.protocol.eligibility import AnswerProblem, judge, read_answers


def eligible(
    programme: Annotated[str, typer.Argument(help="steps, rentree, or the path of a protocol file.")],
    answers: Annotated[Path, typer.Argument(metavar="ANSWERS.json", help="One JSON object with the answers.")],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day of screening; today by default.")] = None,
    criteria: Annotated[str | None, typer.Option(metavar="VERSION", help="Which published version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Judge one person by a programme's criteria. Exit 1 when not eligible, or when an answer is missing."""
    protocol = _protocol(programme)
    eligibility = protocol.study.eligibility
    try:
        version = eligibility.version(criteria)
    except KeyError as error:
        raise BadInput(f"--criteria {error.args[0]}") from None
    try:
        day = read_date(on) if on is not None else date.today()
    except ValueError as error:
        raise BadInput(f"--on {error}") from None
    try:
        typed = read_answers(_object(answers), eligibility.inputs, eligibility.choices)
    except AnswerProblem as error:
        raise BadInput(f"{answers}: {error}") from None
    judgement = judge(version.id, version.criteria, typed, day)
    answer(judgement.to_dict(), as_json=as_json, show=_show)
    if not judgement.eligible:
        no()


def _protocol(name: str) -> Protocol:
    try:
        return read(find(name))
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    except ProtocolError as error:
        raise BadInput(f"{name} is not valid; mend it first:\n{error}") from None


def _object(path: Path) -> dict[str, Any]:
    """Read one JSON object; BadInput names the file, the place and the mend."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give the path of a file that can be read") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: the file is not UTF-8 text; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}: line {error.lineno}, column {error.colno}: not valid JSON, {error.msg}") from None
    except (RecursionError, ValueError) as error:
        raise BadInput(f"{path}: {error}") from None
    if not isinstance(content, dict):
        raise BadInput(f'{path}: line 1: not a JSON object; write {{"date_of_birth": "1976-05-31", …}}')
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} stands twice; keep one")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value; write null for a missing answer")


def _show(data: Mapping[str, Any]) -> None:
    words = {True: "met", False: "not met", None: "open"}
    for one in data["criteria"]:
        typer.echo(f"{words[one['met']]:<8} {one['id']}: {one['reason']}")
    verdict = {True: "eligible", False: "not eligible", None: "open: answers are missing"}[data["eligible"]]
    typer.echo(f"{verdict} (criteria: {data['version']})")
