"""Looking for new work through its acts: who may see which application, permissions, a new job, and no workplace."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from opstap.acts import applications, care, clock, consents, goals, placements, plans, search, work, workplace
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import caseload
from opstap.acts.sight import search as sight
from opstap.acts.sight import workplace as at_work
from opstap.acts.sight import workplace_calendar as work_calendar
from opstap.acts.sight.guidance import guidance_of
from opstap.acts.sight.network import Around
from opstap.acts.sight.participant import today as today_sight
from opstap.acts.sight.participant.pages import pages_open
from opstap.domain.access import Role
from opstap.domain.sharing import Item
from opstap.domain.work.spells import Kind
from opstap.store.models import (
    Application,
    ApplicationEntry,
    AuditEvent,
    JobWishes,
    Placement,
    ReadEvent,
    WorkplaceLink,
    WorkSpell,
)
from tests.world import World


class Scene:
    """Someone in a programme, their coach, and the world's moment at which everything happens."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, world.in_care()
        self.own, self.coach = world.account_of(self.who), world.person(Role.COACH)

    def do(self, act, *, by=None, **given):
        with clock.at(self.world.moment):
            return act(by=by or self.own, **given)

    def begin(self, **given):
        return self.do(search.start_search, participant=self.who, **{"reason": "contract_ended", **given})

    def applied(self, **given):
        words = {"where": "Bibliotheek Zuid", "function": "Balie", "way": "vacancy"}
        return self.do(applications.add_application, participant=self.who, **{**words, **given})

    def write(self, application, **given):
        self.do(applications.write_application, application=application, **given)
        return Application.objects.get(pk=application.pk)

    def offered(self, **given):
        application = self.applied(**given)
        for state in ("talk_planned", "offer"):
            application = self.write(application, state=state)
        return application

    def placed(self, start: int = 0, days: int = 13, **given):
        plain = {
            "kind": "experience_placement", "where": "De Brug", "hours": 12, "starts_on": self.day(start),
            "ends_on": self.day(start + days),
        }  # fmt: skip
        return self.do(placements.add_placement, participant=self.who, **{**plain, **given})

    def accept(self, application, start: int = 0, **given):
        plain = {"starts_on": self.day(start), "contract_hours": 20}
        return self.do(applications.accept_offer, application=application, **{**plain, **given})

    def page(self, *, own: bool = True):
        with clock.at(self.world.moment), translation.override("nl"):
            return sight.search_of(self.world.fresh(self.who), "nl", own=own)

    def day(self, days: int = 0) -> date:
        return self.world.moment.date() + timedelta(days=days)


@pytest.fixture
def scene(rentree: World) -> Scene:
    made = Scene(rentree)
    made.begin()
    return made


def refused(call, /, *args, **given) -> str:
    with pytest.raises(Refused) as refusal, translation.override("en"):
        call(*args, **given)
    with translation.override("en"):
        return f"{refusal.value.field}: {refusal.value}"


# Who has the page


def test_in_the_trial_the_page_opens_only_once_the_care_team_says_that_the_situation_changed(steps: World) -> None:
    scene = Scene(steps)
    assert "search" not in pages_open(scene.who)
    assert guidance_of(scene.who, scene.coach).search == "later"
    with pytest.raises(NotHere):
        scene.begin()
    scene.begin(by=scene.coach, channel="telephone")
    assert "search" in pages_open(steps.fresh(scene.who))
    scene.do(search.end_search, participant=scene.who)
    scene.begin(reason="own_choice")  # what was opened once is theirs to take up again
    assert scene.page().search.reason == "own_choice"
    assert guidance_of(scene.who, scene.coach).search == "open"


def test_usual_care_has_none_of_it_and_nothing_can_be_opened_for_it(steps: World) -> None:
    usual, coordinator = steps.allocated("usual_care"), steps.person(Role.COORDINATOR)
    assert "search" not in pages_open(usual)
    with pytest.raises((NotHere, Refused)):
        search.start_search(by=steps.account_of(usual), participant=usual, reason="own_choice")
    with pytest.raises(NotHere):
        search.start_search(by=coordinator, participant=usual, reason="own_choice")


def test_a_search_is_begun_once_for_a_reason_and_ended_at_will(scene: Scene) -> None:
    assert "already said" in refused(scene.begin)
    scene.do(search.end_search, participant=scene.who)
    assert "already been ended" in refused(scene.do, search.end_search, participant=scene.who)
    assert "Begin with that" in refused(scene.applied)
    assert "reason: Choose why" in refused(scene.begin, reason="bored")
    assert "channel: Choose paper" in refused(scene.begin, by=scene.coach)
    scene.begin(by=scene.coach, channel="paper", reason="second_track")
    assert (scene.page().search.channel, scene.page().search_by.own) == ("paper", False)


def test_after_the_programme_everything_is_kept_and_nothing_written(scene: Scene) -> None:
    application = scene.applied()
    scene.do(consents.stop_programme, participant=scene.who)
    assert "not running" in refused(scene.write, application, text="Later.")
    assert "not running" in refused(scene.do, applications.share_application, application=application)
    page = scene.page()
    assert (len(page.applications), page.may) == (1, False)


# Wishes and goals


def test_wishes_are_kept_in_own_words_and_the_latest_hold(scene: Scene) -> None:
    texts = {"work": " Met mensen. ", "must_not": "Tillen."}
    scene.do(search.write_wishes, participant=scene.who, texts=texts, hours_least=16, hours_most=24, days=(3, 0, 3))
    later = {"texts": {"work": "Buiten."}, "channel": "telephone"}
    scene.do(search.write_wishes, by=scene.coach, participant=scene.who, travel=30, **later)
    seen = scene.page(own=False).wishes
    assert [(topic.value, text) for topic, text in seen.wishes.said] == [("work", "Buiten.")]
    assert (seen.wishes.travel, seen.by.own, seen.by.channel) == (30, False, "telephone")
    first = search.wishes_of(scene.who, JobWishes.objects.order_by("pk")[0])
    assert (first.days, first.hours_most, dict(first.said)["must_not"]) == ((0, 3), 24, "Tillen.")
    assert b"Tillen" not in bytes(JobWishes.objects.order_by("pk")[0].words_sealed)


def test_wishes_without_words_are_numbers_alone_and_none_begin_empty(scene: Scene) -> None:
    assert sight.wishes_now(scene.who).said == []
    scene.do(search.write_wishes, participant=scene.who, texts={}, days=(1,))
    assert sight.wishes_now(scene.who).days == (1,)
    assert "hours_most: The most hours" in refused(
        scene.do, search.write_wishes, participant=scene.who, texts={}, hours_least=9, hours_most=8
    )
    assert "work: Fill in at least one" in refused(scene.do, search.write_wishes, participant=scene.who, texts={})


def test_a_goal_of_the_search_is_a_goal_like_any_other(scene: Scene) -> None:
    given = {"text": "Met twee mensen praten.", "importance": 8, "confidence": 5}
    scene.do(goals.set_goal, participant=scene.who, about="search", **given)
    scene.do(goals.set_goal, participant=scene.who, **{**given, "text": "Weer fietsen."})
    assert [goal.text for goal in scene.page().goals] == ["Met twee mensen praten."]
    assert "about:" in refused(scene.do, goals.set_goal, participant=scene.who, about="money", **given)


# Applications


def test_an_application_is_private_until_its_owner_shares_it_and_its_notes_after_that(scene: Scene) -> None:
    application = scene.applied(next_step="Brief schrijven", next_on=scene.day())
    scene.write(application, text="Ik twijfel nog.", next_step="Brief", next_on=scene.day())
    assert scene.page(own=False).applications == []
    with pytest.raises(NotHere):
        sight.care_application(scene.coach, application.pk)
    with pytest.raises(NotHere):
        scene.write(application, by=scene.coach, text="Hoe gaat het?", channel="telephone")
    assert not ReadEvent.objects.filter(what="search").exists()
    scene.do(applications.share_application, application=application)
    scene.write(application, state="sent", text="Dit mag je lezen.", share_text=True)
    (seen,) = scene.page(own=False).applications
    assert [entry.text for entry in seen.entries] == ["Dit mag je lezen.", "", ""]
    assert [entry.private for entry in seen.entries] == [False, True, False]
    (own,) = scene.page().applications
    assert [entry.text for entry in own.entries] == ["Dit mag je lezen.", "Ik twijfel nog.", ""]
    with pytest.raises(NotHere):
        applications.share_application(by=scene.coach, application=application)
    scene.do(applications.close_application, application=application)
    assert scene.page(own=False).applications == []


def test_the_care_team_writes_down_for_someone_and_says_how_it_came_in(scene: Scene) -> None:
    assert "channel: Choose paper" in refused(scene.applied, by=scene.coach)
    application = scene.applied(by=scene.coach, channel="telephone", state="sent")
    assert "channel: Choose paper" in refused(scene.write, application, by=scene.coach, text="Gebeld.")
    scene.write(application, by=scene.coach, state="talk_planned", text="Gebeld.", channel="paper")
    row, seen = sight.care_application(scene.coach, application.pk)
    assert (row.pk, seen.shared, seen.by.channel, seen.entries[0].by.name) == (
        application.pk, True, "telephone", scene.coach.name,
    )  # fmt: skip
    with clock.at(scene.world.moment):
        assert sight.own_application(scene.own, application.pk)[1].entries[0].text == "Gebeld."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"where": " "}, "where: Write something"),
        ({"function": ""}, "function: Write something"),
        ({"way": "pigeon"}, "way: Choose along"),
        ({"state": "offer"}, "state: Choose whether"),
        ({"on": 1}, "on: This day has not come"),
        ({"next_step": "Bellen", "next_on": -1}, "next_on: This day has passed"),
        ({"next_step": "Bellen"}, "next_on: Choose a day"),
        ({"next_on": 2}, "next_step: Write what"),
    ],
)
def test_what_cannot_be_of_an_application_is_refused(scene: Scene, given: dict, said: str) -> None:
    dated = {name: scene.day(value) if name in ("on", "next_on") else value for name, value in given.items()}
    assert said in refused(scene.applied, **dated)
    assert not Application.objects.exists()


def test_states_follow_the_table_and_the_history_keeps_them_all(scene: Scene) -> None:
    application = scene.applied(state="sent", on=scene.day(-3))
    assert "state: That cannot follow" in refused(scene.write, application, state="thinking")
    assert "state: To accept an offer" in refused(scene.write, application, state="accepted")
    application = scene.write(application, state="no", text="Iemand met meer ervaring.")
    assert "next_on: This application has ended" in refused(
        scene.write, application, next_step="Bellen", next_on=scene.day(1)
    )
    scene.write(application, state="talk_planned", on=scene.day(-1))
    states = [(entry.state, entry.on) for entry in ApplicationEntry.objects.order_by("pk")]
    assert states == [("sent", scene.day(-3)), ("no", scene.day()), ("talk_planned", scene.day(-1))]
    assert [one.state for one in scene.page().open] == ["talk_planned"]


def test_a_step_that_is_due_stands_on_the_first_page_and_with_the_coach_only_where_shared(scene: Scene) -> None:
    application = scene.applied(next_step="Nabellen", next_on=scene.day(2))
    scene.applied(next_step="Nog niet", next_on=scene.day(40))

    def asked():
        with clock.at(scene.world.moment), translation.override("nl"):
            return [ask.title for ask in today_sight.today(scene.own).asks if ask.kind == "application"]

    def reasons():
        with clock.at(scene.world.moment):
            (row,) = caseload.caseload(scene.coach).rows
        return [reason.why for reason in row.around]

    assert (asked(), reasons()) == ([], [])
    scene.world.later(days=3)
    assert (asked(), reasons()) == (["Nabellen"], [])
    scene.do(applications.share_application, application=application)
    assert reasons() == [Around.SEARCH_STEP]
    scene.do(search.end_search, participant=scene.who)
    assert (asked(), reasons()) == ([], [])


# A new job


def test_only_an_offer_can_be_accepted_and_nothing_else_follows_by_itself(scene: Scene) -> None:
    application = scene.offered()
    assert "There is no offer" in refused(scene.accept, scene.applied())
    assert "starts_on: This day is too early" in refused(scene.accept, application, start=-1)
    assert "contract_hours: Fill in hours" in refused(scene.accept, application, contract_hours=81)
    assert "no accepted offer" in refused(
        scene.do, applications.record_new_job, application=application, actual_hours=8, instead=True
    )
    accepted = scene.accept(application, start=14)
    assert (accepted.state, accepted.starts_on, accepted.contract_hours) == ("accepted", scene.day(14), 20)
    assert not WorkSpell.objects.filter(source="coach").exists()
    assert "There is no offer" in refused(scene.accept, accepted)
    assert "not begun yet" in refused(
        scene.do, applications.record_new_job, application=accepted, actual_hours=8, instead=True
    )


@pytest.mark.parametrize("instead", [True, False])
def test_the_new_job_becomes_hours_when_somebody_says_so_in_place_or_beside(scene: Scene, instead: bool) -> None:
    known = {"contract_hours": 32, "actual_hours": 0, "sick_percent": 100}
    scene.do(work.record_work, participant=scene.who, start=scene.day(-20), **known)
    accepted = scene.accept(scene.offered())
    given = {"application": accepted, "instead": instead}
    assert "actual_hours: Fill in hours" in refused(scene.do, applications.record_new_job, **given, actual_hours=-1)
    spell = scene.do(applications.record_new_job, **given, actual_hours=16)
    assert (spell.kind, spell.start, spell.contract_hours, spell.actual_hours) == (
        Kind.OTHER_EMPLOYER, scene.day(), 20, 16,
    )  # fmt: skip
    old = WorkSpell.objects.get(contract_hours=32)
    assert old.end == (scene.day(-1) if instead else None)
    assert (spell.job == old.job) is instead
    assert "already" in refused(scene.do, applications.record_new_job, **given, actual_hours=16)


def test_hours_from_that_day_on_stand_in_the_way_of_taking_their_place(scene: Scene) -> None:
    known = {"contract_hours": 32, "actual_hours": 4, "sick_percent": 50}
    scene.do(work.record_work, participant=scene.who, start=scene.day(), **known)
    accepted = scene.accept(scene.offered())
    given = {"application": accepted, "actual_hours": 16}
    assert "already written down from that day" in refused(scene.do, applications.record_new_job, **given, instead=True)
    assert scene.do(applications.record_new_job, **given, instead=False).pk


def test_what_goes_with_a_new_job_is_done_together_or_not_at_all(scene: Scene) -> None:
    old = scene.world.with_workplace(scene.who)
    application = scene.offered()
    given = {"application": application, "contract_hours": 20, "write_hours": True, "instead": True, "ended": [old]}
    with clock.at(scene.world.moment), pytest.raises(Refused):
        applications.begin_new_job(by=scene.own, starts_on=scene.day(-1), **given)
    assert Application.objects.get(pk=application.pk).state == "offer"
    assert WorkplaceLink.objects.get(pk=old.pk).ended_on is None
    with clock.at(scene.world.moment):
        applications.begin_new_job(by=scene.own, starts_on=scene.day(), **given)
    assert WorkplaceLink.objects.get(pk=old.pk).ended_on == scene.day()
    assert WorkSpell.objects.get(source="coach").kind == "other_employer"
    events = list(AuditEvent.objects.order_by("-pk").values_list("name", flat=True)[:3])
    assert events == ["workplace.ended", "application.job_recorded", "application.accepted"]


def test_a_job_still_to_begin_writes_no_hours_and_leaves_who_sees_along(scene: Scene) -> None:
    old, application = scene.world.with_workplace(scene.who), scene.offered()
    with clock.at(scene.world.moment):
        applications.begin_new_job(
            by=scene.own, application=application, starts_on=scene.day(30), contract_hours=20, write_hours=True,
            instead=True, ended=[],
        )  # fmt: skip
        assert [link.pk for link in sight.old_workplaces(scene.who)] == [old.pk]
    assert not WorkSpell.objects.filter(source="coach").exists()


def test_the_coach_is_told_of_a_new_job_until_a_talk_is_planned_from_its_first_day(scene: Scene) -> None:
    scene.accept(scene.offered(shared=True), start=10)

    def reasons():
        with clock.at(scene.world.moment):
            return [reason.why for row in caseload.caseload(scene.coach).rows for reason in row.around]

    session = {"participant": scene.who, "kind": "aftercare"}
    assert reasons() == [Around.NEW_JOB]
    scene.do(care.plan_session, by=scene.coach, planned_for=scene.world.moment + timedelta(days=9), **session)
    assert reasons() == [Around.NEW_JOB]
    scene.do(care.plan_session, by=scene.coach, planned_for=scene.world.moment + timedelta(days=10), **session)
    assert reasons() == []


# Trial placements


def test_a_placement_has_its_kind_permission_and_both_views_of_how_it_went(scene: Scene) -> None:
    placement = scene.placed(start=3, tries="Onthaal.")
    assert "has not begun yet" in refused(scene.do, placements.evaluate_placement, placement=placement, text="Goed.")
    for state, day, said in (("given", 1, "on: This day has not"), ("to_ask", 0, "state: That cannot follow")):
        assert said in refused(
            scene.do, placements.write_permission, placement=placement, state=state, on=scene.day(day)
        )
    scene.do(placements.write_permission, placement=placement, state="refused", on=scene.day())
    (seen,) = scene.page().placements
    assert (seen.stage, seen.permission, seen.unpermitted, seen.moves) == ("coming", "refused", True, ("asked",))
    for state in ("asked", "given"):
        scene.do(placements.write_permission, by=scene.coach, placement=placement, state=state, on=scene.day())
    scene.world.later(days=5)
    for text in ("Vier uur ging goed.", "Vijf was te veel."):
        scene.do(placements.evaluate_placement, placement=placement, text=text)
    scene.do(placements.evaluate_placement, by=scene.coach, placement=placement, text="Rustig en precies.")
    (seen,) = scene.page(own=False).placements
    assert (seen.own_view, seen.care_view) == ("Vier uur ging goed.\n\nVijf was te veel.", "Rustig en precies.")
    assert (seen.stage, seen.unpermitted, seen.can_count, seen.long) == ("running", False, False, False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "trial_placement"}, "kind: Choose a kind"),  # a kind of another country
        ({"where": ""}, "where: Write something"),
        ({"hours": 0}, "hours: Fill in hours"),
        ({"days": -1}, "ends_on: The last day"),
        ({"start": -4000}, "starts_on: This day is too early"),
        ({"start": 13}, "starts_on: This overlaps"),
    ],
)
def test_what_cannot_be_of_a_placement_is_refused(scene: Scene, given: dict, said: str) -> None:
    scene.placed(start=0)
    assert said in refused(scene.placed, **{"start": 20, **given})
    assert Placement.objects.count() == 1


def test_a_placement_counts_as_work_only_when_somebody_says_so_and_once(scene: Scene) -> None:
    placement = scene.placed()
    given = {"placement": placement, "kind": "therapeutic"}
    assert "has not ended yet" in refused(scene.do, placements.count_placement, **given)
    scene.world.later(days=20)
    assert not WorkSpell.objects.filter(source="coach").exists()
    assert scene.page().placements[0].can_count
    assert "kind: Choose as which" in refused(scene.do, placements.count_placement, **{**given, "kind": "own"})
    assert "contract_hours:" in refused(scene.do, placements.count_placement, **given, contract_hours=99)
    spell = scene.do(placements.count_placement, by=scene.coach, **given)
    assert (spell.kind, spell.start, spell.end) == ("therapeutic", placement.starts_on, placement.ends_on)
    assert (spell.contract_hours, spell.actual_hours) == (0, 12)
    assert "already" in refused(scene.do, placements.count_placement, **given)
    assert "already" in refused(scene.do, placements.drop_placement, placement=placement)
    assert scene.page().placements[0].counted_as == "therapeutic"


def test_a_placement_is_ended_early_or_taken_back_before_it_began(scene: Scene) -> None:
    running, coming = scene.placed(start=-6), scene.placed(start=20)
    scene.do(placements.drop_placement, placement=running)
    scene.do(placements.drop_placement, placement=coming)
    assert [(one.stage, one.ends_on) for one in scene.page().placements] == [("ended", scene.day(-1))]
    with pytest.raises(NotHere):
        sight.care_placement(scene.coach, coming.pk)
    assert "taken back" in refused(scene.do, placements.evaluate_placement, placement=coming, text="Goed.")
    scene.placed(start=20)  # the days are free again


def test_a_kind_without_permission_or_no_longer_listed_says_so(steps: World) -> None:
    scene = Scene(steps)
    scene.begin(by=scene.coach, channel="paper")
    placement = scene.placed(kind="secondment")
    assert "Nobody was found" in refused(
        scene.do, placements.write_permission, placement=placement, state="asked", on=scene.day()
    )
    with clock.at(steps.moment):
        assert sight.own_placement(scene.own, placement.pk)[1].moves == ()
    Placement.objects.filter(pk=placement.pk).update(kind="gone")
    assert scene.page().placements[0].kind is None


# No workplace


@pytest.fixture
def followed(scene: Scene):
    """Someone whose supervisor sees everything that can be shared, with a plan that holds and hours."""
    link = scene.world.with_workplace(scene.who)
    scene.do(work.record_work, participant=scene.who, start=scene.day(-20), contract_hours=32, actual_hours=6,
             sick_percent=80)  # fmt: skip
    plan = scene.do(
        plans.offer_plan, by=scene.coach, participant=scene.who, aim="return", contract_hours=32, available=[0, 2],
        steps=[(scene.day(-7), 6.0), (scene.day(21), 12.0)], for_workplace="Rustig beginnen.",
    )  # fmt: skip
    scene.do(plans.agree_plan, plan=plan)
    adjustment = scene.do(
        workplace.propose_adjustment, by=scene.coach, participant=scene.who, adjusts="place", arranger="hr",
        for_workplace="Een stille kamer.", by_when=scene.day(9),
    )  # fmt: skip
    scene.do(workplace.agree_adjustment, adjustment=adjustment)
    return link


def page_for(scene: Scene, link: WorkplaceLink):
    with clock.at(scene.world.moment):
        return at_work.page_of(scene.who, WorkplaceLink.objects.get(pk=link.pk), "nl")


def test_a_trial_or_a_job_elsewhere_changes_nothing_that_the_workplace_sees(scene: Scene, followed) -> None:
    placement = scene.placed(days=10)
    scene.world.later(days=12)
    before = page_for(scene, followed)
    scene.do(placements.count_placement, placement=placement, kind="therapeutic")
    accepted = scene.accept(scene.offered())
    scene.do(applications.record_new_job, application=accepted, actual_hours=20, instead=False)
    assert page_for(scene, followed) == before
    assert any(week.worked == 6 for week in before.weeks)


def test_who_is_let_in_for_the_new_job_sees_nothing_of_the_old(scene: Scene, followed) -> None:
    scene.world.later(minutes=1)
    accepted = scene.accept(scene.offered())
    scene.do(applications.record_new_job, application=accepted, actual_hours=20, instead=True)
    new = scene.do(plans.invite_workplace, participant=scene.who, email="nieuw@werk.example", name="Nieuwe Chef")
    page = page_for(scene, new)
    assert (page.agreement, page.waits, page.changes, page.terms, page.build_up) == (None, False, [], [], [])
    assert {week.worked for week in page.weeks} <= {20, None}
    assert page_for(scene, followed).agreement is not None
    plan = scene.do(
        plans.offer_plan, by=scene.coach, participant=scene.who, aim="return", contract_hours=20,
        steps=[(scene.day(), 12.0)],
    )  # fmt: skip
    scene.do(plans.agree_plan, plan=plan)
    assert [hours for _day, hours in page_for(scene, new).build_up] == [12]


def test_days_and_tasks_are_shown_as_far_as_they_are_shared(scene: Scene, followed) -> None:
    page = page_for(scene, followed)
    assert page.step_now.days == ((0, 3.0), (2, 3.0))
    assert page.step_next.start == scene.day(21)
    given = {"participant": scene.who, "link": followed}
    scene.do(workplace.change_sharing, items=[Item.HOURS.value], **given)
    assert (page_for(scene, followed).step_now.tasks, page_for(scene, followed).step_now.hours) == ("", 6)
    scene.do(workplace.change_sharing, items=[Item.CALL.value], **given)
    page = page_for(scene, followed)
    assert (page.step_now, page.step_next) == (None, None)


def test_a_page_that_is_closed_again_is_not_there_for_the_care_team(scene: Scene, monkeypatch) -> None:
    application = scene.applied(shared=True)
    monkeypatch.setattr(sight, "pages_open", lambda _participant: set())
    with pytest.raises(NotHere):
        sight.care_opened(scene.coach, scene.who.pseudonym)
    with pytest.raises(NotHere):
        sight.care_application(scene.coach, application.pk)


def test_each_workplace_has_the_talks_of_its_own_time_in_its_calendar(scene: Scene, followed) -> None:
    def talk(days: int) -> None:
        session = scene.do(
            care.plan_session, by=scene.coach, participant=scene.who, kind="network", with_workplace=True,
            planned_for=scene.world.moment + timedelta(days=days),
        )  # fmt: skip
        scene.do(care.confirm_session, by=scene.own, session=session)

    def calendar(link: WorkplaceLink):
        with clock.at(scene.world.moment):
            return work_calendar.of_everyone(link.user)

    quick = {"participant": scene.who, "adjusts": "hours", "arranger": "hr", "for_workplace": "Later beginnen."}
    adjustment = scene.do(workplace.propose_adjustment, by=scene.coach, **quick)
    scene.do(workplace.agree_adjustment, adjustment=adjustment)
    talk(1)
    scene.world.later(days=2)
    scene.accept(scene.offered())
    new = scene.do(plans.invite_workplace, participant=scene.who, email="nieuw@werk.example", name="Nieuwe Chef")
    talk(3)
    plan = scene.do(
        plans.offer_plan, by=scene.coach, participant=scene.who, aim="return", contract_hours=20, available=[0, 6],
        steps=[(scene.day(), 4.0), (scene.day(1), 8.0)],
    )  # fmt: skip
    scene.do(plans.agree_plan, plan=plan)
    old, later = calendar(followed), calendar(new)
    assert [[one.start for one in each.talks] for each in (old, later)] == [
        [scene.world.moment - timedelta(days=1)], [scene.world.moment + timedelta(days=3)],
    ]  # fmt: skip
    assert [day.what for day in old.days].count("adjustment") == 1
    assert "adjustment" not in [day.what for day in later.days]
    # The first step holds for one day only: no working day of it falls in that time.
    assert [day.day for day in later.days if day.what == "step"] == [scene.day(), scene.day(1)]
    assert all(day.day >= scene.day(1) for day in later.days if day.what == "work")
