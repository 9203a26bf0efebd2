"""Two people at two desks, two tabs, two runs of the same job: once is once, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections

from opstap.acts import clock, due, lot, marks, measures, trail
from opstap.acts.calendar import asked_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store.models import AllocationRow, AuditEvent, Mail, Measurement
from tests.faults import drawing
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


def test_two_processes_draw_from_one_list_without_a_number_twice_or_skipped_and_in_order(world: World) -> None:
    people = drawing.waiting(world, 50)
    site = people[0].site.code
    before = AllocationRow.objects.filter(stratum=site).exclude(participation=None).count()
    # Ten people are asked for by both processes: one of the two is refused.
    told = drawing.draw_at_once(world.person(Role.COORDINATOR), [people[:30], people[20:]])
    assert len(told) == 60
    assert Counter(what for _who, what in told if not what.isdigit()) == {"NotNow": 10}
    assert {who for who, what in told if what.isdigit()} == {one.pk for one in people}
    assert drawing.faults(site, world.study, before, told) == []


@pytest.mark.parametrize("_time", range(TIMES))
def test_two_runs_of_what_is_due_invite_and_send_once(world: World, _time: int) -> None:
    participant = world.consented()
    world.until_mail_may_go()
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


@pytest.mark.parametrize("_time", range(TIMES))
def test_one_form_that_comes_twice_at_once_does_its_work_once(world: World, _time: int) -> None:
    participant = world.consented()
    measurement = world.measurement(participant, "t0")
    key = f"form {participant.pk}"

    def send() -> None:
        with marks.once(key):
            measures.save_answers(
                by=world.account_of_unscoped(participant), measurement=measurement, answers={"background": {"age": 44}}
            )

    events = AuditEvent.objects.filter(name="answers.saved").count()
    outcomes = at_once(world.moment, send, send)
    assert sorted(type(one).__name__ for one in outcomes) == ["DoneBefore", "NoneType"]
    assert AuditEvent.objects.filter(name="answers.saved").count() == events + 1


KILLED = """
import sys, time
from datetime import datetime
import django
django.setup()
from django.db import connections
connections.settings["default"]["NAME"] = sys.argv[1]
from opstap.acts import clock
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.due import send_waiting

def slow(letter):
    print("under way", flush=True)
    time.sleep(60)

with clock.at(datetime.fromisoformat(sys.argv[2])), entering(SYSTEM):
    send_waiting(slow)
"""


def test_a_run_killed_while_a_mail_was_under_way_leaves_it_unknown_and_it_is_never_sent_again(world: World) -> None:
    participant = world.consented()
    world.until_mail_may_go()
    name = connections.settings["default"]["NAME"]
    with clock.at(world.moment):
        due.queue_due()
        # Others' mails go first; only this one is left for the run that is killed.
        due.send_waiting(lambda letter: None)
    Mail.objects.filter(participant=participant).update(state="waiting")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(name), world.moment.isoformat()],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "opstap.config.settings"},
    ) as run:  # fmt: skip
        assert run.stdout is not None
        assert run.stdout.readline() == "under way\n"
        run.kill()
    letters: list[dict[str, str]] = []
    with clock.at(world.moment + timedelta(minutes=11)):
        assert due.send_waiting(letters.append)["unknown"] == 1
    assert letters == []
    assert Mail.objects.get(participant=participant).state == "unknown"
