"""Two people at two desks, two tabs, two runs of the same job: once is once, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from opstap.acts import clock, due, lot, measures, trail
from opstap.acts.calendar import asked_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import AllocationRow, AuditEvent, Mail, Measurement
from tests.faults.conftest import at_once
from tests.world import World, answers_to

TIMES = 4


@pytest.fixture(autouse=True)
def _the_trail_is_whole_afterwards(world: World):
    yield
    assert trail.verify().intact


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_coordinators_draw_the_lot_of_one_participant_once(world: World, _time: int) -> None:
    participant = world.baseline()
    coordinator = world.person(Role.COORDINATOR)
    before = AllocationRow.objects.exclude(participation=None).count()
    events = AuditEvent.objects.filter(name="participant.allocated").count()
    drawn = at_once(world.moment, *[partial(lot.allocate, by=coordinator, participant=participant)] * 2)
    assert sorted(type(one).__name__ for one in drawn) == ["AllocationRow", "NotNow"]
    assert AllocationRow.objects.filter(participation__participant=participant).count() == 1
    assert AllocationRow.objects.exclude(participation=None).count() == before + 1
    assert AuditEvent.objects.filter(name="participant.allocated").count() == events + 1
    assert Measurement.objects.filter(participant=participant, wave="t6", respondent="participant").count() == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_participants_of_one_site_get_the_next_two_lines_of_the_list(world: World, _time: int) -> None:
    first, second = world.baseline(), world.baseline()
    assert first.site == second.site
    used = AllocationRow.objects.filter(stratum=first.site.code).exclude(participation=None).count()
    coordinator = world.person(Role.COORDINATOR)
    drawn = at_once(
        world.moment,
        partial(lot.allocate, by=coordinator, participant=first),
        partial(lot.allocate, by=coordinator, participant=second),
    )
    assert sorted(row.number for row in drawn) == [used + 1, used + 2]
    kept = AllocationRow.objects.filter(stratum=first.site.code).exclude(participation=None)
    assert sorted(kept.values_list("number", flat=True)) == list(range(1, used + 3))


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_runs_of_what_is_due_invite_and_send_once(world: World, _time: int) -> None:
    participant = world.consented()
    letters: list[dict[str, str]] = []

    def run() -> None:
        due.queue_due()
        due.send_waiting(letters.append)

    # A run that finds the other one there may stop without doing anything; it never does anything twice.
    outcomes = at_once(world.moment, run, run)
    assert not [one for one in outcomes if one is not None], outcomes
    keys = Mail.objects.values_list("key", flat=True)
    assert [count for count in Counter(keys).values() if count > 1] == []
    assert Mail.objects.get(participant=participant).state == "sent"
    assert len([letter for letter in letters if letter["to"].startswith(_address(world))]) == 1


def _address(world: World) -> str:
    return f"persoon{world.made}@"


@pytest.mark.parametrize("_time", range(TIMES))
def test_answers_saved_in_two_tabs_are_both_kept(world: World, _time: int) -> None:
    participant = world.consented()
    measurement = world.measurement(participant, "t0")
    account = world.account_of(participant)
    with clock.at(world.moment):
        questionnaire = asked_of(measurement)[0]
    full = answers_to(questionnaire, world.moment)
    names = list(full)
    halves = [{name: full[name] for name in part} for part in (names[::2], names[1::2])]
    outcomes = at_once(
        world.moment,
        *(
            partial(
                measures.save_answers,
                by=account,
                measurement=world.measurement(participant, "t0"),
                answers={questionnaire.id: half},
            )
            for half in halves
        ),
    )
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert set(measures.answers_so_far(world.measurement(participant, "t0"))[questionnaire.id]) == set(full)


@pytest.mark.parametrize("_time", range(TIMES))
def test_handing_in_twice_at_once_hands_in_once(world: World, _time: int) -> None:
    participant = world.consented()
    measurement = world.measurement(participant, "t0")
    account = world.account_of(participant)
    with clock.at(world.moment):
        full = {one.id: answers_to(one, world.moment) for one in asked_of(measurement)}
        measures.save_answers(by=account, measurement=measurement, answers=full)
    outcomes = at_once(
        world.moment,
        *(partial(measures.submit, by=account, measurement=world.measurement(participant, "t0")) for _ in range(2)),
    )
    refused = [one for one in outcomes if isinstance(one, NotNow | Refused)]
    assert len(refused) == 1, outcomes
    assert world.fresh(participant).participation.state == "baseline_done"
