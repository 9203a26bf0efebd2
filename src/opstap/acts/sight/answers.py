"""A whole measurement on one page, for who enters it from paper or corrects it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, override

from opstap.acts import words
from opstap.acts.calendar import asked_of, state_of
from opstap.acts.doors import Actor, measurement_of
from opstap.acts.measures import answers_so_far, unsealed
from opstap.acts.protocols import protocol_of
from opstap.acts.sight.progress import language
from opstap.acts.texts import in_real_words
from opstap.acts.two_answers import fingerprint
from opstap.domain.access import Permission
from opstap.domain.instruments.answers import numbers
from opstap.domain.instruments.model import Item, Questionnaire, Words
from opstap.store.models import Correction, Measurement


@dataclass(frozen=True)
class Question:
    """One question with its words: `choices` as (code, words), `only` in words when routing opens it.

    `missing` where an answer is needed and there is none; `gap` is why not, where that was told. `seen` tells later
    which answer was kept when the page was drawn.
    """

    field: str
    item: Item
    text: str
    hint: str
    unit: str
    choices: list[tuple[str, str]]
    only: str
    answer: Any
    answer_words: str
    cells: list[tuple[str, str]]
    missing: bool
    gap: str
    seen: str = ""

    @property
    def columns(self) -> list[str]:
        """Name the fields of a list, without their numbers."""
        return [said.partition(". ")[2] for _key, said in self.cells[: len(self.item.items)]]

    @property
    def lines(self) -> list[list[str]]:
        """Give the rows that a list has room for on paper, each with as many places as it has fields."""
        return [self.columns for _row in range(min(self.item.most, 6))]


@dataclass(frozen=True)
class Sheet:
    """One questionnaire of the measurement."""

    questionnaire: Questionnaire
    title: str
    text_included: bool
    questions: list[Question]
    hint: str = ""


@dataclass(frozen=True)
class Corrected:
    """One correction: what was changed, and why; `field` is `questionnaire.item`."""

    field: str
    question: str
    old: str
    new: str
    reason: str
    by: str
    at: datetime

    @property
    def questionnaire(self) -> str:
        """Name the questionnaire in which it was."""
        return self.field.partition(".")[0]


@dataclass(frozen=True)
class Answered:
    """A measurement with everything that is asked in it."""

    id: int
    pseudonym: str
    wave: str
    state: str
    channel: str
    opens_on: date
    answered_on: date | None
    sheets: list[Sheet]
    corrections: list[Corrected]

    @property
    def missing(self) -> list[Question]:
        """List the questions that need an answer and have none."""
        return [one for sheet in self.sheets for one in sheet.questions if one.missing]

    def question(self, field: str) -> Question | None:
        """Find a question by its field `questionnaire.item`."""
        return next((one for sheet in self.sheets for one in sheet.questions if one.field == field), None)


def answered(by: Actor, number: int, permission: Permission, *, theirs: bool = False) -> tuple[Measurement, Answered]:
    """Open a measurement to enter or correct it; gives the record for the act as well.

    `theirs` gives it in the participant's language instead of the reader's.
    """
    row = measurement_of(by, number, permission, what="answers")
    with override(row.participant.language if theirs else get_language()):
        return row, answered_in(row)


def alarming(whole: Answered, given: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether somebody must act at once after answers that were just given, as they were typed."""
    questions = [one for sheet in whole.sheets for one in sheet.questions if one.item.alarming]
    typed = [given.get(one.field.partition(".")[0], {}).get(one.item.id) for one in questions]
    return any(str(value) in map(str, one.item.alarming) for one, value in zip(questions, typed, strict=True))


def answered_in(row: Measurement) -> Answered:
    """Give a measurement with everything that is asked in it. Callers have passed a door."""
    protocol = protocol_of(row.participant.study)
    given = answers_so_far(row)
    asked = in_real_words(row.participant.study, asked_of(row), language())
    gaps = {sheet.questionnaire: sheet.gaps for sheet in row.sheets.all()}
    sheets = [_sheet(row.pk, one, given.get(one.id, {}), gaps.get(one.id, {})) for one in asked]
    known = {question.field: question for sheet in sheets for question in sheet.questions}
    return Answered(
        id=row.pk,
        pseudonym=row.participant.pseudonym,
        wave=protocol.text(f"waves.{row.wave}", language()),
        state=state_of(row),
        channel=row.channel,
        opens_on=row.opens_on,
        answered_on=row.answered_on,
        sheets=sheets,
        corrections=[
            corrected(one, known)
            for one in Correction.objects.filter(sheet__measurement=row)
            .select_related("sheet__measurement__participant__key", "by")
            .order_by("-pk")
        ],
    )


def _words(questionnaire: Questionnaire, item: str) -> Words:
    spoken = questionnaire.words.get(language()) or next(iter(questionnaire.words.values()), {})
    return spoken.get(item) or Words(text=item)


def _sheet(measurement: int, questionnaire: Questionnaire, given: dict[str, Any], gaps: dict[str, str]) -> Sheet:
    missing = {item.id for item in questionnaire.missing(given)}
    return Sheet(
        questionnaire,
        _words(questionnaire, "").text or questionnaire.id,
        questionnaire.text_included,
        [
            replace(
                _question(questionnaire, item, given.get(item.id)),
                missing=item.id in missing,
                gap=gaps.get(item.id, "") if given.get(item.id) is None else "",
                seen=fingerprint(measurement, questionnaire.id, item.id, given),
            )
            for item in questionnaire.items
        ],
        _words(questionnaire, "").hint,
    )


def _question(questionnaire: Questionnaire, item: Item, answer: Any) -> Question:
    spoken = _words(questionnaire, item.id)
    codes = [*item.all_codes]
    if item.kind == "scale":
        low, high = int(item.minimum or 0), int(item.maximum or 0)
        codes = [*range(low, high + 1), *([] if item.not_applicable is None else [item.not_applicable])]
    choices = [(str(code), spoken.options.get(str(code), str(code))) for code in [*codes, *item.rows]]
    only = ""
    if item.when is not None:
        earlier = _words(questionnaire, item.when.item)
        only = ", ".join(earlier.options.get(str(code), str(code)) for code in item.when.among)
        only = f"“{earlier.text}” {only}"
    parts = {part.id: _words(questionnaire, f"{item.id}.{part.id}") for part in item.items}
    return Question(
        f"{questionnaire.id}.{item.id}", item, spoken.text, spoken.hint, spoken.unit or (item.unit or ""),
        choices, only, answer, _said(dict(choices), answer), _cells(item, spoken, parts), missing=False, gap="",
    )  # fmt: skip


def _cells(item: Item, spoken: Words, parts: dict[str, Words]) -> list[tuple[str, str]]:
    """List the fields that a table or a group consists of, with their words."""
    if item.kind == "hours":
        return [(row, spoken.options.get(row, row)) for row in item.rows]
    return [
        (f"{number}.{part.id}", f"{number}. {parts[part.id].text or part.id}")
        for number in numbers(item)
        for part in item.items
    ]


def _said(choices: dict[str, str], answer: Any) -> str:
    if answer is None:
        return ""
    if isinstance(answer, dict):
        return ", ".join(f"{choices.get(key, key)} {cell}" for key, cell in answer.items())
    if isinstance(answer, list) and isinstance(answer[0], dict):
        return "; ".join(_said({}, list(row.values())) for row in answer)
    given = answer if isinstance(answer, list) else [answer]
    with suppress(ValueError, TypeError):
        return date_format(date.fromisoformat(answer), "j F Y")
    return ", ".join(choices.get(str(one), str(one)) for one in given)


def corrected(row: Correction, known: dict[str, Question]) -> Corrected:
    """Tell one correction in the words of its question. Callers have passed a door."""
    question = known.get(f"{row.sheet.questionnaire}.{row.item}")
    participant = row.sheet.measurement.participant

    def said(value: Any) -> str:
        known = dict(question.choices) if question else {}
        return _said(known, unsealed(participant, question.item, value) if question else value)

    return Corrected(
        f"{row.sheet.questionnaire}.{row.item}",
        question.text if question else row.item,
        said(row.old),
        said(row.new),
        words.unseal(participant, row.reason_sealed),
        row.by.name,
        row.at,
    )
