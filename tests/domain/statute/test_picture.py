"""The picture of the two years, as numbers of days from the first sick day."""

from __future__ import annotations

from datetime import date

from opstap.domain.statute import Facts, Picture, State, deadlines, picture
from opstap.domain.work.spells import Kind, Spell


def drawn(country: str, first: date, on: date, **facts) -> Picture:
    return picture(deadlines(country, Facts(first, **facts), on))


def stretches(one: Picture) -> list[tuple[str, int, int]]:
    return [(stretch.id, stretch.start, stretch.end) for stretch in one.stretches]


def test_the_two_dutch_years_with_today_and_every_term() -> None:
    line = drawn("nl", date(2024, 2, 29), date(2024, 12, 25))
    assert (line.first_sick_day, line.days, line.today) == (date(2024, 2, 29), 728, 300)
    assert stretches(line) == [("first_year", 0, 364), ("second_year", 364, 728)]
    places = {mark.id: (mark.opens, mark.day) for mark in line.marks}
    # Week 44 is the next review: 8 + 6 × 6.
    assert places == {
        "physician_opinion": (None, 42),
        "action_plan": (None, 56),
        "report_42": (None, 294),
        "plan_review": (None, 308),
        "first_year_evaluation": (322, 364),
        "second_track": (None, 364),
        "wia_letter": (None, 616),
        "final_evaluation": (None, 637),
        "wia_application": (616, 651),
        "end_of_wage_duty": (None, 728),
    }
    assert {mark.id: mark.state for mark in line.marks}["report_42"] is State.LATE
    assert (line.interruptions, line.undated) == ((), ())


def test_an_interruption_lengthens_the_dutch_line() -> None:
    spells = tuple(
        Spell("p1", start, end, 32, 0, sick, Kind.OWN)
        for start, end, sick in (
            (date(2022, 1, 3), date(2022, 7, 3), 100),
            (date(2022, 7, 4), date(2022, 7, 24), 0),
            (date(2022, 7, 25), None, 100),
        )
    )
    line = drawn("nl", date(2022, 1, 3), date(2022, 8, 1), spells=spells)
    # 3 January to 3 July are 182 days.
    assert (line.days, line.interruptions) == (749, ((182, 203),))
    assert stretches(line) == [("first_year", 0, 385), ("second_year", 385, 749)]


def test_the_belgian_phases_and_terms_without_a_place() -> None:
    line = drawn("be", date(2026, 1, 5), date(2026, 1, 5), trajectory_start=date(2026, 2, 2))
    assert stretches(line) == [("guaranteed_wage", 0, 30), ("primary_incapacity", 30, 365), ("invalidity", 365, 730)]
    assert line.today == 0
    assert line.undated == ("trajectory_decision", "progressive_request")
    places = {mark.id: (mark.opens, mark.day) for mark in line.marks}
    assert places["employer_may_start"] == (None, 0)
    assert places["trajectory_start_latest"] == (56, 181)
    assert places["force_majeure_from"] == (None, 181)
    assert places["invalidity_start"] == (None, 365)


def test_today_and_terms_outside_the_line_are_not_on_it() -> None:
    assert drawn("be", date(2026, 1, 5), date(2026, 1, 4)).today is None
    assert drawn("be", date(2026, 1, 5), date(2028, 1, 5)).today == 730
    late = drawn("be", date(2026, 1, 5), date(2028, 1, 6), resumptions=(date(2028, 3, 1),))
    assert late.today is None
    assert "progressive_request" not in {mark.id for mark in late.marks}


def test_a_term_that_lapsed_is_not_on_the_line() -> None:
    line = drawn("nl", date(2024, 2, 29), date(2024, 3, 4), contract_end=date(2024, 4, 12))
    assert [mark.id for mark in line.marks] == ["physician_opinion", "wia_letter", "wia_application"]


def test_guaranteed_wage_that_was_used_up_before_has_no_stretch() -> None:
    spells = tuple(
        Spell("p1", start, end, 32, 0, 100, Kind.OWN)
        for start, end in ((date(2026, 2, 1), date(2026, 3, 15)), (date(2026, 4, 7), None))
    )
    line = drawn("be", date(2026, 2, 1), date(2026, 4, 20), spells=spells)
    # The insurance counts from 7 April; the 30 days of wage were over on 2 March.
    assert (line.first_sick_day, stretches(line)[0]) == (date(2026, 4, 7), ("primary_incapacity", 0, 365))
    assert "guaranteed_wage_end" not in {mark.id for mark in line.marks}
