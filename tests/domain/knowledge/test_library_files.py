"""Every fault in an article is told with file, line, key and mend; each test breaks one thing in a copy."""

import shutil
from pathlib import Path

import pytest

from opstap.domain.knowledge import KnowledgeError, Topic, read_library
from opstap.domain.knowledge.load import DATA
from opstap.domain.protocol import Problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(KnowledgeError) as caught:
        read_library(folder)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return caught.value.problems


def test_the_articles_come_by_topic(folder: Path) -> None:
    topics = [one.topic for one in read_library(folder)]
    assert topics == sorted(topics, key=list(Topic).index)
    assert len(topics) == len(list(folder.glob("*.yaml")))


# What is written in mood.yaml, what it becomes, the path of the fault, what is said.
BROKEN = [
    ("id: mood", "id: moods", "id", "moods is not the file's name: write mood"),
    ("id: mood", "id: mood\ncolour: red", "colour", "unknown key"),
    ("topic: effects", "topic: weather", "topic", "'effects'"),
    ("countries: [nl, be]", "countries: []", "countries", "at least 1"),
    ("countries: [nl, be]", "countries: [nl, fr]", "countries.1", "'be'"),
    ("stages: [1, 2]", "stages: [1, 7]", "stages.1", "5 or 6"),
    ("stages: [1, 2]", "situations: [asleep]", "situations.0", "'at_work'"),
    ("reviewed: 2026-11-22", "reviewed: 22-11-2026", "reviewed", "YYYY-MM-DD"),
    ("reviewed: 2026-11-22\n", "", "reviewed", "this key is needed"),
    ("certainty: M", "certainty: S", "certainty", "M is for advice without a source"),
    ("certainty: M", "certainty: M\nsources:\n  - {title: A law, url: 'ftp://a'}", "sources.0.url", "pattern"),
    (
        "certainty: M", "certainty: M\nsources:\n  - {title: A law, url: 'https://law.example'}",
        "certainty", "S or U for facts from sources",
    ),
    ("    je:\n", "    jij:\n", "texts.nl.je", "this key is needed"),
    ("      title: Somber zijn of u zorgen maken", "      title: ''", "texts.nl.u.title", "at least 1"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "said"), BROKEN)
def test_a_fault_is_told_at_its_place(folder: Path, old: str, new: str, path: str, said: str) -> None:
    file = folder / "mood.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = [one for one in problems(folder) if one.path == path]
    assert len(told) == 1
    assert told[0].file == "mood.yaml"
    assert told[0].line >= 1
    assert said in told[0].message


def test_the_line_of_a_fault_is_that_of_its_key(folder: Path) -> None:
    (folder / "mood.yaml").write_text((DATA / "mood.yaml").read_text().replace("topic: effects", "topic: x"))
    assert [(one.file, one.line) for one in problems(folder)] == [("mood.yaml", 2)]


def test_every_faulty_file_is_told_at_once(folder: Path) -> None:
    (folder / "mood.yaml").write_text("id: [\n")
    (folder / "body.yaml").unlink()
    (folder / "body.yaml").mkdir()
    told = problems(folder)
    assert [one.file for one in told] == ["body.yaml", "mood.yaml"]
    assert "not valid YAML" in told[1].message


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    assert [one.message for one in problems(tmp_path)] == ["no article is there: write one"]
