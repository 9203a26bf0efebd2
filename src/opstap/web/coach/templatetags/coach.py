"""The words of the caseload and the case: why someone needs something, and the next act."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from opstap.acts.sight.caseload import CaseRow, Urgency, Why
from opstap.acts.sight.network import Around, Reason
from opstap.domain.network import Party
from opstap.domain.programme import Sign
from opstap.web.coach.forms import PRESENT
from opstap.web.shared.around import PARTIES
from opstap.web.shared.templatetags.opstap import day, pill

register = template.Library()

#: Each sign about the pace: what is seen, and what may help. A sign is a question, never a verdict.
SIGNS: dict[str, tuple[Any, Any]] = {
    Sign.SPENT_EARLY: (
        gettext_lazy("Many talks early on"),
        gettext_lazy("Most talks have been used, and most of the time lies ahead. Keep some for when work begins."),
    ),
    Sign.NONE_LEFT: (
        gettext_lazy("No talk left while the hours build up"),
        gettext_lazy("One more is possible with a reason. A short call costs no session."),
    ),
    Sign.BEHIND: (
        gettext_lazy("Few talks for the time that has passed"),
        gettext_lazy("Most of the time has gone, and most talks are unused. Is there something in the way?"),
    ),
    Sign.RESUMES_ALONE: (
        gettext_lazy("The hours build up, with no talk for weeks"),
        gettext_lazy("This is when people need someone to fall back on. Plan a talk, or call."),
    ),
    Sign.NO_WORKPLACE: (
        gettext_lazy("Nobody has spoken with the workplace yet"),
        gettext_lazy("Discuss with the participant who could, and when."),
    ),
}


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
    words = {
        Why.WRITE_UP: _("The session of %(day)s has not been written down"),
        Why.HANDED_OVER: _("%(by)s handed something over to you"),
        Why.PLAN_FIRST: _("There is no first session yet"),
        Why.PLAN_NEXT: _("There is no next session"),
        Why.SESSION_SOON: _("Session on %(day)s"),
        Why.PLAN_PROPOSED: _("A step back in the plan waits for you"),
        Why.PLAN_WAITS: _("The plan waits for the participant"),
        Why.STEP_SOON: _("Next step in the plan on %(day)s"),
        Why.DEADLINE: _("A deadline of the law on %(day)s"),
        Why.ENDING: _("The programme ends on %(day)s"),
        Why.CALM: _("Next session on %(day)s"),
        Why.ENDED: _("Ended on %(day)s"),
    }
    if row.why.value in SIGNS:
        return str(SIGNS[row.why.value][0])
    return str(words[row.why] % {"day": when, "by": row.by})


@register.simple_tag
def around_words(reason: Reason) -> str:
    """Say why the people around someone need attention."""
    said = {
        Around.MESSAGE: _("A message from the workplace waits")
        if reason.party == Party.WORKPLACE
        else _("A message from the participant waits"),
        Around.STEP_DUE: _("%(party)s: the next step was for %(day)s"),
        Around.SILENT: _("%(party)s: nothing heard since %(day)s"),
        Around.SEARCH_STEP: _("Looking for work: the next step was for %(day)s"),
        Around.NEW_JOB: _("A new job from %(day)s, and no talk planned from then on"),
    }[reason.why]
    return said % {"party": PARTIES[Party(reason.party)], "day": day(reason.when)}


@register.simple_tag
def why_more(row: CaseRow) -> str:
    """Say what goes with it, where there is something to say."""
    if row.why.value in SIGNS:
        return str(SIGNS[row.why.value][1])
    if row.why is Why.DEADLINE:
        return ", ".join(one.title.in_(get_language() or "") for one in row.deadlines)
    if not row.when:
        return ""
    return {
        Why.PLAN_PROPOSED: _("Since %(day)s."),
        Why.PLAN_FIRST: _("In the programme since %(day)s."),
        Why.PLAN_NEXT: _("The last one was on %(day)s."),
        Why.PLAN_WAITS: _("Offered on %(day)s."),
        Why.HANDED_OVER: _("Since %(day)s."),
    }.get(row.why, "") % {"day": day(row.when)}


@register.simple_tag
def next_act(row: CaseRow) -> SafeString:
    """Give the one button that helps most."""
    if row.why is Why.WRITE_UP and row.session_id is not None:
        url, word, look = reverse("coach:session", args=[row.session_id]), _("Write it down"), "btn small"
    elif row.why in (Why.PLAN_FIRST, Why.PLAN_NEXT):
        url, word, look = reverse("coach:plan_session", args=[row.pseudonym]), _("Plan a session"), "btn second small"
    elif row.why is Why.PLAN_PROPOSED:
        url, word, look = reverse("coach:offer_plan", args=[row.pseudonym]), _("See the plan"), "btn small"
    elif row.why is Why.DEADLINE:
        url, word, look = reverse("coach:clock", args=[row.pseudonym]), _("See the dates"), "btn second small"
    else:
        url, word, look = reverse("coach:case", args=[row.pseudonym]), _("Open"), "btn second small"
    return format_html('<a class="{}" href="{}">{}<span class="vh"> {}</span></a>', look, url, word, row.name)


@register.simple_tag
def sign(value: str) -> dict[str, str]:
    """Say what a sign about the pace means, and what may help."""
    seen, helps = SIGNS[value]
    return {"seen": str(seen), "helps": str(helps)}


@register.simple_tag
def present(names: list[str]) -> str:
    """Say who else took part in a session."""
    return ", ".join(str(words).lower() for name, words in PRESENT if name in names)


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
        "proposed": ("todo", _("waits for the professional")),
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
