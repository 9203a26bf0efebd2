"""The shipped programmes against the founding documents, written down here a second time."""

import re

import pytest

from opstap.domain.protocol import Protocol, load
from opstap.domain.protocol.eligibility import AnswerProblem, read_answers

STEPS, RENTREE = load("steps"), load("rentree")
BOTH = pytest.mark.parametrize("protocol", [STEPS, RENTREE], ids=["steps", "rentree"])


def ids(things):
    return [thing.id for thing in things]


def test_steps_is_the_trial_of_the_poster():
    assert STEPS.country == "nl"
    assert STEPS.study.design == "randomised"
    assert STEPS.study.target == 120 + 120
    assert (STEPS.programme.limits.sessions, STEPS.programme.limits.months) == (8, 6)
    assert STEPS.programme.professions == ["therapist", "coach"]
    assert STEPS.programme.entry == "by_allocation"
    assert [(wave.id, wave.months) for wave in STEPS.study.waves] == [("t0", 0), ("t6", 6), ("t12", 12)]
    primary = [outcome for outcome in STEPS.study.outcomes if outcome.role == "primary"]
    assert [outcome.variable for outcome in primary] == ["work.hours_per_week"]
    # The seven bullets of "Het STEPS programma".
    assert ids(STEPS.programme.modules) == [
        "rights_duties", "workplace_contact", "goals_obstacles", "energy_balance", "late_effects", "work_plan",
        "adjustments",
    ]  # fmt: skip
    assert ids(STEPS.study.eligibility.versions) == ["poster", "registry", "public"]


def test_usual_care_opens_nothing():
    for page in ("plan", "sessions", "knowledge"):
        assert STEPS.opens("steps", page, in_programme=True)
        assert not STEPS.opens("steps", page, in_programme=False)
        assert not STEPS.opens("usual_care", page, in_programme=True)
        assert STEPS.opens(None, page, in_programme=True)
        assert not STEPS.opens(None, page, in_programme=False)


def test_usual_care_is_asked_about_care_but_not_about_a_programme_it_did_not_get():
    wave = STEPS.study.wave("t6")
    given = wave.questionnaires("participant", "steps")
    assert [one for one in given if one not in wave.questionnaires("participant", "usual_care")] == [
        "process-participant"
    ]
    assert {"work-care", "eq5d-5l", "care-use", "productivity"} <= set(wave.questionnaires("participant", "usual_care"))
    for respondent in ("therapist", "coach", "workplace"):
        assert wave.questionnaires(respondent, "steps") == [f"process-{respondent}"]
        assert wave.questionnaires(respondent, "usual_care") == []
    assert STEPS.study.wave("t0").questionnaires("partner", None) == ["partner-start", "phq-8", "caregiver-burden"]
    assert STEPS.study.wave("t0").questionnaires("coach", None) == []


def test_the_primary_analysis_has_one_valid_under_missing_at_random_beside_it():
    plan = {analysis.id: analysis for analysis in STEPS.study.analyses}
    assert plan["primary"].method == "gee"
    assert plan["primary"].options["corr"] == "exchangeable"
    assert plan["primary"].options["se"] == "robust"
    assert plan["primary_mar"].method == "mmrm"
    assert plan["primary_mar"].options["cov"] == "us"
    assert plan["primary_mar"].outcome == plan["primary"].outcome == "working_hours"
    assert plan["primary_mar"].options["formula"] == plan["primary"].options["formula"]


def test_rentree_is_the_guidance_of_the_slides():
    assert RENTREE.country == "be"
    assert RENTREE.study.design == "single_arm"
    assert RENTREE.study.target == 189
    assert RENTREE.programme.entry == "open"
    assert RENTREE.programme.limits.sessions is None
    assert RENTREE.phase_order == ["introduction", "preparation", "plan", "aftercare", "closing"]
    assert [phase.id for phase in RENTREE.programme.phases if phase.makes_plan] == ["plan"]
    assert [(wave.id, wave.months) for wave in RENTREE.study.waves] == [("t0", 0), ("t1", 6), ("t2", 12)]
    assert all("sf12-v1" in wave.asks["participant"] for wave in RENTREE.study.waves)
    covered = {module for _, kind in RENTREE.session_kinds.values() for module in kind.modules}
    assert covered == set(ids(RENTREE.programme.modules))


def test_satisfaction_asks_about_each_phase_and_each_actor():
    items = ids(RENTREE.questionnaires["satisfaction"].items)
    assert [item for item in items if item.startswith("phase_")] == [f"phase_{one}" for one in RENTREE.phase_order]
    actors = "treating_physician family_doctor employer_hr supervisor insurer_physician vdab occupational_physician"
    assert [item for item in items if item.startswith("actor_")] == [f"actor_{one}" for one in actors.split()]
    for item in RENTREE.questionnaires["satisfaction"].items:
        if item.id.startswith(("phase_", "actor_", "reception_", "application_")):
            assert (item.codes, item.not_applicable) == ([1, 2, 3, 4, 5], 9)


@BOTH
def test_a_strategy_for_each_intercurrent_event(protocol: Protocol):
    for outcome in protocol.study.outcomes:
        assert set(outcome.estimand.intercurrent) == {
            "death", "recurrence", "contract_end", "retirement", "stopped_programme",
        }  # fmt: skip
        assert outcome.estimand.intercurrent["death"] == "while_alive"  # undefined after death
    assert {analysis.outcome for analysis in protocol.study.analyses} == set(ids(protocol.study.outcomes))


@BOTH
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_words_are_complete_and_none_is_left_over(protocol: Protocol, language):
    def keys(node, before=""):
        for key, value in node.items():
            if isinstance(value, dict):
                yield from keys(value, f"{before}{key}.")
            else:
                yield f"{before}{key}"

    assert set(keys(protocol.texts[language])) == set(protocol.needed_texts())
    for key in protocol.needed_texts():
        assert protocol.text(key, language)


@BOTH
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_workplace_alias_and_questions_disclose_nothing(protocol: Protocol, language):
    shown = [protocol.workplace_alias(language)]
    for wave in protocol.study.waves:
        for name in wave.asks.get("workplace", []):
            for words in protocol.questionnaires[name].words[language].values():
                shown += [words.text, words.hint, *words.options.values()]
    told = " ".join(shown).lower()
    for word in (
        "kanker",
        "cancer",
        "ziek",
        "ill",
        "steps",
        "rentree",
        "gezond",
        "health",
        "behandel",
        "treat",
        "arts",
    ):
        assert not re.search(rf"\b{word}", told), word


@pytest.mark.parametrize(
    ("protocol", "wrong"),
    [(STEPS, r"\b(je|jij|jou|jouw|jullie)\b"), (RENTREE, r"\b(u|uw)\b")],
    ids=["steps", "rentree"],
)
def test_the_form_of_address_is_one_throughout(protocol: Protocol, wrong):
    told = [protocol.text(key, "nl") for key in protocol.needed_texts() if key != "address"]
    for questionnaire in protocol.questionnaires.values():
        for words in questionnaire.words["nl"].values():
            told += [words.text, words.hint, *words.options.values()]
    assert [text for text in told if re.search(wrong, text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("protocol", "marked"),
    [
        (STEPS, ["study.allocation", "study.target", "sites", "study.waves.t6", "programme.phases", "study.analyses"]),
        (RENTREE, ["study.outcomes.time_to_return", "study.outcomes.quality_of_life_physical", "programme.limits"]),
    ],
)
def test_what_no_source_settles_is_marked(protocol: Protocol, marked):
    for place in marked:
        assumption = protocol.assumption_on(place)
        assert assumption is not None
        assert protocol.text(f"assumptions.{assumption.id}", "nl")


def test_the_limit_of_sessions_is_no_assumption():
    assert STEPS.assumption_on("programme.limits.sessions") is None


def test_rentree_asks_for_the_belgian_status_and_steps_does_not():
    assert "incapacity" in ids(RENTREE.questionnaires["background"].items)
    assert "incapacity" not in ids(STEPS.questionnaires["background"].items)


def test_things_are_found_by_their_id():
    assert STEPS.phase("programme").makes_plan
    assert STEPS.study.arm("usual_care").opens == []
    assert STEPS.study.wave("t6").months == 6
    assert STEPS.study.outcome("sick_leave").variable == "work.sick_days_past_6_months"
    assert STEPS.consent("partner").days_to_think == 7
    assert STEPS.session_kinds["therapy"][0].id == "programme"
    for missing in (
        lambda: STEPS.study.arm("placebo"),
        lambda: RENTREE.consent("partner"),
        lambda: STEPS.text("colour", "nl"),
        lambda: STEPS.text("title.deeper", "nl"),
    ):
        with pytest.raises(KeyError):
            missing()


def test_words_fall_back_to_the_first_language():
    assert STEPS.title("nl") == "STEPS"
    assert STEPS.text("waves.t0", "fr") == "Start"


@BOTH
def test_an_empty_screening_form_is_open_and_not_refused(protocol: Protocol):
    eligibility = protocol.study.eligibility
    assert read_answers({}, eligibility.inputs, eligibility.choices) == {}
    with pytest.raises(AnswerProblem):
        read_answers({"shoe_size": 40}, eligibility.inputs, eligibility.choices)
