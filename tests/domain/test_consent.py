"""What decisions on a form add up to."""

from dataclasses import dataclass

import pytest

from opstap.domain.consent import asked_again, standing, unclear, untried


@dataclass
class Decision:
    decision: str
    form_version: str = "1"


@dataclass
class Try:
    question: str
    right: bool


AGREED, REFUSED, WITHDRAWN = Decision("agreed"), Decision("refused"), Decision("withdrawn")
AGREED_2, REFUSED_2 = Decision("agreed", "2"), Decision("refused", "2")


@pytest.mark.parametrize(
    ("made", "stands"),
    [
        ([], None),
        ([REFUSED], None),
        ([REFUSED, AGREED], AGREED),
        ([AGREED, WITHDRAWN], None),
        ([AGREED, REFUSED_2], AGREED),
        ([AGREED, AGREED_2], AGREED_2),
    ],
)
def test_only_withdrawing_ends_what_was_agreed_to(made, stands) -> None:
    assert standing(made) is stands


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        ([], False),
        ([AGREED], True),
        ([AGREED_2], False),
        ([AGREED, REFUSED_2], False),
        ([AGREED, WITHDRAWN], False),
    ],
)
def test_who_stands_on_an_older_version_is_asked_once(made, asked: bool) -> None:
    assert asked_again(made, "2") is asked


def test_a_wrong_answer_counts_as_tried_and_stays_to_be_talked_about() -> None:
    tries = [Try("lot", False), Try("care", False), Try("care", True)]
    assert untried(["lot", "care", "stop"], tries) == ["stop"]
    assert unclear(tries) == ["lot"]
