"""The mixed model against R: nlme::gls, lmerTest, emmeans, and the restricted likelihood written out in R.

Expected values: `tests/reference/mmrm` (script.R makes them). Tolerances, relative: log-likelihood 1e-10;
estimates and standard errors 1e-5 and covariances 1e-4 (gls stops its search earlier than we do: our
log-likelihood is never lower); degrees of freedom 1e-3 (numerical derivatives on the R side).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from opstap.stats.contrasts import arm_contrasts, marginal_means
from opstap.stats.design import StatsError
from opstap.stats.mmrm import MmrmResult, mmrm

HERE = Path(__file__).parents[1] / "reference" / "mmrm"
DATA = pd.read_csv(HERE / "data.csv")
TERMS = pd.read_csv(HERE / "expected_terms.csv")
COVARIANCE = pd.read_csv(HERE / "expected_covariance.csv")
MEANS = pd.read_csv(HERE / "expected_means.csv")
ORDER = ["T0", "T6", "T12", "T18"]
VISIT = "C(visit, contr.treatment(base='T0'))"


def fit(cov: str = "us", **options: object) -> MmrmResult:
    return mmrm(DATA, f"hours ~ arm * {VISIT} + base", "person", "visit", ORDER, cov=cov, **options)


def in_r(term: str) -> str:
    for visit in ORDER:
        term = term.replace(f"{VISIT}[T.{visit}]", f"visit{visit}")
    return term.replace("arm[T.steps]", "armsteps").replace("Intercept", "(Intercept)")


@pytest.mark.parametrize("cov", ["us", "cs", "ar1"])
def test_everything_is_that_of_r(cov: str) -> None:
    ours = fit(cov)
    expected = TERMS[TERMS["cov"] == cov].set_index("term").loc[[in_r(term.term) for term in ours.terms]]
    np.testing.assert_allclose([term.estimate for term in ours.terms], expected["estimate"], rtol=1e-5)
    np.testing.assert_allclose([term.se for term in ours.terms], expected["se"], rtol=1e-5)
    np.testing.assert_allclose([term.df for term in ours.terms], expected["df"], rtol=1e-3)
    table = COVARIANCE[COVARIANCE["cov"] == cov]
    matrix = table.pivot(index="row", columns="column", values="value").to_numpy()
    np.testing.assert_allclose(ours.covariance, matrix, rtol=1e-4)
    # gls and the definition agree on the constants, and so do we.
    np.testing.assert_allclose(ours.loglik, table["loglik"].iloc[0], rtol=1e-10)
    np.testing.assert_allclose(ours.loglik, table["loglik_definition"].iloc[0], rtol=1e-10)
    assert ours.loglik >= table["loglik"].iloc[0] - 1e-9


def test_means_and_contrasts_are_those_of_emmeans() -> None:
    ours = fit()
    means = marginal_means(ours, ["arm", "visit"])
    contrasts = arm_contrasts(ours, "arm", "visit")
    found = {(mean.levels["arm"], mean.levels["visit"]): mean.estimate for mean in means}
    found |= {("steps - care", each.levels["visit"]): each.estimate for each in contrasts}
    assert len(found) == len(MEANS)
    for row in MEANS.itertuples():
        np.testing.assert_allclose(found[row.arm, row.visit].estimate, row.estimate, rtol=1e-5)
        np.testing.assert_allclose(found[row.arm, row.visit].se, row.se, rtol=1e-5)
    assert contrasts[1].estimate.term == "steps - care, visit T6"


def test_a_complete_trial_gives_the_t_test_at_each_visit() -> None:
    # With complete data and arm by visit only, unstructured is the two-sample t-test: exact, with n - 2.
    whole = DATA.groupby("person").filter(lambda rows: rows["hours"].notna().all())
    ours = mmrm(whole, f"hours ~ arm * {VISIT}", "person", "visit", ORDER)
    for contrast in arm_contrasts(ours, "arm", "visit", reference="care"):
        there = whole[whole["visit"] == contrast.levels["visit"]]
        test = stats.ttest_ind(*(there.loc[there["arm"] == arm, "hours"] for arm in ("steps", "care")))
        interval = test.confidence_interval()
        estimate = contrast.estimate
        np.testing.assert_allclose(
            [estimate.statistic, estimate.df, estimate.p], [test.statistic, test.df, test.pvalue]
        )
        np.testing.assert_allclose([estimate.low, estimate.high], [interval.low, interval.high])


def test_residual_degrees_of_freedom() -> None:
    ours = fit("cs", df="residual")
    assert {term.df for term in ours.terms} == {float(DATA["hours"].notna().sum() - 9)}
    assert ours.linear(np.eye(9)[1], "arm").df == ours.terms[1].df


def test_the_unit_of_the_outcome_does_not_matter() -> None:
    minutes = mmrm(DATA.assign(hours=DATA["hours"] * 60e3), f"hours ~ arm * {VISIT} + base", "person", "visit", ORDER)
    ours = fit()
    np.testing.assert_allclose(minutes.covariance, ours.covariance * 60e3**2, rtol=1e-7)
    np.testing.assert_allclose([t.df for t in minutes.terms], [t.df for t in ours.terms], rtol=1e-5)
    assert minutes.loglik == pytest.approx(ours.loglik - (ours.n - 9) * np.log(60e3))


def test_ten_thousand_people_in_seconds() -> None:
    many = pd.concat([DATA.assign(person=DATA["person"] + str(copy)) for copy in range(112)])
    assert mmrm(many, f"hours ~ arm * {VISIT} + base", "person", "visit", ORDER).subjects == 10_080


def test_as_json() -> None:
    document = json.loads(json.dumps(fit().to_dict(), allow_nan=False))
    assert list(document) == ["terms", "n", "groups", "covariance", "loglik", "reml"]
    assert document["groups"] == 90


@pytest.mark.parametrize(
    ("keep", "options", "message"),
    [
        (slice(None), {"cov": "toeplitz"}, "cov 'toeplitz' is not known; choose one of us, cs, ar1"),
        (slice(None), {"df": "between-within"}, "df 'between-within' is not known"),
        (slice(None), {"visit_order": None}, "are text"),
        (slice(None), {"visit_order": [*ORDER, "T24"]}, "Nobody has an outcome at visit T24"),
        (slice(0, 5), {"formula": "hours ~ base + arm"}, "did not converge|cannot carry|Nobody|singular"),
        (slice(None), {"formula": "same ~ base"}, "predict the outcome exactly"),
    ],
)
def test_bad_input_gets_one_clear_message(keep: slice, options: dict, message: str) -> None:
    call = {"formula": "hours ~ base", "subject": "person", "visit": "visit", "visit_order": ORDER}
    with pytest.raises(StatsError, match=message):
        mmrm(DATA[keep].assign(same=3.0), **{**call, **options})


def test_visits_never_seen_together() -> None:
    alternate = DATA[(DATA["visit"] == "T0") | ((DATA["visit"] == "T6") ^ (DATA["person"] > "p45"))]
    alternate = alternate[alternate["visit"].isin(["T0", "T6", "T12"])]
    with pytest.raises(StatsError, match="Nobody has both visits T6 and T12"):
        mmrm(alternate, "hours ~ base", "person", "visit", ["T0", "T6", "T12"])
    assert mmrm(alternate, "hours ~ base", "person", "visit", ["T0", "T6", "T12"], cov="cs").subjects == 90


def test_a_covariance_that_the_data_do_not_determine() -> None:
    # Three people at four visits: the unstructured likelihood has no maximum.
    few = DATA.groupby("person").filter(lambda rows: rows["hours"].notna().all())
    few = few[few["person"].isin(sorted(few["person"].unique())[:3])]
    with pytest.raises(StatsError, match="do not determine this covariance"):
        mmrm(few, "hours ~ 1", "person", "visit", ORDER)


@pytest.mark.parametrize("cov", ["us", "cs", "ar1"])
def test_an_outcome_far_from_zero_loses_no_digits(cov: str) -> None:
    far = mmrm(DATA.assign(hours=DATA["hours"] + 1e7), f"hours ~ arm * {VISIT} + base", "person", "visit", ORDER, cov)
    near = fit(cov)
    np.testing.assert_allclose(far.covariance, near.covariance, rtol=1e-6)
    np.testing.assert_allclose(far.coefficients[1:], near.coefficients[1:], rtol=1e-6)
