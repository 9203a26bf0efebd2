"""How long `opstap due` takes over 100,000 people: a common day, and a day on which everyone is due at once.

    python -m benchmarks.due [--people 100000]

Nothing leaves: the mail server is a function that takes the letter. Two runs follow each other; the second finds
nothing left to do. On PostgreSQL where OPSTAP_DATABASE_URL names an empty database, else on SQLite in a new folder.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

TODAY = date(2026, 10, 14)  # a Wednesday
ZONE = ZoneInfo("Europe/Amsterdam")
#: Of a hundred people, how many have a questionnaire that opens on any one day of a year with three waves: about one.
COMMON = 100


def main() -> None:
    """Fill an empty database, run twice on each kind of day, and print the times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=100_000)
    count = arguments.parse_args().people
    with tempfile.TemporaryDirectory(prefix="opstap-benchmark-") as folder:
        os.environ["OPSTAP_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opstap.config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from opstap.acts import clock
        from opstap.acts.doors import SYSTEM, entering

        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
        with clock.at(noon), entering(SYSTEM):
            study = _study()
        with clock.at(noon), entering(SYSTEM):
            began = time.perf_counter()
            _people(study, count)
            print(f"{connection.vendor}: {count} people made in {time.perf_counter() - began:.0f} s")
            for name, moved in (("a common day", COMMON), ("everyone at once", 1)):
                _open(moved)
                first, made = _run()
                second, again = _run()
                print(f"{name:<18} {made:>7} mails in {first:6.1f} s; a second run {second:5.1f} s, {again} mails")


def _study():
    from opstap.acts.doors import SYSTEM
    from opstap.acts.studies import open_study
    from opstap.domain.protocol import load

    return open_study(by=SYSTEM, slug="steps", protocol=load("steps"), seed=bytes(range(32)))


def _people(study, count: int) -> None:
    """Make people whose baseline is done and whose later waves lie ahead; in bulk, since acts are not measured here."""
    from opstap.acts.words import Contact, seal_contact
    from opstap.store import sealing
    from opstap.store.models import Identity, Measurement, Participant, PersonKey, Site, User

    site = Site.objects.filter(study=study).first()
    for begin in range(0, count, 2000):
        numbers = range(begin, min(begin + 2000, count))
        people = Participant.objects.bulk_create(
            Participant(
                study=study, site=site, pseudonym=f"B-{number}", state="included", language="nl", referred_on=TODAY
            )
            for number in numbers
        )
        users = User.objects.bulk_create(User(username=f"b-{number}") for number in numbers)
        keys = [PersonKey(participant=one, wrapped=sealing.new_key(one.pseudonym)) for one in people]
        PersonKey.objects.bulk_create(keys)
        for one, key in zip(people, keys, strict=True):
            one.key = key
        Identity.objects.bulk_create(
            Identity(
                participant=one, user=user, email_index=one.pseudonym,
                sealed=seal_contact(one, Contact("Sam Voorbeeld", f"{one.pseudonym.lower()}@benchmark.example")),
            )
            for one, user in zip(people, users, strict=True)
        )  # fmt: skip
        ahead = TODAY + timedelta(days=300)
        Measurement.objects.bulk_create(
            Measurement(
                participant=one, wave=wave, respondent="participant", protocol=study.protocol, due_on=ahead,
                opens_on=ahead, closes_on=ahead + timedelta(days=40),
            )
            for one in people
            for wave in ("t6", "t12")
        )  # fmt: skip


def _open(every: int) -> None:
    """Let the six-month wave of one in so many people open today."""
    from django.db.models import F
    from django.db.models.functions import Mod

    from opstap.store.models import Measurement

    Measurement.objects.annotate(rest=Mod(F("participant"), every)).filter(wave="t6", rest=0).update(
        opens_on=TODAY, due_on=TODAY, closes_on=TODAY + timedelta(days=40)
    )


def _run() -> tuple[float, int]:
    from opstap.acts.due import queue_due, send_waiting

    began = time.perf_counter()
    queue_due()
    sent = send_waiting(lambda _letter: None)["sent"]
    return time.perf_counter() - began, sent


if __name__ == "__main__":
    main()
