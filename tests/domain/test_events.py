"""What the audit trail can say is said: every event by an act, every act one event, every event a sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import opstap
from opstap.domain.events import Event

ACTS = sorted((Path(opstap.__file__).parent / "acts").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in ACTS}


def is_act(function: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "act" for mark in function.decorator_list)


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def called(function: ast.FunctionDef) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]


def records(path: Path, name: str, seen: tuple[str, ...] = ()) -> int:
    """How often a function writes an event, itself or through the functions of its module."""
    known = functions(TREES[path])
    if name not in known or name in seen:
        return 0
    total = 0
    for call in called(known[name]):
        assert isinstance(call.func, ast.Name)
        total += 1 if call.func.id == "record" else records(path, call.func.id, (*seen, name))
    return total


ALL_ACTS = [
    pytest.param(path, name, id=f"{path.stem}.{name}")
    for path in ACTS
    for name, function in functions(TREES[path]).items()
    if is_act(function)
]


@pytest.mark.parametrize("event", Event)
def test_every_event_is_written_by_an_act(event: Event) -> None:
    assert any(re.search(rf"Event\.{event.name}\b", path.read_text("utf-8")) for path in ACTS), (
        f"nothing ever writes {event.value}: delete it, or write it"
    )


@pytest.mark.parametrize(("path", "name"), ALL_ACTS)
def test_every_act_writes_its_event(path: Path, name: str) -> None:
    assert records(path, name) >= 1, f"{name} is an act and writes no event"


@pytest.mark.parametrize(("path", "name"), ALL_ACTS)
def test_every_act_says_who_does_it_and_takes_its_arguments_by_name(path: Path, name: str) -> None:
    arguments = functions(TREES[path])[name].args
    assert not arguments.args
    assert not arguments.posonlyargs
    assert arguments.kwonlyargs[0].arg == "by"


def test_there_are_acts() -> None:
    assert len(ALL_ACTS) > 25


def test_names_are_stable_words() -> None:
    assert len({event.value for event in Event}) == len(Event)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", event.value) for event in Event)
