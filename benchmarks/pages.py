"""How long the main pages take with 240 participants and with 10,000, in one database, in one run.

    python -m benchmarks.pages                       # prints a table; SQLite in a folder that is thrown away
    python -m benchmarks.pages --sizes 240 2000 --times 9

One participant is led through the acts; the others are that participant copied straight into the tables, each with a
name, key and account of their own. A coach looks after forty of them, whatever the size. The time is the server's,
from request to response, in this process; the first visit of each page is not counted. Before each measurement the
database is tidied as every run of `opstap due` tidies it.
"""

from __future__ import annotations

import argparse
import copy
import os
import secrets as chance
import statistics
import sys
import tempfile
import time
from typing import Any

CASELOAD = 40
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
        measured = [measure(asked.times, pages) for pages in filled(asked.sizes)]
    show(asked.sizes, measured)
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
        people = {role: world.person(role) for role in (Role.COORDINATOR, Role.COACH)}
        own = world.account_of(model)
    made = 1
    for size in sizes:
        with scopes_disabled(), clock.at(world.moment):
            while made < size:
                number = min(BATCH, size - made)
                copied(model, number, made, cared_for=max(0, min(number, CASELOAD - made)))
                made += number
        due.tidy()
        yield [
            (world.moment, people[Role.COACH], "caseload", "/care/"),
            (world.moment, people[Role.COACH], "one case", f"/care/{model.pseudonym}/"),
            (world.moment, people[Role.COORDINATOR], "progress of the study", "/study/progress/"),
            (world.moment, people[Role.COORDINATOR], "participants", "/study/participants/"),
            (world.moment, people[Role.COORDINATOR], "one participant", f"/study/participants/{model.pseudonym}/"),
            (world.moment, own, "a participant's today", "/me/"),
            (world.moment, link.user, "a workplace", f"/work/{model.pseudonym}/"),
        ]


def copied(model: Any, number: int, known: int, *, cared_for: int) -> None:
    """Copy one participant and what hangs on them, straight into the tables."""
    from opstap.acts.words import Contact, seal_contact
    from opstap.store import sealing
    from opstap.store.models import (
        AllocationRow,
        AnswerSheet,
        CareLink,
        Enrolment,
        Identity,
        Measurement,
        Participant,
        Participation,
        PersonKey,
        User,
        WorkSpell,
    )  # fmt: skip

    def like(original: Any, **changed: Any) -> Any:
        made = copy.copy(original)
        made._state = copy.copy(original._state)
        made._state.adding, made.pk = True, None
        made._state.fields_cache = {}
        for name, value in changed.items():
            setattr(made, name, value)
        return made

    numbers = range(known, known + number)
    people = Participant.objects.bulk_create(
        like(model, pseudonym=f"S-{one:06d}", referred_on=model.referred_on) for one in numbers
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
