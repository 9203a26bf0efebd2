"""Every fault in a rule set or calendar is told with file, line, key and mend; each test breaks one thing in a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from opstap.domain.protocol import Problem
from opstap.domain.statute.load import DATA, RuleSetError, read_calendar, read_rule_sets
from opstap.domain.statute.model import Certainty, Country, Evidence, Offset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(path: Path, old: str, new: str) -> int:
    """Replace the first of one passage; give the line on which it stood."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path, country: Country) -> list[Problem]:
    with pytest.raises(RuleSetError) as caught:
        read_rule_sets(folder, country)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return caught.value.problems


def test_the_shipped_files_are_sound_and_come_oldest_first() -> None:
    for country in Country:
        days = [one.holds_from for one in read_rule_sets(DATA, country)]
        assert days == sorted(days)
        assert read_calendar(DATA, country).country is country


DUE = "    due: {weeks: 6}"

# What is written in nl-2004.yaml, what it becomes, on which line after its first the fault is told, its path, the mend.
BROKEN = [
    (DUE, "    due: {weeks: 6}\n    colour: red", 1, "rules.0.colour", "unknown key"),
    ("    who: employer\n", "", None, "rules.0.who", "this key is needed"),
    ("    who: employer\n", "    who: baker\n", 0, "rules.0.who", "'employer'"),
    (DUE, "    due: {weeks: 6, days: 1}", 0, "rules.0.due", "exactly one of days, weeks"),
    (DUE, "    due: {}", 0, "rules.0.due", "exactly one of days, weeks"),
    (DUE, "    due: {working_days: 0}", 0, "rules.0.due", "working_days: 0 is no term"),
    (DUE, "    employees: {at_least: 20, settled_from: 20}", 0, "rules.0.employees.settled_from", "more than at_least"),
    (DUE + "\n    evidence: S", "    evidence: S", 0, "rules.0.evidence", "NF is for a rule without a term"),
    (
        "    due: {weeks: 6}\n    evidence: S",
        "    due: {weeks: 6}\n    evidence: NF",
        1,
        "rules.0.evidence",
        "NF is for",
    ),
    ("    until: {weeks: 104}\n", "", -1, "rules.2.every", "every and until go together"),
    (
        "    until: {weeks: 104}\n",
        "    until: {weeks: 104}\n    due: {weeks: 1}\n",
        -1,
        "rules.2.every",
        "no other term",
    ),
    (DUE, "    due: {weeks: 6}\n    kind: right", 1, "rules.0.kind", "a right has a day on which it opens"),
    (DUE, "    opens: {weeks: 6}\n    kind: moment", 1, "rules.0.kind", "a moment has a day: add due"),
    ("    under_days: 28\n", "    under_days: 28\n    long_months: 12\n", 1, "merging.0.long_months", "go together"),
    ("  - id: action_plan", "  - id: physician_opinion", 0, "rules.1.id", "physician_opinion stands twice"),
    ("keyed_by: physician_opinion", "keyed_by: full_moon", 0, "rules.1.keyed_by", "full_moon is no event and no rule"),
    (DUE, "    due: {weeks: 6}\n    counts_from: action_plan", 1, "rules.0.counts_from", "no rule above this one"),
    (DUE, "    due: {weeks: 6}\n    counts: wage", 1, "rules.0.counts", "no merging for wage"),
    ("until: {weeks: 52}}", "until: {weeks: 52}, counts: wage}", 0, "segments.0.counts", "no merging for wage"),
    ("id: nl-2004", "id: nl-2005", 0, "id", "not the file's name: write nl-2004"),
    ("country: nl", "country: be", 0, "country", "not the file's country: write nl"),
    ('url: "https://wetten', 'url: "wetten', 0, "rules.0.sources.0.url", "pattern"),
]


@pytest.mark.parametrize(("old", "new", "line", "path", "mend"), BROKEN)
def test_a_fault_in_a_rule_set_is_told_with_its_place_and_mend(folder, old, new, line, path, mend) -> None:
    at = change(folder / "nl-2004.yaml", old, new)
    (problem,) = problems(folder, Country.NL)
    assert (problem.file, problem.path) == ("nl-2004.yaml", path)
    assert mend in problem.message
    if line is not None:
        assert problem.line == at + line


def test_one_way_of_counting_cannot_stand_twice_nor_be_missing(folder: Path) -> None:
    change(folder / "be-2016.yaml", "  - counts: wage", "  - counts: incapacity")
    (problem,) = problems(folder, Country.BE)
    assert (problem.path, problem.message) == ("merging", "one way of counting stands twice: keep one")
    text = (DATA / "nl-2004.yaml").read_text(encoding="utf-8")
    text = text.replace("- counts: incapacity", "- counts: wage").replace("{weeks: 52}}", "{weeks: 52}, counts: wage}")
    text = text.replace("{weeks: 104}}", "{weeks: 104}, counts: wage}").replace(
        "    evidence:", "    counts: wage\n    evidence:"
    )
    text = text.replace("    interruption_counts: false\n    counts: wage", "    interruption_counts: false")
    (folder / "nl-2004.yaml").write_text(text, encoding="utf-8")
    (problem,) = problems(folder, Country.NL)
    assert (problem.path, problem.message) == ("merging", "no merging for incapacity: add it")


def test_one_id_has_one_key_in_every_set_and_no_two_sets_begin_on_one_day(folder: Path) -> None:
    change(
        folder / "be-2026.yaml",
        "    keyed_by: trajectory_start\n    counts_from",
        "    keyed_by: resumption\n    counts_from",
    )
    change(folder / "be-2026.yaml", "holds_from: 2026-01-01", "holds_from: 2022-10-01")
    first, second = problems(folder, Country.BE)
    assert first.message == "be-2022-10 holds from that day too: mend either"
    assert (first.file, first.path) == ("be-2026.yaml", "holds_from")
    assert second.message == "employer_may_start is keyed by trajectory_start in be-2016: use one key"
    assert second.path == "rules.3.keyed_by"


def test_a_folder_without_rule_sets_and_a_file_that_is_no_yaml(folder: Path) -> None:
    (folder / "nl-2004.yaml").write_text("rules: [\n", encoding="utf-8")
    (problem,) = problems(folder, Country.NL)
    assert problem.file == "nl-2004.yaml"
    assert "not valid YAML" in problem.message
    (folder / "nl-2004.yaml").unlink()
    (problem,) = problems(folder, Country.NL)
    assert problem.message == "no rule set of nl is there: make one"


@pytest.mark.parametrize(
    ("old", "new", "path", "mend"),
    [
        ("country: nl", "country: be", "country", "not the file's country: write nl"),
        ("month: 1, day: 1", "month: 1", "holidays.0", "month and day, or easter"),
        ("month: 1, day: 1", "month: 1, day: 1, easter: 2", "holidays.0", "month and day, or easter"),
        ("month: 1, day: 1", "on_sunday: 1", "holidays.0", "month and day, or easter"),
        ("month: 5, day: 5", "month: 2, day: 30", "holidays.5", "day"),
    ],
)
def test_a_fault_in_a_calendar_is_told_with_its_place_and_mend(folder, old, new, path, mend) -> None:
    at = change(folder / "calendar-nl.yaml", old, new)
    with pytest.raises(RuleSetError) as caught:
        read_calendar(folder, Country.NL)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.path) == ("calendar-nl.yaml", at, path)
    assert mend in problem.message


def test_a_mark_of_evidence_says_how_sure_we_are() -> None:
    assert {mark.value: mark.certainty for mark in Evidence} == {
        "S": Certainty.SETTLED,
        "C": Certainty.SETTLED,
        "P": Certainty.SETTLED,
        "U": Certainty.UNCERTAIN,
        "M": Certainty.UNCERTAIN,
        "NF": Certainty.UNKNOWN,
    }


@pytest.mark.parametrize(
    ("term", "told"),
    [
        (Offset(weeks=42, then="next_working_day"), "42 weeks after the start, then the first working day"),
        (Offset(months=1), "1 month after the start"),
        (Offset(working_days=-1), "1 working day before the start"),
        (Offset(days=0), "on the start"),
    ],
)
def test_a_term_in_words(term: Offset, told: str) -> None:
    assert term.told("start") == told


def test_a_rule_set_never_changes() -> None:
    (rules,) = read_rule_sets(DATA, Country.NL)
    with pytest.raises(ValidationError):
        rules.id = "nl-2005"
