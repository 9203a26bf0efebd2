"""The pages of the newer kinds of questions: a table, a list that grows, an amount, a line, choices in a grid."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import clock, measures
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.domain.protocol.load import library
from opstap.store.models import AnswerSheet
from tests import world as worlds
from tests.access.people import second_step
from tests.web.test_participant import Visit
from tests.world import BEGIN, World


@pytest.fixture(autouse=True)
def _a_day(db):
    with clock.at(BEGIN), scopes_disabled(), translation.override("nl"):
        yield


@pytest.fixture
def steps() -> World:
    return World("steps")


def asking(world: World, questionnaire: str, item: str, **answers):
    """Someone before a question, with what routing needs answered."""
    participant = world.consented()
    measurement = world.measurement(participant, "t0")
    if answers:
        with clock.at(world.moment):
            measures.save_answers(
                by=world.account_of(participant), measurement=measurement, answers={questionnaire: answers}
            )
    return Visit(world, participant), f"/me/questions/{measurement.pk}/{questionnaire}/{item}/"


def kept(questionnaire: str) -> dict:
    return AnswerSheet.objects.get(questionnaire=questionnaire).answers


def test_a_week_is_filled_in_as_a_table(steps: World) -> None:
    visit, path = asking(steps, "productivity", "week_hours", paid_work=1)
    page = visit.get(path)
    assert page.count('inputmode="decimal"') == 7
    assert "Woensdag" in page
    visit.post(path, **{"answer.mon": "8", "answer.tue": "7,5", "answer.wed": "", "answer.other": "3"})
    assert kept("productivity")["week_hours"] == {"mon": 8, "tue": 7.5}
    again = visit.get(path)
    assert 'value="7,5"' in again
    told = visit.post(path, 400, **{"answer.mon": "30"})
    assert "0 tot 24" in told
    assert 'value="30"' in told
    assert "Bij elkaar is dat meer dan 100" in visit.post(
        path, 400, **{f"answer.{day}": "20" for day in ("mon", "tue", "wed", "thu", "fri", "sat")}
    )
    assert "Er is nog geen antwoord" in visit.post(path, 400)


def test_a_list_grows_by_a_button_and_keeps_what_is_there(steps: World) -> None:
    visit, path = asking(steps, "care-use", "medicines", medicine=1)
    assert visit.get(path).count('class="thing"') == 1
    onward = visit.post(path, **{"answer.1.name": "Paracetamol", "answer.1.per_day": "2", "more": "1"})
    assert onward == f"{path}?rows=2"
    page = visit.get(onward)
    assert page.count('class="thing"') == 2
    assert 'value="Paracetamol"' in page
    assert "Paracetamol" not in str(kept("care-use"))
    visit.post(path, **{"answer.1.name": "Paracetamol", "answer.2.name": "Zalf"})
    assert [list(row) for row in kept("care-use")["medicines"]] == [["name"], ["name"]]
    told = visit.post(path, 400, **{"answer.1.name": "Paracetamol", "answer.2.per_day": "2"})
    assert "In rij 2 is nog iets leeg" in told
    assert visit.get(f"{path}?rows=99").count('class="thing"') == 12
    assert "Nog een toevoegen" not in visit.get(f"{path}?rows=12")
    assert visit.get(f"{path}?rows=x").count('class="thing"') == 2
    # Nothing filled in and one more asked for: what is kept stays, and one more stands there.
    assert visit.post(path, **{"answer.1.name": "", "answer.x.y": "", "more": "1"}) == f"{path}?rows=3"
    assert len(kept("care-use")["medicines"]) == 2


def test_the_check_tells_tables_and_lists_in_words(steps: World) -> None:
    visit, path = asking(steps, "care-use", "medicines", medicine=1)
    visit.post(path, **{"answer.1.name": "Zalf", "answer.1.per_day": "1,5", "answer.1.weeks": "3"})
    page = visit.get(re.sub(r"care-use/.*", "check/", path))
    assert "Zalf, 1,5 per dag, 3 weken" in page


def test_an_amount_and_a_line(steps: World) -> None:
    visit, path = asking(steps, "care-use", "travel_cost", travel=1)
    assert ">euro<" in visit.get(path)
    visit.post(path, answer="42,50")
    assert kept("care-use")["travel_cost"] == 42.5
    assert "twee cijfers" in visit.post(path, 400, answer="1,005")
    visit, path = asking(steps, "eq5d-5l", "vas")
    page = visit.get(path)
    assert 'class="ruler"' in page
    assert "De tekst van deze vragenlijst is beschermd" in page
    visit.post(path, answer="70")
    assert kept("eq5d-5l")["vas"] == 70
    assert "0 tot 100" in visit.post(path, 400, answer="101")


def test_nothing_stands_alone(steps: World) -> None:
    visit, path = asking(steps, "care-use", "care")
    assert "past niet bij een ander antwoord" in visit.post(path, 400, answer=["none", "gp"])
    visit.post(path, answer=["none"])
    assert kept("care-use")["care"] == ["none"]


def test_the_page_carries_the_rules_for_its_script(steps: World) -> None:
    visit, path = asking(steps, "care-use", "travel_km", travel=1)
    page = visit.get(path)
    found = re.search(r"data-rules=\"(\{.*?\})\" data-said", page)[1]
    assert json.loads(found)["answer"]["max"] == 1000


@pytest.fixture
def with_grid(monkeypatch) -> World:
    """Rentree, asking the PHQ-8 first: its eight choices stand in a grid."""
    phq = next(one for one in library() if one.id == "phq-8")
    own = load("rentree")
    waves = [
        wave.model_copy(update={"asks": {**wave.asks, "participant": ["phq-8", *wave.asks["participant"]]}})
        for wave in own.study.waves
    ]
    changed = own.model_copy(
        update={
            "study": own.study.model_copy(update={"waves": waves}),
            "questionnaires": {**own.questionnaires, "phq-8": phq},
        }
    )
    monkeypatch.setattr(worlds, "load", lambda name: changed)
    return World("rentree")


def test_choices_that_belong_together_are_asked_on_one_page(with_grid: World) -> None:
    visit, path = asking(with_grid, "phq-8", "i3")
    page = visit.get(path)
    assert page.count('role="radiogroup"') == 8
    assert "Vragen 1 tot en met 8 van" in page
    assert "Hoe vaak hebt u in de afgelopen 2 weken" in page
    told = visit.post(path, 400, **{f"answer.i{number}": "1" for number in (1, 2, 3)})
    assert "Er is nog geen antwoord" in told
    assert told.count("nog geen antwoord</strong>") == 5
    assert kept("phq-8") == {"i1": 1, "i2": 1, "i3": 1}
    onward = visit.post(path, **{f"answer.i{number}": "2" for number in range(1, 9)})
    assert onward.endswith("/background/age/")
    assert set(kept("phq-8").values()) == {2}
    assert "/phq-8/i8/" in visit.get(onward)
    assert "Er klopt iets nog niet" in visit.post(path, 400, **{"answer.i1": "9"})


def test_who_came_by_link_sees_no_earlier_answers_in_a_grid(with_grid: World) -> None:
    visit, path = asking(with_grid, "phq-8", "i1", **{f"i{number}": 3 for number in range(1, 9)})
    other = Visit(with_grid, visit.participant, code=False, link=int(path.split("/")[3]))
    page = other.get(path)
    assert not re.search(r'name="answer[^>]* checked', page)
    assert page.count("Je antwoord laten we hier niet zien") == 8
    # What is not shown may stay empty, and stays as it was.
    other.post(path, **{"answer.i2": "0"})
    assert kept("phq-8")["i2"] == 0
    assert kept("phq-8")["i1"] == 3


def test_a_coordinator_enters_a_table_and_a_list_from_paper(steps: World) -> None:
    participant = steps.consented()
    client = Client(headers={"accept-language": "nl"})
    client.force_login(second_step(steps.person(Role.COORDINATOR)))
    path = reverse("research:answers", args=[steps.measurement(participant, "t0").pk])
    with clock.at(steps.moment):
        page = client.get(path).content.decode()
        assert page.count('aria-label="Maandag"') == 1
        assert 'aria-label="2. Naam van het medicijn"' in page
        names = dict(re.findall(r'name="([^"]+)"[^>]*aria-label="([^"]+)"', page))
        field = {said: name for name, said in names.items()}
        given = {
            "productivity.paid_work": "1", field["Maandag"]: "8", field["Dinsdag"]: "7,5",
            "care-use.medicine": "1", field["2. Naam van het medicijn"]: "Zalf", "care-use.travel": "0",
        }  # fmt: skip
        answer = client.post(path, given)
    assert answer.status_code == 302, re.findall(r"<li>.*?</li>", answer.content.decode())
    assert kept("productivity")["week_hours"] == {"mon": 8, "tue": 7.5}
    assert [list(row) for row in kept("care-use")["medicines"]] == [["name"]]
    with clock.at(steps.moment):
        again = client.get(path).content.decode()
    assert 'value="7.5"' in again or 'value="7,5"' in again
    assert "Zalf" in again
