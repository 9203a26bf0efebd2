"""A plan in words: days of the week, what changed between two versions, who reads what."""

from __future__ import annotations

from itertools import groupby

from django import template
from django.utils.dates import WEEKDAYS as WEEKDAYS_OF_DJANGO
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opstap.domain.work.buildup import Step
from opstap.domain.work.revision import Change, Kind
from opstap.web.shared.templatetags.opstap import day, hours

register = template.Library()

#: Django's own names of the days, so that every page calls them alike.
WEEKDAYS = [(number, capfirst(WEEKDAYS_OF_DJANGO[number])) for number in range(7)]
#: As they stand in a row of a table.
SHORT = [WEEKDAYS_ABBR[number] for number in range(7)]


@register.filter
def short_days(numbers: list[int]) -> str:
    """Name weekdays in a row: Mon, Tue, Thu."""
    return ", ".join(str(SHORT[number]) for number in numbers)


@register.filter
def per_day(step: Step) -> str:
    """Say how the hours of a week lie: "Mon, Thu: 4 hours", with another part for days of another length."""
    worked = [(number, length) for number, length in step.days if length > 0]
    if not worked:
        return "–"
    by_length = groupby(sorted(worked, key=lambda pair: -pair[1]), key=lambda pair: pair[1])
    parts = [
        _("%(days)s: %(hours)s") % {"days": short_days(sorted(day for day, _ in together)), "hours": hours(length)}
        for length, together in by_length
    ]
    return "; ".join(parts)


@register.filter
def changed(change: Change) -> str:
    """Say in one sentence what a version changed of the one before."""
    known = {
        "day": day(change.day),
        "before": day(change.before),
        "hours": hours(change.hours),
        "old": hours(change.old_hours),
        "n": change.steps,
        "moved": _weeks(change.shift),
    }
    match change.kind:
        case Kind.AIM:
            return _("The aim is another one.")
        case Kind.CONTRACT:
            return _("The contract is %(hours)s, it was %(old)s.") % known
        case Kind.SHIFTED if change.shift > 0:
            return _("From %(before)s on, %(n)s steps come %(moved)s later.") % known
        case Kind.SHIFTED:
            return _("From %(before)s on, %(n)s steps come %(moved)s earlier.") % known
        case Kind.MOVED:
            return _("The step to %(hours)s is on %(day)s, it was on %(before)s.") % known
        case Kind.HOURS:
            return _("From %(day)s it is %(hours)s a week, it was %(old)s.") % known
        case Kind.DAYS:
            return _("From %(day)s the hours lie on other days.") % known
        case Kind.TASKS:
            return _("From %(day)s there is other work.") % known
        case Kind.ADDED:
            return _("New: %(hours)s a week from %(day)s.") % known
        case Kind.REMOVED:
            return _("Gone: %(hours)s a week from %(day)s.") % known
        case Kind.GOAL:
            return _("The goal has other words.")
        case Kind.WORKPLACE_TEXT:
            return _("The text for the workplace is another one.")
        case Kind.RELAPSE:
            return _("The words for when it is too much are others.")


def _weeks(days: int) -> str:
    number = abs(days)
    if number % 7:
        return ngettext("%(n)s day", "%(n)s days", number) % {"n": number_format(number)}
    return ngettext("%(n)s week", "%(n)s weeks", number // 7) % {"n": number_format(number // 7)}
