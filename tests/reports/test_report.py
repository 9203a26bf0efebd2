import dataclasses
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from opstap.domain.protocol import load
from opstap.reports import Unwritable, evaluate, page, write
from opstap.reports.writing import files
from opstap.stats.contrasts import arm_contrasts
from opstap.stats.gee import gee
from opstap.stats.mmrm import mmrm
from tests.reports.made import CUT, dataset, hours, trial

STEPS, RENTREE = load("steps"), load("rentree")
FORMULA = "value ~ base + C(site) + C(arm, contr.treatment('usual_care')) * C(visit)"


def long(frame):
    """The rows of the primary analysis, built here and not by the report."""
    rows = frame.melt(["number", "arm", "site", "t0"], ["t6", "t12"], "visit", "value").dropna()
    return rows.rename(columns={"t0": "base", "number": "person"})


@pytest.mark.parametrize(
    ("analysis", "direct"),
    [
        ("primary", lambda rows: gee(rows, FORMULA, "person", "visit", ["t6", "t12"])),
        (
            "primary_mar",
            lambda rows: mmrm(rows, FORMULA, "person", "visit", ["t6", "t12"], cov="us", df="satterthwaite"),
        ),
    ],
)
def test_results_are_those_of_the_estimators_on_the_same_people(steps, analysis, direct):
    model = direct(long(hours()))
    found = steps.results["analyses"][analysis]
    for mine, theirs in zip(found["terms"], model.to_dict()["terms"], strict=True):
        assert mine["term"] == theirs["term"]
        assert mine["estimate"] == pytest.approx(theirs["estimate"], rel=1e-9)
        assert mine["se"] == pytest.approx(theirs["se"], rel=1e-7)
    contrasts = arm_contrasts(model, "arm", "visit", reference="usual_care")
    assert [one["visit"] for one in found["contrasts"]] == ["t6", "t12"]
    for mine, theirs in zip(found["contrasts"], contrasts, strict=True):
        assert mine["arm"] == "steps"
        assert mine["estimate"] == pytest.approx(theirs.estimate.estimate, rel=1e-9)
        assert mine["low"] == pytest.approx(theirs.estimate.low, rel=1e-7)


def test_results_do_not_depend_on_the_language(steps):
    dutch = evaluate(STEPS, trial(hours()), language="nl", seed=7)
    assert json.dumps(_plain(dutch.results)) == json.dumps(_plain(steps.results))
    assert dutch.lead != steps.lead
    assert re.search(r"\d,\d", dutch.lead)


def _plain(results):
    from opstap.reports.writing import plain

    return plain(results)


def test_the_same_input_gives_the_same_bytes(steps):
    again = evaluate(STEPS, trial(hours()), language="en", seed=7)
    assert files(again, paper=False) == files(steps, paper=False)


def test_provenance_names_data_protocol_versions_and_seed_and_no_time(steps):
    data = trial(hours())
    assert steps.provenance["dataset"] == data.hash
    assert steps.provenance["protocol"]["digest"] == data.digest
    assert steps.provenance["seed"] == 7
    assert steps.provenance["cut_date"] == CUT.isoformat()
    assert {"opstap", "python", "numpy", "scipy", "pandas", "formulaic"} == set(steps.provenance["versions"])


def test_every_page_of_a_blinded_study_says_that_arms_are_shuffled(steps):
    blinded = evaluate(STEPS, dataclasses.replace(trial(hours()), permuted=True), language="en", seed=7)
    shown = page(blinded)
    assert shown.count("Blinded: the arms are shuffled.") == 2
    assert blinded.provenance["permuted"] is True
    assert not re.search(r"\d", blinded.lead)
    assert "Blinded:" not in page(steps)


def test_an_analysis_without_data_says_so(steps):
    assert "error" in steps.results["analyses"]["partner_working_hours"]
    assert "there are no data for this analysis yet" in page(steps)


def test_an_empty_study_still_has_a_report():
    for protocol in (STEPS, RENTREE):
        report = evaluate(protocol, dataset(protocol.name), language="nl", seed=1)
        assert files(report, paper=False)["report.html"]


def test_the_page_never_says_significant(steps, rentree):
    assert not re.search("signific", page(steps) + page(rentree), re.IGNORECASE)


def test_the_page_of_a_blinded_browser_has_nothing_inline(steps):
    shown = page(steps, stylesheet="/static/opstap/opstap.css")
    assert '<link rel="stylesheet" href="/static/opstap/opstap.css">' in shown
    assert "<style" not in shown
    assert " style=" not in shown
    assert "<script" not in shown
    assert not re.search(r'href="(?!#|/static/)', shown)


def test_the_page_by_itself_fetches_nothing(steps):
    shown = page(steps)
    assert "<style>" in shown
    assert "@font-face" not in shown
    assert "src=" not in shown
    # What lies beside it is linked to, and not needed to read it.
    assert not re.search(r'href="(?!#|tables/|summary\.html)', shown)


def test_ids_on_the_page_are_unique(steps):
    ids = re.findall(r' id="([^"]+)"', page(steps))
    assert len(ids) == len(set(ids))


def test_every_figure_is_sound_and_tells_its_finding(steps, rentree):
    for report in (steps, rentree):
        assert report.figures
        for figure in report.figures:
            for drawn in (figure.wide, figure.narrow):
                root = ET.fromstring(drawn)
                assert root.find("{*}title").text == figure.finding
                numbers = [
                    float(n) for key in ("x", "y", "width") for e in root.iter() if (n := e.get(key)) and "%" not in n
                ]
                assert np.isfinite(numbers).all()


def test_tables_and_figures_have_names_of_their_own(steps):
    for things in (steps.tables, steps.figures):
        names = [one.name for one in things]
        assert len(names) == len(set(names))


def test_follow_up_that_runs_makes_it_an_interim_report():
    data = trial(hours())
    waiting = [{"person": "0001", "wave": "t12", "respondent": "participant", "due_on": CUT, "state": "scheduled"}]
    measured = data["measurements"][
        ~((data["measurements"]["person"] == "0001") & (data["measurements"]["wave"] == "t12"))
    ]
    from opstap.stats.dataset import table

    rows = [*measured.to_dict("records"), *waiting]
    later = dataclasses.replace(data, tables={**data.tables, "measurements": table("measurements", rows)})
    assert "Interim" in page(evaluate(STEPS, later, language="en", seed=1))


# Rentree, on ten people made by hand.


def test_mean_days_are_of_those_who_returned_and_answered_at_the_end(rentree):
    found = rentree.results["analyses"]["return"]["returned"]
    assert (found["answered"], found["n"]) == (8, 6)
    assert found["mean"] == pytest.approx((400 + 500 + 600 + 700 + 800 + 540) / 6)


def test_kind_of_return_has_its_denominator(rentree):
    rows = {row["category"]: row for row in rentree.results["analyses"]["return_kind"]["rows"]}
    assert {key: (row["count"], row["n"]) for key, row in rows.items()} == {
        "full": (2, 8), "partial": (4, 8), "none": (2, 8), "not_absent": (0, 8),
    }  # fmt: skip


def test_helped_is_a_share_with_wilsons_interval(rentree):
    row = rentree.results["analyses"]["helped"]["rows"][0]
    assert (row["count"], row["n"]) == (4, 8)
    # Wilson for 4 of 8, by hand: z = 1.959964, centre 0.5, reach z/(1 + z²/8) · sqrt(0.25/8 + z²/256).
    assert row["low"] == pytest.approx(0.2152, abs=5e-5)
    assert row["high"] == pytest.approx(0.7848, abs=5e-5)


def test_not_applicable_stands_apart(rentree):
    row = next(row for row in rentree.results["analyses"]["reception"]["rows"] if row["item"] == "reception_hr")
    assert (row["answered"], row["not_applicable"], row["applies"]) == (8, 1, 7)


def test_who_took_part(rentree):
    rows = rentree.results["baseline"]
    share = {(row["variable"], row.get("level")): row.get("count") for row in rows}
    assert share["item.background.sex", "male"] == 1
    assert share["item.background.incapacity", "invalidity"] == 6
    age = next(row for row in rows if row["variable"] == "item.background.age")
    assert age["mean"] == pytest.approx(45.5)


def test_one_arm_says_what_it_cannot_show(rentree, steps):
    assert "Wat dit onderzoek niet kan laten zien" in page(rentree)
    assert "What this study cannot show" not in page(steps)


def test_the_mark_on_590_days_stands_with_the_outcome(rentree):
    assert RENTREE.text("assumptions.days_590", "nl") in page(rentree)


# Writing.


def test_a_report_replaces_an_earlier_one_as_a_whole(rentree, tmp_path):
    folder = tmp_path / "report"
    write(rentree, folder, paper=False)
    (folder / "tables" / "old.csv").write_text("left from before")
    write(rentree, folder, paper=False)
    assert not (folder / "tables" / "old.csv").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"report"}


def test_a_folder_with_other_files_is_refused_and_left_alone(rentree, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Unwritable, match="other files"):
        write(rentree, tmp_path, paper=False)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_when_writing_fails_the_earlier_report_is_still_whole(rentree, tmp_path, monkeypatch):
    folder = tmp_path / "report"
    before = write(rentree, folder, paper=False)
    from pathlib import Path

    real, count = Path.write_bytes, iter(range(100))

    def full_disk(self, content):
        if next(count) == 5:
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(Unwritable, match="No space"):
        write(rentree, folder, paper=False)
    assert all(path.exists() for path in before)
    assert {path.name for path in tmp_path.iterdir()} == {"report"}
