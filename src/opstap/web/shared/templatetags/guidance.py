"""Words and pictures of stages, goals and energy."""

from __future__ import annotations

from django import template
from django.utils.dates import WEEKDAYS_ABBR

from opstap.domain.programme.energy import Effect, How, Kind, Part
from opstap.domain.programme.stages import Reading, Stage
from opstap.web.shared import guidance

register = template.Library()


@register.filter
def kind(value: str) -> str:
    """Give the words for a kind of activity."""
    return str(guidance.KINDS[Kind(value)][0])


@register.filter
def effect(value: str) -> str:
    """Say whether something cost or gave energy."""
    return str(guidance.EFFECTS[Effect(value)])


@register.filter
def how(value: str) -> str:
    """Say how something went."""
    return str(guidance.HOWS[How(value)][0])


@register.filter
def part(value: str) -> str:
    """Say which part of the day."""
    return str(guidance.PARTS[Part(value)])


@register.filter
def channel(value: str) -> str:
    """Say how a note came in."""
    return str(guidance.CHANNELS[value])


@register.filter
def stage(value: int | str) -> str:
    """Give a stage in plain words."""
    return str(guidance.STAGES[Stage(int(value))][0])


@register.filter
def field_name(value: int | str) -> str:
    """Give the name that a stage has in the field."""
    return str(guidance.STAGES[Stage(int(value))][1])


@register.filter
def support(value: int) -> str:
    """Give the support that fits a stage."""
    return str(guidance.SUPPORT[Stage(int(value))])


@register.filter
def in_words(value: Reading) -> str:
    """Say what a profile points to."""
    return guidance.reading_in_words(value)


@register.filter
def attained(value: int) -> str:
    """Give a level of the attainment scale in words."""
    return str(guidance.ATTAINED[value])


@register.filter
def short_day(value: int) -> str:
    """Give the short name of a day of the week, counted from Monday as 0."""
    return str(WEEKDAYS_ABBR[value])
