"""Routing, completeness, adaptation and the reading of answers; and that no licensed text is shipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from opstap.domain.instruments.answers import AnswerError, parse
from opstap.domain.instruments.library import library_folder, names
from opstap.domain.instruments.model import Condition, Item, Questionnaire, read_date


def make(*items: dict, **more) -> Questionnaire:
    return Questionnaire.model_validate(
        {"id": "q", "version": "1", "licence": "free", "source": "test", "items": list(items), **more}
    )


EMPLOYED = {"id": "employed", "kind": "choice", "codes": [1, 0]}
HOURS = {"id": "hours", "kind": "number", "minimum": 0, "maximum": 80, "when": {"item": "employed", "in": [1]}}
MANY = {"id": "many", "kind": "choice", "codes": [1, 0], "when": {"item": "hours", "in": [40]}, "required": False}


def ids(items):
    return [item.id for item in items]


@pytest.mark.parametrize(
    ("answers", "asked", "missing"),
    [
        ({}, ["employed"], ["employed"]),
        ({"employed": 0}, ["employed"], []),
        ({"employed": 1}, ["employed", "hours"], ["hours"]),
        ({"employed": 1, "hours": 40}, ["employed", "hours", "many"], []),
        ({"employed": 0, "hours": 40}, ["employed"], []),  # an old answer behind a hidden item opens nothing
    ],
)
def test_routing(answers, asked, missing):
    questionnaire = make(EMPLOYED, HOURS, MANY)
    assert ids(questionnaire.asked(answers)) == asked
    assert ids(questionnaire.missing(answers)) == missing


def test_one_of_several_answers_opens_an_item():
    condition = Condition.model_validate({"item": "care", "in": ["coach"]})
    assert condition.holds({"care": ["nurse", "coach"]})
    assert not condition.holds({"care": ["nurse"]})
    assert not condition.holds({})


def test_an_item_is_found_by_its_id():
    assert make(EMPLOYED).item("employed").codes == [1, 0]
    with pytest.raises(KeyError, match="hours"):
        make(EMPLOYED).item("hours")


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([EMPLOYED, EMPLOYED], "employed stands twice"),
        ([HOURS], "routed by employed, which does not come before it"),
        ([EMPLOYED, {**HOURS, "when": {"item": "employed", "in": ["yes"]}}], "employed has no answer yes"),
        ([{"id": "a", "kind": "choice", "codes": [1]}], "at least two codes"),
        ([{"id": "a", "kind": "choice", "codes": [1, 2, "1"]}], "a code stands twice"),
        ([{"id": "a", "kind": "choice", "codes": [1, 2], "not_applicable": 2}], "a code stands twice"),
        ([{"id": "a", "kind": "scale", "minimum": 0}], "needs a minimum and a maximum"),
        ([{"id": "a", "kind": "number", "minimum": 2, "maximum": 1}], "minimum lies above maximum"),
        ([], "at least 1 item"),
    ],
)
def test_an_impossible_questionnaire_is_refused(items, message):
    with pytest.raises(ValidationError, match=message):
        make(*items)


CHOICE = Item(id="a", kind="choice", codes=[1, 0], not_applicable=9)
SEVERAL = Item(id="a", kind="multiple", codes=["nurse", "coach"])
NUMBER = Item(id="a", kind="number", minimum=0, maximum=80)
WHOLE = Item(id="a", kind="number", whole=True)
SCALE = Item(id="a", kind="scale", minimum=0, maximum=10, not_applicable=99)
DATE = Item(id="a", kind="date")
TEXT = Item(id="a", kind="text")


@pytest.mark.parametrize(
    ("item", "raw", "stored"),
    [
        *[(item, nothing, None) for item in (CHOICE, SEVERAL, NUMBER, DATE, TEXT) for nothing in (None, "")],
        (SEVERAL, [], None),
        (CHOICE, "1", 1),
        (CHOICE, 9, 9),
        (SEVERAL, ["coach"], ["coach"]),
        (SEVERAL, "nurse", ["nurse"]),
        (NUMBER, "32,5", 32.5),
        (NUMBER, " 32 ", 32),
        (NUMBER, 80, 80),
        (WHOLE, "184", 184),
        (SCALE, "10", 10),
        (SCALE, "99", 99),
        (DATE, "2026-02-28", "2026-02-28"),
        (TEXT, "  thanks ", "thanks"),
        (TEXT, "   ", None),
        (TEXT, "x" * 4000, "x" * 4000),
    ],
)
def test_an_answer_is_stored_as(item, raw, stored):
    assert parse(item, raw) == stored


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        (CHOICE, "2", "choice"),
        (SEVERAL, ["coach", "dentist"], "choice"),
        (NUMBER, "many", "number"),
        (NUMBER, "nan", "number"),
        (NUMBER, "inf", "number"),
        (NUMBER, "-inf", "number"),
        (NUMBER, "80,1", "range"),
        (NUMBER, -1, "range"),
        (WHOLE, "1.5", "whole"),
        (SCALE, "1.5", "whole"),
        (SCALE, "11", "range"),
        (DATE, "28-02-2026", "date"),
        (DATE, "2026-02-30", "date"),
        (DATE, "2026-W01-1", "date"),
        (DATE, "1899-12-31", "date"),
        (TEXT, "x" * 4001, "long"),
    ],
)
def test_an_answer_that_the_item_cannot_take(item, raw, code):
    with pytest.raises(AnswerError) as caught:
        parse(item, raw)
    assert caught.value.code == code
    assert caught.value.item == "a"


@given(st.text(max_size=30))
def test_whatever_is_typed_is_stored_within_bounds_or_refused(raw):
    try:
        stored = parse(NUMBER, raw)
    except AnswerError:
        return
    assert stored is None or 0 <= stored <= 80


def test_a_date_is_written_one_way():
    assert read_date("2199-12-31").year == 2199
    for slip in ("2200-01-01", "20260101", "2026-1-1", "", None, 5):
        with pytest.raises(ValueError, match="YYYY-MM-DD"):
            read_date(slip)


WORDS = {
    "nl": {"": {"text": "Werk"}, "employed": {"text": "Werkt u?"}, "status": {"text": "Statuut?"}},
    "nl-je": {"employed": {"text": "Werk je?"}},
    "en": {"": {"text": "Work"}, "employed": {"text": "Do you work?"}, "status": {"text": "Status?"}},
}


@pytest.mark.parametrize(
    ("country", "address", "asked", "question"),
    [("nl", "u", ["employed"], "Werkt u?"), ("be", "je", ["employed", "status"], "Werk je?")],
)
def test_a_programme_asks_in_its_own_country_and_form_of_address(country, address, asked, question):
    status = {"id": "status", "kind": "choice", "codes": [1, 2], "countries": ["be"]}
    adapted = make(EMPLOYED, status, words=WORDS).adapted(country, {"nl": address, "en": "you"})
    assert ids(adapted.items) == asked
    assert adapted.words["nl"]["employed"].text == question
    assert adapted.words["nl"][""].text == "Werk"
    assert set(adapted.words) == {"nl", "en"}


def with_text_keys(node):
    return {str(key): with_text_keys(value) for key, value in node.items()} if isinstance(node, dict) else node


@pytest.fixture(params=names())
def shared(request) -> Questionnaire:
    content = YAML(typ="safe").load((library_folder() / f"{request.param}.yaml").read_text(encoding="utf-8"))
    return Questionnaire.model_validate({**content, "words": with_text_keys(content["words"])})


def test_a_shared_instrument_has_words_for_every_item_and_answer(shared):
    assert shared.id in names()
    for language in ("nl", "en"):
        assert set(shared.words[language]) == {key for key, _ in shared.worded()} | {*shared.checked()}
        for key, options in shared.worded():
            assert set(shared.words[language][key].options) == set(options)
    # An other form of address words every answer of an item that it words at all.
    for item, words in shared.words.get("nl-je", {}).items():
        assert set(words.options) == set(shared.words["nl"][item].options)


def test_a_licensed_instrument_ships_labels_only(shared):
    if shared.text_included:
        assert shared.licence.startswith("free")
        return
    for words in shared.words.values():
        for item in shared.items:
            assert len(words[item.id].text.split()) <= 8
            assert all(text.isdigit() or item.id == "working" for text in words[item.id].options.values())


@pytest.mark.parametrize(
    ("name", "items"),
    [
        (
            "work-start",
            "employed contract_hours contract_type reported_sick first_sick_day at_work first_day_back "
            "hours_first_back actual_hours hours_since sick_percent work_kind sick_days_6m rtw_expectation",
        ),
        (
            "work-follow-up",
            "employed contract_hours reported_sick first_sick_day at_work first_day_back hours_first_back "
            "actual_hours hours_since sick_percent work_kind sick_days_6m",
        ),
        ("sf12-v1", " ".join(f"i{number}" for number in range(1, 13))),
        ("qlq-c30", " ".join(f"q{number}" for number in range(1, 31))),
        ("rrtw", "working " + " ".join(f"i{number}" for number in range(1, 22))),
        ("work-ability", "was"),
    ],
)
def test_code_relies_on_these_item_ids(name, items):
    content = YAML(typ="safe").load((library_folder() / f"{name}.yaml").read_text())
    assert [item["id"] for item in content["items"]] == items.split()
