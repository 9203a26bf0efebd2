"""What came out, for those who took part: short sentences, no jargon, and no number that points to a few people.

A count is told only when it and the rest are ten or more. While the arms are made up there is no summary at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from typing import Any

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer
from opstap.reports.context import Context
from opstap.reports.shares import category

#: Under so many people no number is told.
FEWEST = 10


@dataclass(frozen=True)
class Summary:
    """The words of the summary: parts with a heading and sentences, or why there is none (`refused`)."""

    title: str
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    refused: str = ""


def summary(context: Context, answers: Mapping[str, Answer], results: Mapping[str, Any]) -> Summary:
    """Tell what came out, or why that cannot be told."""
    _ = context.words.gettext
    title = _("What came out of %(study)s") % {"study": context.protocol.text("short_title", context.words.language)}
    if context.data.permuted:
        return Summary(
            title,
            refused=_(
                "There is no summary for participants: the arms in this report are shuffled, so nothing in it is true"
                " of a group."
            ),
        )
    if len(context.participants) < FEWEST:
        return Summary(
            title,
            refused=_("There is no summary for participants: with fewer than %(n)s people it could point to someone.")
            % {"n": FEWEST},
        )
    parts = [
        (_("What it was about"), [context.protocol.text("summary", context.words.language)]),
        (_("Who took part"), _who(context, results)),
        (_("What we found"), _found(context, answers)),
        (_("Did anything go wrong?"), _harm(context, results)),
        (_("What we do not know"), _unknown(context, results)),
        (_("Thank you"), [_("Thank you to everyone who took part. Without these answers we would know nothing.")]),
    ]
    return Summary(title, [(heading, said) for heading, said in parts if said])


def tellable(count: int, n: int) -> bool:
    """Tell whether a count among n points to no small group: neither those in it nor the rest are fewer than ten."""
    return count >= FEWEST and n - count >= FEWEST


def _who(context: Context, results: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    said = [_("%(n)s people took part.") % {"n": words.count(len(context.participants))}]
    if context.arms:
        groups = [(arm, int((context.participants["arm"] == arm.id).sum())) for arm in context.arms]
        if all(n >= FEWEST for _arm, n in groups):
            named = [
                _("%(arm)s: %(n)s people") % {"arm": context.text(f"arms.{arm.id}.title"), "n": words.count(n)}
                for arm, n in groups
            ]
            said.append(_("Chance decided who got what. %(groups)s.") % {"groups": "; ".join(named)})
    waves = [row for row in results["completeness"] if row["group"] == "all"]
    last = waves[-1] if waves else None
    if last and last["answered"] >= FEWEST:
        said.append(
            _("%(n)s people answered the last questions (%(wave)s).")
            % {"n": words.count(last["answered"]), "wave": context.text(f"waves.{last['wave']}").lower()}
        )
    return said


def _found(context: Context, answers: Mapping[str, Answer]) -> list[str]:
    """Tell primary outcomes first, then each other one that has something to tell."""
    study = context.protocol.study
    ranked = sorted(study.analyses, key=lambda one: study.outcome(one.outcome).role != "primary")
    said: list[str] = []
    told: set[str] = set()
    for analysis in ranked:
        outcome = study.outcome(analysis.outcome)
        result = answers[analysis.id].results
        if (
            "error" in result
            or outcome.role == "exploratory"
            or outcome.id in told
            or outcome.respondent != "participant"
        ):
            continue
        sentences = _one(context, analysis, outcome, result)
        if sentences:
            told.add(outcome.id)
            said += sentences
    return said or [context.words.gettext("There is nothing to tell yet.")]


def _one(context: Context, analysis: Analysis, outcome: Outcome, result: Mapping[str, Any]) -> list[str]:
    if analysis.method in ("gee", "mmrm"):
        return _difference(context, outcome, result)
    if analysis.method == "kaplan_meier":
        return _returned(context, result)
    if analysis.method == "proportions":
        return _shares(context, outcome, result)
    if analysis.method == "paired_change":
        return _change(context, outcome, result)
    if analysis.method == "likert":
        return _liked(context, outcome, result)
    return []


def _difference(context: Context, outcome: Outcome, result: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    if any(n < FEWEST for n in result["people"].values()):
        return []
    last = result["contrasts"][-1]
    ratio = result["ratio"]
    middles = {one["arm"]: one["estimate"] for one in result["means"] if one["visit"] == last["visit"]}
    shown = {arm: 100 / (1 + exp(-value)) if ratio else value for arm, value in middles.items()}
    unit = _("%(arm)s: %(value)s of every 100 people") if ratio else _("%(arm)s: %(value)s on average")
    named = "; ".join(
        unit % {"arm": context.text(f"arms.{arm.id}.title"), "value": words.number(shown[arm.id], 0 if ratio else 1)}
        for arm in context.arms
        if arm.id in shown
    )
    first = _("%(outcome)s, %(wave)s. %(named)s.") % {
        "outcome": context.outcome_title(outcome),
        "wave": context.text(f"waves.{last['visit']}").lower(),
        "named": named,
    }
    if last["low"] <= 0 <= last["high"]:
        second = _("This difference is so small, or so unsure, that it can be chance.")
    else:
        second = _("This difference is larger than we would expect by chance.")
    return [f"{first} {second}"]


def _returned(context: Context, result: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    back = result["returned"]
    if not tellable(back["n"], back["answered"]):
        return []
    return [
        _("Of every 100 people who answered (%(wave)s), %(n)s had gone back to work, in part or in full.")
        % {
            "wave": context.text(f"waves.{back['wave']}").lower(),
            "n": words.count(100 * back["n"] / back["answered"]),
        }
    ]


def _shares(context: Context, outcome: Outcome, result: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    last = result["rows"][-1]["visit"]
    rows = [row for row in result["rows"] if row["visit"] == last and row["n"]]
    if any(row["arm"] for row in rows):
        return []
    if len(rows) == 2:
        rows = rows[:1]
    told = [
        _("%(what)s: %(n)s of every 100") % {
            "what": category(context, outcome, row["category"]).lower(), "n": words.count(100 * row["estimate"])
        }
        for row in rows
        if tellable(row["count"], row["n"])
    ]  # fmt: skip
    if not told:
        return []
    return [f"{context.outcome_title(outcome)} ({context.text(f'waves.{last}').lower()}): {'; '.join(told)}."]


def _change(context: Context, outcome: Outcome, result: Mapping[str, Any]) -> list[str]:
    _ = context.words.gettext
    if result["n"] < FEWEST:
        return []
    if result["low"] <= 0 <= result["high"]:
        sentence = _("%(outcome)s: at the end about the same as at the start.")
    elif result["mean"] > 0:
        sentence = _("%(outcome)s: at the end higher than at the start.")
    else:
        sentence = _("%(outcome)s: at the end lower than at the start.")
    return [sentence % {"outcome": context.outcome_title(outcome)}]


def _liked(context: Context, outcome: Outcome, result: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    questionnaire = outcome.variable.split(".")[1]
    known = [
        row for row in result["rows"]
        if row["applies"] >= 2 * FEWEST and tellable(round(row["positive"] * row["applies"]), row["applies"])
    ]  # fmt: skip
    if not known:
        return []
    best = max(known, key=lambda row: row["positive"])
    worst = min(known, key=lambda row: row["positive"])
    said = [_("%(title)s.") % {"title": context.outcome_title(outcome)}]
    for row, sentence in ((best, _("Most often positive: “%(item)s” %(n)s of every 100.")),
                          (worst, _("Least often positive: “%(item)s” %(n)s of every 100."))):  # fmt: skip
        item = context.item_label(questionnaire, row["item"])
        said.append(sentence % {"item": item, "n": words.count(100 * row["positive"])})
        if best is worst:
            break
    return [" ".join(said)]


def _harm(context: Context, results: Mapping[str, Any]) -> list[str]:
    words = context.words
    _ = words.gettext
    row = next(row for row in results["safety"]["adverse"] if row["what"] == "adverse" and row["group"] == "all")
    if tellable(row["people"], row["n"]):
        return [_("Something unpleasant was reported by %(n)s people.") % {"n": words.count(row["people"])}]
    if row["people"]:
        return [_("Something unpleasant was reported by fewer than %(n)s people.") % {"n": FEWEST}]
    return [_("Nothing unpleasant was reported.")]


def _unknown(context: Context, results: Mapping[str, Any]) -> list[str]:
    _ = context.words.gettext
    said = []
    if not context.arms:
        said.append(
            _(
                "Everyone in this study got help. There was no group without. So we do not know how it would have gone"
                " without help."
            )
        )
    waves = [row for row in results["completeness"] if row["group"] == "all"]
    if any(row["open"] or row["not_yet"] or row["not_planned"] for row in waves):
        said.append(_("Not everyone has been asked everything yet. The numbers can still change."))
    if any(row["missed"] or row["withdrawn"] for row in waves):
        said.append(_("Some people did not answer every question. We do not know how they are."))
    if context.arms:
        said.append(_("These are averages. For one person it can be different."))
    return said
