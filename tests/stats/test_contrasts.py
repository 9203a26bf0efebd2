"""Marginal means and contrasts: what they average over, and what they refuse.

Against emmeans: `test_mmrm.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.contrasts import arm_contrasts, marginal_means
from opstap.stats.design import StatsError
from opstap.stats.gee import gee

DATA = pd.read_csv(Path(__file__).parents[1] / "reference" / "gee" / "data.csv")
FIT = gee(DATA, "hours ~ arm * visit + age", "person", "visit", ["T0", "T6", "T12"])


def test_numbers_are_held_at_their_mean_and_may_be_fixed() -> None:
    by_term = {term.term: term.estimate for term in FIT.terms}
    [care, _] = marginal_means(FIT, ["arm"], at={"visit": "T0"})
    assert care.levels == {"arm": "care"}
    assert care.estimate.estimate == pytest.approx(by_term["Intercept"] + by_term["age"] * DATA["age"].mean())
    [care, _] = marginal_means(FIT, ["arm"], at={"visit": "T0", "age": 60})
    assert care.estimate.estimate == pytest.approx(by_term["Intercept"] + by_term["age"] * 60)


def test_categories_are_averaged_evenly() -> None:
    apart = [mean.estimate.estimate for mean in marginal_means(FIT, ["arm", "visit"])]
    together = [mean.estimate.estimate for mean in marginal_means(FIT, ["arm"])]
    np.testing.assert_allclose(together, [np.mean(apart[:3]), np.mean(apart[3:])])


def test_a_contrast_is_a_difference_of_means_and_a_coefficient() -> None:
    contrasts = arm_contrasts(FIT, "arm", "visit")
    assert [contrast.levels for contrast in contrasts] == [
        {"arm": "steps", "visit": visit} for visit in ("T0", "T6", "T12")
    ]
    coefficient = next(term for term in FIT.terms if term.term == "arm[T.steps]")
    at_baseline = contrasts[0].estimate
    for part in ("estimate", "se", "low", "high", "p"):
        assert getattr(at_baseline, part) == pytest.approx(getattr(coefficient, part))
    [other_way] = arm_contrasts(FIT, "arm", reference="steps", at={"visit": "T0"})
    assert other_way.estimate.estimate == pytest.approx(-coefficient.estimate)
    assert other_way.estimate.term == "care - steps"


def test_a_value_that_no_row_has_is_refused() -> None:
    with pytest.raises(StatsError, match="visit has no level 'T9'; choose one of T0, T6, T12"):
        marginal_means(FIT, ["arm"], at={"visit": "T9"})


def test_a_category_with_an_awkward_name_and_a_model_without_one() -> None:
    awkward = gee(DATA.rename(columns={"arm": "arm of trial"}), "hours ~ `arm of trial` * visit + age", "person")
    plain = gee(DATA, "hours ~ arm * visit + age", "person")
    ours, theirs = (
        [each.estimate.estimate for each in arm_contrasts(fit, arm, "visit")]
        for fit, arm in ((awkward, "arm of trial"), (plain, "arm"))
    )
    np.testing.assert_allclose(ours, theirs)
    [mean] = marginal_means(gee(DATA, "hours ~ 1", "person", corr="independence"), [])
    assert mean.estimate.estimate == pytest.approx(DATA["hours"].mean())


def test_numbers_used_as_categories_and_columns_with_awkward_names() -> None:
    numbered = DATA.assign(months=DATA["visit"].str[1:].astype(int)).rename(columns={"age": "age at start"})
    fit = gee(numbered, "hours ~ arm * C(months) + `age at start`", "person", "months")
    ours = [contrast.estimate.estimate for contrast in arm_contrasts(fit, "arm", "months")]
    theirs = arm_contrasts(FIT, "arm", "visit")
    np.testing.assert_allclose(ours, [contrast.estimate.estimate for contrast in theirs])
    ordered = numbered.assign(arm=pd.Categorical(numbered["arm"], ["steps", "care", "unused"]))
    fit = gee(ordered, "hours ~ arm * C(months) + `age at start`", "person", "months")
    np.testing.assert_allclose([c.estimate.estimate for c in arm_contrasts(fit, "arm", "months")], -np.array(ours))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: marginal_means(FIT, ["sex"]), "'sex' is not in the formula; it has age, arm, visit"),
        (lambda: marginal_means(FIT, ["arm"], at={"sex": 1}), "'sex' is not in the formula"),
        (lambda: marginal_means(FIT, ["arm"], at={"arm": "care"}), "fixed by `at`"),
        (
            lambda: arm_contrasts(FIT, "arm", reference="usual"),
            "arm has no level 'usual'; choose one of care, steps",
        ),
    ],
)
def test_bad_input_gets_one_clear_message(call, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        call()
