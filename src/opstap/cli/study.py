"""`opstap study`: what has to happen on the server once, before anyone can sign in and work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, no

app = typer.Typer(help="Open a study on a programme; make the first steward.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list", epilog="Example: opstap study list --json")
def list_studies(as_json: Json = False) -> None:
    """List the studies there are, with the protocol that each pinned."""
    from opstap.cli.database import ready

    ready()
    from opstap.acts.doors import SYSTEM, studies_of

    answer(
        {"studies": [_described(study) for study in studies_of(SYSTEM)]},
        as_json=as_json,
        show=lambda data: typer.echo("\n".join(_line(study) for study in data["studies"]) or "There are none yet."),
    )


@app.command("open", epilog="Example: opstap study open my-programme/protocol.yaml --name my-study")
def open_study(
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="steps, rentree, or a protocol file.")],
    name: Annotated[str | None, typer.Option(help="The study's name; the programme's own by default.")] = None,
    seed_file: Annotated[
        Path | None, typer.Option(help="For a trial: at least 16 random bytes (openssl rand -out FILE 32).")
    ] = None,
    list_file: Annotated[
        Path | None,
        typer.Option("--list", metavar="LIST.csv", help="A list that a statistician made; keyed by the seed."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Open a study: pin the protocol as it is now, make its sites and, for a trial, its concealed list.

    The seed is read and kept nowhere here. Keep its file where nobody who includes people can reach it; publish the
    hash that is printed before the first inclusion.
    """
    protocol = loaded(programme)
    seed = _seed(seed_file) if seed_file else None
    rows = None
    if list_file is not None:
        from opstap.cli.allocation import read_list

        if protocol.study.allocation is None:
            raise BadInput(f"{programme}: this study has one arm, so there is no lot; leave --list out")
        rows = read_list(list_file, protocol)
    from opstap.cli.database import ready

    ready()
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.refusals import Refused
    from opstap.acts.studies import open_study as act
    from opstap.domain.allocation import SeedError

    try:
        with entering(SYSTEM):
            study = act(by=SYSTEM, slug=_slug(name or protocol.name), protocol=protocol, seed=seed, rows=rows)
    except Refused as refusal:
        mend = {"seed": "; give --seed-file", "rows": "; leave --list out"}.get(
            refusal.field, "; choose another --name"
        )
        raise BadInput(f"{str(refusal).rstrip('.')}{mend}") from None
    except SeedError as error:
        raise BadInput(f"{seed_file}: {error}; make one with `openssl rand -out FILE 32`") from None
    answer(_described(study), as_json=as_json, show=lambda data: typer.echo(_line(data)))


@app.command(epilog="Example: opstap study steward s.vos@hospital.example --name 'Saar Vos' --password-file secret.txt")
def steward(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")],
    password_file: Annotated[Path, typer.Option(help="A file with the first password, of at least 12 signs.")],
    as_json: Json = False,
) -> None:
    """Make an account that may give roles to others; the second step is set at the first sign-in."""
    password = _text(password_file).strip()
    from opstap.cli.database import ready

    ready()
    from django.utils import translation

    from opstap.acts.doors import SYSTEM
    from opstap.acts.people import grant_role, make_account
    from opstap.acts.refusals import Refused
    from opstap.domain.access import Role

    try:
        with translation.override("en"):
            user = make_account(by=SYSTEM, email=email, name=name, password=password)
            grant_role(by=SYSTEM, user=user, role=Role.STEWARD)
    except Refused as refusal:
        with translation.override("en"):
            raise BadInput(f"{refusal.field}: {refusal}") from None
    answer({"account": user.pk}, as_json=as_json, show=lambda _data: typer.echo("The steward can sign in."))


@app.command(epilog="Example: opstap study texts my-study eq5d-nl.yaml")
def texts(
    study: Annotated[str, typer.Argument(help="The study's name.")],
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The words with their licence: YAML or CSV.")],
    as_json: Json = False,
) -> None:
    """Load the licensed words of a questionnaire, with their licence, into a study."""
    try:
        content = pack.read_bytes()
    except OSError as error:
        raise BadInput(f"{pack}: {error.strerror}; give the file with the words") from None
    one = study_called(study)
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.texts import load_texts
    from opstap.domain.instruments.pack import PackError

    try:
        with entering(SYSTEM):
            row = load_texts(by=SYSTEM, content=content, name=pack.name, study=one)
    except PackError as error:
        raise BadInput(f"{pack} does not fit; mend this first:\n{error}") from None
    found = {"study": one.slug, "instrument": row.instrument, "language": row.language, "valid_until": row.valid_until}
    answer(
        found,
        as_json=as_json,
        show=lambda data: typer.echo(f"{data['study']}: {data['instrument']} in {data['language']} is loaded."),
    )


@app.command(epilog="Example: opstap study live my-study")
def live(study: Annotated[str, typer.Argument(help="The study's name.")], as_json: Json = False) -> None:
    """Let a study go live. Exit 1, naming them, while licensed questionnaires lack their words or a valid licence."""
    one = study_called(study)
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.refusals import Refused
    from opstap.acts.studies import go_live
    from opstap.acts.texts import lacking

    with entering(SYSTEM):
        lacks = [{"instrument": lack.instrument, "language": lack.language, "why": lack.why} for lack in lacking(one)]
        if not lacks:
            try:
                one = go_live(by=SYSTEM, study=one)
            except Refused as refusal:
                raise BadInput(f"{study}: {refusal}") from None
    found = {"study": one.slug, "live": not lacks, "lacking": lacks}
    answer(found, as_json=as_json, show=_show_live)
    if lacks:
        no()


@app.command(epilog="Example: opstap study amend my-study protocol.yaml")
def amend(
    study: Annotated[str, typer.Argument(help="The study's name.")],
    protocol: Annotated[str, typer.Argument(metavar="PROGRAMME", help="The later version: steps, rentree, or a file.")],
    as_json: Json = False,
) -> None:
    """Put a new version of the consent forms in force; everyone keeps what they agreed to, and is asked anew."""
    changed = loaded(protocol)
    one = study_called(study)
    from django.utils import translation

    from opstap.acts.amending import amend_consent
    from opstap.acts.doors import SYSTEM, entering
    from opstap.acts.refusals import Refused

    try:
        with translation.override("en"), entering(SYSTEM):
            one = amend_consent(by=SYSTEM, study=one, protocol=changed)
    except Refused as refusal:
        with translation.override("en"):
            raise BadInput(f"{protocol}: {refusal}") from None
    answer(_described(one), as_json=as_json, show=lambda data: typer.echo(_line(data)))


def _show_live(data: Mapping[str, Any]) -> None:
    for one in data["lacking"]:
        why = "its text is not loaded" if one["why"] == "missing" else "its licence has ended"
        typer.echo(f"{one['instrument']} in {one['language']}: {why}")
    typer.echo(f"{data['study']} is live." if data["live"] else f"{data['study']} stays a pilot.")


def loaded(programme: str) -> Any:
    """Read a protocol by its name or file; BadInput when it cannot be found or is not sound."""
    from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, read

    try:
        return read(find(programme))
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    except ProtocolError as error:
        raise BadInput(f"{programme} is not sound; mend this first:\n{error}") from None


def study_called(name: str) -> Any:
    """Find a study by its name; BadInput when there is none."""
    from opstap.cli.database import ready

    ready()
    from opstap.acts.find import study_named
    from opstap.acts.refusals import NotHere

    try:
        return study_named(name)
    except NotHere:
        raise BadInput(f"{name}: no such study; `opstap study list` names them") from None


def _described(study: Any) -> dict[str, Any]:
    return {
        "study": study.slug,
        "programme": study.protocol.name,
        "version": study.protocol.version,
        "protocol": study.protocol.digest,
        "list_hash": study.list_hash or None,
    }


def _line(data: Mapping[str, Any]) -> str:
    listed = f", list {data['list_hash']}" if data["list_hash"] else ""
    return f"{data['study']}: {data['programme']} {data['version']}, protocol {data['protocol']}{listed}"


def _slug(name: str) -> str:
    if not name or len(name) > 50 or any(not ((sign.isalnum() and sign.isascii()) or sign == "-") for sign in name):
        raise BadInput(f"--name {name}: use letters, digits and hyphens, at most 50")
    return name.lower()


def _seed(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; make a seed with `openssl rand -out {path} 32`") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path}: cannot be read as text; give a file that holds the password") from None
