"""What the work outcomes are, in examples: each test is one clause of the definition.

A history is written as one spell a line: from, to (a dash: still running), contract hours, actual hours,
sick percentage, and where they matter `kind=`, `job=`, `source=`, `index=`.
"""

from __future__ import annotations

from datetime import date

import pytest

from opstap.domain.work.outcomes import PersonOutcomes, WaveOutcome, months_before, outcomes, person_outcomes
from opstap.domain.work.spells import Kind, Spell, SpellError


def history(text: str) -> list[Spell]:
    spells = []
    for line in text.strip().splitlines():
        start, end, contract, actual, sick, *rest = line.split()
        extra = dict(item.split("=") for item in rest)
        spells.append(
            Spell(
                person=extra.get("person", "p1"),
                start=date.fromisoformat(start),
                end=None if end == "-" else date.fromisoformat(end),
                contract_hours=float(contract),
                actual_hours=float(actual),
                sick_percent=float(sick),
                kind=Kind(extra.get("kind", "own")),
                job=extra.get("job", "1"),
                source=extra.get("source", "questionnaire"),
                index_date=date.fromisoformat(extra["index"]) if "index" in extra else None,
            )
        )
    return spells


def derive(text: str, *waves: str, source: str | None = None, count_therapeutic: bool = False) -> PersonOutcomes:
    dates = [date.fromisoformat(wave) for wave in waves or ("2025-01-01", "2025-12-31")]
    return person_outcomes(history(text), dates, source=source, count_therapeutic=count_therapeutic)


def at(wave: str, text: str, *, first_wave: str = "2025-01-01", **options: bool) -> WaveOutcome:
    return derive(text, first_wave, wave, **options).waves[-1]


def way_back(found: PersonOutcomes) -> tuple[str | None, str | None, int | None, str]:
    return (
        found.first_sick_day and found.first_sick_day.isoformat(),
        found.first_sustained_return and found.first_sustained_return.isoformat(),
        found.days_to_return,
        found.return_kind.value,
    )


FULLY_BACK = """
    2025-01-01 2025-02-28 36  36    0
    2025-03-01 2025-05-31 36   0  100
    2025-06-01 -          36  36    0
"""
STEP_BY_STEP = """
    2025-01-01 2025-02-28 36  36    0
    2025-03-01 2025-05-31 36   0  100
    2025-06-01 2025-08-31 36  12   67
    2025-09-01 -          36  36    0
"""


class TestReturn:
    def test_full_return_counts_from_the_first_sick_day(self) -> None:
        found = derive(FULLY_BACK)
        assert way_back(found) == ("2025-03-01", "2025-06-01", 92, "full")
        assert (found.first_full_return, found.days_to_full_return) == (date(2025, 6, 1), 92)
        assert found.censored_on is None

    def test_partial_return_first_and_full_return_later(self) -> None:
        found = derive(STEP_BY_STEP)
        assert way_back(found) == ("2025-03-01", "2025-06-01", 92, "partial")
        assert (found.first_full_return, found.days_to_full_return) == (date(2025, 9, 1), 184)

    def test_27_days_are_a_try_28_are_a_return(self) -> None:
        def tried(until: str, again: str) -> PersonOutcomes:
            return derive(f"""
                2025-03-01 2025-05-31 36   0  100
                2025-06-01 {until}    36  36    0
                {again}    2025-08-31 36   0  100
                2025-09-01 -          36  36    0""")

        assert tried("2025-06-27", "2025-06-28").first_sustained_return == date(2025, 9, 1)
        assert tried("2025-06-28", "2025-06-29").first_sustained_return == date(2025, 6, 1)

    def test_a_relapse_in_part_does_not_interrupt_worked_days(self) -> None:
        found = derive("""
            2025-03-01 2025-05-31 36   0  100
            2025-06-01 2025-06-14 36  36    0
            2025-06-15 -          36  18   50""")
        assert way_back(found) == ("2025-03-01", "2025-06-01", 92, "full")  # judged on that day
        assert found.first_full_return is None

    def test_two_jobs_hand_over_without_a_gap(self) -> None:
        found = derive("""
            2025-03-01 2025-05-31 36   0  100
            2025-06-01 2025-06-20 36  36    0
            2025-06-21 -          36  36    0  kind=other_employer job=2""")
        assert found.first_sustained_return == date(2025, 6, 1)

    def test_a_day_between_spells_is_an_unworked_day(self) -> None:
        found = derive("""
            2025-03-01 2025-05-31 36   0  100
            2025-06-01 2025-06-20 36  36    0
            2025-06-22 -          36  36    0""")
        assert found.first_sustained_return == date(2025, 6, 22)

    def test_absence_that_starts_later_than_sick_leave(self) -> None:
        found = derive("""
            2025-03-01 2025-04-30 36  18   50
            2025-05-01 2025-05-31 36   0  100
            2025-06-01 -          36  18   50""")
        # Working half while sick is no return: nobody was away yet. Days still count from the first sick day.
        assert way_back(found) == ("2025-03-01", "2025-06-01", 92, "partial")

    def test_never_away(self) -> None:
        found = derive("2025-01-01 2025-03-31 36 18 50\n2025-04-01 - 36 36 0")
        assert way_back(found) == ("2025-01-01", None, None, "not_absent")
        assert (found.first_full_return, found.days_to_full_return, found.censored_on) == (None, None, None)

    def test_never_sick(self) -> None:
        assert way_back(derive("2025-01-01 - 36 36 0")) == (None, None, None, "not_absent")

    def test_full_needs_the_contract_of_the_first_sick_day(self) -> None:
        found = derive("""
            2025-03-01 2025-05-31 36   0  100
            2025-06-01 -          24  24    0""")
        assert way_back(found)[-1] == "partial"
        assert found.waves[-1].status == "partial"

    def test_full_needs_a_sick_percentage_of_0(self) -> None:
        found = derive("2025-03-01 2025-05-31 36 0 100\n2025-06-01 - 36 36 10")
        assert way_back(found)[-1] == "partial"

    def test_without_contract_hours_on_the_first_sick_day_no_return_is_full(self) -> None:
        found = derive("2025-03-01 2025-05-31 0 0 100 kind=none\n2025-06-01 - 24 24 0")
        assert way_back(found) == ("2025-03-01", "2025-06-01", 92, "partial")
        assert found.first_full_return is None

    def test_full_days_before_the_absence_are_no_return(self) -> None:
        found = derive("""
            2025-01-01 2025-01-01 36   0   20
            2025-01-02 2025-02-28 36  36    0
            2025-03-01 -          36   0  100""")
        assert found.first_sustained_return == date(2025, 1, 2)  # absence started on 1 January
        found = derive("""
            2025-01-01 2025-01-01 36  28   20
            2025-01-02 2025-02-28 36  36    0
            2025-03-01 -          36   0  100""")
        assert (found.first_sustained_return, found.first_full_return) == (None, None)

    def test_hours_that_do_not_add_up_in_binary_still_reach_the_contract(self) -> None:
        found = derive("""
            2025-03-01 2025-05-31 8.3  0   100
            2025-06-01 -          8.3  4.2   0
            2025-06-01 -          0    2.05  0  job=2
            2025-06-01 -          0    2.05  0  job=3""")
        assert way_back(found)[-1] == "full"


class TestIndexDate:
    SICK_TWICE = """
        2025-01-10 2025-01-31 36   0  100 {index}
        2025-02-01 2025-03-31 36  36    0
        2025-04-01 2025-05-31 36   0  100
        2025-06-01 -          36  36    0
    """

    def test_sick_leave_before_it_is_not_studied(self) -> None:
        assert way_back(derive(self.SICK_TWICE.format(index="")))[:3] == ("2025-01-10", "2025-02-01", 22)
        found = derive(self.SICK_TWICE.format(index="index=2025-02-15"))
        assert way_back(found)[:3] == ("2025-04-01", "2025-06-01", 61)

    def test_sick_leave_that_runs_on_it_starts_there(self) -> None:
        assert derive(self.SICK_TWICE.format(index="index=2025-01-20")).first_sick_day == date(2025, 1, 20)

    def test_sick_days_at_a_wave_are_counted_all_the_same(self) -> None:
        found = derive(self.SICK_TWICE.format(index="index=2025-06-01"), "2025-02-01")
        assert (found.first_sick_day, found.waves[0].sick_days_past_6_months) == (None, 22)

    def test_two_index_dates_for_one_person_are_refused(self) -> None:
        with pytest.raises(SpellError, match=r"person p1.*two index dates, 2025-01-01 and 2025-02-01"):
            derive("2025-01-01 2025-01-31 36 0 100 index=2025-01-01\n2025-02-01 - 36 0 100 index=2025-02-01")


class TestEndOfObservation:
    def test_a_return_seen_for_27_days_is_censored_and_one_of_28_is_not(self) -> None:
        last = derive(FULLY_BACK, "2025-01-01", "2025-06-27")
        assert way_back(last) == ("2025-03-01", None, None, "none")
        assert last.censored_on == date(2025, 6, 27)
        seen = derive(FULLY_BACK, "2025-01-01", "2025-06-28")
        assert (seen.first_sustained_return, seen.censored_on) == (date(2025, 6, 1), None)

    def test_whoever_is_still_away_is_censored_on_the_last_wave(self) -> None:
        found = derive("2025-03-01 - 36 0 100")
        assert (found.return_kind, found.censored_on) == ("none", date(2025, 12, 31))

    def test_a_spell_known_to_end_after_the_last_wave_tells_no_more_than_an_open_one(self) -> None:
        closed = FULLY_BACK.replace("2025-06-01 -         ", "2025-06-01 2026-06-01")
        assert derive(closed, "2025-06-10") == derive(FULLY_BACK, "2025-06-10")

    def test_sick_leave_after_the_last_wave_is_not_observed(self) -> None:
        assert way_back(derive(FULLY_BACK, "2025-02-01")) == (None, None, None, "not_absent")

    def test_a_full_return_seen_too_briefly_is_null_while_the_partial_one_stands(self) -> None:
        found = derive(STEP_BY_STEP, "2025-01-01", "2025-09-27")
        assert (found.return_kind, found.first_full_return, found.censored_on) == ("partial", None, None)


class TestTherapeuticWork:
    TEXT = """
        2025-01-01 2025-02-28 36  36    0
        2025-03-01 2025-05-31 36   0  100
        2025-06-01 2025-07-31 36   8  100  kind=therapeutic
        2025-08-01 -          36  20   44  kind=adapted
    """

    def test_is_not_counted_unless_asked(self) -> None:
        assert derive(self.TEXT).first_sustained_return == date(2025, 8, 1)
        assert derive(self.TEXT, count_therapeutic=True).first_sustained_return == date(2025, 6, 1)

    def test_neither_in_the_hours_at_a_wave(self) -> None:
        wave = at("2025-07-01", self.TEXT)
        assert (wave.hours_per_week, wave.at_work, wave.status) == (0, False, "none")
        wave = at("2025-07-01", self.TEXT, count_therapeutic=True)
        assert (wave.hours_per_week, wave.at_work, wave.status) == (8, True, "partial")


class TestAtAWave:
    def test_jobs_add_up(self) -> None:
        wave = at(
            "2025-07-01",
            """
            2025-01-01 - 20 10 50
            2025-01-01 - 12 12  0 kind=self_employed job=2""",
        )
        assert (wave.hours_per_week, wave.percent_of_contract) == (22, 68.75)

    def test_sick_in_one_job_is_not_fully_back(self) -> None:
        assert at("2025-07-01", "2025-01-01 - 20 20 0\n2025-01-01 - 12 12 25 job=2").status == "partial"

    def test_percent_refers_to_the_contract_of_the_first_wave(self) -> None:
        text = "2025-01-01 2025-05-31 36 36 0\n2025-06-01 - 18 18 0"
        assert at("2025-07-01", text).percent_of_contract == 50
        assert at("2025-07-01", text, first_wave="2025-06-15").percent_of_contract == 100

    def test_percent_may_exceed_a_hundred(self) -> None:
        assert at("2025-07-01", "2025-01-01 - 20 25 0").percent_of_contract == 125

    @pytest.mark.parametrize("text", ["2025-03-01 - 36 36 0", "2025-01-01 - 0 36 0 kind=self_employed"])
    def test_percent_is_null_without_contract_hours_on_the_first_wave(self, text: str) -> None:
        assert at("2025-07-01", text).percent_of_contract is None

    def test_a_day_without_a_spell_is_a_day_without_a_contract(self) -> None:
        wave = at("2025-07-01", "2025-01-01 2025-06-30 36 36 0")
        assert (wave.hours_per_week, wave.percent_of_contract) == (0, 0)
        assert (wave.employed, wave.at_work, wave.status) == (False, False, "none")

    def test_employed_but_not_at_work(self) -> None:
        wave = at("2025-07-01", "2025-01-01 - 36 0 100")
        assert (wave.employed, wave.at_work, wave.status) == (True, False, "none")

    def test_both_ends_of_a_spell_belong_to_it(self) -> None:
        text = "2025-02-01 2025-02-10 36 36 0"
        hours = {day: at(f"2025-02-{day}", text).hours_per_week for day in ("01", "10", "11")}
        assert hours == {"01": 36, "10": 36, "11": 0}

    def test_status_of_someone_never_sick_is_measured_against_the_contract_of_that_day(self) -> None:
        text = "2025-01-01 2025-05-31 36 36 0\n2025-06-01 - 24 24 0"
        assert [wave.status for wave in derive(text).waves] == ["full", "full"]
        assert at("2025-07-01", "2025-01-01 - 36 30 0").status == "partial"

    def test_status_before_during_and_after_the_absence(self) -> None:
        waves = ("2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01")
        assert [wave.status for wave in derive(STEP_BY_STEP, *waves).waves] == [
            "full",
            "none",
            "partial",
            "full",
        ]

    def test_waves_come_in_order_of_date_and_the_earliest_is_the_first(self) -> None:
        assert derive(STEP_BY_STEP, "2025-07-01", "2025-01-01") == derive(STEP_BY_STEP, "2025-01-01", "2025-07-01")


class TestSickDaysInSixMonths:
    ALWAYS_SICK = "2024-01-01 - 36 0 100"

    @pytest.mark.parametrize(
        ("wave", "days"),
        [
            ("2025-07-01", 181),  # 2 January to 1 July
            ("2025-08-31", 184),  # six months before is 31 February: clipped to 28 February
            ("2024-08-31", 184),  # and to 29 February in a leap year
            ("2025-03-31", 182),  # six months before is 30 September
        ],
    )
    def test_calendar_months_clipped(self, wave: str, days: int) -> None:
        assert derive(self.ALWAYS_SICK, wave).waves[0].sick_days_past_6_months == days

    def test_the_day_six_months_ago_is_out_and_the_day_of_the_wave_is_in(self) -> None:
        assert at("2025-07-15", "2025-01-15 2025-01-15 36 0 100").sick_days_past_6_months == 0
        assert at("2025-07-15", "2025-01-16 2025-01-16 36 0 100").sick_days_past_6_months == 1
        assert at("2025-07-15", "2025-07-15 2025-07-15 36 0 100").sick_days_past_6_months == 1

    def test_a_day_counts_whole_and_once(self) -> None:
        text = "2025-03-01 2025-03-10 36 32 10\n2025-03-06 2025-03-15 12 0 100 job=2"
        assert at("2025-07-01", text).sick_days_past_6_months == 15

    def test_clipping(self) -> None:
        assert months_before(date(2024, 8, 31), 6) == date(2024, 2, 29)
        assert months_before(date(2025, 3, 15), 6) == date(2024, 9, 15)
        assert months_before(date(2025, 12, 31), 12) == date(2024, 12, 31)


class TestSources:
    TWO = """
        2025-03-01 2025-05-31 36   0  100
        2025-06-01 -          36  36    0
        2025-03-01 2025-04-30 36   0  100  source=coach
        2025-05-01 -          36   6   80  source=coach
    """

    def test_one_source_is_used(self) -> None:
        assert derive(self.TWO, source="questionnaire").days_to_return == 92
        assert derive(self.TWO, source="coach").days_to_return == 61

    def test_two_accounts_of_the_same_days_are_refused(self) -> None:
        with pytest.raises(SpellError, match="choose one source"):
            derive(self.TWO)

    def test_nobody_is_said_to_be_without_work_because_a_source_is_silent(self) -> None:
        spells = history("2025-01-01 - 36 36 0 person=a\n2025-01-01 - 36 36 0 person=b source=coach")
        assert [found.person for found in outcomes(spells, [date(2025, 6, 1)], source="coach")] == ["b"]
        with pytest.raises(SpellError, match="no spells of source coach"):
            person_outcomes(spells[:1], [date(2025, 6, 1)], source="coach")


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "2025-02-01 2025-01-01 36 36 0",
                r"person p1, job 1.*ends on 2025-01-01, before.*2025-02-01.*Swap",
            ),
            ("2025-02-01 - -1 36 0", r"contract_hours is -1 in the spell from 2025-02-01"),
            ("2025-02-01 - 36 nan 0", r"actual_hours is nan"),
            ("2025-02-01 - 36 360 0", r"actual_hours is 360.*0 to 168"),
            ("2025-02-01 - 36 36 101", r"sick_percent is 101.*0 \(not sick\) to 100"),
            ("2025-02-01 - 36 36 -5", r"sick_percent is -5"),
            (
                "2025-01-01 2025-03-31 36 36 0\n2025-03-31 - 36 36 0",
                r"person p1, job 1: .*from 2025-01-01 to 2025-03-31 overlaps.*2025-03-31 \(still running\)\. "
                r"Let the first end on 2025-03-30",
            ),
            ("2025-01-01 - 36 36 0\n2025-03-31 - 36 36 0", "overlaps"),
            ("2025-01-01 - 36 36 0\n2025-01-01 - 36 36 0", "Remove one"),
        ],
    )
    def test_is_refused_with_who_when_and_the_mend(self, text: str, message: str) -> None:
        with pytest.raises(SpellError, match=message):
            derive(text)

    def test_adjoining_spells_do_not_overlap(self) -> None:
        derive("2025-01-01 2025-03-30 36 36 0\n2025-03-31 - 36 36 0")

    def test_waves_missing_or_double(self) -> None:
        spells = history("2025-01-01 - 36 36 0")
        with pytest.raises(SpellError, match="no wave dates"):
            person_outcomes(spells, [])
        with pytest.raises(SpellError, match="given twice"):
            person_outcomes(spells, [date(2025, 1, 1), date(2025, 1, 1)])

    def test_persons_mixed(self) -> None:
        with pytest.raises(SpellError, match="several persons"):
            person_outcomes(history("2025-01-01 - 36 36 0 person=a\n2025-01-01 - 36 36 0 person=b"), [date(2025, 1, 1)])
        with pytest.raises(SpellError, match="no spells"):
            person_outcomes([], [date(2025, 1, 1)])
