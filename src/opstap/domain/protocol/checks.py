"""The checks of a protocol, worked out on someone's answers: which of them hold, and on which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from opstap.domain.instruments.expressions import HANDED_IN, Name, evaluate, names
from opstap.domain.instruments.model import Answers, Check, Item, Questionnaire
from opstap.domain.protocol.model import Protocol

#: The answers of one measurement, by questionnaire.
Given = Mapping[str, Answers]


@dataclass(frozen=True)
class Verdict:
    """What one check says: the answer it stands with, whether it holds (None: answers are missing), on which values.

    `rule` is `questionnaire.check` for a check of a questionnaire, and the check's own id for one of the study.
    """

    rule: str
    questionnaire: str
    item: str
    holds: bool | None
    values: Mapping[str, Any]


def verdicts(
    protocol: Protocol, wave: str, now: Given, handed_in: date, earlier: Sequence[Given] = ()
) -> Iterator[Verdict]:
    """Work out every check that the answers of one measurement touch.

    `earlier` are the measurements handed in before it, the newest last: `before(…)` is the newest answer among them.
    Answers that routing hides count as missing.
    """
    values = _Values(protocol)
    for check, prefix in _touched(protocol, wave, now):
        yield _verdict(values, check, prefix, now, handed_in, earlier)


def looks_back(protocol: Protocol, wave: str, now: Given) -> bool:
    """Tell whether a check on these answers looks at a measurement before."""
    parts = (part for check, _prefix in _touched(protocol, wave, now) for _key, part in check.parts)
    return any(name.before for part in parts for name in names(part))


def _touched(protocol: Protocol, wave: str, now: Given) -> Iterator[tuple[Check, str]]:
    for name in now:
        yield from ((check, f"{name}.") for check in protocol.questionnaires[name].checks)
    for check in protocol.study.checks:
        if check.stands_with.partition(".")[0] in now and wave in (check.waves or [wave]):
            yield check, ""


def words_of(protocol: Protocol, rule: str, language: str) -> str:
    """Say what a check expects, in a language or else the first there is; the rule's name when it is gone."""
    name, _dot, check = rule.rpartition(".")
    try:
        if not name:
            return protocol.text(f"checks.{check}", language)
        words = protocol.questionnaires[name].words
        return (words.get(language) or words[protocol.languages[0]])[f"checks.{check}"].text
    except KeyError:
        return rule


def source_of(protocol: Protocol, rule: str) -> str:
    """Say where a check comes from; empty when it is there no longer."""
    name, _dot, wanted = rule.rpartition(".")
    if name:
        checks = protocol.questionnaires[name].checks if name in protocol.questionnaires else []
    else:
        checks = protocol.study.checks
    return next((check.source for check in checks if check.id == wanted), "")


class _Values:
    """The values of some measurements; what routing asks is worked out once, however many checks look at it."""

    def __init__(self, protocol: Protocol) -> None:
        self.questionnaires = protocol.questionnaires
        self._asked: dict[tuple[int, str], dict[str, Item]] = {}

    def of(self, sheet: Given, name: str, item: str) -> Any:
        """Give one value of one measurement, which lives as long as these values do."""
        questionnaire, answers = self.questionnaires[name], sheet.get(name, {})
        asked = self._asked.setdefault((id(sheet), name), {})
        if not asked:
            asked |= {one.id: one for one in questionnaire.asked(answers)}
        return _value(questionnaire, asked, answers, item)


def _verdict(
    known: _Values, check: Check, prefix: str, now: Given, handed_in: date, earlier: Sequence[Given]
) -> Verdict:
    values: dict[str, Any] = {}

    def look(name: Name) -> Any:
        if name.name == HANDED_IN:
            return handed_in
        questionnaire, _dot, item = f"{prefix}{name.name}".partition(".")
        sheets = [sheets for sheets in earlier if questionnaire in sheets][-1:] if name.before else [now]
        found = None
        for sheet in sheets:
            found = known.of(sheet, questionnaire, item)
        values[str(name)] = found.isoformat() if isinstance(found, date) else found
        return found

    parts = dict(check.parts)
    holds = evaluate(parts["expect"], look)
    if "when" in parts and evaluate(parts["when"], look) is not True:
        holds = None
    questionnaire, _dot, item = f"{prefix}{check.stands_with}".partition(".")
    return Verdict(
        f"{prefix}{check.id}", questionnaire, _asked_as(known.questionnaires[questionnaire], item), holds, values
    )


def _asked_as(questionnaire: Questionnaire, name: str) -> str:
    """Name the question behind a value: that of a row's table, and the first one behind a calculated value."""
    calculated = {one.id: one.of[0] for one in questionnaire.calculated}
    return calculated.get(name, name).partition(".")[0]


def answer_of(questionnaire: Questionnaire, answers: Answers, name: str) -> Any:
    """Give one value as a check sees it: a number, a date, a code; None when missing, hidden or not applicable."""
    return _value(questionnaire, {one.id: one for one in questionnaire.asked(answers)}, answers, name)


def _value(questionnaire: Questionnaire, asked: Mapping[str, Item], answers: Answers, name: str) -> Any:
    if any(one.id == name for one in questionnaire.calculated):
        return questionnaire.calculate(answers)[name]
    item_id, _dot, row = name.partition(".")
    item, value = asked.get(item_id), answers.get(item_id)
    if item is None or value is None:
        return None
    if row:
        return value.get(row)
    if item.kind == "date":
        return date.fromisoformat(value)
    return None if item.kind != "choice" and value == item.not_applicable else value
