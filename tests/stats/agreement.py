"""The table of docs/reference/statistics.md: each estimator, its peer, and the largest relative difference seen.

`PYTHONPATH=src:. python -m tests.stats.agreement` writes it; `test_agreement.py` computes it anew and compares. A
difference is shown as the power of ten that it stays under, so that another machine's last digits do not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil, log10
from pathlib import Path

import numpy as np
import pandas as pd

from opstap.stats import sample_size
from opstap.stats.compare import stratified_risks
from opstap.stats.competing import cumulative_incidence, gray_test
from opstap.stats.cox import cox
from opstap.stats.effects import from_counts, from_means
from opstap.stats.fine_gray import fine_gray
from opstap.stats.gee import gee
from opstap.stats.logrank import logrank, restricted_mean
from opstap.stats.mmrm import mmrm
from opstap.stats.reference_based import reference_based, widen
from opstap.stats.regress import regress
from opstap.stats.rubin import pool_fits
from opstap.stats.survival import kaplan_meier
from opstap.stats.synthesis import egger, pool

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"
PAGE = ROOT / "docs" / "reference" / "statistics.md"
START, END = "<!-- agreement -->", "<!-- end of agreement -->"
SMALLEST = 1e-9


def read(folder: str, name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / folder / f"{name}.csv")


def largest(pairs: Iterable[tuple[object, object]]) -> float:
    """The largest relative difference of numbers, or of arrays of them."""
    worst = 0.0
    for ours, theirs in pairs:
        one, other = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        worst = max(worst, float(np.max(np.abs(one - other) / np.maximum(np.abs(other), 1e-3))))
    return worst


def of_gee() -> float:
    data, table = read("gee", "data"), read("gee", "expected_terms")
    here = (table["source"] == "geepack") & (table["corr"] == "exchangeable") & (table["missing"] == 1)
    pairs = []
    outcomes = {"gaussian": "hours_seen", "binomial": "working_seen", "poisson": "visits_gp_seen"}
    for family, outcome in outcomes.items():
        formula = f"{outcome} ~ arm * C(visit, contr.treatment(base='T0')) + age"
        found = gee(data, formula, "person", "visit", ["T0", "T6", "T12"], family, scale="n")
        expected = table[here & (table["family"] == family)]
        pairs.append((sorted(one.estimate for one in found.terms), sorted(expected["estimate"])))
        pairs.append((sorted(one.se for one in found.terms), sorted(expected["robust"])))
    return largest(pairs)


def of_corrected(column: str, se: str) -> float:
    data, table = read("gee-small", "data"), read("gee-small", "expected")
    pairs = []
    for name, family in (("epil", "poisson"), ("respiratory", "binomial"), ("orthodont", "gaussian")):
        expected = table[(table["set"] == name) & (table["corr"] == "independence")]
        part = data[data["set"] == name]
        found = gee(part, "y ~ x1 + x2 + x3", "id", "visit", family=family, corr="independence", se=se)
        pairs.append(([one.se for one in found.terms], expected[column]))
    return largest(pairs)


def of_mmrm(df: str, method: str) -> float:
    fev, terms = read("mmrm-package", "fev"), read("mmrm-package", "expected_terms")
    fev["SEX"] = pd.Categorical(fev["SEX"], ["Male", "Female"])
    order = ["VIS1", "VIS2", "VIS3", "VIS4"]
    found = mmrm(fev, "FEV1 ~ RACE + SEX + ARMCD * AVISIT", "USUBJID", "AVISIT", order, df=df)
    table = terms[(terms["set"] == "fev") & (terms["cov"] == "us") & (terms["method"] == method)].set_index("term")
    names = [one.term.replace("[T.", "").replace("]", "").replace("Intercept", "(Intercept)") for one in found.terms]
    expected = table.loc[names]
    columns = ("estimate", "se", "df")
    return largest(([getattr(one, column) for one in found.terms], expected[column]) for column in columns)


def of_kaplan_meier() -> float:
    lung, rows = read("time-to-event", "lung"), read("time-to-event", "expected_rmst")
    men = kaplan_meier(lung["time"][lung["sex"] == 1], lung["event"][lung["sex"] == 1])
    found = [restricted_mean(men, tau) for tau in rows["tau"]]
    return largest([([one.estimate for one in found], rows["rmst0"]), ([one.se for one in found], rows["se0"])])


def of_logrank() -> float:
    late, lung, veteran = (read("time-to-event", name) for name in ("late", "lung", "veteran"))
    found = [
        logrank(lung["time"], lung["event"], lung["sex"]),
        logrank(veteran["time"], veteran["status"], veteran["celltype"]),
        logrank(late["time"], late["event"], late["arm"], late["entry"]),
    ]
    return largest([([one.statistic for one in found], read("time-to-event", "expected_logrank")["statistic"])])


def of_cox(ties: str) -> float:
    late, heart, table = (read("time-to-event", name) for name in ("late", "heart", "expected_cox"))
    pairs = []
    for name, model, found in (
        ("late", "cluster", cox(late, "arm + age", "time", "event", "entry", ties, cluster="clinic")),
        ("heart", "entry", cox(heart, "age + year + transplant", "stop", "event", "start", ties)),
    ):
        expected = table[(table[["set", "model", "ties"]] == [name, model, ties]).all(axis=1)]
        pairs.append(([one.estimate for one in found.terms], expected["estimate"]))
        pairs.append(([one.se for one in found.terms], expected["se"]))
        pairs.append(([one.statistic for one in found.proportional[:-1]], expected["chisq"]))
    return largest(pairs)


def of_incidence() -> float:
    table, data = read("time-to-event", "expected_cif"), read("time-to-event", "mgus")
    pairs = []
    for (group, cause), expected in table[table["set"] == "mgus"].groupby(["by", "cause"]):
        part = data[data["male"] == group]
        at = cumulative_incidence(part["time"], part["cause"], cause).at(expected["time"])
        pairs += [([one.estimate for one in at], expected["estimate"]), ([one.se for one in at], expected["se"])]
    return largest(pairs)


def of_gray() -> float:
    table = read("time-to-event", "expected_gray")
    sets = {"mgus": (read("time-to-event", "mgus"), "male"), "late": (read("time-to-event", "late"), "arm")}
    pairs = []
    for row in table.itertuples():
        data, by = sets[row.set]
        pairs.append((gray_test(data["time"], data["cause"], data[by], row.cause).statistic, row.statistic))
    return largest(pairs)


def of_fine_gray(entry: str | None) -> float:
    table, data = read("time-to-event", "expected_fine_gray"), read("time-to-event", "late")
    pairs = []
    for cause in (1, 2):
        here = (table["set"] == "late") & (table["cause"] == cause) & (table["entry"] == int(entry is not None))
        found = fine_gray(data, "arm + age", "time", "cause", cause, entry)
        pairs += [
            ([one.estimate for one in found.terms], table[here]["estimate"]),
            ([one.se for one in found.terms], table[here]["se"]),
        ]
    return largest(pairs)


def of_pool(methods: tuple[str, ...]) -> float:
    table, bcg, normand = (read("evidence", name) for name in ("expected_pooled", "bcg", "normand"))
    counts = from_counts("rr", *(bcg[name] for name in ("events_1", "n_1", "events_2", "n_2")))
    means = from_means("smd", *(normand[name] for name in ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")))
    pairs = []
    for row in table[table["method"].isin(methods)].itertuples():
        effects = {("bcg", "rr"): counts, ("normand", "smd"): means}.get((row.set, row.measure))
        if effects is not None:
            found = pool(effects, row.method, row.ci)
            pairs.append(([found.estimate, found.se, found.tau2, found.q], [row.estimate, row.se, row.tau2, row.q]))
    return largest(pairs)


def of_egger() -> float:
    bcg, more = read("evidence", "bcg"), read("evidence", "expected_more").set_index("what").loc["egger"]
    found = egger(from_counts("rr", *(bcg[name] for name in ("events_1", "n_1", "events_2", "n_2"))))
    return largest([([found.estimate, found.se, found.p], [more["estimate"], more["se"], more["p"]])])


def of_rubin() -> float:
    long, expected = read("missing", "air_imputed").rename(columns={"Solar.R": "Q"}), read("missing", "expected_rubin")
    frames = [frame for _, frame in long.groupby(".imp")]
    found = pool_fits(frames, lambda one: regress(one, "Ozone ~ Q + Wind + Temp", se="classical"))
    return largest(
        ([getattr(one.term, column) for one in found], expected[column]) for column in ("estimate", "se", "df")
    )


def of_reference() -> float:
    data, table = read("missing", "antidepressant"), read("missing", "expected_reference")
    trial = widen(data, "CHANGE", "THERAPY", "PATIENT", "VISIT", reference="PLACEBO", covariates=["BASVAL"])
    found = reference_based(trial, "jr").contrasts
    expected = table[table["method"] == "jr"]
    return largest(([one[column] for one in found], expected[column]) for column in ("estimate", "se"))


def of_strata() -> float:
    data, expected = read("compare", "data"), read("compare", "expected").set_index("what")["value"]
    found = stratified_risks(data["event"], data["arm"], data["stratum"])
    assert found.log_ratio is not None
    ours = [found.difference.estimate, found.difference.se, found.log_ratio.estimate, found.log_ratio.se]
    return largest([(ours, expected[["RD estimate", "RD se", "RR estimate", "RR se"]])])


def of_sizes() -> float:
    expected = read("compare", "expected").set_index("what")["value"]
    ours = [sample_size.means(4, 12), sample_size.proportions(0.5, 0.65, 0.9)]
    return largest([(ours, expected[["means n", "proportions n"]])])


ROWS: list[tuple[str, str, str, Callable[[], float]]] = [
    ("GEE, three families, exchangeable, visits missing", "geepack 1.3.9", "made (gee)", of_gee),
    (
        "GEE, Mancl–DeRouen errors",
        "the definition in R",
        "epil, respiratory, Orthodont",
        lambda: of_corrected("md", "mancl-derouen"),
    ),
    (
        "GEE, Kauermann–Carroll errors",
        "the definition in R",
        "epil, respiratory, Orthodont",
        lambda: of_corrected("kc", "kauermann-carroll"),
    ),
    (
        "GEE, Fay–Graubard errors",
        "the definition in R",
        "epil, respiratory, Orthodont",
        lambda: of_corrected("fg", "fay-graubard"),
    ),
    ("MMRM, Satterthwaite", "mmrm 0.3.16", "fev_data", lambda: of_mmrm("satterthwaite", "Satterthwaite")),
    (
        "MMRM, Kenward–Roger, linear",
        "mmrm 0.3.16",
        "fev_data",
        lambda: of_mmrm("kenward-roger", "Kenward-Roger-Linear"),
    ),
    (
        "MMRM, Kenward–Roger, second derivatives",
        "mmrm 0.3.16",
        "fev_data",
        lambda: of_mmrm("kenward-roger-2", "Kenward-Roger"),
    ),
    ("Restricted mean survival time", "survRM2 1.0-4", "lung", of_kaplan_meier),
    ("Log-rank test, also with delayed entry", "survival 3.5-3", "lung, veteran, made (late)", of_logrank),
    ("Cox, Efron, entry, clusters, its test", "survival 3.5-3", "heart, made (late)", lambda: of_cox("efron")),
    ("Cox, Breslow, entry, clusters, its test", "survival 3.5-3", "heart, made (late)", lambda: of_cox("breslow")),
    ("Cumulative incidence with errors", "cmprsk 2.2-11", "mgus2", of_incidence),
    ("Gray's test", "cmprsk 2.2-11", "mgus2, made (late)", of_gray),
    ("Fine–Gray", "cmprsk 2.2-11", "made (late)", lambda: of_fine_gray(None)),
    ("Fine–Gray with delayed entry", "survival 3.5-3", "made (late)", lambda: of_fine_gray("entry")),
    (
        "Meta-analysis: fixed, DL, PM, MH; Wald and HKSJ",
        "metafor 3.8-1",
        "bcg, normand1999",
        lambda: of_pool(("fixed", "dl", "pm", "mh")),
    ),
    ("Meta-analysis: REML", "metafor 3.8-1", "bcg, normand1999", lambda: of_pool(("reml",))),
    ("Egger's test", "metafor 3.8-1", "bcg", of_egger),
    ("Rubin's rules, Barnard–Rubin", "mice 3.15", "airquality", of_rubin),
    ("Jump to reference, conditional mean, jackknife", "rbmi 1.5.2", "antidepressant_data", of_reference),
    ("Mantel–Haenszel difference and ratio", "metafor 3.8-1", "UCBAdmissions", of_strata),
    ("Sample size: means, proportions", "R 4.2 (its search stops at 1e-4)", "–", of_sizes),
]


def bound(difference: float) -> str:
    """The power of ten that a difference stays under, with room for another machine's rounding."""
    return f"1e{ceil(log10(max(1.5 * difference, SMALLEST))):d}"


def table() -> str:
    lines = ["| estimator | peer | data | largest relative difference under |", "|---|---|---|---|"]
    lines += [f"| {what} | {peer} | {data} | {bound(measure())} |" for what, peer, data, measure in ROWS]
    return "\n".join(lines)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
