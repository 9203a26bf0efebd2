"""The end and the paper at the pages: steps pressed once, forms kept, marks shown, a script that only helps."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opstap.acts import aftercare, energy
from opstap.domain.access import Role
from opstap.store.models import AftercareContact, Closing, OnBehalf
from opstap.web.shared.entering import CODE
from tests.web.test_coach import kept, text


@pytest.fixture
def both(site):
    """A participant at the pages with their code, their coach, and the address of the case."""
    participant = site.build(lambda world: world.in_care())
    own = site.come_in(site.build(lambda world: world.account_of(participant)), second_step=False)
    session = own.client.session
    session[CODE] = True
    session.save()
    own.client.cookies["django_language"] = "en"
    return own, site.as_(Role.COACH), f"/care/{participant.pseudonym}/", participant


def words(**more):
    rows = {f"{part}_{number}": "" for number in range(5) for part in ("sign", "do", "call")}
    return {**rows, "helped": "Short days.", "not_helped": "", "next": "", **more}


def test_the_end_from_preparing_to_aftercare(both):
    own, coach, case, _who = both
    assert "You hear when it is time" in text(own.get("/me/closing/"))
    assert coach.post(f"{case}closing/prepare/").status_code == 302
    assert coach.post(f"{case}closing/nothing/").status_code == 404
    assert "Write what helped you" in text(own.get("/me/"))
    assert own.post("/me/closing/words/", helped="", not_helped="", next="").status_code == 400
    assert own.post("/me/closing/words/", helped="Walking.", not_helped="", next="").status_code == 302
    page = coach.post(f"{case}closing/words/", **words(do_0="Rest"))
    assert page.status_code == 400
    assert "Fill in the sign that belongs to it" in text(page)
    assert "Rest" in page.content.decode()
    assert coach.post(f"{case}closing/words/", **words(sign_0="I sleep badly", call_0="Fenna")).status_code == 302
    own.post("/me/closing/agree/")
    assert kept(Closing)[0].agreed_at is None
    coach.post(f"{case}closing/look-back/")
    page = own.get("/me/closing/")
    assert "Yes, this is right" in text(page)
    assert "I sleep badly" in text(page)
    own.post("/me/closing/agree/")
    coach.post(f"{case}closing/close/")
    seen = text(own.get("/me/"))
    assert "What remains" in seen
    assert "I sleep badly" in seen
    assert "Agreed by the participant" in text(coach.get(f"{case}closing/"))
    assert coach.post(f"{case}reopen/", reason="").status_code == 400
    assert coach.post(f"{case}reopen/", reason="Complaints again.").status_code == 302
    assert "Complaints again." in text(coach.get(f"{case}closing/"))


def test_aftercare_at_the_pages(both):
    own, coach, case, _who = both
    page = coach.get(f"{case}aftercare/")
    day = re.search(r'name="days" value="([^"]+)"', page.content.decode())[1]
    assert "Eén contact na 6 weken is hier gekozen" in text(page)
    assert coach.post(f"{case}aftercare/", mode="telephone").status_code == 400
    assert coach.post(f"{case}aftercare/", days=[day], mode="telephone").status_code == 302
    (contact,) = kept(AftercareContact)
    address = f"/care/aftercare/{contact.pk}/"
    assert coach.post(f"{address}move/", planned_for="soon").status_code == 400
    assert coach.post(f"{address}move/", planned_for="2099-01-01").status_code == 302
    assert coach.post(f"{address}lose/").status_code == 404
    assert coach.post(address, on="", minutes=10, mode="video").status_code == 400
    today = own.site.world.moment.date().isoformat()
    assert coach.post(address, on=today, minutes=10, mode="video", shared_note="Well.").status_code == 302
    assert coach.post(f"{address}miss/").status_code == 409
    coach.post(f"{case}closing/prepare/")
    assert "Well." in text(own.get("/me/closing/"))


def test_without_a_screen_answers_are_written_down_and_marked(both):
    own, coach, case, _who = both
    assert "Only for who uses no screen" in text(coach.get(f"{case}for/"))
    coach.post(f"{case}screen/", no_screen="yes")
    assert "To print, to call" in text(coach.get(case))
    coach.post(f"{case}closing/prepare/")
    assert coach.post(f"{case}closing/own/", helped="Walking.", not_helped="", next="").status_code == 400
    coach.post(f"{case}closing/own/", helped="Walking.", not_helped="", next="", channel="telephone")
    assert "by telephone" in text(own.get("/me/closing/"))
    for what in ("share-diary", "close-diary"):
        coach.post(f"{case}for/{what}/0/")
        coach.post(f"{case}for/{what}/0/", channel="paper")
    assert [one.event for one in kept(OnBehalf)] == ["closing.written", "diary.shared", "diary.closed"]
    assert coach.post(f"{case}for/nothing/0/").status_code == 404
    assert coach.get(f"{case}for/nothing/").status_code == 404
    assert coach.post(f"{case}for/party/", party="general_practitioner", name="Dr. Proef").status_code == 400
    form = {"party": "general_practitioner", "name": "Dr. Proef", "address": "", "channel": "paper"}
    assert coach.post(f"{case}for/party/", **form).status_code == 302
    assert "on paper" in text(own.get("/me/people/"))
    assert (
        coach.post(f"{case}goals/new/", text="Cycle.", importance=8, confidence=5, channel="paper").status_code == 302
    )
    page = text(coach.get(f"{case}for/"))
    assert "Allowed sharing with a party" in page
    assert "Set a goal" in page
    coach.post(f"{case}screen/", no_screen="no")
    assert "To print, to call" not in text(coach.get(case))


def test_the_coordinator_says_so_as_well(both):
    own, _coach, _case, who = both
    desk = own.site.as_(Role.COORDINATOR)
    assert desk.post(f"/study/participants/{who.pseudonym}/paper/", no_screen="1").status_code == 302
    assert "uses no screen" in text(desk.get(f"/study/participants/{who.pseudonym}/"))
    desk.post(f"/study/participants/{who.pseudonym}/paper/", no_screen="")
    assert "uses no screen" not in text(desk.get(f"/study/participants/{who.pseudonym}/"))


def test_overload_is_shown_to_the_person_first_with_one_step_back_near(both):
    own, coach, _case, who = both
    for _ in range(3):
        own.site.build(lambda world: energy.note_energy(
            by=world.account_of(who), participant=who, kind="work", effect="cost", how="too_much"))  # fmt: skip
    seen = text(own.get("/me/"))
    assert "This week may be too much for you" in seen
    assert "Only you see this" in seen
    assert "may be too much" not in text(coach.get("/care/"))
    own.post("/me/energy/share/", share="yes")
    assert "The week may be too much" in text(coach.get("/care/"))


def test_the_caseload_asks_as_often_for_many(both, site):
    _own, coach, _case, who = both

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            coach.get("/care/")
        return len(made)

    def mark(one) -> None:
        def make(world):
            energy.share_diary(by=world.account_of(one), participant=one)
            energy.note_energy(by=world.account_of(one), participant=one, kind="work", effect="cost", how="good")
            aftercare.plan_aftercare(by=world.person(Role.COACH), participant=one,
                                     days=[world.moment.date() + timedelta(days=2)])  # fmt: skip

        site.build(make)

    mark(who)
    coach.get("/care/")
    few = queries()
    for _ in range(2):
        mark(site.build(lambda world: world.in_care()))
    assert queries() == few


def test_print_and_read_aloud_help_and_are_hidden_without_the_script(both):
    own, *_ = both
    page = own.get("/me/know/about/tiredness/").content.decode()
    assert page.count("<script") == 1
    assert re.search(r'<script src="/static/opstap/reading[^"]*\.js" defer></script>', page)
    buttons = re.findall(r'<button type="button"[^>]*>', page)
    assert len(buttons) == 2
    assert all(" hidden" in one for one in buttons)
    target = re.search(r'data-read="([^"]+)"', page)[1]
    assert f'id="{target}"' in page
    assert "<script" not in own.get("/me/").content.decode()


def test_the_week_fits_on_paper_for_both(both):
    own, coach, case, _who = both
    for page in (own.get("/me/week/"), coach.get(f"{case}week/")):
        assert "Energy diary" in text(page)
        assert page.content.decode().count("<h1") == 1
