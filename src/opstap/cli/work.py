"""`opstap work`: outcomes of work, from a file of dated spells."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from opstap.domain.work.outcomes import PersonOutcomes
    from opstap.domain.work.spells import Spell

app = typer.Typer(no_args_is_help=True, help="Working hours, sick leave and return to work.")


@app.callback()
def work() -> None:
    """Working hours, sick leave and return to work."""


@app.command("outcomes")
def outcomes_command(
    spells: Annotated[Path, typer.Argument(metavar="SPELLS.csv", help="Dated spells of work, one a row.")],
    wave_dates: Annotated[
        str,
        typer.Option("--wave-dates", metavar="D,D,D", help="Dates of the measurements, ISO, comma between."),
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="S", help="Count only the spells of this source.")
    ] = None,
    count_therapeutic: Annotated[
        bool, typer.Option("--count-therapeutic", help="Count the hours of therapeutic work as worked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Derive working hours at each wave, and the days to a sustained return to work, for each person.

    Example: opstap work outcomes spells.csv --wave-dates 2026-01-12,2026-07-12,2027-01-12
    """
    from opstap.domain.work import outcomes as derive
    from opstap.domain.work.spells import SpellError, iso_date, read_csv

    dates = []
    for text in wave_dates.split(","):
        try:
            dates.append(iso_date(text.strip()))
        except ValueError as error:
            _refuse(f"--wave-dates: {error}.")
    if len(set(dates)) < len(dates):
        _refuse("--wave-dates: a date is given twice; give each once.")
    notices: list[str] = []
    try:
        rows = read_csv(spells, notices=notices)
    except SpellError as error:
        _refuse(str(error))
    if source is not None:
        known = sorted({row.source for row in rows})
        if source not in known:
            _refuse(f"{spells}, column source: no row has {source!r}; choose one of {', '.join(known)}.")
    try:
        persons = [
            derive.person_outcomes(of_one, dates, count_therapeutic=count_therapeutic)
            for of_one in _with_progress(derive.by_person(rows, source=source))
        ]
    except SpellError as error:
        _refuse(f"{spells}, {error}")
    left_out = len({row.person for row in rows}) - len(persons)
    if left_out:
        notices.append(f"{spells}: {left_out} person(s) without a spell of source {source!r} left out.")
    for notice in notices:
        typer.echo(notice, err=True)
    if as_json:
        import json
        from dataclasses import asdict
        from datetime import date

        document = {"persons": [asdict(person) for person in persons]}
        typer.echo(json.dumps(document, default=date.isoformat, ensure_ascii=False, indent=2))
    else:
        _show(persons)


def _with_progress(persons: list[list[Spell]]) -> Iterable[list[Spell]]:
    """Show a bar on standard error, on a terminal only, and only if it takes long enough to be worth one."""
    if not sys.stderr.isatty() or len(persons) < 1000:
        return persons
    from rich.console import Console
    from rich.progress import track

    return track(persons, description="Deriving outcomes", console=Console(stderr=True), transient=True)


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _show(persons: list[PersonOutcomes]) -> None:
    from rich.console import Console
    from rich.table import Table

    def shown(value: object) -> str:
        return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    ways_back = Table(title="Return to work")
    for heading in (
        "person",
        "first sick day",
        "return",
        "days",
        "kind",
        "full return",
        "days",
        "censored on",
    ):
        ways_back.add_column(heading, justify="right" if heading == "days" else "left", overflow="fold")
    at_waves = Table(title="At each wave")
    for heading in (
        "person",
        "wave",
        "hours a week",
        "% of contract",
        "status",
        "contract",
        "sick days, 6 months",
    ):
        at_waves.add_column(
            heading, justify="right" if heading[0] in "h%" or "days" in heading else "left", overflow="fold"
        )
    for person in persons:
        way_back = (
            person.person,
            person.first_sick_day,
            person.first_sustained_return,
            person.days_to_return,
            person.return_kind,
            person.first_full_return,
            person.days_to_full_return,
            person.censored_on,
        )
        ways_back.add_row(*map(shown, way_back))
        for wave in person.waves:
            at_wave = (
                person.person,
                wave.date,
                wave.hours_per_week,
                wave.percent_of_contract,
                wave.status,
                "yes" if wave.employed else "no",
                wave.sick_days_past_6_months,
            )
            at_waves.add_row(*map(shown, at_wave))
    console = Console()
    console.print(ways_back)
    console.print(at_waves)
