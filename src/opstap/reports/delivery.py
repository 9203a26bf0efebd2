"""What was delivered: dose and fidelity of the programme, and what the process evaluation asked about it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.domain.protocol.model import Respondent
from opstap.reports.blocks import Block, Figure, Note, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.fidelity import fidelity
from opstap.reports.figures import Bar, bars, twice
from opstap.reports.shares import scales
from opstap.reports.values import Unanswerable
from opstap.stats.describe import Summary, proportion, summary


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
    limit = context.protocol.programme.limits.sessions
    results: dict[str, Any] = {
        "in_programme": len(people),
        "sessions_per_person": vars(found),
        "minutes_per_session": vars(minutes),
        "states": {str(state): int(n) for state, n in sessions["state"].value_counts().sort_index().items()},
        "workplace": vars(workplace),
        "limit": limit,
        "over_limit": int((per_person > (limit or 10**6)).sum()),
    }
    title = _("What was delivered")
    if context.data.permuted:
        withheld = _("What was delivered would tell the arms, so it is withheld until the analysis is unblinded.")
        return Section("dose", title, [Note(withheld)]), results
    sentence = _(
        "%(n)s people started the programme. They had %(mean)s sessions on average (middle half "
        "%(quartiles)s). Of %(past)s sessions that were planned and are past, %(held)s were held and "
        "%(missed)s were missed."
    ) % {
        "n": words.count(len(people)),
        "mean": words.number(found.mean),
        "quartiles": words.interval(found.lower_quartile, found.upper_quartile, 0),
        "past": words.count(len(past)),
        "held": words.count(len(held)),
        "missed": words.count(int((past["state"] == "missed").sum())),
    }
    blocks: list[Block] = [Text(sentence, of="dose")]
    if len(people):
        blocks += [
            _per_person(context, per_person, sentence),
            _dose_table(context, per_person, found, minutes, results),
        ]
        blocks += _modules(context, people, held, results)
        more, results["fidelity"] = fidelity(context, people)
        blocks += more
    return Section("dose", title, blocks), results


def _per_person(context: Context, per_person: pd.Series, sentence: str) -> Figure:
    """Draw how many people had how many sessions; the highest numbers are taken together."""
    words = context.words
    _ = words.gettext
    top = min(int(per_person.max()), max(context.protocol.programme.limits.sessions or 0, 10))
    shown = []
    for number in range(int(per_person.min()), top + 1):
        last = number == top and int(per_person.max()) > top
        count = int((per_person >= number).sum() if last else (per_person == number).sum())
        name = _("%(n)s or more") % {"n": words.count(number)} if last else words.count(number)
        shown.append(Bar(name, count / len(per_person), None, None, words.of(count, len(per_person))))
    wide, narrow = twice(lambda name, width: bars(name, width, sentence, shown), "dose")
    return Figure(
        "dose",
        _("Number of sessions that people had"),
        sentence,
        wide,
        narrow,
        _("People, as a share of those who started the programme."),
        of="dose",
    )


def _dose_table(
    context: Context, per_person: pd.Series, found: Summary, minutes: Summary, results: dict[str, Any]
) -> Table:
    words = context.words
    _ = words.gettext
    states, n = results["states"], len(per_person)
    workplace = results["workplace"]
    sessions = f"{words.number(found.mean)} ({words.number(found.sd)})"
    half = f"{words.number(found.median)} ({words.interval(found.lower_quartile, found.upper_quartile)})"
    lasted = f"{words.number(minutes.mean)} ({words.number(minutes.sd)})"
    reached = words.of(workplace["count"], workplace["n"])
    rows = [
        ("sessions", _("Sessions a person: mean (standard deviation)"), sessions),
        ("median", _("Sessions a person: median (middle half)"), half),
        ("minutes", _("Minutes a session: mean (standard deviation)"), lasted),
        ("held", _("Sessions held"), words.count(states.get("held", 0))),
        ("missed", _("Sessions missed"), words.count(states.get("missed", 0))),
        ("cancelled", _("Sessions cancelled"), words.count(states.get("cancelled", 0))),
        ("workplace", _("People with the workplace at one session or more"), reached),
    ]
    if results["limit"]:
        title = _("People with more sessions than the protocol gives (%(limit)s)") % {"limit": results["limit"]}
        rows.append(("over_limit", title, words.of(results["over_limit"], n)))
    values = {
        "sessions": found.mean,
        "median": found.median,
        "minutes": minutes.mean,
        "workplace": workplace["count"],
        "over_limit": results["over_limit"],
        **{state: states.get(state, 0) for state in ("held", "missed", "cancelled")},
    }
    return Table(
        "dose",
        _("Dose"),
        [_("What was delivered"), _("Number")],
        [[label, value] for _name, label, value in rows],
        pd.DataFrame([{"what": name, "value": values[name], "n": n} for name, _label, _value in rows]),
        note=_("Of %(n)s people in the programme; counted from the record of each session.") % {"n": words.count(n)},
    )


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
        Figure("modules", _("Modules covered"), sentence, wide, narrow, sentence, of="modules"),
        Table(
            "modules",
            _("Modules covered"),
            [_("Module"), _("People"), _("Share")],
            body,
            pd.DataFrame(rows),
            folded=True,
            note=_("Of %(n)s people in the programme; counted from the sessions that were held.")
            % {"n": words.count(len(people))},
        ),
    ]


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
                    blocks += _questionnaire(context, wave.id, respondent, name, results)
    blocks.append(
        Table(
            "process",
            _("The framework"),
            [_("Dimension"), _("Topics")],
            body,
            pd.DataFrame(rows),
            left=2,
            note=_("As the protocol names it."),
        )
    )
    return Section("process", _("Process evaluation"), blocks), results


def _questionnaire(
    context: Context, wave: str, respondent: Respondent, name: str, results: dict[str, Any]
) -> list[Block]:
    _ = context.words.gettext
    who = {
        "participant": _("participants"),
        "partner": _("partners"),
        "therapist": _("occupational therapists"),
        "coach": _("coaches"),
        "workplace": _("workplaces"),
    }
    questionnaire = context.questionnaire(name)
    title = f"{context.item_label(name, '')} ({who[respondent]})"
    items = [item.id for item in questionnaire.items if item.kind == "choice" and len(item.codes) == 5]
    try:
        found = scales(context, name, title, name, wave, items) if items else None
    except Unanswerable:
        found = None
    if found is None:
        return [Text(_("“%(title)s”: no answers yet.") % {"title": title}, soft=True)]
    results[name] = found.results
    return found.blocks
