"""A form of consent as data: what does not fit is named."""

import pytest
from pydantic import ValidationError

from opstap.domain.protocol.consents import ConsentForm

WHOLE = {
    "kind": "study", "version": "1", "legal_basis": "law", "retention_years": 1, "passages": ["one", "two"],
    "questions": [{"id": "q", "passage": "one", "options": ["a", "b"], "right": "a"}],
    "items": [{"id": "data"}, {"id": "partner", "required": False, "about": "partner"}],
}  # fmt: skip


def test_a_whole_form_lists_its_words_in_the_order_of_reading() -> None:
    form = ConsentForm.model_validate(WHOLE)
    assert [key.removeprefix("consents.study.") for key in form.text_keys()] == [
        "title", "short", "passages.one.title", "passages.one.text", "passages.two.title", "passages.two.text",
        "questions.q.text", "questions.q.options.a", "questions.q.options.b", "items.data", "items.partner",
    ]  # fmt: skip
    assert form.item_about("partner").id == "partner"
    assert form.item_about("linkage") is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"passages": ["one", "one"]}, "name each passage once"),
        ({"passages": ["two"]}, "no passage one"),
        ({"passages": []}, "at least 1 item"),
        ({"questions": [{"id": "q", "passage": "one", "options": ["a", "b"], "right": "c"}]}, "none of the options"),
        ({"questions": [{"id": "q", "passage": "one", "options": ["a", "a"], "right": "a"}]}, "each option once"),
        ({"items": [{"id": "partner", "about": "partner"}]}, "never a condition of taking part"),
    ],
)
def test_what_does_not_fit_is_named(changed, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ConsentForm.model_validate(WHOLE | changed)
