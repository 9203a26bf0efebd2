"""`opstap stats`: the estimators on a file. Each command reads a CSV, fits, and prints what it found."""

from __future__ import annotations

import typer

from opstap.cli.stats import evidence, missing, power, repeated, survival

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def stats() -> None:
    """Models, curves, imputation, evidence and sample size, on a file of data."""


for name, command, example in (
    (
        "gee",
        repeated.gee,
        'opstap stats gee trial.csv --formula "hours ~ arm * C(visit) + base" --group person --visit visit',
    ),
    (
        "mmrm",
        repeated.mmrm,
        'opstap stats mmrm trial.csv --formula "hours ~ arm * C(visit) + base" --subject person --visit visit',
    ),
    ("regress", repeated.regress, 'opstap stats regress people.csv --formula "hours ~ arm + base" --se hc3'),
    (
        "km",
        survival.km,
        "opstap stats km returns.csv --time days --event returned --entry entered --by arm --at 180,365",
    ),
    (
        "cox",
        survival.cox,
        'opstap stats cox returns.csv --formula "arm + age" --time days --event returned --entry entered',
    ),
    ("cif", survival.cif, "opstap stats cif returns.csv --time days --event kind --cause 1 --by arm --at 365,730"),
    ("impute", missing.impute, "opstap stats impute trial.csv -m 20 --seed 7 --by arm -o imputed.csv"),
    (
        "reference",
        missing.reference,
        "opstap stats reference long.csv --method jr --outcome hours --arm arm --subject person --visit month",
    ),
    ("meta", evidence.meta, "opstap stats meta studies.csv --measure rr --method mh-random"),
    ("power", power.power, "opstap stats power steps --effect 4 --simulations 1000 --seed 1"),
):
    app.command(name, epilog=f"Example: {example}")(command)
