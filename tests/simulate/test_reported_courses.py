"""What invented people report about their hours leads back to the course that was invented for them."""

from datetime import date, timedelta

import pytest

from opstap.domain.work.outcomes import person_outcomes
from opstap.domain.work.reported import spells_from_reports
from opstap.simulate import rentree
from opstap.simulate.hours import Course

SICK = date(2024, 1, 8)
DAYS = [SICK + timedelta(days=days) for days in (200, 390, 560)]


def derived(course: Course):
    reports = [(day, course.report(day, first=number == 0)) for number, day in enumerate(DAYS)]
    return person_outcomes(spells_from_reports("one", reports), DAYS)


@pytest.mark.parametrize("after", [120, 260, 300, 480])
@pytest.mark.parametrize("changes", [((0, 32.0),), ((0, 8.0), (20, 20.0))])
def test_the_day_of_return_is_the_one_that_was_invented(after, changes):
    back = SICK + timedelta(days=after)
    course = Course(32.0, SICK, tuple((back + timedelta(days=days), hours) for days, hours in changes))
    found = derived(course)
    assert found.days_to_return == after
    assert found.return_kind == ("full" if changes[0][1] == 32.0 else "partial")


def test_who_never_returned_has_no_return():
    assert derived(Course(32.0, SICK, ())).return_kind == "none"


def test_the_evaluated_of_rentree_are_dealt_the_figures_of_the_slides():
    fixed = [one for one, _life in rentree.lives(3, date(2026, 4, 1)) if one.evaluated]
    assert len(fixed) == 189
    assert sum(one.sex == "male" for one in fixed) == 23
    assert round(100 * sum(one.contract for one in fixed) / 189) == 91
    answered = [one for one in fixed if one.answers_t2]
    returned = [one.away_before + one.back_after for one in answered if one.kind != "none"]
    assert sum(returned) / len(returned) == 590
    assert sum(one.drift for one in answered) / len(answered) == pytest.approx(0.01, abs=1e-9)
