"""Reports: a plan fixed once, one report at a time, taken over when broken off, told only when nothing is shuffled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django_scopes import scopes_disabled

from opstap.acts import clock, reporting
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import reports as sight
from opstap.domain.access import Permission, Role
from opstap.reports import plan_of
from opstap.store.models import AuditEvent, FixedPlan, ReportFile, ReportRun
from tests.world import World

FILES = {"provenance.json": b"{}", "report.html": b"<p>", "tables/a.csv": b"a\n1\n"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with scopes_disabled():
        made = World("steps")
        assert made.study
        with clock.at(made.moment):
            yield made


@pytest.fixture
def alone(db: None) -> Iterator[World]:
    """A study of one arm, where nothing is blinded."""
    with scopes_disabled():
        made = World("rentree")
        assert made.study
        with clock.at(made.moment):
            yield made


def asked(world: World, language: str = "nl") -> ReportRun:
    return reporting.ask_report(by=world.person(Role.ANALYST), study=world.study, language=language)


def made(world: World, language: str = "nl", summary: str = "<p>Dit kwam eruit.</p>") -> ReportRun:
    run = reporting.take_report(by=SYSTEM, run=asked(world, language)).run
    return reporting.keep_report(by=SYSTEM, run=run, lead="Meer uren.", summary=summary, files=FILES)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-number")[0]


def fix(world: World, text: str = "") -> FixedPlan:
    plan = plan_of(protocol_of(world.study))
    return reporting.fix_plan(
        by=world.person(Role.ANALYST), study=world.study, text=text or plan.text, digest=plan.digest
    )


def test_a_plan_is_fixed_once_and_stays(world: World) -> None:
    plan = fix(world)
    assert last_event().name == "report.plan_fixed"
    with pytest.raises(Refused):
        fix(world)
    with pytest.raises(ValueError, match="hash"):
        fix(world, text="{}")
    with pytest.raises(NotHere):
        reporting.fix_plan(by=world.person(Role.COORDINATOR), study=world.study, text=plan.text, digest=plan.digest)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        FixedPlan.objects.filter(pk=plan.pk).update(text="{}")
    seen = sight.reports_of(world.person(Role.ANALYST), world.study)
    assert seen.planned is not None
    assert (seen.planned.digest, seen.planned.before_unblinding) == (plan.digest, True)


def test_after_unblinding_the_plan_from_before_it_counts(world: World) -> None:
    first = fix(world)
    study = world.study
    study.unblinded_at = world.moment + timedelta(days=1)
    study.save()
    later = FixedPlan.objects.create(
        study=study, text="{}", digest="0" * 64, by=first.by, at=world.moment + timedelta(days=2)
    )
    assert reporting.plan_of_study(study) == first
    study.unblinded_at = world.moment - timedelta(days=1)
    assert reporting.plan_of_study(study) == later
    assert sight.reports_of(world.person(Role.ANALYST), study).planned == sight.Planned(
        later.digest, later.at, first.by.name, before_unblinding=False
    )


def test_one_report_at_a_time_in_a_language_that_there_is(world: World) -> None:
    with pytest.raises(Refused):
        asked(world, "xx")
    run = asked(world)
    assert (run.state, last_event().name) == ("asked", "report.asked")
    assert sight.reports_of(world.person(Role.ANALYST), world.study).busy
    with pytest.raises(Refused):
        asked(world, "en")
    with pytest.raises(NotHere):
        reporting.ask_report(by=world.person(Role.COORDINATOR), study=world.study, language="nl")


def test_data_are_taken_as_who_asked_may_see_them(world: World) -> None:
    plan = fix(world)
    taken = reporting.take_report(by=SYSTEM, run=asked(world))
    assert taken.data.permuted
    assert taken.run.permuted
    assert (taken.run.dataset_hash, taken.plan) == (taken.data.hash, plan)
    assert last_event().name == "report.run"
    assert last_event().ids["dataset"] == taken.data.hash
    with pytest.raises(Refused):
        reporting.take_report(by=SYSTEM, run=taken.run)
    with pytest.raises(NotHere):
        reporting.take_report(by=world.person(Role.ANALYST), run=taken.run)


def test_what_was_broken_off_is_taken_over(world: World) -> None:
    run = asked(world)
    assert reporting.waiting() == [run]
    reporting.take_report(by=SYSTEM, run=run)
    assert reporting.waiting() == []
    with clock.at(world.moment + reporting.BROKEN_OFF):
        assert reporting.waiting() == [run]
        again = reporting.take_report(by=SYSTEM, run=run).run
        reporting.keep_report(by=SYSTEM, run=again, lead="Meer uren.", summary="", files=FILES)
        assert reporting.waiting() == []
        for late in (
            lambda: reporting.keep_report(by=SYSTEM, run=again, lead="", summary="", files={}),
            lambda: reporting.fail_report(by=SYSTEM, run=again, problem=""),
            lambda: reporting.take_report(by=SYSTEM, run=again),
        ):
            with pytest.raises(Refused):
                late()


def test_a_report_that_is_made_can_be_read_and_not_changed(world: World) -> None:
    analyst = world.person(Role.ANALYST)
    assert sight.usual_seconds(world.study) is None
    run = made(world)
    study, line, names = sight.report(analyst, run.pk)
    assert (study, line.state, line.lead, names) == (world.study, "made", "Meer uren.", sorted(FILES))
    assert sight.files_of(analyst, run.pk) == FILES
    assert sight.file_of(analyst, run.pk, "report.html") == b"<p>"
    assert sight.usual_seconds(world.study) == 0
    assert [one.number for one in sight.reports_of(analyst, world.study).made] == [run.pk]
    for number, name in ((run.pk, "nothing.html"), (run.pk + 1, "report.html")):
        with pytest.raises(NotHere):
            sight.file_of(analyst, number, name)
    with pytest.raises(NotHere):
        sight.report(world.person(Role.COORDINATOR), run.pk)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        ReportFile.objects.filter(run=run).update(content=b"")


def test_a_report_that_fails_says_why(world: World) -> None:
    run = reporting.fail_report(by=SYSTEM, run=asked(world), problem="no rows")
    assert (run.state, run.problem, last_event().name) == ("failed", "no rows", "report.failed")
    assert sight.report(world.person(Role.ANALYST), run.pk)[1].problem == "no rows"


def test_a_summary_is_told_and_taken_back(alone: World) -> None:
    coordinator, analyst = alone.person(Role.COORDINATOR), alone.person(Role.ANALYST)
    participant = alone.account_of(alone.in_care())
    with entering(participant):
        assert sight.own_summary(participant) is None
        assert not sight.has_summary(participant)
    first, english, second = (
        made(alone),
        made(alone, "en", "<p>This came out.</p>"),
        made(alone, summary="<p>Later.</p>"),
    )
    with pytest.raises(NotHere):
        reporting.publish_summary(by=analyst, run=first)
    for run in (first, english, second):
        reporting.publish_summary(by=coordinator, run=run)
    assert last_event().name == "report.summary_published"
    with entering(participant):
        assert sight.own_summary(participant) == "<p>Later.</p>"
        assert sight.has_summary(participant)
        participant.language = "en"
        assert sight.own_summary(participant) == "<p>This came out.</p>"
        participant.language = "fr"
        assert sight.own_summary(participant) is not None
    with entering(coordinator):
        shown = {one.number: one.shown_since for one in sight.tellable(coordinator)}
        assert {english.pk, second.pk} == {*shown}
        assert None not in shown.values()
        assert sight.summary(coordinator, second.pk) == "<p>Later.</p>"
    reporting.withdraw_summary(by=coordinator, run=second)
    assert last_event().name == "report.summary_withdrawn"
    with pytest.raises(Refused):
        reporting.withdraw_summary(by=coordinator, run=second)
    with pytest.raises(Refused):
        reporting.withdraw_summary(by=coordinator, run=made(alone))


def test_nothing_is_told_of_shuffled_arms(world: World) -> None:
    coordinator, run = world.person(Role.COORDINATOR), made(world)
    with pytest.raises(Refused):
        reporting.publish_summary(by=coordinator, run=run)
    with entering(coordinator):
        assert sight.tellable(coordinator) == []
        with pytest.raises(NotHere):
            sight.summary(coordinator, run.pk)
    with pytest.raises(NotHere):
        reporting.run_of(world.person(Role.ANALYST), run.pk, Permission.PUBLISH_SUMMARY)
