"""Licensed texts: loaded by a steward, shown while the licence holds, and needed before a study goes live."""

from datetime import timedelta

import pytest
from django.utils import translation

from opstap.acts import clock, doors, studies, texts
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import answers, house
from opstap.acts.sight.participant.filling import filling
from opstap.domain.access import Permission, Role
from opstap.domain.instruments.pack import PackError
from opstap.domain.protocol.load import library
from opstap.store.models import AuditEvent, InstrumentText
from tests.world import BEGIN, World


def pack(instrument: str, language: str = "nl", until: str = "", word: str = "Echte vraag") -> bytes:
    """Write the pack of an instrument, with invented words."""
    one = next(one for one in library() if one.id == instrument)
    lines = [
        f"instrument: {instrument}", f'version: "{one.version}"', f"language: {language}",
        f"licence: {{holder: Ziekenhuis, reference: L-1, valid_until: {until or 'null'}}}", "words:",
    ]  # fmt: skip
    for key, options in one.worded():
        answers = ", ".join(f"{code}: woord {code}" for code in options)
        lines.append(f'  "{key}": {{text: "{word} {key}", options: {{{answers}}}}}')
    return "\n".join(lines).encode()


def load(world: World, instrument: str, *, house_wide: bool = False, **how) -> InstrumentText:
    return texts.load_texts(
        by=world.person(Role.STEWARD),
        content=pack(instrument, **how),
        name="pack.yaml",
        study=None if house_wide else world.study,
    )


def asked(world: World, participant, item: str, language: str = "nl"):
    with clock.at(world.moment), translation.override(language):
        seen = filling(doors.own_record(world.account_of(participant)), world.measurement(participant, "t0").pk)
        # Words are looked up when they are read: now, and in this language.
        assert seen.wording.told
    return seen.at("sf12-v1", item)


def test_the_words_take_the_place_of_our_label_while_the_licence_holds(rentree: World) -> None:
    participant = rentree.consented()
    assert not asked(rentree, participant, "i1").text_included
    until = (rentree.moment + timedelta(days=10)).date()
    load(rentree, "sf12-v1", until=until.isoformat())
    seen = asked(rentree, participant, "i1")
    assert (seen.text, seen.text_included, seen.options[0].words) == ("Echte vraag i1", True, "woord 1")
    assert not asked(rentree, participant, "i1", "en").text_included
    rentree.later(days=10)
    assert asked(rentree, participant, "i1").text_included
    rentree.later(days=1)
    assert not asked(rentree, participant, "i1").text_included


def test_the_newest_words_count_and_those_of_the_study_before_those_of_the_house(rentree: World) -> None:
    participant = rentree.consented()
    load(rentree, "sf12-v1", house_wide=True, word="Van het huis")
    assert asked(rentree, participant, "i1").text == "Van het huis i1"
    load(rentree, "sf12-v1", word="Van het onderzoek")
    load(rentree, "sf12-v1", house_wide=True, word="Later van het huis")
    assert asked(rentree, participant, "i1").text == "Van het onderzoek i1"
    load(rentree, "sf12-v1", word="Nieuwer")
    assert asked(rentree, participant, "i1").text == "Nieuwer i1"
    assert InstrumentText.objects.count() == 4
    # Words of a version that is not asked do not count.
    InstrumentText.objects.update(version="2")
    assert not asked(rentree, participant, "i1").text_included


def test_a_questionnaire_with_its_own_words_needs_none(rentree: World) -> None:
    own = [one for one in library() if one.text_included]
    assert texts.in_real_words(rentree.study, own, "nl") == own


def test_who_enters_from_paper_reads_the_same_words(rentree: World) -> None:
    participant = rentree.consented()
    load(rentree, "sf12-v1")
    coordinator = rentree.person(Role.COORDINATOR)
    with clock.at(rentree.moment), translation.override("nl"):
        pk = rentree.measurement(participant, "t0").pk
        _row, whole = answers.answered(coordinator, pk, Permission.ENTER_ANSWERS)
    assert whole.question("sf12-v1.i1").text == "Echte vraag i1"


def test_a_study_goes_live_only_with_every_text_and_licence(rentree: World) -> None:
    steward = rentree.person(Role.STEWARD)
    with pytest.raises(Refused) as refusal, translation.override("en"):
        studies.go_live(by=steward, study=rentree.study)
    with translation.override("en"):
        assert "sf12-v1 (nl: no text), sf12-v1 (en: no text)" in str(refusal.value)
    load(rentree, "sf12-v1", until="2026-03-05")
    load(rentree, "sf12-v1", language="en", house_wide=True)
    with clock.at(BEGIN + timedelta(days=4)):
        with pytest.raises(Refused) as refusal, translation.override("en"):
            studies.go_live(by=steward, study=rentree.study)
        with translation.override("en"):
            assert "sf12-v1 (nl: the licence has ended)" in str(refusal.value)
        assert [line.state for line in house.texts_of_studies(steward)[0].lines] == ["expired", "loaded"]
    studies.go_live(by=steward, study=rentree.study)
    rentree.study.refresh_from_db()
    assert rentree.study.live_at == BEGIN
    standing = house.texts_of_studies(steward)[0]
    assert standing.ready
    assert standing.live_at == BEGIN
    with pytest.raises(Refused):
        studies.go_live(by=steward, study=rentree.study)
    assert AuditEvent.objects.filter(name="study.went_live").count() == 1


def test_a_pack_that_does_not_fit_keeps_nothing(rentree: World) -> None:
    steward = rentree.person(Role.STEWARD)
    with pytest.raises(PackError):
        texts.load_texts(by=steward, content=b"instrument: sf12-v1", name="p.yaml", study=rentree.study)
    # An instrument that this study does not ask is no instrument here; for the house it is.
    with pytest.raises(PackError):
        load(rentree, "eq5d-5l")
    load(rentree, "eq5d-5l", house_wide=True)
    assert InstrumentText.objects.count() == 1


def test_nobody_else_loads_a_text_or_goes_live(rentree: World) -> None:
    for role in (Role.COORDINATOR, Role.COACH):
        with pytest.raises(NotHere):
            texts.load_texts(by=rentree.person(role), content=pack("sf12-v1"), name="p", study=rentree.study)
        with pytest.raises(NotHere):
            studies.go_live(by=rentree.person(role), study=rentree.study)
        with pytest.raises(NotHere):
            house.texts_of_studies(rentree.person(role))
