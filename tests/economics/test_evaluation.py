"""Whole evaluations: against R's boot and the tutorial, by symmetry, and imputation inside the bootstrap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.economics.evaluation import evaluate
from opstap.economics.model import Model
from opstap.economics.nested import nested
from opstap.stats.design import StatsError

REFERENCE = Path(__file__).parents[1] / "reference" / "economics"
TUTORIAL = Path(__file__).parents[3] / "shared" / "reference" / "ben2023"
MODEL = Model("arm", "cost", "qaly", ("base_cost", "age", "site"), ("base_utility", "age"), "steps")


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data.csv")


@pytest.mark.parametrize(("ci", "stratify"), [("bca", False), ("percentile", False), ("percentile", True)])
def test_intervals_as_those_of_boot(data: pd.DataFrame, ci: str, stratify: bool) -> None:
    expected = pd.read_csv(REFERENCE / "expected_intervals.csv").set_index("what")
    found = evaluate(data, MODEL, bootstraps=20_000, ci=ci, stratify=stratify, seed=3)
    kind = "stratified" if stratify else ci
    for what, ours in (("cost", found.cost), ("effect", found.effect)):
        row = expected.loc[what]
        assert ours.low == pytest.approx(row[f"{kind}_low"], abs=0.05 * row["se"])
        assert ours.high == pytest.approx(row[f"{kind}_high"], abs=0.05 * row["se"])
        if not stratify:
            assert ours.se == pytest.approx(row["se"], rel=0.02)


def test_acceleration_as_in_r(data: pd.DataFrame) -> None:
    from opstap.economics.intervals import acceleration
    from opstap.economics.model import code
    from opstap.economics.resampling import leave_one_out

    expected = pd.read_csv(REFERENCE / "expected_intervals.csv")["acceleration"]
    without = leave_one_out(code(data, MODEL).build(data))
    assert [acceleration(one) for one in without] == pytest.approx(expected.tolist(), rel=1e-6)


if TUTORIAL.exists():

    @pytest.fixture(scope="module")
    def tutorial() -> pd.DataFrame:
        return pd.read_csv(TUTORIAL / "imputed_m5_seed1234_mice3.15.csv")

    THEIRS = Model("Tr", "Tcosts", "QALY", ("C", "age", "sex"), ("E", "age", "sex"))

    def test_the_tutorial_as_a_whole(tutorial: pd.DataFrame) -> None:
        found = evaluate(tutorial, THEIRS, imputation=".imp", seed=11, wtp=(20_000, 30_000, 50_000, 80_000)).to_dict()
        cost, effect = found["incremental_cost"], found["incremental_effect"]
        assert cost["estimate"] == pytest.approx(1293.51872498, rel=1e-9)
        assert effect["estimate"] == pytest.approx(0.06571562828, rel=1e-9)
        assert found["icer"] == pytest.approx(19683.578, abs=5e-4)
        assert (cost["low"], cost["high"]) == pytest.approx((288.30, 2298.74), abs=0.01 * (2298.74 - 288.30))
        assert (effect["low"], effect["high"]) == pytest.approx((0.04341, 0.08802), abs=0.01 * (0.08802 - 0.04341))
        assert found["quadrants"]["ne"] == pytest.approx(0.99364, abs=0.01)
        chances = [one["probability"] for one in found["ceac"]]
        assert chances == pytest.approx([0.512, 0.809, 0.979, 0.999], abs=0.01)
        assert found["imputations"] == 5

    def test_a_list_of_tables_is_the_long_file(tutorial: pd.DataFrame) -> None:
        frames = [one for _, one in tutorial.groupby(".imp")]
        listed = evaluate(frames, THEIRS, bootstraps=200, seed=1)
        long = evaluate(tutorial, THEIRS, imputation=".imp", bootstraps=200, seed=1)
        assert listed.cost == long.cost

    def test_percentile_over_all_imputations(tutorial: pd.DataFrame) -> None:
        found = evaluate(tutorial, THEIRS, imputation=".imp", ci="percentile", seed=1)
        assert found.pairs.shape == (2, 25_000)
        assert found.cost.low == pytest.approx(np.quantile(found.pairs[0], 0.025))
        assert found.cost.estimate == pytest.approx(1293.51872498)

    def test_imputation_inside_the_bootstrap_agrees_with_the_other_order() -> None:
        raw = pd.read_csv(TUTORIAL / "dataset.csv").drop(columns="id")
        sums = {
            "Tcosts": dict.fromkeys(("Cm1", "Cm2", "Cm3", "Cm4"), 1.0),
            "QALY": {"E": 0.125, "Em1": 0.25, "Em2": 0.25, "Em3": 0.25, "Em4": 0.125},
        }
        found = nested(raw, THEIRS, bootstraps=300, passive=sums, seed=2, cores=1)
        assert found.cost.estimate == pytest.approx(1293.5, abs=0.4 * 512)
        assert found.effect.estimate == pytest.approx(0.0657, abs=0.4 * 0.0114)
        assert found.cost.se == pytest.approx(512, rel=0.15)
        assert found.effect.se == pytest.approx(0.0114, rel=0.15)


def test_the_same_seed_is_the_same_answer_and_another_is_not(data: pd.DataFrame) -> None:
    one, two, other = (evaluate(data, MODEL, bootstraps=500, seed=seed) for seed in (7, 7, 8))
    assert (one.pairs == two.pairs).all()
    assert one.cost.low != other.cost.low
    assert one.cost.estimate == other.cost.estimate


def test_swapping_the_arms_turns_every_sign(data: pd.DataFrame) -> None:
    back = Model("arm", "cost", "qaly", MODEL.cost_covariates, MODEL.effect_covariates, "usual")
    one = evaluate(data, MODEL, bootstraps=4000, ci="percentile", seed=1, stratify=True)
    two = evaluate(data, back, bootstraps=4000, ci="percentile", seed=1, stratify=True)
    assert (two.intervention, two.reference, two.sizes) == ("usual", "steps", one.sizes[::-1])
    assert two.cost.estimate == pytest.approx(-one.cost.estimate)
    assert two.cost.low == pytest.approx(-one.cost.high, abs=0.2 * one.cost.se)
    assert two.icer == pytest.approx(one.icer)
    assert two.uncertain.probability(20_000) == pytest.approx(1 - one.uncertain.probability(20_000), abs=0.03)
    assert two.frontier([20_000])[0]["arm"] == one.frontier([20_000])[0]["arm"]


def test_net_benefit_is_effect_in_money_less_cost(data: pd.DataFrame) -> None:
    found = evaluate(data, MODEL, bootstraps=300, seed=1, wtp=(0, 30_000))
    assert found.benefits[0].estimate == pytest.approx(-found.cost.estimate)
    assert found.benefits[0].low == pytest.approx(-found.cost.high)
    assert found.benefits[30_000].estimate == pytest.approx(30_000 * found.effect.estimate - found.cost.estimate)


def test_incomplete_rows_are_left_out_and_counted(data: pd.DataFrame) -> None:
    holed = data.assign(qaly=data["qaly"].mask(data["person"] <= 7))
    found = evaluate(holed, MODEL, bootstraps=200, seed=1)
    assert found.left_out == 7
    assert found.notices
    assert found.cost.estimate == pytest.approx(evaluate(data.iloc[7:], MODEL, bootstraps=200, seed=1).cost.estimate)


def test_small_arms_lose_samples_unless_drawn_by_arm() -> None:
    random = np.random.default_rng(1)
    small = pd.DataFrame({"arm": [0] * 20 + [1] * 4, "cost": random.gamma(1, 900, 24), "qaly": random.normal(0, 1, 24)})
    model = Model("arm", "cost", "qaly")
    free = evaluate(small, model, bootstraps=2000, seed=1, ci="percentile")
    assert 0 < free.to_dict()["replicates"] < 2000
    assert "one arm alone" in free.notices[0]
    assert evaluate(small, model, bootstraps=2000, seed=1, ci="percentile", stratify=True).pairs.shape[1] == 2000
    lonely = small.iloc[:22].assign(arm=[0] * 20 + [1] * 2)
    with pytest.raises(StatsError, match="draw by arm"):
        evaluate(lonely, model, bootstraps=2000, seed=1)


def long(data: pd.DataFrame, m: int = 3) -> pd.DataFrame:
    return pd.concat([data.assign(imp=number) for number in range(1, m + 1)], ignore_index=True)


def test_equal_imputations_have_no_variance_between_them(data: pd.DataFrame) -> None:
    pooled = evaluate(long(data), MODEL, imputation="imp", bootstraps=4000, seed=1)
    alone = evaluate(data, MODEL, bootstraps=4000, seed=1)
    assert pooled.cost.se == pytest.approx(alone.cost.se, rel=0.05)
    with_before = pd.concat([data.assign(imp=0, qaly=np.nan), long(data)])
    again = evaluate(with_before, MODEL, imputation="imp", bootstraps=4000, seed=1)
    assert again.cost == pooled.cost
    assert "before imputation" in again.notices[0]


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (lambda d: d, {"ci": "bca"}, "bca is for data without imputations"),
        (lambda d: d.iloc[:-1], {}, "other people"),
        (lambda d: d.assign(qaly=d["qaly"].mask(d.index == 100)), {}, "qaly is missing in imputation 2, its row 11"),
        (lambda d: d[d["imp"] == 1], {}, "numbers one data set"),
        (lambda d: d.assign(imp=d["imp"].mask(d.index == 4)), {}, "Row 5 has no number"),
        (lambda d: d, {"imputation": None, "ci": "rubin"}, "rubin pools imputations"),
        (lambda d: d, {"wtp": (-5.0,)}, "-5 cannot be"),
        (lambda d: d, {"bootstraps": 50}, "too few"),
        (lambda d: d, {"level": 1.0}, "level"),
        (lambda d: d, {"ci": "exact"}, "'exact' is not known"),
    ],
)
def test_what_cannot_be_evaluated_is_named(data: pd.DataFrame, change, options: dict, said: str) -> None:
    with pytest.raises(StatsError, match=said):
        evaluate(change(long(data)), MODEL, **({"imputation": "imp", "seed": 1} | options))


def test_nested_without_holes_is_the_bootstrap(data: pd.DataFrame) -> None:
    table = data.drop(columns="person")
    for stratify in (True, False):
        inside = nested(table, MODEL, bootstraps=1500, seed=1, stratify=stratify, cores=1)
        plain = evaluate(table, MODEL, bootstraps=1500, seed=1, ci="percentile", stratify=stratify)
        assert inside.cost.estimate == pytest.approx(plain.pairs[0].mean(), abs=0.1 * plain.cost.se)
        assert inside.effect.se == pytest.approx(plain.effect.se, rel=0.1)


def test_nested_draws_do_not_depend_on_the_processes_and_undo_the_bias_of_those_who_left() -> None:
    random = np.random.default_rng(9)
    n = 300
    first = random.normal(5, 2, n)
    whole = pd.DataFrame({"arm": np.repeat(["a", "b"], n // 2), "first": first, "kind": random.choice(["x", "y"], n)})
    whole["later"] = first + (whole["arm"] == "b") * 1.0 + random.normal(0, 0.5, n) + 20
    whole["effect"] = random.normal(0, 1, n) + (whole["arm"] == "b")
    # Those with a high first cost in arm b are gone later.
    gone = (whole["arm"] == "b") & (first > 5) & (random.uniform(size=n) < 0.6)
    holed = whole.assign(later=whole["later"].mask(gone))
    model = Model("arm", "total", "effect", ("kind",), ("first",))
    sums = {"total": {"first": 1.0, "later": 1.0}}
    found = nested(holed, model, bootstraps=200, passive=sums, seed=1, cores=1)
    truth = evaluate(whole.assign(total=whole["first"] + whole["later"]), model, bootstraps=100, seed=1)
    seen = evaluate(holed.assign(total=holed["first"] + holed["later"]), model, bootstraps=100, seed=1)
    assert abs(seen.cost.estimate - truth.cost.estimate) > 0.5
    assert found.cost.estimate == pytest.approx(truth.cost.estimate, abs=0.3)
    again = nested(holed, model, bootstraps=200, passive=sums, seed=1, cores=1)
    assert (again.pairs == found.pairs).all()


def test_nested_refuses_what_it_cannot_impute(data: pd.DataFrame) -> None:
    empty = data.assign(qaly=data["qaly"].mask(data["arm"] == "steps"))
    with pytest.raises(StatsError, match="qaly has no value at all in arm steps"):
        nested(empty, MODEL, seed=1)
    with pytest.raises(StatsError, match="site is text"):
        nested(data, MODEL, seed=1, passive={"cost": {"site": 1.0, "age": 1.0}})
    with pytest.raises(StatsError, match="no column 'gone'"):
        nested(data, MODEL, seed=1, passive={"cost": {"gone": 1.0}})
