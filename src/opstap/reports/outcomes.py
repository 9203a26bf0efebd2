"""From the answers of a plan's analyses to the sections in which they are read."""

from __future__ import annotations

import pandas as pd

from opstap.domain.protocol.model import Analysis, Outcome
from opstap.reports.blocks import Answer, Block, Note, Section, Table, Text
from opstap.reports.context import Context
from opstap.reports.estimand import estimand, mark

#: Methods whose answers are one row each: outside the primary outcome they share one table.
TOGETHER = ("gee", "mmrm", "paired_change", "summary")
#: Methods that make a section of their own, under the title of the analysis, whatever their outcome.
APART = ("reference_based", "cost_effectiveness")
#: What is read after harms and what was delivered.
LAST = ("cost_effectiveness",)

Answers = dict[str, Answer]


def outcomes(context: Context, answers: Answers) -> tuple[list[Section], list[Section]]:
    """Make the sections of the outcomes: primary ones with what is to be set beside them, then the others in order.

    Those of `LAST` are given by themselves.
    """
    study = context.protocol.study
    sections, last = [], []
    for outcome in study.outcomes:
        if outcome.role == "primary":
            sections.append(_primary(context, outcome, answers))
            sections += [_apart(context, one, answers) for one in _beside(context, outcome)]
    rest = [one for one in study.analyses if study.outcome(one.outcome).role != "primary" or one.method in LAST]
    done: set[str] = set()
    for analysis in rest:
        if analysis.id in done:
            continue
        if analysis.method in LAST:
            last.append(_apart(context, analysis, answers))
        elif analysis.method in APART:
            sections.append(_apart(context, analysis, answers))
        elif analysis.method in TOGETHER:
            group = [other for other in rest if other.method == analysis.method]
            done |= {one.id for one in group}
            sections.append(_together(context, group, answers))
        else:
            same = [
                other for other in rest if other.outcome == analysis.outcome and other.method not in (*TOGETHER, *APART)
            ]
            done |= {one.id for one in same}
            sections.append(_single(context, same, answers))
    return sections, last


def _beside(context: Context, outcome: Outcome) -> list[Analysis]:
    found = context.protocol.study.analyses
    return [one for one in found if one.outcome == outcome.id and one.method in APART and one.method not in LAST]


def _primary(context: Context, outcome: Outcome, answers: Answers) -> Section:
    _ = context.words.gettext
    blocks: list[Block] = [
        Text(_("This is the primary outcome. Its estimand:")),
        estimand(context, outcome),
        *mark(context, outcome),
    ]
    analyses = [one for one in context.protocol.study.analyses if one.outcome == outcome.id and one.method not in APART]
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
            blocks.append(Text(answer.finding, of=f"{analysis.id}-contrasts"))
        blocks += answer.blocks
    return Section(f"outcome-{outcome.id}", context.outcome_title(outcome), blocks)


def _apart(context: Context, analysis: Analysis, answers: Answers) -> Section:
    return Section(f"analysis-{analysis.id}", context.text(f"analyses.{analysis.id}"), answers[analysis.id].blocks)


def _single(context: Context, analyses: list[Analysis], answers: Answers) -> Section:
    outcome = context.protocol.study.outcome(analyses[0].outcome)
    blocks = [*mark(context, outcome)]
    for analysis in analyses:
        blocks += answers[analysis.id].blocks
    return Section(f"analysis-{analyses[0].id}", context.outcome_title(outcome), blocks)


def _together(context: Context, group: list[Analysis], answers: Answers) -> Section:
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
            first.append(_row(context, outcome, tables[0], titles[method]) if method in ("gee", "mmrm") else tables[0])
    if first:
        blocks.insert(0, _merged(context, method, titles[method], first))
    if method in ("gee", "mmrm") and first:
        blocks.insert(
            0,
            Text(
                _(
                    "These outcomes are secondary or exploratory: nothing was adjusted for looking at many. Among"
                    " twenty differences that are nothing, one lies outside its interval by chance."
                )
            ),
        )
    for analysis in group:
        blocks += [block for block in answers[analysis.id].blocks if isinstance(block, Table) and block.folded]
    findings = [answers[analysis.id].finding for analysis in group if answers[analysis.id].finding]
    if method == "paired_change":
        blocks = [*(Text(one, of=f"{method}-outcomes") for one in findings), *blocks]
    return Section(f"together-{method}", titles[method], blocks)


def _row(context: Context, outcome: Outcome, table: Table, title: str) -> Table:
    """Give a model's contrasts as rows of a joint table: the outcome first, a ratio marked."""
    _ = context.words.gettext
    ratio = table.head[-3] != _("Difference")
    body = [
        [context.outcome_title(outcome), *row[:-3], f"{row[-3]}{' *' if ratio else ''}", *row[-2:]]
        for row in table.body
    ]
    head = [_("Outcome"), *table.head[:-3], _("Difference"), *table.head[-2:]]
    return Table(table.name, title, head, body, table.data, left=2, note=table.note)


def _merged(context: Context, method: str, title: str, tables: list[Table]) -> Table:
    _ = context.words.gettext
    ratio = any(" *" in row[-3] for table in tables for row in table.body)
    if method in ("gee", "mmrm"):
        notes = [
            _(
                "Each row is of a model of its own, like that of the primary outcome; how it was made, and of how many"
                " people, stands below the table of its terms. Between brackets: who has a value then."
            )
        ]
    else:
        notes = list(dict.fromkeys(table.note for table in tables if table.note))
    return Table(
        f"{method}-outcomes",
        title,
        tables[0].head,
        [row for table in tables for row in table.body],
        pd.concat([table.data.assign(analysis=table.name.rpartition("-")[0]) for table in tables], ignore_index=True),
        left=tables[0].left,
        note=" ".join([*([_("* Odds ratio instead of a difference.")] if ratio else []), *notes]),
        holds=tuple(table.name for table in tables),
    )
