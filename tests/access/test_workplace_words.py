"""Nothing medical can reach a workplace: by type, and by a search of everything that a workplace is ever shown."""

import dataclasses
import re
import typing
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from opstap.acts import (
    applications,
    care,
    clock,
    contacts,
    letters,
    messages,
    placements,
    plans,
    search,
    statute,
    workplace,
)
from opstap.acts.sight import workplace as sight
from opstap.acts.sight.around_questions import Questions
from opstap.acts.sight.threads import Line, Thread
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.domain.sharing import Item
from opstap.store.models import Mail, Measurement
from tests.access.people import second_step
from tests.world import World

#: Words that would tell a workplace about health, and the names that disclose a diagnosis by themselves.
MEDICAL = re.compile(
    r"kanker|cancer|tumor|oncolog|diagnos|ziek|sick|ill\b|illness|behandel|treatment|chemo|bestraling|radio|"
    r"therap|ergothera|medisch|medical|arts\b|doctor|klacht|symptom|vermoeid|fatigue|concentrat|revalid|"
    r"\bsteps\b|rentree|herstel|patient|patiënt|terugval|relapse|kwaliteit van leven|quality of life",
    re.IGNORECASE,
)
#: The only types that a field of the workplace's records may have: numbers, days, names, its own text.
ALLOWED = {
    "str", "int", "float", "bool", "date", "datetime", "None", "list", "tuple", "Week", "Agreement", "Change", "Call",
    "Term", "Line", "Planned",
    "Questions",
}  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        sight.Worker,
        sight.Agreement,
        sight.Change,
        sight.Term,
        sight.Planned,
        sight.Call,
        sight.Page,
        Line,
        Thread,
        Questions,
    ],
)
def test_no_type_of_the_workplace_has_a_field_for_health(kind: type) -> None:
    for field in dataclasses.fields(kind):
        assert not MEDICAL.search(field.name)
        words = set(re.findall(r"[A-Za-z]+", str(typing.get_type_hints(kind)[field.name]).replace("opstap.", "")))
        words -= {"class", "datetime", "domain", "work", "weeks", "acts", "sight", "workplace", "threads"}
        words -= {"NoneType", "around", "questions"}
        assert words <= ALLOWED, (field.name, words)


def shown_to(world: World, client: Client, pseudonym: str, asked: list[int]) -> list[str]:
    """Everything a workplace can open: its pages, in both languages, before and after it agreed."""
    pages = []
    for language in ("nl", "en"):
        client.cookies["django_language"] = language
        names = ("workplace:worker", "workplace:prepare", "workplace:messages")
        for address in (
            reverse("workplace:home"),
            reverse("workplace:calendar"),
            *(reverse(name, args=[pseudonym]) for name in names),
        ):
            response = client.get(address, follow=True)
            assert response.status_code == 200
            pages.append(response.content.decode())
        for number in asked:
            address = reverse("workplace:questions", args=[pseudonym, number])
            for answer in (
                client.get(address),
                client.post(address, {"process-workplace.talks_useful": "77"}),
                client.post(address, {"process-workplace.talks_useful": "4", "check": "1"}, follow=True),
                client.post(f"{address}check/", follow=True),
            ):
                assert answer.status_code in (200, 400)
                pages.append(answer.content.decode())
    pages.append(client.get(reverse("workplace:calendar_file", args=[pseudonym])).content.decode())
    pages.append(client.post(reverse("workplace:confirm", args=[pseudonym]), follow=True).content.decode())
    return pages


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["steps", "rentree"])
def test_a_search_of_all_that_a_workplace_sees_finds_nothing_medical(name: str, unscoped) -> None:
    world = World(name)
    with unscoped():
        participant = world.in_care()
        link = world.with_workplace(participant)
        coach = world.person(Role.COACH)
        with clock.at(world.moment):
            session = care.plan_session(
                by=coach, participant=participant, kind="consultation" if name == "steps" else "plan",
                planned_for=world.moment,
            )  # fmt: skip
            care.hold_session(
                by=coach, session=session, on=world.moment.date(), minutes=45,
                shared_note="Na de chemo nog moe.", private_note="Vraagt om een arts.",
            )  # fmt: skip
            plan = plans.offer_plan(
                by=coach, participant=participant, aim="return", contract_hours=32,
                steps=[(world.moment.date(), 8.0)], goal="Niet meer moe zijn na de behandeling.",
                for_workplace="Elke twee uur een korte pauze.",
            )  # fmt: skip
            plans.agree_plan(by=world.account_of(participant), plan=plan)
            adjustment = workplace.propose_adjustment(
                by=coach, participant=participant, adjusts="tools", arranger="hr", reason="Moe na de bestraling.",
                for_workplace="Een scherm dat hoger kan.",
            )  # fmt: skip
            workplace.agree_adjustment(by=world.account_of(participant), adjustment=adjustment)
            workplace.change_sharing(
                by=world.account_of(participant),
                participant=participant,
                link=link,
                items=[item.value for item in Item],
            )
            statute.record_statute_facts(
                by=coach, participant=participant, first_sick_day=world.moment.date() - timedelta(days=30)
            )
            contacts.log_contact(
                by=coach, participant=participant, party="treating_physician", channel="email",
                on=world.moment.date(), reached=True, note="Over de behandeling.",
            )  # fmt: skip
            messages.write_message(by=world.account_of(participant), participant=participant, text="Na de chemo moe.")
            # An employer never learns that someone looks for work elsewhere.
            said = {"by": coach, "participant": participant, "channel": "telephone"}
            search.start_search(**said, reason="own_choice")
            search.write_wishes(**said, texts={"work": "Liever elders."})
            applications.add_application(**said, where="Bibliotheek Elders", function="Balie elders", way="open")
            kind = "trial_placement" if name == "steps" else "experience_placement"
            first, last = world.moment.date(), world.moment.date() + timedelta(days=9)
            placements.add_placement(**said, kind=kind, where="Elders op proef", hours=8, starts_on=first, ends_on=last)
            messages.write_message(by=coach, participant=participant, text="Kan het maandag?", link=link)
        second_step(link.user)
        mine = Measurement.objects.filter(participant=participant, respondent="workplace")
        mine.update(opens_on=world.moment.date())
        asked = list(mine.values_list("pk", flat=True))
    client = Client()
    client.force_login(link.user)
    with clock.at(world.moment):
        pages = shown_to(world, client, participant.pseudonym, asked)
    assert bool(asked) == (name == "steps")
    for page in pages:
        assert MEDICAL.findall(re.sub(r"<[^>]+>", " ", page)) == []
        spoken = re.findall(r'(?:aria-label|title|alt|placeholder|href|action|content)="([^"]*)"', page)
        assert MEDICAL.findall(" ".join(spoken)) == []
    assert not any("elders" in page.lower() for page in pages)
    assert any("Een scherm dat hoger kan." in page and "Kan het" not in page for page in pages)
    assert any("Kan het maandag?" in page for page in pages)
    assert any(("Plan van aanpak" if name == "steps" else "Melding aan de preventiedienst") in page for page in pages)
    with unscoped():
        told = [letters.read_letter(mail) for mail in Mail.objects.filter(kind="message")]
    assert told
    assert MEDICAL.findall(" ".join(mail["subject"] + mail["text"] for mail in told)) == []
    assert any("Elke twee uur een korte pauze." in page for page in pages)


@pytest.mark.parametrize("name", ["steps", "rentree"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_name_for_a_workplace_discloses_nothing(name: str, language: str) -> None:
    assert not MEDICAL.search(load(name).workplace_alias(language))


@pytest.mark.django_db
def test_a_version_that_the_participant_did_not_agree_to_is_not_there(unscoped) -> None:
    world = World("rentree")
    with unscoped():
        participant = world.in_care()
        link = world.with_workplace(participant)
        with clock.at(world.moment):
            plans.offer_plan(
                by=world.person(Role.COACH), participant=participant, aim="return", contract_hours=32,
                steps=[(world.moment.date(), 8.0)], for_workplace="Nog niet gezien.",
            )  # fmt: skip
        second_step(link.user)
    client = Client()
    client.force_login(link.user)
    with clock.at(world.moment):
        page = client.get(reverse("workplace:worker", args=[participant.pseudonym])).content.decode()
        refused = client.post(reverse("workplace:confirm", args=[participant.pseudonym]))
    assert "Nog niet gezien." not in page
    assert refused.status_code == 404


def test_the_word_list_finds_what_it_is_for() -> None:
    assert MEDICAL.search("Zij is ziek")
    assert MEDICAL.search("STEPS")
    assert not MEDICAL.search("Hours and agreements, nothing about health")
