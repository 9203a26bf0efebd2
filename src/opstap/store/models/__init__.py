"""The tables, by subject. Participants are known here by pseudonym; their names lie in `identity` alone."""

from opstap.store.models.accounts import CodeCheck, Grant, SignInLink, User
from opstap.store.models.alerts import Alert
from opstap.store.models.audit import AuditEvent, ChainHead, ReadEvent
from opstap.store.models.care import CareLink, Cover, HandOver, Plan, Session, WorkplaceLink
from opstap.store.models.closing import AftercareContact, Closing, OnBehalf
from opstap.store.models.consents import ComprehensionAnswer, ConsentEvidence, DecidingLink, Signature
from opstap.store.models.guidance import (
    DiaryShare,
    EnergyBudget,
    EnergyNote,
    Goal,
    GoalReview,
    GoalStep,
    Obstacle,
    Practice,
    PracticeDone,
    Readiness,
)
from opstap.store.models.identity import Identity, PersonKey
from opstap.store.models.incidents import Incident, IncidentEntry, SignalRun
from opstap.store.models.marks import FormMark
from opstap.store.models.measures import AnchorCorrection, AnswerSheet, Correction, Measurement, TwoAnswers
from opstap.store.models.network import (
    Adjustment,
    CalendarFeed,
    ContactAttempt,
    Letter,
    Message,
    NetworkParty,
    ThreadSeen,
)
from opstap.store.models.outbox import Mail
from opstap.store.models.queries import Query, QueryEntry
from opstap.store.models.records import (
    Consent,
    Enrolment,
    LifeEvent,
    NonParticipation,
    Participant,
    Participation,
    Screening,
    WorkSpell,
)
from opstap.store.models.reports import FixedPlan, ReportFile, ReportRun
from opstap.store.models.search import Application, ApplicationEntry, JobSearch, JobWishes, Placement
from opstap.store.models.statute import DeadlineMark, StatuteFacts
from opstap.store.models.studies import (
    AllocationRow,
    InstrumentText,
    ProtocolContent,
    ProtocolVersion,
    Site,
    Study,
)
from opstap.store.models.trial import PersonLock, StratumCorrection, StudyLock, TwoHands

__all__ = [
    "Adjustment",
    "AftercareContact",
    "Alert",
    "AllocationRow",
    "AnchorCorrection",
    "AnswerSheet",
    "Application",
    "ApplicationEntry",
    "AuditEvent",
    "CalendarFeed",
    "CareLink",
    "ChainHead",
    "Closing",
    "CodeCheck",
    "ComprehensionAnswer",
    "Consent",
    "ConsentEvidence",
    "ContactAttempt",
    "Correction",
    "Cover",
    "DeadlineMark",
    "DecidingLink",
    "DiaryShare",
    "EnergyBudget",
    "EnergyNote",
    "Enrolment",
    "FixedPlan",
    "FormMark",
    "Goal",
    "GoalReview",
    "GoalStep",
    "Grant",
    "HandOver",
    "Identity",
    "Incident",
    "IncidentEntry",
    "InstrumentText",
    "JobSearch",
    "JobWishes",
    "Letter",
    "LifeEvent",
    "Mail",
    "Measurement",
    "Message",
    "NetworkParty",
    "NonParticipation",
    "Obstacle",
    "OnBehalf",
    "Participant",
    "Participation",
    "PersonKey",
    "PersonLock",
    "Placement",
    "Plan",
    "Practice",
    "PracticeDone",
    "ProtocolContent",
    "ProtocolVersion",
    "Query",
    "QueryEntry",
    "ReadEvent",
    "Readiness",
    "ReportFile",
    "ReportRun",
    "Screening",
    "Session",
    "SignInLink",
    "SignalRun",
    "Signature",
    "Site",
    "StatuteFacts",
    "StratumCorrection",
    "Study",
    "StudyLock",
    "ThreadSeen",
    "TwoAnswers",
    "TwoHands",
    "User",
    "WorkSpell",
    "WorkplaceLink",
]
