"""Reads the files of this room, each checked, with every fault at its file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from opstap.domain.protocol.pages import faults, read_page
from opstap.domain.protocol.problems import Problem

DATA = Path(__file__).parent / "data"

T = TypeVar("T", bound=BaseModel)


class CostError(ValueError):
    """Costs or effects that cannot be computed: the message says what, where, and how to mend it."""


def read(path: Path, shape: type[T]) -> T:
    """Read one YAML file into a shape; CostError with every fault, a line each."""
    page = read_page(path, path.name)
    if isinstance(page, Problem):
        raise CostError(str(page))
    try:
        return shape.model_validate(page.data)
    except ValidationError as error:
        raise CostError("\n".join(str(one) for one in sorted(set(faults(error, page))))) from None
