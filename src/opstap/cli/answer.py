"""How every command answers: one JSON document or a page for a person, and one message when it cannot."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, NoReturn, TypeVar

import typer

T = TypeVar("T")


class BadInput(Exception):
    """What the user gave cannot be used: the message names the file, the place and the mend; exit 2."""


def answer(data: Mapping[str, Any], *, as_json: bool, show: Callable[[Mapping[str, Any]], None]) -> None:
    """Print `data` as the one JSON document on standard output, or let `show` print it for a person."""
    if as_json:
        document = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, indent=2)
        sys.stdout.write(document + "\n")
    else:
        show(data)


def no() -> NoReturn:
    """End with a negative answer: invalid, not eligible, tampered; exit 1."""
    raise typer.Exit(1)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: full precision, ISO dates, and null for what is missing.

    Scalars and arrays of numpy and pandas are read by their own `item` and `tolist`, so that neither is
    imported here. Raises TypeError on anything else.
    """
    if value is None or isinstance(value, bool | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    for read in ("item", "tolist"):
        if hasattr(value, read) and (read == "tolist" or getattr(value, "ndim", 0) == 0):
            return plain(getattr(value, read)())
    raise TypeError(f"JSON has no form for {type(value).__name__}")


def progress(things: Iterable[T], *, label: str, total: int | None = None) -> Iterator[T]:
    """Go through `things` with a progress bar on standard error, on a terminal only."""
    if not sys.stderr.isatty():
        yield from things
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(things, description=label, total=total)
