"""The economic plan of STEPS on invented people: what is told, what is refused, and the same twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opstap.domain.protocol import load
from opstap.domain.protocol.model import Analysis, Outcome
from opstap.economics.evaluation import evaluate
from opstap.economics.model import Model
from opstap.reports.blocks import Answer, Figure, Note, Table
from opstap.reports.context import Context
from opstap.reports.cost_effectiveness import answer
from opstap.reports.costs_made import Runner
from opstap.reports.values import Unanswerable
from opstap.reports.words import words
from opstap.stats.dataset import Dataset
from tests.reports.made_costs import trial

STEPS = load("steps")
PLAN = STEPS.study.economics
#: The plan with fewer draws, so that a test takes a second.
SMALL = PLAN.changed({"imputation": {"count": 2}, "bootstraps": 200, "perspectives": ["society", "employer"]})


@pytest.fixture(scope="module")
def data() -> Dataset:
    return trial(80)


def context(data: Dataset, plan=SMALL, language: str = "en", seed: int = 7) -> Context:
    study = STEPS.study.model_copy(update={"economics": plan})
    return Context(STEPS.model_copy(update={"study": study}), data, words(language), seed)


def analysis() -> tuple[Analysis, Outcome]:
    one = next(each for each in STEPS.study.analyses if each.method == "cost_effectiveness")
    return one, STEPS.study.outcome(one.outcome)


@pytest.fixture(scope="module")
def told(data: Dataset) -> Answer:
    return answer(context(data), *analysis())


def tables(found: Answer) -> dict[str, Table]:
    return {block.name: block for block in found.blocks if isinstance(block, Table)}


def test_every_perspective_with_every_effect(told: Answer) -> None:
    cases = [(one["perspective"], one["effect"]) for one in told.results["cases"]]
    assert cases == [(who, one.id) for who in ("society", "employer") for one in PLAN.effects]
    shown = tables(told)["cost_effectiveness-differences"]
    assert len([row for row in shown.body if row[0].startswith("\t")]) == len(cases)
    assert shown.data["cost"].tolist() == [one["incremental_cost"]["estimate"] for one in told.results["cases"]]
    chances = tables(told)["cost_effectiveness-thresholds"].data
    assert chances["probability"].between(0, 1).all()
    assert (chances["evpi"] >= 0).all()


def test_complete_cases_are_the_totals_evaluated_by_hand(data: Dataset) -> None:
    plan = SMALL.changed({"imputation": {"count": 0}, "ci": "bca", "covariates": []})
    runner = Runner(context(data, plan), plan)
    made = runner.totals(plan, "society")
    found = runner.case(made, plan, "society", PLAN.effects[0]).found
    table = made.frame[["arm", "cost_society", "effect_qaly", "baseline_cost_society", "baseline_qaly"]]
    ours = evaluate(
        table,
        Model("arm", "cost_society", "effect_qaly", ("baseline_cost_society",), ("baseline_qaly",), "steps"),
        bootstraps=200, stratify=True, seed=1,
    )  # fmt: skip
    assert found.cost.estimate == pytest.approx(ours.cost.estimate)
    assert found.effect.estimate == pytest.approx(ours.effect.estimate)
    assert found.left_out == ours.left_out > 0


def test_fewer_days_without_work_are_more_effect(data: Dataset) -> None:
    plan = SMALL.changed({"imputation": {"count": 0}, "ci": "bca", "covariates": []})
    runner = Runner(context(data, plan), plan)
    made = runner.totals(plan, "society")
    days = next(one for one in PLAN.effects if one.id == "days_without_work")
    table = runner.completed(made, plan, "society", days)[0]
    assert (table["effect"].dropna() <= 0).all()
    assert table["effect"].tolist() == pytest.approx((-made.frame["effect_days_without_work"]).tolist(), nan_ok=True)


def test_nested_sums_are_those_of_the_totals(data: Dataset) -> None:
    """With nothing missing, a sample is the plain bootstrap: both orders then agree."""
    whole = trial(80, missing=0.0)
    plan = SMALL.changed({"bootstraps": 400, "imputation": {"order": "imputation_within_bootstrap", "count": 2}})
    runner = Runner(context(whole, plan), plan)
    made = runner.totals(plan, "society")
    inside = runner.case(made, plan, "society", PLAN.effects[0]).found
    bare = plan.changed({"imputation": {"count": 0}})
    plain = runner.case(made, bare, "society", PLAN.effects[0]).found
    assert inside.cost.estimate == pytest.approx(plain.cost.estimate, abs=0.3 * plain.cost.se)
    assert inside.effect.estimate == pytest.approx(plain.effect.estimate, abs=0.3 * plain.effect.se)
    assert inside.effect.se == pytest.approx(plain.effect.se, rel=0.2)


def test_the_same_seed_tells_the_same_and_another_does_not(data: Dataset, told: Answer) -> None:
    again = answer(context(data), *analysis())
    assert again.results == told.results
    assert [block.wide for block in again.blocks if isinstance(block, Figure)] == [
        block.wide for block in told.blocks if isinstance(block, Figure)
    ]
    short = SMALL.changed({"perspectives": ["society"]}).model_copy(
        update={"scenarios": [], "subgroups": [], "one_way": []}
    )
    other = answer(context(data, short, seed=8), *analysis())
    assert other.results["cases"][0]["incremental_cost"] != told.results["cases"][0]["incremental_cost"]


def test_what_was_declared_is_varied(told: Answer) -> None:
    kinds = [(one["kind"], one["id"]) for one in told.results["variations"]]
    assert [name for kind, name in kinds if kind == "scenario"] == [one.id for one in PLAN.scenarios]
    assert {name.partition(":")[0] for kind, name in kinds if kind == "subgroup"} == {one.id for one in PLAN.subgroups}
    swings = {one["id"]: one for one in told.results["one_way"]}
    assert list(swings) == [one.id for one in PLAN.one_way]
    # A dearer hour of the programme can only cost more, and changes no effect.
    hour = swings["hour_of_therapist"]
    assert hour["at_high"]["cost"] > hour["at_low"]["cost"]
    assert hour["at_high"]["effect"] == pytest.approx(hour["at_low"]["effect"], abs=0.01)


def test_figures_have_findings_and_a_table(told: Answer) -> None:
    figures = [block for block in told.blocks if isinstance(block, Figure)]
    assert [one.name.partition("-")[2] for one in figures] == ["plane", "acceptability", "one-way"]
    known = tables(told)
    for one in figures:
        assert one.of in known
        assert one.finding
        assert one.wide.startswith("<svg")
        assert "nan" not in one.wide + one.narrow


def test_in_dutch(data: Dataset) -> None:
    plan = SMALL.model_copy(update={"scenarios": [], "one_way": []})
    found = answer(context(data, plan, "nl"), *analysis())
    assert found.finding.startswith("Vanuit het perspectief")
    assert tables(found)["cost_effectiveness-differences"].title == "Verschil in kosten en effect, per perspectief"


def test_a_perspective_without_prices_is_refused_and_the_others_stand(data: Dataset) -> None:
    known = [one.model_dump() for one in PLAN.own_prices if one.item != "occupational_physician"]
    bare = PLAN.changed({"imputation": {"count": 2}, "bootstraps": 200, "own_prices": known}).model_copy(
        update={"scenarios": [], "subgroups": [], "one_way": []}
    )
    found = answer(context(data, bare), *analysis())
    assert set(found.results["refused"]) == {"society", "employer"}
    assert {one["perspective"] for one in found.results["cases"]} == {"health_care"}
    notes = [block.text for block in found.blocks if isinstance(block, Note)]
    assert sum("is not computed" in text and "occupational_physician" in text for text in notes) == 2


def test_without_any_price_there_is_no_number(data: Dataset) -> None:
    plan = PLAN.changed({"own_prices": [], "perspectives": ["society", "employer"]})
    found = answer(context(data, plan), *analysis())
    assert (found.finding, found.results["cases"], len(found.results["refused"])) == ("", [], 2)


def test_without_a_plan_or_a_second_arm_nothing_is_told(data: Dataset) -> None:
    with pytest.raises(Unanswerable, match="no economic plan"):
        answer(context(data, None), *analysis())
    everyone = data["participants"].assign(arm="steps")
    alone = replace(data, tables={**data.tables, "participants": everyone})
    with pytest.raises(ValueError, match="arm"):
        answer(context(alone), *analysis())


def test_nobody_known_is_said(data: Dataset) -> None:
    none = replace(data, tables={**data.tables, "scores": data["scores"].iloc[:0]})
    plan = SMALL.changed({"perspectives": ["society"]})
    with pytest.raises(ValueError):
        answer(context(none, plan), *analysis())


def test_deaths_count_each_in_their_own_weight() -> None:
    from opstap.economics.nested import nested

    random = np.random.default_rng(1)
    frame = pd.DataFrame({"arm": [0] * 30 + [1] * 30, "a": random.normal(0.7, 0.1, 60), "c": random.gamma(2, 100, 60)})
    weight = pd.Series(np.where(np.arange(60) % 7 == 0, 0.25, 1.0), index=frame.index)
    found = nested(frame, Model("arm", "c", "gain"), bootstraps=2000, passive={"gain": {"a": weight}}, seed=1, cores=1)
    plain = evaluate(frame.assign(gain=weight * frame["a"]), Model("arm", "c", "gain"), bootstraps=200, seed=1)
    assert found.effect.estimate == pytest.approx(plain.effect.estimate, abs=0.1 * plain.effect.se)
