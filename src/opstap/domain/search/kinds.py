"""Kinds of trial placement per country, read from `data/`: who permits it, how long, and how sure we are."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.network import Party
from opstap.domain.protocol.pages import faults, read_page
from opstap.domain.protocol.problems import Problem
from opstap.domain.statute.model import Source, Words
from opstap.domain.work.spells import Kind

DATA = Path(__file__).parent / "data" / "placements.yaml"


class KindsError(Exception):
    """Kinds of placement that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PlacementKind(Shape):
    """One kind of trial placement.

    `permission` is the party of the network who must agree (None: nobody was found to have to), `asked_of` its name
    in that country. `longest_months` is the longest that was read anywhere; None where no limit was found.
    `work` is the kind of work that it most resembles: a proposal for who counts it as work, never counted by itself.
    """

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    country: Literal["nl", "be"]
    title: Words
    plain: Words
    permission: Party | None = None
    asked_of: Words | None = None
    usual_months: int | None = Field(default=None, ge=1)
    longest_months: int | None = Field(default=None, ge=1)
    work: Kind
    certainty: Literal["S", "U", "M"]
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> PlacementKind:
        if (self.permission is None) != (self.asked_of is None):
            raise Misplaced(("asked_of",), "who permits it has a name, and a name stands for who permits it: give both")
        if (self.certainty == "M") != (not self.sources):
            raise Misplaced(("certainty",), "M is for what was read in no source, S or U for what was: mend one")
        if self.usual_months and self.longest_months and self.longest_months < self.usual_months:
            raise Misplaced(("longest_months",), "the longest is shorter than what is usual: mend one")
        return self


class _File(Shape):
    kinds: list[PlacementKind] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> _File:
        seen: set[tuple[str, str]] = set()
        for number, kind in enumerate(self.kinds):
            if (kind.country, kind.id) in seen:
                raise Misplaced(("kinds", number, "id"), f"{kind.id} is there twice for {kind.country}: rename one")
            seen.add((kind.country, kind.id))
        return self


@cache
def _shipped() -> tuple[PlacementKind, ...]:
    return read_kinds(DATA)


def kinds(country: str) -> tuple[PlacementKind, ...]:
    """Give the kinds of a country, as they are shown."""
    return tuple(kind for kind in _shipped() if kind.country == country)


def kind_of(country: str, kind_id: str) -> PlacementKind | None:
    """Find a kind by its id; None when that country has no such kind."""
    return next((kind for kind in kinds(country) if kind.id == kind_id), None)


def read_kinds(path: Path) -> tuple[PlacementKind, ...]:
    """Read kinds from a file; KindsError with every fault at its place."""
    page = read_page(path, path.name)
    if isinstance(page, Problem):
        raise KindsError([page])
    try:
        return tuple(_File.model_validate(page.data).kinds)
    except ValidationError as error:
        raise KindsError(sorted(set(faults(error, page)))) from None
