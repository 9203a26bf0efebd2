"""A participant's own pages: what each arm sees, every form with its refusals, and how far a link reaches."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django_scopes import scopes_disabled

from opstap.acts import care, clock, consents, doors, keys, measures, plans, recruitment, work
from opstap.acts.calendar import asked_of
from opstap.acts.sight.participant import filling as filling_sight
from opstap.domain.access import Permission, Role
from opstap.store.models import AuditEvent, Consent, Measurement, Participant, Plan, WorkplaceLink
from opstap.web.shared.entering import CODE, LINK
from tests.world import BEGIN, World, answers_to

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _site(db, settings, tmp_path):
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with clock.at(BEGIN), scopes_disabled(), translation.override("nl"):
        yield


@pytest.fixture
def steps() -> World:
    return World("steps")


@pytest.fixture
def rentree() -> World:
    return World("rentree")


class Visit:
    """A participant at their browser, at the moment of their world."""

    def __init__(self, world: World, participant: Participant, *, code: bool = True, link: int | None = None) -> None:
        self.world, self.participant = world, participant
        self.client = Client(headers={"accept-language": "nl"})
        self.client.force_login(participant.identity.user, backend=BACKEND)
        session = self.client.session
        if code:
            session[CODE] = True
        if link is not None:
            session[LINK] = link
        session.save()

    def get(self, path: str, status: int = 200) -> str:
        with clock.at(self.world.moment):
            answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return unescape(answer.content.decode())

    def post(self, path: str, status: int = 302, **data: Any) -> str:
        with clock.at(self.world.moment):
            answer = self.client.post(path, data)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.headers["Location"] if status == 302 else unescape(answer.content.decode())

    def sent(self, path: str) -> str:
        """Where a page sends someone on to."""
        with clock.at(self.world.moment):
            answer = self.client.get(path)
        assert answer.status_code == 302, (path, answer.status_code)
        return answer.headers["Location"]


def open_measurement(world: World, participant: Participant, wave: str = "t0") -> Measurement:
    return world.measurement(participant, wave)


def question(measurement: Measurement, questionnaire: str, item: str) -> str:
    return f"/me/questions/{measurement.pk}/{questionnaire}/{item}/"


def fill_all(world: World, measurement: Measurement, **given: Any) -> None:
    with clock.at(world.moment):
        measures.save_answers(
            by=world.account_of(measurement.participant),
            measurement=measurement,
            answers={one.id: answers_to(one, world.moment, **given) for one in asked_of(measurement)},
        )


def offered(world: World, participant: Participant, **changed: Any) -> Plan:
    given: dict[str, Any] = {
        "aim": "return",
        "contract_hours": 32,
        "steps": [(world.moment.date() - timedelta(days=7), 8), (world.moment.date() + timedelta(days=14), 16.5)],
        "goal": "Rustig beginnen.",
        "for_workplace": "Een stille plek is fijn.",
    }
    with clock.at(world.moment):
        return plans.offer_plan(by=world.person(Role.COACH), participant=participant, **{**given, **changed})


# Who sees which pages.

CLOSED = (
    "/me/plan/", "/me/talks/", "/me/know/", "/me/know/energy_balance/", "/me/data/workplace/", "/me/work/",
    "/me/messages/", "/me/people/", "/me/people/general_practitioner/", "/me/calendar/",
)  # fmt: skip
ALWAYS = ("/me/", "/me/questions/", "/me/data/", "/me/data/looked/", "/me/data/contact/", "/me/code/")


def test_usual_care_sees_nothing_of_the_programme(steps):
    visit = Visit(steps, steps.allocated("usual_care"))
    for path in CLOSED:
        visit.get(path, 404)
    for path in ALWAYS:
        page = visit.get(path)
        for hint in (*CLOSED, "Mijn plan", "Mijn gesprekken", "Goed om te weten", "sessies"):
            assert hint not in page, (path, hint)
    today = visit.get("/me/")
    assert "U krijgt de gewone nazorg" in today
    assert "U hoeft vandaag niets te doen. Uw volgende vragenlijst komt op" in today
    for pk in (1, 999):
        visit.post(f"/me/plan/{pk}/agree/", 404)
        visit.post(f"/me/talks/{pk}/confirm/", 404)


def test_the_programme_is_open_to_its_own_arm(steps):
    visit = Visit(steps, steps.in_care())
    for path in (*CLOSED, *ALWAYS):
        visit.get(path)
    assert "Wet verbetering poortwachter" in visit.get("/me/know/rights_duties/")
    visit.get("/me/know/no_such_module/", 404)
    assert "0 van 8 gesprekken geweest" in visit.get("/me/talks/")


def test_before_the_lot_the_programme_is_not_there(steps):
    visit = Visit(steps, steps.baseline())
    for path in CLOSED:
        visit.get(path, 404)
    assert "Nu gaan we loten" in visit.get("/me/")


def test_everyone_before_a_decision_gets_a_calm_page(steps):
    assert "We kijken of dit programma bij u past" in Visit(steps, steps.screened()).get("/me/")
    informed = steps.informed()
    page = Visit(steps, informed).get("/me/")
    assert "Twee dingen die we u vragen" in page
    assert "U kunt beslissen vanaf 9 maart" in page
    for path in CLOSED:
        Visit(steps, informed).get(path, 404)


def test_rentree_says_je_and_steps_says_u(steps, rentree):
    assert re.search(r"\bJe\b", Visit(rentree, rentree.in_care()).get("/me/data/"))
    for world, ours, theirs in ((steps, "uw", "je"), (rentree, "je", "uw")):
        visit = Visit(world, world.in_care())
        for path in ("/me/", "/me/questions/", "/me/data/", "/me/talks/", "/me/know/", "/me/data/contact/"):
            main = visit.get(path).split("<main")[1].split("</main>")[0]
            text = re.sub(r"<[^>]+>", " ", main).lower()
            assert not re.search(rf"\b{theirs}\b", text), (world.name, path)
            if path in ("/me/data/", "/me/data/contact/"):
                assert re.search(rf"\b{ours}\b", text)


def test_the_language_is_the_participants_until_they_choose_another(steps):
    visit = Visit(steps, steps.in_care())
    visit.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert 'lang="nl"' in visit.get("/me/")
    visit.client.cookies["django_language"] = "en"
    page = visit.get("/me/data/")
    assert "These are your data" in page


def test_staff_and_strangers_find_no_participants_pages(steps):
    client = Client()
    assert client.get("/me/").status_code == 302
    client.force_login(steps.person(Role.COACH), backend=BACKEND)
    assert client.get("/me/").status_code in (302, 404)


# Today.


def test_today_asks_at_most_three_things_and_says_what_is_next(steps):
    participant = steps.in_care()
    plan = offered(steps, participant)
    sessions = []
    with clock.at(steps.moment):
        for days, kind, role in (
            (3, "intake", Role.THERAPIST),
            (4, "work_intake", Role.COACH),
            (5, "consultation", Role.COACH),
        ):
            sessions.append(
                care.plan_session(
                    by=steps.person(role), participant=participant, kind=kind,
                    planned_for=steps.moment + timedelta(days=days),
                )
            )  # fmt: skip
    visit = Visit(steps, participant)
    page = visit.get("/me/")
    assert "Drie dingen die we u vragen" in page
    assert "Het mag vandaag, het mag ook morgen." in page
    assert page.count('class="icon lead-i"') == 3
    assert "Nog 1 ding, dat kan wachten" in page
    assert "Uw volgende gesprek is op" in page
    assert "Versie 1 wacht op u" in page
    visit.post(f"/me/plan/{plan.pk}/agree/")
    for session in sessions:
        visit.post(f"/me/talks/{session.pk}/confirm/")
    page = visit.get("/me/")
    assert "asks" not in page.split("<main")[1].split("</main>")[0]


def test_today_asks_for_an_open_questionnaire_and_tells_how_far_it_is(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    page = visit.get("/me/")
    assert "Eén ding dat we u vragen" in page
    assert "Er ligt een vragenlijst voor u klaar. U heeft de tijd tot en met 7 april." in page
    assert "Vul de vragenlijst in" in page
    visit.post(question(measurement, "background", "sex"), answer="male")
    page = visit.get("/me/")
    assert "Ga verder met de vragenlijst" in page
    with clock.at(steps.moment):
        total = filling_sight.filling(doors.own_record(steps.account_of(participant)), measurement.pk).total
    assert f"U beantwoordde 1 van de {total} vragen" in page
    assert f"U beantwoordde 1 van de {total} vragen" in visit.get("/me/questions/")
    fill_all(steps, measurement)
    assert "Kijk uw antwoorden na" in visit.get(f"/me/questions/{measurement.pk}/")


def test_today_begins_with_the_talk_of_today(steps):
    participant = steps.in_care()
    with clock.at(steps.moment):
        care.plan_session(
            by=steps.person(Role.COACH), participant=participant, kind="work_intake",
            planned_for=steps.moment + timedelta(hours=3),
        )  # fmt: skip
    page = Visit(steps, participant).get("/me/")
    assert "U heeft vandaag een gesprek met Coach Proef, om 13.00 uur." in page


def test_who_is_through_is_thanked(rentree):
    participant = rentree.in_care()
    with clock.at(rentree.moment):
        care.complete_programme(by=rentree.person(Role.COACH), participant=participant)
    rentree.later(days=700)
    assert "We vragen je niets meer" in Visit(rentree, participant).get("/me/")


def test_who_does_not_take_part_is_left_in_peace(steps):
    participant = steps.informed()
    with clock.at(steps.moment):
        recruitment.decline(by=steps.person(Role.COORDINATOR), participant=participant, reason="too_busy")
    page = Visit(steps, steps.fresh(participant)).get("/me/")
    assert "U doet niet mee. Dat is goed" in page
    assert "Wat er nog komt" not in page


def test_today_greets_by_first_name_and_part_of_day(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    for hour, greeting in ((8, "Goedemorgen"), (14, "Goedemiddag"), (20, "Goedenavond")):
        steps.moment = steps.moment.replace(hour=hour)
        assert f"{greeting}, Proef" in visit.get("/me/")


def test_today_shows_people_and_who_looked(steps):
    participant = steps.in_care()
    steps.with_workplace(participant)
    coach = steps.person(Role.COACH)
    with clock.at(steps.moment):
        for what in ("record", "answers", "plan", "session"):
            doors.record_of(coach, participant.pseudonym, Permission.SEE_CASE, what=what)
    page = Visit(steps, participant).get("/me/")
    for words in (
        "Coach Proef",
        "Therapist Proef",
        "Jeroen Proef",
        "niets over uw gezondheid",
        "Een gesprek.",
        "Het plan.",
    ):
        assert words in page
    assert "Het dossier." not in page  # the fourth, and the oldest


# Filling in.


def test_a_questionnaire_from_start_to_thanks(rentree):
    participant = rentree.consented()
    measurement = open_measurement(rentree, participant)
    visit = Visit(rentree, participant)
    path = f"/me/questions/{measurement.pk}/"
    start = visit.get(path)
    assert "Je kunt na elke vraag stoppen" in start
    following = re.search(rf'href="({path}[^"]+)"', start)[1]
    steps_taken = 0
    while not following.endswith("/check/"):
        page = visit.get(following)
        steps_taken += 1
        assert page.count("<h1") == 1
        questionnaire, item = following.strip("/").split("/")[-2:]
        shape = next(one for one in asked_of(measurement) if one.id == questionnaire).item(item)
        value = answers_to(next(one for one in asked_of(measurement) if one.id == questionnaire), rentree.moment).get(
            item
        )
        data = {"answer": value}
        if shape.kind == "date":
            year, month, day = str(value).split("-")
            data = {"day": day, "month": month, "year": year}
        following = visit.post(following, **data)
    assert steps_taken > 10
    check = visit.get(following)
    assert "Alles is ingevuld" in check
    assert visit.post(following) == path
    thanks = visit.get(path)
    assert "Dank je wel voor je antwoorden" in thanks
    assert rentree.measurement(participant, "t0").submitted_at is not None


def test_an_answer_is_kept_shown_and_changed(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    sex = question(measurement, "background", "sex")
    assert visit.post(sex, answer="female") == question(measurement, "background", "education")
    page = visit.get(sex)
    assert re.search(r'value="female" checked', page)
    assert "Bewaard om 10.00 uur" in page
    assert visit.post(sex, answer="male", checking="1") == f"/me/questions/{measurement.pk}/check/"
    assert re.search(r'value="male" checked', visit.get(sex))


@pytest.mark.parametrize(
    ("questionnaire", "item", "typed", "said"),
    [
        ("background", "sex", {}, "Er is nog geen antwoord."),
        ("background", "sex", {"answer": "neither"}, ""),
        ("background", "age", {"answer": "veertig"}, ""),
        ("background", "age", {"answer": "400"}, ""),
        ("work-ability", "was", {"answer": "11"}, ""),
    ],
)
def test_an_answer_that_does_not_fit_is_told_at_the_field_and_on_top(steps, questionnaire, item, typed, said):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    page = visit.post(question(measurement, questionnaire, item), 400, **typed)
    assert "Er klopt iets nog niet" in page
    assert 'href="#answer"' in page
    assert 'id="answer"' in page
    assert said in page
    sentence = re.search(r'<a href="#answer">([^<]+)</a>', page)[1]
    assert page.count(f">{sentence}") == 2  # and once more for the page's script
    assert not measurement.sheets.exists()
    assert not re.search(r"\d[.,]0\b", sentence)
    if "answer" in typed and item == "age":
        assert f'value="{typed["answer"]}"' in page


def test_a_date_is_three_fields_and_a_wrong_one_keeps_what_was_typed(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    for item, answer in (
        ("employed", "1"),
        ("contract_hours", "32,5"),
        ("contract_type", "permanent"),
        ("reported_sick", "1"),
    ):
        visit.post(question(measurement, "work-start", item), answer=answer)
    assert 'value="32,5"' in visit.get(question(measurement, "work-start", "contract_hours"))
    day = question(measurement, "work-start", "first_sick_day")
    page = visit.post(day, 400, day="31", month="2", year="2026")
    assert 'value="31"' in page
    assert visit.post(day, day="3", month="9", year="2025") == question(measurement, "work-start", "at_work")
    assert measures.answers_so_far(measurement)["work-start"]["first_sick_day"] == "2025-09-03"
    page = visit.get(day)
    assert 'id="month" name="month" inputmode="numeric" autocomplete="off" value="09"' in page


def test_routing_forwards_and_backwards(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    employed = question(measurement, "work-start", "employed")
    hours = question(measurement, "work-start", "contract_hours")
    assert visit.sent(hours).endswith("/background/age/")  # not asked yet: go on where one is
    assert visit.post(employed, answer="1") == hours
    visit.post(hours, answer="32")
    assert visit.post(employed, answer="0") == question(measurement, "work-start", "reported_sick")
    with clock.at(steps.moment):
        assert visit.client.get(hours).status_code == 302
    assert "Hoeveel uur per week staat er in uw contract" not in visit.get(f"/me/questions/{measurement.pk}/check/")
    assert employed in visit.get(question(measurement, "work-start", "reported_sick"))
    visit.post(employed, answer="1")
    assert 'value="32"' in visit.get(hours)


def test_questions_that_are_not_there(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    visit.get(question(measurement, "background", "no_such"), 404)
    visit.get(question(measurement, "no-such", "sex"), 404)


def test_someone_elses_questionnaire_is_as_absent_as_none(steps):
    mine, theirs = steps.consented(), steps.consented()
    measurement = open_measurement(steps, theirs)
    visit = Visit(steps, mine)
    pages = []
    for pk in (measurement.pk, 987654):
        for rest in ("", "check/", "pause/", "background/sex/"):
            pages.append(re.sub(r'value="[^"]*"', "", visit.get(f"/me/questions/{pk}/{rest}", 404)))
    assert len(set(pages)) == 1
    visit.post(f"/me/questions/{measurement.pk}/background/sex/", 404, answer="male")
    assert not measurement.sheets.exists()


def test_handing_in_too_early_names_what_is_missing(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    check = f"/me/questions/{measurement.pk}/check/"
    page = visit.post(check, 400)
    assert "Hoe oud bent u?" in page
    assert "hieronder aangegeven" in page
    fill_all(steps, measurement)
    with clock.at(steps.moment):
        measures.save_answers(
            by=steps.account_of(participant), measurement=measurement, answers={"background": {"sex": None}}
        )
    page = visit.post(check, 400)
    assert f"{question(measurement, 'background', 'sex')}?checking=1" in page.split("<main")[1].split("</form>")[0]
    assert not Measurement.objects.get(pk=measurement.pk).submitted_at


def test_handing_in_twice_does_it_once(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    fill_all(steps, measurement)
    visit = Visit(steps, participant)
    check = f"/me/questions/{measurement.pk}/check/"
    visit.post(check)
    before = AuditEvent.objects.count()
    assert "Deze vragenlijst heeft u al ingestuurd" in visit.post(check, 409)
    late = visit.post(question(measurement, "background", "sex"), 409, answer="male")
    assert "Deze vragenlijst heeft u al ingestuurd" in late
    assert AuditEvent.objects.count() == before
    assert "Bekijk uw antwoorden" in visit.get(f"/me/questions/{measurement.pk}/")


@pytest.mark.parametrize("path", ["check/", "background/sex/"])
def test_what_is_handed_in_meanwhile_elsewhere_is_told(steps, monkeypatch, path):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    fill_all(steps, measurement)
    visit = Visit(steps, participant)
    real = filling_sight.filling

    def slow(*args: Any, **kwargs: Any) -> Any:
        """Another window hands it in just after this one was read."""
        found = real(*args, **kwargs)
        if not measurement.__class__.objects.get(pk=measurement.pk).submitted_at:
            measures.submit(by=steps.account_of(participant), measurement=measurement)
        return found

    monkeypatch.setattr(filling_sight, "filling", slow)
    page = visit.post(f"/me/questions/{measurement.pk}/{path}", 409, answer="male")
    assert "Deze vragenlijst heeft u al ingestuurd" in page
    assert measures.answers_so_far(measurement)["background"]["sex"] == "female"


def test_progress_is_told_in_words(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    with clock.at(steps.moment):
        questions = filling_sight.filling(doors.own_record(steps.account_of(participant)), measurement.pk).questions
    told = {0: "Vraag 1 van", 0.45: "op de helft", 0.6: "over de helft", 0.9: "U bent er bijna"}
    for share, words in told.items():
        one = questions[int(share * len(questions)) + (1 if share else 0)] if share else questions[0]
        assert words in visit.get(question(measurement, one.questionnaire, one.item))
    last = visit.get(question(measurement, questions[-1].questionnaire, questions[-1].item))
    assert "Dit is de laatste." in last
    assert "Naar het nakijken van uw antwoorden" in last


def test_someone_by_link_goes_on_past_what_was_answered_before(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    with clock.at(steps.moment):
        measures.save_answers(
            by=steps.account_of(participant), measurement=measurement, answers={"background": {"sex": "female"}}
        )
    visit = Visit(steps, participant, code=False, link=measurement.pk)
    answered = question(measurement, "background", "age")
    assert visit.post(answered, answer="44") == question(measurement, "background", "education")
    assert "Elke link werkt één keer" in visit.get(f"/me/questions/{measurement.pk}/pause/")


def test_a_questionnaire_that_is_not_open_says_how_it_stands(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    later = open_measurement(steps, participant, "t6")
    assert "Deze vragenlijst is nog niet open" in visit.get(f"/me/questions/{later.pk}/")
    visit.post(question(later, "rrtw", "working"), 409, answer="1")
    steps.later(days=600)
    assert "Deze vragenlijst is gesloten" in visit.get(f"/me/questions/{later.pk}/pause/")
    with clock.at(steps.moment):
        consents.withdraw(by=steps.account_of(participant), participant=participant)
    assert "niet meer nodig" in visit.get(f"/me/questions/{later.pk}/check/")
    overview = visit.get("/me/questions/")
    assert "ingestuurd" in overview
    assert "Niet meer nodig." in overview


def test_licensed_texts_show_their_hint(steps):
    participant = steps.consented()
    page = Visit(steps, participant).get(question(open_measurement(steps, participant), "work-ability", "was"))
    assert "De tekst van deze vragenlijst is beschermd" in page


def test_a_question_that_may_stay_empty(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    first = question(measurement, "rrtw", "i1")
    assert "Deze vraag mag u leeg laten" in visit.get(first)
    assert visit.post(first) == question(measurement, "rrtw", "i2")
    assert not measurement.sheets.exists()
    visit.post(first, answer="3")
    visit.post(first, answer="")  # taken back
    assert "i1" not in measures.answers_so_far(measurement)["rrtw"]


def test_several_answers_and_free_text(steps):
    participant = steps.in_care()
    steps.later(days=182)
    measurement = open_measurement(steps, participant, "t6")
    visit = Visit(steps, participant)
    visit.post(question(measurement, "work-care", "care"), answer="1")
    many = question(measurement, "work-care", "care_from")
    visit.post(many, answer=["nurse", "psychologist"])
    page = visit.get(many)
    assert re.search(r'value="nurse" checked', page)
    assert re.search(r'value="psychologist" checked', page)
    words = question(measurement, "process-participant", "remarks")
    visit.post(words, answer="Alles <b>goed</b>")
    assert "Alles <b>goed</b></textarea>" in visit.get(words)
    assert "Psycholoog" in visit.get(f"/me/questions/{measurement.pk}/check/")


def test_not_applicable_stands_apart_and_last(rentree):
    participant = rentree.in_care()
    rentree.later(days=366)
    measurement = open_measurement(rentree, participant, "t2")
    visit = Visit(rentree, participant)
    path = question(measurement, "satisfaction", "phase_introduction")
    page = visit.get(path)
    choices = re.findall(r'<label class="(choice[^"]*)">', page)
    assert choices[-1] == "choice aside"
    assert choices.count("choice aside") == 1
    visit.post(path, answer="9")
    assert re.search(r'value="9" checked', visit.get(path))


# A link reaches one questionnaire; the code opens the rest.


def test_a_link_reaches_its_own_questionnaire_only(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant, code=False, link=measurement.pk)
    page = visit.get(f"/me/questions/{measurement.pk}/")
    assert "Proef" not in page  # no name, no menu
    assert "/me/data/" not in page
    for path in ("/me/", "/me/questions/", "/me/data/", "/me/plan/", "/me/data/consent/study/", "/me/questions/1234/"):
        assert visit.sent(path) == f"/me/code/?next={path}"


def test_a_link_does_not_show_the_answers_of_an_earlier_visit(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    with clock.at(steps.moment):
        measures.save_answers(
            by=steps.account_of(participant), measurement=measurement,
            answers={"background": {"age": 47, "sex": "female"}},
        )  # fmt: skip
    visit = Visit(steps, participant, code=False, link=measurement.pk)
    start = visit.get(f"/me/questions/{measurement.pk}/")
    assert "/background/education/" in start  # goes on where it was left
    age, sex = question(measurement, "background", "age"), question(measurement, "background", "sex")
    page = visit.get(age)
    assert 'value="47"' not in page
    assert "Uw antwoord laten we hier niet zien" in page
    assert "checked" not in visit.get(sex).split("<form class")[1]
    visit.post(sex)  # left empty: the earlier answer stays
    check = visit.get(f"/me/questions/{measurement.pk}/check/")
    shown = re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", check.split("<main")[1]).replace(f"{measurement.pk}", "")
    assert "47" not in shown
    assert "Vrouw" not in check
    assert "Er zijn 2 antwoorden bewaard" in check
    assert measures.answers_so_far(measurement)["background"] == {"age": 47, "sex": "female"}
    visit.post(sex, answer="male")  # given in this visit: shown
    assert re.search(r'value="male" checked', visit.get(sex))
    # A new link begins a new visit, also in the same browser.
    steps.later(hours=1)
    user = participant.identity.user
    user.refresh_from_db()
    user_logged_in.send(sender=type(user), request=None, user=user)
    assert "checked" not in visit.get(sex).split("<form class")[1]


def test_the_code_is_chosen_once_and_opens_everything(steps):
    participant = steps.consented()
    visit = Visit(steps, participant, code=False)
    page = visit.get("/me/code/?next=/me/data/")
    assert "Kies een persoonlijke code" in page
    assert "Proef" not in page
    assert "Kies een code van minstens" in visit.post("/me/code/", 400, code="")
    for bad in ("abc", "111111", "123456"):
        assert 'class="mend"' in visit.post("/me/code/", 400, code=bad)
    assert visit.post("/me/code/", code="boom roos vis", next="/me/data/") == "/me/data/"
    visit.get("/me/data/")
    again = Visit(steps, participant, code=False)
    assert "Vul uw persoonlijke code in" in again.get("/me/code/")
    assert "niet de code die u koos" in again.post("/me/code/", 400, code="iets anders")
    assert again.post("/me/code/", code="boom roos vis", next="https://elders.example/") == "/me/"
    assert keys.check_code(participant.identity.user, "boom roos vis")


def test_the_code_rests_after_five_wrong_tries(steps):
    participant = steps.consented()
    with clock.at(steps.moment):
        keys.set_code(by=participant.identity.user, participant=participant, code="boom roos vis")
    visit = Visit(steps, participant, code=False)
    for _try in range(5):
        assert "niet de code" in visit.post("/me/code/", 400, code="verkeerd")
    locked = visit.post("/me/code/", 400, code="boom roos vis")
    assert "niet de code" not in locked
    assert visit.sent("/me/data/").startswith("/me/code/")
    steps.later(minutes=16)
    visit.post("/me/code/", code="boom roos vis")
    visit.get("/me/data/")


def test_a_link_alone_cannot_replace_a_code(steps):
    participant = steps.consented()
    with clock.at(steps.moment):
        keys.set_code(by=participant.identity.user, participant=participant, code="boom roos vis")
    visit = Visit(steps, participant, code=False, link=open_measurement(steps, participant).pk)
    visit.post("/me/code/", 400, code="nieuwe code 9", old="")
    assert keys.check_code(participant.identity.user, "boom roos vis")


def test_the_code_is_changed_by_who_knows_it(steps):
    participant = steps.consented()
    with clock.at(steps.moment):
        keys.set_code(by=participant.identity.user, participant=participant, code="boom roos vis")
    visit = Visit(steps, participant)
    visit.post("/me/code/", 400, old="mis", code="nieuwe code 9")
    visit.post("/me/code/", 400, old="boom roos vis", code="abc")
    assert visit.post("/me/code/", old="boom roos vis", code="nieuwe code 9") == "/me/data/"
    assert keys.check_code(participant.identity.user, "nieuwe code 9")


# Deciding and leaving.


def test_deciding_waits_for_the_time_to_think(steps):
    participant = steps.informed()
    visit = Visit(steps, participant)
    page = visit.get("/me/data/consent/study/")
    assert "U kunt beslissen vanaf 9 maart 2026" in page
    assert "Ja, ik doe mee" not in page
    every = [item.id for item in measures.protocol_of(participant.study).consent("study").items]
    visit.post("/me/data/consent/study/", 400, decision="yes", items=every)
    assert not Consent.objects.filter(kind="study").exists()


def test_yes_needs_every_required_item_and_counts_once(steps):
    participant = steps.informed()
    steps.later(days=7)
    visit = Visit(steps, participant)
    path = "/me/data/consent/study/"
    with clock.at(steps.moment):
        steps.understand(participant, "study")
    page = visit.post(path, 400, decision="yes", items=["questionnaires", "data"])
    assert "Zonder dit kan meedoen niet" in page
    assert 'href="#item-lot"' in page
    assert re.search(r'value="data" checked', page)
    assert not Consent.objects.exists()
    given = {"decision": "yes", "items": ["questionnaires", "data", "lot"], "signature": "P. Proef"}
    assert visit.post(path, **given) == path
    assert "U zei ja op 9 maart 2026" in visit.get(path)
    assert "U had al besloten" in visit.post(path, 409, **given)
    assert "U had al besloten" in visit.post(path, 409, decision="no")
    assert [(row.decision, row.items["partner"]) for row in Consent.objects.all()] == [("agreed", False)]


def test_no_is_as_easy_and_can_become_yes(rentree):
    participant = rentree.informed()
    visit = Visit(rentree, participant)
    path = "/me/data/consent/programme/"
    page = visit.get(path)
    assert page.index("Ja, ik doe mee") < page.index("Nee, ik doe niet mee")
    visit.post(path, decision="no", items=["coach"])
    assert "Je zei nee op 2 maart 2026" in visit.get(path)
    assert "Je had al besloten" in visit.post(path, 409, decision="no")
    assert path not in visit.get("/me/").split("<main")[1].split("</main>")[0]
    required = [item.id for item in measures.protocol_of(participant.study).consent("programme").items]
    visit.post(path, decision="yes", items=required, signature="P. Proef")
    assert [row.decision for row in Consent.objects.order_by("pk")] == ["refused", "agreed"]


def test_forms_that_are_not_ones_own_to_decide(steps):
    visit = Visit(steps, steps.informed())
    for kind in ("partner", "nothing"):
        visit.get(f"/me/data/consent/{kind}/", 404)
        visit.post(f"/me/data/consent/{kind}/", 404, decision="yes")
    visit.get("/me/data/leave/study/", 404)
    visit.get("/me/data/leave/nothing/", 404)


def test_before_the_information_there_is_nothing_to_decide(steps):
    visit = Visit(steps, steps.screened())
    assert "Eerst vertellen we u erover" in visit.get("/me/data/consent/study/")
    visit.post("/me/data/consent/programme/", 409, decision="no")


def test_leaving_the_study_leaves_the_programme(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    page = visit.get("/me/data/leave/study/")
    assert "Het programma gaat door zoals het was" in page
    assert "Kies wat er met uw antwoorden gebeurt" in visit.post("/me/data/leave/study/", 400)
    visit.post("/me/data/leave/study/", answers="keep")
    fresh = steps.fresh(participant)
    assert (fresh.participation.state, fresh.enrolment.state) == ("withdrawn", "active")
    events = AuditEvent.objects.count()
    assert "U doet sinds" in visit.post("/me/data/leave/study/", 409)
    assert AuditEvent.objects.count() == events
    visit.get("/me/plan/")


def test_stopping_the_programme_stays_in_the_study(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    assert "u krijgt nog steeds de vragenlijsten" in visit.get("/me/data/leave/programme/")
    visit.post("/me/data/leave/programme/")
    fresh = steps.fresh(participant)
    assert (fresh.participation.state, fresh.enrolment.state) == ("in_follow_up", "stopped")
    assert "Het programma is voor u geëindigd" in visit.post("/me/data/leave/programme/", 409)
    assert "gestopt op" in visit.get("/me/data/")


def test_leaving_before_the_lot_says_that_the_programme_stays_closed(steps):
    visit = Visit(steps, steps.baseline())
    assert "Er wordt voor u niet geloot" in visit.get("/me/data/leave/study/")


def test_usual_care_has_no_programme_to_stop(steps):
    visit = Visit(steps, steps.allocated("usual_care"))
    visit.get("/me/data/leave/programme/", 404)
    assert "/me/data/leave/programme/" not in visit.get("/me/data/consent/programme/")


# Plan and talks.


def test_a_plan_is_agreed_once_after_reading_what_the_workplace_reads(steps):
    participant = steps.in_care()
    with clock.at(steps.moment):
        work.record_work(
            by=steps.person(Role.COACH), participant=participant, start=steps.moment.date() - timedelta(days=10),
            contract_hours=32, actual_hours=6.5, sick_percent=60,
        )  # fmt: skip
    visit = Visit(steps, participant)
    assert "Er is nog geen plan" in visit.get("/me/plan/")
    plan = offered(steps, participant)
    page = visit.get("/me/plan/")
    for words in (
        "Een stille plek is fijn.",
        "Rustig beginnen.",
        "16,5 uur",
        "wacht op u",
        "Coach Proef",
        "32 uur per week",
    ):
        assert words in page
    assert "Ik ben akkoord met versie 1" in page
    assert 'style="' not in page
    visit.post(f"/me/plan/{plan.pk}/agree/")
    assert "U bent akkoord met versie 1." in visit.get("/me/plan/")
    events = AuditEvent.objects.count()
    assert "U was al akkoord met deze versie" in visit.post(f"/me/plan/{plan.pk}/agree/", 409)
    second = offered(steps, participant)
    assert "Tot dan geldt versie 1." in visit.get("/me/plan/")
    offered(steps, participant)
    assert "Er is een nieuwere versie" in visit.post(f"/me/plan/{second.pk}/agree/", 409)
    assert AuditEvent.objects.count() == events + 2
    assert "Alle versies" in visit.get("/me/plan/")


def test_a_plan_in_force_shows_who_agreed(steps):
    participant = steps.in_care()
    link = steps.with_workplace(participant)
    plan = offered(steps, participant)
    visit = Visit(steps, participant)
    assert "Krijgt het plan pas na het akkoord van de deelnemer" in visit.get("/me/plan/")
    visit.post(f"/me/plan/{plan.pk}/agree/")
    assert "nog niet" in visit.get("/me/plan/")
    with clock.at(steps.moment):
        plans.confirm_plan(by=link.user, plan=plan)
    assert "Iedereen is het eens met dit plan" in visit.get("/me/plan/")
    steps.later(days=1)
    assert "Deze week staat er 8 uur werk in uw plan" in visit.get("/me/")


def test_someone_elses_plan_and_talk_are_absent(steps):
    first, second = steps.in_care(), steps.in_care()
    plan = offered(steps, first)
    with clock.at(steps.moment):
        session = care.plan_session(
            by=steps.person(Role.COACH), participant=first, kind="work_intake",
            planned_for=steps.moment + timedelta(days=3),
        )  # fmt: skip
    visit = Visit(steps, second)
    visit.post(f"/me/plan/{plan.pk}/agree/", 404)
    visit.post(f"/me/talks/{session.pk}/confirm/", 404)
    visit.get(f"/me/plan/{plan.pk}/agree/", 405)


def test_talks_are_confirmed_once_and_read_back(steps):
    participant = steps.in_care()
    coach, therapist = steps.person(Role.COACH), steps.person(Role.THERAPIST)
    with clock.at(steps.moment):
        first = care.plan_session(
            by=coach, participant=participant, kind="work_intake", planned_for=steps.moment + timedelta(days=2),
            mode="video",
        )  # fmt: skip
        missed = care.plan_session(
            by=therapist, participant=participant, kind="intake", planned_for=steps.moment + timedelta(days=1)
        )
    visit = Visit(steps, participant)
    page = visit.get("/me/talks/")
    assert "via beeldbellen" in page
    assert page.count("Ik kom") == 2
    visit.post(f"/me/talks/{first.pk}/confirm/")
    assert "U had al laten weten dat u komt" in visit.post(f"/me/talks/{first.pk}/confirm/", 409)
    steps.later(days=2, hours=3)
    assert "Nog niet opgeschreven." in visit.get("/me/talks/")
    with clock.at(steps.moment):
        care.miss_session(by=therapist, session=missed)
        care.hold_session(
            by=coach, session=first, on=steps.moment.date(), minutes=50, modules=["rights_duties"],
            shared_note="U vraagt na wie uw bedrijfsarts is.", private_note="Alleen voor de coach.", stage=3,
        )  # fmt: skip
    page = visit.get("/me/talks/")
    assert "1 van 8 gesprekken geweest" in page
    assert "U vraagt na wie uw bedrijfsarts is." in page
    assert "Alleen voor de coach." not in page
    assert "Niet doorgegaan." in page
    assert "/me/know/rights_duties/" in page
    assert "niet meer bevestigen" in visit.post(f"/me/talks/{first.pk}/confirm/", 409)
    assert "Besproken op" in visit.get("/me/know/")


def test_without_a_limit_no_total_is_told(rentree):
    page = Visit(rentree, rentree.in_care()).get("/me/talks/")
    assert "0 gesprekken geweest" in page
    assert "steps8" not in page


# My data.


def test_contact_details_are_changed_with_words_for_what_is_wrong(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    path = "/me/data/contact/"
    known = {"name": "Proef Persoon1", "email": "nieuw@steps.example", "phone": "010 555 01 42"}
    for field, value in (("name", ""), ("email", "geen adres"), ("phone", "bel mij")):
        page = visit.post(path, 400, **{**known, field: value})
        assert f'href="#id_{field}"' in page
    steps.referred()
    page = visit.post(path, 400, **{**known, "email": f"persoon{steps.made}@steps.example"})
    assert 'href="#id_email"' in page
    visit.post(path, **known)
    assert "nieuw@steps.example" in visit.get("/me/data/")
    events = AuditEvent.objects.count()
    visit.post(path, **known)
    assert AuditEvent.objects.count() == events


def test_someone_from_work_is_let_in_and_out(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)
    path = "/me/data/workplace/"
    for data in (
        {},
        {"name": "Jeroen Pals", "email": ""},
        {"name": "", "email": "jeroen@werk.example"},
        {"name": "J", "email": "x"},
        {"name": "Jeroen Pals", "email": "jeroen@werk.example", "function": "hr"},
        {"name": "Jeroen Pals", "email": "jeroen@werk.example", "function": "hr", "items": ["health"]},
    ):
        visit.post(path, 400, **data)
    assert not WorkplaceLink.objects.exists()
    given = {"name": "Jeroen Pals", "email": "jeroen@werk.example", "function": "hr", "items": ["hours", "call"]}
    visit.post(path, **given)
    visit.post(path, 400, **given)
    link = WorkplaceLink.objects.get()
    assert (link.function, link.items) == ("hr", ["hours", "call"])
    assert "Jeroen Pals" in visit.get("/me/data/")
    visit.post(f"/me/data/workplace/{link.pk}/end/")
    assert "Dit had u al gestopt" in visit.post(f"/me/data/workplace/{link.pk}/end/", 409)
    assert "Jeroen Pals" not in visit.get("/me/data/")
    other = Visit(steps, steps.in_care())
    other.post(f"/me/data/workplace/{link.pk}/end/", 404)
    other.post("/me/data/workplace/987654/end/", 404)


def test_who_looked_is_listed_by_pages(steps):
    participant = steps.in_care()
    with clock.at(steps.moment):
        for _time in range(21):
            doors.record_of(steps.person(Role.COACH), participant.pseudonym, Permission.SEE_CASE, what="plan")
    visit = Visit(steps, participant)
    first = visit.get("/me/data/looked/")
    assert first.count("Coach Proef") == 20
    assert "?page=2" in first
    assert visit.get("/me/data/looked/?page=2").count("Coach Proef") == 1
    for odd in ("0", "-3", "abc", "99999999999", "²"):
        visit.get(f"/me/data/looked/?page={odd}")
    assert "Coach Proef" not in Visit(steps, steps.in_care()).get("/me/data/looked/")


# Pages as such.


def test_no_page_has_inline_style_or_script_or_names_in_its_address(steps):
    participant = steps.in_care()
    steps.with_workplace(participant)
    offered(steps, participant)
    visit = Visit(steps, participant)
    seen: set[str] = set()
    todo = ["/me/"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        page = visit.get(path)
        bare = re.sub(r'<script src="/static/opstap/reading[^"]*\.js" defer></script>', "", page)
        assert not re.search(r"\sstyle=|<script|<style|\son\w+=", bare), path
        assert page.count("<h1") == 1, path
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
        found = re.findall(r'href="(/me/[^"#?]*)', page)
        todo += [link for link in found if link not in seen and not link.endswith((".ics", ".pdf"))]
    assert len(seen) > 15
    assert not any("proef" in path.lower() or "@" in path for path in seen)


def test_queries_do_not_grow_with_the_record(steps):
    participant = steps.in_care()
    visit = Visit(steps, participant)

    def counts() -> dict[str, int]:
        made = {}
        for path in ("/me/", "/me/plan/", "/me/talks/", "/me/data/", "/me/data/looked/", "/me/know/", "/me/questions/"):
            visit.get(path)
            with CaptureQueriesContext(connection) as queries:
                visit.get(path)
            made[path] = len(queries)
        return made

    def grow(number: int) -> None:
        for one in range(number):
            offered(steps, participant)
            with clock.at(steps.moment):
                care.plan_session(
                    by=steps.person(Role.COACH), participant=participant, kind="consultation",
                    planned_for=steps.moment + timedelta(days=3 + one), exception="Extra gesprek.",
                )  # fmt: skip
                doors.record_of(steps.person(Role.COACH), participant.pseudonym, Permission.SEE_CASE, what="plan")
                plans.invite_workplace(
                    by=steps.account_of(participant), participant=participant,
                    email=f"werk{steps.made}{one}@werk.example", name="Iemand Anders",
                )  # fmt: skip
            steps.later(minutes=1)
        steps.made += 1

    grow(1)
    few = counts()
    grow(4)
    assert counts() == few
    assert max(few.values()) <= 48


def test_queries_of_a_question_do_not_grow_with_the_answers(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    visit = Visit(steps, participant)
    visit.post(question(measurement, "background", "sex"), answer="male")

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            visit.get(path)
        return len(queries)

    paths = (question(measurement, "background", "sex"), f"/me/questions/{measurement.pk}/check/")
    few = [count(path) for path in paths]
    fill_all(steps, measurement)
    assert [count(path) for path in paths] == few


def test_the_next_question_is_the_first_that_still_needs_an_answer(steps):
    participant = steps.consented()
    measurement = open_measurement(steps, participant)
    with clock.at(steps.moment):
        measures.save_answers(
            by=steps.account_of(participant), measurement=measurement,
            answers={"background": {"age": 50, "education": "higher"}},
        )  # fmt: skip
        seen = filling_sight.filling(doors.own_record(steps.account_of(participant)), measurement.pk)
    assert seen.next is not None
    assert seen.next.name == "background.sex"
