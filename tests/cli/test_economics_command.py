"""`opstap economics`: it prints what the library finds; bad input is one message and exit 2."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from opstap.cli import main
from opstap.economics.evaluation import evaluate
from opstap.economics.model import Model

REFERENCE = Path(__file__).parents[1] / "reference" / "economics" / "data.csv"
TUTORIAL = Path(__file__).parents[3] / "shared" / "reference" / "ben2023"
BASE = ("--arm", "arm", "--cost", "cost", "--effect", "qaly", "--seed", "1", "--bootstraps", "200")
KEYS = {"incremental_cost", "incremental_effect", "icer", "inmb", "ceac", "quadrants", "evpi", "seconds"}


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict:
    """Run with --json; what stands on standard output must be one JSON document."""
    capsys.readouterr()
    code = main(["economics", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def refusal(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run; exit code 2, nothing on standard output, one message."""
    capsys.readouterr()
    code = main(["economics", *map(str, words)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), (code, out, err)
    assert "Traceback" not in err
    return err


@pytest.fixture
def table(tmp_path: Path):
    """Write the data with some columns changed."""

    def write(**columns: object) -> Path:
        path = tmp_path / "data.csv"
        pd.read_csv(REFERENCE).assign(**columns).to_csv(path, index=False)
        return path

    return write


def test_evaluate(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(
        capsys, "evaluate", REFERENCE, *BASE, "--intervention", "steps", "--cost-covariates", "base_cost,site",
        "--effect-covariates", "base_utility", "--wtp", "0,20000", "--stratify", "--ci", "percentile",
    )  # fmt: skip
    ours = evaluate(
        pd.read_csv(REFERENCE), Model("arm", "cost", "qaly", ("base_cost", "site"), ("base_utility",), "steps"),
        bootstraps=200, stratify=True, ci="percentile", wtp=(0, 20_000), seed=1,
    ).to_dict()  # fmt: skip
    assert set(found) >= KEYS
    for key in KEYS - {"seconds"}:
        assert found[key] == ours[key]
    assert [one["wtp"] for one in found["inmb"]] == [0, 20_000]
    assert set(found["incremental_cost"]) == {"estimate", "low", "high", "se"}
    assert sum(found["quadrants"].values()) == pytest.approx(1)


def test_a_person_reads_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["economics", "evaluate", str(REFERENCE), *BASE, "--intervention", "steps"]) == 0
    out = capsys.readouterr().out
    assert "steps (40) compared with usual (50), bca 95%" in out
    assert "more effect at more cost" in out


@pytest.mark.parametrize("command", ["evaluate", "nested"])
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main(["economics", command, "--help"]) == 0
    assert f"Example: opstap economics {command}" in " ".join(capsys.readouterr().out.split())


def test_imputed_and_nested(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = pd.read_csv(REFERENCE)
    path = tmp_path / "long.csv"
    pd.concat([data.assign(**{".imp": number}) for number in (1, 2)]).to_csv(path, index=False)
    found = answer(capsys, "evaluate", path, *BASE, "--imputation", ".imp")
    assert (found["ci"], found["imputations"], found["replicates"]) == ("rubin", 2, 400)
    holed = tmp_path / "holed.csv"
    data.assign(c1=data["cost"] / 2, c2=(data["cost"] / 2).mask(data["person"] % 5 == 0)).to_csv(holed, index=False)
    words = ("nested", holed, "--arm", "arm", "--cost", "total", "--effect", "qaly", "--seed", 1, "--bootstraps", 100)
    found = answer(capsys, *words, "--passive", "total=c1+c2", "--id", "person,cost", "--cores", 1)
    assert (found["ci"], found["replicates"], found["n"]) == ("percentile", 100, {"intervention": 50, "reference": 40})
    assert "only percentile" in refusal(capsys, *words, "--passive", "total=c1+c2", "--ci", "bca")
    assert "no column 'c3'" in refusal(capsys, *words, "--passive", "total=c1+c3")


def test_a_semicolon_file_with_commas_is_the_same(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "nl.csv"
    pd.read_csv(REFERENCE).to_csv(path, index=False, sep=";", decimal=",")
    here, there = (answer(capsys, "evaluate", one, *BASE) for one in (REFERENCE, path))
    assert here["incremental_cost"] == there["incremental_cost"]


def test_bad_data_is_named_with_its_place(capsys: pytest.CaptureFixture[str], table) -> None:
    costs = pd.read_csv(REFERENCE)["cost"].tolist()
    said = refusal(capsys, "evaluate", table(cost=[*costs[:4], -12.5, *costs[5:]]), *BASE)
    assert "row 5 (line 6), column cost: -12.5" in said
    said = refusal(capsys, "evaluate", table(cost=[*map(str, costs[:-1]), "veel"]), *BASE)
    assert "row 90 (line 91), column cost: 'veel'" in said
    utility = table(base_utility=1.02)
    assert "row 1 (line 2), column base_utility: 1.02" in refusal(
        capsys, "evaluate", utility, *BASE, "--utilities", "base_utility"
    )
    assert "one arm (steps)" in refusal(capsys, "evaluate", table(arm="steps"), *BASE)
    half = [None if arm == "steps" else 0.5 + place / 1000 for place, arm in enumerate(pd.read_csv(REFERENCE)["arm"])]
    assert "Arm steps has nobody with cost, qaly complete" in refusal(capsys, "evaluate", table(qaly=half), *BASE)
    missing = str(table(cost=1.0))
    for file in (missing, missing + "x"):
        assert file in refusal(capsys, "evaluate", file, *BASE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--wtp", "-1"), "-1 cannot be; give 0 or more"),
        (("--wtp", "nan"), "cannot be"),
        (("--wtp", "x"), "give numbers"),
        (("--wtp", ""), "at least one number"),
        (("--ci", "rubin"), "rubin pools imputations"),
        (("--ci", "fieller"), "'fieller' is not known"),
        (("--imputation", "site"), "is not a number"),
        (("--imputation", "imp"), "no column 'imp'"),
        (("--imputation", "age"), "other people"),
        (("--intervention", "care"), "no arm 'care'"),
        (("--cost-covariates", "base"), "no column 'base'"),
        (("--cost-covariates", "cost"), "two roles"),
        (("--utilities", "gone"), "no column 'gone'"),
        (("--bootstraps", "1"), "bootstraps"),
    ],
)
def test_bad_options_are_named(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert said in refusal(capsys, "evaluate", REFERENCE, *BASE, *words)


if TUTORIAL.exists():

    def test_the_tutorial_from_its_file(capsys: pytest.CaptureFixture[str]) -> None:
        found = answer(
            capsys, "evaluate", TUTORIAL / "imputed_m5_seed1234_mice3.15.csv", "--arm", "Tr", "--cost", "Tcosts",
            "--effect", "QALY", "--cost-covariates", "C,age,sex", "--effect-covariates", "E,age,sex",
            "--imputation", ".imp", "--wtp", "20000,30000,50000,80000", "--seed", 5,
        )  # fmt: skip
        assert found["incremental_cost"]["estimate"] == pytest.approx(1293.51872498, rel=1e-9)
        assert found["icer"] == pytest.approx(19683.578, abs=5e-4)
        assert [one["probability"] for one in found["ceac"]] == pytest.approx([0.512, 0.809, 0.979, 0.999], abs=0.01)
