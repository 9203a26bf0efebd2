"""`opstap stats km | cox | cif`: time to return, with people who entered late and with competing events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer
from opstap.cli.stats.reading import (
    check_columns,
    check_half_numbers,
    check_numbers,
    numbers,
    print_table,
    print_terms,
    read,
    refusing,
    tell,
)

if TYPE_CHECKING:
    import pandas as pd

    from opstap.stats.survival import KaplanMeier

Data = Annotated[Path, typer.Argument(metavar="DATA.csv", help="One row per person, with a header row.")]
Time = Annotated[str, typer.Option("--time", metavar="T", help="The column of times of leaving observation.")]
Event = Annotated[str, typer.Option("--event", metavar="E", help="The column with 1 (it happened) or 0 (not seen).")]
Entry = Annotated[
    str | None, typer.Option("--entry", metavar="T0", help="When observation began: not at risk before it.")
]
By = Annotated[str | None, typer.Option("--by", metavar="G", help="The column of groups.")]
At = Annotated[str | None, typer.Option("--at", metavar="DAYS,…", help="Read the curve at these times.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def km(
    data: Data,
    time: Time,
    event: Event,
    entry: Entry = None,
    by: By = None,
    at: At = None,
    rmst: Annotated[float | None, typer.Option("--rmst", metavar="TAU", help="Restricted mean time up to TAU.")] = None,
    conf: Annotated[str, typer.Option(help="log, log-log or plain: how the interval is made.")] = "log-log",
    since: Annotated[
        float | None, typer.Option(metavar="T", help="The curve of those still without the event at T.")
    ] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    as_json: Json = False,
) -> None:
    """Estimate Kaplan–Meier curves, test whether groups differ, and compare restricted mean times."""
    from opstap.stats.logrank import logrank, restricted_mean, restricted_mean_difference
    from opstap.stats.survival import kaplan_meier

    frame = _frame(data, [time, event, entry], by)
    moments = numbers(at, "--at")
    groups, means, notices = [], [], []
    with refusing(data):
        if since is not None:
            frame = frame[frame[time] > since]
        for name, part in _groups(frame, by):
            curve = kaplan_meier(
                part[time], part[event], part[entry] if entry else None, conf=conf, level=level, since=since
            )
            notices += [f"{name}: {one}" if by else one for one in curve.notices]
            group = _curve(name, curve, moments)
            if rmst is not None:
                mean = restricted_mean(curve, rmst, since or 0.0, level)
                means.append((name, mean))
                group |= {"rmst_low": mean.low, "rmst_high": mean.high, "rmst": mean.estimate, "rmst_se": mean.se}
            groups.append(group)
        found: dict[str, Any] = {"groups": groups, "logrank": None, "rmst_difference": None}
        if len(groups) > 1 and frame[event].any():
            entered = None if entry is None else frame[entry]
            if since is not None and entered is not None:
                entered = entered.clip(lower=since)
            test = logrank(frame[time], frame[event], frame[by], entered)
            found["logrank"] = {"statistic": test.statistic, "df": test.df, "p": test.p}
        if len(means) > 1:
            differences = [
                asdict(restricted_mean_difference(one, means[0][1], f"{name} - {means[0][0]}", level))
                for name, one in means[1:]
            ]
            found["rmst_difference"] = differences[0] if len(differences) == 1 else differences
    tell(notices, data)
    answer(found, as_json=as_json, show=_show_km)


def cox(
    data: Data,
    formula: Annotated[str, typer.Option("--formula", metavar="F", help="As 'arm + age'.")],
    time: Time,
    event: Event,
    entry: Entry = None,
    ties: Annotated[str, typer.Option(help="efron or breslow.")] = "efron",
    strata: Annotated[str | None, typer.Option("--strata", metavar="S", help="A column with its own hazard each.")] = (
        None
    ),
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="C", help="Errors by this column.")] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    as_json: Json = False,
) -> None:
    """Fit Cox's proportional hazards, and test whether they are proportional."""
    from opstap.stats.cox import cox as fit

    frame = _frame(data, [time, event, entry], strata, cluster, formula=formula)
    with refusing(data):
        result = fit(frame, formula, time, event, entry, ties, strata, cluster, level)
    tell(result.notices, data)
    answer({**result.to_dict(), "left_out": result.left_out}, as_json=as_json, show=_show_cox)


def cif(
    data: Data,
    time: Time,
    event: Annotated[str, typer.Option("--event", metavar="E", help="The column with 0 (not seen) or the cause.")],
    cause: Annotated[int, typer.Option("--cause", metavar="K", min=1, help="The cause of interest.")],
    entry: Entry = None,
    by: By = None,
    at: At = None,
    formula: Annotated[
        str | None, typer.Option("--formula", metavar="F", help="Fine and Gray's regression, as 'arm + age'.")
    ] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals.")] = 0.95,
    as_json: Json = False,
) -> None:
    """Estimate the share with one kind of event where others compete; Gray's test, Fine and Gray's regression."""
    from opstap.stats.competing import check_cause, cumulative_incidence, gray_test
    from opstap.stats.fine_gray import fine_gray

    frame = _frame(data, [time, event, entry], by, formula=formula)
    moments = numbers(at, "--at")
    with refusing(data):
        check_cause(frame[event], cause)
        groups = []
        for name, part in _groups(frame, by):
            curve = cumulative_incidence(part[time], part[event], cause, part[entry] if entry else None, level)
            groups.append(
                {
                    "group": name,
                    "n": curve.n,
                    "events": curve.events,
                    "competing": curve.competing,
                    "at": [asdict(one) for one in curve.at(moments or curve.times)],
                }
            )
        found: dict[str, Any] = {"cause": cause, "groups": groups, "gray": None}
        if len(groups) > 1:
            test = gray_test(frame[time], frame[event], frame[by], cause, frame[entry] if entry else None)
            found["gray"] = asdict(test)
        if formula is not None:
            found |= fine_gray(frame, formula, time, event, cause, entry, level).to_dict()
    answer(found, as_json=as_json, show=_show_cif)


def _frame(data: Path, timing: list[str | None], *others: str | None, formula: str | None = None) -> pd.DataFrame:
    """Read the file; times and events must be numbers, and a row without one of them is left out and said so."""
    from opstap.stats.design import right_variables

    named = [one for one in timing if one is not None]
    frame = read(data, [*named, *(one for one in others if one is not None)])
    check_numbers(frame, named, data)
    if formula is not None:
        with refusing(data):
            used = right_variables(formula)
        check_columns(frame, used, data)
        check_half_numbers(frame, used, data)
    known = frame[named + [one for one in others if one is not None]].notna().all(axis=1)
    if not known.any():
        raise BadInput(f"{data}: no row has {', '.join(named)}; nothing is left to analyse.")
    if not known.all():
        tell([f"{int((~known).sum())} row(s) without time, event, entry or group were left out."], data)
    return frame[known].reset_index(drop=True)


def _groups(frame: pd.DataFrame, by: str | None) -> list[tuple[Any, pd.DataFrame]]:
    if by is None:
        return [("all", frame)]
    return list(frame.groupby(by, sort=True))


def _curve(name: Any, curve: KaplanMeier, moments: list[float]) -> dict[str, Any]:
    return {
        "group": name,
        "n": curve.n,
        "events": int(curve.events.sum()),
        "median": curve.median,
        "low": curve.median_low,
        "high": curve.median_high,
        "at": [asdict(one) for one in curve.at(moments)] if moments else [],
        "rmst": None,
        "rmst_se": None,
    }


def _show_km(found: Mapping[str, Any]) -> None:
    heads = ["group", "n", "events", "median", "low", "high", "rmst", "rmst_se"]
    print_table(
        "Kaplan–Meier", heads, ([str(one["group"]), *(one[head] for head in heads[1:])] for one in found["groups"])
    )
    rows = [[str(group["group"]), *at.values()] for group in found["groups"] for at in group["at"]]
    if rows:
        print_table("At", ["group", "time", "at risk", "survival", "low", "high"], rows)
    if found["logrank"]:
        print_table("Log-rank test", list(found["logrank"]), [list(found["logrank"].values())])
    if found["rmst_difference"]:
        several = found["rmst_difference"]
        print_terms("Restricted mean time", several if isinstance(several, list) else [several], "difference")


def _show_cox(found: Mapping[str, Any]) -> None:
    print_terms(f"Cox: {found['n']} people, {found['events']} events", found["terms"])
    print_table(
        "Hazard ratios",
        ["term", "ratio", "low", "high"],
        ([one["term"], *(one[f"hazard_ratio{end}"] for end in ("", "_low", "_high"))] for one in found["terms"]),
    )
    print_table(
        "Proportional hazards", ["term", "statistic", "df", "p"], (list(one.values()) for one in found["proportional"])
    )


def _show_cif(found: Mapping[str, Any]) -> None:
    rows = [[str(group["group"]), *at.values()] for group in found["groups"] for at in group["at"]]
    print_table(
        f"Cumulative incidence of cause {found['cause']}",
        ["group", "time", "at risk", "estimate", "se", "low", "high"],
        rows,
    )
    if found["gray"]:
        print_table("Gray's test", list(found["gray"]), [list(found["gray"].values())])
    if "terms" in found:
        print_terms("Fine and Gray", found["terms"])
