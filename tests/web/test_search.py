"""Looking for new work at the pages: each step once, refusals at their field, and the calendar of a workplace."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from opstap.acts import care, plans, workplace
from opstap.domain.access import Role
from opstap.domain.sharing import Item
from opstap.store.models import Application, JobWishes, Placement, WorkplaceLink, WorkSpell
from opstap.web.shared.entering import CODE
from tests.access.test_workplace_words import MEDICAL
from tests.web.test_coach import kept, text


@pytest.fixture
def both(flemish):
    """A participant of Rentree at the pages, their coach, and the address of the case."""
    participant = flemish.build(lambda world: world.in_care())
    own = flemish.come_in(flemish.build(lambda world: world.account_of(participant)), second_step=False)
    session = own.client.session
    session[CODE] = True
    session.save()
    own.client.cookies["django_language"] = "en"
    return own, flemish.as_(Role.COACH), f"/care/{participant.pseudonym}/search/", participant


def day(visitor, days: int = 0) -> str:
    return (visitor.site.world.moment.date() + timedelta(days=days)).isoformat()


APPLIED = {"where": "Bibliotheek Zuid", "function": "Balie", "way": "vacancy", "state": "sent"}


def test_a_whole_search_from_the_first_page_to_a_new_job(both):
    own, coach, case, participant = both
    link = own.site.build(lambda world: world.with_workplace(participant))
    assert "I look for other work" in text(own.get("/me/search/"))
    assert own.post("/me/search/begin/").status_code == 400
    assert own.post("/me/search/begin/", reason="contract_ended").headers["Location"] == "/me/search/"
    wishes = {"work": "Met mensen.", "hours_least": "16", "hours_most": "24", "days": ["0", "3"], "travel": "30"}
    page = own.post("/me/search/wishes/", **{**wishes, "hours_most": "8"})
    assert page.status_code == 400
    assert "cannot be fewer" in text(page)
    assert "Met mensen." in page.content.decode()
    own.post("/me/search/wishes/", **wishes)
    assert len(kept(JobWishes)) == 1
    seen = text(own.get("/me/search/"))
    assert all(
        one in seen for one in ("Met mensen.", "16 hours to 24 hours a week", "monday and thursday", "30 minutes")
    )
    assert "Met mensen." in text(own.get("/me/search/wishes/"))
    own.post("/me/search/goal/", text="Met twee mensen praten.", importance="8", confidence="5")
    assert "Met twee mensen praten." in text(own.get("/me/search/"))
    page = own.post("/me/search/application/", **APPLIED, next_step="Nabellen", next_on=day(own, -1))
    assert "This day has passed" in text(page)
    own.post("/me/search/application/", **APPLIED, next_step="Nabellen", next_on=day(own))
    (application,) = kept(Application)
    path = f"/me/search/application/{application.pk}/"
    assert "Nabellen" in text(own.get("/me/"))
    assert "Bibliotheek" not in text(coach.get(case))
    assert coach.get(f"/care/application/{application.pk}/").status_code == 404
    own.post(f"{path}share/", share="yes")
    assert "Bibliotheek Zuid" in text(coach.get(case))
    assert own.get(f"{path}accept/").status_code == 302
    own.post(path, state="offer", text="Drie dagen.")
    assert "Drie dagen." in text(own.get(path))
    assert "Drie dagen." not in text(coach.get(f"/care/application/{application.pk}/"))
    accept = {"starts_on": day(own), "contract_hours": "20,5", "hours": "instead"}
    page = own.post(f"{path}accept/", **accept)
    assert page.status_code == 400
    assert "Choose for this person" in text(page)
    own.client.cookies["django_language"] = "nl"
    assert own.post(f"{path}accept/", **accept, **{f"link_{link.pk}": "end"}).status_code == 302
    own.client.cookies["django_language"] = "en"
    (spell,) = [one for one in kept(WorkSpell) if one.source == "coach"]
    assert (spell.kind, spell.contract_hours) == ("other_employer", 20.5)
    assert kept(WorkplaceLink)[0].ended_on is not None
    assert "The hours are written down." in text(own.get(path))
    assert own.get(f"{path}hours/").status_code == 404
    assert "Make a plan for the new hours" in text(coach.get(f"/care/application/{application.pk}/"))
    own.post("/me/search/end/")
    assert "I look for other work" in text(own.get("/me/search/"))


def test_the_coach_keeps_it_for_someone_by_telephone(both):
    own, coach, case, _ = both
    assert coach.post(f"{case}begin/", reason="own_choice").status_code == 400
    said = {"channel": "telephone"}
    coach.post(f"{case}begin/", reason="own_choice", **said)
    coach.post(f"{case}wishes/", can="Overzicht houden.", **said)
    coach.post(f"{case}goal/", text="Eén brief.", importance="5", confidence="5")
    coach.post(f"{case}application/", **APPLIED, **said)
    (application,) = kept(Application)
    path = f"/care/application/{application.pk}/"
    coach.post(path, state="offer", text="Ze bellen terug.", **said)
    assert coach.get(f"{path}hours/").status_code == 404
    assert "by telephone" in text(own.get(f"/me/search/application/{application.pk}/"))
    assert "Overzicht houden." in text(own.get("/me/search/"))
    assert coach.post(f"{path}accept/", starts_on=day(own, -9), contract_hours="20", **said).status_code == 400
    coach.post(f"{path}accept/", starts_on=day(own), contract_hours="20", **said)
    assert coach.get(f"{path}accept/").status_code == 404
    page = coach.post(f"{path}hours/", actual_hours="99", instead="yes")
    assert "from 0 to 80" in text(page)
    coach.post(f"{path}hours/", actual_hours="16", instead="yes")
    assert "The hours are written down." in text(coach.get(path))
    assert "A new job from" in text(coach.get("/care/"))
    coach.post(f"{case}end/")
    assert "Begin, for them" in text(coach.get(case))


def test_a_placement_from_permission_to_work_that_counts(both):
    own, coach, case, _ = both
    own.post("/me/search/begin/", reason="not_employed")
    plain = {"kind": "experience_placement", "where": "De Brug", "hours": "12", "tries": "Onthaal."}
    assert "The last day comes before" in text(
        own.post("/me/search/placement/", **plain, starts_on=day(own, 3), ends_on=day(own, 2))
    )
    own.post("/me/search/placement/", **plain, starts_on=day(own, 3), ends_on=day(own, 9))
    coach.post(f"{case}placement/", **plain, channel="paper", starts_on=day(own, 20), ends_on=day(own, 29))
    first, second = sorted(kept(Placement), key=lambda one: one.pk)
    mine, theirs = f"/me/search/placement/{first.pk}/", f"/care/placement/{first.pk}/"
    assert "There is no permission yet." in text(own.get(mine))
    assert own.post(mine, what="nonsense").status_code == 404
    page = coach.post(theirs, what="permission", **{"permission-state": "given", "permission-on": day(own, 5)})
    assert page.status_code == 400
    assert "has not come yet" in text(page)
    coach.post(theirs, what="permission", **{"permission-state": "given", "permission-on": day(own)})
    own.site.world.later(days=12)
    own.post(mine, what="evaluate", **{"evaluate-text": "Vier uur ging goed."})
    assert "Vier uur ging goed." in text(coach.get(theirs))
    own.post(mine, what="count", **{"count-kind": "therapeutic", "count-contract_hours": "0"})
    assert "Work as practice, without pay" in text(own.get(mine))
    assert coach.post(f"/care/placement/{second.pk}/", what="drop").headers["Location"] == case
    assert own.post(mine, what="drop").status_code == 302
    assert own.get(f"/me/search/placement/{second.pk}/").status_code == 404


def test_in_the_trial_there_is_no_page_until_the_care_team_opens_it(site):
    participant = site.build(lambda world: world.in_care())
    own = site.come_in(site.build(lambda world: world.account_of(participant)), second_step=False)
    session = own.client.session
    session[CODE] = True
    session.save()
    coach, case = site.as_(Role.COACH), f"/care/{participant.pseudonym}/"
    assert own.get("/me/search/").status_code == 404
    assert "No job to go back to any more?" in text(coach.get(case))
    coach.post(f"{case}search/begin/", reason="contract_ended", channel="paper")
    assert own.get("/me/search/").status_code == 200


# The calendar of a workplace


def opened(content: bytes) -> list[tuple[str, object]]:
    events = Calendar.from_ical(content).walk("VEVENT")
    return sorted((str(one["summary"]), one["dtstart"].dt) for one in events)


@pytest.fixture
def shared(site):
    """A plan with days and an adjustment with its day, shared with a supervisor who is at the pages."""
    participant = site.build(lambda world: world.in_care())
    link = site.build(lambda world: world.with_workplace(participant))

    def agree(world):
        me, coach, today = world.account_of(participant), world.person(Role.COACH), world.moment.date()
        plan = plans.offer_plan(
            by=coach, participant=participant, aim="return", contract_hours=32, available=[0, 2],
            steps=[(today, 6.0), (today + timedelta(days=21), 12.0)],
        )  # fmt: skip
        plans.agree_plan(by=me, plan=plan)
        adjustment = workplace.propose_adjustment(
            by=coach, participant=participant, adjusts="place", arranger="hr", for_workplace="Een stille kamer.",
            by_when=today + timedelta(days=9),
        )  # fmt: skip
        workplace.agree_adjustment(by=me, adjustment=adjustment)
        talk = {"participant": participant, "kind": "consultation", "planned_for": world.moment + timedelta(days=4)}
        for with_workplace in (True, False):
            session = care.plan_session(by=coach, **talk, with_workplace=with_workplace)
            care.confirm_session(by=me, session=session)
        care.plan_session(by=coach, **talk, with_workplace=True)  # not confirmed: not there yet

    site.build(agree)
    return participant, link, site.come_in(link.user), f"/work/{participant.pseudonym}/"


def test_a_workplace_takes_what_is_shared_into_its_calendar_and_nothing_else(shared):
    participant, link, boss, path = shared
    answer = boss.get(f"{path}plan.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    entries = opened(answer.content)
    words = [said.split(": ")[-1] for said, _day in entries]
    assert words.count("arrange what was agreed") == 1
    assert sum("from today" in one for one in words) == 2
    assert sum("a week" not in one and "hour" in one for one in words) == 4  # two weekdays in each step
    assert sum(":" not in said for said, _day in entries) == 1  # one talk: confirmed, and with the workplace
    assert not MEDICAL.search(answer.content.decode())
    assert participant.pseudonym not in answer.content.decode()
    for item, gone in ((Item.CALL, 0), (Item.ADJUSTMENTS, 1)):
        boss.site.build(
            lambda world, item=item: workplace.change_sharing(
                by=world.account_of(participant), participant=participant, link=link, items=[item.value]
            )
        )
        assert len(opened(boss.get(f"{path}plan.ics").content)) == gone


def test_the_feed_of_a_workplace_is_shown_once_and_gives_nothing_after_the_end(shared):
    participant, link, boss, path = shared
    assert "shown once" not in text(boss.get(reverse("workplace:calendar")))
    address = re.search(r"/calendar/[\w-]{40,}/talks\.ics", boss.post(reverse("workplace:calendar")).content.decode())[
        0
    ]
    assert len(opened(boss.get(address).content)) == len(opened(boss.get(f"{path}plan.ics").content))
    assert "There is an address." in text(boss.get(reverse("workplace:calendar")))
    boss.site.build(
        lambda world: plans.end_workplace(by=world.account_of(participant), participant=participant, link=link)
    )
    assert opened(boss.get(address).content) == []
    assert boss.get(f"{path}plan.ics").status_code == 410
    assert boss.post(reverse("workplace:calendar"), what="end").status_code == 302
    assert boss.get(address).status_code == 404


def test_days_and_tasks_now_and_next_stand_on_the_page(shared):
    _participant, _link, boss, path = shared
    page = text(boss.get(path))
    assert "Mon, Wed: 3 hours" in page
    assert "Mon, Wed: 6 hours" in page
