"""Tags of the pages of a trial: a word by its name, how many of how many, and the middle of numbers per person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from opstap.domain.programme.fidelity import OfKind, Share

register = template.Library()


@register.filter
def at(words: Mapping[str, Any], name: str) -> Any:
    """Give the words under a name."""
    return words[name]


@register.simple_tag
def share(one: Share) -> str:
    """Say how many of how many, with the percentage."""
    if one.share is None:
        return "–"
    return f"{one.count} / {one.n} ({round(100 * one.share)}%)"


@register.simple_tag
def middle(found: tuple[float, float]) -> str:
    """Say the mean and the median of a number per person."""
    mean, median = (number_format(round(one, 1), 1) for one in found)
    return _("%(mean)s on average, median %(median)s") % {"mean": mean, "median": median}


@register.simple_tag
def bounds(one: OfKind) -> str:
    """Say how many talks of a kind the protocol plans for each person."""
    if one.most is None:
        return _("%(n)s or more") % {"n": one.least} if one.least else _("as many as fit")
    if one.least == one.most:
        return str(one.least)
    return _("%(least)s to %(most)s") % {"least": one.least, "most": one.most}
