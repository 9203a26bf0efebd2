"""A mailed link works once and opens one questionnaire; a personal code opens the rest, and rests after wrong tries."""

import re
from datetime import timedelta

import pytest

from opstap.acts import clock, keys
from opstap.acts.letters import read_letter
from opstap.acts.refusals import NotHere, Refused
from opstap.domain.access import Role
from opstap.store.models import Mail, SignInLink
from tests.world import World


def sent(world: World, participant, wave="t0") -> str:
    with clock.at(world.moment):
        mail = keys.send_link(by=world.person(Role.COORDINATOR), measurement=world.measurement(participant, wave))
    return re.search(r"/link/([\w-]+)/", read_letter(mail)["text"])[1]


def test_a_link_works_once(rentree: World) -> None:
    participant = rentree.consented()
    token = sent(rentree, participant)
    with clock.at(rentree.moment):
        user, measurement = keys.open_link(token)
        assert (user, measurement.wave) == (rentree.account_of(participant), "t0")
        with pytest.raises(keys.LinkSpent):
            keys.open_link(token)


def test_only_the_hash_of_a_link_is_kept(rentree: World) -> None:
    token = sent(rentree, rentree.consented())
    assert not SignInLink.objects.filter(token_hash=token).exists()
    assert SignInLink.objects.filter(token_hash=keys.link_hash(token)).exists()


def test_a_link_expires(rentree: World) -> None:
    token = sent(rentree, rentree.consented())
    rentree.later(days=15)
    with clock.at(rentree.moment), pytest.raises(keys.LinkSpent):
        keys.open_link(token)


def test_a_link_to_a_closed_questionnaire_is_spent(rentree: World) -> None:
    participant = rentree.consented()
    token = sent(rentree, participant)
    rentree.fill(participant, "t0")
    with clock.at(rentree.moment), pytest.raises(keys.LinkSpent):
        keys.open_link(token)
    with pytest.raises(Refused):
        sent(rentree, participant)


def test_a_link_of_an_account_that_was_closed_is_spent(rentree: World) -> None:
    participant = rentree.consented()
    token = sent(rentree, participant)
    user = rentree.account_of(participant)
    user.is_active = False
    user.save()
    with clock.at(rentree.moment), pytest.raises(keys.LinkSpent):
        keys.open_link(token)


def test_an_unknown_link_is_spent_like_any_other() -> None:
    with pytest.raises(keys.LinkSpent):
        keys.open_link("never-was")
    assert keys.send_new_link("never-was") is False


def test_a_spent_link_brings_a_fresh_one_to_the_same_mailbox(rentree: World) -> None:
    participant = rentree.consented()
    token = sent(rentree, participant)
    with clock.at(rentree.moment):
        keys.open_link(token)
        before = Mail.objects.count()
        assert keys.send_new_link(token)
    assert Mail.objects.count() == before + 1


def test_a_letter_names_no_disease_and_no_programme_in_its_subject(steps: World, rentree: World) -> None:
    for world in (steps, rentree):
        participant = world.consented()
        sent(world, participant)
        letter = read_letter(Mail.objects.filter(participant=participant).latest("pk"))
        assert letter["to"].endswith(".example")
        for word in ("kanker", "cancer", "steps", "rentree", "ziek"):
            assert word not in letter["subject"].casefold()


def test_a_letter_to_someone_who_was_erased_is_empty(rentree: World) -> None:
    participant = rentree.consented()
    sent(rentree, participant)
    mail = Mail.objects.latest("pk")
    mail.participant.key.wrapped = b"x" * 40
    assert read_letter(mail) == {"to": "", "subject": "", "text": ""}


def test_a_code_is_chosen_and_checked(rentree: World) -> None:
    participant = rentree.consented()
    user = rentree.account_of(participant)
    assert not keys.has_code(user)
    with pytest.raises(NotHere):
        keys.check_code(user, "wat dan ook")
    keys.set_code(by=user, participant=participant, code="brood7")
    assert keys.has_code(user)
    assert keys.check_code(user, " brood7 ")
    assert not keys.check_code(user, "brood8")


@pytest.mark.parametrize("code", ["kort", "aaaaaa", "123456", "987654", "ababab"])
def test_a_code_that_is_easy_to_guess_is_refused(rentree: World, code: str) -> None:
    participant = rentree.consented()
    with pytest.raises(Refused):
        keys.set_code(by=rentree.account_of(participant), participant=participant, code=code)


def test_five_wrong_tries_make_the_code_rest(rentree: World) -> None:
    participant = rentree.consented()
    user = rentree.account_of(participant)
    keys.set_code(by=user, participant=participant, code="brood7")
    for _ in range(5):
        assert not keys.check_code(user, "fout99")
    with pytest.raises(Refused):
        keys.check_code(user, "brood7")
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert keys.check_code(user, "brood7")
