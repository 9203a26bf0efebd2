"""What the plan of an economic evaluation must satisfy: outcomes, sites, professions and variables that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from opstap.domain.protocol.economics import Economics
from opstap.domain.protocol.model import Protocol

Place = tuple[Any, ...]
Fault = tuple[Place, str]
BASE: Place = ("study", "economics")


def economics_faults(protocol: Protocol) -> Iterator[Fault]:
    """List every fault between the economic plan and the rest of the protocol; its variables are checked elsewhere."""
    plan, study = protocol.study.economics, protocol.study
    for number, analysis in enumerate(study.analyses):
        if analysis.method == "cost_effectiveness" and (plan is None or not plan.effects):
            yield ("study", "analyses", number, "method"), "its plan is not there: give study.economics with effects"
    if plan is None:
        return
    if study.design == "single_arm" and plan.effects:
        yield (*BASE, "effects"), "a single-arm study has no arm to compare: take the effects out"
    yield from _parts(protocol, plan)
    for number, scenario in enumerate(plan.scenarios):
        place: Place = (*BASE, "scenarios", number, "changes")
        try:
            changed = plan.scenario(scenario)
        except ValueError as error:
            yield place, str(error)
            continue
        for where, fault in _parts(protocol, changed):
            if where[2] in scenario.changes:
                yield place, f"{'.'.join(str(part) for part in where[2:])}: {fault}"
    for number, one in enumerate(plan.one_way):
        for end in ("low", "high"):
            try:
                plan.varied(one, getattr(one, end))
            except ValueError as error:
                yield (*BASE, "one_way", number, end), str(error)


def _parts(protocol: Protocol, plan: Economics) -> Iterator[Fault]:
    yield from _effects(protocol, plan)
    yield from _delivered(protocol, plan)


def _effects(protocol: Protocol, plan: Economics) -> Iterator[Fault]:
    outcomes = {one.id: one for one in protocol.study.outcomes if one.respondent == "participant"}
    for number, effect in enumerate(plan.effects):
        place: Place = (*BASE, "effects", number)
        outcome = outcomes.get(effect.outcome)
        if outcome is None:
            known = ", ".join(outcomes)
            yield (*place, "outcome"), f"no outcome {effect.outcome} of participants: name one of {known}"
        elif effect.measure == "qaly" and not outcome.variable.startswith(("score.eq5d_index_", "score.sf6d")):
            yield (*place, "outcome"), f"{outcome.id} is no value of health: name one of EQ-5D-5L or SF-6D"
        elif effect.measure == "days_without" and outcome.variable != "work.days_to_return":
            yield (*place, "outcome"), f"{outcome.id} is no time to return: name one of work.days_to_return"
        elif effect.wave is not None and effect.wave not in outcome.waves:
            yield (
                (*place, "wave"),
                f"{outcome.id} is not taken at {effect.wave}: name one of {', '.join(outcome.waves)}",
            )


def _delivered(protocol: Protocol, plan: Economics) -> Iterator[Fault]:
    for number, price in enumerate(plan.own_prices):
        place: Place = (*BASE, "own_prices", number)
        if price.site is not None and price.site not in protocol.sites:
            yield (*place, "site"), f"no site {price.site}: name one of {', '.join(protocol.sites)}"
        before = [(one.item, one.site) for one in plan.own_prices[:number]]
        if (price.item, price.site) in before:
            yield (*place, "item"), f"{price.item} has a price already: keep one"
    unpriced = [one for one in protocol.programme.professions if one not in plan.intervention]
    if unpriced:
        yield (*BASE, "intervention"), f"say which item the sessions of {', '.join(unpriced)} are priced with"
    for profession in plan.intervention:
        if profession not in protocol.programme.professions:
            yield (*BASE, "intervention", profession), f"no {profession} works in this programme: take it out"
