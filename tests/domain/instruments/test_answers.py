"""The newer kinds of items: what they take, what they refuse, how they are taken apart, and their rules as data."""

import json

import pytest
from pydantic import ValidationError

from opstap.domain.instruments.answers import (
    AnswerError,
    flat,
    from_cells,
    hidden_answers,
    parse,
    rules,
    with_texts,
)
from opstap.domain.instruments.model import Item, Questionnaire
from opstap.domain.protocol.load import library

VISUAL = Item(id="a", kind="visual", not_applicable=999)
AMOUNT = Item(id="a", kind="amount", maximum=500)
HOURS = Item(id="a", kind="hours", rows=["mon", "tue"], in_all=20)
LONE = Item(id="a", kind="multiple", codes=["gp", "nurse"], not_applicable="none")
GROUP = Item.model_validate(
    {
        "id": "a", "kind": "group", "least": 2, "most": 3,
        "items": [
            {"id": "name", "kind": "text"},
            {"id": "often", "kind": "choice", "codes": [1, 0], "required": False},
            {"id": "weeks", "kind": "number", "minimum": 0, "maximum": 26, "required": False},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("item", "raw", "stored"),
    [
        (VISUAL, "0", 0),
        (VISUAL, " 100 ", 100),
        (VISUAL, "999", 999),
        (AMOUNT, "12,50", 12.5),
        (AMOUNT, "0", 0),
        (HOURS, {"mon": "8", "tue": "7,5"}, {"mon": 8, "tue": 7.5}),
        (HOURS, {"mon": "", "tue": "12"}, {"tue": 12}),
        (HOURS, {"mon": "", "tue": ""}, None),
        (HOURS, {}, None),
        (LONE, ["none"], ["none"]),
        (LONE, ["gp", "gp", "nurse"], ["gp", "nurse"]),
        (GROUP, [{"name": "A", "weeks": "3"}, {"name": ""}, {"name": "B"}], [{"name": "A", "weeks": 3}, {"name": "B"}]),
        (GROUP, [{"name": " "}], None),
        (GROUP, [], None),
    ],
)
def test_an_answer_is_stored_as(item, raw, stored):
    assert parse(item, raw) == stored


@pytest.mark.parametrize(
    ("item", "raw", "code"),
    [
        (VISUAL, "101", "range"),
        (VISUAL, "-1", "range"),
        (VISUAL, "50,5", "whole"),
        (AMOUNT, "12.505", "cents"),
        (AMOUNT, "-1", "range"),
        (AMOUNT, "501", "range"),
        (HOURS, {"mon": "25"}, "range"),
        (HOURS, {"mon": "x"}, "number"),
        (HOURS, {"mon": "12", "tue": "12"}, "in_all"),
        (HOURS, {"wed": "1"}, "row"),
        (HOURS, "8", "row"),
        (LONE, ["gp", "none"], "alone"),
        (GROUP, [{"name": "A"}], "least"),
        (GROUP, [{"name": str(number)} for number in range(4)], "most"),
        (GROUP, [{"name": "A"}, {"weeks": "3"}], "empty"),
        (GROUP, [{"name": "A"}, {"name": "B", "weeks": "27"}], "range"),
        (GROUP, [{"dose": "1"}], "row"),
        (GROUP, ["A"], "row"),
        (GROUP, "A", "row"),
    ],
)
def test_an_answer_that_the_item_cannot_take(item, raw, code):
    with pytest.raises(AnswerError) as caught:
        parse(item, raw)
    assert caught.value.code == code


def test_an_empty_field_of_a_group_is_named_by_its_row():
    with pytest.raises(AnswerError) as caught:
        parse(GROUP, [{"name": "A"}, {"weeks": "3"}])
    assert caught.value.params == {"part": "name", "row": 2}


def test_separate_fields_make_one_answer():
    assert from_cells(HOURS, {"mon": "8", "tue": "", "sun": "4"}) == {"mon": "8"}
    cells = {"1.name": "A", "1.weeks": "3", "3.name": "B", "9.name": "too far"}
    assert from_cells(GROUP, cells) == [
        {"name": "A", "often": "", "weeks": "3"},
        {"name": "B", "often": "", "weeks": ""},
    ]


def test_an_answer_is_taken_apart():
    assert dict(flat(HOURS, {"mon": 8, "tue": 4})) == {"a.mon": 8, "a.tue": 4}
    assert dict(flat(GROUP, [{"often": 1}, {"often": 0, "weeks": 2}])) == {
        "a.count": 2, "a.1.often": 1, "a.2.often": 0, "a.2.weeks": 2,
    }  # fmt: skip
    assert dict(flat(VISUAL, 60)) == {"a": 60}


def test_free_text_within_an_answer_is_found():
    rows = [{"name": "A", "weeks": 3}]
    assert with_texts(GROUP, rows, str.lower) == [{"name": "a", "weeks": 3}]
    assert with_texts(GROUP, rows, lambda _text: None) == [{"weeks": 3}]
    assert with_texts(Item(id="a", kind="text"), "A", str.lower) == "a"
    assert with_texts(HOURS, {"mon": 8}, str.lower) == {"mon": 8}
    assert with_texts(GROUP, None, str.lower) is None


def questionnaire(*items, **more):
    return Questionnaire.model_validate(
        {"id": "q", "version": "1", "licence": "free", "source": "test", "items": list(items), **more}
    )


WORKS = {"id": "works", "kind": "choice", "codes": [1, 0]}
WEEK = {"id": "week", "kind": "hours", "rows": ["mon", "tue"], "when": {"item": "works", "in": [1]}}
DAYS = {"id": "days", "kind": "number", "not_applicable": -9}


def test_an_answer_that_routing_hides_is_found():
    asks = questionnaire(WORKS, WEEK)
    assert hidden_answers(asks, {"week": {"mon": 8}}, {"works": 0, "week": {"mon": 8}}) == ["week"]
    assert hidden_answers(asks, {"week": None, "works": 0}, {"works": 0}) == []
    assert hidden_answers(asks, {"week": {"mon": 8}}, {"works": 1, "week": {"mon": 8}}) == []


@pytest.mark.parametrize(
    ("answers", "total", "monday", "product"),
    [
        ({"works": 1, "week": {"mon": 8, "tue": 4}, "days": 2}, 12, 8, 16),
        ({"works": 0, "days": 2}, 0, 0, 0),
        ({"works": 1, "days": 2}, None, None, None),
        ({"works": 1, "week": {"tue": 4}, "days": 2}, 4, None, None),
        ({"works": 1, "week": {"mon": 8}, "days": -9}, 8, 8, None),
    ],
)
def test_values_are_calculated(answers, total, monday, product):
    asks = questionnaire(
        WORKS,
        WEEK,
        DAYS,
        calculated=[
            {"id": "total", "rule": "sum", "of": ["week"], "hidden_as": 0},
            {"id": "monday", "rule": "sum", "of": ["week.mon"], "hidden_as": 0},
            {"id": "times", "rule": "product", "of": ["week.mon", "days"], "hidden_as": 0},
        ],
    )
    assert asks.calculate(answers) == {"total": total, "monday": monday, "times": product}
    assert asks.values == ["works", "days", "week.mon", "week.tue", "total", "monday", "times"]


A, B, C = ({"id": name, "kind": "choice", "codes": [1, 2]} for name in "abc")


@pytest.mark.parametrize(
    ("items", "more", "message"),
    [
        ([{"id": "a", "kind": "hours"}], {}, "name them or take them out"),
        ([{"id": "a", "kind": "number", "rows": ["mon"]}], {}, "an hours item, and no other"),
        ([{"id": "a", "kind": "hours", "rows": ["mon", "mon"]}], {}, "a row stands twice"),
        ([{"id": "a", "kind": "group"}], {}, "a group, and no other"),
        ([{"id": "a", "kind": "group", "items": [WEEK]}], {}, "within a group, ask"),
        ([{"id": "a", "kind": "group", "items": [DAYS, DAYS]}], {}, "item days stands twice"),
        ([{"id": "a", "kind": "group", "items": [DAYS], "least": 2}], {}, "at least 2 but at most 1"),
        ([{**WORKS, "alarming": [2]}], {}, "an alarming answer is no code"),
        ([{"id": "a", "kind": "visual", "minimum": 101}], {}, "minimum lies above maximum"),
        ([A, B], {"grids": [{"id": "g", "items": ["a", "x"]}]}, "x: a grid names choices"),
        ([A, DAYS], {"grids": [{"id": "g", "items": ["a", "days"]}]}, "days: a grid names choices"),
        ([A, {**B, "codes": [1, 3]}], {"grids": [{"id": "g", "items": ["a", "b"]}]}, "differ in codes or routing"),
        ([A, B, C], {"grids": [{"id": "g", "items": ["a", "c"]}]}, "do not follow one another"),
        ([A, B], {"grids": [{"id": "g", "items": ["a", "b"]}, {"id": "h", "items": ["a", "b"]}]}, "follow one another"),
        ([A, B], {"grids": [{"id": "a", "items": ["a", "b"]}]}, "a is an item"),
        ([A], {"calculated": [{"id": "a", "rule": "sum", "of": ["a"]}]}, "a is an item"),
        ([A], {"calculated": [{"id": "t", "rule": "sum", "of": ["x"]}]}, "x: name an item with a number"),
        ([WORKS, WEEK], {"calculated": [{"id": "t", "rule": "sum", "of": ["week.sun"]}]}, "week.sun"),
    ],
)
def test_an_impossible_questionnaire_is_refused(items, more, message):
    with pytest.raises(ValidationError, match=message):
        questionnaire(*items, **more)


def test_a_grid_is_found_by_its_items_and_leaves_with_them():
    asks = questionnaire(A, {**B, "countries": ["be"]}, C, grids=[{"id": "g", "items": ["a", "b"]}])
    assert asks.grid_of("b").id == "g"
    assert asks.grid_of("c") is None
    assert [key for key, _options in asks.worded()] == ["", "g", "a", "b", "c"]
    assert asks.adapted("be", {}).grids == asks.grids
    assert asks.adapted("nl", {}).grids == []


def test_the_rules_are_plain_data():
    for instrument in library():
        for item in instrument.items:
            assert json.loads(json.dumps(rules(item)))["kind"] == item.kind
    assert rules(AMOUNT) == {
        "kind": "amount", "required": True, "min": 0, "max": 500, "pattern": r"\s*-?[0-9]+([.,][0-9]+)?\s*",
    }  # fmt: skip
    assert rules(LONE)["alone"] == "none"
    assert rules(GROUP)["items"]["weeks"]["max"] == 26
    assert (rules(GROUP)["least"], rules(GROUP)["most"]) == (2, 3)
    assert rules(Item.model_validate(WEEK))["when"] == {"item": "works", "in": [1]}
    assert rules(VISUAL)["whole"] is True
    assert rules(Item(id="a", kind="text"))["longest"] == 4000
