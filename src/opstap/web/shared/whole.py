"""A whole measurement as one form: for who enters it from paper, and for the short ones of people around someone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.acts.measures import OFF_SCREEN
from opstap.acts.sight.answers import Answered, Question
from opstap.acts.two_answers import fingerprint
from opstap.domain.instruments.answers import AnswerError, from_cells, parse

#: The most letters that the answers to one question may have together to stand on one line.
SHORT = 40


class Day(forms.DateInput):
    """A day, with the device's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "w6"})


class Segments(forms.RadioSelect):
    """A choice of short words or numbers, on one line."""

    template_name = "shared/segments.html"

    def subwidgets(self, name: str, value: Any, attrs: Any = None) -> Iterator[Any]:
        """Draw as one whole, not choice by choice."""
        yield self.get_context(name, value, attrs)["widget"]


class Whole(forms.Form):
    """A whole measurement as one form. Its fields are called `questionnaire.item`, as the acts name them.

    The page carries marks of the answers that it showed. An answer that came in since is never written over unseen:
    where nothing else was typed it stands, and where something was, the page shows both and asks.
    """

    def __init__(self, answered: Answered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answered, self.newer = answered, dict[str, str]()
        self.fields["channel"] = forms.ChoiceField(
            label=_("How did it come in?"),
            choices=[("paper", _("On paper")), ("telephone", _("By telephone"))],
            initial=answered.channel if answered.channel in OFF_SCREEN else "paper",
            required=False,
            widget=Segments(),
        )
        self.fields["answered_on"] = forms.DateField(
            label=_("On which day was it filled in?"),
            help_text=_("Leave empty when that was today."),
            initial=answered.answered_on,
            required=False,
            widget=Day(),
        )
        for sheet in answered.sheets:
            for question in sheet.questions:
                self.fields[question.field] = field_of(question)

    def clean(self) -> dict[str, Any]:
        """See which answers came in since the page was drawn."""
        knew = self._knew()
        for question in (one for sheet in self.answered.sheets for one in sheet.questions):
            before, field = knew.get(question.field, question.seen), question.field
            if before == question.seen or field not in self.cleaned_data:
                continue
            mark = self._mark(question, self.cleaned_data[field])
            if mark in (before, question.seen):
                self.newer[field] = before
            elif mark is not None:
                said = _("This was answered meanwhile: %(answer)s. Save again to put yours in its place.")
                self.add_error(field, said % {"answer": question.answer_words or "–"})
        return self.cleaned_data

    def _knew(self) -> Mapping[str, str]:
        try:
            knew = json.loads(self.data.get("seen", ""))
        except ValueError:
            return {}
        return knew if isinstance(knew, dict) else {}

    def _mark(self, question: Question, typed: Any) -> str | None:
        """Give the mark of what was typed; None when it is no answer to the question, which the act will say."""
        try:
            value = parse(question.item, typed)
        except AnswerError:
            return None
        questionnaire = question.field.partition(".")[0]
        return fingerprint(self.answered.id, questionnaire, question.item.id, {question.item.id: value})

    @property
    def marks(self) -> str:
        """Give the marks that the page carries: of the answers that it shows, as JSON."""
        marks = {one.field: one.seen for sheet in self.answered.sheets for one in sheet.questions}
        return json.dumps(marks | self.newer)

    def came_in(self) -> dict[str, Any]:
        """Give how the answers came in, and on which day they were given."""
        return {
            "channel": self.cleaned_data["channel"] or "paper",
            "answered_on": self.cleaned_data["answered_on"],
        }

    def how(self) -> list[Any]:
        """Give the drawn fields about how the answers came in."""
        return [self["channel"], self["answered_on"]]

    def sheets(self, answered: Answered) -> list[tuple[Any, list[Any]]]:
        """Give each questionnaire with its drawn fields."""
        return [(sheet, [self[question.field] for question in sheet.questions]) for sheet in answered.sheets]

    def given(self, answered: Answered) -> dict[str, dict[str, Any]]:
        """Give the answers by questionnaire and item; a question that routing does not open is left empty."""
        answers: dict[str, dict[str, Any]] = {}
        for sheet in answered.sheets:
            typed = {question.item.id: self.cleaned_data[question.field] for question in sheet.questions}
            known = {question.item.id: known_code(question, typed[question.item.id]) for question in sheet.questions}
            opened = {item.id for item in sheet.questionnaire.asked({k: v for k, v in known.items() if v != ""})}
            answers[sheet.questionnaire.id] = {
                item: value if item in opened else None
                for item, value in typed.items()
                if f"{sheet.questionnaire.id}.{item}" not in self.newer
            }
        return answers


def known_code(question: Question, typed: Any) -> Any:
    """Turn what was chosen into the code that routing compares with."""
    return next((code for code in question.item.all_codes if str(code) == str(typed)), typed)


def field_of(question: Question) -> forms.Field:
    """Make the field of one question, whatever its kind. Nothing is demanded here: an answer may be missing."""
    only = _("Only after: %(answer)s") % {"answer": question.only} if question.only else ""
    hint = " · ".join(str(part) for part in (only, question.hint, question.unit) if part)
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": hint,
        "required": False,
        "initial": _initial(question),
    }
    match question.item.kind:
        case "choice" | "scale":
            short = sum(len(said) for _code, said in question.choices) <= SHORT
            return forms.ChoiceField(
                choices=question.choices, widget=Segments() if short else forms.RadioSelect(), **common
            )
        case "multiple":
            return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
        case "date":
            return forms.CharField(widget=Day(), **common)
        case "number" | "visual" | "amount":
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w6"}), **common)
        case "hours" | "group":
            return Cells(question, **common)
        case _:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)


class CellsWidget(forms.MultiWidget):
    """Small fields with a label each: the rows of a table, or of each thing in a list."""

    template_name = "shared/cells.html"

    def __init__(self, cells: list[tuple[str, str]]) -> None:
        self.cells = cells
        attrs = [{"class": "w6", "aria-label": said} for _key, said in cells]
        super().__init__(
            {key.replace(".", "-"): forms.TextInput(one) for (key, _), one in zip(cells, attrs, strict=True)}
        )

    def decompress(self, value: Any) -> list[Any]:
        """Split an answer into its fields."""
        found = value if isinstance(value, dict) else {}
        if isinstance(value, list):
            found = {f"{number}.{key}": cell for number, row in enumerate(value, 1) for key, cell in row.items()}
        return [found.get(key, "") for key, _said in self.cells]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the label of each field."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        context["widget"]["labelled"] = [(said, part) for (_key, said), part in zip(self.cells, parts, strict=True)]
        return context


class Cells(forms.MultiValueField):
    """A table of hours, or a list of things with some fields each."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        fields = [forms.CharField(required=False) for _ in question.cells]
        kwargs["initial"] = question.answer
        super().__init__(fields, widget=CellsWidget(question.cells), require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> Any:
        """Join the fields in one answer."""
        keys = [key for key, _said in self.question.cells]
        return from_cells(self.question.item, dict(zip(keys, values, strict=True))) if values else None


def _initial(question: Question) -> Any:
    if isinstance(question.answer, list):
        return [str(one) for one in question.answer]
    return "" if question.answer is None else str(question.answer)
