"""The economic plan is data: what it names must exist, and a choice that cannot be is told with its place."""

import json
import shutil
from pathlib import Path

import pytest

from opstap.domain.costing import CATEGORIES, ITEMS
from opstap.domain.protocol import Protocol, ProtocolError, load, read
from opstap.domain.protocol.check import cross_check
from opstap.domain.protocol.economics import FIXED, Economics

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "walking-back"
STEPS = load("steps")
PLAN = STEPS.study.economics


def faults(programme: str = "steps", drop: str = "", **economics) -> list[tuple[tuple, str]]:
    raw = load(programme).model_dump(mode="json", by_alias=True)
    raw["study"]["economics"] |= economics
    raw["study"]["economics"].pop(drop, None)
    return list(cross_check(Protocol.model_validate(raw)))


def effect(**more) -> dict:
    return {"id": "qaly", "outcome": "health_value", "measure": "qaly", "wtp": [20000], **more}


@pytest.mark.parametrize("programme", ["steps", "rentree"])
def test_what_comes_with_the_programmes_is_sound(programme: str) -> None:
    assert faults(programme) == []


def test_every_item_has_a_category_that_is_counted() -> None:
    assert {one.category for one in ITEMS.values()} <= set(CATEGORIES)


OUTSIDE = {"item": "gp", "unit": "contact", "price": 30, "year": 2024, "source": "books", "certainty": "S"}


@pytest.mark.parametrize(
    ("economics", "place", "says"),
    [
        ({"effects": [effect(outcome="partner_working_hours")]}, ("effects", 0, "outcome"), "of participants"),
        ({"effects": [effect(outcome="working_hours")]}, ("effects", 0, "outcome"), "no value of health"),
        ({"effects": [effect(measure="days_without")]}, ("effects", 0, "outcome"), "no time to return"),
        (
            {"effects": [effect(outcome="hours_of_contract", measure="value", wave="t0")]},
            ("effects", 0, "wave"),
            "t6, t12",
        ),
        ({"effects": [effect(), effect()]}, ("effects", 1, "id"), "stands twice"),
        ({"own_prices": [{**OUTSIDE, "site": "moon"}]}, ("own_prices", 0, "site"), "no site moon"),
        ({"own_prices": [OUTSIDE, OUTSIDE]}, ("own_prices", 1, "item"), "gp has a price already"),
        ({"intervention": {"coach": "programme_coach"}}, ("intervention",), "sessions of therapist"),
        ({"covariates": ["item.background.shoes"]}, ("covariates", 0), "no item shoes"),
        ({"subgroups": [{"id": "x", "variable": "score.luck"}]}, ("subgroups", 0, "variable"), "no score luck"),
        ({"scenarios": [{"id": "x", "changes": {"one_way": []}}]}, ("scenarios", 0, "changes"), "leaves one_way alone"),
        ({"scenarios": [{"id": "x", "changes": {"ci": "maybe"}}]}, ("scenarios", 0, "changes"), "ci: Input should be"),
        (
            {"scenarios": [{"id": "x", "changes": {"effects": [effect(outcome="luck")]}}]},
            ("scenarios", 0, "changes"),
            "effects.0.outcome: no outcome luck",
        ),
        (
            {"one_way": [{"id": "x", "about": "productivity.elasticity", "low": 0.5, "high": 1.5}]},
            ("one_way", 0, "high"),
            "productivity.elasticity: Input should be less",
        ),
    ],
)  # fmt: skip
def test_each_fault_of_the_plan_has_its_place(economics: dict, place: tuple, says: str) -> None:
    [(where, words)] = [fault for fault in faults(**economics) if "assumptions" not in fault[0]]
    assert (where, says in words) == (("study", "economics", *place), True), words


def test_a_profession_that_does_not_work_there_has_no_sessions_to_price() -> None:
    both = {"coach": "programme_coach", "therapist": "programme_therapist"}
    [(place, words)] = faults("rentree", intervention=both)
    assert (place[-1], "no therapist works" in words) == ("therapist", True)


def test_one_arm_has_nothing_to_set_costs_against() -> None:
    [(place, words)] = faults("rentree", effects=[effect(outcome="working_hours", measure="value", wave="t2")])
    assert (place[-1], "single-arm" in words) == ("effects", True)


def test_an_analysis_of_costs_needs_its_plan() -> None:
    raw = STEPS.model_dump(mode="json", by_alias=True)
    raw["study"]["economics"] = None
    raw["assumptions"] = []
    [(place, words)] = cross_check(Protocol.model_validate(raw))
    assert (place[:2], "study.economics" in words) == (("study", "analyses"), True)
    [(place, _words)] = faults(effects=[])
    assert place[:2] == ("study", "analyses")


SMALL = {"perspectives": ["society"], "prices": "nl-2024", "price_year": 2024}


@pytest.mark.parametrize(
    ("more", "place", "says"),
    [
        ({"perspectives": ["moon"]}, "perspectives.0", "'society'"),
        ({"perspectives": []}, "perspectives", "at least 1"),
        ({"own_prices": [{**OUTSIDE, "price": -1}]}, "own_prices.0.price", "greater than or equal to 0"),
        ({"own_prices": [{**OUTSIDE, "currency": "USD"}]}, "own_prices.0.currency", "'EUR'"),
        ({"own_prices": [{**OUTSIDE, "item": "barber"}]}, "own_prices.0.item", "no item barber"),
        ({"own_prices": [{**OUTSIDE, "unit": "hour"}]}, "own_prices.0.unit", "per contact, not per hour"),
        ({"intervention": {"coach": "barber"}}, "intervention.coach", "no item barber"),
        ({"workplace_visit": "barber"}, "workplace_visit", "no item barber"),
        ({"productivity": {"method": "friction_cost"}}, "productivity.method", "give `friction_year`"),
        ({"effects": [effect(measure="value")]}, "effects.0.wave", "name a wave for the measure `value`"),
        ({"effects": [effect(wave="t6")]}, "effects.0.wave", "for no other"),
        ({"effects": [effect(wtp=[5, 1])]}, "effects.0.wtp", "in rising order"),
        ({"one_way": [{"id": "x", "about": "prices.x", "low": 1, "high": 2}]}, "one_way.0.about", "nothing to vary"),
        ({"one_way": [{"id": "x", "about": "prices.gp", "low": 2, "high": 2}]}, "one_way.0.high", "no range"),
        ({"ci": "bca", "imputation": {"count": 5}}, "ci", "complete cases"),
        ({"ci": "rubin"}, "ci", "come before the bootstrap"),
        ({"ci": "rubin", "imputation": {"count": 5, "order": "imputation_within_bootstrap"}}, "ci", "before"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_told_with_file_and_line(tmp_path: Path, more: dict, place: str, says: str) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "programme")
    before, after = (folder / "protocol.yaml").read_text(encoding="utf-8").split("  design: single_arm\n")
    written = f"{before}  design: single_arm\n  economics: {json.dumps({**SMALL, **more})}\n{after}"
    (folder / "protocol.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        read(folder / "protocol.yaml")
    [problem] = [one for one in caught.value.problems if one.path == f"study.economics.{place}"]
    line = before.count("\n") + 2
    assert (problem.file, problem.line, says in problem.message) == ("protocol.yaml", line, True), problem


def test_a_scenario_changes_what_it_names_and_nothing_else() -> None:
    found = {one.id: PLAN.scenario(one) for one in PLAN.scenarios}
    assert found["human_capital"].productivity.method == "human_capital"
    assert found["human_capital"].productivity.friction_year == PLAN.productivity.friction_year
    assert found["human_capital"].model_dump(exclude={"productivity"}) == PLAN.model_dump(exclude={"productivity"})
    assert (found["complete_cases"].imputation.count, found["complete_cases"].ci) == (0, "bca")


def test_a_part_that_is_not_there_can_come_with_a_scenario() -> None:
    plain = Economics.model_validate(SMALL)
    assert plain.changed({"productivity": {"method": "human_capital"}}).productivity.elasticity == 1


def test_one_way_analyses_give_a_plan_or_a_price() -> None:
    by_name = {one.id: one for one in PLAN.one_way}
    plan, over = PLAN.varied(by_name["elasticity"], 0.8)
    assert (plan.productivity.elasticity, over) == (0.8, [])
    plan, [price] = PLAN.varied(by_name["hour_of_work"], 32)
    assert plan is PLAN
    assert (price.item, price.unit, price.price, price.year, price.certainty) == ("paid_work", "hour", 32, 2024, "M")


def test_the_words_of_the_plan_are_asked_for() -> None:
    keys = list(PLAN.text_keys())
    assert len(keys) == sum(len(getattr(PLAN, kind)) for kind in ("effects", *FIXED))
    assert set(keys) <= set(STEPS.needed_texts())
    assert STEPS.text("economics.effects.qaly", "en").endswith("(QALY)")


def test_every_value_that_no_source_settles_carries_a_mark() -> None:
    for part in ("perspectives", "own_prices", "productivity", "effects", "imputation", "price_year"):
        assert STEPS.assumption_on(f"study.economics.{part}") is not None
    assert all(price.certainty == "M" and "invented" in price.source for price in PLAN.own_prices)
