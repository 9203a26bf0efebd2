"""A form of consent as data: what is told in passages, asked to see whether it came across, agreed to item by item.

The shape of a form stands here; its words are texts of the protocol, below `consents.<kind>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape
from opstap.domain.protocol.eligibility import Name

#: What an item can be about, where something else in the product depends on it.
Purpose = Literal["data_sharing", "employer", "physician", "partner", "linkage"]


class ConsentItem(Shape):
    """One thing that is agreed to or not, by itself; a required one is a condition of taking part.

    `about` says what the item opens, where something depends on it: `partner`, that a partner may be asked.
    """

    id: Name
    required: bool = True
    about: Purpose | None = None

    @model_validator(mode="after")
    def _free(self) -> ConsentItem:
        if self.about is not None and self.required:
            raise Misplaced(("required",), f"{self.about} is never a condition of taking part: write `required: false`")
        return self


class Comprehension(Shape):
    """A question that shows whether a passage came across: its possible answers, and the right one."""

    id: Name
    passage: Name
    options: list[Name] = Field(min_length=2)
    right: Name

    @model_validator(mode="after")
    def _answerable(self) -> Comprehension:
        if self.right not in self.options:
            raise Misplaced(("right",), f"{self.right} is none of the options: name one of {', '.join(self.options)}")
        if len(set(self.options)) < len(self.options):
            raise Misplaced(("options",), "name each option once")
        return self


class ConsentForm(Shape):
    """A versioned consent: for the programme, for the study, and for a partner who is asked, each by itself.

    The short words come first; behind them stand `passages` that open on demand; `questions` see whether they came
    across. A change in words or shape asks for a new `version`.
    """

    kind: Literal["programme", "study", "partner"]
    version: str
    legal_basis: str
    retention_years: int = Field(ge=0)
    days_to_think: int = Field(default=0, ge=0)
    passages: list[Name] = Field(min_length=1)
    questions: list[Comprehension] = []
    items: list[ConsentItem] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> ConsentForm:
        if len(set(self.passages)) < len(self.passages):
            raise Misplaced(("passages",), "name each passage once")
        for number, question in enumerate(self.questions):
            if question.passage not in self.passages:
                raise Misplaced(
                    ("questions", number, "passage"),
                    f"no passage {question.passage}: name one of {', '.join(self.passages)}",
                )
        return self

    def item_about(self, purpose: Purpose) -> ConsentItem | None:
        """Find the item that opens something; None when the form has none."""
        return next((item for item in self.items if item.about == purpose), None)

    def text_keys(self) -> Iterator[str]:
        """List every dotted key of the words of this form, in the order in which they are read."""
        yield from (f"consents.{self.kind}.{part}" for part in ("title", "short"))
        for passage in self.passages:
            yield from (f"consents.{self.kind}.passages.{passage}.{part}" for part in ("title", "text"))
        for question in self.questions:
            yield f"consents.{self.kind}.questions.{question.id}.text"
            yield from (f"consents.{self.kind}.questions.{question.id}.options.{one}" for one in question.options)
        yield from (f"consents.{self.kind}.items.{item.id}" for item in self.items)
