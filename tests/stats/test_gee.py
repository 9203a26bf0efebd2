"""GEE against R's gee and geepack, the definition written out in R, and statsmodels.

Expected values: `tests/reference/gee` (script.R makes them). Tolerance 1e-9, relative: both sides iterate
to 1e-10 or better, and nothing else separates them. Where a package has another convention, the script and
`gee.py` say which.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from opstap.stats.design import StatsError
from opstap.stats.gee import FAMILIES, GeeResult, gee

HERE = Path(__file__).parents[1] / "reference" / "gee"
DATA = pd.read_csv(HERE / "data.csv")
TERMS = pd.read_csv(HERE / "expected_terms.csv")
CORRELATIONS = pd.read_csv(HERE / "expected_correlation.csv")
KEY = ["source", "family", "corr", "missing", "scale"]
CASES = list(TERMS[KEY].drop_duplicates().itertuples(index=False, name=None))
OUTCOME = {"gaussian": "hours", "binomial": "working", "poisson": "visits_gp"}
FORMULA = "arm * C(visit, contr.treatment(base='T0')) + age"


def fit(outcome: str, **options: object) -> GeeResult:
    return gee(DATA, f"{outcome} ~ {FORMULA}", "person", "visit", ["T0", "T6", "T12"], **options)


def in_r(term: str) -> str:
    for ours, theirs in (
        ("C(visit, contr.treatment(base='T0'))[T.T12]", "visitT12"),
        ("C(visit, contr.treatment(base='T0'))[T.T6]", "visitT6"),
        ("arm[T.steps]", "armsteps"),
        ("Intercept", "(Intercept)"),
    ):
        term = term.replace(ours, theirs)
    return term


def of(table: pd.DataFrame, case: tuple) -> pd.DataFrame:
    return table[(table[KEY] == list(case)).all(axis=1)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_estimates_errors_and_correlation_are_those_of_r(case: tuple) -> None:
    _, family, corr, missing, scale = case
    outcome = OUTCOME[family] + ("_seen" if missing else "")
    expected, working = of(TERMS, case).set_index("term"), of(CORRELATIONS, case)
    robust, naive = (fit(outcome, family=family, corr=corr, scale=scale, se=se) for se in ("robust", "naive"))
    expected = expected.loc[[in_r(term.term) for term in robust.terms]]
    np.testing.assert_allclose([term.estimate for term in robust.terms], expected["estimate"], rtol=1e-9)
    np.testing.assert_allclose([term.se for term in robust.terms], expected["robust"], rtol=1e-9)
    np.testing.assert_allclose([term.se for term in naive.terms], expected["naive"], rtol=1e-9)
    np.testing.assert_allclose(robust.dispersion, working["dispersion"].iloc[0], rtol=1e-9)
    if corr == "unstructured":
        found = np.array(robust.correlation)[working["row"] - 1, working["column"] - 1]
        np.testing.assert_allclose(found, working["correlation"], rtol=1e-9)
    elif corr != "independence":
        np.testing.assert_allclose(robust.correlation, working["correlation"].iloc[0], rtol=1e-9)
    else:
        assert robust.correlation is None


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("corr", ["independence", "exchangeable"])
def test_all_three_errors_are_those_of_statsmodels(family: str, corr: str) -> None:
    outcome = OUTCOME[family] + "_seen"
    seen = DATA.dropna(subset=[outcome])
    model = smf.gee(
        f"{outcome} ~ arm * C(visit, Treatment('T0')) + age",
        "person",
        seen,
        family=getattr(sm.families, family.capitalize())(),
        cov_struct=getattr(sm.cov_struct, corr.capitalize())(),
    )
    # Its default dispersion is 1 for binomial and Poisson; X2 is the Pearson estimate, which we always take.
    theirs = model.fit(ctol=1e-11, maxiter=200, scale="X2")
    reduced = model.fit(ctol=1e-11, maxiter=200, scale="X2", cov_type="bias_reduced")
    for se, expected in (
        ("robust", theirs.standard_errors("robust")),
        ("naive", theirs.standard_errors("naive")),
        ("mancl-derouen", reduced.bse),
    ):
        ours = fit(outcome, family=family, corr=corr, se=se)
        by_term = {in_r(term.term): term for term in ours.terms}
        for name, estimate, error in zip(theirs.params.index, theirs.params, expected, strict=True):
            term = by_term[
                name.replace("C(visit, Treatment('T0'))[T.", "visit")
                .replace("]", "")
                .replace("arm[T.", "arm")
                .replace("Intercept", "(Intercept)")
            ]
            np.testing.assert_allclose(term.estimate, estimate, rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(term.se, error, rtol=1e-6)
    if corr == "exchangeable":
        np.testing.assert_allclose(ours.correlation, theirs.cov_struct.dep_params, rtol=1e-6)


def test_mancl_derouen_brings_students_t_and_the_others_the_normal() -> None:
    small = DATA[DATA["person"] <= 14]
    robust, corrected = (gee(small, f"hours ~ {FORMULA}", "person", se=se) for se in ("robust", "mancl-derouen"))
    assert robust.terms[1].df is None
    assert corrected.terms[1].df == 14 - 7
    term = corrected.terms[1]
    assert term.high - term.estimate == pytest.approx(2.364624252 * term.se)  # t(7) at 97.5%, from any table
    assert all(c.se > r.se for c, r in zip(corrected.terms, robust.terms, strict=True))


def test_visits_and_rows_may_come_in_any_order_and_a_missing_row_is_a_missing_visit() -> None:
    seen = fit("hours_seen", corr="ar1")
    shuffled = gee(
        DATA.dropna(subset=["hours_seen"]).sample(frac=1, random_state=1),
        f"hours_seen ~ {FORMULA}",
        "person",
        "visit",
        ["T0", "T6", "T12"],
        corr="ar1",
    )
    assert shuffled.to_dict()["correlation"] == pytest.approx(seen.correlation)
    np.testing.assert_allclose(shuffled.cov, seen.cov)
    # Without a visit column, the order of each person's rows counts, also that of rows without an outcome.
    order = DATA.assign(months=DATA["visit"].str[1:].astype(int)).sort_values("months")
    np.testing.assert_allclose(gee(order, f"hours_seen ~ {FORMULA}", "person", corr="ar1").cov, seen.cov)


def test_numbered_visits_need_no_order() -> None:
    numbered = DATA.assign(months=DATA["visit"].str[1:].astype(int))
    options = {"family": "binomial", "corr": "unstructured"}
    ours = gee(numbered, "working ~ arm * C(months) + age", "person", "months", **options)
    assert ours.visits == [0, 6, 12]
    assert next(term.estimate for term in ours.terms if "arm" not in term.term) == pytest.approx(
        fit("working", **options).terms[0].estimate
    )
    ordered = DATA.assign(visit=pd.Categorical(DATA["visit"], ["T0", "T6", "T12", "T24"], ordered=True))
    assert gee(ordered, "working ~ age", "person", "visit", **options).visits == ["T0", "T6", "T12"]
    given = gee(numbered, "working ~ arm * C(months) + age", "person", "months", ["0", "6", "12"], **options)
    np.testing.assert_allclose(given.cov, ours.cov)


def test_a_yes_or_no_outcome_may_be_true_and_false() -> None:
    booleans = DATA.assign(working=DATA["working"] == 1)
    ours = gee(booleans, f"working ~ {FORMULA}", "person", family="binomial")
    assert ours.terms[0].estimate == pytest.approx(fit("working", family="binomial").terms[0].estimate)


def test_the_unit_of_a_covariate_does_not_matter() -> None:
    in_days = DATA.assign(age=DATA["age"] * 365.25e6)
    ours = gee(in_days, f"visits_gp ~ {FORMULA}", "person", family="poisson")
    theirs = fit("visits_gp", family="poisson")
    assert ours.terms[-1].statistic == pytest.approx(theirs.terms[-1].statistic)


def test_as_json() -> None:
    document = json.loads(json.dumps(fit("hours_seen", corr="unstructured").to_dict(), allow_nan=False))
    assert list(document) == ["terms", "n", "groups", "correlation", "dispersion"]
    assert list(document["terms"][0]) == ["term", "estimate", "se", "low", "high", "statistic", "df", "p"]
    assert (document["groups"], document["n"]) == (80, int(DATA["hours_seen"].notna().sum()))


def test_ten_thousand_people_in_a_moment() -> None:
    many = pd.concat([DATA.assign(person=DATA["person"] + 1000 * copy) for copy in range(125)])
    found = gee(many, f"hours_seen ~ {FORMULA}", "person", "visit", ["T0", "T6", "T12"], se="mancl-derouen")
    assert found.groups == 10_000
    np.testing.assert_allclose(found.terms[1].estimate, fit("hours_seen").terms[1].estimate, rtol=0.05)


NOT_TOGETHER = pd.DataFrame(
    {"who": [1, 1, 2, 2, 3, 3, 4, 4], "when": [0, 1, 0, 1, 0, 2, 0, 2], "y": [1.0, 2, 3, 5, 2, 2, 4, 6]}
)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"formula": "hours ~ arms"}, "no column 'arms'; the data have person, visit, arm"),
        ({}, {"group": "patient"}, "no column 'patient'"),
        ({}, {"visit_order": None}, r"Visits in 'visit' are text \(.*\); give their order"),
        ({}, {"visit_order": ["T0", "T6"]}, "visits that the order does not name: T12"),
        ({}, {"visit_order": ["T0", "T6", "T6", "T12"]}, "names one twice"),
        ({}, {"formula": "hours ~ arm + age + I(2 * age)"}, "design is singular: .*age"),
        ({}, {"formula": "hours ~ 0"}, "no terms"),
        ({}, {"formula": "hours"}, "needs one outcome before the ~"),
        ({}, {"formula": "hours ~ arm +* age"}, "cannot be read"),
        ({}, {"formula": "hours ~ np.log(age - 100)"}, "not finite in every row"),
        ({}, {"formula": "arm ~ age"}, "outcome 'arm' is not a number"),
        ({}, {"formula": "hours ~ I(__import__('os'))"}, "not allowed in a formula"),
        ({}, {"formula": "hours ~ open('x')"}, "not allowed in a formula"),
        ({}, {"formula": "hours ~ __import__('os').getcwd()"}, "cannot be read"),
        ({}, {"formula": "hours ~ np.log(arm)"}, "cannot be evaluated"),
        ({"visit": 1.5}, {}, "Visits in 'visit' are numbers; give their order in numbers"),
        ({}, {"formula": "hours ~ np.load('x')"}, "not allowed in a formula"),
        ({}, {"family": "gamma"}, "family 'gamma' is not known; choose one of gaussian, binomial, poisson"),
        ({}, {"family": "binomial"}, "family binomial must be between 0 and 1"),
        ({}, {"family": "poisson", "formula": "less ~ arm"}, "family poisson must be 0 or more"),
        ({"person": None}, {}, "Column 'person' is empty in 240 row"),
        ({"visit": "T0"}, {}, "person 1 has visit T0 twice"),
        ({"hours": np.nan}, {}, "nothing is left to analyse"),
        ({"hours": 7.0}, {}, "predict the outcome exactly"),
        ({}, {"family": "binomial", "formula": "perfect ~ age"}, "did not converge"),
    ],
)
def test_bad_input_gets_one_clear_message(change: dict, options: dict, message: str) -> None:
    data = DATA.assign(less=-DATA["hours"].abs(), perfect=(DATA["age"] > 49).astype(int))
    data = data.sort_values("person").assign(**change)
    call = {"formula": "hours ~ arm", "group": "person", "visit": "visit", "visit_order": ["T0", "T6", "T12"]}
    with pytest.raises(StatsError, match=message):
        gee(data, **{**call, **options})


def test_too_little_data() -> None:
    with pytest.raises(StatsError, match="groups cannot carry"):
        gee(DATA[DATA["person"] <= 2], "hours ~ arm", "person")
    with pytest.raises(StatsError, match="rows cannot carry"):
        gee(DATA[:2], "hours ~ age", "person")
    with pytest.raises(StatsError, match=r"Only 2 pair\(s\) of visits for 2 terms"):
        gee(NOT_TOGETHER, "y ~ when", "who", "when", corr="unstructured")
    with pytest.raises(StatsError, match="not positive definite"):
        gee(
            NOT_TOGETHER.assign(y=[10.0, 10, -10, -10, 1, -1, -1, 1]),
            "y ~ 1",
            "who",
            "when",
            corr="unstructured",
        )


def test_visits_that_nobody_had_both_of_have_no_correlation() -> None:
    found = gee(NOT_TOGETHER, "y ~ 1", "who", "when", corr="unstructured", scale="n")
    assert np.array(found.correlation, dtype=object)[1, 2] is None


def test_an_outcome_far_from_zero_converges() -> None:
    far = gee(DATA.assign(hours=DATA["hours"] + 1e7), f"hours ~ {FORMULA}", "person")
    near = gee(DATA, f"hours ~ {FORMULA}", "person")
    np.testing.assert_allclose(far.cov, near.cov, rtol=1e-6)
