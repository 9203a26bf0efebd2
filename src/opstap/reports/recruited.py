"""How people came in: from when to when, month by month, beside the pace that the protocol planned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from opstap.domain.months import add_months
from opstap.reports.blocks import Block, Figure, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.drawing import Drawing
from opstap.reports.figures import Axis, end_labels, twice

#: From this many months on the table takes quarters.
MANY_MONTHS = 18


def recruitment(context: Context) -> tuple[Section, dict[str, Any]]:
    """Tell how inclusion went: dates, pace against plan, and until when people were followed."""
    words = context.words
    _ = words.gettext
    study = context.protocol.study
    people = context.participants
    column = "allocated_on" if context.arms else "enrolled_on"
    days = sorted(day for day in people[column].where(people[column].notna(), people["consented_on"]) if pd.notna(day))
    title = _("How people came in")
    results: dict[str, Any] = {"target": study.target, "n": len(days), "planned_months": study.recruitment.months}
    if not days:
        return Section("recruitment", title, [Text(_("Nobody has come in yet."))]), results
    first, last = days[0], days[-1]
    measured = context.data["measurements"]
    answered = [
        day
        for day in measured[(measured["respondent"] == "participant") & measured["person"].isin(people.index)][
            "answered_on"
        ]
        if pd.notna(day)
    ]
    results |= {"first": first, "last": last, "last_answer": max(answered, default=None)}
    months = _months(first, last)
    planned = [_planned(first, month, study.target, study.recruitment.months) for month in months]
    counts = [sum(1 for day in days if month <= day < _next(month)) for month in months]
    so_far = [sum(counts[: place + 1]) for place in range(len(counts))]
    results["months"] = [
        {"month": month.isoformat()[:7], "included": count, "so_far": total, "planned": plan}
        for month, count, total, plan in zip(months, counts, so_far, planned, strict=True)
    ]
    lot = _("%(n)s people were allocated between %(first)s and %(last)s.")
    joined = _("%(n)s people came in between %(first)s and %(last)s.")
    said = {"n": words.count(len(days)), "first": words.day(first), "last": words.day(last)}
    sentence = (lot if context.arms else joined) % said
    sentence += " " + _("The target is %(target)s.") % {"target": words.count(study.target)}
    if answered:
        sentence += " " + _("The last answer is of %(day)s.") % {"day": words.day(max(answered))}
    blocks: list[Block] = [
        Text(sentence, of="recruitment"),
        _figure(context, months, so_far, planned, sentence),
        _table(context, months, counts, so_far, planned),
    ]
    if study.recruitment.months and (assumed := context.protocol.assumption_on("study.recruitment")):
        blocks.append(Text(context.text(f"assumptions.{assumed.id}"), soft=True))
    return Section("recruitment", title, blocks), results


def _months(first: date, last: date) -> list[date]:
    found = [first.replace(day=1)]
    while _next(found[-1]) <= last:
        found.append(_next(found[-1]))
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _planned(first: date, month: date, target: int, months: int | None) -> float | None:
    """Give how many were planned by the end of a month: an even pace from the first inclusion; None without a plan."""
    if months is None:
        return None
    whole = (add_months(first, months) - first).days
    return target * min(1.0, max(0, (_next(month) - first).days) / whole)


def _figure(
    context: Context, months: list[date], so_far: list[int], planned: list[float | None], sentence: str
) -> Figure:
    words = context.words
    _ = words.gettext
    names = _("included"), _("planned")

    def draw(name: str, width: float) -> Drawing:
        height, right = (300, 120) if width > 500 else (250, 78)
        drawing = Drawing(name, sentence, width, height)
        known = [one for one in planned if one is not None]
        axis = Axis(0, max([*so_far, *known]), 14, height - 34, number=words.number)
        axis.draw(drawing, 44, width - right)
        step = (width - right - 44) / len(months)
        every = max(1, -(-len(months) // (8 if width > 500 else 3)))
        for place, month in enumerate(months):
            if place % every == 0:
                drawing.text(44 + step * place, height - 12, f"{month.month}-{month.year}", "sm q")
        if known:
            line = [(44.0, axis.at(0)), *((44 + step * (place + 1), axis.at(one)) for place, one in enumerate(known))]
            drawing.path(line, "fn k2", dashed=True)
        line = [(44.0, axis.at(0)), *((44 + step * (place + 1), axis.at(one)) for place, one in enumerate(so_far))]
        drawing.path(line, "fn k1")
        ends = [(axis.at(so_far[-1]), names[0]), *([(axis.at(known[-1]), names[1])] if known else [])]
        end_labels(drawing, [(y, words_for_it, "", line[-1][0] + 8) for y, words_for_it in ends], right - 10)
        return drawing

    wide, narrow = twice(draw, "recruitment")
    return Figure(
        "recruitment",
        _("People included, month by month"),
        sentence,
        wide,
        narrow,
        _("The dashed line is an even pace from the first inclusion on, to the target in the months of the protocol.")
        if planned[0] is not None
        else _("The protocol names no months in which the target is to be reached."),
        of="recruitment",
    )


def _table(
    context: Context, months: list[date], counts: list[int], so_far: list[int], planned: list[float | None]
) -> Table:
    words = context.words
    _ = words.gettext
    body = []
    gathered = 0
    for place, month in enumerate(months):
        gathered += counts[place]
        ends = place + 1 == len(months) or (len(months) <= MANY_MONTHS or month.month % 3 == 0)
        if ends:
            body.append(
                [words.month(month), words.count(gathered), words.count(so_far[place]), words.count(planned[place])]
            )
            gathered = 0
    head = [_("Up to and including"), _("Included"), _("So far"), _("Planned")]
    rows = [
        {"month": month.isoformat()[:7], "included": count, "so_far": total, "planned": plan}
        for month, count, total, plan in zip(months, counts, so_far, planned, strict=True)
    ]
    note = (
        _("%(n)s people, counted on the day of the lot.")
        if context.arms
        else _("%(n)s people, counted on the day on which they came in.")
    )
    return Table(
        "recruitment",
        _("People included, month by month"),
        head,
        body,
        pd.DataFrame(rows),
        folded=True,
        note=note % {"n": words.count(so_far[-1])},
    )
