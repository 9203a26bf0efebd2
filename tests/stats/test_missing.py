"""Missing data: reference-based imputation against rbmi, Rubin's rules against mice, chained equations against both.

Expected values: `tests/reference/missing` (script.R makes them). Tolerances: reference-based 1e-4 relative to the
standard error (R's mixed models stop earlier); Rubin's rules 1e-8. What is drawn has its own chance: means of many
imputations are compared with those of mice's, within a tenth of a standard deviation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.miscmodels.ordinal_model import OrderedModel

from opstap.stats import rubin
from opstap.stats.chained import Column, impute_arrays
from opstap.stats.design import StatsError
from opstap.stats.imputation import code, impute, impute_once
from opstap.stats.missingness import describe_missing
from opstap.stats.ordinal import fit_ordinal
from opstap.stats.reference_based import Wide, reference_based, tipping_point, widen
from opstap.stats.regress import regress

HERE = Path(__file__).parents[1] / "reference" / "missing"
LONG = pd.read_csv(HERE / "antidepressant.csv")
REFERENCE = pd.read_csv(HERE / "expected_reference.csv")
MADE = pd.read_csv(HERE / "made.csv")
COLUMNS = ("CHANGE", "THERAPY", "PATIENT", "VISIT")


@pytest.fixture(scope="module")
def trial() -> Wide:
    return widen(LONG, *COLUMNS, reference="PLACEBO", covariates=["BASVAL"])


@pytest.mark.parametrize("case", list(REFERENCE.groupby(["method", "delta"]).groups), ids=str)
def test_conditional_means_with_the_jackknife_are_those_of_rbmi(trial: Wide, case: tuple[str, int]) -> None:
    method, delta = case
    expected = REFERENCE[(REFERENCE["method"] == method) & (REFERENCE["delta"] == delta)]
    ours = reference_based(trial, "delta" if delta else method, "jackknife", float(delta))
    found = pd.DataFrame(ours.contrasts)
    assert found["visit"].tolist() == expected["visit"].tolist()
    np.testing.assert_allclose(found["estimate"], expected["estimate"], atol=1e-4)
    np.testing.assert_allclose(found["se"], expected["se"], rtol=1e-3)
    np.testing.assert_allclose(found["p"], expected["p"], atol=1e-3)


def test_draws_with_rubins_rules_agree_with_conditional_means_and_are_reproducible(trial: Wide) -> None:
    one, again = (reference_based(trial, "jr", "rubin", m=60, seed=3) for _ in range(2))
    assert one == again
    means = reference_based(trial, "jr", "jackknife")
    gap = one.contrasts[-1]["estimate"] - means.contrasts[-1]["estimate"]
    # The error of 60 draws is a tenth of the standard error or so.
    assert abs(gap) < 0.3 * one.contrasts[-1]["se"]
    # Rubin's variance does not shrink with what is assumed: it is known to be the wider one.
    assert one.contrasts[-1]["se"] > means.contrasts[-1]["se"]


def test_a_tipping_point_moves_by_the_share_that_was_imputed(trial: Wide) -> None:
    none, much = tipping_point(trial, [0.0, 10.0])
    drug = trial.arm == 1
    share = np.isnan(trial.outcome[drug, -1]).mean()
    assert much.contrasts[-1]["estimate"] - none.contrasts[-1]["estimate"] == pytest.approx(10 * share, rel=0.05)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"THERAPY": "DRUG"}, {}, "one level; a comparison needs two"),
        ({}, {"reference": "WATER"}, "no level 'WATER'"),
        ({"VISIT": "week 4"}, {}, "twice; keep one row"),
        ({"BASVAL": np.nan}, {"covariates": ["BASVAL"]}, "covariate is missing"),
        ({"CHANGE": "much"}, {}, "'CHANGE' is text"),
        ({"BASVAL": LONG["VISIT"]}, {"covariates": ["BASVAL"]}, "differs between visits of one person"),
        ({}, {"visit_order": ["4", "5", "6"]}, "differ in 7"),
        ({}, {"covariates": ["AGE"]}, "no column 'AGE'"),
    ],
)
def test_a_trial_that_cannot_be_used_is_refused(change: dict, options: dict, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        widen(LONG.assign(**change), *COLUMNS, **options)


def test_unknown_assumptions_and_empty_arms_are_refused(trial: Wide) -> None:
    with pytest.raises(StatsError, match="method 'locf' is not known"):
        reference_based(trial, "locf")
    with pytest.raises(StatsError, match="inference 'bayes' is not known"):
        reference_based(trial, "jr", "bayes")
    gone = LONG.assign(CHANGE=LONG["CHANGE"].where((LONG["VISIT"] < 7) | (LONG["THERAPY"] == "PLACEBO")))
    with pytest.raises(StatsError, match="Arm DRUG has no outcome at visit 7"):
        reference_based(widen(gone, *COLUMNS, reference="PLACEBO"), "jr")


def test_rubins_rules_are_those_of_mice() -> None:
    long = pd.read_csv(HERE / "air_imputed.csv")
    expected = pd.read_csv(HERE / "expected_rubin.csv")
    frames = [frame for _, frame in long.groupby(".imp")]
    formula = "Ozone ~ Q + Wind + Temp"
    found = rubin.pool_fits(
        [frame.rename(columns={"Solar.R": "Q"}) for frame in frames], lambda one: regress(one, formula, se="classical")
    )
    for column, values in {
        "estimate": [one.term.estimate for one in found],
        "se": [one.term.se for one in found],
        "df": [one.term.df for one in found],
        "p": [one.term.p for one in found],
        "low": [one.term.low for one in found],
        "high": [one.term.high for one in found],
        "riv": [one.riv for one in found],
        "fmi": [one.fmi for one in found],
    }.items():
        np.testing.assert_allclose(values, expected[column], rtol=1e-8, err_msg=column)
    with pytest.raises(StatsError, match="at least two imputations"):
        rubin.pool([1.0], [1.0])


def test_many_imputations_have_the_means_of_mice() -> None:
    expected = pd.read_csv(HERE / "expected_made.csv").set_index("what")["value"]
    found = impute(MADE, m=60, seed=2, methods={"y": "norm", "o": "ordinal"}, levels={"o": [1, 2, 3, 4]}, iterations=6)
    assert found.methods == {"g": "logistic", "o": "ordinal", "y": "norm"}
    long = found.long()
    assert long["y"].mean() == pytest.approx(expected["y"], abs=0.05)
    assert long["g"].mean() == pytest.approx(expected["g"], abs=0.02)
    assert long["o"].mean() == pytest.approx(expected["o"], abs=0.03)
    assert np.mean([frame["y"].std() for frame in found.frames]) == pytest.approx(expected["sd_y"], rel=0.03)
    slopes = [smf.ols("y ~ x + g", frame).fit().params["x"] for frame in found.frames]
    assert np.mean(slopes) == pytest.approx(expected["y_on_x"], rel=0.05)


def test_what_was_seen_stays_and_matching_gives_only_values_that_were_seen() -> None:
    found = impute(MADE[["x", "y"]], m=3, seed=1)
    assert found.methods == {"y": "pmm"}
    for frame in found.frames:
        known = MADE["y"].notna()
        pd.testing.assert_frame_equal(frame[known], MADE.loc[known, ["x", "y"]])
        assert set(frame["y"]) <= set(MADE["y"].dropna())


def test_the_same_seed_gives_the_same_tables_and_another_other_ones() -> None:
    one, again, other = (impute(MADE, m=3, seed=seed, levels={"o": [1, 2, 3, 4]}).long() for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_by_arm_what_differs_between_arms_stays() -> None:
    random = np.random.default_rng(3)
    arm = np.repeat(["care", "steps"], 150)
    x = random.normal(size=300)
    y = np.where(arm == "steps", 2 * x, -2 * x) + 0.1 * random.normal(size=300)
    y[random.uniform(size=300) < 0.4] = np.nan
    data = pd.DataFrame({"arm": arm, "x": x, "y": y})
    frame = impute(data, m=1, seed=1, by="arm").frames[0]
    slopes = [np.polyfit(part["x"], part["y"], 1)[0] for _, part in frame.groupby("arm")]
    np.testing.assert_allclose(slopes, [-2, 2], atol=0.1)
    assert list(frame.columns) == ["arm", "x", "y"]


def test_a_passive_column_stays_the_sum_of_its_parts_and_does_not_predict_them() -> None:
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 100)).round(3)
    data = pd.DataFrame({"a": a, "b": b, "total": 1 + 2 * a + b})
    data.loc[:20, ["a", "total"]] = np.nan
    data.loc[15:30, ["b", "total"]] = np.nan
    for frame in impute(data, m=2, seed=1, passive={"total": {"1": 1, "a": 2, "b": 1}}).frames:
        np.testing.assert_allclose(frame["total"], 1 + 2 * frame["a"] + frame["b"])


def test_intervals_after_imputation_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(8)
    held = 0
    runs = 150
    for _ in range(runs):
        x = random.normal(size=80)
        y = x + random.normal(size=80)
        y[random.uniform(size=80) < 1 / (1 + np.exp(-x))] = np.nan
        values = np.broadcast_to(np.column_stack([x, y]), (10, 80, 2))
        done = impute_arrays(values, [Column("x"), Column("y", "norm")], random, iterations=1)
        means, variances = done[..., 1].mean(axis=1), done[..., 1].var(axis=1, ddof=1) / 80
        term = rubin.pool(means, variances, 79).term
        held += term.low < 0 < term.high
    # 95 in a hundred, three standard errors of chance.
    assert 0.89 < held / runs < 0.995


def test_bootstrap_samples_are_each_imputed_from_themselves() -> None:
    coded = code(MADE[["x", "y"]])
    random = np.random.default_rng(1)
    rows = random.integers(0, len(MADE), (50, len(MADE)))
    samples = coded.values[rows]
    done = impute_once(samples, coded.columns, 5)
    assert not np.isnan(done).any()
    np.testing.assert_array_equal(np.where(np.isnan(samples), 0, done), np.nan_to_num(samples))
    np.testing.assert_array_equal(done, impute_once(samples, coded.columns, 5))
    for before, after in zip(samples, done, strict=True):
        assert set(after[:, 1]) <= set(before[~np.isnan(before[:, 1]), 1])


def test_proportional_odds_are_those_of_statsmodels() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=(400, 2))
    codes = np.digitize(x @ [1.0, -0.5] + random.logistic(size=400), [-1, 0.5, 2])
    theirs = OrderedModel(codes, x, distr="logit").fit(method="bfgs", disp=False)
    thresholds = theirs.model.transform_threshold_params(theirs.params)[1:-1]
    ours, _ = fit_ordinal(x[None], codes[None], np.ones((1, 400), dtype=bool), 4)
    # Ours has a weak prior: a hundredth of one observation's information.
    np.testing.assert_allclose(ours[0], [*thresholds, *theirs.params[:2]], rtol=2e-3)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"y": np.nan}, {}, "y has no value at all"),
        ({"y": np.inf}, {}, "infinite in row 1"),
        ({"t": ["a", "b", "c"] * 99 + ["a", "b", None]}, {}, "text with 3 levels and has missing values"),
        ({"t": [f"p{n}" for n in range(300)]}, {}, "text with 300 different values"),
        ({}, {"methods": {"y": "forest"}}, "y: method 'forest' is not known"),
        ({}, {"methods": {"y": "logistic"}}, "needs two values"),
        ({}, {"methods": {"z": "pmm"}}, "no column 'z'"),
        ({}, {"methods": {"y": "ordinal"}}, "needs the order of its levels"),
        ({}, {"levels": {"g": [0]}}, "g has 1.0, which its order"),
        ({}, {"by": "arm"}, "no column 'arm'"),
        ({}, {"by": "g"}, "'g' is empty in"),
        ({}, {"m": 0}, "at least one imputation"),
        ({"arm": ["a"] * 298 + ["b"] * 2}, {"by": "arm"}, "too few to impute from"),
    ],
)
def test_bad_input_gets_one_clear_message(change: dict, options: dict, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        impute(MADE.drop(columns="o").assign(**change), **options)


def test_patterns_of_what_is_missing() -> None:
    data = pd.DataFrame(
        {"arm": list("aabb"), "t0": [1, 2, 3, 4], "t6": [1, None, 3, None], "t12": [1, None, None, None]}
    )
    found = describe_missing(data, by="arm")
    assert (found.n, found.complete, found.missing) == (4, 1, {"t0": 0, "t6": 2, "t12": 3})
    assert found.by_group == {"a": {"t0": 0, "t6": 1, "t12": 1}, "b": {"t0": 0, "t6": 1, "t12": 2}}
    assert next((one.count, one.seen) for one in found.patterns) == (2, (True, False, False))
    assert found.monotone
    assert not describe_missing(data[["t12", "t6"]]).monotone
