"""From a protocol and a dataset to a report: the analysis plan executed as written, nothing chosen by hand."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pandas as pd

from opstap import __version__
from opstap.domain.protocol import Protocol
from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports import change, cost_effectiveness, course, delivery, models, people, shares, stream
from opstap.reports.blocks import Answer, Block, Figure, Note, Pairs, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.estimand import all_estimands, estimand, mark
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
}
#: Methods whose answers are one row each: outside the primary outcome they share one table.
TOGETHER = ("gee", "mmrm", "paired_change", "summary")
PACKAGES = ("numpy", "scipy", "pandas", "formulaic")


@dataclass(frozen=True)
class Report:
    """A finished report: sections to read, results at full precision, and where everything came from."""

    study: str
    language: str
    title: str
    lead: str
    cut: str
    permuted: bool
    invented: bool
    sections: list[Section]
    results: dict[str, Any]
    provenance: dict[str, Any]

    @property
    def tables(self) -> list[Table]:
        """Every table, in the order of the page."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]

    @property
    def figures(self) -> list[Figure]:
        """Every figure, in the order of the page."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Figure)]


def evaluate(protocol: Protocol, dataset: Dataset, *, language: str, seed: int) -> Report:
    """Execute the analysis plan of a protocol on a dataset. The same input gives the same report, to the byte."""
    context = Context(protocol, dataset, words(language), seed)
    who, baseline = people.baseline(context)
    complete, completeness = people.completeness(context)
    answers = {analysis.id: _execute(context, analysis) for analysis in protocol.study.analyses}
    flow, flow_results = stream.stream(context, _analysed(context, answers))
    dose, dose_results = delivery.dose(context)
    happened, events = people.events(context)
    process = delivery.process(context)
    provenance = _provenance(dataset, seed)
    sections = [
        flow,
        who,
        complete,
        *_outcomes(context, answers),
        dose,
        *([process[0]] if process else []),
        happened,
        *_limits(context),
        _assumptions(context),
        _origin(context, provenance),
    ]
    return Report(
        study=dataset.study,
        language=language,
        title=protocol.title(language),
        lead=_lead(context, answers),
        cut=context.words.day(dataset.cut),
        permuted=dataset.permuted,
        invented=dataset.invented,
        sections=sections,
        results={
            "study": dataset.study,
            "permuted": dataset.permuted,
            "invented": dataset.invented,
            "flow": flow_results,
            "baseline": baseline,
            "completeness": completeness,
            "analyses": {name: answer.results for name, answer in answers.items()},
            "delivery": dose_results,
            "process": process[1] if process else None,
            "events": events,
        },
        provenance=provenance,
    )


def _execute(context: Context, analysis: Analysis) -> Answer:
    """Execute one analysis; where the data cannot carry it, the answer says so instead of a number."""
    _ = context.words.gettext
    outcome = context.protocol.study.outcome(analysis.outcome)
    try:
        return METHODS[analysis.method](context, analysis, outcome)
    except (StatsError, Unanswerable) as error:
        nothing = str(error) == "no rows"
        said = {"analysis": context.text(f"analyses.{analysis.id}"), "reason": str(error)}
        text = (
            _("“%(analysis)s”: there are no data for this analysis yet.") % said
            if nothing
            else _("“%(analysis)s” could not be computed. The estimator says: %(reason)s") % said
        )
        return Answer({"method": analysis.method, "error": str(error)}, "", [Note(text)])


def _analysed(context: Context, answers: dict[str, Answer]) -> dict[str, int]:
    """Give how many people of each arm are in the first model of a primary outcome; nobody without such a model."""
    for analysis in context.protocol.study.analyses:
        if context.protocol.study.outcome(analysis.outcome).role == "primary":
            return answers[analysis.id].results.get("people", {})
    return {}


def _lead(context: Context, answers: dict[str, Answer]) -> str:
    """Give the finding of the first analysis of a primary outcome that has one."""
    _ = context.words.gettext
    if context.data.permuted:
        return _("The arms in this report are shuffled: nothing in it tells of an effect.")
    for analysis in context.protocol.study.analyses:
        primary = context.protocol.study.outcome(analysis.outcome).role == "primary"
        if primary and answers[analysis.id].finding:
            return answers[analysis.id].finding
    return _("There are no results yet.")


def _outcomes(context: Context, answers: dict[str, Answer]) -> list[Section]:
    """Make the sections of the outcomes: primary ones first, then the others in the order of the plan."""
    study = context.protocol.study
    sections = [_primary(context, outcome, answers) for outcome in study.outcomes if outcome.role == "primary"]
    rest = [analysis for analysis in study.analyses if study.outcome(analysis.outcome).role != "primary"]
    done: set[str] = set()
    for analysis in rest:
        if analysis.id in done:
            continue
        group = [analysis]
        if analysis.method in TOGETHER:
            group = [other for other in rest if other.method == analysis.method]
        done |= {one.id for one in group}
        sections.append(
            _together(context, group, answers) if analysis.method in TOGETHER else _single(context, analysis, answers)
        )
    return sections


def _primary(context: Context, outcome: Outcome, answers: dict[str, Answer]) -> Section:
    _ = context.words.gettext
    blocks: list[Block] = [Text(_("This is the primary outcome.")), estimand(context, outcome), *mark(context, outcome)]
    analyses = [one for one in context.protocol.study.analyses if one.outcome == outcome.id]
    for number, analysis in enumerate(analyses):
        answer = answers[analysis.id]
        if number == 1 and {one.method for one in analyses} >= {"gee", "mmrm"}:
            blocks.append(
                Text(
                    _(
                        "Why a second model: the GEE is right only if answers are missing by pure chance. The mixed "
                        "model below is right too when missing answers depend on what someone answered before. "
                        "Where the two agree, the answer hangs less on that."
                    )
                )
            )
        if answer.finding and analysis.method in ("gee", "mmrm"):
            blocks.append(Text(answer.finding))
        blocks += answer.blocks
    return Section(f"outcome-{outcome.id}", context.outcome_title(outcome), blocks)


def _single(context: Context, analysis: Analysis, answers: dict[str, Answer]) -> Section:
    outcome = context.protocol.study.outcome(analysis.outcome)
    blocks = [*mark(context, outcome), *answers[analysis.id].blocks]
    return Section(f"analysis-{analysis.id}", context.outcome_title(outcome), blocks)


def _together(context: Context, group: list[Analysis], answers: dict[str, Answer]) -> Section:
    """Put the analyses of one method in one table; each keeps its own files, terms and figure."""
    _ = context.words.gettext
    method = group[0].method
    titles = {
        "gee": _("Other outcomes, by arm"),
        "mmrm": _("Other outcomes, by arm (mixed model)"),
        "paired_change": _("Change within people"),
        "summary": _("Outcomes described"),
    }
    blocks: list[Block] = []
    first: list[Table] = []
    for analysis in group:
        outcome = context.protocol.study.outcome(analysis.outcome)
        blocks += mark(context, outcome)
        tables = [block for block in answers[analysis.id].blocks if isinstance(block, Table) and not block.folded]
        blocks += [block for block in answers[analysis.id].blocks if isinstance(block, Note)]
        if tables:
            table = tables[0]
            if method in ("gee", "mmrm"):
                title = context.outcome_title(outcome)
                body = [[title, *row] for row in table.body]
                measure = table.head[-3]
                body = [
                    [*row[:-3], f"{row[-3]}{' *' if measure != _('Difference') else ''}", *row[-2:]] for row in body
                ]
                head = [_("Outcome"), *table.head[:-3], _("Difference"), *table.head[-2:]]
                table = Table(table.name, titles[method], head, body, table.data, left=2)
            first.append(table)
    if first:
        merged = Table(
            f"{method}-outcomes",
            titles[method],
            first[0].head,
            [row for table in first for row in table.body],
            pd.concat(
                [table.data.assign(analysis=table.name.rpartition("-")[0]) for table in first], ignore_index=True
            ),
            left=first[0].left,
            note=_("* Odds ratio instead of a difference.")
            if any(" *" in row[-3] for table in first for row in table.body)
            else "",
        )
        blocks.insert(0, merged)
    for analysis in group:
        blocks += [block for block in answers[analysis.id].blocks if isinstance(block, Table) and block.folded]
    findings = [answers[analysis.id].finding for analysis in group if answers[analysis.id].finding]
    if method == "paired_change":
        blocks = [*map(Text, findings), *blocks]
    return Section(f"together-{method}", titles[method], blocks)


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
    )
    text = Text(_("Some values in the protocol are not settled by any source. They stand here with how sure they are."))
    return Section("assumptions", _("Assumptions"), [text, table, all_estimands(context)])


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
