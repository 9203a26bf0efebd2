"""Shares with their intervals: proportions of a category, and scales of agreement with "not applicable" apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Figure, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Agreement, Bar, agreement, bars, twice
from opstap.reports.values import Unanswerable, values
from opstap.stats.describe import Proportion, proportion

#: Under so many answers a share on a scale is not drawn: each person would be a fifth of it or more.
FEWEST_DRAWN = 5


def proportions(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute an analysis of shares: per visit (and arm), how many of those with a value are in each category."""
    words = context.words
    _ = words.gettext
    arms = context.arms if analysis.options.get("by") == "arm" else []
    categories = analysis.options["categories"]
    names: list[str | None] = [arm.id for arm in arms] if arms else [None]
    rows: list[dict[str, Any]] = []
    shown: list[Bar] = []
    body: list[list[str]] = []
    for visit in analysis.options["visits"]:
        frame = values(context.protocol, context.data, outcome, wave=visit).frame
        frame = frame[(frame["wave"] == visit) & frame["person"].isin(context.participants.index)]
        for arm in names:
            part = frame if arm is None else frame[frame["person"].map(context.participants["arm"]) == arm]
            for one in categories:
                found = proportion(int((part["value"] == one).sum()), len(part))
                rows.append({"visit": visit, "arm": arm, "category": one, **vars(found)})
                label = category(context, outcome, one)
                group = context.text(f"arms.{arm}.title") if arm else ""
                body.append(_row(context, visit, group, label, found, bool(arms)))
                # Of two answers the one follows from the other.
                if found.estimate is not None and (len(categories) != 2 or one == categories[0]):
                    series = names.index(arm) if arm else 0
                    name = " · ".join(
                        filter(
                            None,
                            [group, _moment(context, analysis, visit), "" if group and len(categories) == 2 else label],
                        )
                    )
                    shown.append(
                        Bar(name, found.estimate, found.low, found.high, words.of(found.count, found.n), series)
                    )
    if not shown:
        raise Unanswerable("no rows")
    finding = _said(context, outcome, rows, two=len(categories) == 2)
    wide, narrow = twice(lambda name, width: bars(name, width, finding, shown), f"{analysis.id}-shares")
    title = context.text(f"analyses.{analysis.id}")
    head = [_("Moment"), *([_("Group")] if arms else []), _("Answer"), _("People"), _("Share"), _("95% interval")]
    blocks: list[Block] = [
        Text(finding, of=f"{analysis.id}-shares"),
        Figure(
            f"{analysis.id}-shares",
            title,
            finding,
            wide,
            narrow,
            _("Share of those who answered; the line below each bar is Wilson's 95% interval."),
            of=f"{analysis.id}-shares",
        ),
        Table(
            f"{analysis.id}-shares",
            title,
            head,
            body,
            pd.DataFrame(rows),
            left=3 if arms else 2,
            folded=True,
            note=_("People with this answer, of those who answered; Wilson's interval."),
        ),
    ]
    return Answer({"method": analysis.method, "rows": rows}, finding, blocks)


def _said(context: Context, outcome: Outcome, rows: list[dict[str, Any]], *, two: bool) -> str:
    """Say the shares at the last visit, of each arm where there are arms; of two answers only the first."""
    words = context.words
    _ = words.gettext
    last = [row for row in rows if row["visit"] == rows[-1]["visit"] and row["n"]]
    if two:
        last = [row for row in last if row["category"] == rows[0]["category"]]
    shares = []
    for row in last:
        said = {
            "what": category(context, outcome, row["category"]).lower(),
            "share": words.percent(row["estimate"]),
            "interval": words.share_interval(row["low"], row["high"]),
            "count": words.count(row["count"]),
            "n": words.count(row["n"]),
        }
        arm = context.text(f"arms.{row['arm']}.title") + ": " if row["arm"] else ""
        shares.append(arm + _("%(what)s %(share)s (%(interval)s; %(count)s of %(n)s)") % said)
    return _("“%(outcome)s”, %(wave)s: %(shares)s. Between brackets the 95%% interval.") % {
        "outcome": context.outcome_title(outcome),
        "wave": context.text(f"waves.{rows[-1]['visit']}").lower(),
        "shares": "; ".join(shares),
    }


def _moment(context: Context, analysis: Analysis, visit: str) -> str:
    return context.text(f"waves.{visit}") if len(analysis.options["visits"]) > 1 else ""


def _row(context: Context, visit: str, group: str, label: str, found: Proportion, by_arm: bool) -> list[str]:
    words = context.words
    return [
        context.text(f"waves.{visit}"),
        *([group] if by_arm else []),
        label,
        f"{words.count(found.count)} / {words.count(found.n)}",
        words.percent(found.estimate),
        words.share_interval(found.low, found.high),
    ]


def category(context: Context, outcome: Outcome, code: Any) -> str:
    """Give the words of an answer, or of a kind of return."""
    kind, _, name = outcome.variable.partition(".")
    if kind == "item":
        questionnaire, _, item = name.partition(".")
        return context.code_label(questionnaire, item, code)
    return work_words(context).get(str(code), str(code))


def work_words(context: Context) -> dict[str, str]:
    """Give the words for what someone's return or state of work is."""
    _ = context.words.gettext
    return {
        "full": _("Returned in full"),
        "partial": _("Returned in part"),
        "none": _("Not returned"),
        "not_absent": _("No sick leave reported"),
    }


def likert(context: Context, analysis: Analysis, outcome: Outcome) -> Answer:
    """Execute an analysis of scales: each item by itself, at the last visit that the analysis names."""
    questionnaire = outcome.variable.split(".")[1]
    visit = analysis.options["visits"][-1]
    return scales(
        context, analysis.id, context.text(f"analyses.{analysis.id}"), questionnaire, visit, analysis.options["items"]
    )


def scales(context: Context, name: str, title: str, questionnaire: str, visit: str, items: list[str]) -> Answer:
    """Show items on a scale of five as bars, of those to whom each applies; "not applicable" as a share of all."""
    words = context.words
    _ = words.gettext
    answers = context.data["answers"]
    answers = answers[
        (answers["questionnaire"] == questionnaire)
        & (answers["wave"] == visit)
        & answers["person"].isin(context.participants.index)
    ]
    rows: list[dict[str, Any]] = []
    shown: list[Agreement] = []
    body = []
    for item in items:
        shape = context.item(questionnaire, item)
        given = answers[answers["item"] == item]["value"]
        absent = int((given == shape.not_applicable).sum()) if shape.not_applicable is not None else 0
        applies = len(given) - absent
        counts = [int((given == code).sum()) for code in shape.codes]
        positive = proportion(sum(counts[3:]), applies)
        negative = proportion(sum(counts[:2]), applies)
        label = context.item_label(questionnaire, item)
        rows.append(
            {
                "item": item,
                "answered": len(given),
                "not_applicable": absent,
                "applies": applies,
                **{f"count_{code}": count for code, count in zip(shape.codes, counts, strict=True)},
                "negative": negative.estimate,
                "negative_low": negative.low,
                "negative_high": negative.high,
                "positive": positive.estimate,
                "positive_low": positive.low,
                "positive_high": positive.high,
            }
        )
        body.append(
            [
                label,
                words.count(applies),
                words.percent(negative.estimate),
                words.percent(positive.estimate),
                words.share_interval(positive.low, positive.high),
                words.of(absent, len(given)),
            ]
        )
        if applies:
            shown.append(Agreement(label, [count / applies for count in counts], absent / len(given)))
    if not shown:
        raise Unanswerable("no rows")
    table = Table(
        f"{name}-scale",
        title,
        [_("Question"), _("Applies to"), _("Negative"), _("Positive"), _("95% interval"), _("Not applicable")],
        body,
        pd.DataFrame(rows),
        folded=True,
        note=_(
            "Negative and positive: the two lowest and the two highest answers, of those to whom the question"
            " applied; Wilson's interval."
        ),
    )
    answered = max(int(row["answered"]) for row in rows)
    if answered < FEWEST_DRAWN:
        few = _("“%(title)s” was answered by %(n)s so far: too few for a figure.") % {"title": title, "n": answered}
        return Answer({"method": "likert", "visit": visit, "rows": rows}, few, [Text(few, of=table.name), table])
    finding = _finding(context, title, rows, items, questionnaire)
    codes = context.item(questionnaire, items[0]).codes
    low, high = _("negative"), _("positive")
    wide, narrow = twice(lambda id_, width: agreement(id_, width, finding, shown, low, high, _("n/a")), f"{name}-scale")
    key = [
        (letter, context.code_label(questionnaire, items[0], code)) for letter, code in zip("abcde", codes, strict=True)
    ]
    blocks: list[Block] = [
        Text(finding, of=f"{name}-scale"),
        Figure(
            f"{name}-scale",
            _("%(title)s, in percent (%(wave)s, n %(n)s)")
            % {
                "title": title,
                "wave": context.text(f"waves.{visit}"),
                "n": words.count(answered),
            },
            finding,
            wide,
            narrow,
            _(
                "Percentages of those to whom the question applied; on the right, hatched, who chose “not "
                "applicable”, of everyone who answered."
            ),
            key,
            of=f"{name}-scale",
        ),
        table,
    ]
    return Answer({"method": "likert", "visit": visit, "rows": rows}, finding, blocks)


def _finding(context: Context, title: str, rows: list[dict[str, Any]], items: list[str], questionnaire: str) -> str:
    words = context.words
    _ = words.gettext
    known = [row for row in rows if row["applies"]]
    best = max(known, key=lambda row: (row["positive"], -items.index(row["item"])))
    worst = min(known, key=lambda row: (row["positive"], items.index(row["item"])))
    said = {
        "title": title,
        "best": context.item_label(questionnaire, best["item"]),
        "best_share": words.percent(best["positive"]),
        "worst": context.item_label(questionnaire, worst["item"]),
        "worst_share": words.percent(worst["positive"]),
    }
    if best is worst:
        return _("“%(title)s”. “%(best)s”: %(best_share)s positive.") % said
    return _("“%(title)s”. Most positive: “%(best)s” (%(best_share)s). Least: “%(worst)s” (%(worst_share)s).") % said
