"""The pages of the plan and of the dates of the law: redrawn without a script, shut for usual care."""

import re
from datetime import date, timedelta

import pytest
from django_scopes import scopes_disabled
from icalendar import Calendar

from opstap.acts import plans, statute
from opstap.domain.access import Role
from opstap.store.models import DeadlineMark, Plan, StatuteFacts
from opstap.web.shared.entering import CODE


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def kept(model):
    with scopes_disabled():
        return list(model.objects.order_by("pk"))


@pytest.fixture
def case(site):
    participant = site.build(lambda world: world.in_care())
    return participant, site.as_(Role.COACH), f"/care/{participant.pseudonym}/"


def own(site, participant):
    visit = site.come_in(site.world.account_of_unscoped(participant))
    session = visit.client.session
    session[CODE] = True
    session.save()
    visit.client.cookies["django_language"] = "en"
    return visit


def agreed(site, participant, **more) -> Plan:
    def make(world):
        first = world.moment.date()
        plan = plans.offer_plan(
            by=world.person(Role.COACH), participant=participant, aim="return", contract_hours=32,
            steps=[(first, 8.0), (first + timedelta(weeks=2), 12.0)], available=[0, 3], **more,
        )  # fmt: skip
        return plans.agree_plan(by=world.account_of(participant), plan=plan)

    return site.build(make)


def typed(site, **changed) -> dict:
    day = site.world.moment.date()
    return {
        "aim": "return", "contract_hours": 32, "with_days": "True", "available": [0, 1, 3],
        "from_1": day.isoformat(), "hours_1": 8, "tasks_1": "",
        "from_2": (day + timedelta(days=14)).isoformat(), "hours_2": 12, "tasks_2": "", **changed,
    }  # fmt: skip


def rows(page) -> list[tuple[str, str]]:
    form = page.context["form"]
    return [(str(day.value()), str(hours.value())) for _, day, hours, _, _ in form.table()]


def test_each_button_redraws_the_table_and_nothing_is_kept(case):
    _, coach, path = case
    day = coach.site.world.moment.date()
    weeks = [(day + timedelta(weeks=number)).isoformat() for number in range(8)]
    expected = {
        "redraw": [(weeks[0], "8"), (weeks[2], "12")],
        "add": [(weeks[0], "8"), (weeks[2], "12"), (weeks[4], "16")],
        "remove-1": [(weeks[2], "12")],
        "later-2": [(weeks[0], "8"), (weeks[3], "12")],
        "earlier-2": [(weeks[0], "8"), (weeks[1], "12")],
        "remove-9": [(weeks[0], "8"), (weeks[2], "12")],
    }
    for what, table in expected.items():
        page = coach.post(path + "plan/", **typed(coach.site, do=what))
        assert page.status_code == 200, what
        assert rows(page) == table, what
    assert "Mon, Thu: 4 hours" in text(coach.post(path + "plan/", **typed(coach.site, do="redraw")))
    assert not kept(Plan)


def test_a_proposal_fills_the_table(case):
    _, coach, path = case
    day = coach.site.world.moment.date()
    wishes = {"start": day.isoformat(), "first_hours": 20, "step_hours": 6, "step_weeks": 3}
    page = coach.post(path + "plan/", **typed(coach.site, do="propose", **wishes))
    assert [hours for _, hours in rows(page)] == ["20", "26", "32"]
    for changed, field in (
        ({"start": ""}, "start"),
        ({"goal_day": day.isoformat()}, "goal_day"),
        ({"available": []}, "available"),
        ({"step_hours": 0}, "step_hours"),
    ):
        page = coach.post(path + "plan/", **typed(coach.site, do="propose", **{**wishes, **changed}))
        assert page.status_code == 400
        assert field in page.context["form"].errors, field


def test_no_day_to_work_on_is_refused_where_days_are_asked(case):
    _, coach, path = case
    page = coach.post(path + "plan/", **typed(coach.site, available=[]))
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"available"}
    assert coach.post(path + "plan/", **typed(coach.site)).status_code == 302
    assert kept(Plan)[0].available == [0, 1, 3]


def test_a_step_back_is_taken_seen_and_accepted(case):
    participant, coach, path = case
    visit = own(coach.site, participant)
    assert visit.get("/me/plan/back/").status_code == 404
    agreed(coach.site, participant)
    coach.site.world.later(days=16)
    assert "I need not explain that." in text(visit.get("/me/plan/back/"))
    assert visit.post("/me/plan/back/", weeks=7).status_code == 400
    assert visit.post("/me/plan/back/", weeks=2).status_code == 302
    assert visit.get("/me/plan/back/").status_code == 302
    assert coach.get("/care/").context["seen"].rows[0].why.value in ("plan_proposed", "write_up")
    newest = kept(Plan)[-1]
    assert "took one step back" in text(coach.get(path + "plan/"))
    assert coach.post(f"{path}plan/{newest.pk}/accept/").status_code == 302
    assert [plan.state for plan in kept(Plan)] == ["replaced", "agreed"]
    page = text(visit.get("/me/plan/"))
    assert "One step back, chosen by the participant." in page
    assert "New: 8 hours a week from" in page


def test_own_words_stay_with_participant_and_coach(case):
    participant, coach, path = case
    agreed(coach.site, participant)
    visit = own(coach.site, participant)
    assert visit.post("/me/plan/too-much/", text="Eerst mijn zus bellen.").status_code == 302
    for page in (visit.get("/me/plan/"), visit.get("/me/plan/too-much/"), coach.get(path + "plan/")):
        assert "Eerst mijn zus bellen." in page.content.decode()
    for page in (visit.get("/me/plan/paper/"), visit.get("/me/plan/plan.ics")):
        assert "zus" not in page.content.decode()


def test_the_calendar_has_steps_and_working_days_and_names_nobody(case):
    participant, coach, path = case
    agreed(coach.site, participant)
    for answer in (own(coach.site, participant).get("/me/plan/plan.ics"), coach.get(path + "plan/plan.ics")):
        calendar = Calendar.from_ical(answer.content)
        events = calendar.walk("VEVENT")
        first = coach.site.world.moment.date()
        assert [event.decoded("DTSTART") for event in events if "RRULE" not in event] == [
            first, first + timedelta(weeks=2),
        ]  # fmt: skip
        working = [event for event in events if "RRULE" in event]
        assert {event["RRULE"]["BYDAY"][0] for event in working} == {"MO", "TH"}
        # The days of the first step end before the second begins.
        assert max(event["RRULE"]["UNTIL"][0] for event in working[:2]) < first + timedelta(weeks=2)
        assert not re.search(r"Proef|STEPS|cancer|kanker", answer.content.decode(), re.IGNORECASE)
        assert participant.pseudonym not in answer.content.decode()


@pytest.mark.parametrize("study", ["site", "flemish"])
def test_the_dates_of_the_law_are_read_filled_in_and_marked(study, request):
    site = request.getfixturevalue(study)
    participant = site.build(lambda world: world.in_care())
    visit, coach = own(site, participant), site.as_(Role.COACH)
    day = site.world.moment.date()
    first = day - timedelta(days=20)
    assert visit.post("/me/rights/facts/", first_sick_day=first.isoformat(), resumptions="nope").status_code == 400
    assert visit.post("/me/rights/facts/", first_sick_day="2099-01-01").status_code == 400
    assert visit.post("/me/rights/facts/", first_sick_day=first.isoformat(), employees=80).status_code == 302
    assert kept(StatuteFacts)[0].first_sick_day == first
    page = visit.get("/me/rights/")
    assert "This is not legal advice." in text(page)
    assert page.content.decode().count('<svg class="fig"') == 2
    rule = next(one for one in page.context["seen"].timeline.deadlines if one.kind == "duty" and one.due).id
    assert visit.post(f"/me/rights/done/{rule}/", done_on=day.isoformat()).status_code == 302
    assert coach.get(f"/care/{participant.pseudonym}/clock/").context["seen"].timeline.deadline(rule).done_on == day
    assert coach.post(f"/care/{participant.pseudonym}/clock/done/{rule}/", undo="1").status_code == 302
    assert coach.post(f"/care/{participant.pseudonym}/clock/done/{rule}/", done_on="soon").status_code == 302
    assert [mark.done_on for mark in kept(DeadlineMark)] == [day, None]
    assert "The dates of the law" in text(visit.get("/me/data/looked/"))


def test_a_deadline_near_is_a_reason_in_the_caseload(case):
    participant, coach, _ = case
    world = coach.site.world
    coach.site.build(
        lambda made: statute.record_statute_facts(
            by=made.person(Role.COACH), participant=participant, first_sick_day=made.moment.date() - timedelta(days=50)
        )
    )
    row = coach.get("/care/").context["seen"].rows[0]
    assert {one.id for one in row.deadlines} == {"physician_opinion", "action_plan"}
    assert all(isinstance(one.due, date) for one in row.deadlines)
    assert "Dates of the law" in text(coach.get(f"/care/{participant.pseudonym}/"))
    assert world.moment


def test_usual_care_finds_none_of_it(site):
    participant = site.build(lambda world: world.allocated("usual_care"))
    visit = own(site, participant)
    absent = visit.get("/me/no-such-page/").status_code
    for path in ("/me/plan/back/", "/me/plan/paper/", "/me/plan/plan.ics", "/me/plan/too-much/", "/me/rights/"):
        assert visit.get(path).status_code == absent == 404
    assert visit.post("/me/rights/done/action_plan/", done_on="2026-03-02").status_code == 404
    assert "/me/rights/" not in visit.get("/me/").content.decode()
