"""Referring, screening, informing, declining: what is kept, and what is refused."""

from datetime import timedelta

import pytest

from opstap.acts import clock, recruitment, words
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.store import sealing
from opstap.store.models import Identity, NonParticipation, Participant
from tests.world import ELIGIBLE, World


def refer(world: World, **changed: str) -> Participant:
    given = {"name": "Marijke de Wolde", "email": "marijke@voorbeeld.example", "phone": "010 555 01 42", **changed}
    return recruitment.refer(by=world.person(Role.REFERRER), site=world.site, contact=Contact(**given))


def test_a_referral_keeps_who_someone_is_apart_and_sealed(steps: World) -> None:
    participant = refer(steps)
    identity = Identity.objects.get(participant=participant)
    assert b"Marijke" not in bytes(identity.sealed)
    assert participant.pseudonym.startswith("S-")
    assert words.contact_of(participant).name == "Marijke de Wolde"
    assert identity.user.email == ""
    assert identity.user.name == ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "nergens"}, "email"),
        ({"phone": "bel mij"}, "phone"),
        ({"phone": "0" * 31}, "phone"),
    ],
)
def test_a_referral_that_cannot_be_reached_is_refused(steps: World, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        refer(steps, **changed)
    assert refusal.value.field == field
    assert not Participant.objects.exists()


def test_the_same_person_is_referred_once(steps: World) -> None:
    refer(steps)
    with pytest.raises(Refused) as refusal:
        refer(steps, email="Marijke@Voorbeeld.example ")
    assert refusal.value.field == "email"


def test_a_pseudonym_is_never_given_twice(steps: World, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.person(Role.REFERRER)
    letters, choice = iter("AAAAAA" + "AAAAAA" + "BBBBBB"), recruitment.secrets.choice
    monkeypatch.setattr(
        recruitment.secrets, "choice", lambda among: next(letters) if among == recruitment._LETTERS else choice(among)
    )
    assert refer(steps).pseudonym == "S-AAAAAA"
    assert refer(steps, email="ander@voorbeeld.example").pseudonym == "S-BBBBBB"


def test_an_analyst_cannot_refer(steps: World) -> None:
    with pytest.raises(NotHere):
        recruitment.refer(by=steps.person(Role.ANALYST), site=steps.site, contact=Contact("Iemand", "i@v.example"))


def test_contact_details_are_changed_by_the_person(steps: World) -> None:
    participant, other = refer(steps), refer(steps, email="ander@voorbeeld.example")
    new = Contact("Marijke Nieuw", "nieuw@voorbeeld.example")
    recruitment.change_contact(by=steps.account_of(participant), participant=participant, contact=new)
    assert words.contact_of(participant) == new
    taken = Contact("Marijke", "ander@voorbeeld.example")
    with pytest.raises(Refused):
        recruitment.change_contact(by=steps.account_of(participant), participant=participant, contact=taken)
    with pytest.raises(NotHere):
        recruitment.change_contact(by=steps.account_of(other), participant=participant, contact=new)


def test_screening_keeps_each_verdict_with_its_reason(steps: World) -> None:
    participant = steps.screened()
    screening = participant.screenings.get()
    assert participant.state == "eligible"
    assert screening.criteria_version == "registry"
    assert {one["id"] for one in screening.verdicts} >= {"age", "treatment", "contract"}
    assert all(one["met"] and one["reason"] for one in screening.verdicts)


def test_someone_who_is_not_eligible_is_kept_with_the_reason(steps: World) -> None:
    participant = steps.screened(treatments=["surgery"])
    assert participant.state == "non_participant"
    assert NonParticipation.objects.get(participant=participant).reason == "not_eligible"


def test_an_open_answer_leaves_the_screening_open(steps: World) -> None:
    participant = steps.screened(treatments=None)
    assert participant.state == "screening"
    assert participant.screenings.get().eligible is None


def test_another_published_version_can_be_chosen(steps: World) -> None:
    participant = steps.referred()
    answers = {**ELIGIBLE["steps"], "treatments": ["surgery"]}
    screening = recruitment.screen(
        by=steps.person(Role.COORDINATOR), participant=participant, answers=answers, criteria="poster"
    )
    assert screening.eligible is True


@pytest.mark.parametrize(
    ("answers", "criteria", "field"),
    [
        ({"date_of_birth": "gisteren"}, None, "date_of_birth"),
        ({"schoenmaat": 41}, None, "schoenmaat"),
        ({}, "2031", "criteria"),
    ],
)
def test_a_screening_that_cannot_be_read_is_refused(steps: World, answers, criteria, field) -> None:
    participant = steps.referred()
    with pytest.raises(Refused) as refusal:
        recruitment.screen(
            by=steps.person(Role.COORDINATOR), participant=participant, answers=answers, criteria=criteria
        )
    assert refusal.value.field == field
    assert not participant.screenings.exists()


def test_someone_who_declines_can_come_back(steps: World) -> None:
    participant = steps.informed()
    coordinator = steps.person(Role.COORDINATOR)
    with pytest.raises(Refused):
        recruitment.decline(by=coordinator, participant=participant, reason="geen zin")
    recruitment.decline(by=coordinator, participant=participant, reason="too_busy")
    with pytest.raises(NotNow):
        recruitment.inform(by=coordinator, participant=participant)
    assert recruitment.reopen(by=coordinator, participant=participant).state == "referred"


def test_words_of_an_erased_person_cannot_be_read(steps: World) -> None:
    participant = refer(steps)
    sealed = words.seal(participant, "iets van Marijke")
    participant.key.wrapped = sealing.new_key(participant.pseudonym)
    assert words.unseal(participant, sealed) == "…"
    assert words.contact_of(participant).name == "…"
    assert words.unseal(participant, None) == ""
    assert words.seal(participant, "   ") is None


def test_initials_and_first_name() -> None:
    assert Contact("Marijke de Wolde", "").initials == "MW"
    assert Contact("Sevda", "").initials == "S"
    assert Contact("el idrissi", "").initials == "E"
    assert Contact("Marijke de Wolde", "").first_name == "Marijke"


def test_the_clock_can_be_set_for_a_while() -> None:
    before = clock.today()
    with clock.at(clock.now().replace(year=2030)):
        assert clock.today().year == 2030
    assert clock.today() == before


def test_information_can_have_been_given_before_the_referral(steps: World) -> None:
    participant = steps.screened()
    day = clock.today() - timedelta(days=8)
    assert recruitment.inform(by=steps.person(Role.COORDINATOR), participant=participant, on=day).informed_on == day
    for wrong in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=400)):
        with pytest.raises(Refused) as refusal:
            recruitment.inform(by=steps.person(Role.COORDINATOR), participant=steps.screened(), on=wrong)
        assert refusal.value.field == "on"
