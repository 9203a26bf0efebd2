"""The project itself: small files, no trace of a machine, links that lead somewhere, locks in step."""

import ast
import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "opstap"
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".txt", ".lock", ".csv", ".json", ".po", ""}


def tracked() -> list[Path]:
    """Every file that git keeps, or would keep: what is ignored is not of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    names = listing.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


FILES = tracked()
PAGES = [path for path in FILES if path.suffix == ".md"]
MODULES = [path for path in FILES if path.suffix == ".py" and SOURCE in path.parents]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Code.


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_file_is_longer_than_500_lines(path):
    if "migrations" in path.parts:
        return  # written by Django, from models that are held to it
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is_for(path):
    if "migrations" not in path.parts:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_room_is_called_utils_or_helpers():
    assert not [name(path) for path in MODULES if {path.stem, path.parent.name} & {"utils", "util", "helpers"}]


def test_every_room_is_in_the_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = set(re.findall(r"\w+", " ".join(contracts[0]["layers"])))
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert rooms - layers <= {"config", "programmes"}


# No machine, no registry, no secret.

TRACES = {
    "a folder of a machine": r"(?<![\w.-])/(?:root|home/\w+|work|Users)/[\w.-]",
    "a registry": r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|crates\.io)",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "unfinished work": r"\bTO" + r"DO\b|\bFIX" + r"ME\b",
}


@pytest.mark.parametrize("what", TRACES)
def test_no_file_holds(what):
    found = []
    for path in FILES:
        if path.suffix in TEXT and path != Path(__file__) and path.name != "LICENSE":
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name(path)}: {match.group()}" for match in re.finditer(TRACES[what], text)]
    assert not found


# Lock files.


def names_in_lock(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


def canonical(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_run_lock_pins_what_the_project_needs():
    from packaging.requirements import Requirement

    pins = {canonical(pinned): version for pinned, version in names_in_lock("run").items()}
    for text in PROJECT["project"]["dependencies"]:
        wanted = Requirement(text)
        assert canonical(wanted.name) in pins, text
        assert wanted.specifier.contains(pins[canonical(wanted.name)]), text


def test_dev_lock_pins_what_developers_need_and_all_of_run_lock():
    from packaging.requirements import Requirement

    pins = {canonical(pinned): version for pinned, version in names_in_lock("dev").items()}
    for text in PROJECT["dependency-groups"]["dev"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins[canonical(wanted.name)]), text
    for pinned, version in names_in_lock("run").items():
        assert pins[canonical(pinned)] == version


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_lock_files_hold_hashes_and_no_addresses(lock):
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_dependency_has_its_reason_beside_it():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for above, line in pairwise(lines):
        if re.match(r'    "[\w.\[\]-]+[<>=]', line):
            assert above.strip().startswith("#"), line


# Documentation.


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in headings(there)):
            dead.append(target)
    assert not dead


@pytest.mark.parametrize("folder", ["tutorials", "how-to", "reference", "explanation", "decisions"])
def test_every_page_is_in_the_index_of_its_folder(folder):
    index = (ROOT / "docs" / folder / "index.md").read_text()
    for page in (ROOT / "docs" / folder).glob("*.md"):
        assert page.name == "index.md" or f"({page.name})" in index


def test_decisions_are_numbered_without_a_gap_and_fit_one_page():
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert len(page.read_text().split()) < 800, page.name
        assert page.read_text().startswith(f"# {page.name[:4]} ")


def test_commands_in_the_documentation_exist():
    from opstap.cli import COMMANDS

    words = subprocess.run([ROOT / "run", "--help"], capture_output=True, text=True, check=True).stdout
    doors = set(re.findall(r"^  ([a-z]+) ", words, re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"\./run ([a-z]+)", text)) <= doors, name(page)
    reference = (ROOT / "docs/reference/command-line.md").read_text()
    described = set(re.findall(r"^\| `opstap ([a-z]+)", reference, re.MULTILINE))
    assert described == set(COMMANDS)


def test_glossary_tells_each_term_once_in_both_languages():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "GLOSSARY.md").read_text(), re.MULTILINE)
    terms = [english for english, _, _ in rows if english not in ("English", "---")]
    assert len(terms) >= 50
    assert len(terms) == len(set(terms))
    assert all(part.strip() for row in rows for part in row)


def test_licence_is_the_one_that_the_project_names():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "EUPL-1.2"
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\nEUPL © the European Union 2007, 2016\n")
    assert [int(number) for number in re.findall(r"^(\d+)\.", text, re.MULTILINE)] == list(range(1, 16))
