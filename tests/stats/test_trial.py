"""Regression, analysis of covariance and constrained analysis against R (`tests/reference/regress`); virtual trials.

Tolerance 1e-8, relative; for the constrained mixed model 1e-5 (R's optimiser stops earlier), its df 1e-3.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats import virtual_trials
from opstap.stats.design import StatsError
from opstap.stats.regress import regress
from opstap.stats.trial import ancova, constrained
from opstap.stats.virtual_trials import TrialDesign

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = pd.read_csv(REFERENCE / "regress" / "expected.csv")
LUNG = pd.read_csv(REFERENCE / "time-to-event" / "lung.csv")
SMALL = pd.read_csv(REFERENCE / "gee-small" / "data.csv")
LONG = pd.read_csv(REFERENCE / "mmrm" / "data.csv")
ORDER = ["T0", "T6", "T12", "T18"]


def of(model: str, se: str) -> pd.DataFrame:
    return EXPECTED[(EXPECTED["model"] == model) & (EXPECTED["se_kind"] == se)]


@pytest.mark.parametrize("se", ["classical", "hc3", "cluster"])
@pytest.mark.parametrize("model", ["lung", "respiratory", "epil"])
def test_regression_and_its_errors_are_those_of_r(model: str, se: str) -> None:
    data = LUNG if model == "lung" else SMALL[SMALL["set"] == model]
    formula = "time ~ sex + age" if model == "lung" else "y ~ x1 + x2 + x3"
    family = {"lung": "gaussian", "respiratory": "binomial", "epil": "poisson"}[model]
    cluster = None if se != "cluster" else "inst" if model == "lung" else "id"
    found, expected = regress(data, formula, family, se, cluster), of(model, se)
    np.testing.assert_allclose(found.coefficients, expected["estimate"], rtol=1e-8)
    # R takes a generalised model's weights from the step before its last.
    np.testing.assert_allclose(
        [term.se for term in found.terms], expected["se"], rtol=1e-8 if model == "lung" else 1e-6
    )
    wanted = expected["df"].iloc[0]
    assert found.df == (None if np.isnan(wanted) else wanted)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"se": "cluster"}, "need the column of clusters"),
        ({"cluster": "inst"}, "only they take one"),
        ({"se": "cluster", "cluster": "ward"}, "no column 'ward'"),
        ({"formula": "event ~ time", "family": "poisson", "se": "robust"}, "se 'robust' is not known"),
        ({"formula": "cut ~ time", "family": "binomial"}, "perfect separation"),
        ({"formula": "time ~ one"}, "one has one level"),
        ({"family": "binomial"}, "between 0 and 1"),
        ({"se": "cluster", "cluster": "sex", "formula": "time ~ age + ecog"}, "2 clusters cannot carry 3"),
    ],
)
def test_regression_refuses_with_one_clear_message(call: dict, message: str) -> None:
    data = LUNG.assign(cut=(LUNG["time"] > 300).astype(int), one="x")
    with pytest.raises(StatsError, match=message):
        regress(data, **{"formula": "time ~ age", **call})


def test_constrained_analysis_is_that_of_mmrm_with_one_mean_at_baseline() -> None:
    found = constrained(LONG, "hours", "arm", "person", "visit", ORDER, reference="care")
    expected = of("clda", "satterthwaite").set_index("term")
    assert [one.levels["visit"] for one in found.contrasts] == ["T6", "T12", "T18"]
    ours, theirs = [one.estimate for one in found.contrasts], expected.loc[["T6", "T12", "T18"]]
    np.testing.assert_allclose([one.estimate for one in ours], theirs["estimate"], rtol=1e-5)
    np.testing.assert_allclose([one.se for one in ours], theirs["se"], rtol=1e-5)
    np.testing.assert_allclose([one.df for one in ours], theirs["df"], rtol=1e-3)
    means = {(one.levels["arm"], one.levels["visit"]): one.estimate.estimate for one in found.means}
    assert means["care", "T0"] == means["steps", "T0"]
    assert means["steps", "T12"] - means["care", "T12"] == pytest.approx(ours[1].estimate)


def test_constrained_analysis_needs_two_arms_and_a_visit_after_the_first() -> None:
    with pytest.raises(StatsError, match="name one of two or more"):
        constrained(LONG, "hours", "arm", "person", "visit", ORDER, reference="water")
    with pytest.raises(StatsError, match="no column 'group'"):
        constrained(LONG, "hours", "group", "person", "visit", ORDER)
    gone = LONG.assign(hours=LONG["hours"].where((LONG["visit"] != "T18") | (LONG["arm"] == "care")))
    with pytest.raises(StatsError, match="Nobody in arm steps was seen at visit T18"):
        constrained(gone, "hours", "arm", "person", "visit", ORDER)


def test_analysis_of_covariance_is_that_of_r() -> None:
    wide = LONG.pivot(index=["person", "arm"], columns="visit", values="hours").reset_index()
    found = ancova(wide, "T18", "arm", "T0", reference="care")
    expected = of("ancova", "classical").iloc[1]
    term = found.contrasts[0].estimate
    np.testing.assert_allclose(
        [term.estimate, term.se, term.df], expected[["estimate", "se", "df"]].astype(float), rtol=1e-8
    )


DESIGN = TrialDesign(
    arms=("care", "steps"),
    sizes=(40, 40),
    visits=("t0", "t6", "t12"),
    means=(20.0, 20.0, 20.0),
    covariance=((100.0, 60.0, 60.0), (60.0, 100.0, 60.0), (60.0, 60.0, 100.0)),
    pattern=(0.0, 0.5, 1.0),
    missing=(0.0, 0.1, 0.3),
    formula="value ~ base + C(site) + arm * C(visit)",
    analysed=("t6", "t12"),
    at="t12",
    sites=3,
    mar_slope=1.0,
)


def test_virtual_trials_are_unbiased_where_the_analysis_is_valid_and_hold_what_they_promise() -> None:
    results = virtual_trials.run(DESIGN, 5.0, 600, seed=2, cores=1)
    found = virtual_trials.performance(DESIGN, 5.0, results)
    assert found.sound == 600
    assert abs(found.bias) < 4 * found.bias_se
    assert abs(found.coverage - 0.95) < 4 * (0.95 * 0.05 / 600) ** 0.5
    assert found.model_se == pytest.approx(found.empirical_se, rel=0.1)


def test_drop_out_is_as_asked_also_where_it_depends_on_the_last_value() -> None:
    outcome, _ = virtual_trials.make(DESIGN, 0.0, 400, np.random.default_rng(1))
    np.testing.assert_allclose(np.isnan(outcome).mean(axis=(0, 1)), DESIGN.missing, atol=0.01)
    stayed, left = outcome[..., 0][~np.isnan(outcome[..., 1])], outcome[..., 0][np.isnan(outcome[..., 1])]
    assert left.mean() > stayed.mean() + 5


def test_the_answer_depends_on_the_seed_and_not_on_the_cores() -> None:
    design = replace(DESIGN, method="gee", formula="value ~ arm * C(visit)")
    one = virtual_trials.run(design, 5.0, 230, seed=7, cores=1)
    np.testing.assert_array_equal(one, virtual_trials.run(design, 5.0, 230, seed=7, cores=2))
    assert not np.array_equal(one, virtual_trials.run(design, 5.0, 230, seed=8, cores=1))


def test_power_by_simulation_is_that_of_the_formula() -> None:
    plain = replace(
        DESIGN, missing=(0.0,) * 3, mar_slope=0.0, formula="value ~ arm", analysed=("t12",), options={"df": "residual"}
    )
    found = virtual_trials.performance(plain, 6.0, virtual_trials.run(plain, 6.0, 1500, seed=1, cores=1))
    from opstap.stats.sample_size import means_power

    assert found.power == pytest.approx(means_power(40, 6, 10), abs=4 * found.power_se)
    assert virtual_trials.needed(plain, found) == pytest.approx(2 * 43.6, rel=0.06)  # R: power.t.test, 6 of 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"formula": "value ~ base**2 + np.log(base + 100) + arm"}, "linear in the baseline"),
        ({"formula": "value ~ base"}, "no arm"),
        ({"missing": (0.0, 0.3, 0.1)}, "never falls"),
        ({"covariance": ((1.0, 2.0, 0.0), (2.0, 1.0, 0.0), (0.0, 0.0, 1.0))}, "positive definite"),
        ({"at": "t24"}, "must be analysed"),
        ({"sizes": (2, 2)}, "at least three people"),
        ({"method": "anova"}, "method 'anova' is not known"),
    ],
)
def test_a_design_that_cannot_be_run_is_refused(change: dict, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        virtual_trials.run(replace(DESIGN, **change), 5.0, 10, seed=1)
