"""Beside the curve of return: what makes a return impossible (competing events), and Cox's hazard ratio."""

from __future__ import annotations

from dataclasses import asdict
from math import exp
from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Table, Text
from opstap.reports.context import Context
from opstap.reports.course import observed, steady_from
from opstap.reports.estimand import event_words
from opstap.reports.values import Unanswerable, first_event
from opstap.stats.competing import Incidence, IncidenceAt, cumulative_incidence, gray_test
from opstap.stats.cox import cox
from opstap.stats.design import StatsError
from opstap.stats.survival import kaplan_meier

RETURN, COMPETING = 1, 2


def frame(context: Context, analysis: Analysis, outcome: Outcome) -> pd.DataFrame:
    """Give who is in the curve, as `course.observed`, with the first competing event before a return as code 2.

    An event counts from its own day, which may lie after the last answer: the record tells of it. One before someone
    came under observation leaves them out.
    """
    found = observed(context, analysis, outcome).frame
    if found.empty:
        raise Unanswerable("no rows")
    returns = context.data["returns"]
    sick = returns[returns["source"] == outcome.source].set_index("person")["first_sick_day"]
    events = [first_event(context.data, event) for event in analysis.options.get("competing", [])]
    for index, row in found.iterrows():
        days = [(one[row["person"]] - sick[row["person"]]).days for one in events if row["person"] in one]
        first = min(days, default=None)
        if first is not None and (not row["event"] or first < row["time"]):
            found.loc[index, ["time", "event"]] = [first, COMPETING]
    return found[(found["time"] > found["entry"]) & (found["time"] > 0)].reset_index(drop=True)


def competing(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute an analysis of competing events: the share that returned before any of them."""
    words = context.words
    _ = words.gettext
    rows = frame(context, analysis, outcome)
    by_arm = analysis.options.get("by") == "arm"
    rows["group"] = rows["person"].map(context.participants["arm"]) if by_arm else "all"
    since = _since(rows)
    if since is not None:
        # As the curve of return: from where it rests on enough people, among those without any event by then.
        rows = rows[rows["time"] > since].reset_index(drop=True)
        rows["entry"] = rows["entry"].clip(lower=since)
    titles = (
        {arm.id: context.text(f"arms.{arm.id}.title") for arm in context.arms} if by_arm else {"all": _("Everyone")}
    )
    days = analysis.options["at"]
    body: list[list[str]] = []
    data: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for group, title in titles.items():
        part = rows[rows["group"] == group]
        if part.empty:
            continue
        shares = {}
        for cause in (RETURN, COMPETING):
            if (part["event"] > 0).any():
                shares[cause] = _curve(part, cause).at(days)
        for place, day in enumerate(days):
            back, gone = (shares[cause][place] if cause in shares else None for cause in (RETURN, COMPETING))
            body.append(
                [
                    title,
                    words.count(day),
                    words.count(back.at_risk if back else len(part)),
                    words.percent(back.estimate if back else None),
                    _interval(context, back),
                    words.percent(gone.estimate if gone else None),
                ]
            )
            for name, one in (("return", back), ("competing", gone)):
                data.append({"group": group, "cause": name, "time": day, **(vars(one) if one else {})})
        counted = {"return": int((part["event"] == RETURN).sum()), "competing": int((part["event"] == COMPETING).sum())}
        results.append({"group": group, "n": len(part), **counted})
    gray = None
    if len(results) > 1:
        try:
            test = gray_test(rows["time"], rows["event"], rows["group"], RETURN, _entry(rows))
            gray = {"statistic": test.statistic, "df": test.df, "p": test.p}
        except StatsError:
            gray = None
    events = " / ".join(event_words(context)[event] for event in analysis.options.get("competing", []))
    finding = _(
        "Someone to whom this happens first (%(events)s) does not return any more: %(count)s of %(n)s people. The share"
        " below counts that; the curve above does not."
    ) % {
        "events": events,
        "count": words.count(sum(one["competing"] for one in results)),
        "n": words.count(len(rows)),
    }
    note = _("%(n)s people; Aalen and Johansen's cumulative incidence with delayed entry.") % {
        "n": words.count(len(rows))
    }
    if gray is not None:
        note += " " + _("Gray's test that the groups return alike: p %(p)s.") % {"p": words.p(gray["p"])}
    if since is not None:
        note += " " + _("From day %(day)s on, like the curve.") % {"day": words.count(since)}
    table = Table(
        f"{analysis.id}-incidence",
        context.text(f"analyses.{analysis.id}"),
        [_("Group"), _("Day"), _("At risk"), _("Returned"), _("95% interval"), _("Event came first")],
        body,
        pd.DataFrame(data),
        note=note,
    )
    blocks: list[Block] = [Text(finding, of=table.name), table]
    told = {"method": analysis.method, "since": since, "groups": results, "gray": gray, "at": data}
    return Answer(told, finding, blocks)


def _since(rows: pd.DataFrame) -> float | None:
    """Give the day from which the risk sets of every group are sound; None where they are from the start."""
    found = []
    for _group, part in rows.groupby("group"):
        entry = _entry(part)
        if entry is not None:
            curve = kaplan_meier(part["time"].to_numpy(), (part["event"] == RETURN).astype(int).to_numpy(), entry)
            found.append(steady_from(curve, entry))
    return max((one for one in found if one is not None), default=None)


def _interval(context: Context, one: IncidenceAt | None) -> str:
    """Write the interval of a share; before the first event there is none worth the name."""
    return "–" if one is None or not one.estimate else context.words.share_interval(one.low, one.high)


def _curve(part: pd.DataFrame, cause: int) -> Incidence:
    return cumulative_incidence(part["time"].to_numpy(), part["event"].to_numpy(), cause, _entry(part))


def _entry(rows: pd.DataFrame) -> np.ndarray | None:
    return None if np.isinf(rows["entry"]).all() else rows["entry"].to_numpy(dtype=float)


def hazard_ratio(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a Cox model, with the test that its hazards are proportional: where they are not, its ratio misleads."""
    words = context.words
    _ = words.gettext
    rows = observed(context, analysis, outcome).frame
    if rows.empty:
        raise Unanswerable("no rows")
    people = context.participants
    data = rows.assign(arm=rows["person"].map(people["arm"]), site=rows["person"].map(people["site"]))
    entry = None if np.isinf(data["entry"]).all() else "entry"
    model = cox(data, analysis.options["formula"], "time", "event", entry)
    tests = {one.term: one for one in model.proportional}
    body = [
        [
            _term(context, term.term),
            words.number(exp(term.estimate), 2),
            words.interval(exp(term.low), exp(term.high), 2),
            words.p(term.p),
            words.p(tests[term.term].p) if term.term in tests else "–",
        ]
        for term in model.terms
    ]
    table = Table(
        f"{analysis.id}-hazards",
        context.text(f"analyses.{analysis.id}"),
        [_("Term"), _("Hazard ratio"), _("95% interval"), "p", _("p, proportional hazards")],
        body,
        pd.DataFrame(
            [
                {**asdict(term), "hazard_ratio": exp(term.estimate), "p_proportional": tests[term.term].p}
                for term in model.terms
            ]
        ),
        note=_(
            "%(n)s people, %(events)s returned; Cox's model with delayed entry, ties by Efron, hazards tested by"
            " Grambsch and Therneau. Above 1: sooner back."
        )
        % {"n": words.count(model.n), "events": words.count(model.events)},
    )
    whole = tests.get("GLOBAL", next(iter(tests.values())))
    text = (
        _("The data speak against proportional hazards (p %(p)s): this ratio is no more than an average over time.")
        if whole.p < 0.05
        else _("The data do not speak against proportional hazards (p %(p)s).")
    ) % {"p": words.p(whole.p)}
    results: dict[str, Any] = {**model.to_dict(), "method": analysis.method, "formula": analysis.options["formula"]}
    return Answer(results, text, [Text(text, of=table.name), table])


def _term(context: Context, term: str) -> str:
    """Say a term of an arm or a site in words; any other stays as it is."""
    _ = context.words.gettext
    level = term.partition("[T.")[2].rstrip("]")
    if level in {arm.id for arm in context.arms}:
        return _("%(arm)s, compared with %(reference)s") % {
            "arm": context.text(f"arms.{level}.title"),
            "reference": context.text(f"arms.{context.reference}.title"),
        }
    return context.text(f"sites.{level}") if level in context.protocol.sites else term
