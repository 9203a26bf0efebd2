"""For who uses no screen: what is theirs is written down by the care team, from paper or a call, and marked as such."""

from datetime import timedelta

import pytest

from opstap.acts import (
    behalf,
    care,
    clock,
    closing,
    due,
    energy,
    goals,
    messages,
    network,
    papers,
    plans,
    statute,
    stepping,
    workplace,
)
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import behalf as sight
from opstap.acts.sight import closing as closing_sight
from opstap.acts.sight import coach as coach_sight
from opstap.acts.sight import week
from opstap.acts.sight.participant import today
from opstap.acts.sight.participant.record import own_marks
from opstap.domain.access import Role
from opstap.store.models import Mail, OnBehalf, Plan
from tests.acts.test_closing import WORDS, Scene
from tests.world import World


class OnPaper(Scene):
    """Someone of whom staff wrote down that they use no screen."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.do(behalf.choose_paper, no_screen=True)

    def offered(self) -> Plan:
        day = self.world.moment.date()
        return self.do(plans.offer_plan, aim="return", contract_hours=32, available=range(5),
                       steps=[(day - timedelta(days=21), 8.0), (day - timedelta(days=7), 12.0)])  # fmt: skip

    def plain(self, act, **given):
        with clock.at(self.world.moment):
            return act(by=self.coach, **given)

    def marks(self):
        return own_marks(self.own)


@pytest.fixture
def scene(steps: World) -> OnPaper:
    return OnPaper(steps)


def refused(field: str, call, **given) -> None:
    with pytest.raises(Refused) as caught:
        call(**given)
    assert caught.value.field == field


def test_everything_of_ones_own_can_be_written_down_and_keeps_its_mark(scene):
    who = scene.world.fresh(scene.who)
    plan = scene.offered()
    scene.plain(plans.agree_plan, plan=plan, channel="paper")
    back = scene.do(stepping.step_back, weeks=1, channel="telephone")
    scene.do(stepping.write_relapse_plan, text="Ik stop om twaalf uur.", channel="paper")
    adjustment = scene.do(workplace.propose_adjustment, adjusts="place", arranger="hr", for_workplace="Stille kamer.")
    scene.plain(workplace.agree_adjustment, adjustment=adjustment, channel="telephone")
    party = scene.do(network.allow_party, party="general_practitioner", name="Dr. Proef", channel="paper")
    letter = scene.do(papers.write_letter, kind="closing", party="general_practitioner", text="x", language="nl")
    scene.plain(papers.agree_letter, letter=letter, channel="telephone")
    scene.do(energy.share_diary, channel="paper")
    link = scene.do(plans.invite_workplace, email="chef@werk.example", name="Chef Proef", channel="telephone")
    scene.do(workplace.change_sharing, link=link, items=["hours"], channel="paper")
    goal = scene.do(goals.set_goal, text="Fietsen.", importance=8, confidence=5, channel="telephone")
    scene.do(statute.record_statute_facts, first_sick_day=scene.world.moment.date(), channel="paper")
    practice = scene.do(energy.set_practice, text="Wandelen.", times=3)
    scene.plain(energy.do_practice, practice=practice, channel="telephone")
    session = scene.do(care.plan_session, kind="work_intake", planned_for=scene.world.moment + timedelta(days=2))
    scene.plain(care.confirm_session, session=session, channel="telephone")
    marks = scene.marks()
    assert marks["plan.agreed", plan.pk] == "paper"
    assert marks["plan.step_back", back.pk] == "telephone"
    assert marks["letter.agreed", letter.pk] == "telephone"
    assert marks["party.allowed", party.pk] == "paper"
    assert marks["goal.set", goal.pk] == "telephone"
    assert back.offered_by == scene.own  # whose step back it is, whoever wrote it down
    assert OnBehalf.objects.values("by").distinct().count() == 1
    assert len(marks) == 13
    with clock.at(scene.world.moment):
        seen = sight.for_them(scene.coach, who.pseudonym)
    assert seen.diary_shared
    assert [one.party for one in seen.parties] == ["general_practitioner"]
    assert len(seen.written) == 13
    scene.do(network.end_party, party=sight.party_of(who, party.pk), channel="paper")
    scene.do(plans.end_workplace, link=sight.link_of(who, link.pk), channel="paper")
    scene.do(energy.close_diary, channel="telephone")
    with pytest.raises(NotHere):
        sight.party_of(who, party.pk)
    with pytest.raises(NotHere):
        sight.link_of(who, link.pk)


def test_a_mark_goes_when_they_do_it_anew_themselves(scene):
    scene.do(closing.prepare_closing)
    row = scene.do(closing.write_own_words, answers=WORDS, channel="paper")
    assert scene.marks() == {("closing.written", row.pk): "paper"}
    scene.do(closing.write_own_words, by=scene.own, answers=WORDS)
    assert scene.marks() == {}


def test_only_for_who_uses_no_screen_and_never_without_saying_how(scene):
    plan = scene.offered()
    for channel in ("", "fax"):
        refused("channel", scene.plain, act=plans.agree_plan, plan=plan, channel=channel)
    refused("channel", scene.do, act=goals.set_goal, text="Fietsen.", importance=8, confidence=5, channel="fax")
    scene.do(behalf.choose_paper, by=scene.world.person(Role.COORDINATOR), no_screen=False)
    refused("", scene.plain, act=plans.agree_plan, plan=plan, channel="paper")
    with pytest.raises(NotHere):
        plans.agree_plan(by=scene.world.person(Role.COORDINATOR), plan=plan, channel="paper")
    with pytest.raises(NotHere):
        behalf.choose_paper(by=scene.own, participant=scene.who, no_screen=True)


def test_no_mail_goes_that_only_leads_to_a_screen(steps):
    scene = Scene(steps)
    steps.later(days=(steps.measurement(scene.who, "t6").opens_on - steps.moment.date()).days)
    with clock.at(steps.moment):
        due.queue_due()
    assert Mail.objects.filter(participant=scene.who, state="waiting", kind="invitation").count() == 1
    before = Mail.objects.filter(participant=scene.who).count()
    scene.do(behalf.choose_paper, no_screen=True)
    with clock.at(steps.moment):
        due.send_waiting(lambda _letter: None)
    assert Mail.objects.get(participant=scene.who, kind="invitation", why="no_screen").state == "dropped"
    steps.later(days=40)
    with clock.at(steps.moment):
        due.queue_due()
    scene.do(messages.write_message, text="Hoe gaat het?")
    assert Mail.objects.filter(participant=scene.who).count() == before
    scene.do(messages.write_message, by=scene.own, text="Goed.")
    assert Mail.objects.filter(participant=scene.who).count() > before


def test_the_case_says_what_to_print_and_to_call_about(scene):
    scene.offered()
    with clock.at(scene.world.moment):
        case = coach_sight.case(scene.coach, scene.who.pseudonym)
        assert [one.kind for one in case.bring] == ["plan"]
        scene.do(behalf.choose_paper, no_screen=False)
        assert coach_sight.case(scene.coach, scene.who.pseudonym).bring == ()


def test_the_week_on_paper_and_on_the_first_page_tells_the_same(scene):
    scene.plain(plans.agree_plan, plan=scene.offered(), channel="paper")
    monday = scene.world.moment - timedelta(days=scene.world.moment.weekday())
    planned = max(scene.world.moment + timedelta(hours=1), monday)
    scene.do(care.plan_session, kind="work_intake", planned_for=planned)
    with clock.at(scene.world.moment):
        paper = week.case_week(scene.coach, scene.who.pseudonym)
        home = today.today(scene.own).home
        assert week.own_week(scene.own).days == paper.days == home.week
    assert sum(day.hours or 0 for day in paper.days) == 12
    assert [day.talk for day in paper.days].count(True) == 1
    assert home.shows_week
    assert [talk.name for talk in home.talks] == [scene.coach.name]
    assert paper.steps_back
    assert paper.diary


def test_usual_care_has_no_week_and_nothing_is_written_down_for_it(steps):
    usual = steps.allocated("usual_care")
    coach = steps.person(Role.COACH)
    with clock.at(steps.moment):
        care.assign_care(by=steps.person(Role.COORDINATOR), participant=usual, user=coach, profession=Role.COACH)
        with pytest.raises(NotHere):
            week.case_week(coach, usual.pseudonym)
        with pytest.raises(NotHere):
            sight.record_for(coach, usual.pseudonym)
        with pytest.raises(NotHere):
            closing_sight.case_closing(coach, usual.pseudonym)
        assert not today.today(steps.account_of(usual)).home.shows_week
