"""The shape of a questionnaire: what is asked, when, and which answers are possible.

The words live apart from the structure (one mapping per language), so that a licensed text can be absent and
a new language is one more file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

ItemId = str
Answers = dict[ItemId, Any]


class Misplaced(ValueError):
    """A fault in a part of a file: `place` leads from the faulty thing to the part, so that its line can be named."""

    def __init__(self, place: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.place = place


def read_date(raw: Any) -> date:
    """Read a date written YYYY-MM-DD, of the years 1900 to 2199; ValueError says what is wrong.

    Python reads week dates and dates without dashes as well; those are slips here. Other years are too, and
    would leave the calendar once months are added.
    """
    try:
        day = date.fromisoformat(str(raw))
    except ValueError:
        day = date.min
    if day.isoformat() != str(raw) or not 1900 <= day.year < 2200:
        raise ValueError(f"{raw!r} is not a date; write YYYY-MM-DD, with a year of 1900 to 2199")
    return day


class Shape(BaseModel):
    """Base of everything that is read from a file: unknown keys are refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Shape):
    """Routing: the item is asked only when an earlier item has one of these answers."""

    item: ItemId
    among: list[int | str] = Field(min_length=1, alias="in")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def holds(self, answers: Answers) -> bool:
        """Tell whether the earlier answer, or one of several, opens this item; an unanswered item opens nothing."""
        answer = answers.get(self.item)
        return any(one in self.among for one in (answer if isinstance(answer, list) else [answer]))


class Item(Shape):
    """One question.

    `codes` are the stored values of a choice, in the order shown; `not_applicable` is the code of "not
    applicable", shown apart and never counted as an answer on the scale. `countries` limits the item to programmes
    of these countries; empty means everywhere.
    """

    id: ItemId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["choice", "multiple", "number", "date", "scale", "text"]
    codes: list[int | str] = []
    not_applicable: int | str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    required: bool = True
    when: Condition | None = None
    countries: list[Literal["nl", "be"]] = []

    @model_validator(mode="after")
    def _complete(self) -> Item:
        if self.kind in ("choice", "multiple") and len(self.codes) < 2:
            raise ValueError(f"a {self.kind} item needs at least two codes")
        if self.kind == "scale" and (self.minimum is None or self.maximum is None):
            raise ValueError("a scale item needs a minimum and a maximum")
        if len({str(code) for code in self.all_codes}) < len(self.all_codes):
            raise Misplaced(("codes",), "a code stands twice: give each answer its own code")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise Misplaced(("minimum",), "minimum lies above maximum: lower it")
        return self

    @property
    def all_codes(self) -> list[int | str]:
        """Every code that may be stored, "not applicable" last."""
        return [*self.codes, *([] if self.not_applicable is None else [self.not_applicable])]


class Questionnaire(Shape):
    """One instrument: its items in order, its licence, and its words in each language.

    `words[language][item]` holds `text`, `hint`, `unit` and `options`; `words[language][""]` holds the title and the
    introduction. `words["nl-je"]` holds what a programme that says "je" words differently (see `adapted`).
    `text_included` is false where only our neutral labels are shipped.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    licence: str
    source: str
    text_included: bool = True
    score: Literal["sf12_v1", "qlq_c30", "rrtw", "work_ability"] | None = None
    recall: str | None = None
    items: list[Item] = Field(min_length=1)
    words: dict[str, dict[str, Words]] = {}

    @model_validator(mode="after")
    def _routed(self) -> Questionnaire:
        seen: dict[str, Item] = {}
        for number, item in enumerate(self.items):
            if item.id in seen:
                raise Misplaced(("items", number, "id"), f"item {item.id} stands twice: give each its own id")
            if item.when is not None:
                earlier = seen.get(item.when.item)
                place = ("items", number, "when")
                if earlier is None:
                    raise Misplaced(
                        place, f"item {item.id} is routed by {item.when.item}, which does not come before it"
                    )
                unknown = [str(code) for code in item.when.among if code not in earlier.all_codes]
                if earlier.codes and unknown:
                    raise Misplaced(place, f"{earlier.id} has no answer {', '.join(unknown)}: name one of its codes")
            seen[item.id] = item
        return self

    def item(self, item_id: ItemId) -> Item:
        """Find an item by its id; KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def adapted(self, country: str, addresses: Mapping[str, str]) -> Questionnaire:
        """Give the questionnaire as a programme asks it: the items of its country, in its form of address.

        `addresses` gives the form of address per language ("u" or "je" in nl). Where `words` has an entry such as
        `nl-je`, its items take the place of those of `nl`.
        """
        items = [item for item in self.items if not item.countries or country in item.countries]
        words = {language: entries for language, entries in self.words.items() if "-" not in language}
        for language, address in addresses.items():
            if f"{language}-{address}" in self.words:
                words[language] = {**words.get(language, {}), **self.words[f"{language}-{address}"]}
        return self.model_copy(update={"items": items, "words": words})

    def asked(self, answers: Answers) -> list[Item]:
        """List the items that routing opens, given the answers so far.

        An item behind a hidden item is hidden too, even when an old answer to the hidden one is still stored.
        """
        open_answers: Answers = {}
        asked: list[Item] = []
        for item in self.items:
            if item.when is None or item.when.holds(open_answers):
                asked.append(item)
                if item.id in answers:
                    open_answers[item.id] = answers[item.id]
        return asked

    def most(self, answers: Answers) -> int:
        """Count the items that may be asked at most: those opened by the answers so far and those that still can be.

        Of the items that different answers to one item would open, only the longest way counts.
        """
        behind: dict[ItemId | None, list[Item]] = {}
        for item in self.items:
            behind.setdefault(item.when.item if item.when else None, []).append(item)

        def way(item: Item) -> int:
            followed = [(one.when, way(one)) for one in behind.get(item.id, []) if one.when]
            if item.id in answers or item.kind == "multiple" or not followed:
                return 1 + sum(long for when, long in followed if item.id not in answers or when.holds(answers))
            codes = {code for when, _long in followed for code in when.among}
            return 1 + max(sum(long for when, long in followed if code in when.among) for code in codes)

        return sum(way(item) for item in behind.get(None, []))

    def missing(self, answers: Answers) -> list[Item]:
        """List the required items that routing opens and that have no answer yet."""
        return [item for item in self.asked(answers) if item.required and answers.get(item.id) is None]


class Words(Shape):
    """The words of one item (or, under the empty key, of the questionnaire) in one language."""

    text: str
    hint: str = ""
    unit: str = ""
    options: dict[str, str] = {}


Questionnaire.model_rebuild()


class AnswerError(ValueError):
    """An answer that the item cannot take; says which item, what is wrong and what would be right."""

    def __init__(self, item: ItemId, message: str, *, code: str, **params: Any) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item
        self.code = code
        self.params = params


def parse(item: Item, raw: Any) -> Any:
    """Turn what was typed into the value that is stored: int, float, ISO date, text, or a list of codes.

    None and empty text mean "no answer" and give None. Raises AnswerError with a code (`choice`, `number`,
    `whole`, `range`, `date`, `long`) that the interface turns into a sentence. A decimal comma is read as one.
    """
    if raw is None or raw == "" or raw == []:
        return None
    match item.kind:
        case "choice":
            return _code(item, raw)
        case "multiple":
            values = raw if isinstance(raw, list) else [raw]
            return [_code(item, value) for value in values]
        case "number" | "scale":
            if item.not_applicable is not None and str(raw) == str(item.not_applicable):
                return item.not_applicable
            return _number(item, raw)
        case "date":
            try:
                return read_date(raw).isoformat()
            except ValueError as error:
                raise AnswerError(item.id, str(error), code="date") from None
        case _:
            text = str(raw).strip()
            if len(text) > 4000:
                raise AnswerError(item.id, "the text is longer than 4,000 characters", code="long", maximum=4000)
            return text or None


def _code(item: Item, raw: Any) -> int | str:
    for code in item.all_codes:
        if str(code) == str(raw):
            return code
    raise AnswerError(item.id, f"{raw!r} is not one of {item.all_codes}", code="choice")


def _number(item: Item, raw: Any) -> float | int:
    try:
        value = float(str(raw).strip().replace(",", "."))
    except ValueError:
        raise AnswerError(item.id, f"{raw!r} is not a number", code="number") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise AnswerError(item.id, f"{raw!r} is not a number", code="number")
    if (item.whole or item.kind == "scale") and value != int(value):
        raise AnswerError(item.id, f"{raw!r} is not a whole number", code="whole")
    low, high = item.minimum, item.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise AnswerError(item.id, f"{value:g} lies outside {low} to {high}", code="range", low=low, high=high)
    return int(value) if value == int(value) else value
