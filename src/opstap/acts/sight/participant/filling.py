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
from opstap.domain.access import Permission
from opstap.domain.instruments.model import Item, Questionnaire, Words
from opstap.domain.instruments.pages import pages
from opstap.domain.programme.helplines import EMERGENCY, HELPLINES, Helpline
from opstap.domain.protocol.model import OWN_RESPONDENT
from opstap.store.models import AnswerSheet, Measurement, Participant, User

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
class Question:
    """One question as it is asked: `number` counts from 1. `value` is None when there is no answer, or it is hidden.

    `grid` names the grid that it stands in ("" by itself) and `lead` the words that lead the grid in; `page` numbers
    the pages of its questionnaire; `language` is that of its words; `seen` tells later which answer was kept when it
    was drawn. `rows` are those of a table of hours, `parts` the fields of a group.
    """

    number: int
    questionnaire: str
    item: str
    kind: str
    text: str
    hint: str
    unit: str
    options: tuple[Option, ...]
    low: int
    high: int
    required: bool
    instrument: str
    introduction: str
    first: bool
    text_included: bool
    answered: bool
    hidden: bool
    value: Any
    shape: Item
    grid: str
    lead: str
    page: int
    language: str
    seen: str
    rows: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]

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
    """One measurement as its participant meets it; `most` is how many questions it can come to ask.

    `measurement` is what the door gave, for the act that saves what was filled in on the page; `asked` is what it
    asks, in the words of the reader's language.
    """

    pk: int
    title: str
    state: str
    opens_on: date
    closes_on: date
    submitted_at: datetime | None
    saved_at: datetime | None
    instruments: tuple[tuple[str, bool], ...]
    questions: tuple[Question, ...]
    differing: tuple[Two, ...]
    most: int
    measurement: Measurement = field(repr=False)
    asked: tuple[Questionnaire, ...] = field(repr=False)

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


def filling(by: User, pk: int, *, shown: Collection[str] | None = None, most: int = 1) -> Filling:
    """Open one of one's own measurements; NotHere for any other, as for one that does not exist.

    `shown` names the only questions (`questionnaire.item`) whose answers may be shown; None shows all. `most` is how
    many questions a page may have.
    """
    measurement = doors.measurement_of(by, pk, Permission.ANSWER)
    if measurement.respondent != OWN_RESPONDENT[measurement.participant.cohort]:
        raise NotHere(pk)
    return filling_of(measurement, shown=shown, most=most)


def filling_of(
    measurement: Measurement,
    *,
    shown: Collection[str] | None = None,
    most: int = 1,
    asked: Sequence[Questionnaire] = (),
) -> Filling:
    """Give a measurement as its answers are now; callers have passed its door, as with `filling`.

    `asked` is what it asks in the reader's language, where that is known already: no answer changes it.
    """
    prefetch_related_objects([measurement], "sheets")
    asked = asked or in_real_words(measurement.participant.study, asked_of(measurement), language())
    return _filling(measurement, asked, list(measurement.sheets.all()), shown, most)


def knows(measurement: Measurement, questionnaire: str, item: str) -> bool:
    """Tell whether a question exists in a measurement, asked by routing now or not. Callers have passed its door."""
    return any(one.id == questionnaire and item in {known.id for known in one.items} for one in asked_of(measurement))


def differing(measurement: Measurement) -> set[str]:
    """Name the questions of a measurement that have two answers. Callers have passed its door."""
    return {f"{pair.questionnaire}.{pair.item}" for pair in unsettled(measurement)}


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


def _filling(
    measurement: Measurement,
    asked: Sequence[Questionnaire],
    sheets: list[AnswerSheet],
    shown: Collection[str] | None,
    most: int,
) -> Filling:
    protocol = protocol_of(measurement.participant.study)
    given = measures.answers_so_far(measurement)
    kept = {sheet.questionnaire: sheet.answers for sheet in sheets}
    questions: list[Question] = []
    for questionnaire in asked:
        answers = given.get(questionnaire.id, {})
        spoken = language() if questionnaire.words.get(language()) else protocol.languages[0]
        page_of = {item: number for number, page in enumerate(pages(questionnaire, most)) for item in page}
        for number, item in enumerate(questionnaire.asked(answers)):
            where = _Where(
                number=len(questions) + 1,
                first=number == 0,
                page=page_of[item.id],
                language=spoken,
                seen=fingerprint(measurement.pk, questionnaire.id, item.id, kept.get(questionnaire.id, {})),
            )
            questions.append(_question(questionnaire, item, answers, where, shown))
    return Filling(
        pk=measurement.pk,
        title=protocol.text(f"waves.{measurement.wave}", language()),
        state=state_of(measurement),
        opens_on=measurement.opens_on,
        closes_on=measurement.closes_on,
        submitted_at=measurement.submitted_at,
        saved_at=max((sheet.saved_at for sheet in sheets), default=None),
        instruments=tuple(
            (_words(one, protocol.languages[0]).get("", NO_WORDS).text, one.text_included) for one in asked
        ),
        questions=tuple(questions),
        differing=tuple(_two(measurement, questions, by_link=shown is not None)),
        most=sum(questionnaire.most(given.get(questionnaire.id, {})) for questionnaire in asked),
        measurement=measurement,
        asked=tuple(asked),
    )


def _two(measurement: Measurement, questions: list[Question], *, by_link: bool) -> Iterator[Two]:
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


def _words(questionnaire: Questionnaire, otherwise: str) -> Mapping[str, Words]:
    return questionnaire.words.get(language()) or questionnaire.words.get(otherwise) or {}


@dataclass(frozen=True)
class _Where:
    number: int
    first: bool
    page: int
    language: str
    seen: str


def _question(
    questionnaire: Questionnaire,
    item: Item,
    answers: Mapping[str, Any],
    where: _Where,
    shown: Collection[str] | None,
) -> Question:
    told = questionnaire.words.get(where.language) or {}
    word, about = told.get(item.id, NO_WORDS), told.get("", NO_WORDS)
    grid = questionnaire.grid_of(item.id)
    answered = answers.get(item.id) is not None
    hidden = answered and shown is not None and f"{questionnaire.id}.{item.id}" not in shown
    options = tuple(
        Option(str(code), word.options.get(str(code), str(code)), code == item.not_applicable)
        for code in item.all_codes
    )
    return Question(
        **vars(where),
        questionnaire=questionnaire.id,
        item=item.id,
        kind=item.kind,
        text=word.text or item.id,
        hint=word.hint,
        unit=word.unit,
        options=options,
        low=int(item.bounds[0] or 0),
        high=int(item.bounds[1] or 0),
        required=item.required,
        instrument=about.text,
        introduction=about.hint,
        text_included=questionnaire.text_included,
        answered=answered,
        hidden=hidden,
        value=None if hidden else answers.get(item.id),
        shape=item,
        grid=grid.id if grid else "",
        lead=told.get(grid.id, NO_WORDS).text if grid else "",
        rows=tuple((row, word.options.get(row, row)) for row in item.rows),
        parts=tuple(_part(item, part, told) for part in item.items),
    )


def _part(item: Item, part: Item, told: Mapping[str, Words]) -> Part:
    word = told.get(f"{item.id}.{part.id}", NO_WORDS)
    options = tuple(
        Option(str(code), word.options.get(str(code), str(code)), code == part.not_applicable)
        for code in part.all_codes
    )
    return Part(part.id, part.kind, word.text or part.id, word.unit, options, part.required)
