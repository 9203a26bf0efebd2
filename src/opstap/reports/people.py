"""Who took part: their characteristics at the start, how complete the answers are, and what happened to them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from opstap.reports.blocks import Block, Note, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.unanswered import patterns
from opstap.stats.describe import counts, standardised_difference, standardised_difference_of_counts, summary

Result = dict[str, Any]


def groups(context: Context) -> list[tuple[str, str, pd.Index]]:
    """Give the groups that tables are by, as id, title and people: each arm, then everyone."""
    people = context.participants
    _ = context.words.gettext
    by_arm = [
        (arm.id, context.text(f"arms.{arm.id}.title"), people.index[people["arm"] == arm.id]) for arm in context.arms
    ]
    return [*by_arm, ("all", _("Everyone"), people.index)]


def baseline(context: Context) -> tuple[Section, list[Result]]:
    """Describe who took part by the variables that the protocol names; differences standardised, without tests."""
    words = context.words
    _ = words.gettext
    found = groups(context)
    body: list[list[str]] = []
    data: list[Result] = []
    for variable in context.protocol.study.baseline:
        label, series, codes = _variable(context, variable)
        if codes is not None:
            _category(context, variable, label, series, codes, found, body, data)
        else:
            _number(context, variable, label, series, found, body, data)
    head = [_("At the start"), *(f"{title} (n {words.count(len(people))})" for _id, title, people in found)]
    if len(context.arms) == 2:
        head.append(_("Standardised difference"))
    table = Table(
        "baseline",
        _("Who took part"),
        head,
        body,
        pd.DataFrame(data),
        note=_("Numbers: mean (standard deviation). Groups: people (percentage of those who answered)."),
    )
    blocks: list[Block] = [
        Text(_("%(n)s people are described here.") % {"n": words.count(len(context.participants))}, of="baseline"),
        table,
    ]
    if len(context.arms) == 2:
        blocks.append(
            Text(
                _(
                    "A lot was drawn, so differences at the start are chance: they are shown in standard deviations,"
                    " not tested."
                ),
                soft=True,
            )
        )
    return Section("who", _("Who took part"), blocks), data


def _variable(context: Context, variable: str) -> tuple[str, pd.Series, list[Any] | None]:
    """Give a baseline variable's label, its values by person at the first wave, and its codes when it is a category."""
    kind, _, name = variable.partition(".")
    first = context.protocol.study.waves[0].id
    if kind == "work":
        work = context.data["work"]
        rows = work[(work["wave"] == first) & (work["source"] == "questionnaire")]
        return _title(context, variable), rows.set_index("person")[name], None
    if kind == "score":
        scores = context.data["scores"]
        rows = scores[(scores["wave"] == first) & (scores["score"] == name)]
        return _title(context, variable), rows.set_index("person")["value"], None
    questionnaire, _, item = name.partition(".")
    answers = context.data["answers"]
    rows = answers[(answers["wave"] == first) & (answers["questionnaire"] == questionnaire) & (answers["item"] == item)]
    shape = context.item(questionnaire, item)
    return context.item_label(questionnaire, item), rows.set_index("person")["value"], shape.all_codes or None


def _title(context: Context, variable: str) -> str:
    for outcome in context.protocol.study.outcomes:
        if outcome.variable == variable:
            return context.outcome_title(outcome)
    return variable


def _category(
    context: Context,
    variable: str,
    label: str,
    series: pd.Series,
    codes: list[Any],
    found: list[tuple[str, str, pd.Index]],
    body: list[list[str]],
    data: list[Result],
) -> None:
    words = context.words
    questionnaire, _, item = variable.removeprefix("item.").partition(".")
    tallies = [counts(series.reindex(people).tolist(), codes) for _id, _title, people in found]
    apart = standardised_difference_of_counts(tallies[0], tallies[1]) if len(context.arms) == 2 else None
    body.append([label, *("" for _ in found), *([words.number(apart, 2)] if len(context.arms) == 2 else [])])
    for code in codes:
        if not tallies[-1].counts[code]:
            continue
        cells = [words.of(tally.counts[code], tally.n) for tally in tallies]
        body.append(
            [f"\t{context.code_label(questionnaire, item, code)}", *cells, *([""] if len(context.arms) == 2 else [])]
        )
        for (group, _title, _people), tally in zip(found, tallies, strict=True):
            data.append(
                {
                    "variable": variable,
                    "level": code,
                    "group": group,
                    "n": tally.n,
                    "missing": tally.missing,
                    "count": tally.counts[code],
                    "share": tally.share(code),
                    "standardised_difference": apart,
                }
            )


def _number(
    context: Context,
    variable: str,
    label: str,
    series: pd.Series,
    found: list[tuple[str, str, pd.Index]],
    body: list[list[str]],
    data: list[Result],
) -> None:
    words = context.words
    columns = [pd.to_numeric(series.reindex(people)).to_numpy(dtype=float) for _id, _title, people in found]
    tallies = [summary(column) for column in columns]
    apart = standardised_difference(columns[0], columns[1]) if len(context.arms) == 2 else None
    cells = [f"{words.number(one.mean)} ({words.number(one.sd)})" for one in tallies]
    body.append([label, *cells, *([words.number(apart, 2)] if len(context.arms) == 2 else [])])
    for (group, _title, _people), one in zip(found, tallies, strict=True):
        data.append({"variable": variable, "group": group, **asdict(one), "standardised_difference": apart})


def completeness(context: Context) -> tuple[Section, dict[str, Any]]:
    """Count per wave and arm who answered, who did not, who had left, and for whom it is too early."""
    words = context.words
    _ = words.gettext
    measured = context.data["measurements"]
    measured = measured[measured["respondent"] == "participant"]
    body: list[list[str]] = []
    data: list[Result] = []
    waiting: list[str] = []
    for wave in context.protocol.study.waves:
        here = measured[measured["wave"] == wave.id].set_index("person")
        for group, title, people in groups(context):
            rows = here.reindex(people)
            state = rows["state"]
            tally = {
                "answered": int((state == "submitted").sum()),
                "missed": int((state == "missed").sum()),
                "withdrawn": int(((state == "voided") & (rows["void_reason"] != "died")).sum()),
                "died": int(((state == "voided") & (rows["void_reason"] == "died")).sum()),
                "open": int(state.isin(["open", "started"]).sum()),
                "not_yet": int((state == "scheduled").sum()),
                "not_planned": int(state.isna().sum()),
            }
            # A death makes an answer undefined; it is no missing answer.
            due = tally["answered"] + tally["missed"] + tally["withdrawn"]
            body.append(
                [
                    context.text(f"waves.{wave.id}"),
                    title,
                    words.of(tally["answered"], due),
                    words.count(tally["missed"]),
                    words.count(tally["withdrawn"]),
                    words.count(tally["died"]),
                    words.count(tally["open"]),
                    words.count(tally["not_yet"] + tally["not_planned"]),
                ]
            )
            data.append({"wave": wave.id, "group": group, "due": due, **tally})
            later = tally["open"] + tally["not_yet"] + tally["not_planned"]
            if group == "all" and later:
                waiting.append(
                    _("%(wave)s: %(n)s of %(all)s")
                    % {
                        "wave": context.text(f"waves.{wave.id}"),
                        "n": words.count(later),
                        "all": words.count(len(people)),
                    }
                )
    blocks: list[Block] = []
    if waiting:
        blocks.append(
            Note(
                _(
                    "Follow-up still runs, so this report is an interim one. Not answered yet and still to come: "
                    "%(waves)s. Numbers will change."
                )
                % {"waves": "; ".join(waiting)},
                _("Interim"),
            )
        )
    blocks.append(
        Table(
            "completeness",
            _("Who answered, per moment"),
            [
                _("Moment"),
                _("Group"),
                _("Answered"),
                _("Not answered"),
                _("Had withdrawn"),
                _("Had died"),
                _("Open now"),
                _("Not yet due"),
            ],
            body,
            pd.DataFrame(data),
            left=2,
            note=_(
                "Percentage: of the answers that were due. Someone who has died owes no answer and is counted apart."
            ),
        )
    )
    more, shown = patterns(context, groups(context))
    return Section("complete", _("How complete the answers are"), [*blocks, *more]), {"waves": data, "patterns": shown}
