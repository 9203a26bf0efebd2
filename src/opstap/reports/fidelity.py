"""Whether the programme was given as it was meant, and to whom otherwise: fidelity and tailoring, from the sessions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.domain.programme.fidelity import Delivery, Held, OfKind, delivered
from opstap.reports.blocks import Block, Table, Text
from opstap.reports.context import Context
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
        "%(n)s of %(all)s people had every session that the protocol requires. Between them they had %(patterns)s"
        " different combinations of modules: so much was it made to measure."
    ) % {
        "n": words.count(complete.count),
        "all": words.count(complete.n),
        "patterns": words.count(found.patterns),
    }
    return [Text(sentence, of="fidelity"), table, _kinds(context, found)], results


def _delivered(context: Context, people: pd.Index) -> Delivery:
    sessions = context.data["sessions"]
    held = [
        Held(
            person=int(row.person),
            kind=row.kind,
            state=row.state,
            minutes=None if pd.isna(row.minutes) else int(row.minutes),
            modules=tuple(row.modules.split(";")) if isinstance(row.modules, str) else (),
            with_workplace=row.with_workplace is True,
        )
        for row in sessions[sessions["person"].isin(people)].itertuples()
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
