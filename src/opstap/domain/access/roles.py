"""Roles, and the relation in which someone in a role stands to one record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What someone comes to do. One person can hold several, each within a study."""

    PARTICIPANT = "participant"
    THERAPIST = "therapist"
    COACH = "coach"
    WORKPLACE = "workplace"
    REFERRER = "referrer"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    DATA_MANAGER = "data_manager"
    STEWARD = "steward"
    #: The programme itself, when something falls due without a click, or at the terminal of the server.
    SYSTEM = "system"


class Relation(StrEnum):
    """How close a role stands to one record."""

    #: The record is about me.
    OWN = "own"
    #: I am on the care team, or I am the linked workplace; and that has not ended.
    LINKED = "linked"
    #: The record lies in a study (and, where the role is bound to a site, at a site) where I hold the role.
    STUDY = "study"
    #: No record is meant, only the installation as a whole.
    HOUSE = "house"


@dataclass(frozen=True)
class Standing:
    """A role together with the relation in which it stands to the record at hand."""

    role: Role
    relation: Relation
