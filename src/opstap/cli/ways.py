"""The ways into the demonstration: one for each role, kept in `demo.json` of the data folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Everyone in the demonstration has this password, and this personal code: nobody in it exists.
PASSWORD, CODE = "samen weer aan het werk", "opstap24"


@dataclass(frozen=True)
class SignIn:
    """One way into the demonstration: as whom, and with what."""

    key: str
    study: str
    role: str
    name: str
    user: int
    email: str = ""
    secret: str = ""


def write(home: Path, ways: list[SignIn], *, complete: bool) -> None:
    """Write down the ways in, for the demonstration's own page and for the terminal."""
    content = {"complete": complete, "password": PASSWORD, "code": CODE, "ways": [asdict(way) for way in ways]}
    draft = home / "demo.json.new"
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(home / "demo.json")


def read(home: Path) -> dict[str, Any]:
    """Read the ways in; empty when there are none yet."""
    try:
        content: dict[str, Any] = json.loads((home / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
