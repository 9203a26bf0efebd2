"""The outcomes by change points against a second implementation, day by day, on random histories."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstap.domain.work.outcomes import outcomes, person_outcomes
from opstap.domain.work.spells import Kind, Spell, SpellError, check

EPOCH = date(2024, 1, 1)


def day_by_day(spells: list[Spell], waves: list[date], therapeutic: bool) -> dict[str, Any]:
    """Deliberately naive: a list of days, each looked up anew in all spells."""
    last = max(waves)
    first = min([spell.start for spell in spells] + waves) - timedelta(days=400)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def spells_on(day: date) -> list[Spell]:
        return [s for s in spells if s.start <= day and (s.end is None or day <= s.end)]

    contract = {day: sum(s.contract_hours for s in spells_on(day)) for day in days}
    hours = {day: sum(s.actual_hours for s in spells_on(day) if therapeutic or s.kind != "therapeutic") for day in days}
    sick = {day: max([s.sick_percent for s in spells_on(day)], default=0) > 0 for day in days}
    index_dates = [s.index_date for s in spells if s.index_date]
    index = index_dates[0] if index_dates else first
    sick_days = [day for day in days if sick[day] and day >= index]
    first_sick = sick_days[0] if sick_days else None
    absent_days = [day for day in sick_days if hours[day] == 0]

    def full(day: date) -> bool:
        aim = contract[first_sick] if first_sick else contract[day]
        return aim > 0 and hours[day] >= aim and not sick[day]

    def starts_28(day: date, good: Callable[[date], bool]) -> bool:
        month = [day + timedelta(days=n) for n in range(28)]
        return all(d in hours and good(d) for d in month)

    back = back_full = None
    kind = "not_absent"
    if absent_days:
        later = [day for day in days if day > absent_days[0]]
        back = next((day for day in later if starts_28(day, lambda d: hours[d] > 0)), None)
        back_full = next((day for day in later if starts_28(day, full)), None)
        kind = "none" if back is None else "full" if full(back) else "partial"

    def six_months_before(day: date) -> date:
        year, month = (day.year, day.month - 6) if day.month > 6 else (day.year - 1, day.month + 6)
        for clipped in (day.day, 30, 29, 28):
            try:
                return date(year, month, clipped)
            except ValueError:
                continue
        raise AssertionError

    at_waves = []
    for wave in sorted(waves):
        since = six_months_before(wave)
        base = contract[min(waves)]
        at_waves.append(
            (
                wave,
                hours[wave],
                None if base == 0 else hours[wave] / base * 100,
                contract[wave] > 0,
                hours[wave] > 0,
                "none" if hours[wave] == 0 else "full" if full(wave) else "partial",
                sum(1 for day in days if since < day <= wave and sick[day]),
            )
        )
    return {
        "waves": at_waves,
        "first_sick_day": first_sick,
        "first_sustained_return": back,
        "days_to_return": (back - first_sick).days if back and first_sick else None,
        "return_kind": kind,
        "first_full_return": back_full,
        "days_to_full_return": (back_full - first_sick).days if back_full and first_sick else None,
        "censored_on": last if kind == "none" else None,
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Spell]:
    index_date = draw(st.none() | st.integers(0, 300).map(lambda n: EPOCH + timedelta(days=n)))
    spells = []
    for job in draw(st.sampled_from([["1"], ["1", "2"], ["1", "2", "3"]])):
        day = EPOCH + timedelta(days=draw(st.integers(-200, 100)))
        for _ in range(draw(st.integers(1, 6))):
            # Lengths around 28 days are where sustained or not is decided.
            length = draw(st.sampled_from([1, 2, 7, 13, 14, 26, 27, 28, 29, 60, 190]))
            open_end = draw(st.integers(0, 9)) == 0
            spells.append(
                Spell(
                    person="p",
                    start=day,
                    end=None if open_end else day + timedelta(days=length - 1),
                    contract_hours=draw(st.sampled_from([0.0, 12.0, 24.0, 36.0])),
                    actual_hours=draw(st.sampled_from([0.0, 0.0, 8.0, 12.0, 24.0, 36.0])),
                    sick_percent=draw(st.sampled_from([0.0, 0.0, 50.0, 100.0])),
                    kind=draw(st.sampled_from(list(Kind))),
                    job=job,
                    index_date=index_date,
                )
            )
            if open_end:
                break
            day += timedelta(days=length + draw(st.sampled_from([0, 0, 0, 1, 30])))
    return draw(st.permutations(spells))


@settings(max_examples=400, deadline=None)
@given(
    spells=histories(),
    waves=st.lists(st.integers(-30, 800), min_size=1, max_size=4, unique=True),
    therapeutic=st.booleans(),
)
def test_both_implementations_agree(spells: list[Spell], waves: list[int], therapeutic: bool) -> None:
    dates = [EPOCH + timedelta(days=n) for n in waves]
    expected = day_by_day(spells, dates, therapeutic)
    result = person_outcomes(spells, dates, count_therapeutic=therapeutic)
    found = {name: getattr(result, name) for name in expected if name != "waves"}
    assert found == {name: value for name, value in expected.items() if name != "waves"}
    for wave, (day, hours, percent, *rest) in zip(result.waves, expected["waves"], strict=True):
        assert (wave.date, wave.hours_per_week) == (day, hours)
        assert wave.percent_of_contract == (None if percent is None else pytest.approx(percent))
        assert [wave.employed, wave.at_work, wave.status, wave.sick_days_past_6_months] == rest


@given(spells=histories(), moved=st.integers(1, 400))
def test_overlap_is_found_wherever_it_lies(spells: list[Spell], moved: int) -> None:
    check(spells)
    victim = spells[moved % len(spells)]
    double = Spell(
        "p",
        victim.end or victim.start,
        None,
        1.0,
        1.0,
        0.0,
        Kind.OWN,
        victim.job,
        index_date=victim.index_date,
    )
    with pytest.raises(SpellError, match="overlaps"):
        check([*spells, double])


def test_ten_thousand_people_take_seconds() -> None:
    spells = [
        Spell(
            person=f"p{person}",
            start=EPOCH + timedelta(days=40 * spell),
            end=EPOCH + timedelta(days=40 * spell + 39),
            contract_hours=36.0,
            actual_hours=12.0 * (spell % 3),
            sick_percent=50.0 * (spell % 2),
            kind=Kind.OWN,
        )
        for person in range(10_000)
        for spell in range(10)
    ]
    started = time.process_time()
    assert len(outcomes(spells, [EPOCH, EPOCH + timedelta(days=365)])) == 10_000
    assert time.process_time() - started < 10
