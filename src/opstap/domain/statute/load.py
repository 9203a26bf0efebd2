"""Reads the rule sets and calendars that are shipped in `data/`, each checked, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from opstap.domain.instruments.model import Shape
from opstap.domain.protocol.pages import Page, faults, read_page
from opstap.domain.protocol.problems import Problem
from opstap.domain.statute.model import Calendar, Country, RuleSet

DATA = Path(__file__).parent / "data"

T = TypeVar("T", bound=Shape)


class RuleSetError(Exception):
    """Rule sets that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@cache
def rule_sets(country: Country) -> tuple[RuleSet, ...]:
    """Give the shipped rule sets of a country, oldest first, read once per process."""
    return read_rule_sets(DATA, country)


@cache
def calendar(country: Country) -> Calendar:
    """Give the shipped calendar of a country, read once per process."""
    return read_calendar(DATA, country)


def read_rule_sets(folder: Path, country: Country) -> tuple[RuleSet, ...]:
    """Read the rule sets of a country from a folder, oldest first; RuleSetError with every fault."""
    problems: list[Problem] = []
    read: list[tuple[Page, RuleSet]] = []
    for path in sorted(folder.glob(f"{country}-*.yaml")):
        found = _read(path, RuleSet)
        if isinstance(found, list):
            problems += found
        else:
            read.append(found)
    if not read and not problems:
        problems.append(Problem(f"{country}-*.yaml", 1, "", f"no rule set of {country} is there: make one"))
    problems += _across(read, country)
    if problems:
        raise RuleSetError(sorted(set(problems)))
    return tuple(sorted((one for _, one in read), key=lambda one: one.holds_from))


def read_calendar(folder: Path, country: Country) -> Calendar:
    """Read the calendar of a country from a folder; RuleSetError with every fault."""
    found = _read(folder / f"calendar-{country}.yaml", Calendar)
    if isinstance(found, list):
        raise RuleSetError(sorted(set(found)))
    page, read = found
    if read.country is not country:
        raise RuleSetError([page.problem(("country",), f"{read.country} is not the file's country: write {country}")])
    return read


def _read(path: Path, shape: type[T]) -> tuple[Page, T] | list[Problem]:
    page = read_page(path, path.name)
    if isinstance(page, Problem):
        return [page]
    try:
        return page, shape.model_validate(page.data)
    except ValidationError as error:
        return list(faults(error, page))


def _across(read: list[tuple[Page, RuleSet]], country: Country) -> Iterator[Problem]:
    """Find what each file by itself cannot show: names, first days, and one meaning for one id."""
    first_days: dict[date, str] = {}
    keys: dict[str, tuple[str, str]] = {}
    for page, one in read:
        if f"{one.id}.yaml" != page.name:
            yield page.problem(("id",), f"{one.id} is not the file's name: write {page.name.removesuffix('.yaml')}")
        if one.country is not country:
            yield page.problem(("country",), f"{one.country} is not the file's country: write {country}")
        if one.holds_from in first_days:
            yield page.problem(("holds_from",), f"{first_days[one.holds_from]} holds from that day too: mend either")
        first_days[one.holds_from] = one.id
        for index, rule in enumerate(one.rules):
            elsewhere, keyed_by = keys.setdefault(rule.id, (one.id, rule.keyed_by))
            if keyed_by != rule.keyed_by:
                yield page.problem(
                    ("rules", index, "keyed_by"), f"{rule.id} is keyed by {keyed_by} in {elsewhere}: use one key"
                )
