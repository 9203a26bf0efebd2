"""The pages of a workplace: hours and agreements, in the order in which the participant decides."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from opstap.acts import plans, work
from opstap.domain.access import Role
from opstap.domain.work.spells import Kind
from opstap.store.models import Plan, ReadEvent, WorkplaceLink
from opstap.web.shared.entering import CODE
from tests.access.test_workplace_words import MEDICAL


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def shown(visitor, path: str) -> str:
    page = visitor.get(path)
    assert page.status_code == 200
    return text(page)


def offer(world, participant):
    return plans.offer_plan(
        by=world.person(Role.COACH),
        participant=participant,
        aim="return",
        contract_hours=32,
        steps=[(world.moment.date(), 8.0), (world.moment.date() + timedelta(weeks=4), 20.0)],
        goal="Weer voor de klas",
        for_workplace="Rustig beginnen in de ochtend",
    )


@pytest.fixture
def shared(site):
    """A participant who shares with a workplace, the supervisor at the pages, and the address."""
    participant = site.build(lambda world: world.in_care())
    link = site.build(lambda world: world.with_workplace(participant))
    return participant, site.come_in(link.user), f"/work/{participant.pseudonym}/"


def test_with_one_person_one_goes_straight_to_their_page(shared):
    _, supervisor, path = shared
    assert supervisor.get("/work/").headers["Location"] == path
    assert "Proef Persoon" in shown(supervisor, path)


def test_a_plan_is_not_there_before_the_participant_agreed(shared):
    participant, supervisor, path = shared
    plan = supervisor.site.build(lambda world: offer(world, participant))
    assert "Rustig beginnen" not in shown(supervisor, path)
    assert supervisor.post(path + "agree/").status_code == 404
    supervisor.site.build(lambda world: plans.agree_plan(by=world.account_of(participant), plan=plan))
    page = shown(supervisor, path)
    assert "Rustig beginnen in de ochtend" in page
    assert "Weer voor de klas" not in page


def test_a_plan_is_agreed_once(shared):
    participant, supervisor, path = shared
    plan = supervisor.site.build(lambda world: offer(world, participant))
    supervisor.site.build(lambda world: plans.agree_plan(by=world.account_of(participant), plan=plan))
    assert supervisor.get(path + "agree/").status_code == 405
    assert supervisor.post(path + "agree/").headers["Location"] == path
    assert "Thank you. The plan is agreed." in shown(supervisor, path)
    assert supervisor.post(path + "agree/").status_code == 409
    with scopes_disabled():
        assert Plan.objects.get().state == "in_force"


def test_hours_worked_are_drawn_and_sick_leave_is_not_told(shared):
    participant, supervisor, path = shared
    plan = supervisor.site.build(lambda world: offer(world, participant))
    supervisor.site.build(lambda world: plans.agree_plan(by=world.account_of(participant), plan=plan))
    supervisor.site.build(
        lambda world: work.record_work(
            by=world.person(Role.COACH), participant=participant, start=world.moment.date(),
            contract_hours=32, actual_hours=13, sick_percent=59, kind=Kind.ADAPTED,
        )
    )  # fmt: skip
    page = shown(supervisor, path)
    assert "13" in page
    assert "59" not in page


def test_each_opening_is_seen_by_the_participant(shared):
    participant, supervisor, path = shared
    supervisor.get(path)
    with scopes_disabled():
        (seen,) = ReadEvent.objects.filter(participant=participant)
    assert (seen.role, seen.what) == ("workplace", "workplace")


def test_a_supervisor_of_someone_else_and_one_whose_access_ended_find_nothing(shared):
    participant, supervisor, path = shared
    other = supervisor.site.build(lambda world: world.in_care())
    assert supervisor.get(f"/work/{other.pseudonym}/").status_code == 404
    with scopes_disabled():
        link = WorkplaceLink.objects.get(participant=participant)
    supervisor.site.build(
        lambda world: plans.end_workplace(by=world.account_of(participant), participant=participant, link=link)
    )
    # Whoever was let in may be told that it ended; their page in an open tab does nothing any more.
    assert supervisor.get(path).status_code == 410
    assert "no longer shared" in text(supervisor.post(path + "agree/"))
    assert supervisor.post(path + "messages/", text="Hallo").status_code == 410


def test_several_people_are_listed_in_as_many_queries_for_twelve_as_for_three(site):
    people = []
    counted = []
    supervisor = None
    for total in (3, 12):
        while len(people) < total:
            participant = site.build(lambda world: world.in_care())
            link = site.build(lambda world, one=participant: _invite(world, one, first=not people))
            people.append(participant)
            supervisor = supervisor or site.come_in(link.user)
        shown(supervisor, "/work/")
        with CaptureQueriesContext(connection) as asked:
            page = supervisor.get("/work/").content.decode()
        assert all(f"/work/{one.pseudonym}/" in page for one in people)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def _invite(world, participant, *, first: bool):
    if first:
        return world.with_workplace(participant)
    return plans.invite_workplace(
        by=world.account_of(participant),
        participant=participant,
        email="leidinggevende@werk.example",
        name="Jeroen Proef",
    )


def invited(site, email="nieuw@werk.example"):
    participant = site.build(lambda world: world.in_care())
    account = site.world.account_of_unscoped(participant)
    own = site.come_in(account)
    session = own.client.session
    session[CODE] = True
    session.save()
    assert (
        own.post("/me/data/workplace/", name="Inge Proef", email=email, function="hr", items=["hours"]).status_code
        == 302
    )
    return participant, own


def test_who_is_let_in_gets_a_mail_that_tells_nothing_about_health(site):
    _participant, own = invited(site)
    assert "Inge Proef krijgt een mail" in text(own.get("/me/data/"))
    (letter,) = mail.outbox
    assert letter.to == ["nieuw@werk.example"]
    assert "Proef Persoon" in letter.body
    assert "Proef" not in letter.subject
    assert "/accounts/password/reset/key/" in letter.body
    assert MEDICAL.findall(letter.subject + letter.body) == []


def test_who_has_an_account_already_is_asked_to_sign_in(site):
    first = site.build(lambda world: world.in_care())
    link = site.build(lambda world: world.with_workplace(first))
    invited(site, link.user.email)
    (letter,) = mail.outbox
    assert "/accounts/login/" in letter.body
    assert "/reset/" not in letter.body


def test_without_a_mail_the_participant_is_asked_to_tell(site, settings):
    settings.DEMO = False
    _participant, own = invited(site)
    assert "De mail kon niet worden verstuurd" in text(own.get("/me/data/"))
    assert mail.outbox == []
