"""The terms of the law in tables. Every date was reckoned apart from this code: with GNU date, or by the source named.

A term is written "opens > last day", with a dash where there is none.
"""

from __future__ import annotations

from datetime import date

import pytest

from opstap.domain.statute import Certainty, Deadline, FactError, Facts, State, Timeline, deadlines, rule_sets
from opstap.domain.statute.model import Country

LATER = date(2026, 11, 2)


def day(text: str) -> date:
    return date.fromisoformat(text)


def clock(country: str, first: str, *, on: str | None = None, **facts) -> Timeline:
    return deadlines(country, Facts(day(first), **facts), LATER if on is None else day(on))


def term(one: Deadline | None) -> str:
    assert one is not None
    return f"{one.opens or '-'} > {one.due or '-'}"


def terms(timeline: Timeline) -> dict[str, str]:
    return {one.id: term(one) for one in timeline.deadlines}


NL_FROM_A_LEAP_DAY = {
    "physician_opinion": "- > 2024-04-11",
    "action_plan": "- > 2024-04-25",
    "plan_review": "- > 2024-06-06",
    "report_42": "- > 2024-12-19",
    "first_year_evaluation": "2025-01-16 > 2025-02-27",
    "second_track": "- > 2025-02-27",
    "wia_letter": "- > 2025-11-06",
    "final_evaluation": "- > 2025-11-27",
    "wia_application": "2025-11-06 > 2025-12-11",
    "end_of_wage_duty": "- > 2026-02-26",
}


def test_the_dutch_terms_from_a_leap_day() -> None:
    timeline = clock("nl", "2024-02-29", on="2024-03-01")
    assert terms(timeline) == NL_FROM_A_LEAP_DAY
    assert (timeline.rule_set.id, timeline.first_sick_day) == ("nl-2004", day("2024-02-29"))


def test_the_104_weeks_end_where_the_register_of_reintegration_advisers_says() -> None:
    # rviregister.nl: sick from 3 January 2022, "originally ended on 1 January 2024".
    assert term(clock("nl", "2022-01-03").deadline("end_of_wage_duty")) == "- > 2024-01-01"


@pytest.mark.parametrize(
    ("first", "due", "why"),
    [
        ("2024-01-15", "2024-11-04", "a Monday"),
        ("2025-08-16", "2026-06-08", "Saturday 6 June 2026 moves to Monday"),
        ("2025-08-17", "2026-06-08", "Sunday 7 June 2026 moves to Monday"),
        ("2025-03-06", "2025-12-29", "Christmas on a Thursday, its second day on Friday, then the weekend"),
        ("2025-06-13", "2026-04-07", "Good Friday, the weekend, Easter Monday"),
        ("2025-07-07", "2026-04-28", "King's Day on a Monday"),
        ("2024-07-15", "2025-05-06", "Liberation Day, a holiday of the law every year"),
        ("2025-07-24", "2026-05-15", "Ascension Day"),
    ],
)
def test_the_report_of_week_42_is_due_on_a_working_day(first: str, due: str, why: str) -> None:
    assert term(clock("nl", first).deadline("report_42")) == f"- > {due}", why


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2024-02-29", "2024-06-06"),
        ("2024-06-06", "2024-06-06"),
        ("2024-06-07", "2024-07-18"),
        ("2026-01-15", "2026-01-15"),
        ("2026-01-16", "None"),
    ],
)
def test_the_next_review_of_the_plan_comes_every_six_weeks_until_the_end(on: str, due: str) -> None:
    # Weeks 14, 20, … 98; week 104 is the first day free of it. 15 January 2026 is day 0 + 686.
    review = clock("nl", "2024-02-29", on=on).deadline("plan_review")
    assert review is not None
    assert str(review.due) == due
    assert review.state is (State.LAPSED if due == "None" else State.AHEAD)


def test_what_was_done_moves_what_is_counted_from_it() -> None:
    done = {"physician_opinion": day("2024-03-21"), "plan_review": day("2024-05-16")}
    timeline = clock("nl", "2024-02-29", on="2024-07-01", done=done)
    # Two weeks after the opinion; six weeks after the last review.
    assert term(timeline.deadline("action_plan")) == "- > 2024-04-04"
    assert term(timeline.deadline("plan_review")) == "- > 2024-06-27"
    states = {one.id: one.state for one in timeline.deadlines}
    assert states["physician_opinion"] is State.DONE
    assert (states["action_plan"], states["plan_review"]) == (State.LATE, State.LATE)
    assert states["report_42"] is State.AHEAD


def test_without_a_review_done_the_plan_that_was_made_starts_the_six_weeks() -> None:
    timeline = clock("nl", "2024-02-29", on="2024-04-01", done={"action_plan": day("2024-04-01")})
    assert term(timeline.deadline("plan_review")) == "- > 2024-05-13"


BE = ["guaranteed_wage_end", "physician_notice", "questionnaire_insurer", "employer_may_start", "progressive_request"]


@pytest.mark.parametrize(
    ("first", "rule_set", "wage", "notice", "questionnaire", "start", "invalidity", "force_majeure"),
    [
        ("2018-01-31", "be-2016", "2018-03-01", "2018-02-28", None, "2018-05-31", "2019-01-31", None),
        ("2021-12-31", "be-2016", "2022-01-29", "2022-01-28", None, "2022-04-30", "2022-12-31", None),
        ("2022-01-01", "be-2016", "2022-01-30", "2022-01-29", "2022-03-12", "2022-05-01", "2023-01-01", None),
        ("2022-09-30", "be-2016", "2022-10-29", "2022-10-28", "2022-12-09", "2023-01-30", "2023-09-30", None),
        (
            "2022-10-01",
            "be-2022-10",
            "2022-10-30",
            "2022-10-29",
            "2022-12-10",
            "2023-01-01",
            "2023-10-01",
            "2023-07-01",
        ),
        (
            "2022-10-02",
            "be-2022-10",
            "2022-10-31",
            "2022-10-30",
            "2022-12-11",
            "2023-01-02",
            "2023-10-02",
            "2023-07-02",
        ),
        (
            "2024-02-29",
            "be-2022-10",
            "2024-03-29",
            "2024-03-28",
            "2024-05-09",
            "2024-05-29",
            "2025-02-28",
            "2024-11-29",
        ),
        (
            "2025-12-31",
            "be-2022-10",
            "2026-01-29",
            "2026-01-28",
            "2026-03-11",
            "2026-03-31",
            "2026-12-31",
            "2026-09-30",
        ),
        ("2026-01-01", "be-2026", "2026-01-30", "2026-01-29", "2026-03-12", "2026-01-01", "2027-01-01", "2026-07-01"),
        ("2026-01-02", "be-2026", "2026-01-31", "2026-01-30", "2026-03-13", "2026-01-02", "2027-01-02", "2026-07-02"),
        ("2026-08-31", "be-2026", "2026-09-29", "2026-09-28", "2026-11-09", "2026-08-31", "2027-08-31", "2027-02-28"),
    ],
)
def test_the_belgian_terms_around_the_days_on_which_the_law_changed(
    first, rule_set, wage, notice, questionnaire, start, invalidity, force_majeure
) -> None:
    timeline = clock("be", first, on=first)
    expected = {
        "guaranteed_wage_end": f"- > {wage}",
        "physician_notice": f"- > {notice}",
        "questionnaire_insurer": f"- > {questionnaire}",
        "employer_may_start": f"{start} > -",
        "invalidity_start": f"- > {invalidity}",
        "force_majeure_from": f"{force_majeure} > -",
        "progressive_request": "- > -",
    }
    found = terms(timeline)
    only_2026 = {
        name: found.pop(name) for name in ("work_potential_estimate", "trajectory_start_latest") if name in found
    }
    assert timeline.rule_set.id == rule_set
    assert found == {name: one for name, one in expected.items() if "None" not in one}
    assert bool(only_2026) is (rule_set == "be-2026")
    assert {one.rule_set for one in timeline.deadlines} == {rule_set}


def test_the_terms_that_came_in_2026() -> None:
    found = terms(clock("be", "2026-01-02"))
    assert found["work_potential_estimate"] == "2026-02-27 > 2026-02-27"
    assert found["trajectory_start_latest"] == "2026-02-27 > 2026-07-02"


@pytest.mark.parametrize(
    ("employees", "applies"), [(None, None), (19, "absent"), (20, None), (21, True), (0, "absent")]
)
def test_small_employers_and_the_size_on_which_sources_differ(employees, applies) -> None:
    found = clock("be", "2026-01-02", employees=employees).deadline("trajectory_start_latest")
    assert ("absent" if found is None else found.applies) == applies
    if found is not None:
        assert found.certainty is Certainty.UNCERTAIN


@pytest.mark.parametrize(
    ("resumption", "ask"),
    [
        ("2026-01-14", "2026-01-13"),  # RIZIV: start on Wednesday 14 January, ask on Tuesday 13
        ("2026-01-12", "2026-01-09"),  # RIZIV: start on Monday 12 January, ask on Friday 9
        ("2026-05-04", "2026-04-30"),  # Labour Day on the Friday before
        ("2026-01-02", "2025-12-31"),  # New Year's Day
        ("2026-04-07", "2026-04-03"),  # Easter Monday; Good Friday is a working day in Belgium
    ],
)
def test_progressive_resumption_is_asked_for_on_the_last_working_day_before(resumption: str, ask: str) -> None:
    timeline = clock("be", "2025-11-03", resumptions=(day(resumption),))
    assert term(timeline.deadline("progressive_request")) == f"- > {ask}"


def test_the_fund_decides_within_thirty_working_days() -> None:
    # 5 January 2026 is a Monday and nothing is a holiday in the six weeks after it.
    timeline = clock("be", "2025-11-03", resumptions=(day("2026-01-05"),))
    assert term(timeline.deadline("progressive_decision")) == "- > 2026-02-16"


def test_every_change_of_hours_is_asked_for_again_by_the_law_of_its_own_day() -> None:
    changes = (day("2026-02-02"), day("2025-12-15"), day("2026-02-02"))
    timeline = clock(
        "be", "2025-11-03", on="2026-01-20", resumptions=changes, done={"progressive_request": day("2025-12-20")}
    )
    requests = [one for one in timeline.deadlines if one.id == "progressive_request"]
    assert [(one.event_on, one.due, one.rule_set, one.state) for one in requests] == [
        (day("2025-12-15"), day("2025-12-12"), "be-2022-10", State.DONE),
        (day("2026-02-02"), day("2026-01-30"), "be-2026", State.DONE),
    ]

    def states(done: str) -> list[State]:
        known = {"progressive_request": day(done)}
        early = clock("be", "2025-11-03", on="2026-01-20", resumptions=changes, done=known)
        return [one.state for one in early.deadlines if one.id == "progressive_request"]

    # What was asked before the first change says nothing of the second.
    assert states("2025-12-11") == [State.DONE, State.AHEAD]
    assert states("2025-12-15") == [State.DONE, State.DONE]


@pytest.mark.parametrize(
    ("start", "rule_set", "opens", "decision"),
    [
        ("2025-12-31", "be-2022-10", "2025-12-01", "2026-02-18"),
        ("2026-01-01", "be-2026", "2026-01-01", None),
        ("2026-01-02", "be-2026", "2026-01-01", None),
    ],
)
def test_the_day_on_which_a_trajectory_starts_decides_which_rules_hold_for_it(start, rule_set, opens, decision) -> None:
    timeline = clock("be", "2025-09-01", trajectory_start=day(start))
    may, decided = timeline.deadline("employer_may_start"), timeline.deadline("trajectory_decision")
    assert may is not None
    assert decided is not None
    # The rule set named is still that of the first sick day; a right of 2026 does not open before 2026.
    assert timeline.rule_set.id == "be-2022-10"
    assert (may.rule_set, str(may.opens), timeline.changes) == (rule_set, opens, ())
    assert decided.due == (None if decision is None else day(decision))
    assert (decided.state, decided.certainty) == (
        (State.UNKNOWN, Certainty.UNKNOWN) if decision is None else (State.LATE, Certainty.SETTLED)
    )


def test_the_decision_of_2016_took_forty_working_days_by_one_source() -> None:
    # 40 working days after Monday 8 January 2018 are eight weeks.
    found = clock("be", "2017-09-01", trajectory_start=day("2018-01-08")).deadline("trajectory_decision")
    assert term(found) == "- > 2018-03-05"


def test_a_later_law_that_may_take_over_is_told() -> None:
    (change,) = clock("be", "2025-12-31", on="2026-02-01").changes
    assert (change.rule, change.keyed_by) == ("employer_may_start", "trajectory_start")
    assert (change.begins, change.rule_set) == (day("2026-01-01"), "be-2026")
    assert len(clock("be", "2025-06-02", on="2026-01-01").changes) == 1
    # Before the law changes, and with a term that ends before it does, there is nothing to tell.
    assert clock("be", "2025-06-02", on="2025-12-31").changes == ()


def test_rules_of_a_trajectory_are_not_on_the_clock_before_there_is_one() -> None:
    found = terms(clock("be", "2026-01-02"))
    assert "trajectory_decision" not in found
    assert "progressive_decision" not in found
    assert found["progressive_request"] == "- > -"


def test_the_order_is_that_of_the_days_with_unknown_ones_last() -> None:
    timeline = clock("be", "2026-01-05", trajectory_start=day("2026-02-02"))
    days = [one.when for one in timeline.deadlines]
    known = [one for one in days if one is not None]
    assert known == sorted(known)
    assert days[len(known) :] == [None, None]


# What a term looks like as time goes by.


@pytest.mark.parametrize(
    ("on", "rule", "state"),
    [
        ("2024-01-01", "physician_opinion", State.AHEAD),
        ("2024-04-11", "physician_opinion", State.AHEAD),
        ("2024-04-12", "physician_opinion", State.LATE),
        ("2025-01-15", "first_year_evaluation", State.AHEAD),
        ("2025-01-16", "first_year_evaluation", State.OPEN),
        ("2025-02-27", "first_year_evaluation", State.OPEN),
        ("2025-02-28", "first_year_evaluation", State.LATE),
        ("2026-02-25", "end_of_wage_duty", State.AHEAD),
        ("2026-02-26", "end_of_wage_duty", State.PASSED),
    ],
)
def test_the_state_of_a_term_on_a_day(on: str, rule: str, state: State) -> None:
    found = clock("nl", "2024-02-29", on=on).deadline(rule)
    assert found is not None
    assert found.state is state


def test_a_right_opens_and_stays_open() -> None:
    states = [
        clock("be", "2025-02-03", on=on).deadline("employer_may_start")
        for on in ("2025-05-02", "2025-05-03", "2027-01-01")
    ]
    assert [one.state for one in states if one] == [State.AHEAD, State.OPEN, State.OPEN]


def test_terms_that_need_a_contract_lapse_when_it_ends_first() -> None:
    timeline = clock("nl", "2024-02-29", on="2024-09-02", contract_end=day("2024-12-18"))
    lapsed = {one.id for one in timeline.deadlines if one.state is State.LAPSED}
    assert lapsed == {"report_42", "first_year_evaluation", "second_track", "final_evaluation", "end_of_wage_duty"}
    on_the_day = clock("nl", "2024-02-29", on="2024-09-02", contract_end=day("2024-12-19")).deadline("report_42")
    assert on_the_day is not None
    assert on_the_day.state is State.AHEAD
    nowhere = clock("be", "2026-01-05", trajectory_start=day("2026-02-02"), contract_end=day("2026-03-01"))
    decision = nowhere.deadline("trajectory_decision")
    assert decision is not None
    assert decision.state is State.LAPSED


def test_days_left_and_the_words_of_a_term() -> None:
    timeline = clock("nl", "2024-02-29", on="2024-12-09")
    report, request = timeline.deadline("report_42"), clock("be", "2026-01-05").deadline("progressive_request")
    assert report is not None
    assert request is not None
    assert report.days_left(timeline.on) == 10
    assert request.days_left(timeline.on) is None
    assert report.title.in_("nl") == "42e-weeksmelding bij UWV"
    assert report.title.in_("en") == report.title.in_("fr") == "Sickness report to UWV in week 42"
    assert report.source.startswith("Ziektewet, art. 38 (https://www.uwv.nl/")
    assert timeline.deadline("force_majeure_from") is None


# What cannot be right.


@pytest.mark.parametrize(
    ("country", "first", "facts", "fact", "told"),
    [
        ("fr", "2026-01-05", {}, "country", "'fr' has no clock; choose one of nl, be"),
        ("nl", "2003-12-31", {}, "first_sick_day", "no rules of nl are known for 2003-12-31; they begin on 2004-01-01"),
        ("be", "2016-11-30", {}, "first_sick_day", "they begin on 2016-12-01"),
        ("be", "2026-01-05", {"trajectory_start": date(2026, 1, 4)}, "trajectory_start", "before the first sick day"),
        ("be", "2026-01-05", {"resumptions": (date(2026, 1, 4),)}, "resumption", "correct one of the two"),
        ("be", "2026-01-05", {"contract_end": date(2026, 1, 4)}, "contract_end", "before the first sick day"),
        ("be", "2026-01-05", {"employees": -1}, "employees", "there cannot be -1; give 0 or more"),
        ("nl", "2026-01-05", {"done": {"report_42": date(2026, 1, 4)}}, "done.report_42", "before the first sick day"),
        ("nl", "2026-01-05", {"done": {"report_24": date(2026, 2, 4)}}, "done", "no rule 'report_24'"),
    ],
)
def test_facts_that_cannot_be_right_are_refused_with_the_mend(country, first, facts, fact, told) -> None:
    with pytest.raises(FactError, match=told) as refused:
        clock(country, first, **facts)
    assert refused.value.fact == fact


def test_the_first_day_of_the_oldest_rules_is_known() -> None:
    assert clock("nl", "2004-01-01").rule_set.id == "nl-2004"
    assert clock("be", "2016-12-01").rule_set.id == "be-2016"
    assert clock("be", "2026-01-05", trajectory_start=day("2026-01-05"), employees=0).rule_set.id == "be-2026"


@pytest.mark.parametrize("country", list(Country))
def test_every_rule_has_a_source_and_words_in_both_languages_that_a_tired_reader_can_read(country: Country) -> None:
    for rules in rule_sets(country):
        for rule in rules.rules:
            for text in (rule.plain.en, rule.plain.nl):
                for sentence in text.replace("?", ".").split("."):
                    assert len(sentence.split()) <= 14, f"{rules.id} {rule.id}: {sentence}"
