"""The pages of a therapist or coach: each form from the page to the act, each refusal at its field, once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from opstap.acts import care, consents, people, plans, recruitment, statute
from opstap.acts.doors import SYSTEM
from opstap.acts.words import Contact
from opstap.domain.access import Role
from opstap.domain.protocol import load
from opstap.store.models import Cover, HandOver, LifeEvent, Plan, Session, WorkSpell
from tests.world import PASSWORD

KIND = next(kind for kind, (_, shape) in load("steps").session_kinds.items() if shape.most is None or shape.most > 1)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def errors(response) -> dict:
    return dict(response.context["form"].errors)


def kept(model, **conditions):
    with scopes_disabled():
        return list(model.objects.filter(**conditions).order_by("pk"))


@pytest.fixture
def case(site):
    """A participant, their coach at the pages, and the address of their case."""
    participant = site.build(lambda world: world.in_care())
    return participant, site.as_(Role.COACH), f"/care/{participant.pseudonym}/"


def planned(site, participant, **later) -> Session:
    moment = site.world.moment + timedelta(**later or {"days": 1})
    coach = site.build(lambda world: world.person(Role.COACH))
    return site.build(lambda world: care.plan_session(by=coach, participant=participant, kind=KIND, planned_for=moment))


def local(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_the_caseload_names_whom_one_looks_after_and_why_now(case):
    _participant, coach, path = case
    page = coach.get("/care/")
    assert page.status_code == 200
    assert path in page.content.decode()
    assert "Proef Persoon" in text(page)
    assert path in coach.post("/care/", q="PROEF").content.decode()
    assert path not in coach.post("/care/", q="niemand").content.decode()


def test_a_case_is_one_page(case):
    _participant, coach, path = case
    page = coach.get(path)
    assert page.status_code == 200
    assert "Proef Persoon" in text(page)
    assert "010 555 01 42" in text(page)


@pytest.mark.parametrize("ending", ["session/", "plan/", "hours/", "event/"])
def test_each_form_is_shown_empty_of_errors(case, ending):
    _, coach, path = case
    page = coach.get(path + ending)
    assert page.status_code == 200
    assert errors(page) == {}


def test_a_session_is_planned(case):
    _participant, coach, path = case
    moment = coach.site.world.moment + timedelta(days=3)
    sent = coach.post(path + "session/", kind=KIND, planned_for=local(moment), mode="video")
    assert (sent.status_code, sent.headers["Location"]) == (302, path)
    (session,) = kept(Session)
    assert (session.kind, session.mode, session.state, session.planned_for) == (KIND, "video", "planned", moment)
    assert "The session has been planned." in text(coach.get(path))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "dance"}, "kind"),
        ({"mode": "pigeon"}, "mode"),
        ({"planned_for": "soon"}, "planned_for"),
        ({"planned_for": "2020-01-01T10:00"}, "planned_for"),
    ],
)
def test_a_session_that_cannot_be_planned_says_so_at_its_field(case, changed, field):
    _, coach, path = case
    moment = local(coach.site.world.moment + timedelta(days=3))
    page = coach.post(path + "session/", **{"kind": KIND, "planned_for": moment, "mode": "video", **changed})
    assert page.status_code == 400
    assert set(errors(page)) == {field}
    assert not kept(Session)


def test_beyond_the_limits_a_reason_is_asked_and_kept(case):
    _participant, coach, path = case
    late = local(coach.site.world.moment + timedelta(days=900))
    sent = {"kind": KIND, "planned_for": late, "mode": "video"}
    page = coach.post(path + "session/", **sent)
    assert page.status_code == 400
    assert set(errors(page)) == {"exception"}
    assert coach.post(path + "session/", **sent, exception="Herstel duurde langer").status_code == 302
    assert "Herstel duurde langer" in text(coach.get(path))


def test_a_session_is_written_up_once(case):
    participant, coach, path = case
    session = planned(coach.site, participant)
    coach.site.world.later(days=2)
    address = f"/care/session/{session.pk}/"
    assert coach.get(address).status_code == 200
    sent = {"on": (coach.site.world.moment - timedelta(days=1)).date().isoformat(), "minutes": 50}
    sent |= {"shared_note": "We spraken over slapen.", "private_note": "Let op de energie."}
    assert coach.post(address, **sent).status_code == 302
    (held,) = kept(Session)
    assert (held.state, held.minutes) == ("held", 50)
    page = text(coach.get(path))
    assert "We spraken over slapen." in page
    assert "Let op de energie." in page
    again = coach.post(address, **{**sent, "minutes": 51})
    assert again.status_code == 409
    assert kept(Session)[0].minutes == 50


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minutes": ""}, "minutes"),
        ({"minutes": 481}, "minutes"),
        ({"on": "2099-01-01"}, "on"),
        ({"on": "2020-01-01"}, "on"),
        ({"modules": ["juggling"]}, "modules"),
    ],
)
def test_what_cannot_have_taken_place_is_refused_at_its_field(case, changed, field):
    participant, coach, _ = case
    session = planned(coach.site, participant)
    coach.site.world.later(days=2)
    sent = {"on": coach.site.world.moment.date().isoformat(), "minutes": 50, **changed}
    page = coach.post(f"/care/session/{session.pk}/", **sent)
    assert page.status_code == 400
    assert set(errors(page)) == {field}
    assert kept(Session)[0].state == "planned"


@pytest.mark.parametrize(("what", "state"), [("confirm", "confirmed"), ("miss", "missed"), ("cancel", "cancelled")])
def test_one_press_changes_a_session(case, what, state):
    participant, coach, path = case
    session = planned(coach.site, participant)
    coach.site.world.later(days=2)
    sent = coach.post(f"/care/session/{session.pk}/{what}/")
    assert (sent.status_code, sent.headers["Location"]) == (302, path)
    assert kept(Session)[0].state == state
    assert coach.post(f"/care/session/{session.pk}/{what}/").status_code == 409


def test_a_session_is_moved(case):
    participant, coach, _path = case
    session = planned(coach.site, participant)
    moment = coach.site.world.moment + timedelta(days=5)
    assert coach.post(f"/care/session/{session.pk}/move/", planned_for=local(moment)).status_code == 302
    assert kept(Session)[0].planned_for == moment
    assert coach.post(f"/care/session/{session.pk}/move/", planned_for="later").status_code == 400
    assert coach.post(f"/care/session/{session.pk}/forget/").status_code == 404
    assert kept(Session)[0].planned_for == moment


def plan(site, **changed) -> dict:
    day = site.world.moment.date()
    return {
        "aim": "return",
        "contract_hours": 32,
        "from_1": (day + timedelta(days=7)).isoformat(),
        "hours_1": 8,
        "from_2": (day + timedelta(days=28)).isoformat(),
        "hours_2": 16,
        "goal": "Weer lesgeven",
        "for_workplace": "Rustig beginnen",
        **changed,
    }


def test_a_plan_is_offered_and_a_new_version_begins_from_the_last(case):
    _participant, coach, path = case
    assert coach.post(path + "plan/", **plan(coach.site)).status_code == 302
    (offered,) = kept(Plan)
    assert [step["hours"] for step in offered.steps] == [8, 16]
    again = coach.get(path + "plan/")
    assert again.context["form"].initial["goal"] == "Weer lesgeven"
    assert again.context["form"].initial["hours_2"] == 16
    assert coach.post(path + "plan/", **plan(coach.site, hours_2=20)).status_code == 302
    assert [one.state for one in kept(Plan)] == ["replaced", "offered"]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"aim": "fame"}, {"aim"}),
        ({"contract_hours": 0}, {"contract_hours"}),
        ({"hours_2": ""}, {"hours_2"}),
        ({"from_2": ""}, {"from_2"}),
        ({"from_2": "2020-01-01"}, {"__all__"}),
        ({"from_1": "", "hours_1": "", "from_2": "", "hours_2": ""}, {"__all__"}),
        ({"hours_2": 40}, {"__all__"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_what_was_typed_stays(case, changed, fields):
    _, coach, path = case
    page = coach.post(path + "plan/", **plan(coach.site, **changed))
    assert page.status_code == 400
    assert set(errors(page)) == fields
    assert "Rustig beginnen" in page.content.decode()
    assert not kept(Plan)


def hours(site, **changed) -> dict:
    day = site.world.moment.date().isoformat()
    return {"start": day, "contract_hours": 32, "actual_hours": 8, "sick_percent": 75, "kind": "own", **changed}


def test_hours_are_written_down(case):
    _, coach, path = case
    assert coach.post(path + "hours/", **hours(coach.site)).status_code == 302
    (spell,) = kept(WorkSpell, source="coach")
    assert (spell.actual_hours, spell.sick_percent, spell.kind) == (8, 75, "own")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"actual_hours": 90}, "actual_hours"),
        ({"sick_percent": 101}, "sick_percent"),
        ({"start": "2099-01-01"}, "start"),
        ({"kind": "none"}, "kind"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(case, changed, field):
    _, coach, path = case
    page = coach.post(path + "hours/", **hours(coach.site, **changed))
    assert page.status_code == 400
    assert set(errors(page)) == {field}
    assert not kept(WorkSpell, source="coach")


def test_phases_go_on_and_the_programme_is_closed_once(case):
    _participant, coach, path = case
    order = load("steps").phase_order
    assert coach.post(path + "phase/", phase=order[1]).status_code == 302
    back = coach.post(path + "phase/", phase=order[0])
    assert back.status_code == 302
    assert "Choose a phase that comes after the present one." in text(coach.get(path))
    assert coach.post(path + "complete/").status_code == 302
    assert "The programme has been closed." in text(coach.get(path))
    assert coach.post(path + "complete/").status_code == 302
    assert "The programme is not running for this person." in text(coach.get(path))


def test_a_life_event_is_written_down(case):
    _, coach, path = case
    today = coach.site.world.moment.date()
    assert coach.post(path + "event/", kind="recurrence", on=today.isoformat()).status_code == 302
    assert [event.kind for event in kept(LifeEvent)] == ["recurrence"]
    for sent, field in (
        ({"kind": "wedding", "on": today.isoformat()}, "kind"),
        ({"kind": "recurrence", "on": "2099-01-01"}, "on"),
    ):
        page = coach.post(path + "event/", **sent)
        assert page.status_code == 400
        assert set(errors(page)) == {field}
    assert len(kept(LifeEvent)) == 1


def test_what_only_changes_is_never_done_by_looking(case):
    participant, coach, path = case
    session = planned(coach.site, participant)
    for address in (path + "phase/", path + "complete/", f"/care/session/{session.pk}/cancel/"):
        assert coach.get(address).status_code == 405


def test_the_caseload_asks_as_many_queries_for_fifteen_as_for_twelve(site):
    coach = site.as_(Role.COACH)
    counted = []
    # At twelve, months have passed, so that every reason to be in the list is there already.
    for total in (12, 15):
        while len(kept(Session)) < total:
            participant = site.build(lambda world: world.in_care())
            planned(site, participant, days=3)
        coach.get("/care/")
        with CaptureQueriesContext(connection) as asked:
            assert coach.get("/care/").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_one_is_urgent_for_one_reason_at_a_time(site):
    """Walk one person through every reason for being somewhere in the caseload."""
    world = site.world
    participant = site.build(lambda made: made.in_care())
    coach_user = site.build(lambda made: made.person(Role.COACH))
    coach = site.come_in(coach_user)

    def now():
        row = coach.get("/care/").context["seen"].rows[0]
        return row.urgency.value, row.why.value

    # So long ago that no term of the law is near any more: dates of the law have a test of their own.
    long_ago = site.world.moment.date() - timedelta(days=1500)
    site.build(
        lambda made: statute.record_statute_facts(by=coach_user, participant=participant, first_sick_day=long_ago)
    )
    assert now() == ("now", "plan_first")
    session = planned(site, participant, days=40)
    assert now() == ("calm", "calm")
    offered = site.build(
        lambda made: plans.offer_plan(
            by=coach_user, participant=participant, aim="return", contract_hours=32,
            steps=[(made.moment.date() + timedelta(days=20), 8.0)],
        )
    )  # fmt: skip
    assert now() == ("week", "plan_waits")
    site.build(lambda made: plans.agree_plan(by=made.account_of(participant), plan=offered))
    assert now() == ("calm", "calm")
    world.later(days=14)
    assert now() == ("week", "step_soon")
    world.later(days=7)
    assert now() == ("calm", "calm")
    world.later(days=14)
    assert now() == ("week", "session_soon")
    world.later(days=7)
    assert now() == ("now", "write_up")
    site.build(
        lambda made: care.hold_session(by=coach_user, session=session, on=made.moment.date(), minutes=50, modules=[])
    )
    assert now() == ("week", "plan_next")
    site.build(lambda made: consents.stop_programme(by=made.account_of(participant), participant=participant))
    assert now() == ("ended", "ended")


def test_the_end_of_the_programme_comes_near(site):
    participant = site.build(lambda made: made.in_care())
    coach = site.as_(Role.COACH)
    months = load("steps").programme.limits.months
    assert months, "STEPS has a longest duration"
    site.world.later(days=30 * months - 10)
    planned(site, participant, days=9)
    row = coach.get("/care/").context["seen"].rows[0]
    assert row.why.value == "ending"


def test_a_time_that_has_passed_is_asked_about_and_then_written_up(case):
    participant, coach, path = case
    coach.site.world.later(days=2)
    past = {"kind": KIND, "mode": "telephone", "planned_for": local(coach.site.world.moment - timedelta(hours=3))}
    refused = coach.post(path + "session/", **past)
    assert refused.status_code == 400
    assert list(errors(refused)) == ["planned_for"]
    assert kept(Session) == []
    answer = coach.post(path + "session/", **past, took_place="on")
    (session,) = kept(Session)
    assert answer.headers["Location"] == f"/care/session/{session.pk}/"
    assert "Now write down what took place." in text(coach.get(answer.headers["Location"]))
    to_come = {**past, "planned_for": local(coach.site.world.moment + timedelta(hours=3))}
    assert list(errors(coach.post(path + "session/", **to_come, took_place="on"))) == ["planned_for"]
    assert len(kept(Session)) == 1
    assert participant.pseudonym in path


def test_a_session_is_not_moved_to_a_time_that_has_passed(case):
    participant, coach, _path = case
    session = planned(coach.site, participant)
    moved = coach.post(
        f"/care/session/{session.pk}/move/", planned_for=local(coach.site.world.moment - timedelta(days=1))
    )
    assert "This time has passed" in text(coach.get(moved.headers["Location"]))
    assert kept(Session)[0].planned_for == session.planned_for


def test_someone_without_a_telephone_is_reached_by_mail(case):
    participant, coach, path = case
    coordinator = coach.site.build(lambda world: world.person(Role.COORDINATOR))
    contact = Contact("Proef Persoon", "persoon@steps.example", "")
    coach.site.build(
        lambda _world: recruitment.change_contact(by=coordinator, participant=participant, contact=contact)
    )
    page = coach.get(path).content.decode()
    assert 'href="tel:' not in page
    assert 'href="mailto:persoon@steps.example"' in page


# Colleagues among themselves.


def test_being_away_is_arranged_and_ended_on_one_page(site):
    site.build(lambda world: world.in_care())
    coach = site.as_(Role.COACH)
    assert "Nobody else has the same work" in text(coach.get("/care/away/"))

    def colleague(world):
        user = people.make_account(by=SYSTEM, email="ander@steps.example", name="Anke Ander", password=PASSWORD)
        people.grant_role(by=SYSTEM, user=user, role=Role.COACH, study=world.study)
        return user

    other = site.build(colleague)
    day = site.world.moment.date()
    given = {"stand_in": f"steps/{other.pk}", "since": day, "until": day - timedelta(days=1)}
    refused = coach.post("/care/away/", **given)
    assert refused.status_code == 400
    assert "The last day lies before the first" in text(refused)
    coach.post("/care/away/", **{**given, "until": day + timedelta(days=5)})
    assert "Anke Ander" in text(coach.get("/care/away/"))
    coach.post(f"/care/away/{kept(Cover)[0].pk}/end/")
    assert "Anke Ander" not in text(coach.get("/care/away/")).split("Ask a colleague")[0]


def test_a_hand_over_goes_from_one_case_page_to_the_top_of_the_other_list(site):
    participant = site.build(lambda world: world.in_care())
    therapist, coach = site.as_(Role.THERAPIST), site.as_(Role.COACH)
    page = f"/care/{participant.pseudonym}/"
    assert "Hand over to a colleague" in text(therapist.get(page))
    to = site.build(lambda world: world.person(Role.COACH)).pk
    assert therapist.post(f"{page}hand-over/", to=to, note="").status_code == 400
    therapist.post(f"{page}hand-over/", to=to, note="Bel eens over de uren.")
    assert "Therapist Proef handed something over to you" in text(coach.get("/care/"))
    assert "Bel eens over de uren." in text(coach.get(page))
    assert "I have taken this up" not in text(therapist.get(page))
    coach.post(f"/care/taken/{kept(HandOver)[0].pk}/")
    assert "taken up on" in text(therapist.get(page))


def test_the_case_says_how_many_weeks_are_left_and_asks_about_the_pace(site):
    participant = site.build(lambda world: world.in_care())
    site.world.later(weeks=17)
    shown = text(site.as_(Role.COACH).get(f"/care/{participant.pseudonym}/"))
    assert "0 of 8 sessions held, 9 weeks left" in shown
    assert "Few talks for the time that has passed" in shown
    assert "A rule of thumb of our own" in shown
