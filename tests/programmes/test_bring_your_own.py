"""The third programme runs from its folder alone, and the how-to and the reference say what is so."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from opstap.domain.instruments.model import Condition, Item, Questionnaire, Words
from opstap.domain.protocol import model, read
from opstap.domain.protocol.eligibility import RULES, Criterion, judge, read_answers
from opstap.domain.protocol.schema import schema

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "walking-back"
HOW_TO = (DOCS / "how-to" / "bring-your-own-programme.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference" / "protocol.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"<!-- (\S+) -->\n```yaml\n(.*?)```", HOW_TO, re.DOTALL)


def test_the_example_loads_and_says_je():
    protocol = read(EXAMPLE / "protocol.yaml")
    assert protocol.study.design == "single_arm"
    assert protocol.questionnaires["work-start"].words["nl"]["at_work"].text == "Werk je op dit moment?"


@pytest.mark.parametrize(("file", "snippet"), SNIPPETS, ids=range(len(SNIPPETS)))
def test_a_snippet_of_the_how_to_stands_in_the_file(file, snippet):
    assert snippet in (DOCS / "examples" / file).read_text(encoding="utf-8")


def test_every_yaml_snippet_names_its_file():
    assert len(SNIPPETS) == HOW_TO.count("```yaml") >= 7


def test_the_answers_of_the_how_to_are_eligible():
    (answers,) = re.findall(r"```json\n(.*?)```", HOW_TO, re.DOTALL)
    eligibility = read(EXAMPLE / "protocol.yaml").study.eligibility
    typed = read_answers(json.loads(answers), eligibility.inputs, eligibility.choices)
    version = eligibility.version(None)
    assert judge(version.id, version.criteria, typed, date(2026, 6, 1)).eligible is True


def test_the_published_schema_is_the_one_of_the_code():
    published = json.loads((DOCS / "reference" / "protocol.schema.json").read_text(encoding="utf-8"))
    assert published == schema()
    assert "texts" not in published["properties"]


SHAPES = [
    one
    for one in vars(model).values()
    if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == model.__name__
]


@pytest.mark.parametrize(
    "shape", [*SHAPES, Criterion, Condition, Item, Questionnaire, Words], ids=lambda one: one.__name__
)
def test_the_reference_explains_every_key(shape):
    for name, field in shape.model_fields.items():
        if name not in ("texts", "questionnaires"):
            assert re.search(rf"\b{field.alias or name}\b", REFERENCE), name


def test_the_reference_explains_every_rule_and_work_outcome():
    for name in (*RULES, *model.WORK_VARIABLES):
        assert f"`{name}`" in REFERENCE or f'`"{name}"`' in REFERENCE, name
