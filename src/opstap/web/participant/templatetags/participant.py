"""Sentences in the reader's form of address, and the answers of a questionnaire in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from opstap.acts.sight.participant.filling import Question
from opstap.web.participant import words
from opstap.web.participant.said import say as said
from opstap.web.shared.templatetags.opstap import hours

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, sentence: str, **params: Any) -> str:
    """Say a sentence to the reader, in the form of address of their programme (`address` in the context)."""
    return said(str(context.get("address", "")), sentence, **params)


@register.filter
def answer(question: Question) -> str:
    """Give an answer in words, with its unit."""
    value = question.answer
    if isinstance(value, date):
        return formats.date_format(value, "j F Y")
    if isinstance(value, (int, float)):
        number = formats.number_format(value, use_l10n=True)
        return f"{number} {question.unit}".strip()
    return str(value)


@register.filter
def number(value: Any) -> str:
    """Give a number as it is typed here, with a decimal comma where that is used."""
    if not isinstance(value, (int, float)):
        return str(value)
    return formats.number_format(int(value) if value == int(value) else value, use_l10n=True)


@register.filter
def weekdays(days: Sequence[int]) -> str:
    """Name days of the week, 1 for Monday; several in a row by the first and the last."""
    names = [str(WEEKDAYS[day - 1]).lower() for day in days]
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


@register.filter
def role(name: str) -> str:
    """Give the name of a role, with a small letter."""
    return str(words.ROLES.get(name, ""))


@register.filter
def part(what: str) -> str:
    """Say which part of a record was opened."""
    return words.part(what)


@register.filter
def weekly(value: float) -> str:
    """Give a number of hours a week."""
    return gettext("%(hours)s a week") % {"hours": hours(value)}


@register.filter
def paragraphs(text: str) -> SafeString:
    """Set a text in paragraphs: an empty line begins a new one, other line ends are spaces."""
    parts = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return SafeString("\n".join(format_html("<p>{}</p>", conditional_escape(part)) for part in parts))
