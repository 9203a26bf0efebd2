"""Who did not answer, and what that can do to the result: patterns of waves, and reference-based imputation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Figure, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Interval, intervals, twice
from opstap.reports.models import frame as model_frame
from opstap.reports.values import Unanswerable, first_event
from opstap.stats.missingness import describe_missing
from opstap.stats.reference_based import ReferenceBased, Wide, reference_based, widen

#: The state of a measurement that will come: nobody knows yet whether it is missing.
TO_COME = ("scheduled", "open", "started")


def patterns(context: Context, found: list[tuple[str, str, pd.Index]]) -> tuple[list[Block], list[dict[str, Any]]]:
    """Show which waves people answered together, by group (id, title, people): each row one pattern."""
    words = context.words
    _ = words.gettext
    measured = context.data["measurements"]
    measured = measured[measured["respondent"] == "participant"]
    waves = [wave.id for wave in context.protocol.study.waves]
    people = context.participants
    seen = pd.DataFrame({wave: _answered(measured, wave).reindex(people.index) for wave in waves}, index=people.index)
    if seen.empty:
        return [], []
    groups = {group: describe_missing(seen.loc[members], waves) for group, _title, members in found if len(members)}
    if "all" not in groups:
        return [], []
    body, data = [], []
    for pattern in groups["all"].patterns:
        tally = {}
        for group, one in groups.items():
            tally[group] = next((other.count for other in one.patterns if other.seen == pattern.seen), 0)
        body.append(
            [
                " · ".join(
                    context.text(f"waves.{wave}") for wave, there in zip(waves, pattern.seen, strict=True) if there
                )
                or _("nothing"),
                *(words.of(tally[group], groups[group].n) for group in groups),
            ]
        )
        data.append(
            {**dict(zip(waves, pattern.seen, strict=True)), **{f"people_{group}": n for group, n in tally.items()}}
        )
    titles = {group: title for group, title, _members in found}
    monotone = groups["all"].monotone
    table = Table(
        "patterns",
        _("Which moments people answered together"),
        [_("Answered at"), *(f"{titles[group]} (n {words.count(groups[group].n)})" for group in groups)],
        body,
        pd.DataFrame(data),
        note=_("People with the same moments answered; also those for whom a moment was still to come.")
        + " "
        + (
            _("Whoever missed one moment missed all after it.")
            if monotone
            else _("Some missed a moment and answered a later one.")
        ),
    )
    return [table], data


def _answered(measured: pd.DataFrame, wave: str) -> pd.Series:
    here = measured[(measured["wave"] == wave) & (measured["state"] == "submitted")]
    return pd.Series(1.0, index=here["person"])


def answer(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a sensitivity analysis: the same comparison under each assumption about those who did not answer."""
    _ = context.words.gettext
    trial, left_out = wide(context, analysis, outcome)
    inference = analysis.options.get("inference", "jackknife")
    methods = analysis.options.get("methods", ["mar", "jr", "cr", "cir"])
    found = [reference_based(trial, method, inference) for method in methods]
    deltas = [float(delta) for delta in analysis.options.get("deltas", [])]
    shifted = [reference_based(trial, "delta", inference, delta) for delta in deltas]
    last = trial.visits[-1]
    tips = _tipping(deltas, [_last(one, last) for one in shifted])
    finding = _finding(context, outcome, last, dict(zip(methods, found, strict=True)))
    blocks: list[Block] = [
        Text(
            _(
                "The main analysis is right if those who did not answer would, given what is known of them, have done"
                " as those who did. Here the same comparison is made under other assumptions."
            )
        ),
        Text(finding, of=f"{analysis.id}-assumptions"),
        _figure(context, analysis, outcome, trial, methods, found),
        _assumptions_table(context, analysis, trial, methods, found, left_out),
    ]
    if deltas:
        blocks += [
            Text(_tipping_words(context, deltas, tips), of=f"{analysis.id}-tipping"),
            _delta_table(context, analysis, trial, deltas, shifted),
        ]
    results = {
        "method": analysis.method,
        "inference": inference,
        "n": len(trial.people),
        "imputed": found[0].imputed if found else 0,
        "left_out": left_out,
        "assumptions": [{"assumption": one.method, **row} for one in found for row in one.contrasts],
        "deltas": [{"delta": one.delta, **row} for one in shifted for row in one.contrasts],
        "tipping": tips,
    }
    return Answer(results, finding, blocks)


def wide(context: Context, analysis: Analysis, outcome: Outcome) -> tuple[Wide, dict[str, int]]:
    """Give a trial in wide form, and how many people cannot be in it, by why.

    Out are those without the covariates, who died (their outcome is undefined, not missing), and of whom a visit is
    still to come. Unanswerable where a whole arm has no value at a visit.
    """
    rows = model_frame(context, analysis, outcome)
    if rows.empty:
        raise Unanswerable("no rows")
    visits = analysis.options["visits"]
    people = context.participants
    base = rows.groupby("person", observed=True)["base"].first().reindex(people.index)
    if base.isna().any():
        base = base.fillna(_base(context, analysis, outcome).reindex(people.index))
    measured = context.data["measurements"]
    measured = measured[(measured["respondent"] == outcome.respondent) & measured["wave"].isin(visits)]
    coming = set(measured[measured["state"].isin(TO_COME)]["person"])
    died = set(first_event(context.data, "death"))
    kept, left_out = [], {"died": 0, "still_to_come": 0, "no_value_at_start": 0}
    use_base = "base" in analysis.options.get("covariates", ["base", "site"])
    for person in people.index:
        if person in died:
            left_out["died"] += 1
        elif person in coming:
            left_out["still_to_come"] += 1
        elif use_base and np.isnan(base[person]):
            left_out["no_value_at_start"] += 1
        else:
            kept.append(person)
    values = rows.set_index(["person", "visit"])["value"]
    # The first site in alphabetical order is the reference; each other one has a column of 0 and 1.
    sites = (
        sorted(people.loc[kept, "site"].unique())[1:] if "site" in analysis.options.get("covariates", ["site"]) else []
    )
    long = pd.DataFrame(
        [
            {
                "person": person,
                "arm": people.loc[person, "arm"],
                "visit": visit,
                "value": float(values.get((person, visit), np.nan)),
                **({"base": float(base[person])} if use_base else {}),
                **{f"site_{site}": float(people.loc[person, "site"] == site) for site in sites},
            }
            for person in kept
            for visit in visits
        ]
    )
    if long.empty:
        raise Unanswerable("no rows")
    names = [*(["base"] if use_base else []), *(f"site_{site}" for site in sites)]
    return widen(long, "value", "arm", "person", "visit", visits, context.reference, names), left_out


def _base(context: Context, analysis: Analysis, outcome: Outcome) -> pd.Series:
    """Give the value at the first wave of everyone, also of those without any later one."""
    first = context.protocol.study.waves[0].id
    options = {**analysis.options, "visits": [first]}
    rows = model_frame(context, analysis.model_copy(update={"options": options}), outcome)
    return rows.set_index("person")["value"]


def _last(one: ReferenceBased, visit: Any) -> dict[str, Any]:
    return next(row for row in one.contrasts if row["visit"] == visit)


def _tipping(deltas: list[float], rows: list[dict[str, Any]]) -> dict[str, float | None]:
    """Give the first delta, in the order of the plan, at which the interval covers 0, and at which the sign turns."""
    if not rows:
        return {"covers_zero": None, "sign_turns": None}
    start = rows[0]["estimate"]
    covers = [delta for delta, row in zip(deltas, rows, strict=True) if row["low"] <= 0 <= row["high"]]
    turns = [delta for delta, row in zip(deltas, rows, strict=True) if row["estimate"] * start <= 0]
    return {"covers_zero": covers[0] if covers else None, "sign_turns": turns[0] if turns else None}


def assumption_words(context: Context) -> dict[str, str]:
    """Say what each assumption holds of those who did not answer."""
    _ = context.words.gettext
    arm = {"arm": context.text(f"arms.{context.reference}.title")}
    return {
        "mar": _("as those of their own arm who answered"),
        "jr": _("from then on as in “%(arm)s”") % arm,
        "cr": _("as in “%(arm)s”, also before") % arm,
        "cir": _("kept what they had gained, then changed as in “%(arm)s”") % arm,
    }


def _finding(context: Context, outcome: Outcome, visit: Any, found: dict[str, ReferenceBased]) -> str:
    words = context.words
    _ = words.gettext
    said = "; ".join(
        _("%(assumption)s: %(estimate)s (%(interval)s)")
        % {
            "assumption": assumption_words(context)[method],
            "estimate": words.number(_last(one, visit)["estimate"]),
            "interval": words.interval(_last(one, visit)["low"], _last(one, visit)["high"]),
        }
        for method, one in found.items()
    )
    return _("%(outcome)s, %(wave)s. The difference if those who did not answer did: %(said)s.") % {
        "outcome": context.outcome_title(outcome),
        "wave": context.text(f"waves.{visit}").lower(),
        "said": said,
    }


def _figure(
    context: Context, analysis: Analysis, outcome: Outcome, trial: Wide, methods: list[str], found: list[ReferenceBased]
) -> Figure:
    words = context.words
    _ = words.gettext
    rows = []
    for method, one in zip(methods, found, strict=True):
        row = _last(one, trial.visits[-1])
        label = f"{words.number(row['estimate'])} ({words.interval(row['low'], row['high'])})"
        rows.append(Interval(assumption_words(context)[method], row["estimate"], row["low"], row["high"], label))
    title = _("%(outcome)s, %(wave)s: difference between the arms under each assumption") % {
        "outcome": context.outcome_title(outcome),
        "wave": context.text(f"waves.{trial.visits[-1]}").lower(),
    }
    finding = _finding(context, outcome, trial.visits[-1], dict(zip(methods, found, strict=True)))
    draw, narrow = twice(
        lambda name, width: intervals(name, width, finding, rows, words.number), f"{analysis.id}-assumptions"
    )
    return Figure(
        f"{analysis.id}-assumptions",
        title,
        finding,
        draw,
        narrow,
        _("Estimates with their 95% interval; the dotted line is no difference."),
        of=f"{analysis.id}-assumptions",
    )


def _assumptions_table(
    context: Context,
    analysis: Analysis,
    trial: Wide,
    methods: list[str],
    found: list[ReferenceBased],
    left_out: dict[str, int],
) -> Table:
    words = context.words
    _ = words.gettext
    body, data = [], []
    for method, one in zip(methods, found, strict=True):
        for row in one.contrasts:
            body.append(
                [
                    assumption_words(context)[method],
                    context.text(f"waves.{row['visit']}"),
                    words.number(row["estimate"]),
                    words.interval(row["low"], row["high"]),
                    words.p(row["p"]),
                ]
            )
            data.append({"assumption": method, **row})
    note = _(
        "%(n)s people, %(imputed)s values imputed: conditional means of a mixed model, compared by analysis of "
        "covariance at each moment; intervals by %(inference)s. Not in it: %(died)s who died, %(coming)s of whom a "
        "questionnaire is still to come, %(base)s without a value at the start."
    ) % {
        "n": words.count(len(trial.people)),
        "imputed": words.count(int(np.isnan(trial.outcome).sum())),
        "inference": {"jackknife": _("the jackknife"), "rubin": _("Rubin's rules")}[found[0].inference],
        "died": words.count(left_out["died"]),
        "coming": words.count(left_out["still_to_come"]),
        "base": words.count(left_out["no_value_at_start"]),
    }
    return Table(
        f"{analysis.id}-assumptions",
        context.text(f"analyses.{analysis.id}"),
        [_("Those who did not answer did"), _("Moment"), _("Difference"), _("95% interval"), "p"],
        body,
        pd.DataFrame(data),
        left=2,
        note=note,
    )


def _tipping_words(context: Context, deltas: list[float], tips: dict[str, float | None]) -> str:
    words = context.words
    _ = words.gettext
    if tips["sign_turns"] is not None:
        turns = _("The difference turns round at %(delta)s.") % {"delta": words.number(tips["sign_turns"])}
    else:
        turns = _("In this range the difference never turns round.")
    if tips["covers_zero"] is None:
        covers = _("Its interval never holds zero.")
    elif tips["covers_zero"] == deltas[0]:
        covers = _("Its interval holds zero from the first step on.")
    else:
        covers = _("Its interval holds zero from %(delta)s on.") % {"delta": words.number(tips["covers_zero"])}
    asked = _(
        "How much worse must those of the programme who did not answer have done, to change the conclusion? Each step"
        " adds so much to every value that is imputed there."
    )
    return f"{asked} {turns} {covers}"


def _delta_table(
    context: Context, analysis: Analysis, trial: Wide, deltas: list[float], shifted: list[ReferenceBased]
) -> Table:
    words = context.words
    _ = words.gettext
    rows = [_last(one, trial.visits[-1]) for one in shifted]
    return Table(
        f"{analysis.id}-tipping",
        _("What it would take to change the conclusion"),
        [_("Added to each imputed value of the programme"), _("Difference"), _("95% interval"), "p"],
        [
            [
                words.number(delta),
                words.number(row["estimate"]),
                words.interval(row["low"], row["high"]),
                words.p(row["p"]),
            ]
            for delta, row in zip(deltas, rows, strict=True)
        ],
        pd.DataFrame([{"delta": one.delta, **row} for one in shifted for row in one.contrasts]),
        note=_("%(n)s people; delta adjustment of values imputed as those of the own arm. Moment: %(wave)s.")
        % {"n": words.count(len(trial.people)), "wave": context.text(f"waves.{trial.visits[-1]}").lower()},
    )
