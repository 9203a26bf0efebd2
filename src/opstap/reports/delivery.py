"""What was delivered: dose and fidelity of the programme, and what the process evaluation asked about it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.reports.blocks import Block, Figure, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Bar, bars, twice
from opstap.reports.shares import scales
from opstap.reports.values import Unanswerable
from opstap.stats.describe import proportion, summary


def dose(context: Context) -> tuple[Section, dict[str, Any]]:
    """Count the sessions of those in the programme, the modules that they covered, and contact with the workplace."""
    words = context.words
    _ = words.gettext
    people = context.participants.index[context.participants["in_programme"].astype(bool)]
    sessions = context.data["sessions"]
    sessions = sessions[sessions["person"].isin(people)]
    held = sessions[sessions["state"] == "held"]
    per_person = held.groupby("person").size().reindex(people, fill_value=0)
    found = summary(per_person.to_numpy(dtype=float))
    minutes = summary(held["minutes"].astype(float).to_numpy())
    workplace = proportion(held[held["with_workplace"].eq(True)]["person"].nunique(), len(people))
    past = sessions[sessions["state"].isin(["held", "missed", "cancelled"])]
    results: dict[str, Any] = {
        "in_programme": len(people),
        "sessions_per_person": vars(found),
        "minutes_per_session": vars(minutes),
        "states": {str(state): int(n) for state, n in sessions["state"].value_counts().sort_index().items()},
        "workplace": vars(workplace),
        "limit": context.protocol.programme.limits.sessions,
        "over_limit": int((per_person > (context.protocol.programme.limits.sessions or 10**6)).sum()),
    }
    blocks: list[Block] = [
        Text(
            _(
                "%(n)s people started the programme. They had %(mean)s sessions on average (middle half "
                "%(quartiles)s). Of %(past)s sessions that were planned and are past, %(held)s were held and "
                "%(missed)s were missed."
            )
            % {
                "n": words.count(len(people)),
                "mean": words.number(found.mean),
                "quartiles": words.interval(found.lower_quartile, found.upper_quartile, 0),
                "past": words.count(len(past)),
                "held": words.count(len(held)),
                "missed": words.count(int((past["state"] == "missed").sum())),
            }
        )
    ]
    if context.protocol.programme.limits.sessions:
        blocks.append(
            Text(
                _("The protocol gives at most %(limit)s sessions; %(n)s people had more.")
                % {
                    "limit": words.count(context.protocol.programme.limits.sessions),
                    "n": words.count(results["over_limit"]),
                }
            )
        )
    blocks.append(
        Text(
            _("With %(count)s of %(n)s (%(share)s), the workplace was at one session or more.")
            % {
                "count": words.count(workplace.count),
                "n": words.count(workplace.n),
                "share": words.percent(workplace.estimate),
            }
        )
    )
    if len(people):
        blocks += _modules(context, people, held, results)
        blocks.append(_kinds(context, people, sessions, results))
    return Section("dose", _("What was delivered"), blocks), results


def _modules(context: Context, people: pd.Index, held: pd.DataFrame, results: dict[str, Any]) -> list[Block]:
    words = context.words
    _ = words.gettext
    covered = held[["person", "modules"]].dropna().assign(modules=lambda rows: rows["modules"].str.split(";"))
    covered = covered.explode("modules")
    rows, shown, body = [], [], []
    for module in context.protocol.programme.modules:
        found = proportion(covered[covered["modules"] == module.id]["person"].nunique(), len(people))
        title = context.text(f"modules.{module.id}.title")
        rows.append({"module": module.id, **vars(found)})
        body.append([title, f"{words.count(found.count)} / {words.count(found.n)}", words.percent(found.estimate)])
        shown.append(Bar(title, found.estimate or 0.0, None, None, words.of(found.count, found.n)))
    results["modules"] = rows
    sentence = _("Modules that came up in at least one session, of %(n)s people in the programme.") % {
        "n": words.count(len(people))
    }
    wide, narrow = twice(lambda name, width: bars(name, width, sentence, shown), "modules")
    return [
        Figure("modules", _("Modules covered"), sentence, wide, narrow, sentence),
        Table(
            "modules",
            _("Modules covered"),
            [_("Module"), _("People"), _("Share")],
            body,
            pd.DataFrame(rows),
            folded=True,
        ),
    ]


def _kinds(context: Context, people: pd.Index, sessions: pd.DataFrame, results: dict[str, Any]) -> Table:
    words = context.words
    _ = words.gettext
    body, rows = [], []
    for kind in context.protocol.session_kinds:
        of_kind = sessions[sessions["kind"] == kind]
        held = of_kind[of_kind["state"] == "held"]
        missed = int(of_kind["state"].isin(["missed", "cancelled"]).sum())
        reached = held["person"].nunique()
        rows.append({"kind": kind, "held": len(held), "missed_or_cancelled": missed, "people": reached})
        body.append(
            [
                context.text(f"sessions.{kind}"),
                words.count(len(held)),
                words.count(missed),
                words.of(reached, len(people)),
            ]
        )
    results["kinds"] = rows
    return Table(
        "sessions",
        _("Sessions by kind"),
        [_("Session"), _("Held"), _("Missed or cancelled"), _("People with at least one")],
        body,
        pd.DataFrame(rows),
    )


def process(context: Context) -> tuple[Section, dict[str, Any]] | None:
    """Show the process evaluation: its dimensions, and what those who had the programme answered about it."""
    plan = context.protocol.study.process
    if plan is None:
        return None
    words = context.words
    _ = words.gettext
    body, rows = [], []
    for dimension in plan.dimensions:
        topics = [context.text(f"process.{dimension.id}.topics.{topic}") for topic in dimension.topics]
        body.append([context.text(f"process.{dimension.id}.title"), "; ".join(topics) or _("not found in the sources")])
        rows.append({"dimension": dimension.id, "topics": ";".join(dimension.topics)})
    blocks: list[Block] = []
    results: dict[str, Any] = {}
    for wave in context.protocol.study.waves:
        for respondent in wave.asks:
            for name in wave.asks[respondent]:
                if name in wave.only_in_arms:
                    blocks += _questionnaire(context, wave.id, name, results)
    blocks.append(Table("process", _("The framework"), [_("Dimension"), _("Topics")], body, pd.DataFrame(rows), left=2))
    return Section("process", _("Process evaluation"), blocks), results


def _questionnaire(context: Context, wave: str, name: str, results: dict[str, Any]) -> list[Block]:
    _ = context.words.gettext
    questionnaire = context.questionnaire(name)
    title = context.item_label(name, "")
    items = [item.id for item in questionnaire.items if item.kind == "choice" and len(item.codes) == 5]
    try:
        found = scales(context, name, title, name, wave, items) if items else None
    except Unanswerable:
        found = None
    if found is None:
        return [Text(_("“%(title)s”: no answers yet.") % {"title": title}, soft=True)]
    results[name] = found.results
    return found.blocks
