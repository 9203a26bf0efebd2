"""People who exist for a rehearsal only, in a database made for it: the follow-up of a whole study in a minute.

They do not come in through consent and lot: a rehearsal is about what is asked when, and which mails go. What sends
the mails and what stops them are the product's own acts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from opstap.acts import clock
from opstap.acts.calendar import schedule, void_open
from opstap.acts.protocols import protocol_of
from opstap.acts.words import Contact, seal_contact
from opstap.store import sealing
from opstap.store.models import Identity, Mail, Measurement, Participant, PersonKey, Site, Study, User

#: After how many days someone hands in a questionnaire that opened; None: never. Invented, and not equally likely.
DELAYS = (0, 0, 1, 2, 3, 5, 8, 9, 12, 16, 23, 30, None)
#: Where people stay: nearly all in the programme's country.
ZONES = ("",) * 18 + ("Europe/Lisbon", "America/Paramaribo")
#: Out of a hundred people, how many leave, how many die, and of how many mail comes back.
LEAVE, DIE, BOUNCE = 6, 2, 3
#: People enter over so many days; the lot is drawn so long after the first questionnaire, and so on.
ENTRY, LOT, FIRST_TALK, PROGRAMME = 60, 3, 14, 180


@dataclass
class Person:
    """Someone invented: when they enter, how soon they answer, whether they leave or die, whether mail comes back."""

    number: int
    enters: date
    delays: list[int | None]
    time_zone: str
    ends: tuple[str, date] | None
    bounces: bool
    record: Participant | None = None
    waves: tuple[str, ...] = ()
    anchored: set[str] = field(default_factory=set)

    def delay(self, wave: str) -> int | None:
        """Tell how many days after a wave opened they hand it in; None: never."""
        return self.delays[self.waves.index(wave) % len(self.delays)]


def people(count: int, start: date, seed: int) -> list[Person]:
    """Invent people who enter in the first two months; the same seed gives the same people."""
    random = Random(seed)
    found = []
    for number in range(1, count + 1):
        enters = start + timedelta(days=random.randrange(ENTRY))
        fate = random.randrange(100)
        kind = "withdrawn" if fate < LEAVE else "died" if fate < LEAVE + DIE else ""
        ends = (kind, enters + timedelta(days=random.randrange(10, 360))) if kind else None
        delays = [random.choice(DELAYS) for _wave in range(12)]
        delays[0] = delays[0] or 0  # who never hands in the first has no follow-up to rehearse
        found.append(Person(number, enters, delays, random.choice(ZONES), ends, random.randrange(100) < BOUNCE))
    return found


def enter(study: Study, site: Site, person: Person, address: str) -> None:
    """Give someone a record, as if they had just agreed; the mails go to `address`."""
    one = Participant.objects.create(
        study=study, site=site, pseudonym=f"REHEARSE-{person.number}", state="included",
        language=protocol_of(study).languages[person.number % len(protocol_of(study).languages)],
        time_zone=person.time_zone, referred_on=person.enters, informed_on=person.enters,
    )  # fmt: skip
    PersonKey.objects.create(participant=one, wrapped=sealing.new_key(one.pseudonym))
    account = User.objects.create(username=f"r-{secrets.token_hex(8)}", language=one.language)
    contact = Contact(f"Persoon {person.number}", address)
    Identity.objects.create(
        participant=one, user=account, sealed=seal_contact(one, contact), email_index=f"rehearsal {person.number}"
    )
    person.record = one
    person.waves = tuple(wave.id for wave in protocol_of(study).study.waves)
    for anchor in ("consent", "enrolment"):
        schedule(one, anchor, person.enters)


def live(crowd: list[Person], today: date) -> Iterator[tuple[Person, str]]:
    """Let everyone do what they do on this day; gives who handed in which wave, and who left or died (`*`)."""
    here = {person.record.pk: person for person in crowd if person.record}
    for person in here.values():
        if person.ends and today >= person.ends[1] and "end" not in person.anchored:
            person.anchored.add("end")
            void_open(_record(person), person.ends[0])
            yield person, "*"
    open_now = Measurement.objects.filter(
        opens_on__lte=today, closes_on__gte=today, submitted_at=None, voided_on=None
    ).order_by("pk")
    for row in list(open_now):
        person = here[row.participant_id]
        delay = person.delay(row.wave)
        if delay is not None and row.opens_on + timedelta(days=delay) <= today:
            row.submitted_at = clock.now()
            row.save(update_fields=["submitted_at"])
            yield person, row.wave
    for person in here.values():
        _count_on(person, today)


def _record(person: Person) -> Participant:
    assert person.record is not None  # only who entered does anything
    return person.record


def _count_on(person: Person, today: date) -> None:
    """Let happen what later waves count from: the lot after the first questionnaire, the first talk, the end."""
    if "end" in person.anchored:
        return
    for anchor, after in (("allocation", LOT), ("first_session", FIRST_TALK), ("programme_end", PROGRAMME)):
        if anchor not in person.anchored and person.enters + timedelta(days=after) <= today:
            person.anchored.add(anchor)
            schedule(_record(person), anchor, today)


@dataclass(frozen=True)
class Gone:
    """A mail of the rehearsal: whose, which step of which wave, what became of it."""

    number: int
    message: UUID
    person: str
    wave: str
    step: str
    state: str


def gone(after: int) -> list[Gone]:
    """List the mails that were made after the one with this number."""
    rows = Mail.objects.select_related("participant", "measurement").filter(pk__gt=after).order_by("pk")
    return [
        Gone(
            row.pk,
            row.message_id,
            row.participant.pseudonym,
            row.measurement.wave if row.measurement else "",
            row.step,
            row.state,
        )
        for row in rows
    ]
