"""Letters to people around the participant: from a template, read by the participant first, and only with consent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opstap.acts import clock, words
from opstap.acts.act import act, record
from opstap.acts.behalf import keep, spoken
from opstap.acts.closing_letter import summary
from opstap.acts.doors import Actor, allow
from opstap.acts.locks import enrolment_of, running
from opstap.acts.network import allowed_now, read_party
from opstap.acts.protocols import protocol_of
from opstap.acts.refusals import Refused
from opstap.domain.access import Permission
from opstap.domain.events import Event
from opstap.domain.journey import LETTER
from opstap.domain.network import RECIPIENTS, LetterKind, Party
from opstap.domain.protocol import Protocol
from opstap.store.models import Letter, Participant, WorkplaceLink


@dataclass(frozen=True)
class Content:
    """The words of a letter, as they stand on paper: lines of an address, and paragraphs."""

    to: list[str]
    sender: list[str]
    date: str
    subject: str
    paragraphs: list[str]
    signed: str


@act
def write_letter(
    *,
    by: Actor,
    participant: Participant,
    kind: str,
    party: str,
    text: str,
    language: str,
    link: WorkplaceLink | None = None,
) -> Letter:
    """Write a letter from a template, with words of one's own in the middle; it waits for the participant.

    The summary at the end is drawn from the record, so it needs no words; it can be written after the end as well.
    Refused without the participant's consent for the party, and for a party that this letter is not meant for. To a
    workplace (`link`) it carries the neutral name.
    """
    allow(by, Permission.WRITE_LETTER, participant=participant)
    _may_write(participant, kind)
    if kind not in tuple(LetterKind):
        raise Refused(_("Choose a letter from the list."), field="kind")
    if party not in tuple(Party) or Party(party) not in RECIPIENTS[LetterKind(kind)]:
        raise Refused(_("This letter is not meant for this party. Choose another letter or another party."), field="to")
    protocol = protocol_of(participant.study)
    if language not in protocol.languages:
        raise Refused(_("This programme does not have this language."), field="language")
    if not text.strip() and kind != LetterKind.CLOSING:
        raise Refused(_("Write what this letter is about."), field="text")
    with translation.override(language):
        content = Content(
            to=_addressed(participant, Party(party), link),
            sender=[_name_for(protocol, Party(party), language)],
            date=date_format(clock.today(), "j F Y"),
            subject=_subject(LetterKind(kind), words.contact_of(participant).name),
            paragraphs=_paragraphs(participant, LetterKind(kind), Party(party), text),
            signed=getattr(by, "name", ""),
        )
    letter = Letter.objects.create(
        participant=participant,
        kind=kind,
        party=party,
        link=link,
        language=language,
        state=LETTER.start,
        sealed=words.seal(participant, json.dumps(asdict(content))) or b"",
        written_by=by,  # type: ignore[misc]  # WRITE_LETTER is never the system's
        written_at=clock.now(),
    )
    _record(Event.LETTER_WRITTEN, by, letter)
    return letter


def _may_write(participant: Participant, kind: str) -> None:
    enrolment = enrolment_of(participant)
    if kind == LetterKind.CLOSING and enrolment is not None and enrolment.state == "completed":
        return
    running(participant)


def read_content(participant: Participant, letter: Letter) -> Content:
    """Give the words of a letter; empty but for "…" when the person was erased."""
    text = words.unseal(participant, letter.sealed)
    return Content([], [], "", "…", [], "") if text == "…" else Content(**json.loads(text))


@act
def agree_letter(*, by: Actor, letter: Letter, channel: str = "") -> Letter:
    """The participant has read the letter and agrees that it goes."""
    participant = letter.participant
    spoken(by, Permission.SHARE_WITH_PARTY, participant, channel)
    _addressed(participant, Party(letter.party), letter.link)
    letter = _moved(letter, "participant_agrees")
    letter.agreed_at = clock.now()
    letter.save(update_fields=["state", "agreed_at"])
    keep(by, participant, Event.LETTER_AGREED, letter.pk, channel)
    _record(Event.LETTER_AGREED, by, letter)
    return letter


@act
def send_letter(*, by: Actor, letter: Letter) -> Letter:
    """Write down that the letter went; refused when the participant has not agreed, or ended the consent since."""
    allow(by, Permission.WRITE_LETTER, participant=letter.participant)
    _addressed(letter.participant, Party(letter.party), letter.link)
    letter = _moved(letter, "send")
    letter.sent_at = clock.now()
    letter.save(update_fields=["state", "sent_at"])
    _record(Event.LETTER_SENT, by, letter)
    return letter


@act
def drop_letter(*, by: Actor, letter: Letter) -> Letter:
    """Take a letter back that has not gone: the participant or the care team may, without a reason."""
    allow(by, Permission.DROP_LETTER, participant=letter.participant)
    letter = _moved(letter, "drop")
    letter.save(update_fields=["state"])
    _record(Event.LETTER_DROPPED, by, letter)
    return letter


def _addressed(participant: Participant, party: Party, link: WorkplaceLink | None) -> list[str]:
    """Give the lines of the address; Refused when the participant does not allow this party (any longer)."""
    if party is Party.WORKPLACE:
        if link is None or link.participant_id != participant.pk or link.ended_on is not None:
            raise Refused(_("The participant does not share with this person at work."), field="to")
        return [link.user.name]
    if party is Party.PARTICIPANT:
        return [words.contact_of(participant).name]
    row = allowed_now(participant).filter(party=party.value).first()
    if row is None:
        raise Refused(
            _("The participant does not allow sharing with this party. Ask first; only they can allow it."), field="to"
        )
    name, address = read_party(participant, row)
    return [name, *(line.strip() for line in address.splitlines() if line.strip())]


def _name_for(protocol: Protocol, party: Party, language: str) -> str:
    return protocol.workplace_alias(language) if party is Party.WORKPLACE else protocol.text("title", language)


_SUBJECTS: dict[LetterKind, Promise] = {
    LetterKind.INFORMATION: _("Plan for work of %(name)s"),
    LetterKind.THREE_WAY: _("Invitation to a talk with %(name)s about work"),
    LetterKind.CLOSING: _("End of the guidance to work of %(name)s"),
}
_OPENINGS: dict[LetterKind, Callable[[], str]] = {
    LetterKind.INFORMATION: lambda: gettext(
        "With this letter I inform you about the plan for work that we made together. The plan is meant as input: "
        "what someone can do is for you to judge."
    ),
    LetterKind.THREE_WAY: lambda: gettext(
        "I invite you to a talk of the three of us: about the hours, the tasks and what is needed at work."
    ),
    LetterKind.CLOSING: lambda: gettext(
        "The guidance to work has ended. Below is what was agreed, and what comes next."
    ),
}


def _subject(kind: LetterKind, name: str) -> str:
    return str(_SUBJECTS[kind]) % {"name": name}


def _paragraphs(participant: Participant, kind: LetterKind, party: Party, text: str) -> list[str]:
    own = [" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    closing = gettext("This letter was read beforehand by the person whom it is about, who agreed that it was sent.")
    drawn = summary(participant, party) if kind is LetterKind.CLOSING else []
    if party is Party.PARTICIPANT:
        return [gettext("The guidance to work has ended. This is what was agreed, to keep."), *drawn, *own]
    return [_OPENINGS[kind](), *drawn, *own, closing]


def _moved(letter: Letter, move: str) -> Letter:
    letter = Letter.objects.select_for_update(of=("self",)).select_related("participant__study").get(pk=letter.pk)
    letter.state = LETTER.after(letter.state, move)
    return letter


def _record(event: Event, by: Actor, letter: Letter) -> None:
    participant = letter.participant
    record(event, by=by, study=participant.study, participant=participant.pseudonym, letter=letter.pk)
