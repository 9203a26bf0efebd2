"""What a participant sees of their own record."""

from __future__ import annotations

from opstap.acts.protocols import protocol_of
from opstap.store.models import Enrolment, Participant, Participation


def pages_open(participant: Participant) -> set[str]:
    """List the programme's pages that are open to someone: what their arm opens, while they are in the programme.

    Someone in the programme and not in the study has all of them.
    """
    enrolment: Enrolment | None = getattr(participant, "enrolment", None)
    participation: Participation | None = getattr(participant, "participation", None)
    in_programme = enrolment is not None and enrolment.state in ("active", "completed", "stopped")
    protocol = protocol_of(participant.study)
    arm = participation.arm if participation else None
    if participation is not None and arm is None and protocol.study.allocation is None:
        arm = protocol.study.arms[0].id
    pages = {page for one in protocol.study.arms for page in one.opens}
    return {page for page in pages if protocol.opens(arm, page, in_programme=in_programme)}
