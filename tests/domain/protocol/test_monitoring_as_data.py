"""What is watched must be there to watch, and must tell no arm."""

import pytest

from opstap.domain.protocol import Protocol, load
from opstap.domain.protocol.check import cross_check


def faults(**monitoring) -> list[tuple[tuple, str]]:
    raw = load("steps").model_dump(mode="json", by_alias=True)
    raw["study"]["monitoring"] |= monitoring
    return [fault for fault in cross_check(Protocol.model_validate(raw)) if "monitoring" in fault[0]]


def test_what_comes_with_steps_is_sound() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("report", "part"),
    [
        ({"item": "process-coach.harm", "codes": [1]}, "item"),
        ({"item": "process-participant.joy", "codes": [1]}, "item"),
        ({"item": "process-participant.harm", "codes": [7]}, "codes"),
        ({"item": "process-participant.harm", "codes": [1], "words": "nothing"}, "words"),
    ],
)
def test_an_own_report_names_a_question_that_participants_are_asked(report, part: str) -> None:
    [(place, _words)] = faults(own_reports=[report])
    assert place == ("study", "monitoring", "own_reports", 0, part)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("background.sex", "no number"),
        ("partner-start.age", "no number"),
        ("nowhere.age", "no number"),
    ],
)
def test_only_numbers_asked_of_participants_are_compared(name: str, says: str) -> None:
    [(place, words)] = faults(compares=[name])
    assert (place, says in words) == (("study", "monitoring", "compares", 0), True)


def test_a_number_asked_in_one_arm_would_tell_it() -> None:
    raw = load("steps").model_dump(mode="json", by_alias=True)
    raw["study"]["waves"][1]["only_in_arms"]["work-follow-up"] = ["steps"]
    raw["study"]["monitoring"]["compares"] = ["work-follow-up.contract_hours"]
    found = [words for place, words in cross_check(Protocol.model_validate(raw)) if "monitoring" in place]
    assert found == ["work-follow-up.contract_hours is asked in some arms only, and would tell them: take it out"]


def test_a_kind_of_deviation_stands_once() -> None:
    [(place, _words)] = faults(deviations=[{"id": "window"}, {"id": "window"}])
    assert place == ("study", "monitoring", "deviations", 1, "id")
