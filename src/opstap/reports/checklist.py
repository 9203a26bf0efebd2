"""Where the report answers each item of a reporting guideline, and which items it does not answer.

A guideline is a file in `checklists/`: the number of each item, a short label of our own, and the sections that answer
it. Whether an item is answered is looked up in the report that was made, not taken from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from opstap.reports.blocks import Link, Note, Section, Table, Text
from opstap.reports.context import Context

FOLDER = files("opstap.reports") / "checklists"
GUIDELINES = ("consort-2025", "cheers-2022")
#: What became of an item.
ANSWERED, PARTLY, NOT_ANSWERED, NOT_APPLICABLE = "answered", "partly", "not_answered", "not_applicable"


@dataclass(frozen=True)
class Item:
    """An item of a guideline: `where` it is answered, and what it `lacks` (by language)."""

    id: str
    label: dict[str, str]
    where: list[str] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)
    randomised: bool = False


@dataclass(frozen=True)
class Guideline:
    """A guideline; with a `method` it is asked only of plans that have an analysis of it."""

    name: str
    source: str
    items: list[Item]
    method: str | None = None


@cache
def read(name: str) -> Guideline:
    """Read a guideline of this room by its file's name."""
    content: dict[str, Any] = YAML(typ="safe").load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    items = [Item(**one) for one in content["items"]]
    return Guideline(content["name"], content["source"], items, content.get("method"))


def checklists(context: Context, sections: list[Section]) -> tuple[list[Section], dict[str, Any]]:
    """Make the section of each guideline that fits the plan, from the sections of the report."""
    methods = {analysis.method for analysis in context.protocol.study.analyses}
    found, results = [], {}
    for name in GUIDELINES:
        guideline = read(name)
        if guideline.method is None or guideline.method in methods:
            section, results[name] = _section(context, name, guideline, sections)
            found.append(section)
    return found, results


def _section(
    context: Context, name: str, guideline: Guideline, sections: list[Section]
) -> tuple[Section, list[dict[str, Any]]]:
    _ = context.words.gettext
    titles = {one.id: one.title for one in sections}
    words_for = {
        ANSWERED: _("answered"),
        PARTLY: _("in part"),
        NOT_ANSWERED: _("not answered here"),
        NOT_APPLICABLE: _("does not apply"),
    }
    body: list[list[Any]] = []
    rows: list[dict[str, Any]] = []
    for item in guideline.items:
        state, places = _state(context, item, sections)
        lacks = item.lacks.get(context.words.language, item.lacks.get("en", ""))
        if state == NOT_APPLICABLE:
            lacks = _("No lot was drawn in this study.")
        elif state in (PARTLY, NOT_ANSWERED) and not lacks:
            lacks = _("The plan of this study has nothing on it, or it could not be computed.")
        cells = [item.id, item.label.get(context.words.language, item.label["en"]), words_for[state]]
        body.append([*cells, [Link(titles[place], place) for place in places], "" if state == ANSWERED else lacks])
        rows.append({"item": item.id, "label": item.label["en"], "state": state, "sections": places})
    counted = {state: sum(1 for row in rows if row["state"] == state) for state in words_for}
    words = context.words
    sentence = _(
        "Of the %(all)s items of %(name)s this report answers %(answered)s, and %(partly)s in part. Not answered here"
        " are %(open)s; mostly these are for the authors to write."
    ) % {
        "all": words.count(len(rows)),
        "name": guideline.name,
        "answered": words.count(counted[ANSWERED]),
        "partly": words.count(counted[PARTLY]),
        "open": words.count(counted[NOT_ANSWERED]),
    }
    blocks: list[Any] = [Text(sentence, of=f"checklist-{name}")]
    if not context.arms and counted[NOT_APPLICABLE]:
        blocks.append(
            Note(
                _(
                    "This study has one arm and no lot. %(name)s was written for randomised trials; its items about the"
                    " lot do not apply, and the others are answered as far as they fit."
                )
                % {"name": guideline.name}
            )
        )
    blocks.append(
        Table(
            f"checklist-{name}",
            _("Where each item of %(name)s is answered") % {"name": guideline.name},
            [_("Item"), _("What it asks, in our words"), _("Answered"), _("Where"), _("What is open")],
            body,
            pd.DataFrame([{**row, "sections": ";".join(row["sections"])} for row in rows]),
            left=5,
            note=_("%(name)s, %(source)s. Looked up in this report when it was made.")
            % {"name": guideline.name, "source": guideline.source},
        )
    )
    return Section(f"checklist-{name}", _("Checklist: %(name)s") % {"name": guideline.name}, blocks), rows


def _state(context: Context, item: Item, sections: list[Section]) -> tuple[str, list[str]]:
    if item.randomised and not context.arms:
        return NOT_APPLICABLE, []
    filled = [one.id for one in sections if any(not isinstance(block, Note) for block in one.blocks)]
    places = list(dict.fromkeys(place for wanted in item.where for place in _places(context, wanted, filled)))
    if not places:
        return NOT_ANSWERED, []
    return (PARTLY if item.lacks else ANSWERED), places


def _places(context: Context, wanted: str, filled: list[str]) -> list[str]:
    """Find the sections of a name: an id or a pattern of ids, a method, or `variable:` and how a variable begins."""
    study = context.protocol.study
    kind, _colon, start = wanted.partition(":")
    if kind == "variable":
        named = [one for one in study.analyses if study.outcome(one.outcome).variable.startswith(start)]
    else:
        named = [one for one in study.analyses if one.method == wanted]
    if not named:
        return [one for one in filled if fnmatchcase(one, wanted)]
    found = []
    for one in named:
        beside = [f"analysis-{other.id}" for other in study.analyses if other.outcome == one.outcome]
        for place in (f"analysis-{one.id}", f"together-{one.method}", f"outcome-{one.outcome}", *beside):
            if place in filled:
                found.append(place)
                break
    return found
