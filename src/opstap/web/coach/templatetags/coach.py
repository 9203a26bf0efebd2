"""The words of the caseload and the case: why someone needs something, and the next act."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opstap.acts.sight.coach import CaseRow, Urgency, Why
from opstap.acts.sight.network import Around, Reason
from opstap.domain.network import Party
from opstap.web.shared.around import PARTIES
from opstap.web.shared.templatetags.opstap import day, pill

register = template.Library()


@register.simple_tag
def urgency_pill(urgency: str) -> SafeString:
    """Say how soon, as a word with a sign and a border."""
    words = {
        Urgency.NOW: ("stop", _("Now")),
        Urgency.WEEK: ("warn", _("This week")),
        Urgency.CALM: ("good", _("Calm")),
        Urgency.ENDED: ("plain", _("Closed")),
    }
    state, word = words[Urgency(urgency)]
    return pill(state, word)


@register.simple_tag
def urgency_title(urgency: str, count: int) -> str:
    """Say what a group of people has in common."""
    match Urgency(urgency):
        case Urgency.NOW:
            return _("Something to do today")
        case Urgency.WEEK:
            return _("To prepare")
        case Urgency.CALM:
            return ngettext("%(n)d person, nothing needed", "%(n)d people, nothing needed", count) % {"n": count}
        case Urgency.ENDED:
            return ngettext("%(n)d person, programme closed", "%(n)d people, programme closed", count) % {"n": count}


@register.simple_tag
def why(row: CaseRow) -> str:
    """Say why someone needs something, in one sentence."""
    if row.why is Why.AROUND:
        return around_words(row.around[0])
    when = day(row.when) if row.when else ""
    return {
        Why.WRITE_UP: _("The session of %(day)s has not been written down"),
        Why.PLAN_FIRST: _("There is no first session yet"),
        Why.PLAN_NEXT: _("There is no next session"),
        Why.SESSION_SOON: _("Session on %(day)s"),
        Why.PLAN_WAITS: _("The plan waits for the participant"),
        Why.STEP_SOON: _("Next step in the plan on %(day)s"),
        Why.ENDING: _("The programme ends on %(day)s"),
        Why.CALM: _("Next session on %(day)s"),
        Why.ENDED: _("Ended on %(day)s"),
    }[row.why] % {"day": when}


@register.simple_tag
def around_words(reason: Reason) -> str:
    """Say why the people around someone need attention."""
    said = {
        Around.MESSAGE: _("A message from the workplace waits")
        if reason.party == Party.WORKPLACE
        else _("A message from the participant waits"),
        Around.STEP_DUE: _("%(party)s: the next step was for %(day)s"),
        Around.SILENT: _("%(party)s: nothing heard since %(day)s"),
    }[reason.why]
    return said % {"party": PARTIES[Party(reason.party)], "day": day(reason.when)}


@register.simple_tag
def why_more(row: CaseRow) -> str:
    """Say what goes with it, where there is something to say."""
    if not row.when:
        return ""
    return {
        Why.PLAN_FIRST: _("In the programme since %(day)s."),
        Why.PLAN_NEXT: _("The last one was on %(day)s."),
        Why.PLAN_WAITS: _("Offered on %(day)s."),
    }.get(row.why, "") % {"day": day(row.when)}


@register.simple_tag
def next_act(row: CaseRow) -> SafeString:
    """Give the one button that helps most."""
    if row.why is Why.WRITE_UP and row.session_id is not None:
        url, word, look = reverse("coach:session", args=[row.session_id]), _("Write it down"), "btn small"
    elif row.why in (Why.PLAN_FIRST, Why.PLAN_NEXT):
        url, word, look = reverse("coach:plan_session", args=[row.pseudonym]), _("Plan a session"), "btn second small"
    else:
        url, word, look = reverse("coach:case", args=[row.pseudonym]), _("Open"), "btn second small"
    return format_html('<a class="{}" href="{}">{}<span class="vh"> {}</span></a>', look, url, word, row.name)


@register.simple_tag
def mode(value: str) -> str:
    """Say how a session takes place."""
    return {"in_person": _("in person"), "video": _("by video"), "telephone": _("by telephone")}[value]


@register.simple_tag
def session_pill(state: str) -> SafeString:
    """Say the state of a session."""
    look, word = {
        "planned": ("todo", _("planned")),
        "confirmed": ("todo", _("confirmed")),
        "held": ("good", _("held")),
        "missed": ("warn", _("did not take place")),
        "cancelled": ("plain", _("called off")),
    }[state]
    return pill(look, word)


@register.simple_tag
def plan_pill(state: str, workplaces: list[str]) -> SafeString:
    """Say the state of a version of the plan; where nobody at work was let in, it waits for nobody."""
    if state == "agreed" and not workplaces:
        return pill("good", _("agreed by the participant"))
    look, word = {
        "offered": ("todo", _("waits for the participant")),
        "agreed": ("todo", _("waits for the workplace")),
        "in_force": ("good", _("agreed by all")),
        "replaced": ("plain", _("replaced")),
    }[state]
    return pill(look, word)


@register.simple_tag
def measurement_pill(state: str) -> SafeString:
    """Say the state of a questionnaire, and nothing of what was answered."""
    look, word = {
        "scheduled": ("plain", _("later")),
        "open": ("todo", _("open")),
        "started": ("todo", _("begun")),
        "submitted": ("good", _("handed in")),
        "missed": ("warn", _("not handed in")),
        "voided": ("plain", _("not asked any more")),
    }[state]
    return pill(look, word)
