"""The lot as a protocol plans it: strata from site and screening, lists, and every fault of a list made elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from opstap.domain.allocation import Minimiser, Row
from opstap.domain.allocation.plan import (
    Fault,
    factors_of,
    faults,
    first_difference,
    list_from,
    minimiser_of,
    placed,
    planned,
    strata_of,
    stratum_of,
)
from opstap.domain.protocol import Protocol, load

SEED = bytes(range(32))
STEPS = load("steps")
FACTORS = {"factors": {"site": 1, "curative_intent": 2}, "probability": 0.8}


def lot(**changes: Any) -> Protocol:
    plan = planned(STEPS).model_dump() | changes
    content = STEPS.model_dump(by_alias=True)
    return Protocol.model_validate({**content, "study": {**content["study"], "allocation": plan}})


def test_strata_are_every_combination_of_levels() -> None:
    assert strata_of(STEPS) == ["amsterdam", "groningen", "utrecht"]
    assert strata_of(lot(strata=[])) == ["all"]
    two = lot(strata=["site", "curative_intent"])
    assert strata_of(two)[:2] == ["amsterdam/yes", "amsterdam/no"]
    assert len(strata_of(two)) == 6
    assert len(strata_of(lot(strata=["site", "work_status"]))) == 15


def test_someone_is_served_from_the_list_of_their_levels() -> None:
    two = lot(strata=["site", "curative_intent", "work_status"])
    levels = placed(two, "utrecht", {"curative_intent": False, "work_status": "at_work"})
    assert levels == {"site": "utrecht", "curative_intent": "no", "work_status": "at_work"}
    assert stratum_of(two, levels) == "utrecht/no/at_work"
    assert stratum_of(lot(strata=[]), {}) == "all"
    assert placed(two, "utrecht", {"work_status": "?"})["work_status"] is None
    assert placed(two, "leiden", {}) == dict.fromkeys(["site", "curative_intent", "work_status"])


def test_the_list_is_that_of_the_method() -> None:
    assert {row.stratum for row in list_from(STEPS, SEED)} == set(strata_of(STEPS))
    plain = list_from(lot(method="simple", block_sizes=[], strata=[], length_per_stratum=7), SEED)
    assert [(row.stratum, row.number) for row in plain] == [("all", number) for number in range(1, 8)]
    assert {row.arm for row in plain} <= {"steps", "usual_care"}
    minimised = lot(method="minimisation", block_sizes=[], strata=[], minimisation=FACTORS, length_per_stratum=5)
    assert factors_of(minimised) == ["curative_intent", "site"]
    assert strata_of(minimised) == ["all"]
    assert stratum_of(minimised, {"site": "utrecht", "curative_intent": "yes"}) == "all"
    assert len({row.arm for row in list_from(minimised, SEED)}) == 5
    made = minimiser_of(minimised)
    assert isinstance(made, Minimiser)
    made.add({"site": "utrecht", "curative_intent": "yes"}, "steps")
    assert made.imbalances({"site": "utrecht", "curative_intent": "yes"}) == [6, 0]


def test_a_study_of_one_arm_has_no_lot() -> None:
    with pytest.raises(ValueError, match="one arm"):
        planned(load("rentree"))


def test_the_first_difference_of_two_lists() -> None:
    rows = [Row("all", 1, "steps"), Row("all", 2, "usual_care")]
    assert first_difference(rows, list(rows)) is None
    assert first_difference([rows[0], rows[0]], rows) == (2, rows[0], rows[1])
    assert first_difference(rows[:1], rows) == (2, None, rows[1])
    assert first_difference(rows, rows[:1]) == (2, rows[1], None)


GOOD = [
    (2, "amsterdam", "1", "steps"),
    (3, "amsterdam", "2", "usual_care"),
    (4, "groningen", "1", "steps"),
    (5, "utrecht", "1", "usual_care"),
]


@pytest.mark.parametrize(
    ("at", "row", "fault"),
    [
        (1, (3, "amsterdam", "2", ""), Fault(3, "no arm for amsterdam 2; write one of steps, usual_care")),
        (1, (3, "amsterdam", "2", "placebo"), Fault(3, "there is no arm placebo; write one of steps, usual_care")),
        (1, (3, "amsterdam", "1", "steps"), Fault(3, "amsterdam 1 stands twice, first on line 2; take one out")),
        (1, (3, "amsterdam", "3", "steps"), Fault(3, "amsterdam goes from 1 to 3; 2 comes next, without a gap")),
        (0, (2, "amsterdam", "2", "steps"), Fault(2, "amsterdam goes from 0 to 2; 1 comes next, without a gap")),
        (
            1,
            (3, "leiden", "2", "steps"),
            Fault(3, "there is no stratum leiden; the protocol has amsterdam, groningen, utrecht"),
        ),
        (
            1,
            (3, "", "2", "steps"),
            Fault(3, "there is no stratum (empty); the protocol has amsterdam, groningen, utrecht"),
        ),
        (1, (3, "amsterdam", "0", "steps"), Fault(3, "0 is no number of a line; count from 1 within each stratum")),
        (1, (3, "amsterdam", "b", "steps"), Fault(3, "b is no number of a line; count from 1 within each stratum")),
        (
            1,
            (3, "amsterdam", "", "steps"),
            Fault(3, "(empty) is no number of a line; count from 1 within each stratum"),
        ),
    ],
)
def test_each_fault_of_a_list_made_elsewhere_is_named_with_its_line(at, row, fault) -> None:
    assert list(faults(GOOD, STEPS)) == []
    assert fault in list(faults([*GOOD[:at], row, *GOOD[at + 1 :]], STEPS))


def test_a_stratum_without_a_list_is_a_fault() -> None:
    assert list(faults(GOOD[:3], STEPS)) == [Fault(1, "stratum utrecht has no lines; each stratum needs a list")]
