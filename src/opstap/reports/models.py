"""Repeated measures: GEE and mixed model as the protocol writes them, means by arm and visit, and contrasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from math import exp
from typing import Any

import pandas as pd
from scipy.special import expit

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Figure, Table
from opstap.reports.context import Context
from opstap.reports.figures import Point, Series, means, twice
from opstap.reports.values import Unanswerable, numeric, values
from opstap.stats.contrasts import Combination, arm_contrasts, marginal_means
from opstap.stats.design import Term
from opstap.stats.gee import GeeResult, gee
from opstap.stats.mmrm import MmrmResult, mmrm

Fit = GeeResult | MmrmResult
MODELS = ("gee", "mmrm")


def frame(context: Context, analysis: Analysis, outcome: Outcome) -> pd.DataFrame:
    """Give the rows of a model: `person`, `visit`, `value`, `base` (the same at the first wave), `arm`, `site`."""
    visits = analysis.options["visits"]
    found = numeric(values(context.protocol, context.data, outcome).frame)
    first = context.protocol.study.waves[0].id
    base = found[found["wave"] == first].set_index("person")["value"]
    people = context.participants
    rows = found[found["wave"].isin(visits) & found["person"].isin(people.index)]
    return pd.DataFrame(
        {
            "person": rows["person"].astype(str),
            "visit": pd.Categorical(rows["wave"], categories=visits, ordered=True),
            "value": rows["value"].astype(float),
            "base": rows["person"].map(base).astype(float),
            "arm": rows["person"].map(people["arm"]).astype(str),
            "site": rows["person"].map(people["site"]).astype(str),
        }
    ).reset_index(drop=True)


def fit(analysis: Analysis, data: pd.DataFrame) -> Fit:
    """Fit the model as the analysis writes it; Unanswerable without rows, StatsError as the estimators give it."""
    if data.empty:
        raise Unanswerable("no rows")
    options = {key: value for key, value in analysis.options.items() if key not in ("formula", "visits")}
    visits = [visit for visit in analysis.options["visits"] if (data["visit"] == visit).any()]
    estimate: Callable[..., Fit] = (
        partial(gee, group="person") if analysis.method == "gee" else partial(mmrm, subject="person")
    )
    # Text for the formula, with its order given: formulaic then spells a visit as the protocol does.
    plain = data.assign(visit=data["visit"].astype(str))
    return estimate(plain, analysis.options["formula"], visit="visit", visit_order=visits, **options)


def answer(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a model: its contrasts between arms per visit first, then its means, a figure, and every term."""
    data = frame(context, analysis, outcome)
    _check_arms(context, analysis, data)
    model = fit(analysis, data)
    ratio = analysis.options.get("family") == "binomial"
    contrasts = arm_contrasts(model, "arm", "visit", reference=context.reference)
    middles = marginal_means(model, ["arm", "visit"])
    used = model.design.data
    counts: dict[tuple[Any, Any], int] = dict(Counter(zip(used["arm"], used["visit"], strict=True)))
    how = _how(context, analysis, model)
    blocks: list[Block] = [
        contrast_table(context, analysis, contrasts, middles, counts, ratio, how),
        *([_means_figure(context, analysis, outcome, middles, ratio)] if _is_first(context, analysis) else []),
        _terms_table(context, analysis, model, how),
    ]
    results = {
        **model.to_dict(),
        "method": analysis.method,
        "formula": analysis.options["formula"],
        "contrasts": [{**one.levels, "reference": context.reference, **asdict(one.estimate)} for one in contrasts],
        "means": [{**one.levels, **asdict(one.estimate)} for one in middles],
        "ratio": ratio,
        "left_out": model.design.left_out,
        "people": {str(arm): int(n) for arm, n in model.design.data.groupby("arm")["person"].nunique().items()},
    }
    return Answer(results, finding(context, outcome, contrasts[-1], ratio), blocks)


def _check_arms(context: Context, analysis: Analysis, data: pd.DataFrame) -> None:
    """Raise Unanswerable for an arm without a single complete row: the model would only say that it has no rank."""
    needed = [name for name in ("value", "base") if name in analysis.options["formula"] or name == "value"]
    complete = data.dropna(subset=needed)
    for arm in context.arms if not data.empty else []:
        if not (complete["arm"] == arm.id).any():
            raise Unanswerable(f"arm {arm.id} has no complete case ({', '.join(needed)})")


def _is_first(context: Context, analysis: Analysis) -> bool:
    """Tell whether no earlier analysis of the outcome drew its means already."""
    same = [one for one in context.protocol.study.analyses if one.outcome == analysis.outcome and one.method in MODELS]
    return same[0] is analysis


def finding(context: Context, outcome: Outcome, contrast: Combination, ratio: bool) -> str:
    """Say one contrast in a sentence."""
    _, words = context.words.gettext, context.words
    estimate = contrast.estimate
    said = {
        "outcome": context.outcome_title(outcome),
        "wave": context.text(f"waves.{contrast.levels['visit']}"),
        "arm": context.text(f"arms.{contrast.levels['arm']}.title"),
        "reference": context.text(f"arms.{context.reference}.title"),
        "interval": words.interval(_shown(estimate.low, ratio), _shown(estimate.high, ratio)),
        "estimate": words.number(_shown(estimate.estimate, ratio)),
    }
    if ratio:
        sentence = _("%(outcome)s. %(wave)s: odds ratio %(estimate)s (95%% interval %(interval)s).")
    else:
        sentence = _("%(outcome)s. %(wave)s: difference %(estimate)s (95%% interval %(interval)s).")
    # Babel reads no texts inside an f-string.
    compared = _("That is “%(arm)s” compared with “%(reference)s”.")
    return f"{sentence} {compared}" % said


def _shown(value: float, ratio: bool) -> float:
    return exp(value) if ratio else value


def contrast_table(
    context: Context,
    analysis: Analysis,
    contrasts: list[Combination],
    middles: list[Combination],
    counts: dict[tuple[Any, Any], int],
    ratio: bool,
    how: str,
) -> Table:
    """Show per visit the mean of each arm with its n, and the difference (or odds ratio) with its interval."""
    _, words = context.words.gettext, context.words
    by_arm = {(one.levels["arm"], one.levels["visit"]): one.estimate for one in middles}
    head = [_("Moment")]
    for arm in context.arms:
        head.append(context.text(f"arms.{arm.id}.title"))
    head += [_("Odds ratio") if ratio else _("Difference"), _("95% interval"), "p"]
    body = []
    for one in contrasts:
        visit = one.levels["visit"]
        row = [context.text(f"waves.{visit}")]
        for arm in context.arms:
            middle = by_arm[arm.id, visit]
            shown = words.percent(float(expit(middle.estimate))) if ratio else words.number(middle.estimate)
            row.append(f"{shown} (n {counts.get((arm.id, visit), 0)})")
        estimate = one.estimate
        row += [
            words.number(_shown(estimate.estimate, ratio), 2 if ratio else 1),
            words.interval(_shown(estimate.low, ratio), _shown(estimate.high, ratio), 2 if ratio else 1),
            words.p(estimate.p),
        ]
        body.append(row)
    data = pd.DataFrame(
        [{**one.levels, "reference": context.reference, **_with_ratio(one.estimate, ratio)} for one in contrasts]
    )
    title = context.text(f"analyses.{analysis.id}")
    return Table(f"{analysis.id}-contrasts", title, head, body, data, note=how)


def _with_ratio(term: Term, ratio: bool) -> dict[str, Any]:
    found = asdict(term)
    if ratio:
        found |= {
            f"odds_ratio{end}": exp(value)
            for end, value in (("", term.estimate), ("_low", term.low), ("_high", term.high))
        }
    return found


def _means_figure(
    context: Context, analysis: Analysis, outcome: Outcome, middles: list[Combination], ratio: bool
) -> Figure:
    _, words = context.words.gettext, context.words
    visits = list(dict.fromkeys(one.levels["visit"] for one in middles))
    by_arm = {(one.levels["arm"], one.levels["visit"]): one.estimate for one in middles}

    def point(term: Term) -> Point:
        value, low, high = (100 * float(expit(end)) if ratio else end for end in (term.estimate, term.low, term.high))
        return Point(value, low, high, f"{words.number(value)}{'%' if ratio else ''}")

    series = [
        Series(
            context.text(f"arms.{arm.id}.title"),
            [point(by_arm[arm.id, visit]) if (arm.id, visit) in by_arm else None for visit in visits],
        )
        for arm in context.arms
    ]
    moments = [context.text(f"waves.{visit}") for visit in visits]
    said = "; ".join(
        f"{one.name}: "
        + ", ".join(f"{moment} {point.label}" for moment, point in zip(moments, one.points, strict=True) if point)
        for one in series
    )
    sentence = f"{context.outcome_title(outcome)}. {said}."
    wide, narrow = twice(
        lambda name, width: means(
            name, width, sentence, moments, series, 0.0 if _from_zero(outcome) else None, words.number
        ),
        f"{analysis.id}-means",
    )
    return Figure(
        f"{analysis.id}-means",
        _("%(outcome)s: means by arm, with 95%% interval") % {"outcome": context.outcome_title(outcome)},
        sentence,
        wide,
        narrow,
        _("Means of the model, for people with the average of every other characteristic in it."),
        of=f"{analysis.id}-contrasts",
    )


def _from_zero(outcome: Outcome) -> bool:
    return outcome.variable.startswith("work.")


def _how(context: Context, analysis: Analysis, model: Fit) -> str:
    """Say how it was computed, from the options themselves."""
    _, words = context.words.gettext, context.words
    if isinstance(model, GeeResult):
        correlation = words.number(model.correlation, 2) if isinstance(model.correlation, float) else "–"
        said = {
            "n": words.count(model.n),
            "people": words.count(model.groups),
            "corr": model.corr,
            "value": correlation,
            "se": model.se,
            "formula": analysis.options["formula"],
        }
        return (
            _(
                "Generalised estimating equations: %(n)s measurements of %(people)s people, working correlation "
                "%(corr)s (%(value)s), standard errors %(se)s. Model: %(formula)s."
            )
            % said
        )
    said = {
        "n": words.count(model.n),
        "people": words.count(model.subjects),
        "cov": model.cov_structure,
        "df": model.df_method,
        "formula": analysis.options["formula"],
    }
    return (
        _(
            "Mixed model for repeated measures by restricted likelihood: %(n)s measurements of %(people)s "
            "people, covariance %(cov)s, degrees of freedom %(df)s. Model: %(formula)s."
        )
        % said
    )


def _terms_table(context: Context, analysis: Analysis, model: Fit, how: str) -> Table:
    _, words = context.words.gettext, context.words
    body = [
        [
            term.term,
            words.number(term.estimate, 2),
            words.number(term.se, 2),
            words.interval(term.low, term.high, 2),
            words.p(term.p),
        ]
        for term in model.terms
    ]
    return Table(
        f"{analysis.id}-terms",
        _("Every term of the model: %(analysis)s") % {"analysis": context.text(f"analyses.{analysis.id}")},
        [_("Term"), _("Estimate"), _("Standard error"), _("95% interval"), "p"],
        body,
        pd.DataFrame([asdict(term) for term in model.terms]),
        folded=True,
        note=how,
    )
