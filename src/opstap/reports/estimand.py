"""An outcome's estimand in words, and the mark on what no source settles."""

from __future__ import annotations

import pandas as pd

from opstap.domain.protocol.model import Outcome
from opstap.reports.blocks import Block, Note, Pairs, Table
from opstap.reports.context import Context
from opstap.reports.values import NO_WORK, PER_PERSON


def estimand(context: Context, outcome: Outcome) -> Pairs:
    """Say whom and what an outcome is about, and what each event in between does to it (ICH E9(R1))."""
    _ = context.words.gettext
    return Pairs(
        [
            (_("Whom"), context.text(f"outcomes.{outcome.id}.population")),
            (_("What"), context.text(f"outcomes.{outcome.id}.variable")),
            (_("Summary"), _summary(context, outcome)),
            *((event.capitalize(), strategy) for event, strategy in _strategies(context, outcome)),
        ]
    )


def all_estimands(context: Context) -> Table:
    """Give the estimands of every outcome as a table."""
    _ = context.words.gettext
    outcomes = context.protocol.study.outcomes
    body = [
        [
            context.outcome_title(one),
            context.text(f"outcomes.{one.id}.population"),
            context.text(f"outcomes.{one.id}.variable"),
            _summary(context, one),
            "; ".join(f"{event}: {strategy}" for event, strategy in _strategies(context, one)),
        ]
        for one in outcomes
    ]
    rows = [
        {"outcome": one.id, "variable": one.variable, "role": one.role, "summary": one.estimand.summary,
         **one.estimand.intercurrent}
        for one in outcomes
    ]  # fmt: skip
    head = [_("Outcome"), _("Whom"), _("What"), _("Summary"), _("Events in between")]
    return Table("estimands", _("Estimands of every outcome"), head, body, pd.DataFrame(rows), left=5, folded=True,
                 note=_("After ICH E9(R1); as the protocol settles them."))  # fmt: skip


def _summary(context: Context, outcome: Outcome) -> str:
    _ = context.words.gettext
    return {
        "mean_difference": _("difference in means between the arms"),
        "odds_ratio": _("odds ratio between the arms"),
        "mean_change": _("mean change within people"),
        "proportion": _("share of people"),
        "time_to_event": _("share with the event over time"),
        "median": _("median"),
    }[outcome.estimand.summary]


def _strategies(context: Context, outcome: Outcome) -> list[tuple[str, str]]:
    _ = context.words.gettext
    kind, _dot, name = outcome.variable.partition(".")
    if kind == "work" and name in PER_PERSON:
        composite = _("who had not returned by then does not return")
    elif kind == "work" and name in NO_WORK:
        composite = _("counts as no work from then on: 0 hours, not missing")
    else:
        composite = _("the value counts as it is, since the protocol names no other")
    strategies = {
        "treatment_policy": _("the value counts as it is"),
        "while_alive": _("no value from then on; counted apart, not as missing"),
        "composite": composite,
        "hypothetical": _("values from then on are left out"),
        "principal_stratum": _("limited to those to whom it would not happen"),
    }
    events = event_words(context)
    return [(events[event], strategies[strategy]) for event, strategy in outcome.estimand.intercurrent.items()]


def event_words(context: Context) -> dict[str, str]:
    """Give the words for events that change the meaning of an outcome."""
    _ = context.words.gettext
    return {
        "death": _("death"),
        "recurrence": _("the cancer comes back"),
        "contract_end": _("the contract ends"),
        "retirement": _("retirement"),
        "stopped_programme": _("someone stops the programme"),
    }


def mark(context: Context, outcome: Outcome) -> list[Block]:
    """Give the mark on an outcome whose own place in the protocol is an assumption."""
    _ = context.words.gettext
    place = f"study.outcomes.{outcome.id}"
    return [
        Note(context.text(f"assumptions.{one.id}"), _("Assumption"))
        for one in context.protocol.assumptions
        if one.about == place
    ]
