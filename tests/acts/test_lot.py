"""The lot: by every method, never for who may not have it, corrected beside and not over, and checked from its seed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from opstap.acts import clock, consents, lot, studies
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.domain.allocation import Minimiser, Row, SeedError, draws
from opstap.domain.allocation.plan import commitment, list_from
from opstap.domain.journey import NotNow
from opstap.domain.protocol import Protocol, load
from opstap.store.models import AllocationRow, AuditEvent, Participant, Screening, StratumCorrection
from tests.world import SEED, World


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


MINIMISED: dict[str, Any] = {
    "method": "minimisation", "block_sizes": [], "strata": [],
    "minimisation": {"factors": {"site": 1, "work_status": 1}, "probability": 0.8}, "length_per_stratum": 20,
}  # fmt: skip


def protocol(**changes: Any) -> Protocol:
    content = load("steps").model_dump(by_alias=True)
    plan = {**content["study"]["allocation"], **changes}
    return Protocol.model_validate({**content, "study": {**content["study"], "allocation": plan}})


def world(rows: list[Row] | None = None, **changes: Any) -> World:
    """A world whose lot is drawn in another way."""
    made = World("steps")
    made.__dict__["study"] = studies.open_study(
        by=SYSTEM, slug="steps", protocol=protocol(**changes), seed=SEED, rows=rows
    )
    return made


def draw(at: World, participant: Participant) -> AllocationRow:
    with clock.at(at.moment):
        return lot.allocate(by=at.person(Role.COORDINATOR), participant=participant)


def baseline(at: World, **answers: Any) -> Participant:
    participant = at.baseline()
    screening = Screening.objects.get(participant=participant)
    screening.answers.update(answers)
    screening.save()
    return participant


def used() -> int:
    return AllocationRow.objects.exclude(participation=None).count()


def refused(at: World, participant: Participant, kind: type[Exception], words: str | None = None) -> None:
    """It says so, and nothing at all has changed."""
    before, events = used(), AuditEvent.objects.count()
    state = participant.participation.state if hasattr(participant, "participation") else None
    with pytest.raises(kind, match=words):
        draw(at, participant)
    assert (used(), AuditEvent.objects.count()) == (before, events)
    if state:
        assert at.fresh(participant).participation.state == state


def test_nobody_gets_a_lot_who_may_not_have_one(steps: World) -> None:
    refused(steps, steps.screened(), Refused, "after consent")
    refused(steps, steps.consented(), NotNow)
    gone = steps.baseline()
    consents.withdraw(by=steps.account_of(gone), participant=gone)
    refused(steps, steps.fresh(gone), NotNow)
    drawn = steps.allocated()
    refused(steps, drawn, NotNow)
    wrong = steps.baseline()
    Screening.objects.filter(participant=wrong).update(eligible=False)
    refused(steps, wrong, Refused, "did not find this person eligible")
    Screening.objects.filter(participant=wrong).delete()
    refused(steps, wrong, Refused, "did not find this person eligible")


def test_a_study_of_one_arm_has_no_lot(rentree: World) -> None:
    with pytest.raises(Refused, match="one arm"):
        lot.allocate(by=rentree.person(Role.COORDINATOR), participant=rentree.enrolled())
    with pytest.raises(Refused, match="one arm"):
        lot.check_list(by=SYSTEM, study=rentree.study, seed=SEED)
    with pytest.raises(Refused, match="in no study with a lot"):
        lot.correct_stratum(
            by=rentree.person(Role.COORDINATOR), participant=rentree.baseline(), factor="site", level="x", reason="x"
        )


def test_a_stratum_without_a_list_and_a_list_that_is_used_up_say_so() -> None:
    at = world(method="simple", block_sizes=[], length_per_stratum=1)
    first, second = at.baseline(), at.baseline()
    draw(at, first)
    refused(at, second, Refused, "used up")
    AllocationRow.objects.filter(stratum="groningen").delete()
    second.site.code = "groningen"
    refused(at, second, Refused, "no list for stratum groningen")


def test_strata_come_from_site_and_screening() -> None:
    at = world(strata=["site", "work_status"], length_per_stratum=4)
    row = draw(at, baseline(at, work_status="sick_leave"))
    assert (row.stratum, row.number) == ("amsterdam/sick_leave", 1)
    assert row.levels == {"site": "amsterdam", "work_status": "sick_leave"}
    expected = {(one.stratum, one.number): one.arm for one in list_from(protocol(strata=["site", "work_status"]), SEED)}
    assert row.arm == expected[row.stratum, row.number]


def test_a_minimisation_follows_its_draws_and_everyone_who_came_before() -> None:
    at = world(**MINIMISED)
    assert set(AllocationRow.objects.values_list("arm", flat=True)) == {""}
    kept = Minimiser(ratio={"steps": 1, "usual_care": 1}, weights={"site": 1.0, "work_status": 1.0}, probability=0.8)
    for row, status in zip(draws(seed=SEED, length=4), ["at_work", "sick_leave", "at_work", "at_work"], strict=True):
        found = draw(at, baseline(at, work_status=status))
        levels = {"site": "amsterdam", "work_status": status}
        arm = kept.choose(levels, int(row.arm, 16))
        kept.add(levels, arm)
        assert (found.number, found.draw, found.arm, found.levels) == (row.number, row.arm, arm, levels)
    assert lot.check_list(by=SYSTEM, study=at.study, seed=SEED).valid
    # The database refuses another draw, and another arm once there is one.
    free = AllocationRow.objects.filter(participation=None)[0]
    for change in ({"draw": "0" * 16}, {"number": 99}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AllocationRow.objects.filter(pk=free.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AllocationRow.objects.filter(pk=found.pk).update(arm="steps")


def test_what_the_lot_looks_at_must_be_known_and_can_be_written_down_first() -> None:
    at = world(**MINIMISED)
    participant = baseline(at, work_status=None)
    refused(at, participant, Refused, "“work_status”, which is not known")
    lot.correct_stratum(
        by=at.person(Role.COORDINATOR), participant=participant, factor="work_status", level="at_work", reason="Gebeld."
    )
    assert draw(at, participant).levels == {"site": "amsterdam", "work_status": "at_work"}


def test_a_stratum_is_corrected_beside_the_lot_which_stays() -> None:
    at = world(strata=["site", "work_status"], length_per_stratum=4)
    participant = baseline(at, work_status="at_work")
    row = draw(at, participant)
    coordinator = at.person(Role.COORDINATOR)

    def correct(**said: Any) -> StratumCorrection:
        asked = {"factor": "work_status", "level": "sick_leave", "reason": "Was al ziek gemeld.", **said}
        return lot.correct_stratum(by=coordinator, participant=participant, **asked)

    for wrong, field in (
        ({"factor": "treatments"}, "factor"), ({"level": "moon"}, "level"), ({"level": "at_work"}, "level"),
        ({"reason": " "}, "reason"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            correct(**wrong)
        assert refusal.value.field == field
    made = correct()
    assert (made.before, made.after) == ("at_work", "sick_leave")
    kept = AllocationRow.objects.get(participation__participant=participant)
    assert (kept.pk, kept.arm, kept.levels) == (row.pk, row.arm, {"site": "amsterdam", "work_status": "at_work"})
    assert used() == 1
    with pytest.raises(NotNow):
        draw(at, participant)
    with pytest.raises(Refused):
        correct()
    assert correct(level="at_work", reason="Toch niet.").before == "sick_leave"
    with pytest.raises(DatabaseError), transaction.atomic():
        StratumCorrection.objects.update(after="at_work")
    with pytest.raises(NotHere):
        lot.correct_stratum(
            by=at.person(Role.ANALYST), participant=participant, factor="work_status", level="at_work", reason="x"
        )
    with pytest.raises(Refused, match="in no study"):
        lot.correct_stratum(
            by=coordinator, participant=at.enrolled(), factor="work_status", level="at_work", reason="x"
        )


def test_the_list_is_checked_from_its_seed_while_the_trial_runs(steps: World) -> None:
    for _number in range(3):
        steps.allocated()
    found = lot.check_list(by=SYSTEM, study=steps.study, seed=SEED)
    assert (found.valid, found.used, found.first_difference) == (True, 3, None)
    assert found.rows == AllocationRow.objects.count()
    other = lot.check_list(by=SYSTEM, study=steps.study, seed=SEED[::-1])
    assert not other.valid
    assert other.first_difference is not None
    assert other.first_difference.startswith("line ")
    with pytest.raises(SeedError):
        lot.check_list(by=SYSTEM, study=steps.study, seed=b"short")
    with pytest.raises(NotHere):
        lot.check_list(by=steps.person(Role.COORDINATOR), study=steps.study, seed=SEED)


def test_a_line_used_out_of_turn_and_a_minimised_arm_that_does_not_follow_are_found(steps: World) -> None:
    participant = steps.baseline()
    row = AllocationRow.objects.filter(stratum="amsterdam").order_by("number")[1]
    row.participation, row.allocated_at = participant.participation, steps.moment
    row.save()
    assert lot.check_list(by=SYSTEM, study=steps.study, seed=SEED).first_difference == (
        "amsterdam 2: used before the line above it"
    )
    at = World("steps", made=50)
    at.__dict__["study"] = studies.open_study(by=SYSTEM, slug="two", protocol=protocol(**MINIMISED), seed=SEED)
    at.staff = {}
    row = AllocationRow.objects.filter(study=at.study).order_by("number")[0]
    levels = {"site": "amsterdam", "work_status": "at_work"}
    expected = Minimiser(
        ratio={"steps": 1, "usual_care": 1}, weights={"site": 1.0, "work_status": 1.0}, probability=0.8
    ).choose(levels, int(row.draw, 16))
    row.arm = "usual_care" if expected == "steps" else "steps"
    row.participation, row.allocated_at, row.levels = elsewhere(steps), steps.moment, levels
    row.save()
    assert lot.check_list(by=SYSTEM, study=at.study, seed=SEED).first_difference == (
        "all 1: the draw and those before give another arm"
    )


def elsewhere(steps: World) -> Any:
    """A study record that has no lot yet; that it lies in another study does not matter to a list."""
    return steps.baseline().participation


def test_a_statisticians_list_is_used_as_it_is_and_its_hash_is_keyed() -> None:
    rows = [
        Row(site, number, arm)
        for site in ("amsterdam", "groningen", "utrecht")
        for number, arm in enumerate(("usual_care", "usual_care", "steps"), start=1)
    ]
    at = world(rows)
    assert at.study.list_imported
    assert at.study.list_hash == commitment(rows, SEED)
    assert [draw(at, at.baseline()).arm for _number in range(3)] == ["usual_care", "usual_care", "steps"]
    assert lot.check_list(by=SYSTEM, study=at.study, seed=SEED).valid
    assert not lot.check_list(by=SYSTEM, study=at.study, seed=SEED[::-1]).hash_fits


def test_a_statisticians_list_with_a_fault_opens_no_study() -> None:
    def opened(slug: str, protocol: Protocol, rows: list[Row], seed: bytes = SEED) -> None:
        studies.open_study(by=SYSTEM, slug=slug, protocol=protocol, seed=seed, rows=rows)

    rows = [Row(site, 1, "steps") for site in ("amsterdam", "groningen", "utrecht")]
    with pytest.raises(Refused, match="Line 3: there is no arm placebo"):
        opened("steps", protocol(), [rows[0], Row("groningen", 1, "placebo"), rows[2]])
    with pytest.raises(SeedError):
        opened("steps", protocol(), rows, b"short")
    with pytest.raises(Refused, match="made from the seed"):
        opened("steps", protocol(**MINIMISED), rows)
    with pytest.raises(Refused, match="one arm"):
        opened("rentree", load("rentree"), rows)
    assert not AllocationRow.objects.exists()
