"""The pages about the people around a participant: what is typed wrong, sent twice, printed, put in a calendar."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from icalendar import Calendar

from opstap.acts import care, contacts, messages, network, papers, workplace
from opstap.domain.access import Role
from opstap.paper import letter as paper
from opstap.store.models import Adjustment, ContactAttempt, Letter, Message, NetworkParty
from opstap.web.shared.entering import CODE


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def people(site):
    """Someone in care who shares with a workplace: their own pages, those of coach and supervisor, and the link."""
    participant = site.build(lambda world: world.in_care())
    link = site.build(lambda world: world.with_workplace(participant))
    own = site.come_in(site.world.account_of_unscoped(participant))
    session = own.client.session
    session[CODE] = True
    session.save()
    own.client.cookies["django_language"] = "en"
    return participant, own, site.as_(Role.COACH), site.come_in(link.user), link


def count(model) -> int:
    with scopes_disabled():
        return model.objects.count()


def mark(visitor, path: str) -> str:
    return re.search(r'name="once" value="([^"]+)"', visitor.get(path).content.decode())[1]


def test_a_contact_is_one_short_form_and_sent_twice_it_is_one_contact(people):
    participant, _, coach, _, _ = people
    path, day = f"/care/{participant.pseudonym}/contact/", coach.site.world.moment.date().isoformat()
    given = {"party": "workplace", "channel": "telephone", "reached": "no", "on": day, "once": mark(coach, path)}
    assert coach.post(path, **given).status_code == 302
    assert coach.post(path, **given).status_code == 302
    assert count(ContactAttempt) == 1
    page = text(coach.get(f"/care/{participant.pseudonym}/"))
    assert "not reached" in page
    assert "You sent this form twice" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": "31-31-2026"}, "Enter a valid date"),
        ({"on": "2020-01-01"}, "before the start of the programme"),
        ({"reached": ""}, "Choose whether you reached them"),
        ({"next_by": "2026-12-24"}, "Write what the next step is"),
    ],
)
def test_a_contact_typed_wrong_keeps_what_was_typed(people, given, said):
    participant, _, coach, _, _ = people
    day = coach.site.world.moment.date().isoformat()
    usual = {"party": "workplace", "channel": "telephone", "reached": "yes", "on": day, "note": "Belde terug"}
    answer = coach.post(f"/care/{participant.pseudonym}/contact/", **{**usual, **given})
    assert answer.status_code == 400
    assert said in text(answer)
    assert "Belde terug" in text(answer)
    assert count(ContactAttempt) == 0


def test_an_adjustment_waits_for_the_participant_who_sees_the_words_first(people):
    participant, own, coach, boss, _ = people
    path = f"/care/{participant.pseudonym}/adjustment/"
    assert coach.post(path, adjusts="place", arranger="hr", for_workplace=" ").status_code == 400
    coach.post(path, adjusts="place", arranger="hr", for_workplace="Stille kamer", reason="Geheim")
    with scopes_disabled():
        (adjustment,) = Adjustment.objects.all()
    worker = f"/work/{participant.pseudonym}/"
    assert "Stille kamer" not in text(boss.get(worker))
    assert "Stille kamer" in text(own.get("/me/"))
    assert "Stille kamer" in text(own.get("/me/work/"))
    assert own.post(f"/me/work/adjustment/{adjustment.pk}/shout/").status_code == 404
    for _time in range(2):
        assert own.post(f"/me/work/adjustment/{adjustment.pk}/agree/").headers["Location"] == "/me/work/"
    page = boss.get(worker)
    assert "Stille kamer" in text(page)
    assert "Geheim" not in text(page)
    assert boss.post(f"{worker}change/{adjustment.pk}/shout/").status_code == 404
    assert "The adjustment is agreed" in text(boss.client.get(boss.post(f"{worker}change/{adjustment.pk}/agree/").url))
    assert boss.post(f"{worker}change/{adjustment.pk}/agree/").status_code == 409
    assert coach.post(f"/care/adjustment/{adjustment.pk}/arranged/").status_code == 302
    assert coach.post(f"/care/adjustment/{adjustment.pk}/shout/").status_code == 404
    assert coach.post(f"/care/adjustment/{adjustment.pk}/drop/").status_code == 302


def test_a_participant_changes_what_is_shared_and_previews_exactly_that(people):
    _, own, _, boss, link = people
    path = f"/me/work/{link.pk}/"
    assert "What Jeroen Proef may see" in text(own.get(path))
    assert own.post(path).status_code == 400
    assert own.post(path, items=["call"]).status_code == 302
    preview = own.get(f"{path}preview/").content.decode()
    shown = boss.get("/work/", follow=True)
    shown = boss.get(shown.headers["Location"]).content.decode()
    assert "This is all that Jeroen Proef sees" in preview
    for words in ("Hours, now and next", "What has been agreed", "Adjustments"):
        assert words not in preview
        assert words not in shown
    assert "helps with the plan" in preview
    assert "helps with the plan" in shown
    assert own.get("/me/work/987654/").status_code == 404


def test_messages_are_kept_when_empty_too_long_or_sent_twice(people):
    participant, own, coach, boss, link = people
    assert own.post("/me/messages/", text=" ").status_code == 400
    assert "too long" in text(own.post("/me/messages/", text="x" * 4001))
    given = {"text": "Mag ik bellen?", "once": mark(own, "/me/messages/")}
    own.post("/me/messages/", **given)
    own.post("/me/messages/", **given)
    assert count(Message) == 1
    assert "Not for emergencies" in text(own.get("/me/messages/"))
    assert "1 new" in text(coach.get(f"/care/{participant.pseudonym}/"))
    coach.post(f"/care/{participant.pseudonym}/messages/", text="Graag")
    coach.post(f"/care/{participant.pseudonym}/messages/{link.pk}/", text="Maandag?")
    assert "Maandag?" not in text(own.get("/me/messages/"))
    assert "Maandag?" in text(own.get(f"/me/work/{link.pk}/said/"))
    page = text(boss.get(f"/work/{participant.pseudonym}/messages/"))
    assert "Maandag?" in page
    assert "Graag" not in page
    assert "can read everything" in page


def test_a_letter_is_read_agreed_sent_and_printed(people, monkeypatch):
    participant, own, coach, _, _ = people
    write = f"/care/{participant.pseudonym}/letter/"
    given = {"kind": "information", "to": "occupational_physician", "language": "nl", "text": "Rustig opbouwen."}
    assert coach.post(write, **given).status_code == 400
    assert own.post("/me/people/occupational_physician/", name=" ").status_code == 400
    assert own.get("/me/people/neighbour/").status_code == 404
    assert own.post("/me/people/neighbour/end/").status_code == 404
    own.post("/me/people/occupational_physician/", name="Dr. Bakker", address="Straat 1")
    assert count(NetworkParty) == 1
    assert coach.post(write, **{**given, "text": ""}).status_code == 400
    assert coach.post(write, **given).status_code == 302
    with scopes_disabled():
        (letter,) = Letter.objects.all()
    assert coach.post(f"/care/letter/{letter.pk}/send/").status_code == 409
    assert "Rustig opbouwen." in text(own.get(f"/me/letters/{letter.pk}/"))
    assert own.post(f"/me/letters/{letter.pk}/shout/").status_code == 404
    assert own.post(f"/me/letters/{letter.pk}/agree/").status_code == 302
    assert coach.get(f"/care/letter/{letter.pk}/letter.pdf").content.startswith(b"%PDF-1.7")
    assert own.get(f"/me/letters/{letter.pk}/letter.pdf").headers["Content-Type"] == "application/pdf"
    coach.post(f"/care/letter/{letter.pk}/send/")
    assert "sent" in text(own.get("/me/people/"))
    assert coach.post(f"/care/letter/{letter.pk}/shout/").status_code == 404
    own.post("/me/people/occupational_physician/end/")
    assert "already been ended" in text(own.client.get(own.post("/me/people/occupational_physician/end/").url))

    def absent():
        raise paper.NoPango

    monkeypatch.setattr(paper, "_weasyprint", absent)
    answer = coach.get(f"/care/letter/{letter.pk}/letter.pdf")
    assert answer.status_code == 503
    assert "libpango" in text(answer)
    assert coach.get(f"/care/letter/{letter.pk}/").status_code == 200
    assert not paper.can_draw()


def test_a_letter_fetches_nothing():
    from weasyprint.urls import FatalURLFetchingError

    sheet = paper.Sheet("en", ["<b>A</b>"], ["B"], "today", "Subject", ["<img src='http://elsewhere.example/x'>"], "C")
    page = paper.html(sheet)
    assert "&lt;b&gt;A" in page
    assert paper.pdf(page).startswith(b"%PDF")
    with pytest.raises(FatalURLFetchingError, match="elsewhere"):
        paper.pdf(page.replace("</body>", "<img src='http://elsewhere.example/x'></body>"))


def test_calendars_are_neutral_and_a_feed_is_read_without_signing_in(people, client):
    participant, own, coach, _, _ = people
    site = own.site
    outside = type(own)(site, client)
    session = site.build(
        lambda world: care.plan_session(
            by=world.person(Role.COACH), participant=participant, kind="consultation", mode="video",
            planned_for=world.moment + timedelta(days=2),
        )
    )  # fmt: skip
    for visitor, path in ((own, "/me/calendar/"), (coach, "/care/calendar/")):
        assert visitor.get(path).status_code == 200
        address = re.search(r"/calendar/[\w-]{40,}/talks\.ics", visitor.post(path).content.decode())[0]
        answer = outside.get(address)
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("DTSTART") == session.planned_for
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=60)
        assert not re.search(r"STEPS|Proef|therap", answer.content.decode(), re.IGNORECASE)
        assert visitor.post(path, what="end").status_code == 302
        assert outside.get(address).status_code == 404
    assert b"BEGIN:VEVENT" in own.get(f"/me/talks/{session.pk}/talk.ics").content
    assert participant.pseudonym.encode() in coach.get(f"/care/session/{session.pk}/talk.ics").content
    assert outside.get("/calendar/never/talks.ics").status_code == 404


def test_the_case_page_asks_as_much_for_forty_contacts_as_for_one(people):
    participant, _, coach, _, link = people
    path, counted = f"/care/{participant.pseudonym}/", []

    def add(world, number):
        by = world.person(Role.COACH)
        for _ in range(number):
            contacts.log_contact(
                by=by, participant=participant, party="workplace", channel="email", on=world.moment.date(), reached=True
            )
            messages.write_message(by=link.user, participant=participant, text="Ja", link=link)
            workplace.propose_adjustment(
                by=by, participant=participant, adjusts="tools", arranger="hr", for_workplace="Scherm"
            )
            papers.write_letter(
                by=by,
                participant=participant,
                kind="three_way",
                party="workplace",
                link=link,
                text="Kom",
                language="nl",
            )

    coach.site.build(
        lambda world: network.allow_party(
            by=world.account_of(participant), participant=participant, party="general_practitioner", name="Huisarts"
        )
    )
    for number in (1, 39):
        coach.site.build(lambda world, number=number: add(world, number))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert coach.get(path).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
