"""What can be said of looking for work: bounds on both sides of each limit, and the kinds of placement as data."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from opstap.domain.network import NETWORK
from opstap.domain.search import (
    Fault,
    KindsError,
    PlacementKind,
    SearchError,
    Stretch,
    Topic,
    Wishes,
    check_next,
    check_offer,
    check_placement,
    check_wishes,
    due,
    kind_of,
    kinds,
    over_usual,
    read_kinds,
)

DAY = date(2026, 3, 2)
SOURCE = "sources: [{law: x, url: 'https://x.example/'}]"
KIND = f"""kinds:
  - id: one
    country: nl
    title: {{en: One, nl: Een}}
    plain: {{en: Plain, nl: Gewoon}}
    permission: employment_service
    asked_of: {{en: UWV, nl: UWV}}
    usual_months: 2
    longest_months: 6
    work: therapeutic
    certainty: S
    {SOURCE}
"""


@pytest.mark.parametrize(
    ("wishes", "fault", "field"),
    [
        (Wishes(), Fault.EMPTY, "work"),
        (Wishes({Topic.WORK: "  "}), Fault.EMPTY, "work"),
        (Wishes(hours_least=0), Fault.HOURS, "hours_least"),
        (Wishes(hours_most=80.5), Fault.HOURS, "hours_most"),
        (Wishes(hours_least=-4), Fault.HOURS, "hours_least"),
        (Wishes(hours_least=20, hours_most=16), Fault.HOURS_ORDER, "hours_most"),
        (Wishes(days=(0, 7)), Fault.DAY, "days"),
        (Wishes(travel=-1), Fault.TRAVEL, "travel"),
        (Wishes(travel=241), Fault.TRAVEL, "travel"),
    ],
)
def test_wishes_that_cannot_be_are_refused_at_their_field(wishes: Wishes, fault: Fault, field: str) -> None:
    with pytest.raises(SearchError) as refused:
        check_wishes(wishes)
    assert (refused.value.fault, refused.value.field) == (fault, field)


@pytest.mark.parametrize(
    "wishes",
    [Wishes({Topic.CAN: "Luisteren"}), Wishes(hours_least=16, hours_most=16), Wishes(days=(6,)), Wishes(travel=0),
     Wishes(hours_most=80, travel=240)],
)  # fmt: skip
def test_one_thing_is_enough(wishes: Wishes) -> None:
    check_wishes(wishes)
    assert all(words.strip() for _topic, words in wishes.said)


def test_a_next_step_has_words_and_a_day_to_come() -> None:
    check_next(words="", on=None, today=DAY)
    check_next(words="Bellen", on=DAY, today=DAY)
    for words, on, fault in (
        ("Bellen", None, Fault.NEXT_DAY), (" ", DAY, Fault.NEXT_WORDS),
        ("Bellen", DAY - timedelta(days=1), Fault.NEXT_PAST),
    ):  # fmt: skip
        with pytest.raises(SearchError) as refused:
            check_next(words=words, on=on, today=DAY)
        assert refused.value.fault is fault


@pytest.mark.parametrize(("state", "waits"), [("sent", True), ("offer", True), ("no", False), ("accepted", False)])
def test_a_next_step_is_due_from_its_day_while_the_application_runs(state: str, waits: bool) -> None:
    assert due(state=state, next_on=DAY, today=DAY) is waits
    assert not due(state=state, next_on=DAY + timedelta(days=1), today=DAY)
    assert not due(state=state, next_on=None, today=DAY)


def test_an_offer_begins_after_it_was_made_for_hours_that_a_week_has() -> None:
    check_offer(starts_on=DAY, contract_hours=80, offered_on=DAY)
    for starts, hours, field in (
        (DAY - timedelta(days=1), 20, "starts_on"), (DAY, 0, "contract_hours"), (DAY, 81, "contract_hours"),
    ):  # fmt: skip
        with pytest.raises(SearchError) as refused:
            check_offer(starts_on=starts, contract_hours=hours, offered_on=DAY)
        assert refused.value.field == field


def a_kind(tmp_path: Path, text: str = KIND) -> PlacementKind:
    path = tmp_path / "placements.yaml"
    path.write_text(text, encoding="utf-8")
    return read_kinds(path)[0]


def test_a_placement_that_cannot_be_is_refused(tmp_path: Path) -> None:
    kind, end = a_kind(tmp_path), DAY + timedelta(days=13)
    other = Stretch(DAY + timedelta(days=14), DAY + timedelta(days=20))
    check_placement(Stretch(DAY, end), 8, kind=kind, others=[other], since=DAY)
    check_placement(Stretch(DAY, date(2026, 9, 1)), 8, kind=kind, others=[])
    for stretch, hours, others, since, fault in (
        (Stretch(DAY, DAY - timedelta(days=1)), 8, [], None, Fault.ENDS_FIRST),
        (Stretch(DAY, end), 8, [], DAY + timedelta(days=1), Fault.BEFORE),
        (Stretch(DAY, end), -2, [], None, Fault.HOURS),
        (Stretch(DAY, end), 80.5, [], None, Fault.HOURS),
        (Stretch(DAY, date(2026, 9, 2)), 8, [], None, Fault.TOO_LONG),
        (Stretch(DAY, end + timedelta(days=1)), 8, [other], None, Fault.OVERLAP),
        (Stretch(DAY, end), 8, [Stretch(DAY, end)], None, Fault.OVERLAP),
    ):
        with pytest.raises(SearchError) as refused:
            check_placement(stretch, hours, kind=kind, others=others, since=since)
        assert refused.value.fault is fault


def test_longer_than_usual_is_said_from_its_first_day(tmp_path: Path) -> None:
    kind = a_kind(tmp_path)
    assert not over_usual(Stretch(DAY, date(2026, 5, 1)), kind)
    assert over_usual(Stretch(DAY, date(2026, 5, 2)), kind)
    endless = a_kind(tmp_path, KIND.replace("    usual_months: 2\n    longest_months: 6\n", ""))
    assert not over_usual(Stretch(DAY, date(2036, 5, 2)), endless)
    check_placement(Stretch(DAY, date(2036, 5, 2)), 8, kind=endless, others=[])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (KIND.replace("    asked_of: {en: UWV, nl: UWV}\n", ""), 2, "give both"),
        (KIND.replace("certainty: S", "certainty: M"), 11, "mend one"),
        (KIND.replace(f"    {SOURCE}\n", ""), 11, "mend one"),
        (KIND.replace("longest_months: 6", "longest_months: 1"), 9, "shorter than what is usual"),
        (KIND + KIND.replace("kinds:\n", ""), 13, "is there twice for nl"),
        (KIND.replace("country: nl", "country: fr"), 3, "'nl' or 'be'"),
        ("- 1\n", 1, "no mapping"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(KindsError) as refused:
        a_kind(tmp_path, text)
    (problem,) = refused.value.problems
    assert said in str(refused.value)
    assert problem.line == line


@pytest.mark.parametrize("country", ["nl", "be"])
def test_the_kinds_that_are_shipped_say_who_permits_and_how_sure_they_are(country: str) -> None:
    shipped = kinds(country)
    assert len(shipped) >= 3
    for kind in shipped:
        assert kind_of(country, kind.id) is kind
        assert kind.permission is None or kind.permission in NETWORK
        assert (kind.certainty == "M") == (kind.sources == ())
    assert kind_of(country, "no_such_kind") is None
    assert kinds("fr") == ()
