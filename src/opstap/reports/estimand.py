"""An outcome's estimand in words, and the mark on what no source settles."""

from __future__ import annotations

from opstap.domain.protocol.model import Outcome
from opstap.reports.blocks import Block, Note, Pairs
from opstap.reports.context import Context


def estimand(context: Context, outcome: Outcome) -> Pairs:
    """Say whom and what an outcome is about, and what each event in between does to it (ICH E9(R1))."""
    _ = context.words.gettext
    events = {
        "death": _("death"),
        "recurrence": _("the cancer comes back"),
        "contract_end": _("the contract ends"),
        "retirement": _("retirement"),
        "stopped_programme": _("someone stops the programme"),
    }
    strategies = {
        "treatment_policy": _("the value counts as it is"),
        "while_alive": _("no value from then on; counted apart, not as missing"),
        "composite": _("counts as no work from then on: 0 hours, not missing"),
        "hypothetical": _("values from then on are left out"),
        "principal_stratum": _("limited to those to whom it would not happen"),
    }
    summaries = {
        "mean_difference": _("difference in means between the arms"),
        "odds_ratio": _("odds ratio between the arms"),
        "mean_change": _("mean change within people"),
        "proportion": _("share of people"),
        "time_to_event": _("share with the event over time"),
        "median": _("median"),
    }
    plan = outcome.estimand
    return Pairs(
        [
            (_("Whom"), context.text(f"outcomes.{outcome.id}.population")),
            (_("What"), context.text(f"outcomes.{outcome.id}.variable")),
            (_("Summary"), summaries[plan.summary]),
            *((events[event].capitalize(), strategies[strategy]) for event, strategy in plan.intercurrent.items()),
        ]
    )


def mark(context: Context, outcome: Outcome) -> list[Block]:
    """Give the mark on an outcome whose own place in the protocol is an assumption."""
    _ = context.words.gettext
    place = f"study.outcomes.{outcome.id}"
    return [
        Note(context.text(f"assumptions.{one.id}"), _("Assumption"))
        for one in context.protocol.assumptions
        if one.about == place
    ]
