"""`opstap stats impute | reference`: what is missing, filled in with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer
from opstap.cli.stats.reading import check_numbers, numbers, print_table, print_terms, read, refusing, words

if TYPE_CHECKING:
    import pandas as pd

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def impute(
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person, with a header row.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="IMPUTED.csv", help="The long file to write.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same file.")],
    m: Annotated[int, typer.Option("-m", min=1, help="How many completed data sets.")] = 20,
    by: Annotated[str | None, typer.Option("--by", metavar="ARM", help="Impute each arm by itself.")] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Rounds over the columns.")] = 10,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="COLUMN=pmm|norm|logistic|ordinal", help="May be repeated.")
    ] = None,
    levels: Annotated[
        list[str] | None,
        typer.Option("--levels", metavar="COLUMN=low,middle,high", help="The order of a text's levels."),
    ] = None,
    passive: Annotated[
        list[str] | None, typer.Option("--passive", metavar="TOTAL=A+B", help="Computed from other columns.")
    ] = None,
    ignore: Annotated[
        str | None, typer.Option("--id", metavar="A,B", help="Columns that are kept and predict nothing.")
    ] = (None),
    as_json: Json = False,
) -> None:
    """Complete the data m times by chained equations, and write all below each other with .imp before the columns.

    Columns are chosen by what they hold: a number is matched (pmm), two values logistic, ordered levels ordinal.
    """
    from opstap.stats import imputation
    from opstap.stats.missingness import describe_missing

    frame = read(data)
    if output.exists() and output.samefile(data):
        raise BadInput(f"-o {output}: that is the file that is read; choose another name.")
    kept = words(ignore)
    for name in kept:
        if name not in frame.columns:
            raise BadInput(f"{data}: there is no column {name!r}; it has {', '.join(map(str, frame.columns))}.")
    with refusing(data):
        missing = describe_missing(frame)
        found = imputation.impute(
            frame.drop(columns=kept),
            m,
            seed,
            by,
            pairs(method, "--method"),
            {name: words(value) for name, value in pairs(levels, "--levels").items()},
            {name: weights(value) for name, value in pairs(passive, "--passive").items()},
            iterations=iterations,
        )
    long = found.long()
    for place, name in enumerate(kept, start=2):
        long.insert(place, name, list(frame[name]) * m)
    _write(long, output)
    document = {
        "rows": len(frame),
        "m": m,
        "seed": seed,
        "iterations": iterations,
        "methods": found.methods,
        "missing": {name: count for name, count in missing.missing.items() if count},
        "complete": missing.complete,
        "patterns": [
            {"count": one.count, "missing": [n for n, seen in zip(missing.columns, one.seen, strict=True) if not seen]}
            for one in missing.patterns
        ],
        "output": output,
    }
    answer(document, as_json=as_json, show=_show_impute)


def pairs(options: list[str] | None, name: str) -> dict[str, str]:
    """Give what COLUMN=VALUE says, option after option; BadInput for anything else."""
    found = {}
    for text in options or []:
        column, equals, value = text.partition("=")
        if not equals or not column.strip() or not value.strip():
            raise BadInput(f"{name} {text}: write the column, =, and its value.")
        found[column.strip()] = value.strip()
    return found


def weights(text: str) -> dict[str, float]:
    """Read a sum of columns such as A+B, 2*A-B or 1+A."""
    import re

    weights: dict[str, float] = {}
    for sign, factor, name in re.findall(r"([+-]?)\s*(?:(\d+(?:\.\d+)?)\s*\*\s*)?([^+*-]+)", text):
        amount = (-1.0 if sign == "-" else 1.0) * (float(factor) if factor else 1.0)
        name = name.strip()
        if re.fullmatch(r"\d+(\.\d+)?", name):
            weights["1"] = weights.get("1", 0.0) + amount * float(name)
        else:
            weights[name] = weights.get(name, 0.0) + amount
    return weights


def _write(frame: pd.DataFrame, output: Path) -> None:
    try:
        frame.to_csv(output, index=False, lineterminator="\n")
    except OSError as error:
        raise BadInput(f"-o {output}: cannot be written ({error.strerror}); choose another place.") from None


def reference(
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person and visit, with a header row.")],
    method: Annotated[str, typer.Option("--method", help="jr, cr, cir, mar or delta.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="Y", help="The column of the outcome.")],
    arm: Annotated[str, typer.Option("--arm", metavar="ARM", help="The column of arms.")],
    subject: Annotated[str, typer.Option("--subject", metavar="ID", help="The column of people.")],
    visit: Annotated[str, typer.Option("--visit", metavar="V", help="The column of visits (after baseline).")],
    visit_order: Annotated[
        str | None, typer.Option("--visit-order", metavar="T6,T12", help="The order of visits that are text.")
    ] = None,
    reference_arm: Annotated[
        str | None, typer.Option("--reference", metavar="LEVEL", help="The arm that is copied; the first if left.")
    ] = None,
    covariates: Annotated[str | None, typer.Option("--covariates", metavar="base,…", help="Numbers, complete.")] = None,
    delta: Annotated[
        str,
        typer.Option(
            "--delta", metavar="D,…", help="Added where imputed outside the reference; several: tipping point."
        ),
    ] = "0",
    inference: Annotated[str, typer.Option(help="jackknife (conditional means) or rubin (draws).")] = "jackknife",
    m: Annotated[int, typer.Option("-m", min=2, help="rubin: how many imputations.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="rubin: the same seed gives the same answer.")] = 1,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    as_json: Json = False,
) -> None:
    """Compare arms on a repeated outcome, under an assumption about those who dropped out."""
    from opstap.stats import reference_based

    frame = read(data, [outcome, arm, subject, visit, *words(covariates)])
    check_numbers(frame, [outcome, *words(covariates)], data)
    deltas = numbers(delta, "--delta")
    if not deltas or (method != "delta" and deltas != [0.0]):
        raise BadInput(f"--delta {delta}: belongs to --method delta, with one number or more.")
    with refusing(data):
        trial = reference_based.widen(
            frame, outcome, arm, subject, visit, words(visit_order) or None, reference_arm, words(covariates)
        )
        found = [
            reference_based.reference_based(trial, method, inference, one, m, seed, level).to_dict() for one in deltas
        ]
    document = found[0] if len(found) == 1 else {**found[0], "tipping": found}
    answer(document, as_json=as_json, show=_show_reference)


def _show_impute(found: Mapping[str, Any]) -> None:
    rows = [[name, method, found["missing"].get(name, 0)] for name, method in found["methods"].items()]
    print_table(f"{found['output']}: {found['m']} × {found['rows']} rows", ["column", "method", "missing"], rows)


def _show_reference(found: Mapping[str, Any]) -> None:
    for one in found.get("tipping", [found]):
        added = "" if one["delta"] is None else f", delta {one['delta']:g}"
        print_terms(f"{one['method']}{added} ({one['inference']}): {one['n']} people", one["contrasts"], "contrast")
