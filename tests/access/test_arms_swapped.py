"""Blinding, tried as a whole: one small trial made twice, with the arms swapped. What a blinded role can see of it, on
every page, in every file and in the trail, is the same, byte for byte.

What follows the lot follows the arm here too: care, talks, plans, contacts, the questionnaires about the programme, and
the queries that its answers bring about.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from opstap.acts import (
    behalf,
    care,
    clock,
    closing_data,
    contacts,
    goals,
    incidents,
    lot,
    measures,
    people,
    plans,
    queries,
    recruitment,
    reporting,
    stages,
    studies,
)
from opstap.acts.calendar import asked_of
from opstap.acts.doors import SYSTEM
from opstap.acts.veil import unveil
from opstap.domain.access import Role
from opstap.domain.allocation import Row
from opstap.domain.protocol import load
from opstap.jobs.report import make_waiting
from opstap.store.models import Incident, Measurement, Participant, Query, ReportRun
from tests.access.people import second_step
from tests.access.table import TABLE
from tests.world import BEGIN, SEED, World, answers_to

# Marked, so that pytest-django makes the database; each world is rolled back at its end.
pytestmark = pytest.mark.django_db

ARMS = ("steps", "usual_care", "usual_care", "steps")
BLINDED = {
    "referrer, own": Role.REFERRER,
    "analyst": Role.ANALYST,
    "data manager": Role.DATA_MANAGER,
    "steward": Role.STEWARD,
}


def swapped(arm: str) -> str:
    return {"steps": "usual_care", "usual_care": "steps"}[arm]


class Trial:
    """Four people of one site, two in each arm, followed for half a year."""

    def __init__(self, *, swap: bool) -> None:
        self.world = World("steps")
        rows = [
            Row(site, number, swapped(arm) if swap else arm)
            for site in load("steps").sites
            for number, arm in enumerate(ARMS, start=1)
        ]
        self.world.__dict__["study"] = studies.open_study(
            by=SYSTEM, slug="steps", protocol=load("steps"), seed=SEED, rows=rows
        )
        for role in people.GIVEN:
            self.world.person(role)
        self.took_part = [self.world.baseline() for _arm in ARMS]
        self.world.later(days=1)
        for one in self.took_part:
            with clock.at(self.world.moment):
                lot.allocate(by=self.world.person(Role.COORDINATOR), participant=one)
        self.took_part = [self.world.fresh(one) for one in self.took_part]
        for one in self.took_part:
            if one.participation.arm == "steps":
                self.programme(one)
        self.world.later(days=184)
        for one in self.took_part[:3]:
            self.answer(one)
        self.questions()

    def programme(self, one: Participant) -> None:
        """What the arm with the programme brings: everything here happens to nobody else."""
        world = self.world
        coach, therapist = world.person(Role.COACH), world.person(Role.THERAPIST)
        with clock.at(world.moment):
            for user, role in ((coach, Role.COACH), (therapist, Role.THERAPIST)):
                care.assign_care(by=world.person(Role.COORDINATOR), participant=one, user=user, profession=role)
        with clock.at(world.moment + timedelta(days=2)):
            session = care.plan_session(by=coach, participant=one, kind="work_intake", planned_for=clock.now())
            care.hold_session(
                by=coach, session=session, on=clock.today(), minutes=55, modules=["rights_duties"], with_workplace=True
            )
            plan = plans.offer_plan(
                by=coach, participant=one, aim="return", contract_hours=32, steps=[(clock.today(), 8.0)]
            )
            plans.agree_plan(by=world.account_of(one), plan=plan)
            goals.set_goal(by=coach, participant=one, text="Weer fietsen.", importance=8, confidence=5)
            contacts.log_contact(
                by=coach, participant=one, party="workplace", channel="telephone", on=clock.today(), reached=True
            )
            stages.record_readiness(by=therapist, participant=one, on=clock.today(), working=False, means=[3.0] * 6)
            behalf.choose_paper(by=coach, participant=one, no_screen=False)
            care.plan_session(
                by=coach, participant=one, kind="consultation", planned_for=clock.now() + timedelta(days=9)
            )

    def answer(self, one: Participant) -> None:
        """Hand in the questionnaires of half a year, page by page; in one arm there is one more."""
        measurement = Measurement.objects.select_related(
            "participant__study__protocol", "participant__key", "participant__participation__allocation"
        ).get(participant=one, wave="t6", respondent="participant")
        account = self.world.account_of(one)
        with clock.at(self.world.moment):
            for questionnaire in asked_of(measurement):
                answers = answers_to(questionnaire, self.world.moment)
                measures.save_answers(by=account, measurement=measurement, answers={questionnaire.id: answers})
            measures.submit(by=account, measurement=measurement)

    def questions(self) -> None:
        """Raise queries: one that everyone may see, one on what only the programme asks; lock who is complete."""
        manager, coordinator = self.world.person(Role.DATA_MANAGER), self.world.person(Role.COORDINATOR)
        with clock.at(self.world.moment + timedelta(hours=1)):
            for one in Measurement.objects.select_related("participant__study__protocol", "participant__key").filter(
                wave="t6", respondent="participant", submitted_at__isnull=False
            ):
                queries.raise_query(by=manager, measurement=one, questionnaire="work-follow-up", text="Klopt dit?")
                if one.participant_id in {
                    person.pk for person in self.took_part if person.participation.arm == "steps"
                }:
                    Query.objects.create(
                        measurement=one, questionnaire="process-participant", state="open", raised_at=clock.now()
                    )
            for one in self.took_part[:2]:
                incidents.report_event(by=coordinator, participant=one, on=clock.today(), text="Gevallen.")
            for one in self.took_part:
                if one.participation.arm == "steps":
                    incidents.report_event(
                        by=coordinator, participant=one, on=clock.today(), text="Moe na het gesprek.", session=True
                    )
            closing_data.left_open(self.world.study)


def values() -> dict[str, list[str]]:
    """What addresses are filled in with: what was handed in by the first two people, who are in different arms.

    The other addresses that a role may not open are tried in `test_every_address`.
    """
    people = list(Participant.objects.order_by("pk")[:2])
    handed_in = Measurement.objects.filter(participant__in=people, submitted_at__isnull=False, wave="t6")
    around = Measurement.objects.filter(participant__in=people, respondent="therapist")
    asked = Query.objects.filter(measurement__in=handed_in)
    return {
        "pseudonym": [one.pseudonym for one in people],
        "answered": [str(one.pk) for one in (*handed_in.order_by("participant"), *around)],
        "query": [str(one.pk) for one in asked.order_by("measurement__participant", "pk")],
        "incident": [str(one.pk) for one in Incident.objects.filter(participant__in=people).order_by("pk")],
        "asked": ["1"],
        "report": [str(one.pk) for one in ReportRun.objects.all()],
        "user": ["1", "2"],
        "grant": ["1"],
    }


def plain(content: bytes) -> str:
    """A page without what is drawn anew for each request: the form tokens and the marks of forms.

    A veiled number in an address is random to who has no key; here it is replaced by what it stands for.
    """
    text = content.decode(errors="replace")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    text = re.sub(r'name="once" value="[^"]+"', "", text)
    return re.sub(
        r"/study/(review|queries|incidents)/([0-9]+)/",
        lambda one: f"/study/{one[1]}/{stands_for(*one.groups())}/",
        text,
    )


def stands_for(kind: str, number: str) -> str:
    """Tell which measurement or query a veiled number stands for, whatever the number of its row is."""
    pk = unveil(int(number))
    if kind == "review":
        one = Measurement.objects.select_related("participant").get(pk=pk)
        return f"{one.participant.pseudonym} {one.wave} {one.respondent}"
    if kind == "incidents":
        event = Incident.objects.select_related("participant").get(pk=pk)
        return f"{event.participant.pseudonym} {event.sort} {event.pk if event.tells_arm else ''}"
    query = Query.objects.select_related("measurement__participant").get(pk=pk)
    return f"{query.measurement.participant.pseudonym} {query.questionnaire} {query.item} {query.rule}"


def _reported(trial: Trial) -> None:
    """Let the analyst have a report made, without the PDF, which holds the same."""
    with clock.at(trial.world.moment), mock.patch("opstap.reports.writing.can_draw", return_value=False):
        reporting.ask_report(by=trial.world.person(Role.ANALYST), study=trial.world.study, language="nl")
        assert make_waiting() == 1


def seen(trial: Trial) -> dict[tuple[str, str, str], str]:
    """Everything that the blinded roles get to see: address by address, status and content."""
    found: dict[tuple[str, str, str], str] = {}
    known = values()
    for who, role in BLINDED.items():
        client = Client()
        client.force_login(second_step(trial.world.person(role)))
        for name, row in sorted(TABLE.items()):
            if who not in row.who:
                continue
            filled = [known.get(value, [value.removeprefix("=")]) for value in row.values]
            for first in filled[0] if filled else [""]:
                rest = [one[0] for one in filled[1:]]
                url = reverse(name, args=[first, *rest] if filled else [])
                taken = row.post and name in ("research:export_file", "steward:verify")
                if row.post and not taken:
                    continue
                with transaction.atomic(), clock.at(trial.world.moment + timedelta(hours=2)):
                    response = client.post(url) if taken else client.get(url)
                    transaction.set_rollback(True)
                verb = "POST" if taken else "GET"
                if response.status_code != 404:
                    found[who, verb, plain(url.encode())] = f"{response.status_code} {plain(response.content)}"
    return found


@contextmanager
def _from_the_same_numbers() -> Iterator[None]:
    """Let keys, pseudonyms and tokens begin at the same place, and undo everything afterwards."""
    chance = random.Random(4)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f'ALTER SEQUENCE "{name}" RESTART WITH 1')
        # The hash of the list is keyed by the seed: to who does not have it, it is as good as chance.
        with (
            mock.patch.object(recruitment.secrets, "choice", chance.choice),
            mock.patch.object(studies.plan, "commitment", return_value="0" * 64),
        ):
            yield
        transaction.set_rollback(True)


def test_a_blinded_role_sees_the_same_whoever_is_in_which_arm() -> None:
    found = []
    for swap in (False, True):
        with scopes_disabled(), _from_the_same_numbers(), clock.at(BEGIN):
            trial = Trial(swap=swap)
            _reported(trial)
            found.append(seen(trial))
    one, other = found
    assert one.keys() == other.keys()
    differ = [key for key in one if one[key] != other[key]]
    assert differ == []
    # Enough was looked at: each role came in, and at each kind of page.
    came_in = {key for key, content in one.items() if content.startswith("200")}
    assert {who for who, _verb, _url in came_in} == set(BLINDED)
    for page in ("report/steps", "reports/", "flow", "lot", "export", "queries", "data", "flow/steps.csv"):
        assert any(url.startswith(f"/study/{page}") for _who, _verb, url in came_in), page
    assert len([key for key in came_in if key[2].startswith("/study/review/")]) > 2
    assert len([key for key in came_in if key[2].startswith("/study/queries/")]) > 2
    assert any(url.startswith("/house/trail/") for _who, _verb, url in came_in)
    assert any(verb == "POST" and "/study/export/" in url for _who, verb, url in came_in)


def test_the_swap_shows_to_who_may_know() -> None:
    """The comparison itself notices a leak: a coordinator's page of one person does differ."""
    found = []
    for swap in (False, True):
        with scopes_disabled(), _from_the_same_numbers(), clock.at(BEGIN):
            trial = Trial(swap=swap)
            client = Client()
            client.force_login(second_step(trial.world.person(Role.COORDINATOR)))
            with clock.at(trial.world.moment):
                found.append(plain(client.get(f"/study/participants/{trial.took_part[0].pseudonym}/").content))
    assert found[0] != found[1]
