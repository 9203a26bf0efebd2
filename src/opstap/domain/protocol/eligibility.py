"""Eligibility criteria as data: a small set of rules, each with its bounds, applied to the answers at screening.

A criterion without its answer is neither met nor unmet: it is open (`None`), and says which answer is missing.
Bounds are inclusive. Months are calendar months, clipped at the month's end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape, read_date
from opstap.domain.months import add_months, completed_years

InputKind = Literal["date", "date_or_permanent", "yes_no", "number", "choice", "choices"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

#: Per rule: the kinds of answer that it can look at, and the bounds of which it takes at least one.
RULES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "age": (frozenset({"date"}), frozenset({"least", "most"})),
    "true": (frozenset({"yes_no"}), frozenset()),
    "present": (frozenset({"date", "date_or_permanent", "yes_no", "number", "choice", "choices"}), frozenset()),
    "months_since": (frozenset({"date"}), frozenset({"least", "most"})),
    "any_of": (frozenset({"choices"}), frozenset({"among"})),
    "one_of": (frozenset({"choice"}), frozenset({"among"})),
    "number": (frozenset({"number"}), frozenset({"least", "most"})),
    "lasts": (frozenset({"date", "date_or_permanent"}), frozenset({"least"})),
}
#: Months beyond this are a slip of the pen, and would leave the calendar.
MOST_MONTHS = 600


class Criterion(Shape):
    """One criterion: an id, the rule, the answer it looks at, and the rule's bounds.

    Rules: `age` (completed years of `of` at `at`, or on the day of screening), `true`, `present`,
    `months_since` (of ≤ on within least and most months), `any_of` / `one_of` (`among`), `number`, `lasts`
    (a date at least `least` months away, or `permanent`).
    """

    id: Name
    rule: Literal["age", "true", "present", "months_since", "any_of", "one_of", "number", "lasts"]
    of: Name
    at: Name | None = None
    least: float | None = Field(default=None, ge=0)
    most: float | None = Field(default=None, ge=0)
    among: list[str] = []

    @model_validator(mode="after")
    def _bounded(self) -> Criterion:
        takes = RULES[self.rule][1]
        bounds = {"least": self.least, "most": self.most, "among": self.among or None}
        given = {name for name, bound in bounds.items() if bound is not None}
        if takes and not given & takes:
            raise ValueError(f"rule {self.rule} needs {' or '.join(f'`{name}`' for name in sorted(takes))}")
        for name in sorted(given - takes):
            raise Misplaced((name,), f"rule {self.rule} takes no `{name}`: take it out")
        if self.at is not None and self.rule != "age":
            raise Misplaced(("at",), f"rule {self.rule} takes no `at`: take it out")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise Misplaced(("least",), f"least {self.least:g} lies above most {self.most:g}: lower it")
        if self.rule in ("months_since", "lasts"):
            for name in sorted(given):
                months = bounds[name]
                if not isinstance(months, float) or not months.is_integer() or months > MOST_MONTHS:
                    raise Misplaced((name,), f"write whole months, at most {MOST_MONTHS}")
        return self

    @property
    def needs(self) -> list[str]:
        """Name the answers that this criterion looks at."""
        return [self.of, *([self.at] if self.at else [])]


@dataclass(frozen=True)
class Verdict:
    """What one criterion says: met, not met, or open (None); with the reason in figures, free of names."""

    id: str
    met: bool | None
    reason: str


@dataclass(frozen=True)
class Judgement:
    """What a version of the criteria says of one person."""

    version: str
    eligible: bool | None
    criteria: tuple[Verdict, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the judgement as plain data, as `opstap eligible --json` prints it."""
        return {
            "eligible": self.eligible,
            "criteria": [{"id": v.id, "met": v.met, "reason": v.reason} for v in self.criteria],
            "version": self.version,
        }


class AnswerProblem(ValueError):
    """An answer at screening that cannot be read; names the answer, what it was and what would be right."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


def read_answers(raw: Mapping[str, Any], inputs: Mapping[str, str], choices: Mapping[str, list[str]]) -> dict[str, Any]:
    """Turn screening answers (JSON or a form) into typed values; a missing or null one stays out.

    Raises AnswerProblem for an unknown name, a wrong type, an impossible date or an unknown choice.
    """
    for name in raw:
        if name not in inputs:
            raise AnswerProblem(name, f"is no answer of this programme; known are {', '.join(sorted(inputs))}")
    typed: dict[str, Any] = {}
    for name, kind in inputs.items():
        value = raw.get(name)
        if value is None or value == "":
            continue
        typed[name] = _typed(name, kind, value, choices.get(name, []))
    return typed


def _typed(name: str, kind: str, value: Any, choices: list[str]) -> Any:
    match kind:
        case "date" | "date_or_permanent":
            if kind == "date_or_permanent" and value == "permanent":
                return value
            try:
                return read_date(value)
            except ValueError as error:
                also = ', or "permanent"' if kind == "date_or_permanent" else ""
                raise AnswerProblem(name, f"{error}{also}") from None
        case "yes_no":
            if value is True or value in ("true", "yes"):
                return True
            if value is False or value in ("false", "no"):
                return False
            raise AnswerProblem(name, f"{value!r} is not true or false")
        case "number":
            try:
                number = float("nan") if isinstance(value, bool) else float(value)
            except (ValueError, TypeError, OverflowError):
                number = float("nan")
            if not 0 <= number < 1e6:
                raise AnswerProblem(name, f"{value!r} is not a number of 0 or more")
            return number
        case "choice":
            if value not in choices:
                raise AnswerProblem(name, f"{value!r} is not one of {', '.join(choices)}")
            return value
        case _:
            if not isinstance(value, list):
                raise AnswerProblem(name, f"{value!r} is not a list; write a list of {', '.join(choices)}")
            for one in value:
                if one not in choices:
                    raise AnswerProblem(name, f"{one!r} is not one of {', '.join(choices)}")
            return value


def judge(version: str, criteria: list[Criterion], answers: Mapping[str, Any], on: date) -> Judgement:
    """Apply a version of the criteria to typed answers on a date.

    Not eligible as soon as one criterion fails; open (None) while one is open and none fails.
    """
    verdicts = tuple(_apply(criterion, answers, on) for criterion in criteria)
    if any(verdict.met is False for verdict in verdicts):
        eligible: bool | None = False
    elif any(verdict.met is None for verdict in verdicts):
        eligible = None
    else:
        eligible = True
    return Judgement(version, eligible, verdicts)


def _apply(criterion: Criterion, answers: Mapping[str, Any], on: date) -> Verdict:
    absent = [name for name in criterion.needs if name not in answers]
    if absent:
        return Verdict(criterion.id, None, f"{', '.join(absent)} is missing")
    met, reason = _rule(criterion, answers, on)
    return Verdict(criterion.id, met, reason)


def _rule(criterion: Criterion, answers: Mapping[str, Any], on: date) -> tuple[bool, str]:
    value = answers[criterion.of]
    match criterion.rule:
        case "age":
            years = completed_years(value, answers[criterion.at] if criterion.at else on)
            moment = criterion.at or f"screening on {on}"
            return _within(years, criterion), f"{years} years at {moment}, asked {_range(criterion)}"
        case "true":
            return value, f"{criterion.of} is {'yes' if value else 'no'}"
        case "present":
            return True, f"{criterion.of} is known"
        case "months_since":
            first = add_months(value, int(criterion.least or 0))
            last = add_months(value, int(criterion.most)) if criterion.most is not None else None
            met = first <= on and (last is None or on <= last)
            until = f" to {last}" if last else " or later"
            return met, f"{on} against {first}{until} ({_range(criterion)} months after {value})"
        case "any_of":
            found = [one for one in value if one in criterion.among]
            return bool(found), f"{', '.join(found) or 'none'} of {', '.join(criterion.among)}"
        case "one_of":
            return value in criterion.among, f"{value}, asked one of {', '.join(criterion.among)}"
        case "number":
            return _within(value, criterion), f"{value:g}, asked {_range(criterion)}"
        case _:
            if value == "permanent":
                return True, "permanent"
            needed = add_months(on, int(criterion.least or 0))
            return value >= needed, f"ends {value}, asked {needed} or later"


def _within(value: float, criterion: Criterion) -> bool:
    low_enough = criterion.most is None or value <= criterion.most
    return low_enough and (criterion.least is None or value >= criterion.least)


def _range(criterion: Criterion) -> str:
    if criterion.most is None:
        return f"{criterion.least:g} or more"
    if criterion.least is None:
        return f"{criterion.most:g} or less"
    return f"{criterion.least:g} to {criterion.most:g}"
