"""What would tell someone's arm by its mere existence, and from whom it is kept until the study is unblinded."""

from __future__ import annotations

from collections.abc import Iterable

from opstap.acts.protocols import protocol_of
from opstap.domain.access import Role, Standing
from opstap.domain.protocol.model import AROUND
from opstap.store.models import Measurement, Study


def blinded(study: Study, found: Iterable[Standing]) -> bool:
    """Tell whether someone in these standings must not learn an arm in this study now: the protocol says who.

    Whoever holds a second role that may know is not blinded by the first.
    """
    return all(role_blinded(study, one.role) for one in found)


def role_blinded(study: Study, role: Role) -> bool:
    """Tell whether a role must not learn an arm in this study now."""
    plan = protocol_of(study).study
    return len(plan.arms) > 1 and study.unblinded_at is None and role.value in plan.blinded


def tells_arm(measurement: Measurement, questionnaire: str = "") -> bool:
    """Tell whether a measurement, or one questionnaire in it, exists in some arms only."""
    wave = protocol_of(measurement.participant.study).study.wave(measurement.wave)
    return measurement.respondent in AROUND or questionnaire in wave.only_in_arms
