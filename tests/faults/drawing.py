"""Processes that draw lots at once, and what their list must be afterwards. Used by the test and by the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import Any

from django.db import connections

from opstap.domain.journey import PARTICIPATION
from opstap.store.models import AllocationRow, Participant, Participation, Screening
from tests.world import World

PROCESS = """
import sys
import django
django.setup()
from django.db import connections
connections.settings["default"]["NAME"] = sys.argv[1]
from django_scopes import scopes_disabled
from opstap.acts import lot
from opstap.acts.find import user_numbered
from opstap.store.models import Participant
with scopes_disabled():
    by = user_numbered(int(sys.argv[2]))
    people = list(Participant.objects.select_related("study__protocol", "site").filter(pk__in=sys.argv[3].split(",")))
    print("ready", flush=True)
    sys.stdin.readline()
    for one in people:
        try:
            print(one.pk, lot.allocate(by=by, participant=one).number, flush=True)
        except Exception as error:
            print(one.pk, type(error).__name__, flush=True)
"""


def waiting(world: World, number: int) -> list[Participant]:
    """Make this many people of one site who wait for their lot, as copies of one who came there through the acts."""
    first = world.baseline()
    screening = Screening.objects.get(participant=first)
    people = Participant.objects.bulk_create(
        Participant(
            study=world.study, site=first.site, pseudonym=f"L{first.pk}-{one}", state=first.state,
            referred_on=first.referred_on,
        )
        for one in range(number)
    )  # fmt: skip
    kept = first.participation
    Participation.objects.bulk_create(
        Participation(
            participant=one, state=kept.state, legal_basis=kept.legal_basis, retention_years=kept.retention_years,
            consented_on=kept.consented_on,
        )
        for one in people
    )  # fmt: skip
    Screening.objects.bulk_create(
        Screening(
            participant=one, criteria_version=screening.criteria_version, answers=screening.answers, verdicts=[],
            eligible=True, on=screening.on,
        )
        for one in people
    )  # fmt: skip
    assert PARTICIPATION.allows(kept.state, "follow")
    return people


def draw_at_once(by: Any, shares: list[list[Participant]]) -> list[tuple[int, str]]:
    """Let a process for each share draw its people's lots, all from the same moment; give who got which line."""
    name = str(connections.settings["default"]["NAME"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "opstap.config.settings"}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, name, str(by.pk), ",".join(str(one.pk) for one in share)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        for share in shares
    ]  # fmt: skip
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    told = []
    for run in runs:
        out, _ = run.communicate(timeout=600)
        told += [(int(who), what) for who, what in (line.split() for line in out.splitlines())]
    return told


def faults(site: str, study: Any, before: int, told: list[tuple[int, str]]) -> list[str]:
    """List what is wrong with the lines of a site after draws: a number twice or skipped, or out of order."""
    rows = list(
        AllocationRow.objects.filter(study=study, stratum=site)
        .exclude(participation=None)
        .order_by("allocated_at", "pk")
    )
    numbers = [row.number for row in rows]
    whose = dict(AllocationRow.objects.filter(study=study).values_list("participation__participant", "number"))
    drawn = Counter(who for who, what in told if what.isdigit())
    return [
        *([] if sorted(numbers) == list(range(1, len(numbers) + 1)) else ["a number is skipped or twice"]),
        *([] if numbers == sorted(numbers) else ["a later line was used before an earlier one"]),
        *([] if len(numbers) == before + len(drawn) else ["lines were used that nobody was told of"]),
        *(f"{who} was told {what}" for who, what in told if what.isdigit() and whose.get(who) != int(what)),
        *(f"{who} drew {number} times" for who, number in drawn.items() if number > 1),
    ]  # fmt: skip
