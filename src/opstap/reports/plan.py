"""The plan fixed beforehand, and what was done otherwise.

A plan is the part of a protocol that decides what is computed. Written down in one way only, it has a hash; whoever
fixes that hash before the arms are known can show afterwards that nothing was chosen by its outcome.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.reports.blocks import Block, Note, Pairs, Section, Table, Text
from opstap.reports.context import Context

#: What a deviation is.
ADDED, DROPPED, CHANGED, NOT_EXECUTED = "added", "dropped", "changed", "not_executed"


@dataclass(frozen=True)
class Plan:
    """A plan as it is fixed: its canonical JSON, and the SHA-256 of that in hexadecimal."""

    text: str
    digest: str

    @property
    def content(self) -> dict[str, Any]:
        """Give the plan as plain values."""
        found: dict[str, Any] = json.loads(self.text)
        return found


@dataclass(frozen=True)
class FixedPlan:
    """A plan that was fixed: what it was, its hash, when (a day or a moment), and in which role by whom."""

    text: str
    digest: str
    fixed_at: date
    by_role: str

    @property
    def sound(self) -> bool:
        """Tell whether the hash is that of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest() == self.digest


@dataclass(frozen=True)
class Deviation:
    """One difference between the plan that was fixed and what was done; `place` is dotted, as in the protocol."""

    kind: str
    place: str
    planned: Any = None
    done: Any = None


def plan_of(protocol: Protocol) -> Plan:
    """Write down what a protocol says of the analysis: design, arms, waves, outcomes, estimands, analyses,
    baseline, economics.

    The same analysis gives the same text, whatever the order of keys and the words around it; the order of analyses
    and outcomes counts, since the first of the primary ones is the finding.
    """
    study = protocol.study
    content = {
        "format": 1,
        "protocol": protocol.name,
        "design": study.design,
        "target": study.target,
        "arms": [{"id": arm.id, "programme": arm.programme} for arm in study.arms],
        "waves": [{"id": wave.id, "anchor": wave.anchor, "months": wave.months} for wave in study.waves],
        "outcomes": [one.model_dump(mode="json") for one in study.outcomes],
        "analyses": [one.model_dump(mode="json") for one in study.analyses],
        "baseline": list(study.baseline),
        "economics": study.economics.model_dump(mode="json") if study.economics else None,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Plan(text, hashlib.sha256(text.encode()).hexdigest())


def deviations(fixed: FixedPlan | Plan | None, protocol: Protocol, results: Mapping[str, Any]) -> list[Deviation]:
    """List what differs from the plan: added, dropped or changed parts, then analyses that could not be executed.

    `results` are those of a report. Without a fixed plan only the last can be known.
    """
    found: list[Deviation] = []
    if fixed is not None:
        before, now = json.loads(fixed.text), plan_of(protocol).content
        for part in sorted({*before, *now}):
            found += _differences(f"study.{part}", before.get(part), now.get(part))
    for name, result in results.get("analyses", {}).items():
        if "error" in result:
            found.append(Deviation(NOT_EXECUTED, f"study.analyses.{name}", done=result["error"]))
    return found


def _differences(place: str, before: Any, now: Any) -> list[Deviation]:
    if before == now:
        return []
    if isinstance(before, list) and isinstance(now, list) and all(map(_named, [*before, *now])):
        old, new = {one["id"]: one for one in before}, {one["id"]: one for one in now}
        found = [Deviation(DROPPED, f"{place}.{name}", planned=old[name]) for name in old if name not in new]
        found += [Deviation(ADDED, f"{place}.{name}", done=new[name]) for name in new if name not in old]
        both = [name for name in old if name in new]
        for name in both:
            found += _differences(f"{place}.{name}", old[name], new[name])
        if [name for name in new if name in old] != both:
            found.append(Deviation(CHANGED, place, planned=both, done=[name for name in new if name in old]))
        return found
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            one
            for key in sorted({*before, *now})
            for one in _differences(f"{place}.{key}", before.get(key), now.get(key))
        ]
    return [Deviation(CHANGED, place, planned=before, done=now)]


def _named(one: Any) -> bool:
    return isinstance(one, dict) and "id" in one


def discipline(
    context: Context, fixed: FixedPlan | None, unblinded_at: date | None, results: Mapping[str, Any]
) -> tuple[Section, dict[str, Any]]:
    """Say when the plan was fixed, whether that was before unblinding, and what was done otherwise."""
    words = context.words
    _ = words.gettext
    now = plan_of(context.protocol)
    found = deviations(fixed, context.protocol, results)
    before = None if fixed is None or unblinded_at is None else earlier(fixed.fixed_at, unblinded_at)
    blocks: list[Block] = [*_when(context, fixed, unblinded_at, before)]
    pairs = [(_("Plan of this report"), f"sha256 {now.digest}")]
    if fixed is not None:
        pairs.insert(0, (_("Plan that was fixed"), f"sha256 {fixed.digest}"))
        pairs.append((_("Fixed on"), words.day(fixed.fixed_at)))
        pairs.append((_("Fixed by"), _role(context, fixed.by_role)))
    if context.arms:
        pairs.append((_("Unblinded on"), words.day(unblinded_at) if unblinded_at else _("not unblinded")))
    blocks.append(Pairs(pairs))
    if found:
        blocks.append(_table(context, found))
    elif fixed is not None:
        blocks.append(Text(_("Nothing was added to the plan, left out of it or changed in it.")))
    else:
        blocks.append(Text(_("Every analysis in the protocol was executed.")))
    said = {
        "fixed": None
        if fixed is None
        else {"digest": fixed.digest, "on": fixed.fixed_at, "by_role": fixed.by_role, "sound": fixed.sound},
        "digest": now.digest,
        "unblinded_on": unblinded_at,
        "before_unblinding": before,
        "deviations": [vars(one) for one in found],
    }
    return Section("deviations", _("Deviations from the plan"), blocks), said


def earlier(one: date, other: date) -> bool:
    """Tell whether one moment lies before another; of two that are days only, the day must be an earlier one."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return date(one.year, one.month, one.day) < date(other.year, other.month, other.day)


def _when(context: Context, fixed: FixedPlan | None, unblinded_at: date | None, before: bool | None) -> list[Block]:
    words = context.words
    _ = words.gettext
    if fixed is None:
        return [
            Note(
                _("Nobody has fixed the plan, so it cannot be shown that it was made before the results were seen."),
                _("Plan not fixed"),
            )
        ]
    if not fixed.sound:
        return [Note(_("The plan that was kept does not have the hash that was fixed."), _("Plan not sound"))]
    day = {"day": words.day(fixed.fixed_at)}
    if not context.arms:
        return [Text(_("The plan was fixed on %(day)s. There was no arm to hide.") % day)]
    if before is None:
        return [Text(_("The plan was fixed on %(day)s. The analysis has not been unblinded yet.") % day)]
    if before:
        return [Text(_("The plan was fixed on %(day)s, before the analysis was unblinded.") % day)]
    return [
        Note(_("The plan was fixed on %(day)s, and not before the analysis was unblinded.") % day, _("Plan fixed late"))
    ]


def _role(context: Context, role: str) -> str:
    _ = context.words.gettext
    known = {
        "analyst": _("the analyst"),
        "coordinator": _("the coordinator"),
        "data_manager": _("the data manager"),
        "steward": _("the steward"),
    }
    return known.get(role, role)


def _table(context: Context, found: list[Deviation]) -> Table:
    _ = context.words.gettext
    kinds = {
        ADDED: _("added"),
        DROPPED: _("left out"),
        CHANGED: _("changed"),
        NOT_EXECUTED: _("could not be executed"),
    }
    body = [[one.place, kinds[one.kind], _shown(one.planned), _shown(one.done)] for one in found]
    rows = [
        {"place": one.place, "kind": one.kind, "planned": _json(one.planned), "done": _json(one.done)} for one in found
    ]
    return Table(
        "deviations",
        _("What was done otherwise"),
        [_("Place in the protocol"), _("What happened"), _("In the plan"), _("In this report")],
        body,
        pd.DataFrame(rows),
        left=4,
        note=_("Found by comparing the plan that was fixed with the protocol, and the protocol with the results."),
    )


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else _json(value) or "–"
    return text if len(text) <= 240 else f"{text[:240]}…"
