"""What can be wrong in a protocol folder, told so that the author can mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a protocol folder: which file, which line, which key, what to do about it."""

    file: str
    line: int
    path: str
    message: str

    def to_dict(self) -> dict[str, str | int]:
        """Give the fault as plain data, as `opstap programme check --json` prints it."""
        return asdict(self)

    def __str__(self) -> str:
        """Give the fault as one line of text."""
        return f"{self.file}:{self.line}: {self.path}: {self.message}"
