"""The vocabulary of checks: read without running anything, and refused where it makes no sense."""

from datetime import date

import pytest

from opstap.domain.instruments.expressions import (
    ExpressionError,
    Known,
    Name,
    Value,
    evaluate,
    names,
    parse,
    verify,
)

KNOWN = {
    "hours": Known("number"),
    "contract": Known("number"),
    "day": Known("date"),
    "back": Known("date"),
    "kind": Known("code", ("own", "other")),
    "yes": Known("code", (1, 0)),
    "week.mon": Known("number"),
    "work-start.hours": Known("number"),
}


def works_out(text, **values):
    found = {name.replace("__", "."): value for name, value in values.items()}
    return evaluate(parse(text), lambda name: found.get(f"before_{name.name}" if name.before else name.name))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("hours <= contract", {"hours": 20, "contract": 24}, True),
        ("hours <= contract", {"hours": 30, "contract": 24}, False),
        ("hours <= contract", {"hours": 30}, None),
        ("hours - contract * 2 >= 0", {"hours": 20, "contract": 10}, True),
        ("(hours - contract) * 2 >= 21", {"hours": 20, "contract": 10}, False),
        ("hours - contract - 1 == 4", {"hours": 10, "contract": 5}, True),
        ("abs(hours - before(hours)) <= 8", {"hours": 10, "before_hours": 19}, False),
        ("abs(hours - before(hours)) <= 8", {"hours": 10}, None),
        ("back > day", {"day": date(2026, 1, 1), "back": date(2026, 1, 2)}, True),
        ("back - day + 1 >= 2", {"day": date(2026, 1, 1), "back": date(2026, 1, 2)}, True),
        ("day + 30 < back", {"day": date(2026, 1, 1), "back": date(2026, 2, 1)}, True),
        ("back - 30 <= day", {"day": date(2026, 1, 1), "back": date(2026, 2, 1)}, False),
        ("kind == 'own'", {"kind": "own"}, True),
        ("yes != 1 or hours > 0.5", {"yes": 1, "hours": 0}, False),
        ("yes == 0 or hours > 0.5", {"yes": 0}, True),
        ("yes == 0 or hours > 0.5", {"yes": 1}, None),
        ("yes == 1 and hours > 0", {"yes": 0}, False),
        ("yes == 1 and hours > 0", {"yes": 1}, None),
        ("yes == 1 and hours > 0", {"yes": 1, "hours": 3}, True),
    ],
)
def test_an_expression_is_worked_out(text, values, expected) -> None:
    verify(parse(text), KNOWN)
    assert works_out(text, **values) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "too early"),
        ("hours <=", "too early"),
        ("hours", "compares nothing"),
        ("hours + 1", "compares nothing"),
        ("hours <= 1 2", "2 stands where nothing can"),
        ("hours <= ; 1", "cannot be read"),
        ("(hours <= 1", "too early"),
        ("(hours <= 1 <", "not closed"),
        ("abs hours <= 1", "needs brackets"),
        ("before(1) <= 1", "name of one answer"),
        ("before(before(hours)) <= 1", "name of one answer"),
        ("before(handed_in) <= day", "name of one answer"),
        ("hours <= and", "where a name"),
        ("hours <= )", "where a name"),
        ("__import__('os') == 1", "cannot be read"),
        ("hours <= 1" + " + 1" * 200, "longer than"),
    ],
)
def test_what_cannot_be_read_is_named(text, said) -> None:
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(")):
        parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed <= 1", "speed is not known"),
        ("day <= 1", "a date and a number"),
        ("kind < 'own'", "a code and a code"),
        ("kind == 'elsewhere'", "no answer elsewhere"),
        ("2 == yes", "no answer 2"),
        ("hours + day == 1", "a number and a date"),
        ("day * 2 == day", "a date and a number"),
        ("abs(day) == 1", "a date and a date"),
        ("hours and yes == 1", "a number and a truth"),
        ("(hours == 1) == (yes == 1)", "a truth and a truth"),
    ],
)
def test_what_cannot_be_compared_is_refused(text, said) -> None:
    with pytest.raises(ExpressionError, match=said):
        verify(parse(text), KNOWN)


def test_names_are_listed_once_in_order() -> None:
    found = list(
        names(parse("week.mon + hours <= before(hours) + work-start.hours and hours > 0 and day <= handed_in"))
    )
    assert [str(one) for one in found] == ["week.mon", "hours", "before(hours)", "work-start.hours", "day", "handed_in"]
    assert list(names(Value(1))) == []
    assert found[2] == Name("hours", before=True)
