"""How long the main pages take with 240 participants and with 10,000, in one database, in one run.

    python -m benchmarks.pages                       # prints a table; SQLite in a folder that is thrown away
    python -m benchmarks.pages --sizes 240 2000 --times 9

One participant is led through the acts; the others are that participant copied straight into the tables, each with a
name, key and account of their own. A coach looks after forty of them, whatever the size. One person more has a long
story: two years of diary (some 1,500 notes), shared with the care team, and forty contacts. Two coaches more have a
caseload of 20 and one of 2,000 (as many as there are): what counts there is the number of queries. The time is the
server's, from request to response, in this process; the first visit of each page is not counted. Before each
measurement the database is tidied as every run of `opstap due` tidies it.
"""

from __future__ import annotations

import argparse
import copy
import os
import random
import secrets as chance
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

from benchmarks.grounds import load

from opstap.domain.programme.energy import Effect, How, Kind

CASELOAD = 40
CASELOADS = (20, 2000)
#: A long story: the days of diary, about how many notes on each, and the contacts.
DIARY_DAYS, NOTES, CONTACTS = 730, 1500, 40
BATCH = 1000


def main() -> int:
    """Fill, measure, fill further, measure again, and print both beside each other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[240, 10_000], metavar="N", help="ascending")
    parser.add_argument("--times", type=int, default=7, help="visits of each page; the median counts")
    asked = parser.parse_args()
    if asked.sizes != sorted(set(asked.sizes)) or asked.sizes[0] < CASELOAD or asked.times < 1:
        parser.error(f"--sizes must ascend and begin at {CASELOAD} or more; --times is at least 1")
    with tempfile.TemporaryDirectory(prefix="opstap-benchmark-") as home:
        os.environ |= {"OPSTAP_HOME": home, "DJANGO_SETTINGS_MODULE": "opstap.config.settings", "OPSTAP_HOSTS": "*"}
        os.environ.pop("OPSTAP_DATABASE_URL", None)
        os.makedirs(os.path.join(home, "static"))
        before = load()
        measured = [measure(asked.times, pages) for pages in filled(asked.sizes)]
    show(asked.sizes, measured)
    print(f"load {before} before, {load()} after")
    return 0


def filled(sizes: list[int]) -> Any:
    """Make the world, and give the pages to visit at each size."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    from django.core.management import call_command
    from django_scopes import scopes_disabled
    from tests.world import World

    from opstap.acts import clock, due
    from opstap.domain.access import Role

    call_command("migrate", verbosity=0)
    world = World("steps")
    with scopes_disabled(), clock.at(world.moment):
        model = world.in_care()
        link = world.with_workplace(model)
        happened(world, model)
        long = long_story(world)
        people = {role: world.person(role) for role in (Role.COORDINATOR, Role.COACH)}
        own = world.account_of(model)
        busy = [coach(world, number) for number in CASELOADS]
    made = 2
    for size in sizes:
        with scopes_disabled(), clock.at(world.moment):
            while made < size:
                number = min(BATCH, size - made)
                copied(model, number, made, cared_for=max(0, min(number, CASELOAD - made)))
                made += number
            for one, number in zip(busy, CASELOADS, strict=True):
                look_after(model, one, number)
        due.tidy()
        yield [
            (world.moment, people[Role.COACH], "caseload", "/care/"),
            (world.moment, people[Role.COACH], "one case", f"/care/{model.pseudonym}/"),
            (world.moment, people[Role.COACH], "a long case", f"/care/{long.pseudonym}/"),
            (world.moment, people[Role.COACH], "a long case's diary", f"/care/{long.pseudonym}/energy/"),
            *(
                (world.moment, one, f"caseload of {min(number, made):,}", "/care/")
                for one, number in zip(busy, CASELOADS, strict=True)
            ),
            (world.moment, people[Role.COORDINATOR], "progress of the study", "/study/progress/"),
            (world.moment, people[Role.COORDINATOR], "participants", "/study/participants/"),
            (world.moment, people[Role.COORDINATOR], "one participant", f"/study/participants/{model.pseudonym}/"),
            (world.moment, people[Role.COORDINATOR], "follow-up calendar", "/study/calendar/"),
            (world.moment, people[Role.COORDINATOR], "mails", "/study/mails/"),
            (world.moment, people[Role.COORDINATOR], "recruitment", "/study/recruitment/"),
            (world.moment, people[Role.COORDINATOR], "screening log", "/study/screening/"),
            (world.moment, people[Role.COORDINATOR], "consents", "/study/consents/"),
            (world.moment, people[Role.COORDINATOR], "monitor", "/study/monitor/"),
            (world.moment, people[Role.COORDINATOR], "partners", "/study/partners/"),
            (world.moment, own, "a participant's today", "/me/"),
            (world.moment, world.account_of_unscoped(long), "today, a long story", "/me/"),
            (world.moment, world.account_of_unscoped(long), "one's own long diary", "/me/energy/"),
            (world.moment, link.user, "a workplace", f"/work/{model.pseudonym}/"),
        ]


def happened(world: Any, model: Any) -> None:
    """Let something happen to someone in the study."""
    from opstap.acts import incidents
    from opstap.domain.access import Role

    incidents.report_event(
        by=world.person(Role.COORDINATOR), participant=model, on=model.referred_on, text="Viel van de trap."
    )


def long_story(world: Any) -> Any:
    """Lead someone into care, and give them two years of diary, shared, and contacts."""
    from opstap.acts import clock

    person = world.in_care()
    with clock.at(world.moment):  # being led into care took its days
        return _with_story(world, person)


def _with_story(world: Any, person: Any) -> Any:
    from opstap.acts import contacts, energy
    from opstap.domain.access import Role
    from opstap.store.models import ContactAttempt, EnergyNote

    account, coach = world.account_of(person), world.person(Role.COACH)
    note = energy.note_energy(by=account, participant=person, kind="work", effect="cost", how="good")
    energy.share_diary(by=account, participant=person)
    energy.set_energy_budget(by=coach, participant=person, most=20)
    drawn = random.Random(2)
    kinds, effects, hows = (list(one) for one in (Kind, Effect, How))
    EnergyNote.objects.bulk_create(
        like(
            note, on=note.on - timedelta(days=number * DIARY_DAYS // NOTES), kind=drawn.choice(kinds),
            effect=drawn.choice(effects), how=drawn.choice(hows),
        )
        for number in range(1, NOTES)
    )  # fmt: skip
    contact = contacts.log_contact(
        by=coach, participant=person, party="workplace", channel="telephone", on=note.on, reached=True,
        note="Gebeld over de opbouw van de uren.",
    )  # fmt: skip
    ContactAttempt.objects.bulk_create(
        like(contact, on=contact.on - timedelta(days=number * DIARY_DAYS // CONTACTS)) for number in range(1, CONTACTS)
    )
    return person


def coach(world: Any, number: int) -> Any:
    """Make a coach with an account of their own."""
    from opstap.acts import people
    from opstap.acts.doors import SYSTEM
    from opstap.domain.access import Role

    user = people.make_account(
        by=SYSTEM, email=f"coach{number}@steps.example", name=f"Coach Proef{number}", password=chance.token_hex(16)
    )
    people.grant_role(by=SYSTEM, user=user, role=Role.COACH, study=world.study)
    return user


def look_after(model: Any, user: Any, number: int) -> None:
    """Let a coach look after so many people, as far as there are."""
    from opstap.store.models import CareLink, Participant

    kept = CareLink.objects.filter(participant=model).first()
    there = set(CareLink.objects.filter(user=user).values_list("participant_id", flat=True))
    new = Participant.objects.filter(study=model.study).exclude(pk__in=there).order_by("pk")[: number - len(there)]
    CareLink.objects.bulk_create(like(kept, participant=one, user=user, profession="coach") for one in new)


def like(original: Any, **changed: Any) -> Any:
    """Copy a row as a new one, with some fields changed."""
    made = copy.copy(original)
    made._state = copy.copy(original._state)
    made._state.adding, made.pk = True, None
    made._state.fields_cache = {}
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def copied(model: Any, number: int, known: int, *, cared_for: int) -> None:
    """Copy one participant and what hangs on them, straight into the tables."""
    from opstap.acts.words import Contact, seal_contact
    from opstap.store import sealing
    from opstap.store.models import (
        AllocationRow,
        AnswerSheet,
        CareLink,
        Consent,
        Enrolment,
        Identity,
        Incident,
        Measurement,
        Participant,
        Participation,
        PersonKey,
        Screening,
        Signature,
        User,
        WorkSpell,
    )  # fmt: skip

    numbers = range(known, known + number)
    people = Participant.objects.bulk_create(
        like(model, pseudonym=f"S-{one:06d}", referred_on=model.referred_on - timedelta(days=one % 700))
        for one in numbers
    )
    keys = PersonKey.objects.bulk_create(
        PersonKey(participant=one, wrapped=sealing.new_key(one.pseudonym)) for one in people
    )
    for person, key in zip(people, keys, strict=True):
        person._state.fields_cache["key"] = key
    users = User.objects.bulk_create(User(username=f"p-{chance.token_hex(8)}", password="!") for _ in people)
    Identity.objects.bulk_create(
        Identity(
            participant=person,
            user=user,
            sealed=seal_contact(person, Contact(f"Proef Persoon{index}", f"copy{index}@steps.example", "")),
            email_index=sealing.blind_index(f"copy{index}@steps.example"),
        )
        for index, person, user in zip(numbers, people, users, strict=True)
    )
    Enrolment.objects.bulk_create(like(model.enrolment, participant=one) for one in people)
    participations = Participation.objects.bulk_create(like(model.participation, participant=one) for one in people)
    AllocationRow.objects.bulk_create(
        like(model.participation.allocation, number=100_000 + index, participation=one)
        for index, one in zip(numbers, participations, strict=True)
    )
    for original in Measurement.objects.filter(participant=model):
        measurements = Measurement.objects.bulk_create(like(original, participant=one) for one in people)
        for sheet in AnswerSheet.objects.filter(measurement=original):
            AnswerSheet.objects.bulk_create(like(sheet, measurement=one) for one in measurements)
    for spell in WorkSpell.objects.filter(participant=model):
        WorkSpell.objects.bulk_create(like(spell, participant=one) for one in people)
    for screening in Screening.objects.filter(participant=model):
        Screening.objects.bulk_create(like(screening, participant=one) for one in people)
    for consent in Consent.objects.filter(participant=model):
        consents = Consent.objects.bulk_create(like(consent, participant=one) for one in people)
        for signature in Signature.objects.filter(consent=consent):
            Signature.objects.bulk_create(like(signature, consent=one) for one in consents)
    for incident in Incident.objects.filter(participant=model):
        # One in a hundred had something happen; nearly all of that is closed.
        Incident.objects.bulk_create(
            like(incident, participant=one, state="reported" if number % 10 == 0 else "closed")
            for number, one in enumerate(people[::100])
        )
    for care in CareLink.objects.filter(participant=model):
        CareLink.objects.bulk_create(like(care, participant=one) for one in people[:cared_for])


def measure(times: int, pages: list[tuple[Any, Any, str, str]]) -> list[tuple[str, float, int]]:
    """Visit each page; give its name, the median time in milliseconds, and the number of queries."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from opstap.acts import clock
    from opstap.web.shared.entering import CODE

    found = []
    for moment, user, name, path in pages:
        client = Client()
        if user.email and not Authenticator.objects.filter(user=user).exists():
            TOTP.activate(user, generate_totp_secret())
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if not user.email:
            session = client.session
            session[CODE] = True
            session.save()
        taken = []
        with clock.at(moment):
            for visit in range(times + 1):
                with CaptureQueriesContext(connection) as asked:
                    began = time.perf_counter()
                    answer = client.get(path)
                    ended = time.perf_counter()
                if answer.status_code != 200:
                    raise SystemExit(f"{path} answered {answer.status_code}: there is nothing to measure")
                if visit:
                    taken.append(1000 * (ended - began))
        found.append((name, statistics.median(taken), len(asked)))
    return found


def show(sizes: list[int], measured: list[list[tuple[str, float, int]]]) -> None:
    """Print the sizes beside each other, with the ratio of the last to the first."""
    head = "".join(f"{f'{size:,}':>12} {'queries':>8}" for size in sizes)
    print(f"{'page':<24}{head}{'ratio':>8}")
    for rows in zip(*measured, strict=True):
        cells = "".join(f"{row[1]:>9.1f} ms {row[2]:>8}" for row in rows)
        print(f"{rows[0][0]:<24}{cells}{rows[-1][1] / rows[0][1]:>8.2f}")


if __name__ == "__main__":
    sys.exit(main())
