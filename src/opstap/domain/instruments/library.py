"""The shared library: instruments that more than one programme uses, each a file of structure and own labels."""

from __future__ import annotations

from pathlib import Path


def library_folder() -> Path:
    """Give the folder that holds the shared instruments."""
    return Path(__file__).parent / "data"


def names() -> list[str]:
    """List the shared instruments by name."""
    return sorted(path.stem for path in library_folder().glob("*.yaml"))
