"""`opstap stats`: the estimators on a file. Each command reads a CSV, fits, and prints what it found."""

from __future__ import annotations

import typer

from opstap.cli.stats import evidence, missing, power, repeated, survival

app = typer.Typer(no_args_is_help=True, help="What the numbers say: models, curves, imputation, evidence, sample size.")


@app.callback()
def stats() -> None:
    """What the numbers say: models, curves, imputation, evidence, sample size."""


for name, command in (
    ("gee", repeated.gee),
    ("mmrm", repeated.mmrm),
    ("regress", repeated.regress),
    ("km", survival.km),
    ("cox", survival.cox),
    ("cif", survival.cif),
    ("impute", missing.impute),
    ("reference", missing.reference),
    ("meta", evidence.meta),
    ("power", power.power),
):
    app.command(name)(command)
