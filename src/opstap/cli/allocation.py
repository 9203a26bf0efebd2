"""`opstap allocation`: the concealed list of a trial, made from a secret seed, checked, and tried out beforehand."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no

if TYPE_CHECKING:
    from opstap.domain.allocation import Row
    from opstap.domain.protocol import Protocol

app = typer.Typer(help="The concealed list: made from a seed, verified, tried out.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Seed = Annotated[Path, typer.Option("--seed-file", metavar="F", help="At least 16 random bytes, kept secret.")]
Programme = Annotated[str, typer.Argument(metavar="PROGRAMME", help="steps, or a protocol file.")]
SEED_BYTES = 32


@app.command("seed", epilog="Example: opstap allocation seed steps.seed")
def make_seed(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")], as_json: Json = False
) -> None:
    """Make a seed of 256 random bits in a file that only you can read."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SEED_BYTES))
    except FileExistsError:
        raise BadInput(f"{path}: there is a file already; a seed is never written over, give another name") from None
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a file in a folder where you may write") from None
    answer(
        {"file": str(path), "bits": 8 * SEED_BYTES},
        as_json=as_json,
        show=lambda data: typer.echo(f"{data['file']}: {data['bits']} bits. Keep it where no recruiter can reach it."),
    )


@app.command("list", epilog="Example: opstap allocation list steps --seed-file steps.seed -o list.csv")
def make_list(
    programme: Programme,
    seed_file: Seed,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="LIST.csv", help="Where to write; nowhere if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the list that a protocol plans. The same seed gives the same list and the same hash."""
    protocol, seed = _protocol(programme), _seed(seed_file)
    from opstap.domain.allocation import commitment
    from opstap.domain.allocation.plan import list_from, planned, strata_of
    from opstap.exchange.allocation import written

    rows = list_from(protocol, seed)
    if output is not None:
        _write(output, written(rows, _last(protocol)))
    found = {
        "hash": commitment(rows, seed),
        "method": planned(protocol).method,
        "strata": strata_of(protocol),
        "arms": sorted(planned(protocol).ratio),
        "rows": len(rows),
    }
    answer(found, as_json=as_json, show=_show_list)


def _show_list(data: Mapping[str, Any]) -> None:
    typer.echo(f"{data['rows']} rows in {len(data['strata'])} strata, {data['method']}: {', '.join(data['arms'])}")
    typer.echo(f"hash {data['hash']}\nPublish the hash before the first inclusion; keep list and seed apart from it.")


@app.command(epilog="Example: opstap allocation verify list.csv --programme steps --seed-file steps.seed --hash 3f9a…")
def verify(
    path: Annotated[Path, typer.Argument(metavar="LIST.csv", help="The list as it was used.")],
    programme: Annotated[str, typer.Option(metavar="P", help="steps, or a protocol file.")],
    seed_file: Seed,
    digest: Annotated[str, typer.Option("--hash", metavar="H", help="The hash that was published.")],
    imported: Annotated[bool, typer.Option("--imported", help="The list was made elsewhere: check its hash.")] = False,
    as_json: Json = False,
) -> None:
    """Tell whether a list is the one that the seed gives and the published hash commits to. Exit 1 when it is not."""
    protocol, seed = _protocol(programme), _seed(seed_file)
    from opstap.domain.allocation import commitment
    from opstap.domain.allocation.plan import first_difference, list_from

    rows = _rows(path, protocol, checked=imported)
    differs = None if imported else first_difference(rows, list_from(protocol, seed))
    fits = commitment(rows, seed) == digest.strip().lower()
    found: dict[str, Any] = {"valid": differs is None and fits, "first_difference": None}
    if differs is not None:
        line, one, other = differs
        found["first_difference"] = {"line": line + 1, "found": _plain(one), "expected": _plain(other)}
    elif not fits:
        found["first_difference"] = {"line": None, "found": "the list has another hash", "expected": digest}
    answer(found, as_json=as_json, show=_show_verdict)
    if not found["valid"]:
        no()


def _plain(row: Row | None) -> str | None:
    return f"{row.stratum},{row.number},{row.arm}" if row else None


def _show_verdict(data: Mapping[str, Any]) -> None:
    differs = data["first_difference"]
    if differs is None:
        typer.echo("The list is the one that was committed to.")
    elif differs["line"] is None:
        typer.echo("The list does not have the hash that was published.")
    else:
        typer.echo(f"Line {differs['line']} holds {differs['found']}; the seed gives {differs['expected']}.")


@app.command(epilog="Example: opstap allocation check my-study --seed-file steps.seed")
def check(
    study: Annotated[str, typer.Argument(help="The study's name.")], seed_file: Seed, as_json: Json = False
) -> None:
    """Compare the list in the database with its seed and its hash, and how it was used. Tells no arm. Exit 1 if not."""
    seed = _seed(seed_file)
    from opstap.cli.study import study_called

    one = study_called(study)
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.lot import check_list
    from opstap.acts.refusals import Refused

    try:
        with entering(SYSTEM):
            found = check_list(by=SYSTEM, study=one, seed=seed)
    except Refused as refusal:
        raise BadInput(f"{study}: {refusal}") from None
    told = {"valid": found.valid, "hash_fits": found.hash_fits, "first_difference": found.first_difference}
    answer(
        {**told, "rows": found.rows, "used": found.used},
        as_json=as_json,
        show=lambda data: typer.echo(
            f"{data['used']} of {data['rows']} lines used; "
            + ("all as committed to." if data["valid"] else data["first_difference"] or "the hash does not fit.")
        ),
    )
    if not found.valid:
        no()


@app.command(epilog="Example: opstap allocation balance steps --trials 1000 --seed 1")
def balance(
    programme: Programme,
    trials: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many virtual trials.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="For the virtual people and their lists.")] = 1,
    as_json: Json = False,
) -> None:
    """Try a plan out on invented people: how alike the arms become, and how often the next lot could be guessed."""
    protocol = _protocol(programme)
    from opstap.simulate.balance import balance as tried

    answer(vars(tried(protocol, trials=trials, seed=seed)), as_json=as_json, show=_show_balance)


def _show_balance(data: Mapping[str, Any]) -> None:
    typer.echo(f"{data['trials']} trials of {data['people']} people; the next lot guessed right: {data['guessed']:.1%}")
    for name, one in {"in all": data["whole"], **data["factors"]}.items():
        typer.echo(f"{name}: arms differ by {one.mean:.2f} on average, {one.p95:g} in 1 of 20, {one.largest:g} at most")


def _protocol(programme: str) -> Protocol:
    from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, read

    try:
        protocol = read(find(programme))
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    except ProtocolError as error:
        raise BadInput(f"{programme} is not sound; mend this first:\n{error}") from None
    if protocol.study.allocation is None:
        raise BadInput(f"{programme}: this study has one arm, so there is no lot; name a programme with `allocation`")
    return protocol


def _seed(path: Path) -> bytes:
    from opstap.domain.allocation import SeedError
    from opstap.domain.allocation.stream import long_enough

    try:
        return long_enough(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; make a seed with `opstap allocation seed {path}`") from None
    except SeedError as error:
        raise BadInput(f"{path}: {error}; make one with `opstap allocation seed FILE`") from None


def _last(protocol: Protocol) -> str:
    from opstap.domain.allocation.plan import planned

    return "draw" if planned(protocol).minimisation else "arm"


def read_list(path: Path, protocol: Protocol) -> list[Row]:
    """Read a list that was made elsewhere; BadInput names every fault of it with its line."""
    return _rows(path, protocol, checked=True)


def _rows(path: Path, protocol: Protocol, *, checked: bool) -> list[Row]:
    from opstap.domain.allocation import Row
    from opstap.domain.allocation.plan import faults
    from opstap.exchange.allocation import lines_of
    from opstap.exchange.columns import TableError

    try:
        lines, notices = lines_of(path.read_bytes(), _last(protocol))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a list as `stratum,number,{_last(protocol)}`") from None
    except TableError as error:
        raise BadInput(f"{path}, {error}") from None
    for notice in notices:
        typer.echo(f"{path}: {notice}", err=True)
    if checked:
        found = [f"line {fault.line}: {fault.message}" for fault in faults(lines, protocol)]
        if found:
            raise BadInput(f"{path} cannot be used; mend this first:\n" + "\n".join(found))
    try:
        return [Row(stratum, int(number), arm) for _line, stratum, number, arm in lines]
    except ValueError:
        line, number = next((line, number) for line, _s, number, _a in lines if not number.isdecimal())
        raise BadInput(f"{path}, line {line}: {number or '(empty)'} is no number of a line; write 1, 2, 3…") from None


def _write(path: Path, content: str) -> None:
    """Write a list where only its owner can read it."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
            file.write(content)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a file in a folder where you may write") from None
