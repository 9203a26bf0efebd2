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
from opstap.acts.sight.participant.asking import Ask
from opstap.domain.events import Event
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
        Why.OVERLOAD: _("The week may be too much"),
        Why.AFTERCARE: _("Aftercare: contact on %(day)s"),
        Why.AGREED: _("The closing has been agreed"),
        Why.QUESTIONS: _("Questions for you, until %(day)s"),
        Why.CALM: _("Next session on %(day)s"),
        Why.ENDED: _("Ended on %(day)s"),
    }
    if row.why.value in SIGNS:
        return str(SIGNS[row.why.value][0])
    return str(words[row.why] % {"day": when, "by": row.by})


@register.simple_tag
def also(reason: str) -> str:
    """Say what else asks for attention, beside what is more urgent."""
    return {
        Why.OVERLOAD: _("The week may be too much"),
        Why.AFTERCARE: _("Aftercare is due"),
        Why.AGREED: _("The closing has been agreed"),
    }[Why(reason)]


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
        Why.OVERLOAD: _("The diary is shared with you. Last note on %(day)s."),
        Why.AGREED: _("On %(day)s. It can be closed now."),
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
    elif row.why is Why.AFTERCARE and row.aftercare_id is not None:
        url, word, look = reverse("coach:hold_aftercare", args=[row.aftercare_id]), _("Write it down"), "btn small"
    elif row.why is Why.AGREED:
        url, word, look = reverse("coach:closing", args=[row.pseudonym]), _("To the closing"), "btn second small"
    elif row.why is Why.OVERLOAD:
        url, word, look = reverse("coach:energy", args=[row.pseudonym]), _("See the diary"), "btn small"
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


#: What is open for someone without a screen: what it is, and the word on the button that writes the answer down.
BRING: dict[str, tuple[Any, Any]] = {
    "consent": (gettext_lazy("Consent."), ""),
    "questionnaire": (gettext_lazy("Questionnaire."), ""),
    "plan": (gettext_lazy("New version of the plan."), gettext_lazy("They agree")),
    "closing": (gettext_lazy("Looking back: do they agree?"), ""),
    "looking_back": (gettext_lazy("Looking back: what are their words?"), ""),
    "session": (gettext_lazy("Talk to confirm."), gettext_lazy("They confirm")),
    "adjustment": (gettext_lazy("Adjustment at work."), gettext_lazy("They agree")),
    "letter": (gettext_lazy("Letter to read first."), gettext_lazy("They agree")),
}


@register.simple_tag(takes_context=True)
def bring(context: Any, ask: Ask) -> dict[str, str]:
    """Say what is open for someone without a screen, where it is printed, and how their answer is written down."""
    what, press = BRING[ask.kind]
    pseudonym = context["case"].pseudonym if "case" in context else context["seen"].pseudonym
    prints = {
        "plan": reverse("coach:plan_paper", args=[pseudonym]),
        "letter": reverse("coach:letter", args=[ask.ref]) if ask.kind == "letter" else "",
        "closing": reverse("coach:closing", args=[pseudonym]),
    }
    closing = ask.kind in ("closing", "looking_back")
    return {
        "what": str(what),
        "title": ask.title if ask.kind != "plan" else _("Version %(n)s") % {"n": ask.title},
        "press": str(press),
        "print": prints.get(ask.kind, ""),
        "url": reverse("coach:closing", args=[pseudonym]) if closing else "",
    }


#: What was written down for someone, by the name of its event.
BEHALF: dict[str, Any] = {
    Event.PLAN_AGREED: gettext_lazy("Agreed with the plan"),
    Event.PLAN_STEP_BACK: gettext_lazy("One step back"),
    Event.RELAPSE_PLAN_WRITTEN: gettext_lazy("When it is too much"),
    Event.ADJUSTMENT_AGREED: gettext_lazy("Agreed with an adjustment"),
    Event.LETTER_AGREED: gettext_lazy("Agreed with a letter"),
    Event.SESSION_CONFIRMED: gettext_lazy("Confirmed a talk"),
    Event.DIARY_SHARED: gettext_lazy("Shared the energy diary"),
    Event.DIARY_CLOSED: gettext_lazy("Closed the energy diary"),
    Event.PRACTICE_DONE: gettext_lazy("Practised"),
    Event.PARTY_ALLOWED: gettext_lazy("Allowed sharing with a party"),
    Event.PARTY_ENDED: gettext_lazy("Ended sharing with a party"),
    Event.WORKPLACE_INVITED: gettext_lazy("Let someone at work in"),
    Event.WORKPLACE_ENDED: gettext_lazy("Ended sharing with someone at work"),
    Event.SHARING_CHANGED: gettext_lazy("Changed what someone at work sees"),
    Event.CLOSING_WRITTEN: gettext_lazy("Words for looking back"),
    Event.CLOSING_AGREED: gettext_lazy("Agreed with looking back"),
    Event.GOAL_SET: gettext_lazy("Set a goal"),
    Event.GOAL_STEP_ADDED: gettext_lazy("Added a step to a goal"),
    Event.OBSTACLE_ADDED: gettext_lazy("Said what stands in the way"),
    Event.GOAL_CLOSED: gettext_lazy("Closed a goal"),
    Event.STATUTE_FACTS_RECORDED: gettext_lazy("What the clock needs to know"),
}


@register.filter
def behalf_words(event: str) -> str:
    """Say what was written down for someone."""
    return str(BEHALF[Event(event)])


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
