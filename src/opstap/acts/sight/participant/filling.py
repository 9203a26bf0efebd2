"""Filling in: the questions of one measurement as routing opens them, with what was answered.

Answers of an earlier visit are only shown to someone who gave their personal code; until then it is only told that
there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.formats import localize

from opstap.acts import doors, measures
from opstap.acts.alerts import passes_on
from opstap.acts.calendar import asked_of, state_of
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language
from opstap.acts.texts import in_real_words
from opstap.acts.two_answers import fingerprint, unsettled
from opstap.domain.instruments.model import Item, Questionnaire, Words
from opstap.domain.instruments.pages import pages
from opstap.domain.programme.helplines import EMERGENCY, HELPLINES, Helpline
from opstap.domain.protocol.model import OWN_RESPONDENT
from opstap.store.models import Measurement, Participant

NO_WORDS = Words(text="")


@dataclass(frozen=True)
class Option:
    """One answer to choose from; `aside` is "not applicable", shown apart and last."""

    code: str
    words: str
    aside: bool


@dataclass(frozen=True)
class Part:
    """One field of a group, asked again for each thing in it."""

    item: str
    kind: str
    text: str
    unit: str
    options: tuple[Option, ...]
    required: bool


@dataclass(frozen=True)
class Wording:
    """What a measurement asks, in the words of a reader's language: looked up when a page first shows some.

    No answer changes it, and whether a question is asked does not hang on its words.
    """

    measurement: Measurement = field(repr=False)
    language: str

    @cached_property
    def told(self) -> Mapping[str, Questionnaire]:
        """Give the questionnaires by name, with their licensed words where these were loaded."""
        study = self.measurement.participant.study
        return {one.id: one for one in in_real_words(study, asked_of(self.measurement), self.language)}

    @cached_property
    def otherwise(self) -> str:
        """Give the language in which a questionnaire is asked that has no words in the reader's."""
        return protocol_of(self.measurement.participant.study).languages[0]


@dataclass(frozen=True)
class Sheet:
    """One questionnaire of a measurement: what was kept of it, and its words."""

    measurement: int
    plain: Questionnaire
    kept: Mapping[str, Any] = field(repr=False)
    wording: Wording = field(repr=False)

    @property
    def told(self) -> Questionnaire:
        """Give the questionnaire with the words that count."""
        return self.wording.told[self.plain.id]

    @cached_property
    def language(self) -> str:
        """Give the language of its words."""
        return self.wording.language if self.told.words.get(self.wording.language) else self.wording.otherwise

    @cached_property
    def words(self) -> Mapping[str, Words]:
        """Give its words by item; "" leads in."""
        return self.told.words.get(self.language) or {}


@dataclass(frozen=True)
class Question:
    """One question as it is asked: `number` counts from 1. `value` is None when there is no answer, or it is hidden.

    `page` numbers the pages of its questionnaire. Its words are found when they are shown: a page shows few of the
    questions that routing asks.
    """

    number: int
    first: bool
    page: int
    sheet: Sheet
    shape: Item
    answered: bool
    hidden: bool
    value: Any

    @property
    def questionnaire(self) -> str:
        """Give the name of its questionnaire."""
        return self.sheet.plain.id

    @property
    def item(self) -> str:
        """Give the name of its item."""
        return self.shape.id

    @property
    def kind(self) -> str:
        """Give its kind of answer."""
        return self.shape.kind

    @property
    def required(self) -> bool:
        """Tell whether it needs an answer."""
        return self.shape.required

    @property
    def language(self) -> str:
        """Give the language of its words."""
        return self.sheet.language

    @cached_property
    def _word(self) -> Words:
        return self.sheet.words.get(self.shape.id, NO_WORDS)

    @property
    def text(self) -> str:
        """Give the question itself."""
        return self._word.text or self.shape.id

    @property
    def hint(self) -> str:
        """Give what stands below it."""
        return self._word.hint

    @property
    def unit(self) -> str:
        """Give what its number counts."""
        return self._word.unit

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """List the answers to choose from."""
        return _options(self.shape, self._word)

    @property
    def low(self) -> int:
        """Give the least point of a scale."""
        return int(self.shape.bounds[0] or 0)

    @property
    def high(self) -> int:
        """Give the highest point of a scale."""
        return int(self.shape.bounds[1] or 0)

    @property
    def instrument(self) -> str:
        """Give the title of its questionnaire."""
        return self.sheet.words.get("", NO_WORDS).text

    @property
    def introduction(self) -> str:
        """Give the words that lead its questionnaire in."""
        return self.sheet.words.get("", NO_WORDS).hint

    @property
    def text_included(self) -> bool:
        """Tell whether its words are those of the instrument, and not a label of our own."""
        return self.sheet.told.text_included

    @cached_property
    def grid(self) -> str:
        """Name the grid that it stands in; empty by itself."""
        found = self.sheet.plain.grid_of(self.shape.id)
        return found.id if found else ""

    @property
    def lead(self) -> str:
        """Give the words that lead its grid in."""
        return self.sheet.words.get(self.grid, NO_WORDS).text if self.grid else ""

    @cached_property
    def seen(self) -> str:
        """Tell later which answer was kept when it was drawn."""
        return fingerprint(self.sheet.measurement, self.questionnaire, self.item, self.sheet.kept)

    @cached_property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """List the rows of a table of hours, with their words."""
        return tuple((row, self._word.options.get(row, row)) for row in self.shape.rows)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """List the fields of a group."""
        return tuple(_part(self.shape, part, self.sheet.words) for part in self.shape.items)

    @property
    def name(self) -> str:
        """Give the name by which this question is known: questionnaire and item."""
        return f"{self.questionnaire}.{self.item}"

    @property
    def steps(self) -> list[str]:
        """List the points of a scale."""
        return [str(point) for point in range(self.low, self.high + 1)]

    @property
    def ruler(self) -> list[tuple[int, str]]:
        """Give the marks of a visual scale from 0 to 100, 300 wide from 10: where, and the number at every fourth."""
        return [(10 + 3 * mark, str(mark) if mark % 20 == 0 else "") for mark in range(0, 101, 5)]

    @property
    def aside(self) -> Option | None:
        """Give "not applicable", where this question has it."""
        return next((option for option in self.options if option.aside), None)

    @property
    def chosen(self) -> list[str]:
        """List the codes that were chosen, as text."""
        values = self.value if isinstance(self.value, list) else [self.value]
        return [str(value) for value in values if value is not None]

    @property
    def answer(self) -> Any:
        """Give the answer in words: those of the options chosen, a date, or what was written."""
        if self.value is None:
            return None
        if self.kind == "hours":
            return ", ".join(f"{words} {_plain(self.value[row])}" for row, words in self.rows if row in self.value)
        if self.kind == "group":
            return "; ".join(", ".join(self._cells(row)) for row in self.value)
        told = {option.code: option.words for option in self.options}
        if any(code in told for code in self.chosen):
            return ", ".join(told.get(code, code) for code in self.chosen)
        return date.fromisoformat(self.value) if self.kind == "date" else self.value

    def _cells(self, row: Mapping[str, Any]) -> list[str]:
        """Give one thing of a group in words."""
        said = []
        for part in self.parts:
            if part.item in row:
                told = {option.code: option.words for option in part.options}
                said.append(f"{told.get(str(row[part.item]), _plain(row[part.item]))} {part.unit}".strip())
        return said


def _plain(value: Any) -> str:
    return str(localize(value)) if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Two:
    """Two answers to one question, each as the question with that answer; the one that stands may not be shown."""

    number: int
    standing: Question
    standing_at: datetime
    other: Question
    other_at: datetime


@dataclass(frozen=True)
class Filling:
    """One measurement as its participant meets it, with the answers given.

    `measurement` is what the door gave, for the act that saves what was filled in on the page.
    """

    pk: int
    title: str
    state: str
    opens_on: date
    closes_on: date
    submitted_at: datetime | None
    saved_at: datetime | None
    questions: tuple[Question, ...]
    given: Mapping[str, dict[str, Any]] = field(repr=False)
    by_link: bool
    measurement: Measurement = field(repr=False)
    wording: Wording = field(repr=False)

    @cached_property
    def most(self) -> int:
        """Count the questions that it can come to ask, after the answers given."""
        return sum(one.most(self.given.get(one.id, {})) for one in asked_of(self.measurement))

    @cached_property
    def instruments(self) -> tuple[tuple[str, bool], ...]:
        """List the questionnaires: their title, and whether their words are those of the instrument."""
        sheets = (Sheet(self.pk, one, {}, self.wording) for one in self.wording.told.values())
        return tuple((one.words.get("", NO_WORDS).text, one.told.text_included) for one in sheets)

    @cached_property
    def differing(self) -> tuple[Two, ...]:
        """List the questions with two answers, of which nobody has said yet which holds."""
        return tuple(_two(self.measurement, self.questions, by_link=self.by_link))

    @property
    def is_open(self) -> bool:
        """Tell whether it can be filled in now."""
        return self.state in ("open", "started")

    @cached_property
    def answered(self) -> int:
        """Count the questions that have an answer."""
        return sum(question.answered for question in self.questions)

    @cached_property
    def missing(self) -> list[Question]:
        """List the questions that need an answer and have none."""
        return [question for question in self.questions if question.required and not question.answered]

    @property
    def total(self) -> int:
        """Count the questions that routing asks now."""
        return len(self.questions)

    @property
    def next(self) -> Question | None:
        """Give the question to go on with: the first that needs an answer, or that comes after the last answered."""
        last = max((question.number for question in self.questions if question.answered), default=0)
        return next((one for one in self.questions if not one.answered and (one.required or one.number > last)), None)

    def at(self, questionnaire: str, item: str) -> Question | None:
        """Find a question; None when routing does not ask it now."""
        return next((one for one in self.questions if one.name == f"{questionnaire}.{item}"), None)

    def together(self, asked: Question) -> list[Question]:
        """List the questions that are asked on one page with this one."""
        return [one for one in self.questions if (one.questionnaire, one.page) == (asked.questionnaire, asked.page)]

    def beside(self, questionnaire: str, item: str, step: int) -> Question | None:
        """Find the question before (-1) or after (1) another; None at either end."""
        found = self.at(questionnaire, item)
        number = found.number + step if found else 0
        return self.questions[number - 1] if 1 <= number <= self.total else None


def filling(own: Participant, pk: int, *, shown: Collection[str] | None = None, most: int = 1) -> Filling:
    """Open one of one's own measurements; NotHere for any other, as for one that does not exist.

    `own` is what `doors.own_record` gave. `shown` names the only questions (`questionnaire.item`) whose answers may be
    shown; None shows all. `most` is how many questions a page may have.
    """
    measurement = doors.own_measurement(own, pk)
    if measurement.respondent != OWN_RESPONDENT[own.cohort]:
        raise NotHere(pk)
    return filling_of(measurement, Wording(measurement, language()), shown=shown, most=most)


def knows(measurement: Measurement, questionnaire: str, item: str) -> bool:
    """Tell whether a question exists in a measurement, asked by routing now or not. Callers have passed its door."""
    return any(one.id == questionnaire and item in {known.id for known in one.items} for one in asked_of(measurement))


@dataclass(frozen=True)
class Turning:
    """Where someone can turn who thinks of death; `told` when the study's responder is, who looks on `days`."""

    helpline: Helpline
    emergency: str
    told: bool
    days: tuple[int, ...]
    first: int
    last: int


def turning(measurement: Measurement) -> Turning:
    """Tell where to turn after an alarming answer, and whether somebody is told. Callers have passed its door."""
    protocol = protocol_of(measurement.participant.study)
    responder = protocol.study.responder
    told = responder is not None and passes_on(measurement.participant)
    days, first, last = (tuple(responder.days), responder.first, responder.last) if responder else ((), 0, 0)
    return Turning(HELPLINES[protocol.country], EMERGENCY, told, days, first, last)


def progress(participant: Participant, measurement: Measurement) -> tuple[int, int]:
    """Count the answers and the questions of a measurement that is open; its sheets fetched along.

    The questions are those that routing asks now; before the first answer, the most that it can come to ask.
    """
    measurement.participant = participant
    given: dict[str, dict[str, Any]] = {sheet.questionnaire: sheet.answers for sheet in measurement.sheets.all()}
    asked = [
        given.get(questionnaire.id, {}).get(item.id)
        for questionnaire in asked_of(measurement)
        for item in questionnaire.asked(given.get(questionnaire.id, {}))
    ]
    done = sum(value is not None for value in asked)
    return done, len(asked) if done else sum(questionnaire.most({}) for questionnaire in asked_of(measurement))


def filling_of(
    measurement: Measurement, wording: Wording, *, shown: Collection[str] | None = None, most: int = 1
) -> Filling:
    """Give a measurement as its answers are now; callers have passed its door, as with `filling`."""
    prefetch_related_objects([measurement], "sheets")
    sheets = list(measurement.sheets.all())
    given = measures.answers_so_far(measurement)
    kept = {sheet.questionnaire: sheet.answers for sheet in sheets}
    asked = asked_of(measurement)
    questions: list[Question] = []
    for questionnaire in asked:
        answers = given.get(questionnaire.id, {})
        page_of = {item: number for number, page in enumerate(pages(questionnaire, most)) for item in page}
        sheet = Sheet(measurement.pk, questionnaire, kept.get(questionnaire.id, {}), wording)
        for number, item in enumerate(questionnaire.asked(answers)):
            answered = answers.get(item.id) is not None
            hidden = answered and shown is not None and f"{questionnaire.id}.{item.id}" not in shown
            value = None if hidden else answers.get(item.id)
            questions.append(
                Question(len(questions) + 1, number == 0, page_of[item.id], sheet, item, answered, hidden, value)
            )
    return Filling(
        pk=measurement.pk,
        title=protocol_of(measurement.participant.study).text(f"waves.{measurement.wave}", wording.language),
        state=state_of(measurement),
        opens_on=measurement.opens_on,
        closes_on=measurement.closes_on,
        submitted_at=measurement.submitted_at,
        saved_at=max((sheet.saved_at for sheet in sheets), default=None),
        questions=tuple(questions),
        given=given,
        by_link=shown is not None,
        measurement=measurement,
        wording=wording,
    )


def _two(measurement: Measurement, questions: Sequence[Question], *, by_link: bool) -> Iterator[Two]:
    known = {question.name: question for question in questions}
    for pair in unsettled(measurement):
        question = known.get(f"{pair.questionnaire}.{pair.item}")
        if question is None:
            continue
        standing, other = (
            replace(question, answered=True, value=measures.unsealed(measurement.participant, question.shape, value))
            for value in (pair.standing, pair.other)
        )
        # Someone by link is not shown what may have been answered in another visit.
        standing = replace(standing, value=None) if by_link else standing
        yield Two(pair.pk, standing, pair.standing_at, replace(other, hidden=False), pair.other_at)


def _options(item: Item, word: Words) -> tuple[Option, ...]:
    return tuple(
        Option(str(code), word.options.get(str(code), str(code)), code == item.not_applicable)
        for code in item.all_codes
    )


def _part(item: Item, part: Item, told: Mapping[str, Words]) -> Part:
    word = told.get(f"{item.id}.{part.id}", NO_WORDS)
    return Part(part.id, part.kind, word.text or part.id, word.unit, _options(part, word), part.required)
