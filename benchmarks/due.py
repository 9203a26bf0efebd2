"""How long `opstap due` takes over 100,000 people: a common day, and a day on which everyone is due at once.

    python -m benchmarks.due [--people 100000] [--postgres]

Nothing leaves: the mail server is a function that takes the letter. Two runs follow each other; the second finds
nothing left to do. Then everyone is due once more, and two runs in two processes start at the same moment: how many
mails went, and how many twice. On SQLite in a new folder, or on a private PostgreSQL with durable settings.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.grounds import home, load, postgres, started_before

TODAY = date(2026, 10, 14)  # a Wednesday
ZONE = ZoneInfo("Europe/Amsterdam")
#: Of a hundred people, how many have a questionnaire that opens on any one day of a year with three waves: about one.
COMMON = 100


def main() -> None:
    """Fill an empty database, run twice on each kind of day, and print the times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=100_000)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--everyone", action="store_true", help="also a day on which everyone's wave opens")
    asked = arguments.parse_args()
    count = asked.people
    with postgres() if asked.postgres else nullcontext("") as address, home(address) as folder:
        from django.db import connection, connections

        from opstap.acts import clock
        from opstap.acts.doors import SYSTEM, entering

        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
        with clock.at(noon), entering(SYSTEM):
            study = _study()
        with clock.at(noon), entering(SYSTEM):
            began = time.perf_counter()
            _people(study, count)
            print(f"{connection.vendor}: {count} people made in {time.perf_counter() - began:.0f} s")
            days = [("a common day", COMMON), *([("everyone at once", 1)] if asked.everyone else [])]
            for name, moved in days:
                _open(moved, "t6")
                first, made = _run()
                second, again = _run()
                told = f"{made:>7} mails in {first:6.1f} s; a second run {second:5.1f} s, {again} mails"
                print(f"{name:<18} {told}; load {load()}", flush=True)
            _open(days[-1][1], "t12")
            began = time.perf_counter()
            went = _two_at_once(folder, noon)
            twice = sum(number > 1 for number in went.values())
            took = time.perf_counter() - began
            print(f"{'two runs at once':<18} {len(went):>7} mails in {took:6.1f} s; {twice} twice; load {load()}")
        connections.close_all()


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


def _open(every: int, wave: str) -> None:
    """Let a wave of one in so many people open today."""
    from django.db.models import F
    from django.db.models.functions import Mod

    from opstap.store.models import Measurement

    Measurement.objects.annotate(rest=Mod(F("participant"), every)).filter(wave=wave, rest=0).update(
        opens_on=TODAY, due_on=TODAY, closes_on=TODAY + timedelta(days=40)
    )


def _run() -> tuple[float, int]:
    from opstap.acts.due import queue_due, send_waiting

    began = time.perf_counter()
    queue_due()
    sent = send_waiting(lambda _letter: None)["sent"]
    return time.perf_counter() - began, sent


#: One of two runs: it waits for its line of input, so that both start together, and writes down whom it wrote to.
ONE = """
import sys
from datetime import datetime
import django
django.setup()
from opstap.acts import clock
from opstap.acts.doors import SYSTEM, entering
from opstap.acts.due import queue_due, send_waiting

print("ready", flush=True)
sys.stdin.readline()
with open(sys.argv[1], "w") as kept, clock.at(datetime.fromisoformat(sys.argv[2])), entering(SYSTEM):
    queue_due()
    send_waiting(lambda letter: kept.write(letter["to"] + "\\n"))
"""


def _two_at_once(folder: str, noon: datetime) -> Counter[str]:
    """Run twice at the same moment; give how many mails went to each address."""
    kept = [Path(folder, f"sent-{number}") for number in range(2)]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", ONE, str(path), noon.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=started_before(folder),
        )
        for path in kept
    ]  # fmt: skip
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("\n")
        run.stdin.flush()
    codes = [run.wait() for run in runs]
    if any(codes):
        raise SystemExit("a run stopped")
    return Counter(line for path in kept for line in path.read_text().splitlines())


if __name__ == "__main__":
    main()
