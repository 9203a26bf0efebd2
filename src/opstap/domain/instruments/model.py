"""The shape of a questionnaire: what is asked, when, and which answers are possible.

The words live apart from the structure (one mapping per language), so that a licensed text can be absent and
a new language is one more file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from opstap.domain.instruments.expressions import Expression, ExpressionError, Known, names, parse, verify

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


#: What an item can be. `choice` is one answer, `multiple` several; `scale` a row of points, `visual` a line of 0 to
#: 100; `amount` money; `hours` a table of hours, one per row; `group` items asked again for each thing there is.
Kind = Literal["choice", "multiple", "number", "date", "scale", "visual", "amount", "hours", "text", "group"]
#: What can be asked within a group.
WITHIN = ("choice", "number", "amount", "date", "text")
#: The least and the most of kinds that have them by nature.
BOUNDS: dict[str, tuple[float, float]] = {"visual": (0, 100), "hours": (0, 24), "amount": (0, 1_000_000)}


class Item(Shape):
    """One question.

    `codes` are the stored values of a choice, in the order shown; `not_applicable` is the code of "not
    applicable", shown apart, never counted as an answer on the scale and never chosen beside another. `countries`
    limits the item to programmes of these countries; empty means everywhere. `rows` name the rows of an `hours` table,
    each of which has `minimum` to `maximum` hours, `in_all` together. `items` are asked `least` to `most` times in a
    `group`. `alarming` are answers after which somebody must act at once, such as thoughts of death.
    """

    id: ItemId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Kind
    codes: list[int | str] = []
    not_applicable: int | str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    required: bool = True
    when: Condition | None = None
    countries: list[Literal["nl", "be"]] = []
    rows: list[ItemId] = []
    in_all: float | None = None
    items: list[Item] = []
    least: int = Field(default=0, ge=0)
    most: int = Field(default=1, ge=1, le=50)
    alarming: list[int | str] = []

    @model_validator(mode="after")
    def _complete(self) -> Item:
        if self.kind in ("choice", "multiple") and len(self.codes) < 2:
            raise ValueError(f"a {self.kind} item needs at least two codes")
        if self.kind == "scale" and (self.minimum is None or self.maximum is None):
            raise ValueError("a scale item needs a minimum and a maximum")
        if (self.kind == "hours") != bool(self.rows):
            raise Misplaced(("rows",), "an hours item, and no other, has rows: name them or take them out")
        if len(set(self.rows)) < len(self.rows):
            raise Misplaced(("rows",), "a row stands twice: give each its own id")
        if (self.kind == "group") != bool(self.items):
            raise Misplaced(("items",), "a group, and no other, has items of its own: name them or take them out")
        if self.least > self.most:
            raise Misplaced(("least",), f"at least {self.least} but at most {self.most}: lower `least`")
        for number, item in enumerate(self.items):
            if item.kind not in WITHIN or item.when is not None:
                raise Misplaced(("items", number), f"{item.id}: within a group, ask {', '.join(WITHIN)}, unrouted")
            if item.id in [earlier.id for earlier in self.items[:number]]:
                raise Misplaced(("items", number, "id"), f"item {item.id} stands twice: give each its own id")
        if len({str(code) for code in self.all_codes}) < len(self.all_codes):
            raise Misplaced(("codes",), "a code stands twice: give each answer its own code")
        if set(self.alarming) - set(self.codes):
            raise Misplaced(("alarming",), "an alarming answer is no code of this item: name one of its codes")
        low, high = self.bounds
        if low is not None and high is not None and low > high:
            raise Misplaced(("minimum",), "minimum lies above maximum: lower it")
        return self

    def alarms(self, answer: Any) -> bool:
        """Tell whether somebody must act at once after an answer."""
        return any(one in self.alarming for one in (answer if isinstance(answer, list) else [answer]))

    @property
    def all_codes(self) -> list[int | str]:
        """Every code that may be stored, "not applicable" last."""
        return [*self.codes, *([] if self.not_applicable is None else [self.not_applicable])]

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the most that may be stored, None where there is no bound."""
        low, high = BOUNDS.get(self.kind, (None, None))
        return low if self.minimum is None else self.minimum, high if self.maximum is None else self.maximum


class Grid(Shape):
    """Choices that belong together: a table on a wide screen, one below the other on a narrow one.

    Its words stand under its id: the question that leads them in. Each item stays an answer of its own.
    """

    id: ItemId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    items: list[ItemId] = Field(min_length=2)


class Calculated(Shape):
    """A value that follows from answers: `sum` or `product` of items, rows of a table written `item.row`.

    A question that routing did not open counts as `hidden_as`; without it, and wherever an answer is missing, there is
    no value.
    """

    id: ItemId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    rule: Literal["sum", "product"]
    of: list[str] = Field(min_length=1)
    unit: str | None = None
    hidden_as: float | None = None


class Check(Shape):
    """What answers that belong together should satisfy; where they do not, a query asks about it.

    `expect` is what should hold, `when` (optional) where it is looked at at all, both in the vocabulary of
    `opstap.domain.instruments.expressions`. `about` is the answer that the query stands with; without it the first one
    named. `waves` limits a check of a study to these waves. `source` says where the check comes from: a publication, or
    that it is our own.
    """

    id: ItemId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    expect: str
    when: str | None = None
    about: str | None = None
    waves: list[ItemId] = []
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _readable(self) -> Check:
        for part, text in (("expect", self.expect), ("when", self.when)):
            if text is None:
                continue
            try:
                parse(text)
            except ExpressionError as error:
                raise Misplaced((part,), str(error)) from None
        if not [one for one in names(parse(self.expect)) if not one.before]:
            raise Misplaced(("expect",), "looks at no answer of now: name one")
        return self

    @property
    def parts(self) -> Iterator[tuple[str, Expression]]:
        """Give what is expected and, where there is one, the condition; each with its key."""
        yield "expect", parse(self.expect)
        if self.when is not None:
            yield "when", parse(self.when)

    @property
    def stands_with(self) -> str:
        """Name the answer that a query about it stands with."""
        return self.about or next(one.name for one in names(parse(self.expect)) if not one.before)

    def named(self) -> set[str]:
        """List the names of every answer that is looked at."""
        return {one.name for _part, expression in self.parts for one in names(expression)}

    def faults(self, known: Mapping[str, Known]) -> Iterator[tuple[str, str]]:
        """Tell what is wrong with it where only these names are known: the key, and what to mend."""
        for part, expression in self.parts:
            try:
                verify(expression, known)
            except ExpressionError as error:
                yield part, str(error)
        items = {*known, *(name.rpartition(".")[0] for name in known)}
        if self.about is not None and self.about not in items:
            yield "about", f"{self.about} is not known here: name an answer that the check looks at"


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
    score: (
        Literal[
            "sf12_v1", "sf12_v2", "qlq_c30", "rrtw", "work_ability", "eq5d_5l", "phq_8", "phq_9", "gad_7", "care_use",
            "productivity",
        ]
        | None
    ) = None  # fmt: skip
    recall: str | None = None
    items: list[Item] = Field(min_length=1)
    grids: list[Grid] = []
    calculated: list[Calculated] = []
    checks: list[Check] = []
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
        self._grids(seen)
        self._calculations(seen)
        self._checks()
        return self

    def _checks(self) -> None:
        known = self.comparable
        for number, check in enumerate(self.checks):
            if check.id in [earlier.id for earlier in self.checks[:number]]:
                raise Misplaced(("checks", number, "id"), f"check {check.id} stands twice: give each its own id")
            if check.waves:
                raise Misplaced(("checks", number, "waves"), "a questionnaire knows no waves: put it in the protocol")
            for part, fault in check.faults(known):
                raise Misplaced(("checks", number, part), f"{check.id}: {fault}")

    def _grids(self, known: Mapping[str, Item]) -> None:
        order = list(known)
        taken: set[str] = set()
        for number, grid in enumerate(self.grids):
            place = ("grids", number, "items")
            unknown = [one for one in grid.items if one not in known or known[one].kind != "choice"]
            if unknown:
                raise Misplaced(place, f"{', '.join(unknown)}: a grid names choices of this questionnaire")
            first, *others = (known[one] for one in grid.items)
            if any((one.all_codes, one.when) != (first.all_codes, first.when) for one in others):
                raise Misplaced(place, f"the items of {grid.id} differ in codes or routing: make them alike")
            begin = order.index(first.id)
            if order[begin : begin + len(grid.items)] != grid.items or taken & set(grid.items):
                raise Misplaced(place, f"the items of {grid.id} do not follow one another: put them in order")
            if grid.id in known:
                raise Misplaced(("grids", number, "id"), f"{grid.id} is an item: give the grid another id")
            taken |= set(grid.items)

    def _calculations(self, known: Mapping[str, Item]) -> None:
        for number, one in enumerate(self.calculated):
            if one.id in known:
                raise Misplaced(("calculated", number, "id"), f"{one.id} is an item: give the value another id")
            for position, name in enumerate(one.of):
                item, _dot, row = name.partition(".")
                found = known.get(item)
                if found is None or (row and row not in found.rows) or found.kind in ("text", "date", "group"):
                    raise Misplaced(
                        ("calculated", number, "of", position), f"{name}: name an item with a number, or item.row"
                    )

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
        here = {item.id for item in items}
        grids = [grid for grid in self.grids if here.issuperset(grid.items)]
        gone = {item.id for item in self.items} - here
        checks = [one for one in self.checks if not gone & {name.partition(".")[0] for name in one.named()}]
        return self.model_copy(update={"items": items, "grids": grids, "checks": checks, "words": words})

    def checked(self) -> Iterator[str]:
        """List the keys of the words that say, to a colleague, what each check expects: `checks.<id>`."""
        yield from (f"checks.{check.id}" for check in self.checks)

    def worded(self) -> Iterator[tuple[str, list[str]]]:
        """List every key of the words that a language must have, each with the answers or rows that need words."""
        yield "", []
        for grid in self.grids:
            yield grid.id, []
        for item in self.items:
            yield item.id, [str(code) for code in item.all_codes] + item.rows
            for part in item.items:
                yield f"{item.id}.{part.id}", [str(code) for code in part.all_codes]

    @property
    def comparable(self) -> dict[str, Known]:
        """Name every answer that a check can look at, with its kind: numbers, dates, single choices."""
        known = {f"{item.id}.{row}": Known("number") for item in self.items for row in item.rows}
        for item in self.items:
            if item.kind == "choice":
                known[item.id] = Known("code", tuple(item.all_codes))
            elif item.kind in ("number", "scale", "visual", "amount"):
                known[item.id] = Known("number")
            elif item.kind == "date":
                known[item.id] = Known("date")
        return {**known, **{one.id: Known("number") for one in self.calculated}}

    @property
    def values(self) -> list[str]:
        """Name every single value that this gives: items (a table by its rows) and what is calculated."""
        single = [f"{item.id}.{row}" for item in self.items for row in item.rows]
        return [item.id for item in self.items if not item.rows] + single + [one.id for one in self.calculated]

    def grid_of(self, item_id: ItemId) -> Grid | None:
        """Find the grid that an item stands in; None when it is asked by itself."""
        return next((grid for grid in self.grids if item_id in grid.items), None)

    def calculate(self, answers: Answers) -> dict[str, float | None]:
        """Give every calculated value, None where it cannot be known from these answers."""
        asked = {item.id: item for item in self.asked(answers)}
        return {one.id: _calculated(one, asked, answers) for one in self.calculated}

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


def _calculated(one: Calculated, asked: Mapping[str, Item], answers: Answers) -> float | None:
    result = 0.0 if one.rule == "sum" else 1.0
    for name in one.of:
        item, _dot, row = name.partition(".")
        value = answers.get(item) if item in asked else one.hidden_as
        if isinstance(value, dict):
            value = value.get(row) if row else sum(value.values())
        if not isinstance(value, int | float) or (item in asked and value == asked[item].not_applicable):
            return None
        result = result + value if one.rule == "sum" else result * value
    return result


class Words(Shape):
    """The words of one item (or, under the empty key, of the questionnaire) in one language."""

    text: str
    hint: str = ""
    unit: str = ""
    options: dict[str, str] = {}


Item.model_rebuild()
Questionnaire.model_rebuild()
