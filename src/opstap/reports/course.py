"""Time to return to work: the curve with delayed entry, and the mean of those who returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Figure, Note, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Steps, curves, twice
from opstap.reports.values import Unanswerable, returns, values
from opstap.stats.describe import summary
from opstap.stats.design import StatsError, Term
from opstap.stats.logrank import RankTest, RestrictedMean, logrank, restricted_mean, restricted_mean_difference
from opstap.stats.survival import SMALL_RISK_SET, KaplanMeier, kaplan_meier

_ENTRIES = {"enrolment": "enrolled_on", "consent": "consented_on", "allocation": "allocated_on"}


@dataclass(frozen=True)
class Observed:
    """Who is in the curve (`person`, `time`, `event`, `entry` in days from the first sick day), and who is not."""

    frame: pd.DataFrame
    never_absent: int
    before_entry: int
    not_followed: int


def observed(context: Context, analysis: Analysis, outcome: Outcome) -> Observed:
    """Give the times of a study's people: from the first sick day to the return, or to the last answer.

    People count as at risk from their entry. Who had returned by then was never observed waiting, and who did not
    answer after it was not observed at all: both are left out and counted.
    """
    full = outcome.variable == "work.days_to_full_return"
    column = "days_to_full_return" if full else "days_to_return"
    people = context.participants
    rows = returns(context.data, outcome)
    rows = rows[rows["person"].isin(people.index)]
    absent = rows[(rows["return_kind"] != "not_absent") & rows["first_sick_day"].notna()]
    entered_on = people[_ENTRIES[analysis.options["entry"]]] if analysis.options.get("entry") else None
    found = []
    before = without = 0
    for _, row in absent.iterrows():
        event = pd.notna(row[column])
        last = (row["observed_until"] - row["first_sick_day"]).days
        time = int(row[column]) if event else last
        entry = -np.inf
        if entered_on is not None:
            day = entered_on[row["person"]]
            if pd.isna(day):
                without += 1
                continue
            entry = (day - row["first_sick_day"]) / timedelta(days=1)
        if event and time <= entry:
            before += 1
        elif time <= max(entry, 0):
            without += 1
        else:
            found.append({"person": row["person"], "time": time, "event": int(event), "entry": entry})
    frame = pd.DataFrame(found, columns=["person", "time", "event", "entry"])
    if entered_on is None:
        frame["entry"] = -np.inf
    return Observed(frame, len(rows) - len(absent), before, without)


def steady_from(curve: KaplanMeier, entry: np.ndarray) -> float | None:
    """Say from when the curve rests on enough people; None when it does from its start.

    The last time at which the event came to someone among few at risk, while others had still to enter.
    """
    still = len(entry) - np.searchsorted(np.sort(entry), curve.times, side="left")
    small = np.flatnonzero((curve.events > 0) & (curve.at_risk < SMALL_RISK_SET) & (still > 0))
    return float(curve.times[small[-1]]) if small.size else None


def answer(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute a Kaplan-Meier analysis as written: by arm where it says so, read at the days that it names."""
    _, words = context.words.gettext, context.words
    seen = observed(context, analysis, outcome)
    if seen.frame.empty:
        raise Unanswerable("no rows")
    conf = analysis.options.get("conf", "log-log")
    frame = seen.frame.assign(group=_groups(context, analysis, seen.frame))
    groups = [(key, title) for key, title in _titles(context, analysis) if (frame["group"] == key).any()]
    parts = {key: frame[frame["group"] == key] for key, _title in groups}

    def estimate(part: pd.DataFrame, since: float | None) -> KaplanMeier:
        entry = None if np.isinf(part["entry"]).all() else part["entry"].to_numpy(dtype=float)
        return kaplan_meier(part["time"].to_numpy(), part["event"].to_numpy(), entry, conf=conf, since=since)

    starts = [
        steady_from(estimate(part, None), part["entry"].to_numpy(dtype=float))
        for part in parts.values()
        if not np.isinf(part["entry"]).all()
    ]
    since = max((one for one in starts if one is not None), default=None)
    kept = {key: estimate(part, since) for key, part in parts.items() if since is None or (part["time"] > since).any()}
    groups = [(key, title) for key, title in groups if key in kept]
    sentence, mean_results = _mean_of_returned(context, outcome)
    results: dict[str, Any] = {
        "method": analysis.method,
        "returned": mean_results,
        "since": since,
        "never_absent": seen.never_absent,
        "returned_before_entry": seen.before_entry,
        "not_followed_after_entry": seen.not_followed,
        "groups": [_result(analysis, key, kept[key]) for key, _title in groups],
    }
    if not kept:
        raise Unanswerable("no rows")
    blocks: list[Block] = [
        Text(sentence, of=f"{analysis.id}-at"),
        Text(
            _(
                "This mean leaves out everyone who has not returned, so it is too short as a forecast. The curve"
                " counts them as long as they were followed."
            ),
            soft=True,
        ),
        _curve_figure(context, analysis, outcome, groups, kept, since),
        _curve_table(context, analysis, groups, kept, _left_out(context, seen), since),
    ]
    if analysis.options.get("tau"):
        table, results["restricted_mean"] = _restricted(context, analysis, groups, kept, since or 0.0)
        blocks.append(table)
    if len(groups) > 1:
        entry = None if np.isinf(frame["entry"]).all() else frame["entry"]
        results["logrank"] = _logrank(frame, entry, since)
        if results["logrank"]:
            said = _("Log-rank test that the groups return at the same pace: p %(p)s.")
            blocks.append(Text(said % {"p": words.p(results["logrank"]["p"])}, soft=True))
    if since is not None:
        blocks.insert(
            2,
            Note(
                _(
                    "People came into the study long after their first sick day, so hardly anyone was followed early"
                    " on. The curve starts on day %(day)s, among those who had not returned by then."
                )
                % {"day": words.count(since)}
            ),
        )
    return Answer(results, sentence, blocks)


def _logrank(frame: pd.DataFrame, entry: pd.Series | None, since: float | None) -> dict[str, Any] | None:
    """Test whether the groups return at the same pace, among those in the curve; None where that cannot be tested."""
    kept = frame if since is None else frame[frame["time"] > since]
    entered = None if entry is None else entry[kept.index].clip(lower=-np.inf if since is None else since)
    try:
        test: RankTest = logrank(kept["time"], kept["event"], kept["group"], entered)
    except StatsError:
        return None
    return {"statistic": test.statistic, "df": test.df, "p": test.p}


def _restricted(
    context: Context,
    analysis: Analysis,
    groups: list[tuple[str, str]],
    kept: dict[str, KaplanMeier],
    since: float,
) -> tuple[Table, list[dict[str, Any]]]:
    """Give the mean days without work up to a day (`tau`) in each group, and how much it differs."""
    words = context.words
    _ = words.gettext
    tau = float(analysis.options["tau"])
    means: list[tuple[str, str, RestrictedMean | None]] = []
    for key, title in groups:
        try:
            means.append((key, title, restricted_mean(kept[key], tau, since)))
        except StatsError:
            means.append((key, title, None))
    body, rows = [], []
    for key, title, mean in means:
        if mean is None:
            body.append([title, "–", "–"])
        else:
            body.append([title, words.number(mean.estimate), words.interval(mean.low, mean.high)])
        rows.append({"group": key, "tau": tau, "since": since, **(vars(mean) if mean else {})})
    base = next((one for one in means if one[0] == context.reference), means[0])
    for key, title, mean in means:
        if key != base[0] and mean is not None and base[2] is not None:
            term: Term = restricted_mean_difference(mean, base[2], f"{key} - {base[0]}")
            body.append(
                [
                    _("Difference: %(arm)s less %(reference)s") % {"arm": title, "reference": base[1]},
                    words.number(term.estimate),
                    words.interval(term.low, term.high),
                ]
            )
            difference = {"estimate": term.estimate, "se": term.se, "low": term.low, "high": term.high}
            rows.append({"group": term.term, "tau": tau, "since": since, **difference})
    note = _("%(n)s people; area under the Kaplan-Meier curve, Greenwood's variance.") % {
        "n": words.count(sum(kept[key].n for key, _title in groups))
    }
    if any(mean is None for _key, _title, mean in means):
        note += " " + _("A dash: nobody of that group was followed up to that day.")
    return Table(
        f"{analysis.id}-restricted",
        _("Mean days without work between day %(since)s and day %(tau)s after the first sick day")
        % {"since": words.count(since), "tau": words.count(tau)},
        [_("Group"), _("Days"), _("95% interval")],
        body,
        pd.DataFrame(rows),
        note=note,
    ), rows


def _groups(context: Context, analysis: Analysis, frame: pd.DataFrame) -> pd.Series:
    if analysis.options.get("by") == "arm":
        return frame["person"].map(context.participants["arm"])
    return pd.Series("all", index=frame.index)


def _titles(context: Context, analysis: Analysis) -> list[tuple[str, str]]:
    _ = context.words.gettext
    if analysis.options.get("by") == "arm":
        return [(arm.id, context.text(f"arms.{arm.id}.title")) for arm in context.arms]
    return [("all", _("Everyone"))]


def _mean_of_returned(context: Context, outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """Describe the days of those who returned, among those who answered the outcome's last wave."""
    _, words = context.words.gettext, context.words
    wave = outcome.waves[-1]
    kinds = values(
        context.protocol, context.data, outcome.model_copy(update={"variable": "work.return_kind"}), wave=wave
    )
    days = values(context.protocol, context.data, outcome, wave=wave)
    inside = context.participants.index
    answered = int(kinds.frame["person"].isin(inside).sum())
    found = summary(days.frame[days.frame["person"].isin(inside)]["value"].astype(float).to_numpy())
    said = {
        "n": words.count(found.n),
        "answered": words.count(answered),
        "wave": context.text(f"waves.{wave}"),
        "mean": words.count(found.mean),
        "median": words.count(found.median),
    }
    sentence = (
        _(
            "Of the %(answered)s people who answered at “%(wave)s”, %(n)s had returned to work: on average "
            "%(mean)s days after the first sick day (median %(median)s)."
        )
        % said
    )
    return sentence, {
        "wave": wave,
        "answered": answered,
        "n": found.n,
        "mean": found.mean,
        "sd": found.sd,
        "median": found.median,
    }


def _left_out(context: Context, seen: Observed) -> str:
    _, words = context.words.gettext, context.words
    return _(
        "In the curve: %(n)s people. Not in it: %(never)s without sick leave, %(before)s who "
        "were back before they came into the study, and %(lost)s who did not answer after that."
    ) % {
        "n": words.count(len(seen.frame)),
        "never": words.count(seen.never_absent),
        "before": words.count(seen.before_entry),
        "lost": words.count(seen.not_followed),
    }


def _result(analysis: Analysis, key: str, curve: KaplanMeier) -> dict[str, Any]:
    return {
        "group": key,
        "n": curve.n,
        "events": int(curve.events.sum()),
        "median": curve.median,
        "low": curve.median_low,
        "high": curve.median_high,
        "at": [vars(one) for one in curve.at(analysis.options.get("at", []))] if analysis.options.get("at") else [],
    }


def _curve_figure(
    context: Context,
    analysis: Analysis,
    outcome: Outcome,
    groups: list[tuple[str, str]],
    kept: dict[str, KaplanMeier],
    since: float | None,
) -> Figure:
    _, words = context.words.gettext, context.words
    start = since or 0.0
    steps = []
    said = []
    for key, title in groups:
        curve = kept[key]
        up = curve.incidence()
        # Where no interval exists (everyone returned), the band closes on the line.
        low = np.where(np.isnan(up.low), up.estimate, up.low)
        high = np.where(np.isnan(up.high), up.estimate, up.high)
        steps.append(
            Steps(title, up.times.tolist(), up.estimate.tolist(), low.tolist(), high.tolist(), float(up.times[-1]))
        )
        half = _("half had returned by day %(day)s") % {"day": words.count(curve.median)}
        fewer = _("fewer than half had returned")
        said.append(f"{title}: {fewer if curve.median is None else half}")
    sentence = f"{context.outcome_title(outcome)}. {'; '.join(said)}."

    def at_risk(day: float) -> list[int]:
        return [kept[key].at(day)[0].at_risk for key, _title in groups]

    wide, narrow = twice(
        lambda name, width: curves(
            name, width, sentence, steps, start, _("days from the first sick day"), at_risk, _("People at risk")
        ),
        f"{analysis.id}-curve",
    )
    return Figure(
        f"{analysis.id}-curve",
        _("Share that has returned to work, in percent, with 95% interval"),
        sentence,
        wide,
        narrow,
        _(
            "Kaplan-Meier curve with delayed entry: people count from the day on which they came into the "
            "study. Interval: %(conf)s."
        )
        % {"conf": analysis.options.get("conf", "log-log")},
        of=f"{analysis.id}-at",
    )


def _curve_table(
    context: Context,
    analysis: Analysis,
    groups: list[tuple[str, str]],
    kept: dict[str, KaplanMeier],
    note: str,
    since: float | None,
) -> Table:
    _, words = context.words.gettext, context.words
    body: list[list[str]] = []
    data: list[dict[str, Any]] = []
    for key, title in groups:
        for one in kept[key].at(analysis.options.get("at", [])) if analysis.options.get("at") else []:
            # Before the first and after the last event the method gives no interval worth the name.
            known = one.survival is not None and 0 < one.survival < 1
            body.append(
                [
                    title,
                    words.count(one.time),
                    words.count(one.at_risk),
                    words.percent(1 - one.survival) if one.survival is not None else "–",
                    words.share_interval(1 - one.high, 1 - one.low)
                    if known and one.low is not None and one.high is not None
                    else "–",
                ]
            )
            data.append({"group": key, "since": since, **vars(one)})
    return Table(
        f"{analysis.id}-at",
        _("Returned by day"),
        [_("Group"), _("Day"), _("At risk"), _("Returned"), _("95% interval")],
        body,
        pd.DataFrame(data),
        note=note + " " + _("Kaplan-Meier with delayed entry."),
    )
