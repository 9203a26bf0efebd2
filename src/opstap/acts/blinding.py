"""What would tell someone's arm by its mere existence, and from whom it is kept until the study is unblinded."""

from __future__ import annotations

from collections.abc import Iterable

from opstap.acts.protocols import protocol_of
from opstap.domain.access import Role, Standing
from opstap.domain.protocol.model import AROUND
from opstap.store.models import Measurement, Study

#: The roles that may know the arm of one person on the pages where answers and queries stand.
KNOWS = frozenset({Role.COORDINATOR, Role.SYSTEM})


def blinded(study: Study, found: Iterable[Standing]) -> bool:
    """Tell whether someone in these standings must not learn an arm in this study now."""
    arms = protocol_of(study).study.arms
    return len(arms) > 1 and study.unblinded_at is None and not {one.role for one in found} & KNOWS


def tells_arm(measurement: Measurement, questionnaire: str = "") -> bool:
    """Tell whether a measurement, or one questionnaire in it, exists in some arms only."""
    wave = protocol_of(measurement.participant.study).study.wave(measurement.wave)
    return measurement.respondent in AROUND or questionnaire in wave.only_in_arms
