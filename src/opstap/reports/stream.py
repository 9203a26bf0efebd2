"""The flow of participants: from referral to the last questionnaire, as a figure and as a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opstap.reports.blocks import Block, Figure, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.figures import Box, flow, twice

#: The group of everyone who was allocated, whatever the arm.
POOLED = "allocated"


def stream(context: Context, analysed: dict[str, int], *, pooled: bool = False) -> tuple[Section, dict[str, Any]]:
    """Count everyone from referral on, and say of each who left the way why.

    `pooled` takes the allocated as one group, and counts no session: for who may not know the arms.
    """
    words = context.words
    _ = words.gettext
    rows = context.data["flow"]
    count: dict[tuple[str, str], int] = {
        (str(kind), str(name)): int(n) for kind, name, n in zip(rows["kind"], rows["id"], rows["count"], strict=True)
    }
    referred = count.get(("people", "referred"), 0)
    people = context.participants
    consented = count.get(("people", "consented"), 0)
    criteria = {key[1]: n for key, n in count.items() if key[0] == "criterion"}
    reasons = {key[1]: n for key, n in count.items() if key[0] == "reason"}
    gone = sum(reasons.values())
    programme_only = count.get(("state", "included"), 0) - consented
    on_the_way = referred - gone - count.get(("state", "included"), 0)
    out_lines = [
        *_reason_lines(context, reasons, criteria),
        *(
            [_("in the programme, not in the study: %(n)s") % {"n": words.count(programme_only)}]
            if programme_only
            else []
        ),
        *([_("still being asked: %(n)s") % {"n": words.count(on_the_way)}] if on_the_way else []),
    ]
    not_in = referred - consented
    first = Box(
        _("Referred (n = %(n)s)") % {"n": words.count(referred)},
        (_("screened: %(n)s") % {"n": words.count(count.get(("people", "screened"), 0))},),
    )
    out = Box(_("Not in the study (n = %(n)s)") % {"n": words.count(not_in)}, tuple(out_lines))
    not_allocated = consented - len(people)
    second = Box(
        _("Consented (n = %(n)s)") % {"n": words.count(consented)},
        (_("not allocated yet: %(n)s") % {"n": words.count(not_allocated)},) if context.arms and not_allocated else (),
    )
    columns, by_group, titles = [], [], []
    for group, title, members in _columns(context, pooled):
        boxes, tally = _column(context, title, members, pooled)
        if group in analysed:
            boxes.append(Box(_("In the primary analysis: %(n)s") % {"n": words.count(analysed[group])}))
            tally["analysed"] = analysed[group]
        columns.append(boxes)
        titles.append(title)
        by_group.append({"group": group, **tally})
    sentence = _("Of %(referred)s people who were referred, %(consented)s take part in the study.") % {
        "referred": words.count(referred),
        "consented": words.count(consented),
    }
    if context.arms:
        sentence += " " + _("%(n)s were allocated.") % {"n": words.count(len(people))}
    wide, narrow = twice(lambda name, width: flow(name, width, sentence, first, out, second, columns), "flow")
    figure = Figure(
        "flow",
        _("Flow of participants"),
        sentence,
        wide,
        narrow,
        _("Counted from the events in the records, after CONSORT. One person can fail more than one criterion."),
        of="flow",
    )
    blocks: list[Block] = [
        Text(sentence, of="flow"),
        figure,
        _table(context, referred, count, criteria, reasons, list(zip(titles, by_group, strict=True))),
    ]
    results = {
        "referred": referred,
        "screened": count.get(("people", "screened"), 0),
        "not_eligible": count.get(("people", "not_eligible"), 0),
        "criteria": criteria,
        "reasons": reasons,
        "consented": consented,
        "programme_only": programme_only,
        "on_the_way": on_the_way,
        "groups": by_group,
    }
    return Section("flow", _("Participants"), blocks), results


def _reason_lines(context: Context, reasons: dict[str, int], criteria: dict[str, int]) -> list[str]:
    """Say why people do not take part; below those who are not eligible, the criteria that they do not meet."""
    words = context.words
    lines = []
    for reason, n in _most(reasons):
        lines.append(f"{context.text(f'non_participation.{reason}')}: {words.count(n)}")
        if reason == "not_eligible":
            lines += [
                f"· {context.text(f'eligibility.criteria.{name}')}: {words.count(of_them)}"
                for name, of_them in _most(criteria)
            ]
    return lines


def _most(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))


def _columns(context: Context, pooled: bool) -> list[tuple[str, str, pd.Index]]:
    people = context.participants
    if pooled and context.arms:
        return [(POOLED, context.words.gettext("all arms together"), people.index)]
    if context.arms:
        return [
            (arm.id, context.text(f"arms.{arm.id}.title"), people.index[people["arm"] == arm.id])
            for arm in context.arms
        ]
    only = context.protocol.study.arms[0]
    return [(only.id, context.text(f"arms.{only.id}.title"), people.index)]


def _column(context: Context, title: str, members: pd.Index, pooled: bool) -> tuple[list[Box], dict[str, Any]]:
    words = context.words
    _ = words.gettext
    sessions = context.data["sessions"]
    held = sessions[(sessions["state"] == "held") & sessions["person"].isin(members)]
    some = held["person"].nunique()
    programme = 0 if pooled else int(context.participants.loc[members, "in_programme"].eq(True).sum())
    lines = (
        (
            _("at least one session: %(n)s") % {"n": words.count(some)},
            _("no session: %(n)s") % {"n": words.count(len(members) - some)},
        )
        if programme
        else ()
    )
    name = _("Allocated: %(arm)s (n = %(n)s)") if context.arms else _("%(arm)s (n = %(n)s)")
    boxes = [Box(name % {"arm": title, "n": words.count(len(members))}, lines)]
    tally: dict[str, Any] = {"n": len(members)}
    if not pooled:
        tally |= {"in_programme": programme, "with_session": some}
    measured = context.data["measurements"]
    measured = measured[(measured["respondent"] == "participant") & measured["person"].isin(members)]
    for wave in context.protocol.study.waves[1:] if context.arms else context.protocol.study.waves:
        here = measured[measured["wave"] == wave.id]
        answered = int((here["state"] == "submitted").sum())
        died = int(((here["state"] == "voided") & (here["void_reason"] == "died")).sum())
        left = int(((here["state"] == "voided") & (here["void_reason"] != "died")).sum())
        missed = int((here["state"] == "missed").sum())
        later = len(members) - answered - died - left - missed
        parts = [
            _("not answered %(n)s") % {"n": words.count(missed)} if missed else "",
            _("withdrawn %(n)s") % {"n": words.count(left)} if left else "",
            _("died %(n)s") % {"n": words.count(died)} if died else "",
            _("not yet %(n)s") % {"n": words.count(later)} if later else "",
        ]
        shown = _("%(wave)s: %(n)s answered") % {"wave": context.text(f"waves.{wave.id}"), "n": words.count(answered)}
        boxes.append(Box(shown, tuple(filter(None, [" · ".join(filter(None, parts))]))))
        tally[wave.id] = {"answered": answered, "missed": missed, "withdrawn": left, "died": died, "not_yet": later}
    return boxes, tally


def _table(
    context: Context,
    referred: int,
    count: dict[tuple[str, str], int],
    criteria: dict[str, int],
    reasons: dict[str, int],
    by_group: list[tuple[str, dict[str, Any]]],
) -> Table:
    words = context.words
    _ = words.gettext
    rows: list[tuple[str, str, int]] = [
        ("referred", _("Referred"), referred),
        ("screened", _("Screened"), count.get(("people", "screened"), 0)),
        ("not_eligible", _("Not eligible"), count.get(("people", "not_eligible"), 0)),
    ]
    rows += [
        (f"criterion.{name}", f"\t{context.text(f'eligibility.criteria.{name}')}", n) for name, n in _most(criteria)
    ]
    rows.append(("not_taking_part", _("Does not take part"), sum(reasons.values())))
    rows += [(f"reason.{name}", f"\t{context.text(f'non_participation.{name}')}", n) for name, n in _most(reasons)]
    rows.append(("consented", _("Consented to the study"), count.get(("people", "consented"), 0)))
    for title, one in by_group:
        rows.append((f"group.{one['group']}", title, one["n"]))
        for wave in context.protocol.study.waves:
            for what, words_for_it in (
                ("answered", _("answered")),
                ("missed", _("not answered")),
                ("withdrawn", _("had withdrawn")),
                ("died", _("had died")),
                ("not_yet", _("not yet due")),
            ):
                n = one.get(wave.id, {}).get(what, 0)
                if n:
                    rows.append(
                        (
                            f"group.{one['group']}.{wave.id}.{what}",
                            f"\t{context.text(f'waves.{wave.id}')}, {words_for_it}",
                            n,
                        )
                    )
    return Table(
        "flow",
        _("Flow of participants"),
        [_("Step"), _("People")],
        [[label, words.count(n)] for _id, label, n in rows],
        pd.DataFrame([{"step": name, "people": n} for name, _label, n in rows]),
        folded=True,
        note=_("%(n)s people were referred; counted from the events in the records.") % {"n": words.count(referred)},
    )
