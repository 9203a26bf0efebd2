"""Alarming answers on the pages: where to turn is shown at once; the responder finds whom to call."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import clock, measures
from opstap.domain.access import Role
from opstap.store.models import Alert
from tests.alarming import someone, with_phq_9
from tests.web.conftest import Site
from tests.web.test_participant import Visit
from tests.web.test_research import text
from tests.world import BEGIN, World


@pytest.fixture
def _a_day(db):
    with clock.at(BEGIN), scopes_disabled(), translation.override("nl"):
        yield


@pytest.mark.parametrize(
    ("name", "agreed", "said"),
    [
        ("steps", True, ("Bel 113", "U hoeft dit niet alleen te dragen", "maandag tot en met vrijdag", "van 9 tot 17")),
        ("steps", False, ("Bel 113", "Niemand van het onderzoek krijgt hier bericht van")),
        ("rentree", True, ("Bel 1813", "Je hoeft dit niet alleen te dragen", "van 9 tot 17")),
    ],
)
@pytest.mark.usefixtures("_a_day")
def test_where_to_turn_is_shown_at_once(monkeypatch, name, agreed, said) -> None:
    world = World(with_phq_9(monkeypatch, name))
    participant = someone(world, agreed=agreed)
    number = world.measurement(participant, "t0").pk
    for visit in (Visit(world, participant), Visit(world, participant, code=False, link=number)):
        path = f"/me/questions/{number}/phq-9/i9/"
        assert "turn" not in visit.post(path, answer="0")
        onward = visit.post(path, answer="1")
        assert onward == reverse("participant:turn", args=[number])
        page = visit.get(onward)
        for words in (*said, "112"):
            assert words in page
        assert "/phq-9/i1/" in page
    with clock.at(world.moment):
        measures.save_answers(
            by=world.account_of(participant), measurement=world.measurement(participant, "t0"), answers={}
        )
    assert Alert.objects.count() == int(agreed)


def test_the_coordinator_finds_whom_to_call(db, monkeypatch) -> None:
    site = Site(with_phq_9(monkeypatch, "steps"))
    participant = site.build(lambda world: someone(world))
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/answers/{measurement.pk}/"
    assert "Nobody waits for your call" in text(coordinator.get("/study/alerts/"))
    assert coordinator.post(path, **{"phq-9.i9": "3"}).status_code == 302
    assert "must be called today" in text(coordinator.get(path))
    assert "1 person gave an answer after which you are to call them today" in text(coordinator.get("/study/progress/"))
    listed = text(coordinator.get("/study/alerts/"))
    assert "1 person waits for your call" in listed
    with scopes_disabled():
        one = f"/study/alerts/{Alert.objects.get().pk}/"
    shown = text(coordinator.get(one))
    assert "010 555 01 42" in shown
    assert "Nearly every day" in shown
    assert coordinator.post(one, done=" ").status_code == 400
    assert coordinator.post(one, done="Gebeld.").headers["Location"] == "/study/alerts/"
    assert "taken up by" in text(coordinator.get("/study/alerts/"))
    assert "Gebeld." in text(coordinator.get(one))
    assert "call them today" not in text(coordinator.get("/study/progress/"))


def test_an_older_paper_page_writes_over_nothing_unseen(site) -> None:
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/answers/{measurement.pk}/"

    def seen(page: str) -> str:
        return page.split('name="seen" value="')[1].split('"')[0].replace("&quot;", '"')

    def save(**answers: object) -> None:
        site.build(
            lambda world: measures.save_answers(
                by=world.account_of_unscoped(participant), measurement=measurement, answers={"background": answers}
            )
        )

    save(age=40)
    drawn = seen(coordinator.get(path).content.decode())
    save(age=41, sex="female", living_with="alone")
    sheet = {"background.age": "40", "background.sex": "", "background.living_with": "partner", "seen": drawn}
    told = coordinator.post(path, **sheet)
    assert told.status_code == 400
    page = told.content.decode()
    # Only where something else was typed is anyone asked: age stood as it was on the page.
    assert page.count("answered meanwhile") == 2  # above, and at the question
    assert "Alone" in page or "alone" in page

    def kept() -> dict[str, object]:
        return site.build(lambda _world: measurement.sheets.get(questionnaire="background").answers)

    assert kept() == {"age": 41, "sex": "female", "living_with": "alone"}
    assert coordinator.post(path, **{**sheet, "seen": seen(page)}).status_code == 302
    assert kept() == {"age": 41, "sex": "female", "living_with": "partner"}
    assert coordinator.post(path, **{**sheet, "seen": "no marks"}).status_code == 302
    assert kept()["age"] == 40


def test_late_paper_has_a_way_in(site) -> None:
    participant = site.build(lambda world: world.consented())
    measurement = site.build(lambda world: world.measurement(participant, "t0"))
    site.world.later(days=400)
    coordinator = site.as_(Role.COORDINATOR)
    path = f"/study/answers/{measurement.pk}/"
    assert "Enter paper that came in late" in text(coordinator.get(path))
    assert "On which day was it filled in?" in text(coordinator.get(f"{path}?late=1"))
    sent = {"background.age": "50", "channel": "paper", "answered_on": measurement.closes_on.isoformat()}
    assert coordinator.post(f"{path}?late=1", **sent).status_code == 302
    assert "50" in text(coordinator.get(path))
