"""One YAML file as it was read, with the line of every key, so that a fault can name file, line and key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from opstap.domain.instruments.model import Misplaced
from opstap.domain.protocol.problems import Problem

_MENDS = {
    "extra_forbidden": "unknown key: mend its spelling or take it out",
    "missing": "this key is needed and is not there: add it",
}


@dataclass(frozen=True)
class Page:
    """One YAML file as read: its data, and where each key stands."""

    name: str
    data: dict[str, Any]
    marked: Any

    def line(self, path: tuple[Any, ...]) -> int:
        """Find the line (from 1) of the deepest part of a path that stands in the file."""
        node, line = self.marked, 1
        for part in path:
            if isinstance(node, CommentedMap):
                key = next((key for key in node if str(key) == str(part)), None)
                if key is None:
                    break
                line = node.lc.key(key)[0] + 1
                node = node[key]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
                node = node[part]
            else:
                break
        return line

    def problem(self, path: tuple[Any, ...], message: str) -> Problem:
        """Make a fault out of the place and what is wrong there."""
        return Problem(self.name, self.line(path), ".".join(str(part) for part in path), message)


def read_page(path: Path, name: str) -> Page | Problem:
    """Read one YAML file that holds a mapping, calling it `name` in messages; the fault when it cannot be."""
    try:
        return parse_page(path.read_text(encoding="utf-8-sig"), name)
    except FileNotFoundError:
        message = "the file is not there: make it, or take its name out of the protocol"
    except UnicodeDecodeError:
        message = "the file is not UTF-8 text: save it as UTF-8"
    except OSError as error:
        message = f"the file cannot be read ({error.strerror}): mend its permissions"
    return Problem(name, 1, "", message)


def parse_page(text: str, name: str) -> Page | Problem:
    """Read YAML that holds a mapping, calling it `name` in messages; the fault when it cannot be."""
    yaml = YAML()
    yaml.allow_duplicate_keys = False
    line = 1
    try:
        marked = yaml.load(StringIO(text))
        if isinstance(marked, dict):
            return Page(name, _plain(marked), marked)
        message = "the file holds no mapping: write keys, each with its value"
    except RecursionError:
        message = "the file is nested too deeply: take brackets or indentation out"
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"not valid YAML, {str(error.problem).strip()}: mend this line (indentation, colon, quotes)"
    except YAMLError as error:
        message = f"not valid YAML, {str(error).splitlines()[0]}: take that character out"
    return Problem(name, line, "", message)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def faults(error: ValidationError, page: Page) -> Iterator[Problem]:
    """Tell each fault that pydantic found as a problem at its place in the file."""
    for fault in error.errors():
        place = tuple(part for part in fault["loc"] if part != "[key]")
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, Misplaced):
            place += cause.place
        message = _MENDS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
        yield page.problem(place, message)
