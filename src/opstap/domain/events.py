"""The name of everything that the audit trail can say. Names are stable: sentences are made elsewhere."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """One kind of thing that happened; the value is what is stored."""

    STUDY_OPENED = "study.opened"
    STUDY_UNBLINDED = "study.unblinded"
    LOCK_ASKED = "study.lock_asked"
    STUDY_LOCKED = "study.locked"
    STUDY_UNLOCKED = "study.unlocked"
    UNBLINDING_ASKED = "study.unblinding_asked"
    REQUEST_DROPPED = "study.request_dropped"
    PEOPLE_LOCKED = "study.people_locked"
    PERSON_UNLOCKED = "participant.unlocked"
    REVEAL_ASKED = "participant.reveal_asked"
    REVEALED = "participant.revealed"
    EXPORTED = "study.exported"
    STUDY_WENT_LIVE = "study.went_live"
    TEXTS_LOADED = "study.texts_loaded"
    ACCOUNT_MADE = "account.made"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    REFERRED = "participant.referred"
    PARTNER_ENROLLED = "participant.partner_enrolled"
    SCREENED = "participant.screened"
    NOT_PARTICIPATING = "participant.not_participating"
    REOPENED = "participant.reopened"
    INFORMED = "participant.informed"
    CONTACT_CHANGED = "participant.contact_changed"
    CONSENT_RECORDED = "consent.recorded"
    INVITED_TO_DECIDE = "consent.invited"
    CONSENT_UNDERSTOOD = "consent.understood"
    CONSENT_ITEMS_CHANGED = "consent.items_changed"
    CONSENT_SIGNED = "consent.signed"
    CONSENT_AMENDED = "study.consent_amended"
    ALLOCATED = "participant.allocated"
    STRATUM_CORRECTED = "participant.stratum_corrected"
    CARE_ASSIGNED = "care.assigned"
    COVER_ARRANGED = "care.cover_arranged"
    COVER_ENDED = "care.cover_ended"
    HANDED_OVER = "care.handed_over"
    TAKEN_OVER = "care.taken_over"
    WITHDRAWN = "study.withdrawn"
    PROGRAMME_STOPPED = "programme.stopped"
    PROGRAMME_COMPLETED = "programme.completed"
    PROGRAMME_REOPENED = "programme.reopened"
    CLOSING_PREPARED = "closing.prepared"
    CLOSING_WRITTEN = "closing.written"
    CLOSING_LOOKED_BACK = "closing.looked_back"
    CLOSING_AGREED = "closing.agreed"
    AFTERCARE_PLANNED = "aftercare.planned"
    AFTERCARE_MOVED = "aftercare.moved"
    AFTERCARE_HELD = "aftercare.held"
    AFTERCARE_MISSED = "aftercare.missed"
    AFTERCARE_CANCELLED = "aftercare.cancelled"
    PAPER_CHOSEN = "participant.paper_chosen"
    PHASE_ADVANCED = "programme.phase_advanced"
    LIFE_EVENT_RECORDED = "participant.life_event"
    SESSION_PLANNED = "session.planned"
    SESSION_MOVED = "session.moved"
    SESSION_CONFIRMED = "session.confirmed"
    SESSION_HELD = "session.held"
    SESSION_MISSED = "session.missed"
    SESSION_CANCELLED = "session.cancelled"
    PLAN_OFFERED = "plan.offered"
    PLAN_ACCEPTED = "plan.accepted_by_professional"
    PLAN_STEP_BACK = "plan.step_back"
    RELAPSE_PLAN_WRITTEN = "plan.relapse_written"
    PLAN_AGREED = "plan.agreed"
    PLAN_CONFIRMED_BY_WORKPLACE = "plan.confirmed_by_workplace"
    READINESS_RECORDED = "readiness.recorded"
    ALERT_RAISED = "alert.raised"
    ALERT_TAKEN = "alert.taken"
    GOAL_SET = "goal.set"
    GOAL_STEP_ADDED = "goal.step_added"
    GOAL_STEP_MARKED = "goal.step_marked"
    OBSTACLE_ADDED = "goal.obstacle_added"
    OBSTACLE_TRIED = "goal.obstacle_tried"
    GOAL_REVIEWED = "goal.reviewed"
    GOAL_CLOSED = "goal.closed"
    SEARCH_STARTED = "search.started"
    SEARCH_ENDED = "search.ended"
    WISHES_WRITTEN = "search.wishes_written"
    APPLICATION_ADDED = "application.added"
    APPLICATION_WRITTEN = "application.written"
    APPLICATION_SHARED = "application.shared"
    APPLICATION_CLOSED = "application.closed_to_care"
    OFFER_ACCEPTED = "application.accepted"
    NEW_JOB_RECORDED = "application.job_recorded"
    PLACEMENT_ADDED = "placement.added"
    PLACEMENT_PERMITTED = "placement.permission"
    PLACEMENT_EVALUATED = "placement.evaluated"
    PLACEMENT_COUNTED = "placement.counted"
    PLACEMENT_DROPPED = "placement.dropped"
    ENERGY_NOTED = "energy.noted"
    ENERGY_WORDS_ADDED = "energy.words_added"
    ENERGY_TAKEN_BACK = "energy.taken_back"
    ENERGY_BUDGET_SET = "energy.budget_set"
    DIARY_SHARED = "diary.shared"
    DIARY_CLOSED = "diary.closed"
    PRACTICE_SET = "practice.set"
    PRACTICE_DONE = "practice.done"
    PRACTICE_ENDED = "practice.ended"
    WORKPLACE_INVITED = "workplace.invited"
    WORKPLACE_ENDED = "workplace.ended"
    SHARING_CHANGED = "workplace.sharing_changed"
    ADJUSTMENT_PROPOSED = "adjustment.proposed"
    ADJUSTMENT_AGREED = "adjustment.agreed"
    ADJUSTMENT_CONFIRMED = "adjustment.confirmed_by_workplace"
    ADJUSTMENT_ARRANGED = "adjustment.arranged"
    ADJUSTMENT_DROPPED = "adjustment.dropped"
    CONTACT_LOGGED = "contact.logged"
    MESSAGE_SENT = "message.sent"
    PARTY_ALLOWED = "party.allowed"
    PARTY_ENDED = "party.ended"
    LETTER_WRITTEN = "letter.written"
    LETTER_AGREED = "letter.agreed"
    LETTER_SENT = "letter.sent"
    LETTER_DROPPED = "letter.dropped"
    FEED_MADE = "feed.made"
    FEED_ENDED = "feed.ended"
    STATUTE_FACTS_RECORDED = "statute.facts_recorded"
    DEADLINE_MARKED = "statute.deadline_marked"
    WORK_RECORDED = "work.recorded"
    ANSWERS_SAVED = "answers.saved"
    ANSWERS_SUBMITTED = "answers.submitted"
    ANSWERS_DIFFER = "answers.differ"
    ANSWER_SETTLED = "answer.settled"
    ANSWER_CORRECTED = "answer.corrected"
    DEVIATION_REPORTED = "incident.deviation_reported"
    ADVERSE_EVENT_REPORTED = "incident.event_reported"
    ADVERSE_EVENT_ASSESSED = "incident.event_assessed"
    INCIDENT_NOTED = "incident.noted"
    INCIDENT_CLOSED = "incident.closed"
    INCIDENT_REOPENED = "incident.reopened"
    SIGNALS_RUN = "signal.run"
    QUERY_RAISED = "query.raised"
    QUERY_ANSWERED = "query.answered"
    QUERY_CLOSED = "query.closed"
    QUERY_REOPENED = "query.reopened"
    QUERY_WITHDRAWN = "query.withdrawn"
    QUERIES_RUN = "query.checks_run"
    ANCHOR_CORRECTED = "measurement.anchor_corrected"
    MISSED_EXPLAINED = "measurement.missed_explained"
    LINK_SENT = "link.sent"
    LINK_USED = "link.used"
    CODE_SET = "code.set"
    PLAN_FIXED = "report.plan_fixed"
    REPORT_ASKED = "report.asked"
    REPORT_RUN = "report.run"
    REPORT_MADE = "report.made"
    REPORT_FAILED = "report.failed"
    SUMMARY_PUBLISHED = "report.summary_published"
    SUMMARY_WITHDRAWN = "report.summary_withdrawn"
    MAIL_REPORTED = "mail.reported"
    MAIL_SETTLED = "mail.settled"
    DUE_RUN = "due.run"


#: What changes the data of the research: refused while the person's data, or those of the study, are locked. Care goes
#: on whatever is locked, and so does leaving the study; what they change after a lock is not in the frozen dataset.
CHANGES_DATA = frozenset(
    {
        Event.SCREENED,
        Event.ALLOCATED,
        Event.STRATUM_CORRECTED,
        Event.ANSWERS_SAVED,
        Event.ANSWERS_SUBMITTED,
        Event.ANSWERS_DIFFER,
        Event.ANSWER_SETTLED,
        Event.ANSWER_CORRECTED,
        Event.ANCHOR_CORRECTED,
        Event.MISSED_EXPLAINED,
        Event.QUERY_RAISED,
        Event.QUERY_REOPENED,
    }
)

_PROGRAMME = (
    "care.", "closing.", "aftercare.", "session.", "plan.", "readiness.", "goal.", "search.", "application.",
    "placement.", "energy.", "diary.", "practice.", "workplace.", "adjustment.", "contact.", "message.", "party.",
    "letter.", "feed.", "statute.", "work.", "programme.", "query.", "incident.", "alert.",
)  # fmt: skip
#: What happens in one arm only, or more often there: the programme itself, and what its own questionnaires bring about.
#: Before unblinding, who is blinded sees nothing of these, neither that they happened nor when.
TELLS_ARM = frozenset(
    {
        *(event for event in Event if event.value.startswith(_PROGRAMME)),
        Event.ANSWERS_SAVED,
        Event.ANSWERS_DIFFER,
        Event.ANSWER_SETTLED,
        Event.ANSWER_CORRECTED,
        Event.MAIL_REPORTED,
        Event.MAIL_SETTLED,
        Event.PAPER_CHOSEN,
    }
)
