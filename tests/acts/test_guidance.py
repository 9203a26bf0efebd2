"""The programme itself through its acts: readiness forms, goals, the diary and who may read it, budget and practice."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from opstap.acts import care, clock, consents, energy, goals, stages
from opstap.acts.refusals import NotHere, Refused
from opstap.acts.sight import coach as coach_sight
from opstap.acts.sight import guidance as sight
from opstap.acts.sight.guidance import energy as energy_sight
from opstap.acts.sight.guidance import goals as goals_sight
from opstap.acts.sight.guidance import stages as stages_sight
from opstap.acts.sight.participant.pages import with_page
from opstap.domain.access import Permission, Role
from opstap.domain.instruments.scoring import STAGES
from opstap.domain.programme.stages import Stage
from opstap.store.models import AuditEvent, EnergyNote, Goal, ReadEvent
from tests.world import World

MEANS = [1.5, 2.0, 3.0, 3.0, 3.6, 3.4]
KEY = "\n".join(f"{stage}: [i{3 * number + 1}, i{3 * number + 2}]" for number, stage in enumerate(STAGES))


class Scene:
    """Someone in the programme, with their account and who looks after them, at the world's moment."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, world.in_care()
        self.own = world.account_of(self.who)
        self.coach = world.person(Role.COACH)

    def do(self, act, *, by=None, **given):
        with clock.at(self.world.moment):
            return act(by=by or self.own, **given)

    def note(self, by=None, **given):
        taps = {"kind": "work", "effect": "cost", "how": "good"}
        return self.do(energy.note_energy, by=by, participant=self.who, **{**taps, **given})

    def goal(self, **given):
        words = {"text": "Weer fietsen.", "importance": 8, "confidence": 4}
        return self.do(goals.set_goal, participant=self.who, **{**words, **given})

    def diary(self, reader=None):
        with clock.at(self.world.moment):
            return energy_sight.diary_of(self.who, reader)

    @property
    def today(self) -> date:
        return self.world.moment.date()


@pytest.fixture
def scene(steps: World) -> Scene:
    return Scene(steps)


def refused(field: str, call, /, **given) -> str:
    with pytest.raises(Refused) as refusal:
        call(**given)
    assert refusal.value.field == field
    with translation.override("en"):
        return str(refusal.value)


# Energy


def test_three_taps_are_one_note_at_this_time_of_the_day(scene: Scene) -> None:
    note = scene.note()
    assert (note.on, note.part, note.channel) == (scene.today, "morning", "self")
    assert scene.diary().saved is not None
    scene.world.later(minutes=16)
    assert scene.diary().saved is None


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kind": "juggling"}, "kind"), ({"effect": ""}, "effect"), ({"how": "9"}, "how"), ({"part": "noon"}, "part"),
     ({"part": "evening"}, "part")],
)  # fmt: skip
def test_a_tap_that_does_not_exist_or_has_not_come_is_refused(scene: Scene, given: dict, field: str) -> None:
    refused(field, scene.note, **given)
    assert not EnergyNote.objects.exists()


def test_a_day_ahead_or_before_the_programme_is_refused(scene: Scene) -> None:
    scene.who.enrolment.started_on = scene.today - timedelta(days=3)
    scene.who.enrolment.save()
    assert "not come" in refused("on", scene.note, on=scene.today + timedelta(days=1))
    assert "before the start" in refused("on", scene.note, on=scene.today - timedelta(days=4))
    assert scene.note(on=scene.today - timedelta(days=3), part="evening").part == "evening"
    scene.who.enrolment.started_on = None
    scene.who.enrolment.save()
    assert scene.note(on=scene.today - timedelta(days=40)).pk


def test_the_care_team_notes_for_someone_and_says_how_it_came_in(scene: Scene) -> None:
    refused("channel", scene.note, by=scene.coach)
    refused("channel", scene.note, by=scene.coach, channel="self")
    note = scene.note(by=scene.coach, channel="telephone")
    (seen,) = scene.diary().notes
    assert (seen.own, seen.by, seen.channel, seen.mine) == (False, scene.coach.name, "telephone", True)
    assert scene.diary().saved is None
    assert note.by == scene.coach


def test_a_diary_that_is_not_shared_is_not_read_and_says_nothing(scene: Scene) -> None:
    for _ in range(3):
        scene.note(how="too_much")
    scene.note(by=scene.coach, channel="paper")
    assert scene.diary().overload is not None
    seen = scene.diary(scene.coach)
    assert not seen.readable
    assert [one.by for one in seen.notes] == [scene.coach.name]
    assert (seen.overload, seen.patterns) == (None, None)
    scene.do(energy.share_diary, participant=scene.who)
    seen = scene.diary(scene.coach)
    assert seen.readable
    assert seen.overload is not None
    assert len(seen.notes) == 4
    assert [one.mine for one in seen.notes].count(True) == 1
    assert "already" in refused("", scene.do, act=energy.share_diary, participant=scene.who)
    scene.do(energy.close_diary, participant=scene.who)
    assert not scene.diary(scene.coach).readable
    assert "cannot" in refused("", scene.do, act=energy.close_diary, participant=scene.who)


def test_only_its_owner_opens_a_diary(scene: Scene) -> None:
    # The care team only for someone without a screen, and saying how they heard it.
    with pytest.raises(Refused):
        scene.do(energy.share_diary, by=scene.coach, participant=scene.who)


def test_a_note_that_was_taken_back_counts_nowhere_and_its_words_are_gone(scene: Scene) -> None:
    note = scene.note(how="too_much")
    scene.do(energy.add_energy_words, note=note, text=" Vergadering van drie uur. ")
    assert scene.diary().notes[0].words == "Vergadering van drie uur."
    scene.do(energy.take_back_energy, note=note)
    seen = scene.diary()
    assert (seen.notes, seen.days[-1].too_much) == ([], 0)
    kept = EnergyNote.objects.get(pk=note.pk)
    assert kept.words_sealed is None
    refused("", scene.do, act=energy.take_back_energy, note=note)
    with pytest.raises(NotHere), clock.at(scene.world.moment):
        energy_sight.own_note(scene.own, note.pk)


def test_a_professional_takes_back_only_what_they_noted(scene: Scene) -> None:
    own, noted = scene.note(), scene.note(by=scene.coach, channel="paper")
    with pytest.raises(NotHere):
        scene.do(energy.take_back_energy, by=scene.coach, note=own)
    scene.do(energy.take_back_energy, by=scene.coach, note=noted)
    assert [one.own for one in scene.diary().notes] == [True]


def test_words_that_are_too_long_are_refused_and_empty_ones_take_the_earlier_away(scene: Scene) -> None:
    note = scene.note()
    scene.do(energy.add_energy_words, note=note, text="Iets.")
    assert "1001" in refused("text", scene.do, act=energy.add_energy_words, note=note, text="x" * 1001)
    scene.do(energy.add_energy_words, note=note, text="")
    with clock.at(scene.world.moment):
        assert energy_sight.own_note(scene.own, note.pk)[1].words == ""


def test_a_budget_is_agreed_and_the_latest_holds(scene: Scene) -> None:
    for most in (12, 2):
        scene.do(energy.set_energy_budget, by=scene.coach, participant=scene.who, most=most)
    for most in (0, 100):
        refused("most", scene.do, act=energy.set_energy_budget, by=scene.coach, participant=scene.who, most=most)
    for _ in range(3):
        scene.note()
    seen = scene.diary()
    assert (seen.budget, seen.budget_by, seen.cost) == (2, scene.coach.name, 3)
    assert seen.overload is not None
    assert (seen.overload.cost, seen.overload.budget) == (3, 2)
    with pytest.raises(NotHere):
        scene.do(energy.set_energy_budget, participant=scene.who, most=5)


def test_practice_is_given_done_once_a_day_and_ended(scene: Scene) -> None:
    given = {"by": scene.coach, "participant": scene.who}
    refused("times", scene.do, act=energy.set_practice, text="Wandelen.", times=8, **given)
    refused("text", scene.do, act=energy.set_practice, text="  ", times=3, **given)
    practice = scene.do(energy.set_practice, text="Wandelen.", times=3, **given)
    scene.do(energy.do_practice, practice=practice)
    refused("", scene.do, act=energy.do_practice, practice=practice)
    (seen,) = scene.diary().practices
    assert (seen.text, seen.done, seen.times, seen.today, seen.by) == ("Wandelen.", 1, 3, True, scene.coach.name)
    scene.do(energy.end_practice, by=scene.coach, practice=practice)
    assert scene.diary().practices == []
    refused("", scene.do, act=energy.end_practice, by=scene.coach, practice=practice)


# Goals


def test_a_goal_with_steps_obstacles_a_review_and_an_end(scene: Scene) -> None:
    goal = scene.goal()
    step = scene.do(goals.add_goal_step, by=scene.coach, goal=goal, text="De banden oppompen.")
    scene.do(goals.mark_goal_step, goal=goal, step=step.pk, done=True)
    hurdle = scene.do(goals.add_obstacle, goal=goal, text="Regen.")
    scene.do(goals.write_tried, goal=goal, obstacle=hurdle.pk, tried="Een regenpak.")
    scene.do(goals.write_tried, by=scene.coach, goal=goal, obstacle=hurdle.pk, tried="Thuis werken.")
    session = scene.do(care.plan_session, by=scene.coach, participant=scene.who, kind="consultation",
                       planned_for=scene.world.moment)  # fmt: skip
    review = {"by": scene.coach, "goal": goal, "text": "Het lukt vaker.", "importance": 9, "confidence": 6}
    refused("session", scene.do, act=goals.review_goal, session=session.pk, **review)
    scene.do(care.hold_session, by=scene.coach, session=session, on=scene.today, minutes=45)
    scene.do(goals.review_goal, session=session.pk, attained=1, **review)
    with clock.at(scene.world.moment), translation.override("nl"):
        seen = goals_sight.goals(scene.own)
        held = goals_sight.held_sessions(scene.who, "nl")
    (one,) = seen.open
    assert (one.importance, one.confidence, one.first_confidence, one.own) == (9, 6, 4, True)
    assert [(two.text, two.own, two.by, two.done_on) for two in one.steps] == [
        ("De banden oppompen.", False, scene.coach.name, scene.today)
    ]
    assert one.done == 1
    assert one.obstacles[0].tried == "Een regenpak.\n\nThuis werken."
    assert (one.reviews[0].attained, one.reviews[0].by) == (1, scene.coach.name)
    assert one.reviews[0].session == held[0][1]
    assert (seen.scaled, seen.score) == (1, pytest.approx(60))
    scene.do(goals.mark_goal_step, goal=goal, step=step.pk, done=False)
    scene.do(goals.close_goal, goal=goal, reached=True, text="Elke dinsdag.")
    with clock.at(scene.world.moment):
        seen = goals_sight.goals(scene.own)
    assert seen.open == []
    assert (seen.closed[0].reached, seen.closed[0].closing, seen.closed[0].done) == (True, "Elke dinsdag.", 0)
    assert "closed" in refused("", scene.do, act=goals.add_goal_step, goal=goal, text="Nog een.")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": " "}, "text"), ({"text": "x" * 1001}, "text"), ({"importance": 11}, "importance"),
     ({"confidence": -1}, "confidence")],
)  # fmt: skip
def test_a_goal_outside_its_bounds_is_refused(scene: Scene, given: dict, field: str) -> None:
    refused(field, scene.goal, **given)
    assert not Goal.objects.exists()


def test_a_review_is_the_professionals_and_on_the_scale_or_not(scene: Scene) -> None:
    goal = scene.goal()
    review = {"goal": goal, "text": "Goed.", "importance": 5, "confidence": 5}
    refused("attained", scene.do, act=goals.review_goal, by=scene.coach, attained=3, **review)
    scene.do(goals.review_goal, by=scene.coach, **review)
    with pytest.raises(NotHere):
        scene.do(goals.review_goal, **review)
    with clock.at(scene.world.moment):
        seen = goals_sight.goals(scene.own)
    assert (seen.scaled, seen.score, seen.open[0].attained, seen.open[0].reviews[0].session) == (0, None, None, "")


def test_a_step_or_an_obstacle_of_another_goal_is_not_there(scene: Scene) -> None:
    one, other = scene.goal(), scene.goal()
    step = scene.do(goals.add_goal_step, goal=other, text="Iets.")
    hurdle = scene.do(goals.add_obstacle, goal=other, text="Iets.", tried="Iets anders.")
    with pytest.raises(NotHere):
        scene.do(goals.mark_goal_step, goal=one, step=step.pk, done=True)
    with pytest.raises(NotHere):
        scene.do(goals.write_tried, goal=one, obstacle=hurdle.pk, tried="Dit.")


# Stages


def test_a_profile_stands_beside_the_judgement(scene: Scene) -> None:
    given = {"by": scene.coach, "participant": scene.who, "working": True}
    with clock.at(scene.world.moment):
        before = stages_sight.stages(scene.own)
    assert (before.profile, before.judgement, before.possible, before.agree) == (None, None, [], False)
    refused("on", scene.do, act=stages.record_readiness, on=scene.today + timedelta(days=1), means=MEANS, **given)
    refused("means", scene.do, act=stages.record_readiness, on=scene.today, means=[6.0, *MEANS[1:]], **given)
    scene.do(stages.record_readiness, on=scene.today, means=[*MEANS[:5], None], **given)
    with clock.at(scene.world.moment):
        assert stages_sight.stages(scene.own).possible == []
    scene.do(stages.record_readiness, on=scene.today, means=MEANS, by_key=True, **given)
    session = scene.do(care.plan_session, by=scene.coach, participant=scene.who, kind="consultation",
                       planned_for=scene.world.moment)  # fmt: skip
    scene.do(care.hold_session, by=scene.coach, session=session, on=scene.today, minutes=45, stage=4)
    with clock.at(scene.world.moment):
        seen = stages_sight.stages(scene.own)
    assert [one.by_key for one in seen.profiles] == [True, False]
    assert seen.profile is not None
    assert seen.profile.reading.likely is Stage.UNCERTAIN
    assert seen.judgement is not None
    assert seen.judgement.stage is Stage.PREPARING_STEPS
    assert seen.possible == [Stage.PREPARING_STEPS, Stage.UNCERTAIN, Stage.PROACTIVE]
    assert not seen.agree


def test_a_programme_without_stages_has_none(rentree: World) -> None:
    scene = Scene(rentree)
    with pytest.raises(NotHere):
        scene.do(stages.record_readiness, by=scene.coach, participant=scene.who, on=scene.today, working=True,
                 means=MEANS)  # fmt: skip
    with pytest.raises(NotHere), clock.at(scene.world.moment):
        stages_sight.stages(scene.own)


def test_the_institutions_key_is_read_from_its_file(settings, tmp_path) -> None:
    assert stages.institution_key() is None
    file = tmp_path / "key.yaml"
    settings.RRTW_KEY = str(file)
    assert "key.yaml" in refused("", stages.institution_key)
    file.write_text("precontemplation: [i1, i1]")
    assert "cannot be used" in refused("", stages.institution_key)
    file.write_text("[")
    refused("", stages.institution_key)
    file.write_text(KEY)
    key = stages.institution_key()
    assert key is not None
    assert key[STAGES[1]] == ("i4", "i5")


# Who gets in, and what is left in the trail


def test_usual_care_finds_none_of_it(steps: World) -> None:
    usual = steps.allocated("usual_care")
    own = steps.account_of(usual)
    for page in ("energy", "goals"):
        with pytest.raises(NotHere):
            with_page(own, page)
    taps = {"kind": "work", "effect": "cost", "how": "good"}
    with clock.at(steps.moment):
        refused("", energy.note_energy, by=own, participant=usual, **taps)
        refused("", goals.set_goal, by=own, participant=usual, text="Iets.", importance=1, confidence=1)


def test_nothing_is_written_after_the_programme_but_the_diary_can_be_closed(scene: Scene) -> None:
    scene.do(energy.share_diary, participant=scene.who)
    note = scene.note()
    scene.do(consents.stop_programme, participant=scene.who, reason="too_busy")
    refused("", scene.note)
    refused("", scene.do, act=energy.take_back_energy, note=note)
    scene.do(energy.close_diary, participant=scene.who)


def test_a_case_without_such_pages_shows_none_of_it(scene: Scene, monkeypatch) -> None:
    with clock.at(scene.world.moment):
        _case, whole = coach_sight.case_with_guidance(scene.coach, scene.who.pseudonym)
        assert None not in (whole.diary, whole.goals, whole.stages)
        monkeypatch.setattr(sight, "pages_open", lambda _participant: {"plan"})
        monkeypatch.setattr(sight, "can_open_later", lambda _participant, _page: False)
        assert sight.guidance_of(scene.who, scene.coach) == sight.Guidance(None, None, None)
        with pytest.raises(NotHere):
            sight.opened(scene.coach, scene.who.pseudonym, "energy")
        goal = scene.goal()
        monkeypatch.setattr(goals_sight, "pages_open", lambda _participant: {"plan"})
        with pytest.raises(NotHere):
            goals_sight.goal(scene.coach, goal.pk)


def test_each_opening_is_noted_by_its_part(scene: Scene) -> None:
    with clock.at(scene.world.moment):
        sight.opened(scene.coach, scene.who.pseudonym, "energy")
        sight.opened(scene.coach, scene.who.pseudonym, "goals", Permission.KEEP_GOALS)
    parts = list(ReadEvent.objects.filter(participant=scene.who, by=scene.coach).values_list("what", flat=True))
    assert parts == ["energy", "goals"]


def test_the_trail_holds_ids_and_no_words(scene: Scene) -> None:
    goal = scene.goal(text="Een heel eigen zin.")
    event = AuditEvent.objects.order_by("-number")[0]
    assert "eigen" not in str(event.ids)
    assert b"eigen" not in bytes(Goal.objects.get(pk=goal.pk).words_sealed)
