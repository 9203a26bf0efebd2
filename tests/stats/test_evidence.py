"""Meta-analysis against R's metafor, and the Cochrane review of 2024 rebuilt.

Expected values: `tests/reference/evidence` (script.R makes them). Tolerance, relative: 1e-8; for REML 1e-6, since
metafor stops at 1e-10 of its own scale. Cochrane's table is not ours to publish: that test reads it from the folder
beside the project, and there is no such test where that folder is not.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.design import StatsError
from opstap.stats.effects import Effects, from_counts, from_estimates, from_means
from opstap.stats.synthesis import by_subgroup, egger, meta_regression, pool

HERE = Path(__file__).parents[1] / "reference" / "evidence"
COCHRANE = Path(__file__).parents[3] / "shared" / "reference" / "cochrane-2024" / "CD007569_pub4_data.csv"
SETS = {name: pd.read_csv(HERE / f"{name}.csv") for name in ("bcg", "sparse", "normand")}
POOLED = pd.read_csv(HERE / "expected_pooled.csv")
STUDIES = pd.read_csv(HERE / "expected_studies.csv")
MORE = pd.read_csv(HERE / "expected_more.csv")
BCG = SETS["bcg"]
CASES = list(POOLED[["set", "measure", "method", "ci"]].itertuples(index=False, name=None))


def effects(name: str, measure: str) -> Effects:
    data = SETS[name]
    if measure in ("md", "smd"):
        return from_means(measure, *(data[one] for one in ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")))
    return from_counts(measure, *(data[one] for one in ("events_1", "n_1", "events_2", "n_2")))


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_pooling_is_that_of_metafor(case: tuple[str, str, str, str]) -> None:
    name, measure, method, ci = case
    expected = POOLED[(POOLED[["set", "measure", "method", "ci"]] == list(case)).all(axis=1)].iloc[0]
    ours = pool(effects(name, measure), method, ci)
    tolerance = 1e-6 if method == "reml" else 1e-8
    found = [ours.estimate, ours.se, ours.low, ours.high, ours.p, ours.tau2, ours.q, ours.q_p]
    wanted = expected[["estimate", "se", "low", "high", "p", "tau2", "q", "qp"]].to_numpy(float)
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=1e-9)
    np.testing.assert_allclose(ours.i2, expected["i2"], rtol=10 * tolerance, atol=1e-7)
    assert ours.weights.sum() == pytest.approx(100)
    if np.isnan(expected["plow"]):
        assert ours.prediction_low is None
    else:
        np.testing.assert_allclose(
            [ours.prediction_low, ours.prediction_high], expected[["plow", "phigh"]].to_numpy(float), rtol=tolerance
        )


@pytest.mark.parametrize(
    ("name", "measure"), list(STUDIES[["set", "measure"]].drop_duplicates().itertuples(index=False, name=None))
)
def test_effects_of_studies_are_those_of_metafor_empty_cells_included(name: str, measure: str) -> None:
    expected = STUDIES[(STUDIES["set"] == name) & (STUDIES["measure"] == measure)]
    ours = effects(name, measure)
    np.testing.assert_allclose(ours.effect, expected["yi"], rtol=1e-12)
    np.testing.assert_allclose(ours.variance, expected["vi"], rtol=1e-12)


def test_moderators_subgroups_and_asymmetry_are_those_of_metafor() -> None:
    ours = effects("bcg", "rr")
    x = np.column_stack([np.ones(len(BCG)), BCG["ablat"]])
    for ci in ("wald", "hksj"):
        expected = MORE[MORE["what"] == f"regression {ci}"]
        found = meta_regression(ours, x, ["Intercept", "ablat"], ci=ci)
        np.testing.assert_allclose([t.estimate for t in found.terms], expected["estimate"], rtol=1e-6)
        np.testing.assert_allclose([t.se for t in found.terms], expected["se"], rtol=1e-6)
        np.testing.assert_allclose([t.p for t in found.terms], expected["p"], rtol=1e-5)
        np.testing.assert_allclose([found.tau2, found.q], expected[["tau2", "q"]].iloc[0], rtol=1e-6)
    groups = by_subgroup(ours, BCG["subgroup"].tolist())
    expected = MORE[MORE["what"] == "subgroup"].set_index("term").loc[[str(name) for name in groups.names]]
    np.testing.assert_allclose([one.estimate for one in groups.pooled], expected["estimate"], rtol=1e-6)
    np.testing.assert_allclose([one.se for one in groups.pooled], expected["se"], rtol=1e-6)
    np.testing.assert_allclose([one.tau2 for one in groups.pooled], expected["tau2"], rtol=1e-6)
    row = MORE[MORE["what"] == "egger"].iloc[0]
    found = egger(ours)
    np.testing.assert_allclose(
        [found.estimate, found.se, found.p, found.statistic], row[["estimate", "se", "p", "q"]].astype(float), rtol=1e-9
    )


def test_effects_as_reported_are_those_of_the_counts() -> None:
    counts = effects("bcg", "rr")
    reach = 1.959963984540054 * np.sqrt(counts.variance)
    ends = (np.exp(counts.effect + side * reach) for side in (0, -1, 1))
    again = from_estimates("rr", *ends)
    np.testing.assert_allclose(again.variance, counts.variance, rtol=1e-10)
    logs = from_estimates("rr", counts.effect, se=np.sqrt(counts.variance))
    assert pool(logs).estimate == pytest.approx(pool(again).estimate)


def test_a_study_without_any_event_tells_nothing_about_a_ratio() -> None:
    table = {"events_1": [0, 5, 9], "n_1": [20, 30, 40], "events_2": [0, 8, 12], "n_2": [20, 30, 40]}
    whole, part = (from_counts("rr", *(np.array(table[one])[rows] for one in table)) for rows in ([0, 1, 2], [1, 2]))
    assert whole.usable.tolist() == [False, True, True]
    for method in ("dl", "mh", "mh-random"):
        assert pool(whole, method).estimate == pytest.approx(pool(part, method).estimate)
        assert pool(whole, method).k == 2
    assert from_counts("rd", *table.values()).usable.all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: from_counts("rr", [5], [4], [1], [4]), "Study 1: events must lie between 0"),
        (lambda: from_counts("rr", [np.nan], [4], [1], [4]), "Study 1: events"),
        (lambda: from_means("md", [5], [0], [9], [1], [1], [9]), "standard deviations above 0"),
        (lambda: from_estimates("or", [-1], [0.5], [2]), "must lie above 0"),
        (lambda: from_estimates("or", [3], [0.5], [2]), "does not hold its estimate"),
        (lambda: from_estimates("md", [3], se=[0]), "standard error above 0"),
        (lambda: from_estimates("md", [3]), "needs its interval"),
        (lambda: pool(from_estimates("or", [1.5], [1], [2]), "mh"), "needs counts"),
        (lambda: pool(from_estimates("or", [1.5], [1], [2]), "reml", "hksj"), "at least two studies"),
        (lambda: pool(from_estimates("or", [1.5], [1], [2]), "fixed", "hksj"), "belongs to a random-effects"),
        (lambda: pool(from_counts("rr", [0], [4], [0], [4])), "nothing can be pooled"),
        (lambda: pool(from_counts("rr", [0, 0], [4, 5], [1, 2], [4, 5]), "mh"), "no event in any study"),
        (lambda: egger(from_estimates("or", [1.5], [1], [2])), "at least three"),
        (lambda: pool(from_estimates("or", [1.5], [1], [2]), "bayes"), "method 'bayes' is not known"),
    ],
)
def test_bad_input_gets_one_clear_message(call: object, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        call()  # type: ignore[operator]


if COCHRANE.exists():

    def test_the_cochrane_review_of_return_to_work_is_rebuilt() -> None:
        """CD007569.pub4 (de Boer and others, 2024): published pooled results for three kinds of programme."""
        table = pd.read_csv(COCHRANE)
        work = {
            group: table[(table["Analysis.group"] == group) & (table["Analysis.number"] == 1)] for group in (1, 3, 4)
        }
        psycho = work[1]
        names = ("Experimental.cases", "Experimental.N", "Control.cases", "Control.N")
        counts = from_counts("rr", *(psycho[one] for one in names))
        ours = pool(counts, "mh-random")
        np.testing.assert_allclose(
            np.exp([ours.estimate, ours.low, ours.high]), [1.088758, 0.959366, 1.235602], rtol=1e-6
        )
        np.testing.assert_allclose(ours.weights, psycho["Weight"], rtol=1e-5)
        np.testing.assert_allclose(np.exp(counts.effect), psycho["Mean"], rtol=1e-6)
        # Neither of the usual methods gives it.
        assert np.exp(pool(counts, "dl").estimate) == pytest.approx(1.0849, abs=5e-5)
        assert np.exp(pool(counts, "reml").estimate) == pytest.approx(1.0980, abs=5e-5)
        for group, published in ((3, (1.225494, 1.080109, 1.390449)), (4, (1.998113, 1.294337, 3.084558))):
            rows = work[group]
            measure = "rr" if group == 3 else "or"
            ours = pool(from_estimates(measure, rows["GIV.Mean"], se=rows["GIV.SE"]), "dl")
            np.testing.assert_allclose(np.exp([ours.estimate, ours.low, ours.high]), published, rtol=1e-5)
            np.testing.assert_allclose(ours.weights, rows["Weight"], rtol=1e-4)
