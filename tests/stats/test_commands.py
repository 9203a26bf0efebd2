"""Every line of `opstap stats` on a file: it prints what the library finds; bad input is one message and exit 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opstap.cli import main
from opstap.stats.gee import gee
from opstap.stats.mmrm import mmrm

REFERENCE = Path(__file__).parents[1] / "reference"
GEE, MMRM = REFERENCE / "gee" / "data.csv", REFERENCE / "mmrm" / "data.csv"
EVENTS, EVIDENCE, MISSING = REFERENCE / "time-to-event", REFERENCE / "evidence", REFERENCE / "missing"
VISIT = "C(visit, contr.treatment(base='T0'))"


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict:
    """Run with --json; what stands on standard output must be one JSON document."""
    code = main(["stats", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def refusal(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run; exit code 2, nothing on standard output, no traceback."""
    code = main(["stats", *map(str, words)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), (code, out, err)
    assert "Traceback" not in err
    return err


def test_gee(capsys: pytest.CaptureFixture[str]) -> None:
    formula = f"hours_seen ~ arm * {VISIT} + age"
    words = ("gee", GEE, "--formula", formula, "--group", "person", "--visit", "visit", "--visit-order", "T0,T6,T12")
    found = answer(capsys, *words, "--corr", "unstructured", "--se", "fay-graubard")
    ours = gee(
        pd.read_csv(GEE), formula, "person", "visit", ["T0", "T6", "T12"], corr="unstructured", se="fay-graubard"
    )
    assert [term["estimate"] for term in found["terms"]] == pytest.approx([term.estimate for term in ours.terms])
    assert {"terms", "n", "groups", "correlation", "dispersion", "contrasts"} <= set(found)
    assert [one["visit"] for one in found["contrasts"]] == ["T0", "T6", "T12"]
    assert len(found["means"]) == 6
    other = answer(capsys, *words, "--reference", "steps")
    assert other["contrasts"][1]["arm"] == "care"
    assert main(["stats", *map(str, words)]) == 0
    assert "Contrasts" in capsys.readouterr().out


def test_mmrm(capsys: pytest.CaptureFixture[str]) -> None:
    formula = f"hours ~ arm * {VISIT} + base"
    words = ("mmrm", MMRM, "--formula", formula, "--subject", "person", "--visit", "visit")
    found = answer(capsys, *words, "--visit-order", "T0,T6,T12,T18", "--df", "kenward-roger", "--cov", "cs")
    ours = mmrm(pd.read_csv(MMRM), formula, "person", "visit", ["T0", "T6", "T12", "T18"], "cs", "kenward-roger")
    assert [term["df"] for term in found["terms"]] == pytest.approx([term.df for term in ours.terms])
    assert {"covariance", "loglik", "reml", "contrasts"} <= set(found)
    assert "give their order" in refusal(capsys, *words)


def test_regress(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(
        capsys, "regress", EVENTS / "lung.csv", "--formula", "time ~ sex + age", "--se", "cluster", "--cluster", "inst"
    )
    assert [term["term"] for term in found["terms"]] == ["Intercept", "sex", "age"]
    assert found["terms"][0]["df"] == found["groups"] - 1


def test_km(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("km", EVENTS / "lung.csv", "--time", "time", "--event", "event", "--by", "sex", "--at", "180,365")
    found = answer(capsys, *words, "--rmst", 700, "--conf", "log")
    assert [group["group"] for group in found["groups"]] == [1, 2]
    assert {"n", "events", "median", "low", "high", "at", "rmst", "rmst_se"} <= set(found["groups"][0])
    assert [one["time"] for one in found["groups"][0]["at"]] == [180, 365]
    expected = pd.read_csv(EVENTS / "expected_rmst.csv").iloc[1]
    assert found["rmst_difference"]["estimate"] == pytest.approx(expected["difference"])
    assert found["logrank"]["statistic"] == pytest.approx(pd.read_csv(EVENTS / "expected_logrank.csv")["statistic"][0])
    late = answer(
        capsys, "km", EVENTS / "late.csv", "--time", "time", "--event", "event", "--entry", "entry", "--since", 365
    )
    assert late["logrank"] is None


def test_cox(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("cox", EVENTS / "late.csv", "--formula", "arm + age", "--time", "time", "--event", "event")
    found = answer(capsys, *words, "--entry", "entry", "--strata", "site", "--ties", "breslow")
    table = pd.read_csv(EVENTS / "expected_cox.csv")
    expected = table[(table["set"] == "late") & (table["model"] == "strata") & (table["ties"] == "breslow")]
    assert [term["estimate"] for term in found["terms"]] == pytest.approx(expected["estimate"].tolist())
    assert [one["term"] for one in found["proportional"]] == ["arm", "age", "GLOBAL"]


def test_cif(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("cif", EVENTS / "mgus.csv", "--time", "time", "--event", "cause", "--cause", 2, "--by", "male")
    found = answer(capsys, *words, "--at", "60,120", "--formula", "age + male + mspike")
    table = pd.read_csv(EVENTS / "expected_cif.csv")
    here = table[(table["set"] == "mgus") & (table["cause"] == 2) & (table["by"] == 1)]
    assert found["groups"][1]["at"][0]["estimate"] == pytest.approx(here["estimate"].iloc[0])
    assert found["gray"]["df"] == 1
    assert [term["term"] for term in found["terms"]] == ["age", "male", "mspike"]
    assert "choose one of 1, 2" in refusal(capsys, *words[:-4], "--cause", 7)


def test_impute(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "imputed.csv"
    words = ("impute", MISSING / "made.csv", "-m", 3, "--seed", 7, "-o", out, "--levels", "o=1,2,3,4")
    found = answer(capsys, "impute", MISSING / "made.csv", "-m", 3, "--seed", 7, "-o", out)
    first = out.read_bytes()
    assert found["methods"] == {"g": "logistic", "o": "pmm", "y": "pmm"}
    long = pd.read_csv(out)
    assert list(long.columns[:2]) == [".imp", ".id"]
    assert (len(long), int(long.isna().sum().sum())) == (900, 0)
    answer(capsys, "impute", MISSING / "made.csv", "-m", 3, "--seed", 7, "-o", out)
    assert out.read_bytes() == first
    assert "which its order of levels does not name" in refusal(capsys, *words)


def test_reference(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("--outcome", "CHANGE", "--arm", "THERAPY", "--subject", "PATIENT", "--visit", "VISIT")
    words = ("reference", MISSING / "antidepressant.csv", *columns, "--reference", "PLACEBO", "--covariates", "BASVAL")
    found = answer(capsys, *words, "--method", "cir", "--inference", "rubin", "-m", 5)
    assert [one["visit"] for one in found["contrasts"]] == [4, 5, 6, 7]
    assert {"terms", "contrasts"} <= set(found)
    tipping = answer(capsys, *words, "--method", "delta", "--delta", "0,2", "--inference", "rubin", "-m", 3)
    assert [one["delta"] for one in tipping["tipping"]] == [0, 2]
    assert "belongs to --method delta" in refusal(capsys, *words, "--method", "jr", "--delta", "3")


def test_meta(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pictures = (tmp_path / "forest.svg", tmp_path / "funnel.svg")
    found = answer(
        capsys, "meta", EVIDENCE / "bcg.csv", "--measure", "rr", "--ci", "hksj", "--formula", "ablat",
        "--forest", pictures[0], "--funnel", pictures[1],
    )  # fmt: skip
    table = pd.read_csv(EVIDENCE / "expected_pooled.csv")
    here = (table[["set", "measure", "method", "ci"]] == ["bcg", "rr", "reml", "hksj"]).all(axis=1)
    assert found["log"]["estimate"] == pytest.approx(table[here]["estimate"].iloc[0], rel=1e-6)
    assert found["estimate"] == pytest.approx(np.exp(found["log"]["estimate"]))
    assert [one["subgroup"] for one in found["subgroups"]] == ["random", "alternate", "systematic"]
    assert len(found["studies"]) == 13
    assert all(path.read_text().startswith("<svg") for path in pictures)
    assert "needs the columns study and mean_1" in refusal(capsys, "meta", EVIDENCE / "bcg.csv", "--measure", "md")


DESIGN = """\
arms: [care, steps]
n: 60
visits: [t0, t6, t12]
sd: 10
correlation: {type: ar1, value: 0.6}
effect_at: [0, 0.5, 1]
drop_out: [0, 0.1, 0.2]
analysis: {method: mmrm, formula: "value ~ base + arm * C(visit)"}
"""


def test_power(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    design = tmp_path / "design.yaml"
    design.write_text(DESIGN)
    words = ("power", design, "--effect", 8, "--simulations", 200, "--seed", 3)
    one, again = (answer(capsys, *words, "--cores", 1) for _ in range(2))
    assert one["power"] == again["power"]
    assert 0.4 < one["power"] < 1
    keys = {"power", "power_se", "type1", "bias", "coverage", "n_needed", "trials_per_second"}
    assert keys <= set(one)
    assert answer(capsys, "power", "steps", "--effect", 4, "--simulations", 20, "--seed", 3)["method"] == "gee"
    assert "has 1 arm(s)" in refusal(capsys, "power", "rentree", "--effect", 4, "--simulations", 20, "--seed", 3)
    design.write_text(DESIGN.replace("sd: 10", "sdd: 10"))
    assert "line 4: unknown key 'sdd'" in refusal(capsys, *words)
    design.write_text(DESIGN.replace("value: 0.6", "value: 1.6"))
    assert "positive definite" in refusal(capsys, *words)


def test_semicolons_and_decimal_commas_are_recognised_and_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = tmp_path / "dutch.csv"
    pd.read_csv(MMRM).to_csv(data, sep=";", decimal=",", index=False)
    words = (
        "--formula",
        "hours ~ arm + base",
        "--subject",
        "person",
        "--visit",
        "visit",
        "--visit-order",
        "T0,T6,T12,T18",
    )
    assert main(["stats", "mmrm", str(data), *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert "semicolon-separated" in err
    assert "decimal comma" in err
    assert json.loads(out)["terms"] == answer(capsys, "mmrm", MMRM, *words)["terms"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read as CSV"),
        ("person,visit,arm,hours\n", "no rows after the header"),
        ("person,visit,arm,hours,hours\n1,0,a,2,3\n", "hours stands there twice"),
        ("person,visit,arm\n1,0,a\n", "no column 'hours'"),
        ("person,visit,arm,hours\n1,0,a,3\n1,6,a,x5\n2,0,b,4\n2,6,b,9\n", "row 2 (line 3), column hours: 'x5'"),
        ("person,visit,arm,hours\n1,0,a,3\n1,6,a,inf\n2,0,b,4\n2,6,b,9\n", "hours"),
        ("person,visit,arm,hours\n1,0,a,3\n1,0,a,5\n2,0,b,4\n2,6,b,9\n", "has visit 0 twice"),
        ("person,visit,arm,hours\n1,0,a,3\n1,6,a,5,6\n", "line 3"),
        ("person,visit,arm,hours\n1,0,a,3\n1,6,a,5\n2,0,a,4\n2,6,a,9\n", "arm"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_message(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, message: str
) -> None:
    data = tmp_path / "bad.csv"
    data.write_text(content)
    said = refusal(capsys, "gee", data, "--formula", "hours ~ arm", "--group", "person", "--visit", "visit")
    assert message in said
    assert "bad.csv" in said


def test_a_file_that_is_not_there_and_one_that_is_no_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("--formula", "hours ~ arm", "--group", "person")
    assert "cannot be read" in refusal(capsys, "gee", tmp_path / "none.csv", *words)
    (tmp_path / "odd.csv").write_bytes(b"a,b\n\xff\xfe,1\n")
    assert "not UTF-8" in refusal(capsys, "gee", tmp_path / "odd.csv", *words)
