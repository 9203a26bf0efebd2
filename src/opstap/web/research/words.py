"""The words for what happened to someone: states, decisions, reasons. One place, so that every page says the same."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opstap.acts.sight.journey import Criteria, Journey

#: For each state: the look of its pill, and its words.
RECRUITMENT: dict[str, tuple[str, Any]] = {
    "referred": ("todo", gettext_lazy("waits for screening")),
    "screening": ("todo", gettext_lazy("screening not complete")),
    "eligible": ("todo", gettext_lazy("eligible, not yet informed")),
    "informed": ("todo", gettext_lazy("informed, is thinking")),
    "included": ("good", gettext_lazy("takes part")),
    "non_participant": ("plain", gettext_lazy("does not take part")),
}
PARTICIPATION: dict[str, tuple[str, Any]] = {
    "consented": ("todo", gettext_lazy("first questionnaire not complete")),
    "baseline_done": ("warn", gettext_lazy("waits for the lot")),
    "in_follow_up": ("good", gettext_lazy("in follow-up")),
    "completed": ("good", gettext_lazy("study completed")),
    "withdrawn": ("plain", gettext_lazy("left the study")),
    "died": ("plain", gettext_lazy("died")),
}
PROGRAMME: dict[str, tuple[str, Any]] = {
    "agreed": ("todo", gettext_lazy("agreed, waits for the lot")),
    "active": ("good", gettext_lazy("in the programme")),
    "completed": ("good", gettext_lazy("programme completed")),
    "stopped": ("plain", gettext_lazy("stopped with the programme")),
    "not_opened": ("plain", gettext_lazy("programme not opened")),
}
MEASUREMENT: dict[str, tuple[str, Any]] = {
    "scheduled": ("plain", gettext_lazy("later")),
    "open": ("todo", gettext_lazy("open")),
    "started": ("todo", gettext_lazy("begun")),
    "submitted": ("good", pgettext_lazy("questionnaire", "handed in")),
    "missed": ("stop", gettext_lazy("missed")),
    "voided": ("plain", gettext_lazy("no longer asked")),
}
QUERY: dict[str, tuple[str, Any]] = {
    "open": ("todo", pgettext_lazy("query", "waits for the site")),
    "answered": ("warn", pgettext_lazy("query", "answered")),
    "closed": ("good", pgettext_lazy("query", "closed")),
    "withdrawn": ("plain", pgettext_lazy("query", "withdrawn")),
}
#: What was done with a query.
QUERY_MOVES: dict[str, Any] = {
    "raise": pgettext_lazy("query", "Raised"),
    "answer": pgettext_lazy("query", "Answered"),
    "close": pgettext_lazy("query", "Closed"),
    "satisfy": gettext_lazy("Closed by itself: what the rule asks is satisfied"),
    "reopen": gettext_lazy("Opened again"),
    "withdraw": pgettext_lazy("query", "Withdrawn"),
}
DECISIONS: dict[str, tuple[str, Any]] = {
    "agreed": ("good", pgettext_lazy("consent", "agreed")),
    "refused": ("plain", gettext_lazy("did not agree")),
    "withdrawn": ("plain", gettext_lazy("withdrawn")),
}
REFERRAL: dict[str, tuple[str, Any]] = {
    "referred": ("todo", gettext_lazy("received, not yet taken up")),
    "screening": ("good", gettext_lazy("taken up")),
    "eligible": ("good", gettext_lazy("taken up")),
    "informed": ("good", gettext_lazy("taken up")),
    "included": ("good", gettext_lazy("taken up, takes part")),
    "non_participant": ("plain", gettext_lazy("taken up, does not take part")),
}
#: Where a measurement is on a day, in a study's calendar.
PLACES: dict[str, tuple[str, Any]] = {
    "later": ("plain", gettext_lazy("later")),
    "open": ("todo", gettext_lazy("open")),
    "late": ("warn", gettext_lazy("late")),
    "done": ("good", pgettext_lazy("questionnaire", "handed in")),
    "missed": ("stop", gettext_lazy("missed")),
    "voided": ("plain", gettext_lazy("no longer asked")),
}
MISSED: dict[str, Any] = {
    "not_reached": gettext_lazy("Could not be reached"),
    "too_ill": gettext_lazy("Too ill"),
    "too_tired": gettext_lazy("Too tired"),
    "no_time": gettext_lazy("No time"),
    "not_wanted": gettext_lazy("Did not want to"),
    "technical": gettext_lazy("It did not work: link, mail or page"),
    "other": gettext_lazy("Another reason"),
    "unknown": gettext_lazy("Asked, and not known"),
}
EVERYONE = gettext_lazy("Everyone")
UNEXPLAINED = gettext_lazy("missed, nobody wrote down why")
ANCHORS: dict[str, Any] = {
    "consent": gettext_lazy("Consent to the study"),
    "enrolment": gettext_lazy("Consent to the programme"),
    "first_session": gettext_lazy("First talk held"),
    "programme_end": gettext_lazy("End of the programme"),
}
#: What became of a mail.
MAIL: dict[str, tuple[str, Any]] = {
    "waiting": ("todo", gettext_lazy("waits to be sent")),
    "sending": ("todo", gettext_lazy("is being sent")),
    "sent": ("good", gettext_lazy("accepted by the mail server")),
    "arrived": ("good", gettext_lazy("arrived")),
    "lost": ("stop", gettext_lazy("did not arrive")),
    "bounced": ("stop", gettext_lazy("came back")),
    "refused": ("stop", gettext_lazy("refused by the mail server")),
    "failed": ("stop", gettext_lazy("could not be sent")),
    "unknown": ("warn", gettext_lazy("not known whether it went")),
    "dropped": ("plain", gettext_lazy("not sent: no longer needed")),
}
MAIL_KINDS: dict[str, Any] = {
    "invitation": gettext_lazy("Invitation"),
    "reminder": gettext_lazy("Reminder"),
    "link": gettext_lazy("New link"),
    "message": gettext_lazy("Notice of a message"),
    "deciding": gettext_lazy("Link to read and decide"),
}
#: Why a mail goes later, or does not go.
WHY: dict[str, Any] = {
    "not_yet": gettext_lazy("its day has not come"),
    "night": gettext_lazy("it is evening or night there now"),
    "sunday": gettext_lazy("today is Sunday"),
    "holiday": gettext_lazy("today is a public holiday"),
    "submitted": gettext_lazy("the questionnaire was handed in"),
    "withdrawn": gettext_lazy("the participant left the study"),
    "died": gettext_lazy("the participant died"),
    "closed": gettext_lazy("the last day to hand in has passed by then"),
    "bounced": gettext_lazy("mail to this address came back; change the address first"),
    "no_screen": gettext_lazy("uses no screen: print or call"),
    "superseded": gettext_lazy("a later reminder took its place"),
    "before_invitation": gettext_lazy("the invitation itself came on or after its day"),
    "": "",
}
FUNNEL: dict[str, Any] = {
    "referred": gettext_lazy("Referred"),
    "screened": gettext_lazy("Screened"),
    "eligible": gettext_lazy("Eligible"),
    "informed": gettext_lazy("Informed"),
    "consented": gettext_lazy("Consented"),
    "allocated": gettext_lazy("Allocated"),
    "followed": pgettext_lazy("funnel", "Followed"),
}
#: What a screening said, as the log can be narrowed to it.
OUTCOMES: dict[str, Any] = {
    "": gettext_lazy("All"),
    "yes": pgettext_lazy("screening", "Eligible"),
    "no": pgettext_lazy("screening", "Not eligible"),
    "open": pgettext_lazy("screening", "Answers missing"),
}
GAPS: dict[str, Any] = {
    "left_empty": gettext_lazy("not filled in"),
    "unreadable": gettext_lazy("not readable"),
}
CHANNELS: dict[str, Any] = {
    "online": gettext_lazy("online"),
    "paper": gettext_lazy("on paper"),
    "telephone": gettext_lazy("by telephone"),
    "desk": gettext_lazy("at the desk"),
}
RESPONDENTS: dict[str, Any] = {
    "participant": gettext_lazy("participant"),
    "partner": gettext_lazy("partner"),
    "therapist": gettext_lazy("therapist"),
    "coach": gettext_lazy("coach"),
    "workplace": gettext_lazy("workplace"),
}
LIFE: dict[str, Any] = {
    "death": gettext_lazy("Death"),
    "recurrence": gettext_lazy("The illness came back"),
    "contract_end": gettext_lazy("The contract ended"),
    "retirement": gettext_lazy("Retirement"),
}
INCIDENT: dict[str, tuple[str, Any]] = {
    "reported": ("warn", pgettext_lazy("incident", "to be looked at")),
    "followed": ("todo", pgettext_lazy("incident", "is followed")),
    "closed": ("good", pgettext_lazy("incident", "closed")),
}
SERIOUS: dict[str, Any] = {
    "death": gettext_lazy("Death"),
    "life_threatening": gettext_lazy("Life-threatening"),
    "hospitalisation": gettext_lazy("Stay in hospital, or a longer one"),
    "disability": gettext_lazy("Lasting or significant disability"),
    "congenital": gettext_lazy("Congenital anomaly or birth defect"),
    "important": gettext_lazy("Otherwise medically important"),
}
RELATED: dict[str, Any] = {
    "unrelated": gettext_lazy("Not related"),
    "unlikely": gettext_lazy("Unlikely"),
    "possible": gettext_lazy("Possible"),
    "probable": gettext_lazy("Probable"),
    "certain": gettext_lazy("Certain"),
}
ENDED: dict[str, Any] = {
    "recovered": gettext_lazy("Recovered"),
    "recovering": gettext_lazy("Recovering"),
    "not_recovered": gettext_lazy("Not recovered"),
    "sequelae": gettext_lazy("Recovered with lasting effects"),
    "fatal": gettext_lazy("Fatal"),
    "unknown": gettext_lazy("Not known"),
}
#: What was done with a deviation or an event.
INCIDENT_MOVES: dict[str, Any] = {
    "report": pgettext_lazy("incident", "Reported"),
    "assess": pgettext_lazy("incident", "Assessed"),
    "note": pgettext_lazy("incident", "Followed up"),
    "close": pgettext_lazy("incident", "Closed"),
    "reopen": gettext_lazy("Opened again"),
}
#: What the list of incidents can be narrowed to.
INCIDENTS: dict[str, Any] = {
    "open": gettext_lazy("Not closed"),
    "event": gettext_lazy("Adverse events"),
    "deviation": gettext_lazy("Deviations"),
    "all": gettext_lazy("All"),
}
#: In what a site differs from the others.
SIGNALS: dict[str, Any] = {
    "missing": gettext_lazy("questionnaires missed"),
    "spread": gettext_lazy("spread (standard deviation)"),
    "digits": gettext_lazy("answers that end on 0 or 5"),
}
#: Why someone leaves the study or the programme, and why something ended by itself.
LEAVING: dict[str, Any] = {
    "no_reason": gettext_lazy("No reason given"),
    "too_ill": gettext_lazy("Too ill or too tired"),
    "too_busy": gettext_lazy("No time"),
    "no_benefit": gettext_lazy("Expects no help from it"),
    "other": gettext_lazy("Another reason"),
}
ENDINGS: dict[str, Any] = {
    **LEAVING,
    "completed": gettext_lazy("Completed"),
    "died": gettext_lazy("Died"),
    "withdrawn": gettext_lazy("Left the study"),
}


def asked(criterion: Criteria) -> str:
    """Say what a criterion asks, in words."""
    least = f"{criterion.least:g}" if criterion.least is not None else ""
    most = f"{criterion.most:g}" if criterion.most is not None else ""
    match criterion.rule:
        case "age" if least and most:
            return _("asked: %(least)s to %(most)s years old") % {"least": least, "most": most}
        case "age" if least:
            return _("asked: %(least)s years or older") % {"least": least}
        case "months_since" if most:
            return _("asked: %(least)s to %(most)s months ago") % {"least": least or "0", "most": most}
        case "months_since":
            return _("asked: %(least)s months ago or longer") % {"least": least}
        case "any_of" | "one_of":
            return _("asked: one of %(among)s") % {"among": ", ".join(criterion.among).lower()}
        case "lasts":
            return _("asked: at least %(least)s more months") % {"least": least}
        case "number" if least and most:
            return _("asked: %(least)s to %(most)s") % {"least": least, "most": most}
        case "number" if least:
            return _("asked: %(least)s or more") % {"least": least}
        case "number" | "age":
            return _("asked: %(most)s or less") % {"most": most}
        case "present":
            return _("asked: that it is known")
        case _:
            return _("asked: yes")


def given(criterion: Criteria) -> str:
    """Say what was answered; for an age the completed years."""
    if criterion.years is not None:
        return _("%(years)s years") % {"years": criterion.years}
    answer = criterion.given[0][1]
    with suppress(ValueError):
        return date_format(date.fromisoformat(answer), "j F Y")
    return {
        "": _("not answered"),
        "true": _("yes"),
        "false": _("no"),
        "permanent": _("permanent"),
    }.get(answer, answer)


def happened(one: Journey) -> list[tuple[date, str]]:
    """Tell what happened to someone, in order of time."""
    referred = (
        _("Referred by %(name)s") % {"name": one.referred_by}
        if one.referred_by
        else _("Came in through the public page")
    )
    told: list[tuple[date | None, Any]] = [(one.referred_on, referred)]
    screened = {
        True: _("Screened: eligible"),
        False: _("Screened: not eligible"),
        None: _("Screened: answers missing"),
    }
    told += [(screening.on, screened[screening.eligible]) for screening in reversed(one.screenings)]
    told.append((one.informed_on, _("Information given")))
    told += [(on, f"{_('Does not take part')}: {reason}") for reason, on in reversed(one.refusals)]
    told += [
        (localdate(consent.at), f"{consent.title}: {DECISIONS[consent.decision][1]}")
        for consent in reversed(one.consents)
    ]
    programme, participation = one.programme, one.participation
    if participation is not None:
        drawn = participation.allocated_at
        told.append((localdate(drawn) if drawn else None, _("The lot was drawn")))
    if programme is not None:
        told.append((programme.started_on, _("Programme started")))
        told.append((programme.ended_on, PROGRAMME[programme.state][1]))
    told += [(on, LIFE[kind]) for kind, on in reversed(one.life)]
    if participation is not None:
        told.append((participation.ended_on, PARTICIPATION[participation.state][1]))
    return sorted(((on, str(what)) for on, what in told if on is not None), key=lambda pair: pair[0])
