"""Corrected errors and other links of GEE on public data, against R (`tests/reference/gee-small`).

Estimates, robust errors and corrections are compared at R's own working correlation, which differs from ours by
(n − p)/n in the pairs: the correlation is compared to that factor, and errors where it plays no part or is the
same (independence; links: geepack's scale n). Tolerance 1e-8, relative, there; with R's exchangeable
correlation 2e-2, since the correlation itself differs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.gee import CORRECTED, gee, gee_trials

HERE = Path(__file__).parents[1] / "reference" / "gee-small"
DATA = pd.read_csv(HERE / "data.csv")
EXPECTED = pd.read_csv(HERE / "expected.csv")
FAMILY = {"epil": "poisson", "respiratory": "binomial", "orthodont": "gaussian"}
SHORT = {"mancl-derouen": "md", "kauermann-carroll": "kc", "fay-graubard": "fg", "robust": "robust"}
CASES = list(EXPECTED[["set", "corr", "link"]].drop_duplicates().itertuples(index=False, name=None))
CANONICAL = {"epil": "log", "respiratory": "logit", "orthodont": "identity"}


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_estimates_and_errors_are_those_of_r(case: tuple[str, str, str]) -> None:
    name, corr, link = case
    expected = EXPECTED[(EXPECTED[["set", "corr", "link"]] == list(case)).all(axis=1)]
    data = DATA[DATA["set"] == name]
    canonical = CANONICAL[name] == link
    formula = "y ~ " + " + ".join(term for term in expected["term"] if term != "(Intercept)")
    tolerance = 2e-2 if canonical and corr == "exchangeable" else 1e-8 if canonical else 1e-6
    for se, column in SHORT.items():
        if expected[column].isna().any():
            continue
        ours = gee(
            data,
            formula,
            "id",
            "visit",
            family=FAMILY[name],
            corr=corr,
            se=se,
            link=link,
            scale="n-p" if canonical else "n",
        )
        np.testing.assert_allclose([one.estimate for one in ours.terms], expected["estimate"], rtol=tolerance)
        np.testing.assert_allclose([one.se for one in ours.terms], expected[column], rtol=tolerance)
        assert (ours.terms[0].df is not None) == (se in CORRECTED)
        np.testing.assert_allclose(ours.dispersion, expected["dispersion"].iloc[0], rtol=tolerance)
        if corr == "exchangeable" and not canonical:
            np.testing.assert_allclose(ours.correlation, expected["alpha"].iloc[0], rtol=1e-6)


@pytest.mark.parametrize("se", ["robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"])
@pytest.mark.parametrize(
    ("family", "corr"), [("gaussian", "exchangeable"), ("gaussian", "unstructured"), ("binomial", "ar1")]
)
def test_many_trials_at_once_are_the_same_trials_one_by_one(family: str, corr: str, se: str) -> None:
    random = np.random.default_rng(4)
    trials, people, visits = 3, 48, 3
    arm = np.arange(people) % 2
    base = random.normal(size=(trials, people))
    level = random.normal(size=(trials, people, 1)) + random.normal(size=(trials, people, visits))
    outcome = level + arm[:, None] if family == "gaussian" else (level + 0.3 > 0).astype(float)
    outcome[random.uniform(size=outcome.shape) < 0.15] = np.nan
    visit = np.broadcast_to(np.arange(visits), (trials, people, visits))
    arms = np.broadcast_to(arm[:, None], visit.shape)
    bases = np.broadcast_to(base[:, :, None], visit.shape)
    matrix = np.stack([np.ones(visit.shape), arms, visit, bases], axis=-1)
    together = gee_trials(outcome, matrix, family, corr, se, tolerance=1e-11)
    for number in range(trials):
        data = pd.DataFrame(
            {
                "who": np.repeat(np.arange(people), visits),
                "visit": visit[number].ravel(),
                "arm": arms[number].ravel(),
                "base": bases[number].ravel(),
                "y": outcome[number].ravel(),
            }
        )
        alone = gee(data, "y ~ arm + visit + base", "who", "visit", family=family, corr=corr, se=se)
        np.testing.assert_allclose(together.estimate[number], alone.coefficients, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(together.cov[number], alone.cov, rtol=1e-6, atol=1e-9)
    assert together.sound.all()
    assert together.df == (44.0 if se in CORRECTED else None)


def test_a_trial_without_an_answer_is_marked_and_harms_no_other() -> None:
    random = np.random.default_rng(1)
    outcome = (random.uniform(size=(3, 40, 2)) < 0.5).astype(float)
    arm = np.repeat([[0.0], [1.0]], 20, axis=0)
    outcome[1] = np.broadcast_to(arm, (40, 2))
    matrix = np.stack([np.ones((40, 2)), np.broadcast_to(arm, (40, 2))], axis=-1)
    found = gee_trials(outcome, matrix, "binomial")
    assert found.sound.tolist() == [True, False, True]
    assert np.isnan(found.estimate[1]).all()
    assert np.isfinite(found.cov[[0, 2]]).all()


def test_few_groups_bring_a_notice() -> None:
    few = DATA[DATA["set"] == "orthodont"]
    assert "27 groups are few" in gee(few, "y ~ x1", "id").notices[0]
    assert gee(few, "y ~ x1", "id", se="fay-graubard").notices == ()
