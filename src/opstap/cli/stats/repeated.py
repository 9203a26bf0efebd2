"""`opstap stats gee | mmrm | regress`: models of repeated measures, and of one row per person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer
from opstap.cli.stats.reading import check_half_numbers, print_terms, read, refusing, tell, words

if TYPE_CHECKING:
    import pandas as pd

    from opstap.stats.contrasts import Fitted
    from opstap.stats.design import Design

Data = Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person and visit, with a header row.")]
Formula = Annotated[
    str, typer.Option("--formula", metavar="F", help="As 'hours ~ arm * C(visit) + base'.", show_default=False)
]
Visit = Annotated[str | None, typer.Option("--visit", metavar="V", help="The column of visits.")]
Order = Annotated[
    str | None, typer.Option("--visit-order", metavar="T0,T6,T12", help="The order of visits that are text.")
]
Arm = Annotated[
    str | None, typer.Option("--arm", metavar="A", help="The column to contrast; else found in the formula.")
]
Reference = Annotated[str | None, typer.Option("--reference", metavar="LEVEL", help="The level to compare with.")]
Level = Annotated[float, typer.Option("--level", min=0.5, max=0.9999, help="Of the intervals.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def gee(
    data: Data,
    formula: Formula,
    group: Annotated[str, typer.Option("--group", metavar="ID", help="The column of people or clusters.")],
    visit: Visit = None,
    visit_order: Order = None,
    family: Annotated[str, typer.Option(help="gaussian, binomial or poisson.")] = "gaussian",
    link: Annotated[str | None, typer.Option(help="identity, logit or log; else that of the family.")] = None,
    corr: Annotated[str, typer.Option(help="independence, exchangeable, ar1 or unstructured.")] = "exchangeable",
    se: Annotated[
        str, typer.Option(help="robust, mancl-derouen, kauermann-carroll, fay-graubard or naive.")
    ] = "robust",
    scale: Annotated[str, typer.Option(help="n-p or n: what the dispersion divides by.")] = "n-p",
    arm: Arm = None,
    reference: Reference = None,
    level: Level = 0.95,
    as_json: Json = False,
) -> None:
    """Fit generalised estimating equations, and contrast the arms at each visit.

    Valid if missing visits are missing completely at random; put `opstap stats mmrm` beside it.
    """
    from opstap.stats.gee import gee as fit

    frame = _frame(data, formula, group, visit)
    with refusing(data):
        result = fit(frame, formula, group, visit, words(visit_order) or None, family, corr, se, scale, level, link)
        found = {**result.to_dict(), **_contrasts(result, visit, arm, reference), "left_out": result.design.left_out}
    tell(result.notices, data)
    answer(found, as_json=as_json, show=lambda one: _show(one, "GEE"))


def mmrm(
    data: Data,
    formula: Formula,
    subject: Annotated[str, typer.Option("--subject", metavar="ID", help="The column of people.")],
    visit: Annotated[str, typer.Option("--visit", metavar="V", help="The column of visits.")],
    visit_order: Order = None,
    cov: Annotated[str, typer.Option(help="us, cs or ar1: covariance of a person's visits.")] = "us",
    df: Annotated[str, typer.Option(help="satterthwaite, kenward-roger, kenward-roger-2 or residual.")] = (
        "satterthwaite"
    ),
    arm: Arm = None,
    reference: Reference = None,
    level: Level = 0.95,
    as_json: Json = False,
) -> None:
    """Fit a mixed model for repeated measures by REML, and contrast the arms at each visit.

    Valid if missing visits are missing at random.
    """
    from opstap.stats.mmrm import mmrm as fit

    frame = _frame(data, formula, subject, visit)
    with refusing(data):
        result = fit(frame, formula, subject, visit, words(visit_order) or None, cov, df, level)
        found = {**result.to_dict(), **_contrasts(result, visit, arm, reference), "left_out": result.design.left_out}
    answer(found, as_json=as_json, show=lambda one: _show(one, "Mixed model"))


def regress(
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person, with a header row.")],
    formula: Formula,
    family: Annotated[str, typer.Option(help="gaussian, binomial or poisson.")] = "gaussian",
    se: Annotated[str, typer.Option(help="hc3, cluster or classical.")] = "hc3",
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="C", help="The column of clusters.")] = None,
    arm: Arm = None,
    reference: Reference = None,
    level: Level = 0.95,
    as_json: Json = False,
) -> None:
    """Fit a linear, logistic or Poisson regression of one row per person."""
    from opstap.stats.regress import regress as fit

    frame = _frame(data, formula, cluster)
    with refusing(data):
        result = fit(frame, formula, family, se, cluster, level)
        found = {**result.to_dict(), **_contrasts(result, None, arm, reference), "left_out": result.design.left_out}
    answer(found, as_json=as_json, show=lambda one: _show(one, "Regression"))


def _frame(data: Path, formula: str, *columns: str | None) -> pd.DataFrame:
    from opstap.stats.design import variables

    frame = read(data, [one for one in columns if one is not None])
    with refusing(data):
        named = variables(formula)
    check_half_numbers(frame, [name for name in named if name in frame.columns], data)
    return frame


def _contrasts(result: Fitted, visit: str | None, arm: str | None, reference: str | None) -> dict[str, Any]:
    """Contrast the arms at each visit; nothing where the formula has no arm."""
    from opstap.stats.contrasts import arm_contrasts, marginal_means

    chosen = arm or _arm(result.design, visit)
    if chosen is None:
        if reference is not None:
            raise BadInput(f"--reference {reference}: the formula has no category to contrast; name it with --arm.")
        return {"contrasts": [], "means": []}
    when = visit if visit is not None and visit in result.design.spec.required_variables else None
    base = _level(result.design, chosen, reference)
    return {
        "contrasts": [
            {**one.levels, **asdict(one.estimate)} for one in arm_contrasts(result, chosen, when, reference=base)
        ],
        "means": [
            {**one.levels, **asdict(one.estimate)}
            for one in marginal_means(result, [chosen, *([when] if when is not None else [])])
        ],
    }


def _level(design: Design, arm: str, text: str | None) -> Any:
    if text is None or arm not in design.data.columns:
        return text
    return next((value for value in design.data[arm].unique().tolist() if str(value) == text), _as_number(text))


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _arm(design: Design, visit: str | None) -> str | None:
    """The arm of a formula: a category, or a column of 0 and 1; first one that stands with the visit in a term."""
    together: list[str] = []
    alone: list[str] = []
    for term in design.spec.terms:
        columns = {str(name) for factor in term.factors for name in design.spec.factor_variables[factor]}
        others = (columns & set(design.data.columns)) - {visit}
        if len(others) == 1 and _has_few_levels(design, one := next(iter(others))):
            (together if visit in columns else alone).append(one)
    return next(iter([*together, *alone]), None)


def _has_few_levels(design: Design, column: str) -> bool:
    from opstap.stats.contrasts import is_category

    values = set(design.data[column].unique().tolist())
    return len(values) > 1 and (is_category(design, column) or values == {0, 1})


def _show(found: Mapping[str, Any], title: str) -> None:
    print_terms(f"{title}: {found['n']} rows, {found['groups']} groups", found["terms"])
    if found["contrasts"]:
        print_terms("Contrasts", found["contrasts"], "contrast")
