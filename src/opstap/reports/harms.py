"""What went wrong and what happened: adverse events by arm, deviations, and events that change an outcome's meaning."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.domain.incidents import Related, Serious, Sort
from opstap.reports.blocks import Block, Note, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.people import groups

Result = dict[str, Any]


def safety(context: Context) -> tuple[Section, dict[str, Any]]:
    """Show adverse events and deviations by arm, then what happened to people."""
    words = context.words
    _ = words.gettext
    incidents = context.data["incidents"]
    blocks: list[Block] = []
    adverse = incidents[incidents["sort"] == Sort.EVENT.value]
    table, rows = _adverse(context, adverse)
    blocks.append(
        Text(_("No adverse event was reported."), of="adverse")
        if adverse.empty
        else Text(
            _("%(count)s adverse events were reported of %(n)s people; %(serious)s of them serious.")
            % {
                "count": words.count(len(adverse)),
                "n": words.count(adverse["person"].nunique()),
                "serious": words.count(int(adverse["serious"].notna().sum())),
            },
            of="adverse",
        )
    )
    blocks.append(table)
    if context.data.permuted:
        blocks.append(Note(_("Events that can happen in one arm only are withheld until unblinding.")))
    elif len(context.arms) > 1:
        blocks.append(
            Text(
                _(
                    "Where the programme is given, people are also asked about harm in its sessions and in a"
                    " questionnaire. So more can come to light there: these counts are described and not compared."
                ),
                soft=True,
            )
        )
    deviated, more = _deviations(context, incidents[incidents["sort"] == Sort.DEVIATION.value])
    blocks.append(deviated)
    happened, events = _events(context)
    blocks.append(happened)
    return Section("events", _("Events and harms"), blocks), {"adverse": rows, "deviations": more, "events": events}


def _tally(context: Context, rows: list[tuple[str, str, pd.DataFrame]]) -> tuple[list[list[str]], list[Result]]:
    """Count per group how many there were (and of how many people), for each row of (id, label, what)."""
    words = context.words
    found = groups(context)
    body, data = [], []
    for name, label, part in rows:
        cells = []
        for group, _title, people in found:
            mine = part[part["person"].isin(people)]
            of = mine["person"].nunique()
            cells.append(f"{words.count(len(mine))} ({words.count(of)})" if len(mine) else "0")
            data.append({"what": name, "group": group, "events": len(mine), "people": of, "n": len(people)})
        body.append([label, *cells])
    return body, data


def _head(context: Context, first: str) -> list[str]:
    words = context.words
    return [first, *(f"{title} (n {words.count(len(people))})" for _id, title, people in groups(context))]


def _adverse(context: Context, adverse: pd.DataFrame) -> tuple[Table, list[Result]]:
    _ = context.words.gettext
    serious = {
        Serious.DEATH: _("death"),
        Serious.LIFE_THREATENING: _("life-threatening"),
        Serious.HOSPITALISATION: _("hospitalisation"),
        Serious.DISABILITY: _("lasting disability"),
        Serious.CONGENITAL: _("congenital anomaly"),
        Serious.IMPORTANT: _("medically important"),
    }
    related = {
        Related.UNRELATED: _("not related"),
        Related.UNLIKELY: _("unlikely"),
        Related.POSSIBLE: _("possible"),
        Related.PROBABLE: _("probable"),
        Related.CERTAIN: _("certain"),
    }
    listed = adverse["serious"].fillna("").astype(str).str.split(";")
    rows = [
        ("adverse", _("Adverse events"), adverse),
        ("serious", _("Serious adverse events"), adverse[adverse["serious"].notna()]),
    ]
    for one, words_for_it in serious.items():
        part = adverse[listed.map(lambda names, one=one: one.value in names)]
        if len(part):
            rows.append((f"serious.{one.value}", f"\t{words_for_it}", part))
    rows.append(("related", _("How the event is related to the programme"), adverse[adverse["relatedness"].notna()]))
    for kind, words_for_it in related.items():
        part = adverse[adverse["relatedness"] == kind.value]
        if len(part):
            rows.append((f"related.{kind.value}", f"\t{words_for_it}", part))
    not_judged = _("not judged")
    rows.append(("not_judged", f"\t{not_judged}", adverse[adverse["relatedness"].isna()]))
    body, data = _tally(context, rows)
    return Table(
        "adverse",
        _("Adverse events"),
        _head(context, _("What happened")),
        body,
        pd.DataFrame(data),
        note=_(
            "Events, and between brackets the people to whom they happened. Counted as recorded; nothing is tested."
        ),
    ), data


def _deviations(context: Context, found: pd.DataFrame) -> tuple[Table, list[Result]]:
    _ = context.words.gettext
    rows = [("all", _("Deviations from the protocol"), found)]
    for kind in context.protocol.study.monitoring.deviations:
        part = found[found["kind"] == kind.id]
        if len(part):
            rows.append((kind.id, f"\t{context.text(f'deviations.{kind.id}')}", part))
    body, data = _tally(context, rows)
    return Table(
        "deviations-in-conduct",
        _("Deviations in the conduct of the study"),
        _head(context, _("What was otherwise")),
        body,
        pd.DataFrame(data),
        note=_("Deviations, and between brackets the people concerned, as the sites recorded them."),
    ), data


def _events(context: Context) -> tuple[Table, list[Result]]:
    """Count what happened to people that changes the meaning of an outcome, and who left the study."""
    words = context.words
    _ = words.gettext
    happened = context.data["life_events"]
    names = {
        "death": _("Died"),
        "recurrence": _("The cancer came back or spread"),
        "contract_end": _("A contract ended"),
        "retirement": _("Retired"),
    }
    found = groups(context)
    body: list[list[str]] = []
    data: list[Result] = []
    for kind in [*names, *sorted(set(happened["kind"]) - set(names))]:
        having = set(happened[happened["kind"] == kind]["person"])
        tally = [int(people.isin(list(having)).sum()) for _id, _title, people in found]
        body.append([names.get(kind, kind), *map(words.count, tally)])
        data += [{"event": kind, "group": one[0], "count": n} for one, n in zip(found, tally, strict=True)]
    states = context.participants["state"]
    tally = [int((states.reindex(people) == "withdrawn").sum()) for _id, _title, people in found]
    body.append([_("Left the study"), *map(words.count, tally)])
    data += [{"event": "withdrawn", "group": one[0], "count": n} for one, n in zip(found, tally, strict=True)]
    return Table(
        "events",
        _("What happened to people"),
        _head(context, _("Event")),
        body,
        pd.DataFrame(data),
        note=_(
            "People to whom it happened at least once, as it was recorded. The estimands say what it does to"
            " an outcome."
        ),
    ), data
