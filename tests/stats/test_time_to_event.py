"""Cox, log-rank, restricted means and competing risks against R's survival, cmprsk and survRM2.

Expected values: `tests/reference/time-to-event` (script.R makes them; two public data sets or more for each, and
`late.csv`, made for delayed entry). Tolerance 1e-9, relative: the definitions are the same. One exception: with
delayed entry the standard error of a cumulative incidence is Gray's here and the infinitesimal jackknife in R's
survival, which agree to a tenth.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats.competing import cumulative_incidence, gray_test
from opstap.stats.cox import cox
from opstap.stats.design import StatsError
from opstap.stats.fine_gray import fine_gray
from opstap.stats.logrank import logrank, restricted_mean, restricted_mean_difference
from opstap.stats.survival import kaplan_meier

HERE = Path(__file__).parents[1] / "reference" / "time-to-event"
SETS = {name: pd.read_csv(HERE / f"{name}.csv") for name in ("lung", "veteran", "heart", "late", "mgus")}
COX = pd.read_csv(HERE / "expected_cox.csv")
LUNG, LATE, MGUS = SETS["lung"], SETS["late"], SETS["mgus"]
MODELS = {
    ("lung", "plain"): ("age + sex + ecog", {"time": "time"}),
    ("lung", "months"): ("age + sex + ecog", {"time": "month"}),
    ("lung", "strata"): ("age + sex", {"time": "month", "strata": "ecog"}),
    ("lung", "cluster"): ("age + sex", {"time": "month", "cluster": "inst"}),
    ("heart", "entry"): ("~ age + year + transplant", {"time": "stop", "entry": "start"}),
    ("late", "cluster"): ("arm + age", {"time": "time", "entry": "entry", "cluster": "clinic"}),
    ("late", "strata"): ("arm + age", {"time": "time", "entry": "entry", "strata": "site"}),
}


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("case", MODELS, ids="-".join)
def test_cox_and_its_test_of_proportional_hazards_are_those_of_r(case: tuple[str, str], ties: str) -> None:
    formula, options = MODELS[case]
    ours = cox(SETS[case[0]], formula, event="event", ties=ties, **options)
    expected = COX[(COX[["set", "model", "ties"]] == [*case, ties]).all(axis=1)]
    assert [term.term for term in ours.terms] == expected["term"].tolist()
    np.testing.assert_allclose(ours.coefficients, expected["estimate"], rtol=1e-8)
    np.testing.assert_allclose([term.se for term in ours.terms], expected["se"], rtol=1e-8)
    np.testing.assert_allclose(ours.loglik, expected["loglik"].iloc[0], rtol=1e-12)
    np.testing.assert_allclose(ours.loglik_null, expected["loglik0"].iloc[0], rtol=1e-12)
    *terms, whole = ours.proportional
    np.testing.assert_allclose([one.statistic for one in terms], expected["chisq"], rtol=1e-7)
    np.testing.assert_allclose([one.p for one in terms], expected["zp"], rtol=1e-6)
    np.testing.assert_allclose(whole.statistic, expected["global"].iloc[0], rtol=1e-7)
    assert (whole.term, whole.df) == ("GLOBAL", len(terms))


def test_the_unit_and_the_place_of_a_covariate_do_not_matter() -> None:
    plain = cox(LUNG, "age + sex", "time", "event")
    moved = cox(LUNG.assign(age=1e6 + 1e-3 * LUNG["age"]), "age + sex", "time", "event")
    np.testing.assert_allclose([t.statistic for t in moved.terms], [t.statistic for t in plain.terms], rtol=1e-6)


def test_a_row_with_a_missing_covariate_is_left_out() -> None:
    holes = LUNG.assign(age=LUNG["age"].where(LUNG["age"] > 50))
    ours = cox(holes, "age", "time", "event")
    assert (ours.n, ours.left_out) == (int((LUNG["age"] > 50).sum()), int((LUNG["age"] <= 50).sum()))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"event": 0}, {}, "No event was seen"),
        ({"event": 3}, {}, "event must be 1"),
        ({"time": np.nan}, {}, "time is missing in 226 row"),
        ({"time": np.inf}, {}, "time is infinite in row 1"),
        ({}, {"formula": "ages"}, "no column 'ages'"),
        ({}, {"formula": "age + I(age * 2)"}, "singular"),
        ({"age": 5}, {}, "follow"),
        ({"age": np.nan}, {}, "No row has all covariates"),
        ({}, {"formula": "time ~ age"}, "right-hand side alone"),
        ({}, {"formula": "0 + age"}, "Leave the intercept in"),
        ({}, {"formula": ""}, "has no terms"),
        ({}, {"ties": "exact"}, "ties 'exact' is not known; choose one of efron, breslow"),
        ({}, {"formula": "event"}, "all events lie on one side"),
        ({"start": 5000}, {"entry": "start"}, "entry 5000 is not before time"),
        ({}, {"cluster": "event"}, "2 clusters cannot carry 3 terms"),
    ],
)
def test_cox_refuses_with_one_clear_message(change: dict, options: dict, message: str) -> None:
    call = {"formula": "age + sex + ecog" if "cluster" in options else "age", "time": "time", "event": "event"}
    with pytest.raises(StatsError, match=message):
        cox(LUNG.assign(**change), **{**call, **options})


def test_the_log_rank_test_is_that_of_r_also_with_delayed_entry() -> None:
    expected = pd.read_csv(HERE / "expected_logrank.csv")
    veteran = SETS["veteran"]
    found = [
        logrank(LUNG["time"], LUNG["event"], LUNG["sex"]),
        logrank(veteran["time"], veteran["status"], veteran["celltype"]),
        logrank(LATE["time"], LATE["event"], LATE["arm"], LATE["entry"]),
    ]
    np.testing.assert_allclose([one.statistic for one in found], expected["statistic"], rtol=1e-10)
    assert [one.df for one in found] == expected["df"].tolist()
    assert sum(found[0].observed) == pytest.approx(sum(found[0].expected))


def test_restricted_means_and_their_difference_are_those_of_survrm2() -> None:
    for row in pd.read_csv(HERE / "expected_rmst.csv").itertuples():
        men, women = (
            restricted_mean(kaplan_meier(part["time"], part["event"]), row.tau)
            for part in (LUNG[LUNG["sex"] == 1], LUNG[LUNG["sex"] == 2])
        )
        ours = restricted_mean_difference(women, men, "women - men")
        np.testing.assert_allclose(
            [men.estimate, men.se, women.estimate, women.se, ours.estimate, ours.low, ours.high, ours.p],
            [row.rmst0, row.se0, row.rmst1, row.se1, row.difference, row.low, row.high, row.p],
            rtol=1e-10,
        )


def test_a_restricted_mean_of_late_entrants_counts_from_where_the_curve_was_begun() -> None:
    # R counts survfit's mean from 0 also where the curve starts later: its 365 days are taken off.
    expected = pd.read_csv(HERE / "expected_rmst_late.csv").iloc[0]
    curve = kaplan_meier(LATE["time"], LATE["event"], LATE["entry"], since=365)
    ours = restricted_mean(curve, 900, since=365)
    np.testing.assert_allclose([ours.estimate, ours.se], [expected["rmst"] - 365, expected["se"]], rtol=1e-10)


def test_a_restricted_mean_beyond_what_was_seen_is_refused() -> None:
    curve = kaplan_meier([1, 2, 3], [1, 1, 0])
    with pytest.raises(StatsError, match="choose tau up to 3"):
        restricted_mean(curve, 4)
    with pytest.raises(StatsError, match="must lie after"):
        restricted_mean(curve, 0)
    # Where everyone had the event, the rest is known: nobody is left.
    assert restricted_mean(kaplan_meier([1, 2], [1, 1]), 5).estimate == pytest.approx(1.5)
    with pytest.raises(StatsError, match="use one tau"):
        restricted_mean_difference(restricted_mean(curve, 2), restricted_mean(curve, 3), "")


@pytest.mark.parametrize(
    ("name", "by", "entry"), [("mgus", "male", None), ("late", "arm", None), ("late-entry", "arm", "entry")]
)
def test_cumulative_incidence_is_that_of_r(name: str, by: str, entry: str | None) -> None:
    table = pd.read_csv(HERE / "expected_cif.csv")
    data = SETS[name.partition("-")[0]]
    for (group, cause), expected in table[table["set"] == name].groupby(["by", "cause"]):
        part = data[data[by] == group]
        ours = cumulative_incidence(part["time"], part["cause"], cause, None if entry is None else part[entry])
        read = ours.at(expected["time"])
        np.testing.assert_allclose([one.estimate for one in read], expected["estimate"], rtol=1e-10)
        np.testing.assert_allclose([one.se for one in read], expected["se"], rtol=0.1 if entry else 1e-10)
        assert all(one.low < one.estimate < one.high for one in read)


@pytest.mark.parametrize(("name", "by"), [("mgus", "male"), ("late", "arm")])
@pytest.mark.parametrize("cause", [1, 2])
def test_grays_test_is_that_of_cmprsk(name: str, by: str, cause: int) -> None:
    table = pd.read_csv(HERE / "expected_gray.csv")
    expected = table[(table["set"] == name) & (table["cause"] == cause)].iloc[0]
    ours = gray_test(SETS[name]["time"], SETS[name]["cause"], SETS[name][by], cause)
    np.testing.assert_allclose(ours.statistic, expected["statistic"], rtol=1e-10)
    assert ours.df == expected["df"]


def test_grays_test_with_delayed_entry_is_the_log_rank_test_where_nothing_competes() -> None:
    later = LATE[LATE["time"] > 365]  # before, few are at risk
    entry = later["entry"].clip(lower=365)
    gray = gray_test(later["time"], later["event"], later["arm"], 1, entry)
    rank = logrank(later["time"], later["event"], later["arm"], entry)
    # The score is the same; Gray's variance is another estimate of the same one.
    assert gray.statistic == pytest.approx(rank.statistic, rel=0.05)


@pytest.mark.parametrize(("name", "formula"), [("mgus", "age + male + mspike"), ("late", "arm + age")])
@pytest.mark.parametrize("cause", [1, 2])
@pytest.mark.parametrize("entry", [None, "entry"])
def test_fine_and_gray_is_that_of_cmprsk_and_with_delayed_entry_of_survival(
    name: str, formula: str, cause: int, entry: str | None
) -> None:
    if name == "mgus" and entry is not None:
        entry = "zero"
    table = pd.read_csv(HERE / "expected_fine_gray.csv")
    here = (table["set"] == name) & (table["cause"] == cause) & (table["entry"] == (1 if entry == "entry" else 0))
    ours = fine_gray(SETS[name].assign(zero=-1.0), formula, "time", "cause", cause, entry)
    # Where all enter before anything happens, delayed entry changes only how errors and ties with censoring are
    # counted.
    np.testing.assert_allclose(
        [term.estimate for term in ours.terms], table[here]["estimate"], rtol=2e-2 if entry == "zero" else 1e-9
    )
    np.testing.assert_allclose(
        [term.se for term in ours.terms], table[here]["se"], rtol=2e-2 if entry == "zero" else 1e-9
    )


def test_a_cause_that_nobody_has_is_refused() -> None:
    with pytest.raises(StatsError, match="cause 3; choose one of 1, 2"):
        gray_test(LATE["time"], LATE["cause"], LATE["arm"], 3)
    with pytest.raises(StatsError, match="at least two"):
        gray_test(LATE["time"], LATE["cause"], np.ones(len(LATE)), 1)
    with pytest.raises(StatsError, match="number of the cause"):
        cumulative_incidence([1, 2], [0.5, 1], 1)


def test_shares_of_all_causes_and_those_without_an_event_make_one() -> None:
    one, two = (cumulative_incidence(LATE["time"], LATE["cause"], k, LATE["entry"]) for k in (1, 2))
    np.testing.assert_allclose(one.estimate + two.estimate + one.survival, 1, rtol=1e-12)
