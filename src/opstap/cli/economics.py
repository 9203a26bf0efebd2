"""`opstap economics evaluate | nested`: whether a programme is worth its money, from a file of costs and effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer, progress
from opstap.cli.stats.missing import pairs, weights
from opstap.cli.stats.reading import (
    check_columns,
    check_half_numbers,
    check_numbers,
    numbers,
    print_table,
    read,
    refusing,
    tell,
    words,
)

if TYPE_CHECKING:
    import pandas as pd

    from opstap.economics.model import Model

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)

Data = Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person, with a header row.")]
Arm = Annotated[str, typer.Option("--arm", metavar="A", help="The column of arms.")]
Intervention = Annotated[
    str | None, typer.Option("--intervention", metavar="LEVEL", help="The arm that is new; else the last in order.")
]
Reference = Annotated[
    str | None, typer.Option("--reference", metavar="LEVEL", help="The arm it is compared with, where there are more.")
]
Cost = Annotated[str, typer.Option("--cost", metavar="C", help="The column of costs; none may be negative.")]
Effect = Annotated[str, typer.Option("--effect", metavar="E", help="The column of effects; more is better.")]
CostCovariates = Annotated[
    str | None, typer.Option("--cost-covariates", metavar="X,…", help="For the cost: baseline cost, age. Text may be.")
]
EffectCovariates = Annotated[
    str | None, typer.Option("--effect-covariates", metavar="X,…", help="For the effect: baseline utility, age.")
]
Bootstraps = Annotated[
    int, typer.Option("--bootstraps", metavar="N", min=100, help="Samples; of each imputation, where there are.")
]
Wtp = Annotated[str, typer.Option("--wtp", metavar="K,…", help="What a unit of effect may cost.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The same seed gives the same answer.")]
Utilities = Annotated[
    str | None,
    typer.Option("--utilities", metavar="X,…", help="Columns that are utilities: refused where above 1."),
]
Level = Annotated[float, typer.Option("--level", min=0.5, max=0.9999, help="Of the intervals.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DEFAULT_WTP = "20000,50000,80000"


@app.callback()
def economics() -> None:
    """Whether a programme is worth its money: cost and effect together, with their uncertainty."""


def evaluate(
    data: Data,
    arm: Arm,
    cost: Cost,
    effect: Effect,
    seed: Seed,
    intervention: Intervention = None,
    reference: Reference = None,
    cost_covariates: CostCovariates = None,
    effect_covariates: EffectCovariates = None,
    imputation: Annotated[
        str | None, typer.Option("--imputation", metavar="COLUMN", help="The number of the imputation, as .imp.")
    ] = None,
    bootstraps: Bootstraps = 5000,
    stratify: Annotated[bool, typer.Option("--stratify", help="Draw each arm to its own size.")] = False,
    ci: Annotated[
        str | None,
        typer.Option("--ci", metavar="bca|percentile|rubin", help="rubin with --imputation, else bca, if left out."),
    ] = None,
    wtp: Wtp = DEFAULT_WTP,
    utilities: Utilities = None,
    level: Level = 0.95,
    as_json: Json = False,
) -> None:
    """Compare two arms on cost and effect by seemingly unrelated regressions, with a bootstrap.

    Rows with a missing value are left out and counted. After multiple imputation give the long file (as `opstap stats
    impute` or R's mice writes it) with --imputation: the bootstrap is then done in each imputation.
    """
    from opstap.economics.evaluation import evaluate as run

    frame, model = _frame(
        data, arm, intervention, reference, cost, effect, cost_covariates, effect_covariates, utilities, imputation
    )
    thresholds = _thresholds(wtp)
    if imputation is not None:
        check_numbers(frame, [imputation], data)
    with refusing(data):
        found = run(
            frame,
            model,
            imputation=imputation,
            bootstraps=bootstraps,
            stratify=stratify,
            ci=ci,
            wtp=thresholds,
            seed=seed,
            level=level,
        )
    tell(found.notices, data)
    answer(found.to_dict(), as_json=as_json, show=_show)


def nested(
    data: Data,
    arm: Arm,
    cost: Cost,
    effect: Effect,
    seed: Seed,
    intervention: Intervention = None,
    reference: Reference = None,
    cost_covariates: CostCovariates = None,
    effect_covariates: EffectCovariates = None,
    bootstraps: Bootstraps = 5000,
    stratify: Annotated[
        bool, typer.Option("--stratify/--no-stratify", help="Draw and impute each arm by itself; else arm predicts.")
    ] = True,
    ci: Annotated[str, typer.Option("--ci", metavar="percentile", help="Only percentile is sound here.")] = (
        "percentile"
    ),
    wtp: Wtp = DEFAULT_WTP,
    passive: Annotated[
        list[str] | None,
        typer.Option("--passive", metavar="TOTAL=A+B", help="A total, made after the imputation; also 0.25*A+0.5*B."),
    ] = None,
    ignore: Annotated[str | None, typer.Option("--id", metavar="A,B", help="Columns that predict nothing.")] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="COLUMN=pmm|norm|logistic|ordinal", help="May be repeated.")
    ] = None,
    levels: Annotated[
        list[str] | None,
        typer.Option("--levels", metavar="COLUMN=low,middle,high", help="The order of a text's levels."),
    ] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Rounds of the imputation over the columns.")] = 5,
    cores: Annotated[int | None, typer.Option(min=1, help="Processes; the answer does not depend on it.")] = None,
    utilities: Utilities = None,
    level: Level = 0.95,
    as_json: Json = False,
) -> None:
    """The same from data with holes: each bootstrap sample is imputed once, by itself (Brand and others, 2019).

    All columns but those of --id take part in the imputation. The estimate is the mean over samples.
    """
    from opstap.economics.nested import nested as run

    if ci != "percentile":
        raise BadInput(f"--ci {ci}: with the imputation inside the bootstrap only percentile is sound; leave it out.")
    sums = {name: weights(text) for name, text in pairs(passive, "--passive").items()}
    frame, model = _frame(
        data,
        arm,
        intervention,
        reference,
        cost,
        effect,
        cost_covariates,
        effect_covariates,
        utilities,
        None,
        sums,
        [*words(ignore), *pairs(levels, "--levels")],
    )
    thresholds = _thresholds(wtp)
    used = set(model.columns) | {part for one in sums.values() for part in one}
    gone = [name for name in words(ignore) if name not in used]
    with refusing(data):
        found = run(
            frame.drop(columns=gone),
            model,
            bootstraps=bootstraps,
            stratify=stratify,
            wtp=thresholds,
            seed=seed,
            level=level,
            methods=pairs(method, "--method"),
            levels={name: words(text) for name, text in pairs(levels, "--levels").items()},
            passive=sums,
            silent=[name for name in words(ignore) if name in used],
            iterations=iterations,
            cores=cores,
            progress=_progress,
        )
    tell(found.notices, data)
    answer(found.to_dict(), as_json=as_json, show=_show)


def _progress(parts: Iterator[Any], count: int) -> Iterator[Any]:
    return progress(parts, label="Bootstrap samples", total=count)


def _thresholds(text: str) -> list[float]:
    found = numbers(text, "--wtp")
    if not found:
        raise BadInput("--wtp: give at least one number, such as 20000,50000.")
    for one in found:
        if not 0 <= one < float("inf"):
            raise BadInput(f"--wtp {text}: {one:g} cannot be; give 0 or more.")
    return list(dict.fromkeys(found))


def _frame(
    data: Path,
    arm: str,
    intervention: str | None,
    reference: str | None,
    cost: str,
    effect: str,
    cost_covariates: str | None,
    effect_covariates: str | None,
    utilities: str | None,
    imputation: str | None,
    sums: Mapping[str, Mapping[str, float]] | None = None,
    others: list[str] | None = None,
) -> tuple[pd.DataFrame, Model]:
    """Read the file and settle the model; what cannot be a cost, an effect or a utility is refused with its row."""
    from opstap.economics.model import Model

    model = Model(
        arm, cost, effect, tuple(words(cost_covariates)), tuple(words(effect_covariates)), intervention, reference
    )
    sums = sums or {}
    parts = {name: [one for one in sums.get(name, {}) if one != "1"] for name in (cost, effect)}
    needed = [name for name in model.columns if name not in sums] + [
        one for weight in sums.values() for one in weight if one != "1"
    ]
    frame = read(data, [*needed, *([imputation] if imputation else []), *(others or [])])
    check_columns(frame, words(utilities), data)
    outcomes = [name for name in (cost, effect) if name not in sums]
    totals = [one for weight in sums.values() for one in weight if one != "1"]
    check_numbers(frame, [*outcomes, *totals, *words(utilities)], data)
    check_half_numbers(frame, [*model.cost_covariates, *model.effect_covariates], data)
    _check_bounds(
        frame, parts[cost] if cost in sums else [cost], data, low=0, mend="a cost cannot be negative; mend the cell"
    )
    _check_bounds(frame, words(utilities), data, high=1, mend="a utility cannot be above 1; mend the cell")
    return frame, model


def _check_bounds(
    frame: pd.DataFrame, names: list[str], data: Path, mend: str, low: float = -1e300, high: float = 1e300
) -> None:
    import numpy as np

    for name in names:
        values = frame[name].to_numpy(dtype=float)
        wrong = np.flatnonzero((values < low) | (values > high))
        if wrong.size:
            row = int(wrong[0])
            raise BadInput(f"{data}, row {row + 1} (line {row + 2}), column {name}: {values[row]:g}; {mend}.")


def _show(found: Mapping[str, Any]) -> None:
    """Print what a person reads first: the two differences, then the decision at each willingness to pay."""
    heads = ["estimate", "low", "high", "se"]
    title = f"{found['intervention']} ({found['n']['intervention']}) compared with {found['reference']}"
    print_table(
        f"{title} ({found['n']['reference']}), {found['ci']} {100 * found['level']:g}%",
        ["difference", *heads],
        (
            [name, *(found[key][head] for head in heads)]
            for name, key in (("cost", "incremental_cost"), ("effect", "incremental_effect"))
        ),
    )
    rows = zip(found["inmb"], found["ceac"], found["evpi"], strict=True)
    print_table(
        "At a willingness to pay",
        ["wtp", "net benefit", "low", "high", "probability", "evpi"],
        (
            [f"{one['wtp']:g}", one["estimate"], one["low"], one["high"], chance["probability"], worth["evpi"]]
            for one, chance, worth in rows
        ),
    )
    print_table("Plane", ["quadrant", "share"], ([name, share] for name, share in found["quadrants"].items()))
    print_table("Ratio", ["cost per unit of effect"], [[_ratio(found)]])


def _ratio(found: Mapping[str, Any]) -> str:
    if found["icer"] is None:
        return "no difference in effect"
    said = {
        "ne": "more effect at more cost",
        "sw": "less effect at less cost",
        "se": "dominant: more effect at less cost",
        "nw": "dominated: less effect at more cost",
    }
    return f"{found['icer']:.6g} ({said[found['position']]})"


for name, command, example in (
    (
        "evaluate",
        evaluate,
        "opstap economics evaluate imputed.csv --arm arm --cost costs --effect qaly --cost-covariates base_cost,age "
        "--effect-covariates base_utility,age --imputation .imp --seed 7",
    ),
    (
        "nested",
        nested,
        "opstap economics nested trial.csv --arm arm --cost costs --effect qaly --passive costs=c3+c6+c12 --id person "
        "--seed 7",
    ),
):
    app.command(name, epilog=f"Example: {example}")(command)
