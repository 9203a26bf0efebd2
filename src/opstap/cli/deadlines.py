"""`opstap deadlines`: the terms of the law for one sick leave, each with who, when, source and certainty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opstap.cli.answer import BadInput, answer

if TYPE_CHECKING:
    from opstap.domain.statute import Facts, Timeline
    from opstap.domain.work.spells import Spell


def deadlines(
    country: Annotated[str, typer.Option("--country", metavar="nl|be", help="Whose law.")],
    first_sick_day: Annotated[str, typer.Option("--first-sick-day", metavar="DATE", help="ISO, as 2026-03-31.")],
    spells: Annotated[
        Path | None, typer.Option("--spells", metavar="SPELLS.csv", help="Dated spells of this person's work.")
    ] = None,
    trajectory_start: Annotated[
        str | None,
        typer.Option("--trajectory-start", metavar="DATE", help="BE: start of the trajectory."),
    ] = None,
    resumption: Annotated[
        list[str] | None,
        typer.Option("--resumption", metavar="DATE", help="First day of work in part, or of other hours; repeatable."),
    ] = None,
    employees: Annotated[
        int | None, typer.Option("--employees", metavar="N", help="How many employees the employer has.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="As things stand then; today by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say who must do what by when for someone who is sick, in the Netherlands or in Belgium.

    Every term names its source and how certain it is. None of it is legal advice.
    """
    from opstap.domain.statute import FactError, Facts
    from opstap.domain.statute import deadlines as terms
    from opstap.domain.work.spells import SpellError

    facts = Facts(
        first_sick_day=_date("--first-sick-day", first_sick_day),
        trajectory_start=None if trajectory_start is None else _date("--trajectory-start", trajectory_start),
        resumptions=tuple(_date("--resumption", one) for one in resumption or ()),
        employees=employees,
        spells=() if spells is None else tuple(_spells(spells)),
    )
    day = date.today() if on is None else _date("--on", on)
    try:
        timeline = terms(country.lower(), facts, day)
    except FactError as error:
        raise BadInput(f"--{error.fact.replace('_', '-')}: {error}") from None
    except SpellError as error:
        raise BadInput(f"{spells}, {error}") from None
    for notice in _notices(timeline, facts):
        typer.echo(notice, err=True)
    data = {
        "rule_set": timeline.rule_set.id,
        "deadlines": [
            {
                "id": one.id,
                "title": one.title.en,
                "who": one.who,
                "due": one.due,
                "opens": one.opens,
                "source": one.source,
                "certainty": one.certainty,
                "keyed_by": one.keyed_by,
            }
            for one in timeline.deadlines
        ],
    }
    answer(data, as_json=as_json, show=lambda _: _show(timeline))


def _date(option: str, text: str) -> date:
    from opstap.domain.work.spells import iso_date

    try:
        return iso_date(text)
    except ValueError as error:
        raise BadInput(f"{option}: {error}") from None


def _spells(path: Path) -> list[Spell]:
    from opstap.domain.work.spells import SpellError, read_csv

    notices: list[str] = []
    try:
        spells = read_csv(path, notices=notices)
    except SpellError as error:
        raise BadInput(str(error)) from None
    for notice in notices:
        typer.echo(notice, err=True)
    return spells


def _notices(timeline: Timeline, facts: Facts) -> Iterator[str]:
    """Say what the dates alone do not show: another day 0, interruptions, facts and versions that (may) count."""
    from opstap.domain.statute import Event, rule_sets

    given = facts.first_sick_day
    rules = [rule for one in rule_sets(timeline.country) for rule in one.rules]
    keys = {rule.keyed_by for rule in rules}
    used = {
        "--trajectory-start": facts.trajectory_start is None or Event.TRAJECTORY_START in keys,
        "--resumption": not facts.resumptions or Event.RESUMPTION in keys,
        "--employees": facts.employees is None or any(rule.employees for rule in rules),
    }
    yield from (
        f"{option}: not used; no rule of {timeline.country} asks for it." for option in used if not used[option]
    )
    if timeline.first_sick_day != given:
        yield f"By the spells, day 0 of this sick leave is {timeline.first_sick_day}, not {given}."
    for counts, leave in timeline.absences.items():
        for one in leave.interruptions:
            how = "counted" if one.merging.interruption_counts else "not counted"
            what = "" if counts == "incapacity" else f" ({counts})"
            certainty = one.merging.evidence.certainty
            yield f"{one.days} days from {one.first} to {one.last}: the same sick leave{what}, {how}; {certainty}."
    for change in timeline.changes:
        keyed_by = change.keyed_by.replace("_", " ")
        yield f"{change.rule}: with a {keyed_by} from {change.begins} on, {change.rule_set} holds, with another term."


def _show(timeline: Timeline) -> None:
    from rich.console import Console
    from rich.table import Table

    from opstap.domain.statute import State

    table = Table(
        title=f"{timeline.rule_set.title.en} ({timeline.rule_set.id}), "
        f"first sick day {timeline.first_sick_day}, as of {timeline.on}",
        caption="Not legal advice. Sources: --json. Uncertain terms rest on second-hand or differing sources.",
    )
    for heading in ("opens", "last day", "state", "who", "what", "certainty"):
        table.add_column(heading, overflow="fold")
    for one in timeline.deadlines:
        # What was done is not asked here, so a last day that has passed is not yet too late.
        state = "past" if one.state in (State.LATE, State.PASSED) else one.state
        row = (one.opens, one.due, state, one.who.replace("_", " "), one.title.en)
        unsure = "" if one.applies else "; depends on the number of employees"
        table.add_row(*("–" if cell is None else str(cell) for cell in row), f"{one.certainty}{unsure}")
    Console().print(table)
