"""Two arms beside each other and sizes by formula, against R (`tests/reference/compare`), papers and worked examples.

Tolerance 1e-7, relative (R's own search for a sample size stops at 1e-4 of its unit, so sizes 1e-4).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.stats import sample_size
from opstap.stats.compare import baseline_table, effect_size, risks, stratified_risks
from opstap.stats.describe import Counts, Summary, likert
from opstap.stats.design import StatsError

HERE = Path(__file__).parents[1] / "reference" / "compare"
EXPECTED = pd.read_csv(HERE / "expected.csv").set_index("what")["value"]
ADMISSIONS = pd.read_csv(HERE / "data.csv")
SLEEP = ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_stratified_risks_are_those_of_metafor() -> None:
    found = stratified_risks(*(ADMISSIONS[name] for name in ("event", "arm", "stratum")))
    assert found.log_ratio is not None
    for name, term in (("RD", found.difference), ("RR", found.log_ratio)):
        ours = [term.estimate, term.se, term.low, term.high]
        np.testing.assert_allclose(
            ours, [EXPECTED[f"{name} {one}"] for one in ("estimate", "se", "low", "high")], rtol=1e-9
        )


def test_the_interval_of_a_risk_difference_is_newcombes() -> None:
    # 56 of 70 against 48 of 80: the example of Newcombe's table II (a), 0.2 (0.0524 to 0.3339).
    found = risks(56, 70, 48, 80)
    assert (found.difference.low, found.difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    ends = [EXPECTED["newcombe low"], EXPECTED["newcombe high"]]
    np.testing.assert_allclose([found.difference.low, found.difference.high], ends, rtol=1e-9)
    assert risks(0, 10, 3, 10).log_ratio is None
    with pytest.raises(StatsError, match="events must lie between"):
        risks(11, 10, 3, 10)


def test_strata_with_one_arm_tell_nothing_and_one_arm_alone_is_refused() -> None:
    event, arm, stratum = [1, 0, 1, 0, 1], [1, 1, 0, 0, 1], ["a", "a", "a", "a", "b"]
    assert stratified_risks(event, arm, stratum).difference.estimate == pytest.approx(0.0)
    with pytest.raises(StatsError, match="one arm only"):
        stratified_risks([1, 0], [1, 1], [1, 1])
    with pytest.raises(StatsError, match="No stratum has people in both"):
        stratified_risks([1, 0], [1, 0], [1, 2])
    with pytest.raises(StatsError, match="0 or 1"):
        stratified_risks([2, 0], [1, 0], [1, 1])


def test_hedges_g_is_that_of_metafor() -> None:
    ours = effect_size(SLEEP[1], SLEEP[0])
    np.testing.assert_allclose([ours.estimate, ours.se**2], [EXPECTED["g"], EXPECTED["g variance"]], rtol=1e-9)
    with pytest.raises(StatsError, match="two people or more"):
        effect_size([1.0, np.nan], [1.0, 2.0])


def test_the_baseline_table_counts_and_summarises_by_arm_and_tests_nothing_unasked() -> None:
    data = pd.DataFrame(
        {"arm": ["care"] * 3 + ["steps"] * 3, "age": [40, 50, 60, 45, 55, None], "sex": ["f", "m", "f", "f", "f", None]}
    )
    age, sex = baseline_table(data, "arm", ["age", "sex"])
    assert isinstance(age.by_arm["care"], Summary)
    assert (age.by_arm["care"].mean, age.by_arm["steps"].missing) == (50.0, 1)
    assert isinstance(sex.by_arm["steps"], Counts)
    assert (sex.by_arm["care"].counts, sex.by_arm["steps"].counts) == ({"f": 2, "m": 1}, {"f": 2, "m": 0})
    assert (age.p, sex.p) == (None, None)
    assert age.difference == pytest.approx(0.0)
    tested = baseline_table(data, "arm", ["age"], tests=True)[0].p
    assert tested == pytest.approx(1.0)
    with pytest.raises(StatsError, match="no column 'weight'"):
        baseline_table(data, "arm", ["weight"])


def test_who_says_not_applicable_counts_in_no_share() -> None:
    answers = [1, 2, 4, 5, 5, 9, None, 3]
    found = likert(answers, [1, 2, 3, 4, 5], not_applicable=9)
    assert (found.n, found.not_applicable, found.missing, found.median) == (6, 1, 1, 3)
    assert (found.agree.count, found.agree.n) == (3, 6)
    assert likert(answers, [1, 2, 3, 4, 5], 9, agree_from=5).agree.count == 2
    with pytest.raises(StatsError, match="9 is not among the levels"):
        likert(answers, [1, 2, 3, 4, 5])
    assert likert([], [1, 2]).median is None


def test_sizes_for_means_and_proportions_are_those_of_r() -> None:
    assert sample_size.means(4, 12) == pytest.approx(EXPECTED["means n"], rel=1e-4)
    assert sample_size.means(2, 1, 0.9) == pytest.approx(EXPECTED["means n small"], rel=1e-4)
    assert sample_size.means_power(60, 4, 12) == pytest.approx(EXPECTED["means power"], rel=1e-7)
    assert sample_size.proportions(0.5, 0.65, 0.9) == pytest.approx(EXPECTED["proportions n"], rel=1e-4)


def test_sizes_of_papers_and_by_hand() -> None:
    # Schoenfeld 1983: hazard ratio 1.5, 80%: 4 · 2.8016² / 0.4055² events.
    assert sample_size.events(1.5) == pytest.approx(4 * 2.801585218**2 / np.log(1.5) ** 2, rel=1e-9)
    assert sample_size.time_to_event(1.5, 0.5) == pytest.approx(sample_size.events(1.5))
    # A baseline that correlates 0.6 saves 36%.
    assert sample_size.ancova(4, 12, 0.6) == pytest.approx(sample_size.means(4, 12 * 0.8), rel=1e-9)
    # Frison and Pocock: variance factors 1 (post), 2(1 − ρ) (change) and 1 − ρ² (ancova) with one measurement each.
    sizes = [sample_size.repeated(4, 12, 1, 1, 0.6, method) for method in ("post", "change", "ancova")]
    exact = [sample_size.means(4, 12 * np.sqrt(factor)) for factor in (1, 0.8, 0.64)]
    assert sizes == pytest.approx(exact, rel=1e-9)
    # Eldridge 2006: clusters of 20, ICC 0.05, cv 0.65: 1 + ((0.65² + 1) · 20 − 1) · 0.05.
    assert sample_size.design_effect(20, 0.05, 0.65) == pytest.approx(2.3725)
    assert sample_size.people(100, drop_out=0.2) == 125
    assert sample_size.people(100.1, 0.0, 1.5) == 151


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sample_size.means(0, 1), "difference other than 0"),
        (lambda: sample_size.means(1, 1, 1.2), "power between"),
        (lambda: sample_size.means_power(1, 1, 1), "more than one person"),
        (lambda: sample_size.proportions(0.5, 0.5), "two different proportions"),
        (lambda: sample_size.events(1), "other than 1"),
        (lambda: sample_size.time_to_event(2, 0), "share with an event"),
        (lambda: sample_size.ancova(1, 1, 1), "correlation lies"),
        (lambda: sample_size.repeated(1, 1, 0, 1, 0.5), "at least one measurement"),
        (lambda: sample_size.design_effect(0.5, 0.1), "clusters of one or more"),
        (lambda: sample_size.people(10, 1), "Drop-out"),
    ],
)
def test_a_size_that_cannot_be_is_refused(call: object, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        call()  # type: ignore[operator]
