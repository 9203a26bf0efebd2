"""`opstap stats meta`: one effect from several studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer
from opstap.cli.stats.reading import check_numbers, print_table, print_terms, read, refusing, tell

if TYPE_CHECKING:
    import pandas as pd

    from opstap.stats.effects import Effects
    from opstap.stats.synthesis import Pooled

COUNTS = ("events_1", "n_1", "events_2", "n_2")
MEANS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
INTERVAL = ("effect", "low", "high")
ERROR = ("effect", "se")


def meta(
    data: Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per study, with a header row.")],
    measure: Annotated[str, typer.Option("--measure", help="rr, or, rd, hr, md or smd.")],
    method: Annotated[str, typer.Option(help="dl, reml, pm, fixed, mh or mh-random (RevMan's).")] = "reml",
    ci: Annotated[str, typer.Option(help="wald or hksj (Hartung–Knapp–Sidik–Jonkman).")] = "wald",
    formula: Annotated[
        str | None, typer.Option("--formula", metavar="F", help="Moderators of a meta-regression, as 'year + dose'.")
    ] = None,
    smd: Annotated[str, typer.Option(help="metafor or revman: the correction of a standardised difference.")] = (
        "metafor"
    ),
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    forest: Annotated[Path | None, typer.Option(metavar="OUT.svg", help="Draw a forest plot.")] = None,
    funnel: Annotated[Path | None, typer.Option(metavar="OUT.svg", help="Draw a funnel plot.")] = None,
    language: Annotated[str, typer.Option(help="nl or en: the words of the figures.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Pool the effects of studies, with heterogeneity, prediction interval, subgroups and Egger's test.

    Columns: study, and either events_1,n_1,events_2,n_2 or mean_1,sd_1,n_1,mean_2,sd_2,n_2 or effect,low,high or
    effect,se (logarithms for ratios); optional: subgroup.
    """
    import numpy as np

    from opstap.stats import synthesis
    from opstap.stats.design import StatsError, predictors

    frame = read(data, ["study"])
    if language not in ("nl", "en"):
        raise BadInput(f"--language {language}: choose nl or en.")
    with refusing(data):
        effects = _effects(frame, measure, smd, data, level)
        pooled = synthesis.pool(effects, method, ci, level)
        found = _document(pooled, effects)
        z = wald_reach(level)
        found["studies"] = [
            _study(name, effects, number, pooled.weights[number], z) for number, name in enumerate(frame["study"])
        ]
        found["subgroups"], found["subgroup_test"] = [], None
        if "subgroup" in frame.columns:
            names = [str(one) if one == one and one is not None else "–" for one in frame["subgroup"]]
            groups = synthesis.by_subgroup(effects, names, method, ci, level)
            found["subgroups"] = [
                {"subgroup": name, **_document(one, effects)}
                for name, one in zip(groups.names, groups.pooled, strict=True)
            ]
            found["subgroup_test"] = {"q": groups.q, "df": groups.df, "p": groups.p}
            for study, name in zip(found["studies"], names, strict=True):
                study["subgroup"] = name
        if formula is not None:
            matrix, terms, used, _ = predictors(frame, formula)
            if len(used) < len(frame):
                raise StatsError("A moderator is missing in some study; leave those studies out of the file.")
            whole = np.column_stack([np.ones(len(matrix)), matrix])
            kind = "fixed" if method in ("fixed", "mh") else "reml"
            regression = synthesis.meta_regression(effects, whole, ["Intercept", *terms], kind, ci, level)
            found["regression"] = asdict(regression)
        found["egger"] = asdict(synthesis.egger(effects, level)) if effects.usable.sum() >= 3 else None
    out = [str(name) for name, use in zip(frame["study"], effects.usable, strict=True) if not use]
    tell([f"{', '.join(out)}: tells nothing about this ratio and was left out of the pool."] if out else [], data)
    _draw(found, forest, funnel, language)
    answer(found, as_json=as_json, show=_show)


def wald_reach(level: float) -> float:
    """Give the reach of a normal interval in standard errors."""
    from scipy import stats

    return float(stats.norm.ppf(0.5 + level / 2))


def _effects(frame: pd.DataFrame, measure: str, smd: str, data: Path, level: float) -> Effects:
    from opstap.stats import effects

    if measure not in effects.MEASURES:
        raise BadInput(f"--measure {measure}: choose one of {', '.join(effects.MEASURES)}.")
    if smd not in ("metafor", "revman"):
        raise BadInput(f"--smd {smd}: choose metafor or revman.")
    layouts = {
        COUNTS: measure in ("rr", "or", "rd"),
        MEANS: measure in ("md", "smd"),
        INTERVAL: True,
        ERROR: True,
    }
    there = [names for names, fits in layouts.items() if fits and set(names) <= set(frame.columns)]
    if not there:
        wanted = " or ".join(",".join(names) for names, fits in layouts.items() if fits)
        raise BadInput(
            f"{data}, line 1: measure {measure} needs the columns study and {wanted}; "
            f"it has {', '.join(map(str, frame.columns))}."
        )
    names = there[0]
    check_numbers(frame, names, data)
    empty = frame[list(names)].isna().any(axis=1)
    if empty.any():
        row = int(empty.to_numpy().argmax())
        raise BadInput(f"{data}, row {row + 1} (line {row + 2}): {', '.join(names)} must all be filled in.")
    columns = [frame[name].to_numpy(float) for name in names]
    if names == COUNTS:
        return effects.from_counts(measure, *columns)
    if names == MEANS:
        one, two, three, four, five, six = columns
        return effects.from_means(measure, one, two, three, four, five, six, smd == "revman")
    if names == INTERVAL:
        return effects.from_estimates(measure, columns[0], columns[1], columns[2], level=level)
    return effects.from_estimates(measure, columns[0], se=columns[1])


def _own(value: float | None, effects: Effects) -> float | None:
    from math import exp

    return None if value is None else exp(value) if effects.ratio else value


def _document(pooled: Pooled, effects: Effects) -> dict[str, Any]:
    ends = {name: getattr(pooled, name) for name in ("estimate", "low", "high", "prediction_low", "prediction_high")}
    return {
        **{name: _own(value, effects) for name, value in ends.items()},
        "p": pooled.p,
        "statistic": pooled.statistic,
        "df": pooled.df,
        "k": pooled.k,
        "tau2": pooled.tau2,
        "i2": pooled.i2,
        "q": pooled.q,
        "q_df": pooled.q_df,
        "q_p": pooled.q_p,
        "log": {**ends, "se": pooled.se} if effects.ratio else None,
        "se": None if effects.ratio else pooled.se,
    }


def _study(name: Any, effects: Effects, number: int, weight: float, z: float) -> dict[str, Any]:
    if not effects.usable[number]:
        return {"study": str(name), "estimate": None, "low": None, "high": None, "weight": 0.0, "log": None}
    middle, se = float(effects.effect[number]), float(effects.variance[number]) ** 0.5
    ends = {"estimate": middle, "low": middle - z * se, "high": middle + z * se}
    return {
        "study": str(name),
        **{key: _own(value, effects) for key, value in ends.items()},
        "weight": float(weight),
        "log": {**ends, "se": se} if effects.ratio else None,
        "se": None if effects.ratio else se,
    }


def _draw(found: Mapping[str, Any], forest: Path | None, funnel: Path | None, language: str) -> None:
    if forest is None and funnel is None:
        return
    from opstap.stats.figures import evidence

    for path, draw in ((forest, evidence.forest), (funnel, evidence.funnel)):
        if path is not None:
            try:
                path.write_text(draw(found, language=language), encoding="utf-8")
            except OSError as error:
                raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place.") from None


def _show(found: Mapping[str, Any]) -> None:
    heads = ["study", "estimate", "low", "high", "weight"]
    rows = [[one[head] for head in heads] for one in found["studies"]]
    rows += [
        [f"Pooled: {one['subgroup']}", one["estimate"], one["low"], one["high"], None] for one in found["subgroups"]
    ]
    print_table("Studies", heads, [*rows, ["Pooled", found["estimate"], found["low"], found["high"], 100.0]])
    heads = ["p", "tau2", "i2", "q", "q_p", "prediction_low", "prediction_high"]
    print_table("Heterogeneity", heads, [[found[head] for head in heads]])
    if found["egger"]:
        print_terms("Egger's test", [found["egger"]])
    if "regression" in found:
        print_terms("Meta-regression", found["regression"]["terms"])
