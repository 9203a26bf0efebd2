"""The shape of a rule set: what the law asks of whom, by when, counted from which event, and how sure we are.

A rule set is a file in `data/`. Its first day says from when it holds; which set holds for a rule is decided by
the day of the event that the rule is keyed by. Offsets count as laws do:

- `days: n` is day 0 + n, `weeks: n` is day 0 + 7n: the day on which n weeks have been completed. "The first
  working day after the 42nd week" is therefore the first working day on or after day 0 + 294, and a wait of 104
  weeks covers day 0 to day 0 + 727, so that day 0 + 728 is the first day free of it. The application "as soon as
  the incapacity has lasted 93 weeks" (WIA, art. 64(3): eleven weeks before the end of the wait) is day 0 + 651.
- `months: n` is the same day n months later, clipped at the month's end.
- `working_days: n` skips weekends and public holidays; below 0 it counts back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from opstap.domain.instruments.model import Misplaced, Shape

RuleId = str
Language = Literal["en", "nl"]


class Country(StrEnum):
    """The countries whose clock is known."""

    NL = "nl"
    BE = "be"


class Event(StrEnum):
    """What a term can be counted from, besides another rule."""

    FIRST_SICK_DAY = "first_sick_day"
    TRAJECTORY_START = "trajectory_start"
    RESUMPTION = "resumption"


class Who(StrEnum):
    """Who must or may act, or whose duty a date is about."""

    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    EMPLOYER_AND_EMPLOYEE = "employer_and_employee"
    EMPLOYER_OR_EMPLOYEE = "employer_or_employee"
    OCCUPATIONAL_PHYSICIAN = "occupational_physician"
    INSURER = "insurer"
    INSURER_PHYSICIAN = "insurer_physician"


class Kind(StrEnum):
    """What a date is: something that must be done, something that may be done, or something that simply comes."""

    DUTY = "duty"
    RIGHT = "right"
    MOMENT = "moment"


class Evidence(StrEnum):
    """How a fact is known.

    S read in a source, C read in full or computed, P from the founding documents; U uncertain (second-hand, or
    sources that differ), M general knowledge without a source, NF looked for and not found.
    """

    S = "S"
    C = "C"
    P = "P"
    U = "U"
    M = "M"
    NF = "NF"

    @property
    def certainty(self) -> Certainty:
        """Say it in one word."""
        if self is Evidence.NF:
            return Certainty.UNKNOWN
        return Certainty.UNCERTAIN if self in (Evidence.U, Evidence.M) else Certainty.SETTLED


class Certainty(StrEnum):
    """How sure a number is: settled, uncertain, or not known (then there is no number)."""

    SETTLED = "settled"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


class Words(Shape):
    """One text in each language."""

    en: str = Field(min_length=1)
    nl: str = Field(min_length=1)

    def in_(self, language: str) -> str:
        """Give the text in a language; English where the language is not there."""
        return self.nl if language == "nl" else self.en


class Source(Shape):
    """Where a rule stands: the law, its article, and the page on which it was read."""

    law: str = Field(min_length=1)
    article: str = ""
    url: str = Field(pattern=r"^https?://\S+$")

    def __str__(self) -> str:
        """Give the source as one line."""
        return f"{self.law}{', ' + self.article if self.article else ''} ({self.url})"


class Offset(Shape):
    """A term: exactly one unit, and whether it moves on to a working day."""

    days: int | None = None
    weeks: int | None = None
    months: int | None = None
    working_days: int | None = None
    then: Literal["next_working_day"] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Offset:
        if [self.days, self.weeks, self.months, self.working_days].count(None) != 3:
            raise ValueError("a term has exactly one of days, weeks, months and working_days: keep one")
        if self.working_days == 0:
            raise ValueError("working_days: 0 is no term: write days: 0 and then: next_working_day")
        return self

    def told(self, start: str) -> str:
        """Give the term in words, counted from what `start` names."""
        units = ("days", "weeks", "months", "working_days")
        unit, number = next((unit, number) for unit in units if (number := getattr(self, unit)) is not None)
        named = (unit if abs(number) != 1 else unit[:-1]).replace("_", " ")
        end = ", then the first working day" if self.then else ""
        if number == 0:
            return f"on the {start}{end}"
        return f"{abs(number)} {named} {'before' if number < 0 else 'after'} the {start}{end}"


class Employees(Shape):
    """From how many employees a rule holds; from `at_least` up to `settled_from` the sources differ."""

    at_least: int = Field(ge=1)
    settled_from: int | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Employees:
        if self.settled_from is not None and self.settled_from <= self.at_least:
            raise Misplaced(("settled_from",), "must be more than at_least: raise it, or take it out")
        return self

    def holds(self, employees: int | None) -> bool | None:
        """Say whether the rule holds; None when that is not known."""
        if employees is None:
            return None
        if employees < self.at_least:
            return False
        return True if self.settled_from is None or employees >= self.settled_from else None


class Rule(Shape):
    """One rule: who must or may do what, by when, counted from what.

    `keyed_by` is the event (or the rule) whose day decides which version of the law holds; `counts_from` is where
    the term starts, the same unless said otherwise. `counts` names the reckoning of interruptions that holds for
    it. `every` repeats the term, `until` ends the repeating, counted from the first sick day. `holds_from` is
    later than the set's own first day for a rule that came in between. A rule without any term is one whose number
    was not found: its evidence is NF.
    """

    id: RuleId = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    who: Who
    kind: Kind = Kind.DUTY
    keyed_by: str
    counts_from: str | None = None
    counts: Literal["incapacity", "wage"] = "incapacity"
    due: Offset | None = None
    opens: Offset | None = None
    every: Offset | None = None
    until: Offset | None = None
    before_event: Literal["shown", "hidden"] = "shown"
    holds_from: date | None = None
    employees: Employees | None = None
    needs_contract: bool = True
    evidence: Evidence
    sources: list[Source] = Field(min_length=1)
    plain: Words
    professional: Words

    @property
    def start(self) -> str:
        """Where the term starts: an event or another rule."""
        return self.counts_from or self.keyed_by

    @model_validator(mode="after")
    def _sound(self) -> Rule:
        dated = any((self.due, self.opens, self.every))
        if dated == (self.evidence is Evidence.NF):
            raise Misplaced(("evidence",), "NF is for a rule without a term, and only for that: mend either")
        if (self.every is None) != (self.until is None):
            raise Misplaced(("every",), "every and until go together: write both or neither")
        if self.every and (self.due or self.opens):
            raise Misplaced(("every",), "a rule that repeats has no other term: take due and opens out")
        if self.kind is Kind.RIGHT and dated and not self.opens:
            raise Misplaced(("kind",), "a right has a day on which it opens: add opens")
        if self.kind is Kind.MOMENT and dated and not self.due:
            raise Misplaced(("kind",), "a moment has a day: add due")
        return self


class Merging(Shape):
    """When sick leave that follows sick leave counts as the same.

    It does when the days between are fewer than `under_days`; or, once the sick leave has lasted longer than
    `long_months`, when it begins before `under_months` have passed. `interruption_counts` says whether the days
    between belong to the term (the clock runs on) or not (the clock stands still).
    """

    counts: Literal["incapacity", "wage"]
    under_days: int = Field(ge=1)
    long_months: int | None = None
    under_months: int | None = None
    interruption_counts: bool
    evidence: Evidence
    sources: list[Source] = Field(min_length=1)
    professional: Words

    @model_validator(mode="after")
    def _both_or_neither(self) -> Merging:
        if (self.long_months is None) != (self.under_months is None):
            raise Misplaced(("long_months",), "long_months and under_months go together: write both or neither")
        return self


class Segment(Shape):
    """One stretch of the picture of the two years, from the end of the one before it until its own term."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    until: Offset
    counts: Literal["incapacity", "wage"] = "incapacity"


class RuleSet(Shape):
    """The rules of one country that hold for events from one day on."""

    id: str = Field(pattern=r"^(nl|be)-\d{4}(-\d{2})?$")
    country: Country
    holds_from: date
    title: Words
    segments: list[Segment] = Field(min_length=1)
    merging: list[Merging]
    rules: list[Rule] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> RuleSet:
        for place, message in self._faults():
            raise Misplaced(place, message)
        return self

    def rule(self, rule_id: str) -> Rule | None:
        """Find a rule by its id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def merging_of(self, counts: str) -> Merging:
        """Find the reckoning of interruptions of that name."""
        return next(merging for merging in self.merging if merging.counts == counts)

    def _faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        seen: set[str] = set()
        for index, rule in enumerate(self.rules):
            if rule.id in seen:
                yield ("rules", index, "id"), f"{rule.id} stands twice: keep one"
            for key in ("keyed_by", "counts_from"):
                name = getattr(rule, key)
                if name is not None and name not in {*Event, *seen}:
                    yield ("rules", index, key), f"{name} is no event and no rule above this one: mend its spelling"
            seen.add(rule.id)
        given = [merging.counts for merging in self.merging]
        if len(set(given)) < len(given):
            yield ("merging",), "one way of counting stands twice: keep one"
        for index, rule in enumerate(self.rules):
            if rule.counts not in given:
                yield ("rules", index, "counts"), f"no merging for {rule.counts}: add it, or count otherwise"
        for index, segment in enumerate(self.segments):
            if segment.counts not in given:
                yield ("segments", index, "counts"), f"no merging for {segment.counts}: add it, or count otherwise"
        if "incapacity" not in given:
            yield ("merging",), "no merging for incapacity: add it"


class Holiday(Shape):
    """A public holiday: a month and a day, or a number of days from Easter Sunday.

    `on_sunday` moves it when it falls on a Sunday; `first_year` and `last_year` bound the years that have it.
    """

    name: Words
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    easter: int | None = None
    on_sunday: int = 0
    first_year: int | None = None
    last_year: int | None = None

    @model_validator(mode="after")
    def _dated(self) -> Holiday:
        if (self.easter is None) == (self.month is None) or (self.month is None) != (self.day is None):
            raise ValueError("a holiday has month and day, or easter: write one of the two")
        if self.month is not None and self.day is not None:
            date(2025, self.month, self.day)
        return self


class Calendar(Shape):
    """The public holidays of one country, by the law that names them."""

    country: Country
    evidence: Evidence
    sources: list[Source] = Field(min_length=1)
    professional: Words
    holidays: list[Holiday] = Field(min_length=1)
