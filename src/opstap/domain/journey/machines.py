"""The tables: recruitment, programme enrolment, study participation, session, plan, measurement.

Programme and study are two machines on purpose: leaving the one never moves the other.
"""

from __future__ import annotations

from datetime import date

from opstap.domain.journey.machine import Machine

_SCREENING = {
    "screen_open": "screening",
    "screen_eligible": "eligible",
    "screen_not_eligible": "non_participant",
    "decline": "non_participant",
}

#: From referral to a decision. `include` happens when someone agrees to the programme, the study, or both.
RECRUITMENT = Machine(
    "recruitment",
    "referred",
    {
        "referred": _SCREENING,
        "screening": _SCREENING,
        "eligible": {"inform": "informed", "decline": "non_participant"},
        "informed": {"include": "included", "decline": "non_participant"},
        "included": {"include": "included"},
        "non_participant": {"reopen": "referred"},
    },
)

#: The programme: the coaching itself. In a trial it waits for the lot (`agreed`). Closed, it can be reopened.
ENROLMENT = Machine(
    "enrolment",
    "agreed",
    {
        "agreed": {"open": "active", "not_open": "not_opened", "stop": "stopped"},
        "active": {"advance": "active", "complete": "completed", "stop": "stopped"},
        "completed": {"reopen": "active"},
        "stopped": {},
        "not_opened": {},
    },
)

#: The study: consent, measurements, follow-up.
PARTICIPATION = Machine(
    "participation",
    "consented",
    {
        "consented": {"finish_baseline": "baseline_done", "withdraw": "withdrawn", "die": "died"},
        "baseline_done": {"follow": "in_follow_up", "withdraw": "withdrawn", "die": "died"},
        "in_follow_up": {"complete": "completed", "withdraw": "withdrawn", "die": "died"},
        "completed": {},
        "withdrawn": {},
        "died": {},
    },
)

_OPEN_SESSION = {"move": "planned", "hold": "held", "miss": "missed", "cancel": "cancelled"}

SESSION = Machine(
    "session",
    "planned",
    {
        "planned": {"confirm": "confirmed", **_OPEN_SESSION},
        "confirmed": _OPEN_SESSION,
        "held": {},
        "missed": {},
        "cancelled": {},
    },
)

#: One version of a plan. The professional agrees by offering it, the participant by stepping back; whoever did not
#: make it agrees next, and the participant always comes before the workplace.
PLAN = Machine(
    "plan",
    "drafted",
    {
        "drafted": {"offer": "offered", "step_back": "proposed"},
        "proposed": {"professional_agrees": "agreed", "replace": "replaced"},
        "offered": {"participant_agrees": "agreed", "replace": "replaced"},
        "agreed": {"workplace_agrees": "in_force", "replace": "replaced"},
        "in_force": {"replace": "replaced"},
        "replaced": {},
    },
)

#: A measurement's state follows from its dates (`measurement_state`); the table says what each state allows.
MEASUREMENT = Machine(
    "measurement",
    "scheduled",
    {
        "scheduled": {"open": "open", "void": "voided"},
        "open": {"save": "started", "close": "missed", "void": "voided"},
        "started": {"save": "started", "submit": "submitted", "close": "missed", "void": "voided"},
        "submitted": {"correct": "submitted"},
        # Paper that was filled in in time may come in late.
        "missed": {"save_late_paper": "missed", "submit_late_paper": "submitted"},
        "voided": {},
    },
)

#: One adjustment at work. The workplace sees it after the participant agreed, and arranges it after it agreed itself.
ADJUSTMENT = Machine(
    "adjustment",
    "proposed",
    {
        "proposed": {"participant_agrees": "agreed", "drop": "dropped"},
        "agreed": {"workplace_agrees": "confirmed", "arrange": "arranged", "drop": "dropped"},
        "confirmed": {"arrange": "arranged", "drop": "dropped"},
        "arranged": {"drop": "dropped"},
        "dropped": {},
    },
)

#: One letter to someone around the participant, who reads it before it can go.
LETTER = Machine(
    "letter",
    "shown",
    {
        "shown": {"participant_agrees": "agreed", "drop": "dropped"},
        "agreed": {"send": "sent", "drop": "dropped"},
        "sent": {},
        "dropped": {},
    },
)

#: One application for work; each move is named by the state it leads to. What was refused or let go can begin again.
APPLICATION = Machine(
    "application",
    "thinking",
    {
        "thinking": {one: one for one in ("sent", "talk_planned", "withdrawn")},
        "sent": {one: one for one in ("talk_planned", "talk_held", "offer", "no", "withdrawn")},
        "talk_planned": {one: one for one in ("talk_held", "offer", "no", "withdrawn")},
        "talk_held": {one: one for one in ("talk_planned", "offer", "no", "withdrawn")},
        "offer": {one: one for one in ("accepted", "no", "withdrawn")},
        "no": {one: one for one in ("talk_planned", "offer")},
        "withdrawn": {one: one for one in ("thinking", "talk_planned")},
        "accepted": {},
    },
)

#: The permission that a trial placement needs. Refused may be asked again.
PERMISSION = Machine(
    "permission",
    "to_ask",
    {
        "to_ask": {one: one for one in ("asked", "given", "refused")},
        "asked": {one: one for one in ("given", "refused")},
        "refused": {"asked": "asked"},
        "given": {},
    },
)

#: Looking back at the end: each prepares, they look back together, the participant agrees. What is changed after that
#: has to be agreed anew. The programme can close without it, since not everyone can be reached.
CLOSING = Machine(
    "closing",
    "preparing",
    {
        "preparing": {"look_back": "looked_back", "close": "closed"},
        "looked_back": {"participant_agrees": "agreed", "change": "looked_back", "close": "closed"},
        "agreed": {"change": "looked_back", "close": "closed"},
        "closed": {"reopen": "reopened"},
        "reopened": {},
    },
)

#: One contact of aftercare.
AFTERCARE = Machine(
    "aftercare",
    "planned",
    {
        "planned": {"move": "planned", "hold": "held", "miss": "missed", "cancel": "cancelled"},
        "held": {},
        "missed": {},
        "cancelled": {},
    },
)

#: A question about an answer. A correction that satisfies the rule which asked closes it; who asked can withdraw it.
QUERY = Machine(
    "query",
    "open",
    {
        "open": {"answer": "answered", "close": "closed", "satisfy": "closed", "withdraw": "withdrawn"},
        "answered": {
            "answer": "answered", "close": "closed", "satisfy": "closed", "withdraw": "withdrawn", "reopen": "open",
        },
        "closed": {"reopen": "open"},
        "withdrawn": {},
    },
)  # fmt: skip

#: A deviation or an adverse event. An event is closed only after someone assessed it.
INCIDENT = Machine(
    "incident",
    "reported",
    {
        "reported": {"assess": "followed", "note": "reported", "settle": "closed"},
        "followed": {"assess": "followed", "note": "followed", "close": "closed"},
        "closed": {"reopen": "followed"},
    },
)

MACHINES = (
    RECRUITMENT,
    ENROLMENT,
    PARTICIPATION,
    SESSION,
    PLAN,
    ADJUSTMENT,
    LETTER,
    APPLICATION,
    PERMISSION,
    CLOSING,
    AFTERCARE,
    MEASUREMENT,
    QUERY,
    INCIDENT,
)


def measurement_state(*, opens: date, closes: date, started: bool, submitted: bool, voided: bool, today: date) -> str:
    """Derive the state of a measurement on a day from what happened; the closing day still counts."""
    if submitted:
        return "submitted"
    if voided:
        return "voided"
    if today < opens:
        return "scheduled"
    if today > closes:
        return "missed"
    return "started" if started else "open"
