"""How many questions there can come to be, told before the first answer."""

import pytest

from opstap.domain.instruments.model import Questionnaire

ROUTED = Questionnaire.model_validate(
    {
        "id": "routed",
        "version": "1",
        "licence": "own",
        "source": "own",
        "items": [
            {"id": "works", "kind": "choice", "codes": [1, 0]},
            {"id": "hours", "kind": "number", "when": {"item": "works", "in": [1]}},
            {"id": "kind", "kind": "choice", "codes": ["own", "other"], "when": {"item": "works", "in": [1]}},
            {"id": "other_what", "kind": "text", "when": {"item": "kind", "in": ["other"]}},
            {"id": "since", "kind": "date", "when": {"item": "works", "in": [0]}},
            {"id": "help", "kind": "multiple", "codes": ["coach", "doctor"]},
            {"id": "coach_often", "kind": "number", "when": {"item": "help", "in": ["coach"]}},
            {"id": "doctor_often", "kind": "number", "when": {"item": "help", "in": ["doctor"]}},
            {"id": "tired", "kind": "scale", "minimum": 0, "maximum": 10},
        ],
    }
)


@pytest.mark.parametrize(
    ("answers", "most"),
    [
        # works, hours, kind, other_what (longer than works, since); help and both behind it; tired
        ({}, 8),
        ({"works": 0}, 6),
        ({"works": 1, "kind": "own"}, 7),
        ({"works": 0, "help": ["coach"]}, 5),
        ({"works": 0, "help": []}, 4),
    ],
)
def test_the_longest_way_still_open_is_counted(answers: dict, most: int) -> None:
    assert ROUTED.most(answers) == most


def test_all_answered_it_is_what_was_asked() -> None:
    answers = {"works": 1, "hours": 8, "kind": "own", "help": ["coach"], "coach_often": 2, "tired": 3}
    assert ROUTED.most(answers) == len(ROUTED.asked(answers)) == 6
