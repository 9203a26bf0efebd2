import hashlib
import json
from datetime import UTC, date, datetime

import pytest

from opstap.domain.protocol import load
from opstap.reports import FixedPlan, deviations, evaluate, page, plan_of
from opstap.reports.plan import ADDED, CHANGED, DROPPED, NOT_EXECUTED
from tests.reports.made import dataset

STEPS, RENTREE = load("steps"), load("rentree")


def changed(protocol, **more):
    return protocol.model_copy(update={"study": protocol.study.model_copy(update=more)})


def fixed(protocol, at=date(2026, 1, 2)):
    plan = plan_of(protocol)
    return FixedPlan(plan.text, plan.digest, at, "analyst")


def test_a_plan_is_canonical_json_with_its_own_hash():
    plan = plan_of(STEPS)
    assert plan.digest == hashlib.sha256(plan.text.encode()).hexdigest()
    assert plan.text == json.dumps(json.loads(plan.text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert {"analyses", "outcomes", "arms", "waves", "baseline"} <= set(plan.content)


def test_words_do_not_change_a_plan_and_options_do():
    assert plan_of(STEPS.model_copy(update={"texts": {}, "version": "9"})).digest == plan_of(STEPS).digest
    first, *rest = STEPS.study.analyses
    other = first.model_copy(update={"options": {**first.options, "corr": "ar1"}})
    assert plan_of(changed(STEPS, analyses=[other, *rest])).digest != plan_of(STEPS).digest
    turned = first.model_copy(update={"options": dict(reversed(first.options.items()))})
    assert plan_of(changed(STEPS, analyses=[turned, *rest])).digest == plan_of(STEPS).digest


def test_what_was_added_dropped_and_changed_is_named_with_its_place():
    first, second, *rest = STEPS.study.analyses
    other = first.model_copy(update={"options": {**first.options, "corr": "ar1"}})
    new = rest[0].model_copy(update={"id": "afterthought"})
    done = changed(STEPS, analyses=[other, *rest, new])
    found = {one.place: one for one in deviations(fixed(STEPS), done, {})}
    assert {place: one.kind for place, one in found.items()} == {
        f"study.analyses.{second.id}": DROPPED,
        "study.analyses.afterthought": ADDED,
        "study.analyses.primary.options.corr": CHANGED,
    }
    one = found["study.analyses.primary.options.corr"]
    assert (one.planned, one.done) == ("exchangeable", "ar1")


def test_another_order_is_a_change_since_the_first_primary_analysis_is_the_finding():
    first, second, *rest = STEPS.study.analyses
    found = deviations(fixed(STEPS), changed(STEPS, analyses=[second, first, *rest]), {})
    assert [(one.kind, one.place) for one in found] == [(CHANGED, "study.analyses")]


def test_an_analysis_that_could_not_be_executed_is_a_deviation_with_or_without_a_fixed_plan():
    results = {"analyses": {"primary": {"error": "no rank"}, "harm": {"rows": []}}}
    for plan in (None, fixed(STEPS)):
        found = deviations(plan, STEPS, results)
        assert [(one.kind, one.place, one.done) for one in found] == [
            (NOT_EXECUTED, "study.analyses.primary", "no rank")
        ]


@pytest.mark.parametrize(
    ("at", "unblinded", "before", "said"),
    [
        (date(2026, 1, 2), date(2026, 2, 1), True, "before the analysis was unblinded"),
        (date(2026, 3, 2), date(2026, 2, 1), False, "not before the analysis was unblinded"),
        (date(2026, 2, 1), date(2026, 2, 1), False, "not before the analysis was unblinded"),
        (datetime(2026, 2, 1, 9, tzinfo=UTC), datetime(2026, 2, 1, 10, tzinfo=UTC), True, "before the analysis was"),
        (date(2026, 1, 2), None, None, "has not been unblinded yet"),
    ],
)
def test_the_report_says_whether_the_plan_was_fixed_before_unblinding(at, unblinded, before, said):
    report = evaluate(STEPS, dataset("steps"), language="en", seed=1, fixed=fixed(STEPS, at), unblinded_at=unblinded)
    assert report.results["plan"]["before_unblinding"] is before
    assert said in page(report)
    assert report.results["plan"]["fixed"]["digest"] == report.provenance["plan"]


def test_without_a_fixed_plan_the_report_says_so_and_a_forged_one_is_seen():
    data = dataset("rentree")
    assert "Plan not fixed" in page(evaluate(RENTREE, data, language="en", seed=1))
    forged = FixedPlan(plan_of(RENTREE).text, "0" * 64, date(2026, 1, 2), "analyst")
    assert "Plan not sound" in page(evaluate(RENTREE, data, language="en", seed=1, fixed=forged))
