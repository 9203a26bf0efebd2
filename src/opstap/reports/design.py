"""What was planned: design, places, people, arms, lot, blinding, moments and estimands, as the protocol says them."""

from __future__ import annotations

import pandas as pd

from opstap.reports.blocks import Block, Listing, Pairs, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.estimand import all_estimands


def design(context: Context) -> Section:
    """Tell how the study was set up, with the mark on each value that no source settles."""
    words = context.words
    _ = words.gettext
    protocol, study = context.protocol, context.protocol.study
    pairs = [
        (_("Design"), _("Trial with a lot, arms side by side") if context.arms else _("One group, followed over time")),
        (_("Registration"), study.registration or _("none named in the protocol")),
        (_("Places"), ", ".join(context.text(f"sites.{site}") for site in protocol.sites)),
        (_("People wanted"), words.count(study.target)),
    ]
    for arm in study.arms:
        text = context.text(f"arms.{arm.id}.title")
        pairs.append((_("Arm") if context.arms else _("Programme"), f"{text}. {_arm(context, arm.programme)}"))
    pairs += [*_lot(context), (_("Blinded"), _blinded(context))]
    blocks: list[Block] = [
        Text(_("So the study was set up in its protocol, version %(version)s.") % {"version": protocol.version}),
        Pairs(pairs),
        _criteria(context),
        _moments(context),
        all_estimands(context),
    ]
    if protocol.sources:
        blocks.append(Text(_("Published sources that the protocol answers to:"), soft=True))
        blocks.append(Listing([one.citation for one in protocol.sources]))
    return Section("design", _("What was planned"), blocks)


def _arm(context: Context, programme: bool) -> str:
    """Describe what an arm gets: the limits and professions of the programme, or the care that there is anyway."""
    words = context.words
    _ = words.gettext
    if not programme:
        return _("The care that people get anyway; none of the programme.")
    plan = context.protocol.programme
    who = " / ".join({"therapist": _("occupational therapist"), "coach": _("coach")}[one] for one in plan.professions)
    said = _("Given by: %(who)s.") % {"who": who}
    if plan.limits.sessions:
        said += " " + _("At most %(n)s sessions.") % {"n": words.count(plan.limits.sessions)}
    if plan.limits.months:
        said += " " + _("In at most %(n)s months.") % {"n": words.count(plan.limits.months)}
    modules = "; ".join(context.text(f"modules.{module.id}.title") for module in plan.modules)
    return said + " " + _("Content: %(modules)s.") % {"modules": modules}


def _lot(context: Context) -> list[tuple[str, str]]:
    words = context.words
    _ = words.gettext
    plan = context.protocol.study.allocation
    if plan is None:
        return []
    how = {
        "permuted_blocks": _("permuted blocks"),
        "simple": _("simple"),
        "minimisation": _("minimisation with a random element"),
    }[plan.method]
    ratio = ", ".join(f"{context.text(f'arms.{arm}.title')} {weight}" for arm, weight in plan.ratio.items())
    factors = [*plan.strata, *(plan.minimisation.factors if plan.minimisation else ())]
    said = _("%(how)s; ratio: %(ratio)s.") % {"how": how.capitalize(), "ratio": ratio}
    if plan.block_sizes:
        said += " " + _("Blocks of %(sizes)s.") % {"sizes": ", ".join(map(str, plan.block_sizes))}
    if factors:
        named = ", ".join(_("place") if one == "site" else one for one in factors)
        said += " " + _("Within: %(factors)s.") % {"factors": named}
    hidden = _(
        "The list was made from a secret seed before the first inclusion, and its hash was published then. The system"
        " gives one lot at a time, after consent and the first questionnaire; nobody can see a free line or change one"
        " that was used."
    )
    return [(_("The lot"), said), (_("Kept hidden by"), hidden)]


def _blinded(context: Context) -> str:
    _ = context.words.gettext
    names = {
        "analyst": _("the analyst"),
        "data_manager": _("the data manager"),
        "coordinator": _("the coordinator"),
        "referrer": _("referrers"),
        "steward": _("the steward"),
    }
    found = context.protocol.study.blinded
    if not found:
        return _("nobody")
    return _(
        "%(roles)s: nothing that they can reach tells an arm until unblinding. Participants and those who guide them"
        " know it."
    ) % {"roles": ", ".join(names[one] for one in found)}


def _criteria(context: Context) -> Table:
    _ = context.words.gettext
    eligibility = context.protocol.study.eligibility
    version = eligibility.version(None)
    body = [[context.text(f"eligibility.criteria.{one.id}")] for one in version.criteria]
    return Table(
        "criteria",
        _("Who could take part"),
        [_("Criterion")],
        body,
        pd.DataFrame([{"criterion": one.id, "rule": one.rule} for one in version.criteria]),
        note=_("Criteria in the version “%(version)s”.") % {"version": version.id},
    )


def _moments(context: Context) -> Table:
    words = context.words
    _ = words.gettext
    anchors = {
        "consent": _("consent"),
        "enrolment": _("enrolment"),
        "allocation": _("the lot"),
        "first_session": _("the first session"),
        "programme_end": _("the end of the programme"),
    }
    body, rows = [], []
    for wave in context.protocol.study.waves:
        asked = [context.item_label(name, "") for name in wave.asks.get("participant", [])]
        window = _("%(before)s days before to %(after)s days after") % {
            "before": words.count(wave.opens_days_before),
            "after": words.count(wave.closes_days_after),
        }
        when = _("%(n)s months after %(anchor)s") % {"n": words.count(wave.months), "anchor": anchors[wave.anchor]}
        body.append([context.text(f"waves.{wave.id}"), when, window, "; ".join(asked)])
        rows.append(
            {
                "wave": wave.id, "anchor": wave.anchor, "months": wave.months, "before": wave.opens_days_before,
                "after": wave.closes_days_after, "asked": ";".join(wave.asks.get("participant", [])),
            }
        )  # fmt: skip
    return Table(
        "moments",
        _("When people were asked"),
        [_("Moment"), _("When"), _("Window"), _("Questionnaires")],
        body,
        pd.DataFrame(rows),
        left=4,
        note=_("What participants are asked; those around them are asked beside it where the protocol says so."),
    )
