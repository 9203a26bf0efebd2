"""The people around a participant: sharing, adjustments, contacts, messages, parties, letters, calendar feeds."""

from datetime import timedelta

import pytest
from django.db import transaction

from opstap.acts import (
    care,
    clock,
    contacts,
    doors,
    feeds,
    letters,
    messages,
    network,
    papers,
    people,
    plans,
    words,
    workplace,
)
from opstap.acts.doors import SYSTEM
from opstap.acts.refusals import NotHere, Refused, SharingEnded
from opstap.acts.sight import calendar as calendars
from opstap.acts.sight import caseload as caseloads
from opstap.acts.sight import coach as coach_sight
from opstap.acts.sight import network as sight
from opstap.acts.sight import threads
from opstap.acts.sight import workplace as at_work
from opstap.acts.sight.participant import network as own_sight
from opstap.acts.sight.participant.today import today
from opstap.domain.access import Role
from opstap.domain.journey import NotNow
from opstap.domain.network import LetterKind
from opstap.store.models import CalendarFeed, Mail, Message, PersonKey, User, WorkplaceLink


def refused(field, act, **given):
    """An act says no, in words, at this field; nothing is left behind."""
    with pytest.raises(Refused) as said, transaction.atomic():
        act(**given)
    assert said.value.field == field
    assert str(said.value)


class Case:
    """One person in care, with coach and account."""

    def __init__(self, world):
        self.world = world
        self.who = world.in_care()
        self.me = world.account_of(self.who)
        self.coach = world.person(Role.COACH)
        self.link = world.with_workplace(self.who)
        self.boss = self.link.user

    def propose(self, **given):
        usual = {"adjusts": "place", "arranger": "hr", "for_workplace": "Een stille kamer", "reason": "Snel afgeleid"}
        return workplace.propose_adjustment(by=self.coach, participant=self.who, **{**usual, **given})

    def share(self, *items):
        return workplace.change_sharing(by=self.me, participant=self.who, link=self.link, items=items)

    def contact(self, **given):
        usual = {"party": "workplace", "channel": "telephone", "on": self.world.moment.date(), "reached": True}
        return contacts.log_contact(by=self.coach, participant=self.who, **{**usual, **given})

    def letter(self, **given):
        usual = {"kind": "information", "party": "occupational_physician", "text": "Een.\n\nTwee.", "language": "nl"}
        return papers.write_letter(by=self.coach, participant=self.who, **{**usual, **given})

    def allow(self, party="occupational_physician", name="Dr. Bakker", address="Straat 1\n\nUtrecht"):
        return network.allow_party(by=self.me, participant=self.who, party=party, name=name, address=address)

    def erase(self):
        PersonKey.objects.filter(participant=self.who).update(wrapped=b"")
        self.who = self.world.fresh(self.who)


@pytest.fixture
def case(steps):
    made = Case(steps)
    with clock.at(steps.moment):
        yield made


# Sharing.


def test_a_participant_shares_item_by_item_and_the_page_follows_at_once(case):
    plan = plans.offer_plan(
        by=case.coach, participant=case.who, aim="return", contract_hours=32, for_workplace="Rustig beginnen",
        steps=[(case.world.moment.date(), 8.0), (case.world.moment.date() + timedelta(weeks=3), 16.0)],
    )  # fmt: skip
    plans.agree_plan(by=case.me, plan=plan)
    workplace.agree_adjustment(by=case.me, adjustment=case.propose())
    everything = at_work.page(case.boss, case.who.pseudonym)
    assert (everything.hours_now, len(everything.build_up), everything.asked) == (8.0, 2, 2)
    assert everything.call.name == case.coach.name
    case.share("hours")
    page = at_work.page(case.boss, case.who.pseudonym)
    assert (page.hours_now, page.next_step[1], page.build_up, page.agreement, page.changes, page.call) == (
        8.0, 16.0, [], None, [], None,
    )  # fmt: skip
    assert all(week.monday <= case.world.moment.date() for week in page.weeks)
    case.share("call")
    page = at_work.page(case.boss, case.who.pseudonym)
    assert (page.hours_now, page.weeks, page.contract_hours, page.asked) == (None, [], 0, 0)
    case.share("steps")
    assert len(at_work.page(case.boss, case.who.pseudonym).build_up) == 2
    for act in (lambda: plans.confirm_plan(by=case.boss, plan=plan),):
        with pytest.raises(Refused):
            act()
    with pytest.raises(SharingEnded):
        at_work.plan_to_confirm(case.boss, case.who.pseudonym)


def test_sharing_nothing_or_something_else_is_refused_and_an_ended_link_stays_ended(case):
    refused("items", case.share)
    with pytest.raises(Refused):
        case.share("health")
    for given in ({"items": []}, {"items": ["hours"], "function": "spouse"}):
        field = "function" if "function" in given else "items"
        refused(field, plans.invite_workplace, by=case.me, participant=case.who, email="a@b.example", name="A", **given)
    plans.end_workplace(by=case.me, participant=case.who, link=case.link)
    refused("", workplace.change_sharing, by=case.me, participant=case.who, link=case.link, items=["hours"])


def test_an_ended_sharing_says_so_and_someone_elses_is_not_there(case):
    other = people.make_account(by=SYSTEM, email="ander@werk.example", name="Ander")
    with pytest.raises(NotHere) as never:
        at_work.page(other, case.who.pseudonym)
    assert not isinstance(never.value, SharingEnded)
    plans.end_workplace(by=case.me, participant=case.who, link=case.link)
    for page in (at_work.page, at_work.thread, at_work.plan_to_confirm):
        with pytest.raises(SharingEnded):
            page(case.boss, case.who.pseudonym)
    with pytest.raises(SharingEnded):
        at_work.change(case.boss, case.who.pseudonym, 1)
    with pytest.raises(NotHere):
        own_sight.own_link(case.me, case.link.pk)


def test_usual_care_has_no_page_for_a_workplace(steps):
    usual = steps.allocated("usual_care")
    link = steps.with_workplace(usual)
    with pytest.raises(NotHere):
        at_work.page(link.user, usual.pseudonym)
    for act, given in (
        (workplace.propose_adjustment, {"adjusts": "place", "arranger": "hr", "for_workplace": "x"}),
        (contacts.log_contact, {"party": "workplace", "channel": "video", "on": clock.today(), "reached": True}),
    ):
        with pytest.raises((NotHere, Refused)):
            act(by=steps.person(Role.COACH), participant=usual, **given)
    me = steps.account_of(usual)
    refused("", messages.write_message, by=me, participant=usual, text="Hallo")
    refused("", network.allow_party, by=me, participant=usual, party="general_practitioner", name="Huisarts")
    feeds_token = feeds.make_feed(by=me)
    with pytest.raises(NotHere):
        calendars.feed(feeds_token)


# Adjustments.


def test_an_adjustment_goes_from_coach_to_participant_to_workplace(case):
    soon = case.world.moment.date() + timedelta(days=3)
    adjustment = case.propose(by_when=soon)
    assert at_work.page(case.boss, case.who.pseudonym).changes == []
    with pytest.raises(NotHere):
        at_work.change(case.boss, case.who.pseudonym, adjustment.pk)
    assert [ask.kind for ask in today(case.me).asks if ask.kind == "adjustment"]
    workplace.agree_adjustment(by=case.me, adjustment=own_sight.own_adjustment(case.me, adjustment.pk))
    (worker,) = at_work.workers(case.boss)
    assert worker.waits
    found = at_work.change(case.boss, case.who.pseudonym, adjustment.pk)
    workplace.confirm_adjustment(by=case.boss, adjustment=found)
    (change,) = at_work.page(case.boss, case.who.pseudonym).changes
    assert (change.state, change.text, change.late) == ("confirmed", "Een stille kamer", False)
    assert "afgeleid" not in repr(change)
    with clock.at(case.world.moment + timedelta(days=9)):
        assert at_work.page(case.boss, case.who.pseudonym).changes[0].late
        assert sight.adjustments_of(case.who)[0].late
    workplace.arrange_adjustment(by=case.boss, adjustment=found)
    (seen,) = sight.adjustments_of(case.who)
    assert (seen.state, seen.reason, seen.is_open) == ("arranged", "Snel afgeleid", False)
    with pytest.raises(NotNow):
        workplace.confirm_adjustment(by=case.boss, adjustment=found)
    workplace.drop_adjustment(by=case.me, adjustment=found)
    assert sight.adjustments_of(case.who) == []
    for gone in (own_sight.own_adjustment, at_work.change):
        with pytest.raises(NotHere):
            gone(*((case.me,) if gone is own_sight.own_adjustment else (case.boss, case.who.pseudonym)), adjustment.pk)


def test_what_is_no_longer_shared_cannot_be_agreed_and_the_care_team_can_still_arrange(case):
    adjustment = case.propose()
    workplace.agree_adjustment(by=case.me, adjustment=adjustment)
    case.share("hours")
    refused("", workplace.confirm_adjustment, by=case.boss, adjustment=adjustment)
    refused("", workplace.arrange_adjustment, by=case.boss, adjustment=adjustment)
    found = doors.adjustment_of(case.coach, adjustment.pk, workplace.Permission.ARRANGE_ADJUSTMENT)
    assert workplace.arrange_adjustment(by=case.coach, adjustment=found).state == "arranged"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("adjusts", {"adjusts": "mood"}),
        ("arranger", {"arranger": "nobody"}),
        ("for_workplace", {"for_workplace": "  "}),
        ("by_when", {"by_when": "yesterday"}),
    ],
)
def test_a_half_adjustment_is_refused_at_its_field(case, field, given):
    if given.get("by_when"):
        given = {"by_when": case.world.moment.date() - timedelta(days=1)}
    refused(field, case.propose, **given)


# Contacts.


def test_a_contact_is_logged_and_a_silent_workplace_surfaces(case):
    assert case.contact(note="Belt terug", minutes=5).reached
    with clock.at(case.world.moment + timedelta(days=20)):
        assert sight.reasons_of(case.coach, [case.who.pk]) == {}
    with clock.at(case.world.moment + timedelta(days=22)):
        (reason,) = sight.reasons_of(case.coach, [case.who.pk])[case.who.pk]
        assert (reason.why, reason.party, reason.when) == ("silent", "workplace", case.world.moment.date())
        (row,) = caseloads.caseload(case.coach).rows
        assert [one.why for one in row.around] == ["silent"]
        seen = coach_sight.case(case.coach, case.who.pseudonym).network
        assert [one.note for one in seen.contacts] == ["Belt terug"]
        assert [one.name for one in seen.at_work] == [case.boss.name]
        messages.write_message(by=case.boss, participant=case.who, text="Sorry, druk", link=case.link)
        assert {one.why for one in sight.reasons_of(case.coach, [case.who.pk])[case.who.pk]} == {"message"}


def test_someone_calm_is_for_this_week_when_a_next_step_is_due(case):
    later = case.world.moment + timedelta(days=15)
    care.plan_session(by=case.coach, participant=case.who, kind="consultation", planned_for=later)
    (row,) = caseloads.caseload(case.coach).rows
    assert (row.urgency, row.why, row.around) == ("calm", "calm", ())
    case.contact(reached=False, next_step="Weer bellen", next_by=case.world.moment.date())
    (row,) = caseloads.caseload(case.coach).rows
    assert (row.urgency, row.why, row.when) == ("week", "around", case.world.moment.date())
    assert coach_sight.case(case.coach, case.who.pseudonym).network.contacts[0].late
    case.contact(reached=True)
    (row,) = caseloads.caseload(case.coach).rows
    assert row.why == "calm"
    care.complete_programme(by=case.coach, participant=case.who)
    with clock.at(case.world.moment + timedelta(days=60)):
        (row,) = caseloads.caseload(case.coach).rows
        assert (row.urgency, row.around) == ("ended", ())


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("party", {"party": "neighbour"}),
        ("channel", {"channel": "pigeon"}),
        ("on", {"on": 1}),
        ("on", {"on": -400}),
        ("minutes", {"minutes": 0}),
        ("next_by", {"next_by": -1, "next_step": "Bellen"}),
        ("next_step", {"next_by": 2, "next_step": " "}),
    ],
)
def test_a_contact_that_cannot_be_is_refused_at_its_field(case, field, given):
    day = case.world.moment.date()
    shifted = {
        name: day + timedelta(days=value) if name in ("on", "next_by") else value for name, value in given.items()
    }
    refused(field, case.contact, **shifted)


# Messages.


def test_participant_and_care_team_write_and_are_told_once_without_words(case):
    messages.write_message(by=case.me, participant=case.who, text="Mag ik morgen bellen?")
    messages.write_message(by=case.me, participant=case.who, text="Of overmorgen?")
    mails = [letters.read_letter(mail) for mail in Mail.objects.filter(kind="message")]
    assert sorted(mail["to"] for mail in mails) == sorted({case.coach.email, case.world.person(Role.THERAPIST).email})
    assert all("morgen" not in mail["text"] and "morgen" not in mail["subject"] for mail in mails)
    assert sight.reasons_of(case.coach, [case.who.pk])[case.who.pk][0].party == "participant"
    with clock.at(case.world.moment + timedelta(minutes=1)):
        _, link, thread = threads.care_thread(case.coach, case.who.pseudonym, None)
        assert (link, [line.text for line in thread.lines], thread.lines[0].new) == (
            None, ["Mag ik morgen bellen?", "Of overmorgen?"], True,
        )  # fmt: skip
        assert sight.reasons_of(case.coach, [case.who.pk]) == {}
        messages.write_message(by=case.coach, participant=case.who, text="Ja hoor")
    assert today(case.me).messages == 1
    with clock.at(case.world.moment + timedelta(minutes=2)):
        _, thread = threads.own_thread(case.me)
        assert [line.mine for line in thread.lines] == [True, True, False]
        assert today(case.me).messages == 0
        _, thread = threads.own_thread(case.me)
        assert not thread.lines[2].new
    own = letters.read_letter(Mail.objects.filter(kind="message").order_by("-pk")[0])
    assert own["to"] == words.contact_of(case.who).email


def test_care_team_and_workplace_write_and_the_participant_reads(case):
    messages.write_message(by=case.coach, participant=case.who, text="Kan het maandag?", link=case.link)
    (mail,) = [letters.read_letter(one) for one in Mail.objects.filter(kind="message")]
    assert mail["to"] == case.boss.email
    assert "STEPS" not in mail["text"]
    assert at_work.page(case.boss, case.who.pseudonym).unread == 1
    _, link, thread = at_work.thread(case.boss, case.who.pseudonym)
    assert (link, thread.lines[0].name) == (case.link, case.coach.name)
    messages.write_message(by=case.boss, participant=case.who, text="Ja", link=case.link)
    seen = threads.own_workplace_thread(case.me, case.link.pk)
    assert [line.text for line in seen.lines] == ["Kan het maandag?", "Ja"]
    with pytest.raises(NotHere):
        threads.own_workplace_thread(case.me, 987654)
    _, _, thread = threads.care_thread(case.coach, case.who.pseudonym, case.link.pk)
    assert thread.other == case.boss.name
    assert Message.objects.filter(role="workplace").count() == 1


def test_nobody_writes_where_they_only_read_or_do_not_belong(case):
    with pytest.raises(NotHere):
        messages.write_message(by=case.me, participant=case.who, text="Hoi", link=case.link)
    with pytest.raises(NotHere):
        messages.write_message(by=case.boss, participant=case.who, text="Hoi")
    hr = plans.invite_workplace(by=case.me, participant=case.who, email="hr@werk.example", name="Hr", function="hr")
    with pytest.raises(NotHere):
        messages.write_message(by=hr.user, participant=case.who, text="Hoi", link=case.link)
    refused("text", messages.write_message, by=case.me, participant=case.who, text="  ")
    refused("text", messages.write_message, by=case.me, participant=case.who, text="x" * 4001)
    plans.end_workplace(by=case.me, participant=case.who, link=hr)
    ended = WorkplaceLink.objects.get(pk=hr.pk)
    refused("", messages.write_message, by=case.coach, participant=case.who, text="Hoi", link=ended)


# Parties and letters.


def test_a_letter_needs_consent_and_the_participant_reads_it_first(case):
    refused("to", case.letter)
    case.allow()
    refused("name", case.allow)
    assert sight.addressees(case.who, LetterKind.INFORMATION) == [("occupational_physician", "Dr. Bakker")]
    letter = case.letter()
    content = papers.read_content(case.who, letter)
    assert content.to == ["Dr. Bakker", "Straat 1", "Utrecht"]
    assert content.paragraphs[1:3] == ["Een.", "Twee."]
    assert "beoordeelt u" in content.paragraphs[0]
    assert [ask.kind for ask in today(case.me).asks if ask.kind == "letter"]
    with pytest.raises(NotNow):
        papers.send_letter(by=case.coach, letter=letter)
    found, _ = own_sight.own_letter(case.me, letter.pk)
    papers.agree_letter(by=case.me, letter=found)
    network.end_party(by=case.me, participant=case.who, party="occupational_physician")
    refused("to", papers.send_letter, by=case.coach, letter=letter)
    case.allow(name="Dr. Visser")
    found, content = sight.letter(case.coach, letter.pk)
    assert papers.send_letter(by=case.coach, letter=found).sent_at is not None
    around = own_sight.around(case.me)
    assert [(one.to, one.state) for one in around.letters] == [("Dr. Bakker", "sent")]
    assert [one.name for one in around.parties if one.since] == ["Dr. Visser"]
    with pytest.raises(NotNow):
        papers.drop_letter(by=case.me, letter=found)


def test_a_letter_to_a_workplace_carries_the_neutral_name_and_can_be_refused(case):
    assert (f"workplace:{case.link.pk}", case.boss.name) in sight.addressees(case.who, LetterKind.THREE_WAY)
    refused("to", case.letter, kind="three_way", party="workplace")
    letter = case.letter(kind="three_way", party="workplace", link=case.link)
    content = papers.read_content(case.who, letter)
    assert content.sender == ["Werkplan"]
    assert "STEPS" not in repr(content)
    papers.drop_letter(by=case.me, letter=letter)
    with pytest.raises(NotHere):
        own_sight.own_letter(case.me, letter.pk)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", {"kind": "love"}),
        ("to", {"party": "nobody"}),
        ("to", {"kind": "closing", "party": "workplace"}),
        ("language", {"language": "xx"}),
        ("text", {"text": " "}),
    ],
)
def test_a_letter_that_cannot_be_is_refused_at_its_field(case, field, given):
    refused(field, case.letter, **given)


def test_a_party_needs_a_name_and_ends_once(case):
    refused("name", case.allow, name=" ")
    refused("party", case.allow, party="workplace")
    refused("", network.end_party, by=case.me, participant=case.who, party="general_practitioner")


def test_what_was_written_about_someone_erased_cannot_be_read(case):
    row = case.allow()
    letter = case.letter()
    case.erase()
    assert network.read_party(case.who, row) == ("…", "…")
    assert papers.read_content(case.who, letter).to == []
    assert sight.letters_of(case.who)[0].to == "…"


# Calendars.


def test_a_feed_is_neutral_hard_to_guess_and_ends(case):
    session = care.plan_session(
        by=case.coach, participant=case.who, kind="consultation", planned_for=case.world.moment + timedelta(days=2)
    )
    care.cancel_session(
        by=case.coach,
        session=care.plan_session(
            by=case.coach, participant=case.who, kind="consultation", planned_for=case.world.moment + timedelta(days=5)
        ),
    )
    own, coach = feeds.make_feed(by=case.me), feeds.make_feed(by=case.coach)
    assert feeds.has_feed(case.me)
    mine = calendars.feed(own)
    assert [(one.title, one.cancelled, one.minutes) for one in mine] == [
        ("Werkplan", False, 60),
        ("Werkplan", True, 60),
    ]
    assert [one.title for one in calendars.feed(coach)] == [f"Werkplan, {case.who.pseudonym}"] * 2
    assert calendars.own_talk(case.me, session.pk) == mine[0]
    assert calendars.care_talk(case.coach, session.pk).uid == mine[0].uid
    with pytest.raises(NotHere):
        calendars.own_talk(case.me, 987654)
    assert own not in {feed.token_hash for feed in CalendarFeed.objects.all()}
    again = feeds.make_feed(by=case.me)
    for spent in (own, "never"):
        with pytest.raises(NotHere):
            calendars.feed(spent)
    assert feeds.end_feed(by=case.me) == 1
    with pytest.raises(NotHere):
        calendars.feed(again)
    User.objects.filter(pk=case.coach.pk).update(is_active=False)
    with pytest.raises(NotHere):
        calendars.feed(coach)


def test_a_feed_is_kept_by_who_has_something_in_it(case):
    assert feeds.make_feed(by=case.boss)
    with pytest.raises(NotHere):
        feeds.make_feed(by=case.world.person(Role.COORDINATOR))


def test_who_is_wanted_now_keeps_that_and_the_people_around_stand_beside_it(case):
    messages.write_message(by=case.boss, participant=case.who, text="Kan het dinsdag?", link=case.link)
    (row,) = caseloads.caseload(case.coach).rows
    assert row.why != "around"
    assert [one.why for one in row.around] == ["message"]


def test_the_page_about_work_shows_the_last_three_looks(case):
    for _time in range(4):
        at_work.page(case.boss, case.who.pseudonym)
    (shares,) = own_sight.at_work(case.me).people
    assert len(shares.looks) == 3
