"""Words under a key per person: only that key opens them, and nothing can be moved or bent unnoticed."""

import pytest

from opstap.store.sealing import Unreadable, blind_index, new_key, seal, unseal

WORDS = "Anneke Proef, Kerkstraat 1, bel na drieën"


@pytest.fixture
def key() -> bytes:
    return new_key("S-ABC234")


def test_what_was_sealed_can_be_read_again_and_is_not_readable_itself(key):
    sealed = seal(key, "S-ABC234", WORDS)
    assert unseal(key, "S-ABC234", sealed) == WORDS
    assert b"Anneke" not in sealed
    assert unseal(memoryview(key), "S-ABC234", memoryview(sealed)) == WORDS


def test_the_same_words_are_sealed_differently_each_time(key):
    assert seal(key, "S-ABC234", WORDS) != seal(key, "S-ABC234", WORDS)
    assert new_key("S-ABC234") != new_key("S-ABC234")


def test_another_owner_cannot_read_them(key):
    sealed = seal(key, "S-ABC234", WORDS)
    with pytest.raises(Unreadable):
        unseal(key, "S-XYZ789", sealed)
    with pytest.raises(Unreadable):
        unseal(new_key("S-ABC234"), "S-ABC234", sealed)
    with pytest.raises(Unreadable):
        unseal(new_key("S-XYZ789"), "S-XYZ789", sealed)


@pytest.mark.parametrize("at", [0, 11, 12, 20, -1])
def test_one_changed_bit_makes_them_unreadable(key, at):
    bent = bytearray(seal(key, "S-ABC234", WORDS))
    bent[at] ^= 1
    with pytest.raises(Unreadable):
        unseal(key, "S-ABC234", bytes(bent))


@pytest.mark.parametrize("gone", [b"", b"short", bytes(range(60))])
def test_a_destroyed_key_erases_the_words(key, gone):
    sealed = seal(key, "S-ABC234", WORDS)
    with pytest.raises(Unreadable) as refused:
        unseal(gone, "S-ABC234", sealed)
    assert "Anneke" not in str(refused.value)


def test_another_installation_cannot_read_them(key, settings):
    sealed = seal(key, "S-ABC234", WORDS)
    index = blind_index("anneke@voorbeeld.example")
    settings.IDENTITY_KEY = "another key of this length or so, made up"
    with pytest.raises(Unreadable):
        unseal(key, "S-ABC234", sealed)
    assert blind_index("anneke@voorbeeld.example") != index


def test_an_address_has_one_fingerprint_however_it_is_typed():
    index = blind_index("anneke@voorbeeld.example")
    assert blind_index(" Anneke@Voorbeeld.Example ") == index
    assert blind_index("annelies@voorbeeld.example") != index
    assert "anneke" not in index
