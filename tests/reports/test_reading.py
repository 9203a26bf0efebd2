"""How a report reads: every number leads to its table, made-up arms are on everything, items of guidelines lead on."""

import base64
import dataclasses
import hashlib
import re
import zlib

import pytest

from opstap.domain.protocol import load
from opstap.paper.letter import can_draw
from opstap.reports import evaluate, missing, page, sheet, summary_page
from opstap.reports.blocks import Figure, Note, Table, Text
from opstap.reports.checklist import GUIDELINES, read
from opstap.reports.html import breakable, paper_page
from opstap.reports.marking import CELL, COLUMN
from opstap.reports.writing import files
from opstap.stats.dataset import withheld
from tests.reports.made import dataset, hours, trial

STEPS, RENTREE = load("steps"), load("rentree")


@pytest.fixture(scope="module")
def blinded():
    data = trial(hours())
    tables = withheld(data.tables, ["process-participant"], STEPS.study.allocation.ratio, 5)
    return evaluate(STEPS, dataclasses.replace(data, permuted=True, tables=tables), language="en", seed=7)


@pytest.fixture(params=["steps", "rentree", "blinded"])
def report(request):
    return request.getfixturevalue(request.param)


def test_every_figure_and_every_number_in_a_sentence_leads_to_a_table(report):
    tables = {name for table in report.tables for name in (table.name, *table.holds)}
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                assert block.of in tables, block.name
            if isinstance(block, Text) and not block.soft and re.search(r"\d", block.text) and section.id != "design":
                assert block.of in tables, block.text
    shown = page(report)
    ids = set(re.findall(r' id="([^"]+)"', shown))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= ids


def test_every_table_says_how_it_was_made_and_names_its_file(report):
    shown, made = page(report), files(report, paper=False)
    for table in report.tables:
        assert table.note, table.name
        assert f"tables/{table.name}.csv" in made
        assert f'href="tables/{table.name}.csv"' in shown


def test_made_up_arms_are_on_every_table_figure_and_row(blinded):
    made = files(blinded, paper=False)
    for table in blinded.tables:
        assert table.title.endswith("(arms shuffled)")
        assert (table.data[COLUMN] == CELL).all()
        # Last, so that a reader by place reads what it read before.
        assert list(table.data.columns)[-1] == COLUMN
    for figure in blinded.figures:
        assert "(arms shuffled)" in figure.title
        assert all("arms shuffled</text>" in one for one in (figure.wide, figure.narrow))
        assert b"arms shuffled</text>" in made[f"figures/{figure.name}.svg"]
    assert 'class="note warn mb-5 stays"' in page(blinded)
    paper = paper_page(blinded, lambda figure: f"given:{figure.name}.svg")
    assert re.search(r'data-mark="Blinded: the arms are shuffled[^"]+"', paper)
    assert "content: string(mark)" in paper


def test_nothing_is_marked_when_the_arms_are_true(steps):
    assert "shuffled" not in page(steps)
    assert all(COLUMN not in table.data for table in steps.tables)


def test_a_blinded_report_has_no_summary_and_withholds_what_was_delivered(blinded):
    assert "summary.html" not in files(blinded, paper=False)
    assert any("shuffled" in reason for reason in missing(blinded))
    with pytest.raises(ValueError, match="shuffled"):
        summary_page(blinded)
    dose = next(section for section in blinded.sections if section.id == "dose")
    assert [type(block) for block in dose.blocks] == [Note]


def test_what_one_arm_is_asked_is_withheld_and_no_deviation(blinded):
    assert blinded.results["analyses"]["harm"] == {"method": "proportions", "withheld": True}
    assert "study.analyses.harm" not in {one["place"] for one in blinded.results["plan"]["deviations"]}


def test_a_long_word_breaks_between_letters_and_not_within_a_sign():
    broken = breakable("C(arm,contr.treatm'usual_care')) & <b>")
    assert str(broken) == "C(arm,contr.trea<wbr>tm&#39;usual_care&#39;)) &amp; &lt;b&gt;"
    sentence = "a sentence of plain words & of some length"
    assert str(breakable(sentence)) == sentence.replace("&", "&amp;")


def test_the_summary_has_no_word_of_statistics(steps):
    for language, jargon in {
        "en": "interval|significan|median|odds|hazard|estimate|regression|p value|standard deviation|confidence",
        "nl": "interval|significan|mediaan|odds|hazard|schatting|regressie|p-waarde|standaardafwijking|betrouwbaar",
    }.items():
        made = summary_page(evaluate(STEPS, trial(hours()), language=language, seed=7))
        words = re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)
        assert not re.search(jargon, words, re.IGNORECASE)
        assert "<script" not in made


@pytest.mark.parametrize("make", [page, summary_page])
def test_a_page_by_itself_allows_its_own_style_and_nothing_else(steps, make):
    shown = make(steps)
    style = re.search(r"<style>(.*?)</style>", shown, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;" in shown or (
        f"default-src 'none'; style-src 'sha256-{digest}'" in shown
    )
    assert " style=" not in shown


@pytest.mark.parametrize(("name", "count"), [("consort-2025", 42), ("cheers-2022", 28)])
def test_a_guideline_has_each_item_once_in_both_languages(name, count):
    items = read(name).items
    assert len({one.id for one in items}) == len(items) == count
    for one in items:
        assert {"en", "nl"} <= set(one.label)
        assert one.where or one.lacks
        assert not one.lacks or {"en", "nl"} <= set(one.lacks)


def test_items_lead_to_sections_that_are_there(steps, rentree):
    for report in (steps, rentree):
        sections = {section.id for section in report.sections}
        for row in report.results["checklists"]["consort-2025"]:
            assert set(row["sections"]) <= sections
            assert bool(row["sections"]) == (row["state"] in ("answered", "partly"))
    states = {row["item"]: row["state"] for row in steps.results["checklists"]["consort-2025"]}
    assert [states[item] for item in ("17a", "21c", "22a", "29")] == ["answered"] * 3 + ["not_answered"]


def test_the_items_of_the_lot_do_not_apply_to_one_group(rentree):
    states = {row["item"]: row["state"] for row in rentree.results["checklists"]["consort-2025"]}
    lot = {one.id for one in read("consort-2025").items if one.randomised}
    assert {item for item, state in states.items() if state == "not_applicable"} == lot
    assert "This study has one arm and no lot" not in page(rentree)  # in Dutch
    assert "geen loting" in page(rentree)


def test_an_item_whose_only_analysis_failed_is_not_answered():
    report = evaluate(STEPS, dataset("steps"), language="en", seed=1)
    states = {row["item"]: row["state"] for row in report.results["checklists"]["consort-2025"]}
    assert states["24b"] == "not_answered"


def test_economic_items_are_asked_only_of_a_plan_with_an_economic_analysis(steps):
    methods = {one.method for one in STEPS.study.analyses}
    assert ("cheers-2022" in steps.results["checklists"]) == ("cost_effectiveness" in methods)
    assert set(GUIDELINES) == {"consort-2025", "cheers-2022"}


def test_on_paper_folded_tables_stand_at_the_end_and_figures_have_words(steps):
    shown = paper_page(steps, lambda figure: f"given:{figure.name}.svg")
    body, _, appendix = shown.partition('class="appendix"')
    for table in steps.tables:
        assert f'id="table-{table.name}"' in (appendix if table.folded else body), table.name
    assert shown.count("<img ") == len(steps.figures) == len(re.findall(r'<img [^>]*alt="[^"]{10,}"', shown))
    assert "<details" not in shown
    numbers = [int(one) for one in re.findall(r"<caption>Table (\d+)\.", shown)]
    assert numbers == list(range(1, len(steps.tables) + 1))
    assert isinstance(steps.tables[0], Table)


@pytest.mark.skipif(not can_draw(), reason="Pango is not on this machine")
def test_the_pdf_is_tagged_and_the_same_twice():
    report = evaluate(RENTREE, dataset("rentree"), language="nl", seed=1)
    short = dataclasses.replace(report, sections=[one for one in report.sections if one.id in ("flow", "origin")])
    made = [sheet(short) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-1.7")
    streams = re.findall(rb"stream\n(.*?)\nendstream", made[0], re.DOTALL)
    inside = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x\xda"))
    whole = made[0] + inside
    for mark in (b"/StructTreeRoot", b"/Figure", b"/TH", b"pdfuaid"):
        assert mark in whole, mark
    assert b"/CreationDate" not in whole
