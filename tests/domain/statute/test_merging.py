"""Sick leave after sick leave: when it counts as one, by which law, and what that does to the terms."""

from __future__ import annotations

from datetime import date

import pytest

from opstap.domain.statute import FactError, Facts, State, Timeline, deadlines
from opstap.domain.statute.absence import Run, sick_runs
from opstap.domain.work.spells import Kind, Spell, SpellError


def day(text: str) -> date:
    return date.fromisoformat(text)


def spell(text: str, hours: float = 0, sick: float = 100, *, kind: Kind = Kind.OWN, **more) -> Spell:
    """A spell from "first last", the last a dash while it runs; 32 contract hours."""
    first, last = text.split()
    return Spell("p1", day(first), None if last == "-" else day(last), 32, hours, sick, kind, **more)


def clock(country: str, first: str, *spells: Spell, on: str = "2026-11-02", **facts) -> Timeline:
    return deadlines(country, Facts(day(first), spells=spells, **facts), day(on))


def due(timeline: Timeline, rule: str) -> str:
    found = timeline.deadline(rule)
    assert found is not None
    return str(found.due)


def interruptions(timeline: Timeline, counts: str = "incapacity") -> list[tuple[str, str, int]]:
    return [(str(one.first), str(one.last), one.days) for one in timeline.absences[counts].interruptions]


# The Netherlands.


def test_the_example_of_the_register_of_reintegration_advisers() -> None:
    # rviregister.nl: sick 3 January to 3 July 2022, not from 4 to 24 July, sick again from 25 July: the 104 weeks
    # end on 22 January 2024 instead of 1 January 2024.
    timeline = clock(
        "nl", "2022-01-03", spell("2022-01-03 2022-07-03"), spell("2022-07-04 2022-07-24", 32, 0), spell("2022-07-25 -")
    )
    assert timeline.first_sick_day == day("2022-01-03")
    assert interruptions(timeline) == [("2022-07-04", "2022-07-24", 21)]
    assert due(timeline, "end_of_wage_duty") == "2024-01-22"
    # What was due before the interruption stays where it was.
    assert due(timeline, "physician_opinion") == "2022-02-14"


@pytest.mark.parametrize(
    ("again", "first", "gap"),
    [
        ("2025-03-03", "2025-01-06", 0),  # the very next day
        ("2025-03-30", "2025-01-06", 27),
        ("2025-03-31", "2025-03-31", 28),  # four weeks: another sick leave
    ],
)
def test_under_four_weeks_is_the_same_sick_leave_and_four_weeks_is_not(again: str, first: str, gap: int) -> None:
    timeline = clock("nl", "2025-01-06", spell("2025-01-06 2025-03-02"), spell(f"{again} -"))
    assert timeline.first_sick_day == day(first)
    assert sum(days for _, _, days in interruptions(timeline)) == (gap if gap < 28 else 0)


def test_the_clock_of_the_first_sick_leave_is_shown_until_the_second_begins() -> None:
    spells = (spell("2025-01-06 2025-03-02"), spell("2025-06-02 -"))
    before = clock("nl", "2025-01-06", *spells, on="2025-06-01")
    assert before.first_sick_day == day("2025-01-06")
    # Recovered: what had not come by then no longer comes.
    assert {one.id: one.state for one in before.deadlines}["report_42"] is State.LAPSED
    assert {one.id: one.state for one in before.deadlines}["physician_opinion"] is State.LATE
    assert clock("nl", "2025-01-06", *spells, on="2025-06-02").first_sick_day == day("2025-06-02")
    assert clock("nl", "2025-06-02", *spells, on="2025-05-01").first_sick_day == day("2025-06-02")


def test_a_relapse_given_as_first_sick_day_is_counted_from_the_day_the_law_counts_from() -> None:
    timeline = clock("nl", "2025-03-20", spell("2025-01-06 2025-03-02"), spell("2025-03-20 -"))
    assert timeline.first_sick_day == day("2025-01-06")


def test_work_in_part_while_sick_interrupts_nothing() -> None:
    timeline = clock(
        "nl",
        "2025-01-06",
        spell("2025-01-06 2025-03-02"),
        spell("2025-03-03 2025-06-01", 16, 50),
        spell("2025-06-02 -"),
    )
    assert interruptions(timeline) == []


def test_terms_counted_from_another_term_stand_still_in_between_too() -> None:
    # Seven weeks sick, one week not: the plan of week 8 comes a week later, and so do its reviews.
    timeline = clock("nl", "2025-01-06", spell("2025-01-06 2025-02-23"), spell("2025-03-03 -"), on="2025-03-03")
    assert due(timeline, "physician_opinion") == "2025-02-17"
    assert due(timeline, "action_plan") == "2025-03-10"
    assert due(timeline, "plan_review") == "2025-04-21"


def test_a_term_that_would_end_in_an_interruption_ends_when_sick_again() -> None:
    # Six weeks are complete on Monday 17 February, the first day of recovery.
    spells = (spell("2025-01-06 2025-02-16"), spell("2025-02-24 -"))
    assert due(clock("nl", "2025-01-06", *spells), "physician_opinion") == "2025-02-24"


def test_what_was_done_during_an_interruption_counts_from_the_next_sick_day() -> None:
    spells = (spell("2025-01-06 2025-02-16"), spell("2025-02-24 -"))
    for done, plan in (("2025-02-16", "2025-03-09"), ("2025-02-17", "2025-03-09"), ("2025-02-20", "2025-03-09"),
                       ("2025-02-23", "2025-03-09"), ("2025-02-24", "2025-03-10")):  # fmt: skip
        timeline = clock("nl", "2025-01-06", *spells, done={"physician_opinion": day(done)})
        assert due(timeline, "action_plan") == plan, done


def test_on_the_last_sick_day_nothing_has_lapsed_yet() -> None:
    def report(on: str) -> State:
        found = clock("nl", "2025-01-06", spell("2025-01-06 2025-03-02"), on=on).deadline("report_42")
        assert found is not None
        return found.state

    assert [report("2025-03-02"), report("2025-03-03")] == [State.AHEAD, State.LAPSED]


def test_several_interruptions_add_up() -> None:
    timeline = clock(
        "nl", "2025-01-06", spell("2025-01-06 2025-02-02"), spell("2025-02-10 2025-03-02"), spell("2025-03-10 -")
    )
    assert [days for _, _, days in interruptions(timeline)] == [7, 7]
    # 6 January 2025 + 728 days is 4 January 2027; two weeks on.
    assert due(timeline, "end_of_wage_duty") == "2027-01-18"


# Belgium: the incapacity.


@pytest.mark.parametrize(("again", "first"), [("2025-03-16", "2025-01-06"), ("2025-03-17", "2025-03-17")])
def test_in_belgium_a_relapse_within_fourteen_days_continues_and_the_clock_runs_on(again: str, first: str) -> None:
    timeline = clock("be", "2025-01-06", spell("2025-01-06 2025-03-02"), spell(f"{again} -"))
    assert timeline.first_sick_day == day(first)
    assert due(timeline, "invalidity_start") == str(day(first).replace(year=2026))


@pytest.mark.parametrize(
    ("again", "first"),
    # After more than a year: three months from 1 April are over on 1 July.
    [("2025-06-30", "2024-01-08"), ("2025-07-01", "2025-07-01")],
)
def test_once_in_invalidity_a_relapse_within_three_months_continues(again: str, first: str) -> None:
    timeline = clock("be", "2024-01-08", spell("2024-01-08 2025-03-31"), spell(f"{again} -"))
    assert timeline.first_sick_day == day(first)


@pytest.mark.parametrize(("last", "first"), [("2025-01-07", "2025-03-03"), ("2025-01-08", "2024-01-08")])
def test_a_year_to_the_day_is_not_yet_invalidity(last: str, first: str) -> None:
    timeline = clock("be", "2024-01-08", spell(f"2024-01-08 {last}"), spell("2025-03-03 -"))
    assert timeline.first_sick_day == day(first)


# Belgium: the guaranteed wage.


@pytest.mark.parametrize(
    ("spells", "wage", "why"),
    [
        # Ten days used, a relapse within 14 days: the 20 that were left, from 17 November on.
        (("2025-11-01 2025-11-10", "2025-11-17 -"), "2025-12-06", "within 14 days, 2025"),
        (("2025-11-01 2025-11-10", "2025-11-25 -"), "2025-12-24", "14 days later, 2025: a new 30 days"),
        # The same gap in 2026 lies within eight weeks: 20 days from 25 February on.
        (("2026-02-01 2026-02-10", "2026-02-25 -"), "2026-03-16", "within 8 weeks, 2026"),
        (("2026-02-01 2026-02-10", "2026-04-07 -"), "2026-04-26", "55 days between"),
        (("2026-02-01 2026-02-10", "2026-04-08 -"), "2026-05-07", "56 days between: a new 30 days"),
        # The law of the day of the relapse decides, on the last day of the old one and the first of the new.
        (("2025-12-01 2025-12-10", "2025-12-31 -"), "2026-01-29", "relapse on the last day of 14 days"),
        (("2025-12-01 2025-12-10", "2026-01-01 -"), "2026-01-20", "relapse on the first day of 8 weeks"),
    ],
)
def test_the_guaranteed_wage_after_a_relapse(spells: tuple[str, str], wage: str, why: str) -> None:
    timeline = clock("be", spells[0].split()[0], *map(spell, spells))
    assert due(timeline, "guaranteed_wage_end") == wage, why


def test_the_wage_and_the_incapacity_each_have_their_own_day_0() -> None:
    timeline = clock("be", "2026-02-01", spell("2026-02-01 2026-02-10"), spell("2026-04-07 -"))
    assert timeline.first_sick_day == day("2026-04-07")
    assert timeline.absences["wage"].first == day("2026-02-01")
    assert interruptions(timeline, "wage") == [("2026-02-11", "2026-04-06", 55)]
    assert due(timeline, "physician_notice") == "2026-05-05"


# Resumption, read from the spells.


def test_resumptions_are_the_days_on_which_the_hours_of_someone_partly_sick_change() -> None:
    timeline = clock(
        "be",
        "2025-03-03",
        spell("2025-01-01 2025-03-02", 32, 0),
        spell("2025-03-03 2025-06-01"),
        spell("2025-06-02 2025-07-31", 8, 75, kind=Kind.ADAPTED),
        spell("2025-08-01 2025-08-31", 8, 70, kind=Kind.ADAPTED),  # no other hours
        spell("2025-09-01 2025-09-30", 16, 50, kind=Kind.ADAPTED),
        spell("2025-10-01 2025-10-31", 16, 50, kind=Kind.THERAPEUTIC),  # none that count
        spell("2025-11-03 -", 32, 0),  # recovered
        resumptions=(day("2025-09-01"),),
        on="2025-09-15",
    )
    found = [(str(one.event_on), str(one.due)) for one in timeline.deadlines if one.id == "progressive_request"]
    assert found == [("2025-06-02", "2025-05-30"), ("2025-09-01", "2025-08-29")]


def test_who_is_partly_sick_from_the_first_day_on_has_not_resumed() -> None:
    timeline = clock("be", "2025-03-03", spell("2025-01-01 2025-03-02", 32, 0), spell("2025-03-03 -", 16, 50))
    assert due(timeline, "progressive_request") == "None"


def test_resumptions_of_an_earlier_sick_leave_are_over() -> None:
    spells = (spell("2025-01-06 2025-02-02"), spell("2025-02-03 2025-03-02", 16, 50), spell("2025-06-02 -"))
    timeline = clock("be", "2025-01-06", *spells, resumptions=(day("2025-02-10"),))
    assert due(timeline, "progressive_request") == "None"


# Reading sick days.


@pytest.mark.parametrize(
    ("spells", "runs"),
    [
        ([], []),
        ([spell("2025-01-01 -", 32, 0)], []),
        ([spell("2025-01-01 2025-01-05"), spell("2025-01-06 2025-01-08", 8, 50)], ["2025-01-01 2025-01-08"]),
        (
            [spell("2025-01-07 2025-01-08"), spell("2025-01-01 2025-01-05")],
            ["2025-01-01 2025-01-05", "2025-01-07 2025-01-08"],
        ),
        # Two jobs: sick in one is sick.
        ([spell("2025-01-01 2025-01-31"), spell("2025-01-05 2025-01-08", job="2")], ["2025-01-01 2025-01-31"]),
        ([spell("2025-01-01 -"), spell("2025-01-05 2025-01-08", job="2")], ["2025-01-01 None"]),
        ([spell("2025-01-01 2025-01-31"), spell("2025-01-05 -", job="2")], ["2025-01-01 None"]),
        # Nothing before the index date.
        ([spell("2025-01-01 2025-01-05", index_date=day("2025-02-01")), spell("2025-01-20 -")], ["2025-02-01 None"]),
    ],
)
def test_sick_days_join_into_runs(spells: list[Spell], runs: list[str]) -> None:
    assert [f"{run.first} {run.last}" for run in sick_runs(spells)] == runs
    assert all(isinstance(run, Run) for run in sick_runs(spells))


# Spells that cannot be right.


def test_a_first_sick_day_that_the_spells_do_not_know_is_refused() -> None:
    with pytest.raises(
        FactError, match="no sick leave on the first sick day, 2025-02-01; sick leave began on: 2025-01-06"
    ) as refused:
        clock("nl", "2025-02-01", spell("2025-01-06 2025-01-12"))
    assert refused.value.fact == "spells"
    with pytest.raises(FactError, match="began on: none"):
        clock("nl", "2025-02-01", spell("2025-01-06 2025-01-12", 32, 0))


def test_overlapping_spells_and_spells_of_two_persons_are_refused() -> None:
    with pytest.raises(SpellError, match="overlaps"):
        clock("nl", "2025-01-06", spell("2025-01-06 -"), spell("2025-02-03 -"))
    other = Spell("p2", day("2025-01-06"), None, 32, 0, 100, Kind.OWN)
    with pytest.raises(FactError, match="several persons"):
        clock("nl", "2025-01-06", spell("2025-01-06 -"), other)
