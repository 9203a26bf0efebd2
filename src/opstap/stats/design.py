"""From a formula and a long table to the arrays that every repeated-measures estimator starts from.

- Wilkinson GN, Rogers CE. Symbolic description of factorial models for analysis of variance.
  J R Stat Soc C 1973;22:392-399. doi:10.2307/2346786 (the notation; ours is formulaic's)

Rows are sorted by group and visit; groups that were seen at the same visits share one covariance matrix, so
they are kept together in a `Block`, and the estimators loop over the few blocks instead of the many groups.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError
from formulaic.parser.types.factor import Factor
from numpy.typing import NDArray
from scipy import linalg, stats

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]

# A formula is part of a protocol file, and formulaic evaluates it as Python: only these names may be called.
_CALLS = {
    *(
        "C",
        "I",
        "bs",
        "cs",
        "cc",
        "cr",
        "poly",
        "center",
        "scale",
        "standardize",
        "log",
        "log10",
        "log2",
        "exp",
    ),
    *("np.log", "np.log1p", "np.log10", "np.log2", "np.exp", "np.sqrt", "np.abs", "np.minimum", "np.maximum"),
    *("contr.treatment", "contr.sum", "contr.helmert", "contr.diff", "contr.poly", "contr.SAS"),
}
_SYNTAX = (
    *(
        ast.Expression,
        ast.Call,
        ast.keyword,
        ast.Name,
        ast.Attribute,
        ast.Load,
        ast.Constant,
        ast.List,
        ast.Tuple,
    ),
    *(ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Compare, ast.cmpop),
)


_CONSTANT = "no_outcome"


class StatsError(ValueError):
    """Data or a model that cannot give an answer; the message says what, where, and how to mend it."""


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise `StatsError` for an option that is not among its choices."""
    if value not in choices:
        raise StatsError(f"{name} {value!r} is not known; choose one of {', '.join(choices)}.")


@dataclass(frozen=True)
class Term:
    """One estimated quantity. `df` is None where the statistic is normal, else that of Student's t."""

    term: str
    estimate: float
    se: float
    low: float
    high: float
    statistic: float
    df: float | None
    p: float


def wald(term: str, estimate: float, variance: float, df: float | None, level: float = 0.95) -> Term:
    """Give an estimate its interval and two-sided test against 0, by Student's t or (df None) the normal."""
    se = float(np.sqrt(variance))
    distribution = stats.norm() if df is None else stats.t(df)
    statistic = estimate / se if se > 0 else float("nan")
    reach = float(distribution.ppf(0.5 + level / 2)) * se
    return Term(
        term=term,
        estimate=float(estimate),
        se=se,
        low=float(estimate - reach),
        high=float(estimate + reach),
        statistic=float(statistic),
        df=None if df is None else float(df),
        p=float(2 * distribution.sf(abs(statistic))),
    )


@dataclass(frozen=True)
class Block:
    """Groups seen at the same m visits: their `rows` (groups × m) in the design, the visits' places (m)."""

    rows: Indices
    visits: Indices


@dataclass(frozen=True)
class Design:
    """A model's arrays: outcome (n), matrix (n × p), its groups as blocks, and the rows that were used."""

    outcome: Array
    matrix: Array
    terms: list[str]
    blocks: list[Block]
    visit: str | None
    visits: list[Any]
    groups: int
    left_out: int
    data: pd.DataFrame
    spec: formulaic.ModelSpec

    @property
    def n(self) -> int:
        """How many rows were used."""
        return len(self.outcome)


def build(
    data: pd.DataFrame,
    formula: str,
    group: str,
    visit: str | None = None,
    visit_order: Sequence[Any] | None = None,
) -> Design:
    """Make the arrays of `formula` on `data`, one row per group and visit.

    A row with a missing outcome or covariate is left out, and only that row; it keeps its place among its
    group's visits. Visits are ordered by number or date; text needs `visit_order`. Without `visit` the
    order of a group's rows counts. Raises `StatsError` for a formula that cannot be read, a missing column,
    a missing group or visit, a visit that occurs twice in one group, and a design of less than full rank.
    """
    parsed = _parse(formula)
    variables = sorted(map(str, parsed.required_variables))
    for column in [*variables, group, *([visit] if visit is not None else [])]:
        if column not in data.columns:
            raise StatsError(f"There is no column {column!r}; the data have {', '.join(map(str, data.columns))}.")
    for column in filter(None, (group, visit)):
        if data[column].isna().any():
            raise StatsError(f"Column {column!r} is empty in {int(data[column].isna().sum())} row(s); fill it in.")
    position, labels = _positions(data, group, visit, visit_order)
    complete = data[variables].notna().all(axis=1).to_numpy()
    if not complete.any():
        raise StatsError("No row has the outcome and all covariates; nothing is left to analyse.")
    group_code = pd.factorize(data[group])[0]
    order = np.lexsort((position, group_code))
    order = order[complete[order]]
    used = _tidy(data.iloc[order], str(next(iter(parsed.lhs.required_variables))))
    outcome, matrix = _matrices(parsed, used)
    group_code, position = group_code[order], position[order]
    if visit is not None:
        double = np.flatnonzero((np.diff(group_code) == 0) & (np.diff(position) == 0))
        if double.size:
            row = used.iloc[double[0]]
            raise StatsError(f"{group} {row[group]} has visit {row[visit]} twice; keep one row per visit.")
    values = np.asarray(matrix, dtype=float)
    terms = [str(name) for name in matrix.columns]
    _check_rank(values, terms)
    blocks, groups = _blocks(group_code, position)
    return Design(
        outcome=outcome,
        matrix=values,
        terms=terms,
        blocks=blocks,
        visit=visit,
        visits=labels,
        groups=groups,
        left_out=len(data) - len(used),
        data=used,
        spec=matrix.model_spec,
    )


def predictors(
    data: pd.DataFrame, formula: str, columns: Sequence[str] = ()
) -> tuple[Array, list[str], pd.DataFrame, int]:
    """Make the columns of a formula without outcome and intercept: matrix (n × p), terms, the rows used, and left out.

    `formula` is as "arm + age", with or without a ~ before it; rows with a missing covariate are left out. `columns`
    must exist too. Raises `StatsError` as `build` does.
    """
    parsed = _parse_right(formula)
    named = sorted({str(name) for name in parsed.rhs.required_variables})
    for column in [*named, *columns]:
        if column not in data.columns:
            raise StatsError(f"There is no column {column!r}; the data have {', '.join(map(str, data.columns))}.")
    complete = data[named].notna().all(axis=1).to_numpy()
    if not complete.any():
        raise StatsError("No row has all covariates; nothing is left to analyse.")
    used = _tidy(data[complete].assign(**{_CONSTANT: 0.0}), _CONSTANT)
    _, matrix = _matrices(parsed, used)
    values, terms = np.asarray(matrix, dtype=float), [str(name) for name in matrix.columns]
    if "Intercept" not in terms:
        raise StatsError("Leave the intercept in the formula: hazards have their own, and take it out themselves.")
    if len(terms) < 2:
        raise StatsError(f"The formula {formula!r} has no terms; name at least one column.")
    _check_rank(values, terms)
    keep = [number for number, term in enumerate(terms) if term != "Intercept"]
    return values[:, keep], [terms[number] for number in keep], used, int((~complete).sum())


def _parse_right(formula: str) -> formulaic.Formula:
    text = formula.strip().removeprefix("~").strip()
    if "~" in text:
        raise StatsError(f"The formula {formula!r} needs the right-hand side alone, as in 'arm + age'.")
    return _parse(f"{_CONSTANT} ~ {text or '1'}")


def right_variables(formula: str) -> list[str]:
    """Give the columns that a formula without outcome reads; `StatsError` for one that cannot be read."""
    return sorted(map(str, _parse_right(formula).rhs.required_variables))


def variables(formula: str) -> list[str]:
    """Give the columns that a formula reads; `StatsError` for one that cannot be read."""
    return sorted(map(str, _parse(formula).required_variables))


def _parse(formula: str) -> formulaic.Formula:
    try:
        parsed = formulaic.Formula(formula)
    except (FormulaicError, SyntaxError) as error:
        raise StatsError(f"The formula {formula!r} cannot be read: {str(error).splitlines()[0]}") from None
    if not hasattr(parsed, "lhs") or len(parsed.lhs) != 1 or not parsed.lhs.required_variables:
        raise StatsError(f"The formula {formula!r} needs one outcome before the ~, as in 'hours ~ arm'.")
    for side in (parsed.lhs, parsed.rhs):
        for term in side:
            for factor in term.factors:
                _check_safe(factor)
    return parsed


def _check_safe(factor: Factor) -> None:
    if factor.eval_method is not Factor.EvalMethod.PYTHON:
        return
    tree = ast.parse(factor.expr, mode="eval")
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    attributes = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    allowed = all(isinstance(node, _SYNTAX) for node in ast.walk(tree))
    if not (allowed and set(called) <= _CALLS and set(attributes) <= _CALLS):
        raise StatsError(f"{factor.expr!r} is not allowed in a formula; it may call {', '.join(sorted(_CALLS))}.")


def _positions(
    data: pd.DataFrame, group: str, visit: str | None, visit_order: Sequence[Any] | None
) -> tuple[Indices, list[Any]]:
    """Each row's place in the order of visits, and the label of each place."""
    if visit is None:
        position = data.groupby(group, sort=False).cumcount().to_numpy(dtype=np.intp)
        return position, list(range(int(position.max()) + 1))
    column = data[visit]
    if visit_order is not None:
        labels = _as_type_of(column, visit_order)
    elif isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        labels = [label for label in column.cat.categories if (column == label).any()]
    elif pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        labels = sorted(column.unique().tolist())
    else:
        found = ", ".join(map(str, pd.unique(column)))
        raise StatsError(f"Visits in {visit!r} are text ({found}); give their order, first visit first.")
    place = {label: index for index, label in enumerate(labels)}
    unknown = [str(value) for value in column.unique() if value not in place]
    if unknown:
        raise StatsError(f"Column {visit!r} has visits that the order does not name: {', '.join(unknown)}.")
    return column.map(place).to_numpy(dtype=np.intp), labels


def _as_type_of(column: pd.Series, order: Sequence[Any]) -> list[Any]:
    if len({str(label) for label in order}) < len(order):
        raise StatsError(f"The order of visits names one twice: {', '.join(map(str, order))}.")
    if not pd.api.types.is_numeric_dtype(column):
        return list(order)
    own = {float(value): value for value in column.unique().tolist()}
    try:
        return [own.get(float(label), float(label)) for label in order]
    except ValueError:
        raise StatsError(f"Visits in {str(column.name)!r} are numbers; give their order in numbers.") from None


def _tidy(used: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Levels that no used row has would be columns of zeros; a yes-or-no outcome is counted as 1 and 0."""
    used = used.copy()
    for name in used.columns:
        if isinstance(used[name].dtype, pd.CategoricalDtype):
            used[name] = used[name].cat.remove_unused_categories()
    if pd.api.types.is_bool_dtype(used[outcome]):
        used[outcome] = used[outcome].astype(float)
    return used


def _matrices(parsed: formulaic.Formula, used: pd.DataFrame) -> tuple[Array, formulaic.ModelMatrix]:
    try:
        with np.errstate(all="ignore"):
            both = formulaic.model_matrix(parsed, used, na_action="ignore", context={})
    except (FormulaicError, TypeError, ValueError) as error:
        raise StatsError(f"The formula {str(parsed)!r} cannot be evaluated: {str(error).splitlines()[0]}") from None
    outcome, matrix = both.lhs, both.rhs
    if outcome.shape[1] != 1 or not pd.api.types.is_numeric_dtype(outcome.iloc[:, 0]):
        raise StatsError(f"The outcome {str(parsed.lhs)!r} is not a number; code it as one.")
    for name, column in [*outcome.items(), *matrix.items()]:
        if not np.isfinite(np.asarray(column, dtype=float)).all():
            raise StatsError(f"{str(name)!r} is not finite in every row; is it a logarithm of 0 or less?")
    for factor in matrix.model_spec.factor_contrasts:
        for name in matrix.model_spec.factor_variables[factor]:
            if name in used.columns and used[name].nunique() < 2:
                raise StatsError(
                    f"{name} has one level ({used[name].iloc[0]}) in the rows used; drop it from the formula."
                )
    return np.asarray(outcome, dtype=float)[:, 0], matrix


def _check_rank(matrix: Array, terms: list[str]) -> None:
    if matrix.shape[1] == 0:
        raise StatsError("The formula has no terms; write at least 1 after the ~.")
    size = np.linalg.norm(matrix, axis=0)
    triangle, pivot = linalg.qr(matrix / np.where(size > 0, size, 1), mode="r", pivoting=True)
    diagonal = np.zeros(len(terms))
    rows = min(triangle.shape[0], len(terms))
    diagonal[:rows] = np.abs(np.diag(triangle))
    redundant = [terms[column] for column, value in zip(pivot, diagonal, strict=True) if value < 1e-9]
    if redundant:
        raise StatsError(
            f"The design is singular: {', '.join(redundant)} follow(s) from the other terms, "
            "or no row tells it apart. Drop it from the formula."
        )


def _blocks(group_code: NDArray[np.intp], position: Indices) -> tuple[list[Block], int]:
    starts = np.flatnonzero(np.diff(group_code, prepend=-1))
    sizes = np.diff(starts, append=len(group_code))
    blocks = []
    for size in np.unique(sizes):
        rows = starts[sizes == size][:, None] + np.arange(size)
        patterns, which = np.unique(position[rows], axis=0, return_inverse=True)
        which = which.reshape(-1)
        blocks += [Block(rows[which == index], pattern) for index, pattern in enumerate(patterns)]
    return blocks, len(starts)
