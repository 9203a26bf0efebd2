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
from opstap.acts.sight.monitor import Signal
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
    "incident": words.INCIDENT,
}
WORDS = {
    "life": words.LIFE,
    "endings": words.ENDINGS,
    "channels": words.CHANNELS,
    "gaps": words.GAPS,
    "respondents": words.RESPONDENTS,
    "missed": words.MISSED,
    "query_moves": words.QUERY_MOVES,
    "incident_moves": words.INCIDENT_MOVES,
    "serious": words.SERIOUS,
    "related": words.RELATED,
    "ended": words.ENDED,
    "signals": words.SIGNALS,
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
def complete(counts: Mapping[str, int]) -> SafeString | str:
    """How many handed in, of those whose window has closed or who did so already."""
    whole = counts["done"] + counts["missed"]
    if not whole:
        return "–"
    return format_html("{} {} {}{}", counts["done"], _("of"), whole, share(counts["done"], whole))


@register.simple_tag
def open_now(counts: Mapping[str, int]) -> int:
    """How many can be handed in now, late or not."""
    return counts["open"] + counts["late"]


@register.simple_tag
def signal_values(signal: Signal) -> str:
    """The two values of a comparison, and how surprising their difference is."""
    share_of = signal.kind in ("missing", "digits")
    here, elsewhere = (
        f"{number_format(round(100 * one))}%" if share_of else number_format(one, 1)
        for one in (signal.here, signal.elsewhere)
    )
    known = {"here": here, "elsewhere": elsewhere, "n": signal.n, "rate": number_format(signal.rate, 3)}
    return _("%(here)s here, %(elsewhere)s elsewhere (n = %(n)s, adjusted p = %(rate)s).") % known


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
