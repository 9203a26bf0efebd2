"""The clock itself: from what is known of one sick leave to every term, with who, when, how sure, and what is done.

Day 0 is the first sick day of the sick leave that runs on the day asked about; with spells, sick leave that the law
counts as one has one day 0 (see `absence`). `due` is the last timely day, or for a moment the day itself; `opens`
is the first day on which something may be done. Which version of the law holds for a rule is decided by the day of
the event that it is keyed by; as long as that day is not known, by the first sick day, and a later version that
could still take over is told in `changes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from opstap.domain.months import add_months
from opstap.domain.statute.absence import Absence, absences, resumptions, sick_runs
from opstap.domain.statute.calendar import add_working_days, next_working_day
from opstap.domain.statute.load import rule_sets
from opstap.domain.statute.model import Certainty, Country, Event, Kind, Offset, Rule, RuleSet, Source, Who, Words
from opstap.domain.work.spells import Spell, check


class FactError(ValueError):
    """Facts that cannot be right together: `fact` names the one to look at, the message says how to mend it."""

    def __init__(self, fact: str, message: str) -> None:
        super().__init__(message)
        self.fact = fact


class State(StrEnum):
    """Where a term stands on the day asked about.

    `LATE` says only that the last day has passed and nothing says that it was done. `PASSED` is a moment that has
    come, `LAPSED` a term that no longer comes (the contract or the sick leave ended first), `UNKNOWN` one whose day
    cannot be said.
    """

    DONE = "done"
    PASSED = "passed"
    OPEN = "open"
    AHEAD = "ahead"
    LATE = "late"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """What is known of one person's sick leave.

    `spells` are dated spells of work of that person (`domain.work`); without them the sick leave runs since
    `first_sick_day` without interruption. `resumptions` are days on which work in part began, or its hours changed,
    besides those that the spells show. `contract_end` is the last day of the contract. `done` gives the day on which
    a rule, by its id, was last done.
    """

    first_sick_day: date
    spells: tuple[Spell, ...] = ()
    trajectory_start: date | None = None
    resumptions: tuple[date, ...] = ()
    employees: int | None = None
    contract_end: date | None = None
    done: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Deadline:
    """One term on the clock. `applies` is None when it is not known whether the rule holds for this employer."""

    id: str
    title: Words
    who: Who
    kind: Kind
    due: date | None
    opens: date | None
    state: State
    done_on: date | None
    keyed_by: str
    event_on: date | None
    rule_set: str
    applies: bool | None
    certainty: Certainty
    sources: tuple[Source, ...]
    plain: Words
    professional: Words

    @property
    def when(self) -> date | None:
        """Give the day by which it is placed: the last timely day, else the first possible one."""
        return self.due or self.opens

    @property
    def source(self) -> str:
        """Give all sources as one line."""
        return "; ".join(map(str, self.sources))

    def days_left(self, on: date) -> int | None:
        """Count the days from `on` to the day by which it is placed; below 0 when that has passed."""
        return None if self.when is None else (self.when - on).days


@dataclass(frozen=True)
class Change:
    """A version of the law that takes over for a rule when its event comes on or after `begins`."""

    rule: str
    keyed_by: str
    begins: date
    rule_set: str


@dataclass(frozen=True)
class Timeline:
    """Every term of one sick leave as it stands on one day, in order of date, unknown dates last.

    `absences` gives the sick leave by each way of counting (`incapacity`; in Belgium also `wage`);
    `first_sick_day` is that of `incapacity`, and can differ from the fact given when spells say so.
    """

    country: Country
    rule_set: RuleSet
    on: date
    first_sick_day: date
    absences: Mapping[str, Absence]
    deadlines: tuple[Deadline, ...]
    changes: tuple[Change, ...]

    def deadline(self, rule_id: str) -> Deadline | None:
        """Find the first deadline of a rule; None when the sets that hold have no such rule."""
        return next((one for one in self.deadlines if one.id == rule_id), None)


def deadlines(country: Country | str, facts: Facts, on: date) -> Timeline:
    """Give every term of the law for one sick leave, as it stands on the day `on`.

    Raises FactError for an unknown country and for facts that cannot be right together, SpellError for spells that
    cannot be right.
    """
    try:
        known = Country(country)
    except ValueError:
        raise FactError("country", f"{country!r} has no clock; choose one of {', '.join(Country)}") from None
    sets = rule_sets(known)
    _check(facts, sets)
    return _Clock(known, sets, facts, on).timeline()


def _check(facts: Facts, sets: Sequence[RuleSet]) -> None:
    first = facts.first_sick_day
    dated = [("trajectory_start", facts.trajectory_start), ("contract_end", facts.contract_end)]
    dated += [("resumption", day) for day in facts.resumptions]
    dated += [(f"done.{rule_id}", day) for rule_id, day in facts.done.items()]
    for fact, day in dated:
        if day is not None and day < first:
            raise FactError(fact, f"{day} lies before the first sick day, {first}; correct one of the two")
    if facts.employees is not None and facts.employees < 0:
        raise FactError("employees", f"there cannot be {facts.employees}; give 0 or more")
    rules = {rule.id for one in sets for rule in one.rules}
    for rule_id in facts.done:
        if rule_id not in rules:
            raise FactError("done", f"no rule {rule_id!r} to mark as done; choose one of {', '.join(sorted(rules))}")
    if len({spell.person for spell in facts.spells}) > 1:
        raise FactError("spells", "spells of several persons are mixed; give those of one person")
    check(facts.spells)


def term_ends(country: Country, term: Offset, start: date, leave: Absence) -> date:
    """Give the day on which a term ends that starts on a day, counted in days of the sick leave."""
    if term.working_days is not None:
        return add_working_days(country, start, term.working_days)
    if term.months is not None:
        days = (add_months(start, term.months) - start).days
    else:
        days = term.days if term.days is not None else 7 * (term.weeks or 0)
    day = leave.after(start, days)
    return next_working_day(country, day) if term.then else day


@dataclass(frozen=True)
class _Clock:
    """One reckoning: the sets and facts in hand, so that the steps below need not pass them on."""

    country: Country
    sets: Sequence[RuleSet]
    facts: Facts
    on: date

    def timeline(self) -> Timeline:
        first = self.set_on(self.facts.first_sick_day)
        leaves: dict[str, Absence] = {merging.counts: self.absence(merging.counts) for merging in first.merging}
        incapacity = leaves["incapacity"]
        found = [one for rules in self.sets for rule in rules.rules for one in self.of_rule(rules, rule, leaves)]
        found.sort(key=lambda one: (one.when is None, one.when or date.max))
        return Timeline(
            country=self.country,
            rule_set=self.set_on(incapacity.first),
            on=self.on,
            first_sick_day=incapacity.first,
            absences=MappingProxyType(leaves),
            deadlines=tuple(found),
            changes=tuple(self.changes(found)),
        )

    def set_on(self, day: date) -> RuleSet:
        """Find the rule set that holds on a day."""
        holding = [one for one in self.sets if one.holds_from <= day]
        if not holding:
            earliest = self.sets[0].holds_from
            raise FactError(
                "first_sick_day", f"no rules of {self.country} are known for {day}; they begin on {earliest}"
            )
        return holding[-1]

    def absence(self, counts: str) -> Absence:
        """Find the sick leave that is on the clock: the one with the given first sick day, or a later one by now."""
        given = self.facts.first_sick_day
        if not self.facts.spells:
            return Absence(given)
        until = max(given, self.on)
        runs = [run for run in sick_runs(self.facts.spells) if run.first <= until]
        if not any(run.first <= given and (run.last is None or given <= run.last) for run in runs):
            known = ", ".join(str(run.first) for run in runs) or "none"
            raise FactError("spells", f"no sick leave on the first sick day, {given}; sick leave began on: {known}")
        return absences(runs, lambda day: self.set_on(day).merging_of(counts))[-1]

    def events(self, name: str, leave: Absence) -> Sequence[date | None]:
        """List the days on which an event came; None for one of which nothing is known (yet)."""
        if name == Event.FIRST_SICK_DAY:
            return [leave.first]
        if name == Event.TRAJECTORY_START:
            return [self.facts.trajectory_start]
        shown = resumptions(self.facts.spells, leave)
        return sorted({day for day in (*self.facts.resumptions, *shown) if day >= leave.first}) or [None]

    def of_rule(self, rules: RuleSet, rule: Rule, leaves: Mapping[str, Absence]) -> Iterator[Deadline]:
        """Give the deadlines of one rule of one set: none, one, or one for each day of its event."""
        leave = leaves[rule.counts]
        applies = True if rule.employees is None else rule.employees.holds(self.facts.employees)
        if applies is False:
            return
        event = _event_of(rules, rule)
        before: date | None = None
        for event_on in self.events(event, leave):
            deciding = event_on or leave.first
            holds = self.set_on(deciding) is rules and (rule.holds_from is None or deciding >= rule.holds_from)
            if holds and (event_on is not None or rule.before_event == "shown"):
                yield self.deadline(rules, rule, leave, event_on, before, applies)
            before = event_on

    def deadline(
        self,
        rules: RuleSet,
        rule: Rule,
        leave: Absence,
        event_on: date | None,
        before: date | None,
        applies: bool | None,
    ) -> Deadline:
        """Put one rule on the clock; `before` is the day on which its event came the time before."""
        start = self.start(rules, rule, leave, event_on)
        done_on = self.facts.done.get(rule.id)
        if done_on is not None and before is not None and done_on < before:
            done_on = None
        if rule.every is not None:
            due, opens = self.next_time(rule, leave, start, done_on), None
        else:
            due, opens = self.after(rule.due, start, leave), self.after(rule.opens, start, leave)
        if opens is not None:
            # A right of a later law does not open before that law holds.
            opens = max(opens, rules.holds_from)
        state = self.state(rule, due, opens, leave)
        if done_on is not None and rule.every is None:
            state = State.DONE
        return Deadline(
            id=rule.id,
            title=rule.title,
            who=rule.who,
            kind=rule.kind,
            due=due,
            opens=opens,
            state=state,
            done_on=done_on,
            keyed_by=rule.keyed_by,
            event_on=event_on,
            rule_set=rules.id,
            applies=applies,
            certainty=rule.evidence.certainty,
            sources=tuple(rule.sources),
            plain=rule.plain,
            professional=rule.professional,
        )

    def start(self, rules: RuleSet, rule: Rule, leave: Absence, event_on: date | None) -> date | None:
        """Find the day from which a term counts; another rule gives the day it was done, else its last timely day."""
        if rule.start == Event.FIRST_SICK_DAY:
            return leave.first
        base = rules.rule(rule.start)
        if base is None:
            return event_on
        return self.facts.done.get(base.id) or self.after(base.due, self.start(rules, base, leave, event_on), leave)

    def after(self, term: Offset | None, start: date | None, leave: Absence) -> date | None:
        """Give the day on which a term that starts on a day ends; None without a term, or without its start."""
        return None if term is None or start is None else term_ends(self.country, term, start, leave)

    def next_time(self, rule: Rule, leave: Absence, start: date | None, done_on: date | None) -> date | None:
        """Give the next time of a rule that repeats: the one after it was last done, else the first from `on` on.

        None when it comes no more: its end, counted from the first sick day, is the first day without it.
        """
        end = self.after(rule.until, leave.first, leave)
        time = self.after(rule.every, done_on or start, leave)
        while time is not None and done_on is None and time < self.on:
            time = self.after(rule.every, time, leave)
        return None if time is None or (end is not None and time >= end) else time

    def ended(self, rule: Rule, leave: Absence) -> date | None:
        """Give the day after which a rule no longer comes: the end of the contract, or of a sick leave that is past."""
        ends = [self.facts.contract_end] if rule.needs_contract else []
        if leave.last is not None and leave.last < self.on:
            ends.append(leave.last)
        return min((day for day in ends if day is not None), default=None)

    def state(self, rule: Rule, due: date | None, opens: date | None, leave: Absence) -> State:
        """Tell where a term stands that nothing says was done."""
        when, ended = due or opens, self.ended(rule, leave)
        if ended is not None and (when is None or when > ended):
            return State.LAPSED
        if when is None:
            return State.UNKNOWN if rule.every is None else State.LAPSED
        if rule.kind is Kind.MOMENT:
            return State.PASSED if self.on >= when else State.AHEAD
        if due is not None and self.on > due:
            return State.LATE
        return State.OPEN if opens is not None and opens <= self.on else State.AHEAD

    def changes(self, found: Sequence[Deadline]) -> Iterator[Change]:
        """List later versions with other terms, that take over if an event that has not come yet comes under them."""
        terms = {(one.id, rule.id): (rule.due, rule.opens) for one in self.sets for rule in one.rules}
        for one in found:
            horizon = max(self.on, one.when or self.on)
            for later in self.sets:
                other = terms.get((later.id, one.id))
                takes_over = self.facts.first_sick_day < later.holds_from <= horizon
                if one.event_on is None and takes_over and other not in (None, terms[one.rule_set, one.id]):
                    yield Change(one.id, one.keyed_by, later.holds_from, later.id)


def _event_of(rules: RuleSet, rule: Rule) -> str:
    """Follow rules that are keyed by rules to the event at the end."""
    key = rule.keyed_by
    while (base := rules.rule(key)) is not None:
        key = base.keyed_by
    return key
