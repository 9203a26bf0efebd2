"""Every fault in a protocol folder is told with file, line, key and mend, all of them in one go.

The sound folder is the example of the how-to; each test breaks one thing in a copy of it.
"""

import shutil
from pathlib import Path

import pytest

from opstap.domain.protocol import Problem, ProtocolError, UnknownProgramme, find, load, programme_names, read

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "walking-back"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "programme"))


def faults(folder: Path) -> list[Problem]:
    with pytest.raises(ProtocolError) as caught:
        read(folder / "protocol.yaml")
    problems = caught.value.problems
    assert str(caught.value) == "\n".join(str(one) for one in problems)
    assert problems == sorted(set(problems))
    assert all(one.message and one.line >= 1 for one in problems)
    return problems


def change(path: Path, old: str, new: str) -> int:
    """Replace one passage; give the line on which it stood."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_example_is_sound(folder):
    assert read(folder / "protocol.yaml").name == "walking-back"


ASKS = "        participant: [work-follow-up, calls-review]"

DESIGN = "  design: single_arm"
RESPONDER = "\n  responder: {role: coordinator, consent: nothing, days: [1], first: 9, last: 17}"

# What is written, what it becomes, on which line after its first the fault is found, its path, and part of the mend.
PROTOCOL = [
    ("country: be", "country: be\ncolour: red", 1, "colour", "unknown key: mend its spelling or take it out"),
    ("country: be", "country: fr", 0, "country", "'nl' or 'be'"),
    ("country: be\n", "", None, "country", "this key is needed and is not there: add it"),
    ("country: be", "country: be\ntexts: {}", 1, "texts", "stand in the folder texts/"),
    ("country: be", "country: be\nquestionnaires: {}", 1, "questionnaires", "stand in the folder"),
    ("languages: [en, nl]", "languages: nl", 0, "languages", "valid list"),
    ("sites: [home]", "sites: [home, home]", 0, "sites.1", "home stands twice"),
    (
        ASKS,
        ASKS.replace("calls-review", "calls-review, phq-9"),
        0,
        "study.waves.1.asks.participant.2",
        "ask one without it",
    ),
    (DESIGN, DESIGN + RESPONDER, 1, "study.responder.consent", "no item nothing"),
    (DESIGN, DESIGN + RESPONDER.replace("17", "9"), 1, "study.responder.last", "swap them"),
    (DESIGN, DESIGN + RESPONDER.replace("[1]", "[2, 1]"), 1, "study.responder.days", "in rising order"),
    ("modules: [goals]", "modules: [gaols]", 0, "programme.phases.0.sessions.0.modules.0", "no module gaols"),
    ("source: idea}", "source: dream}", 0, "programme.modules.0.source", "no source dream"),
    (
        "professions: [coach] # one",
        "professions: [therapist] # one",
        None,
        "programme.phases.0.sessions.0.professions.0",
        "coach does not work in this programme",
    ),
    ("after: [first_call]", "after: [first_cal]", 0, "programme.phases.1.after.0", "no phase first_cal"),
    ("- id: first_call\n", "- id: first_call\n      after: [calls]\n", 1, "programme.phases.0.after", "circle"),
    ("limits: {sessions: 4", "limits: {sessions: 1", 0, "programme.limits.sessions", "need 2 sessions"),
    ("least: 1, most: 3}", "least: 4, most: 3}", 0, "programme.phases.1.sessions.0.least", "lower `least`"),
    ("id: calls, professions", "id: first_call, professions", 0, "programme.phases.1.sessions.0.id", "stands twice"),
    ("entry: open", "entry: by_allocation", 0, "programme.entry", "write `open`"),
    ("- kind: study", "- kind: programme", 0, "consents.1.kind", "programme stands twice"),
    ("- {id: answers}", "- {id: answers}\n      - {id: answers}", 1, "consents.1.items.1.id", "answers stands twice"),
    ("design: single_arm", "design: randomised", 0, "study.design", "needs `allocation`"),
    (
        "opens: [plan, sessions, knowledge]",
        "opens: [diary]",
        0,
        "study.arms.0.opens.0",
        "'plan', 'sessions', 'knowledge'",
    ),
    ("programme: true", "programme: false", 0, "study.arms.0.opens", "empty `opens`"),
    ("default: first", "default: last", 0, "study.eligibility.default", "name one of first"),
    (
        "    choices:\n      work_status: [employed, self_employed, none]\n",
        "",
        None,
        "study.eligibility.inputs.work_status",
        "`choices`",
    ),
    (
        "      work_status: [employed",
        "      mood: [good]\n      work_status: [employed",
        0,
        "study.eligibility.choices.mood",
        "no such input",
    ),
    (
        "- id: first\n",
        "- id: first\n        source: dream\n",
        1,
        "study.eligibility.versions.0.source",
        "no source dream",
    ),
    (
        "of: last_treatment,",
        "of: last_day,",
        0,
        "study.eligibility.versions.0.criteria.1",
        "last_day, which is no input",
    ),
    (
        "rule: months_since, of: last_treatment",
        "rule: months_since, of: work_status",
        0,
        "study.eligibility.versions.0.criteria.1",
        "cannot look at work_status, a choice",
    ),
    (
        "among: [employed, self_employed]",
        "among: [employed, retired]",
        0,
        "study.eligibility.versions.0.criteria.2.among",
        "retired: no such choice",
    ),
    ("least: 18}", "least: 18, most: 17}", 0, "study.eligibility.versions.0.criteria.0.least", "lies above"),
    ("anchor: enrolment # start", "anchor: allocation", 0, "study.waves.0.anchor", "no allocation to count from"),
    (
        "closes_days_after: 21 # start",
        "opens_days_before: 3\n      closes_days_after: 21",
        0,
        "study.waves.0.opens_days_before",
        "before its anchor",
    ),
    (
        "non_participation_reasons: [not_eligible, ",
        "non_participation_reasons: [",
        0,
        "study.non_participation_reasons",
        "add not_eligible",
    ),
    (
        "closes_days_after: 28",
        "closes_days_after: -1",
        0,
        "study.waves.1.closes_days_after",
        "greater than or equal to 0",
    ),
    (
        "reminders_after_days: [14]",
        "reminders_after_days: [14, 29]",
        0,
        "study.waves.1.reminders_after_days",
        "a reminder after 29 days",
    ),
    ("opens_days_before: 7", "opens_days_before: 80", 0, "study.waves.1.opens_days_before", "that of start has closed"),
    ("months: 3 # end", "months: 0", 0, "study.waves.1.months", "must come later than start"),
    (
        "participant: [background, work-start]",
        "participant: [background, work-stort]",
        0,
        "study.waves.0.asks.participant.1",
        "no questionnaire work-stort",
    ),
    (
        "participant: [background, work-start]",
        "partisipant: [background, work-start]",
        0,
        "study.waves.0.asks.partisipant",
        "'participant'",
    ),
    (
        "participant: [background, work-start]",
        "partner: [background]\n        participant: [background, work-start]",
        None,
        "consents",
        "kind partner",
    ),
    (ASKS, ASKS + "\n      only_in_arms: {rrtw: [wrong]}", 1, "study.waves.1.only_in_arms.rrtw", "not asked at end"),
    (
        ASKS,
        ASKS + "\n      only_in_arms: {calls-review: [wrong]}",
        1,
        "study.waves.1.only_in_arms.calls-review.0",
        "no arm wrong",
    ),
    ("waves: [start, end]", "waves: [start, finish]", 0, "study.outcomes.0.waves.1", "no wave finish"),
    ("variable: work.hours_per_week", "variable: work.hours", 0, "study.outcomes.0.variable", "no work outcome hours"),
    ("variable: work.hours_per_week", "variable: score.sf12_pcs", 0, "study.outcomes.0.variable", "known are none"),
    ("variable: work.hours_per_week", "variable: mood", 0, "study.outcomes.0.variable", "match pattern"),
    (
        "variable: item.calls-review.helped",
        "variable: item.rrtw.i1",
        0,
        "study.outcomes.1.variable",
        "rrtw is not asked here",
    ),
    (
        "variable: item.calls-review.helped",
        "variable: item.calls-review.help",
        0,
        "study.outcomes.1.variable",
        "no item help",
    ),
    ("- item.background.age", "- item.background.shoe_size", 0, "study.baseline.0", "no item shoe_size"),
    ("role: primary", "role: secondary", None, "study.outcomes", "role: primary"),
    ("outcome: helped,", "outcome: hleped,", 0, "study.analyses.1.outcome", "name one of working_hours"),
    (
        "options: {from: start, to: end}",
        "options: {from: begin, to: end}",
        0,
        "study.analyses.0.options.from",
        "no wave begin",
    ),
    ("options: {from: start, to: end}", "options: {by: arm}", 0, "study.analyses.0.options", "no arm to compare"),
    (
        "options: {from: start, to: end}",
        "options: {formula: value ~ arm}",
        0,
        "study.analyses.0.options",
        "no arm to compare",
    ),
    ("visits: [end], categories", "visits: end, categories", 0, "study.analyses.1.options.visits", "write [end]"),
    (
        "visits: [end], categories",
        "visits: [start, finish], categories",
        0,
        "study.analyses.1.options.visits.1",
        "no wave finish",
    ),
    (
        "visits: [end], categories",
        "items: [helpd], categories",
        0,
        "study.analyses.1.options.items.0",
        "name one of helped",
    ),
    ("about: study.target", "about: study.goal", 0, "assumptions.0.about", "goal is not there"),
    ("about: study.target", "about: study.target.number", 0, "assumptions.0.about", "number is not there"),
    ("about: study.target", "about: sites.moon", 0, "assumptions.0.about", "moon is not there"),
]


@pytest.mark.parametrize(
    ("old", "new", "offset", "path", "mend"), PROTOCOL, ids=[f"{row[3]}-{row[4]}" for row in PROTOCOL]
)
def test_a_fault_in_the_protocol(folder, old, new, offset, path, mend):
    line = change(folder / "protocol.yaml", old, new)
    found = [one for one in faults(folder) if one.path == path and mend in one.message]
    assert len(found) == 1, [str(one) for one in faults(folder)]
    assert found[0].file == "protocol.yaml"
    if offset is not None:
        assert found[0].line == line + offset
    told = found[0].to_dict()
    assert list(told) == ["file", "line", "path", "message"]
    assert tuple(told.values()) == ("protocol.yaml", found[0].line, path, found[0].message)


TRIAL = """design: randomised
  allocation: {method: permuted_blocks, ratio: RATIO, block_sizes: BLOCKS, strata: [site], length_per_stratum: 40}"""


@pytest.mark.parametrize(
    ("ratio", "blocks", "path", "mend"),
    [
        ("{calls: 1}", "[2]", "study.arms", "at least two arms"),
        ("{calls: 1, other: 1}", "[2]", "study.allocation.ratio", "give a weight to each arm: calls"),
        ("{calls: 0, other: 1}", "[2]", "study.allocation.ratio.calls", "write 1 or more"),
        ("{}", "[2]", "study.allocation.ratio", "at least 1 item"),
        ("{calls: 1, other: 1}", "[4, 3]", "study.allocation.block_sizes.1", "use a multiple of 2"),
        ("{calls: 1, other: 1}", "[0]", "study.allocation.block_sizes.0", "use a multiple of 2"),
    ],
)
def test_a_fault_in_the_allocation(folder, ratio, blocks, path, mend):
    change(folder / "protocol.yaml", "design: single_arm", TRIAL.replace("RATIO", ratio).replace("BLOCKS", blocks))
    assert (path, True) in [(one.path, mend in one.message) for one in faults(folder)]


TWO = "design: randomised\n  allocation: {ratio: {calls: 1, other: 1}, length_per_stratum: 40, "


@pytest.mark.parametrize(
    ("how", "path", "mend"),
    [
        ("method: permuted_blocks", "block_sizes", "for permuted blocks, and for no other"),
        ("method: simple, block_sizes: [2]", "block_sizes", "for permuted blocks, and for no other"),
        ("method: minimisation", "minimisation", "name factors for a minimisation"),
        ("method: simple, minimisation: {factors: {site: 1}, probability: 0.8}", "minimisation", "no other method"),
        (
            "method: minimisation, strata: [site], minimisation: {factors: {site: 1}, probability: 0.8}",
            "strata",
            "in place of strata",
        ),
        ("method: minimisation, minimisation: {factors: {site: 1}, probability: 1}", "minimisation.probability", "0.5"),
        (
            "method: minimisation, minimisation: {factors: {site: 1}, probability: 0.5}",
            "minimisation.probability",
            "0.5",
        ),
        (
            "method: minimisation, minimisation: {factors: {site: 0}, probability: 0.8}",
            "minimisation.factors.site",
            "0",
        ),
        (
            "method: minimisation, minimisation: {factors: {age: 1}, probability: 0.8}",
            "minimisation.factors.age",
            "levels",
        ),
        ("method: simple, strata: [site, size]", "strata.1", "size has no levels"),
        ("method: simple, strata: [site, site]", "strata.1", "site stands twice"),
        ("method: simple, strata: [" + ", ".join(["site"] * 20) + "]", "strata", "longer than 80"),
    ],
)
def test_a_fault_in_how_the_lot_is_drawn(folder, how, path, mend):
    change(folder / "protocol.yaml", "design: single_arm", TWO + how + "}")
    change(folder / "protocol.yaml", "  arms:\n", "  arms:\n    - {id: other, programme: false}\n")
    assert (f"study.allocation.{path}", True) in [(one.path, mend in one.message) for one in faults(folder)]


def test_a_single_arm_study_has_one_arm_and_no_allocation(folder):
    trial = TRIAL.replace("randomised", "single_arm").replace("RATIO", "{calls: 1}").replace("BLOCKS", "[2]")
    change(folder / "protocol.yaml", "design: single_arm", trial)
    change(folder / "protocol.yaml", "  arms:\n", "  arms:\n    - {id: other, programme: false}\n")
    messages = [one.message for one in faults(folder)]
    assert "a single-arm study has no allocation: take it out" in messages
    assert "a single-arm study has exactly one arm: keep one" in messages


def test_windows_that_touch_only_in_some_months_overlap_too(folder):
    # From 1 January to 1 April is 90 days, from 1 February to 1 May 89: the second window opens 7 days before.
    change(folder / "protocol.yaml", "closes_days_after: 21 # start", "closes_days_after: 81")
    assert read(folder / "protocol.yaml")
    change(folder / "protocol.yaml", "closes_days_after: 81", "closes_days_after: 82")
    assert any("has closed" in one.message for one in faults(folder))


def test_every_fault_is_told_at_once(folder):
    change(folder / "protocol.yaml", "modules: [goals]", "modules: [gaols]")
    change(folder / "protocol.yaml", "about: study.target", "about: study.goal")
    (folder / "texts" / "nl.yaml").unlink()
    found = faults(folder)
    assert {one.file for one in found} == {"protocol.yaml", "texts/nl.yaml"}
    assert len(found) == 3


@pytest.mark.parametrize(
    ("content", "line", "mend"),
    [
        (b"", 1, "no mapping: write keys"),
        (b"- a\n- b\n", 1, "no mapping: write keys"),
        (b"format: 1\nname: [a\nversion: b\n", 3, "not valid YAML"),
        (b"format: 1\nformat: 1\n", 2, 'duplicate key "format"'),
        (b"format: 1\nname: a\x01\n", 1, "take that character out"),
        (b"title: caf\xe9\n", 1, "save it as UTF-8"),
        (b"a: " + 600 * b"[", 1, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("name", ["protocol.yaml", "texts/nl.yaml", "questionnaires/calls-review.yaml"])
def test_a_file_that_cannot_be_read(folder, name, content, line, mend):
    (folder / name).write_bytes(content)
    found = [one for one in faults(folder) if one.file == name]
    assert [(one.line, one.path) for one in found] == [(line, "")]
    assert mend in found[0].message


def test_a_folder_in_the_place_of_a_file(folder):
    (folder / "texts" / "nl.yaml").unlink()
    (folder / "texts" / "nl.yaml").mkdir()
    assert [(one.file, "cannot be read" in one.message) for one in faults(folder)] == [("texts/nl.yaml", True)]


def test_a_byte_order_mark_is_no_fault(folder):
    path = folder / "protocol.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path).name == "walking-back"


def test_a_missing_language_file(folder):
    (folder / "texts" / "nl.yaml").unlink()
    found = faults(folder)
    assert [(one.file, one.line, one.path) for one in found] == [("texts/nl.yaml", 1, "")]
    assert "make it" in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "path", "line"),
    [
        ("  home: Thuis\n", "", "sites.home", 0),
        ("  home: Thuis\n", "  home: ' '\n", "sites.home", 0),
        ("  home: Thuis\n", "  home: [Thuis]\n", "sites.home", 0),
        ("sites:\n  home: Thuis\n", "sites: Thuis\n", "sites.home", 0),
    ],
)
def test_a_missing_translation(folder, old, new, path, line):
    where = change(folder / "texts" / "nl.yaml", old, new)
    found = faults(folder)
    assert [(one.file, one.path, one.message) for one in found] == [("texts/nl.yaml", path, "no text in nl: add it")]
    assert abs(found[0].line - where) <= 1


REVIEW = "questionnaires/calls-review.yaml"
HELPED = "    helped: {text: Hebben de gesprekken je geholpen?, options: {1: Ja, 0: Nee}}\n"


@pytest.mark.parametrize(
    ("old", "new", "offset", "path", "mend"),
    [
        ("id: calls-review", "id: calls", 0, "id", "write calls-review"),
        ("kind: scale", "kind: slider", 0, "items.1.kind", "'choice'"),
        ("- {id: pace", "- {id: helped", 0, "items.1.id", "helped stands twice"),
        ("item: helped, in: [0]", "item: helped, in: [2]", 0, "items.2.when", "helped has no answer 2"),
        ("  nl:\n", "  fr:\n", None, "words.nl", "no title in nl"),
        (HELPED, "", None, "words.nl.helped", "no text in nl"),
        ("{1: Ja, 0: Nee}", "{1: Ja}", 0, "words.nl.helped.options.0", "no text in nl: add it"),
    ],
)
def test_a_fault_in_a_questionnaire(folder, old, new, offset, path, mend):
    line = change(folder / REVIEW, old, new)
    found = [one for one in faults(folder) if one.path == path and mend in one.message]
    assert [one.file for one in found] == [REVIEW]
    if offset is not None:
        assert found[0].line == line + offset


def test_a_protocol_of_another_shape_altogether_is_told_calmly(folder):
    path = folder / "protocol.yaml"
    path.write_text("study: {waves: [1, {asks: [a]}, {asks: {participant: b}}]}\nlanguages: 3\n")
    told = {one.path for one in faults(folder)}
    assert {"languages", "study.waves.0", "study.waves.1.asks", "study.waves.2.asks.participant"} <= told
    (folder / "protocol.yaml").write_text("study: 3\n")
    assert "study" in {one.path for one in faults(folder)}


def test_a_programme_is_found_by_name_file_or_folder(folder):
    assert find("steps").name == "protocol.yaml"
    assert find(str(folder)) == find(str(folder / "protocol.yaml")) == folder / "protocol.yaml"
    with pytest.raises(UnknownProgramme, match="known programmes are rentree, steps"):
        find(str(folder / "nowhere"))
    assert programme_names() == ["rentree", "steps"]
    assert load("steps") is load("steps")
