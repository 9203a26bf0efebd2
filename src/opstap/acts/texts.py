"""The licensed words of instruments: loaded with their licence, and shown in place of our labels while it is valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from opstap.acts import clock
from opstap.acts.act import act, record
from opstap.acts.doors import Actor, allow
from opstap.acts.protocols import protocol_of
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.instruments.model import Questionnaire
from opstap.domain.instruments.pack import Lack, Licence, TextPack, dressed, lacks, read_pack
from opstap.domain.protocol.load import library
from opstap.store.models import InstrumentText, Study

Packs = dict[tuple[str, str], TextPack]


def preview_texts(*, by: Actor, content: bytes, name: str, study: Study | None) -> TextPack:
    """Read a text pack for a study, or for the whole house (None), without keeping it; PackError with every fault."""
    allow(by, Permission.OPEN_STUDY)
    return read_pack(content, name, instruments_of(study), clock.today())


@act
def load_texts(*, by: Actor, content: bytes, name: str, study: Study | None) -> InstrumentText:
    """Keep a text pack with its licence; the words are shown from now on. PackError with every fault.

    Earlier words of the same instrument and language stay kept, and are no longer shown.
    """
    pack = preview_texts(by=by, content=content, name=name, study=study)
    row = InstrumentText.objects.create(
        study=study,
        instrument=pack.instrument,
        version=pack.version,
        language=pack.language,
        holder=pack.licence.holder,
        reference=pack.licence.reference,
        valid_until=pack.licence.valid_until,
        words={key: words.model_dump() for key, words in pack.words.items()},
        loaded_at=clock.now(),
    )
    record(Event.TEXTS_LOADED, by=by, study=study, instrument=pack.instrument, language=pack.language, texts=row.pk)
    return row


def instruments_of(study: Study | None) -> Mapping[str, Questionnaire]:
    """Give the instruments that a study asks, or for the whole house those of the library, by name."""
    if study is not None:
        return protocol_of(study).questionnaires
    return {one.id: one for one in library()}


def packs_of(study: Study) -> Packs:
    """Give the words that count for a study, by instrument and language, valid today or not.

    Those of another version than the study asks do not count.
    """
    asked = instruments_of(study)
    rows = InstrumentText.objects.filter(Q(study=study) | Q(study=None), instrument__in=asked)
    # The study's own go before the house's, and among equals the newest.
    ordered = sorted(rows, key=lambda row: (row.study_id is not None, row.pk))
    return {
        (row.instrument, row.language): TextPack(
            instrument=row.instrument,
            version=row.version,
            language=row.language,  # type: ignore[arg-type]  # a pack with another language is never kept
            licence=Licence(holder=row.holder, reference=row.reference, valid_until=row.valid_until),
            words=row.words,
        )
        for row in ordered
        if row.version == asked[row.instrument].version
    }


def in_real_words(study: Study, asked: Iterable[Questionnaire], language: str) -> list[Questionnaire]:
    """Give questionnaires with their licensed words in a language, where they were loaded and the licence holds."""
    asked = list(asked)
    if all(one.text_included for one in asked):
        return asked
    valid = {
        name: pack
        for (name, spoken), pack in packs_of(study).items()
        if spoken == language and holds(pack.licence, clock.today())
    }
    return [dressed(one, language, valid.get(one.id)) for one in asked]


def holds(licence: Licence, on: date) -> bool:
    """Tell whether a licence is valid on a day."""
    return licence.valid_until is None or licence.valid_until >= on


def lacking(study: Study) -> list[Lack]:
    """List the licensed instruments of a study whose words or licence are missing or have run out, per language."""
    ends = {key: pack.licence.valid_until for key, pack in packs_of(study).items()}
    return lacks(instruments_of(study), list(protocol_of(study).languages), ends, clock.today())
