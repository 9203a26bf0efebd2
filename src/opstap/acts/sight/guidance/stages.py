"""Stages of change over time: what the profiles point to, and what the professional judged, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere
from opstap.acts.sight.participant.pages import language, with_page
from opstap.domain.programme.stages import CLOSE, CLOSE_CERTAINTY, SUPPORT_SOURCE, Profile, Reading, Stage, reading
from opstap.store.models import Participant, Readiness, Session, User


@dataclass(frozen=True)
class ProfileView:
    """One profile with what it points to, and who entered it."""

    profile: Profile
    reading: Reading
    by: str
    by_key: bool


@dataclass(frozen=True)
class Judged:
    """A professional's judgement at a session."""

    on: date
    stage: Stage
    by: str
    session: str


@dataclass(frozen=True)
class Stages:
    """Profiles and judgements, latest first each; neither replaces the other."""

    pseudonym: str
    running: bool
    profiles: list[ProfileView]
    judged: list[Judged]
    close: float
    certainty: str
    source: str

    @property
    def profile(self) -> ProfileView | None:
        """Give the latest profile."""
        return self.profiles[0] if self.profiles else None

    @property
    def judgement(self) -> Judged | None:
        """Give the latest judgement."""
        return self.judged[0] if self.judged else None

    @property
    def agree(self) -> bool:
        """Tell whether the latest profile and the latest judgement point to the same stage."""
        seen, said = self.profile, self.judgement
        return seen is not None and said is not None and seen.reading.likely is said.stage

    @property
    def possible(self) -> list[Stage]:
        """List every stage that is pointed to now, so that no support is left out by a label."""
        found: set[Stage] = set()
        if self.profile is not None and self.profile.reading.likely is not None:
            read = self.profile.reading
            found |= {self.profile.reading.likely, *read.tied, *read.close}
        if self.judgement is not None:
            found.add(self.judgement.stage)
        return sorted(found)


def stages(by: User) -> Stages:
    """Open one's own stages; NotHere when the page is not open, or the programme does not work with stages."""
    found = stages_of(with_page(by, "goals"), language())
    if found is None:
        raise NotHere("stages")
    return found


def stages_of(participant: Participant, spoken: str) -> Stages | None:
    """Give the stages of a participant whose record was opened; None when the programme does not work with them."""
    protocol = protocol_of(participant.study)
    if not protocol.programme.stages_of_change:
        return None
    enrolment = participant.enrolment
    rows = Readiness.objects.select_related("by").filter(enrolment=enrolment).order_by("-on", "-pk")
    profiles = [Profile(row.on, row.working, tuple(row.means)) for row in rows]
    sessions = (
        Session.objects.select_related("professional")
        .filter(enrolment=enrolment, stage__isnull=False, held_on__isnull=False)
        .order_by("-held_on", "-pk")
    )
    return Stages(
        pseudonym=participant.pseudonym,
        running=enrolment.state == "active",
        profiles=[
            ProfileView(profile, reading(profile), row.by.name, row.by_key)
            for row, profile in zip(rows, profiles, strict=True)
        ],
        judged=[
            Judged(row.held_on, Stage(row.stage), row.professional.name, protocol.text(f"sessions.{row.kind}", spoken))
            for row in sessions
            if row.held_on is not None and row.stage is not None
        ],
        close=CLOSE,
        certainty=CLOSE_CERTAINTY,
        source=SUPPORT_SOURCE,
    )
