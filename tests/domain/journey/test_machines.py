"""The tables of moves are total: every move leads to a state there is, and every state can be reached."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from opstap.domain.journey import (
    ENROLMENT,
    INCIDENT,
    MACHINES,
    MEASUREMENT,
    PARTICIPATION,
    PLAN,
    RECRUITMENT,
    SESSION,
    Machine,
    NotNow,
    measurement_state,
)
from tests.domain.journey.page import PAGE, page

EACH = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
PAIRS = [
    pytest.param(machine, state, move, id=f"{machine.name}-{state}-{move}")
    for machine in MACHINES
    for state in machine.states
    for move in sorted({move for out in machine.moves.values() for move in out})
]


def reached(machine: Machine) -> set[str]:
    found, waiting = {machine.start}, [machine.start]
    while waiting:
        for target in machine.moves[waiting.pop()].values():
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


@EACH
def test_every_move_leads_to_a_state_there_is_and_every_state_is_reached(machine: Machine) -> None:
    assert machine.start in machine.states
    assert {target for out in machine.moves.values() for target in out.values()} <= set(machine.states)
    assert reached(machine) == set(machine.states)


@EACH
def test_an_end_is_reached_from_every_state_or_the_thing_goes_on(machine: Machine) -> None:
    def onwards(state: str) -> set[str]:
        return reached(Machine(machine.name, state, machine.moves))

    if machine is RECRUITMENT:
        # Someone who did not take part can be taken up again, and who takes part may agree to the other part later.
        assert machine.ends == []
    elif machine is INCIDENT:
        # What was closed can turn out not to be over.
        assert machine.ends == []
        assert all("closed" in onwards(state) for state in machine.states)
    elif machine is MEASUREMENT:
        assert all(onwards(state) & {*machine.ends, "submitted"} for state in machine.states)
    else:
        assert all(onwards(state) & set(machine.ends) for state in machine.states)


@pytest.mark.parametrize(("machine", "state", "move"), PAIRS)
def test_each_move_is_tried_from_each_state(machine: Machine, state: str, move: str) -> None:
    target = machine.moves[state].get(move)
    assert machine.allows(state, move) is (target is not None)
    if target is not None:
        assert machine.after(state, move) == target
        return
    with pytest.raises(NotNow) as refused:
        machine.after(state, move)
    assert refused.value.allowed == list(machine.moves[state])
    assert (refused.value.machine, refused.value.state, refused.value.move) == (machine.name, state, move)
    assert all(allowed in str(refused.value) for allowed in machine.moves[state])
    assert ("nothing more" in str(refused.value)) is (state in machine.ends)


# What the field demands of the tables.


@pytest.mark.parametrize("state", [state for state in PARTICIPATION.states if state not in PARTICIPATION.ends])
def test_who_takes_part_in_a_study_can_leave_it_at_any_time(state: str) -> None:
    assert PARTICIPATION.after(state, "withdraw") == "withdrawn"
    assert PARTICIPATION.after(state, "die") == "died"


@pytest.mark.parametrize("state", ["agreed", "active"])
def test_the_programme_can_be_stopped_at_any_time(state: str) -> None:
    assert ENROLMENT.after(state, "stop") == "stopped"


def test_no_lot_before_the_baseline_is_complete() -> None:
    assert not PARTICIPATION.allows("consented", "follow")
    assert [state for state in PARTICIPATION.states if PARTICIPATION.allows(state, "follow")] == ["baseline_done"]


def test_nobody_is_included_who_was_not_informed() -> None:
    assert {state for state in RECRUITMENT.states if RECRUITMENT.allows(state, "include")} == {"informed", "included"}
    assert {state for state in RECRUITMENT.states if RECRUITMENT.allows(state, "inform")} == {"eligible"}


def test_the_workplace_never_agrees_to_a_plan_before_the_participant() -> None:
    assert {state for state in PLAN.states if PLAN.allows(state, "workplace_agrees")} == {"agreed"}


@pytest.mark.parametrize("state", SESSION.ends)
def test_what_was_written_up_stays(state: str) -> None:
    assert SESSION.moves[state] == {}


def test_a_submitted_measurement_is_only_ever_corrected() -> None:
    assert MEASUREMENT.moves["submitted"] == {"correct": "submitted"}


# A measurement's state on a day.

OPENS = date(2026, 3, 2)
CLOSES = date(2026, 3, 30)


def state_on(day: date, *, started: bool = False, submitted: bool = False, voided: bool = False) -> str:
    return measurement_state(opens=OPENS, closes=CLOSES, started=started, submitted=submitted, voided=voided, today=day)


@pytest.mark.parametrize(
    ("day", "fresh", "begun"),
    [
        (OPENS - timedelta(days=1), "scheduled", "scheduled"),
        (OPENS, "open", "started"),
        (CLOSES, "open", "started"),
        (CLOSES + timedelta(days=1), "missed", "missed"),
    ],
)
def test_the_opening_and_the_closing_day_both_count(day: date, fresh: str, begun: str) -> None:
    assert state_on(day) == fresh
    assert state_on(day, started=True) == begun
    assert state_on(day, voided=True) == "voided"
    assert state_on(day, started=True, submitted=True) == "submitted"
    assert state_on(day, submitted=True, voided=True) == "submitted"


def test_every_state_that_dates_give_is_in_the_table() -> None:
    flags = [(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)]
    days = [OPENS + timedelta(days=number) for number in range(-1, 31)]
    given = {state_on(day, started=a, submitted=b, voided=c) for day in days for a, b, c in flags}
    assert given == set(MEASUREMENT.states)


# The page in the docs.


@EACH
def test_a_diagram_draws_every_arrow(machine: Machine) -> None:
    drawn = set(re.findall(r"^    (\S+) --> (\S+): (.+)$", machine.diagram(), re.MULTILINE))
    assert drawn == {
        (state, target, move.replace("_", " ")) for state, out in machine.moves.items() for move, target in out.items()
    }
    assert f"[*] --> {machine.start}" in machine.diagram()
    assert re.findall(r"^    (\w+) --> \[\*\]$", machine.diagram(), re.MULTILINE) == machine.ends


def test_the_page_in_the_docs_shows_the_tables_as_they_are() -> None:
    assert Path(PAGE).read_text(encoding="utf-8") == page(), (
        "docs/reference/journeys.md is out of step; write it with: python -m tests.domain.journey.page"
    )
