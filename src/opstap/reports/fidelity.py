"""Whether the programme was given as it was meant, and to whom otherwise: fidelity and tailoring, from the sessions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.domain.programme.fidelity import Delivery, Held, OfKind, delivered
from opstap.reports.blocks import Block, Figure, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Bar, bars, twice
from opstap.stats.describe import proportion


def fidelity(context: Context, people: pd.Index) -> tuple[list[Block], dict[str, Any]]:
    """Compare what each person had with what the protocol plans; what was left open is where it was tailored."""
    words = context.words
    _ = words.gettext
    found = _delivered(context, people)
    complete = proportion(found.complete.count, found.complete.n)
    started = proportion(found.reach.count, found.reach.n)
    content = proportion(found.whole_content.count, found.whole_content.n)
    results: dict[str, Any] = {
        "started": vars(started),
        "complete": vars(complete),
        "whole_content": vars(content),
        "patterns": found.patterns,
        "over_limit": found.over_limit,
        "minutes": found.minutes,
        "kinds": [
            {
                "kind": one.kind, "least": one.least, "most": one.most, "planned": one.planned, "held": one.held,
                "missed_or_cancelled": one.missed, "people": one.people.count, "enough": one.enough.count,
                "n": one.enough.n,
            }
            for one in found.kinds
        ],
    }  # fmt: skip
    if not found.reach.count:
        return [], results
    rows = [
        ("started", _("Had at least one session, of those to whom the programme was offered"), started),
        ("complete", _("Had every session that the protocol requires"), complete),
        ("whole_content", _("All modules came up"), content),
    ]
    table = Table(
        "fidelity",
        _("Given as it was meant"),
        [_("What was looked at"), _("People"), _("Share"), _("95% interval")],
        [
            [
                label,
                f"{words.count(one.count)} / {words.count(one.n)}",
                words.percent(one.estimate),
                words.share_interval(one.low, one.high),
            ]
            for _name, label, one in rows
        ],
        pd.DataFrame([{"what": name, **vars(one)} for name, _label, one in rows]),
        note=_("Counted from the sessions that were held; Wilson's interval."),
    )
    sentence = _(
        "%(n)s of %(all)s people had every session that the protocol requires. Between them they had"
        " %(patterns)s different combinations of modules: so much was it made to measure."
    ) % {
        "n": words.count(complete.count),
        "all": words.count(complete.n),
        "patterns": words.count(found.patterns),
    }
    pace, results["pace"] = _pace(context, people)
    return [Text(sentence, of="fidelity"), table, _kinds(context, found), *pace], results


#: The parts of the programme's time in which sessions are counted, in days from its start.
PARTS: tuple[tuple[int, int], ...] = ((0, 91), (91, 182), (182, 273), (273, 365), (365, 0))


def _pace(context: Context, people: pd.Index) -> tuple[list[Block], list[dict[str, Any]]]:
    """Show when sessions were held: by quarter of a year from the start of the programme."""
    words = context.words
    _ = words.gettext
    sessions = context.data["sessions"]
    held = sessions[sessions["person"].isin(people) & (sessions["state"] == "held")]
    days = held["day"].astype(float)
    body, rows, shown = [], [], []
    for start, end in PARTS:
        inside = (days >= start) & (days < end) if end else days >= start
        count = int(inside.sum())
        if not count and not end:
            continue
        persons = int(held[inside]["person"].nunique())
        months = {"from": round(start / 30.4), "to": round(end / 30.4)}
        name = _("month %(from)s to %(to)s") % months if end else _("after month %(from)s") % months
        each = count / len(people)
        body.append([name, words.count(count), words.number(each, 2), words.of(persons, len(people))])
        rows.append(
            {"from_day": start, "to_day": end or None, "sessions": count, "per_person": each, "people": persons}
        )
        shown.append(Bar(name, count / max(len(held), 1), None, None, words.of(count, len(held))))
    finding = _("Of the %(all)s sessions, %(first)s were held in the first three months.") % {
        "all": words.count(len(held)),
        "first": words.of(int((days < PARTS[0][1]).sum()), len(held)),
    }
    wide, narrow = twice(lambda name, width: bars(name, width, finding, shown), "pace")
    table = Table(
        "pace",
        _("When the sessions were held"),
        [_("From the start"), _("Sessions"), _("A person"), _("People with a session")],
        body,
        pd.DataFrame(rows),
        folded=True,
        note=_("Of %(n)s people in the programme; sessions that were held.") % {"n": words.count(len(people))},
    )
    caption = _("Share of all sessions that were held.")
    figure = Figure("pace", _("When the sessions were held"), finding, wide, narrow, caption, of="pace")
    return [Text(finding, of="pace"), figure, table], rows


def _delivered(context: Context, people: pd.Index) -> Delivery:
    sessions = context.data["sessions"]
    rows = sessions[sessions["person"].isin(people)].to_dict("records")
    held = [
        Held(
            person=int(row["person"]),
            kind=str(row["kind"]),
            state=str(row["state"]),
            minutes=None if pd.isna(row["minutes"]) else int(row["minutes"]),
            modules=tuple(row["modules"].split(";")) if isinstance(row["modules"], str) else (),
            with_workplace=row["with_workplace"] is True,
        )
        for row in rows
    ]
    return delivered(context.protocol, offered={int(one) for one in people}, sessions=held, attempts=[], own={})


def _kinds(context: Context, found: Delivery) -> Table:
    words = context.words
    _ = words.gettext
    body, data = [], []
    for one in found.kinds:
        body.append(
            [
                context.text(f"sessions.{one.kind}"),
                _required(context, one),
                words.count(one.held),
                words.count(one.missed),
                words.of(one.people.count, one.people.n),
                words.of(one.enough.count, one.enough.n),
            ]
        )
        data.append(
            {
                "kind": one.kind, "least": one.least, "most": one.most, "held": one.held,
                "missed_or_cancelled": one.missed, "people": one.people.count, "enough": one.enough.count,
                "n": one.enough.n,
            }
        )  # fmt: skip
    return Table(
        "sessions",
        _("Sessions by kind, beside what the protocol plans for each person"),
        [
            _("Session"),
            _("Planned for each"),
            _("Held"),
            _("Missed or cancelled"),
            _("People with at least one"),
            _("As planned"),
        ],
        body,
        pd.DataFrame(data),
        left=2,
        note=_("Of %(n)s people who had at least one session.") % {"n": words.count(found.reach.count)},
    )


def _required(context: Context, one: OfKind) -> str:
    words = context.words
    _ = words.gettext
    if one.most is None:
        return _("%(least)s or more") % {"least": words.count(one.least)}
    if one.least == one.most:
        return words.count(one.least)
    return _("%(least)s to %(most)s") % {"least": words.count(one.least), "most": words.count(one.most)}
