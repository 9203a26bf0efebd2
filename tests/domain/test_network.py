"""Who has been silent for long, worked out by hand on a few calendars; what can be shared; who gets which letter."""

from datetime import date, timedelta

import pytest

from opstap.domain.network import NETWORK, RECIPIENTS, LetterKind, Party, Tried, silences
from opstap.domain.sharing import Item, in_order, items_of

TODAY = date(2026, 3, 30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def tried(days: int, reached: bool, party: Party = Party.WORKPLACE) -> Tried:
    return Tried(party, ago(days), reached)


def test_a_workplace_that_takes_part_is_silent_after_three_weeks_although_nobody_tried():
    assert silences([], today=TODAY, since={Party.WORKPLACE: ago(20)}) == {}
    assert silences([], today=TODAY, since={Party.WORKPLACE: ago(21)}) == {Party.WORKPLACE: ago(21)}


def test_an_answer_breaks_the_silence_and_an_attempt_does_not():
    since = {Party.WORKPLACE: ago(90)}
    assert silences([tried(10, True)], today=TODAY, since=since) == {}
    assert silences([tried(10, False)], today=TODAY, since=since) == {Party.WORKPLACE: ago(90)}
    assert silences([tried(40, True), tried(10, False)], today=TODAY, since=since) == {Party.WORKPLACE: ago(40)}


def test_an_answer_from_before_someone_took_part_does_not_count_as_silence_of_theirs():
    assert silences([tried(80, True)], today=TODAY, since={Party.WORKPLACE: ago(5)}) == {}


def test_another_party_is_silent_only_when_it_was_tried_and_did_not_answer():
    physician = Party.OCCUPATIONAL_PHYSICIAN
    assert silences([tried(60, True, physician)], today=TODAY) == {}
    assert silences([tried(60, True, physician), tried(30, False, physician)], today=TODAY) == {physician: ago(30)}
    assert silences([tried(30, False, physician), tried(2, False, physician)], today=TODAY) == {physician: ago(30)}
    assert silences([tried(30, False, physician), tried(2, True, physician)], today=TODAY) == {}


def test_the_number_of_weeks_is_a_parameter():
    assert silences([], today=TODAY, since={Party.WORKPLACE: ago(8)}, weeks=1) == {Party.WORKPLACE: ago(8)}


def test_items_are_read_and_kept_in_one_order():
    assert in_order(items_of(["call", "hours"])) == ["hours", "call"]
    with pytest.raises(ValueError, match="health"):
        items_of(["hours", "health"])


def test_only_an_invitation_goes_to_a_workplace_and_only_network_parties_have_a_consent():
    assert [kind for kind in LetterKind if Party.WORKPLACE in RECIPIENTS[kind]] == [LetterKind.THREE_WAY]
    assert Party.WORKPLACE not in NETWORK
    assert Party.PARTICIPANT not in NETWORK
    assert set(Item) == {"hours", "steps", "adjustments", "agreements", "deadlines", "call"}
