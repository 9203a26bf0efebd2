"""Each event of the audit trail as a sentence. The trail keeps ids only; words are made here, when it is read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opstap.acts.sight.house import Happened
from opstap.domain.access import Role
from opstap.domain.events import Event
from opstap.web.shared.menu import title_of

SENTENCES: dict[Event, Any] = {
    Event.STUDY_OPENED: gettext_lazy("%(who)s opened the study"),
    Event.STUDY_WENT_LIVE: gettext_lazy("%(who)s let the study go live"),
    Event.TEXTS_LOADED: gettext_lazy("%(who)s loaded the text of a questionnaire"),
    Event.STUDY_UNBLINDED: gettext_lazy("%(who)s and a second coordinator unblinded the analysis"),
    Event.UNBLINDING_ASKED: gettext_lazy("%(who)s asked to unblind the analysis"),
    Event.LOCK_ASKED: gettext_lazy("%(who)s asked to lock the data of the study"),
    Event.STUDY_LOCKED: gettext_lazy("%(who)s and a second person locked the data of the study"),
    Event.STUDY_UNLOCKED: gettext_lazy("%(who)s opened the data of the study again"),
    Event.REQUEST_DROPPED: gettext_lazy("%(who)s dropped what takes two people"),
    Event.PEOPLE_LOCKED: gettext_lazy("%(who)s locked the data of everyone who is complete"),
    Event.PERSON_UNLOCKED: gettext_lazy("%(who)s opened the data of %(participant)s again"),
    Event.REVEAL_ASKED: gettext_lazy("%(who)s asked for the group of %(participant)s"),
    Event.REVEALED: gettext_lazy("%(who)s and a second person were told the group of %(participant)s"),
    Event.EXPORTED: gettext_lazy("%(who)s took the data of the study along"),
    Event.ACCOUNT_MADE: gettext_lazy("%(who)s made the account of %(user)s"),
    Event.ROLE_GRANTED: gettext_lazy("%(who)s gave %(user)s the role of %(role)s"),
    Event.ROLE_REVOKED: gettext_lazy("%(who)s took the role of %(role)s back from %(user)s"),
    Event.REFERRED: gettext_lazy("%(who)s referred %(participant)s"),
    Event.PARTNER_ENROLLED: gettext_lazy("%(who)s took %(participant)s up as a partner"),
    Event.SCREENED: gettext_lazy("%(who)s screened %(participant)s"),
    Event.NOT_PARTICIPATING: gettext_lazy("%(who)s wrote down that %(participant)s does not take part"),
    Event.REOPENED: gettext_lazy("%(who)s took %(participant)s up again"),
    Event.INFORMED: gettext_lazy("%(who)s gave %(participant)s the information"),
    Event.CONTACT_CHANGED: gettext_lazy("%(who)s changed the contact details of %(participant)s"),
    Event.CONSENT_RECORDED: gettext_lazy("%(who)s recorded a decision of %(participant)s on consent"),
    Event.INVITED_TO_DECIDE: gettext_lazy("%(who)s mailed %(participant)s a link to read and decide"),
    Event.CONSENT_UNDERSTOOD: gettext_lazy("%(who)s answered the questions about the information for %(participant)s"),
    Event.CONSENT_ITEMS_CHANGED: gettext_lazy("%(who)s changed what %(participant)s agrees to"),
    Event.CONSENT_SIGNED: gettext_lazy("%(who)s signed a consent of %(participant)s"),
    Event.CONSENT_AMENDED: gettext_lazy("%(who)s put a new version of the consent forms in force"),
    Event.STRATUM_CORRECTED: gettext_lazy("%(who)s set right what the lot of %(participant)s looked at"),
    Event.ALLOCATED: gettext_lazy("%(who)s drew the lot for %(participant)s"),
    Event.CARE_ASSIGNED: gettext_lazy("%(who)s chose who looks after %(participant)s"),
    Event.COVER_ARRANGED: gettext_lazy("%(who)s asked %(user)s to stand in"),
    Event.COVER_ENDED: gettext_lazy("%(who)s ended the time that %(user)s stands in"),
    Event.HANDED_OVER: gettext_lazy("%(who)s handed %(participant)s over to %(user)s"),
    Event.TAKEN_OVER: gettext_lazy("%(who)s took %(participant)s over"),
    Event.WITHDRAWN: gettext_lazy("%(who)s ended the study for %(participant)s"),
    Event.PROGRAMME_STOPPED: gettext_lazy("%(who)s stopped the programme for %(participant)s"),
    Event.PROGRAMME_COMPLETED: gettext_lazy("%(who)s completed the programme of %(participant)s"),
    Event.PROGRAMME_REOPENED: gettext_lazy("%(who)s opened the programme of %(participant)s again"),
    Event.CLOSING_PREPARED: gettext_lazy("%(who)s prepared the closing for %(participant)s"),
    Event.CLOSING_WRITTEN: gettext_lazy("%(who)s wrote words for the closing of %(participant)s"),
    Event.CLOSING_LOOKED_BACK: gettext_lazy("%(who)s wrote down that they looked back with %(participant)s"),
    Event.CLOSING_AGREED: gettext_lazy("%(who)s recorded agreement with the closing of %(participant)s"),
    Event.AFTERCARE_PLANNED: gettext_lazy("%(who)s planned aftercare for %(participant)s"),
    Event.AFTERCARE_MOVED: gettext_lazy("%(who)s moved a contact of aftercare of %(participant)s"),
    Event.AFTERCARE_HELD: gettext_lazy("%(who)s wrote down a contact of aftercare of %(participant)s"),
    Event.AFTERCARE_MISSED: gettext_lazy("%(who)s wrote down that a contact with %(participant)s did not take place"),
    Event.AFTERCARE_CANCELLED: gettext_lazy("%(who)s called a contact of aftercare of %(participant)s off"),
    Event.PAPER_CHOSEN: gettext_lazy("%(who)s wrote down how %(participant)s takes part"),
    Event.PHASE_ADVANCED: gettext_lazy("%(who)s went on to the next phase with %(participant)s"),
    Event.LIFE_EVENT_RECORDED: gettext_lazy("%(who)s wrote down a life event of %(participant)s"),
    Event.SESSION_PLANNED: gettext_lazy("%(who)s planned a talk with %(participant)s"),
    Event.SESSION_MOVED: gettext_lazy("%(who)s moved a talk with %(participant)s"),
    Event.SESSION_CONFIRMED: gettext_lazy("%(who)s confirmed a talk of %(participant)s"),
    Event.SESSION_HELD: gettext_lazy("%(who)s wrote down a talk held with %(participant)s"),
    Event.SESSION_MISSED: gettext_lazy("%(who)s wrote down that %(participant)s did not come"),
    Event.SESSION_CANCELLED: gettext_lazy("%(who)s called off a talk with %(participant)s"),
    Event.PLAN_OFFERED: gettext_lazy("%(who)s offered a plan to %(participant)s"),
    Event.PLAN_ACCEPTED: gettext_lazy("%(who)s agreed to a plan of %(participant)s"),
    Event.PLAN_STEP_BACK: gettext_lazy("%(participant)s took a step back in the plan"),
    Event.RELAPSE_PLAN_WRITTEN: gettext_lazy("%(who)s wrote down what %(participant)s does when it is too much"),
    Event.STATUTE_FACTS_RECORDED: gettext_lazy("%(who)s filled in the facts for the dates of %(participant)s"),
    Event.DEADLINE_MARKED: gettext_lazy("%(who)s marked a date of the law for %(participant)s"),
    Event.PLAN_AGREED: gettext_lazy("%(participant)s agreed to a plan"),
    Event.PLAN_CONFIRMED_BY_WORKPLACE: gettext_lazy("%(who)s confirmed a plan of %(participant)s for the workplace"),
    Event.READINESS_RECORDED: gettext_lazy("%(who)s wrote down a readiness profile of %(participant)s"),
    Event.GOAL_SET: gettext_lazy("%(who)s set a goal of %(participant)s"),
    Event.GOAL_STEP_ADDED: gettext_lazy("%(who)s added a step to a goal of %(participant)s"),
    Event.GOAL_STEP_MARKED: gettext_lazy("%(who)s marked a step of a goal of %(participant)s"),
    Event.OBSTACLE_ADDED: gettext_lazy("%(who)s added an obstacle to a goal of %(participant)s"),
    Event.OBSTACLE_TRIED: gettext_lazy("%(who)s wrote down what %(participant)s tried against an obstacle"),
    Event.GOAL_REVIEWED: gettext_lazy("%(who)s reviewed a goal with %(participant)s"),
    Event.GOAL_CLOSED: gettext_lazy("%(who)s closed a goal of %(participant)s"),
    Event.SEARCH_STARTED: gettext_lazy("%(who)s wrote down that %(participant)s looks for other work"),
    Event.SEARCH_ENDED: gettext_lazy("%(who)s wrote down that %(participant)s looks for other work no more"),
    Event.WISHES_WRITTEN: gettext_lazy("%(who)s wrote down wishes of %(participant)s for work"),
    Event.APPLICATION_ADDED: gettext_lazy("%(who)s wrote down an application of %(participant)s"),
    Event.APPLICATION_WRITTEN: gettext_lazy("%(who)s wrote down how an application of %(participant)s goes"),
    Event.APPLICATION_SHARED: gettext_lazy("%(participant)s let the care team see an application"),
    Event.APPLICATION_CLOSED: gettext_lazy("%(participant)s closed an application to the care team"),
    Event.OFFER_ACCEPTED: gettext_lazy("%(who)s wrote down that %(participant)s accepted an offer"),
    Event.NEW_JOB_RECORDED: gettext_lazy("%(who)s wrote down the hours of a new job of %(participant)s"),
    Event.PLACEMENT_ADDED: gettext_lazy("%(who)s wrote down a trial placement of %(participant)s"),
    Event.PLACEMENT_PERMITTED: gettext_lazy("%(who)s wrote down a permission for a placement of %(participant)s"),
    Event.PLACEMENT_EVALUATED: gettext_lazy("%(who)s looked back on a placement of %(participant)s"),
    Event.PLACEMENT_COUNTED: gettext_lazy("%(who)s counted a placement of %(participant)s as work"),
    Event.PLACEMENT_DROPPED: gettext_lazy("%(who)s ended a placement of %(participant)s"),
    Event.ENERGY_NOTED: gettext_lazy("%(who)s noted something in the diary of %(participant)s"),
    Event.ENERGY_WORDS_ADDED: gettext_lazy("%(who)s added words in the diary of %(participant)s"),
    Event.ENERGY_TAKEN_BACK: gettext_lazy("%(who)s took back a note in the diary of %(participant)s"),
    Event.ENERGY_BUDGET_SET: gettext_lazy("%(who)s set a budget of energy with %(participant)s"),
    Event.DIARY_SHARED: gettext_lazy("%(participant)s let the care team read the diary"),
    Event.DIARY_CLOSED: gettext_lazy("%(participant)s closed the diary to the care team"),
    Event.PRACTICE_SET: gettext_lazy("%(who)s gave %(participant)s something to practise"),
    Event.PRACTICE_DONE: gettext_lazy("%(who)s marked that %(participant)s practised"),
    Event.PRACTICE_ENDED: gettext_lazy("%(who)s ended something that %(participant)s practised"),
    Event.WORKPLACE_INVITED: gettext_lazy("%(participant)s let someone from work in"),
    Event.WORKPLACE_ENDED: gettext_lazy("%(participant)s ended what someone from work may see"),
    Event.SHARING_CHANGED: gettext_lazy("%(participant)s chose anew what someone from work may see"),
    Event.ADJUSTMENT_PROPOSED: gettext_lazy("%(who)s proposed an adjustment at work to %(participant)s"),
    Event.ADJUSTMENT_AGREED: gettext_lazy("%(participant)s agreed to an adjustment at work"),
    Event.ADJUSTMENT_CONFIRMED: gettext_lazy("%(who)s agreed to an adjustment of %(participant)s for the workplace"),
    Event.ADJUSTMENT_ARRANGED: gettext_lazy("%(who)s wrote down that an adjustment of %(participant)s is arranged"),
    Event.ADJUSTMENT_DROPPED: gettext_lazy("%(who)s took back an adjustment of %(participant)s"),
    Event.CONTACT_LOGGED: gettext_lazy("%(who)s wrote down a contact about %(participant)s"),
    Event.MESSAGE_SENT: gettext_lazy("%(who)s wrote a message about %(participant)s"),
    Event.PARTY_ALLOWED: gettext_lazy("%(participant)s allowed sharing with a party"),
    Event.PARTY_ENDED: gettext_lazy("%(participant)s ended sharing with a party"),
    Event.LETTER_WRITTEN: gettext_lazy("%(who)s wrote a letter about %(participant)s"),
    Event.LETTER_AGREED: gettext_lazy("%(participant)s agreed that a letter goes"),
    Event.LETTER_SENT: gettext_lazy("%(who)s sent a letter about %(participant)s"),
    Event.LETTER_DROPPED: gettext_lazy("%(who)s took back a letter about %(participant)s"),
    Event.FEED_MADE: gettext_lazy("%(who)s made a calendar address"),
    Event.FEED_ENDED: gettext_lazy("%(who)s ended a calendar address"),
    Event.WORK_RECORDED: gettext_lazy("%(who)s wrote down working hours of %(participant)s"),
    Event.ANSWERS_SAVED: gettext_lazy("%(who)s saved answers of %(participant)s"),
    Event.ANSWERS_SUBMITTED: gettext_lazy("%(who)s handed in a questionnaire of %(participant)s"),
    Event.ALERT_RAISED: gettext_lazy("%(who)s saved an answer of %(participant)s that its responder was told of"),
    Event.ALERT_TAKEN: gettext_lazy("%(who)s wrote down what was done after an answer of %(participant)s"),
    Event.ANSWERS_DIFFER: gettext_lazy(
        "%(who)s saved answers of %(participant)s that differ from answers saved elsewhere meanwhile"
    ),
    Event.ANSWER_SETTLED: gettext_lazy("%(who)s said which of two answers of %(participant)s holds"),
    Event.ANSWER_CORRECTED: gettext_lazy("%(who)s corrected an answer of %(participant)s"),
    Event.DEVIATION_REPORTED: gettext_lazy("%(who)s wrote down a deviation with %(participant)s"),
    Event.ADVERSE_EVENT_REPORTED: gettext_lazy("%(who)s wrote down an adverse event of %(participant)s"),
    Event.ADVERSE_EVENT_ASSESSED: gettext_lazy("%(who)s assessed an adverse event of %(participant)s"),
    Event.INCIDENT_NOTED: gettext_lazy("%(who)s followed up what happened to %(participant)s"),
    Event.INCIDENT_CLOSED: gettext_lazy("%(who)s closed what happened to %(participant)s"),
    Event.INCIDENT_REOPENED: gettext_lazy("%(who)s opened again what happened to %(participant)s"),
    Event.SIGNALS_RUN: gettext_lazy("%(who)s compared the sites"),
    Event.QUERY_RAISED: gettext_lazy("%(who)s raised a query on an answer of %(participant)s"),
    Event.QUERY_ANSWERED: gettext_lazy("%(who)s answered a query about %(participant)s"),
    Event.QUERY_CLOSED: gettext_lazy("%(who)s closed a query about %(participant)s"),
    Event.QUERY_REOPENED: gettext_lazy("%(who)s opened a query about %(participant)s again"),
    Event.QUERY_WITHDRAWN: gettext_lazy("%(who)s withdrew a query about %(participant)s"),
    Event.QUERIES_RUN: gettext_lazy("%(who)s looked at all checks: %(raised)s queries raised, %(closed)s closed"),
    Event.ANCHOR_CORRECTED: gettext_lazy("%(who)s set a day right from which questionnaires of %(participant)s count"),
    Event.MISSED_EXPLAINED: gettext_lazy("%(who)s wrote down why %(participant)s missed a questionnaire"),
    Event.LINK_SENT: gettext_lazy("%(who)s sent %(participant)s a new link"),
    Event.LINK_USED: gettext_lazy("%(participant)s used a link"),
    Event.CODE_SET: gettext_lazy("%(participant)s chose a personal code"),
    Event.PLAN_FIXED: gettext_lazy("%(who)s fixed the plan of analysis"),
    Event.REPORT_ASKED: gettext_lazy("%(who)s asked for a report"),
    Event.REPORT_RUN: gettext_lazy("%(who)s ran the report"),
    Event.REPORT_MADE: gettext_lazy("a report was made"),
    Event.REPORT_FAILED: gettext_lazy("a report could not be made"),
    Event.SUMMARY_PUBLISHED: gettext_lazy("%(who)s showed the summary of a report to those who took part"),
    Event.SUMMARY_WITHDRAWN: gettext_lazy("%(who)s took the summary of a report back"),
    Event.MAIL_REPORTED: gettext_lazy("%(who)s took in what became of a mail to %(participant)s"),
    Event.MAIL_SETTLED: gettext_lazy("%(who)s found out what became of a mail to %(participant)s"),
    Event.DUE_RUN: gettext_lazy("%(who)s put %(queued)s mails that were due in the outbox"),
}

REASONS: dict[str, Any] = {
    "missing": gettext_lazy("Event %(number)s is missing."),
    "changed": gettext_lazy("Event %(number)s was changed after it was written, or something before it was."),
    "cut": gettext_lazy("The chain was cut: event %(number)s and what follows is gone."),
    "rewritten": gettext_lazy("The chain was rewritten: event %(number)s is not what it was."),
}


class _Known(dict[str, Any]):
    """What an event tells; dots for what it leaves out."""

    def __missing__(self, key: str) -> str:
        return "…"


def kind(event: Event) -> str:
    """Say what kind of thing an event is: its sentence with dots for who and whom."""
    return str(SENTENCES[event] % _Known())


def sentence(event: Happened) -> str:
    """Say what happened. Who did it is a colleague by name, a participant, or Opstap itself."""
    who = _("Opstap itself") if event.by_system else event.by or _("A participant")
    known = _Known({key: value for key, value in event.ids.items() if value != ""}, who=who)
    if "role" in known:
        known["role"] = str(title_of(Role(known["role"]))).lower()
    return str(SENTENCES[Event(event.name)] % known)


def details(event: Happened) -> str:
    """Give the ids that the sentence leaves out, as they stand in the trail."""
    told = ("participant", "user", "role", "queued")
    return ", ".join(f"{key} {str(value)[:12]}" for key, value in event.ids.items() if key not in told and value)
