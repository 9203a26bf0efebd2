"""Tags of the research pages: the words of states and reasons, and the sentence under each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opstap.acts.sight.journey import Criteria
from opstap.acts.sight.progress import Late, Step, StudyProgress
from opstap.acts.sight.waves import PersonRow, SiteRow
from opstap.web.research import figures, words
from opstap.web.shared.templatetags.opstap import pill

register = template.Library()

STATES = {
    "recruitment": words.RECRUITMENT,
    "programme": words.PROGRAMME,
    "participation": words.PARTICIPATION,
    "measurement": words.MEASUREMENT,
    "decisions": words.DECISIONS,
    "places": words.PLACES,
    "mail": words.MAIL,
    "query": words.QUERY,
}
WORDS = {
    "life": words.LIFE,
    "endings": words.ENDINGS,
    "channels": words.CHANNELS,
    "gaps": words.GAPS,
    "respondents": words.RESPONDENTS,
    "missed": words.MISSED,
    "query_moves": words.QUERY_MOVES,
    "mail_kinds": words.MAIL_KINDS,
    "why": words.WHY,
    "decisions": {state: said for state, (_look, said) in words.DECISIONS.items()},
}


@register.simple_tag
def state(machine: str, value: str) -> SafeString:
    """A state of one of the machines, as a pill."""
    return pill(*STATES[machine][value])


@register.simple_tag
def state_words(machine: str, value: str) -> Any:
    """A state of one of the machines, in words only."""
    return STATES[machine][value][1]


@register.simple_tag
def word(kind: str, value: str) -> Any:
    """The word for a stored code; a code that has none is shown as it is."""
    return WORDS[kind].get(value, value)


@register.filter
def of(found: Mapping[str, Any], name: str) -> Any:
    """What stands under a name; nothing where nothing does."""
    return found.get(name)


@register.filter
def some(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What there is at least one of."""
    return [(name, count) for name, count in counts.items() if count]


@register.filter
def by_wave(row: SiteRow | PersonRow, waves: Sequence[str]) -> list[tuple[str, Any]]:
    """The waves of a study, each with what a site or a person has of it."""
    return list(zip(waves, row.counts if isinstance(row, SiteRow) else row.cells, strict=True))


@register.filter
def beside(counts: Sequence[int], names: Sequence[Any]) -> list[tuple[Any, int]]:
    """The names of columns, each with its count."""
    return list(zip(names, counts, strict=True))


@register.simple_tag
def chance(part: float) -> str:
    """A chance in words that claim no more than the model knows."""
    if part < 0.01:
        return _("under 1%")
    return _("over 99%") if part > 0.99 else f"{number_format(round(100 * part))}%"


@register.simple_tag
def step_words(step: Step) -> Any:
    """The words of a step of the funnel."""
    return figures.said(step)


@register.simple_tag
def criterion_given(criterion: Criteria) -> str:
    """What was answered at screening."""
    return words.given(criterion)


@register.simple_tag
def criterion_asked(criterion: Criteria) -> str:
    """What the criterion asks."""
    return words.asked(criterion)


@register.simple_tag
def late_pill(late: Late) -> SafeString:
    """How long something can still be handed in."""
    if late.days_left == 0:
        return pill("stop", _("last day"))
    text = ngettext("%(n)s day left", "%(n)s days left", late.days_left) % {"n": late.days_left}
    return pill("stop" if late.days_left <= 7 else "warn", text)


@register.simple_tag
def share(part: int, whole: int) -> SafeString | str:
    """A part as a percentage, in brackets; nothing when there is no whole."""
    if not whole:
        return ""
    return format_html(' <span class="soft">({}%)</span>', number_format(round(100 * part / whole)))


@register.simple_tag
def pace(study: StudyProgress) -> str:
    """The finding of the inclusion figure, as one sentence."""
    reached = date_format(study.reached_on, "F Y") if study.reached_on else ""
    known = {"n": study.included, "target": study.target, "recent": study.recent, "month": reached}
    if reached:
        return (
            _("%(n)s of %(target)s people, %(recent)s in the last six months; at this pace the target in %(month)s.")
            % known
        )
    return _("%(n)s of %(target)s people, %(recent)s in the last six months.") % known
