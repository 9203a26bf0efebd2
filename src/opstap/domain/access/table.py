"""The one table of permissions: for each thing that can be done, in which standing it may be done.

A permission without a standing in this table is possible for nobody. `tests/access` proves that every act and
every URL names one of these, and that each pair of permission and standing is tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from opstap.domain.access.roles import Relation, Role, Standing


class Permission(StrEnum):
    """One thing that someone may or may not do."""

    REFER = "refer"
    SCREEN = "screen"
    INCLUDE = "include"
    ENROL_PARTNER = "enrol_partner"
    ALLOCATE = "allocate"
    CORRECT_STRATUM = "correct_stratum"
    SEE_LOT = "see_lot"
    SEE_BALANCE = "see_balance"
    CHANGE_CONTACT = "change_contact"
    CONSENT = "consent"
    SIGN_CONSENT = "sign_consent"
    WITHDRAW = "withdraw"
    ANSWER = "answer"
    ENTER_ANSWERS = "enter_answers"
    CORRECT_ANSWERS = "correct_answers"
    ANSWER_AS_THERAPIST = "answer_as_therapist"
    ANSWER_AS_COACH = "answer_as_coach"
    ANSWER_AS_WORKPLACE = "answer_as_workplace"
    SEE_QUERIES = "see_queries"
    REVIEW_ANSWERS = "review_answers"
    RAISE_QUERY = "raise_query"
    ANSWER_QUERY = "answer_query"
    CLOSE_QUERY = "close_query"
    RUN_CHECKS = "run_checks"
    REPORT_INCIDENT = "report_incident"
    SEE_INCIDENTS = "see_incidents"
    FOLLOW_INCIDENT = "follow_incident"
    LOOK_FOR_SIGNALS = "look_for_signals"
    SEND_LINK = "send_link"
    KEEP_CALENDAR = "keep_calendar"
    SETTLE_MAIL = "settle_mail"
    TAKE_ALERT = "take_alert"
    REPORT_MAIL = "report_mail"
    SET_CODE = "set_code"
    SEE_CASE = "see_case"
    ASSIGN_CARE = "assign_care"
    ARRANGE_COVER = "arrange_cover"
    DELIVER = "deliver"
    KEEP_GOALS = "keep_goals"
    KEEP_SEARCH = "keep_search"
    SHARE_SEARCH = "share_search"
    KEEP_DIARY = "keep_diary"
    SHARE_DIARY = "share_diary"
    RECORD_WORK = "record_work"
    OFFER_PLAN = "offer_plan"
    ACCEPT_PLAN = "accept_plan"
    AGREE_PLAN = "agree_plan"
    STEP_BACK = "step_back"
    WRITE_RELAPSE_PLAN = "write_relapse_plan"
    KEEP_CLOCK = "keep_clock"
    INVITE_WORKPLACE = "invite_workplace"
    SEE_WORKPLACE = "see_workplace"
    CONFIRM_PLAN = "confirm_plan"
    PROPOSE_ADJUSTMENT = "propose_adjustment"
    ARRANGE_ADJUSTMENT = "arrange_adjustment"
    DROP_ADJUSTMENT = "drop_adjustment"
    LOG_CONTACT = "log_contact"
    WRITE_MESSAGE = "write_message"
    SHARE_WITH_PARTY = "share_with_party"
    WRITE_LETTER = "write_letter"
    DROP_LETTER = "drop_letter"
    KEEP_FEED = "keep_feed"
    SPEAK_FOR = "speak_for"
    CHOOSE_PAPER = "choose_paper"
    LOOK_BACK = "look_back"
    RECORD_LIFE_EVENT = "record_life_event"
    SEE_PROGRESS = "see_progress"
    SEE_REPORT = "see_report"
    FIX_PLAN = "fix_plan"
    PUBLISH_SUMMARY = "publish_summary"
    SEE_FLOW = "see_flow"
    SEE_DELIVERED = "see_delivered"
    SEE_LOCKS = "see_locks"
    LOCK_PERSON = "lock_person"
    LOCK_STUDY = "lock_study"
    UNBLIND = "unblind"
    REVEAL = "reveal"
    EXPORT = "export"
    MANAGE_PEOPLE = "manage_people"
    OPEN_STUDY = "open_study"
    SEE_AUDIT = "see_audit"
    RUN_DUE = "run_due"


_OWN = Standing(Role.PARTICIPANT, Relation.OWN)
_CARE = (Standing(Role.THERAPIST, Relation.LINKED), Standing(Role.COACH, Relation.LINKED))
_WORKPLACE = Standing(Role.WORKPLACE, Relation.LINKED)
_COORDINATOR = Standing(Role.COORDINATOR, Relation.STUDY)
_ANALYST = Standing(Role.ANALYST, Relation.STUDY)
_DATA_MANAGER = Standing(Role.DATA_MANAGER, Relation.STUDY)
_STEWARD = Standing(Role.STEWARD, Relation.HOUSE)
_SYSTEM = Standing(Role.SYSTEM, Relation.HOUSE)

P = Permission
TABLE: dict[Permission, frozenset[Standing]] = {
    # The system refers whoever fills in the public page themselves.
    P.REFER: frozenset({Standing(Role.REFERRER, Relation.STUDY), _COORDINATOR, _SYSTEM}),
    P.SCREEN: frozenset({_COORDINATOR}),
    P.INCLUDE: frozenset({_COORDINATOR}),
    P.ENROL_PARTNER: frozenset({_COORDINATOR}),
    P.ALLOCATE: frozenset({_COORDINATOR}),
    P.CORRECT_STRATUM: frozenset({_COORDINATOR}),
    # How the lot is drawn and what its list was committed to: for everyone who has a part in the study.
    P.SEE_LOT: frozenset({Standing(Role.REFERRER, Relation.STUDY), _COORDINATOR, _ANALYST, _DATA_MANAGER}),
    # Never for who includes people: counts per arm and stratum would tell the next lot.
    P.SEE_BALANCE: frozenset({_ANALYST, _DATA_MANAGER}),
    P.CHANGE_CONTACT: frozenset({_OWN, _COORDINATOR}),
    P.CONSENT: frozenset({_OWN, _COORDINATOR}),
    P.SIGN_CONSENT: frozenset({_COORDINATOR}),
    P.WITHDRAW: frozenset({_OWN, _COORDINATOR}),
    P.ANSWER: frozenset({_OWN}),
    P.ENTER_ANSWERS: frozenset({_COORDINATOR}),
    P.CORRECT_ANSWERS: frozenset({_COORDINATOR}),
    # Whoever holds a place around someone answers what that place is asked, and nobody else of the team.
    P.ANSWER_AS_THERAPIST: frozenset({Standing(Role.THERAPIST, Relation.LINKED)}),
    P.ANSWER_AS_COACH: frozenset({Standing(Role.COACH, Relation.LINKED)}),
    P.ANSWER_AS_WORKPLACE: frozenset({_WORKPLACE}),
    P.SEE_QUERIES: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.REVIEW_ANSWERS: frozenset({_DATA_MANAGER}),
    P.RAISE_QUERY: frozenset({_DATA_MANAGER}),
    P.ANSWER_QUERY: frozenset({_COORDINATOR}),
    P.CLOSE_QUERY: frozenset({_DATA_MANAGER}),
    P.RUN_CHECKS: frozenset({_SYSTEM}),
    P.REPORT_INCIDENT: frozenset({*_CARE, _COORDINATOR}),
    P.SEE_INCIDENTS: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.FOLLOW_INCIDENT: frozenset({_COORDINATOR}),
    P.LOOK_FOR_SIGNALS: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.SEND_LINK: frozenset({_COORDINATOR, _SYSTEM}),
    P.KEEP_CALENDAR: frozenset({_COORDINATOR}),
    P.SETTLE_MAIL: frozenset({_COORDINATOR}),
    P.TAKE_ALERT: frozenset({_COORDINATOR}),
    P.REPORT_MAIL: frozenset({_SYSTEM}),
    P.SET_CODE: frozenset({_OWN}),
    P.SEE_CASE: frozenset(_CARE),
    P.ASSIGN_CARE: frozenset({_COORDINATOR}),
    P.ARRANGE_COVER: frozenset({Standing(Role.THERAPIST, Relation.STUDY), Standing(Role.COACH, Relation.STUDY)}),
    P.DELIVER: frozenset(_CARE),
    P.KEEP_GOALS: frozenset({*_CARE, _OWN}),
    P.KEEP_SEARCH: frozenset({*_CARE, _OWN}),
    P.SHARE_SEARCH: frozenset({_OWN}),
    P.KEEP_DIARY: frozenset({*_CARE, _OWN}),
    P.SHARE_DIARY: frozenset({_OWN}),
    P.RECORD_WORK: frozenset({*_CARE, _OWN}),
    P.OFFER_PLAN: frozenset(_CARE),
    P.ACCEPT_PLAN: frozenset(_CARE),
    P.AGREE_PLAN: frozenset({_OWN}),
    P.STEP_BACK: frozenset({_OWN}),
    P.WRITE_RELAPSE_PLAN: frozenset({*_CARE, _OWN}),
    P.KEEP_CLOCK: frozenset({*_CARE, _OWN}),
    P.INVITE_WORKPLACE: frozenset({_OWN}),
    P.SEE_WORKPLACE: frozenset({_WORKPLACE}),
    P.CONFIRM_PLAN: frozenset({_WORKPLACE}),
    P.PROPOSE_ADJUSTMENT: frozenset(_CARE),
    P.ARRANGE_ADJUSTMENT: frozenset({*_CARE, _WORKPLACE}),
    P.DROP_ADJUSTMENT: frozenset({*_CARE, _OWN}),
    P.LOG_CONTACT: frozenset(_CARE),
    P.WRITE_MESSAGE: frozenset({*_CARE, _OWN, _WORKPLACE}),
    P.SHARE_WITH_PARTY: frozenset({_OWN}),
    P.WRITE_LETTER: frozenset(_CARE),
    P.DROP_LETTER: frozenset({*_CARE, _OWN}),
    P.KEEP_FEED: frozenset(
        {_OWN, *(Standing(role, Relation.STUDY) for role in (Role.THERAPIST, Role.COACH, Role.WORKPLACE))}
    ),
    # What is a participant's own, written down for someone who uses no screen, from paper or by telephone.
    P.SPEAK_FOR: frozenset(_CARE),
    P.CHOOSE_PAPER: frozenset({*_CARE, _COORDINATOR}),
    P.LOOK_BACK: frozenset({_OWN}),
    P.RECORD_LIFE_EVENT: frozenset({*_CARE, _COORDINATOR}),
    P.SEE_PROGRESS: frozenset({_COORDINATOR}),
    P.SEE_REPORT: frozenset({_ANALYST, _SYSTEM}),
    P.FIX_PLAN: frozenset({_ANALYST}),
    # The analyst writes it, who knows the people tells them.
    P.PUBLISH_SUMMARY: frozenset({_COORDINATOR}),
    P.SEE_FLOW: frozenset({_COORDINATOR, _ANALYST, _DATA_MANAGER, _SYSTEM}),
    P.SEE_DELIVERED: frozenset({_COORDINATOR, _ANALYST, _DATA_MANAGER}),
    P.SEE_LOCKS: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.LOCK_PERSON: frozenset({_DATA_MANAGER}),
    P.LOCK_STUDY: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.UNBLIND: frozenset({_COORDINATOR}),
    P.REVEAL: frozenset({_COORDINATOR, _DATA_MANAGER}),
    P.EXPORT: frozenset({_ANALYST, _DATA_MANAGER, _SYSTEM}),
    P.MANAGE_PEOPLE: frozenset({_STEWARD, _SYSTEM}),
    P.OPEN_STUDY: frozenset({_STEWARD, _SYSTEM}),
    P.SEE_AUDIT: frozenset({_STEWARD}),
    P.RUN_DUE: frozenset({_SYSTEM}),
}


def may(permission: Permission, standings: Iterable[Standing]) -> bool:
    """Tell whether someone with these standings may do this."""
    return not TABLE[permission].isdisjoint(standings)
