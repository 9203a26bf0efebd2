"""Filling in as it should be for someone tired: short pages, a rest, another device, two tabs, no connection."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import clock, doors, energy, goals, measures, work
from opstap.acts.calendar import asked_of
from opstap.acts.sight.participant import filling as sight
from opstap.domain.access import Role
from opstap.store.models import AnswerSheet, AuditEvent, FormMark, Measurement, TwoAnswers
from tests.web.test_participant import Visit, fill_all, offered, open_measurement, question
from tests.world import BEGIN, World


@pytest.fixture(autouse=True)
def _a_day(db):
    with clock.at(BEGIN), scopes_disabled(), translation.override("nl"):
        yield


@pytest.fixture
def steps() -> World:
    return World("steps")


class Asked:
    """Someone before their first questionnaire."""

    def __init__(self, world: World) -> None:
        self.world, self.participant = world, world.consented()
        self.measurement = open_measurement(world, self.participant)
        self.path = f"/me/questions/{self.measurement.pk}/"

    def visit(self, *, pace: str = "one", code: bool = True) -> Visit:
        visit = Visit(self.world, self.participant, code=code, link=None if code else self.measurement.pk)
        visit.client.cookies["opstap-pace"] = pace
        return visit

    def at(self, questionnaire: str, item: str) -> str:
        return question(self.measurement, questionnaire, item)

    def kept(self, questionnaire: str = "background") -> dict[str, Any]:
        sheet = AnswerSheet.objects.filter(measurement=self.measurement, questionnaire=questionnaire).first()
        return sheet.answers if sheet else {}

    def save(self, **answers: Any) -> None:
        with clock.at(self.world.moment):
            measures.save_answers(
                by=self.world.account_of(self.participant),
                measurement=self.measurement,
                answers={"background": answers},
            )


@pytest.fixture
def asked(steps: World) -> Asked:
    return Asked(steps)


def form_of(page: str) -> dict[str, str]:
    """What the form of a page carries unseen."""
    form = page.split('<form class="question')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="((?:seen|once)[^"]*)" value="([^"]*)"', form))


def by_script(visit: Visit, path: str, sent: dict[str, str]) -> Any:
    """Send a page as its script does."""
    with clock.at(visit.world.moment):
        return visit.client.post(path, sent, headers={"x-opstap": "kept"})


def test_a_short_page_is_chosen_once_and_asks_a_few_questions(asked: Asked) -> None:
    visit = asked.visit()
    start = visit.get(asked.path)
    assert re.search(r'value="one" checked', start)
    age = asked.at("background", "age")
    assert visit.post(f"{asked.path}pace/", pace="page", questionnaire="background", item="age") == age
    assert visit.client.cookies["opstap-pace"]["max-age"] == 365 * 24 * 3600
    page = visit.get(age)
    assert "Vragen 1 tot en met 5 van" in page
    assert page.count("<h1") == 1
    assert page.count('class="one-of"') == 5
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert re.search(r'value="page" checked', visit.get(asked.path))
    # A choice that is none changes nothing; a question that is none goes to the start.
    assert visit.post(f"{asked.path}pace/", pace="fast") == asked.path
    assert visit.client.cookies["opstap-pace"].value == "page"


def test_what_fits_of_a_short_page_is_saved_and_the_rest_is_named(asked: Asked) -> None:
    visit = asked.visit(pace="page")
    path = asked.at("background", "age")
    told = visit.post(
        path,
        400,
        **{"answer.age": "400", "answer.sex": "female", "answer.education": "higher", **form_of(visit.get(path))},
    )
    assert asked.kept() == {"sex": "female", "education": "higher"}
    summary = told.split('class="errors')[1].split("</div>")[0]
    assert summary.count("<li>") == 3
    assert 'href="#answer.age"' in summary
    assert 'id="answer.age" name="answer.age"' in told
    assert 'value="400"' in told
    assert "De rest is bewaard" in told
    onward = visit.post(
        path,
        **{
            "answer.age": "44",
            "answer.sex": "female",
            "answer.education": "higher",
            **_others(asked, ("age", "sex", "education")),
        },
    )
    assert "/background/" not in onward
    assert asked.kept()["age"] == 44


def _others(asked: Asked, done: tuple[str, ...]) -> dict[str, str]:
    return {f"answer.{one.id}": str(one.codes[0]) for one in asked_of(asked.measurement)[0].items if one.id not in done}


def test_how_long_it_still_takes_is_told_and_shrinks(asked: Asked) -> None:
    visit = asked.visit()
    before = re.search(r"Nog ongeveer (\d+) minuten", visit.get(asked.at("background", "age")))
    with clock.at(asked.world.moment):
        total = sight.filling(doors.own_record(asked.world.account_of(asked.participant)), asked.measurement.pk).total
    assert int(before[1]) == -(-total * 12 // 60)
    fill_all(asked.world, asked.measurement)
    assert "Nog ongeveer" not in visit.get(asked.at("background", "age"))


def test_another_device_goes_on_at_the_first_question_without_an_answer(asked: Asked) -> None:
    first = asked.visit(code=False)
    first.post(asked.at("background", "age"), answer="44")
    first.post(asked.at("background", "sex"), answer="female")
    asked.world.later(hours=5)
    for pace in ("one", "page"):
        for code in (True, False):
            other = asked.visit(pace=pace, code=code)
            begin = re.search(r'class="btn big" href="([^"]+)"', other.get(asked.path))[1]
            assert begin == asked.at("background", "education")
            assert "U beantwoordde 2 van" in other.get(asked.path)
            assert ('value="44"' in other.get(asked.at("background", "age"))) is code


def test_a_rest_is_offered_after_ten_minutes_and_again_ten_minutes_later(asked: Asked) -> None:
    visit = asked.visit()

    def answer(age: int, **later: float) -> str:
        asked.world.later(**later)
        return visit.post(asked.at("background", "age"), answer=str(age))

    onward = asked.at("background", "sex")
    assert answer(40) == onward
    assert answer(41, minutes=9) == onward
    assert answer(42, minutes=1) == f"{asked.path}pause/?rest=1"
    page = visit.get(f"{asked.path}pause/?rest=1")
    assert "Even rust?" in page
    assert f'href="{onward}"' in page
    assert answer(43, minutes=5) == onward
    # Who was away for long begins anew.
    assert answer(44, minutes=31) == onward
    assert answer(45, minutes=9, seconds=59) == onward
    assert answer(46, seconds=2) == f"{asked.path}pause/?rest=1"
    # Nothing is offered when nothing is left to do but the check.
    fill_all(asked.world, asked.measurement)
    assert answer(47, minutes=11) == onward


def test_an_older_page_does_not_push_a_newer_answer_aside(asked: Asked) -> None:
    asked.save(age=40)
    visit, path = asked.visit(), asked.at("background", "age")
    older = form_of(visit.get(path))
    asked.world.later(minutes=3)
    asked.save(age=41)
    events = AuditEvent.objects.filter(name="answers.differ").count()
    assert visit.post(path, answer="42", **older) == f"{asked.path}two/"
    assert asked.kept()["age"] == 41
    pair = TwoAnswers.objects.get()
    assert (pair.standing, pair.other, pair.settled_at) == (41, 42, None)
    assert AuditEvent.objects.filter(name="answers.differ").count() == events + 1
    page = visit.get(f"{asked.path}two/")
    assert "41 jaar" in page
    assert "42 jaar" in page
    assert "Kies welk antwoord geldt" in visit.get(asked.path)
    assert "Kies een van de twee" in visit.post(f"{asked.path}two/", 400, number=str(pair.pk))
    assert visit.post(f"{asked.path}two/", number=str(pair.pk), keep="other") == f"{asked.path}two/"
    assert asked.kept()["age"] == 42
    pair.refresh_from_db()
    assert pair.kept == "other"
    assert AuditEvent.objects.filter(name="answer.settled").count() == 1
    # Chosen twice, or a pair that is none: told, and nothing changes.
    for number in (str(pair.pk), "x", "9" * 40):
        assert "al eerder gekozen" in visit.post(f"{asked.path}two/", 400, number=number, keep="standing")
    assert asked.kept()["age"] == 42
    assert visit.sent(f"{asked.path}two/") == asked.at("background", "sex")


def test_handing_in_waits_for_the_choice_and_a_newer_answer_is_one(asked: Asked) -> None:
    fill_all(asked.world, asked.measurement)
    visit, path = asked.visit(), asked.at("background", "age")
    older = form_of(visit.get(path))
    asked.save(age=41)
    visit.post(path, answer="42", **older)
    page = visit.post(f"{asked.path}check/", 400)
    assert "Kies welk antwoord geldt" in page
    visit.post(path, answer="43", **form_of(visit.get(path)))
    assert TwoAnswers.objects.get().kept == "newer"
    assert visit.post(f"{asked.path}check/") == asked.path
    assert visit.post(f"{asked.path}two/", 409, number="1", keep="other")


def test_an_older_page_takes_nothing_back_and_the_same_answer_is_no_second_one(asked: Asked) -> None:
    visit, path = asked.visit(), asked.at("rrtw", "i1")
    older = form_of(visit.get(path))
    with clock.at(asked.world.moment):
        measures.save_answers(
            by=asked.world.account_of(asked.participant), measurement=asked.measurement, answers={"rrtw": {"i1": 3}}
        )
    visit.post(path, answer="", **older)
    assert asked.kept("rrtw") == {"i1": 3}
    visit.post(path, answer="3", **older)
    assert not TwoAnswers.objects.exists()


def test_someone_by_link_chooses_without_seeing_the_answer_of_before(asked: Asked) -> None:
    visit, path = asked.visit(code=False), asked.at("background", "age")
    older = form_of(visit.get(path))
    asked.save(age=67)
    assert visit.post(path, answer="42", **older) == f"{asked.path}two/"
    # This visit answered the question, so what it typed is shown; what another visit saved is not.
    page = visit.get(f"{asked.path}two/")
    assert "42 jaar" in page
    assert "67" not in page.split("<main")[1].replace(older["once"], "")


def test_a_form_that_comes_twice_is_saved_once_even_after_another_answer(asked: Asked) -> None:
    visit, path = asked.visit(), asked.at("background", "age")
    sent = {"answer": "42", **form_of(visit.get(path))}
    first = by_script(visit, path, sent)
    assert first.json() == {"to": asked.at("background", "sex")}
    events = AuditEvent.objects.count()
    # The first answer of the server was lost on its way; meanwhile another device changed the answer.
    asked.save(age=50)
    again = by_script(visit, path, sent)
    assert again.json() == {"to": asked.at("background", "sex")}
    assert asked.kept()["age"] == 50
    assert AuditEvent.objects.count() == events + 1
    assert not TwoAnswers.objects.exists()
    # After going back the same form with other words is another form.
    assert visit.post(path, **{**sent, "answer": "43"}) == f"{asked.path}two/"
    assert TwoAnswers.objects.get().other == 43


def test_what_is_refused_leaves_no_mark_and_is_told_again(asked: Asked) -> None:
    visit, path = asked.visit(pace="page"), asked.at("background", "age")
    sent = {"answer.age": "400", "answer.sex": "female", **form_of(visit.get(path))}
    for _time in range(2):
        told = visit.post(path, 400, **sent)
        assert 'href="#answer.age"' in told
        assert asked.kept() == {"sex": "female"}
    assert FormMark.objects.count() == 1


def test_the_page_says_what_its_scripts_need_and_in_which_language(asked: Asked) -> None:
    page = asked.visit().get(asked.at("background", "age"))
    for script in ("filling", "keeping", "reading"):
        assert re.search(rf'<script src="/static/opstap/{script}[^"]*\.js" defer></script>', page)
    assert re.search(r'data-kept="\d+" data-tag="[0-9a-f]{24}"', page)
    assert "U bent even niet verbonden. Wat u typte, is bewaard op dit apparaat." in page
    assert re.search(r'<button[^>]* data-read="asked"[^>]* hidden>', page)
    assert '<h1 lang="nl">' in page
    tags = {re.search(r'data-tag="(\w+)"', asked.visit().get(asked.path))[1] for _time in range(2)}
    assert len(tags) == 2  # each signing in has its own


def test_signing_out_clears_what_the_browser_kept(asked: Asked) -> None:
    visit = asked.visit()
    answer = visit.client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in visit.client.get("/").headers


def test_nothing_is_prefilled_from_the_coaching_record(steps: World) -> None:
    participant = steps.in_care()
    offered(steps, participant)
    with clock.at(steps.moment):
        account, coach = steps.account_of(participant), steps.person(Role.COACH)
        energy.note_energy(by=account, participant=participant, kind="work", effect="cost", how="good")
        work.record_work(
            by=coach, participant=participant, start=steps.moment.date(), contract_hours=36, actual_hours=23,
            sick_percent=17,
        )  # fmt: skip
        own = {"text": "Weer drieëntwintig uur werken.", "importance": 8, "confidence": 6}
        goals.set_goal(by=account, participant=participant, **own)
    steps.later(days=182)
    measurement = open_measurement(steps, participant, "t6")
    with clock.at(steps.moment):
        seen = sight.filling(doors.own_record(account), measurement.pk, most=5)
    assert seen.answered == 0
    assert all(one.value is None and not one.answered and not one.seen for one in seen.questions)
    # Nor do the pages: no box is ticked, no field is filled, and no number of the coach's stands anywhere.
    visit = Visit(steps, participant)
    visit.client.cookies["opstap-pace"] = "page"
    for one in {(one.questionnaire, one.page): one for one in seen.questions}.values():
        page = visit.get(question(measurement, one.questionnaire, one.item))
        form = page.split('<form class="question')[1].split("</form>")[0]
        assert " checked" not in form
        typed = re.findall(r'<input class="w[36]"[^>]* value="([^"]*)"', form)
        assert not any(typed), one.name
        assert not re.search(r"drieëntwintig", page)


def test_a_questionnaire_is_known_only_to_who_may_fill_it_in(asked: Asked) -> None:
    other = Visit(asked.world, asked.world.consented())
    for path in ("two/", "pace/"):
        other.post(f"{asked.path}{path}", 404, pace="page")
    assert Measurement.objects.get(pk=asked.measurement.pk).started_at is None
