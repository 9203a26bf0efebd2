"""The statutory clock as participant and care team see it: every term, what is near, and what the clock knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from opstap.acts import clock
from opstap.acts.protocols import protocol_of
from opstap.acts.statute_facts import Known, known_of, known_of_many
from opstap.domain.statute import Country, Deadline, FactError, Picture, Timeline, deadlines, picture
from opstap.domain.statute.audience import coming, near
from opstap.domain.statute.timeline import State
from opstap.domain.work.spells import SpellError
from opstap.store.models import Participant


@dataclass(frozen=True)
class StatuteClock:
    """One person's clock. Without a timeline the facts are missing, or cannot be right together (`contradicts`)."""

    country: Country
    today: date
    known: Known | None
    timeline: Timeline | None
    picture: Picture | None
    near: tuple[Deadline, ...]
    coming: Deadline | None
    contradicts: bool = False

    def _in(self, *states: State) -> list[Deadline]:
        return [one for one in self.timeline.deadlines if one.state in states] if self.timeline else []

    @property
    def now(self) -> list[Deadline]:
        """List what is near, or possible now."""
        shown = {id(one) for one in self.near}
        return [*self.near, *(one for one in self._in(State.OPEN) if id(one) not in shown)]

    @property
    def unmarked(self) -> list[Deadline]:
        """List what passed some time ago without a mark: nothing says that it was not done."""
        shown = {id(one) for one in self.near}
        return [one for one in self._in(State.LATE) if id(one) not in shown]

    @property
    def later(self) -> list[Deadline]:
        """List what is still to come, and is not near."""
        shown = {id(one) for one in self.now}
        return [one for one in self._in(State.AHEAD) if id(one) not in shown]

    @property
    def behind(self) -> list[Deadline]:
        """List what was done, or has simply passed, the latest first."""
        return list(reversed(self._in(State.DONE, State.PASSED)))

    @property
    def undated(self) -> list[Deadline]:
        """List what has no day as long as something is not known."""
        return self._in(State.UNKNOWN)


def clock_of(participant: Participant) -> StatuteClock:
    """Give the clock of someone whose record has been opened."""
    return _clock(participant, known_of(participant))


def near_of(participants: Sequence[Participant]) -> dict[int, tuple[Deadline, ...]]:
    """Give the deadlines near of many people, by primary key; as many queries for one as for all."""
    known = known_of_many(participants)
    lines = ((one.pk, _timeline(one, known[one.pk])) for one in participants if one.pk in known)
    found = {pk: near(timeline) for pk, timeline in lines if timeline is not None}
    return {pk: ahead for pk, ahead in found.items() if ahead}


def _clock(participant: Participant, known: Known | None) -> StatuteClock:
    country, today = Country(protocol_of(participant.study).country), clock.today()
    timeline = _timeline(participant, known) if known else None
    if timeline is None:
        return StatuteClock(country, today, known, None, None, (), None, contradicts=known is not None)
    return StatuteClock(country, today, known, timeline, picture(timeline), near(timeline), coming(timeline))


def _timeline(participant: Participant, known: Known) -> Timeline | None:
    """Reckon the clock; None where hours and facts cannot be right together, which the page then says."""
    try:
        return deadlines(protocol_of(participant.study).country, known.facts, clock.today())
    except (FactError, SpellError):
        return None
