"""Both equations against R's systemfit, sample by sample, and what happens where a sample cannot tell."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.economics.model import Model, code, complete
from opstap.economics.resampling import counts, leave_one_out, replicate
from opstap.economics.sur import fit
from opstap.stats.design import StatsError

REFERENCE = Path(__file__).parents[1] / "reference" / "economics"
TUTORIAL = Path(__file__).parents[3] / "shared" / "reference" / "ben2023"
MODELS = {
    "both": Model("arm", "cost", "qaly", ("base_cost", "age", "site"), ("base_utility", "age"), "steps"),
    "shared": Model("arm", "cost", "qaly", ("age",), ("age",), "steps"),
    "one": Model("arm", "cost", "qaly", ("base_cost",), (), "steps"),
    "none": Model("arm", "cost", "qaly", intervention="steps"),
}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data.csv")


def in_order(data: pd.DataFrame) -> pd.DataFrame:
    """As a design has them: the reference first."""
    return pd.concat([data[data["arm"] == "usual"], data[data["arm"] == "steps"]])


@pytest.mark.parametrize("name", MODELS)
def test_the_coefficients_of_the_arm_are_those_of_systemfit(data: pd.DataFrame, name: str) -> None:
    expected = pd.read_csv(REFERENCE / "expected_sur.csv").set_index("model").loc[name]
    found = code(data, MODELS[name]).build(data).estimate()
    assert found == pytest.approx([expected["cost"], expected["effect"]], rel=1e-9)


def test_without_each_person_in_turn_as_systemfit(data: pd.DataFrame) -> None:
    expected = pd.read_csv(REFERENCE / "expected_without.csv").set_index("person")
    expected = expected.loc[in_order(data)["person"]]
    found = leave_one_out(code(data, MODELS["both"]).build(data))
    assert found[0] == pytest.approx(expected["cost"].to_numpy(), rel=1e-9)
    assert found[1] == pytest.approx(expected["effect"].to_numpy(), rel=1e-8)


if TUTORIAL.exists():

    def test_the_tutorial_gives_its_known_answers() -> None:
        long = pd.read_csv(TUTORIAL / "imputed_m5_seed1234_mice3.15.csv")
        model = Model("Tr", "Tcosts", "QALY", ("C", "age", "sex"), ("E", "age", "sex"))
        found = [code(one, model).build(one).estimate() for _, one in long.groupby(".imp")]
        cost = [1108.24164996, 1250.53045303, 1401.27895928, 1384.10767183, 1323.43489081]
        effect = [0.0660672934631, 0.0644720544523, 0.0672785406459, 0.0627468226468, 0.0680134302120]
        assert [one[0] for one in found] == pytest.approx(cost, rel=1e-10)
        assert [one[1] for one in found] == pytest.approx(effect, rel=1e-10)


def test_a_sample_by_its_counts_is_the_fit_of_its_rows(data: pd.DataFrame) -> None:
    design = code(data, MODELS["both"]).build(data)
    seed = np.random.SeedSequence(4)
    found = replicate(design, 6, seed, stratify=False)
    drawn = counts((design.people,), 6, np.random.default_rng(seed))
    for place, sample in enumerate(drawn):
        rows = in_order(data).iloc[np.repeat(np.arange(design.people), sample.astype(int))]
        assert rows.shape[0] == design.people
        alone = code(rows, MODELS["both"]).build(rows).estimate()
        assert found[:, place] == pytest.approx(alone, rel=1e-8)


def test_strata_keep_the_size_of_each_arm() -> None:
    drawn = counts((3, 5), 200, np.random.default_rng(1))
    assert set(drawn[:, :3].sum(axis=1)) == {3.0}
    assert set(drawn[:, 3:].sum(axis=1)) == {5.0}
    assert drawn.mean(axis=0) == pytest.approx(np.ones(8), abs=0.25)
    free = counts((8,), 200, np.random.default_rng(1))
    assert set(free.sum(axis=1)) == {8.0}
    assert len(set(free[:, :3].sum(axis=1))) > 1


def test_money_in_cents_and_large_numbers_change_nothing(data: pd.DataFrame) -> None:
    moved = data.assign(cost=100 * data["cost"] + 1e8, base_cost=data["base_cost"] * 1e6, age=data["age"] + 1e5)
    whole = code(data, MODELS["both"]).build(data).estimate()
    found = code(moved, MODELS["both"]).build(moved).estimate()
    assert found == pytest.approx([100 * whole[0], whole[1]], rel=1e-7)


def test_an_effect_that_follows_from_the_cost_is_weighed_as_least_squares(data: pd.DataFrame) -> None:
    same = data.assign(qaly=2 * data["cost"])
    model = Model("arm", "cost", "qaly", ("age",), ("age", "base_utility"), "steps")
    found = code(same, model).build(same).estimate()
    assert np.isfinite(found).all()


def test_a_level_that_a_sample_lacks_is_dropped_there_and_a_lost_arm_is_not_a_number(data: pd.DataFrame) -> None:
    model = Model("arm", "cost", "qaly", ("base_cost", "age", "site"), ("base_utility", "age", "site"), "steps")
    design = code(data, model).build(data)
    values = design.values
    rows = in_order(data).reset_index(drop=True)
    weights = np.stack([(rows["site"] != "c").to_numpy(float), (rows["arm"] == "usual").to_numpy(float)])
    moments = np.einsum("bn,ni,nj->ijb", weights, values, values)
    found = fit(moments, design.layout, int(weights[0].sum())) * design.scale[:, None]
    small = data[data["site"] != "c"]
    assert found[:, 0] == pytest.approx(code(small, model).build(small).estimate(), rel=1e-8)
    assert np.isnan(found[:, 1]).all()


def frame(**columns: list) -> pd.DataFrame:
    base = {
        "arm": [0, 0, 0, 0, 1, 1, 1, 1],
        "cost": [3.0, 5, 4, 8, 9, 2, 7, 7],
        "qaly": [0.1, 0.4, 0.3, 0.8, 1, 0, 1, 1],
    }
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("columns", "model", "said"),
    [
        ({}, Model("arm", "cost", "gone"), "no column 'gone'"),
        ({"arm": [1] * 8}, Model("arm", "cost", "qaly"), "one arm (1)"),
        ({"arm": [0, 0, 0, 1, 1, 1, 2, 2]}, Model("arm", "cost", "qaly"), "3 arms (0, 1, 2)"),
        ({"arm": [0, 0, 0, None, 1, 1, 1, 1]}, Model("arm", "cost", "qaly"), "Row 4 has no arm"),
        ({}, Model("arm", "cost", "qaly", intervention="2"), "no arm '2' to be the intervention"),
        ({}, Model("arm", "cost", "qaly", intervention=1, reference="1"), "cannot be compared with itself"),
        ({}, Model("arm", "cost", "cost"), "two roles"),
        ({}, Model("arm", "cost", "qaly", ("arm",)), "two roles"),
        ({"cost": [2.0] * 8}, Model("arm", "cost", "qaly"), "cost is the same for everyone; there is nothing"),
        ({"x": [2.0] * 8}, Model("arm", "cost", "qaly", ("x",)), "leave it out of the covariates"),
        ({"x": ["a"] * 8}, Model("arm", "cost", "qaly", ("x",)), "leave it out of the covariates"),
        ({"x": [1.0, 1, 1, 1, 5, 5, 5, 5]}, Model("arm", "cost", "qaly", ("x",)), "says the same twice"),
        ({"x": [1.0, 2, 3, 4, 5, 6, 7, np.inf]}, Model("arm", "cost", "qaly", ("x",)), "infinite"),
        ({"x": list("abcdefgh")}, Model("arm", "cost", "qaly", ("x",)), "too few"),
        ({"cost": list("abcdefgh")}, Model("arm", "cost", "qaly"), "cost is text"),
    ],
)
def test_what_cannot_be_compared_is_named(columns: dict, model: Model, said: str) -> None:
    data = frame(**columns)

    def build() -> None:
        code(data, model).build(data)

    with pytest.raises(StatsError, match=re.escape(said)):
        build()


def test_an_arm_with_no_complete_row_is_named() -> None:
    with pytest.raises(StatsError, match="Arm 1 has nobody with cost, qaly complete"):
        complete(frame(cost=[3.0, 5, 4, 8, *[None] * 4]), Model("arm", "cost", "qaly"))


def test_of_three_arms_two_are_compared() -> None:
    data = frame(arm=[0, 0, 0, 1, 1, 2, 2, 2])
    model = Model("arm", "cost", "qaly", intervention="2", reference="0")
    found = code(data, model).build(data)
    assert found.sizes == (3, 3)
    assert found.estimate()[0] == pytest.approx((2 + 7 + 7) / 3 - 4)
