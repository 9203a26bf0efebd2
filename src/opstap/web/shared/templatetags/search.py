"""Words of looking for new work."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opstap.domain.search import PlacementKind, Topic
from opstap.domain.statute.model import Words
from opstap.web.shared import search_words as words
from opstap.web.shared.guidance import listed
from opstap.web.shared.templatetags.opstap import hours, pill

register = template.Library()


@register.filter
def reason(value: str) -> str:
    """Say why other work is looked for."""
    return str(words.REASONS[value])  # type: ignore[index]  # a value of the enumeration that keys the table


@register.filter
def topic(value: Topic) -> str:
    """Name a topic of the wishes."""
    return str(words.TOPICS[value][0])


@register.filter
def way(value: str) -> str:
    """Say along which way someone applied."""
    return str(words.WAYS[value])  # type: ignore[index]  # a value of the enumeration that keys the table


@register.filter
def state(value: str) -> str:
    """Name the state of an application."""
    return str(words.STATES[value][1])


@register.filter
def counts_as(value: str) -> str:
    """Say as which work a placement counts."""
    return str(words.COUNTS_AS.get(value, value))


@register.filter
def came_in(value: str) -> str:
    """Say how words came in, where the care team wrote them down for someone."""
    return str(words.CAME_IN.get(value, ""))


@register.filter
def certainty(kind: PlacementKind) -> str:
    """Say how sure a kind of placement is; empty where it was read."""
    return str(words.CERTAINTY[kind.certainty])


@register.filter
def in_language(text: Words) -> str:
    """Give one of our own texts in the language of the reader."""
    return text.in_((get_language() or "")[:2])


@register.filter
def weekdays(days: Any) -> str:
    """Name days of the week, counted from Monday as 0."""
    return listed([str(words.WEEKDAYS[day]).lower() for day in days])


@register.simple_tag
def hours_wished(least: float | None, most: float | None) -> str:
    """Say how many hours a week are wished for."""
    if least is not None and most is not None:
        if least == most:
            return _("%(hours)s a week") % {"hours": hours(least)}
        return _("%(least)s to %(most)s a week") % {"least": hours(least), "most": hours(most)}
    if least is not None:
        return _("at least %(hours)s a week") % {"hours": hours(least)}
    return _("at most %(hours)s a week") % {"hours": hours(most)}


@register.simple_tag
def application_pill(value: str) -> SafeString:
    """Say how far an application is."""
    look, word = words.STATES[value]
    return pill(look, str(word))


@register.simple_tag
def permission_pill(value: str) -> SafeString:
    """Say how far a permission is."""
    look, word = words.PERMISSIONS[value]
    return pill(look, str(word))


@register.simple_tag
def stage_pill(value: str) -> SafeString:
    """Say where a placement stands in time."""
    look, word = words.STAGES[value]
    return pill(look, str(word))
