"""The states of a participant, a session, a plan and a measurement, and the tables of allowed moves.

When something is allowed stands here, as data; who may do it stands in `opstap.domain.access`.
"""

from opstap.domain.journey.machine import Machine, NotNow
from opstap.domain.journey.machines import (
    ADJUSTMENT,
    AFTERCARE,
    APPLICATION,
    CLOSING,
    ENROLMENT,
    INCIDENT,
    LETTER,
    MACHINES,
    MEASUREMENT,
    PARTICIPATION,
    PERMISSION,
    PLAN,
    QUERY,
    RECRUITMENT,
    SESSION,
    measurement_state,
)

__all__ = [
    "ADJUSTMENT",
    "AFTERCARE",
    "APPLICATION",
    "CLOSING",
    "ENROLMENT",
    "INCIDENT",
    "LETTER",
    "MACHINES",
    "MEASUREMENT",
    "PARTICIPATION",
    "PERMISSION",
    "PLAN",
    "QUERY",
    "RECRUITMENT",
    "SESSION",
    "Machine",
    "NotNow",
    "measurement_state",
]
