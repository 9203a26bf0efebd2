"""Pages of a questionnaire: short ones, or a question each; nothing on the page of what opens it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.instruments.model import Questionnaire
from opstap.domain.instruments.pages import pages
from opstap.domain.protocol.load import library


def questionnaire(*items: dict, grids: list[dict] | None = None) -> Questionnaire:
    return Questionnaire(id="q", version="1", licence="own", source="own", items=list(items), grids=grids or [])


def choice(name: str, **more) -> dict:
    return {"id": name, "kind": "choice", "codes": [0, 1], **more}


def test_a_page_holds_what_fits_and_a_question_by_itself_is_a_page_of_one() -> None:
    five = questionnaire(*(choice(name) for name in "abcde"))
    assert pages(five, 2) == [["a", "b"], ["c", "d"], ["e"]]
    assert pages(five, 5) == [["a", "b", "c", "d", "e"]]
    assert pages(five, 1) == [["a"], ["b"], ["c"], ["d"], ["e"]]


def test_what_an_answer_opens_stands_on_a_later_page() -> None:
    routed = questionnaire(
        choice("a"), choice("b", when={"item": "a", "in": [1]}), choice("c", when={"item": "a", "in": [0]}), choice("d")
    )
    assert pages(routed, 5) == [["a"], ["b", "c", "d"]]


def test_a_grid_is_never_cut_and_a_table_or_a_text_stands_by_itself() -> None:
    mixed = questionnaire(
        choice("a"), choice("g1"), choice("g2"), choice("g3"), choice("h1"), choice("h2"), choice("b"),
        {"id": "t", "kind": "text"}, choice("c"), {"id": "w", "kind": "hours", "rows": ["mon"]},
        grids=[{"id": "g", "items": ["g1", "g2", "g3"]}, {"id": "h", "items": ["h1", "h2"]}],
    )  # fmt: skip
    assert pages(mixed, 2) == [["a"], ["g1", "g2", "g3"], ["h1", "h2"], ["b"], ["t"], ["c"], ["w"]]
    assert pages(mixed, 1) == pages(mixed, 2)


@given(st.sampled_from(library()), st.integers(1, 8))
def test_every_item_of_every_instrument_stands_on_one_page_in_order(one: Questionnaire, most: int) -> None:
    divided = pages(one, most)
    assert [item for page in divided for item in page] == [item.id for item in one.items]
    for page in divided:
        assert len(page) <= most or one.grid_of(page[0])
        opened_by = {item.when.item for item in one.items if item.when and item.id in page}
        assert not opened_by & set(page) or one.grid_of(page[0])
