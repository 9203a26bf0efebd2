"""What a check may say: a comparison of answers, written in a few words and read here without running anything.

    actual_hours <= contract_hours + 8        first_day_back > first_sick_day
    abs(age - before(age)) <= 1               hours_since <= handed_in

Names are items, table rows (`item.row`) or calculated values; `before(name)` is the answer at the measurement before;
`handed_in` is the day on which this one was handed in. Numbers, dates and the codes of a choice can be compared; two
dates can be subtracted, which gives days. Where an answer is missing there is no verdict.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Kind = Literal["number", "date", "code"]
HANDED_IN = "handed_in"
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*(?:\.[a-z][a-z0-9_]*){0,2})"
    r"|(?P<text>'[^']*')|(?P<sign><=|>=|==|!=|<|>|\+|-|\*|\(|\)))"
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
#: Deeper than this nobody reads; it also bounds the work of reading one.
LONGEST = 400


class ExpressionError(ValueError):
    """An expression that cannot be read, or that compares what cannot be compared."""


@dataclass(frozen=True)
class Known:
    """What is known of a name: what kind of value it has, and for a choice its codes."""

    kind: Kind
    codes: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Value:
    """A number, or a code between quotes."""

    value: float | int | str


@dataclass(frozen=True)
class Name:
    """An answer: of now, or of the measurement before."""

    name: str
    before: bool = False

    def __str__(self) -> str:
        """Give the name as it is written."""
        return f"before({self.name})" if self.before else self.name


@dataclass(frozen=True)
class Operation:
    """Two things joined: `+ - *`, a comparison, `and`, `or`; `abs` has the same thing on both sides."""

    sign: str
    left: Expression
    right: Expression


Expression = Value | Name | Operation


def parse(text: str) -> Expression:
    """Read an expression that is true or false; ExpressionError says what is wrong with it."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} signs: make two checks of it")
    reader = _Reader(list(_tokens(text)))
    found = reader.either()
    if reader.left:
        raise ExpressionError(f"{reader.left[0]} stands where nothing can: mend it, or put a sign before it")
    if not _judges(found):
        raise ExpressionError("compares nothing: write <=, >=, ==, !=, < or > between two values")
    return found


def _judges(one: Expression) -> bool:
    return isinstance(one, Operation) and (one.sign in _COMPARISONS or one.sign in ("and", "or"))


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"{text[at:].strip()[:20]} cannot be read: use names, numbers and + - * <= >= == !=")
        yield found.group().strip()
        at = found.end()


class _Reader:
    """Reads the tokens from left to right; each method takes what binds at least so tightly."""

    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def _next(self) -> str:
        return self.left[0] if self.left else ""

    def _take(self) -> str:
        if not self.left:
            raise ExpressionError("stops too early: something is missing at the end")
        return self.left.pop(0)

    def _row(self, signs: tuple[str, ...], part: Callable[[], Expression]) -> Expression:
        found = part()
        while self._next() in signs:
            found = Operation(self._take(), found, part())
        return found

    def either(self) -> Expression:
        return self._row(("or",), self._all)

    def _all(self) -> Expression:
        return self._row(("and",), self._comparison)

    def _comparison(self) -> Expression:
        found = self._sum()
        if self._next() not in _COMPARISONS:
            return found
        return Operation(self._take(), found, self._sum())

    def _sum(self) -> Expression:
        return self._row(("+", "-"), self._product)

    def _product(self) -> Expression:
        return self._row(("*",), self._part)

    def _part(self) -> Expression:
        one = self._take()
        if one == "(":
            found = self.either()
            self._close()
            return found
        if one in ("before", "abs"):
            if self._take() != "(":
                raise ExpressionError(f"{one} needs brackets: write {one}(…)")
            inner = self._sum()
            self._close()
            if one == "abs":
                return Operation("abs", inner, inner)
            if not isinstance(inner, Name) or inner.before or inner.name == HANDED_IN:
                raise ExpressionError("before(…) takes the name of one answer")
            return Name(inner.name, before=True)
        if one[0] == "'":
            return Value(one[1:-1])
        if one[0].isdigit():
            return Value(float(one) if "." in one else int(one))
        if one[0].isalpha() and one not in ("and", "or"):
            return Name(one)
        raise ExpressionError(f"{one} stands where a name or a number is expected")

    def _close(self) -> None:
        if self._take() != ")":
            raise ExpressionError("a bracket is not closed: add )")


def names(one: Expression) -> Iterator[Name]:
    """List every name in an expression, in the order written, once."""
    yield from dict.fromkeys(_names(one))


def _names(one: Expression) -> Iterator[Name]:
    if isinstance(one, Name):
        yield one
    if isinstance(one, Operation):
        yield from _names(one.left)
        yield from _names(one.right)


def verify(one: Expression, known: Mapping[str, Known]) -> None:
    """Refuse (ExpressionError) a name that is not known, and a comparison of what cannot be compared."""
    _kind(one, {**known, HANDED_IN: Known("date")})


def _kind(one: Expression, known: Mapping[str, Known]) -> str:
    if isinstance(one, Value):
        return "code" if isinstance(one.value, str) else "number"
    if isinstance(one, Name):
        if one.name not in known:
            raise ExpressionError(f"{one.name} is not known here: name a number, a date or a choice")
        return known[one.name].kind
    pair = _kind(one.left, known), _kind(one.right, known)
    match one.sign:
        case "and" | "or":
            fits = pair == ("truth", "truth")
            kind = "truth"
        case "==" | "!=":
            fits = "truth" not in pair and (pair[0] == pair[1] or set(pair) == {"code", "number"})
            kind = "truth"
            _codes(one, known)
        case sign if sign in _COMPARISONS:
            fits, kind = pair in (("number", "number"), ("date", "date")), "truth"
        case "-" if pair == ("date", "date"):
            fits, kind = True, "number"
        case "+" | "-" if pair == ("date", "number"):
            fits, kind = True, "date"
        case _:
            fits, kind = pair == ("number", "number"), "number"
    if not fits:
        raise ExpressionError(f"{one.sign} cannot stand between a {pair[0]} and a {pair[1]}")
    return kind


def _codes(one: Operation, known: Mapping[str, Known]) -> None:
    for name, other in ((one.left, one.right), (one.right, one.left)):
        if isinstance(name, Name) and isinstance(other, Value):
            codes = known[name.name].codes
            if codes and other.value not in codes:
                raise ExpressionError(f"{name.name} has no answer {other.value}: name one of its codes")


def evaluate(one: Expression, look: Callable[[Name], Any]) -> Any:
    """Work an expression out: True, False, or None when an answer that it needs is missing.

    `look` gives the value of a name: a number, a date, a code, or None.
    """
    if isinstance(one, Value):
        return one.value
    if isinstance(one, Name):
        return look(one)
    left, right = evaluate(one.left, look), evaluate(one.right, look)
    if one.sign in ("and", "or"):
        decisive = one.sign == "or"
        if decisive in (left, right):
            return decisive
        return None if None in (left, right) else not decisive
    if left is None or right is None:
        return None
    if one.sign in _COMPARISONS:
        return _COMPARISONS[one.sign](left, right)
    if one.sign == "abs":
        return abs(left)
    if one.sign == "*":
        return left * right
    if isinstance(right, int | float) and isinstance(left, date):
        right = timedelta(days=right)
    found = left + right if one.sign == "+" else left - right
    return found.days if isinstance(found, timedelta) else found
