"""`opstap stats power`: a trial's own design and analysis, run many times over."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opstap.cli.answer import BadInput, answer
from opstap.cli.stats.reading import print_table

if TYPE_CHECKING:
    from opstap.domain.protocol import Protocol
    from opstap.stats.virtual_trials import TrialDesign

KEYS = (
    "arms", "n", "sizes", "visits", "means", "sd", "correlation", "effect_at", "drop_out", "holes", "drop_out_slope",
    "sites", "alpha", "analysis",
)  # fmt: skip
ANALYSIS = ("method", "formula", "visits", "at", "corr", "se", "cov", "df")
#: Neither document nor article gives these for STEPS: rules of thumb of our own, said as such in the answer.
SD, CORRELATION, DROP_OUT = 12.0, 0.5, 0.2


def power(
    design: Annotated[
        str, typer.Argument(metavar="PROGRAMME|DESIGN.yaml", help="A programme, or a design of your own.")
    ],
    effect: Annotated[float, typer.Option("--effect", metavar="D", help="Difference at the visit of the contrast.")],
    simulations: Annotated[int, typer.Option("--simulations", metavar="N", min=1, help="How many virtual trials.")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The same seed gives the same answer.")],
    n: Annotated[int | None, typer.Option("--n", min=6, help="People in all; else the design's own.")] = None,
    sd: Annotated[float | None, typer.Option("--sd", min=1e-9, help="Standard deviation at each visit.")] = None,
    correlation: Annotated[float | None, typer.Option(min=-0.99, max=0.99, help="Between any two visits.")] = None,
    drop_out: Annotated[float | None, typer.Option(min=0, max=0.95, help="Share gone by the last visit.")] = None,
    target: Annotated[float, typer.Option("--power", min=0.06, max=0.999, help="What n_needed aims at.")] = 0.8,
    cores: Annotated[int | None, typer.Option(min=1, help="Processes; the answer does not depend on it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run virtual trials of a design with its own analysis: power, type I error, bias, coverage.

    What a protocol does not say (spread, correlation, drop-out) is assumed, and named in the answer.
    """
    from opstap.stats import virtual_trials
    from opstap.stats.design import StatsError

    try:
        plan, assumptions = _plan(design, n, sd, correlation, drop_out)
        model = virtual_trials.model_of(plan)
        began = time.perf_counter()
        results = virtual_trials.run(plan, effect, simulations, seed, cores, _progress, model)
        # The same trials without effect: their own stream would add chance, not knowledge.
        none = virtual_trials.run(plan, 0.0, simulations, seed + 1, cores, _progress, model)
        seconds = time.perf_counter() - began
        found = virtual_trials.performance(plan, effect, results)
        empty = virtual_trials.performance(plan, 0.0, none)
    except StatsError as error:
        raise BadInput(f"{design}: {error}") from None
    if found.sound < simulations:
        typer.echo(f"{simulations - found.sound} of {simulations} trials could not be analysed.", err=True)
    document = {
        "power": found.power,
        "power_se": found.power_se,
        "type1": empty.power,
        "type1_se": empty.power_se,
        "bias": found.bias,
        "bias_se": found.bias_se,
        "coverage": found.coverage,
        "coverage_se": found.coverage_se,
        "empirical_se": found.empirical_se,
        "model_se": found.model_se,
        "n": sum(plan.sizes),
        "n_needed": virtual_trials.needed(plan, found, target),
        "target_power": target,
        "effect": effect,
        "simulations": simulations,
        "analysed": found.sound,
        "seed": seed,
        "formula": plan.formula,
        "method": plan.method,
        "at": plan.at,
        "assumptions": assumptions,
        "trials_per_second": 2 * simulations / seconds,
    }
    answer(document, as_json=as_json, show=_show)


def _progress(parts: Iterator[Any], count: int) -> Iterator[Any]:
    if not sys.stderr.isatty() or count < 4:
        return parts
    from rich.console import Console
    from rich.progress import track

    return iter(track(parts, description="Virtual trials", total=count, console=Console(stderr=True), transient=True))


def _plan(
    name: str, n: int | None, sd: float | None, correlation: float | None, drop_out: float | None
) -> tuple[TrialDesign, list[str]]:
    from opstap.domain.protocol import ProtocolError, UnknownProgramme, find, read
    from opstap.domain.protocol.pages import Page, read_page

    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        page = read_page(path, name)
        if not isinstance(page, Page):
            raise BadInput(f"{name}, line {page.line}: {page.message}")
        if "study" not in page.data and "programme" not in page.data:
            return _own(page, n, sd, correlation, drop_out), []
    try:
        protocol = read(find(name))
    except UnknownProgramme as error:
        raise BadInput(str(error)) from None
    except ProtocolError as error:
        first = error.problems[0]
        raise BadInput(f"{first.file}, line {first.line}: {first.message}") from None
    return _of_protocol(name, protocol, n, sd, correlation, drop_out)


def _sizes(n: int) -> tuple[int, int]:
    return n - n // 2, n // 2


def _matrix(deviations: list[float], correlation: Any) -> tuple[tuple[float, ...], ...]:
    count = len(deviations)
    if isinstance(correlation, Mapping):
        value, kind = float(correlation["value"]), correlation.get("type", "exchangeable")
        power_of = (lambda i, j: abs(i - j)) if kind == "ar1" else (lambda i, j: int(i != j))
        table = [[value ** power_of(i, j) for j in range(count)] for i in range(count)]
    elif isinstance(correlation, list):
        table = [[float(cell) for cell in row] for row in correlation]
    else:
        table = [[1.0 if i == j else float(correlation) for j in range(count)] for i in range(count)]
    return tuple(tuple(table[i][j] * deviations[i] * deviations[j] for j in range(count)) for i in range(count))


def _own(page: Any, n: int | None, sd: float | None, correlation: float | None, drop_out: float | None) -> TrialDesign:
    from opstap.stats.virtual_trials import TrialDesign

    data = page.data

    def refuse(path: tuple[Any, ...], message: str) -> BadInput:
        return BadInput(f"{page.name}, line {page.line(path)}: {message}")

    for key in data:
        if key not in KEYS:
            raise refuse((key,), f"unknown key {key!r}; it knows {', '.join(KEYS)}.")
    analysis = data.get("analysis", {})
    for key in analysis if isinstance(analysis, Mapping) else ():
        if key not in ANALYSIS:
            raise refuse(("analysis", key), f"unknown key {key!r}; it knows {', '.join(ANALYSIS)}.")
    try:
        arms, visits = [str(one) for one in data["arms"]], [str(one) for one in data["visits"]]
        count = len(visits)

        def per_visit(key: str, default: float) -> list[float]:
            value = data.get(key, default)
            return [float(one) for one in value] if isinstance(value, list) else [float(value)] * count

        deviations = [sd] * count if sd is not None else per_visit("sd", 1.0)
        lost = data.get("drop_out", 0.0) if drop_out is None else drop_out
        lost = [float(one) for one in lost] if isinstance(lost, list) else _spread(float(lost), count)
        sizes = (
            tuple(int(one) for one in data["sizes"]) if n is None and "sizes" in data else _sizes(n or int(data["n"]))
        )
        if len(arms) != 2 or len(sizes) != 2:
            raise refuse(("arms",), "give two arms, the reference first.")
        at = str(analysis.get("at", visits[-1]))
        analysed = tuple(str(one) for one in analysis.get("visits", visits[1:]))
        several = len(analysed) > 1
        return TrialDesign(
            arms=(arms[0], arms[1]),
            sizes=(sizes[0], sizes[1]),
            visits=tuple(visits),
            means=tuple(per_visit("means", 0.0)),
            covariance=_matrix(
                deviations, data.get("correlation", CORRELATION) if correlation is None else correlation
            ),
            pattern=tuple(float(one) for one in data.get("effect_at", [0.0] + [1.0] * (count - 1))),
            missing=tuple(lost),
            formula=str(analysis.get("formula", "value ~ base + arm * C(visit)" if several else "value ~ base + arm")),
            analysed=analysed,
            at=at,
            method=str(analysis.get("method", "mmrm")),
            options={key: str(analysis[key]) for key in ("corr", "se", "cov", "df") if key in analysis},
            sites=int(data.get("sites", 1)),
            holes=float(data.get("holes", 0.0)),
            mar_slope=float(data.get("drop_out_slope", 0.0)),
            alpha=float(data.get("alpha", 0.05)),
        )
    except KeyError as error:
        raise refuse((), f"{error.args[0]} is missing; a design needs arms, visits, and n or sizes.") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise refuse((), f"a value is not of its kind ({error}); numbers as numbers, lists in brackets.") from None


def _spread(lost: float, count: int) -> list[float]:
    """Drop-out that grows evenly to its share at the last visit."""
    return [lost * place / max(count - 1, 1) for place in range(count)]


def _of_protocol(
    name: str, protocol: Protocol, n: int | None, sd: float | None, correlation: float | None, drop_out: float | None
) -> tuple[TrialDesign, list[str]]:
    from opstap.stats.virtual_trials import TrialDesign

    study = protocol.study
    if len(study.arms) != 2:
        raise BadInput(f"{name}: has {len(study.arms)} arm(s); power compares two. Give a DESIGN.yaml of your own.")
    plans = [one for one in study.analyses if one.method in ("gee", "mmrm") and "arm" in one.options.get("formula", "")]
    plans = [one for one in plans if one.options.get("family", "gaussian") == "gaussian"]
    if not plans:
        raise BadInput(f"{name}: its plan has no GEE or mixed model of a number; give a DESIGN.yaml of your own.")
    plan = plans[0]
    visits = tuple(wave.id for wave in study.waves)
    reference = next((one.id for one in study.arms if not one.programme), study.arms[0].id)
    other = next(one.id for one in study.arms if one.id != reference)
    count = len(visits)
    assumptions = [
        text
        for text, given in (
            (f"standard deviation {SD:g} at each visit: not published, our own", sd),
            (f"correlation {CORRELATION:g} between any two visits: not published, our own", correlation),
            (f"{DROP_OUT:.0%} gone by the last visit, evenly: not published, our own", drop_out),
        )
        if given is None
    ]
    assumptions.append("outcomes are normal; the effect is there from the first follow-up on")
    design = TrialDesign(
        arms=(reference, other),
        sizes=_sizes(n or study.target),
        visits=visits,
        means=(0.0,) * count,
        covariance=_matrix([sd or SD] * count, CORRELATION if correlation is None else correlation),
        pattern=(0.0,) + (1.0,) * (count - 1),
        missing=tuple(_spread(DROP_OUT if drop_out is None else drop_out, count)),
        formula=plan.options["formula"],
        analysed=tuple(plan.options.get("visits", visits[1:])),
        at=plan.options.get("visits", visits)[-1],
        method=plan.method,
        options={key: str(plan.options[key]) for key in ("corr", "se", "cov", "df") if key in plan.options},
        sites=len(protocol.sites) if getattr(protocol, "sites", None) else 1,
    )
    return replace(design), assumptions


def _show(found: Mapping[str, Any]) -> None:
    rows: Iterable[tuple[str, Any, Any]] = (
        (f"power at effect {found['effect']:g}, n {found['n']}", found["power"], found["power_se"]),
        ("type I error", found["type1"], found["type1_se"]),
        ("bias", found["bias"], found["bias_se"]),
        ("coverage", found["coverage"], found["coverage_se"]),
    )
    print_table(f"{found['method']}: {found['formula']}, at {found['at']}", ["", "value", "Monte Carlo error"], rows)
    if found["n_needed"] is not None:
        typer.echo(f"People needed for {found['target_power']:.0%} power: {found['n_needed']}")
    for one in found["assumptions"]:
        typer.echo(f"Assumed: {one}.")
    typer.echo(f"{found['trials_per_second']:.0f} trials a second")
