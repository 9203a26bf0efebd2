"""Terms of the law in words: who, in what state, how sure."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from opstap.domain.statute import Certainty, Deadline, Kind, State, Who, Words
from opstap.web.shared.templatetags.opstap import day, day_year, pill
from opstap.web.shared.two_years import TwoYears

register = template.Library()

PARTIES = {
    Who.EMPLOYER: gettext_lazy("the employer"),
    Who.EMPLOYEE: gettext_lazy("the employee"),
    Who.EMPLOYER_AND_EMPLOYEE: gettext_lazy("employer and employee together"),
    Who.EMPLOYER_OR_EMPLOYEE: gettext_lazy("the employer or the employee"),
    Who.OCCUPATIONAL_PHYSICIAN: gettext_lazy("the occupational physician"),
    Who.INSURER: gettext_lazy("the insurer"),
    Who.INSURER_PHYSICIAN: gettext_lazy("the physician of the insurer"),
}


@register.filter
def party(who: Who) -> str:
    """Name who must or may act."""
    return str(PARTIES[who])


@register.filter
def in_words(words: Words) -> str:
    """Give a text of the rules in the reader's language."""
    return words.in_(get_language() or "")


@register.filter
def less(value: float, amount: float) -> float:
    """Take an amount away: a drawing's sums."""
    return round(float(value) - float(amount), 1)


@register.simple_tag
def finding(line: TwoYears) -> str:
    """Say in one sentence what the picture shows."""
    begin = _("Two years from %(day)s.") % {"day": day_year(line.first_day)}
    now = _("Today is week %(week)s.") % {"week": line.weeks} if line.weeks else ""
    ahead = [one for one in line.rows if one.when and one.when >= line.today and one.state in (State.AHEAD, State.OPEN)]
    following = (
        _("Next: %(what)s, %(day)s.") % {"what": in_words(ahead[0].title), "day": day_year(ahead[0].when)}
        if ahead
        else ""
    )
    return " ".join(part for part in (begin, now, following) if part)


@register.simple_tag
def deadline_state(one: Deadline) -> SafeString:
    """Say where a term stands: a sign, a word and a border."""
    if one.state is State.DONE and one.done_on:
        return pill("good", _("done on %(day)s") % {"day": day(one.done_on)})
    look, word = {
        State.DONE: ("good", _("done")),
        State.PASSED: ("plain", _("has been")),
        State.OPEN: ("todo", _("possible now")),
        State.AHEAD: ("plain", _("later")),
        State.LATE: ("warn", _("not marked as done")),
        State.LAPSED: ("plain", _("does not come any more")),
        State.UNKNOWN: ("plain", _("no day known")),
    }[one.state]
    return pill(look, word)


@register.simple_tag
def when_words(one: Deadline) -> str:
    """Say by when, or from when."""
    if one.due is None and one.opens is None:
        return _("No day is known.")
    if one.kind is Kind.MOMENT and one.due:
        return _("On %(day)s.") % {"day": day_year(one.due)}
    if one.due and one.opens:
        return _("From %(first)s, at the latest %(day)s.") % {"first": day_year(one.opens), "day": day_year(one.due)}
    if one.due:
        return _("At the latest %(day)s.") % {"day": day_year(one.due)}
    return _("From %(day)s on.") % {"day": day_year(one.opens)}


@register.simple_tag
def how_sure(one: Deadline) -> SafeString:
    """Say how sure a term is, where that is not settled."""
    if one.certainty is Certainty.SETTLED:
        return SafeString("")
    words = _("uncertain") if one.certainty is Certainty.UNCERTAIN else _("not found in any source")
    return pill("warn", words)
