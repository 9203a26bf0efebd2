"""Describing numbers: the change within people between two waves, and plain summaries per visit and arm."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Table
from opstap.reports.context import Context
from opstap.reports.values import Unanswerable, numeric, values
from opstap.stats.describe import change, summary


def paired_change(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a paired change: later minus earlier in the people who have both."""
    words = context.words
    _ = words.gettext
    frame = numeric(values(context.protocol, context.data, outcome).frame)
    wide = frame[frame["person"].isin(context.participants.index)].pivot(index="person", columns="wave", values="value")
    before, after = analysis.options["from"], analysis.options["to"]
    if before not in wide or after not in wide:
        raise Unanswerable("no rows")
    both = wide[[before, after]].dropna()
    found = change(both[before].to_numpy(dtype=float), both[after].to_numpy(dtype=float))
    if found.mean is None or found.low is None:
        raise Unanswerable("no rows")
    start, end = summary(both[before].to_numpy(dtype=float)), summary(both[after].to_numpy(dtype=float))
    finding = _(
        "%(outcome)s: on average %(change)s between “%(before)s” and “%(after)s” (95%% interval "
        "%(interval)s; %(n)s people)."
    ) % {
        "outcome": context.outcome_title(outcome),
        "change": ("+" if found.mean > 0 else "") + words.number(found.mean),
        "before": context.text(f"waves.{before}"),
        "after": context.text(f"waves.{after}"),
        "interval": words.interval(found.low, found.high),
        "n": words.count(found.n),
    }
    results: dict[str, Any] = {
        "method": analysis.method,
        "from": before,
        "to": after,
        **asdict(found),
        "mean_before": start.mean,
        "sd_before": start.sd,
        "mean_after": end.mean,
        "sd_after": end.sd,
    }
    body = [
        [
            context.outcome_title(outcome),
            words.count(found.n),
            words.number(start.mean),
            words.number(end.mean),
            words.number(found.mean),
            words.interval(found.low, found.high),
            words.p(found.p),
        ]
    ]
    table = Table(
        f"{analysis.id}-change",
        context.text(f"analyses.{analysis.id}"),
        [
            _("Outcome"),
            _("People"),
            context.text(f"waves.{before}"),
            context.text(f"waves.{after}"),
            _("Change"),
            _("95% interval"),
            "p",
        ],
        body,
        pd.DataFrame([{"outcome": outcome.id, **results}]),
        note=_("People with both values; Student's interval and paired test."),
    )
    return Answer(results, finding, [table])


def summaries(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a summary: mean, spread and quartiles per visit, and per arm where the analysis says so."""
    words = context.words
    _ = words.gettext
    frame = numeric(values(context.protocol, context.data, outcome).frame)
    frame = frame[frame["person"].isin(context.participants.index)]
    arms: list[str | None] = [arm.id for arm in context.arms] if analysis.options.get("by") == "arm" else [None]
    rows, body = [], []
    for visit in analysis.options["visits"]:
        for arm in arms:
            part = frame[frame["wave"] == visit]
            if arm is not None:
                part = part[part["person"].map(context.participants["arm"]) == arm]
            found = summary(part["value"].to_numpy(dtype=float))
            rows.append({"visit": visit, "arm": arm, **asdict(found)})
            moment = context.text(f"waves.{visit}")
            if arm is not None:
                moment += f" · {context.text(f'arms.{arm}.title')}"
            body.append(
                [
                    context.outcome_title(outcome),
                    moment,
                    words.count(found.n),
                    words.number(found.mean),
                    words.number(found.sd),
                    words.number(found.median),
                    words.interval(found.lower_quartile, found.upper_quartile),
                ]
            )
    if not any(row["n"] for row in rows):
        raise Unanswerable("no rows")
    table = Table(
        f"{analysis.id}-summary",
        context.text(f"analyses.{analysis.id}"),
        [_("Outcome"), _("Moment"), _("People"), _("Mean"), _("Standard deviation"), _("Median"), _("Middle half")],
        body,
        pd.DataFrame(rows),
        left=2,
        note=_("Of those who answered at that moment; nothing is modelled or tested."),
    )
    return Answer({"method": analysis.method, "rows": rows}, "", [table])
