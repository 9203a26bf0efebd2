"""Reads a protocol folder: `protocol.yaml`, `texts/<language>.yaml`, `questionnaires/<id>.yaml`.

Every fault is collected with its file, line and key, so that an author mends them all in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

import opstap
from opstap.domain.instruments.library import library_folder
from opstap.domain.instruments.model import Questionnaire
from opstap.domain.protocol.check import cross_check
from opstap.domain.protocol.model import Protocol
from opstap.domain.protocol.problems import Problem

PROGRAMMES = Path(opstap.__file__).parent / "programmes"


class ProtocolError(Exception):
    """A protocol that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownProgramme(LookupError):
    """A name that is neither a shipped programme nor the path of a protocol file."""


@dataclass(frozen=True)
class Page:
    """One YAML file as read: its data, and where each key stands."""

    name: str
    data: Any

    def line(self, path: tuple[Any, ...]) -> int:
        """Find the line (from 1) of the deepest part of a path that stands in the file."""
        node, line = self.data, 1
        for part in path:
            try:
                if isinstance(node, CommentedMap):
                    line = node.lc.key(part)[0] + 1
                elif isinstance(node, CommentedSeq):
                    line = node.lc.item(part)[0] + 1
                else:
                    break
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
        return line


def programme_names() -> list[str]:
    """List the programmes that are shipped with the package."""
    return sorted(folder.name for folder in PROGRAMMES.iterdir() if (folder / "protocol.yaml").is_file())


def find(name: str) -> Path:
    """Find the protocol file of a shipped programme's name, or of a path to a file or its folder.

    Raises UnknownProgramme with the known names.
    """
    if name in programme_names():
        return PROGRAMMES / name / "protocol.yaml"
    path = Path(name)
    if path.is_dir():
        path = path / "protocol.yaml"
    if path.is_file():
        return path
    raise UnknownProgramme(
        f"{name}: no such programme or protocol file; known programmes are {', '.join(programme_names())}"
    )


@cache
def load(name: str) -> Protocol:
    """Read a shipped programme by its name, once per process; ProtocolError when it is faulty."""
    return read(find(name))


def read(path: Path) -> Protocol:
    """Read and check a protocol with its texts and questionnaires; ProtocolError with every fault."""
    problems: list[Problem] = []
    folder = path.parent
    page = _page(path, path.name, problems)
    if page is None or not isinstance(page.data, dict):
        raise ProtocolError(problems or [Problem(path.name, 1, "", "the file is empty: a protocol is a mapping")])
    content = _plain(page.data)
    texts, text_pages = _texts(folder, content.get("languages"), problems)
    addresses = {language: str(words.get("address", "")).strip() for language, words in texts.items()}
    questionnaires = {
        name: questionnaire.adapted(str(content.get("country")), addresses)
        for name, questionnaire in _questionnaires(folder, content, page, problems).items()
    }
    try:
        protocol = Protocol.model_validate({**content, "texts": texts, "questionnaires": {}})
    except ValidationError as error:
        problems.extend(_from_pydantic(error, page))
        raise ProtocolError(sorted(set(problems))) from None
    protocol = protocol.model_copy(update={"questionnaires": questionnaires})
    for place, message in cross_check(protocol):
        problems.append(Problem(page.name, page.line(place), _dotted(place), message))
    problems.extend(_missing_texts(protocol, text_pages))
    if problems:
        raise ProtocolError(sorted(set(problems)))
    return protocol


def _page(path: Path, name: str, problems: list[Problem]) -> Page | None:
    yaml = YAML()
    yaml.allow_duplicate_keys = False
    try:
        return Page(name, yaml.load(StringIO(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        problems.append(Problem(name, 1, "", "the file is not there; make it, or take its language or id out"))
    except UnicodeDecodeError:
        problems.append(Problem(name, 1, "", "the file is not UTF-8 text; save it as UTF-8"))
    except OSError as error:
        problems.append(Problem(name, 1, "", f"the file cannot be read: {error.strerror}"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(name, line, "", f"not valid YAML: {str(error.problem).strip()}"))
    except YAMLError as error:
        problems.append(Problem(name, 1, "", f"not valid YAML: {str(error).splitlines()[0]}"))
    return None


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def _texts(folder: Path, languages: Any, problems: list[Problem]) -> tuple[dict[str, Any], dict[str, Page]]:
    texts: dict[str, Any] = {}
    pages: dict[str, Page] = {}
    for language in languages if isinstance(languages, list) else []:
        name = f"texts/{language}.yaml"
        page = _page(folder / name, name, problems)
        if page is not None and isinstance(page.data, dict):
            texts[str(language)] = _plain(page.data)
            pages[str(language)] = page
    return texts, pages


def _asked(content: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """List each questionnaire that a wave asks for, with the place where it is named."""
    study = content.get("study")
    waves = study.get("waves") if isinstance(study, dict) else None
    for index, wave in enumerate(waves if isinstance(waves, list) else []):
        asks = wave.get("asks") if isinstance(wave, dict) else None
        for respondent, ids in asks.items() if isinstance(asks, dict) else ():
            for position, one in enumerate(ids if isinstance(ids, list) else []):
                yield str(one), ("study", "waves", index, "asks", respondent, position)


def _questionnaires(
    folder: Path, content: dict[str, Any], page: Page, problems: list[Problem]
) -> dict[str, Questionnaire]:
    found: dict[str, Questionnaire] = {}
    for one, place in _asked(content):
        if one in found:
            continue
        own = folder / "questionnaires" / f"{one}.yaml"
        shared = library_folder() / f"{one}.yaml"
        path = own if own.is_file() else shared
        if not path.is_file():
            problems.append(
                Problem(
                    page.name,
                    page.line(place),
                    _dotted(place),
                    f"no questionnaire {one}: it is neither in questionnaires/ nor in the shared library",
                )
            )
            continue
        name = f"questionnaires/{one}.yaml"
        sheet = _page(path, name, problems)
        if sheet is None:
            continue
        try:
            questionnaire = Questionnaire.model_validate(_plain(sheet.data))
        except ValidationError as error:
            problems.extend(_from_pydantic(error, sheet))
            continue
        problems.extend(_missing_words(questionnaire, content.get("languages"), sheet))
        found[one] = questionnaire
    return found


def _missing_words(questionnaire: Questionnaire, languages: Any, sheet: Page) -> Iterator[Problem]:
    for language in languages if isinstance(languages, list) else []:
        words = questionnaire.words.get(str(language))
        where = ("words", language)
        if words is None:
            yield Problem(sheet.name, sheet.line(("words",)), _dotted(where), f"no words in {language}")
            continue
        if "" not in words:
            yield Problem(sheet.name, sheet.line(where), _dotted(where), 'no title: add an entry under ""')
        for item in questionnaire.items:
            if item.id not in words:
                yield Problem(sheet.name, sheet.line(where), _dotted((*where, item.id)), "no text for this item")
                continue
            for code in item.all_codes:
                if str(code) not in words[item.id].options:
                    place = (*where, item.id, "options", str(code))
                    yield Problem(sheet.name, sheet.line(place), _dotted(place), "no text for this answer")


def _missing_texts(protocol: Protocol, pages: dict[str, Page]) -> Iterator[Problem]:
    for language, page in pages.items():
        for key in protocol.needed_texts():
            node: Any = protocol.texts[language]
            parts = key.split(".")
            for part in parts:
                node = node.get(part) if isinstance(node, dict) else None
            if not isinstance(node, str) or not node.strip():
                line = page.line(tuple(parts))
                yield Problem(page.name, line, key, f"no text in {language}: add it")


def _from_pydantic(error: ValidationError, page: Page) -> Iterator[Problem]:
    for fault in error.errors():
        place = tuple(fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = "unknown key: mend its spelling or take it out"
        elif fault["type"] == "missing":
            message = "this key is needed and is not there"
        yield Problem(page.name, page.line(place), _dotted(place), message)


def _dotted(place: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in place)
