"""The words of pharmacovigilance for what goes wrong: when an event is serious, how it is related, how it ended.

Seriousness: ICH E2A, Clinical safety data management: definitions and standards for expedited reporting (1994), II.B.
Relatedness: after the categories of the WHO–Uppsala Monitoring Centre system for causality assessment; `unrelated` is
ours. Outcome: ICH E2B(R3), E.i.7.
"""

from __future__ import annotations

from enum import StrEnum


class Sort(StrEnum):
    """What kind of thing is followed."""

    DEVIATION = "deviation"
    EVENT = "event"


class Serious(StrEnum):
    """A criterion by which an event is serious; one is enough."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL = "congenital"
    IMPORTANT = "important"


class Related(StrEnum):
    """How likely it is that the programme brought an event about."""

    UNRELATED = "unrelated"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    CERTAIN = "certain"


class Ended(StrEnum):
    """How an event ended."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not_recovered"
    SEQUELAE = "sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"
