"""What every part of a report works with: the protocol, the dataset, and the words of one language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from opstap.domain.instruments.model import Item, Questionnaire
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import Arm, Outcome
from opstap.reports.words import Words
from opstap.stats.dataset import Dataset


@dataclass(frozen=True)
class Context:
    """One report being made."""

    protocol: Protocol
    data: Dataset
    words: Words
    seed: int = 1

    def text(self, key: str) -> str:
        """Give the protocol's words at a key, in the report's language."""
        return self.protocol.text(key, self.words.language)

    def outcome_title(self, outcome: Outcome) -> str:
        """Give the title of an outcome."""
        return self.text(f"outcomes.{outcome.id}.title")

    @property
    def arms(self) -> list[Arm]:
        """The arms of a randomised study; none for a single arm, where there is nobody to compare with."""
        return self.protocol.study.arms if self.protocol.study.design == "randomised" else []

    @cached_property
    def reference(self) -> str | None:
        """The arm that the others are compared with: the first without the programme."""
        without = [arm.id for arm in self.arms if not arm.programme]
        return next(iter([*without, *(arm.id for arm in self.arms)]), None)

    @cached_property
    def participants(self) -> pd.DataFrame:
        """Those whom the analysis is about, by study number: the allocated of a trial, else everyone in the study."""
        people = self.data["participants"].set_index("person")
        return people[people["allocated_on"].notna()] if self.arms else people

    def questionnaire(self, name: str) -> Questionnaire:
        """Give a questionnaire of the protocol."""
        return self.protocol.questionnaires[name]

    def item_label(self, questionnaire: str, item: str) -> str:
        """Give the words of an item, else its id."""
        entry = self._entry(questionnaire, item)
        return entry.text if entry else item

    def code_label(self, questionnaire: str, item: str, code: Any) -> str:
        """Give the words of one answer, else its code."""
        entry = self._entry(questionnaire, item)
        return entry.options.get(str(code), str(code)) if entry else str(code)

    def _entry(self, questionnaire: str, item: str) -> Any:
        words = self.questionnaire(questionnaire).words
        for language in (self.words.language, *self.protocol.languages):
            if item in words.get(language, {}):
                return words[language][item]
        return None

    def item(self, questionnaire: str, item: str) -> Item:
        """Give an item of a questionnaire."""
        return self.questionnaire(questionnaire).item(item)
