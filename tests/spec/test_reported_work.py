"""How reports of work are read, in examples: each test is one reading rule of `opstap.domain.work.reported`.

A report is its day and its answers; a stretch is "first day, last day (a dash: still running), contract hours,
hours worked, sick percentage, kind".
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstap.domain.work.reported import spells_from_reports
from opstap.domain.work.spells import HOURS_IN_A_WEEK, Kind, Spell, check

Report = tuple[date, dict[str, Any]]
FIRST = date(2026, 3, 2)
SECOND = date(2026, 9, 1)


def report(day: date = FIRST, **answers: Any) -> Report:
    """One report of someone with a contract of 32 hours who is at work in full, but for what is given."""
    usual = {"employed": 1, "contract_hours": 32, "reported_sick": 0, "at_work": 1, "actual_hours": 32}
    return day, {**usual, **answers}


AWAY = {"reported_sick": 1, "at_work": 0, "actual_hours": None, "sick_percent": 100}
SICK_SINCE_OCTOBER = {**AWAY, "first_sick_day": "2025-10-01"}


def stretches(*reports: Report) -> list[str]:
    return [
        f"{spell.start} {spell.end or '-'} {spell.contract_hours:g} {spell.actual_hours:g} {spell.sick_percent:g} "
        f"{spell.kind.value}"
        for spell in spells_from_reports("p1", reports)
    ]


def test_nothing_reported_is_nothing_known() -> None:
    assert spells_from_reports("p1", []) == []


def test_a_spell_carries_whose_it_is_and_that_a_questionnaire_told_it() -> None:
    (spell,) = spells_from_reports("S-ABC234", [report()])
    assert (spell.person, spell.source, spell.job, spell.index_date) == ("S-ABC234", "questionnaire", "1", None)


def test_hours_hold_from_the_day_named() -> None:
    assert stretches(report(hours_since="2019-05-01")) == ["2019-05-01 - 32 32 0 own"]


def test_a_change_without_a_date_counts_from_the_day_of_the_report() -> None:
    assert stretches(report()) == ["2026-03-02 - 32 32 0 own"]
    assert stretches(report(), report(SECOND, actual_hours=20)) == [
        "2026-03-02 2026-08-31 32 32 0 own",
        "2026-09-01 - 32 20 0 own",
    ]
    assert stretches(report(), report(SECOND, **AWAY)) == [
        "2026-03-02 2026-08-31 32 32 0 own",
        "2026-09-01 - 32 0 100 own",
    ]


def test_without_a_contract_there_is_no_spell() -> None:
    assert stretches(report(employed=0)) == []
    assert stretches(report(), report(SECOND, employed=0)) == ["2026-03-02 2026-08-31 32 32 0 own"]


def test_who_finds_work_again_has_a_spell_again() -> None:
    assert stretches(report(employed=0), report(SECOND, hours_since="2026-08-01", work_kind="other_employer")) == [
        "2026-08-01 - 32 32 0 other_employer"
    ]


def test_sick_leave_begins_on_its_first_day() -> None:
    assert stretches(report(**SICK_SINCE_OCTOBER)) == ["2025-10-01 - 32 0 100 own"]


def test_before_the_first_day_back_someone_reported_sick_did_not_work() -> None:
    back = {"reported_sick": 1, "first_sick_day": "2025-10-01", "first_day_back": "2026-01-12", "sick_percent": 25}
    assert stretches(report(**back, actual_hours=24)) == [
        "2025-10-01 2026-01-11 32 0 100 own",
        "2026-01-12 - 32 24 25 own",
    ]
    # Hours that are said to hold since long before were broken off by the sick leave all the same.
    assert stretches(report(**back, actual_hours=24, hours_since="2018-01-01")) == [
        "2025-10-01 2026-01-11 32 0 100 own",
        "2026-01-12 - 32 24 25 own",
    ]


def test_first_hours_back_count_until_the_present_hours_and_the_rest_of_the_contract_is_sick_leave() -> None:
    answers = {
        "reported_sick": 1, "first_sick_day": "2025-10-01", "first_day_back": "2026-01-12", "hours_first_back": 8,
        "actual_hours": 24, "hours_since": "2026-02-16", "sick_percent": 25, "work_kind": "adapted",
    }  # fmt: skip
    assert stretches(report(**answers)) == [
        "2025-10-01 2026-01-11 32 0 100 own",
        "2026-01-12 2026-02-15 32 8 75 adapted",
        "2026-02-16 - 32 24 25 adapted",
    ]


@pytest.mark.parametrize(("contract", "first", "sick"), [(32, 40, 0), (0, 8, 0), (32, 32, 0), (32, 24, 25)])
def test_sick_leave_at_the_first_hours_is_never_less_than_none(contract: float, first: float, sick: float) -> None:
    answers = {"first_day_back": "2026-01-12", "hours_first_back": first, "hours_since": "2026-02-16"}
    sick_since = {"reported_sick": 1, "first_sick_day": "2025-10-01", "contract_hours": contract, "actual_hours": 30}
    found = stretches(report(**sick_since, **answers))
    assert found[1] == f"2026-01-12 2026-02-15 {contract:g} {first:g} {sick:g} own"


def test_first_hours_back_are_not_asked_after_when_they_are_the_present_hours() -> None:
    answers = {"first_day_back": "2026-01-12", "hours_first_back": 16, "hours_since": "2026-01-12", "actual_hours": 16}
    assert stretches(report(reported_sick=1, first_sick_day="2025-10-01", sick_percent=50, **answers)) == [
        "2025-10-01 2026-01-11 32 0 100 own",
        "2026-01-12 - 32 16 50 own",
    ]


def test_who_kept_working_while_reported_sick_in_part_was_not_sick_before_the_first_sick_day() -> None:
    answers = {"reported_sick": 1, "first_sick_day": "2025-10-01", "sick_percent": 20}
    assert stretches(report(**answers, hours_since="2019-05-01")) == [
        "2019-05-01 2025-09-30 32 32 0 own",
        "2025-10-01 - 32 32 20 own",
    ]


def test_sick_leave_that_began_and_ended_between_two_reports_is_kept() -> None:
    later = {"reported_sick": 1, "first_sick_day": "2026-05-01", "first_day_back": "2026-06-01", "sick_percent": 0}
    assert stretches(report(), report(SECOND, **later, hours_since="2026-06-01")) == [
        "2026-03-02 2026-04-30 32 32 0 own",
        "2026-05-01 2026-05-31 32 0 100 own",
        "2026-06-01 - 32 32 0 own",
    ]


def test_the_first_day_back_counts_once() -> None:
    back = {"first_day_back": "2026-01-12", "hours_first_back": 8, "hours_since": "2026-02-16", "actual_hours": 16}
    first = report(reported_sick=1, first_sick_day="2025-10-01", sick_percent=50, **back)
    again = report(SECOND, reported_sick=1, sick_percent=50, **back)
    assert stretches(first, again) == stretches(first)


def test_reports_that_say_the_same_are_one_spell() -> None:
    assert stretches(report(**SICK_SINCE_OCTOBER), report(SECOND, **AWAY)) == ["2025-10-01 - 32 0 100 own"]


def test_a_date_before_the_report_before_moves_to_the_day_after_it() -> None:
    assert stretches(report(), report(SECOND, actual_hours=16, hours_since="2025-12-01")) == [
        "2026-03-02 2026-03-02 32 32 0 own",
        "2026-03-03 - 32 16 0 own",
    ]


def test_a_date_in_the_future_moves_to_the_day_of_the_report() -> None:
    assert stretches(report(hours_since="2027-01-01")) == ["2026-03-02 - 32 32 0 own"]


def test_who_is_not_at_work_works_no_hours_whatever_else_was_filled_in() -> None:
    assert stretches(report(at_work=0, actual_hours=32, work_kind="adapted")) == ["2026-03-02 - 32 0 0 own"]


def test_a_sick_percentage_counts_only_for_who_is_reported_sick() -> None:
    assert stretches(report(sick_percent=40)) == ["2026-03-02 - 32 32 0 own"]


def test_two_reports_on_one_day_are_read_as_the_last_word() -> None:
    assert stretches(report(), report(actual_hours=10)) == ["2026-03-02 - 32 10 0 own"]


# Whatever anyone reports.

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
MAYBE_A_DAY = st.none() | DAYS.map(date.isoformat)
ANSWERS = st.fixed_dictionaries(
    {"employed": st.sampled_from([1, 1, 1, 0])},
    optional={
        "contract_hours": st.integers(0, 80),
        "reported_sick": st.sampled_from([0, 1]),
        "first_sick_day": MAYBE_A_DAY,
        "at_work": st.sampled_from([0, 1]),
        "first_day_back": MAYBE_A_DAY,
        "hours_first_back": st.none() | st.integers(0, 80),
        "actual_hours": st.none() | st.integers(0, 80),
        "hours_since": MAYBE_A_DAY,
        "sick_percent": st.none() | st.integers(0, 100),
        "work_kind": st.sampled_from([kind.value for kind in Kind if kind is not Kind.NONE]),
    },
)
REPORTS = st.lists(st.tuples(DAYS, ANSWERS), min_size=1, max_size=4, unique_by=lambda one: one[0])


@given(REPORTS)
def test_spells_never_overlap_and_are_right_as_one_account(reports: list[Report]) -> None:
    found = spells_from_reports("p1", reports)
    check(found)
    assert all(0 <= spell.actual_hours <= HOURS_IN_A_WEEK for spell in found)
    assert all(spell.start <= max(day for day, _ in reports) for spell in found)
    assert sum(spell.end is None for spell in found) == (max(reports)[1]["employed"] if found else 0)


@given(REPORTS, st.randoms())
def test_the_order_in_which_reports_come_in_does_not_matter(reports: list[Report], shuffle: Any) -> None:
    mixed = list(reports)
    shuffle.shuffle(mixed)
    assert spells_from_reports("p1", mixed) == spells_from_reports("p1", reports)


@given(REPORTS)
def test_a_later_report_never_changes_what_an_earlier_one_settled(reports: list[Report]) -> None:
    ordered = sorted(reports, key=lambda one: one[0])
    settled = ordered[-2][0] if len(ordered) > 1 else date.min
    assert _until(spells_from_reports("p1", ordered[:-1]), settled) == _until(
        spells_from_reports("p1", ordered), settled
    )


@given(REPORTS)
def test_on_the_day_of_the_last_report_holds_what_it_says(reports: list[Report]) -> None:
    day, answers = max(reports, key=lambda one: one[0])
    running = [spell for spell in spells_from_reports("p1", reports) if spell.end is None]
    if answers["employed"] == 0:
        assert not running
        return
    at_work = answers.get("at_work") == 1
    assert running[0].start <= day
    assert running[0].contract_hours == (answers.get("contract_hours") or 0)
    assert running[0].actual_hours == ((answers.get("actual_hours") or 0) if at_work else 0)
    assert running[0].sick_percent == ((answers.get("sick_percent") or 0) if answers.get("reported_sick") else 0)


def _until(spells: list[Spell], last: date) -> list[Spell]:
    return [
        dataclasses.replace(spell, end=min(spell.end or date.max - timedelta(days=1), last))
        for spell in spells
        if spell.start <= last
    ]
