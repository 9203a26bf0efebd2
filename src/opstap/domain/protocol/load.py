"""Reads a protocol folder: `protocol.yaml`, `texts/<language>.yaml`, `questionnaires/<id>.yaml`.

Every fault is collected with its file, line and key, so that an author mends them all in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import opstap
from opstap.domain.instruments.library import library_folder, names
from opstap.domain.instruments.model import Questionnaire
from opstap.domain.protocol.check import cross_check
from opstap.domain.protocol.model import Protocol
from opstap.domain.protocol.pages import Page, faults, read_page
from opstap.domain.protocol.problems import Problem

PROGRAMMES = Path(opstap.__file__).parent / "programmes"


class ProtocolError(Exception):
    """A protocol that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownProgramme(LookupError):
    """A name that is neither a shipped programme nor the path of a protocol file."""


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
    page = _page(path, path.name, problems)
    if page is None:
        raise ProtocolError(problems)
    for elsewhere in ("texts", "questionnaires"):
        if elsewhere in page.data:
            problems.append(page.problem((elsewhere,), f"unknown key: {elsewhere} stand in the folder {elsewhere}/"))
    pages = _texts(path.parent, page, problems)
    texts = {language: sheet.data for language, sheet in pages.items()}
    questionnaires = _questionnaires(path.parent, page, texts, problems)
    try:
        protocol = Protocol.model_validate({**page.data, "texts": texts, "questionnaires": {}})
    except ValidationError as error:
        raise ProtocolError(sorted({*problems, *faults(error, page)})) from None
    protocol = protocol.model_copy(update={"questionnaires": questionnaires})
    problems.extend(page.problem(place, message) for place, message in cross_check(protocol))
    problems.extend(_missing_texts(protocol, pages))
    if problems:
        raise ProtocolError(sorted(set(problems)))
    return protocol


def _page(path: Path, name: str, problems: list[Problem]) -> Page | None:
    """Read one YAML file that holds a mapping; None, with the fault added, when it cannot be."""
    found = read_page(path, name)
    if isinstance(found, Page):
        return found
    problems.append(found)
    return None


@cache
def _library_page(name: str) -> Page | Problem:
    """Read a shared instrument, once per process: the library does not change while we run."""
    return read_page(library_folder() / f"{name}.yaml", f"questionnaires/{name}.yaml")


def _texts(folder: Path, page: Page, problems: list[Problem]) -> dict[str, Page]:
    languages = page.data.get("languages")
    found: dict[str, Page] = {}
    for language in languages if isinstance(languages, list) else []:
        name = f"texts/{language}.yaml"
        sheet = _page(folder / name, name, problems)
        if sheet is not None:
            found[str(language)] = sheet
    return found


def _asked(content: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """List each questionnaire that a wave asks for, with the place where it is named.

    The protocol has not been checked yet: whatever has another shape is passed over, the check reports it.
    """
    waves = _under(_under(content, "study", dict), "waves", list)
    for index, wave in enumerate(waves):
        for respondent, ids in _under(wave, "asks", dict).items():
            for position, one in enumerate(ids if isinstance(ids, list) else []):
                yield str(one), ("study", "waves", index, "asks", respondent, position)


def _under(node: Any, key: str, kind: type[Any]) -> Any:
    """Give what stands under a key when it has the wanted shape, else nothing of that shape."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, kind) else kind()


def _questionnaires(
    folder: Path, page: Page, texts: dict[str, Any], problems: list[Problem]
) -> dict[str, Questionnaire]:
    addresses = {language: str(words.get("address", "")).strip() for language, words in texts.items()}
    places: dict[str, tuple[Any, ...]] = {}
    for one, place in _asked(page.data):
        places.setdefault(one, place)
    shared = names()
    found: dict[str, Questionnaire] = {}
    for one, place in places.items():
        own = folder / "questionnaires" / f"{one}.yaml"
        if own.is_file():
            sheet = read_page(own, f"questionnaires/{one}.yaml")
        elif one in shared:
            sheet = _library_page(one)
        else:
            known = ", ".join(sorted({*shared, *(path.stem for path in own.parent.glob("*.yaml"))}))
            sheet = page.problem(
                place, f"no questionnaire {one}: make questionnaires/{one}.yaml, or name one of {known}"
            )
        if isinstance(sheet, Problem):
            problems.append(sheet)
            continue
        questionnaire = _instrument(sheet, one, problems)
        if questionnaire is None:
            continue
        questionnaire = questionnaire.adapted(str(page.data.get("country")), addresses)
        problems.extend(_missing_words(questionnaire, list(texts), sheet))
        found[one] = questionnaire
    return found


def _instrument(sheet: Page, name: str, problems: list[Problem]) -> Questionnaire | None:
    """Check an instrument file that was read; None, with the faults added, when it cannot be used."""
    try:
        questionnaire = Questionnaire.model_validate(sheet.data)
    except ValidationError as error:
        problems.extend(faults(error, sheet))
        return None
    if questionnaire.id != name:
        problems.append(sheet.problem(("id",), f"{questionnaire.id} is not the file's name: write {name}"))
    return questionnaire


def read_instrument(path: Path) -> Questionnaire:
    """Read and check one instrument file by itself, in every language it has; ProtocolError with every fault."""
    sheet = read_page(path, path.name)
    if isinstance(sheet, Problem):
        raise ProtocolError([sheet])
    problems: list[Problem] = []
    questionnaire = _instrument(sheet, path.stem, problems)
    if questionnaire is not None:
        # A form of address ("nl-je") words only what differs.
        languages = [language for language in questionnaire.words if "-" not in language]
        problems.extend(_missing_words(questionnaire, languages, sheet))
    if questionnaire is None or problems:
        raise ProtocolError(sorted(set(problems)))
    return questionnaire


@cache
def library() -> tuple[Questionnaire, ...]:
    """Read every shared instrument, once per process, by name."""
    return tuple(read_instrument(library_folder() / f"{name}.yaml") for name in names())


def _missing_words(questionnaire: Questionnaire, languages: list[str], sheet: Page) -> Iterator[Problem]:
    for language in languages:
        words = questionnaire.words.get(language, {})
        place = ("words", language)
        for key, options in questionnaire.worded():
            if key not in words:
                missing = f"no text in {language}: add it" if key else f'no title in {language}: add an entry under ""'
                yield sheet.problem((*place, key) if key else place, missing)
                continue
            for option in options:
                if option not in words[key].options:
                    yield sheet.problem((*place, key, "options", option), f"no text in {language}: add it")
        for key in questionnaire.checked():
            if key not in words:
                yield sheet.problem((*place, key), f"no text in {language}: add it")


def _missing_texts(protocol: Protocol, pages: dict[str, Page]) -> Iterator[Problem]:
    for language, page in pages.items():
        for key in protocol.needed_texts():
            node: Any = page.data
            parts = tuple(key.split("."))
            for part in parts:
                node = node.get(part) if isinstance(node, dict) else None
            if not isinstance(node, str) or not node.strip():
                yield page.problem(parts, f"no text in {language}: add it")
