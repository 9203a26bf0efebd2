"""Reads the articles that are shipped in `data/`, each checked, with every fault at its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from opstap.domain.knowledge.model import Article, Topic
from opstap.domain.protocol.pages import faults, read_page
from opstap.domain.protocol.problems import Problem

DATA = Path(__file__).parent / "data"


class KnowledgeError(Exception):
    """Articles that cannot be used: `problems` lists every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@cache
def library() -> tuple[Article, ...]:
    """Give the shipped articles by topic, read once per process."""
    return read_library(DATA)


def read_library(folder: Path) -> tuple[Article, ...]:
    """Read the articles of a folder, in the order of their topics and then of their names.

    KnowledgeError with every fault: of shape, or an id that is not the name of its file.
    """
    problems: list[Problem] = []
    read: list[Article] = []
    for path in sorted(folder.glob("*.yaml")):
        page = read_page(path, path.name)
        if isinstance(page, Problem):
            problems.append(page)
            continue
        try:
            article = Article.model_validate(page.data)
        except ValidationError as error:
            problems += faults(error, page)
            continue
        if article.id != path.stem:
            problems.append(page.problem(("id",), f"{article.id} is not the file's name: write {path.stem}"))
        read.append(article)
    if not read and not problems:
        problems.append(Problem("*.yaml", 1, "", "no article is there: write one"))
    if problems:
        raise KnowledgeError(sorted(set(problems)))
    return tuple(sorted(read, key=lambda one: list(Topic).index(one.topic)))
