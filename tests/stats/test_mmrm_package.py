"""The mixed model against R's mmrm on public data (`tests/reference/mmrm-package`): three covariances, three methods.

Tolerances, relative: log-likelihood 1e-9; estimates 1e-5, errors 1e-5, covariances 1e-4 and degrees of freedom 1e-3,
since R's optimiser stops earlier than we do (the gradient is of order 1e-4 there).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.mmrm import mmrm, mmrm_trials

HERE = Path(__file__).parents[1] / "reference" / "mmrm-package"
SETS = {name: pd.read_csv(HERE / f"{name}.csv") for name in ("fev", "orthodont")}
# R's first level of sex is Male.
SETS["fev"]["SEX"] = pd.Categorical(SETS["fev"]["SEX"], ["Male", "Female"])
TERMS = pd.read_csv(HERE / "expected_terms.csv")
COVARIANCE = pd.read_csv(HERE / "expected_covariance.csv")
MODEL = {
    "fev": ("FEV1 ~ RACE + SEX + ARMCD * AVISIT", "USUBJID", "AVISIT", ["VIS1", "VIS2", "VIS3", "VIS4"]),
    "orthodont": ("y ~ male * age", "who", "age", None),
}
METHODS = {
    "satterthwaite": "Satterthwaite",
    "kenward-roger": "Kenward-Roger-Linear",
    "kenward-roger-2": "Kenward-Roger",
}


def in_r(term: str) -> str:
    return term.replace("[T.", "").replace("]", "").replace("Intercept", "(Intercept)")


@pytest.mark.parametrize("df", METHODS)
@pytest.mark.parametrize("cov", ["us", "cs", "ar1"])
@pytest.mark.parametrize("name", MODEL)
def test_everything_is_that_of_mmrm(name: str, cov: str, df: str) -> None:
    formula, subject, visit, order = MODEL[name]
    ours = mmrm(SETS[name], formula, subject, visit, order, cov=cov, df=df)
    here = (TERMS[["set", "cov", "method"]] == [name, cov, METHODS[df]]).all(axis=1)
    expected = TERMS[here].set_index("term").loc[[in_r(term.term) for term in ours.terms]]
    np.testing.assert_allclose([term.estimate for term in ours.terms], expected["estimate"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose([term.se for term in ours.terms], expected["se"], rtol=1e-5)
    np.testing.assert_allclose([term.df for term in ours.terms], expected["df"], rtol=1e-3)
    table = COVARIANCE[(COVARIANCE[["set", "cov", "method"]] == [name, cov, METHODS[df]]).all(axis=1)]
    matrix = table.pivot(index="row", columns="column", values="value").to_numpy()
    np.testing.assert_allclose(ours.covariance, matrix, rtol=1e-4)
    np.testing.assert_allclose(ours.loglik, table["loglik"].iloc[0], rtol=1e-9)
    assert ours.loglik >= table["loglik"].iloc[0] - 1e-9


@pytest.mark.parametrize("cov", ["us", "cs", "ar1"])
@pytest.mark.parametrize("df", ["satterthwaite", "residual"])
def test_many_trials_at_once_are_the_same_trials_one_by_one(cov: str, df: str) -> None:
    random = np.random.default_rng(2)
    trials, people, visits = 3, 40, 3
    arm = np.arange(people) % 2
    outcome = random.normal(size=(trials, people, 1)) + random.normal(size=(trials, people, visits)) + 30
    outcome[random.uniform(size=outcome.shape) < 0.15] = np.nan
    # The middle trial is complete: it has fewer patterns than its neighbours.
    outcome[1] = np.where(np.isnan(outcome[1]), 30.5, outcome[1])
    visit = np.broadcast_to(np.arange(visits), (people, visits))
    arms = np.broadcast_to(arm[:, None], visit.shape)
    matrix = np.stack([np.ones(visit.shape), arms, visit, arms * visit], axis=-1).astype(float)
    together = mmrm_trials(outcome, matrix, np.eye(4), cov, df)
    for number in range(trials):
        data = pd.DataFrame({"who": np.repeat(np.arange(people), visits), "visit": visit.ravel(), "arm": arms.ravel()})
        alone = mmrm(data.assign(y=outcome[number].ravel()), "y ~ arm * visit", "who", "visit", cov=cov, df=df)
        np.testing.assert_allclose(together.estimate[number], alone.coefficients, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(together.se[number], [term.se for term in alone.terms], rtol=1e-6)
        np.testing.assert_allclose(together.df[number], [term.df for term in alone.terms], rtol=1e-5)
    assert together.sound.all()


def test_a_trial_whose_covariance_the_data_do_not_determine_is_marked() -> None:
    random = np.random.default_rng(2)
    outcome = random.normal(size=(2, 30, 2))
    outcome[1, :, 1] = outcome[1, :, 0]
    matrix = np.stack([np.ones((30, 2)), np.broadcast_to([0.0, 1.0], (30, 2))], axis=-1)
    found = mmrm_trials(outcome, matrix, np.eye(2))
    assert found.sound.tolist() == [True, False]
    assert np.isnan(found.se[1]).all()
