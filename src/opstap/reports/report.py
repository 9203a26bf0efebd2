"""From a protocol and a dataset to a report: the analysis plan executed as written, nothing chosen by hand."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import pandas as pd

from opstap import __version__
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import Analysis, Outcome
from opstap.economics.reading import CostError
from opstap.reports import (
    change,
    checklist,
    cost_effectiveness,
    course,
    delivery,
    harms,
    hazards,
    models,
    people,
    plain,
    plan,
    recruited,
    shares,
    stream,
    unanswered,
)
from opstap.reports.blocks import Answer, Figure, Note, Pairs, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.design import design
from opstap.reports.marking import marked
from opstap.reports.outcomes import outcomes
from opstap.reports.values import Unanswerable
from opstap.reports.words import words
from opstap.stats.dataset import Dataset
from opstap.stats.design import StatsError

METHODS: dict[str, Callable[[Context, Analysis, Outcome], Answer]] = {
    "gee": models.answer,
    "mmrm": models.answer,
    "kaplan_meier": course.answer,
    "proportions": shares.proportions,
    "likert": shares.likert,
    "paired_change": change.paired_change,
    "summary": change.summaries,
    "cost_effectiveness": cost_effectiveness.answer,
    "reference_based": unanswered.answer,
    "competing_risks": hazards.competing,
    "cox": hazards.hazard_ratio,
}
PACKAGES = ("numpy", "scipy", "pandas", "formulaic")


@dataclass(frozen=True)
class Report:
    """A finished report: sections to read, results at full precision, and where everything came from."""

    study: str
    language: str
    title: str
    lead: str
    lead_of: str
    cut: str
    permuted: bool
    invented: bool
    sections: list[Section]
    results: dict[str, Any]
    provenance: dict[str, Any]
    summary: plain.Summary

    @property
    def tables(self) -> list[Table]:
        """Every table, in the order of the page."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]

    @property
    def figures(self) -> list[Figure]:
        """Every figure, in the order of the page."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Figure)]


def evaluate(
    protocol: Protocol,
    dataset: Dataset,
    *,
    language: str,
    seed: int,
    fixed: plan.FixedPlan | None = None,
    unblinded_at: date | None = None,
) -> Report:
    """Execute the analysis plan of a protocol on a dataset. The same input gives the same report, to the byte.

    `fixed` is the plan as it was fixed beforehand, `unblinded_at` when the analysis was unblinded (a day or a moment):
    the report says which of them came first, and what differs from the plan.
    """
    context = Context(protocol, dataset, words(language), seed)
    who, baseline = people.baseline(context)
    complete, completeness = people.completeness(context)
    answers = {analysis.id: _execute(context, analysis) for analysis in protocol.study.analyses}
    flow, flow_results = stream.stream(context, _analysed(context, answers))
    joined, recruitment = recruited.recruitment(context)
    dose, dose_results = delivery.dose(context)
    happened, safety = harms.safety(context)
    process = delivery.process(context)
    provenance = _provenance(dataset, seed)
    results: dict[str, Any] = {
        "study": dataset.study,
        "permuted": dataset.permuted,
        "invented": dataset.invented,
        "flow": flow_results,
        "recruitment": recruitment,
        "baseline": baseline,
        "completeness": completeness["waves"],
        "patterns": completeness["patterns"],
        "analyses": {name: answer.results for name, answer in answers.items()},
        "delivery": dose_results,
        "process": process[1] if process else None,
        "safety": safety,
        "events": safety["events"],
    }
    kept, results["plan"] = plan.discipline(context, fixed, unblinded_at, results)
    provenance["plan"] = results["plan"]["digest"]
    found, last = outcomes(context, answers)
    sections = [
        design(context),
        flow,
        joined,
        who,
        complete,
        *found,
        happened,
        dose,
        *([process[0]] if process else []),
        *last,
        *_limits(context),
        kept,
        _assumptions(context),
        _origin(context, provenance),
    ]
    listed, results["checklists"] = checklist.checklists(context, sections)
    summary = plain.summary(context, answers, results)
    if summary.refused:
        sections[-1].blocks.append(Note(summary.refused))
    sections = [*sections[:-1], *listed, sections[-1]]
    if dataset.permuted:
        sections = marked(context, sections)
    lead, lead_of = _lead(context, answers)
    return Report(
        study=dataset.study,
        language=language,
        title=protocol.title(language),
        lead=lead,
        lead_of=lead_of,
        cut=context.words.day(dataset.cut),
        permuted=dataset.permuted,
        invented=dataset.invented,
        sections=sections,
        results=results,
        provenance=provenance,
        summary=summary,
    )


def _execute(context: Context, analysis: Analysis) -> Answer:
    """Execute one analysis; where the data cannot carry it, the answer says so instead of a number."""
    _ = context.words.gettext
    outcome = context.protocol.study.outcome(analysis.outcome)
    if context.data.permuted and _tells_arm(context, outcome):
        text = _(
            "“%(analysis)s” rests on questions that one arm gets, so it is withheld until the analysis is unblinded."
        )
        said = {"analysis": context.text(f"analyses.{analysis.id}")}
        return Answer({"method": analysis.method, "withheld": True}, "", [Note(text % said)])
    try:
        return METHODS[analysis.method](context, analysis, outcome)
    except (StatsError, CostError, Unanswerable) as error:
        nothing = str(error) == "no rows"
        place = f"study.analyses.{analysis.id}"
        said = {"analysis": context.text(f"analyses.{analysis.id}"), "reason": str(error), "variable": outcome.variable}
        text = (
            _("“%(analysis)s”: there are no data for this analysis yet: nobody has a value of %(variable)s.") % said
            if nothing
            else _("“%(analysis)s” could not be computed. The estimator says: %(reason)s") % said
        )
        where = _("Place in the protocol: %(place)s.") % {"place": place}
        failed = {"method": analysis.method, "error": str(error), "place": place, "variable": outcome.variable}
        return Answer(failed, "", [Note(f"{text} {where}")])


def _tells_arm(context: Context, outcome: Outcome) -> bool:
    """Tell whether an outcome is an answer to a questionnaire of some arms only."""
    kind, questionnaire = outcome.variable.split(".")[:2]
    return kind == "item" and any(questionnaire in wave.only_in_arms for wave in context.protocol.study.waves)


def _analysed(context: Context, answers: dict[str, Answer]) -> dict[str, int]:
    """Give how many people of each arm are in the first model of a primary outcome; nobody without such a model."""
    for analysis in context.protocol.study.analyses:
        if context.protocol.study.outcome(analysis.outcome).role == "primary":
            return answers[analysis.id].results.get("people", {})
    return {}


def _lead(context: Context, answers: dict[str, Answer]) -> tuple[str, str]:
    """Give the finding of the first analysis of a primary outcome that has one, and the table that it stands in."""
    _ = context.words.gettext
    if context.data.permuted:
        return _("The arms in this report are shuffled: nothing in it tells of an effect."), ""
    for analysis in context.protocol.study.analyses:
        primary = context.protocol.study.outcome(analysis.outcome).role == "primary"
        answer = answers[analysis.id]
        if primary and answer.finding:
            tables = [block.name for block in answer.blocks if isinstance(block, Table)]
            return answer.finding, next(iter(tables), "")
    return _("There are no results yet."), ""


def _limits(context: Context) -> list[Section]:
    """Say plainly what one arm cannot show."""
    _ = context.words.gettext
    if context.arms:
        return []
    return [
        Section(
            "limits",
            _("What this study cannot show"),
            [
                Text(_("Everyone in this study had the programme. There is no group to compare with.")),
                Text(
                    _(
                        "So this report says how people fared, and not what the programme did. Some of them would have "
                        "returned to work without it; nobody knows how many."
                    )
                ),
                Text(
                    _(
                        "A change between two questionnaires can come from the programme, from time, or from who kept "
                        "answering."
                    )
                ),
            ],
        )
    ]


def _assumptions(context: Context) -> Section:
    _ = context.words.gettext
    certainty = {
        "U": _("uncertain"),
        "NF": _("not found"),
        "M": _("general knowledge"),
    }
    rows = context.protocol.assumptions
    table = Table(
        "assumptions",
        _("Values without a settled source"),
        [_("Certainty"), _("What is assumed"), _("Place in the protocol")],
        [[certainty[one.certainty], context.text(f"assumptions.{one.id}"), one.about] for one in rows],
        pd.DataFrame([{"id": one.id, "certainty": one.certainty, "about": one.about} for one in rows]),
        left=3,
        note=_("As the protocol marks them, with the words of its authors."),
    )
    text = Text(_("Some values in the protocol are not settled by any source. They stand here with how sure they are."))
    return Section("assumptions", _("Assumptions"), [text, table])


def _provenance(dataset: Dataset, seed: int) -> dict[str, Any]:
    return {
        "study": dataset.study,
        "dataset": dataset.hash,
        "protocol": {"name": dataset.protocol, "version": dataset.version, "digest": dataset.digest},
        "cut_date": dataset.cut.isoformat(),
        "permuted": dataset.permuted,
        "invented": dataset.invented,
        "seed": seed,
        "versions": {
            "opstap": __version__,
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def _origin(context: Context, provenance: dict[str, Any]) -> Section:
    _ = context.words.gettext
    data = context.data
    versions = ", ".join(f"{name} {number}" for name, number in provenance["versions"].items())
    pairs = [
        (_("Protocol"), f"{data.protocol} {data.version} (sha256 {data.digest[:16]}…)"),
        (_("Data up to"), context.words.day(data.cut)),
        (_("Dataset"), f"sha256 {data.hash}"),
        (_("Seed"), str(provenance["seed"])),
        (_("Made with"), versions),
    ]
    text = Text(_("The same dataset, protocol, seed and versions give the same report, byte for byte."), soft=True)
    return Section("origin", _("Where these numbers come from"), [Pairs(pairs), text])
